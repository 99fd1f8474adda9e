/* test_sipws_call.c: what a client sends and is sent from INVITE to BYE. */
#include "sipws_call_bench.h"

#define CALL_JSON(more)                                                                                      \
	"{\"autoaccept_reinvites\": false, \"call_id\": \"c1\", \"display_name\": \"Alice\", " more          \
	"\"identity\": \"sip:alice@ims.example\", \"jsep\": " JSEP(                                          \
		"offer", OFFER_JSON) ", "                                                                    \
				     "\"request\": \"call\", \"uri\": \"sip:bob@ims.example\"}"
#define JSEP(type, sdp) "{\"sdp\": \"" sdp "\", \"type\": \"" type "\"}"
#define OFFER_JSON                                                                                           \
	"v=0\\r\\no=- 5 2 IN IP4 127.0.0.1\\r\\ns=-\\r\\nt=0 0\\r\\nm=audio 9 UDP/TLS/RTP/SAVPF "            \
	"111\\r\\na=sendrecv\\r\\n"

/* ---- the client calls ---- */

static char *calls(bench *b, const char *more)
{
	client_asks(b, "INVITE", 1, NULL, more, OFFER);
	assert_string_equal(sipws_msg_to_tag(response_sent(b, 100)), "");
	assert_int_equal(b->asked->len, 1);
	return NULL;
}

static char *is_answered(bench *b)
{
	gateway_tells(b, "accepted", "answer", ANSWER, NULL);
	return g_strdup(sipws_msg_to_tag(response_sent(b, 200)));
}

static char *is_up(bench *b)
{
	char *tag;

	calls(b, NULL);
	g_ptr_array_set_size(b->asked, 0);
	tag = is_answered(b);
	client_asks(b, "ACK", 1, tag, NULL, NULL);
	return tag;
}

static void test_dial(void **state)
{
	bench *b = *state;
	g_autofree char *tag = NULL;
	sipws_msg *msg;

	calls(b, "X-Test: 1\r\nSupported: timer\r\nSession-Expires: 120\r\n");
	assert_asked(b, CALL_JSON("\"headers\": {\"X-Test\": \"1\"}, "));
	gateway_tells(b, "calling", NULL, NULL, NULL);
	nothing_sent(b);
	gateway_tells(b, "proceeding", NULL, NULL, json_pack("{si}", "code", 181));
	msg = response_sent(b, 181);
	assert_header(msg, "Contact", "<sip:edge.invalid;transport=ws>");
	tag = g_strdup(sipws_msg_to_tag(msg));
	assert_string_not_equal(tag, "");
	gateway_tells(b, "ringing", NULL, NULL, json_pack("{s{ss}}", "headers", "X-Test", "2"));
	msg = response_sent(b, 180);
	assert_string_equal(sipws_msg_to_tag(msg), tag);
	assert_header(msg, "X-Test", "2");
	gateway_tells(b, "progress", "answer", ANSWER, NULL);
	assert_sdp(response_sent(b, 183), ANSWER);
	gateway_tells(b, "accepted", NULL, NULL, NULL);
	msg = response_sent(b, 200);
	assert_sdp(msg, ANSWER);
	assert_string_equal(sipws_msg_to_tag(msg), tag);
	assert_header(msg, "Session-Expires", "120;refresher=uac");
	client_asks(b, "ACK", 1, tag, NULL, NULL);
	client_asks(b, "ACK", 1, tag, NULL, NULL);
	nothing_sent(b);
	client_asks(b, "BYE", 2, tag, "Reason: SIP;cause=200\r\n", NULL);
	response_sent(b, 200);
	assert_asked(b, "{\"call_id\": \"c1\", \"headers\": {\"Reason\": \"SIP;cause=200\"}, \"request\": "
			"\"hangup\"}");
	gateway_tells(b, "hangup", NULL, NULL, json_pack("{si}", "code", 200));
	nothing_sent(b);
	assert_no_calls(b);
	assert_int_equal(b->disowned, 1);
}

