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
	assert_int_equal(o.share, 800); /* what was changed has to show */
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

/* A server that can do 1000 in a second and is offered more, in steps of an interval. What is let in is work
 * some steps later. ret_longest_ms: wait. -> how much of what it can do it has done, in thousandths */
static guint done_by(guint offered, guint steps_later, guint *ret_longest_ms)
{
	const guint each_look = 100, looks = 800, begin = 100;
	guint waiting = 0, done = 0, coming[8] = { 0 };
	ims_overload o;

	ims_overload_init(&o, 250);
	*ret_longest_ms = 0;
	for (guint i = 0; i < looks; i++) {
		guint served;

		coming[(i + steps_later) % 8] = let_in(&o, offered);
		waiting += coming[i % 8];
		served = MIN(waiting, each_look);
		waiting -= served;
		if (i >= begin) {
			done += served;
			*ret_longest_ms = MAX(*ret_longest_ms, waiting);
		}
		ims_overload_look(&o, waiting); /* each waits a millisecond for each before it */
	}
	return done * 1000 / (each_look * (looks - begin));
}

/* What waits stays near the limit, and little of what can be done is lost. */
static void test_in_a_loop(void **state)
{
	guint longest_ms;

	(void)state;
	for (guint offered = 120; offered <= 520; offered += 80) {
		assert_in_range(done_by(offered, 0, &longest_ms), 950, 1000);
		assert_in_range(longest_ms, 200, 700);
	}
	assert_in_range(done_by(200, 3, &longest_ms), 850, 1000);
	assert_in_range(longest_ms, 200, 900);
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
