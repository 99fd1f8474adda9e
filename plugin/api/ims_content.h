/* ims_content.h: the body of a message as JSON has it: text, or bytes as base64. Pure. */
#pragma once
#include <glib.h>

#define IMS_CONTENT_TEXT "utf-8"
#define IMS_CONTENT_BASE64 "base64"

/* Free with g_free. ret_encoding: IMS_CONTENT_TEXT; or IMS_CONTENT_BASE64 when the body is not UTF-8, or
 * holds control characters that are not in a text: all but TAB, LF and CR. body: NULL is the empty text. */
char *ims_content_encode(GBytes *body, const char **ret_encoding);

/* request: for the sentence. encoding NULL: text. IMS_E_INVALID_ELEMENT: not base64 (RFC 4648 4, padded,
 * without line breaks), or more than `max` bytes. */
GBytes *ims_content_decode(const char *request, const char *content, const char *encoding, gsize max,
			   GError **error);
