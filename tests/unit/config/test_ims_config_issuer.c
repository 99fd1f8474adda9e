/* Issuers: the forms of their strings, their secrets, and what networks may make of them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include "base/ims_error.h"
#include "config/internal.h"

#define TAKES_TOKENS "auth_schemes = [ \"token\" ]; "

/* issuers: what stands in the group; network: in that of the network. */
static ims_config *parse(const char *general, const char *issuers, const char *network, GError **error)
{
	g_autofree char *text =
		g_strdup_printf("general: { %s } sip: { address = \"192.0.2.1\" } issuers: { %s }\n"
				"networks: { home: { domain = \"ims.example\"; %s } }",
				general, issuers, network);

	return ims_config_parse(text, "f", error);
}

#define WAF "issuer = \"https://waf.example\"; audience = \"edge\"; "

static void assert_taken(const char *general, const char *issuers, const char *network)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_config) config = parse(general, issuers, network, &error);

	if (!config)
		fail_msg("%s", error->message);
}

static void assert_refused(const char *general, const char *issuers, const char *network, const char *says)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_config) config = parse(general, issuers, network, &error);

	if (config)
		fail_msg("taken: %s", issuers);
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_CONFIG));
	if (!strstr(error->message, says))
		fail_msg("'%s' does not say '%s'", error->message, says);
	assert_null(strstr(error->message, "geheim"));
}

static void test_networks(void **state)
{
	g_autoptr(ims_config) config =
		parse("", "waf: { " WAF " } b: { issuer = \"https://b\"; audience = \"e\" }",
		      TAKES_TOKENS "token_issuers = [ \"b\", \"waf\" ]", NULL);
	const ims_network *network = ims_config_network(config, "home");

	(void)state;
	assert_string_equal(ims_config_issuer_of(config, network, 0)->name, "b");
	assert_string_equal(ims_config_issuer_of(config, network, 1)->issuer, "https://waf.example");
	assert_null(ims_config_issuer_of(config, network, 2));
	assert_null(ims_config_issuer(config, "c"));
	assert_refused("", "waf: { " WAF " }", TAKES_TOKENS "token_issuers = [ \"wa\" ]",
		       "the name of a group");
	assert_refused("", "waf: { " WAF " }", "token_issuers = [ \"waf\" ]",
		       "only with \"token\" in auth_schemes");
}

static void test_schemes(void **state)
{
	static const char *const keys[] = { "metadata", "jwks_uri", "introspection_endpoint" };

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(keys); i++) {
		g_autofree char *plain =
			g_strdup_printf("waf: { " WAF " %s = \"http://waf.example/x\" }", keys[i]);
		g_autofree char *file =
			g_strdup_printf("waf: { " WAF " %s = \"file:///etc/passwd\" }", keys[i]);

		assert_refused("", plain, "", "https, or a laboratory");
		assert_taken("lab = true", plain, "");
		assert_refused("lab = true", file, "", keys[i]);
	}
	assert_refused("", "waf: { issuer = \"http://waf.example\"; audience = \"edge\" }", "",
		       "https, or a laboratory");
}

static void test_uris(void **state)
{
	static const char *const good[] = { "https://a", "https://a.example:8443/b/c.d", "https://192.0.2.1/",
					    "https://[2001:db8::1]:8443" };
	static const char *const bad[] = {
		"https://",           "https://user@a", "https://a?b",    "https://a#b",
		"https://a b",        "https://a\"b",   "https://a:0",    "https://a:b",
		"https://2001:db8::", "https:/a",       "https://a;x/",   "HTTPS://a",
		"https://\xc3\xa4",   "https://-a",     "javascript://a", ""
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(good); i++) {
		g_autofree char *kept = ims_config_check_issuer(good[i]);

		assert_string_equal(kept, good[i]);
	}
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		if (ims_config_check_issuer(bad[i]))
			fail_msg("%s", bad[i]);
}

static void test_algorithms(void **state)
{
	static const char *const bad[] = { "none", "HS256", "HS512", "ES256K", "rs256", "" };

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		if (ims_config_check_algorithm(bad[i]))
			fail_msg("%s", bad[i]);
}

