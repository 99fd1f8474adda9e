/* The changes of a call that is up: what SIP hears, what its owner hears, what media is told. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "call_bench.h"

#define OTHER_CODEC PHONE_HEAD("198.51.100.9") "m=audio 5004 RTP/AVP 0\r\n"
#define TWO_STREAMS PHONE PHONE_AUDIO("5006")
#define BROWSER_TWO BROWSER BROWSER_AUDIO

#define REOFFER(b, text) TELL(b, reoffered, .sdp = (char *)(text))
#define REANSWER(b, code, text) TELL(b, reanswered, .status = (code), .sdp = (char *)(text))
#define SAID(b, text) assert_non_null(strstr((b)->stack.last->sdp, text))

static const ims_sdp_stream *stream(guint i)
{
	return media_stream(media_made, i);
}

static void assert_wrong_state(gboolean done, GError *error)
{
	assert_false(done);
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_WRONG_STATE));
	g_error_free(error);
}

#define WRONG_STATE(call)                                                                                    \
	do {                                                                                                 \
		GError *error = NULL;                                                                        \
		gboolean done = call;                                                                        \
		assert_wrong_state(done, error);                                                             \
	} while (0)

/* The peer wants another codec, and only the browser can send it. */
static void to_asked(bench *b)
{
	to_up(b);
	fresh(b);
	REOFFER(b, OTHER_CODEC);
	expect(b, "asked+sdp ", "");
}

static void test_table(void **state)
{
	g_autofree char *text = ims_change_table_text();

	(void)state;
	assert_golden("call/ims_change.golden", text);
}

/* REQ-98 */
static void test_hold(void **state)
{
	bench *b = *state;

	to_up(b);
	fresh(b);
	assert_true(ims_call_hold(b->call, IMS_DIR_SENDONLY, NULL));
	expect(b, "", "reoffer ");
	SAID(b, "a=sendonly");
	REANSWER(b, 200, PHONE "a=recvonly\r\n");
	assert_true(ims_call_is_held(b->call));
	assert_int_equal(stream(0)->direction, IMS_DIR_SENDONLY);
	assert_true(ims_call_hold(b->call, IMS_DIR_SENDRECV, NULL));
	SAID(b, "a=sendrecv");
	REANSWER(b, 200, PHONE);
	assert_false(ims_call_is_held(b->call));
	expect(b, "", "reoffer ");
}

/* Refused, or answered with nothing: it holds here all the same, and another try is possible. */
static void test_hold_fails(void **state)
{
	static const ims_sip_news answers[] = { { .status = 488 },
						{ .status = 500 },
						{ .status = 200 },
						{ .status = 200, .sdp = (char *)"hello" },
						{ .status = 603, .reason = (char *)"No" } };
	bench *b = *state;

	to_up(b);
	fresh(b);
	for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
		assert_true(ims_call_hold(b->call, IMS_DIR_INACTIVE, NULL));
		b->stack.last->events->reanswered(&answers[i], b->stack.last->user);
		expect(b, "", "reoffer ");
		assert_true(ims_call_is_held(b->call));
		assert_int_equal(stream(0)->direction, IMS_DIR_INACTIVE);
		assert_string_equal(ims_call_state_name(b->call), "up");
		assert_int_equal(fake_clock_left_ms(&b->stack.clock), -1);
	}
}

/* RFC 5057 5.1: the dialog is no more. */
static void test_hold_finds_nobody(void **state)
{
	static const int statuses[] = { 408, 481 };
	bench *b = *state;

	for (gsize i = 0; i < G_N_ELEMENTS(statuses); i++) {
		g_autofree char *heard = g_strdup_printf("ended %d ", statuses[i]);

		to_changing(b);
		fresh(b);
		REANSWER(b, statuses[i], NULL);
		expect(b, heard, "release[] ");
	}
}

