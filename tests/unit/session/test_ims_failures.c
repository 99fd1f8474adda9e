/* How often somebody may fail to prove who he is (REQ-144). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdlib.h>
#include <cmocka.h>

#include "session/ims_failures.h"

#define ALICE "alice@ims.example"
#define RIGHT "geheim-alice"

static void free_failures(ims_failures **failures)
{
	ims_failures_free(*failures);
}

#define failures_of(of_identity, of_all)                                                                     \
	__attribute__((cleanup(free_failures))) ims_failures *failures =                                     \
		ims_failures_new(of_identity, of_all, 0)

static guint begin(ims_failures *failures, const char *impi, const char *credentials, gint64 now_ms)
{
	ims_attempt attempt = ims_failures_attempt(failures, impi, credentials);

	return ims_failures_begin(failures, &attempt, now_ms);
}

static guint try_wrong(ims_failures *failures, const char *impi, const char *credentials, gint64 now_ms)
{
	ims_attempt attempt = ims_failures_attempt(failures, impi, credentials);
	guint wait_s = ims_failures_begin(failures, &attempt, now_ms);

	ims_failures_was_wrong(failures, &attempt, now_ms);
	return wait_s;
}

static guint try_right(ims_failures *failures, const char *impi, const char *credentials, gint64 now_ms)
{
	ims_attempt attempt = ims_failures_attempt(failures, impi, credentials);
	guint wait_s = ims_failures_begin(failures, &attempt, now_ms);

	ims_failures_was_right(failures, &attempt, now_ms);
	return wait_s;
}

static void test_identity(void **state)
{
	failures_of(3, 0);

	(void)state;
	for (int i = 0; i < 3; i++)
		assert_int_equal(try_wrong(failures, ALICE, "guess", 0), 0);
	assert_int_equal(try_wrong(failures, ALICE, "guess", 0), 20); /* one each twenty seconds */
	assert_int_equal(try_wrong(failures, "bob@ims.example", "guess", 0), 0);
	assert_int_equal(try_wrong(failures, ALICE, "guess", 20000), 0);
	assert_int_equal(try_wrong(failures, ALICE, "guess", 20000), 20);
}

/* Who begins many before the first has failed. */
static void test_many_at_once(void **state)
{
	failures_of(3, 0);
	guint begun = 0;

	(void)state;
	for (int i = 0; i < 1000; i++)
		begun += begin(failures, ALICE, "guess", 0) == 0 ? 1 : 0;
	assert_int_equal(begun, 3);
}

static void test_all(void **state)
{
	failures_of(0, 100);
	guint failed = 0;

	(void)state;
	for (int i = 0; i < 1000; i++) {
		g_autofree char *impi = g_strdup_printf("user%d@ims.example", i);

		failed += try_wrong(failures, impi, "guess", 0) == 0 ? 1 : 0;
	}
	assert_int_equal(failed, 100);
	assert_int_equal(begin(failures, ALICE, RIGHT, 0), 1);
	assert_int_equal(begin(failures, ALICE, RIGHT, 600), 0);
}

/* Success counts for nothing, however often. */
static void test_success(void **state)
{
	failures_of(3, 3);

	(void)state;
	for (int i = 0; i < 1000; i++)
		assert_int_equal(try_right(failures, ALICE, RIGHT, 0), 0);
	assert_int_equal(ims_failures_identities(failures), 0);
}

/* Somebody tries his name from elsewhere without end; he is let in all the same, with what was right before.
 */
static void test_nobody_is_locked_out(void **state)
{
	failures_of(3, 5);

	(void)state;
	assert_int_equal(try_right(failures, ALICE, RIGHT, 0), 0);
	for (int i = 0; i < 1000; i++)
		try_wrong(failures, ALICE, "guess", i);
	assert_int_not_equal(try_wrong(failures, ALICE, "guess", 1000), 0);
	for (int i = 0; i < 10; i++)
		assert_int_equal(try_right(failures, ALICE, RIGHT, 1000), 0);
	assert_int_not_equal(try_wrong(failures, ALICE, "guess", 1000), 0); /* which gives others nothing */
	assert_int_not_equal(begin(failures, ALICE, NULL, 1000), 0);
}

/* What was right for one is no pass for another, nor after it has changed. */
static void test_pass_is_his(void **state)
{
	failures_of(1, 0);

	(void)state;
	assert_int_equal(try_right(failures, ALICE, RIGHT, 0), 0);
	assert_int_equal(try_wrong(failures, "bob@ims.example", RIGHT, 0), 0);
	assert_int_not_equal(try_wrong(failures, "bob@ims.example", RIGHT, 0), 0);
	assert_int_equal(try_right(failures, ALICE, "geheim-new", 0), 0);
	assert_int_equal(try_wrong(failures, ALICE, RIGHT, 0), 0);
	assert_int_not_equal(try_wrong(failures, ALICE, RIGHT, 0), 0);
}

/* He may wait while somebody tries without end, and less than a minute more. */
static void test_who_was_never_here(void **state)
{
	failures_of(10, 1000);
	gint64 now_ms;

	(void)state;
	for (now_ms = 0; now_ms < 3600 * 1000; now_ms += 100)
		try_wrong(failures, ALICE, "guess", now_ms);
	now_ms -= 99; /* just after the last one */
	assert_in_range(begin(failures, ALICE, NULL, now_ms), 1, 6);
	assert_int_equal(begin(failures, ALICE, NULL, now_ms + 6000), 0);
}

