/* ims_bearer_challenge.h: a network that takes access tokens itself says why it did not take one (RFC 8898
 * 4). Pure. */
#pragma once
#include <glib.h>

/* NULL: not said. For the client to read: nothing of it is acted upon here. */
typedef struct {
	char *realm, *scope;
	char *authz_server; /* an https URI; what else stands there is not passed on */
	char *error;        /* "invalid_token", "invalid_scope", ...: a token */
} ims_bearer_challenge;

/* value: of WWW-Authenticate or Proxy-Authenticate. NULL with IMS_E_BAD_CHALLENGE: another scheme, or
 * malformed as ims_auth_params_parse has it. */
ims_bearer_challenge *ims_bearer_challenge_parse(const char *value, GError **error);
void ims_bearer_challenge_free(ims_bearer_challenge *challenge); /* accepts NULL */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ims_bearer_challenge, ims_bearer_challenge_free)
