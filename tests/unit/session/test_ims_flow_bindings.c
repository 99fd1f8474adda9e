/* A device that names itself (RFC 5626): who comes back by another connection takes the place of the one
 * before, when he has proved that he is the same, and nobody else does (REQ-158). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "flows_bench.h"

#define INSTANCE "urn:uuid:0d641c21-e872-4848-8b46-85a7f94eb848"

static ims_reg_setup device(bench *b, const char *secret)
{
	ims_reg_setup setup = setup_as(b, "alice@ims.example", secret);

	setup.instance = INSTANCE;
	setup.reg_id = 1;
	return setup;
}

static ims_flow *claim_as(bench *b, ims_reg_setup setup, ims_session *session)
{
	return claim_with(b->flows, &setup, session);
}

static ims_flow *began(bench *b, ims_reg_setup setup, ims_session *session)
{
	ims_flow *flow = claim_as(b, setup, session);

	ims_reg_start(flow->reg);
	return flow;
}

/* As the session does. */
static void confirm(bench *b, ims_flow *flow)
{
	answer(b, 200);
	assert_true(ims_reg_is_active(flow->reg));
	ims_flows_settle(flow);
}

static ims_flow *settled(bench *b, ims_reg_setup setup, ims_session *session)
{
	ims_flow *flow = began(b, setup, session);

	confirm(b, flow);
	return flow;
}

static gboolean was_sent(bench *b, const char *part)
{
	for (guint i = 0; i < b->stack.sent->len; i++)
		if (says(sent(b, i)->contact, part))
			return TRUE;
	return FALSE;
}

static ims_flow *named(bench *b, const char *token)
{
	return ims_flows_find(b->flows, token, NULL);
}

static void test_contact(void **state)
{
	bench *b = *state;

	settled(b, device(b, SECRET), &b->alice);
	assert_true(says(sent(b, 0)->contact, ";+sip.instance=\"<" INSTANCE ">\";reg-id=1;"));
	assert_true(says(sent(b, 0)->headers, ";lr;ob>"));
	assert_true(says(sent(b, 0)->headers, "Supported: path, outbound"));
}

/* The password that we know: his at once, though nobody has missed the old connection yet. */
static void test_known_secret(void **state)
{
	bench *b = *state;
	ims_flow *flow = settled(b, device(b, SECRET), &b->alice);
	ims_session helper = { 0 };

	assert_true(ims_flow_add_helper(flow, &helper));
	assert_ptr_equal(began(b, device(b, SECRET), &b->bob), flow);
	assert_int_equal(b->alice.replaced, 1);
	assert_int_equal(helper.dismissed, 1);
	assert_ptr_equal(flow->session, &b->bob);
	assert_non_null(flow->transfers);
	assert_string_equal(sent(b, 1)->call_id, sent(b, 0)->call_id);
	assert_string_equal(sent(b, 1)->contact, sent(b, 0)->contact);
	confirm(b, flow);
	assert_int_equal(b->bob.confirmed, 1);
	assert_int_equal(b->bob.replaced, 0);
	assert_int_equal(ims_flows_count(b->flows), 1);
}

static void test_parked(void **state)
{
	bench *b = *state;
	ims_flow *flow = settled(b, device(b, SECRET), &b->alice);

	ims_flows_release(flow, FALSE);
	assert_ptr_equal(began(b, device(b, SECRET), &b->bob), flow);
	fake_clock_pass_ms(&b->stack.clock, RECLAIM_S * 1000);
	assert_int_equal(b->alice.replaced, 0);
	assert_false(was_sent(b, "expires=0"));
	confirm(b, flow);
}

/* A proof that the network alone can judge: the same contact, and nothing changes before its 200. */
static void test_network_judges(void **state)
{
	bench *b = *state;
	ims_flow *old = settled(b, device(b, SECRET), &b->alice), *new;
	g_autofree char *token = g_strdup(ims_reg_flow_token(old->reg));

	new = began(b, device(b, "wonderland-8"), &b->bob);
	assert_ptr_not_equal(new, old);
	assert_ptr_equal(named(b, token), old);
	assert_string_equal(sent(b, 1)->contact, sent(b, 0)->contact);
	assert_string_not_equal(sent(b, 1)->call_id, sent(b, 0)->call_id);
	assert_int_equal(b->alice.replaced, 0);
	confirm(b, new);
	assert_int_equal(b->alice.replaced, 1);
	assert_ptr_equal(named(b, token), new);
	assert_int_equal(ims_flows_count(b->flows), 1);
	assert_int_equal(b->stack.sent->len, 2); /* no end of the old one, whose contact it was */
	ims_flows_release(new, TRUE);
	assert_true(was_sent(b, "expires=0"));
	answer(b, 200);
	assert_null(named(b, token));
}

