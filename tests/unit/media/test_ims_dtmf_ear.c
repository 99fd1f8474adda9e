/* Keys of the far end: each press is told once, whatever is lost, late or repeated. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>

#include "media/ims_dtmf_ear.h"

#define E 0x80

typedef struct {
	guint32 timestamp;
	int event; /* -1: speech */
	guint8 flags;
	guint16 duration;
} packet;

static const struct story {
	const char *name;
	packet packets[10];
	const char *told; /* "5/100 " for each */
} stories[] = {
	{ "a press, its end three times",
	  { { 100, 5, 0, 160 },
	    { 100, 5, 0, 320 },
	    { 100, 5, E, 800 },
	    { 100, 5, E, 800 },
	    { 100, 5, E, 800 } },
	  "5/100 " },
	{ "only one end arrives", { { 100, 5, E, 800 } }, "5/100 " },
	{ "twice the same key",
	  { { 100, 5, E, 800 }, { 100, 5, E, 800 }, { 2000, 5, 0, 160 }, { 2000, 5, E, 400 } },
	  "5/100 5/50 " },
	{ "its end is lost, speech follows",
	  { { 100, 11, 0, 160 },
	    { 100, 11, 0, 800 },
	    { 500, -1, 0, 0 },
	    { 1000, -1, 0, 0 },
	    { 1160, -1, 0, 0 } },
	  "11/100 " },
	{ "its end is lost, the next key follows",
	  { { 100, 1, 0, 400 }, { 2000, 2, 0, 160 }, { 2000, 2, E, 800 } },
	  "1/50 2/100 " },
	{ "the next one is one packet, and its repetition",
	  { { 100, 1, 0, 400 }, { 2000, 2, E, 800 }, { 2000, 2, E, 800 } },
	  "1/50 2/100 " },
	{ "late packets of the one before",
	  { { 100, 1, E, 400 }, { 2000, 2, 0, 160 }, { 100, 1, E, 400 }, { 2000, 2, E, 800 } },
	  "1/50 2/100 " },
	{ "packets of one press out of order",
	  { { 100, 3, 0, 160 }, { 100, 3, E, 800 }, { 100, 3, 0, 640 }, { 100, 3, E, 800 } },
	  "3/100 " },
	{ "a long press in segments",
	  { { 100, 7, 0, 65535 }, { 65635, 7, 0, 160 }, { 65635, 7, E, 14465 } },
	  "7/10000 " },
	{ "the clock wraps",
	  { { 0xffffff00, 9, 0, 160 }, { 0xffffff00, 9, E, 800 }, { 700, 8, E, 400 } },
	  "9/100 8/50 " },
	{ "what is no key", { { 100, 16, E, 800 }, { 2000, 255, E, 800 } }, "" },
	{ "speech alone", { { 100, -1, 0, 0 }, { 260, -1, 0, 0 } }, "" },
};

static void test_stories(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(stories); i++) {
		g_autoptr(GString) told = g_string_new(NULL);
		ims_dtmf_ear ear = { 0 };

		for (const packet *p = stories[i].packets; p->timestamp; p++) {
			const guint8 payload[] = { (guint8)p->event, p->flags | 10,
						   (guint8)(p->duration >> 8), (guint8)p->duration };
			ims_dtmf_digit digit;
			gboolean over = p->event < 0 ? ims_dtmf_ear_other(&ear, p->timestamp, &digit)
						     : ims_dtmf_ear_event(&ear, 8000, p->timestamp, payload,
									  sizeof(payload), &digit);

			if (over)
				g_string_append_printf(told, "%u/%u ", digit.event, digit.duration_ms);
		}
		if (strcmp(told->str, stories[i].told) != 0)
			fail_msg("%s: %s", stories[i].name, told->str);
	}
}

static void test_cut_packets(void **state)
{
	const guint8 payload[] = { 5, E, 3, 32 };
	ims_dtmf_ear ear = { 0 };
	ims_dtmf_digit digit;

	(void)state;
	for (gsize length = 0; length < sizeof(payload); length++)
		assert_false(ims_dtmf_ear_event(&ear, 8000, 1, payload, length, &digit));
	assert_true(ims_dtmf_ear_event(&ear, 16000, 1, payload, sizeof(payload), &digit));
	assert_int_equal(digit.duration_ms, 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_stories),
					    cmocka_unit_test(test_cut_packets) };

	return cmocka_run_group_tests_name("test_ims_dtmf_ear", tests, NULL, NULL);
}
