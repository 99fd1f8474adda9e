/* Whose registration it is: served, parked, taken back by who proves it, or given up. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "flows_bench.h"

/* REQ-86, REQ-02 */
static void test_find(void **state)
{
	bench *b = *state;
	ims_flow *alice = claim_active(b, &b->alice), *bob = claim_active(b, &b->bob);
	const char *token = ims_reg_flow_token(alice->reg);
	g_autoptr(GError) error = NULL;

	assert_int_equal(ims_flows_count(b->flows), 2);
	assert_ptr_equal(ims_flows_find(b->flows, token, &error), alice);
	assert_ptr_equal(ims_flows_find(b->flows, ims_reg_flow_token(bob->reg), &error), bob);
	assert_null(error);
	assert_ptr_equal(alice->session, &b->alice);
	assert_true(says(sent(b, 0)->headers, token)); /* it is the one in Path */
}

static void assert_forged(bench *b, const char *token)
{
	g_autoptr(GError) error = NULL;

	assert_null(ims_flows_find(b->flows, token, &error));
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_BAD_TOKEN));
}

static void test_forged(void **state)
{
	bench *b = *state;
	ims_flows *elsewhere = ims_flows_new(RECLAIM_S, (ims_audit *)b, &flows_events);
	ims_reg_setup setup = setup_of(b);
	ims_flow *other = claim_with(elsewhere, &setup, &b->bob);
	g_autofree char *token = g_strdup(ims_reg_flow_token(claim_active(b, &b->alice)->reg));

	for (gsize i = 0; token[i]; i++) {
		char was = token[i];

		token[i] = was == 'A' ? 'B' : 'A';
		assert_forged(b, token);
		token[i] = was;
	}
	assert_forged(b, "");
	assert_forged(b, "alice");
	assert_forged(b, ims_reg_flow_token(other->reg)); /* of another process */
	ims_flows_clear(elsewhere);
	ims_flows_free(elsewhere);
}

/* A token of ours whose registration is over: nobody, and no forgery. */
static void test_late_token(void **state)
{
	bench *b = *state;
	ims_flow *flow = claim_active(b, &b->alice);
	g_autofree char *token = g_strdup(ims_reg_flow_token(flow->reg));
	g_autoptr(GError) error = NULL;

	ims_flows_release(flow, TRUE);
	assert_non_null(ims_flows_find(b->flows, token, NULL)); /* still leaving */
	answer(b, 200);
	assert_null(ims_flows_find(b->flows, token, &error));
	assert_null(error);
	assert_int_equal(ims_flows_count(b->flows), 0);
}

static void test_idle_release(void **state)
{
	bench *b = *state;

	ims_flows_release(claim(b, &b->alice), FALSE);
	assert_int_equal(ims_flows_count(b->flows), 0);
	assert_int_equal(b->stack.sent->len, 0);
}

/* The same contact goes on: same Call-ID, next CSeq, tls-yes. */
static void test_reclaim(void **state)
{
	bench *b = *state;
	ims_flow *flow = claim_active(b, &b->alice), *again;
	const ims_transaction *first = sent(b, 0), *last;
	ims_reg_setup setup;
	guint64 id = flow->id;

	ims_flows_release(flow, FALSE);
	assert_null(flow->session);
	assert_int_equal(fake_pending(&b->stack), 0);
	assert_ptr_equal(ims_flows_find(b->flows, first->contact_user, NULL),
			 flow); /* 480, not 403 (REQ-22) */
	fake_clock_pass_ms(&b->stack.clock, RECLAIM_S * 1000 - 1);
	setup = setup_of(b);
	again = ims_flows_claim(b->flows, &setup, &events, &b->bob, NULL);
	assert_ptr_equal(again, flow);
	assert_non_null(setup.prover); /* the registration has its own */
	ims_prover_free(setup.prover);
	assert_true(again->id == id);
	assert_ptr_equal(again->session, &b->bob);
	assert_int_equal(ims_flows_count(b->flows), 1);
	ims_reg_start(again->reg);
	last = fake_last(&b->stack);
	assert_string_equal(last->call_id, first->call_id);
	assert_string_equal(last->contact, first->contact);
	assert_int_equal(last->cseq, first->cseq + 2);
	assert_true(says(last->authorization, "tls-yes"));
	answer(b, 200);
	assert_int_equal(b->alice.confirmed, 1);
	assert_int_equal(b->bob.confirmed, 1);
	fake_clock_pass_ms(&b->stack.clock, 60000); /* the time to reclaim it is over, and without effect */
	assert_true(ims_reg_is_active(again->reg));
}

