#include "sip/ims_refer_to.h"

#include <string.h>

/* What may stand in a header of a URI as it is (RFC 3261 25.1, hvalue). */
#define PLAIN "-_.!~*'()[]/?:+$"

char *ims_refer_to_make(const char *uri, const char *replaces)
{
	g_autofree char *escaped = replaces ? g_uri_escape_string(replaces, PLAIN, FALSE) : NULL;

	return escaped ? g_strdup_printf("<%s?Replaces=%s>", uri, escaped) : g_strdup_printf("<%s>", uri);
}

static gboolean is_line(const char *text)
{
	for (; *text; text++)
		if ((guchar)*text < ' ' || *text == 0x7f)
			return FALSE;
	return TRUE;
}

char *ims_refer_to_header(const char *headers, const char *name)
{
	g_auto(GStrv) all = g_strsplit(headers, "&", -1);
	gsize length = strlen(name);

	for (char **at = all; *at; at++) {
		g_autofree char *value = NULL;

		if (g_ascii_strncasecmp(*at, name, length) != 0 || (*at)[length] != '=')
			continue;
		value = g_uri_unescape_string(*at + length + 1, NULL);
		return value && is_line(value) ? g_steal_pointer(&value) : NULL;
	}
	return NULL;
}
