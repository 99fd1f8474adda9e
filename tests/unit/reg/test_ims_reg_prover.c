/* What a registration makes of its prover, whatever that proves with: the client that is asked, who is there
 * or not; the alarm; the integrity that goes with it. */
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

typedef struct {
	ims_stack stack;
	ims_network network;
	ims_reg *reg;
	fake_prover *prover;
	guint freed;
	GString *heard;
} bench;

static void on_confirmed(ims_reg *reg, gpointer user)
{
	(void)reg;
	g_string_append(((bench *)user)->heard, "confirmed ");
}

static void on_delayed(ims_reg *reg, int status, const char *reason, guint retry_s, gpointer user)
{
	(void)reg, (void)reason, (void)retry_s;
	g_string_append_printf(((bench *)user)->heard, "delayed %d ", status);
}

static void on_refused(ims_reg *reg, int status, const char *reason, gpointer user)
{
	(void)reg;
	g_string_append_printf(((bench *)user)->heard, "refused %d %s ", status, reason);
}

static void on_gone(ims_reg *reg, gpointer user)
{
	(void)reg;
	g_string_append(((bench *)user)->heard, "gone ");
}

static void on_asked(ims_reg *reg, const ims_prover_question *question, gpointer user)
{
	assert_true(ims_reg_is_asking(reg));
	assert_string_equal(question->text, "Fake question");
	g_string_append(((bench *)user)->heard, "asked ");
}

#define REPORTS .confirmed = on_confirmed, .delayed = on_delayed, .refused = on_refused, .gone = on_gone
static const ims_reg_events with_client = { REPORTS, .asked = on_asked };
static const ims_reg_events alone = { REPORTS };

static int start(void **state)
{
	bench *b = g_new0(bench, 1);

	fake_stack_init(&b->stack);
	network_init(&b->network);
	b->heard = g_string_new(NULL);
	b->prover = fake_prover_new(&b->freed);
	log_recorder_start();
	b->reg = ims_reg_new(&(ims_reg_setup){ .stack = &b->stack,
					       .network = &b->network,
					       .w2 = IMS_W2_TLS,
					       .flow_token = "token",
					       .impu = "sip:alice@ims.example",
					       .prover = &b->prover->base,
					       .challenge_timeout_s = 30 },
			     &with_client, b);
	*state = b;
	return 0;
}

static int end(void **state)
{
	bench *b = *state;

	ims_reg_free(b->reg);
	assert_int_equal(b->freed, 1);
	fake_stack_clear(&b->stack);
	network_clear(&b->network);
	g_string_free(b->heard, TRUE);
	log_recorder_stop();
	g_free(b);
	return 0;
}

static void give(bench *b, int status)
{
	fake_give(fake_last(&b->stack), &(fake_answer){ .status = status, .expires_s = 3600 });
}

static const char *said(bench *b)
{
	return fake_last(&b->stack)->authorization;
}

static void assert_heard(bench *b, const char *what)
{
	assert_string_equal(b->heard->str, what);
	g_string_truncate(b->heard, 0);
}

static gboolean answer(bench *b, const char *response)
{
	return ims_reg_answer(b->reg, &(ims_prover_reply){ .response = response }, NULL);
}

/* Registered by a client that was asked. */
static void registered(bench *b)
{
	b->prover->verdict = IMS_PROVER_ASKS;
	ims_reg_start(b->reg);
	give(b, 401);
	assert_true(answer(b, "1"));
	give(b, 200);
	assert_heard(b, "asked confirmed ");
}

static void test_asked(void **state)
{
	bench *b = *state;
	g_autoptr(GError) error = NULL;

	b->prover->verdict = IMS_PROVER_ASKS;
	b->prover->says = "Fake nothing";
	assert_false(answer(b, "1"));
	ims_reg_start(b->reg);
	assert_string_equal(said(b), "Fake nothing");
	assert_false(ims_reg_answer(b->reg, &(ims_prover_reply){ .response = "1" }, &error));
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_WRONG_STATE));
	give(b, 401);
	assert_heard(b, "asked ");
	assert_string_equal(ims_reg_state_name(b->reg), "registering");
	assert_int_equal(fake_pending(&b->stack), 0);
	assert_false(answer(b, NULL)); /* no answer, and another may follow */
	assert_true(ims_reg_is_asking(b->reg));
	assert_true(answer(b, "1"));
	assert_string_equal(said(b), "Fake 1, integrity-protected=\"tls-pending\"");
	give(b, 200);
	assert_heard(b, "confirmed ");
	assert_false(answer(b, "1"));
}

