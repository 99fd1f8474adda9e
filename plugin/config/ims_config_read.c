/* ims_config_read.c: one group of the file -> one struct, as the table says.
 *
 * A default goes through the same parser and checks as what an operator writes. */
#include "config/ims_config_keys.h"

#include <string.h>
#include "base/ims_error.h"
#include "base/ims_secret.h"

enum { STRING_MAX = 1024, LIST_MAX = 64, SHOWN_MAX = 80 };

/* ---- texts ---- */

char *ims_config_show(const config_setting_t *setting)
{
	g_autofree char *escaped = NULL;

	switch (config_setting_type(setting)) {
	case CONFIG_TYPE_INT:
	case CONFIG_TYPE_INT64:
		return g_strdup_printf("%lld", config_setting_get_int64(setting));
	case CONFIG_TYPE_FLOAT:
		return g_strdup_printf("%g", config_setting_get_float(setting));
	case CONFIG_TYPE_BOOL:
		return g_strdup(config_setting_get_bool(setting) ? "true" : "false");
	case CONFIG_TYPE_STRING:
		escaped = g_strescape(config_setting_get_string(setting), NULL);
		return strlen(escaped) <= SHOWN_MAX ? g_strdup_printf("\"%s\"", escaped)
						    : g_strdup_printf("\"%.*s...\"", SHOWN_MAX, escaped);
	case CONFIG_TYPE_GROUP:
		return g_strdup("{ ... }");
	default:
		return g_strdup("[ ... ]");
	}
}

char *ims_config_allowed(const ims_config_key *key)
{
	g_autofree char *choices = NULL;

	switch (key->type) {
	case IMS_KEY_BOOLEAN:
		return g_strdup("true or false");
	case IMS_KEY_NUMBER:
	case IMS_KEY_PORT:
		return g_strdup_printf("a whole number from %u to %u", key->min, key->max);
	case IMS_KEY_CHOICE:
		choices = g_strjoinv("\" or \"", (char **)key->choices);
		return g_strdup_printf("\"%s\"", choices);
	case IMS_KEY_STRING:
		return g_strdup_printf("in quotes, %s", key->allowed);
	case IMS_KEY_LIST:
		return g_strdup_printf("[ ... ] of %s %d strings, each %s", key->min ? "1 to" : "up to",
				       LIST_MAX, key->allowed);
	}
	g_assert_not_reached();
}

gboolean ims_config_refuse(GError **error, const char *file, const char *path, const char *shown,
			   const char *allowed)
{
	g_set_error(error, IMS_ERROR, IMS_E_CONFIG, "%s: %s = %s: %s", file, path, shown, allowed);
	return FALSE;
}

gboolean ims_config_refuse_text(const ims_config_place *place, const char *key, const char *value,
				const char *allowed, GError **error)
{
	g_autofree char *path = g_strdup_printf("%s.%s", place->path, key);
	g_autofree char *shown = g_strdup_printf("\"%s\"", value);

	return ims_config_refuse(error, place->file, path, shown, allowed);
}

static char *path_of(const ims_config_place *place, const config_setting_t *setting)
{
	const char *name = config_setting_name(setting);

	if (name)
		return g_strdup_printf("%s.%s", place->path, name);
	return g_strdup_printf("%s.%s[%d]", place->path, config_setting_name(config_setting_parent(setting)),
			       config_setting_index(setting));
}

static gboolean refuse_setting(const ims_config_place *place, const config_setting_t *setting,
			       const char *allowed, GError **error)
{
	g_autofree char *path = path_of(place, setting);
	g_autofree char *shown = ims_config_show(setting);

	return ims_config_refuse(error, place->file, path, shown, allowed);
}

static gboolean refuse_secret(const ims_config_place *place, const ims_config_key *key, const char *allowed,
			      GError **error)
{
	g_autofree char *path = g_strdup_printf("%s.%s", place->path, key->name);

	return ims_config_refuse(error, place->file, path, "(not shown)", allowed);
}

