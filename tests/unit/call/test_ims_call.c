/* One call: what SIP hears, what its owner hears, what media is told. sdp/ is real, SIP and media are
 * records, time is the test's. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "call_bench.h"

static void test_table(void **state)
{
	g_autofree char *text = ims_call_table_text();

	(void)state;
	assert_golden("call/ims_call.golden", text);
}

/* REQ-75, REQ-78, REQ-80, REQ-84 */
static void test_dial(void **state)
{
	bench *b = *state;
	ims_call_target target = target_of(b);
	const ims_invite *invite;
	g_autofree char *vector = NULL;

	target.call_id = "page-call-id";
	target.headers = "X-Page: 7";
	assert_true(dial(b, &target, NULL));
	expect(b, "", "invite ");
	invite = b->stack.last;
	assert_string_equal(invite->target, "sip:bob@ims.example");
	assert_string_equal(invite->caller, "sip:alice@ims.example");
	assert_string_equal(invite->caller_name, "Alice");
	assert_string_equal(invite->route, "sip:orig@198.51.100.8;lr");
	assert_string_equal(invite->contact, "<sip:TOKEN@192.0.2.1:5060>");
	assert_string_equal(invite->record_route, "sip:TOKEN@192.0.2.1:5060;lr");
	assert_non_null(strstr(invite->sdp, "m=audio 40000 RTP/AVP"));
	assert_non_null(strstr(invite->sdp, "c=IN IP4 203.0.113.7"));
	assert_true(g_str_has_prefix(invite->first_headers, "P-Asserted-Identity: <sip:alice@ims.example>\r\n"
							    "P-Charging-Vector: icid-value="));
	assert_true(g_str_has_suffix(invite->first_headers, "\r\nX-Page: 7"));
	assert_true(g_str_has_prefix(invite->later_headers, "P-Charging-Vector: icid-value="));
	vector = g_strndup(invite->later_headers, strcspn(invite->later_headers, ";"));
	assert_non_null(strstr(invite->first_headers, vector)); /* the same icid */
	assert_string_equal(ims_call_id(b->call), "page-call-id");
	assert_string_equal(ims_call_peer(b->call), "sip:bob@ims.example");
	assert_string_equal(ims_call_state_name(b->call), "calling");
	assert_true(ims_call_is_outgoing(b->call));
	assert_false(ims_call_is_unanswered(b->call));
	assert_null(ims_call_open_offer(b->call));
	assert_ptr_equal(ims_call_media(b->call), media_made);
}

static void test_dial_fails(void **state)
{
	bench *b = *state;
	ims_call_target target = target_of(b);
	g_autoptr(GError) sdp = NULL, sip = NULL;

	target.browser_offer = "hello";
	assert_false(dial(b, &target, &sdp));
	assert_true(g_error_matches(sdp, IMS_ERROR, IMS_E_BAD_SDP));
	target.browser_offer = BROWSER;
	b->stack.broken = TRUE;
	assert_false(dial(b, &target, &sip));
	assert_true(g_error_matches(sip, IMS_ERROR, IMS_E_SIP));
	expect(b, "", "");
	assert_int_equal(media_alive, 0);
}

static void test_ringing_and_answer(void **state)
{
	bench *b = *state;

	to_calling(b);
	fresh(b);
	PROGRESS(b, 183, NULL);
	expect(b, "proceeding 183 ", "");
	assert_string_equal(ims_call_state_name(b->call), "ringing");
	PROGRESS(b, 180, NULL);
	PROGRESS(b, 182, NULL);
	expect(b, "ringing proceeding 182 ", "");
	ANSWER(b, PHONE);
	expect(b, "answered+sdp ", "");
	assert_non_null(strstr(b->answer, "SAVPF"));
	assert_string_equal(ims_call_state_name(b->call), "up");
	PROGRESS(b, 180, NULL); /* late, of another fork */
	expect(b, "", "");
}

/* REQ-95: one answer for the browser, whatever comes; media follows the last. */
static void test_early_media(void **state)
{
	bench *b = *state;

	to_calling(b);
	fresh(b);
	PROGRESS(b, 183, PHONE);
	expect(b, "progress+sdp ", "");
	PROGRESS(b, 180, NULL);
	expect(b, "ringing ", "");
	PROGRESS(b, 183, OTHER_PHONE);
	expect(b, "progress ", "");
	assert_string_equal(media_stream(media_made, 0)->address, "198.51.100.10");
	ANSWER(b, PHONE);
	expect(b, "answered ", "");
	assert_string_equal(media_stream(media_made, 0)->address, "198.51.100.9");
}

