/* A call that comes: until our user has accepted it and its ACK is here. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "call_bench.h"

#define IN_BENCH(test) cmocka_unit_test_setup_teardown(test, start, end)

#define QOS(local)                                                                                           \
	"a=curr:qos local " local "\r\na=curr:qos remote none\r\n"                                           \
	"a=des:qos mandatory local sendrecv\r\na=des:qos none remote sendrecv\r\n"

static void test_receive(void **state)
{
	bench *b = *state;
	const ims_invite *invite;

	to_incoming(b);
	expect(b, "", "ring ");
	invite = b->stack.last;
	assert_string_equal(invite->contact, "<sip:TOKEN@192.0.2.1:5060>");
	assert_string_equal(invite->record_route, "sip:TOKEN@192.0.2.1:5060;lr");
	assert_string_equal(invite->first_headers,
			    "P-Asserted-Identity: <sip:alice@ims.example>\r\n"
			    "P-Charging-Vector: icid-value=\"icid-7\";orig-ioi=\"Type 1home\";"
			    "term-ioi=\"Type 1visited.example\"");
	assert_string_equal(invite->later_headers,
			    "P-Charging-Vector: icid-value=\"icid-7\";orig-ioi=\"Type 1home\";"
			    "term-ioi=\"Type 1visited.example\"");
	assert_string_equal(ims_call_id(b->call), "core-call-id");
	assert_string_equal(ims_call_peer(b->call), "sip:bob@ims.example");
	assert_string_equal(ims_call_state_name(b->call), "incoming");
	assert_false(ims_call_is_outgoing(b->call));
	assert_true(ims_call_is_unanswered(b->call));
}

/* Not taken: SIP is not touched, the caller of this refuses it. */
static void test_receive_fails(void **state)
{
	bench *b = *state;
	g_autoptr(GError) error = NULL;

	assert_false(receive(b, "hello", &error));
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_BAD_SDP));
	expect(b, "", "");
	assert_null(b->stack.last->events);
	assert_int_equal(media_alive, 0);
	assert_int_equal(fake_clock_left_ms(&b->stack.clock), -1);
}

static void test_accept(void **state)
{
	bench *b = *state;

	to_incoming(b);
	fresh(b);
	assert_true(ims_call_accept(b->call, BROWSER, FALSE, "X-A: 1", NULL));
	expect(b, "", "accept ");
	assert_non_null(strstr(b->stack.last->sdp, "m=audio 40000 RTP/AVP 8"));
	assert_string_equal(b->stack.last->headers, "X-A: 1");
	assert_string_equal(ims_call_state_name(b->call), "up");
	assert_false(ims_call_is_unanswered(b->call));
	fake_clock_pass_ms(&b->stack.clock, RING_S * 1000);
	expect(b, "", "");
	TELL(b, confirmed, 0);
	expect(b, "", "");
	TELL(b, ended, 0);
	expect(b, "ended 200 ", "release[] ");
}

/* He may try again with a better description. */
static void test_bad_accept(void **state)
{
	bench *b = *state;
	g_autoptr(GError) error = NULL;

	to_incoming(b);
	fresh(b);
	assert_false(ims_call_accept(b->call, "hello", FALSE, NULL, &error));
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_BAD_SDP));
	expect(b, "", "");
	assert_true(ims_call_is_unanswered(b->call));
	assert_true(ims_call_accept(b->call, BROWSER, FALSE, NULL, NULL));
	expect(b, "", "accept ");
}

static void test_decline(void **state)
{
	bench *b = *state;

	to_incoming(b);
	fresh(b);
	assert_true(ims_call_decline(b->call, 603, "X-Why: 1", NULL));
	expect(b, "ended 603 ", "refuse 603 release[] ");
	to_incoming(b);
	fresh(b);
	assert_true(ims_call_hangup(b->call, NULL, NULL));
	expect(b, "ended 486 ", "refuse 486 release[] ");
}

static void test_not_answered(void **state)
{
	bench *b = *state;

	to_incoming(b);
	fresh(b);
	fake_clock_pass_ms(&b->stack.clock, RING_S * 1000 - 1);
	expect(b, "", "");
	fake_clock_pass_ms(&b->stack.clock, 1);
	expect(b, "ended 408 ", "refuse 480 release[] ");
	assert_int_equal(fake_clock_left_ms(&b->stack.clock), -1);
}

static void test_caller_gives_up(void **state)
{
	bench *b = *state;

	to_incoming(b);
	fresh(b);
	TELL(b, cancelled, .reason_protocol = (char *)"SIP");
	expect(b, "ended 487 ", "release[] ");
	to_incoming(b);
	fresh(b);
	TELL(b, ended, 0); /* BYE in the early dialog */
	expect(b, "ended 487 ", "release[] ");
}

static void test_never_acknowledged(void **state)
{
	bench *b = *state;

	to_answered(b);
	fresh(b);
	b->stack.last->events->unconfirmed(b->stack.last->user);
	expect(b, "ended 408 ", "release[] ");
	assert_null(b->ended_by);
}

/* REQ-97: the caller leaves it to us to offer; his answer comes with the ACK. */
static void test_no_offer(void **state)
{
	bench *b = *state;
	g_autoptr(GError) type = NULL, early = NULL;

	assert_true(receive(b, NULL, NULL));
	assert_true(ims_call_is_offerless(b->call));
	expect(b, "", "ring ");
	assert_false(ims_call_accept(b->call, BROWSER, FALSE, NULL, &type));
	assert_true(g_error_matches(type, IMS_ERROR, IMS_E_MISSING_SDP));
	assert_true(ims_call_accept(b->call, BROWSER, TRUE, NULL, NULL));
	expect(b, "", "accept ");
	assert_non_null(strstr(b->stack.last->sdp, "m=audio 40000 RTP/AVP 111 0 8"));
	assert_null(media_made->streams);
	assert_false(ims_call_hold(b->call, IMS_DIR_SENDONLY, &early));
	assert_true(g_error_matches(early, IMS_ERROR, IMS_E_WRONG_STATE));
	TELL(b, confirmed, .sdp = (char *)PHONE);
	expect(b, "answered+sdp ", "");
	assert_string_equal(media_stream(media_made, 0)->address, "198.51.100.9");
	assert_true(ims_call_hold(b->call, IMS_DIR_SENDONLY, NULL));
	expect(b, "", "reoffer ");
}