/* Parked twice and taken back twice: nothing wears off. */
static void test_reclaim_again(void **state)
{
	bench *b = *state;
	ims_flow *flow = claim_active(b, &b->alice);

	for (int i = 0; i < 3; i++) {
		ims_flows_release(flow, FALSE);
		fake_clock_pass_ms(&b->stack.clock, RECLAIM_S * 1000 - 1);
		assert_ptr_equal(claim(b, &b->bob), flow);
	}
	assert_int_equal(ims_flows_count(b->flows), 1);
}

/* REQ-142: what is not proved is not his. */
static void test_no_proof(void **state)
{
	bench *b = *state;
	ims_flow *flow = claim_active(b, &b->alice);
	static ims_network twin; /* which outlives what is registered with it */
	ims_reg_setup wrong[5];

	twin = b->network;
	ims_flows_release(flow, FALSE);
	wrong[0] = setup_as(b, "alice@ims.example", "wonderland-8");
	wrong[1] = setup_as(b, "alice@ims.example", "");
	wrong[2] = setup_as(b, "mallory@ims.example", SECRET);
	wrong[3] = setup_of(b);
	wrong[4] = setup_of(b);
	wrong[3].impu = "sip:bob@ims.example";
	wrong[4].network = &twin;
	twin.name = (char *)"other";
	for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
		ims_flow *other = claim_with(b->flows, &wrong[i], &b->bob);

		assert_ptr_not_equal(other, flow);
		assert_string_not_equal(ims_reg_flow_token(other->reg), ims_reg_flow_token(flow->reg));
		assert_null(wrong[i].flow_token); /* nothing borrowed is left behind */
	}
	assert_null(flow->session);
	assert_ptr_equal(claim(b, &b->alice), flow); /* the right one still can */
}

/* Served by somebody: a second login of the same user is a second contact. */
static void test_served_is_not_claimed(void **state)
{
	bench *b = *state;
	ims_flow *flow = claim_active(b, &b->alice);

	assert_ptr_not_equal(claim(b, &b->bob), flow);
	assert_ptr_equal(flow->session, &b->alice);
	assert_int_equal(ims_flows_count(b->flows), 2);
}

/* Two parked of one user: each is taken back once. */
static void test_two_parked(void **state)
{
	bench *b = *state;
	ims_flow *one = claim_active(b, &b->alice), *two = claim_active(b, &b->bob), *a, *c;

	ims_flows_release(one, FALSE);
	ims_flows_release(two, FALSE);
	a = claim(b, &b->alice);
	c = claim(b, &b->bob);
	assert_true((a == one && c == two) || (a == two && c == one));
	assert_int_equal(ims_flows_count(b->flows), 2);
}

/* REQ-147: each registration is noted when it begins and when it ends, whatever happens in between. */
static void test_audited(void **state)
{
	bench *b = *state;
	ims_flow *flow = claim_active(b, &b->alice);

	ims_flow_note_active(flow);
	ims_flows_release(flow, FALSE);
	flow = claim(b, &b->bob);
	ims_reg_start(flow->reg);
	answer(b, 200);
	ims_flow_note_active(flow);
	assert_string_equal(b->audit->str, "registered 0 -; ");
	ims_flow_note_end(flow, 0, "Its user deregistered");
	ims_flow_note_end(flow, 0, "of which this is a consequence");
	ims_flows_release(flow, TRUE);
	answer(b, 200);
	assert_string_equal(b->audit->str, "registered 0 -; ended 0 Its user deregistered; ");
}

static void test_audited_alone(void **state)
{
	bench *b = *state;
	ims_flow *flow = claim_active(b, &b->alice);

	ims_flow_note_active(flow);
	ims_flows_release(flow, FALSE);
	fake_clock_pass_ms(&b->stack.clock, RECLAIM_S * 1000);
	answer(b, 200);
	assert_string_equal(b->audit->str,
			    "registered 0 -; ended 0 Its handle ended, and its user did not come back; ");
}

