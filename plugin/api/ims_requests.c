/* ims_requests.c: the table of requests, and one small function for each. */
#include <string.h>

#include "api/ims_content.h"
#include "api/internal.h"
#include "base/ims_error.h"
#include "sip/ims_headers.h"
#include "sip/ims_pager.h"

#define DTMF_DEFAULT_MS 160
#define MESSAGE_DEFAULT_TYPE "text/plain;charset=UTF-8"
#define MESSAGE_MAX_BASE64 43692
G_STATIC_ASSERT(MESSAGE_MAX_BASE64 == (IMS_PAGER_MAX_BYTES + 2) / 3 * 4);

static const char *text_of(const ims_api_request *request, const char *name)
{
	return json_string_value(ims_schema_get(request->body, name));
}

static json_int_t number_of(const ims_api_request *request, const char *name, json_int_t otherwise)
{
	const json_t *value = json_object_get(request->body, name);

	return value ? json_integer_value(value) : otherwise;
}

static char *headers_of(const ims_api_request *request)
{
	return ims_schema_headers(json_object_get(request->body, "headers"));
}

static ims_speak_params speak_of(const ims_api_request *request)
{
	return (ims_speak_params){ text_of(request, "identity"), text_of(request, "privacy") };
}

static gboolean req_register(ims_api_client *client, const ims_api_request *r, GError **error)
{
	g_autofree char *headers = headers_of(r);
	const char *proxy = text_of(r, "proxy");
	ims_register_params params = {
		.auth = text_of(r, "auth"),
		.username = text_of(r, "username"),
		.authuser = text_of(r, "authuser"),
		.secret = text_of(r, "secret"),
		.ha1_secret = text_of(r, "ha1_secret"),
		.access_token = text_of(r, "access_token"),
		.aka = { text_of(r, "aka.k"), text_of(r, "aka.op"), text_of(r, "aka.opc"),
			 text_of(r, "aka.amf"), text_of(r, "aka.sqn") },
		.algorithm = text_of(r, "algorithm"),
		.display_name = text_of(r, "display_name"),
		.network = text_of(r, "network"),
		.proxy = proxy ? proxy : text_of(r, "outbound_proxy"),
		.headers = headers,
		.expires_s = (guint)number_of(r, "register_ttl", 0),
		.refresh = json_is_true(json_object_get(r->body, "refresh")),
	};

	return ims_session_register(client->session, &params, r->transaction, error);
}

static gboolean req_authenticate(ims_api_client *client, const ims_api_request *r, GError **error)
{
	const ims_prover_reply reply = {
		.authorization = text_of(r, "authorization"),
		.response = text_of(r, "response"),
		.cnonce = text_of(r, "cnonce"),
		.qop = text_of(r, "qop"),
		.nc = text_of(r, "nc"),
		.auts = text_of(r, "auts"),
		.nonce = text_of(r, "nonce"),
	};

	return ims_session_authenticate(client->session, &reply, r->transaction, error);
}

static gboolean req_unregister(ims_api_client *client, const ims_api_request *r, GError **error)
{
	return ims_session_unregister(client->session, r->transaction, error);
}

static gboolean req_refresh_token(ims_api_client *client, const ims_api_request *r, GError **error)
{
	return ims_session_refresh_token(client->session, text_of(r, "access_token"), r->transaction, error);
}

static void set_autoaccept(ims_api_client *client, const ims_api_request *r)
{
	const json_t *value = json_object_get(r->body, "autoaccept_reinvites");

	ims_session_set_autoaccept(client->session, !value || json_is_true(value));
}

