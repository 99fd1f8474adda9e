/* Which share of new work is let in while work waits too long. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/ims_overload.h"

static guint let_in(ims_overload *o, guint tries)
{
	guint count = 0;

	while (tries--)
		count += ims_overload_lets_in(o) ? 1 : 0;
	return count;
}

static void test_all_are_let_in(void **state)
{
	ims_overload o;

	(void)state;
	ims_overload_init(&o, 250);
	for (guint i = 0; i < 100; i++)
		assert_false(ims_overload_look(&o, 250));
	assert_int_equal(let_in(&o, 1000), 1000);
	assert_false(ims_overload_is_on(&o));
}

/* A thread that was not let run for once is no overload. */
static void test_once_is_nothing(void **state)
{
	ims_overload o;

	(void)state;
	ims_overload_init(&o, 250);
	for (guint i = 0; i < 100; i++) {
		assert_false(ims_overload_look(&o, 5000));
		assert_false(ims_overload_look(&o, 0));
	}
	assert_int_equal(let_in(&o, 1000), 1000);
}

static void test_less_and_more(void **state)
{
	ims_overload o;
	guint looks = 0;

	(void)state;
	ims_overload_init(&o, 250);
	assert_false(ims_overload_look(&o, 251));
	assert_true(ims_overload_look(&o, 251)); /* it begins */
	assert_false(ims_overload_look(&o, 251));
	assert_int_equal(o.share, 640);
	let_in(&o, 10); /* what was saved up */
	assert_in_range(let_in(&o, 1000), 639, 641);
	while (!ims_overload_look(&o, 0))
		looks++;
	assert_int_equal(looks, 14); /* of 100 ms: then it is over */
	assert_int_equal(let_in(&o, 1000), 1000);
}

static void test_never_nobody(void **state)
{
	ims_overload o;

	(void)state;
	ims_overload_init(&o, 1);
	for (guint i = 0; i < 1000; i++)
		ims_overload_look(&o, G_MAXUINT);
	let_in(&o, 100);
	assert_in_range(let_in(&o, 1000), 19, 21);
}

/* Not in bursts: of those that are let in no two follow each other, when it is less than half. */
static void test_evenly(void **state)
{
	ims_overload o;
	gboolean before = TRUE;

	(void)state;
	ims_overload_init(&o, 1);
	while (o.share > 500)
		ims_overload_look(&o, 2);
	let_in(&o, 10);
	for (guint i = 0; i < 1000; i++) {
		gboolean now = ims_overload_lets_in(&o);

		assert_false(i > 0 && before && now);
		before = now;
	}
}

static void test_off(void **state)
{
	ims_overload o;

	(void)state;
	ims_overload_init(&o, 0);
	for (guint i = 0; i < 10; i++)
		assert_false(ims_overload_look(&o, 100000));
	assert_int_equal(let_in(&o, 1000), 1000);
}

/* A server that can do 1000 in a second and is offered 3000, in steps of an interval: what waits stays near
 * the limit, and little of what it can do is lost. */
static void test_in_a_loop(void **state)
{
	const guint each_look = 100, offered = 300;
	guint waiting = 0, done = 0, longest = 0;
	ims_overload o;

	(void)state;
	ims_overload_init(&o, 250);
	for (guint i = 0; i < 600; i++) {
		guint served = MIN(waiting += let_in(&o, offered), each_look);

		waiting -= served;
		if (i >= 100) {
			done += served;
			longest = MAX(longest, waiting);
		}
		ims_overload_look(&o, waiting); /* each waits a millisecond for each before it */
	}
	assert_in_range(done, 45000, 50000);
	assert_in_range(longest, 250, 700);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_are_let_in), cmocka_unit_test(test_once_is_nothing),
		cmocka_unit_test(test_less_and_more),  cmocka_unit_test(test_never_nobody),
		cmocka_unit_test(test_evenly),         cmocka_unit_test(test_off),
		cmocka_unit_test(test_in_a_loop),
	};

	return cmocka_run_group_tests_name("test_ims_overload", tests, NULL, NULL);
}
