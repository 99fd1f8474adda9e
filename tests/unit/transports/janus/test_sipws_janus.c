/* The session and its handles: how they come, live and end, whatever Janus does. */
#include "janus_bench.h"

static void session_and_handle_are_made_together(void **state)
{
	bench *b = *state;

	assert_non_null(sipws_janus_attach(b->janus, 3, &to_bench, b));
	assert_asked(b, "1 create, ");
	says(b, "created", "1");
	assert_asked(b, "2 attach, ");
	assert_string_equal(b->request,
			    "{\"janus\":\"attach\",\"loop_index\":3,\"plugin\":\"janus.plugin.ims\","
			    "\"session_id\":6488501835670998,\"transaction\":\"2\"}");
	says(b, "attached", "2");
	assert_told(b, "");
}

static void one_session_serves_all_handles(void **state)
{
	bench *b = *state;

	sipws_janus_attach(b->janus, -1, &to_bench, b);
	sipws_janus_attach(b->janus, -1, &to_bench, b);
	assert_asked(b, "1 create, ");
	says(b, "created", "1");
	assert_asked(b, "2 attach, 3 attach, ");
	answers(b, "attached", "3", 33);
	answers(b, "attached", "2", 22);
	assert_told(b, "");
}

static int start_secret(void **state)
{
	return start_with(state,
			  &(sipws_janus_setup){
				  .api_secret = "geheim", .token = "t0ken", .ask = asked, .over = on_over });
}

static void secrets_go_with_each_request(void **state)
{
	bench *b = *state;

	sipws_janus_attach(b->janus, -1, &to_bench, b);
	assert_string_equal(b->request, "{\"apisecret\":\"geheim\",\"janus\":\"create\",\"token\":\"t0ken\","
					"\"transaction\":\"1\"}");
	says(b, "created", "1");
	assert_non_null(strstr(b->request, "\"apisecret\":\"geheim\""));
	assert_int_equal(fake_clock_left_ms(&b->clock), SIPWS_ANSWER_MS); /* no keep-alive: none is needed */
}

/* A wrong api_secret, a plugin that is not there: the next handle tries again. */
static void refusals_reach_whoever_attaches(void **state)
{
	bench *b = *state;
	sipws_handle *handle = sipws_janus_attach(b->janus, -1, &to_bench, b);

	ask(b, handle, "register");
	refuses(b, "1", 403);
	assert_told(b,
		    "failed: 503 0 The gateway is not in service, gone: 503 The gateway is not in service, ");
	sipws_janus_attach(b->janus, -1, &to_bench, b);
	assert_asked(b, "1 create, 3 create, ");
	says(b, "created", "3");
	says(b, "no plugin", "4");
	assert_told(b, "gone: 503 The gateway is not in service, ");
}

static void keepalives_go_on(void **state)
{
	bench *b = *state;

	attached(b);
	fake_clock_pass_ms(&b->clock, 25000);
	assert_asked(b, "3 keepalive, ");
	says(b, "ack", "3");
	fake_clock_pass_ms(&b->clock, 25000);
	assert_asked(b, "4 keepalive, ");
	fake_clock_pass_ms(&b->clock, SIPWS_ANSWER_MS - 1);
	assert_told(b, "");
	fake_clock_pass_ms(&b->clock, 1);
	assert_told(b, "over: Janus does not answer, ");
	assert_int_equal(fake_clock_left_ms(&b->clock), -1);
}

static void silence_at_the_beginning_ends_it(void **state)
{
	bench *b = *state;
	sipws_handle *handle = sipws_janus_attach(b->janus, -1, &to_bench, b);

	ask(b, handle, "register");
	fake_clock_pass_ms(&b->clock, SIPWS_ANSWER_MS);
	assert_told(b, "failed: 503 0 Janus does not answer, over: Janus does not answer, ");
	assert_null(sipws_janus_attach(b->janus, -1, &to_bench, b));
	says(b, "created", "1"); /* too late */
	assert_asked(b, "1 create, ");
}