static void test_anonymous(void **state)
{
	bench *b = *state;
	g_autofree char *text = g_strdup_printf(
		"INVITE sip:referred@ims.example SIP/2.0\r\nVia: SIP/2.0/WSS c.invalid;branch=z9hG4bK1\r\n"
		"From: \"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=a1\r\nTo: "
		"<sip:bob@ims.example>\r\n"
		"Call-ID: c1\r\nCSeq: 1 INVITE\r\nContact: <sip:x7@client.invalid>\r\n"
		"P-Preferred-Identity: sip:alice@ims.example\r\nContent-Type: application/sdp\r\n\r\n%s",
		OFFER);

	client_sends(b, text);
	response_sent(b, 100);
	assert_asked(b, "{\"autoaccept_reinvites\": false, \"call_id\": \"c1\", "
			"\"identity\": \"sip:alice@ims.example\", \"jsep\": " JSEP(
				"offer",
				OFFER_JSON) ", "
					    "\"privacy\": \"id\", \"refer_id\": 9, \"request\": \"call\", "
					    "\"uri\": \"sip:referred@ims.example\"}");
}

static void test_refused_at_once(void **state)
{
	static const struct {
		const char *more, *sdp;
		guint status;
	} cases[] = {
		{ "", NULL, 488 },
		{ "Supported: timer\r\nSession-Expires: 60\r\n", OFFER, 422 },
		{ "", "v=0\r\ns=\xff\r\n", 400 },
	};
	bench *b = *state;

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		client_asks(b, "INVITE", 1 + i, NULL, cases[i].more, cases[i].sdp);
		assert_string_not_equal(sipws_msg_to_tag(response_sent(b, cases[i].status)), "");
		nothing_asked(b);
		assert_no_calls(b);
	}
	b->registered = FALSE;
	client_asks(b, "INVITE", 8, NULL, NULL, OFFER);
	response_sent(b, 403);
	b->registered = TRUE;
	b->config.calls = 0;
	client_asks(b, "INVITE", 9, NULL, NULL, OFFER);
	response_sent(b, 503);
	assert_no_calls(b);
}

static void test_merged(void **state)
{
	bench *b = *state;

	calls(b, NULL);
	client_asks(b, "INVITE", 2, NULL, NULL, OFFER);
	response_sent(b, 482);
}

static void test_refusals(void **state)
{
	bench *b = *state;
	sipws_msg *msg;

	calls(b, NULL);
	gateway_tells(b, "hangup", NULL, NULL,
		      json_pack("{si, ss, ss, ss, ss, s{si, s[s, s, s]}}", "code", 486, "reason", "Busy Here",
				"reason_header", "User \"busy\"", "reason_header_protocol", "Q.850",
				"reason_header_cause", "17", "ims", "retry_after", 30, "warnings",
				"370 Too \"little\", \\\r\nX: y", "much", "301"));
	msg = response_sent(b, 486);
	assert_string_equal(sipws_msg_phrase(msg), "Busy Here");
	assert_header(msg, "Reason", "Q.850;cause=17;text=\"User \\\"busy\\\"\"");
	assert_header(msg, "Warning", "370 gateway \"Too \\\"little\\\", \\\\  X: y\"");
	assert_null(sipws_msg_header(msg, "Warning", 1));
	assert_header(msg, "Retry-After", "30");
	assert_no_calls(b);
}

/* Nobody is to prove itself where there is nothing to answer; 200 is no refusal. */
static void test_refusal_codes(void **state)
{
	static const struct {
		int told;
		guint said;
	} cases[] = { { 401, 403 }, { 407, 403 }, { 200, 480 }, { 0, 480 }, { 700, 480 }, { 302, 302 } };
	bench *b = *state;

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		client_asks(b, "INVITE", 1 + i, NULL, NULL, OFFER);
		response_sent(b, 100);
		gateway_tells(b, "hangup", NULL, NULL, json_pack("{si}", "code", cases[i].told));
		response_sent(b, cases[i].said);
	}
}

static void test_alternative_service(void **state)
{
	bench *b = *state;
	g_autoptr(GBytes) body = NULL;
	sipws_msg *msg;

	calls(b, NULL);
	gateway_tells(b, "hangup", NULL, NULL,
		      json_pack("{si, s{s{ss, ss}}}", "code", 380, "ims", "alternative_service", "type",
				"emergency", "reason", "Use <a> phone"));
	msg = response_sent(b, 380);
	assert_string_equal(sipws_msg_content_type(msg), "application/3gpp-ims+xml");
	body = sipws_msg_body(msg);
	assert_non_null(strstr(g_bytes_get_data(body, NULL),
			       "<type>emergency</type><reason>Use &lt;a&gt; phone</reason>"));
}