static void test_answer_in_progress_only(void **state)
{
	bench *b = *state;

	to_calling(b);
	PROGRESS(b, 183, PHONE);
	ANSWER(b, NULL);
	expect(b, "progress+sdp answered ", "invite ");
}

/* Early media that cannot be used is none; the call goes on. */
static void test_bad_early_media(void **state)
{
	bench *b = *state;

	to_calling(b);
	fresh(b);
	PROGRESS(b, 183, "hello");
	PROGRESS(b, 180, "hello");
	expect(b, "proceeding 183 ringing ", "");
	ANSWER(b, PHONE);
	expect(b, "answered+sdp ", "");
}

/* Answered, but we cannot: BYE with the reason, and the user hears 488. */
static void test_bad_answer(void **state)
{
	static const char *const answers[] = { NULL, "", "hello",
					       PHONE_HEAD("198.51.100.9") "m=audio 0 RTP/AVP 8\r\n" };
	bench *b = *state;

	for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
		to_early(b);
		fresh(b);
		ANSWER(b, answers[i]);
		expect(b, "ended 488 ", "release[" NO_MEDIA "] ");
	}
	to_calling(b);
	PROGRESS(b, 183, PHONE);
	fresh(b);
	ANSWER(b, "hello");
	expect(b, "ended 488 ", "release[" NO_MEDIA "] ");
}

static void test_failures(void **state)
{
	static const int statuses[] = { 302, 404, 408, 480, 486, 487, 503, 603 };
	bench *b = *state;

	for (gsize i = 0; i < G_N_ELEMENTS(statuses) * 2; i++) {
		g_autofree char *heard = g_strdup_printf("ended %d ", statuses[i / 2]);

		if (i % 2)
			to_early(b);
		else
			to_calling(b);
		fresh(b);
		TELL(b, failed, .status = statuses[i / 2]);
		expect(b, heard, "release[] ");
		assert_non_null(b->ended_by);
	}
}

static void test_cancel(void **state)
{
	bench *b = *state;

	to_calling(b);
	fresh(b);
	assert_true(ims_call_hangup(b->call, NULL, NULL));
	expect(b, "ended 487 ", "release[" NORMAL "] ");
	to_early(b);
	fresh(b);
	assert_true(ims_call_hangup(b->call, "X-Why: 1", NULL));
	expect(b, "ended 487 ", "release[" NORMAL "\r\nX-Why: 1] ");
	to_early(b);
	fresh(b);
	ims_call_media_gone(b->call);
	fake_clock_pass_ms(&b->stack.clock, GOODBYE_MS);
	expect(b, "ended 487 ", "release[" LOST "] ");
}

static void test_hangup(void **state)
{
	static void (*const to[])(bench *) = { to_up, to_up_called, to_answered, to_changing };
	bench *b = *state;

	for (gsize i = 0; i < G_N_ELEMENTS(to); i++) {
		to[i](b);
		fresh(b);
		assert_true(ims_call_hangup(b->call, NULL, NULL));
		expect(b, "ended 200 ", "release[" NORMAL "] ");
		to[i](b);
		fresh(b);
		TELL(b, ended, 0);
		expect(b, "ended 200 ", "release[] ");
		assert_non_null(b->ended_by);
		to[i](b);
		fresh(b);
		ims_call_media_gone(b->call);
		fake_clock_pass_ms(&b->stack.clock, GOODBYE_MS);
		expect(b, "ended 503 ", "release[" LOST "] ");
	}
}

/* Janus may tell of the PeerConnection's end before the page's own hang-up is here. */
static void test_media_gone_and_hangup(void **state)
{
	bench *b = *state;

	to_up(b);
	fresh(b);
	ims_call_media_gone(b->call);
	fake_clock_pass_ms(&b->stack.clock, GOODBYE_MS - 1);
	expect(b, "", "");
	assert_true(ims_call_hangup(b->call, NULL, NULL));
	expect(b, "ended 200 ", "release[" NORMAL "] ");
	assert_int_equal(fake_clock_left_ms(&b->stack.clock), -1);
}

