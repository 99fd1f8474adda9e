/* Whether early media may be heard, and when our user makes his own ringback tone. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "../golden.h"
#include "call/ims_early_gate.h"

static void test_table(void **state)
{
	g_autofree char *text = ims_early_gate_text();

	(void)state;
	assert_golden("call/ims_early_gate.golden", text);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_table) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
