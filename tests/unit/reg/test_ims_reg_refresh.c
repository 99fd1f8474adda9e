/* When a registration is refreshed, for how long, and when its binding ends. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/ims_pace.h"
#include "reg_bench.h"

/* REQ-14 */
static void test_refresh_after(void **state)
{
	static const struct {
		guint expires_s, after_s;
	} rows[] = { { 2, 1 },       { 60, 30 },         { 1199, 599 },
		     { 1200, 600 },  { 1201, 601 },      { 1800, 1200 },
		     { 3600, 3000 }, { 600000, 599400 }, { G_MAXINT32, G_MAXINT32 - 600 } };

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		assert_int_equal(ims_pace_refresh_s(rows[i].expires_s), rows[i].after_s);
}

/* REQ-14 on the clock, to the millisecond: the initial registration and its refreshes. */
static void test_refresh_times(void **state)
{
	static const guint rows[][2] = { { 60, 30 }, { 1200, 600 }, { 1201, 601 }, { 600000, 599400 } };
	bench *b = *state;

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		guint sent;

		registered(b, rows[i][0]);
		for (int round = 0; round < 3; round++) {
			sent = b->stack.sent->len;
			fake_clock_pass_ms(&b->stack.clock, rows[i][1] * G_GINT64_CONSTANT(1000) - 1);
			assert_int_equal(b->stack.sent->len, sent);
			fake_clock_pass_ms(&b->stack.clock, 1);
			assert_int_equal(b->stack.sent->len, sent + 1);
			GIVE(b, OK_FOR(rows[i][0]));
		}
		assert_string_equal(b->heard->str, ""); /* nobody asked for these */
		ims_reg_free(g_steal_pointer(&b->reg));
	}
}

/* However short the time that the network grants: no REGISTER without a pause. */
static void test_refresh_never_spins(void **state)
{
	bench *b = *state;

	registered(b, 1);
	assert_true(fake_clock_left_ms(&b->stack.clock) > 0);
}

/* A 200 that says nothing about time: what was asked for. */
static void test_no_expires(void **state)
{
	bench *b = *state;

	make_reg(b);
	ims_reg_start(b->reg);
	GIVE(b, .status = 200);
	assert_int_equal(ims_reg_expires_s(b->reg), 600000);
	assert_int_equal(fake_clock_left_ms(&b->stack.clock), 599400000);
}

/* REQ-15: once an attempt, upwards only, within reason; and it stays so. */
static void test_too_brief(void **state)
{
	static const struct {
		guint min_s;
		gboolean obeyed;
	} rows[] = { { 0, FALSE },      { 599999, FALSE },  { 600000, FALSE },   { 600001, TRUE },
		     { 2592000, TRUE }, { 2592001, FALSE }, { G_MAXUINT, FALSE } };
	bench *b = *state;

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *wanted = g_strdup_printf(";expires=%u", rows[i].min_s);

		make_reg(b);
		ims_reg_start(b->reg);
		GIVE(b, .status = 423, .min_expires_s = rows[i].min_s);
		if (rows[i].obeyed != (fake_pending(&b->stack) == 1))
			fail_msg("Min-Expires %u", rows[i].min_s);
		if (rows[i].obeyed)
			assert_true(g_str_has_suffix(fake_last(&b->stack)->contact, wanted));
		else
			assert_string_equal(b->heard->str, "refused 423 ");
		g_string_truncate(b->heard, 0);
		ims_reg_free(g_steal_pointer(&b->reg));
	}
}

