/* ims_requests_trace.c: whether a page is shown SIP messages. */
#include "api/internal.h"

gboolean ims_req_trace(ims_api_client *client, const ims_api_request *r, GError **error)
{
	return ims_session_trace_for_user(client->session, json_is_true(json_object_get(r->body, "enable")),
					  r->transaction, error);
}
