/* Bearer credentials as they may stand in a header (REQ-56). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "base/ims_secret.h"
#include "token/ims_bearer.h"
#include "token/ims_token_error.h"

static void assert_token(const char *value, const char *expected)
{
	g_autoptr(GError) error = NULL;
	ims_autowipe char *token = ims_bearer_parse(value, &error);

	if (!token)
		fail_msg("'%s' refused: %s", value, error->message);
	assert_string_equal(token, expected);
}

static void assert_refused(const char *value)
{
	g_autoptr(GError) error = NULL;
	ims_autowipe char *token = ims_bearer_parse(value, &error);

	if (token)
		fail_msg("'%s' gave '%s'", value, token);
	assert_true(g_error_matches(error, IMS_TOKEN_ERROR, IMS_TOKEN_MALFORMED));
	assert_null(strstr(error->message, "geheim"));
}

static void test_b64token(void **state)
{
	(void)state;
	assert_token("Bearer eyJ.eyJ.sig", "eyJ.eyJ.sig");
	assert_token("bearer  a-._~+/9==", "a-._~+/9==");
	assert_token(" BEARER\tgeheim ", "geheim");
	assert_token("Bearer abc=", "abc=");
	assert_token("Bearer access_token==", "access_token==");
}

static void test_parameters(void **state)
{
	(void)state;
	assert_token("Bearer access_token=\"eyJ.eyJ.sig\"", "eyJ.eyJ.sig");
	assert_token("Bearer ACCESS_TOKEN = \"abc=\"", "abc=");
	assert_token("Bearer access_token=abc", "abc");
	assert_token("Bearer realm=\"a, access_token=\\\"b\\\"\", access_token=\"abc\"", "abc");
	assert_token("Bearer access_token=\"abc\" , realm=x", "abc");
	assert_token("Bearer access_token=\"\\a\\b\\c\"", "abc");
}

static void test_refused(void **state)
{
	static const char *const values[] = { "",
					      "Bearer",
					      "Bearer ",
					      "Bearer\tgeheim\x01",
					      "Bearergeheim",
					      "Basic geheim",
					      "Digest username=\"geheim\"",
					      "Bearer geheim geheim",
					      "Bearer geheim,geheim",
					      "Bearer =geheim",
					      "Bearer geheim=x",
					      "Bearer ge=heim=",
					      "Bearer g\xc3\xa9heim",
					      "Bearer \"geheim\"",
					      "Bearer geheim\r\nX: y",
					      "Bearer realm=\"geheim\"",

					      "Bearer access_token=\"\"",
					      "Bearer access_token=\"geheim",
					      "Bearer access_token=\"geheim\\\"",
					      "Bearer access_token=\"ge heim\"",
					      "Bearer access_token=\"geheim\", access_token=\"geheim\"",
					      "Bearer access_token=\"geheim\", Access_Token=\"andere\"",
					      "Bearer access_token=\"geheim\" realm=x",
					      "Bearer access_token=\"geheim\",",
					      "Bearer ,access_token=\"geheim\"",
					      "Bearer access_token=\"geheim\";x=y",
					      "Bearer access_tokens=\"geheim\"",
					      "Bearer access_token*=\"geheim\"" };

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(values); i++)
		assert_refused(values[i]);
}

static void test_size(void **state)
{
	g_autofree char *most = g_strnfill(IMS_TOKEN_MAX, 'a');
	g_autofree char *good = g_strconcat("Bearer ", most, NULL);
	g_autofree char *quoted = g_strconcat("Bearer access_token=\"", most, "\"", NULL);
	g_autofree char *more = g_strconcat("Bearer a", most, NULL);
	g_autofree char *quoted_more = g_strconcat("Bearer access_token=\"a", most, "\"", NULL);

	(void)state;
	assert_token(good, most);
	assert_token(quoted, most);
	assert_refused(more);
	assert_refused(quoted_more);
}

/* What a client is told (REQ-68, 70). */
static void test_errors(void **state)
{
	(void)state;
	assert_int_equal(ims_token_error_status(IMS_TOKEN_MALFORMED), 400);
	assert_int_equal(ims_token_error_status(IMS_TOKEN_EXPIRED), 401);
	assert_string_equal(ims_token_error_name(IMS_TOKEN_EXPIRED), "invalid_token");
	assert_string_equal(ims_token_error_name(IMS_TOKEN_INVALID), "invalid_token");
	assert_int_equal(ims_token_error_status(IMS_TOKEN_INSUFFICIENT_SCOPE), 401);
	assert_string_equal(ims_token_error_name(IMS_TOKEN_INSUFFICIENT_SCOPE), "invalid_scope");
	assert_int_equal(ims_token_error_status(IMS_TOKEN_NOT_PERMITTED), 403);
	assert_null(ims_token_error_name(IMS_TOKEN_NOT_PERMITTED));
	assert_int_equal(ims_token_error_status(IMS_TOKEN_UNAVAILABLE), 503);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_b64token), cmocka_unit_test(test_parameters),
		cmocka_unit_test(test_refused),  cmocka_unit_test(test_size),
		cmocka_unit_test(test_errors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
