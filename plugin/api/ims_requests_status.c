/* ims_requests_status.c: what a page asks after it has lost sight of things. */
#include "api/internal.h"

gboolean ims_req_reset(ims_api_client *client, const ims_api_request *r, GError **error)
{
	(void)error;
	ims_session_reset(client->session, r->transaction);
	return TRUE;
}

gboolean ims_req_status(ims_api_client *client, const ims_api_request *r, GError **error)
{
	const ims_call *call = ims_session_ongoing(client->session);
	const char *offer = call ? ims_call_open_offer(call) : NULL;

	(void)error;
	client->outlet->event(client->handle, r->transaction, ims_event_of_status(client->session),
			      ims_event_jsep("offer", offer));
	ims_session_ask_again(client->session, r->transaction);
	return TRUE;
}