/* The end of an earlier PeerConnection is not the end of a call that rings. */
static void test_media_of_earlier_call(void **state)
{
	bench *b = *state;

	to_incoming(b);
	fresh(b);
	ims_call_media_gone(b->call);
	expect(b, "", "");
	assert_true(ims_call_is_unanswered(b->call));
}

/* REQ-102: Janus could not set the PeerConnection up. */
static void test_unreachable(void **state)
{
	static const struct {
		void (*to)(bench *b);
		const char *heard, *said;
	} rows[] = {
		{ to_calling, "ended 487 ", "release[" LOST "] " },
		{ to_early, "ended 487 ", "release[" LOST "] " },
		{ to_incoming, "ended 480 ", "refuse 480 release[] " },
		{ to_answered, "ended 503 ", "release[" LOST "] " },
		{ to_up, "ended 503 ", "release[" LOST "] " },
		{ to_changing, "ended 503 ", "release[" LOST "] " },
	};
	bench *b = *state;

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		rows[i].to(b);
		fresh(b);
		ims_call_unreachable(b->call);
		expect(b, rows[i].heard, rows[i].said);
	}
	to_over(b);
	fresh(b);
	ims_call_unreachable(b->call);
	expect(b, "", "");
}

/* A peer without RTCP feedback: asked by INFO in the call, and never before or after. */
static void test_pictures(void **state)
{
	bench *b = *state;

	to_up(b);
	fresh(b);
	ims_call_ask_picture(b->call);
	expect(b, "", "info ");
	assert_non_null(strstr(b->stack.last->sdp, "application/media_control+xml|<?xml"));
	assert_non_null(strstr(b->stack.last->sdp, "<picture_fast_update/>"));
	b->stack.last->events->picture_wanted(b->stack.last->user);
	assert_int_equal(media_made->key_frames, 1);
	expect(b, "", "");
}

static void test_dtmf(void **state)
{
	bench *b = *state;
	g_autoptr(GError) error = NULL;

	to_up(b);
	fresh(b);
	assert_true(ims_call_dtmf(b->call, '7', 160, NULL, NULL));
	assert_int_equal(media_made->digit, '7');
	assert_int_equal(media_made->duration_ms, 160);
	expect(b, "", "");
	media_made->dtmf_error = IMS_E_UNSUPPORTED; /* the peer takes no events */
	assert_true(ims_call_dtmf(b->call, '#', 200, "X-A: 1", NULL));
	expect(b, "", "info ");
	assert_string_equal(b->stack.last->sdp, "application/dtmf-relay|Signal=#\r\nDuration=200\r\n");
	assert_string_equal(b->stack.last->headers, "X-A: 1");
	media_made->dtmf_error = IMS_E_LIMIT;
	assert_false(ims_call_dtmf(b->call, '7', 160, NULL, &error));
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_LIMIT));
	expect(b, "", "");
}

static void test_message(void **state)
{
	bench *b = *state;
	ims_sip_news news = { .content_type = (char *)"text/plain" };

	to_early(b);
	assert_null(ims_call_dialog(b->call));
	ANSWER(b, PHONE);
	assert_ptr_equal(ims_call_dialog(b->call), b->stack.last);
	fresh(b);
	assert_int_equal(b->stack.last->events->message(&news, b->stack.last->user), 200);
	expect(b, "message text/plain ", "");
	b->frees = FALSE;
	TELL(b, ended, 0);
	assert_null(ims_call_dialog(b->call));
}

