/* ims_requests_registration.c: who the user is, and as whom he is registered. */
#include "api/internal.h"
#include "base/ims_error.h"

gboolean ims_req_register(ims_api_client *client, const ims_api_request *r, GError **error)
{
	g_autofree char *headers = ims_request_headers(r);
	g_auto(GStrv) prefixes = NULL;
	const char *proxy = ims_request_text(r, "proxy");
	const char *type = ims_request_text(r, "type");
	g_autofree char *contact_params = ims_schema_params(json_object_get(r->body, "contact_params"));
	const json_t *sends = json_object_get(r->body, "send_register");
	ims_register_params params = {
		.auth = ims_request_text(r, "auth"),
		.username = ims_request_text(r, "username"),
		.authuser = ims_request_text(r, "authuser"),
		.secret = ims_request_text(r, "secret"),
		.ha1_secret = ims_request_text(r, "ha1_secret"),
		.access_token = ims_request_text(r, "access_token"),
		.aka = { ims_request_text(r, "aka.k"), ims_request_text(r, "aka.op"),
			 ims_request_text(r, "aka.opc"), ims_request_text(r, "aka.amf"),
			 ims_request_text(r, "aka.sqn") },
		.algorithm = ims_request_text(r, "algorithm"),
		.display_name = ims_request_text(r, "display_name"),
		.network = ims_request_text(r, "network"),
		.proxy = proxy ? proxy : ims_request_text(r, "outbound_proxy"),
		.headers = headers,
		.expires_s = (guint)ims_request_number(r, "register_ttl", 0),
		.refresh = json_is_true(json_object_get(r->body, "refresh")),
		.contact_params = contact_params,
		.instance = ims_request_text(r, "instance"),
		.reg_id = (guint)ims_request_number(r, "reg_id", 0),
		.keep_calls = json_is_true(json_object_get(r->body, "keep_calls")),
		.calls_on_helpers = json_is_true(json_object_get(r->body, "calls_on_helpers")),
		.max_calls = (guint)ims_request_number(r, "max_calls", 0),
		.user_agent = ims_request_text(r, "user_agent"),
		.guest = g_strcmp0(type, "guest") == 0 || json_is_false(sends),
		.helper = g_strcmp0(type, "helper") == 0,
		.master_id = (guint64)ims_request_number(r, "master_id", 0),
	};

	if (g_strcmp0(type, "guest") == 0 && json_is_true(sends)) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_INVALID_ELEMENT,
				    "register: 'send_register' must be false for a guest");
		return FALSE;
	}
	if (!ims_session_register(client->session, &params, r->transaction, error))
		return FALSE;
	if (json_object_get(r->body, "automatic_ringing") || !params.refresh)
		ims_session_set_automatic_ringing(
			client->session, !json_is_false(json_object_get(r->body, "automatic_ringing")));
	prefixes = ims_schema_strings(json_object_get(r->body, "incoming_header_prefixes"));
	if (prefixes || !params.refresh)
		ims_session_ask_headers(client->session, prefixes);
	return TRUE;
}

gboolean ims_req_authenticate(ims_api_client *client, const ims_api_request *r, GError **error)
{
	const ims_prover_reply reply = {
		.authorization = ims_request_text(r, "authorization"),
		.response = ims_request_text(r, "response"),
		.cnonce = ims_request_text(r, "cnonce"),
		.qop = ims_request_text(r, "qop"),
		.nc = ims_request_text(r, "nc"),
		.auts = ims_request_text(r, "auts"),
		.nonce = ims_request_text(r, "nonce"),
	};

	return ims_session_authenticate(client->session, &reply, r->transaction, error);
}

gboolean ims_req_unregister(ims_api_client *client, const ims_api_request *r, GError **error)
{
	return ims_session_unregister(client->session, r->transaction, error);
}

gboolean ims_req_refresh_token(ims_api_client *client, const ims_api_request *r, GError **error)
{
	return ims_session_refresh_token(client->session, ims_request_text(r, "access_token"), FALSE,
					 r->transaction, error);
}

gboolean ims_req_ice_servers(ims_api_client *client, const ims_api_request *r, GError **error)
{
	return ims_session_ice_servers(client->session, r->transaction, error);
}