/* REQ-93: a sign of life tells what runs as it was told, to the letter; a change that is under way is one. */
static void test_refresh(void **state)
{
	bench *b = *state;
	g_autofree char *told = NULL;

	to_up(b);
	told = g_strdup(b->stack.last->sdp);
	fresh(b);
	b->stack.last->events->refresh_wanted(b->stack.last->user);
	expect(b, "", "reoffer ");
	assert_string_equal(b->stack.last->sdp, told);
	b->stack.last->events->refresh_wanted(b->stack.last->user); /* one is under way */
	REANSWER(b, 200, PHONE);
	expect(b, "", "");

	assert_true(ims_call_hold(b->call, IMS_DIR_SENDONLY, NULL));
	expect(b, "", "reoffer ");
	b->stack.last->events->refresh_wanted(b->stack.last->user);
	REANSWER(b, 200, PHONE "a=recvonly\r\n");
	expect(b, "", "");
}

/* ... and who answers it with something else, or refuses it, leaves the call as it is. */
static void test_refresh_fails(void **state)
{
	bench *b = *state;

	to_up(b);
	fresh(b);
	b->stack.last->events->refresh_wanted(b->stack.last->user);
	REANSWER(b, 500, NULL);
	expect(b, "", "reoffer ");
	b->stack.last->events->refresh_wanted(b->stack.last->user);
	REANSWER(b, 200, OTHER_PHONE); /* a change: it is asked for by an offer of its own */
	expect(b, "", "reoffer reoffer ");
	REANSWER(b, 200, OTHER_PHONE);
	assert_int_equal(fake_clock_left_ms(&b->stack.clock), -1);
	assert_string_equal(ims_call_state_name(b->call), "up");
	b->stack.broken = TRUE;
	b->stack.last->events->refresh_wanted(b->stack.last->user);
	b->stack.broken = FALSE;
	assert_true(ims_call_hold(b->call, IMS_DIR_SENDONLY, NULL));
	expect(b, "", "reoffer ");
}

static void test_nobody_is_there(void **state)
{
	static const ims_sip_news gone = { .status = 481 };
	bench *b = *state;

	to_changing(b);
	fresh(b);
	b->stack.last->events->lost(&gone, b->stack.last->user);
	expect(b, "ended 481 ", "release[] ");
	to_changing(b);
	fresh(b);
	b->stack.last->events->expired(b->stack.last->user);
	expect(b, "ended 408 ", "release[Reason: SIP;cause=408;text=\"Session expired\"] ");
}

/* RFC 3261 14.1: both changed the call at once. He who made the Call-ID waits 2.1 to 4 s, the other 0 to 2 s.
 */
static void test_glare(void **state)
{
	static const struct {
		void (*to)(bench *b);
		gint64 from_ms, to_ms;
	} rows[] = { { to_up, 2100, 4000 }, { to_up_called, 0, 2000 } };
	bench *b = *state;

	for (gsize i = 0; i < G_N_ELEMENTS(rows) * 20; i++) {
		gint64 wait_ms;

		rows[i % 2].to(b);
		assert_true(ims_call_hold(b->call, IMS_DIR_SENDONLY, NULL));
		REANSWER(b, 491, NULL);
		fresh(b);
		REOFFER(b, OTHER_PHONE); /* the other's change comes through meanwhile */
		expect(b, "", "reanswer 200 ");
		wait_ms = fake_clock_skip(&b->stack.clock);
		assert_true(wait_ms >= rows[i % 2].from_ms && wait_ms <= rows[i % 2].to_ms);
		expect(b, "", "reoffer ");
		SAID(b, "a=sendonly");
		REANSWER(b, 200, OTHER_PHONE "a=recvonly\r\n");
		assert_int_equal(fake_clock_left_ms(&b->stack.clock), -1);
		assert_true(ims_call_is_held(b->call));
		assert_true(ims_call_hangup(b->call, NULL, NULL));
	}
}

