/* The table keeps its word for each key, and conf/janus.transport.sipws.jcfg.sample says the same. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "base/ims_error.h"
#include "config/internal.h"

#ifndef IMS_SOURCE_DIR
#define IMS_SOURCE_DIR "."
#endif
#define SAMPLE IMS_SOURCE_DIR "/conf/janus.transport.sipws.jcfg.sample"
#define TABLE sipws_config_keys

typedef sipws_config config_struct;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(config_struct, sipws_config_unref)

typedef sipws_config section_struct;

static config_struct *load(const char *path, GError **error)
{
	return sipws_config_read(path, error);
}

static config_struct *parse(const char *text, const char *name, GError **error)
{
	return sipws_config_parse(text, name, error);
}

static gconstpointer section_of(const sipws_config *config, const char *name)
{
	(void)name;
	return config;
}

static const char *some_value(const ims_config_key *key)
{
	(void)key;
	return "";
}

#include "config/table_tests.h"

/* ---- rules across keys ---- */

#define GOOD "general: { enabled = true; cert_pem = \"/c.pem\"; origins = [ \"https://a.example\" ]; %s }\n%s"

static const struct rule {
	const char *name, *general, *rest, *error;
} rules[] = {
	{ "good", "", "", NULL },
	{ "ws needs a laboratory", "ws_port = 8080;", "",
	  "f: general.ws_port = 8080: 0; ws only in a laboratory" },
	{ "ws in a laboratory", "ws_port = 8080; lab = true;", "", NULL },
	{ "no port", "wss_port = 0;", "", "f: general.wss_port = 0: a port" },
	{ "twice the same port", "ws_port = 8443; lab = true;", "",
	  "f: general.ws_port = 8443: another port" },
	{ "longest below shortest", "", "registrations: { expires_min_s = 700; };",
	  "f: registrations.expires_max_s = 600" },
	{ "unknown group", "", "limit: { };", "f: limit: the file has the groups general, tokens" },
	{ "secret of the environment", "", "janus: { api_secret = \"env:SIPWS_TEST_NOT_SET\"; };",
	  "f: janus.api_secret = \"env:SIPWS_TEST_NOT_SET\": a variable of the environment" },
};

static void test_rules(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rules); i++) {
		g_autofree char *text = g_strdup_printf(GOOD, rules[i].general, rules[i].rest);
		g_autoptr(GError) error = NULL;
		g_autoptr(sipws_config) config = sipws_config_parse(text, "f", &error);

		if (!rules[i].error && !config)
			fail_msg("%s: %s", rules[i].name, error->message);
		if (rules[i].error && (config || !g_str_has_prefix(error->message, rules[i].error)))
			fail_msg("%s: %s", rules[i].name, config ? "taken" : error->message);
	}
}

/* Nobody may come in by mistake, and nobody is kept out by one. */
static const struct origins {
	const char *text, *error;
} origins[] = {
	{ "origins = [ ];", "f: general.origins = [ ]: at least one" },
	{ "without_origin = true;", NULL },
	{ "origins = [ \"*\" ];", "f: general.origins = \"*\": only in a laboratory" },
	{ "origins = [ \"*\" ]; lab = true;", NULL },
	{ "origins = [ \"HTTPS://Phone.Example:8443\" ];", NULL },
	{ "origins = [ \"capacitor://localhost\" ];", NULL },
	{ "origins = [ \"https://[2001:db8::1]:8443\" ];", NULL },
	{ "origins = [ \"https://a.example/\" ];", "f: general.origins[0] = \"https://a.example/\"" },
	{ "origins = [ \"https://\" ];", "f: general.origins[0] = \"https://\"" },
	{ "origins = [ \"a.example\" ];", "f: general.origins[0] = \"a.example\"" },
	{ "origins = [ \"null\" ];", "f: general.origins[0] = \"null\"" },
};

static void test_origins(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(origins); i++) {
		g_autofree char *text = g_strdup_printf(
			"general: { enabled = true; cert_pem = \"/c.pem\"; %s };", origins[i].text);
		g_autoptr(GError) error = NULL;
		g_autoptr(sipws_config) config = sipws_config_parse(text, "f", &error);

		if (!origins[i].error && !config)
			fail_msg("%s: %s", origins[i].text, error->message);
		if (origins[i].error && (config || !g_str_has_prefix(error->message, origins[i].error)))
			fail_msg("%s: %s", origins[i].text, config ? "taken" : error->message);
	}
}

static void test_has_origin(void **state)
{
	g_autoptr(sipws_config) config = sipws_config_parse(
		"general: { origins = [ \"https://A.example\", \"https://b.example:8443\" ]; };", "f", NULL);

	(void)state;
	assert_true(sipws_config_has_origin(config, "https://a.example"));
	assert_true(sipws_config_has_origin(config, "https://b.example:8443"));
	assert_false(sipws_config_has_origin(config, "https://b.example"));
	assert_false(sipws_config_has_origin(config, "http://a.example"));
	assert_false(sipws_config_has_origin(config, "https://a.example.evil"));
	assert_false(sipws_config_has_origin(config, "*"));
}

static void test_no_file(void **state)
{
	g_autoptr(sipws_config) config = sipws_config_read("/nonexistent/sipws.jcfg", NULL);

	(void)state;
	assert_non_null(config);
	assert_false(config->enabled);
}

int main(void)
{
	static const struct CMUnitTest own[] = {
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_origins),
		cmocka_unit_test(test_has_origin),
		cmocka_unit_test(test_no_file),
	};

	return run_table_tests("test_sipws_config_table", own, G_N_ELEMENTS(own));
}
