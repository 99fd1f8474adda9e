/* How often something may happen. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/ims_rate.h"

static guint taken(ims_rate *rate, guint tries, gint64 now_ms)
{
	guint count = 0;

	while (tries--)
		count += ims_rate_take(rate, now_ms) ? 1 : 0;
	return count;
}

static void test_burst_and_refill(void **state)
{
	ims_rate rate;

	(void)state;
	ims_rate_init(&rate, 120, 1000);
	assert_int_equal(taken(&rate, 500, 1000), 120); /* a minute's worth at once */
	assert_int_equal(taken(&rate, 10, 1499), 0);
	assert_int_equal(taken(&rate, 10, 1500), 1); /* then one each half second */
	assert_int_equal(taken(&rate, 10, 3000), 3);
	assert_int_equal(taken(&rate, 500, 3000 + 3600 * 1000),
			 120); /* and never more than the bucket holds */
}

static void test_no_limit(void **state)
{
	ims_rate rate;

	(void)state;
	ims_rate_init(&rate, 0, 0);
	assert_int_equal(taken(&rate, 100000, 0), 100000);
}

/* A clock that stands, or is asked out of order, gives nothing and breaks nothing. */
static void test_time_stands(void **state)
{
	ims_rate rate;

	(void)state;
	ims_rate_init(&rate, 1, 5000);
	assert_int_equal(taken(&rate, 3, 5000), 1);
	assert_int_equal(taken(&rate, 3, 4000), 0);
	assert_int_equal(taken(&rate, 3, G_MAXINT64), 1);
}

static void test_largest(void **state)
{
	ims_rate rate;

	(void)state;
	ims_rate_init(&rate, G_MAXUINT, 0);
	assert_true(ims_rate_take(&rate, 0));
	assert_true(ims_rate_take(&rate, 60000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_burst_and_refill),
		cmocka_unit_test(test_no_limit),
		cmocka_unit_test(test_time_stands),
		cmocka_unit_test(test_largest),
	};

	return cmocka_run_group_tests_name("test_ims_rate", tests, NULL, NULL);
}
