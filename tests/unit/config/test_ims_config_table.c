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

/* ---- each key by itself ---- */

typedef union {
	ims_config general;
	ims_config_sip sip;
	ims_config_media media;
	ims_config_turn turn;
	ims_issuer issuer;
	ims_network network;
} section_struct;

static const ims_config_key *find_key(const char *section, const char *name)
{
	for (gsize i = 0; i < ims_config_keys.count; i++)
		if (g_str_equal(ims_config_keys.rows[i].section, section) &&
		    g_str_equal(ims_config_keys.rows[i].name, name))
			return &ims_config_keys.rows[i];
	return NULL;
}

/* Reads the section of the key with the key set and the mandatory others. */
static gboolean read_with(const ims_config_key *key, const char *value, section_struct *target,
			  GError **error)
{
	g_autoptr(GString) text = g_string_new(NULL);
	ims_config_place place = { "f", key->section, key->section };
	config_t parsed;
	gboolean good;

	for (gsize i = 0; i < ims_config_keys.count; i++) {
		const ims_config_key *other = &ims_config_keys.rows[i];

		if (other != key && other->mandatory && g_str_equal(other->section, key->section))
			g_string_append_printf(text, "%s = \"%s192.0.2.1\";", other->name,
					       g_str_equal(other->name, "issuer") ? "https://" : "");
	}
	g_string_append_printf(text, "%s = %s;", key->name, value);
	memset(target, 0, sizeof(*target));
	config_init(&parsed);
	assert_true(config_read_string(&parsed, text->str));
	good = ims_config_read_section(&ims_config_keys, &place, config_root_setting(&parsed), target, error);
	config_destroy(&parsed);
	return good;
}

static void assert_taken(const ims_config_key *key, const char *value, gint64 number)
{
	g_autoptr(GError) error = NULL;
	section_struct target;
	gconstpointer field = G_STRUCT_MEMBER_P(&target, key->at);

	if (!read_with(key, value, &target, &error))
		fail_msg("%s", error->message);
	if (key->type == IMS_KEY_BOOLEAN)
		assert_true(*(const gboolean *)field == number);
	else if (key->type == IMS_KEY_PORT)
		assert_true(*(const guint16 *)field == number);
	else
		assert_true(*(const guint *)field == number);
	ims_config_free_section(&ims_config_keys, key->section, &target);
}

static void assert_refused(const ims_config_key *key, const char *value)
{
	g_autofree char *path = g_strdup_printf("f: %s.%s", key->section, key->name);
	g_autofree char *allowed = ims_config_allowed(key);
	g_autoptr(GError) error = NULL;
	section_struct target;

	if (read_with(key, value, &target, &error))
		fail_msg("%s.%s = %s was taken", key->section, key->name, value);
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_CONFIG));
	assert_true(g_str_has_prefix(error->message, path));
	assert_true(g_str_has_suffix(error->message, allowed));
	ims_config_free_section(&ims_config_keys, key->section, &target);
}

static void test_range(void **state)
{
	const ims_config_key *key = *state;

	if (key->type != IMS_KEY_NUMBER && key->type != IMS_KEY_PORT)
		return;
	for (int below = 0; below < 2; below++) {
		gint64 edge = below ? key->min : key->max;
		g_autofree char *inside = g_strdup_printf("%" G_GINT64_FORMAT, edge);
		g_autofree char *outside = g_strdup_printf("%" G_GINT64_FORMAT, below ? edge - 1 : edge + 1);

		assert_taken(key, inside, edge);
		assert_refused(key, outside);
	}
}

static void test_choices(void **state)
{
	const ims_config_key *key = *state;

	if (key->type == IMS_KEY_BOOLEAN) {
		assert_taken(key, "true", TRUE);
		assert_taken(key, "false", FALSE);
	}
	for (gint64 i = 0; key->type == IMS_KEY_CHOICE && key->choices[i]; i++) {
		g_autofree char *value = g_strdup_printf("\"%s\"", key->choices[i]);

		assert_taken(key, value, i);
	}
}

static void test_wrong_type(void **state)
{
	const ims_config_key *key = *state;

	assert_refused(key, "1.5");
	assert_refused(key, "{ }");
	assert_refused(key, "\"\x01\"");
	assert_refused(key, "[ 1 ]");
	if (key->type != IMS_KEY_BOOLEAN)
		assert_refused(key, "true");
	if (key->type != IMS_KEY_NUMBER && key->type != IMS_KEY_PORT)
		assert_refused(key, "1500");
	if (key->type != IMS_KEY_LIST)
		assert_refused(key, "[ ]");
	else
		assert_refused(key, "[ \"\\n\" ]");
}

static void test_row(void **state)
{
	const ims_config_key *key = *state;

	assert_ptr_equal(find_key(key->section, key->name), key); /* once */
	assert_true(g_str_has_suffix(key->doc, "."));
	if (key->mandatory)
		assert_null(key->fallback);
	if (key->type == IMS_KEY_STRING || key->type == IMS_KEY_LIST) {
		assert_non_null(key->check);
		assert_non_null(key->allowed);
	} else {
		assert_non_null(key->fallback);
	}
}

/* ---- the sample ---- */

/* What a key came to, as text. */
static char *value_of(const ims_config_key *key, gconstpointer section)
{
	gconstpointer field = G_STRUCT_MEMBER_P(section, key->at);
	const GPtrArray *list;
	GString *text;

	switch (key->type) {
	case IMS_KEY_BOOLEAN:
	case IMS_KEY_NUMBER:
	case IMS_KEY_CHOICE:
		return g_strdup_printf("%u", *(const guint *)field);
	case IMS_KEY_PORT:
		return g_strdup_printf("%u", *(const guint16 *)field);
	case IMS_KEY_STRING:
		return g_strdup(*(char *const *)field ? *(char *const *)field : "(none)");
	case IMS_KEY_LIST:
		list = *(GPtrArray *const *)field;
		text = g_string_new(NULL);
		for (guint i = 0; i < list->len; i++)
			g_string_append_printf(text, "<%s>", (const char *)list->pdata[i]);
		return g_string_free(text, FALSE);
	}
	g_assert_not_reached();
}

