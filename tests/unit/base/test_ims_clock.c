/* Timers: they fire once an arming, and may do what they like to themselves when they fire. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "../fake_clock.h"

typedef struct {
	fake_clock clock;
	ims_timer timer;
	guint fired;
	gint64 again_ms;       /* re-arms itself in its callback; 0: no */
	gboolean stops, frees; /* ... stops, or frees itself there */
	ims_timer *heap;
} bench;

static void on_fire(gpointer user)
{
	bench *b = user;

	b->fired++;
	assert_false(ims_timer_is_armed(&b->timer)); /* the arming is used up */
	if (b->again_ms)
		ims_timer_arm(&b->timer, b->again_ms);
	if (b->stops)
		ims_timer_stop(&b->timer);
	if (b->frees)
		g_clear_pointer(&b->heap, g_free);
}

static int start(void **state)
{
	bench *b = g_new0(bench, 1);

	fake_clock_init(&b->clock);
	ims_timer_init(&b->timer, &b->clock.clock, on_fire, b);
	*state = b;
	return 0;
}

static int end(void **state)
{
	bench *b = *state;

	ims_timer_stop(&b->timer);
	fake_clock_clear(&b->clock);
	g_free(b);
	return 0;
}

static void test_fires_once(void **state)
{
	bench *b = *state;

	assert_false(ims_timer_is_armed(&b->timer));
	ims_timer_arm(&b->timer, 100);
	assert_true(ims_timer_is_armed(&b->timer));
	fake_clock_pass_ms(&b->clock, 99);
	assert_int_equal(b->fired, 0);
	fake_clock_pass_ms(&b->clock, 1);
	assert_int_equal(b->fired, 1);
	assert_false(ims_timer_is_armed(&b->timer));
	fake_clock_pass_ms(&b->clock, 10000);
	assert_int_equal(b->fired, 1);
}

static void test_rearmed(void **state)
{
	bench *b = *state;

	ims_timer_arm(&b->timer, 100);
	fake_clock_pass_ms(&b->clock, 50);
	ims_timer_arm(&b->timer, 100); /* replaces it */
	assert_int_equal(b->clock.armed->len, 1);
	fake_clock_pass_ms(&b->clock, 99);
	assert_int_equal(b->fired, 0);
	fake_clock_pass_ms(&b->clock, 1);
	assert_int_equal(b->fired, 1);
}

static void test_stopped(void **state)
{
	bench *b = *state;

	ims_timer_stop(&b->timer);
	ims_timer_arm(&b->timer, 100);
	ims_timer_stop(&b->timer);
	ims_timer_stop(&b->timer);
	assert_false(ims_timer_is_armed(&b->timer));
	fake_clock_pass_ms(&b->clock, 1000);
	assert_int_equal(b->fired, 0);
	ims_timer_arm(&b->timer, 1); /* it is as new */
	fake_clock_pass_ms(&b->clock, 1);
	assert_int_equal(b->fired, 1);
}

static void test_never_initialised(void **state)
{
	ims_timer zero = { 0 };

	(void)state;
	ims_timer_stop(&zero);
	assert_false(ims_timer_is_armed(&zero));
}

static void test_past(void **state)
{
	bench *b = *state;

	ims_timer_arm(&b->timer, -5);
	assert_int_equal(fake_clock_left_ms(&b->clock), 0);
	fake_clock_pass_ms(&b->clock, 0);
	assert_int_equal(b->fired, 1);
	ims_timer_arm(&b->timer, G_MININT64);
	fake_clock_pass_ms(&b->clock, 0);
	assert_int_equal(b->fired, 2);
}

static void test_rearms_itself(void **state)
{
	bench *b = *state;

	b->again_ms = 10;
	ims_timer_arm(&b->timer, 10);
	fake_clock_pass_ms(&b->clock, 100);
	assert_int_equal(b->fired, 10);
	assert_true(ims_timer_is_armed(&b->timer));
	b->stops = TRUE; /* re-armed and stopped, both inside */
	fake_clock_pass_ms(&b->clock, 100);
	assert_int_equal(b->fired, 11);
	assert_false(ims_timer_is_armed(&b->timer));
}

/* ASan: nothing is written into a timer after its callback. */
static void test_frees_itself(void **state)
{
	bench *b = *state;

	b->heap = g_new0(ims_timer, 1);
	ims_timer_init(b->heap, &b->clock.clock, on_fire, b);
	b->frees = TRUE;
	ims_timer_arm(b->heap, 10);
	fake_clock_pass_ms(&b->clock, 10);
	assert_int_equal(b->fired, 1);
	assert_null(b->heap);
}

static void test_now(void **state)
{
	bench *b = *state;
	gint64 before = ims_clock_now_ms(&b->clock.clock);

	fake_clock_pass_ms(&b->clock, 1234);
	assert_true(ims_clock_now_ms(&b->clock.clock) == before + 1234);
}

#define IN_BENCH(test) cmocka_unit_test_setup_teardown(test, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_BENCH(test_fires_once),   IN_BENCH(test_rearmed),
		IN_BENCH(test_stopped),      cmocka_unit_test(test_never_initialised),
		IN_BENCH(test_past),         IN_BENCH(test_rearms_itself),
		IN_BENCH(test_frees_itself), IN_BENCH(test_now),
	};

	return cmocka_run_group_tests_name("test_ims_clock", tests, NULL, NULL);
}