/* The user changes his mind, or hangs up, before the second try: it has nothing to try any more. */
static void test_glare_overtaken(void **state)
{
	bench *b = *state;

	to_changing(b);
	REANSWER(b, 491, NULL);
	assert_true(ims_call_hold(b->call, IMS_DIR_SENDRECV, NULL));
	SAID(b, "a=sendrecv");
	assert_int_equal(fake_clock_left_ms(&b->stack.clock), -1);
	REANSWER(b, 491, NULL);
	fresh(b);
	assert_true(ims_call_hangup(b->call, NULL, NULL));
	expect(b, "ended 200 ", "release[" NORMAL "] ");
	assert_int_equal(fake_clock_left_ms(&b->stack.clock), -1);
}

/* One that always collides is given up. */
static void test_glare_for_ever(void **state)
{
	bench *b = *state;
	guint tries = 0;

	to_up(b);
	assert_true(ims_call_update(b->call, BROWSER, TRUE, NULL));
	REANSWER(b, 491, NULL);
	for (; fake_clock_left_ms(&b->stack.clock) >= 0; tries++) {
		assert_true(tries < 20);
		fresh(b);
		fake_clock_skip(&b->stack.clock);
		expect(b, "", "reoffer ");
		REANSWER(b, 491, NULL);
	}
	expect(b, "failed 491 ", "");
	assert_true(ims_call_update(b->call, BROWSER, TRUE, NULL));
}

/* The peer's change is answered, but its ACK is not here yet: ours follows it. */
static void test_after_the_ack(void **state)
{
	bench *b = *state;

	b->stack.acks = TRUE;
	to_up(b);
	REOFFER(b, OTHER_PHONE);
	fresh(b);
	assert_true(ims_call_hold(b->call, IMS_DIR_SENDONLY, NULL));
	assert_int_equal(stream(0)->direction, IMS_DIR_SENDONLY); /* here it holds at once */
	expect(b, "", "");
	TELL(b, reconfirmed, 0);
	expect(b, "", "reoffer ");
	SAID(b, "a=sendonly");
}

/* What SIP cannot send just then is tried again, and held here meanwhile. */
static void test_cannot_be_sent(void **state)
{
	bench *b = *state;

	to_up(b);
	fresh(b);
	b->stack.broken = TRUE;
	assert_true(ims_call_hold(b->call, IMS_DIR_SENDONLY, NULL));
	fake_clock_skip(&b->stack.clock);
	assert_int_equal(stream(0)->direction, IMS_DIR_SENDONLY);
	expect(b, "", "");
	b->stack.broken = FALSE;
	fake_clock_skip(&b->stack.clock);
	expect(b, "", "reoffer ");
	REANSWER(b, 200, PHONE "a=recvonly\r\n");
	assert_int_equal(fake_clock_left_ms(&b->stack.clock), -1);
}

static void test_peer_changes(void **state)
{
	static void (*const to[])(bench *) = { to_up, to_up_called, to_answered };
	bench *b = *state;

	for (gsize i = 0; i < G_N_ELEMENTS(to); i++) {
		to[i](b);
		fresh(b);
		REOFFER(b, OTHER_PHONE);
		expect(b, "", "reanswer 200 ");
		SAID(b, "m=audio 40000");
		assert_string_equal(stream(0)->address, "198.51.100.10");
		REOFFER(b, "hello");
		REOFFER(b, PHONE_HEAD("198.51.100.9"));
		REOFFER(b, PHONE_HEAD("198.51.100.9") "m=audio 0 RTP/AVP 8\r\n");
		expect(b, "", "reanswer 488 reanswer 488 reanswer 488 ");
		assert_string_equal(stream(0)->address, "198.51.100.10");
		assert_true(ims_call_hangup(b->call, NULL, NULL));
	}
}