static void test_call_fails(void **state)
{
	bench *b = *state;
	sipws_msg *msg;

	calls(b, NULL);
	gateway_fails(b, 503, "Janus does not answer");
	msg = response_sent(b, 503);
	assert_string_equal(sipws_msg_phrase(msg), "Janus does not answer");
	assert_non_null(sipws_msg_header(msg, "Retry-After", 0));
	assert_no_calls(b);
}

static void test_cancel(void **state)
{
	bench *b = *state;

	calls(b, NULL);
	g_ptr_array_set_size(b->asked, 0);
	client_asks(b, "CANCEL", 1, NULL, NULL, NULL);
	response_sent(b, 200);
	response_sent(b, 487);
	assert_asked(b, "{\"call_id\": \"c1\", \"request\": \"hangup\"}");
	gateway_tells(b, "accepted", "answer", ANSWER, NULL); /* they have crossed */
	nothing_sent(b);
	gateway_tells(b, "hangup", NULL, NULL, NULL);
	assert_no_calls(b);
}

/* The gateway knows of no call that it could end, or is silent: the line is free again. */
static void test_cancel_unheard(void **state)
{
	bench *b = *state;

	calls(b, NULL);
	client_asks(b, "CANCEL", 1, NULL, NULL, NULL);
	gateway_fails(b, 503, "no call");
	assert_no_calls(b);
}

static void test_cancel_too_late(void **state)
{
	bench *b = *state;
	g_autofree char *tag = NULL;

	calls(b, NULL);
	g_ptr_array_set_size(b->asked, 0);
	tag = is_answered(b);
	client_asks(b, "CANCEL", 1, NULL, NULL, NULL);
	b->seen = b->sent->len;
	nothing_asked(b);
	client_asks(b, "ACK", 1, tag, NULL, NULL);
	assert_int_equal(b->bridge.calls->len, 1);
}

static void test_bye_before_answer(void **state)
{
	bench *b = *state;
	g_autofree char *tag = NULL;

	calls(b, NULL);
	g_ptr_array_set_size(b->asked, 0);
	gateway_tells(b, "ringing", NULL, NULL, NULL);
	tag = g_strdup(sipws_msg_to_tag(response_sent(b, 180)));
	client_asks(b, "BYE", 2, tag, NULL, NULL);
	response_sent(b, 200);
	response_sent(b, 487);
	assert_asked(b, "{\"call_id\": \"c1\", \"request\": \"hangup\"}");
}

static void test_bye_before_ack(void **state)
{
	bench *b = *state;
	g_autofree char *tag = NULL;

	calls(b, NULL);
	g_ptr_array_set_size(b->asked, 0);
	tag = is_answered(b);
	client_asks(b, "BYE", 2, tag, NULL, NULL);
	response_sent(b, 200);
	assert_asked(b, "{\"call_id\": \"c1\", \"request\": \"hangup\"}");
}

/* JsSIP says 403 to a BYE that comes before its ACK. */
static void test_hangup_before_ack(void **state)
{
	bench *b = *state;
	g_autofree char *tag = NULL;

	calls(b, NULL);
	tag = is_answered(b);
	gateway_tells(b, "hangup", NULL, NULL, json_pack("{si}", "code", 200));
	nothing_sent(b);
	client_asks(b, "ACK", 1, tag, NULL, NULL);
	assert_header(request_sent(b, "BYE"), "Reason", NULL);
	assert_no_calls(b);
}

static void test_no_ack(void **state)
{
	bench *b = *state;

	calls(b, NULL);
	g_ptr_array_set_size(b->asked, 0);
	g_free(is_answered(b));
	fake_clock_pass_ms(&b->clock, SIPWS_ACK_MS);
	request_sent(b, "BYE");
	assert_int_equal(b->asked->len, 1);
}

