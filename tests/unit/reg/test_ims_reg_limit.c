/* A proof that ends, as an access token does: no registration outlasts it, and a newer one is shown at once.
 */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "../log_recorder.h"
#include "fake_prover.h"
#include "fake_ua.h"
#include "network.h"
#include "reg/ims_reg.h"

#define VALID_S 900

typedef struct {
	ims_stack stack;
	ims_network network;
	ims_reg *reg;
	guint freed;
	guint confirmed;
	int refused;
} bench;

static void on_confirmed(ims_reg *reg, gpointer user)
{
	(void)reg;
	((bench *)user)->confirmed++;
}

static void on_delayed(ims_reg *reg, int status, const char *reason, guint retry_s, gpointer user)
{
	(void)reg, (void)status, (void)reason, (void)retry_s, (void)user;
}

static void on_refused(ims_reg *reg, int status, const char *reason, gpointer user)
{
	(void)reg, (void)reason;
	((bench *)user)->refused = status;
}

static void on_gone(ims_reg *reg, gpointer user)
{
	(void)reg, (void)user;
}

static const ims_reg_events events = {
	.confirmed = on_confirmed, .delayed = on_delayed, .refused = on_refused, .gone = on_gone
};

static ims_prover *prover_that_says(bench *b, const char *what)
{
	fake_prover *prover = fake_prover_new(&b->freed);

	prover->says = what;
	return &prover->base;
}

static int start(void **state)
{
	bench *b = g_new0(bench, 1);

	fake_stack_init(&b->stack);
	network_init(&b->network);
	log_recorder_start();
	b->reg = ims_reg_new(&(ims_reg_setup){ .stack = &b->stack,
					       .network = &b->network,
					       .flow_token = "token",
					       .impu = "sip:alice@ims.example",
					       .prover = prover_that_says(b, "Fake one"),
					       .valid_s = VALID_S },
			     &events, b);
	ims_reg_start(b->reg);
	*state = b;
	return 0;
}

static int end(void **state)
{
	bench *b = *state;

	ims_reg_free(b->reg);
	fake_stack_clear(&b->stack);
	network_clear(&b->network);
	log_recorder_stop();
	g_free(b);
	return 0;
}

static void give(bench *b, fake_answer answer)
{
	fake_give(fake_last(&b->stack), &answer);
}

static guint asked_s(bench *b)
{
	return (guint)g_ascii_strtoull(strstr(fake_last(&b->stack)->contact, "expires=") + 8, NULL, 10);
}

/* REQ-54 */
static void test_asks_for_no_more(void **state)
{
	bench *b = *state;

	assert_int_equal(asked_s(b), VALID_S);
	give(b, (fake_answer){ .status = 200, .expires_s = VALID_S });
	assert_int_equal(ims_reg_expires_s(b->reg), VALID_S);
}

static void test_granted_more(void **state)
{
	bench *b = *state;

	fake_clock_pass_ms(&b->stack.clock, 2000);
	give(b, (fake_answer){ .status = 200, .expires_s = 3600 });
	assert_int_equal(ims_reg_expires_s(b->reg), VALID_S - 2);
}

/* All the rest of the token's time is granted: nothing is asked until there is another one. */
static void test_no_refresh_in_vain(void **state)
{
	bench *b = *state;

	give(b, (fake_answer){ .status = 200, .expires_s = VALID_S - 5 });
	fake_clock_pass_ms(&b->stack.clock, 2 * VALID_S * 1000);
	assert_int_equal(b->stack.sent->len, 1);
	assert_true(ims_reg_is_active(b->reg)); /* whoever set the limit ends it */
}

/* The network cuts what it grants: asked again, always for what is left. */
static void test_refresh_of_a_part(void **state)
{
	bench *b = *state;

	give(b, (fake_answer){ .status = 200, .expires_s = 400 });
	fake_clock_pass_ms(&b->stack.clock, 200 * 1000);
	assert_int_equal(b->stack.sent->len, 2);
	assert_int_equal(asked_s(b), VALID_S - 200);
	give(b, (fake_answer){ .status = 200, .expires_s = VALID_S - 200 });
	fake_clock_pass_ms(&b->stack.clock, 2 * VALID_S * 1000);
	assert_int_equal(b->stack.sent->len, 2);
}