static gboolean req_call(ims_api_client *client, const ims_api_request *r, GError **error)
{
	g_autofree char *headers = headers_of(r);
	const char *call_id = text_of(r, "call_id");

	if (call_id && !ims_header_check_call_id("call", call_id, error))
		return FALSE;
	if (!ims_session_call(client->session,
			      &(ims_call_params){ .uri = text_of(r, "uri"),
						  .call_id = call_id,
						  .headers = headers,
						  .offer = r->sdp,
						  .speak = speak_of(r) },
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

static gboolean req_accept(ims_api_client *client, const ims_api_request *r, GError **error)
{
	g_autofree char *headers = headers_of(r);

	if (!gives_no_reason(r, error))
		return FALSE;
	set_autoaccept(client, r);
	return ims_session_accept(client->session, r->sdp, r->offers, headers, r->transaction, error);
}

static gboolean req_decline(ims_api_client *client, const ims_api_request *r, GError **error)
{
	g_autofree char *headers = headers_of(r);

	return gives_no_reason(r, error) && ims_session_decline(client->session, (int)number_of(r, "code", 0),
								headers, r->transaction, error);
}

static gboolean req_hangup(ims_api_client *client, const ims_api_request *r, GError **error)
{
	const ims_call *call = ims_session_ongoing(client->session);
	g_autofree char *headers = headers_of(r);

	/* Of a call that rings here it is an answer, too. */
	if (call && ims_call_is_unanswered(call) && !gives_no_reason(r, error))
		return FALSE;
	return ims_session_hangup(client->session, headers, r->transaction, error);
}

static gboolean req_hold(ims_api_client *client, const ims_api_request *r, GError **error)
{
	const char *direction = text_of(r, "direction");
	ims_direction wanted = IMS_DIR_SENDONLY;

	if (direction && strcmp(direction, "recvonly") == 0)
		wanted = IMS_DIR_RECVONLY;
	else if (direction && strcmp(direction, "inactive") == 0)
		wanted = IMS_DIR_INACTIVE;
	return ims_session_hold(client->session, wanted, r->transaction, error);
}

static gboolean req_unhold(ims_api_client *client, const ims_api_request *r, GError **error)
{
	return ims_session_hold(client->session, IMS_DIR_SENDRECV, r->transaction, error);
}

static gboolean req_update(ims_api_client *client, const ims_api_request *r, GError **error)
{
	return ims_session_update(client->session, r->sdp, r->offers, r->transaction, error);
}

static gboolean req_dtmf_info(ims_api_client *client, const ims_api_request *r, GError **error)
{
	g_autofree char *headers = headers_of(r);

	return ims_session_dtmf(client->session, text_of(r, "digit")[0],
				(guint)number_of(r, "duration", DTMF_DEFAULT_MS), headers, r->transaction,
				error);
}

/* Bytes are no text: their sender says what they are. */
static const char *content_type_of(const ims_api_request *r, GError **error)
{
	const char *type = text_of(r, "content_type");

	if (!type && g_strcmp0(text_of(r, "encoding"), IMS_CONTENT_BASE64) == 0) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_MISSING_ELEMENT,
				    "message: 'content_type' is missing, as 'encoding' is base64");
		return NULL;
	}
	type = type ? type : MESSAGE_DEFAULT_TYPE;
	return ims_header_check_content_type("message", type, error) ? type : NULL;
}

static gboolean req_message(ims_api_client *client, const ims_api_request *r, GError **error)
{
	g_autofree char *headers = headers_of(r);
	const char *call_id = text_of(r, "call_id");
	const char *type = content_type_of(r, error);
	g_autoptr(GBytes) body = NULL;

	if (!type || (call_id && !ims_header_check_call_id("message", call_id, error)))
		return FALSE;
	body = ims_content_decode(text_of(r, "content"), text_of(r, "encoding"), IMS_PAGER_MAX_BYTES, error);
	return body && ims_session_message(client->session,
					   &(ims_message_params){ .uri = text_of(r, "uri"),
								  .call_id = call_id,
								  .headers = headers,
								  .content_type = type,
								  .body = body,
								  .speak = speak_of(r) },
					   r->transaction, error);
}

static gboolean req_ice_servers(ims_api_client *client, const ims_api_request *r, GError **error)
{
	return ims_session_ice_servers(client->session, r->transaction, error);
}

static gboolean req_status(ims_api_client *client, const ims_api_request *r, GError **error)
{
	const ims_call *call = ims_session_ongoing(client->session);
	const char *offer = call ? ims_call_open_offer(call) : NULL;

	(void)error;
	client->outlet->event(client->handle, r->transaction, ims_event_of_status(client->session),
			      ims_event_jsep("offer", offer));
	ims_session_ask_again(client->session, r->transaction);
	return TRUE;
}

/* clang-format off */
#define HEADERS  { "headers", IMS_FIELD_HEADERS, IMS_OPTIONAL, 0, 0, NULL, "Further SIP header lines; those that the gateway owns are refused" }
#define SPEAK \
	{ "identity", IMS_FIELD_STRING, IMS_OPTIONAL, 1, 1024, NULL, "As which of the associated identities; default: the network's default one" }, \
	{ "privacy", IMS_FIELD_STRING, IMS_OPTIONAL, 1, 64, NULL, "What to withhold (RFC 3323, RFC 3325): id (who it is), header, user, session, critical, history, with ; between them; or none" }
#define END      { NULL, IMS_FIELD_STRING, IMS_OPTIONAL, 0, 0, NULL, NULL }

static const ims_field no_fields[] = { END };

static const ims_field register_fields[] = {
	{ "username",       IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 1024,   NULL, "The identity (IMPU): sip:user@domain. Mandatory, except with an access token that names one: default then the first of them" },
	{ "secret",         IMS_FIELD_SECRET,  IMS_OPTIONAL, 1, 0,      NULL, "The password; with digest either this or `ha1_secret` is mandatory" },
	{ "ha1_secret",     IMS_FIELD_SECRET,  IMS_OPTIONAL, 1, 0,    NULL, "Instead of the password its hash H(IMPI:realm:password) in hexadecimal digits: 32 of MD5, 64 of SHA-256. Challenges of other algorithms are not answered, and those of another realm wrongly" },
	{ "access_token",   IMS_FIELD_SECRET,  IMS_OPTIONAL, 1, 0,      NULL, "The access token, without `Bearer`; mandatory with token" },
	{ "aka",            IMS_FIELD_OBJECT,  IMS_OPTIONAL, 0, 0,      NULL, "The keys of a USIM; mandatory with aka" },
	{ "aka.k",          IMS_FIELD_HEX,     IMS_REQUIRED, 32, 32,    NULL, "K" },
	{ "aka.opc",        IMS_FIELD_HEX,     IMS_OPTIONAL, 32, 32,    NULL, "OPc; mandatory without `op`" },
	{ "aka.op",         IMS_FIELD_HEX,     IMS_OPTIONAL, 32, 32,    NULL, "OP, of which OPc is computed" },
	{ "aka.amf",        IMS_FIELD_HEX,     IMS_OPTIONAL, 4, 4,      NULL, "Take a challenge for the network's only when it has this AMF; default: any" },
	{ "aka.sqn",        IMS_FIELD_HEX,     IMS_OPTIONAL, 12, 12,    NULL, "The highest sequence number that the USIM has accepted. Default: what the gateway remembers, and nothing of a USIM that it has not seen: then the first one is taken as it comes" },
	{ "authuser",       IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 4096,   NULL, "The private identity (IMPI); default: the identity without sip:, in a network of role ue its user part" },
	{ "display_name",   IMS_FIELD_STRING,  IMS_OPTIONAL, 0, 256,    NULL, "The name that called parties see" },
	{ "network",        IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 256,    NULL, "Name of a configured network; default: the one of the identity's domain" },
	{ "auth",           IMS_FIELD_STRING,  IMS_OPTIONAL, 0, 0,      "digest|aka|token|delegated", "How the user proves who he is: by a password (default), by the keys of a USIM (IMS-AKA, only where access is encrypted), by an access token (OAuth 2.0) of an issuer that the network trusts, or by himself: the client answers each `challenge`" },
	{ "algorithm",      IMS_FIELD_STRING,  IMS_OPTIONAL, 0, 0,      "AKAv2-SHA-256", "With delegated: the client answers with a USIM, so the network is asked for AKA" },
	{ "type",           IMS_FIELD_STRING,  IMS_OPTIONAL, 0, 0,      "account", "Only accounts are served" },
	{ "register_ttl",   IMS_FIELD_INTEGER, IMS_OPTIONAL, 60, 600000, NULL, "Seconds to ask the network for; default: the network's register_expires_s" },
	{ "proxy",          IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 1024,   NULL, "A configured entry point, or sip:<domain>; others are refused" },
	{ "outbound_proxy", IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 1024,   NULL, "The same as proxy" },
	{ "refresh",        IMS_FIELD_BOOLEAN, IMS_OPTIONAL, 0, 0,      NULL, "Refresh a running registration now" },
	HEADERS,
	END
};

static const ims_field refresh_token_fields[] = {
	{ "access_token",   IMS_FIELD_SECRET,  IMS_REQUIRED, 1, 0,      NULL, "A newer access token of the same user" },
	END
};

static const ims_field authenticate_fields[] = {
	{ "response",       IMS_FIELD_STRING,  IMS_OPTIONAL, 0, 64,     NULL, "Hexadecimal digits, as many as the algorithm has; the gateway writes the rest of the header. To an AKA challenge that proves wrongly: empty" },
	{ "cnonce",         IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 256,    NULL, "The client's nonce, with a qop or an algorithm in -sess; no quotes and backslashes" },
	{ "nc",             IMS_FIELD_STRING,  IMS_OPTIONAL, 8, 8,      NULL, "With a qop: how often the nonce was used, 8 hexadecimal digits" },
	{ "qop",            IMS_FIELD_STRING,  IMS_OPTIONAL, 0, 0,      "auth|auth-int", "One that the challenge offers; default auth if it does" },
	{ "auts",           IMS_FIELD_STRING,  IMS_OPTIONAL, 20, 20,    NULL, "AKA out of step: AUTS in base64" },
	{ "nonce",          IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 0,      NULL, "Of the challenge that is meant; another is refused" },
	{ "authorization",  IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 0,      NULL, "Instead of all these: the whole value of the header, which is passed on byte by byte, without integrity-protected. Its username, realm, nonce, uri and algorithm must be those of the challenge" },
	END
};

/* A page that insists on encryption is not left without it silently. */
#define SRTP     { "srtp", IMS_FIELD_STRING, IMS_OPTIONAL, 0, 0, "sdes_optional", "Taken and not used: media towards the network are not encrypted; `sdes_mandatory` is refused" }

static const ims_field call_fields[] = {
	{ "uri",            IMS_FIELD_STRING,  IMS_REQUIRED, 1, 1024,   NULL, "Whom to call: a sip:, sips: or tel: URI, or a number as it is dialled" },
	{ "call_id",        IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 256,    NULL, "The SIP Call-ID to use" },
	SPEAK,
	{ "autoaccept_reinvites", IMS_FIELD_BOOLEAN, IMS_OPTIONAL, 0, 0, NULL, "What the gateway can answer alone when the other party changes the call it answers alone; default true. With false a change that adds or removes media comes as `updatingcall`" },
	SRTP,
	HEADERS,
	END
};

static const ims_field accept_fields[] = {
	{ "autoaccept_reinvites", IMS_FIELD_BOOLEAN, IMS_OPTIONAL, 0, 0, NULL, "As in call" },
	SRTP,
	HEADERS,
	END
};

static const ims_field decline_fields[] = {
	{ "code",           IMS_FIELD_INTEGER, IMS_OPTIONAL, 400, 699,  NULL, "SIP status to refuse with; default 486, of a change 488" },
	HEADERS,
	END
};

static const ims_field hangup_fields[] = { HEADERS, END };

static const ims_field hold_fields[] = {
	{ "direction",      IMS_FIELD_STRING,  IMS_OPTIONAL, 0, 0, "sendonly|recvonly|inactive", "Media that still flows, seen from the user; default sendonly" },
	END
};

static const ims_field dtmf_fields[] = {
	{ "digit",          IMS_FIELD_STRING,  IMS_REQUIRED, 1, 1, "0|1|2|3|4|5|6|7|8|9|*|#|A|B|C|D|a|b|c|d", "The key" },
	{ "duration",       IMS_FIELD_INTEGER, IMS_OPTIONAL, 40, 6000, NULL, "Milliseconds; default 160" },
	HEADERS,
	END
};

static const ims_field message_fields[] = {
	{ "content",        IMS_FIELD_TEXT,    IMS_REQUIRED, 1, MESSAGE_MAX_BASE64, NULL, "The body: 1 to 32768 bytes, as text or in base64" },
	{ "encoding",       IMS_FIELD_STRING,  IMS_OPTIONAL, 0, 0, "utf-8|base64", "What content is: the text itself (default), or any bytes in base64, padded, without line breaks" },
	{ "content_type",   IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 256,    NULL, "Its media type; default text/plain;charset=UTF-8; mandatory with base64" },
	{ "uri",            IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 1024,   NULL, "Whom to send it to, as in call; without it, the other party of the call, inside the call's dialog" },
	{ "call_id",        IMS_FIELD_STRING,  IMS_OPTIONAL, 1, 256,    NULL, "With uri: the SIP Call-ID to use" },
	SPEAK,
	HEADERS,
	END
};

const ims_api_row ims_api_rows[] = {
	{ "register",   register_fields, NULL,     req_register,   "Registers an identity with its IMS network",
	  "`registering`, then `registered` or `registration_failed`; with `auth` delegated `challenge` comes between them",
	  "{\"request\": \"register\", \"username\": \"sip:alice@ims.example\", \"secret\": \"...\", \"display_name\": \"Alice\"}" },
	{ "authenticate", authenticate_fields, NULL, req_authenticate, "Answers a `challenge`, within `challenge_timeout_s`",
	  "`authenticating`, then what the challenged request leads to: `registered`, `registration_failed`, `unregistered`, an event of the call or message, or another `challenge`",
	  "{\"request\": \"authenticate\", \"nonce\": \"T3t0dE97fZE=\", \"response\": \"8ca523f5e9506fed4657c9700eebdbec\", \"cnonce\": \"f2wE4q74E6zIJEtW\", \"nc\": \"00000001\"}" },
	{ "refresh_token", refresh_token_fields, NULL, req_refresh_token, "Goes on with a newer access token, also while a call runs: no registration outlasts its token",
	  "`token_refreshed` or `token_refresh_failed`",
	  "{\"request\": \"refresh_token\", \"access_token\": \"...\"}" },
	{ "unregister", no_fields,       NULL,     req_unregister, "Ends the registration, and the call if there is one",
	  "`unregistering`, then `unregistered` after the network's answer or the time-out",
	  "{\"request\": \"unregister\"}" },
	{ "call",       call_fields,     "offer",  req_call,       "Calls somebody",
	  "`calling`, then `proceeding`, `ringing` or `progress`, then `accepted` or `hangup`",
	  "{\"request\": \"call\", \"uri\": \"sip:bob@ims.example\"}" },
	{ "accept",     accept_fields,   IMS_JSEP_EITHER, req_accept, "Answers the call that rings here; with an offer when `incomingcall` brought none",
	  "`accepted`; after an offer by `accepting`, then `accepted` with the JSEP answer",
	  "{\"request\": \"accept\"}" },
	{ "decline",    decline_fields,  NULL,     req_decline,    "Refuses the call that rings here, or the change that `updatingcall` asks for",
	  "`declining`, then `hangup`, or `updatefailed` and the call goes on",
	  "{\"request\": \"decline\", \"code\": 486}" },
	{ "hangup",     hangup_fields,   NULL,     req_hangup,     "Ends the call in whatever state it is",
	  "`hangingup`, then `hangup`",
	  "{\"request\": \"hangup\"}" },
	{ "hold",       hold_fields,     NULL,     req_hold,       "Holds the call",
	  "`holding`",
	  "{\"request\": \"hold\", \"direction\": \"sendonly\"}" },
	{ "unhold",     no_fields,       NULL,     req_unhold,     "Takes the call up again",
	  "`resuming`",
	  "{\"request\": \"unhold\"}" },
	{ "update",     no_fields,       IMS_JSEP_EITHER, req_update, "Changes the media of the call by an offer, or answers the `updatingcall` of the other party",
	  "`updating`, then `updated` with the JSEP answer, or `updatefailed`; after an answer by `updated`",
	  "{\"request\": \"update\"}" },
	{ "dtmf_info",  dtmf_fields,     NULL,     req_dtmf_info,  "Sends a digit to the other party",
	  "`dtmfsent`",
	  "{\"request\": \"dtmf_info\", \"digit\": \"5\", \"duration\": 160}" },
	{ "message",    message_fields,  NULL,     req_message,    "Sends a message (SIP MESSAGE), any bytes, to somebody or to the other party of the call",
	  "`messagesent`, then exactly one `messagedelivery`",
	  "{\"request\": \"message\", \"uri\": \"sip:bob@ims.example\", \"content\": \"Hello Bob\"}" },
	{ "ice_servers", no_fields,      NULL,     req_ice_servers, "Asks for TURN servers and fresh credentials for them; only when registered, 20 times a minute at most",
	  "`ice_servers`, with an empty list when the operator has none",
	  "{\"request\": \"ice_servers\"}" },
	{ "status",     no_fields,       NULL,     req_status,     "Tells registration and call, as after a reconnect",
	  "`status`, with the offer of a call that rings unanswered",
	  "{\"request\": \"status\"}" },
	{ NULL, NULL, NULL, NULL, NULL, NULL, NULL }
};
/* clang-format on */
