/* The table keeps its word for each key, and conf/janus.plugin.ims.jcfg.sample says the same.
 * The sample is looked for in IMS_SOURCE_DIR, given to the compiler, or the working directory. */
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
#define SAMPLE IMS_SOURCE_DIR "/conf/janus.plugin.ims.jcfg.sample"
#define TABLE ims_config_keys

typedef ims_config config_struct;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(config_struct, ims_config_unref)

typedef union {
	ims_config general;
	ims_config_limits limits;
	ims_config_sip sip;
	ims_config_media media;
	ims_config_turn turn;
	ims_issuer issuer;
	ims_network network;
} section_struct;

static config_struct *load(const char *path, GError **error)
{
	return ims_config_load(path, error);
}

static config_struct *parse(const char *text, const char *name, GError **error)
{
	return ims_config_parse(text, name, error);
}

static gconstpointer section_of(const ims_config *config, const char *name)
{
	if (g_str_equal(name, "limits"))
		return &config->limits;
	if (g_str_equal(name, "sip"))
		return &config->sip;
	if (g_str_equal(name, "media"))
		return &config->media;
	if (g_str_equal(name, "turn"))
		return &config->turn;
	if (g_str_equal(name, "issuers"))
		return config->issuers->pdata[0];
	return g_str_equal(name, "networks") ? config->networks->pdata[0] : config;
}

/* Of a mandatory key. */
static const char *some_value(const ims_config_key *key)
{
	return g_str_equal(key->name, "issuer") ? "https://192.0.2.1" : "192.0.2.1";
}

#include "table_tests.h"

static void test_sample_loads(void **state)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_config) config = ims_config_load(SAMPLE, &error);

	(void)state;
	if (!config)
		fail_msg("%s", error->message);
	assert_int_equal(config->networks->len, 1);
}

/* What docs/sign-in.md tells an operator to write. */
static void test_recipes(void **state)
{
	g_autofree char *text = NULL;
	g_autoptr(GRegex) fenced =
		g_regex_new("^```libconfig\n(.*?)^```", G_REGEX_MULTILINE | G_REGEX_DOTALL, 0, NULL);
	g_autoptr(GMatchInfo) found = NULL;
	int count = 0;

	(void)state;
	assert_true(g_file_get_contents(IMS_SOURCE_DIR "/docs/sign-in.md", &text, NULL, NULL));
	assert_true(g_setenv("TURN_SECRET", "geheim-turn", TRUE));
	for (g_regex_match(fenced, text, 0, &found); g_match_info_matches(found);
	     g_match_info_next(found, NULL)) {
		g_autofree char *recipe = g_match_info_fetch(found, 1);
		g_autoptr(GError) error = NULL;
		g_autoptr(ims_config) config = ims_config_parse(recipe, "sign-in.md", &error);

		if (!config)
			fail_msg("%s", error->message);
		count++;
	}
	assert_int_equal(count, 2);
}

int main(void)
{
	static const struct CMUnitTest own[] = {
		cmocka_unit_test(test_sample_loads),
		cmocka_unit_test(test_recipes),
	};

	return run_table_tests("test_ims_config_table", own, G_N_ELEMENTS(own));
}