static gconstpointer section_of(const ims_config *config, const char *name)
{
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

static char *sample_text(void)
{
	g_autoptr(GError) error = NULL;
	char *text = NULL;

	if (!g_file_get_contents(SAMPLE, &text, NULL, &error))
		fail_msg("%s", error->message);
	return text;
}

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

/* With every "#key = value" made "key = value" nothing changes: those are the defaults. */
static void test_sample_defaults(void **state)
{
	g_autofree char *text = sample_text();
	g_autoptr(GRegex) hidden = g_regex_new("^(\\s*)#(\\w+ = )", G_REGEX_MULTILINE, 0, NULL);
	g_autofree char *shown = g_regex_replace(hidden, text, -1, 0, "\\1\\2", 0, NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_config) by_code = ims_config_load(SAMPLE, NULL);
	g_autoptr(ims_config) by_sample = ims_config_parse(shown, "sample", &error);

	(void)state;
	if (!by_sample)
		fail_msg("%s", error->message);
	assert_string_not_equal(text, shown);
	for (gsize i = 0; i < ims_config_keys.count; i++) {
		const ims_config_key *key = &ims_config_keys.rows[i];
		g_autofree char *code = value_of(key, section_of(by_code, key->section));
		g_autofree char *sample = value_of(key, section_of(by_sample, key->section));

		assert_string_equal(code, sample);
	}
}

/* One "key = value" or "#key = value" line and the comment above it. */
static void check_sample_key(const char *section, const char *name, gboolean hidden, const char *value,
			     const char *comment)
{
	const ims_config_key *key = find_key(section, name);

	if (!key)
		fail_msg("the sample has %s.%s, the table not", section, name);
	if (key->mandatory == hidden)
		fail_msg("%s.%s must %sstand behind #", section, name, hidden ? "not " : "");
	if (!strstr(comment, key->doc))
		fail_msg("%s.%s: the sample says '%s', the table '%s'", section, name, comment, key->doc);
	if (key->fallback)
		assert_string_equal(value, key->fallback);
}

/* Calls check_sample_key for each and returns how often each key occurs, by "section.name". */
static GHashTable *read_sample(void)
{
	g_autofree char *text = sample_text();
	g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
	g_autoptr(GRegex) key_line = g_regex_new("^\\s*(#?)(\\w+) = (.*)$", 0, 0, NULL);
	g_autoptr(GString) comment = g_string_new(NULL);
	g_autofree char *section = NULL;
	GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	for (char **line = lines; *line; line++) {
		g_autoptr(GMatchInfo) match = NULL;
		const char *words = *line + strspn(*line, "\t");

		if (g_regex_match(key_line, *line, 0, &match)) {
			g_autofree char *mark = g_match_info_fetch(match, 1);
			g_autofree char *name = g_match_info_fetch(match, 2);
			g_autofree char *value = g_match_info_fetch(match, 3);
			char *path = g_strdup_printf("%s.%s", section, name);
			int count = GPOINTER_TO_INT(g_hash_table_lookup(seen, path));

			check_sample_key(section, name, *mark == '#', value, comment->str);
			g_hash_table_insert(seen, path, GINT_TO_POINTER(count + 1));
			g_string_truncate(comment, 0);
		} else if (g_str_has_prefix(words, "# ")) {
			g_string_append_printf(comment, "%s%s", comment->len ? " " : "", words + 2);
		} else {
			g_string_truncate(comment, 0);
			if (g_str_has_suffix(*line, ": {") && words == *line) {
				g_free(section);
				section = g_strndup(*line, strlen(*line) - strlen(": {"));
			}
		}
	}
	return seen;
}

static void test_sample_keys(void **state)
{
	g_autoptr(GHashTable) seen = read_sample();

	(void)state;
	for (gsize i = 0; i < ims_config_keys.count; i++) {
		const ims_config_key *key = &ims_config_keys.rows[i];
		g_autofree char *path = g_strdup_printf("%s.%s", key->section, key->name);
		int count = GPOINTER_TO_INT(g_hash_table_lookup(seen, path));

		if (count != 1)
			fail_msg("%s is in the sample %d times", path, count);
	}
	assert_int_equal(g_hash_table_size(seen), ims_config_keys.count);
}

static void add(GArray *tests, const char *name, CMUnitTestFunction function, const ims_config_key *key)
{
	struct CMUnitTest test = { .name = name, .test_func = function, .initial_state = (void *)key };

	g_array_append_val(tests, test);
}

int main(void)
{
	g_autoptr(GArray) tests = g_array_new(FALSE, TRUE, sizeof(struct CMUnitTest));

	for (gsize i = 0; i < ims_config_keys.count; i++) {
		const ims_config_key *key = &ims_config_keys.rows[i];

		add(tests, key->name, test_row, key);
		add(tests, key->name, test_range, key);
		add(tests, key->name, test_choices, key);
		add(tests, key->name, test_wrong_type, key);
	}
	add(tests, "test_sample_loads", test_sample_loads, NULL);
	add(tests, "test_recipes", test_recipes, NULL);
	add(tests, "test_sample_defaults", test_sample_defaults, NULL);
	add(tests, "test_sample_keys", test_sample_keys, NULL);
	return _cmocka_run_group_tests("test_ims_config_table", (void *)tests->data, tests->len, NULL, NULL);
}
