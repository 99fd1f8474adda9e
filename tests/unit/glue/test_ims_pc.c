/* What may be offered when, and whose end an end is. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "glue/ims_pc.h"

static int start(void **state)
{
	ims_pc *pc = g_new0(ims_pc, 1);

	ims_pc_init(pc);
	*state = pc;
	return 0;
}

static int stop(void **state)
{
	ims_pc_clear(*state);
	g_free(*state);
	return 0;
}

static void nothing_is_closed_twice(void **state)
{
	ims_pc *pc = *state;

	ims_pc_order_close(pc);
	assert_false(ims_pc_start_closing(pc)); /* there is none */
	ims_pc_offered(pc);
	ims_pc_order_close(pc);
	assert_true(ims_pc_start_closing(pc));
	ims_pc_order_close(pc);
	assert_false(ims_pc_start_closing(pc));
	assert_false(ims_pc_ended(pc)); /* as we asked */
	assert_true(ims_pc_may_offer(pc, FALSE));
}

static void it_ends_by_itself(void **state)
{
	ims_pc *pc = *state;

	assert_false(ims_pc_opened(pc));
	assert_true(ims_pc_ended(pc));
}

static void expect_may_offer(ims_pc *pc, gboolean anew, gboolean amends)
{
	assert_int_equal(ims_pc_may_offer(pc, FALSE), anew);
	assert_int_equal(ims_pc_may_offer(pc, TRUE), amends);
}

/* From the order on, which waits behind what the client is told. Afterwards there is none that an offer on
 * its way could have changed. */
static void no_offer_while_it_is_closed(void **state)
{
	ims_pc *pc = *state;

	expect_may_offer(pc, TRUE, FALSE);
	ims_pc_offered(pc);
	expect_may_offer(pc, TRUE, TRUE);
	ims_pc_order_close(pc);
	expect_may_offer(pc, FALSE, FALSE);
	ims_pc_start_closing(pc);
	expect_may_offer(pc, FALSE, FALSE);
	ims_pc_ended(pc);
	expect_may_offer(pc, TRUE, FALSE);
}

/* What a client sends meanwhile does not make a new one of it. */
static void what_came_meanwhile(void **state)
{
	ims_pc *pc = *state;

	ims_pc_offered(pc);
	ims_pc_order_close(pc);
	ims_pc_start_closing(pc);
	ims_pc_offered(pc);
	assert_false(ims_pc_may_offer(pc, FALSE));
	assert_false(ims_pc_ended(pc));
}

/* What only the client's offer has opened may be dropped, and no more when we have described it. */
static void dropped_unless_described(void **state)
{
	ims_pc *pc = *state;

	ims_pc_offered(pc);
	assert_true(ims_pc_is_offered(pc));
	assert_true(ims_pc_opened(pc));
	ims_pc_offered(pc); /* a change of the same */
	assert_false(ims_pc_is_offered(pc));
	ims_pc_order_close(pc);
	assert_false(ims_pc_start_dropping(pc));
	assert_true(ims_pc_may_offer(pc, FALSE));
	assert_true(ims_pc_ended(pc));
	ims_pc_offered(pc);
	ims_pc_order_close(pc);
	assert_true(ims_pc_start_dropping(pc));
	assert_false(ims_pc_ended(pc));
}

/* Answers, ours and the client's, cross the end of what they are for; then there is nothing to close. */
static void answers_make_none(void **state)
{
	ims_pc *pc = *state;

	ims_pc_offered(pc);
	ims_pc_answered(pc);
	assert_false(ims_pc_is_offered(pc));
	assert_true(ims_pc_ended(pc));
	ims_pc_answered(pc);
	ims_pc_order_close(pc);
	assert_false(ims_pc_start_closing(pc));
	assert_true(ims_pc_may_offer(pc, FALSE));
}

/* Of one that Janus was asked to close before the offer came, it may have made another one since. */
static void dropped_while_it_is_closed(void **state)
{
	ims_pc *pc = *state;

	ims_pc_opened(pc);
	ims_pc_order_close(pc);
	assert_true(ims_pc_start_closing(pc));
	ims_pc_offered(pc);
	ims_pc_order_close(pc);
	assert_true(ims_pc_start_dropping(pc));
}

/* Janus knew of none that it could close: what is offered later has one of its own. */
static void closed_though_there_was_none(void **state)
{
	ims_pc *pc = *state;

	ims_pc_offered(pc);
	ims_pc_order_close(pc);
	ims_pc_start_closing(pc);
	pc->until_us = g_get_monotonic_time();
	ims_pc_offered(pc);
	assert_true(ims_pc_is_offered(pc));
	assert_true(ims_pc_may_offer(pc, TRUE));
}

static gpointer ends(gpointer pc)
{
	ims_pc_ended(pc);
	return NULL;
}

static void we_wait_for_its_end(void **state)
{
	ims_pc *pc = *state;
	GThread *janus;

	ims_pc_wait_gone(pc); /* there was none */
	ims_pc_opened(pc);
	ims_pc_order_close(pc);
	ims_pc_start_closing(pc);
	janus = g_thread_new("janus", ends, pc);
	ims_pc_wait_gone(pc);
	assert_int_equal(pc->state, IMS_PC_NONE);
	assert_true(g_get_monotonic_time() >= pc->until_us);
	g_thread_join(janus);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nothing_is_closed_twice, start, stop),
		cmocka_unit_test_setup_teardown(it_ends_by_itself, start, stop),
		cmocka_unit_test_setup_teardown(no_offer_while_it_is_closed, start, stop),
		cmocka_unit_test_setup_teardown(what_came_meanwhile, start, stop),
		cmocka_unit_test_setup_teardown(dropped_unless_described, start, stop),
		cmocka_unit_test_setup_teardown(answers_make_none, start, stop),
		cmocka_unit_test_setup_teardown(dropped_while_it_is_closed, start, stop),
		cmocka_unit_test_setup_teardown(closed_though_there_was_none, start, stop),
		cmocka_unit_test_setup_teardown(we_wait_for_its_end, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
