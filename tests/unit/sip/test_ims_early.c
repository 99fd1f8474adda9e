/* Who may offer when before an INVITE is answered, and which reliable answer comes next. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "../golden.h"
#include "sip/ims_early.h"

static void test_table(void **state)
{
	g_autofree char *text = ims_early_text();

	(void)state;
	assert_golden("sip/ims_early.golden", text);
}

/* The flow of a call with preconditions: INVITE and 183, UPDATE of ours, one of theirs that comes too soon
 * and again. */
static void test_update_both_ways(void **state)
{
	ims_early early = { 0 };

	(void)state;
	assert_int_equal(ims_early_handle(&early, IMS_WE_OFFER), 0);
	assert_int_equal(ims_early_handle(&early, IMS_THEY_ANSWER), 0);
	assert_int_equal(ims_early_handle(&early, IMS_WE_OFFER), 0);
	assert_int_equal(ims_early_handle(&early, IMS_THEY_OFFER), 491);
	assert_int_equal(ims_early_handle(&early, IMS_THEY_ANSWER), 0);
	assert_int_equal(ims_early_handle(&early, IMS_THEY_OFFER), 0);
	assert_int_equal(ims_early_handle(&early, IMS_THEY_OFFER), 500);
	assert_int_not_equal(ims_early_handle(&early, IMS_WE_OFFER), 0);
	assert_int_equal(ims_early_handle(&early, IMS_WE_ANSWER), 0);
	assert_int_equal(early.turn, IMS_TURN_NOBODYS);
}

static void test_reliable_order(void **state)
{
	ims_early early = { 0 };

	(void)state;
	assert_true(ims_early_take(&early, 4711)); /* begins anywhere */
	assert_false(ims_early_take(&early, 4711));
	assert_false(ims_early_take(&early, 4713));
	assert_false(ims_early_take(&early, 1));
	assert_true(ims_early_take(&early, 4712));
	assert_true(ims_early_take(&early, 4713));
	assert_false(ims_early_take(&early, 4712));
}

/* Nothing follows the last number that there is. */
static void test_reliable_at_the_end(void **state)
{
	ims_early early = { .rseq = G_MAXUINT32 };

	(void)state;
	for (guint32 rseq = 1; rseq < 4; rseq++)
		assert_false(ims_early_take(&early, rseq));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_update_both_ways),
		cmocka_unit_test(test_reliable_order),
		cmocka_unit_test(test_reliable_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