static void test_hangup(void **state)
{
	bench *b = *state;
	g_autofree char *tag = is_up(b);
	sipws_msg *bye;

	gateway_tells(b, "hangup", NULL, NULL,
		      json_pack("{si, ss}", "code", 503, "reason", "The media connection was lost"));
	bye = request_sent(b, "BYE");
	assert_header(bye, "Reason", "SIP;cause=503;text=\"The media connection was lost\"");
	assert_string_equal(sipws_msg_uri(bye), "sip:x7@client.invalid;transport=ws");
	assert_string_equal(sipws_msg_from_tag(bye), tag);
	assert_string_equal(sipws_msg_to_tag(bye), "a1");
	nothing_asked(b);
	assert_no_calls(b);
}

static void test_gone(void **state)
{
	bench *b = *state;
	g_autofree char *tag = is_up(b);

	sipws_call_lost(b->lines[0].call, "The session has ended");
	assert_header(request_sent(b, "BYE"), "Reason", "SIP;cause=503;text=\"The session has ended\"");
	assert_no_calls(b);
	client_asks(b, "BYE", 2, tag, NULL, NULL);
	response_sent(b, 481);
	calls(b, NULL);
	sipws_call_lost(b->lines[0].call, "The session has ended");
	response_sent(b, 503);
	assert_no_calls(b);
}

/* One comes on the very line on which the client begins to call. */
static void test_glare(void **state)
{
	bench *b = *state;

	calls(b, NULL);
	g_ptr_array_set_size(b->asked, 0);
	gateway_tells_of(b, "g1", "incomingcall", "offer", OFFER, NULL);
	assert_asked(b, "{\"call_id\": \"g1\", \"code\": 486, \"request\": \"decline\"}");
	gateway_tells_of(b, "g1", "hangup", NULL, NULL, json_pack("{si}", "code", 486));
	nothing_sent(b);
	gateway_tells(b, "ringing", NULL, NULL, NULL);
	response_sent(b, 180);
}

/* The plugin takes one call only: the client's goes on on another line, once it is refused on this one. */
static void test_crossed(void **state)
{
	bench *b = *state;
	sipws_failed failed;
	gpointer user;

	calls(b, NULL);
	failed = b->failed;
	user = b->failed_user;
	g_ptr_array_set_size(b->asked, 0);
	gateway_tells_of(b, "g1", "incomingcall", "offer", OFFER, NULL);
	assert_asked(b, "{\"call_id\": \"g1\", \"code\": 486, \"request\": \"decline\"}");
	failed(&(sipws_failure){ .status = 480, .code = 447, .text = "this handle has a call already" },
	       user);
	assert_asked(b, CALL_JSON(""));
	nothing_sent(b);
	assert_null(b->lines[0].call);
	assert_non_null(b->lines[1].call);
	gateway_fails(b, 480, "not again");
	response_sent(b, 480);
	assert_null(b->lines[1].call);
	assert_no_calls(b);
}

/* It has a Call-ID that is too long for the API, which makes one. */
static void test_long_call_id(void **state)
{
	bench *b = *state;
	g_autofree char *call_id = g_strnfill(300, 'x');
	g_autofree char *text = g_strdup_printf(
		"INVITE sip:bob@ims.example SIP/2.0\r\nVia: SIP/2.0/WSS c.invalid;branch=z9hG4bK1\r\n"
		"From: <sip:alice@ims.example>;tag=a1\r\nTo: <sip:bob@ims.example>\r\nCall-ID: %s\r\n"
		"CSeq: 1 INVITE\r\nContact: <sip:x7@client.invalid>\r\n"
		"Content-Type: application/sdp\r\n\r\nv=0\r\n",
		call_id);

	client_sends(b, text);
	response_sent(b, 100);
	assert_null(json_object_get(b->asked->pdata[0], "call_id"));
	gateway_tells_of(b, "made", "calling", NULL, NULL, NULL);
	assert_ptr_equal(sipws_call_of(&b->bridge, "made"), b->lines[0].call);
	gateway_tells_of(b, "made", "hangup", NULL, NULL, json_pack("{si}", "code", 404));
	response_sent(b, 404);
}