/* REQ-98: the user hears of it, once for each turn. */
static void test_peer_holds(void **state)
{
	static const char *const holds[] = { PHONE "a=sendonly\r\n", PHONE "a=inactive\r\n",
					     PHONE_HEAD("0.0.0.0") PHONE_AUDIO("5004") };
	bench *b = *state;

	to_up(b);
	fresh(b);
	for (gsize i = 0; i < G_N_ELEMENTS(holds); i++) {
		REOFFER(b, holds[i]);
		REOFFER(b, holds[i]);
		assert_true(ims_call_peer_holds(b->call));
		expect(b, i == 1 ? "peer is silent " : "peer holds ", "reanswer 200 reanswer 200 ");
		REOFFER(b, PHONE);
		expect(b, "peer resumes ", "reanswer 200 ");
		assert_false(ims_call_peer_holds(b->call));
	}
	REOFFER(b, holds[0]);
	REOFFER(b, holds[1]); /* it holds still, and plays nothing any more */
	expect(b, "peer holds peer is silent ", "reanswer 200 reanswer 200 ");
	REOFFER(b, PHONE);
	expect(b, "peer resumes ", "reanswer 200 ");
	assert_true(ims_call_hold(b->call, IMS_DIR_SENDONLY, NULL));
	REANSWER(b, 200, PHONE "a=recvonly\r\n"); /* ours is not the peer's */
	expect(b, "", "reoffer ");
	REOFFER(b, holds[0]); /* nor does ours hide what it does */
	expect(b, "peer holds ", "reanswer 200 ");
}

/* REQ-97: we offer what runs; the answer comes with the ACK. */
static void test_peer_offers_nothing(void **state)
{
	bench *b = *state;

	b->stack.acks = TRUE;
	to_up(b);
	fresh(b);
	REOFFER(b, NULL);
	expect(b, "", "reanswer 200 ");
	SAID(b, "m=audio 40000 RTP/AVP 8");
	assert_true(ims_call_hold(b->call, IMS_DIR_SENDONLY, NULL)); /* has to wait */
	expect(b, "", "");
	TELL(b, reconfirmed, .sdp = (char *)OTHER_PHONE);
	expect(b, "", "reoffer ");
	assert_string_equal(stream(0)->address, "198.51.100.10");
}

static void test_peer_answers_nothing(void **state)
{
	static const char *const answers[] = { NULL, "hello", PHONE_HEAD("198.51.100.9") };
	bench *b = *state;

	b->stack.acks = TRUE;
	to_up(b);
	for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
		fresh(b);
		REOFFER(b, NULL);
		TELL(b, reconfirmed, .sdp = (char *)answers[i]);
		expect(b, "", "reanswer 200 ");
		assert_string_equal(stream(0)->address, "198.51.100.9");
	}
	assert_true(ims_call_hold(b->call, IMS_DIR_SENDONLY, NULL));
	expect(b, "", "reoffer ");
}

/* The browser's own change: a second stream. */
static void test_update(void **state)
{
	bench *b = *state;

	to_up(b);
	fresh(b);
	assert_true(ims_call_update(b->call, BROWSER_TWO, TRUE, NULL));
	expect(b, "", "reoffer ");
	SAID(b, "m=audio 40000 RTP/AVP");
	SAID(b, "m=audio 40002 RTP/AVP");
	assert_int_equal(media_made->streams->len, 1); /* nothing has changed yet */
	REANSWER(b, 200, TWO_STREAMS);
	expect(b, "updated+sdp ", "");
	assert_non_null(strstr(b->answer, "SAVPF"));
	assert_true(stream(1)->used);
	assert_int_equal(stream(1)->port, 5006);
	assert_true(ims_call_update(b->call, BROWSER BROWSER_NO_AUDIO, TRUE, NULL));
	SAID(b, "m=audio 0 RTP/AVP");
	REANSWER(b, 200, PHONE "m=audio 0 RTP/AVP 8\r\n");
	expect(b, "updated+sdp ", "reoffer ");
	assert_false(stream(1)->used);
	assert_int_equal(media_made->closed, 1);
}

