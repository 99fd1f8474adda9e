/* test_sipws_call_change.c: changes of a call that is up, from either side, and its session timer. */
#include "sipws_call_bench.h"

#define SDP(version, direction)                                                                              \
	"v=0\r\no=- 17 " version " IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF "         \
	"111\r\na=" direction "\r\na=setup:actpass\r\n"
#define HELD                                                                                                 \
	"v=0\r\no=- 5 3 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF "                    \
	"111\r\na=sendonly\r\n"
#define NEW_OFFER                                                                                            \
	"v=0\r\no=- 99 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF "                   \
	"8\r\na=sendrecv\r\n"
#define NEW_OFFER_SAID                                                                                       \
	"v=0\r\no=- 17 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF "                   \
	"8\r\na=sendrecv\r\n"

static const char *asked(bench *b, const char *what)
{
	return json_string_value(json_object_get(g_ptr_array_index(b->asked, b->asked->len - 1), what));
}

static void assert_update(bench *b, const char *type)
{
	assert_int_equal(b->asked->len, 1);
	assert_string_equal(asked(b, "request"), "update");
	assert_string_equal(
		json_string_value(json_object_get(json_object_get(b->asked->pdata[0], "jsep"), "type")),
		type);
	g_ptr_array_set_size(b->asked, 0);
}

/* The client has called; free the tag. */
static char *is_up(bench *b, const char *more)
{
	char *tag;

	client_asks(b, "INVITE", 1, NULL, more, OFFER);
	response_sent(b, 100);
	gateway_tells(b, "accepted", "answer", ANSWER, NULL);
	tag = g_strdup(sipws_msg_to_tag(response_sent(b, 200)));
	client_asks(b, "ACK", 1, tag, NULL, NULL);
	g_ptr_array_set_size(b->asked, 0);
	return tag;
}

/* ---- the client's ---- */

static void test_client_holds(void **state)
{
	bench *b = *state;
	g_autofree char *tag = is_up(b, NULL);
	sipws_msg *ok;

	client_asks(b, "INVITE", 2, tag, NULL, HELD);
	assert_update(b, "offer");
	nothing_sent(b);
	client_asks(b, "UPDATE", 3, tag, NULL, HELD); /* one at a time */
	assert_non_null(sipws_msg_header(response_sent(b, 500), "Retry-After", 0));
	gateway_tells(b, "updating", NULL, NULL, NULL);
	gateway_tells(b, "updated", "answer", NEW_OFFER, NULL);
	ok = response_sent(b, 200);
	assert_sdp(ok, NEW_OFFER_SAID);
	assert_header(ok, "Contact", "<sip:edge.invalid;transport=ws>");
	client_asks(b, "ACK", 2, tag, NULL, NULL);
	client_asks(b, "UPDATE", 4, tag, NULL, OFFER);
	assert_update(b, "offer");
	gateway_tells(b, "updated", "answer", ANSWER, NULL);
	response_sent(b, 200);
	client_asks(b, "INVITE", 5, tag, NULL, OFFER); /* an UPDATE wants no ACK */
	assert_update(b, "offer");
	client_asks(b, "BYE", 6, tag, NULL, NULL);
	response_sent(b, 200);
	response_sent(b, 487);
}

static void test_client_refused(void **state)
{
	bench *b = *state;
	g_autofree char *tag = is_up(b, NULL);

	client_asks(b, "INVITE", 2, tag, NULL, HELD);
	gateway_tells(b, "updatefailed", NULL, NULL, json_pack("{si}", "code", 415));
	response_sent(b, 415);
	client_asks(b, "ACK", 2, tag, NULL, NULL);
	client_asks(b, "INVITE", 3, tag, NULL, HELD);
	gateway_fails(b, 503, "silence");
	response_sent(b, 503);
	client_asks(b, "UPDATE", 4, tag, NULL, "v=0\r\ns=\xff\r\n");
	response_sent(b, 400);
}

/* It is with the far end already, and is answered by what comes of it there. */
static void test_client_cancels(void **state)
{
	bench *b = *state;
	g_autofree char *tag = is_up(b, NULL);

	client_asks(b, "INVITE", 2, tag, NULL, HELD);
	client_asks(b, "CANCEL", 2, tag, NULL, NULL);
	response_sent(b, 200);
	nothing_sent(b);
	client_asks(b, "ACK", 2, tag, NULL, NULL);
	gateway_tells(b, "updated", "answer", ANSWER, NULL);
	response_sent(b, 200);
}

static void test_no_ack(void **state)
{
	bench *b = *state;
	g_autofree char *tag = is_up(b, NULL);

	client_asks(b, "INVITE", 2, tag, NULL, HELD);
	g_ptr_array_set_size(b->asked, 0);
	gateway_tells(b, "updated", "answer", ANSWER, NULL);
	response_sent(b, 200);
	fake_clock_pass_ms(&b->clock, SIPWS_ACK_MS);
	request_sent(b, "BYE");
	assert_string_equal(asked(b, "request"), "hangup");
}

