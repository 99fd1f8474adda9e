/* ims_config_forms.c: addresses, paths, secrets: what strings of more than one file may be. */
#include "config/ims_config_keys.h"

#include <arpa/inet.h>
#include <string.h>
#include "base/ims_secret.h"

enum { SECRET_FILE_MAX = 4096 };

static gboolean is_host4(const struct in_addr *address)
{
	guint32 host = ntohl(address->s_addr);

	return host != INADDR_ANY && host < 0xe0000000; /* multicast and beyond */
}

static gboolean is_host6(const struct in6_addr *address)
{
	return !IN6_IS_ADDR_UNSPECIFIED(address) && !IN6_IS_ADDR_MULTICAST(address) &&
	       !IN6_IS_ADDR_V4MAPPED(address);
}

char *ims_config_check_address(const char *value)
{
	char text[INET6_ADDRSTRLEN];
	struct in_addr ip4;
	struct in6_addr ip6;

	if (inet_pton(AF_INET, value, &ip4) == 1 && is_host4(&ip4))
		return g_strdup(inet_ntop(AF_INET, &ip4, text, sizeof(text)));
	if (inet_pton(AF_INET6, value, &ip6) == 1 && is_host6(&ip6))
		return g_strdup(inet_ntop(AF_INET6, &ip6, text, sizeof(text)));
	return NULL;
}

char *ims_config_check_path(const char *value)
{
	return g_strdup(value);
}

char *ims_config_check_secret(const char *value)
{
	for (const char *at = value; *at; at++)
		if (*at < ' ' || *at > '~')
			return NULL;
	return g_strdup(value);
}

/* ---- secrets ---- */

/* In place of what was there. */
static gboolean keep_secret(char **secret, const char *value)
{
	char *kept = *value ? ims_config_check_secret(value) : NULL;

	if (!kept)
		return FALSE;
	ims_wipe_text(*secret);
	*secret = kept;
	return TRUE;
}

static gboolean read_secret_file(char **secret, const char *path)
{
	g_autofree char *text = NULL;
	gsize length;
	gboolean kept = FALSE;

	if (!g_file_get_contents(path, &text, &length, NULL))
		return FALSE;
	if (length <= SECRET_FILE_MAX) {
		text[strcspn(text, "\r\n")] = '\0';
		kept = keep_secret(secret, text);
	}
	explicit_bzero(text, length);
	return kept;
}

gboolean ims_config_fetch_secret(const ims_config_place *place, const char *key, char **secret,
				 const char *secret_file, GError **error)
{
	g_autofree char *file_key = g_strdup_printf("%s_file", key);
	g_autofree char *variable = NULL;

	if (*secret_file && **secret)
		return ims_config_refuse_text(place, file_key, secret_file, "not beside the secret itself",
					      error);
	if (*secret_file)
		return read_secret_file(secret, secret_file) ||
		       ims_config_refuse_text(
			       place, file_key, secret_file,
			       "a readable file whose first line is the secret, printable ASCII", error);
	if (!g_str_has_prefix(*secret, "env:"))
		return TRUE;
	variable = g_strdup(*secret + strlen("env:"));
	return (g_getenv(variable) && keep_secret(secret, g_getenv(variable))) ||
	       ims_config_refuse_text(place, key, *secret, "a variable of the environment, printable ASCII",
				      error);
}