/* RFC 3264 8.3.2: in a call that came in, the core's numbers stay what they were. */
static void test_update_keeps_numbers(void **state)
{
	static const char numbered[] =
		PHONE_HEAD("198.51.100.9") "m=audio 5004 RTP/AVP 98 97\r\na=rtpmap:98 opus/48000/2\r\n"
					   "a=rtpmap:97 telephone-event/8000\r\n";
	static const char browser[] = BROWSER_HEAD
		"m=audio 9 UDP/TLS/RTP/SAVPF 111 97\r\nc=IN IP4 1.1.1.1\r\na=rtpmap:111 opus/48000/2\r\n"
		"a=rtpmap:97 G722/8000\r\n";
	bench *b = *state;

	assert_true(receive(b, numbered, NULL));
	assert_true(ims_call_accept(b->call,
				    BROWSER_HEAD
				    "m=audio 9 UDP/TLS/RTP/SAVPF 98 97\r\nc=IN IP4 1.1.1.1\r\n"
				    "a=rtpmap:98 opus/48000/2\r\na=rtpmap:97 telephone-event/8000\r\n",
				    FALSE, NULL, NULL));
	TELL(b, confirmed, 0);
	assert_true(ims_call_update(b->call, browser, TRUE, NULL));
	SAID(b, "a=rtpmap:98 opus/48000/2");
	assert_null(strstr(b->stack.last->sdp, "a=rtpmap:97 G722")); /* it means an event */
	REANSWER(b, 200, numbered);
	assert_int_equal(stream(0)->to_core[111], 98);
	assert_int_equal(stream(0)->to_browser[98], 111);
}

/* Not to be: all is as it was, the port of the stream that never was is free. */
static void test_update_fails(void **state)
{
	static const ims_sip_news answers[] = { { .status = 488 }, { .status = 500 }, { .status = 603 } };
	bench *b = *state;

	to_up(b);
	for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
		g_autofree char *heard = g_strdup_printf("failed %d ", answers[i].status);

		fresh(b);
		assert_true(ims_call_update(b->call, BROWSER_TWO, TRUE, NULL));
		b->stack.last->events->reanswered(&answers[i], b->stack.last->user);
		expect(b, heard, "reoffer ");
		assert_int_equal(media_made->streams->len, 1);
		assert_int_equal(media_made->closed, i + 1);
	}
	assert_true(ims_call_hangup(b->call, NULL, NULL));
	to_up(b);
	assert_true(ims_call_update(b->call, BROWSER, TRUE, NULL));
	fresh(b);
	REANSWER(b, 481, NULL);
	expect(b, "ended 481 ", "release[] ");
}

/* The peer thinks that the change is done: it is told again what runs. */
static void test_update_answered_badly(void **state)
{
	static const char *const answers[] = { NULL, "hello", PHONE_HEAD("198.51.100.9") };
	bench *b = *state;

	to_up(b);
	for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
		assert_true(ims_call_update(b->call, BROWSER_TWO, TRUE, NULL));
		fresh(b);
		REANSWER(b, 200, answers[i]);
		expect(b, "failed 488 ", "reoffer ");
		SAID(b, "m=audio 40000 RTP/AVP 8");
		assert_null(strstr(b->stack.last->sdp, "m=audio 40002"));
		REANSWER(b, 200, PHONE);
		expect(b, "", "");
	}
}

/* What cannot even be sent is an error of the request. */
static void test_bad_updates(void **state)
{
	bench *b = *state;
	g_autoptr(GError) bad = NULL, nothing = NULL, full = NULL;

	to_up(b);
	fresh(b);
	assert_false(ims_call_update(b->call, "hello", TRUE, &bad));
	assert_true(g_error_matches(bad, IMS_ERROR, IMS_E_BAD_SDP));
	assert_false(ims_call_update(b->call, BROWSER_HEAD, TRUE, &nothing));
	assert_true(g_error_matches(nothing, IMS_ERROR, IMS_E_NO_COMMON_MEDIA));
	media_made->full = TRUE;
	assert_false(ims_call_update(b->call, BROWSER_TWO, TRUE, &full));
	assert_true(g_error_matches(full, IMS_ERROR, IMS_E_LIMIT));
	media_made->full = FALSE;
	WRONG_STATE(ims_call_update(b->call, BROWSER, FALSE, &error)); /* nothing to answer */
	expect(b, "", "");
	assert_true(ims_call_update(b->call, BROWSER, TRUE, NULL));
	WRONG_STATE(ims_call_update(b->call, BROWSER, TRUE, &error));
	expect(b, "", "reoffer ");
}

