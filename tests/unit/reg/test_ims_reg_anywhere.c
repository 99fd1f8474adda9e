/* What may come in any state of a registration. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "reg_bench.h"

/* Each state, as a script that leads there. */
static void to_idle(bench *b)
{
	make_reg(b);
}

static void to_trying(bench *b)
{
	make_reg(b);
	ims_reg_start(b->reg);
}

static void to_proving(bench *b)
{
	to_trying(b);
	GIVE(b, CHALLENGED("nonce-1"));
}

static void to_paused(bench *b)
{
	to_trying(b);
	GIVE(b, .status = 503);
}

static void to_active(bench *b)
{
	registered(b, 3600);
}

static void to_refreshing(bench *b)
{
	to_active(b);
	fake_clock_skip(&b->stack.clock);
}

static void to_reproving(bench *b)
{
	to_refreshing(b);
	GIVE(b, .status = 401, .challenges = { STALE("nonce-2") });
}

static void to_waiting(bench *b)
{
	to_refreshing(b);
	GIVE(b, .status = 503);
}

static void to_leaving(bench *b)
{
	to_active(b);
	ims_reg_stop(b->reg);
}

static void to_leave_proving(bench *b)
{
	to_leaving(b);
	GIVE(b, .status = 401, .challenges = { STALE("nonce-2") });
}

static void (*const to_state[])(bench *b) = { to_idle,    to_trying,       to_proving,   to_paused,
					      to_active,  to_refreshing,   to_reproving, to_waiting,
					      to_leaving, to_leave_proving };
enum { FIRST_LEAVING = 8 };

/* Nothing is registered there, and nothing under way. */
static gboolean is_quiet(gsize state)
{
	return to_state[state] == to_idle || to_state[state] == to_paused;
}

static void next(bench *b)
{
	g_string_truncate(b->heard, 0);
	ims_reg_free(g_steal_pointer(&b->reg));
	assert_int_equal(fake_pending(&b->stack), 0);
	assert_int_equal(fake_clock_left_ms(&b->stack.clock), -1);
}

static void test_free_anywhere(void **state)
{
	bench *b = *state;

	ims_reg_free(NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(to_state); i++) {
		to_state[i](b);
		next(b);
	}
}

/* stop: gone follows, once, whatever the network says to it; at most one request is under way. */
static void test_stop_anywhere(void **state)
{
	static const fake_answer answers[] = { { .status = 200 }, { .status = 200, .expires_s = 60 },
					       { .status = 403 }, { .status = 423, .min_expires_s = 700000 },
					       { .status = 481 }, { .status = 503, .internal = TRUE },
					       { .status = 401 } };
	bench *b = *state;

	for (gsize i = 0; i < G_N_ELEMENTS(to_state) * G_N_ELEMENTS(answers); i++) {
		to_state[i / G_N_ELEMENTS(answers)](b);
		g_string_truncate(b->heard, 0);
		ims_reg_stop(b->reg);
		ims_reg_stop(b->reg); /* harmless */
		if (!is_quiet(i / G_N_ELEMENTS(answers))) {
			assert_int_equal(fake_pending(&b->stack), 1);
			assert_has(fake_last(&b->stack)->contact, ";expires=0");
			assert_string_equal(b->heard->str, "");
			give(b, answers[i % G_N_ELEMENTS(answers)]);
			assert_string_equal(b->heard->str, "gone ");
		} else {
			assert_string_equal(b->heard->str, "gone gone ");
		}
		assert_true(ims_reg_is_idle(b->reg));
		fake_clock_pass_ms(&b->stack.clock, YEAR_MS);
		next(b);
	}
}

/* A 200 that was on its way does not bring a leaving one back. */
static void test_stop_crosses_answer(void **state)
{
	bench *b = *state;

	to_proving(b);
	ims_reg_stop(b->reg);
	assert_false(ims_reg_is_active(b->reg));
	assert_int_equal(fake_pending(&b->stack), 1);
	GIVE(b, CHALLENGED("nonce-2"));
	GIVE_AGAIN(b, CHALLENGED("nonce-3"));
	GIVE(b, CHALLENGED("nonce-4"));
	assert_string_equal(b->heard->str, "gone ");
}

/* start: "either way confirmed or refused follows", and one message at a time. */
static void test_start_anywhere(void **state)
{
	bench *b = *state;

	for (gsize i = 0; i < FIRST_LEAVING; i++) { /* while leaving, gone follows */
		to_state[i](b);
		g_string_truncate(b->heard, 0);
		ims_reg_start(b->reg);
		ims_reg_start(b->reg);
		assert_int_equal(fake_pending(&b->stack), 1);
		GIVE(b, OK_FOR(3600));
		assert_string_equal(b->heard->str, "confirmed ");
		fake_clock_skip(&b->stack.clock);
		GIVE(b, OK_FOR(3600));
		assert_string_equal(b->heard->str, "confirmed "); /* nobody asked */
		next(b);
		to_state[i](b);
		g_string_truncate(b->heard, 0);
		ims_reg_start(b->reg);
		GIVE(b, .status = 403);
		assert_string_equal(b->heard->str, "refused 403 ");
		next(b);
	}
}

/* A start that failed at a refresh, which its owner hears, is still owed an answer. */
static void test_start_fails_for_now(void **state)
{
	bench *b = *state;

	to_active(b);
	ims_reg_start(b->reg);
	GIVE(b, .status = 503);
	assert_string_equal(b->heard->str, "delayed 503 ");
	fake_clock_skip(&b->stack.clock);
	GIVE(b, OK_FOR(3600));
	assert_string_equal(b->heard->str, "delayed 503 confirmed ");
}

