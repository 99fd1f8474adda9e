/* What is told, as JSON: names and fields of docs/api.md. The registration and call of `status` are of this
 * file, in the place of reg/ and call/. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "api/internal.h"
#include "base/ims_error.h"
#include "media/ims_forwarder.h"
#include "sdp/ims_sdp_rewrite.h"

struct ims_reg {
	const char *state, *impu;
	guint expires_s;
	GPtrArray *associated;
};

struct ims_call {
	const char *call_id, *state, *peer;
	gboolean outgoing, held, peer_holds;
};

struct ims_session {
	ims_reg *reg;
	ims_call *call;
	gboolean verifying;
	guint token_left_s;
};

const ims_reg *ims_session_reg(const ims_session *session)
{
	return session->reg;
}

const ims_call *ims_session_ongoing(const ims_session *session)
{
	return session->call;
}

gboolean ims_session_is_verifying(const ims_session *session)
{
	return session->verifying;
}

guint ims_session_token_left_s(const ims_session *session)
{
	return session->token_left_s;
}

const char *ims_reg_state_name(const ims_reg *reg)
{
	return reg->state;
}

const char *ims_reg_impu(const ims_reg *reg)
{
	return reg->impu;
}

guint ims_reg_expires_s(const ims_reg *reg)
{
	return reg->expires_s;
}

const GPtrArray *ims_reg_associated(const ims_reg *reg)
{
	return reg->associated;
}

const char *ims_call_id(const ims_call *call)
{
	return call->call_id;
}

const char *ims_call_state_name(const ims_call *call)
{
	return call->state;
}

const char *ims_call_peer(const ims_call *call)
{
	return call->peer;
}

gboolean ims_call_is_outgoing(const ims_call *call)
{
	return call->outgoing;
}

gboolean ims_call_peer_holds(const ims_call *call)
{
	return call->peer_holds;
}

gboolean ims_call_is_held(const ims_call *call)
{
	return call->held;
}

/* Takes the event over. */
static void assert_json(json_t *event, const char *wanted)
{
	json_t *should = json_loads(wanted, JSON_DECODE_ANY, NULL);
	g_autofree char *text = json_dumps(event, JSON_SORT_KEYS);

	if (!should)
		fail_msg("the case is no JSON: %s", wanted);
	if (!json_equal(event, should))
		fail_msg("is     %s\nshould %s", text ? text : "no JSON", wanted);
	json_decref(should);
	json_decref(event);
}

#define RESULT(fields) "{\"sip\":\"event\",\"result\":{" fields "}}"
#define OF(call_id, fields) "{\"sip\":\"event\",\"call_id\":\"" call_id "\",\"result\":{" fields "}}"
#define OF_CALL(fields)                                                                                      \
	"{\"sip\":\"event\",\"call_id\":\"c1\",\"result\":{\"username\":\"sip:bob@ims.example\",\"call_"     \
	"id\":\"c1\"," fields "}}"
#define OF_SENDER(event, fields)                                                                             \
	"{\"sip\":\"event\",\"call_id\":\"c1\",\"result\":{" event ",\"call_id\":\"c1\","                    \
	"\"sender\":\"sip:bob@ims.example\"," fields "}}"
#define OF_MESSAGE(fields) "{\"sip\":\"event\",\"call_id\":\"m1\",\"result\":{\"call_id\":\"m1\"," fields "}}"
#define CALL .call_id = "c1", .username = "sip:bob@ims.example"

static const ims_quality_report good = {
	.final = TRUE,
	.n = 2,
	.stream = { { .codec = "PCMU", .from_peer = { TRUE, 1500, 15, 0.0099, 4, 4.2 }, .round_trip_ms = 38 },
		    { .mline = 1,
		      .kind = IMS_MEDIA_VIDEO,
		      .codec = "H264",
		      .to_peer = { .known = TRUE, .packets = 900 } } },
};
static const ims_sip_news busy = { .reason_header = (char *)"User busy",
				   .reason_protocol = (char *)"Q.850",
				   .reason_cause = (char *)"17" };

/* To a page who is who is said by roles, whatever is known. */
static const ims_trace_entry traced = { .call_id = "m1",
					.number = 7,
					.at_ms = 1790000000123,
					.peer = "192.0.2.1:5060",
					.transport = "UDP",
					.first = "SIP/2.0 200 OK",
					.text = "SIP/2.0 200 OK\r\n",
					.for_operator = "for operators alone",
					.repeated = TRUE };

static const ims_sip_news report = { .content_type = (char *)"application/vnd.3gpp.sms",
				     .in_reply_to = (char *)"m0@b" };