/* What is registered for less than the token lives does not end before it, unseen. */
static void test_refresh_before_a_short_rest(void **state)
{
	bench *b = *state;

	give(b, (fake_answer){ .status = 200, .expires_s = VALID_S - 50 });
	fake_clock_pass_ms(&b->stack.clock, (VALID_S - 50) / 2 * 1000);
	assert_int_equal(b->stack.sent->len, 2);
	assert_int_equal(asked_s(b), VALID_S - (VALID_S - 50) / 2);
}

static void test_renewed(void **state)
{
	bench *b = *state;

	give(b, (fake_answer){ .status = 200, .expires_s = VALID_S });
	fake_clock_pass_ms(&b->stack.clock, (VALID_S - 30) * 1000);
	ims_reg_renew(b->reg, prover_that_says(b, "Fake two"), 2 * VALID_S);
	ims_reg_refresh(b->reg);
	assert_int_equal(b->freed, 1);
	assert_int_equal(b->stack.sent->len, 2);
	assert_string_equal(fake_last(&b->stack)->authorization, "Fake two");
	assert_string_equal(fake_last(&b->stack)->call_id,
			    ((ims_transaction *)b->stack.sent->pdata[0])->call_id);
	assert_int_equal(asked_s(b), 2 * VALID_S);
	give(b, (fake_answer){ .status = 200, .expires_s = 2 * VALID_S });
	assert_int_equal(b->confirmed, 1); /* nobody asked for it */
	assert_int_equal(ims_reg_expires_s(b->reg), 2 * VALID_S);
}

/* ... while a REGISTER with the old one is under way: it is shown as soon as that is answered. */
static void test_renewed_meanwhile(void **state)
{
	bench *b = *state;

	ims_reg_renew(b->reg, prover_that_says(b, "Fake two"), 4 * VALID_S);
	ims_reg_refresh(b->reg);
	assert_int_equal(b->stack.sent->len, 1);
	give(b, (fake_answer){ .status = 200, .expires_s = VALID_S });
	fake_clock_pass_ms(&b->stack.clock, 1);
	assert_int_equal(b->stack.sent->len, 2);
	assert_string_equal(fake_last(&b->stack)->authorization, "Fake two");
	give(b, (fake_answer){ .status = 200, .expires_s = 3600 });
	fake_clock_pass_ms(&b->stack.clock, 1000 * 1000);
	assert_int_equal(b->stack.sent->len, 2); /* once */
}

/* The network wants longer registrations than the token lives. */
static void test_too_brief(void **state)
{
	bench *b = *state;

	give(b, (fake_answer){ .status = 423, .min_expires_s = VALID_S + 1 });
	assert_int_equal(b->stack.sent->len, 1);
	assert_int_equal(b->refused, 423);
}

static void test_leaves_with_zero(void **state)
{
	bench *b = *state;

	give(b, (fake_answer){ .status = 200, .expires_s = VALID_S });
	ims_reg_stop(b->reg);
	assert_int_equal(asked_s(b), 0);
	give(b, (fake_answer){ .status = 200 });
}

#define IN_BENCH(test) cmocka_unit_test_setup_teardown(test, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_BENCH(test_asks_for_no_more),
		IN_BENCH(test_granted_more),
		IN_BENCH(test_no_refresh_in_vain),
		IN_BENCH(test_refresh_of_a_part),
		IN_BENCH(test_refresh_before_a_short_rest),
		IN_BENCH(test_renewed),
		IN_BENCH(test_renewed_meanwhile),
		IN_BENCH(test_too_brief),
		IN_BENCH(test_leaves_with_zero),
	};

	return cmocka_run_group_tests_name("test_ims_reg_limit", tests, NULL, NULL);
}
