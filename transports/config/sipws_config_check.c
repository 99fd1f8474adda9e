/* sipws_config_check.c: the forms a string of the file may have. Pure. */
#include <string.h>
#include "config/internal.h"

enum { NAME_MAX_LENGTH = 64, ORIGIN_MAX_LENGTH = 300 };

#define LETTERS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGITS "0123456789"

char *sipws_config_check_address_or_none(const char *value)
{
	return *value ? ims_config_check_address(value) : g_strdup(value);
}

/* What a browser sends of its page: scheme://host[:port], nothing after it (RFC 6454 6.2). */
static gboolean is_origin(const char *value)
{
	const char *host = strstr(value, "://");

	if (!host || !g_ascii_isalpha(*value) || strlen(value) > ORIGIN_MAX_LENGTH ||
	    strspn(value, LETTERS DIGITS "+-.") != (gsize)(host - value))
		return FALSE;
	host += strlen("://");
	return *host && *host != ':' && strspn(host, LETTERS DIGITS "-._:[]") == strlen(host);
}

char *sipws_config_check_origin(const char *value)
{
	return g_str_equal(value, "*") || is_origin(value) ? g_ascii_strdown(value, -1) : NULL;
}

char *sipws_config_check_path(const char *value)
{
	if (*value && (*value != '/' || strpbrk(value, " ?#%")))
		return NULL;
	return g_strdup(value);
}

/* Of a cookie (RFC 6265 4.1.1), or of a parameter that needs no escaping. */
char *sipws_config_check_name(const char *value)
{
	if (strlen(value) > NAME_MAX_LENGTH || strspn(value, LETTERS DIGITS "-._") != strlen(value))
		return NULL;
	return g_strdup(value);
}
