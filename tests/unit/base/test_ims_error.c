/* The list of errors is a promise to pages: one number each, those of janus.plugin.sip below 460. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "base/ims_error.h"

static const struct {
	ims_error_code code;
	const char *name, *text;
	int number;
} errors[] = {
#define X(code, number, text) { code, #code, text, number },
	IMS_ERRORS(X)
#undef X
};

static void test_numbers(void **state)
{
	gboolean seen[500] = { FALSE };

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(errors); i++) {
		g_autoptr(GError) error = g_error_new_literal(IMS_ERROR, (int)errors[i].code, "x");
		int number = ims_error_number(error);

		assert_int_equal(number, errors[i].number);
		assert_in_range(number, 440, 499);
		assert_false(seen[number]);
		seen[number] = TRUE;
	}
}

static void test_texts(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(errors); i++) {
		const char *text = ims_error_text(errors[i].code);

		assert_non_null(text);
		assert_true(strlen(text) > 0);
		for (gsize j = 0; j < i; j++)
			assert_string_not_equal(text, ims_error_text(errors[j].code));
	}
}

/* docs/api.md: the numbers that pages compare. */
static void test_promised(void **state)
{
	static const struct {
		ims_error_code code;
		int number;
	} rows[] = {
		{ IMS_E_NO_MESSAGE, 440 },
		{ IMS_E_INVALID_JSON, 441 },
		{ IMS_E_INVALID_REQUEST, 442 },
		{ IMS_E_MISSING_ELEMENT, 443 },
		{ IMS_E_INVALID_ELEMENT, 444 },
		{ IMS_E_ALREADY_REGISTERED, 445 },
		{ IMS_E_INVALID_ADDRESS, 446 },
		{ IMS_E_WRONG_STATE, 447 },
		{ IMS_E_MISSING_SDP, 448 },
		{ IMS_E_SIP, 449 },
		{ IMS_E_IO, 450 },
		{ IMS_E_HELPER, 453 },
		{ IMS_E_NO_SUCH_CALL_ID, 454 },
		{ IMS_E_NETWORK_REFUSED, 461 },
		{ IMS_E_BAD_SDP, 462 },
		{ IMS_E_NO_COMMON_MEDIA, 463 },
		{ IMS_E_EMERGENCY, 464 },
		{ IMS_E_LIMIT, 465 },
		{ IMS_E_UNSUPPORTED, 468 },
		{ IMS_E_UNKNOWN, 499 },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = g_error_new_literal(IMS_ERROR, (int)rows[i].code, "x");

		assert_int_equal(ims_error_number(error), rows[i].number);
	}
}

static void test_foreign(void **state)
{
	g_autoptr(GError) foreign = g_error_new_literal(G_FILE_ERROR, G_FILE_ERROR_NOENT, "x");

	(void)state;
	assert_int_equal(ims_error_number(foreign), 499);
	assert_int_equal(ims_error_number(NULL), 499);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_texts),
		cmocka_unit_test(test_promised),
		cmocka_unit_test(test_foreign),
	};

	return cmocka_run_group_tests_name("test_ims_error", tests, NULL, NULL);
}