/* Of six m-lines one runs, one was switched off by who offered it. */
static void test_refused_media(void **state)
{
	static const ims_sdp_stream lines[] = {
		{ .kind = IMS_MEDIA_AUDIO, .mline = 0, .used = TRUE, .refusal = IMS_SDP_SERVED },
		{ .kind = IMS_MEDIA_VIDEO, .mline = 1, .refusal = IMS_SDP_NO_COMMON_CODEC },
		{ .kind = IMS_MEDIA_VIDEO, .mline = 2, .refusal = IMS_SDP_REFUSED_BY_CORE },
		{ .kind = IMS_MEDIA_VIDEO, .mline = 3, .refusal = IMS_SDP_REFUSED_BY_BROWSER },
		{ .kind = IMS_MEDIA_VIDEO, .mline = 4, .refusal = IMS_SDP_SWITCHED_OFF },
		{ .kind = IMS_MEDIA_APPLICATION, .mline = 5, .refusal = IMS_SDP_UNSUPPORTED },
	};
	g_autoptr(GArray) streams = g_array_new(FALSE, FALSE, sizeof(ims_sdp_stream));
	ims_session_news news = { .kind = IMS_NEWS_ACCEPTED, .streams = streams };
	json_t *event, *list;
	char *text;

	(void)state;
	g_array_append_vals(streams, lines, G_N_ELEMENTS(lines));
	event = ims_event_of_news(&news);
	list = json_object_get(json_object_get(json_object_get(event, "result"), "ims"), "refused_media");
	text = json_dumps(list, JSON_COMPACT);
	assert_string_equal(text, "[{\"mline\":1,\"media\":\"video\",\"reason\":\"no_common_codec\"},"
				  "{\"mline\":2,\"media\":\"video\",\"reason\":\"refused_by_peer\"},"
				  "{\"mline\":3,\"media\":\"video\",\"reason\":\"refused_by_browser\"},"
				  "{\"mline\":5,\"media\":\"application\",\"reason\":\"unsupported\"}]");
	free(text);
	json_decref(event);

	g_array_set_size(streams, 1);
	event = ims_event_of_news(&news);
	assert_null(json_object_get(json_object_get(event, "result"), "ims"));
	json_decref(event);
}

static const ims_sip_header odd_header = { (char *)"X-A", (char *)"\xff" };
static const ims_sip_header *odd_headers[] = { &odd_header };
static const GPtrArray no_headers = { .len = 0 };
static const GPtrArray some_headers = { .pdata = (gpointer *)odd_headers, .len = 1 };

static const ims_bearer_news bearer = { .error = "invalid_token",
					.scope = "ims",
					.authz_server = "https://waf.example" };
static const ims_challenge digest = {
	.realm = (char *)"r", .nonce = (char *)"n", .qop_auth_int = TRUE, .stale = TRUE
};
static const ims_prover_question for_digest = { .text = "Digest ...",
						.challenge = &digest,
						.proof = IMS_PROOF_REGISTER_TO_PROXY,
						.impi = "a@b",
						.method = "REGISTER",
						.uri = "sip:b" };
/* RAND 00 01 ... 0f, AUTN 10 11 ... 1f, and data of the server's. */
static const ims_challenge aka = { .realm = (char *)"r",
				   .nonce = (char *)"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gIQ==",
				   .algorithm = (char *)"AKAv2-SHA-256",
				   .opaque = (char *)"o",
				   .qop_auth = TRUE,
				   .qop_auth_int = TRUE };
static const ims_prover_question for_aka = {
	.text = "Digest ...", .challenge = &aka, .impi = "a@b", .method = "REGISTER", .uri = "sip:b"
};

#define FORWARDER                                                                                            \
	"{\"stream_id\":7,\"type\":\"peer_video\",\"host\":\"\",\"port\":0,\"media\":\"video\",\"srtp\":"    \
	"false,"                                                                                             \
	"\"ssrc\":8,\"pt\":9}"