/* ---- values; FALSE: not what the key allows ---- */

static gboolean store_boolean(const config_setting_t *setting, gboolean *ret)
{
	if (config_setting_type(setting) != CONFIG_TYPE_BOOL)
		return FALSE;
	*ret = config_setting_get_bool(setting) == CONFIG_TRUE;
	return TRUE;
}

static gboolean store_number(const ims_config_key *key, const config_setting_t *setting, guint *ret)
{
	int type = config_setting_type(setting);
	long long value;

	if (type != CONFIG_TYPE_INT && type != CONFIG_TYPE_INT64)
		return FALSE;
	value = config_setting_get_int64(setting);
	if (value < key->min || value > key->max)
		return FALSE;
	*ret = (guint)value;
	return TRUE;
}

static gboolean store_port(const ims_config_key *key, const config_setting_t *setting, guint16 *ret)
{
	guint value;

	if (!store_number(key, setting, &value))
		return FALSE;
	*ret = (guint16)value;
	return TRUE;
}

static gboolean store_choice(const ims_config_key *key, const config_setting_t *setting, guint *ret)
{
	const char *value = config_setting_get_string(setting);

	for (guint i = 0; value && key->choices[i]; i++) {
		if (g_str_equal(value, key->choices[i])) {
			*ret = i;
			return TRUE;
		}
	}
	return FALSE;
}

static gboolean is_text(const char *value)
{
	for (const char *at = value; *at; at++)
		if ((guchar)*at < 0x20 || *at == 0x7f)
			return FALSE;
	return strlen(value) <= STRING_MAX && g_utf8_validate(value, -1, NULL);
}

static gboolean store_string(const ims_config_key *key, const config_setting_t *setting, char **ret)
{
	const char *value = config_setting_get_string(setting);

	if (!value || !is_text(value))
		return FALSE;
	*ret = key->check(value);
	return *ret != NULL;
}

static gboolean store_list(const ims_config_key *key, const config_setting_t *setting, GPtrArray **ret)
{
	g_autoptr(GPtrArray) list = g_ptr_array_new_with_free_func(g_free);
	int type = config_setting_type(setting);
	int length = config_setting_length(setting);

	if ((type != CONFIG_TYPE_ARRAY && type != CONFIG_TYPE_LIST) || length > LIST_MAX ||
	    length < (int)key->min)
		return FALSE;
	for (int i = 0; i < length; i++) {
		char *value;

		if (!store_string(key, config_setting_get_elem(setting, (unsigned int)i), &value))
			return FALSE;
		g_ptr_array_add(list, value);
	}
	*ret = g_steal_pointer(&list);
	return TRUE;
}

static gboolean store(const ims_config_key *key, const config_setting_t *setting, gpointer target)
{
	gpointer field = G_STRUCT_MEMBER_P(target, key->at);

	switch (key->type) {
	case IMS_KEY_BOOLEAN:
		return store_boolean(setting, field);
	case IMS_KEY_NUMBER:
		return store_number(key, setting, field);
	case IMS_KEY_PORT:
		return store_port(key, setting, field);
	case IMS_KEY_CHOICE:
		return store_choice(key, setting, field);
	case IMS_KEY_STRING:
		return store_string(key, setting, field);
	case IMS_KEY_LIST:
		return store_list(key, setting, field);
	}
	g_assert_not_reached();
}

/* ---- sections ---- */

static void store_default(const ims_config_key *key, gpointer target)
{
	g_autofree char *text = g_strdup_printf("%s = %s;", key->name, key->fallback);
	config_t parsed;
	gboolean good;

	config_init(&parsed);
	good = config_read_string(&parsed, text) && store(key, config_lookup(&parsed, key->name), target);
	config_destroy(&parsed);
	g_assert(good);
}

