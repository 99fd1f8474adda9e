/* Continuity: whatever the source does, the next packet follows the last (platform.md row 15). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "media/ims_rtp_line.h"

#define MS 1000
#define MINUTE (60000 * MS)
#define DROPPED -1
#define SKIPPED -2 /* the test lets it be skipped */

/* One packet: what comes when, and what leaves relative to the first of the stream. */
struct step {
	gint64 ms;
	guint32 ssrc;
	guint16 seq;
	guint32 timestamp;
	int seq_out; /* or DROPPED, SKIPPED */
	gint64 timestamp_out;
};

static const struct line_case {
	const char *name;
	struct step steps[8];
} cases[] = {
	{ "loss stays visible",
	  { { 0, 7, 100, 1000, 0, 0 }, { 20, 7, 101, 1160, 1, 160 }, { 60, 7, 103, 1480, 3, 480 } } },
	{ "late ones find their place",
	  { { 0, 7, 100, 1000, 0, 0 }, { 20, 7, 102, 1320, 2, 320 }, { 21, 7, 101, 1160, 1, 160 } } },
	{ "numbers and timestamps wrap",
	  { { 0, 7, 65535, 0xffffff60, 0, 0 }, { 20, 7, 0, 0, 1, 160 }, { 40, 7, 1, 160, 2, 320 } } },
	{ "another source goes on where the first was, by the time that passed",
	  { { 0, 7, 100, 1000, 0, 0 },
	    { 20, 7, 101, 1160, 1, 160 },
	    { 60, 9, 40000, 77, 2, 480 },
	    { 80, 9, 40001, 237, 3, 640 } } },
	{ "... and at least a frame further", { { 0, 7, 100, 1000, 0, 0 }, { 0, 9, 40000, 77, 1, 160 } } },
	{ "a jump ahead is believed with the second packet",
	  { { 0, 7, 100, 1000, 0, 0 },
	    { 20, 7, 30000, 9000, DROPPED, 0 },
	    { 40, 7, 30001, 9160, 1, 320 },
	    { 60, 7, 30002, 9320, 2, 480 } } },
	{ "a stray changes nothing",
	  { { 0, 7, 100, 1000, 0, 0 }, { 1, 7, 30000, 5, DROPPED, 0 }, { 20, 7, 101, 1160, 1, 160 } } },
	{ "a late one of before the change is too late",
	  { { 0, 7, 100, 1000, 0, 0 },
	    { 20, 9, 500, 77, 1, 160 },
	    { 21, 9, 499, 0, DROPPED, 0 },
	    { 40, 9, 501, 237, 2, 320 } } },
	{ "skipped packets leave no gap in numbers, but in time",
	  { { 0, 7, 100, 1000, 0, 0 },
	    { 20, 7, 101, 1160, SKIPPED, 0 },
	    { 40, 7, 102, 1320, SKIPPED, 0 },
	    { 60, 7, 103, 1480, 1, 480 },
	    { 61, 7, 102, 1320, DROPPED, 0 } } },
	{ "the source changes while skipped",
	  { { 0, 7, 100, 1000, 0, 0 }, { 20, 9, 5, 70, SKIPPED, 0 }, { 40, 9, 6, 230, 1, 320 } } },
	{ "16 minutes of hold, the source's clock ran on",
	  { { 0, 7, 100, 1000, 0, 0 }, { 960000, 7, 101, 7681000, 1, 7680000 } } },
	{ "16 minutes of hold, the source's clock stood still",
	  { { 0, 7, 100, 1000, 0, 0 },
	    { 960000, 7, 101, 1160, 1, 7680000 },
	    { 960020, 7, 102, 1320, 2, 7680160 } } },
	{ "16 minutes of hold, 48000 packets counted meanwhile",
	  { { 0, 7, 100, 1000, 0, 0 },
	    { 959980, 7, 48100, 7681000, DROPPED, 0 },
	    { 960000, 7, 48101, 7681160, 1, 7680000 } } },
	{ "a pause of comfort noise is not mended",
	  { { 0, 7, 100, 1000, 0, 0 }, { 4000, 7, 101, 33100, 1, 32100 } } },
	{ "jitter is not mended", { { 0, 7, 100, 1000, 0, 0 }, { 900, 7, 101, 1160, 1, 160 } } },
};

