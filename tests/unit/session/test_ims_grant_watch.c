/* When a registration by token is looked at: the token's end, and before; whether it is good yet. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "../fake_clock.h"
#include "../log_recorder.h"
#include "fake_tokens.h"
#include "session/ims_grant_watch.h"

#define LIFE_S 1000
#define LEAD_S 60
#define RECHECK_S 300

typedef struct {
	fake_clock clock;
	ims_tokens tokens;
	ims_network network;
	ims_holders *holders;
	ims_grant_watch *watch;
	guint soon, soon_left_s, over;
	int why;
} bench;

static void on_ends_soon(guint left_s, gpointer user)
{
	bench *b = user;

	b->soon++;
	b->soon_left_s = left_s;
}

static void on_over(const GError *why, const ims_issuer *issuer, gpointer user)
{
	bench *b = user;

	(void)issuer;
	b->over++;
	b->why = why->code;
	g_clear_pointer(&b->watch, ims_grant_watch_free);
}

static const ims_grant_watch_events events = { on_ends_soon, on_over };

static void watch(bench *b, gint64 left_s)
{
	g_autoptr(ims_grant) grant = fake_grant("u1", left_s, TRUE);

	b->watch = ims_grant_watch_new(
		&(ims_grant_watch_setup){
			.clock = &b->clock.clock,
			.tokens = &b->tokens,
			.network = &b->network,
			.grant = grant,
			.hold = ims_holders_take(b->holders, "carol@ims.example", "waf", "u1") },
		&events, b);
}

static int start(void **state)
{
	bench *b = g_new0(bench, 1);

	fake_clock_init(&b->clock);
	b->network = (ims_network){ .token_expiring_s = LEAD_S, .token_recheck_s = RECHECK_S };
	b->holders = ims_holders_new();
	log_recorder_start();
	*state = b;
	return 0;
}

static int end(void **state)
{
	bench *b = *state;

	ims_grant_watch_free(b->watch);
	assert_null(b->tokens.waiting);
	ims_holders_free(b->holders);
	fake_clock_clear(&b->clock);
	assert_null(strstr(logged->str, "geheim"));
	log_recorder_stop();
	g_free(b);
	return 0;
}

/* The wall clock may have gone on between two lines of a test. */
static gboolean is_about(guint value, guint wanted)
{
	return value <= wanted && value + 2 >= wanted;
}

static void pass_s(bench *b, guint seconds)
{
	for (guint i = 0; i < seconds; i++) {
		fake_clock_pass_ms(&b->clock, 1000);
		if (b->tokens.waiting)
			fake_verdict(&b->tokens, NULL);
	}
}

/* REQ-54, REQ-55 */
static void test_the_end(void **state)
{
	bench *b = *state;

	watch(b, LIFE_S);
	assert_true(is_about(ims_grant_watch_left_s(b->watch), LIFE_S - 1));
	pass_s(b, LIFE_S - LEAD_S - 5);
	assert_int_equal(b->soon, 0);
	pass_s(b, 5);
	assert_int_equal(b->soon, 1);
	assert_int_equal(b->soon_left_s, LEAD_S);
	pass_s(b, LEAD_S - 5);
	assert_int_equal(b->over, 0);
	pass_s(b, 5);
	assert_int_equal(b->over, 1);
	assert_int_equal(b->why, IMS_TOKEN_EXPIRED);
	assert_int_equal(b->soon, 1);
}

/* A page that answers each warning with a token of half a minute is not warned without end. */
static void test_short_life(void **state)
{
	bench *b = *state;

	watch(b, 31);
	fake_clock_pass_ms(&b->clock, 10000);
	assert_int_equal(b->soon, 0);
	fake_clock_pass_ms(&b->clock, 5000);
	assert_int_equal(b->soon, 1);
}

static void test_renewed(void **state)
{
	bench *b = *state;
	g_autoptr(ims_grant) newer = fake_grant("u1", 2 * LIFE_S, TRUE);

	watch(b, LIFE_S);
	pass_s(b, LIFE_S - 10);
	assert_int_equal(b->soon, 1);
	ims_grant_watch_renew(b->watch, newer);
	assert_ptr_equal(ims_grant_watch_grant(b->watch), newer);
	pass_s(b, LIFE_S);
	assert_int_equal(b->soon, 1);
	assert_int_equal(b->over, 0);
	pass_s(b, LIFE_S);
	assert_int_equal(b->soon, 2); /* once for each */
	assert_int_equal(b->over, 1);
}

