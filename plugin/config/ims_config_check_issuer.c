/* ims_config_check_issuer.c: the forms that strings of an issuer may have. Pure. */
#include "config/internal.h"

#include <string.h>

enum { NAMED_MAX = 255 };

static gboolean is_ascii(const char *value, gchar lowest)
{
	for (const char *at = value; *at; at++)
		if (*at < lowest || *at > 0x7e)
			return FALSE;
	return TRUE;
}

/* ---- URIs ---- */

static const char *after_scheme(const char *value)
{
	if (g_str_has_prefix(value, "https://"))
		return value + strlen("https://");
	return g_str_has_prefix(value, "http://") ? value + strlen("http://") : NULL;
}

/* A host, and after it nothing but a path. */
static char *check_uri(const char *value)
{
	const char *host = after_scheme(value);
	g_autofree char *authority = host ? g_strndup(host, strcspn(host, "/")) : NULL;
	g_autofree char *kept = NULL;

	if (!host || (*authority != '[' && strchr(authority, ':') != strrchr(authority, ':')) ||
	    !is_ascii(value, 0x21) || strpbrk(value, "@?#;\"<>\\^`{|}"))
		return NULL;
	kept = ims_config_check_entry_point(authority);
	return kept ? g_strdup(value) : NULL;
}

char *ims_config_check_issuer(const char *value)
{
	return check_uri(value);
}

char *ims_config_check_uri_or_none(const char *value)
{
	return *value ? check_uri(value) : g_strdup(value);
}

/* ---- words ---- */

char *ims_config_check_named(const char *value)
{
	gsize length = strlen(value);

	return length > 0 && length <= NAMED_MAX && is_ascii(value, 0x21) ? g_strdup(value) : NULL;
}

/* RFC 6749 3.3 */
char *ims_config_check_scope(const char *value)
{
	if (!*value)
		return g_strdup(value);
	return strpbrk(value, "\"\\") ? NULL : ims_config_check_named(value);
}

char *ims_config_check_client(const char *value)
{
	return strlen(value) <= NAMED_MAX && is_ascii(value, 0x20) ? g_strdup(value) : NULL;
}

char *ims_config_check_typ(const char *value)
{
	static const char token[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$&^_.+-";

	return *value && strspn(value, token) == strlen(value) ? g_ascii_strdown(value, -1) : NULL;
}

/* None that works with a secret, and not "none". */
char *ims_config_check_algorithm(const char *value)
{
	static const char *const names[] = { "RS256", "RS384", "RS512", "PS256", "PS384",
					     "PS512", "ES256", "ES384", "ES512", "EdDSA" };

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		if (g_str_equal(value, names[i]))
			return g_strdup(value);
	return NULL;
}

/* ---- identities ---- */

char *ims_config_check_pattern(const char *value)
{
	return strchr(value, '?') ? NULL : ims_config_check_named(value);
}

/* A client id may have spaces, an identity not. */
char *ims_config_check_pool(const char *value)
{
	const char *space = strrchr(value, ' ');
	g_autofree char *pattern = space && space > value ? ims_config_check_pattern(space + 1) : NULL;

	return pattern && is_ascii(value, 0x20) ? g_strdup(value) : NULL;
}