static void test_news(void **state)
{
	static char *names[] = { (char *)"a-peer-audio" };
	static const GPtrArray files = { .pdata = (gpointer *)names, .len = 1 };
	static ims_forwarder_setup forwarder = { .id = 7, .track = IMS_TRACK_PEER_VIDEO, .ssrc = 8, .pt = 9 };
	static ims_forwarder_setup *setups[] = { &forwarder };
	static const GPtrArray forwarders = { .pdata = (gpointer *)setups, .len = 1 };
	static const ims_sip_news nothing = { .status = 0 };
	static const ims_notification bodyless = { "presence", "terminated", "rejected", 0, &nothing };
	g_autoptr(GBytes) byte = g_bytes_new_static("\xff", 1);
	const ims_sip_news something = { .content_type = (char *)"a/b; c=d", .body = byte };
	const ims_notification with_body = { "presence", "active", NULL, 5, &something };
	static const ims_reg_word rejected = { .event = "rejected", .over = TRUE };
	static const ims_reg_word shortened = { .event = "shortened", .expires_s = 60, .contacts = 2 };
	static const GPtrArray no_urls = { .len = 0 };
	static const ims_turn_offer none = { .urls = &no_urls };
	const struct {
		ims_session_news news;
		const char *json;
	} rows[] = {
		{ { .kind = IMS_NEWS_REGISTERING, .transaction = "t1" },
		  RESULT("\"event\":\"registering\"") },
		{ { .kind = IMS_NEWS_CHALLENGE, .username = "sip:a@b", .question = &for_digest },
		  RESULT("\"event\":\"challenge\",\"username\":\"sip:a@b\",\"authuser\":\"a@b\","
			 "\"scheme\":\"Digest\",\"realm\":\"r\",\"nonce\":\"n\",\"qop\":\"auth-int\","
			 "\"stale\":true,"
			 "\"method\":\"REGISTER\",\"uri\":\"sip:b\",\"code\":407,\"header\":\"Digest "
			 "...\"") },
		{ { .kind = IMS_NEWS_CHALLENGE, .username = "sip:a@b", .question = &for_aka },
		  RESULT("\"event\":\"challenge\",\"username\":\"sip:a@b\",\"authuser\":\"a@b\","
			 "\"scheme\":\"Digest\",\"realm\":\"r\","
			 "\"nonce\":\"AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gIQ==\","
			 "\"algorithm\":\"AKAv2-SHA-256\",\"qop\":\"auth,auth-int\",\"opaque\":\"o\","
			 "\"stale\":false,"
			 "\"method\":\"REGISTER\",\"uri\":\"sip:b\",\"code\":401,\"header\":\"Digest ...\","
			 "\"rand\":\"000102030405060708090a0b0c0d0e0f\","
			 "\"autn\":\"101112131415161718191a1b1c1d1e1f\"") },
		{ { .kind = IMS_NEWS_AUTHENTICATING }, RESULT("\"event\":\"authenticating\"") },
		{ { .kind = IMS_NEWS_REGISTERED,
		    .username = "sip:a@b",
		    .master_id = 9007199254740991,
		    .expires_s = 3600,
		    .token_left_s = 3601 },
		  RESULT("\"event\":\"registered\",\"username\":\"sip:a@b\",\"register_sent\":true,"
			 "\"helper\":false,\"master_id\":9007199254740991,\"ims\":{\"associated\":[],"
			 "\"expires\":3600,"
			 "\"token_expires\":3601}") },
		{ { .kind = IMS_NEWS_REGISTERED,
		    .username = "sip:a@b",
		    .helper = TRUE,
		    .unsent = TRUE,
		    .master_id = 1,
		    .expires_s = 3600 },
		  RESULT("\"event\":\"registered\",\"username\":\"sip:a@b\",\"register_sent\":false,"
			 "\"helper\":true,\"master_id\":1,\"ims\":{\"associated\":[],\"expires\":3600}") },
		{ { .kind = IMS_NEWS_ICE_SERVERS, .turn = &none },
		  RESULT("\"event\":\"ice_servers\",\"ice_servers\":[]") },
		{ { .kind = IMS_NEWS_REGISTRATION_FAILED,
		    .username = "sip:a@b",
		    .code = 403,
		    .reason = "Forbidden" },
		  RESULT("\"event\":\"registration_failed\",\"username\":\"sip:a@b\",\"code\":403,"
			 "\"reason\":\"Forbidden\"") },
		{ { .kind = IMS_NEWS_REGISTRATION_FAILED,
		    .code = 401,
		    .reason = "The access token has expired",
		    .bearer = &bearer },
		  RESULT("\"event\":\"registration_failed\",\"code\":401,\"reason\":\"The access token has "
			 "expired\","
			 "\"bearer\":{\"error\":\"invalid_token\",\"scope\":\"ims\","
			 "\"authz_server\":\"https://waf.example\"}") },
		{ { .kind = IMS_NEWS_REGISTRATION_FAILED, .code = 503, .reason = "No", .retry_after_s = 10 },
		  RESULT("\"event\":\"registration_failed\",\"code\":503,\"reason\":\"No\","
			 "\"ims\":{\"retry_after\":10}") },
		{ { .kind = IMS_NEWS_REGISTRATION_FAILED,
		    .code = 503,
		    .reason = "No",
		    .expires_s = 60,
		    .retry_s = 3,
		    .warnings = &files },
		  RESULT("\"event\":\"registration_failed\",\"code\":503,\"reason\":\"No\","
			 "\"ims\":{\"expires\":60,\"retry_in\":3,\"warnings\":[\"a-peer-audio\"]}") },
		{ { .kind = IMS_NEWS_TOKEN_EXPIRING, .token_left_s = 60 },
		  RESULT("\"event\":\"token_expiring\",\"expires_in\":60") },
		{ { .kind = IMS_NEWS_TOKEN_REFRESHED, .token_left_s = 599 },
		  RESULT("\"event\":\"token_refreshed\",\"ims\":{\"token_expires\":599}") },
		{ { .kind = IMS_NEWS_TOKEN_REFRESHED }, RESULT("\"event\":\"token_refreshed\"") },
		{ { .kind = IMS_NEWS_TOKEN_REFUSED, .code = 403, .reason = "No" },
		  RESULT("\"event\":\"token_refresh_failed\",\"code\":403,\"reason\":\"No\"") },
		{ { .kind = IMS_NEWS_UNREGISTERING }, RESULT("\"event\":\"unregistering\"") },
		{ { .kind = IMS_NEWS_UNREGISTERED, .username = "sip:a@b" },
		  RESULT("\"event\":\"unregistered\",\"username\":\"sip:a@b\",\"register_sent\":true") },
		{ { .kind = IMS_NEWS_UNREGISTERED, .username = "sip:a@b", .word = &rejected },
		  RESULT("\"event\":\"unregistered\",\"username\":\"sip:a@b\",\"register_sent\":true,\"ims\":"
			 "{\"reason\":"
			 "\"rejected\"}") },
		{ { .kind = IMS_NEWS_SUBSCRIBING, .call_id = "i" },
		  OF("i", "\"event\":\"subscribing\",\"call_id\":\"i\"") },
		{ { .kind = IMS_NEWS_SUBSCRIBED, .call_id = "i", .code = 202, .reason = "Accepted" },
		  OF("i", "\"event\":\"subscribe_succeeded\",\"reason\":\"Accepted\",\"call_id\":\"i\","
			  "\"code\":202,\"expires\":0") },
		{ { .kind = IMS_NEWS_SUBSCRIBE_FAILED, .call_id = "i", .code = 489, .reason = "Bad" },
		  OF("i",
		     "\"event\":\"subscribe_failed\",\"reason\":\"Bad\",\"call_id\":\"i\",\"code\":489") },
		{ { .kind = IMS_NEWS_UNSUBSCRIBING, .call_id = "i" },
		  OF("i", "\"event\":\"unsubscribing\",\"call_id\":\"i\"") },
		{ { .kind = IMS_NEWS_NOTIFY, .call_id = "i", .notification = &bodyless },
		  OF("i", "\"event\":\"notify\",\"call_id\":\"i\",\"notify\":\"presence\",\"substate\":"
			  "\"terminated\",\"content\":\"\",\"encoding\":\"utf-8\",\"ims\":{\"reason\":"
			  "\"rejected\"}") },
		{ { .kind = IMS_NEWS_NOTIFY, .call_id = "i", .notification = &with_body },
		  OF("i", "\"event\":\"notify\",\"call_id\":\"i\",\"notify\":\"presence\",\"substate\":"
			  "\"active\",\"content-type\":\"a/b\",\"content\":\"/w==\",\"encoding\":\"base64\","
			  "\"ims\":{\"expires\":5}") },
		{ { .kind = IMS_NEWS_REGINFO, .username = "sip:a@b", .word = &shortened },
		  RESULT("\"event\":\"reginfo\",\"username\":\"sip:a@b\",\"ims\":{\"reason\":\"shortened\","
			 "\"expires\":60,\"associated\":[],\"contacts\":2}") },
		{ { .kind = IMS_NEWS_CALLING, CALL }, OF_CALL("\"event\":\"calling\"") },
		{ { .kind = IMS_NEWS_INCOMING_CALL,
		    CALL,
		    .referred_by = "<sip:c@b>",
		    .replaces = "c0",
		    .focus = "sip:conf@b",
		    .call_waiting = TRUE },
		  OF_CALL("\"event\":\"incomingcall\",\"referred_by\":\"<sip:c@b>\",\"replaces\":\"c0\","
			  "\"isfocus\":true,\"ims\":{\"conference\":\"sip:conf@b\",\"call_waiting\":true}") },
		{ { .kind = IMS_NEWS_TRANSFERRING, .call_id = "m1" },
		  OF_MESSAGE("\"event\":\"transferring\"") },
		{ { .kind = IMS_NEWS_TRANSFER_FAILED, .code = 603, .reason = "Decline" },
		  RESULT("\"event\":\"transferfailed\",\"code\":603,\"reason\":\"Decline\"") },
		{ { .kind = IMS_NEWS_TRANSFER,
		    .refer_id = 9007199254740991,
		    .refer_to = "tel:1",
		    .referred_by = "sip:c@b",
		    .replaces = "c0" },
		  RESULT("\"event\":\"transfer\",\"refer_id\":9007199254740991,\"refer_to\":\"tel:1\","
			 "\"referred_by\":\"sip:c@b\",\"replaces\":\"c0\"") },
		{ { .kind = IMS_NEWS_PROCEEDING, CALL, .code = 183 },
		  OF_CALL("\"event\":\"proceeding\",\"code\":183") },
		{ { .kind = IMS_NEWS_RINGING, CALL }, OF_CALL("\"event\":\"ringing\"") },
		{ { .kind = IMS_NEWS_PROGRESS, CALL, .sdp_type = "answer", .sdp = "v=0" },
		  OF_CALL("\"event\":\"progress\"") }, /* the JSEP travels beside it */
		{ { .kind = IMS_NEWS_ACCEPTED, CALL }, OF_CALL("\"event\":\"accepted\"") },
		{ { .kind = IMS_NEWS_INCOMING_CALL, CALL, .display_name = "Bob", .callee = "sip:a@b" },
		  OF_CALL("\"event\":\"incomingcall\",\"displayname\":\"Bob\",\"callee\":\"sip:a@b\"") },
		{ { .kind = IMS_NEWS_MISSED_CALL,
		    CALL,
		    .display_name = "Bob",
		    .callee = "sip:a@b",
		    .reason = "busy" },
		  "{\"sip\":\"event\",\"call_id\":\"c1\",\"result\":{\"event\":\"missed_call\","
		  "\"caller\":\"sip:bob@ims.example\",\"displayname\":\"Bob\",\"callee\":\"sip:a@b\","
		  "\"reason\":\"busy\"}}" },
		{ { .kind = IMS_NEWS_HELPER_WANTED, .call_id = "c1" },
		  "{\"sip\":\"event\",\"call_id\":\"c1\",\"result\":{\"event\":\"helper_wanted\","
		  "\"call_id\":\"c1\"}}" },
		{ { .kind = IMS_NEWS_RINGING_SENT, CALL }, OF_CALL("\"event\":\"ringingsent\"") },
		{ { .kind = IMS_NEWS_PROGRESSING, CALL }, OF_CALL("\"event\":\"progressing\"") },
		{ { .kind = IMS_NEWS_DECLINING, CALL, .code = 486 },
		  OF_CALL("\"event\":\"declining\",\"code\":486") },
		{ { .kind = IMS_NEWS_HANGING_UP, CALL }, OF_CALL("\"event\":\"hangingup\"") },
		{ { .kind = IMS_NEWS_HANGUP, CALL, .code = 200, .reason = "Session terminated" },
		  OF_CALL("\"event\":\"hangup\",\"code\":200,\"reason\":\"Session terminated\"") },
		{ { .kind = IMS_NEWS_HANGUP, CALL, .code = 486, .reason = "Busy Here", .sip = &busy },
		  OF_CALL("\"event\":\"hangup\",\"code\":486,\"reason\":\"Busy "
			  "Here\",\"reason_header\":\"User busy\","
			  "\"reason_header_protocol\":\"Q.850\",\"reason_header_cause\":\"17\"") },
		{ { .kind = IMS_NEWS_HOLDING, CALL }, OF_CALL("\"event\":\"holding\"") },
		{ { .kind = IMS_NEWS_RESUMING, CALL }, OF_CALL("\"event\":\"resuming\"") },
		{ { .kind = IMS_NEWS_PEER_HOLDING, CALL, .peer_media = IMS_DIR_SENDONLY },
		  OF_CALL("\"event\":\"peerholding\",\"direction\":\"sendonly\"") },
		{ { .kind = IMS_NEWS_PEER_HOLDING, CALL },
		  OF_CALL("\"event\":\"peerholding\",\"direction\":\"inactive\"") },
		{ { .kind = IMS_NEWS_PEER_RESUMING, CALL }, OF_CALL("\"event\":\"peerresuming\"") },
		{ { .kind = IMS_NEWS_ACCEPTING, CALL }, OF_CALL("\"event\":\"accepting\"") },
		{ { .kind = IMS_NEWS_UPDATING, CALL }, OF_CALL("\"event\":\"updating\"") },
		{ { .kind = IMS_NEWS_UPDATED, CALL }, OF_CALL("\"event\":\"updated\"") },
		{ { .kind = IMS_NEWS_UPDATE_FAILED, CALL, .code = 488, .reason = "No" },
		  OF_CALL("\"event\":\"updatefailed\",\"code\":488,\"reason\":\"No\"") },
		{ { .kind = IMS_NEWS_UPDATING_CALL, CALL }, OF_CALL("\"event\":\"updatingcall\"") },
		{ { .kind = IMS_NEWS_QUALITY, CALL, .quality = &good },
		  OF_CALL("\"event\":\"quality\",\"final\":true,\"media\":[{\"mline\":0,\"media\":\"audio\","
			  "\"codec\":"
			  "\"PCMU\",\"from_peer\":{\"packets\":1500,\"lost\":15,\"loss\":0.99,\"jitter_ms\":"
			  "4,"
			  "\"mos\":4.2},\"round_trip_ms\":38},{\"mline\":1,\"media\":\"video\",\"codec\":"
			  "\"H264\","
			  "\"to_peer\":{\"packets\":900,\"lost\":0,\"loss\":0.0,\"jitter_ms\":0}}]") },
		{ { .kind = IMS_NEWS_DTMF_SENT, CALL }, OF_CALL("\"event\":\"dtmfsent\"") },
		{ { .kind = IMS_NEWS_DTMF, CALL, .signal = "#" },
		  OF_SENDER("\"event\":\"dtmf\"", "\"signal\":\"#\"") },
		{ { .kind = IMS_NEWS_DTMF, CALL, .signal = "7", .duration_ms = 160 },
		  OF_SENDER("\"event\":\"dtmf\"", "\"signal\":\"7\",\"duration\":160") },
		{ { .kind = IMS_NEWS_RESET }, RESULT("\"event\":\"reset\"") },
		{ { .kind = IMS_NEWS_UNREGISTERED, .username = "sip:a@b", .unsent = TRUE },
		  RESULT("\"event\":\"unregistered\",\"username\":\"sip:a@b\",\"register_sent\":false") },
		{ { .kind = IMS_NEWS_MESSAGE_DELIVERY,
		    .call_id = "m1",
		    .code = 503,
		    .reason = "No",
		    .retry_after_s = 9 },
		  OF_MESSAGE("\"event\":\"messagedelivery\",\"code\":503,\"reason\":\"No\",\"ims\":{\"retry_"
			     "after\":9}") },
		{ { .kind = IMS_NEWS_INFO_SENT, CALL }, OF_CALL("\"event\":\"infosent\"") },
		{ { .kind = IMS_NEWS_INFO, CALL, .sip = &report },
		  OF_SENDER("\"event\":\"info\"", "\"type\":\"application/vnd.3gpp.sms\",\"content\":\"\","
						  "\"encoding\":\"utf-8\"") },
		{ { .kind = IMS_NEWS_RINGING, CALL, .headers = &no_headers },
		  OF_CALL("\"event\":\"ringing\",\"headers\":{}") },
		{ { .kind = IMS_NEWS_RINGING, CALL, .headers = &some_headers },
		  OF_CALL("\"event\":\"ringing\",\"headers\":{\"X-A\":\"\\ufffd\"}") },
		{ { .kind = IMS_NEWS_HANGUP,
		    CALL,
		    .code = 486,
		    .reason = "Busy Here",
		    .sip = &busy,
		    .hides_reason = TRUE },
		  OF_CALL("\"event\":\"hangup\",\"code\":486,\"reason\":\"Busy Here\"") },
		{ { .kind = IMS_NEWS_HANGUP, CALL, .code = 488, .warnings = &files },
		  OF_CALL("\"event\":\"hangup\",\"code\":488,\"ims\":{\"warnings\":[\"a-peer-audio\"]}") },
		{ { .kind = IMS_NEWS_RECORDING_UPDATED, CALL, .files = &files },
		  OF_CALL("\"event\":\"recordingupdated\",\"ims\":{\"files\":[\"a-peer-audio\"]}") },
		{ { .kind = IMS_NEWS_RECORDING_UPDATED, CALL },
		  OF_CALL("\"event\":\"recordingupdated\",\"ims\":{\"files\":[]}") },
		{ { .kind = IMS_NEWS_RECORDING_FAILED, CALL, .files = &files, .reason = "Full" },
		  OF_CALL("\"event\":\"recordingfailed\",\"reason\":\"Full\",\"ims\":{\"files\":[\"a-peer-"
			  "audio\"]}") },
		{ { .kind = IMS_NEWS_KEY_FRAME_SENT, CALL }, OF_CALL("\"event\":\"keyframesent\"") },
		{ { .kind = IMS_NEWS_FORWARDED, CALL, .forwarders = &forwarders },
		  OF_CALL("\"event\":\"rtp_forward\",\"forwarders\":[" FORWARDER "]") },
		{ { .kind = IMS_NEWS_FORWARDERS, CALL, .forwarders = &forwarders },
		  OF_CALL("\"event\":\"forwarders\",\"rtp_forwarders\":[" FORWARDER "]") },
		{ { .kind = IMS_NEWS_FORWARD_STOPPED, CALL, .stream_id = 4294967295 },
		  OF_CALL("\"event\":\"stop_rtp_forward\",\"stream_id\":4294967295") },
		{ { .kind = IMS_NEWS_TRACING, .enabled = TRUE },
		  RESULT("\"event\":\"tracing\",\"enabled\":true") },
		{ { .kind = IMS_NEWS_TRACE, .call_id = "m1", .trace = &traced },
		  OF_MESSAGE(
			  "\"event\":\"trace\",\"number\":7,\"time\":1790000000123,\"direction\":\"in\","
			  "\"from\":\"core\",\"to\":\"edge\",\"transport\":\"UDP\",\"first\":\"SIP/2.0 200 "
			  "OK\",\"text\":\"SIP/2.0 200 OK\\r\\n\",\"repeated\":true") },
		{ { .kind = IMS_NEWS_MESSAGE_SENT, .call_id = "m1" },
		  OF_MESSAGE("\"event\":\"messagesent\"") },
		{ { .kind = IMS_NEWS_MESSAGE_DELIVERY, .call_id = "m1", .code = 202, .reason = "Accepted" },
		  OF_MESSAGE("\"event\":\"messagedelivery\",\"code\":202,\"reason\":\"Accepted\"") },
		{ { .kind = IMS_NEWS_MESSAGE,
		    .call_id = "m1",
		    .username = "sip:bob@ims.example",
		    .display_name = "Bob",
		    .callee = "sip:a@b",
		    .sip = &report },
		  OF_MESSAGE(
			  "\"event\":\"message\",\"sender\":\"sip:bob@ims.example\",\"displayname\":\"Bob\","
			  "\"callee\":\"sip:a@b\",\"content_type\":\"application/"
			  "vnd.3gpp.sms\",\"content\":\"\","
			  "\"encoding\":\"utf-8\",\"in_reply_to\":\"m0@b\"") },
	};
	guint64 kinds = 0;

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		kinds |= G_GUINT64_CONSTANT(1) << rows[i].news.kind;
		assert_json(ims_event_of_news(&rows[i].news), rows[i].json);
	}
	/* none is forgotten here */
	assert_int_equal(kinds, (G_GUINT64_CONSTANT(1) << IMS_NEWS_N_KINDS) - 1);
}

