#include "sip/ims_identity.h"

#include <string.h>

#include "sip/ims_uri.h"

/* Visual separators of a number (RFC 3966 3). */
static char *bare_number(const char *number)
{
	GString *bare = g_string_new(NULL);

	for (; *number; number++)
		if (!strchr("-.()", *number))
			g_string_append_c(bare, g_ascii_tolower(*number));
	return g_string_free(bare, FALSE);
}

static gboolean same_number(const char *a, const char *b)
{
	g_autofree char *bare_a = bare_number(a), *bare_b = bare_number(b);

	return strcmp(bare_a, bare_b) == 0;
}

gboolean ims_identity_equal(const char *a, const char *b)
{
	g_auto(ims_uri) one = { 0 }, two = { 0 };

	if (!ims_uri_parse(a, &one, NULL) || !ims_uri_parse(b, &two, NULL) ||
	    strcmp(one.scheme, two.scheme) != 0)
		return FALSE;
	if (strcmp(one.scheme, "tel") == 0)
		return same_number(one.user, two.user);
	return g_strcmp0(one.user, two.user) == 0 && g_strcmp0(one.host, two.host) == 0 &&
	       one.port == two.port;
}

const char *ims_identity_find(const GPtrArray *identities, const char *uri)
{
	for (guint i = 0; i < identities->len; i++)
		if (ims_identity_equal(g_ptr_array_index(identities, i), uri))
			return g_ptr_array_index(identities, i);
	return NULL;
}