/* Is it Janus, or that request alone? */
static void silence_is_looked_into(void **state)
{
	bench *b = *state;
	sipws_handle *handle = attached(b);

	ask(b, handle, "register");
	ask(b, handle, "message");
	fake_clock_pass_ms(&b->clock, SIPWS_ANSWER_MS);
	assert_asked(b, "3 message register, 5 keepalive, 4 message message, ");
	assert_told(b, "failed: 503 0 Janus does not answer, ");
	says(b, "ack", "5");
	says(b, "ack", "4");
	says(b, "ack", "3");
	assert_told(b, "");
	sipws_janus_attach(b->janus, -1, &to_bench, b);
	fake_clock_pass_ms(&b->clock, SIPWS_ANSWER_MS);
	assert_told(b, "gone: 503 Janus does not answer, ");
	assert_asked(b, "6 attach, 7 keepalive, ");
	fake_clock_pass_ms(&b->clock, SIPWS_ANSWER_MS);
	assert_told(b, "failed: 503 0 Janus does not answer, over: Janus does not answer, ");
}

static void ends_are_told_apart(void **state)
{
	bench *b = *state;
	sipws_handle *handle = attached(b);

	ask(b, handle, "call");
	sipws_janus_session_over(b->janus, FALSE, TRUE);
	assert_told(b, "failed: 503 0 The session was claimed by somebody else, "
		       "over: The session was claimed by somebody else, ");
	sipws_janus_session_over(b->janus, FALSE, FALSE);
	says(b, "registering", "3");
	assert_told(b, "");
	g_string_truncate(b->asked, 0);
	ask(b, handle, "hangup"); /* whoever asks now hears of it, but not while he asks */
	assert_told(b, "");
	fake_clock_pass_ms(&b->clock, 0);
	assert_told(b, "failed: 503 0 The session has ended, ");
	sipws_handle_detach(handle);
	assert_asked(b, "");
}

static void timeout_is_told_twice_by_janus(void **state)
{
	bench *b = *state;

	attached(b);
	says(b, "timeout", NULL);
	sipws_janus_session_over(b->janus, TRUE, FALSE);
	assert_told(b, "over: The session has timed out, ");
}

static void a_session_that_is_no_more_shows(void **state)
{
	bench *b = *state;
	sipws_handle *handle = attached(b);

	ask(b, handle, "call");
	says(b, "no session", "3");
	assert_told(b, "failed: 503 0 The session has ended, over: Janus has ended the session, ");
}

static void a_handle_that_is_no_more_shows(void **state)
{
	bench *b = *state;
	sipws_handle *handle = attached(b);

	ask(b, handle, "call");
	ask(b, handle, "message");
	says(b, "no handle", "3");
	assert_told(b, "failed: 503 0 The session has ended, failed: 503 0 The session has ended, "
		       "gone: 503 The session has ended, ");
	assert_asked(b, "3 message call, ");
}

static void detached_by_others(void **state)
{
	bench *b = *state;
	sipws_handle *handle = attached(b);

	ask(b, handle, "call");
	says(b, "detached", NULL);
	assert_told(b,
		    "failed: 503 0 Janus has detached the handle, gone: 503 Janus has detached the handle, ");
	says(b, "ack", "3");
	says(b, "detached", NULL);
	assert_told(b, "");
}

static void detached_by_us(void **state)
{
	bench *b = *state;
	sipws_handle *handle = attached(b);

	ask(b, handle, "call");
	sipws_handle_detach(handle);
	assert_asked(b, "3 message call, 4 detach, ");
	says(b, "ack", "3");
	says(b, "calling", "3");
	says(b, "success", "4");
	says(b, "detached", NULL);
	assert_told(b, "");
	assert_int_equal(b->clock.armed->len, 1); /* the keep-alive's */
}

static void detached_before_it_was_attached(void **state)
{
	bench *b = *state;
	sipws_handle *early = sipws_janus_attach(b->janus, -1, &to_bench, b);
	sipws_handle *handle;

	sipws_handle_detach(early);
	says(b, "created", "1");
	assert_asked(b, "1 create, ");
	handle = sipws_janus_attach(b->janus, -1, &to_bench, b);
	sipws_handle_detach(handle);
	assert_asked(b, "2 attach, ");
	says(b, "attached", "2");
	assert_asked(b, "3 detach, ");
	says(b, "no handle", "3");
	assert_told(b, "");
}

static void detached_in_each_callback(void **state)
{
	bench *b = *state;
	sipws_handle *handle = attached(b);

	b->to_detach = handle;
	says(b, "PeerConnection closed", NULL);
	fake_clock_pass_ms(&b->clock, SIPWS_CONNECTION_RESTS_MS);
	assert_asked(b, "3 detach, ");
	says(b, "success", "3");
	b->to_detach = handle = sipws_janus_attach(b->janus, -1, &to_bench, b);
	ask(b, handle, "register");
	refuses(b, "4", 461);
	assert_told(b, "may offer, failed: 503 0 The gateway is not in service, ");
	handle = sipws_janus_attach(b->janus, -1, &to_bench, b);
	says(b, "attached", "6");
	ask(b, handle, "register");
	b->to_detach = handle;
	sipws_janus_session_over(b->janus, FALSE, FALSE);
	assert_told(b, "failed: 503 0 Janus has ended the session, over: Janus has ended the session, ");
}

