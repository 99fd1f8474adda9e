/* What fails for now: how long a registration waits, and what it does then. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "reg_bench.h"

/* REQ-18: the owner hears at once, whoever fails, and it is tried again. */
static void test_failed_at_first(void **state)
{
	static const fake_answer answers[] = { { .status = 408, .internal = TRUE },
					       { .status = 503, .internal = TRUE },
					       { .status = 408 },
					       { .status = 430 },
					       { .status = 480 },
					       { .status = 500 },
					       { .status = 504 },
					       { .status = 504, .restoration = TRUE } };
	bench *b = *state;

	for (gsize i = 0; i < G_N_ELEMENTS(answers) * 2; i++) {
		const fake_answer *a = &answers[i / 2];
		g_autofree char *heard = g_strdup_printf("delayed %d ", a->status);

		make_reg(b);
		ims_reg_start(b->reg);
		if (i % 2)
			GIVE(b, CHALLENGED("nonce-1"));
		give(b, *a);
		assert_string_equal(b->heard->str, heard);
		assert_string_equal(ims_reg_state_name(b->reg), "registering");
		assert_int_equal(fake_pending(&b->stack), 0);
		assert_back_off(b, 30);
		fake_clock_skip(&b->stack.clock);
		assert_has(last_authorization(b), "nonce=\"\""); /* from the beginning */
		g_string_truncate(b->heard, 0);
		ims_reg_free(g_steal_pointer(&b->reg));
	}
}

/* ... with longer and longer waits; he is told once, and of the end. */
static void test_paused(void **state)
{
	static const gint64 base_s[] = { 30, 60, 120, 240, 480, 960, 1800, 1800, 1800 };
	bench *b = *state;

	for (int good = 0; good < 2; good++) {
		make_reg(b);
		ims_reg_start(b->reg);
		for (gsize n = 0; n < G_N_ELEMENTS(base_s); n++) {
			GIVE(b, .status = 503);
			assert_back_off(b, base_s[n]);
			fake_clock_skip(&b->stack.clock);
		}
		GIVE(b, .status = good ? 200 : 403, .expires_s = 60);
		assert_string_equal(b->heard->str,
				    good ? "delayed 503 confirmed " : "delayed 503 refused 403 ");
		g_string_truncate(b->heard, 0);
		ims_reg_free(g_steal_pointer(&b->reg));
	}
}

/* REQ-19: not before the network wants it, at the first registration too. */
static void test_paused_as_asked(void **state)
{
	bench *b = *state;

	make_reg(b);
	ims_reg_start(b->reg);
	GIVE(b, .status = 503, .retry_after_s = 7);
	assert_int_equal(fake_clock_left_ms(&b->stack.clock), 7000);
	fake_clock_skip(&b->stack.clock);
	GIVE(b, .status = 503, .retry_after_s = 4000);
	assert_int_equal(fake_clock_left_ms(&b->stack.clock), 4000000);
}

/* A page that asks again does not wait, and hears again. */
static void test_start_while_paused(void **state)
{
	bench *b = *state;

	make_reg(b);
	ims_reg_start(b->reg);
	GIVE(b, .status = 503);
	ims_reg_start(b->reg);
	assert_int_equal(fake_pending(&b->stack), 1);
	GIVE(b, .status = 503);
	assert_string_equal(b->heard->str, "delayed 503 delayed 503 ");
}

/* REQ-20: a new initial registration, nothing proved, and nobody hears of it. */
static void assert_anew(bench *b)
{
	assert_int_equal(fake_pending(&b->stack), 1);
	assert_has(last_authorization(b), "nonce=\"\"");
	assert_lacks(last_authorization(b), "integrity-protected");
	assert_true(ims_reg_is_active(b->reg));
	GIVE(b, CHALLENGED("nonce-9"));
	assert_has(last_authorization(b), "tls-pending");
	GIVE(b, OK_FOR(3600));
	assert_string_equal(b->heard->str, "");
	assert_true(ims_reg_is_active(b->reg));
}

static void test_restoration(void **state)
{
	bench *b = *state;

	registered(b, 3600);
	ims_reg_restore(b->reg); /* a call was answered so */
	assert_anew(b);
	fake_clock_skip(&b->stack.clock);
	GIVE(b, .status = 504, .restoration = TRUE); /* ... or a refresh */
	assert_anew(b);
	fake_clock_skip(&b->stack.clock);
	GIVE(b, .status = 401, .challenges = { STALE("nonce-2") });
	GIVE(b, .status = 504, .restoration = TRUE);
	ims_reg_restore(b->reg); /* on its way already: no second one */
	assert_anew(b);
}