static void test_two_calls(void **state)
{
	bench *b = *state;
	g_autofree char *tag = is_up(b);

	gateway_tells(b, "peerholding", NULL, NULL, NULL); /* of this one */
	request_sent(b, "INVITE");
	client_sends(b,
		     "INVITE sip:carol@ims.example SIP/2.0\r\nVia: SIP/2.0/WSS c.invalid;branch=z9hG4bKx\r\n"
		     "From: <sip:alice@ims.example>;tag=a2\r\nTo: <sip:carol@ims.example>\r\nCall-ID: c2\r\n"
		     "CSeq: 1 INVITE\r\nContact: <sip:x7@client.invalid>\r\n"
		     "Content-Type: application/sdp\r\n\r\nv=0\r\n");
	response_sent(b, 100);
	assert_ptr_equal(b->lines[1].call, sipws_call_of(&b->bridge, "c2"));
	client_asks(b, "BYE", 2, tag, NULL, NULL);
	response_sent(b, 200);
	gateway_tells(b, "hangup", NULL, NULL, NULL);
	assert_null(b->lines[0].call);
	assert_non_null(b->lines[1].call);
}

/* ---- role ue: the network challenges the INVITE ---- */

static void test_challenged(void **state)
{
	bench *b = *state;
	sipws_server_tx *tx;

	calls(b, NULL);
	g_ptr_array_set_size(b->asked, 0);
	tx = sipws_call_give(&b->bridge, "c1");
	assert_non_null(tx);
	assert_null(sipws_call_give(&b->bridge, "c1"));
	assert_null(sipws_call_give(&b->bridge, "c2"));
	sipws_server_tx_refuse(tx, 407, NULL);
	response_sent(b, 407);
	gateway_tells(b, "hangup", NULL, NULL, json_pack("{si}", "code", 407));
	nothing_sent(b);
	assert_no_calls(b);
}

/* ---- the client is called ---- */

static json_t *caller(void)
{
	return json_pack("{ss, ss, ss}", "username", "sip:bob@ims.example", "displayname", "Bob \"B\"",
			 "callee", "sip:alice@ims.example");
}

static sipws_msg *is_called(bench *b)
{
	gateway_tells(b, "incomingcall", "offer", OFFER, caller());
	return request_sent(b, "INVITE");
}

static void test_called(void **state)
{
	bench *b = *state;
	sipws_msg *invite = is_called(b), *msg;

	assert_string_equal(sipws_msg_uri(invite), "sip:x7@client.invalid;transport=ws");
	assert_true(g_str_has_prefix(sipws_msg_header(invite, "From", 0),
				     "\"Bob \\\"B\\\"\" <sip:bob@ims.example>;tag="));
	assert_header(invite, "To", "<sip:alice@ims.example>");
	assert_string_not_equal(sipws_msg_call_id(invite), "g1");
	assert_sdp(invite, OFFER);
	client_answers(b, invite, 100, NULL, NULL);
	nothing_asked(b);
	client_answers(b, invite, 180, NULL, NULL);
	assert_asked(b, "{\"call_id\": \"g1\", \"request\": \"send_ringing\"}");
	client_answers(b, invite, 180, NULL, NULL);
	nothing_asked(b);
	client_answers(b, invite, 200, NULL, OFFER);
	msg = request_sent(b, "ACK");
	assert_int_equal(sipws_msg_cseq(msg), sipws_msg_cseq(invite));
	assert_string_equal(sipws_msg_to_tag(msg), "b1");
	assert_asked(b, "{\"autoaccept_reinvites\": false, \"call_id\": \"g1\", \"jsep\": " JSEP(
				"answer", OFFER_JSON) ", "
						      "\"request\": \"accept\"}");
	gateway_tells(b, "accepted", NULL, NULL, NULL);
	nothing_sent(b);
	gateway_tells(b, "hangup", NULL, NULL, json_pack("{si}", "code", 200));
	request_sent(b, "BYE");
	assert_no_calls(b);
}

static void test_called_names(void **state)
{
	bench *b = *state;
	sipws_msg *invite;

	gateway_tells(b, "incomingcall", "offer", OFFER,
		      json_pack("{ss, ss, ss, sb, s{sb}}", "username", "tel:+49301234;cic=1", "callee",
				"tel:+4989", "referred_by", "<sip:carol@ims.example>", "isfocus", 1, "ims",
				"call_waiting", 1));
	invite = request_sent(b, "INVITE");
	assert_true(g_str_has_prefix(sipws_msg_header(invite, "From", 0),
				     "<sip:+49301234@ims.example;user=phone>;tag="));
	assert_header(invite, "To", "<sip:+4989@ims.example;user=phone>");
	assert_header(invite, "Referred-By", "<sip:carol@ims.example>");
	assert_header(invite, "Alert-Info", "<urn:alert:service:call-waiting>");
	assert_header(invite, "Contact", "<sip:edge.invalid;transport=ws>;isfocus");
}

