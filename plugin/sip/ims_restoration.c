#include "sip/ims_restoration.h"

#include <string.h>

#define BODY_MAX 65536

typedef struct {
	gboolean restoration, initial_registration;
} found;

/* GMarkup knows no namespaces: a prefix is part of the name. */
static const char *local_name(const char *name)
{
	const char *colon = strchr(name, ':');

	return colon ? colon + 1 : name;
}

static gboolean stands_in(GMarkupParseContext *context, const char *const *path)
{
	const GSList *at = g_markup_parse_context_get_element_stack(context); /* the innermost first */

	for (; *path && at; path++, at = at->next)
		if (strcmp(local_name(at->data), *path) != 0)
			return FALSE;
	return !*path && !at;
}

static void on_text(GMarkupParseContext *context, const char *text, gsize length, gpointer user,
		    GError **error)
{
	static const char *const type[] = { "type", "alternative-service", "ims-3gpp", NULL };
	static const char *const action[] = { "action", "alternative-service", "ims-3gpp", NULL };
	g_autofree char *value = g_strstrip(g_strndup(text, length));
	found *f = user;

	(void)error;
	if (stands_in(context, type))
		f->restoration |= strcmp(value, "restoration") == 0;
	if (stands_in(context, action))
		f->initial_registration |= strcmp(value, "initial-registration") == 0;
}

gboolean ims_restoration_is_asked(const char *body, gsize length)
{
	static const GMarkupParser parser = { .text = on_text };
	found f = { 0 };
	GMarkupParseContext *context;
	gboolean good;

	if (length > BODY_MAX)
		return FALSE;
	context = g_markup_parse_context_new(&parser, (GMarkupParseFlags)0, &f, NULL);
	good = g_markup_parse_context_parse(context, body, (gssize)length, NULL) &&
	       g_markup_parse_context_end_parse(context, NULL);
	g_markup_parse_context_free(context);
	return good && f.restoration && f.initial_registration;
}