static GPtrArray *list(const char *first, const char *second)
{
	GPtrArray *texts = g_ptr_array_new();

	g_ptr_array_add(texts, (char *)first);
	g_ptr_array_add(texts, (char *)second);
	return texts;
}

static void test_associated(void **state)
{
	g_autoptr(GPtrArray) associated = list("sip:a@b", "tel:+49301234");

	(void)state;
	assert_json(ims_event_of_news(&(ims_session_news){
			    .kind = IMS_NEWS_REGISTERED, .username = "sip:a@b", .associated = associated }),
		    RESULT("\"event\":\"registered\",\"username\":\"sip:a@b\",\"register_sent\":true,"
			   "\"helper\":false,\"master_id\":0,"
			   "\"ims\":{\"associated\":[\"sip:a@b\",\"tel:+49301234\"],\"expires\":0}"));
}

static void test_turn(void **state)
{
	g_autoptr(GPtrArray) urls = list("turn:a", "turns:b");
	const ims_turn_offer turn = { .urls = urls,
				      .ttl_s = 60,
				      .credentials = { .username = (char *)"1:p",
						       .credential = (char *)"c=" } };

	(void)state;
	assert_json(ims_event_of_news(&(ims_session_news){
			    .kind = IMS_NEWS_REGISTERED, .username = "sip:a@b", .turn = &turn }),
		    RESULT("\"event\":\"registered\",\"username\":\"sip:a@b\",\"register_sent\":true,"
			   "\"helper\":false,\"master_id\":0,\"ims\":{\"associated\":[],\"expires\":0},\"ice_"
			   "ttl\":60,"
			   "\"ice_servers\":[{\"urls\":[\"turn:a\",\"turns:b\"],\"username\":\"1:p\","
			   "\"credential\":\"c=\"}]"));
}