/* Once proved, the flow stays so: a refresh that nobody challenges needs no answer (REQ-32). */
static void test_proved_for_good(void **state)
{
	bench *b = *state;

	b->prover->says = "Fake nothing";
	registered(b);
	for (guint i = 0; i < 2; i++) {
		fake_clock_skip(&b->stack.clock);
		assert_string_equal(said(b), "Fake nothing, integrity-protected=\"tls-yes\"");
		give(b, 200);
	}
	assert_heard(b, "");
}

/* Nobody answers: an end for the first registration ... */
static void test_unanswered(void **state)
{
	bench *b = *state;

	b->prover->verdict = IMS_PROVER_ASKS;
	ims_reg_start(b->reg);
	give(b, 401);
	assert_int_equal(fake_clock_skip(&b->stack.clock), 30000);
	assert_heard(b, "asked refused 408 The client did not answer the network's challenge ");
	assert_true(ims_reg_is_idle(b->reg));
	assert_false(answer(b, "1"));
	assert_int_equal(b->stack.sent->len, 1);
}

/* ... a refresh is tried again while the binding lives ... */
static void test_refresh_unanswered(void **state)
{
	bench *b = *state;
	gint64 ends_ms = b->stack.clock.now_ms + 3600 * 1000;

	registered(b);
	fake_clock_skip(&b->stack.clock);
	give(b, 401);
	fake_clock_skip(&b->stack.clock);
	assert_heard(b, "asked ");
	assert_true(ims_reg_is_active(b->reg));
	fake_clock_skip(&b->stack.clock);
	give(b, 401);
	assert_true(answer(b, "2"));
	assert_string_equal(said(b), "Fake 2, integrity-protected=\"tls-yes\"");
	give(b, 200);
	assert_heard(b, "asked ");

	ends_ms = b->stack.clock.now_ms + 3600 * 1000;
	while (b->stack.clock.now_ms < ends_ms) {
		assert_true(ims_reg_is_active(b->reg));
		fake_clock_skip(&b->stack.clock);
		if (fake_pending(&b->stack))
			give(b, 401);
	}
	assert_in_range(b->stack.clock.now_ms, ends_ms, ends_ms + 29999);
	assert_false(ims_reg_is_active(b->reg));
	assert_true(g_str_has_suffix(b->heard->str, "asked delayed 408 "));
}

/* ... and so is one that nobody is there to be asked about, who may come back meanwhile. */
static void test_refresh_without_client(void **state)
{
	bench *b = *state;

	registered(b);
	ims_reg_bind(b->reg, &alone, b);
	fake_clock_skip(&b->stack.clock);
	give(b, 401);
	assert_heard(b, "");
	assert_true(ims_reg_is_active(b->reg));
	assert_false(ims_reg_is_asking(b->reg));
	ims_reg_bind(b->reg, &with_client, b);
	ims_reg_start(b->reg);
	give(b, 401);
	ims_reg_start(b->reg); /* he asks to be asked again */
	assert_true(answer(b, "2"));
	give(b, 200);
	assert_heard(b, "asked asked confirmed ");
}

/* A deregistration that nobody can prove is left to the binding's end. */
static void test_leaves_without_client(void **state)
{
	bench *b = *state;

	registered(b);
	ims_reg_bind(b->reg, &alone, b);
	ims_reg_stop(b->reg);
	give(b, 401);
	assert_heard(b, "gone ");
	assert_true(ims_reg_is_idle(b->reg));
}

static void test_leaves(void **state)
{
	bench *b = *state;

	registered(b);
	ims_reg_stop(b->reg);
	give(b, 401);
	assert_heard(b, "asked ");
	ims_reg_stop(b->reg); /* harmless */
	assert_true(answer(b, "2"));
	assert_non_null(strstr(fake_last(&b->stack)->contact, ";expires=0"));
	assert_string_equal(said(b), "Fake 2, integrity-protected=\"tls-yes\"");
	give(b, 200);
	assert_heard(b, "gone ");
	registered(b);
	ims_reg_stop(b->reg);
	give(b, 401);
	assert_int_equal(fake_clock_skip(&b->stack.clock), 30000);
	assert_heard(b, "asked gone ");
}

/* The owner goes while the question is out. */
static void test_stopped_while_asked(void **state)
{
	bench *b = *state;

	b->prover->verdict = IMS_PROVER_ASKS;
	ims_reg_start(b->reg);
	give(b, 401);
	ims_reg_stop(b->reg);
	assert_heard(b, "asked gone ");
	assert_int_equal(fake_clock_left_ms(&b->stack.clock), -1);
	registered(b);
	ims_reg_start(b->reg);
	give(b, 401);
	ims_reg_stop(b->reg);
	assert_int_equal(fake_pending(&b->stack), 1);
	assert_false(answer(b, "3"));
	give(b, 200);
	assert_heard(b, "asked gone ");
}