/* Calls that the device wants to keep go on: their sessions are helpers of the new registration, whoever has
 * judged its proof. */
static void check_callers(bench *b, const char *secret)
{
	ims_flow *old = settled(b, device(b, SECRET), &b->alice), *new;
	ims_session talks = { .talks = TRUE }, idle = { 0 };

	b->alice.talks = b->bob.keeps_calls = TRUE;
	assert_true(ims_flow_add_helper(old, &idle));
	assert_true(ims_flow_add_helper(old, &talks));
	new = settled(b, device(b, secret), &b->bob);
	assert_int_equal(b->alice.replaced, 1);
	assert_true(b->alice.went_on);
	assert_ptr_equal(b->alice.joined, new);
	assert_ptr_equal(talks.joined, new);
	assert_int_equal(talks.dismissed, 0);
	assert_int_equal(idle.dismissed, 1);
	assert_ptr_equal(new->session, &b->bob);
	assert_int_equal(new->helpers->len, 2);
	assert_int_equal(ims_flows_count(b->flows), 1);
}

static void test_callers(void **state)
{
	check_callers(*state, SECRET);
}

static void test_callers_network_judges(void **state)
{
	check_callers(*state, "wonderland-8");
}

/* A flow has room for so many; those that find none end. */
static void test_callers_too_many(void **state)
{
	bench *b = *state;
	ims_flow *flow = settled(b, device(b, SECRET), &b->alice);
	ims_session helpers[IMS_FLOW_HELPERS_MAX] = { 0 };
	guint dismissed = 0;

	b->alice.talks = b->bob.keeps_calls = TRUE;
	for (guint i = 0; i < IMS_FLOW_HELPERS_MAX; i++) {
		helpers[i].talks = TRUE;
		assert_true(ims_flow_add_helper(flow, &helpers[i]));
	}
	assert_ptr_equal(settled(b, device(b, SECRET), &b->bob), flow);
	for (guint i = 0; i < IMS_FLOW_HELPERS_MAX; i++)
		dismissed += helpers[i].dismissed;
	assert_int_equal(flow->helpers->len, IMS_FLOW_HELPERS_MAX);
	assert_int_equal(dismissed, 1);
	g_ptr_array_set_size(flow->helpers, 0);
}

/* REQ-142 */
static void test_refused(void **state)
{
	bench *b = *state;
	ims_flow *old = settled(b, device(b, SECRET), &b->alice), *new;

	new = began(b, device(b, "wonderland-8"), &b->bob);
	answer(b, 403);
	assert_int_equal(b->bob.refused, 1);
	ims_flows_release(new, TRUE);
	assert_int_equal(b->alice.replaced, 0);
	assert_ptr_equal(named(b, ims_reg_flow_token(old->reg)), old);
	assert_int_equal(ims_flows_count(b->flows), 1);
}

/* He leaves before he has proved himself: the contact that he would have had is the other's. */
static void test_gave_up(void **state)
{
	bench *b = *state;
	ims_flow *old = settled(b, device(b, SECRET), &b->alice);

	for (int challenged = 0; challenged < 2; challenged++) {
		ims_flow *new = began(b, device(b, "wonderland-8"), &b->bob);

		if (challenged)
			fake_give(fake_last(&b->stack),
				  &(fake_answer){ .status = 401, .challenges = { CHALLENGE } });
		ims_flows_release(new, TRUE);
		assert_int_equal(fake_pending(&b->stack), 0);
	}
	assert_false(was_sent(b, "expires=0"));
	assert_ptr_equal(named(b, ims_reg_flow_token(old->reg)), old);
	assert_int_equal(ims_flows_count(b->flows), 1);
}

/* ... or is cut off with his answer on the way, which is a good one. */
static void test_parked_unconfirmed(void **state)
{
	bench *b = *state;
	ims_flow *old = settled(b, device(b, SECRET), &b->alice), *new;
	g_autofree char *token = g_strdup(ims_reg_flow_token(old->reg));

	new = began(b, device(b, "wonderland-8"), &b->bob);
	ims_flows_release(new, FALSE);
	answer(b, 200);
	assert_int_equal(b->alice.replaced, 1);
	assert_ptr_equal(named(b, token), new);
	assert_int_equal(ims_flows_count(b->flows), 1);
}

