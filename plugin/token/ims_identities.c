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

static gboolean is_name(const char *host)
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-.";

	return *host && strspn(host, letters) == strlen(host) && *host != '.' && !strstr(host, "..") &&
	       !g_str_has_suffix(host, ".");
}

static gboolean is_ipv6(const char *host)
{
	gsize length = *host == '[' ? strspn(host + 1, "0123456789abcdefABCDEF:.") : 0;

	return length > 0 && g_str_equal(host + 1 + length, "]");
}

/* One letter, as it is written, or as %41; NULL: neither. Escapes that no letter needs are undone (RFC 3261
 * 19.1.4), or who is written so would be taken for somebody else here, and not by the core. */
static const char *normal_letter(const char *at, GString *normal)
{
	char letter;

	if (*at != '%') {
		g_string_append_c(normal, *at);
		return at + 1;
	}
	if (!g_ascii_isxdigit(at[1]) || !g_ascii_isxdigit(at[2]))
		return NULL;
	letter = (char)(g_ascii_xdigit_value(at[1]) << 4 | g_ascii_xdigit_value(at[2]));
	if (g_ascii_isalnum(letter) || (letter && strchr("-_.!~*'()", letter)))
		g_string_append_c(normal, letter);
	else
		g_string_append_printf(normal, "%%%02X", (guchar)letter);
	return at + 3;
}

/* NULL: empty, with a password, or with parameters. */
static char *normal_user(const char *user, gsize length)
{
	g_autofree char *text = g_strndup(user, length);
	g_autoptr(GString) normal = g_string_new(NULL);
	const char *at = *text && !strpbrk(text, ":;") ? text : NULL;

	while (at && *at)
		at = normal_letter(at, normal);
	return at ? g_string_free(g_steal_pointer(&normal), FALSE) : NULL;
}

/* A port is no part of an identity: cores that cut it off would find another one behind it. */
static char *normal_sip(const char *scheme, const char *rest)
{
	const char *at = strchr(rest, '@');
	g_autofree char *user = at ? normal_user(rest, (gsize)(at - rest)) : NULL;
	g_autofree char *host = at ? g_ascii_strdown(at + 1, (gssize)strcspn(at + 1, ";")) : NULL;

	if (!user || strchr(at + 1, '@') || (!is_name(host) && !is_ipv6(host)))
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

	return is_plain(impi) && !strpbrk(impi, ",;:()[]") && at && at > impi && is_name(at + 1);
}

gboolean ims_identity_matches(const char *pattern, const char *identity)
{
	return g_pattern_match_simple(pattern, identity);
}

gboolean ims_identity_resembles(const char *pattern, const char *identity)
{
	g_autofree char *lower = g_ascii_strdown(identity, -1), *lower_pattern = g_ascii_strdown(pattern, -1);

	return g_pattern_match_simple(lower_pattern, lower);
}
