#include "token/ims_identities.h"

#include <string.h>

enum { IDENTITY_MAX = 255 };

/* Printable ASCII, without what delimits a URI in a header. */
static gboolean is_plain(const char *text)
{
	for (const char *at = text; *at; at++)
		if (*at <= 0x20 || *at >= 0x7f || strchr("\"<>\\?#", *at))
			return FALSE;
	return strlen(text) <= IDENTITY_MAX;
}

static gboolean is_host(const char *host)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.:[]";

	return *host && strspn(host, letters) == strlen(host);
}

static char *normal_sip(const char *scheme, const char *rest)
{
	const char *at = strchr(rest, '@');
	g_autofree char *user = at ? g_strndup(rest, (gsize)(at - rest)) : NULL;
	g_autofree char *host = at ? g_ascii_strdown(at + 1, (gssize)strcspn(at + 1, ";")) : NULL;

	if (!user || !*user || strchr(user, ';') || strchr(at + 1, '@') || !is_host(host))
		return NULL;
	return g_strdup_printf("%s%s@%s", scheme, user, host);
}

static char *normal_tel(const char *rest)
{
	gsize number = strcspn(rest, ";");
	GString *text = g_string_new("tel:");

	for (gsize i = 0; i < number; i++)
		if (!strchr("-.()", rest[i]))
			g_string_append_c(text, g_ascii_tolower(rest[i]));
	if (text->len == strlen("tel:") ||
	    strspn(text->str + strlen("tel:"), "+0123456789*#abcdef") != text->len - strlen("tel:")) {
		g_string_free(text, TRUE);
		return NULL;
	}
	for (const char *at = rest + number; *at; at++) /* phone-context belongs to the number */
		g_string_append_c(text, g_ascii_tolower(*at));
	return g_string_free(text, FALSE);
}

char *ims_identity_normal(const char *impu)
{
	static const char *const schemes[] = { "sip:", "sips:" };

	if (!is_plain(impu))
		return NULL;
	for (gsize i = 0; i < G_N_ELEMENTS(schemes); i++)
		if (g_ascii_strncasecmp(impu, schemes[i], strlen(schemes[i])) == 0)
			return normal_sip(schemes[i], impu + strlen(schemes[i]));
	return g_ascii_strncasecmp(impu, "tel:", 4) == 0 ? normal_tel(impu + 4) : NULL;
}

gboolean ims_identity_is_impi(const char *impi)
{
	const char *at = strchr(impi, '@');

	return is_plain(impi) && !strpbrk(impi, ",;:()[]") && at && at > impi && is_host(at + 1);
}

gboolean ims_identity_matches(const char *pattern, const char *identity)
{
	return g_pattern_match_simple(pattern, identity);
}