static void handles_are_counted(void **state)
{
	bench *b = *state;
	sipws_handle *last = NULL;

	for (guint i = 0; i < SIPWS_HANDLES_MAX; i++)
		assert_non_null(last = sipws_janus_attach(b->janus, -1, &to_bench, b));
	assert_null(sipws_janus_attach(b->janus, -1, &to_bench, b));
	sipws_handle_detach(last);
	assert_non_null(sipws_janus_attach(b->janus, -1, &to_bench, b));
}

static void session_is_destroyed_at_the_end(void **state)
{
	bench *b = *state;
	sipws_handle *handle = attached(b);

	ask(b, handle, "call");
	g_string_truncate(b->asked, 0);
	sipws_janus_free(b->janus);
	assert_asked(b, "4 destroy, ");
	assert_told(b, "");
	b->janus = NULL;
}

static void junk_is_dropped(void **state)
{
	static const char *const junk[] = {
		"{}",
		"[]",
		"{\"janus\":7}",
		"{\"janus\":\"event\"}",
		"{\"janus\":\"event\",\"sender\":2584903408643704}",
		"{\"janus\":\"event\",\"sender\":2584903408643704,\"plugindata\":{\"data\":[]}}",
		"{\"janus\":\"event\",\"sender\":2584903408643704,\"plugindata\":{\"data\":{\"error_code\":"
		"\"x\"}}}",
		"{\"janus\":\"event\",\"sender\":2584903408643704,\"plugindata\":{\"data\":{\"result\":{"
		"\"event\":1}}}}",
		"{\"janus\":\"event\",\"sender\":2584903408643704,\"jsep\":{\"sdp\":1},\"plugindata\":{}}",
		"{\"janus\":\"event\",\"sender\":-1}",
		"{\"janus\":\"event\",\"sender\":\"x\"}",
		"{\"janus\":\"trickle\",\"sender\":2584903408643704}",
		"{\"janus\":\"trickle\",\"sender\":2584903408643704,\"candidate\":7}",
		"{\"janus\":\"slowlink\",\"sender\":2584903408643704}",
		"{\"janus\":\"ack\"}",
		"{\"janus\":\"ack\",\"transaction\":7}",
		"{\"janus\":\"success\",\"transaction\":\"99\"}",
	};
	bench *b = *state;

	attached(b);
	for (guint i = 0; i < G_N_ELEMENTS(junk); i++)
		sipws_janus_hear(b->janus, json_loads(junk[i], 0, NULL));
	assert_told(b, "");
	assert_asked(b, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(session_and_handle_are_made_together, start, stop),
		cmocka_unit_test_setup_teardown(one_session_serves_all_handles, start, stop),
		cmocka_unit_test_setup_teardown(secrets_go_with_each_request, start_secret, stop),
		cmocka_unit_test_setup_teardown(refusals_reach_whoever_attaches, start, stop),
		cmocka_unit_test_setup_teardown(keepalives_go_on, start, stop),
		cmocka_unit_test_setup_teardown(silence_at_the_beginning_ends_it, start, stop),
		cmocka_unit_test_setup_teardown(silence_is_looked_into, start, stop),
		cmocka_unit_test_setup_teardown(ends_are_told_apart, start, stop),
		cmocka_unit_test_setup_teardown(timeout_is_told_twice_by_janus, start, stop),
		cmocka_unit_test_setup_teardown(a_session_that_is_no_more_shows, start, stop),
		cmocka_unit_test_setup_teardown(a_handle_that_is_no_more_shows, start, stop),
		cmocka_unit_test_setup_teardown(detached_by_others, start, stop),
		cmocka_unit_test_setup_teardown(detached_by_us, start, stop),
		cmocka_unit_test_setup_teardown(detached_before_it_was_attached, start, stop),
		cmocka_unit_test_setup_teardown(detached_in_each_callback, start, stop),
		cmocka_unit_test_setup_teardown(handles_are_counted, start, stop),
		cmocka_unit_test_setup_teardown(session_is_destroyed_at_the_end, start, stop),
		cmocka_unit_test_setup_teardown(junk_is_dropped, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
