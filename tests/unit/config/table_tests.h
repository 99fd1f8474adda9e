/* table_tests.h: a table of keys keeps its word for each, and the sample says the same to operators.
 *
 * Who includes this has defined TABLE and SAMPLE, the types config_struct, with a clean-up, and
 * section_struct, and the functions load, parse, section_of and some_value. */
#pragma once

static const ims_config_key *find_key(const char *section, const char *name)
{
	for (gsize i = 0; i < TABLE.count; i++)
		if (g_str_equal(TABLE.rows[i].section, section) && g_str_equal(TABLE.rows[i].name, name))
			return &TABLE.rows[i];
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

	for (gsize i = 0; i < TABLE.count; i++) {
		const ims_config_key *other = &TABLE.rows[i];

		if (other != key && other->mandatory && g_str_equal(other->section, key->section))
			g_string_append_printf(text, "%s = \"%s\";", other->name, some_value(other));
	}
	g_string_append_printf(text, "%s = %s;", key->name, value);
	memset(target, 0, sizeof(*target));
	config_init(&parsed);
	assert_true(config_read_string(&parsed, text->str));
	good = ims_config_read_section(&TABLE, &place, config_root_setting(&parsed), target, error);
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
	ims_config_free_section(&TABLE, key->section, &target);
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
	ims_config_free_section(&TABLE, key->section, &target);
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

static char *sample_text(void)
{
	g_autoptr(GError) error = NULL;
	char *text = NULL;

	if (!g_file_get_contents(SAMPLE, &text, NULL, &error))
		fail_msg("%s", error->message);
	return text;
}

/* With every "#key = value" made "key = value" nothing changes: those are the defaults. */
static void test_sample_defaults(void **state)
{
	g_autofree char *text = sample_text();
	g_autoptr(GRegex) hidden = g_regex_new("^(\\s*)#(\\w+ = )", G_REGEX_MULTILINE, 0, NULL);
	g_autofree char *shown = g_regex_replace(hidden, text, -1, 0, "\\1\\2", 0, NULL);
	g_autoptr(GError) error = NULL;
	g_autoptr(config_struct) by_code = load(SAMPLE, NULL);
	g_autoptr(config_struct) by_sample = parse(shown, "sample", &error);

	(void)state;
	if (!by_sample)
		fail_msg("%s", error->message);
	assert_string_not_equal(text, shown);
	for (gsize i = 0; i < TABLE.count; i++) {
		const ims_config_key *key = &TABLE.rows[i];
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
	for (gsize i = 0; i < TABLE.count; i++) {
		const ims_config_key *key = &TABLE.rows[i];
		g_autofree char *path = g_strdup_printf("%s.%s", key->section, key->name);
		int count = GPOINTER_TO_INT(g_hash_table_lookup(seen, path));

		if (count != 1)
			fail_msg("%s is in the sample %d times", path, count);
	}
	assert_int_equal(g_hash_table_size(seen), TABLE.count);
}

static void add(GArray *tests, const char *name, CMUnitTestFunction function, const ims_config_key *key)
{
	struct CMUnitTest test = { .name = name, .test_func = function, .initial_state = (void *)key };

	g_array_append_val(tests, test);
}

/* Those of the table and its sample, and then the includer's own. */
static int run_table_tests(const char *name, const struct CMUnitTest *own, gsize own_count)
{
	g_autoptr(GArray) tests = g_array_new(FALSE, TRUE, sizeof(struct CMUnitTest));

	for (gsize i = 0; i < TABLE.count; i++) {
		const ims_config_key *key = &TABLE.rows[i];

		add(tests, key->name, test_row, key);
		add(tests, key->name, test_range, key);
		add(tests, key->name, test_choices, key);
		add(tests, key->name, test_wrong_type, key);
	}
	add(tests, "test_sample_defaults", test_sample_defaults, NULL);
	add(tests, "test_sample_keys", test_sample_keys, NULL);
	g_array_append_vals(tests, own, (guint)own_count);
	return _cmocka_run_group_tests(name, (void *)tests->data, tests->len, NULL, NULL);
}