static void test_too_brief_once(void **state)
{
	bench *b = *state;
	ims_reg_setup setup = setup_of(b);

	setup.expires_s = 60;
	b->reg = ims_reg_new(&setup, &events, b);
	ims_reg_start(b->reg);
	GIVE(b, CHALLENGED("nonce-1"));
	GIVE(b, .status = 423, .min_expires_s = 120);
	assert_has(fake_last(&b->stack)->contact, ";expires=120");
	assert_has(last_authorization(b), "nonce=\"nonce-1\"");
	assert_has(last_authorization(b), "nc=00000002");
	GIVE(b, CHALLENGED("nonce-2"));
	GIVE(b, OK_FOR(120));
	fake_clock_skip(&b->stack.clock);
	assert_has(fake_last(&b->stack)->contact, ";expires=120"); /* not 60 again */
	GIVE(b, .status = 423, .min_expires_s = 240); /* another attempt, another right to say so */
	assert_true(ims_reg_is_active(b->reg));
	assert_has(fake_last(&b->stack)->contact, ";expires=240");
	GIVE(b, .status = 423, .min_expires_s = 480);
	assert_string_equal(b->heard->str, "confirmed refused 423 ");
}

/* The binding ends while we wait to try again: told then, not before, not later. */
static void test_ends_while_waiting(void **state)
{
	bench *b = *state;
	gint64 ends_ms;

	registered(b, 60);
	ends_ms = b->stack.clock.now_ms + 60000;
	while (b->heard->len == 0 && b->stack.sent->len < 100) {
		fake_clock_skip(&b->stack.clock);
		assert_true(b->stack.clock.now_ms <= ends_ms);
		if (fake_pending(&b->stack))
			GIVE(b, .status = 408, .internal = TRUE);
	}
	assert_string_equal(b->heard->str, "delayed 408 ");
	assert_true(b->stack.clock.now_ms == ends_ms);
	assert_false(ims_reg_is_active(b->reg));
}

/* Who has asked for a refresh hears, once, that it has failed so far, and of the one that succeeds. */
static void test_asked_for_and_failed(void **state)
{
	bench *b = *state;

	registered(b, 3600);
	ims_reg_start(b->reg);
	for (int i = 0; i < 2; i++) {
		GIVE(b, .status = 503, .retry_after_s = 60);
		assert_string_equal(b->heard->str, "delayed 503 ");
		assert_true(ims_reg_is_active(b->reg));
		assert_int_equal(ims_reg_left_s(b->reg), 3600 - 60 * i);
		fake_clock_pass_ms(&b->stack.clock, 60000);
	}
	GIVE(b, OK_FOR(3600));
	assert_string_equal(b->heard->str, "delayed 503 confirmed ");
	ims_reg_start(b->reg);
	GIVE(b, .status = 503, .retry_after_s = 60);
	assert_string_equal(b->heard->str, "delayed 503 confirmed delayed 503 ");
}

/* ... or while the network keeps us waiting for its answer. */
static void test_ends_while_asking(void **state)
{
	bench *b = *state;

	for (int challenged = 0; challenged < 2; challenged++) {
		registered(b, 40);
		fake_clock_skip(&b->stack.clock);
		if (challenged)
			GIVE(b, .status = 401, .challenges = { STALE("nonce-2") });
		fake_clock_pass_ms(&b->stack.clock, 32000);
		GIVE(b, .status = 408, .internal = TRUE);
		assert_string_equal(b->heard->str, "delayed 408 ");
		g_string_truncate(b->heard, 0);
		ims_reg_free(g_steal_pointer(&b->reg));
	}
}

/* A late success is one. */
static void test_late_success(void **state)
{
	bench *b = *state;

	registered(b, 40);
	fake_clock_skip(&b->stack.clock);
	fake_clock_pass_ms(&b->stack.clock, 32000);
	GIVE(b, OK_FOR(40));
	assert_true(ims_reg_is_active(b->reg));
	assert_string_equal(b->heard->str, "");
	assert_int_equal(fake_clock_left_ms(&b->stack.clock), 20000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_refresh_after),
		IN_BENCH(test_refresh_times),
		IN_BENCH(test_refresh_never_spins),
		IN_BENCH(test_no_expires),
		IN_BENCH(test_too_brief),
		IN_BENCH(test_too_brief_once),
		IN_BENCH(test_ends_while_waiting),
		IN_BENCH(test_ends_while_asking),
		IN_BENCH(test_asked_for_and_failed),
		IN_BENCH(test_late_success),
	};

	return cmocka_run_group_tests_name("test_ims_reg_refresh", tests, NULL, NULL);
}