static void test_early_description(void **state)
{
	bench *b = *state;
	sipws_msg *invite = is_called(b);

	client_answers(b, invite, 183, NULL, OFFER);
	assert_asked(b, "{\"autoaccept_reinvites\": false, \"call_id\": \"g1\", \"jsep\": " JSEP(
				"answer", OFFER_JSON) ", "
						      "\"request\": \"progress\"}");
	client_answers(b, invite, 183, NULL, OFFER);
	nothing_asked(b);
	client_answers(b, invite, 200, NULL, OFFER);
	request_sent(b, "ACK");
	assert_asked(b, "{\"autoaccept_reinvites\": false, \"call_id\": \"g1\", \"request\": \"accept\"}");
}

static void test_declined(void **state)
{
	static const struct {
		guint status;
		const char *asked;
	} cases[] = {
		{ 486, "{\"call_id\": \"g1\", \"code\": 486, \"request\": \"decline\"}" },
		{ 603, "{\"call_id\": \"g1\", \"code\": 603, \"request\": \"decline\"}" },
		{ 302, "{\"call_id\": \"g1\", \"request\": \"decline\", \"uri\": "
		       "\"sip:x7@client.invalid;transport=ws\"}" },
		{ 305, "{\"call_id\": \"g1\", \"code\": 480, \"request\": \"decline\"}" },
		{ 401, "{\"call_id\": \"g1\", \"code\": 480, \"request\": \"decline\"}" },
	};
	bench *b = *state;

	for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
		client_answers(b, is_called(b), cases[i].status, NULL, NULL);
		assert_asked(b, cases[i].asked);
		request_sent(b, "ACK");
		gateway_tells(b, "hangup", NULL, NULL, NULL);
		assert_no_calls(b);
	}
}

static void test_nobody_answers(void **state)
{
	bench *b = *state;

	is_called(b);
	fake_clock_pass_ms(&b->clock, 32000);
	assert_asked(b, "{\"call_id\": \"g1\", \"code\": 480, \"request\": \"decline\"}");
	nothing_sent(b);
}

static void test_caller_gives_up(void **state)
{
	bench *b = *state;
	sipws_msg *invite = is_called(b), *cancel;

	client_answers(b, invite, 180, NULL, NULL);
	gateway_tells(b, "hangup", NULL, NULL,
		      json_pack("{si, ss, ss, ss}", "code", 487, "reason_header", "Call completed elsewhere",
				"reason_header_protocol", "SIP", "reason_header_cause", "200"));
	cancel = request_sent(b, "CANCEL");
	assert_header(cancel, "Reason", "SIP;cause=200;text=\"Call completed elsewhere\"");
	assert_header(cancel, "Via", sipws_msg_header(invite, "Via", 0));
	assert_no_calls(b);
	client_answers(b, cancel, 200, NULL, NULL);
	client_answers(b, invite, 487, NULL, NULL);
	request_sent(b, "ACK");
	nothing_sent(b);
}

/* The client takes it at that moment. */
static void test_cancel_crosses(void **state)
{
	bench *b = *state;
	sipws_msg *invite = is_called(b);

	client_answers(b, invite, 180, NULL, NULL);
	g_ptr_array_set_size(b->asked, 0);
	gateway_tells(b, "hangup", NULL, NULL, json_pack("{si}", "code", 487));
	request_sent(b, "CANCEL");
	client_answers(b, invite, 200, NULL, OFFER);
	request_sent(b, "ACK");
	request_sent(b, "BYE");
	nothing_asked(b);
}