/* Asked as often as answered. */
static void test_asked_too_often(void **state)
{
	bench *b = *state;

	b->prover->verdict = IMS_PROVER_ASKS;
	ims_reg_start(b->reg);
	give(b, 401);
	assert_true(answer(b, "1"));
	give(b, 401);
	assert_true(answer(b, "1"));
	assert_int_equal(fake_pending(&b->stack),
			 0); /* the second one a little later: Kamailio is slow to remember */
	assert_int_equal(fake_clock_skip(&b->stack.clock), 100);
	give(b, 401);
	assert_heard(b, "asked asked refused 401 reason 401 ");
}

/* AUTS takes an answer of its own. */
static void test_more_answers(void **state)
{
	bench *b = *state;

	b->prover->base.more_answers = 1;
	b->prover->verdict = IMS_PROVER_ANSWERS;
	b->prover->says = "Fake 1";
	b->prover->answers = TRUE;
	ims_reg_start(b->reg);
	give(b, 401);
	for (guint i = 0; i < 2; i++) {
		give(b, 401);
		fake_clock_skip(&b->stack.clock);
	}
	assert_int_equal(b->stack.sent->len, 4);
	give(b, 401);
	assert_heard(b, "refused 401 reason 401 ");
}

/* REQ-53 */
static void test_alarm(void **state)
{
	bench *b = *state;

	b->prover->verdict = IMS_PROVER_ALARMS;
	ims_reg_start(b->reg);
	give(b, 401);
	assert_heard(b, "refused 500 nobody may challenge ");
	assert_non_null(strstr(logged->str, "nobody may challenge"));
}

/* REQ-35: who proves wrongly is not believed. */
static void test_not_believed(void **state)
{
	bench *b = *state;

	b->prover->believes = FALSE;
	ims_reg_start(b->reg);
	fake_give(fake_last(&b->stack), &(fake_answer){ .status = 200, .expires_s = 60, .info = "rspauth" });
	assert_heard(b, "delayed 502 ");
}

/* REQ-40, REQ-49: what goes with the state of the flow, with every REGISTER, or is the prover's own. */
static void test_integrity(void **state)
{
	static const struct {
		ims_integrity integrity;
		ims_role role;
		const char *first, *later;
	} rows[] = {
		{ IMS_INTEGRITY_OF_FLOW, IMS_ROLE_EDGE, "Fake x", "Fake x, integrity-protected=\"tls-yes\"" },
		{ IMS_INTEGRITY_OF_FLOW, IMS_ROLE_UE, "Fake x", "Fake x" },
		{ IMS_INTEGRITY_CONNECTED, IMS_ROLE_EDGE, "Fake x, integrity-protected=\"tls-connected\"",
		  "Fake x, integrity-protected=\"tls-connected\"" },
		{ IMS_INTEGRITY_CONNECTED, IMS_ROLE_UE, "Fake x", "Fake x" },
		{ IMS_INTEGRITY_OWN, IMS_ROLE_EDGE, "Fake x", "Fake x" },
	};
	bench *b = *state;

	b->prover->says = "Fake x";
	b->prover->verdict = IMS_PROVER_ANSWERS;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		b->prover->base.integrity = rows[i].integrity;
		b->prover->answers = FALSE;
		b->network.role = rows[i].role;
		ims_reg_start(b->reg);
		assert_string_equal(said(b), rows[i].first);
		b->prover->answers = TRUE;
		give(b, 401);
		give(b, 200);
		fake_clock_skip(&b->stack.clock);
		assert_string_equal(said(b), rows[i].later);
		give(b, 403); /* proved no more */
	}
}

#define IN_BENCH(test) cmocka_unit_test_setup_teardown(test, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_BENCH(test_asked),
		IN_BENCH(test_proved_for_good),
		IN_BENCH(test_unanswered),
		IN_BENCH(test_refresh_unanswered),
		IN_BENCH(test_refresh_without_client),
		IN_BENCH(test_leaves_without_client),
		IN_BENCH(test_leaves),
		IN_BENCH(test_stopped_while_asked),
		IN_BENCH(test_asked_too_often),
		IN_BENCH(test_more_answers),
		IN_BENCH(test_alarm),
		IN_BENCH(test_not_believed),
		IN_BENCH(test_integrity),
	};

	return cmocka_run_group_tests_name("test_ims_reg_prover", tests, NULL, NULL);
}
