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

static const ims_field list_fields[] = {
	{ "what",     IMS_FIELD_STRING,  IMS_REQUIRED, 0, 0, "registrations|calls|handles", "Of what" },
	{ "username", IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 256, NULL, "Only those whose identity has this in it" },
	{ "network",  IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 256, NULL, "Only those of this network" },
	{ "offset",   IMS_FIELD_INTEGER, IMS_OPTIONAL, 0, 100000000, NULL, "How many to leave out before; default 0" },
	{ "limit",    IMS_FIELD_INTEGER, IMS_OPTIONAL, 1, 1000, NULL, "How many to show; default 100" },
	END
};

#define ONE \
	{ "handle",   IMS_FIELD_INTEGER, IMS_OPTIONAL, 1, 9007199254740991, NULL, "Its number, as `list` shows it" }, \
	{ "flow",     IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 64, NULL, "In place of `handle`: a registration, as `list` and audit records name it" }

static const ims_field one_fields[] = { ONE, END };

static const ims_field drop_fields[] = {
	ONE,
	{ "what",     IMS_FIELD_STRING,  IMS_OPTIONAL, 0, 0, "call|all", "Of a handle; default all" },
	{ "call_id",  IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 256, NULL, "With `what` call: only this one, as `list` shows it; the handle may have another one by now" },
	END
};

static const ims_field trace_fields[] = {
	{ "handle",   IMS_FIELD_INTEGER, IMS_REQUIRED, 1, 9007199254740991, NULL, "Its number, as `list` shows it" },
	{ "enable",   IMS_FIELD_BOOLEAN, IMS_OPTIONAL, 0, 0, NULL, "Whether messages are kept from now on" },
	END
};

const ims_admin_row ims_admin_rows[] = {
	{ "counters", no_fields, TRUE, FALSE, ims_admin_counters,
	  "How many of everything are alive; `load`: the longest that work waited lately, in which queue, and which share of new registrations and calls is let in ([Overload](operations.md#overload)); `refused`: how many of those were not since the start, by cause",
	  "{\"request\": \"counters\"}",
	  "{\"handles\": 2, \"sessions\": 2, \"registrations\": 2, \"calls\": 1, \"invites\": 1, \"subscriptions\": 2, \"media\": 1, \"ports\": 1, \"load\": {\"lag_ms\": {\"requests\": 0, \"messages\": 1, \"events\": 0, \"tokens\": 0}, \"requests_waiting\": 0, \"message_bytes_waiting\": 0, \"messages_dropped\": 0, \"let_in_percent\": 100, \"overloads\": 0}, \"refused\": {\"full\": 0, \"rate\": 0, \"overload\": 0, \"descriptors\": 0, \"ports\": 0}}" },
	{ "alarms", no_fields, FALSE, FALSE, ims_admin_alarms,
	  "What an operator has to know of, since the start: how often, and the last one",
	  "{\"request\": \"alarms\"}",
	  "{\"alarms\": [{\"alarm\": \"issuer_down\", \"text\": \"An issuer of access tokens cannot be asked\", \"count\": 7, \"sentence\": \"...\", \"age_s\": 42}, ...]}" },
	{ "list", list_fields, TRUE, FALSE, ims_admin_list,
	  "Who is registered, who calls, or which handles there are",
	  "{\"request\": \"list\", \"what\": \"calls\", \"username\": \"alice\", \"limit\": 20}",
	  "{\"total\": 1, \"calls\": [{\"handle\": 7, \"username\": \"sip:alice@ims.example\", \"call_id\": \"a84b4c76e66710\", \"peer\": \"sip:bob@ims.example\", \"state\": \"up\", \"direction\": \"out\", \"held\": false, \"peer_holds\": false}]}" },
	{ "show", one_fields, TRUE, FALSE, ims_admin_show,
	  "All of one handle or registration: identities, state, expiry, route, its call with its media",
	  "{\"request\": \"show\", \"handle\": 7}",
	  "{\"handle\": 7, \"helper\": false, \"username\": \"sip:alice@ims.example\", \"flow\": \"1c0f6b7d2a9e43\", \"registration\": {\"state\": \"registered\", ...}, \"call\": {\"state\": \"up\", \"media\": {\"packets_to_core\": 1500, \"lost\": 0, ...}, ...}}" },
	{ "drop", drop_fields, TRUE, FALSE, ims_admin_drop,
	  "Ends a registration (its user hears `registration_failed` with 403), or of a handle the call or everything, and the handle itself",
	  "{\"request\": \"drop\", \"handle\": 7, \"what\": \"call\"}",
	  "{\"dropped\": true}" },
	{ "trace", trace_fields, TRUE, FALSE, ims_admin_trace,
	  "The SIP messages of a handle that were kept, the last 500 at most; `enable` begins or ends that. As in the event `trace`, but with addresses and identities",
	  "{\"request\": \"trace\", \"handle\": 7, \"enable\": true}",
	  "{\"messages\": [{\"time\": 1790000000123, \"direction\": \"out\", \"peer\": \"192.0.2.7:5060\", \"transport\": \"UDP\", \"call_id\": \"a84b4c76e66710\", \"first\": \"INVITE sip:bob@ims.example SIP/2.0\", \"text\": \"...\"}]}" },
	{ "reload", no_fields, TRUE, TRUE, ims_admin_reload,
	  "Reads the configuration file again: networks are served as it says from now on, calls and registrations go on as they are. Those of a network that is removed end. What else has changed needs a restart and is named. A wrong file changes nothing, and the error says why",
	  "{\"request\": \"reload\"}",
	  "{\"networks\": [{\"name\": \"home\", \"is\": \"kept\"}, {\"name\": \"old\", \"is\": \"removed\", \"registrations_ended\": 3}], \"needs_restart\": [\"general.reclaim_s\"]}" },
	{ "revoke", revoke_fields, FALSE, FALSE, ims_admin_revoke,
	  "Revokes an access token, or all of a user's: who is registered by one is deregistered at once, and hears `registration_failed` with 401 ([an example](sign-in.md#revoke))",
	  "{\"request\": \"revoke\", \"issuer\": \"waf\", \"jti\": \"Zk3...\"}",
	  "{\"revoked\": true}" },
	{ .name = NULL }
};
/* clang-format on */