static void test_offerless(void **state)
{
	bench *b = *state;
	sipws_msg *invite;

	gateway_tells(b, "incomingcall", NULL, NULL, caller());
	invite = request_sent(b, "INVITE");
	assert_sdp(invite, NULL);
	client_answers(b, invite, 200, NULL, OFFER);
	nothing_sent(b);
	assert_asked(b, "{\"autoaccept_reinvites\": false, \"call_id\": \"g1\", \"jsep\": " JSEP(
				"offer", OFFER_JSON) ", "
						     "\"request\": \"accept\"}");
	gateway_tells(b, "accepting", NULL, NULL, NULL);
	gateway_tells(b, "accepted", "answer", ANSWER, NULL);
	assert_sdp(request_sent(b, "ACK"), ANSWER);
}

/* ... and the caller is gone meanwhile. */
static void test_offerless_ends(void **state)
{
	bench *b = *state;

	gateway_tells(b, "incomingcall", NULL, NULL, caller());
	client_answers(b, request_sent(b, "INVITE"), 200, NULL, OFFER);
	gateway_tells(b, "hangup", NULL, NULL, json_pack("{si}", "code", 487));
	request_sent(b, "ACK");
	request_sent(b, "BYE");
	assert_no_calls(b);
}

static void test_taken_without_description(void **state)
{
	bench *b = *state;

	client_answers(b, is_called(b), 200, NULL, NULL);
	request_sent(b, "ACK");
	request_sent(b, "BYE");
	assert_asked(b, "{\"call_id\": \"g1\", \"code\": 488, \"request\": \"decline\"}");
}

static void test_accept_fails(void **state)
{
	bench *b = *state;

	client_answers(b, is_called(b), 200, NULL, OFFER);
	request_sent(b, "ACK");
	g_ptr_array_set_size(b->asked, 0);
	gateway_fails(b, 488, "No codec is common");
	assert_header(request_sent(b, "BYE"), "Reason", "SIP;cause=488;text=\"No codec is common\"");
	assert_int_equal(b->asked->len, 1);
	gateway_tells(b, "hangup", NULL, NULL, NULL);
	assert_no_calls(b);
}

static void test_too_many(void **state)
{
	bench *b = *state;

	b->config.calls = 0;
	gateway_tells(b, "incomingcall", "offer", OFFER, caller());
	nothing_sent(b);
	assert_asked(b, "{\"call_id\": \"g1\", \"code\": 486, \"request\": \"decline\"}");
	assert_no_calls(b);
}

static void test_replaces(void **state)
{
	bench *b = *state;
	g_autofree char *tag = NULL, *replaces = NULL;
	json_t *result = caller();
	const sipws_news news = { .name = "incomingcall", .call_id = "g2", .result = result, .sdp = OFFER };

	client_asks(b, "INVITE", 1, NULL, "Supported: replaces\r\n", OFFER);
	response_sent(b, 100);
	tag = is_answered(b);
	client_asks(b, "ACK", 1, tag, NULL, NULL);
	json_object_set_new(result, "replaces", json_string("c1"));
	sipws_call_news(&b->lines[1], &news);
	replaces = g_strdup_printf("c1;to-tag=a1;from-tag=%s", tag);
	assert_header(request_sent(b, "INVITE"), "Replaces", replaces);
	json_decref(result);
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_dial),
		CASE(test_anonymous),
		CASE(test_refused_at_once),
		CASE(test_merged),
		CASE(test_refusals),
		CASE(test_refusal_codes),
		CASE(test_alternative_service),
		CASE(test_call_fails),
		CASE(test_cancel),
		CASE(test_cancel_unheard),
		CASE(test_cancel_too_late),
		CASE(test_bye_before_answer),
		CASE(test_bye_before_ack),
		CASE(test_hangup_before_ack),
		CASE(test_no_ack),
		CASE(test_hangup),
		CASE(test_gone),
		CASE(test_glare),
		CASE(test_crossed),
		CASE(test_long_call_id),
		CASE(test_two_calls),
		CASE(test_challenged),
		CASE(test_called),
		CASE(test_called_names),
		CASE(test_early_description),
		CASE(test_declined),
		CASE(test_nobody_answers),
		CASE(test_caller_gives_up),
		CASE(test_cancel_crosses),
		CASE(test_offerless),
		CASE(test_offerless_ends),
		CASE(test_taken_without_description),
		CASE(test_accept_fails),
		CASE(test_too_many),
		CASE(test_replaces),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