static void test_gruu(void **state)
{
	(void)state;
	assert_json(ims_event_of_news(&(ims_session_news){ .kind = IMS_NEWS_REGISTERED,
							   .username = "sip:a@b",
							   .temp_gruu = "sip:t@b;gr",
							   .pub_gruu = "sip:a@b;gr=1" }),
		    RESULT("\"event\":\"registered\",\"username\":\"sip:a@b\",\"register_sent\":true,"
			   "\"helper\":false,\"master_id\":0,\"ims\":{\"associated\":[],\"expires\":0,"
			   "\"gruu\":{\"pub\":\"sip:a@b;gr=1\",\"temp\":\"sip:t@b;gr\"}}"));
}

#define BAD "\xff\xfe\xc3"
#define REPAIRED "\\ufffd\\ufffd\\ufffd"

/* The network may write what is no UTF-8. Then there is something, and nothing else is missing. */
static void test_not_utf8(void **state)
{
	static const ims_sip_news odd = { .reason_header = (char *)BAD,
					  .reason_protocol = (char *)BAD,
					  .reason_cause = (char *)BAD };

	(void)state;
	assert_json(ims_event_of_news(&(ims_session_news){ .kind = IMS_NEWS_INCOMING_CALL,
							   .call_id = BAD,
							   .username = "sip:" BAD "@b",
							   .display_name = BAD,
							   .callee = BAD }),
		    "{\"sip\":\"event\",\"call_id\":\"" REPAIRED
		    "\",\"result\":{\"event\":\"incomingcall\",\"username\":"
		    "\"sip:" REPAIRED "@b\",\"displayname\":\"" REPAIRED "\",\"callee\":\"" REPAIRED
		    "\",\"call_id\":\"" REPAIRED "\"}}");
	assert_json(ims_event_of_news(&(ims_session_news){
			    .kind = IMS_NEWS_HANGUP, .code = 500, .reason = BAD, .sip = &odd }),
		    RESULT("\"event\":\"hangup\",\"code\":500,\"reason\":\"" REPAIRED
			   "\",\"reason_header\":\"" REPAIRED "\",\"reason_header_protocol\":\"" REPAIRED
			   "\",\"reason_header_cause\":\"" REPAIRED "\""));
}

