/* test_sipws_call_table.c: what every event does in every state of a call, and of its changes: each blank is
 * a decision. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "bridge/sipws_call_internal.h"
#include "golden.h"

static void test_call(void **state)
{
	g_autofree char *text = sipws_call_table_text();

	(void)state;
	assert_golden("transports/bridge/sipws_call.golden", text);
}

static void test_change(void **state)
{
	g_autofree char *text = sipws_change_table_text();

	(void)state;
	assert_golden("transports/bridge/sipws_change.golden", text);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_call), cmocka_unit_test(test_change) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