static void test_audited_failures(void **state)
{
	bench *b = *state;
	ims_flow *flow = claim(b, &b->alice);

	ims_flow_note_end(flow, 403, "Forbidden");
	ims_flows_release(flow, TRUE);
	ims_flows_release(claim(b, &b->alice), TRUE);
	assert_string_equal(b->audit->str, "failed 403 Forbidden; failed 0 Its user left; ");
}

/* REQ-22 */
static void test_nobody_came(void **state)
{
	bench *b = *state;

	ims_flows_release(claim_active(b, &b->alice), FALSE);
	fake_clock_pass_ms(&b->stack.clock, RECLAIM_S * 1000 - 1);
	assert_int_equal(fake_pending(&b->stack), 0);
	fake_clock_pass_ms(&b->stack.clock, 1);
	assert_int_equal(fake_pending(&b->stack), 1);
	assert_true(says(fake_last(&b->stack)->contact, ";expires=0"));
	claim(b, &b->bob); /* too late: a new one */
	assert_int_equal(ims_flows_count(b->flows), 2);
	answer(b, 200);
	assert_int_equal(ims_flows_count(b->flows), 1);
	assert_int_equal(b->alice.gone, 0); /* nobody is told */
}

static void test_now(void **state)
{
	bench *b = *state;

	ims_flows_release(claim_active(b, &b->alice), TRUE);
	assert_true(says(fake_last(&b->stack)->contact, ";expires=0"));
	answer(b, 503);
	assert_int_equal(ims_flows_count(b->flows), 0);
}

static void test_without_reclaim(void **state)
{
	bench *b = *state;

	ims_flows_release(claim_active(b, &b->alice), FALSE);
	assert_int_equal(fake_pending(&b->stack), 1);
	answer(b, 200);
	assert_int_equal(ims_flows_count(b->flows), 0);
}

/* The handle goes while its first REGISTER is on the way; its answer finds nobody who asked. */
static void test_parked_while_registering(void **state)
{
	static const int statuses[] = { 200, 403, 408 };
	bench *b = *state;

	for (gsize i = 0; i < G_N_ELEMENTS(statuses); i++) {
		ims_flow *flow = claim(b, &b->alice);

		ims_reg_start(flow->reg);
		ims_flows_release(flow, FALSE);
		assert_int_equal(fake_pending(&b->stack), 1);
		answer(b, statuses[i]);
		assert_int_equal(b->alice.confirmed + b->alice.refused, 0);
		if (statuses[i] == 200) {
			assert_ptr_equal(claim(b, &b->bob), flow);
			ims_flows_release(flow, TRUE);
			answer(b, 200);
		}
		assert_int_equal(ims_flows_count(b->flows), 0);
	}
}

/* ... or while a refresh that it had asked for is. */
static void test_parked_while_refreshing(void **state)
{
	bench *b = *state;
	ims_flow *flow = claim_active(b, &b->alice);

	ims_reg_start(flow->reg);
	ims_flows_release(flow, FALSE);
	answer(b, 200);
	assert_int_equal(b->alice.confirmed, 1); /* the first */
	assert_ptr_equal(claim(b, &b->bob), flow);
}

static void test_parked_is_refreshed(void **state)
{
	bench *b = *state;
	ims_flow *flow = claim(b, &b->alice);

	ims_reg_start(flow->reg);
	fake_give(fake_last(&b->stack), &(fake_answer){ .status = 200, .expires_s = 10 });
	ims_flows_release(flow, FALSE);
	fake_clock_pass_ms(&b->stack.clock, 5000);
	assert_int_equal(fake_pending(&b->stack), 1);
	assert_true(says(fake_last(&b->stack)->contact, ";expires=600000"));
	answer(b, 403);
	assert_int_equal(ims_flows_count(b->flows), 0);
	fake_clock_pass_ms(&b->stack.clock, 60000); /* ASan: no timer of it is left */
}

static ims_flow *claim_user(bench *b, int n, ims_session *session)
{
	g_autofree char *impu = g_strdup_printf("sip:u%d@ims.example", n);
	ims_reg_setup setup = setup_of(b);
	ims_flow *flow;

	setup.impu = impu;
	flow = claim_with(b->flows, &setup, session);
	ims_reg_start(flow->reg);
	answer(b, 200);
	return flow;
}

