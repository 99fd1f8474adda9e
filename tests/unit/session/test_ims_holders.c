/* One subject at a time holds an identity of a pool. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "session/ims_holders.h"

#define IMPI "visitor7@ims.example"

static int start(void **state)
{
	*state = ims_holders_new();
	return 0;
}

static int end(void **state)
{
	ims_holders_free(*state);
	return 0;
}

/* REQ-60 */
static void test_one_subject(void **state)
{
	g_autoptr(ims_hold) first = ims_holders_take(*state, IMPI, "waf", "anna");
	g_autoptr(ims_hold) other = NULL;

	assert_non_null(first);
	assert_null(ims_holders_take(*state, IMPI, "waf", "bert"));
	assert_null(ims_holders_take(*state, IMPI, "other", "anna")); /* two issuers, two people */
	assert_null(ims_holders_take(*state, "Visitor7@IMS.example", "waf", "bert"));
	other = ims_holders_take(*state, "visitor8@ims.example", "waf", "bert");
	assert_non_null(other);
}

static void test_the_same_twice(void **state)
{
	ims_hold *one = ims_holders_take(*state, IMPI, "waf", "anna");
	ims_hold *two = ims_holders_take(*state, IMPI, "waf", "anna");

	assert_non_null(two);
	ims_hold_free(one);
	assert_null(ims_holders_take(*state, IMPI, "waf", "bert"));
	ims_hold_free(two);
}

static void test_given_back(void **state)
{
	g_autoptr(ims_hold) next = NULL;

	ims_hold_free(ims_holders_take(*state, IMPI, "waf", "anna"));
	next = ims_holders_take(*state, IMPI, "waf", "bert");
	assert_non_null(next);
	assert_null(ims_holders_take(*state, IMPI, "waf", "anna"));
}

#define IN_BENCH(test) cmocka_unit_test_setup_teardown(test, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_BENCH(test_one_subject),
		IN_BENCH(test_the_same_twice),
		IN_BENCH(test_given_back),
	};

	return cmocka_run_group_tests_name("test_ims_holders", tests, NULL, NULL);
}