/* A network that says so again and again is asked again with pauses. */
static void test_restoration_fails(void **state)
{
	bench *b = *state;

	registered(b, 3600);
	fake_clock_skip(&b->stack.clock);
	GIVE(b, .status = 504, .restoration = TRUE);
	GIVE(b, .status = 504, .restoration = TRUE);
	assert_int_equal(fake_pending(&b->stack), 0);
	assert_back_off(b, 30);
}

/* REQ-16: the operator is told, once; nothing is tried. */
static void test_no_path(void **state)
{
	bench *b = *state;

	make_reg(b);
	ims_reg_start(b->reg);
	GIVE(b, .status = 420, .unsupported = "path");
	assert_string_equal(b->heard->str, "refused 420 ");
	assert_has(logged->str, "does not support 'path'");
	assert_int_equal(fake_clock_left_ms(&b->stack.clock), -1);
}

/* RFC 5626 4.5 at a refresh: 50 to 100 % of min(1800, 30 * 2^n), still served; a success starts it anew. */
static void test_back_off(void **state)
{
	static const gint64 base_s[] = { 30, 60, 120, 240, 480, 960, 1800, 1800, 1800 };
	bench *b = *state;

	registered(b, 600000); /* 600 s are left at the refresh */
	for (int round = 0; round < 2; round++) {
		fake_clock_skip(&b->stack.clock);
		/* the binding would end before the longest waits: keep it alive by going back in time */
		b->stack.clock.now_ms -= 599400000;
		for (gsize n = 0; n < G_N_ELEMENTS(base_s); n++) {
			gint64 wait_ms;

			GIVE(b, .status = n % 2 ? 503 : 408, .internal = n % 3 == 0);
			assert_true(ims_reg_is_active(b->reg));
			assert_string_equal(ims_reg_state_name(b->reg), "registered");
			wait_ms = fake_clock_left_ms(&b->stack.clock);
			if (wait_ms < base_s[n] * 500 || wait_ms > base_s[n] * 1000)
				fail_msg("failure %zu: %" G_GINT64_FORMAT " ms", n + 1, wait_ms);
			fake_clock_skip(&b->stack.clock);
			assert_has(last_authorization(b), "tls-yes");
		}
		GIVE(b, OK_FOR(600000));
	}
	assert_string_equal(b->heard->str, "");
}

/* REQ-19 */
static void test_retry_after(void **state)
{
	bench *b = *state;

	registered(b, 600000);
	fake_clock_skip(&b->stack.clock);
	GIVE(b, .status = 503, .retry_after_s = 120);
	assert_true(ims_reg_is_active(b->reg));
	assert_true(fake_clock_left_ms(&b->stack.clock) >= 120000);
	fake_clock_skip(&b->stack.clock);
	GIVE(b, .status = 503, .retry_after_s = 86400); /* but the binding ends before */
	assert_int_equal(fake_clock_left_ms(&b->stack.clock), 480000);
	fake_clock_skip(&b->stack.clock);
	assert_string_equal(b->heard->str, "delayed 503 ");
	assert_int_equal(fake_clock_left_ms(&b->stack.clock),
			 (86400 - 480) * 1000); /* it is still asked for */
}

/* Once waited for, it counts no more. */
static void test_retry_after_passes(void **state)
{
	bench *b = *state;

	registered(b, 600000);
	fake_clock_skip(&b->stack.clock);
	GIVE(b, .status = 503, .retry_after_s = 300);
	fake_clock_skip(&b->stack.clock);
	GIVE(b, .status = 503);
	assert_true(fake_clock_left_ms(&b->stack.clock) <= 60000);
}

/* The waits are not spread evenly by chance alone, but they are not all the same either. */
static void test_back_off_is_random(void **state)
{
	bench *b = *state;
	gint64 first = 0;
	gboolean differ = FALSE;

	for (int i = 0; i < 20; i++) {
		registered(b, 600000);
		fake_clock_skip(&b->stack.clock);
		GIVE(b, .status = 503);
		if (i == 0)
			first = fake_clock_left_ms(&b->stack.clock);
		differ |= fake_clock_left_ms(&b->stack.clock) != first;
		ims_reg_free(g_steal_pointer(&b->reg));
	}
	assert_true(differ);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_BENCH(test_failed_at_first),
		IN_BENCH(test_paused),
		IN_BENCH(test_paused_as_asked),
		IN_BENCH(test_start_while_paused),
		IN_BENCH(test_restoration),
		IN_BENCH(test_restoration_fails),
		IN_BENCH(test_no_path),
		IN_BENCH(test_back_off),
		IN_BENCH(test_retry_after),
		IN_BENCH(test_retry_after_passes),
		IN_BENCH(test_back_off_is_random),
	};

	return cmocka_run_group_tests_name("test_ims_reg_retry", tests, NULL, NULL);
}
