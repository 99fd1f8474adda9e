/* The estimate of how good speech is: what is known of the E-model, and that it falls as it should. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "media/ims_quality.h"

static guint hundredths(const char *codec, double loss, guint jitter_ms, guint round_trip_ms)
{
	const ims_quality quality = { codec, loss, jitter_ms, round_trip_ms };

	return (guint)(100 * ims_quality_mos(&quality) + 0.5);
}

static void test_values(void **state)
{
	(void)state;
	/* G.711 without trouble: R about 92, MOS 4.4 (G.107 annex B) */
	assert_in_range(hundredths("PCMU", 0, 0, 0), 435, 442);
	/* 400 ms one way is what G.114 warns of */
	assert_in_range(hundredths("PCMA", 0, 0, 800), 270, 370);
	/* G.711 with concealment at 5 % loss: R about 77, MOS 3.9 */
	assert_in_range(hundredths("PCMU", 0.05, 0, 0), 365, 400);
	/* all is lost */
	assert_in_range(hundredths("PCMU", 1, 0, 0), 100, 150);
	assert_in_range(hundredths("opus", 1, 100000, 4000000), 100, 100);
}

static void test_more_trouble_is_worse(void **state)
{
	static const char *const codecs[] = { "PCMU", "G722", "opus", "AMR", "AMR-WB", "EVS", "something" };

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(codecs); i++) {
		for (guint step = 0; step < 20; step++) {
			guint now = hundredths(codecs[i], step * 0.02, step * 10, step * 40);
			guint next = hundredths(codecs[i], (step + 1) * 0.02, step * 10 + 10, step * 40 + 40);

			assert_true(next <= now);
			assert_in_range(now, 100, 450);
		}
	}
	assert_int_equal(hundredths("PCMU", -1, 0, 0), hundredths("pcmu", 0, 0, 0));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_values),
					    cmocka_unit_test(test_more_trouble_is_worse) };

	return cmocka_run_group_tests_name("test_ims_quality", tests, NULL, NULL);
}
