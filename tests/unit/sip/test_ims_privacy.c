/* What a user may withhold. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/ims_error.h"
#include "sip/ims_privacy.h"

static void test_privacy(void **state)
{
	static const struct {
		const char *value;
		gboolean good, hides;
	} rows[] = {
		{ "none", TRUE, FALSE },
		{ "id", TRUE, TRUE },
		{ "user", TRUE, TRUE },
		{ "header", TRUE, TRUE },
		{ "header;id;critical", TRUE, TRUE },
		{ "session", TRUE, FALSE },
		{ "session;history;critical", TRUE, FALSE },
		{ "", FALSE, FALSE },
		{ "none;id", FALSE, TRUE },
		{ "id;", FALSE, TRUE },
		{ ";", FALSE, FALSE },
		{ "ID", FALSE, FALSE },
		{ "id, user", FALSE, FALSE },
		{ "id;x", FALSE, TRUE },
		{ "id\r\nRoute: x", FALSE, FALSE },
	};

	(void)state;
	assert_false(ims_privacy_hides_identity(NULL));
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;

		if (ims_privacy_check("call", rows[i].value, &error) != rows[i].good ||
		    ims_privacy_hides_identity(rows[i].value) != rows[i].hides)
			fail_msg("'%s'", rows[i].value);
		assert_true(rows[i].good != g_error_matches(error, IMS_ERROR, IMS_E_INVALID_ELEMENT));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_privacy) };

	return cmocka_run_group_tests_name("test_ims_privacy", tests, NULL, NULL);
}
