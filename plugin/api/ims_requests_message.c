/* ims_requests_message.c: messages. */
#include "api/ims_content.h"
#include "api/internal.h"
#include "base/ims_error.h"
#include "sip/ims_headers.h"
#include "sip/ims_pager.h"

#define MESSAGE_DEFAULT_TYPE "text/plain;charset=UTF-8"

/* Bytes are no text: their sender says what they are. */
static const char *content_type_of(const ims_api_request *r, GError **error)
{
	const char *type = ims_request_text(r, "content_type");

	if (!type && g_strcmp0(ims_request_text(r, "encoding"), IMS_CONTENT_BASE64) == 0) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_MISSING_ELEMENT,
				    "message: 'content_type' is missing, as 'encoding' is base64");
		return NULL;
	}
	type = type ? type : MESSAGE_DEFAULT_TYPE;
	return ims_header_check_content_type("message", type, error) ? type : NULL;
}

gboolean ims_req_message(ims_api_client *client, const ims_api_request *r, GError **error)
{
	g_autofree char *headers = ims_request_headers(r);
	const char *call_id = ims_request_text(r, "call_id");
	const char *type = content_type_of(r, error);
	g_autoptr(GBytes) body = NULL;

	if (!type || (call_id && !ims_header_check_call_id("message", call_id, error)))
		return FALSE;
	body = ims_content_decode(r->row->name, ims_request_text(r, "content"),
				  ims_request_text(r, "encoding"), IMS_PAGER_MAX_BYTES, error);
	return body && ims_session_message(client->session,
					   &(ims_message_params){ .uri = ims_request_text(r, "uri"),
								  .call_id = call_id,
								  .headers = headers,
								  .content_type = type,
								  .body = body,
								  .speak = ims_request_speak(r) },
					   r->transaction, error);
}