/* The wrong element of a list, else the setting itself. */
static const config_setting_t *culprit(const ims_config_key *key, const config_setting_t *setting)
{
	int length = config_setting_is_aggregate(setting) ? config_setting_length(setting) : 0;

	if (key->type != IMS_KEY_LIST || length > LIST_MAX)
		return setting;
	for (int i = 0; i < length; i++) {
		const config_setting_t *element = config_setting_get_elem(setting, (unsigned int)i);
		g_autofree char *value = NULL;

		if (!store_string(key, element, &value))
			return element;
	}
	return setting;
}

/* Our copy is wiped when it goes, libconfig's is not. */
static void wipe_setting(const config_setting_t *setting)
{
	const char *value = config_setting_get_string(setting);

	if (value)
		explicit_bzero((char *)value, strlen(value));
}

static gboolean read_key(const ims_config_place *place, const ims_config_key *key,
			 const config_setting_t *setting, gpointer target, GError **error)
{
	g_autofree char *allowed = ims_config_allowed(key);

	if (setting && !store(key, setting, target))
		return key->secret ? refuse_secret(place, key, allowed, error)
				   : refuse_setting(place, culprit(key, setting), allowed, error);
	if (setting && key->secret)
		wipe_setting(setting);
	if (!setting && key->mandatory) {
		g_set_error(error, IMS_ERROR, IMS_E_CONFIG, "%s: %s.%s is missing: %s", place->file,
			    place->path, key->name, allowed);
		return FALSE;
	}
	if (!setting && key->fallback)
		store_default(key, target);
	return TRUE;
}

static gboolean is_known(const ims_config_table *table, const char *section, const char *name)
{
	for (gsize i = 0; i < table->count; i++)
		if (g_str_equal(table->rows[i].section, section) && g_str_equal(table->rows[i].name, name))
			return TRUE;
	return FALSE;
}

/* Its value is not shown: it may be a secret whose key has a typing error. */
static gboolean refuse_unknown(const ims_config_table *table, const ims_config_place *place,
			       const config_setting_t *setting, GError **error)
{
	g_autoptr(GString) allowed = g_string_new("no such key, there are");
	g_autofree char *path = path_of(place, setting);

	for (gsize i = 0; i < table->count; i++)
		if (g_str_equal(table->rows[i].section, place->section))
			g_string_append_printf(allowed, " %s", table->rows[i].name);
	g_set_error(error, IMS_ERROR, IMS_E_CONFIG, "%s: %s: %s", place->file, path, allowed->str);
	return FALSE;
}

gboolean ims_config_read_section(const ims_config_table *table, const ims_config_place *place,
				 const config_setting_t *group, gpointer target, GError **error)
{
	int length = group ? config_setting_length(group) : 0;

	for (int i = 0; i < length; i++) {
		const config_setting_t *setting = config_setting_get_elem(group, (unsigned int)i);

		if (!is_known(table, place->section, config_setting_name(setting)))
			return refuse_unknown(table, place, setting, error);
	}
	for (gsize i = 0; i < table->count; i++) {
		const ims_config_key *key = &table->rows[i];

		if (!g_str_equal(key->section, place->section))
			continue;
		if (!read_key(place, key, group ? config_setting_get_member(group, key->name) : NULL, target,
			      error))
			return FALSE;
	}
	return TRUE;
}

static void drop_string(const ims_config_key *key, char **field)
{
	char *value = g_steal_pointer(field);

	if (key->secret)
		ims_wipe_text(value);
	else
		g_free(value);
}

void ims_config_free_section(const ims_config_table *table, const char *section, gpointer target)
{
	for (gsize i = 0; i < table->count; i++) {
		const ims_config_key *key = &table->rows[i];
		gpointer field = G_STRUCT_MEMBER_P(target, key->at);

		if (!g_str_equal(key->section, section))
			continue;
		if (key->type == IMS_KEY_STRING)
			drop_string(key, field);
		else if (key->type == IMS_KEY_LIST)
			g_clear_pointer((GPtrArray **)field, g_ptr_array_unref);
	}
}
