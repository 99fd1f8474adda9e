/* ims_jose.h: the JSON and base64url of JOSE, read strictly. Pure.
 *
 * What two parsers could read in two ways is refused: a name twice in an object, padding, stray bits. */
#pragma once
#include <jansson.h>
#include <glib.h>

/* An object; NULL: anything else, a name twice, not UTF-8. Free with json_decref. */
json_t *ims_jose_object(gconstpointer bytes, gsize length);

/* base64url without padding (RFC 7515 2); NULL: another alphabet, impossible length, bits that count for
 * nothing, empty. Free with g_free. */
guint8 *ims_jose_decode(const char *text, gsize length, gsize *ret_length);

/* NULL: there is none of that name, or it is no string. */
const char *ims_jose_string(const json_t *object, const char *name);
