/* sipws_content.h: bodies, any bytes, as the API has them: text, or base64 of what JSON cannot hold. Pure. */
#pragma once
#include <jansson.h>
#include "sip/sipws_msg.h"

enum { SIPWS_CONTENT_MAX = 32768 }; /* bytes that the API takes */

/* content and encoding of a request. 0, or the status that it is refused with and why: there is no body, it
 * is compressed, or too large. */
sipws_fault sipws_content_to_api(json_t *request, const sipws_msg *msg);
/* The body of an event's `content` and `encoding`; content_type NULL or "": none is set. */
void sipws_content_from_api(sipws_msg *msg, const json_t *result, const char *content_type);
