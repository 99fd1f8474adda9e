/* As whom a user may speak. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "sip/ims_identity.h"

static void test_equal(void **state)
{
	static const struct {
		const char *a, *b;
		gboolean equal;
	} rows[] = {
		{ "sip:alice@ims.example", "sip:alice@ims.example", TRUE },
		{ "sip:alice@ims.example", "SIP:alice@IMS.Example", TRUE },
		{ "sip:+4930@ims.example", "sip:+4930@ims.example;user=phone", TRUE },
		{ "tel:+49-30-12(34)", "tel:+49301234", TRUE },
		{ "tel:+49301234", "TEL:+49.30.1234;x=y", TRUE },
		{ "sip:alice@ims.example", "sip:Alice@ims.example", FALSE },
		{ "sip:alice@ims.example", "sip:alice@ims.example.org", FALSE },
		{ "sip:alice@ims.example", "sip:alice@ims.example:5061", FALSE },
		{ "sip:alice@ims.example", "sips:alice@ims.example", FALSE },
		{ "sip:ims.example", "sip:alice@ims.example", FALSE },
		{ "sip:+4930@ims.example", "tel:+4930", FALSE },
		{ "tel:+4930", "tel:4930", FALSE },
		{ "sip:alice@ims.example", "alice", FALSE },
		{ "sip:alice@ims.example", "", FALSE },
		{ "", "", FALSE },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		if (ims_identity_equal(rows[i].a, rows[i].b) != rows[i].equal ||
		    ims_identity_equal(rows[i].b, rows[i].a) != rows[i].equal)
			fail_msg("'%s' and '%s'", rows[i].a, rows[i].b);
}

/* REQ-74: the network's own way to write it is what is asserted. */
static void test_find(void **state)
{
	g_autoptr(GPtrArray) mine = g_ptr_array_new();

	(void)state;
	assert_null(ims_identity_find(mine, "sip:alice@ims.example"));
	g_ptr_array_add(mine, (char *)"sip:alice@ims.example");
	g_ptr_array_add(mine, (char *)"sip:+4930@ims.example;user=phone");
	g_ptr_array_add(mine, (char *)"tel:+4930");
	assert_string_equal(ims_identity_find(mine, "sip:+4930@IMS.example"),
			    "sip:+4930@ims.example;user=phone");
	assert_string_equal(ims_identity_find(mine, "tel:+49-30"), "tel:+4930");
	assert_null(ims_identity_find(mine, "sip:bob@ims.example"));
	assert_null(ims_identity_find(mine, "<sip:alice@ims.example>"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_find),
	};

	return cmocka_run_group_tests_name("test_ims_identity", tests, NULL, NULL);
}
