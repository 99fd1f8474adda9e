#include "token/ims_metadata.h"

#include <string.h>
#include "token/ims_jose.h"
#include "token/ims_token_error.h"

enum { URI_MAX = 2048 };

static char *without_slash(const char *uri)
{
	gsize length = strlen(uri);

	return g_strndup(uri, length - (length > 0 && uri[length - 1] == '/'));
}

/* Between host and path (RFC 8414 3.1). */
static char *rfc8414_uri(const char *issuer)
{
	const char *host = strstr(issuer, "://") + strlen("://");
	gsize at = (gsize)(host - issuer) + strcspn(host, "/");

	return g_strdup_printf("%.*s/.well-known/oauth-authorization-server%s", (int)at, issuer, issuer + at);
}

char *ims_metadata_uri(const ims_issuer *issuer, guint i)
{
	g_autofree char *base = without_slash(issuer->issuer);

	if (*issuer->metadata)
		return i == 0 ? g_strdup(issuer->metadata) : NULL;
	if (i == 0)
		return g_strdup_printf("%s/.well-known/openid-configuration", base);
	return i == 1 ? rfc8414_uri(base) : NULL;
}

static gboolean is_uri(const char *text, gboolean plain)
{
	gboolean good = g_str_has_prefix(text, "https://") || (plain && g_str_has_prefix(text, "http://"));

	for (const char *at = text; *at; at++)
		good = good && *at > 0x20 && *at < 0x7f;
	return good && strlen(text) <= URI_MAX;
}

static gboolean refuse(GError **error, const char *why)
{
	g_set_error_literal(error, IMS_TOKEN_ERROR, IMS_TOKEN_UNAVAILABLE, why);
	return FALSE;
}

static gboolean take_uri(const json_t *told, const char *name, gboolean plain, char **ret_uri, GError **error)
{
	const json_t *value = json_object_get(told, name);

	if (!value)
		return TRUE;
	if (!json_is_string(value) || !is_uri(json_string_value(value), plain))
		return refuse(error, "an address in its metadata is not an https URI");
	*ret_uri = g_strdup(json_string_value(value));
	return TRUE;
}

static gboolean read_metadata(const ims_issuer *issuer, gboolean plain, const json_t *told,
			      ims_metadata *into, GError **error)
{
	if (!told)
		return refuse(error, "its metadata are not a JSON object");
	if (g_strcmp0(ims_jose_string(told, "issuer"), issuer->issuer) != 0)
		return refuse(error, "its metadata are those of another issuer");
	return take_uri(told, "jwks_uri", plain, &into->jwks_uri, error) &&
	       take_uri(told, "introspection_endpoint", plain, &into->introspection_endpoint, error);
}

ims_metadata *ims_metadata_parse(const ims_issuer *issuer, gboolean plain, gconstpointer bytes, gsize length,
				 GError **error)
{
	g_autoptr(ims_metadata) metadata = g_new0(ims_metadata, 1);
	json_t *told = ims_jose_object(bytes, length);
	gboolean good = read_metadata(issuer, plain, told, metadata, error);

	json_decref(told);
	return good ? g_steal_pointer(&metadata) : NULL;
}

void ims_metadata_free(ims_metadata *metadata)
{
	if (!metadata)
		return;
	g_free(metadata->jwks_uri);
	g_free(metadata->introspection_endpoint);
	g_free(metadata);
}
