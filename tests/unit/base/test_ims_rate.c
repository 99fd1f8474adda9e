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

static void test_per_second(void **state)
{
	ims_rate rate;

	(void)state;
	ims_rate_init_per_second(&rate, 50, 1000);
	assert_int_equal(taken(&rate, 500, 1000), 50); /* a second's worth at once */
	assert_int_equal(taken(&rate, 10, 1019), 0);
	assert_int_equal(taken(&rate, 10, 1020), 1); /* then one each 20 ms */
	assert_int_equal(ims_rate_wait_s(&rate, 1020), 1);
	assert_int_equal(taken(&rate, 500, 60000), 50); /* and never more than the bucket holds */
	ims_rate_init_per_second(&rate, 0, 0);
	assert_int_equal(taken(&rate, 1000, 0), 1000);
	ims_rate_init_per_second(&rate, 200, 0);
	assert_int_equal(taken(&rate, 201, 0), 100);
	ims_rate_init_per_second(&rate, 1000, 0);
	assert_int_equal(taken(&rate, 1001, 0), 250); /* a quarter, or else one second would bring twice the limit */
	assert_int_equal(taken(&rate, 1001, 100), 100);
	ims_rate_init_per_second(&rate, 1000000, 0);
	assert_int_equal(taken(&rate, 1000001, 0), 250000);
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

static void test_waiting(void **state)
{
	ims_rate rate, none;

	(void)state;
	ims_rate_init(&rate, 6, 1000);
	ims_rate_init(&none, 0, 1000);
	assert_int_equal(ims_rate_wait_s(&rate, 1000), 0);
	assert_int_equal(taken(&rate, 6, 1000), 6);
	assert_int_equal(ims_rate_wait_s(&rate, 1000), 10); /* one each ten seconds */
	assert_int_equal(ims_rate_wait_s(&rate, 1001), 10); /* never less than it takes */
	assert_int_equal(ims_rate_wait_s(&rate, 2000), 9);
	assert_int_equal(ims_rate_wait_s(&rate, 11000), 0);
	assert_true(ims_rate_take(&rate, 11000));
	assert_int_equal(ims_rate_wait_s(&none, 1000), 0);
}

static void test_giving_back(void **state)
{
	ims_rate rate;

	(void)state;
	ims_rate_init(&rate, 2, 0);
	ims_rate_give(&rate);
	assert_int_equal(taken(&rate, 5, 0), 2); /* never more than the bucket holds */
	assert_false(ims_rate_is_full(&rate, 0));
	ims_rate_give(&rate);
	assert_int_equal(taken(&rate, 5, 0), 1);
	ims_rate_give(&rate);
	ims_rate_give(&rate);
	assert_true(ims_rate_is_full(&rate, 0));
	assert_int_equal(taken(&rate, 5, 0), 2);
	assert_false(ims_rate_is_full(&rate, 59999));
	assert_true(ims_rate_is_full(&rate, 60000));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_burst_and_refill), cmocka_unit_test(test_per_second),
		cmocka_unit_test(test_no_limit),         cmocka_unit_test(test_time_stands),
		cmocka_unit_test(test_largest),          cmocka_unit_test(test_waiting),
		cmocka_unit_test(test_giving_back),
	};

	return cmocka_run_group_tests_name("test_ims_rate", tests, NULL, NULL);
}