static void test_client_asks_for_an_offer(void **state)
{
	bench *b = *state;
	g_autofree char *tag = is_up(b, NULL);

	client_asks(b, "INVITE", 2, tag, NULL, NULL);
	assert_sdp(response_sent(b, 200), SDP("2", "sendrecv"));
	client_asks(b, "ACK", 2, tag, NULL, OFFER);
	nothing_asked(b);
}

/* Role ue: the network challenges it, which the account refuses for want of an answer. */
static void test_unproved(void **state)
{
	bench *b = *state;
	g_autofree char *tag = is_up(b, NULL);

	client_asks(b, "INVITE", 2, tag, NULL, HELD);
	sipws_server_tx_refuse(sipws_call_give(&b->bridge, "c1"), 403, NULL);
	response_sent(b, 403);
	gateway_tells(b, "updatefailed", NULL, NULL, json_pack("{si}", "code", 407));
	nothing_sent(b);
	client_asks(b, "INVITE", 3, tag, NULL, HELD);
	gateway_tells(b, "updated", "answer", ANSWER, NULL);
	response_sent(b, 200);
}

/* ---- ours ---- */

static void test_far_end_holds(void **state)
{
	bench *b = *state;
	g_autofree char *tag = is_up(b, NULL);
	sipws_msg *invite;

	gateway_tells(b, "peerholding", NULL, NULL, NULL);
	invite = request_sent(b, "INVITE");
	assert_sdp(invite, SDP("2", "sendonly"));
	gateway_tells(b, "peerresuming", NULL, NULL, NULL);
	nothing_sent(b);
	client_answers(b, invite, 200, NULL, OFFER);
	assert_int_equal(sipws_msg_cseq(request_sent(b, "ACK")), sipws_msg_cseq(invite));
	invite = request_sent(b, "INVITE");
	assert_sdp(invite, SDP("3", "sendrecv"));
	client_answers(b, invite, 200, NULL, OFFER);
	request_sent(b, "ACK");
	gateway_tells(b, "peerholding", NULL, NULL, json_pack("{ss}", "direction", "inactive"));
	assert_sdp(request_sent(b, "INVITE"), SDP("4", "inactive"));
	nothing_asked(b);
}

static void test_far_end_changes(void **state)
{
	bench *b = *state;
	g_autofree char *tag = is_up(b, NULL);
	sipws_msg *invite;

	gateway_tells(b, "updatingcall", "offer", NEW_OFFER, NULL);
	invite = request_sent(b, "INVITE");
	assert_sdp(invite, NEW_OFFER_SAID);
	client_asks(b, "INVITE", 2, tag, NULL, HELD);
	response_sent(b, 491);
	client_asks(b, "ACK", 2, tag, NULL, NULL);
	client_answers(b, invite, 200, NULL, OFFER);
	request_sent(b, "ACK");
	assert_update(b, "answer");
	gateway_tells(b, "updated", NULL, NULL, NULL);
	nothing_sent(b);
	gateway_tells(b, "updatingcall", "offer", NEW_OFFER, NULL);
	client_answers(b, request_sent(b, "INVITE"), 488, NULL, NULL);
	request_sent(b, "ACK");
	assert_string_equal(asked(b, "request"), "decline");
	assert_int_equal(json_integer_value(json_object_get(b->asked->pdata[0], "code")), 488);
}

/* Both change at once, and the client says so: again after a while (RFC 3261 14.1). */
static void test_they_meet(void **state)
{
	bench *b = *state;
	g_autofree char *tag = is_up(b, NULL);
	sipws_msg *invite;

	gateway_tells(b, "updatingcall", "offer", NEW_OFFER, NULL);
	client_answers(b, request_sent(b, "INVITE"), 491, NULL, NULL);
	request_sent(b, "ACK");
	nothing_asked(b);
	fake_clock_pass_ms(&b->clock, 2000);
	invite = request_sent(b, "INVITE");
	client_answers(b, invite, 200, NULL, OFFER);
	request_sent(b, "ACK");
	assert_update(b, "answer");
}

static void test_taken_back(void **state)
{
	bench *b = *state;
	g_autofree char *tag = is_up(b, NULL);
	sipws_msg *invite, *cancel;

	gateway_tells(b, "updatingcall", "offer", NEW_OFFER, NULL);
	invite = request_sent(b, "INVITE");
	client_answers(b, invite, 100, NULL, NULL);
	gateway_tells(b, "updatefailed", NULL, NULL, json_pack("{si}", "code", 487));
	cancel = request_sent(b, "CANCEL");
	client_answers(b, cancel, 200, NULL, NULL);
	client_answers(b, invite, 200, NULL, OFFER); /* too late */
	request_sent(b, "ACK");
	assert_sdp(request_sent(b, "INVITE"), SDP("3", "sendrecv"));
	nothing_asked(b);
}