/* Both at once, in either order: the one that comes second waits for the first, nothing is lost. */
static void test_hold_and_update(void **state)
{
	bench *b = *state;

	to_up(b);
	assert_true(ims_call_update(b->call, BROWSER_TWO, TRUE, NULL));
	fresh(b);
	assert_true(ims_call_hold(b->call, IMS_DIR_SENDONLY, NULL));
	assert_int_equal(stream(0)->direction, IMS_DIR_SENDONLY);
	expect(b, "", "");
	REANSWER(b, 200, TWO_STREAMS);
	expect(b, "updated+sdp ", "reoffer ");
	SAID(b, "a=sendonly");
	assert_int_equal(stream(1)->direction, IMS_DIR_SENDONLY);
	assert_true(ims_call_update(b->call, BROWSER_TWO, TRUE, NULL));
	expect(b, "", "");
	REANSWER(b, 200, PHONE "a=recvonly\r\n" PHONE_AUDIO("5006") "a=recvonly\r\n");
	expect(b, "", "reoffer ");
	SAID(b, "a=sendonly"); /* held all the while */
	REANSWER(b, 200, PHONE "a=recvonly\r\n" PHONE_AUDIO("5006") "a=recvonly\r\n");
	expect(b, "updated+sdp ", "");
	assert_int_equal(stream(1)->direction, IMS_DIR_SENDONLY);
	assert_true(ims_call_is_held(b->call));
}

static void test_update_meets_a_change(void **state)
{
	bench *b = *state;

	to_up(b);
	assert_true(ims_call_update(b->call, BROWSER_TWO, TRUE, NULL));
	REANSWER(b, 491, NULL);
	fresh(b);
	REOFFER(b, OTHER_CODEC); /* the browser cannot answer while it offers */
	expect(b, "", "reanswer 491 ");
	REOFFER(b, OTHER_PHONE);
	expect(b, "", "reanswer 200 ");
	fake_clock_skip(&b->stack.clock);
	expect(b, "", "reoffer ");
	SAID(b, "m=audio 40004"); /* the port before was given back */
	REANSWER(b, 200, TWO_STREAMS);
	expect(b, "updated+sdp ", "");
}

/* The peer asks, the browser answers. */
static void test_asked(void **state)
{
	bench *b = *state;

	to_asked(b);
	assert_non_null(strstr(b->answer, "PCMU"));
	assert_string_equal(ims_call_open_offer(b->call), b->answer);
	assert_int_equal(stream(0)->to_core[8], 8); /* nothing has changed yet */
	assert_true(ims_call_update(b->call, BROWSER, FALSE, NULL));
	expect(b, "updated ", "reanswer 200 ");
	SAID(b, "m=audio 40000 RTP/AVP 0");
	assert_int_equal(stream(0)->to_core[0], 0);
	assert_int_equal(stream(0)->to_core[8], -1);
	assert_null(ims_call_open_offer(b->call));
	assert_int_equal(fake_clock_left_ms(&b->stack.clock), -1);
}

/* It may try again, while there is time. */
static void test_asked_bad_answer(void **state)
{
	bench *b = *state;
	g_autoptr(GError) bad = NULL;

	to_asked(b);
	assert_false(ims_call_update(b->call, "hello", FALSE, &bad));
	assert_true(g_error_matches(bad, IMS_ERROR, IMS_E_BAD_SDP));
	WRONG_STATE(ims_call_update(b->call, BROWSER, TRUE, &error));
	expect(b, "", "");
	assert_true(ims_call_update(b->call, BROWSER, FALSE, NULL));
	expect(b, "updated ", "reanswer 200 ");
}

