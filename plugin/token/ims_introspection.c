#include "token/ims_introspection.h"

#include <string.h>
#include "base/ims_secret.h"
#include "token/ims_jose.h"
#include "token/ims_token_error.h"

static char *encoded(const char *text)
{
	return g_uri_escape_string(text, NULL, FALSE);
}

char *ims_introspection_form(const ims_issuer *issuer, const char *token)
{
	ims_autowipe char *value = encoded(token);
	ims_autowipe char *secret = encoded(issuer->client_secret);
	g_autofree char *id = encoded(issuer->client_id);

	if (issuer->client_auth == IMS_CLIENT_SECRET_POST)
		return g_strdup_printf("token=%s&token_type_hint=access_token&client_id=%s&client_secret=%s",
				       value, id, secret);
	return g_strdup_printf("token=%s&token_type_hint=access_token", value);
}

char *ims_introspection_basic(const ims_issuer *issuer, const char *client_id_or_secret)
{
	return issuer->client_auth == IMS_CLIENT_SECRET_BASIC ? encoded(client_id_or_secret) : NULL;
}

static gboolean refuse(GError **error, ims_token_error_code code, const char *why)
{
	g_set_error_literal(error, IMS_TOKEN_ERROR, code, why);
	return FALSE;
}

static gboolean is_bearer(const json_t *answer)
{
	const json_t *type = json_object_get(answer, "token_type");

	return !type || (json_is_string(type) && g_ascii_strcasecmp(json_string_value(type), "Bearer") == 0);
}

static gboolean check_answer(const json_t *answer, GError **error)
{
	const json_t *active = json_object_get(answer, "active");

	if (!json_is_boolean(active))
		return refuse(error, IMS_TOKEN_UNAVAILABLE,
			      "the issuer does not say whether the token is active");
	if (json_is_false(active))
		return refuse(error, IMS_TOKEN_INVALID, "the issuer says that the token is not active");
	return is_bearer(answer) || refuse(error, IMS_TOKEN_INVALID, "the token is not a bearer token");
}

json_t *ims_introspection_read(guint status, gconstpointer body, gsize length, GError **error)
{
	json_t *answer = status == 200 ? ims_jose_object(body, length) : NULL;

	if (status == 401 || status == 403)
		refuse(error, IMS_TOKEN_UNAVAILABLE, "the issuer refuses our client id or secret");
	else if (status != 200)
		g_set_error(error, IMS_TOKEN_ERROR, IMS_TOKEN_UNAVAILABLE,
			    "the issuer answers with HTTP status %u", status);
	else if (!answer)
		refuse(error, IMS_TOKEN_UNAVAILABLE, "the issuer's answer is not a JSON object");
	if (!answer || check_answer(answer, error))
		return answer;
	json_decref(answer);
	return NULL;
}