/* Parked and leaving ones count, and taking one back is no new one. */
static void test_limit(void **state)
{
	bench *b = *state;

	for (int i = 0; i < LIMIT; i++)
		ims_flows_release(claim_user(b, i, &b->alice), i == 0);
	assert_int_equal(ims_flows_count(b->flows), LIMIT);
	assert_null(claim(b, &b->alice));
	assert_int_equal(ims_flows_count(b->flows), LIMIT);
	assert_non_null(claim_user(b, 1, &b->bob));
	fake_give(g_ptr_array_index(b->stack.sent, 1), &(fake_answer){ .status = 200 }); /* one has left */
	assert_non_null(claim(b, &b->alice));
	assert_null(claim(b, &b->alice));
}

static void on_drained(gpointer user)
{
	((bench *)user)->drained++;
}

static void test_drain_nothing(void **state)
{
	bench *b = *state;

	ims_flows_drain(b->flows, on_drained, b);
	assert_int_equal(b->drained, 1);
}

/* REQ-22 at the end of the process: parked ones at once, served ones when their sessions let go, leaving ones
 * are waited for. */
static void test_drain(void **state)
{
	bench *b = *state;
	ims_transaction *of_leaving;
	ims_flow *served;

	ims_flows_release(claim_user(b, 0, &b->alice), TRUE);
	of_leaving = fake_last(&b->stack);
	ims_flows_release(claim_user(b, 1, &b->alice), FALSE);
	served = claim_user(b, 2, &b->bob);
	assert_int_equal(fake_pending(&b->stack), 1);
	ims_flows_drain(b->flows, on_drained, b);
	assert_int_equal(fake_pending(&b->stack), 2);
	assert_true(says(fake_last(&b->stack)->contact, ";expires=0"));
	answer(b, 408);
	fake_give(of_leaving, &(fake_answer){ .status = 200 });
	assert_int_equal(ims_flows_count(b->flows), 1);
	assert_int_equal(b->drained, 0);
	ims_flows_release(served, FALSE); /* nobody can come back: not parked */
	assert_int_equal(fake_pending(&b->stack), 1);
	answer(b, 200);
	assert_int_equal(ims_flows_count(b->flows), 0);
	assert_int_equal(b->drained, 1);
	assert_int_equal(b->alice.gone + b->bob.gone, 0);
}

/* All leave inside the call: told once, and nothing is walked that is gone. */
static void test_drain_broken(void **state)
{
	bench *b = *state;

	for (int i = 0; i < 20; i++)
		ims_flows_release(claim_user(b, i, &b->alice), FALSE);
	assert_int_equal(ims_flows_count(b->flows), 20);
	b->stack.broken = TRUE;
	ims_flows_drain(b->flows, on_drained, b);
	assert_int_equal(ims_flows_count(b->flows), 0);
	assert_int_equal(b->drained, 1);
}

/* The stack goes: not a word to anybody. */
static void test_clear(void **state)
{
	bench *b = *state;
	guint n;

	claim_active(b, &b->alice);
	ims_flows_release(claim_active(b, &b->bob), FALSE);
	ims_reg_start(claim(b, &b->bob)->reg);
	n = b->stack.sent->len;
	ims_flows_clear(b->flows);
	assert_int_equal(b->stack.sent->len, n);
	assert_int_equal(fake_pending(&b->stack), 0);
	assert_int_equal(ims_flows_count(b->flows), 0);
	assert_int_equal(b->alice.gone + b->bob.gone + b->alice.refused + b->bob.refused, 0);
}

/* By an access token */

static void on_ends_soon(guint left_s, gpointer user)
{
	(void)left_s, (void)user;
}

static void on_over(const GError *why, const ims_issuer *issuer, gpointer user)
{
	ims_flow *flow = user;

	(void)why, (void)issuer;
	if (flow->session)
		ims_flows_release(flow, TRUE);
	else
		ims_flows_end(flow);
}

static const ims_grant_watch_events watch_events = { on_ends_soon, on_over };