/* In a list the place counts: the default identity is the first. */
static void test_list_not_utf8(void **state)
{
	g_autoptr(GPtrArray) associated = list("sip:" BAD "@b", "sip:c@b");

	(void)state;
	assert_json(ims_event_of_news(&(ims_session_news){
			    .kind = IMS_NEWS_REGISTERED, .username = "sip:a@b", .associated = associated }),
		    RESULT("\"event\":\"registered\",\"username\":\"sip:a@b\",\"register_sent\":true,"
			   "\"helper\":false,\"master_id\":0,"
			   "\"ims\":{\"associated\":[\"sip:" REPAIRED "@b\",\"sip:c@b\"],\"expires\":0}"));
}

static void test_error(void **state)
{
	g_autoptr(GError) error =
		g_error_new(IMS_ERROR, IMS_E_MISSING_ELEMENT, "register: 'username' is missing");
	g_autoptr(GError) foreign = g_error_new(G_FILE_ERROR, G_FILE_ERROR_IO, "disk");
	g_autoptr(GError) odd = g_error_new_literal(IMS_ERROR, IMS_E_INVALID_REQUEST, BAD);

	(void)state;
	assert_json(ims_event_of_error(error, 0), "{\"sip\":\"event\",\"error_code\":443,"
					       "\"error\":\"register: 'username' is missing\"}");
	assert_json(ims_event_of_error(error, 7), "{\"sip\":\"event\",\"error_code\":443,"
		    "\"error\":\"register: 'username' is missing\",\"ims\":{\"retry_after\":7}}");
	assert_json(ims_event_of_error(foreign, 0), "{\"sip\":\"event\",\"error_code\":499,\"error\":\"disk\"}");
	assert_json(ims_event_of_error(odd, 0),
		    "{\"sip\":\"event\",\"error_code\":442,\"error\":\"" REPAIRED "\"}");
}