/* The browser does not answer, does not want, or cannot be reached; or the peer takes it back. */
static void test_asked_in_vain(void **state)
{
	bench *b = *state;

	to_asked(b);
	fake_clock_pass_ms(&b->stack.clock, ANSWER_S * 1000 - 1);
	expect(b, "", "");
	fake_clock_pass_ms(&b->stack.clock, 1);
	expect(b, "failed 408 ", "reanswer 488 ");
	WRONG_STATE(ims_call_update(b->call, BROWSER, FALSE, &error)); /* too late */
	REOFFER(b, OTHER_CODEC);
	assert_true(ims_call_decline(b->call, 603, NULL, NULL));
	expect(b, "asked+sdp failed 603 ", "reanswer 603 ");
	REOFFER(b, OTHER_CODEC);
	ims_call_unreachable(b->call);
	expect(b, "asked+sdp failed 488 ", "reanswer 488 ");
	REOFFER(b, OTHER_CODEC);
	TELL(b, withdrawn, 0);
	expect(b, "asked+sdp failed 487 ", "");
	assert_int_equal(stream(0)->to_core[8], 8);
	assert_int_equal(fake_clock_left_ms(&b->stack.clock), -1);
	assert_string_equal(ims_call_state_name(b->call), "up");
}

static void test_asked_and_ended(void **state)
{
	bench *b = *state;

	to_asked(b);
	TELL(b, ended, 0);
	expect(b, "ended 200 ", "release[] ");
	to_asked(b);
	assert_true(ims_call_hangup(b->call, NULL, NULL));
	expect(b, "ended 200 ", "release[" NORMAL "] ");
	to_asked(b);
	ims_call_media_gone(b->call);
	fake_clock_pass_ms(&b->stack.clock, GOODBYE_MS);
	expect(b, "ended 503 ", "release[" LOST "] ");
	assert_int_equal(fake_clock_left_ms(&b->stack.clock), -1);
}

/* A hold meanwhile holds at once, and is told by the answer, or after it came to nothing. */
static void test_asked_and_held(void **state)
{
	bench *b = *state;

	to_asked(b);
	assert_true(ims_call_hold(b->call, IMS_DIR_SENDONLY, NULL));
	assert_int_equal(stream(0)->direction, IMS_DIR_SENDONLY);
	expect(b, "", "");
	assert_true(ims_call_update(b->call, BROWSER, FALSE, NULL));
	expect(b, "updated ", "reanswer 200 ");
	SAID(b, "a=sendonly");
	assert_int_equal(stream(0)->direction, IMS_DIR_SENDONLY);
	REOFFER(b, PHONE);
	assert_true(ims_call_hold(b->call, IMS_DIR_SENDRECV, NULL));
	expect(b, "asked+sdp ", "");
	assert_true(ims_call_decline(b->call, 488, NULL, NULL));
	expect(b, "failed 488 ", "reanswer 488 reoffer ");
	SAID(b, "a=sendrecv");
}

/* Streams that come and go: alone, or with the browser, as the page likes. */
static void test_autoaccept(void **state)
{
	bench *b = *state;

	to_up(b);
	fresh(b);
	REOFFER(b, TWO_STREAMS);
	expect(b, "", "reanswer 200 ");
	SAID(b, "m=audio 0 RTP/AVP");
	ims_call_set_autoaccept(b->call, FALSE);
	REOFFER(b, TWO_STREAMS); /* the same again: refused before, so no news */
	expect(b, "", "reanswer 200 ");
	REOFFER(b, PHONE "m=audio 0 RTP/AVP 8\r\n");
	REOFFER(b, TWO_STREAMS);
	expect(b, "asked+sdp ", "reanswer 200 ");
	assert_true(ims_call_update(b->call, BROWSER_TWO, FALSE, NULL));
	expect(b, "updated ", "reanswer 200 ");
	assert_true(stream(1)->used);
	REOFFER(b, PHONE "m=audio 0 RTP/AVP 8\r\n");
	expect(b, "asked+sdp ", "");
	assert_true(ims_call_update(b->call, BROWSER BROWSER_NO_AUDIO, FALSE, NULL));
	expect(b, "updated ", "reanswer 200 ");
	assert_false(stream(1)->used);
	REOFFER(b, OTHER_PHONE PHONE_AUDIO("0")); /* directions, addresses: never */
	expect(b, "", "reanswer 200 ");
}

