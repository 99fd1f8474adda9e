/* ims_requests_transfer.c: the other party of a call is sent to somebody else. */
#include "api/internal.h"

gboolean ims_req_transfer(ims_api_client *client, const ims_api_request *r, GError **error)
{
	g_autofree char *headers = ims_request_headers(r);

	return ims_session_transfer(client->session, ims_request_text(r, "uri"),
				    ims_request_text(r, "replace"), headers, r->transaction, error);
}