static void test_status(void **state)
{
	g_autoptr(GPtrArray) associated = list("sip:a@b", "tel:+49301234");
	ims_reg reg = { "registered", "sip:a@b", 3600, associated };
	ims_call call = { "c1", "up", "sip:bob@ims.example", TRUE, FALSE, TRUE };
	ims_session session = { 0 };

	(void)state;
	assert_json(
		ims_event_of_status(&session),
		RESULT("\"event\":\"status\",\"registration\":{\"state\":\"unregistered\"},\"call\":null"));
	session.verifying = TRUE;
	assert_json(
		ims_event_of_status(&session),
		RESULT("\"event\":\"status\",\"registration\":{\"state\":\"registering\"},\"call\":null"));
	session.reg = &reg;
	session.call = &call;
	assert_json(ims_event_of_status(&session),
		    RESULT("\"event\":\"status\",\"registration\":{\"state\":"
			   "\"registered\",\"username\":\"sip:a@b\","
			   "\"expires\":3600,\"associated\":[\"sip:a@b\","
			   "\"tel:+49301234\"]},\"call\":{\"call_id\":\"c1\","
			   "\"state\":\"up\",\"direction\":\"out\",\"peer\":"
			   "\"sip:bob@ims.example\",\"held\":false,\"peer_holds\":true}"));
	call.outgoing = FALSE;
	call.held = TRUE;
	call.peer_holds = FALSE;
	call.peer = BAD;
	session.token_left_s = 42;
	g_ptr_array_set_size(associated, 0);
	assert_json(ims_event_of_status(&session),
		    RESULT("\"event\":\"status\",\"registration\":{\"state\":\"registered\",\"username\":"
			   "\"sip:a@b\","
			   "\"expires\":3600,\"associated\":[],\"token_expires\":42},\"call\":{\"call_id\":"
			   "\"c1\","
			   "\"state\":\"up\",\"direction\":\"in\",\"peer\":\"" REPAIRED
			   "\",\"held\":true,\"peer_holds\":false}"));
}

static void test_jsep(void **state)
{
	(void)state;
	assert_null(ims_event_jsep("offer", NULL));
	assert_null(ims_event_jsep(NULL, NULL));
	assert_json(ims_event_jsep("answer", "v=0\r\n"), "{\"type\":\"answer\",\"sdp\":\"v=0\\r\\n\"}");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refused_media), cmocka_unit_test(test_news),
		cmocka_unit_test(test_associated),    cmocka_unit_test(test_gruu),
		cmocka_unit_test(test_turn),          cmocka_unit_test(test_not_utf8),
		cmocka_unit_test(test_list_not_utf8), cmocka_unit_test(test_error),
		cmocka_unit_test(test_status),        cmocka_unit_test(test_jsep),
	};

	return cmocka_run_group_tests_name("test_ims_events", tests, NULL, NULL);
}