/* One of two goes, and the page need not know: it sends on, into nothing. */
static void test_stream_goes_alone(void **state)
{
	bench *b = *state;

	to_up(b);
	assert_true(ims_call_update(b->call, BROWSER_TWO, TRUE, NULL));
	REANSWER(b, 200, TWO_STREAMS);
	fresh(b);
	REOFFER(b, PHONE PHONE_AUDIO("0"));
	expect(b, "", "reanswer 200 ");
	SAID(b, "m=audio 0 RTP/AVP");
	assert_true(stream(0)->used);
	assert_false(stream(1)->used);
	assert_int_equal(media_made->closed, 1);
}

/* The owner hangs up, and frees, inside whatever it hears; ASan looks on. */
static void test_hangup_in_callbacks(void **state)
{
	bench *b = *state;

	to_up(b);
	fresh(b);
	b->hangs_up = TRUE;
	REOFFER(b, OTHER_CODEC);
	to_asked(b);
	fresh(b);
	b->hangs_up = TRUE;
	assert_true(ims_call_update(b->call, BROWSER, FALSE, NULL));
	expect(b, "updated ended 200 ", "reanswer 200 release[" NORMAL "] ");
	to_asked(b);
	b->hangs_up = TRUE;
	fake_clock_skip(&b->stack.clock);
	expect(b, "failed 408 ended 200 ", "reanswer 488 release[" NORMAL "] ");
	to_up(b);
	fresh(b);
	b->hangs_up = TRUE;
	REOFFER(b, PHONE "a=sendonly\r\n");
	expect(b, "peer holds ended 200 ", "reanswer 200 release[" NORMAL "] ");
	to_up(b);
	assert_true(ims_call_update(b->call, BROWSER, TRUE, NULL));
	assert_true(ims_call_hold(b->call, IMS_DIR_SENDONLY, NULL));
	fresh(b);
	b->hangs_up = TRUE;
	REANSWER(b, 200, PHONE);
	expect(b, "updated+sdp ended 200 ", "release[" NORMAL "] ");
	assert_null(b->call);
}

#define IN_BENCH(test) cmocka_unit_test_setup_teardown(test, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		IN_BENCH(test_hold),
		IN_BENCH(test_hold_fails),
		IN_BENCH(test_hold_finds_nobody),
		IN_BENCH(test_refresh),
		IN_BENCH(test_refresh_fails),
		IN_BENCH(test_nobody_is_there),
		IN_BENCH(test_glare),
		IN_BENCH(test_glare_overtaken),
		IN_BENCH(test_glare_for_ever),
		IN_BENCH(test_after_the_ack),
		IN_BENCH(test_cannot_be_sent),
		IN_BENCH(test_peer_changes),
		IN_BENCH(test_peer_holds),
		IN_BENCH(test_peer_offers_nothing),
		IN_BENCH(test_peer_answers_nothing),
		IN_BENCH(test_update),
		IN_BENCH(test_update_keeps_numbers),
		IN_BENCH(test_update_fails),
		IN_BENCH(test_update_answered_badly),
		IN_BENCH(test_bad_updates),
		IN_BENCH(test_hold_and_update),
		IN_BENCH(test_update_meets_a_change),
		IN_BENCH(test_asked),
		IN_BENCH(test_asked_bad_answer),
		IN_BENCH(test_asked_in_vain),
		IN_BENCH(test_asked_and_ended),
		IN_BENCH(test_asked_and_held),
		IN_BENCH(test_autoaccept),
		IN_BENCH(test_stream_goes_alone),
		IN_BENCH(test_hangup_in_callbacks),
	};

	return cmocka_run_group_tests_name("test_ims_change", tests, NULL, NULL);
}