static void test_start_while_leaving(void **state)
{
	bench *b = *state;

	for (gsize i = FIRST_LEAVING; i < G_N_ELEMENTS(to_state); i++) {
		to_state[i](b);
		ims_reg_start(b->reg);
		assert_int_equal(fake_pending(&b->stack), 1);
		GIVE(b, .status = 200);
		assert_string_equal(b->heard->str, "gone ");
		next(b);
	}
}

/* The listener frees the registration in what it hears; ASan looks on. */
static void test_freed_in_confirmed(void **state)
{
	bench *b = *state;

	b->free_on = "confirmed";
	to_proving(b);
	GIVE(b, OK_FOR(3600));
	assert_null(b->reg);
	assert_int_equal(fake_clock_left_ms(&b->stack.clock), -1);
}

static void test_freed_in_refused(void **state)
{
	static const fake_answer answers[] = { { .status = 403 }, { .status = 401 }, { .status = 423 } };
	bench *b = *state;

	for (gsize s = 1; s < FIRST_LEAVING - 1; s++) {
		if (to_state[s] == to_active || is_quiet(s))
			continue;
		for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
			b->free_on = NULL;
			to_state[s](b);
			b->free_on = "refused";
			give(b, answers[i]);
			assert_null(b->reg);
			next(b);
		}
	}
	b->free_on = NULL;
	to_waiting(b);
	b->free_on = "delayed";
	while (b->reg) {
		fake_clock_skip(&b->stack.clock);
		if (b->reg)
			GIVE(b, .status = 503);
	}
	assert_string_equal(b->heard->str, "delayed 503 ");
}

static void test_freed_in_gone(void **state)
{
	bench *b = *state;

	for (gsize s = 0; s < G_N_ELEMENTS(to_state); s++) {
		b->free_on = NULL;
		to_state[s](b);
		b->free_on = "gone";
		ims_reg_stop(b->reg);
		if (!is_quiet(s))
			GIVE(b, .status = 200);
		assert_null(b->reg);
		next(b);
	}
}

/* The stack cannot make the request: refused or gone follows, inside the call. */
static void test_broken_stack(void **state)
{
	bench *b = *state;

	for (int frees = 0; frees < 2; frees++) {
		make_reg(b);
		b->stack.broken = TRUE;
		b->free_on = frees ? "refused" : NULL;
		ims_reg_start(b->reg);
		assert_string_equal(b->heard->str, "refused 500 ");
		b->stack.broken = FALSE;
		b->free_on = NULL;
		next(b);

		to_proving(b);
		b->stack.broken = TRUE;
		b->free_on = frees ? "gone" : NULL;
		ims_reg_stop(b->reg);
		assert_string_equal(b->heard->str, "gone ");
		b->stack.broken = FALSE;
		b->free_on = NULL;
		next(b);

		to_active(b);
		b->stack.broken = TRUE;
		b->free_on = frees ? "refused" : NULL;
		fake_clock_skip(&b->stack.clock);
		assert_string_equal(b->heard->str, "refused 500 ");
		b->stack.broken = FALSE;
		b->free_on = NULL;
		next(b);
	}
}

/* What cannot be said in a header: refused, not sent. */
static void test_odd_impi(void **state)
{
	bench *b = *state;
	ims_reg_setup setup = setup_of(b);

	ims_prover_free(setup.prover);
	setup.prover = prover_of("alice\r\nRoute: <sip:evil>", SECRET);
	b->reg = ims_reg_new(&setup, &events, b);
	ims_reg_start(b->reg);
	assert_int_equal(b->stack.sent->len, 0);
	assert_string_equal(b->heard->str, "refused 500 ");
}

/* Nobody listens: nothing is told, nothing breaks. */
static void test_unbound(void **state)
{
	bench *b = *state;

	for (gsize s = 0; s < G_N_ELEMENTS(to_state); s++) {
		to_state[s](b);
		g_string_truncate(b->heard, 0);
		ims_reg_bind(b->reg, NULL, NULL);
		ims_reg_start(b->reg);
		if (fake_pending(&b->stack))
			GIVE(b, OK_FOR(60));
		ims_reg_stop(b->reg);
		if (fake_pending(&b->stack))
			GIVE(b, .status = 200);
		assert_true(ims_reg_is_idle(b->reg));
		ims_reg_start(b->reg);
		GIVE(b, .status = 403);
		assert_string_equal(b->heard->str, "");
		next(b);
	}
}

static void test_rebound(void **state)
{
	bench *b = *state, other = { .heard = g_string_new(NULL) };

	to_active(b);
	ims_reg_bind(b->reg, &events, &other);
	ims_reg_start(b->reg);
	GIVE(b, OK_FOR(60));
	assert_string_equal(b->heard->str, "");
	assert_string_equal(other.heard->str, "confirmed ");
	g_string_free(other.heard, TRUE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_BENCH(test_free_anywhere),
		IN_BENCH(test_stop_anywhere),
		IN_BENCH(test_stop_crosses_answer),
		IN_BENCH(test_start_anywhere),
		IN_BENCH(test_start_fails_for_now),
		IN_BENCH(test_start_while_leaving),
		IN_BENCH(test_freed_in_confirmed),
		IN_BENCH(test_freed_in_refused),
		IN_BENCH(test_freed_in_gone),
		IN_BENCH(test_broken_stack),
		IN_BENCH(test_odd_impi),
		IN_BENCH(test_unbound),
		IN_BENCH(test_rebound),
	};

	return cmocka_run_group_tests_name("test_ims_reg_anywhere", tests, NULL, NULL);
}
