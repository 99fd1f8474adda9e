/* The requests of a handle, its events in their order, session descriptions with all candidates. */
#include "janus_bench.h"

static void one_is_unacknowledged(void **state)
{
	bench *b = *state;
	sipws_handle *handle = sipws_janus_attach(b->janus, -1, &to_bench, b);

	assert_string_equal(ask(b, handle, "register"), "2");
	ask(b, handle, "message");
	says(b, "created", "1");
	assert_asked(b, "1 create, 4 attach, ");
	says(b, "attached", "4");
	assert_asked(b, "2 message register, ");
	says(b, "registering", "2"); /* before the acknowledgement: it comes by another thread */
	assert_asked(b, "");
	says(b, "ack", "2");
	assert_asked(b, "3 message message, ");
	assert_told(b, "registering of 2, ");
}

static void jsep_is_complete(void **state)
{
	bench *b = *state;

	ask_with_offer(b, attached(b), "call");
	assert_string_equal(
		b->request,
		"{\"body\":{\"request\":\"call\"},\"handle_id\":2584903408643704,\"janus\":\"message\","
		"\"jsep\":{\"sdp\":\"v=0\\r\\n\",\"trickle\":false,\"type\":\"offer\"},"
		"\"session_id\":6488501835670998,\"transaction\":\"3\"}");
}

static void errors_end_requests_once(void **state)
{
	bench *b = *state;
	sipws_handle *handle = attached(b);

	ask(b, handle, "dtmf_info");
	says(b, "ack", "3");
	says(b, "dtmf_info refused", "3");
	assert_told(b, "failed: 400 444 dtmf_info: 'digit' must be a string of 1 to 1 bytes, ");
	says(b, "dtmf_info refused", "3");
	ask(b, handle, "dtmf_info");
	says(b, "dtmf_info refused", "4"); /* before the acknowledgement */
	assert_told(b, "failed: 400 444 dtmf_info: 'digit' must be a string of 1 to 1 bytes, ");
	refuses(b, "4", 462);
	fake_clock_pass_ms(&b->clock, SIPWS_ANSWER_MS);
	assert_told(b, "");
}

static void the_plugin_may_think(void **state)
{
	bench *b = *state;
	sipws_handle *handle = attached(b);

	ask(b, handle, "register");
	ask(b, handle, "call");
	says(b, "ack", "3");
	says(b, "ack", "4");
	says(b, "calling", "4");
	says(b, "calling", "4"); /* later events of it name it as well */
	assert_told(b, "calling of 4, calling of 4, ");
	while (b->told->len == 0 && fake_clock_left_ms(&b->clock) >= 0) {
		fake_clock_skip(&b->clock);
		says(b, "ack", "5"), says(b, "ack", "6");
	}
	assert_told(b, "failed: 503 0 Janus does not answer, ");
	assert_int_equal(b->clock.now_ms, 1000000 + SIPWS_EVENT_MS);
}

/* The PeerConnection before is going; nothing but offers and answers minds. */
static void busy_is_asked_again(void **state)
{
	bench *b = *state;
	sipws_handle *handle = attached(b);

	ask_with_offer(b, handle, "call");
	ask(b, handle, "message");
	refuses(b, "3", 471);
	assert_asked(b, "3 message call, ");
	fake_clock_pass_ms(&b->clock, SIPWS_BUSY_MS);
	assert_asked(b, "3 message call, ");
	assert_non_null(strstr(b->request, "v=0"));
	says(b, "ack", "3");
	assert_asked(b, "4 message message, ");
	refuses(b, "4", 490);
	assert_told(b, "failed: 503 0 No media can be set up, ");
}

static void busy_has_an_end(void **state)
{
	bench *b = *state;
	sipws_handle *handle = attached(b);

	ask_with_offer(b, handle, "call");
	for (guint i = 0; i < SIPWS_BUSY_TRIES; i++) {
		assert_asked(b, "3 message call, ");
		refuses(b, "3", 490);
		fake_clock_pass_ms(&b->clock, SIPWS_BUSY_MS);
	}
	assert_asked(b, "");
	assert_told(b, "failed: 503 0 No media can be set up, ");
}

