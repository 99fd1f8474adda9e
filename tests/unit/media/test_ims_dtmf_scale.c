/* Events from one clock to another (REQ-123). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "media/ims_dtmf_scale.h"

static void test_packets(void **state)
{
	static const struct {
		guint from_hz, to_hz;
		guint32 timestamp;
		guint8 event;
		guint16 duration;
		guint32 to_timestamp;
		guint16 to_duration;
	} rows[] = {
		{ 48000, 8000, 1000, 5, 960, 1000, 160 },
		{ 48000, 8000, 1000, 5, 4800, 1000, 800 },
		{ 48000, 8000, 9000, 5, 960, 9000, 160 }, /* the same key again */
		/* a long press in segments is one press */
		{ 48000, 8000, 20000, 7, 65535, 20000, 10922 },
		{ 48000, 8000, 85535, 7, 960, 20000, 11082 },
		{ 48000, 8000, 85535, 7, 65535, 20000, 21845 },
		{ 48000, 8000, 151070, 7, 14465, 20000, 24255 },
		{ 48000, 8000, 300000, 7, 960, 300000, 160 },
		/* the other way: as long as 16 bits can say */
		{ 8000, 48000, 400000, 1, 800, 400000, 4800 },
		{ 8000, 48000, 400000, 1, 20000, 400000, 65535 },
		{ 16000, 8000, 500000, 2, 320, 500000, 160 },
	};
	ims_dtmf_scale scale = { 0 };

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		guint8 payload[] = { rows[i].event, 0x8a, (guint8)(rows[i].duration >> 8),
				     (guint8)rows[i].duration };
		guint32 timestamp = rows[i].timestamp;

		ims_dtmf_scale_packet(&scale, rows[i].from_hz, rows[i].to_hz, &timestamp, payload);
		if (timestamp != rows[i].to_timestamp ||
		    (payload[2] << 8 | payload[3]) != rows[i].to_duration)
			fail_msg("row %zu: %u %u", i, timestamp, payload[2] << 8 | payload[3]);
		assert_int_equal(payload[1], 0x8a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_packets) };

	return cmocka_run_group_tests_name("test_ims_dtmf_scale", tests, NULL, NULL);
}