static ims_flow *claim_by_token(bench *b, const char *subject, gint64 left_s)
{
	ims_flow *flow = claim_active(b, &b->alice);
	g_autoptr(ims_grant) grant = fake_grant(subject, left_s, TRUE);

	flow->watch = ims_grant_watch_new(
		&(ims_grant_watch_setup){
			.clock = &b->stack.clock.clock,
			.tokens = &b->tokens,
			.network = &b->network,
			.grant = grant,
			.hold = ims_holders_take(b->holders, ims_grant_impi(grant), "waf", subject) },
		&watch_events, flow);
	return flow;
}

/* REQ-55: nobody waits longer for his page than his token lives. */
static void test_token_ends_while_parked(void **state)
{
	bench *b = *state;

	ims_flows_release(claim_by_token(b, "u1", RECLAIM_S / 2), FALSE);
	assert_int_equal(fake_pending(&b->stack), 0);
	fake_clock_pass_ms(&b->stack.clock, (RECLAIM_S / 2) * 1000);
	assert_int_equal(fake_pending(&b->stack), 1);
	assert_true(says(fake_last(&b->stack)->contact, ";expires=0"));
	assert_int_equal(ims_flows_count(b->flows), 1);
	answer(b, 200);
	assert_int_equal(ims_flows_count(b->flows), 0);
}

/* REQ-60 */
static void test_identity_is_given_back(void **state)
{
	bench *b = *state;
	ims_flow *flow = claim_by_token(b, "u1", 1000);
	ims_hold *next;

	ims_flows_release(flow, FALSE);
	assert_null(ims_holders_take(b->holders, "carol@ims.example", "waf", "u2")); /* it may come back */
	fake_clock_pass_ms(&b->stack.clock, RECLAIM_S * 1000);
	next = ims_holders_take(b->holders, "carol@ims.example", "waf", "u2");
	assert_non_null(next); /* without waiting for the network */
	ims_hold_free(next);
	answer(b, 200);
}

/* REQ-61 */
static void test_recheck(void **state)
{
	bench *b = *state;
	ims_token_error_code why = IMS_TOKEN_INVALID;

	claim_active(b, &b->bob); /* by no token */
	claim_by_token(b, "u1", 1000);
	ims_flows_recheck(b->flows, "other", "jti-1", NULL);
	ims_flows_recheck(b->flows, "waf", "jti-2", NULL);
	ims_flows_recheck(b->flows, "waf", NULL, "u2");
	assert_int_equal(b->tokens.asked, 0);
	ims_flows_recheck(b->flows, "waf", "jti-1", NULL);
	ims_flows_recheck(b->flows, "waf", NULL, "u1");
	assert_int_equal(b->tokens.asked, 2);
	fake_verdict(&b->tokens, &why);
	assert_int_equal(fake_pending(&b->stack), 1);
	assert_true(says(fake_last(&b->stack)->contact, ";expires=0"));
	answer(b, 200);
	assert_int_equal(ims_flows_count(b->flows), 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_BENCH(test_find),
		IN_BENCH(test_forged),
		IN_BENCH(test_late_token),
		IN_BENCH(test_idle_release),
		IN_BENCH(test_reclaim),
		IN_BENCH(test_reclaim_again),
		IN_BENCH(test_no_proof),
		IN_BENCH(test_served_is_not_claimed),
		IN_BENCH(test_two_parked),
		IN_BENCH(test_audited),
		IN_BENCH(test_audited_alone),
		IN_BENCH(test_audited_failures),
		IN_BENCH(test_nobody_came),
		IN_BENCH(test_now),
		cmocka_unit_test_setup_teardown(test_without_reclaim, start_without_reclaim, end),
		IN_BENCH(test_parked_while_refreshing),
		IN_BENCH(test_parked_is_refreshed),
		IN_BENCH(test_limit),
		IN_BENCH(test_drain_nothing),
		IN_BENCH(test_drain),
		IN_BENCH(test_drain_broken),
		IN_BENCH(test_clear),
		IN_BENCH(test_token_ends_while_parked),
		IN_BENCH(test_identity_is_given_back),
		IN_BENCH(test_recheck),
		IN_BENCH(test_parked_while_registering),
	};

	return cmocka_run_group_tests_name("test_ims_flows", tests, NULL, NULL);
}