/* What lets his page keep his secret: once here, he is held up by failures with his own identity alone. */
static void test_who_keeps_his_secret(void **state)
{
	failures_of(3, 5);

	(void)state;
	assert_int_equal(try_right(failures, ALICE, NULL, 0), 0);
	for (int i = 0; i < 1000; i++) {
		g_autofree char *impi = g_strdup_printf("user%d@ims.example", i);

		try_wrong(failures, impi, NULL, 0);
	}
	assert_int_not_equal(begin(failures, "bob@ims.example", NULL, 0), 0);
	assert_int_equal(try_right(failures, ALICE, NULL, 0), 0);
	for (int i = 0; i < 3; i++)
		try_wrong(failures, ALICE, NULL, 0);
	assert_int_not_equal(begin(failures, ALICE, NULL, 0), 0);
}

/* Both ways: the one that is not told does not undo the other. */
static void test_both_ways(void **state)
{
	failures_of(1, 0);

	(void)state;
	assert_int_equal(try_right(failures, ALICE, RIGHT, 0), 0);
	assert_int_equal(try_right(failures, ALICE, NULL, 0), 0);
	try_wrong(failures, ALICE, "guess", 0);
	assert_int_equal(try_right(failures, ALICE, RIGHT, 0), 0);
}

/* Bad access tokens without end keep nobody out. */
static void test_what_cannot_be_guessed(void **state)
{
	failures_of(3, 5);

	(void)state;
	for (int i = 0; i < 1000; i++)
		assert_int_equal(try_wrong(failures, NULL, NULL, 0), 0);
	assert_int_equal(begin(failures, ALICE, RIGHT, 0), 0);
	assert_int_equal(ims_failures_identities(failures), 1);
}

static void test_neither(void **state)
{
	failures_of(2, 2);

	(void)state;
	for (int i = 0; i < 10; i++) {
		ims_attempt attempt = ims_failures_attempt(failures, ALICE, "guess");

		assert_int_equal(ims_failures_begin(failures, &attempt, 0), 0);
		ims_failures_was_neither(failures, &attempt, 0);
		ims_failures_was_wrong(failures, &attempt, 0); /* it is over: nothing more comes of it */
	}
	assert_int_equal(ims_failures_identities(failures), 0);
}

/* Identities without end take no memory without end, and make us forget nobody who failed a moment ago. */
static void test_bounded(void **state)
{
	failures_of(1, 0);

	(void)state;
	for (int i = 0; i < 100000; i++) {
		g_autofree char *impi = g_strdup_printf("user%d@ims.example", i);

		assert_int_equal(try_wrong(failures, impi, "guess", 0), 0);
		assert_true(ims_failures_identities(failures) <= 10000);
	}
	assert_int_not_equal(try_wrong(failures, "user99999@ims.example", "guess", 0), 0);
	assert_int_not_equal(try_wrong(failures, "user90001@ims.example", "guess", 0), 0);
}

static void test_refused_ones_are_not_watched(void **state)
{
	failures_of(5, 1);

	(void)state;
	try_wrong(failures, "bob@ims.example", "guess", 0);
	for (int i = 0; i < 1000; i++) {
		g_autofree char *impi = g_strdup_printf("user%d@ims.example", i);

		assert_int_not_equal(try_wrong(failures, impi, "guess", 0), 0);
	}
	assert_int_equal(ims_failures_identities(failures), 1);
}

static void test_no_limit(void **state)
{
	failures_of(0, 0);

	(void)state;
	for (int i = 0; i < 100000; i++)
		assert_int_equal(try_wrong(failures, ALICE, "guess", 0), 0);
	assert_int_equal(ims_failures_identities(failures), 0);
}

/* How many wrong guesses of 65,536 pass a limit: about one. */
static void test_few_guesses_pass(void **state)
{
	failures_of(1, 0);
	guint passed = 0;

	(void)state;
	try_right(failures, ALICE, RIGHT, 0);
	try_wrong(failures, ALICE, "guess", 0);
	for (int i = 0; i < 65536; i++) {
		g_autofree char *guess = g_strdup_printf("guess%d", i);

		passed += begin(failures, ALICE, guess, 0) == 0 ? 1 : 0;
	}
	assert_in_range(passed, 0, 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_identity),
		cmocka_unit_test(test_many_at_once),
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_success),
		cmocka_unit_test(test_nobody_is_locked_out),
		cmocka_unit_test(test_pass_is_his),
		cmocka_unit_test(test_who_was_never_here),
		cmocka_unit_test(test_who_keeps_his_secret),
		cmocka_unit_test(test_both_ways),
		cmocka_unit_test(test_what_cannot_be_guessed),
		cmocka_unit_test(test_neither),
		cmocka_unit_test(test_bounded),
		cmocka_unit_test(test_refused_ones_are_not_watched),
		cmocka_unit_test(test_no_limit),
		cmocka_unit_test(test_few_guesses_pass),
	};

	return cmocka_run_group_tests_name("test_ims_failures", tests, NULL, NULL);
}