static void run(const struct line_case *c, ims_rtp_line *line, gint64 start_us)
{
	ims_rtp_header first = { 0 };

	for (const struct step *s = c->steps; s->ssrc; s++) {
		ims_rtp_header h = { .ssrc = s->ssrc, .seq = s->seq, .timestamp = s->timestamp };
		gboolean passed;

		if (s->seq_out == SKIPPED) {
			ims_rtp_line_skip(line, &h);
			continue;
		}
		passed = ims_rtp_line_pass(line, &h, start_us + s->ms * MS);
		if (passed != (s->seq_out != DROPPED))
			fail_msg("%s: %d ms: passed %d", c->name, (int)s->ms, passed);
		if (!passed)
			continue;
		if (s == c->steps)
			first = h;
		if ((guint16)(h.seq - first.seq) != s->seq_out ||
		    h.timestamp - first.timestamp != (guint32)s->timestamp_out)
			fail_msg("%s: %d ms: number %d, time %d", c->name, (int)s->ms,
				 (guint16)(h.seq - first.seq), (int)(h.timestamp - first.timestamp));
	}
}

static void test_of_our_own(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		ims_rtp_line line;

		ims_rtp_line_start(&line, 8000, 65534, 0xfffffff0, 5 * MINUTE);
		run(&cases[i], &line, 5 * MINUTE);
	}
}

static void test_following(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		ims_rtp_line line;

		ims_rtp_line_follow(&line, 8000);
		run(&cases[i], &line, 5 * MINUTE);
	}
}

static void test_first_numbers(void **state)
{
	ims_rtp_header h = { .ssrc = 7, .seq = 100, .timestamp = 1000 };
	ims_rtp_line line;

	(void)state;
	ims_rtp_line_start(&line, 8000, 42, 5000, 0);
	assert_true(ims_rtp_line_pass(&line, &h, 1000 * MS));
	assert_int_equal(h.seq, 42);
	assert_int_equal(h.timestamp, 5000 + 8000);

	h = (ims_rtp_header){ .ssrc = 7, .seq = 100, .timestamp = 1000 };
	ims_rtp_line_follow(&line, 8000);
	assert_true(ims_rtp_line_pass(&line, &h, 1000 * MS));
	assert_int_equal(h.seq, 100);
	assert_int_equal(h.timestamp, 1000);
}

/* Packets of our own take numbers; the speech behind them keeps its clock. */
static void test_insert(void **state)
{
	ims_rtp_header h = { .ssrc = 7, .seq = 100, .timestamp = 1000 };
	ims_rtp_line line;

	(void)state;
	ims_rtp_line_start(&line, 8000, 10, 0, 0);
	assert_int_equal(ims_rtp_line_insert(&line), 10);
	assert_int_equal(ims_rtp_line_insert(&line), 11);
	ims_rtp_line_pass(&line, &h, 100 * MS);
	assert_int_equal(h.seq, 12);
	assert_int_equal(h.timestamp, 800);
	assert_int_equal(ims_rtp_line_clock(&line, 150 * MS), 1200);
	assert_int_equal(ims_rtp_line_insert(&line), 13);
	h = (ims_rtp_header){ .ssrc = 7, .seq = 105, .timestamp = 1800 };
	ims_rtp_line_pass(&line, &h, 200 * MS);
	assert_int_equal(h.seq, 14);
	assert_int_equal(h.timestamp, 1600);
}

static void test_losses_of_all_sources(void **state)
{
	static const guint32 packets[][2] = { { 7, 1 }, { 7, 3 }, { 9, 10 }, { 9, 13 }, { 9, 14 } };
	ims_rtp_line line;

	(void)state;
	ims_rtp_line_follow(&line, 8000);
	assert_int_equal(ims_rtp_line_lost(&line), 0);
	for (gsize i = 0; i < G_N_ELEMENTS(packets); i++) {
		ims_rtp_header h = { .ssrc = packets[i][0], .seq = (guint16)packets[i][1] };

		ims_rtp_line_pass(&line, &h, 0);
	}
	assert_int_equal(ims_rtp_line_lost(&line), 1 + 2);
}

static void test_clock_of_a_month(void **state)
{
	ims_rtp_line line;

	(void)state;
	ims_rtp_line_start(&line, 192000, 0, 0, 0);
	assert_int_equal(ims_rtp_line_clock(&line, G_GINT64_CONSTANT(30) * 24 * 60 * MINUTE),
			 (guint32)(G_GUINT64_CONSTANT(2592000) * 192000));
	assert_int_equal(ims_rtp_line_clock(&line, -5), 0); /* time does not run backwards */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_of_our_own),
		cmocka_unit_test(test_following),
		cmocka_unit_test(test_first_numbers),
		cmocka_unit_test(test_insert),
		cmocka_unit_test(test_losses_of_all_sources),
		cmocka_unit_test(test_clock_of_a_month),
	};

	return cmocka_run_group_tests_name("test_ims_rtp_line", tests, NULL, NULL);
}
