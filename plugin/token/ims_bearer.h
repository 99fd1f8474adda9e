/* ims_bearer.h: the credentials of RFC 6750 and 24.371 in an Authorization header. Pure. */
#pragma once
#include <glib.h>

enum { IMS_TOKEN_MAX = 16384 }; /* bytes of an access token */

/* value: of an Authorization header. "Bearer <b64token>", or "Bearer access_token="..."", with other
 * parameters beside it (REQ-56); scheme and names of parameters in any case. Returns the token, free with
 * ims_wipe_text; NULL with IMS_TOKEN_MALFORMED: another scheme, no token or two, bytes that no token has,
 * over IMS_TOKEN_MAX. */
char *ims_bearer_parse(const char *value, GError **error);

/* b64token of RFC 6750 2.1, which is what every token is made of; at most IMS_TOKEN_MAX. */
gboolean ims_bearer_is_token(const char *text, GError **error);