/* The end of the old one is on the way when the new one is confirmed: the network may have taken it last. */
static void test_race_with_the_end(void **state)
{
	bench *b = *state;
	ims_flow *old = settled(b, device(b, SECRET), &b->alice), *new;

	new = began(b, device(b, "wonderland-8"), &b->bob);
	ims_flows_end(old);
	assert_int_equal(fake_pending(&b->stack), 2);
	fake_give(g_ptr_array_index(b->stack.sent, 1), &(fake_answer){ .status = 200, .expires_s = 3600 });
	ims_flows_settle(new);
	assert_int_equal(b->alice.replaced, 1);
	assert_int_equal(fake_pending(&b->stack), 1);
	assert_string_equal(fake_last(&b->stack)->call_id, sent(b, 1)->call_id);
	assert_true(says(fake_last(&b->stack)->contact, "expires=600000"));
	answer(b, 200);
	assert_int_equal(ims_flows_count(b->flows), 1);
}

/* Two attempts of one device, both new: the network sees one contact, and the one that it took last stays. */
static void test_two_attempts(void **state)
{
	bench *b = *state;
	ims_flow *one = began(b, device(b, SECRET), &b->alice), *two = began(b, device(b, SECRET), &b->bob);

	assert_ptr_not_equal(one, two);
	assert_string_equal(sent(b, 0)->contact, sent(b, 1)->contact);
	confirm(b, two);
	assert_int_equal(b->alice.replaced, 1);
	assert_ptr_equal(named(b, ims_reg_flow_token(two->reg)), two);
	assert_int_equal(ims_flows_count(b->flows), 1);
}

/* REQ-29, REQ-142: whoever differs in one of these is somebody else, a contact beside. */
static void test_others(void **state)
{
	bench *b = *state;
	ims_flow *flow = settled(b, device(b, SECRET), &b->alice);
	ims_reg_setup others[5];

	for (gsize i = 0; i < G_N_ELEMENTS(others); i++)
		others[i] = device(b, SECRET);
	others[0].instance = "urn:uuid:00000000-0000-1000-8000-000A95A0E128";
	others[1].reg_id = 2;
	others[2].impu = "sip:bob@ims.example";
	ims_prover_free(others[3].prover);
	others[3].prover = prover_of("mallory@ims.example", SECRET);
	others[4].instance = NULL;
	for (gsize i = 0; i < G_N_ELEMENTS(others); i++) {
		ims_flow *other = settled(b, others[i], &b->bob);

		assert_ptr_not_equal(other, flow);
		assert_string_not_equal(ims_reg_flow_token(other->reg), ims_reg_flow_token(flow->reg));
		ims_flows_release(other, FALSE); /* parked, and nobody else's either */
	}
	assert_int_equal(b->alice.replaced, 0);
	assert_ptr_equal(named(b, ims_reg_flow_token(flow->reg)), flow);
	assert_int_equal(ims_flows_count(b->flows), 6);
}

/* Nothing of his is registered, so nothing is taken over. */
static void test_guest(void **state)
{
	bench *b = *state;
	ims_flow *flow = settled(b, device(b, SECRET), &b->alice);
	ims_reg_setup guest = device(b, SECRET);

	guest.guest = TRUE;
	assert_ptr_not_equal(claim_as(b, guest, &b->bob), flow);
	assert_int_equal(b->alice.replaced, 0);
}

/* Who names no device does not take the place of one that does. */
static void test_nameless(void **state)
{
	bench *b = *state;
	ims_flow *flow = settled(b, device(b, SECRET), &b->alice);

	ims_flows_release(flow, FALSE);
	assert_ptr_not_equal(claim(b, &b->bob), flow);
	assert_ptr_equal(claim_as(b, device(b, SECRET), &b->alice), flow);
}

/* REQ-157: a first hop that does not know flows: the same contact without reg-id, which stays so. */
static void test_lacks_outbound(void **state)
{
	bench *b = *state;
	ims_flow *flow = began(b, device(b, SECRET), &b->alice);

	answer(b, 439);
	assert_false(says(fake_last(&b->stack)->contact, "reg-id"));
	assert_false(says(fake_last(&b->stack)->headers, "outbound"));
	confirm(b, flow);
	ims_reg_start(flow->reg);
	assert_false(says(fake_last(&b->stack)->contact, "reg-id"));
	answer(b, 439); /* nothing is left to be without */
	assert_int_equal(b->alice.refused, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_BENCH(test_contact),
		IN_BENCH(test_known_secret),
		IN_BENCH(test_parked),
		IN_BENCH(test_network_judges),
		IN_BENCH(test_callers),
		IN_BENCH(test_callers_network_judges),
		IN_BENCH(test_callers_too_many),
		IN_BENCH(test_refused),
		IN_BENCH(test_gave_up),
		IN_BENCH(test_parked_unconfirmed),
		IN_BENCH(test_race_with_the_end),
		IN_BENCH(test_two_attempts),
		IN_BENCH(test_others),
		IN_BENCH(test_nameless),
		IN_BENCH(test_guest),
		IN_BENCH(test_lacks_outbound),
	};

	return cmocka_run_group_tests_name("test_ims_flow_bindings", tests, NULL, NULL);
}
