/* ims_requests_subscription.c: what the user wants to hear of. */
#include "api/internal.h"
#include "base/ims_error.h"
#include "sip/ims_headers.h"

#define DEFAULT_EXPIRES_S 3600

static gboolean check_content(const ims_subscribe_params *p, GError **error)
{
	if (!p->content && !p->content_type)
		return TRUE;
	if (p->content && p->content_type)
		return ims_header_check_content_type("subscribe", p->content_type, error);
	g_set_error_literal(error, IMS_ERROR, IMS_E_MISSING_ELEMENT,
			    "subscribe: 'content' and 'content_type' go together");
	return FALSE;
}

static gboolean check(const ims_subscribe_params *p, const char *request, GError **error)
{
	return ims_header_check_event(request, p->event, error) &&
	       (!p->accept || ims_header_check_accept(request, p->accept, error)) &&
	       (!p->call_id || ims_header_check_call_id(request, p->call_id, error));
}

gboolean ims_req_subscribe(ims_api_client *client, const ims_api_request *r, GError **error)
{
	g_autofree char *headers = ims_request_headers(r);
	const ims_subscribe_params params = {
		.event = ims_request_text(r, "event"),
		.to = ims_request_text(r, "to"),
		.accept = ims_request_text(r, "accept"),
		.call_id = ims_request_text(r, "call_id"),
		.headers = headers,
		.content = ims_request_text(r, "content"),
		.content_type = ims_request_text(r, "content_type"),
		.expires_s = (guint)ims_request_number(r, "subscribe_ttl", DEFAULT_EXPIRES_S),
		.speak = ims_request_speak(r),
	};

	return check(&params, "subscribe", error) && check_content(&params, error) &&
	       ims_session_check_headers(client->session, headers, NULL, error) &&
	       ims_session_subscribe(client->session, &params, r->transaction, error);
}

gboolean ims_req_unsubscribe(ims_api_client *client, const ims_api_request *r, GError **error)
{
	const ims_subscribe_params params = { .event = ims_request_text(r, "event"),
					      .to = ims_request_text(r, "to"),
					      .call_id = ims_request_text(r, "call_id") };

	return check(&params, "unsubscribe", error) &&
	       ims_session_unsubscribe(client->session, &params, r->transaction, error);
}
