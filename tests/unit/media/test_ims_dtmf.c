/* RFC 4733 events, packet by packet (REQ-123). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "media/ims_dtmf.h"

/* One letter for each tick: B first packet, u update, e end, . silence. */
static char *play(ims_dtmf *dtmf, guint ticks, guint16 *ret_durations, guint8 *ret_events)
{
	GString *out = g_string_new(NULL);
	guint n = 0;

	for (guint i = 0; i < ticks; i++) {
		ims_dtmf_packet p;

		if (!ims_dtmf_tick(dtmf, &p)) {
			g_string_append_c(out, '.');
			continue;
		}
		g_string_append_c(out, p.begins ? 'B' : p.payload[1] & 0x80 ? 'e' : 'u');
		assert_int_equal(p.payload[1] & 0x40, 0); /* R bit */
		assert_int_equal(p.payload[1] & 0x3f, 10);
		ret_durations[n] = (guint16)(p.payload[2] << 8 | p.payload[3]);
		ret_events[n++] = p.payload[0];
	}
	return g_string_free(out, FALSE);
}

static const struct dtmf_case {
	guint clock_hz, duration_ms;
	const char *ticks;
	guint16 durations[12];
} cases[] = {
	{ 8000, 100, "Buuueee..", { 160, 320, 480, 640, 800, 800, 800 } },
	{ 8000, 40, "Beee..", { 160, 320, 320, 320 } },
	{ 8000, 50, "Bueee..", { 160, 320, 400, 400, 400 } }, /* the last step is shorter */
	{ 8000, 60, "Bueee..", { 160, 320, 480, 480, 480 } },
	{ 16000, 60, "Bueee..", { 320, 640, 960, 960, 960 } }, /* with AMR-WB */
	{ 48000, 60, "Bueee..", { 960, 1920, 2880, 2880, 2880 } },
};

static void test_packets(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		const struct dtmf_case *c = &cases[i];
		guint ticks = (guint)strlen(c->ticks);
		guint16 durations[16];
		guint8 events[16];
		g_autofree char *played = NULL;
		ims_dtmf dtmf;

		ims_dtmf_init(&dtmf, c->clock_hz);
		assert_true(ims_dtmf_is_idle(&dtmf));
		assert_true(ims_dtmf_push(&dtmf, 11, c->duration_ms));
		assert_true(ims_dtmf_is_sounding(&dtmf));
		played = play(&dtmf, ticks, durations, events);
		assert_string_equal(played, c->ticks);
		assert_true(ims_dtmf_is_idle(&dtmf));
		for (guint k = 0; k < ticks - 2; k++) {
			assert_int_equal(durations[k], c->durations[k]);
			assert_int_equal(events[k], 11);
		}
	}
}

static void test_bytes(void **state)
{
	static const guint8 first[] = { 5, 0x0a, 0x00, 0xa0 }, last[] = { 5, 0x8a, 0x01, 0x40 };
	ims_dtmf_packet p;
	ims_dtmf dtmf;

	(void)state;
	ims_dtmf_init(&dtmf, 8000);
	ims_dtmf_push(&dtmf, 5, 40);
	assert_true(ims_dtmf_tick(&dtmf, &p));
	assert_true(p.begins);
	assert_int_equal(p.offset, 0);
	assert_memory_equal(p.payload, first, 4);
	for (guint i = 0; i < 3; i++) {
		assert_true(ims_dtmf_tick(&dtmf, &p));
		assert_false(p.begins);
		assert_memory_equal(p.payload, last, 4);
	}
	assert_false(ims_dtmf_tick(&dtmf, &p));
}

static void test_one_after_the_other(void **state)
{
	guint16 durations[32];
	guint8 events[32];
	g_autofree char *played = NULL;
	ims_dtmf dtmf;

	(void)state;
	ims_dtmf_init(&dtmf, 8000);
	ims_dtmf_push(&dtmf, 1, 40);
	ims_dtmf_push(&dtmf, 2, 60);
	played = play(&dtmf, 14, durations, events);
	assert_string_equal(played, "Beee..Bueee...");
	assert_int_equal(events[3], 1);
	assert_int_equal(events[4], 2);
}

/* A digit that comes in the pause waits for its end; speech may run in it. */
static void test_in_the_pause(void **state)
{
	guint16 durations[32];
	guint8 events[32];
	g_autofree char *first = NULL, *second = NULL;
	ims_dtmf dtmf;

	(void)state;
	ims_dtmf_init(&dtmf, 8000);
	ims_dtmf_push(&dtmf, 1, 40);
	first = play(&dtmf, 5, durations, events);
	assert_string_equal(first, "Beee.");
	assert_false(ims_dtmf_is_sounding(&dtmf));
	assert_false(ims_dtmf_is_idle(&dtmf));
	ims_dtmf_push(&dtmf, 1, 40);
	second = play(&dtmf, 7, durations, events);
	assert_string_equal(second, ".Beee..");
}

/* 2.5.1.3: six seconds are more than 16 bits at 16 kHz and above: segments that join. */
static void test_segments(void **state)
{
	static const guint clocks[] = { 8000, 16000, 48000, 192000 };

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(clocks); i++) {
		guint32 end = 0, step = clocks[i] / 50;
		ims_dtmf_packet p;
		ims_dtmf dtmf;

		ims_dtmf_init(&dtmf, clocks[i]);
		ims_dtmf_push(&dtmf, 0, IMS_DTMF_MAX_MS);
		for (guint tick = 1; tick <= 300; tick++) {
			guint32 duration;

			assert_true(ims_dtmf_tick(&dtmf, &p));
			duration = (guint32)(p.payload[2] << 8 | p.payload[3]);
			assert_int_equal(p.offset + duration, tick * step);
			assert_true(p.offset == 0 || p.offset <= end);
			end = p.offset + duration;
			assert_int_equal(p.begins, tick == 1);
			assert_int_equal(p.payload[1] & 0x80, tick == 300 ? 0x80 : 0);
		}
	}
}

static void test_queue_is_bounded(void **state)
{
	ims_dtmf dtmf;

	(void)state;
	ims_dtmf_init(&dtmf, 8000);
	for (guint i = 0; i < IMS_DTMF_QUEUE; i++)
		assert_true(ims_dtmf_push(&dtmf, 1, 40));
	assert_false(ims_dtmf_push(&dtmf, 1, 40));
}

static void test_events(void **state)
{
	static const char digits[] = "0123456789*#ABCD";

	(void)state;
	for (int i = 0; digits[i]; i++) {
		assert_int_equal(ims_dtmf_event(digits[i]), i);
		assert_int_equal(ims_dtmf_event(g_ascii_tolower(digits[i])), i);
	}
	for (int c = 0; c < 256; c++)
		if (c == 0 || !strchr("0123456789*#ABCDabcd", c))
			assert_int_equal(ims_dtmf_event((char)c), -1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_packets),
		cmocka_unit_test(test_bytes),
		cmocka_unit_test(test_one_after_the_other),
		cmocka_unit_test(test_in_the_pause),
		cmocka_unit_test(test_segments),
		cmocka_unit_test(test_queue_is_bounded),
		cmocka_unit_test(test_events),
	};

	return cmocka_run_group_tests_name("test_ims_dtmf", tests, NULL, NULL);
}
