/* How long work waits: the least and the longest of a while. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/ims_lag.h"

static void assert_waits(ims_lag *lag, guint least_ms, guint longest_ms)
{
	ims_waits waits = ims_lag_take(lag);

	assert_int_equal(waits.least_ms, least_ms);
	assert_int_equal(waits.longest_ms, longest_ms);
}

static void test_least_and_longest(void **state)
{
	ims_lag lag;

	(void)state;
	ims_lag_init(&lag);
	assert_waits(&lag, 0, 0); /* nothing came, so nothing waited */
	ims_lag_note(&lag, 30000);
	ims_lag_note(&lag, 20999);
	ims_lag_note(&lag, 400000);
	assert_waits(&lag, 20, 400);
	assert_waits(&lag, 0, 0); /* a new while */
	ims_lag_note(&lag, 5000);
	assert_waits(&lag, 5, 5);
}

/* A clock that was set, or hours in a debugger. */
static void test_odd_waits(void **state)
{
	ims_lag lag;

	(void)state;
	ims_lag_init(&lag);
	ims_lag_note(&lag, -1);
	assert_waits(&lag, 0, 0);
	ims_lag_note(&lag, G_MAXINT64);
	assert_waits(&lag, (G_MAXINT - 1) / 1000, (G_MAXINT - 1) / 1000);
}

static gpointer note_many(gpointer lag)
{
	for (gint i = 1; i <= 100000; i++)
		ims_lag_note(lag, i * 1000);
	return NULL;
}

static void test_many_threads(void **state)
{
	GThread *threads[4];
	ims_lag lag;

	(void)state;
	ims_lag_init(&lag);
	for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
		threads[i] = g_thread_new("noter", note_many, &lag);
	for (guint i = 0; i < G_N_ELEMENTS(threads); i++)
		g_thread_join(threads[i]);
	assert_waits(&lag, 1, 100000);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_least_and_longest),
		cmocka_unit_test(test_odd_waits),
		cmocka_unit_test(test_many_threads),
	};

	return cmocka_run_group_tests_name("test_ims_lag", tests, NULL, NULL);
}