/* Janus closes it up to a second after the plugin's word, and needs a moment after its own. */
static void offers_wait_for_the_connection_before(void **state)
{
	bench *b = *state;
	sipws_handle *handle = attached(b);

	ask_with_offer(b, handle, "call");
	says(b, "ack", "3");
	ask_with_offer(b, handle, "update"); /* of the same */
	says(b, "ack", "4");
	assert_asked(b, "3 message call, 4 message update, ");
	says(b, "hangup", NULL);
	assert_false(sipws_handle_may_offer(handle));
	ask(b, handle, "message");
	ask_with_offer(b, handle, "call");
	says(b, "ack", "5");
	assert_asked(b, "5 message message, ");
	says(b, "PeerConnection closed", NULL);
	fake_clock_pass_ms(&b->clock, SIPWS_CONNECTION_RESTS_MS - 1);
	assert_asked(b, "");
	fake_clock_pass_ms(&b->clock, 1);
	assert_asked(b, "6 message call, ");
	assert_told(b, "hangup of t4, may offer, ");
}

/* As a call that is refused: the plugin has what Janus made for its offer closed. */
static void offers_wait_after_a_refusal(void **state)
{
	bench *b = *state;
	sipws_handle *handle = attached(b);

	ask_with_offer(b, handle, "call");
	says(b, "ack", "3");
	says(b, "dtmf_info refused", "3");
	ask_with_offer(b, handle, "call");
	assert_asked(b, "3 message call, ");
	fake_clock_pass_ms(&b->clock, SIPWS_CONNECTION_CLOSES_MS);
	assert_asked(b, "4 message call, ");
	refuses(b, "4", 465); /* by Janus: there is none */
	assert_true(sipws_handle_may_offer(handle));
}

/* What comes with an offer has waited for that itself. */
static void offers_of_janus_end_the_waiting(void **state)
{
	bench *b = *state;
	sipws_handle *handle = attached(b);
	json_t *incoming = recorded(b, "accepted, half trickle", NULL);

	says(b, "PeerConnection closed", NULL);
	json_object_set_new(json_object_get(incoming, "jsep"), "type", json_string("offer"));
	sipws_janus_hear(b->janus, incoming);
	assert_true(sipws_handle_may_offer(handle));
	fake_clock_pass_ms(&b->clock, SIPWS_CONNECTION_CLOSES_MS);
	assert_told(b, "accepted of t4 with offer, ");
}

static void requests_are_counted(void **state)
{
	bench *b = *state;
	sipws_handle *handle = attached(b);

	for (guint i = 0; i < SIPWS_REQUESTS_MAX; i++)
		ask(b, handle, "info");
	assert_told(b, "");
	ask(b, handle, "info");
	assert_told(b, "");
	fake_clock_pass_ms(&b->clock, 0);
	assert_told(b, "failed: 503 0 Too many requests are waiting, ");
}

static void nobody_need_listen(void **state)
{
	bench *b = *state;

	sipws_handle_ask(attached(b), json_pack("{ss}", "request", "hangup"), NULL, NULL, NULL, NULL);
	says(b, "ack", "3");
	says(b, "dtmf_info refused", "3");
	assert_told(b, "");
}

static void detached_while_its_request_fails(void **state)
{
	bench *b = *state;
	sipws_handle *handle = attached(b);

	ask(b, handle, "call");
	ask(b, handle, "message");
	b->to_detach = handle;
	says(b, "dtmf_info refused", "3");
	says(b, "ack", "3");
	assert_asked(b, "3 message call, 5 detach, ");
	says(b, "success", "5");
	assert_told(b, "failed: 400 444 dtmf_info: 'digit' must be a string of 1 to 1 bytes, ");
}

/* ---- descriptions ---- */

static guint count(const char *text, const char *part)
{
	guint n = 0;

	for (const char *at = text; (at = strstr(at, part)); at += strlen(part))
		n++;
	return n;
}

#define CANDIDATE "a=candidate:1 1 udp 2015363327 10.77.0.1 30247 typ host\r\n"

static void half_trickle_is_whole(void **state)
{
	bench *b = *state;

	attached(b);
	says(b, "accepted, half trickle", "3");
	assert_told(b, "accepted of 3 with answer, ");
	assert_int_equal(count(b->sdp, "a=candidate:"), 1);
	assert_int_equal(count(b->sdp, "a=end-of-candidates"), 1);
}

/* As in the recording: they were there before. */
static void candidates_before_the_description(void **state)
{
	bench *b = *state;

	attached(b);
	says(b, "trickle", NULL);
	says(b, "trickle completed", NULL);
	says(b, "accepted", "3");
	assert_told(b, "accepted of 3 with answer, ");
	assert_true(g_str_has_suffix(b->sdp, "cname:janus\r\n" CANDIDATE "a=end-of-candidates\r\n"));
}

