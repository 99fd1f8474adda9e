#include "bridge/sipws_identity.h"

#include <string.h>

typedef struct {
	char *scheme, *user, *host; /* host: with its port; NULL: there is none */
	gboolean wrong;             /* escapes that mean nothing: nobody's */
} identity;

static void identity_clear(identity *i)
{
	g_free(i->scheme);
	g_free(i->user);
	g_free(i->host);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(identity, identity_clear)

static char *number_of(const char *text)
{
	GString *number = g_string_new(NULL);

	for (; *text; text++)
		if (!strchr("-.()", *text))
			g_string_append_c(number, *text);
	return g_string_free(number, FALSE);
}

static identity identity_of(const char *uri)
{
	gsize scheme = strcspn(uri, ":");
	const char *rest = uri[scheme] ? uri + scheme + 1 : "";
	gsize user_length = strchr(rest, '@') ? strcspn(rest, "@") : 0; /* may hold a '?' */
	g_autofree char *address = g_strndup(rest, user_length + strcspn(rest + user_length, "?"));
	char *at = strchr(address, '@');
	identity i = { .scheme = g_ascii_strdown(uri, (gssize)scheme) };
	g_autofree char *user = g_strndup(address, at ? (gsize)(at - address) : strcspn(address, ";"));

	if (strcmp(i.scheme, "tel") == 0) {
		i.user = number_of(user);
		return i;
	}
	if (at) {
		i.user = g_uri_unescape_string(user, NULL);
		i.wrong = !i.user;
		i.host = g_ascii_strdown(at + 1, (gssize)strcspn(at + 1, ";"));
	} else
		i.host = g_ascii_strdown(user, -1);
	return i;
}

gboolean sipws_identity_equal(const char *a, const char *b)
{
	g_auto(identity) one = identity_of(a);
	g_auto(identity) other = identity_of(b);

	return !one.wrong && !other.wrong && strcmp(one.scheme, other.scheme) == 0 &&
	       g_strcmp0(one.user, other.user) == 0 && g_strcmp0(one.host, other.host) == 0;
}

gboolean sipws_identity_is_anonymous(const char *uri)
{
	g_auto(identity) i = identity_of(uri);

	return g_strcmp0(i.host, "anonymous.invalid") == 0;
}

char *sipws_identity_host(const char *uri)
{
	g_auto(identity) i = identity_of(uri);

	const char *host = i.host ? i.host : "";

	return g_strndup(host, *host == '[' ? strcspn(host, "]") + 1 : strcspn(host, ":"));
}
