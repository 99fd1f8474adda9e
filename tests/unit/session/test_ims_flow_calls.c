/* Several calls of one registration: its helpers, its transfers, its calls that are over. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "flows_bench.h"

static void test_master(void **state)
{
	bench *b = *state;
	ims_flow *alice = claim_active(b, &b->alice), *bob = claim_active(b, &b->bob);
	guint64 number = alice->master_id;

	assert_true(number > 0 && number < G_GUINT64_CONSTANT(1) << 53);
	assert_true(number != bob->master_id && number != alice->id);
	assert_ptr_equal(ims_flows_of_master(b->flows, number), alice);
	assert_null(ims_flows_of_master(b->flows, alice->id));
	assert_null(ims_flows_of_master(b->flows, 0));
	ims_flows_release(alice, FALSE);
	assert_null(ims_flows_of_master(b->flows, number)); /* parked: nobody is master of it */
	assert_ptr_equal(claim(b, &b->alice), alice);
	assert_ptr_equal(ims_flows_of_master(b->flows, number), alice);
	ims_flows_release(alice, TRUE);
	answer(b, 200);
	assert_null(ims_flows_of_master(b->flows, number));
}

/* They stay while their master may come back, and go before the network hears of the end. */
static void test_helpers(void **state)
{
	bench *b = *state;
	ims_flow *flow = claim_active(b, &b->alice);
	ims_session one = { .name = "one" }, two = { .name = "two" };

	assert_true(ims_flow_add_helper(flow, &one));
	assert_true(ims_flow_add_helper(flow, &two));
	ims_flow_remove_helper(flow, &two);
	ims_flows_release(flow, FALSE);
	assert_int_equal(flow->helpers->len, 1);
	assert_int_equal(one.dismissed, 0);
	fake_clock_pass_ms(&b->stack.clock, RECLAIM_S * 1000);
	assert_int_equal(one.dismissed, 1);
	assert_int_equal(two.dismissed, 0);
	assert_true(says(fake_last(&b->stack)->contact, ";expires=0"));
	answer(b, 200);
	assert_int_equal(one.dismissed, 1);
}

static void test_helpers_of_a_refused_one(void **state)
{
	bench *b = *state;
	ims_flow *flow = claim_active(b, &b->alice);
	ims_session helper = { .name = "helper" };

	ims_flow_add_helper(flow, &helper);
	ims_flows_release(flow, FALSE);
	ims_reg_refresh(flow->reg);
	answer(b, 403);
	assert_int_equal(helper.dismissed, 1);
	assert_int_equal(ims_flows_count(b->flows), 0);
}

static void test_many_helpers(void **state)
{
	bench *b = *state;
	ims_flow *flow = claim_active(b, &b->alice);
	ims_session many[IMS_FLOW_HELPERS_MAX + 1] = { { 0 } };

	for (guint i = 0; i < IMS_FLOW_HELPERS_MAX; i++)
		assert_true(ims_flow_add_helper(flow, &many[i]));
	assert_false(ims_flow_add_helper(flow, &many[IMS_FLOW_HELPERS_MAX]));
	ims_flow_remove_helper(flow, &many[0]);
	assert_true(ims_flow_add_helper(flow, &many[IMS_FLOW_HELPERS_MAX]));
	ims_flows_release(flow, TRUE);
	for (guint i = 1; i <= IMS_FLOW_HELPERS_MAX; i++)
		assert_int_equal(many[i].dismissed, 1);
	answer(b, 200);
}

static void test_transfers(void **state)
{
	bench *b = *state;
	ims_flow *flow = claim_active(b, &b->alice);
	g_autoptr(GString) one = g_string_new(NULL), two = g_string_new(NULL);
	ims_transfer *first = ims_transfers_add(flow->transfers, (ims_referral *)one, NULL, NULL);
	ims_transfer *second = ims_transfers_add(flow->transfers, (ims_referral *)two, "r", "b");

	assert_ptr_equal(ims_transfers_find(flow->transfers, first->id), first);
	assert_null(ims_transfers_find(flow->transfers, 0));
	assert_string_equal(second->replaces, "r");
	ims_transfer_follow(second);
	assert_null(ims_transfers_find(flow->transfers, second->id));
	ims_transfer_report(second, 180, NULL);
	fake_clock_pass_ms(&b->stack.clock, IMS_TRANSFERS_PATIENCE_S * 1000 - 1);
	assert_string_equal(one->str, "");
	fake_clock_pass_ms(&b->stack.clock, 1);
	assert_string_equal(one->str, "408 released");
	ims_transfer_report(second, 486, "Busy");
	assert_string_equal(two->str, "180 486 Busy released");
}

static void test_many_transfers(void **state)
{
	bench *b = *state;
	ims_flow *flow = claim_active(b, &b->alice);
	g_autoptr(GString) words = g_string_new(NULL);
	guint count = 0;

	while (ims_transfers_add(flow->transfers, (ims_referral *)words, NULL, NULL))
		count++;
	assert_int_equal(count, IMS_TRANSFERS_MAX);
	ims_flows_release(flow, TRUE);
	assert_int_equal(words->len, IMS_TRANSFERS_MAX * strlen("released"));
	assert_null(ims_transfers_find(flow->transfers, 1));
	answer(b, 200);
}

static void test_calls_that_are_over(void **state)
{
	bench *b = *state;
	ims_flow *flow = claim_active(b, &b->alice);
	char call_id[] = "a";
	ims_dialog_id id = { call_id, (char *)"l", (char *)"r", FALSE };

	assert_false(ims_flow_had_call(flow, &id));
	for (guint i = 0; i < IMS_FLOW_ENDED_MAX; i++, call_id[0]++)
		ims_flow_note_call(flow, &id);
	call_id[0] = 'a';
	assert_true(ims_flow_had_call(flow, &id));
	id.local_tag = (char *)"x";
	assert_false(ims_flow_had_call(flow, &id));
	ims_flow_note_call(flow, &id);
	id.local_tag = (char *)"l";
	assert_false(ims_flow_had_call(flow, &id)); /* the oldest one */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_BENCH(test_master),
		IN_BENCH(test_helpers),
		IN_BENCH(test_helpers_of_a_refused_one),
		IN_BENCH(test_many_helpers),
		IN_BENCH(test_transfers),
		IN_BENCH(test_many_transfers),
		IN_BENCH(test_calls_that_are_over),
	};

	return cmocka_run_group_tests_name("test_ims_flow_calls", tests, NULL, NULL);
}
