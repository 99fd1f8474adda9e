/* ims_admin_table.c: every request of the Admin API, once. */
#include "api/ims_admin_internal.h"

/* clang-format off */
#define END { .name = NULL }

static const ims_field no_fields[] = { END };

static const ims_field revoke_fields[] = {
	{ "issuer",  IMS_FIELD_STRING, IMS_REQUIRED, 1, 0, NULL, "Its section in the configuration" },
	{ "jti",     IMS_FIELD_STRING, IMS_OPTIONAL, 1, 0, NULL, "The token" },
	{ "subject", IMS_FIELD_STRING, IMS_OPTIONAL, 1, 0, NULL, "In place of `jti`: all that this user was given until now" },
	END
};

const ims_admin_row ims_admin_rows[] = {
	{ "counters", no_fields, ims_admin_counters,
	  "How many of everything are alive",
	  "{\"request\": \"counters\"}",
	  "{\"handles\": 2, \"sessions\": 2, \"registrations\": 2, \"calls\": 1, \"invites\": 1, \"subscriptions\": 2, \"media\": 1, \"ports\": 1}" },
	{ "alarms", no_fields, ims_admin_alarms,
	  "What an operator has to know of, since the start: how often, and the last one",
	  "{\"request\": \"alarms\"}",
	  "{\"alarms\": [{\"alarm\": \"issuer_down\", \"text\": \"An issuer of access tokens cannot be asked\", \"count\": 7, \"sentence\": \"...\", \"age_s\": 42}, ...]}" },
	{ "revoke", revoke_fields, ims_admin_revoke,
	  "Revokes an access token, or all of a user's: who is registered by one is deregistered at once, and hears `registration_failed` with 401 ([an example](sign-in.md#revoke))",
	  "{\"request\": \"revoke\", \"issuer\": \"waf\", \"jti\": \"Zk3...\"}",
	  "{\"revoked\": true}" },
	{ .name = NULL }
};
/* clang-format on */
