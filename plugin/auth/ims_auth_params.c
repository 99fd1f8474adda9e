#include "auth/ims_auth_params.h"

#include <string.h>
#include "base/ims_error.h"

enum { VALUE_MAX = 16 * 1024, PARAMETERS_MAX = 32 };

typedef struct {
	const char *what, *start, *at;
	gboolean takes_nothing; /* a parameter may have no value at all */
} cursor;

static gboolean refuse(const cursor *c, GError **error, const char *why)
{
	g_set_error(error, IMS_ERROR, IMS_E_BAD_CHALLENGE, "%s, byte %td: %s", c->what, c->at - c->start,
		    why);
	return FALSE;
}

static gboolean is_token_char(char c)
{
	return g_ascii_isalnum(c) || (c && strchr("-.!%*_+`'~", c));
}

gboolean ims_auth_is_control(char c)
{
	return (guchar)c < 0x20 || c == 0x7f;
}

gboolean ims_auth_is_token(const char *text)
{
	for (const char *at = text; *at; at++)
		if (!is_token_char(*at))
			return FALSE;
	return *text != '\0';
}

gboolean ims_auth_names_integrity(const char *text)
{
	g_autofree char *lower = g_ascii_strdown(text, -1);

	return strstr(lower, "integrity-protected") != NULL;
}

static void skip_space(cursor *c)
{
	while (*c->at == ' ' || *c->at == '\t')
		c->at++;
}

/* NULL: there is none. */
static char *take_token(cursor *c)
{
	const char *start = c->at;

	while (is_token_char(*c->at))
		c->at++;
	return c->at > start ? g_strndup(start, (gsize)(c->at - start)) : NULL;
}

static char *take_quoted(cursor *c, GError **error)
{
	g_autoptr(GString) value = g_string_new(NULL);

	for (c->at++; *c->at != '"'; c->at++) {
		if (*c->at == '\\')
			c->at++;
		if (ims_auth_is_control(*c->at)) {
			refuse(c, error, *c->at ? "control character" : "unbalanced quotes");
			return NULL;
		}
		g_string_append_c(value, *c->at);
	}
	c->at++;
	return g_string_free(g_steal_pointer(&value), FALSE);
}

static char *take_value(cursor *c, GError **error)
{
	char *token;

	if (*c->at == '"')
		return take_quoted(c, error);
	token = take_token(c);
	if (!token && c->takes_nothing && (*c->at == ',' || !*c->at))
		return g_strdup("");
	if (!token)
		refuse(c, error, "a value is expected");
	return token;
}

static gboolean take_parameter(cursor *c, GHashTable *parameters, GError **error)
{
	g_autofree char *name = take_token(c);
	g_autofree char *value = NULL;

	if (!name)
		return refuse(c, error, "a parameter name is expected");
	skip_space(c);
	if (*c->at != '=')
		return refuse(c, error,
			      is_token_char(*c->at) ? "several challenges in one value" : "'=' is expected");
	c->at++;
	skip_space(c);
	value = take_value(c, error);
	if (!value)
		return FALSE;
	for (char *at = name; *at; at++)
		*at = g_ascii_tolower(*at);
	if (g_hash_table_contains(parameters, name))
		return refuse(c, error, "this parameter is there twice");
	if (g_hash_table_size(parameters) == PARAMETERS_MAX)
		return refuse(c, error, "too many parameters");
	g_hash_table_insert(parameters, g_steal_pointer(&name), g_steal_pointer(&value));
	return TRUE;
}

static gboolean take_parameters(cursor *c, GHashTable *parameters, GError **error)
{
	for (;;) {
		skip_space(c);
		if (!take_parameter(c, parameters, error))
			return FALSE;
		skip_space(c);
		if (!*c->at)
			return TRUE;
		if (*c->at != ',')
			return refuse(c, error, "',' is expected");
		c->at++;
	}
}

static gboolean take_scheme(cursor *c, const char *wanted, GError **error)
{
	g_autofree char *scheme = take_token(c);

	if (!scheme)
		return refuse(c, error, "an authentication scheme is expected");
	if (g_ascii_strcasecmp(scheme, wanted) == 0)
		return TRUE;
	g_set_error(error, IMS_ERROR, IMS_E_BAD_CHALLENGE, "%s: scheme '%.40s', only %s is supported",
		    c->what, scheme, wanted);
	return FALSE;
}

GHashTable *ims_auth_params_parse(const char *what, const char *scheme, const char *value, GError **error)
{
	g_autoptr(GHashTable) parameters = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	cursor c = { what, value, value, !scheme };

	if (strlen(value) > VALUE_MAX) {
		g_set_error(error, IMS_ERROR, IMS_E_BAD_CHALLENGE, "%s: longer than %d bytes", what,
			    VALUE_MAX);
		return NULL;
	}
	if (!g_utf8_validate(value, -1, NULL)) {
		g_set_error(error, IMS_ERROR, IMS_E_BAD_CHALLENGE, "%s: not UTF-8", what);
		return NULL;
	}
	skip_space(&c);
	if ((scheme && !take_scheme(&c, scheme, error)) || !take_parameters(&c, parameters, error))
		return NULL;
	return g_steal_pointer(&parameters);
}

char *ims_auth_params_without(const char *value, const char *name)
{
	g_autoptr(GHashTable) parameters = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_autofree char *scheme = NULL;
	cursor c = { "", value, value, FALSE };
	const char *before = NULL; /* the comma */

	skip_space(&c);
	scheme = take_token(&c);
	skip_space(&c);
	for (const char *start = c.at; take_parameter(&c, parameters, NULL); start = c.at) {
		const char *end = c.at;

		skip_space(&c);
		if (g_hash_table_contains(parameters, name)) {
			if (!before && *c.at == ',') {
				c.at++;
				skip_space(&c);
				end = c.at;
			}
			start = before ? before : start;
			return g_strdup_printf("%.*s%s", (int)(start - value), value, end);
		}
		before = c.at;
		if (*c.at++ != ',')
			break;
		skip_space(&c);
	}
	return g_strdup(value);
}

void ims_auth_append_quoted(GString *out, const char *name, const char *value)
{
	g_string_append_printf(out, "%s=\"", name);
	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			g_string_append_c(out, '\\');
		g_string_append_c(out, *value);
	}
	g_string_append_c(out, '"');
}
