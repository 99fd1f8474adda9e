/* ims_requests_call.c: calls, from dialling to hanging up. */
#include <string.h>

#include "api/ims_content.h"
#include "api/internal.h"
#include "base/ims_error.h"
#include "sip/ims_headers.h"
#include "sip/ims_pager.h"

#define DTMF_DEFAULT_MS 160

static void set_autoaccept(ims_api_client *client, const ims_api_request *r)
{
	const json_t *value = json_object_get(r->body, "autoaccept_reinvites");

	ims_session_set_autoaccept(client->session, !value || json_is_true(value));
}

static ims_srtp_params srtp_of(const ims_api_request *r)
{
	const char *srtp = ims_request_text(r, "srtp");

	return (ims_srtp_params){ .demand = !srtp                                 ? IMS_SDES_NONE
					    : strcmp(srtp, "sdes_mandatory") == 0 ? IMS_SDES_MANDATORY
										  : IMS_SDES_OPTIONAL,
				  .profile = srtp ? ims_request_text(r, "srtp_profile") : NULL };
}

gboolean ims_req_call(ims_api_client *client, const ims_api_request *r, GError **error)
{
	g_autofree char *headers = ims_request_headers(r);
	const char *call_id = ims_request_text(r, "call_id");

	if (call_id && !ims_header_check_call_id("call", call_id, error))
		return FALSE;
	if (!ims_session_call(client->session,
			      &(ims_call_params){ .uri = ims_request_text(r, "uri"),
						  .call_id = call_id,
						  .headers = headers,
						  .offer = r->sdp,
						  .srtp = srtp_of(r),
						  .refer_id = (guint64)ims_request_number(r, "refer_id", 0),
						  .authuser = ims_request_text(r, "authuser"),
						  .secret = ims_request_text(r, "secret"),
						  .ha1_secret = ims_request_text(r, "ha1_secret"),
						  .speak = ims_request_speak(r) },
			      r->transaction, error))
		return FALSE;
	set_autoaccept(client, r);
	return TRUE;
}

/* A Reason in an answer is the network's to give (24.229 4.4). */
static gboolean gives_no_reason(const ims_api_request *r, GError **error)
{
	const char *name;
	json_t *value;

	json_object_foreach(json_object_get(r->body, "headers"), name, value)
	{
		if (g_ascii_strcasecmp(name, "Reason") != 0)
			continue;
		g_set_error(error, IMS_ERROR, IMS_E_INVALID_ELEMENT,
			    "headers: 'Reason' is not possible in '%s'", r->row->name);
		return FALSE;
	}
	return TRUE;
}

gboolean ims_req_send_ringing(ims_api_client *client, const ims_api_request *r, GError **error)
{
	return ims_session_send_ringing(client->session, r->transaction, error);
}

gboolean ims_req_progress(ims_api_client *client, const ims_api_request *r, GError **error)
{
	const ims_srtp_params srtp = srtp_of(r);
	g_autofree char *headers = ims_request_headers(r);

	if (!gives_no_reason(r, error))
		return FALSE;
	set_autoaccept(client, r);
	ims_session_set_srtp(client->session, &srtp);
	return ims_session_progress(client->session, r->sdp, r->offers, headers, r->transaction, error);
}

gboolean ims_req_accept(ims_api_client *client, const ims_api_request *r, GError **error)
{
	g_autofree char *headers = ims_request_headers(r);

	const ims_srtp_params srtp = srtp_of(r);

	if (!gives_no_reason(r, error))
		return FALSE;
	set_autoaccept(client, r);
	ims_session_set_srtp(client->session, &srtp);
	return ims_session_accept(client->session, r->sdp, r->offers, headers, r->transaction, error);
}

gboolean ims_req_decline(ims_api_client *client, const ims_api_request *r, GError **error)
{
	g_autofree char *headers = ims_request_headers(r);
	guint64 refer_id = (guint64)ims_request_number(r, "refer_id", 0);
	int code = (int)ims_request_number(r, "code", 0);
	const char *instead = ims_request_text(r, "uri");

	if (refer_id)
		return ims_session_decline_transfer(client->session, refer_id, code, r->transaction, error);
	if (!gives_no_reason(r, error))
		return FALSE;
	return instead ? ims_session_deflect(client->session, instead, headers, r->transaction, error)
		       : ims_session_decline(client->session, code, headers, r->transaction, error);
}

gboolean ims_req_hangup(ims_api_client *client, const ims_api_request *r, GError **error)
{
	const ims_call *call = ims_session_ongoing(client->session);
	g_autofree char *headers = ims_request_headers(r);

	/* Of a call that rings here it is an answer, too. */
	if (call && ims_call_is_unanswered(call) && !gives_no_reason(r, error))
		return FALSE;
	return ims_session_hangup(client->session, headers, r->transaction, error);
}

gboolean ims_req_hold(ims_api_client *client, const ims_api_request *r, GError **error)
{
	const char *direction = ims_request_text(r, "direction");
	ims_direction wanted = IMS_DIR_SENDONLY;

	if (direction && strcmp(direction, "recvonly") == 0)
		wanted = IMS_DIR_RECVONLY;
	else if (direction && strcmp(direction, "inactive") == 0)
		wanted = IMS_DIR_INACTIVE;
	return ims_session_hold(client->session, wanted, r->transaction, error);
}

gboolean ims_req_unhold(ims_api_client *client, const ims_api_request *r, GError **error)
{
	return ims_session_hold(client->session, IMS_DIR_SENDRECV, r->transaction, error);
}

gboolean ims_req_update(ims_api_client *client, const ims_api_request *r, GError **error)
{
	return ims_session_update(client->session, r->sdp, r->offers, r->transaction, error);
}

gboolean ims_req_info(ims_api_client *client, const ims_api_request *r, GError **error)
{
	g_autofree char *headers = ims_request_headers(r);
	const char *type = ims_request_text(r, "type");
	g_autoptr(GBytes) body = NULL;

	if (!ims_header_check_content_type("info", type, error))
		return FALSE;
	body = ims_content_decode(r->row->name, ims_request_text(r, "content"),
				  ims_request_text(r, "encoding"), IMS_PAGER_MAX_BYTES, error);
	return body && ims_session_info(client->session, &(ims_info_params){ type, body, headers },
					r->transaction, error);
}

gboolean ims_req_dtmf_info(ims_api_client *client, const ims_api_request *r, GError **error)
{
	g_autofree char *headers = ims_request_headers(r);

	return ims_session_dtmf(client->session, ims_request_text(r, "digit")[0],
				(guint)ims_request_number(r, "duration", DTMF_DEFAULT_MS), headers,
				r->transaction, error);
}