static void test_patterns(void **state)
{
	(void)state;
	assert_null(ims_config_check_pattern("sip:?@a"));
	assert_null(ims_config_check_pattern(""));
	assert_null(ims_config_check_pool("*@ims.example"));
	assert_null(ims_config_check_pool(" *@ims.example"));
	assert_null(ims_config_check_pool("shop "));
	g_free(ims_config_check_pool("shop with spaces *@ims.example"));
	assert_refused("", "waf: { " WAF " scope = \"two words\" }", "", "scope");
	assert_refused("", "waf: { " WAF " scope = \"a\\\"b\" }", "", "scope");
}

static void test_clients_and_twins(void **state)
{
	(void)state;
	assert_refused("", "waf: { " WAF " client_id = \"edge\" }", "", "client_id");
	assert_refused("", "waf: { " WAF " opaque = true }", "", "opaque");
	assert_refused("", "a: { " WAF " } b: { " WAF " }", "", "taken by issuers.a");
	assert_refused("", "waf: { " WAF " ca_file = \"/nowhere/ca.pem\" }", "", "ca_file");
	assert_refused("",
		       "a: { " WAF " opaque = true; client_id = \"e\"; client_secret = \"geheim\" }"
		       "b: { issuer = \"https://b\"; audience = \"e\"; opaque = true; client_id = \"e\"; "
		       "client_secret = \"geheim\" }",
		       TAKES_TOKENS "token_issuers = [ \"a\", \"b\" ]", "at most one");
	assert_refused("", "waf: 5", "", "a group");
	assert_refused("", "waf: { audience = \"edge\" }", "", "issuer is missing");
}

/* ---- secrets: in the file, in one of their own, in the environment; never in an error ---- */

static void assert_secret(const char *more, const char *expected)
{
	g_autofree char *issuers = g_strdup_printf("waf: { " WAF " client_id = \"edge\"; %s }", more);
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_config) config = parse("", issuers, "", &error);

	if (!config)
		fail_msg("%s", error->message);
	assert_string_equal(ims_config_issuer(config, "waf")->client_secret, expected);
}

static void test_secrets(void **state)
{
	g_autofree char *path = NULL, *file = NULL, *both = NULL;
	int fd = g_file_open_tmp("ims-secret-XXXXXX", &path, NULL);

	(void)state;
	close(fd);
	file = g_strdup_printf("client_secret_file = \"%s\"", path);
	both = g_strdup_printf("waf: { " WAF " client_id = \"edge\"; client_secret = \"geheim\"; %s }", file);
	g_assert_true(g_file_set_contents(path, "geheim in a file\nnot this\n", -1, NULL));
	assert_secret("client_secret = \"geheim\"", "geheim");
	assert_secret(file, "geheim in a file");
	assert_refused("", both, "", "not beside");
	g_assert_true(g_file_set_contents(path, "\ngeheim", -1, NULL));
	g_free(both);
	both = g_strdup_printf("waf: { " WAF " client_id = \"edge\"; %s }", file);
	assert_refused("", both, "", "client_secret_file");
	g_unlink(path);
	assert_refused("", both, "", "client_secret_file");
	g_setenv("IMS_TEST_SECRET", "geheim in the environment", TRUE);
	assert_secret("client_secret = \"env:IMS_TEST_SECRET\"", "geheim in the environment");
	g_unsetenv("IMS_TEST_SECRET");
	assert_refused("", "waf: { " WAF " client_id = \"edge\"; client_secret = \"env:IMS_TEST_SECRET\" }",
		       "", "a variable");
	assert_refused("", "waf: { " WAF " client_id = \"edge\"; client_secret = \"geh\303\244im-geheim\" }",
		       "", "client_secret = (not shown)");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_networks), cmocka_unit_test(test_schemes),
		cmocka_unit_test(test_uris),     cmocka_unit_test(test_algorithms),
		cmocka_unit_test(test_patterns), cmocka_unit_test(test_clients_and_twins),
		cmocka_unit_test(test_secrets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