static void test_waits_for_ack(void **state)
{
	bench *b = *state;
	g_autofree char *tag = NULL;

	client_asks(b, "INVITE", 1, NULL, NULL, OFFER);
	gateway_tells(b, "accepted", "answer", ANSWER, NULL);
	response_sent(b, 100);
	tag = g_strdup(sipws_msg_to_tag(response_sent(b, 200)));
	gateway_tells(b, "updatingcall", "offer", NEW_OFFER, NULL);
	gateway_tells(b, "peerholding", NULL, NULL, NULL);
	nothing_sent(b);
	client_asks(b, "ACK", 1, tag, NULL, NULL);
	assert_sdp(request_sent(b, "INVITE"), "v=0\r\no=- 17 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
					      "m=audio 9 UDP/TLS/RTP/SAVPF 8\r\na=sendonly\r\n");
}

/* Who knows the dialog no more has no call. */
static void test_lost(void **state)
{
	bench *b = *state;
	g_autofree char *tag = is_up(b, NULL);

	gateway_tells(b, "peerholding", NULL, NULL, NULL);
	client_answers(b, request_sent(b, "INVITE"), 481, NULL, NULL);
	request_sent(b, "ACK");
	assert_string_equal(asked(b, "request"), "hangup");
	nothing_sent(b);
}

/* ---- session timers ---- */

#define TIMER "Supported: timer\r\nSession-Expires: 90\r\n"

static void test_client_refreshes(void **state)
{
	bench *b = *state;
	g_autofree char *tag = is_up(b, TIMER);
	sipws_msg *ok;

	fake_clock_pass_ms(&b->clock, 45000);
	client_asks(b, "UPDATE", 2, tag, "Supported: timer\r\nSession-Expires: 90;refresher=uac\r\n", NULL);
	ok = response_sent(b, 200);
	assert_header(ok, "Session-Expires", "90;refresher=uac");
	assert_header(ok, "Require", "timer");
	fake_clock_pass_ms(&b->clock, 59000);
	nothing_sent(b);
	nothing_asked(b);
	fake_clock_pass_ms(&b->clock, 2000); /* a third before the end */
	request_sent(b, "BYE");
	assert_string_equal(asked(b, "request"), "hangup");
}

static void test_too_brief(void **state)
{
	bench *b = *state;
	g_autofree char *tag = is_up(b, TIMER);

	client_asks(b, "UPDATE", 2, tag, "Supported: timer\r\nSession-Expires: 30\r\n", NULL);
	assert_header(response_sent(b, 422), "Min-SE", "90");
}

static void test_we_refresh(void **state)
{
	bench *b = *state;
	g_autofree char *tag = is_up(
		b, "Supported: timer\r\nAllow: INVITE, UPDATE\r\nSession-Expires: 90;refresher=uas\r\n");
	sipws_msg *update;

	fake_clock_pass_ms(&b->clock, 45000);
	update = request_sent(b, "UPDATE");
	assert_sdp(update, NULL);
	assert_header(update, "Session-Expires", "90;refresher=uac");
	client_answers(b, update, 200, "Session-Expires: 90;refresher=uac\r\n", NULL);
	fake_clock_pass_ms(&b->clock, 45000);
	client_answers(b, request_sent(b, "UPDATE"), 408, NULL, NULL);
	assert_string_equal(asked(b, "request"), "hangup");
}

/* SIP.js knows no UPDATE. */
static void test_we_refresh_by_invite(void **state)
{
	bench *b = *state;
	g_autofree char *tag = is_up(b, "Supported: timer\r\nSession-Expires: 90;refresher=uas\r\n");

	fake_clock_pass_ms(&b->clock, 45000);
	assert_sdp(request_sent(b, "INVITE"), SDP("2", "sendrecv"));
}

/* JsSIP wants a timer whenever it is called. */
static void test_called_client_asks(void **state)
{
	bench *b = *state;

	gateway_tells(b, "incomingcall", "offer", OFFER, NULL);
	client_answers(b, request_sent(b, "INVITE"), 200, "Session-Expires: 90;refresher=uas\r\n", OFFER);
	request_sent(b, "ACK");
	gateway_tells(b, "accepted", NULL, NULL, NULL);
	fake_clock_pass_ms(&b->clock, 61000);
	request_sent(b, "BYE");
}

#define CASE(name) cmocka_unit_test_setup_teardown(name, bench_setup, bench_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		CASE(test_client_holds),
		CASE(test_client_refused),
		CASE(test_client_cancels),
		CASE(test_no_ack),
		CASE(test_client_asks_for_an_offer),
		CASE(test_unproved),
		CASE(test_far_end_holds),
		CASE(test_far_end_changes),
		CASE(test_they_meet),
		CASE(test_taken_back),
		CASE(test_waits_for_ack),
		CASE(test_lost),
		CASE(test_client_refreshes),
		CASE(test_too_brief),
		CASE(test_we_refresh),
		CASE(test_we_refresh_by_invite),
		CASE(test_called_client_asks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