static void test_no_offer_no_answer(void **state)
{
	static const char *const answers[] = { NULL, "hello",
					       PHONE_HEAD("198.51.100.9") "m=audio 0 RTP/AVP 8\r\n" };
	bench *b = *state;

	for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
		assert_true(receive(b, NULL, NULL));
		assert_true(ims_call_accept(b->call, BROWSER, TRUE, NULL, NULL));
		fresh(b);
		TELL(b, confirmed, .sdp = (char *)answers[i]);
		expect(b, "ended 488 ", "release[" NO_MEDIA "] ");
	}
}

static void test_offer_for_an_offer(void **state)
{
	bench *b = *state;
	g_autoptr(GError) type = NULL;

	to_incoming(b);
	assert_false(ims_call_accept(b->call, BROWSER, TRUE, NULL, &type));
	assert_true(g_error_matches(type, IMS_ERROR, IMS_E_MISSING_SDP));
	assert_true(ims_call_is_unanswered(b->call));
}

/* REQ-91: our user hears of the call when its caller is ready, and not before; what was said for the browser
 * is not said again. */
static void test_reserving(void **state)
{
	bench *b = *state;

	b->stack.reliable = TRUE;
	assert_true(receive(b, PHONE QOS("none"), NULL));
	expect(b, "", "progress ");
	assert_non_null(strstr(b->stack.last->sdp, "a=conf:qos remote sendrecv"));
	assert_int_equal(b->called, 0);
	assert_string_equal(ims_call_state_name(b->call), "reserving");
	ims_call_media_gone(b->call); /* of an earlier call: not even a moment later */
	assert_false(ims_call_accept(b->call, BROWSER, FALSE, NULL, NULL));
	TELL(b, early_offered, .peer_tag = (char *)"t", .sdp = (char *)(PHONE QOS("send")));
	expect(b, "", "early-answer[t] 200 ");
	assert_int_equal(b->called, 0);
	TELL(b, early_offered, .peer_tag = (char *)"t", .sdp = (char *)"rubbish");
	expect(b, "", "early-answer[t] 488 ");
	TELL(b, early_offered, .peer_tag = (char *)"t", .sdp = (char *)(PHONE QOS("sendrecv")));
	expect(b, "", "early-answer[t] 200 ring ");
	assert_int_equal(b->called, 1);
	assert_true(ims_call_accept(b->call, BROWSER, FALSE, NULL, NULL));
	expect(b, "", "accept ");
	assert_null(b->stack.last->sdp);
	fake_clock_pass_ms(&b->stack.clock, GOODBYE_MS);
	expect(b, "", "");
}

/* ... and one that nobody could report about is not taken. */
static void test_never_reserved(void **state)
{
	bench *b = *state;
	g_autoptr(GError) error = NULL;

	assert_false(receive(b, PHONE QOS("none"), &error));
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_PRECONDITION));
	fake_invite_free(b->stack.last);
}

/* REQ-97: we offer in the browser's place, which is asked with the answer. */
static void test_offers_in_his_place(void **state)
{
	bench *b = *state;

	b->stack.reliable = TRUE;
	assert_true(receive(b, NULL, NULL));
	expect(b, "", "progress ");
	assert_non_null(strstr(b->stack.last->sdp, "opus/48000/2"));
	TELL(b, pracked, .sdp = (char *)PHONE);
	expect(b, "", "ring ");
	assert_non_null(strstr(b->offer, "PCMA"));
	assert_false(ims_call_is_offerless(b->call));
	assert_true(ims_call_progress(b->call, BROWSER, FALSE, NULL, NULL));
	assert_true(ims_call_accept(b->call, BROWSER, FALSE, NULL, NULL));
	expect(b, "", "accept ");
}

/* ... and what an offer of the caller's meant for it before his answer is forgotten with that. */
static void test_offer_before_his_answer(void **state)
{
	bench *b = *state;

	b->stack.reliable = TRUE;
	assert_true(receive(b, NULL, NULL));
	expect(b, "", "progress ");
	TELL(b, early_offered, .peer_tag = (char *)"t", .sdp = (char *)(PHONE QOS("none")));
	expect(b, "", "early-answer[t] 200 ");
	TELL(b, pracked, .sdp = (char *)"rubbish");
	expect(b, "ended 488 ", "refuse 488 release[] ");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_BENCH(test_receive),
		IN_BENCH(test_receive_fails),
		IN_BENCH(test_accept),
		IN_BENCH(test_bad_accept),
		IN_BENCH(test_decline),
		IN_BENCH(test_not_answered),
		IN_BENCH(test_caller_gives_up),
		IN_BENCH(test_never_acknowledged),
		IN_BENCH(test_no_offer),
		IN_BENCH(test_no_offer_no_answer),
		IN_BENCH(test_offer_for_an_offer),
		IN_BENCH(test_reserving),
		IN_BENCH(test_never_reserved),
		IN_BENCH(test_offers_in_his_place),
		IN_BENCH(test_offer_before_his_answer),
	};

	return cmocka_run_group_tests_name("test_ims_call_callee", tests, NULL, NULL);
}