static void test_never_told(void **state)
{
	bench *b = *state;

	b->network.token_expiring_s = b->network.token_recheck_s = 0;
	watch(b, LIFE_S);
	pass_s(b, LIFE_S - 5);
	assert_int_equal(b->soon, 0);
	assert_int_equal(b->tokens.asked, 0);
}

/* REQ-61 */
static void test_rechecked(void **state)
{
	bench *b = *state;

	watch(b, LIFE_S);
	pass_s(b, 3 * RECHECK_S);
	assert_int_equal(b->tokens.asked, 3);
	assert_int_equal(b->over, 0);
}

static void test_revoked(void **state)
{
	bench *b = *state;
	ims_token_error_code why = IMS_TOKEN_INVALID;

	watch(b, LIFE_S);
	fake_clock_pass_ms(&b->clock, RECHECK_S * 1000);
	fake_verdict(&b->tokens, &why);
	assert_int_equal(b->over, 1);
	assert_int_equal(b->why, IMS_TOKEN_INVALID);
}

/* Who cannot ask knows no more than before. */
static void test_provider_is_dead(void **state)
{
	bench *b = *state;
	ims_token_error_code why = IMS_TOKEN_UNAVAILABLE;

	watch(b, LIFE_S);
	fake_clock_pass_ms(&b->clock, RECHECK_S * 1000);
	fake_verdict(&b->tokens, &why);
	assert_int_equal(b->over, 0);
	assert_non_null(strstr(logged->str, "as the test wants it"));
	fake_clock_pass_ms(&b->clock, RECHECK_S * 1000);
	assert_int_equal(b->tokens.asked, 2);
}

static void test_slow_provider(void **state)
{
	bench *b = *state;

	watch(b, LIFE_S);
	fake_clock_pass_ms(&b->clock,
			   2 * RECHECK_S * 1000); /* the first question is given up for the second */
	assert_int_equal(b->tokens.asked, 2);
	ims_grant_watch_recheck(b->watch);
	assert_int_equal(b->tokens.asked, 3);
	fake_clock_pass_ms(&b->clock, LIFE_S * 1000); /* nor does the end wait for an answer */
	assert_int_equal(b->over, 1);
}

/* REQ-60 */
static void test_hold_is_given_back(void **state)
{
	bench *b = *state;
	g_autoptr(ims_hold) next = NULL;

	watch(b, LIFE_S);
	assert_null(ims_holders_take(b->holders, "carol@ims.example", "waf", "u2"));
	g_clear_pointer(&b->watch, ims_grant_watch_free);
	next = ims_holders_take(b->holders, "carol@ims.example", "waf", "u2");
	assert_non_null(next);
}

static void test_left(void **state)
{
	g_autoptr(ims_grant) over = fake_grant("u1", -5, FALSE);
	g_autoptr(ims_grant) last = fake_grant("u1", 1, FALSE);
	g_autoptr(ims_grant) good = fake_grant("u1", 100, FALSE);

	(void)state;
	assert_int_equal(ims_grant_left_s(over), 0);
	assert_int_equal(ims_grant_left_s(last), 0); /* its last words are said in its time */
	assert_true(is_about(ims_grant_left_s(good), 99));
}

#define IN_BENCH(test) cmocka_unit_test_setup_teardown(test, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_BENCH(test_the_end),
		IN_BENCH(test_short_life),
		IN_BENCH(test_renewed),
		IN_BENCH(test_never_told),
		IN_BENCH(test_rechecked),
		IN_BENCH(test_revoked),
		IN_BENCH(test_provider_is_dead),
		IN_BENCH(test_slow_provider),
		IN_BENCH(test_hold_is_given_back),
		cmocka_unit_test(test_left),
	};

	return cmocka_run_group_tests_name("test_ims_grant_watch", tests, NULL, NULL);
}