/* What has no place in a state is refused with IMS_E_WRONG_STATE and does nothing. */
static void test_wrong_states(void **state)
{
	enum { ACCEPT = 1, DECLINE = 2, HANGUP = 4, HOLD = 8, UPDATE = 16, DTMF = 32 };
	static const struct {
		void (*to)(bench *b);
		guint allowed;
	} rows[] = {
		{ to_calling, HANGUP },
		{ to_early, HANGUP },
		{ to_incoming, ACCEPT | DECLINE | HANGUP },
		{ to_answered, HANGUP | HOLD | UPDATE | DTMF },
		{ to_up, HANGUP | HOLD | UPDATE | DTMF },
		{ to_changing, HANGUP | HOLD | UPDATE | DTMF },
		{ to_over, 0 },
	};
	bench *b = *state;

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		for (guint what = ACCEPT; what <= DTMF; what *= 2) {
			g_autoptr(GError) error = NULL;
			gboolean done = FALSE;

			if (rows[i].allowed & what)
				continue;
			rows[i].to(b);
			fresh(b);
			if (what == ACCEPT)
				done = ims_call_accept(b->call, BROWSER, FALSE, NULL, &error);
			else if (what == DECLINE)
				done = ims_call_decline(b->call, 486, NULL, &error);
			else if (what == HANGUP)
				done = ims_call_hangup(b->call, NULL, &error);
			else if (what == HOLD)
				done = ims_call_hold(b->call, IMS_DIR_SENDONLY, &error);
			else if (what == UPDATE)
				done = ims_call_update(b->call, BROWSER, TRUE, &error);
			else
				done = ims_call_dtmf(b->call, '7', 160, NULL, &error);
			if (done || !g_error_matches(error, IMS_ERROR, IMS_E_WRONG_STATE))
				fail_msg("row %zu, request %u: %s", i, what,
					 error ? error->message : "is done");
			expect(b, "", "");
			ims_call_free(g_steal_pointer(&b->call));
		}
	}
}

/* REQ-113: nothing comes any more; on hold nothing needs to. */
static void test_silence(void **state)
{
	static void (*const to[])(bench *) = { to_up, to_answered };
	bench *b = *state;

	b->network.rtp_timeout_s = 30;
	for (gsize i = 0; i < G_N_ELEMENTS(to); i++) {
		to[i](b);
		fresh(b);
		for (int sign = 1; sign < 10; sign++) {
			fake_clock_pass_ms(&b->stack.clock, 25000);
			media_made->last_from_core_us = sign;
		}
		expect(b, "", "");
		fake_clock_pass_ms(&b->stack.clock, 29000);
		expect(b, "", "");
		TELL(b, reoffered, .sdp = (char *)PHONE "a=sendonly\r\n");
		fake_clock_pass_ms(&b->stack.clock, 3600 * 1000);
		expect(b, "peer holds ", "reanswer 200 ");
		TELL(b, reoffered, .sdp = (char *)PHONE);
		fake_clock_pass_ms(&b->stack.clock, 29000); /* a new beginning */
		expect(b, "peer resumes ", "reanswer 200 ");
		fake_clock_pass_ms(&b->stack.clock, 5000);
		expect(b, "ended 408 ", "release[" SILENCE "] ");
		assert_int_equal(fake_clock_left_ms(&b->stack.clock), -1);
	}
}

/* REQ-102: the browser is cut off, which Janus does not tell; what the peer does makes no difference. */
static void test_silent_browser(void **state)
{
	static void (*const to[])(bench *) = { to_up, to_answered };
	bench *b = *state;

	b->config.media.browser_timeout_s = 60;
	for (gsize i = 0; i < G_N_ELEMENTS(to); i++) {
		to[i](b);
		fresh(b);
		for (int sign = 1; sign < 10; sign++) {
			fake_clock_pass_ms(&b->stack.clock, 50000);
			media_made->last_from_browser_us = sign;
		}
		TELL(b, reoffered, .sdp = (char *)PHONE "a=sendonly\r\n");
		fake_clock_pass_ms(&b->stack.clock, 59000);
		expect(b, "peer holds ", "reanswer 200 ");
		fake_clock_pass_ms(&b->stack.clock, 10000);
		expect(b, "ended 503 ", "release[" LOST "] ");
	}
}

/* Each time about the time since, at the end about all. */
static void test_quality(void **state)
{
	bench *b = *state;

	b->network.quality_s = 30;
	to_up(b);
	fresh(b);
	media_reports[0] = (ims_media_report){
		.kind = IMS_MEDIA_AUDIO, .codec = "PCMU", .received = 1500, .sent = 1500
	};
	media_n_reports = 1;
	fake_clock_pass_ms(&b->stack.clock, 30000);
	expect(b, "quality PCMU 1500/0 4.4 ", "");
	media_reports[0].received += 1350; /* 10 % are lost */
	media_reports[0].lost = 150;
	media_reports[0].sent += 1500;
	media_reports[0].far_reports = 3;
	media_reports[0].far_lost = 300;
	media_reports[0].far_highest = 3000;
	fake_clock_pass_ms(&b->stack.clock, 30000);
	expect(b, "quality PCMU 1350/150 1500/300 3.4 ", "");
	assert_true(ims_call_hangup(b->call, NULL, NULL));
	expect(b, "final PCMU 2850/150 3000/300 3.9 ended 200 ", "release[" NORMAL "] ");
	media_n_reports = 0;
}