static void candidates_behind_the_description(void **state)
{
	bench *b = *state;

	attached(b);
	says(b, "accepted", "3");
	says(b, "hangup", "3");
	says(b, "trickle", NULL);
	assert_told(b, "");
	says(b, "trickle completed", NULL);
	assert_told(b, "accepted of 3 with answer, hangup of 3, ");
	says(b, "accepted", "3"); /* a change of the same PeerConnection: none will follow */
	assert_told(b, "accepted of 3 with answer, ");
	assert_true(g_str_has_suffix(b->sdp, CANDIDATE "a=end-of-candidates\r\n"));
	says(b, "trickle", NULL); /* an ICE restart tells them again */
	says(b, "trickle completed", NULL);
	says(b, "accepted", "3");
	assert_int_equal(count(b->sdp, "a=candidate:"), 1);
}

static void candidates_do_not_come(void **state)
{
	bench *b = *state;

	attached(b);
	says(b, "trickle", NULL);
	says(b, "accepted", "3");
	fake_clock_pass_ms(&b->clock, SIPWS_CANDIDATES_MS - 1);
	assert_told(b, "");
	fake_clock_pass_ms(&b->clock, 1);
	assert_told(b, "accepted of 3 with answer, ");
	assert_true(g_str_has_suffix(b->sdp, CANDIDATE "a=end-of-candidates\r\n"));
}

static void peer_connection_ends_while_waiting(void **state)
{
	bench *b = *state;

	attached(b);
	says(b, "accepted", "3");
	says(b, "webrtcup", NULL);
	says(b, "media", NULL);
	says(b, "PeerConnection closed", NULL);
	assert_told(b, "accepted of 3 with answer, ");
	says(b, "trickle", NULL);
	says(b, "accepted", "3"); /* of the next one: those before are not its */
	assert_told(b, "");
	sipws_janus_session_over(b->janus, FALSE, FALSE);
	fake_clock_pass_ms(&b->clock, SIPWS_CANDIDATES_MS);
	assert_told(b, "over: Janus has ended the session, ");
}

static void what_is_held_back_is_bounded(void **state)
{
	bench *b = *state;

	attached(b);
	says(b, "accepted", "3");
	for (guint i = 0; i < SIPWS_HELD_MAX - 1; i++)
		says(b, "calling", "3");
	assert_told(b, "");
	says(b, "calling", "3");
	assert_true(g_str_has_prefix(b->told->str, "accepted of 3 with answer, calling of 3, "));
	assert_int_equal(count(b->told->str, "calling"), SIPWS_HELD_MAX);
}

static void detached_while_waiting(void **state)
{
	bench *b = *state;
	sipws_handle *handle = attached(b);

	says(b, "accepted", "3");
	says(b, "calling", "3");
	b->to_detach = handle;
	says(b, "trickle completed", NULL);
	assert_told(b, "accepted of 3 with answer, ");
	says(b, "trickle", NULL);
	says(b, "success", "3");
	assert_told(b, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(one_is_unacknowledged, start, stop),
		cmocka_unit_test_setup_teardown(jsep_is_complete, start, stop),
		cmocka_unit_test_setup_teardown(errors_end_requests_once, start, stop),
		cmocka_unit_test_setup_teardown(the_plugin_may_think, start, stop),
		cmocka_unit_test_setup_teardown(busy_is_asked_again, start, stop),
		cmocka_unit_test_setup_teardown(busy_has_an_end, start, stop),
		cmocka_unit_test_setup_teardown(offers_wait_for_the_connection_before, start, stop),
		cmocka_unit_test_setup_teardown(offers_wait_after_a_refusal, start, stop),
		cmocka_unit_test_setup_teardown(offers_of_janus_end_the_waiting, start, stop),
		cmocka_unit_test_setup_teardown(requests_are_counted, start, stop),
		cmocka_unit_test_setup_teardown(nobody_need_listen, start, stop),
		cmocka_unit_test_setup_teardown(detached_while_its_request_fails, start, stop),
		cmocka_unit_test_setup_teardown(half_trickle_is_whole, start, stop),
		cmocka_unit_test_setup_teardown(candidates_before_the_description, start, stop),
		cmocka_unit_test_setup_teardown(candidates_behind_the_description, start, stop),
		cmocka_unit_test_setup_teardown(candidates_do_not_come, start, stop),
		cmocka_unit_test_setup_teardown(peer_connection_ends_while_waiting, start, stop),
		cmocka_unit_test_setup_teardown(what_is_held_back_is_bounded, start, stop),
		cmocka_unit_test_setup_teardown(detached_while_waiting, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
