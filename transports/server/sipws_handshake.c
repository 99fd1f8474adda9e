#include "server/sipws_handshake.h"

#include <string.h>
#include "base/ims_secret.h"
#include "token/ims_bearer.h"

enum { HEADER_MAX = 24 * 1024 };

/* A header, wherever it stands; NULL: it is not there. */
static char *header_of(struct lws *request, enum lws_token_indexes name)
{
	int length = lws_hdr_total_length(request, name);
	char *value;

	if (length <= 0 || length > HEADER_MAX)
		return NULL;
	value = g_malloc((gsize)length + 1);
	if (lws_hdr_copy(request, value, length + 1, name) < 0)
		g_clear_pointer(&value, g_free);
	return value;
}

static gboolean is_allowed_origin(struct lws *request, const sipws_config *config)
{
	g_autofree char *origin = header_of(request, WSI_TOKEN_ORIGIN);

	if (!origin)
		return config->without_origin;
	return sipws_config_has_origin(config, origin) || sipws_config_has_origin(config, "*");
}

static gboolean is_path(struct lws *request, const sipws_config *config)
{
	g_autofree char *path = header_of(request, WSI_TOKEN_GET_URI);

	return !config->path || g_strcmp0(path, config->path) == 0;
}

static gboolean asks_for_sip(struct lws *request)
{
	g_autofree char *value = header_of(request, WSI_TOKEN_PROTOCOL);
	g_auto(GStrv) names = g_strsplit(value ? value : "", ",", -1);
	gboolean found = FALSE;

	for (char **name = names; *name; name++)
		found = found || g_str_equal(g_strstrip(*name), "sip");
	return found;
}

guint sipws_handshake_check(struct lws *request, const sipws_config *config, const char **ret_reason)
{
	static const struct {
		guint status;
		const char *reason;
	} answers[] = {
		{ HTTP_STATUS_FORBIDDEN, "This page may not come in" },
		{ HTTP_STATUS_NOT_FOUND, "There is nothing at this path" },
		{ HTTP_STATUS_BAD_REQUEST, "The WebSocket subprotocol must be sip (RFC 7118)" },
	};
	int answer = !is_allowed_origin(request, config) ? 0
		     : !is_path(request, config)         ? 1
		     : !asks_for_sip(request)            ? 2
							 : -1;

	if (answer < 0)
		return 0;
	*ret_reason = answers[answer].reason;
	return answers[answer].status;
}

/* ---- tokens ---- */

static char *bearer_of(struct lws *request)
{
	ims_autowipe char *value = header_of(request, WSI_TOKEN_HTTP_AUTHORIZATION);

	return value ? ims_bearer_parse(value, NULL) : NULL;
}

/* The value of a cookie of that name, the first if there are several (RFC 6265 5.4). */
static char *cookie_of(struct lws *request, const char *name)
{
	ims_autowipe char *header = header_of(request, WSI_TOKEN_HTTP_COOKIE);
	gsize length = strlen(name);

	for (const char *at = header; at && *at; at = strchr(at, ';')) {
		at += strspn(at, "; ");
		if (strncmp(at, name, length) == 0 && at[length] == '=')
			return g_strndup(at + length + 1, strcspn(at + length + 1, "; "));
	}
	return NULL;
}

static char *argument_of(struct lws *request, const char *name)
{
	g_autofree char *prefix = g_strdup_printf("%s=", name);
	ims_autowipe char *buffer = g_malloc0(HEADER_MAX);
	const char *value = lws_get_urlarg_by_name(request, prefix, buffer, HEADER_MAX);

	return value ? g_strdup(value) : NULL;
}

char *sipws_handshake_token(struct lws *request, const sipws_config *config)
{
	char *token = bearer_of(request);

	if (!token && config->token_cookie)
		token = cookie_of(request, config->token_cookie);
	if (!token && config->token_query)
		token = argument_of(request, config->token_query);
	if (token && !ims_bearer_is_token(token, NULL))
		g_clear_pointer(&token, ims_wipe_text);
	return token;
}
