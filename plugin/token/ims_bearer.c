#include "token/ims_bearer.h"

#include <string.h>
#include "base/ims_secret.h"
#include "token/ims_token_error.h"

#define SCHEME "Bearer"

static gboolean refuse(GError **error, const char *why)
{
	g_set_error_literal(error, IMS_TOKEN_ERROR, IMS_TOKEN_MALFORMED, why);
	return FALSE;
}

gboolean ims_bearer_is_token(const char *text, GError **error)
{
	static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/";
	gsize length = strnlen(text, IMS_TOKEN_MAX + 1);
	gsize body = strspn(text, alphabet);

	if (length == 0)
		return refuse(error, "the access token is empty");
	if (length > IMS_TOKEN_MAX)
		return refuse(error, "the access token is longer than 16384 bytes");
	if (body == 0 || body + strspn(text + body, "=") != length)
		return refuse(error, "the access token has bytes that no token has");
	return TRUE;
}

/* ---- the form with parameters; each returns where it stopped, NULL: wrong ---- */

static const char *skip_space(const char *at)
{
	return at + strspn(at, " \t");
}

static const char *skip_name(const char *at)
{
	const char *start = at;

	while (g_ascii_isalnum(*at) || (*at && strchr("-.!%*_+`'~", *at)))
		at++;
	return at > start ? at : NULL;
}

/* ret_value: without quotes and escapes; wipe it. */
static const char *take_quoted(const char *at, char **ret_value)
{
	GString *text = g_string_sized_new(strlen(at)); /* never grows, so that no copy is left behind */

	for (at++; *at && *at != '"'; at++) {
		if (*at == '\\' && at[1])
			at++;
		g_string_append_c(text, *at);
	}
	*ret_value = g_string_free(text, FALSE);
	return *at == '"' ? at + 1 : NULL;
}

static const char *take_value(const char *at, char **ret_value)
{
	const char *end;

	if (*at == '"')
		return take_quoted(at, ret_value);
	end = at + strcspn(at, ", \t");
	*ret_value = g_strndup(at, (gsize)(end - at));
	return end > at ? end : NULL;
}

/* One "name=value"; the token is kept when it is that one, and there may be one only. */
static const char *take_parameter(const char *at, char **token)
{
	const char *end = skip_name(at);
	gboolean is_token = end && (gsize)(end - at) == strlen("access_token") &&
			    g_ascii_strncasecmp(at, "access_token", strlen("access_token")) == 0;
	ims_autowipe char *value = NULL;

	end = end ? skip_space(end) : NULL;
	if (!end || *end != '=')
		return NULL;
	end = take_value(skip_space(end + 1), &value);
	if (!end || (is_token && *token))
		return NULL;
	if (is_token)
		*token = g_steal_pointer(&value);
	return skip_space(end);
}

/* NULL: not parameters, or no token among them. */
static char *take_parameters(const char *at)
{
	ims_autowipe char *token = NULL;

	while (at && *at) {
		at = take_parameter(at, &token);
		if (at && *at) /* more must follow a comma */
			at = *at == ',' && at[1 + strspn(at + 1, " \t")] ? skip_space(at + 1) : NULL;
	}
	return at ? g_steal_pointer(&token) : NULL;
}

static gboolean is_parameters(const char *text)
{
	const char *end = skip_name(text);

	end = end ? skip_space(end) : NULL;
	return end && *end == '=' && end[1] != '\0' && end[1] != '=';
}

char *ims_bearer_parse(const char *value, GError **error)
{
	const char *at = skip_space(value);
	ims_autowipe char *token = NULL;

	if (g_ascii_strncasecmp(at, SCHEME, strlen(SCHEME)) != 0 || !strchr(" \t", at[strlen(SCHEME)]) ||
	    !at[strlen(SCHEME)]) {
		refuse(error, "the credentials are not of the Bearer scheme");
		return NULL;
	}
	at = skip_space(at + strlen(SCHEME));
	token = is_parameters(at) ? take_parameters(at) : g_strchomp(g_strdup(at));
	if (!token) {
		refuse(error, "the Bearer credentials have no access token, or two, or are not well-formed");
		return NULL;
	}
	return ims_bearer_is_token(token, error) ? g_steal_pointer(&token) : NULL;
}
