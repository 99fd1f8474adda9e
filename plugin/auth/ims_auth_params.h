/* ims_auth_params.h: the name=value lists of authentication headers (RFC 7235 2.1), read and written. Pure.
 */
#pragma once
#include <glib.h>

/* value: "Scheme name=value, name="value", ..."; scheme NULL: the list alone, where a value may be missing,
 * as Kamailio writes "qop=, nc=" in an Authentication-Info. Returns a table of names, in lower case, and
 * values, their quotes and escapes undone; free with g_hash_table_unref. NULL with IMS_E_BAD_CHALLENGE, which
 * begins with `what`: another scheme, unbalanced quotes, a name twice, control characters, not UTF-8, over 32
 * parameters or 16 KiB. Several challenges in one value are refused, not guessed apart: SIP gives each a
 * header of its own (RFC 3261 7.3.1). */
GHashTable *ims_auth_params_parse(const char *what, const char *scheme, const char *value, GError **error);

gboolean ims_auth_is_token(const char *text); /* needs no quotes; not empty */
gboolean ims_auth_is_control(char c);

/* It names the parameter by which we vouch for a user. Cores that look for that anywhere in the header's
 * value take it for ours, so that no text which is not may have it in it (REQ-07). */
gboolean ims_auth_names_integrity(const char *text);

/* name="value", escaped. */
void ims_auth_append_quoted(GString *out, const char *name, const char *value);

/* The same text without the parameter of that name, if it has one, and its comma. value: one that was parsed
 * before. Free with g_free. */
char *ims_auth_params_without(const char *value, const char *name);