/* Nobody answers, and the network does not give up either. */
static void test_never_answered(void **state)
{
	static void (*const to[])(bench *) = { to_calling, to_early };
	bench *b = *state;

	for (gsize i = 0; i < G_N_ELEMENTS(to); i++) {
		to[i](b);
		fresh(b);
		fake_clock_pass_ms(&b->stack.clock, RING_S * 1000 - 1);
		expect(b, "", "");
		fake_clock_pass_ms(&b->stack.clock, 1);
		expect(b, "ended 408 ", "release[Reason: SIP;cause=408;text=\"Not answered in time\"] ");
	}
}

/* Freed in whatever state: SIP is told, the owner is not. */
static void test_freed_anywhere(void **state)
{
	static const struct {
		void (*to)(bench *b);
		const char *said;
	} rows[] = {
		{ to_calling, "release[" LOST "] " },
		{ to_early, "release[" LOST "] " },
		{ to_incoming, "refuse 480 release[] " },
		{ to_answered, "release[" LOST "] " },
		{ to_up, "release[" LOST "] " },
		{ to_changing, "release[" LOST "] " },
		{ to_over, "" },
	};
	bench *b = *state;

	ims_call_free(NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		rows[i].to(b);
		fresh(b);
		ims_call_free(g_steal_pointer(&b->call));
		expect(b, "", rows[i].said);
		assert_int_equal(media_alive, 0);
		assert_int_equal(fake_clock_left_ms(&b->stack.clock), -1);
	}
}

/* `ended` comes once, whatever is asked of a call that is over. */
static void test_over_is_over(void **state)
{
	bench *b = *state;

	to_over(b);
	fresh(b);
	ims_call_media_gone(b->call);
	fake_clock_pass_ms(&b->stack.clock, RING_S * 1000);
	expect(b, "", "");
	assert_string_equal(ims_call_state_name(b->call), "ending");
}

/* The owner hangs up, and frees, inside whatever it hears; ASan looks on. */
static void test_hangup_in_callbacks(void **state)
{
	bench *b = *state;

	to_calling(b);
	b->hangs_up = TRUE;
	PROGRESS(b, 183, NULL);
	to_calling(b);
	b->hangs_up = TRUE;
	PROGRESS(b, 180, NULL);
	to_calling(b);
	b->hangs_up = TRUE;
	PROGRESS(b, 183, PHONE);
	to_calling(b);
	b->hangs_up = TRUE;
	ANSWER(b, PHONE);
	assert_string_equal(b->heard->str,
			    "proceeding 183 ended 487 ringing ended 487 progress+sdp ended 487 "
			    "answered+sdp ended 200 ");
	assert_null(b->call);
}

#define IN_BENCH(test) cmocka_unit_test_setup_teardown(test, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		IN_BENCH(test_dial),
		IN_BENCH(test_dial_fails),
		IN_BENCH(test_ringing_and_answer),
		IN_BENCH(test_early_media),
		IN_BENCH(test_answer_in_progress_only),
		IN_BENCH(test_bad_early_media),
		IN_BENCH(test_bad_answer),
		IN_BENCH(test_failures),
		IN_BENCH(test_cancel),
		IN_BENCH(test_hangup),
		IN_BENCH(test_media_gone_and_hangup),
		IN_BENCH(test_media_of_earlier_call),
		IN_BENCH(test_unreachable),
		IN_BENCH(test_pictures),
		IN_BENCH(test_dtmf),
		IN_BENCH(test_message),
		IN_BENCH(test_wrong_states),
		IN_BENCH(test_silence),
		IN_BENCH(test_silent_browser),
		IN_BENCH(test_quality),
		IN_BENCH(test_never_answered),
		IN_BENCH(test_freed_anywhere),
		IN_BENCH(test_over_is_over),
		IN_BENCH(test_hangup_in_callbacks),
	};

	return cmocka_run_group_tests_name("test_ims_call", tests, NULL, NULL);
}
