#include "sip/ims_dialog_id.h"

#include <string.h>

#include "sip/ims_headers.h"

#define MAX_BYTES 1024

void ims_dialog_id_clear(ims_dialog_id *id)
{
	g_free(id->call_id);
	g_free(id->local_tag);
	g_free(id->remote_tag);
	memset(id, 0, sizeof(*id));
}

static gboolean is_tag(const char *text)
{
	if (!text || !*text)
		return FALSE;
	for (; *text; text++)
		if (!g_ascii_isalnum(*text) && !strchr("-.!%*_+`'~", *text))
			return FALSE;
	return TRUE;
}

/* The value of the parameter `name`, of all whose parts are `parts`; "" when it has none; NULL: not there. */
static const char *parameter(char **parts, const char *name)
{
	gsize length = strlen(name);

	for (char **at = parts + 1; *at; at++)
		if (g_ascii_strncasecmp(*at, name, length) == 0 && ((*at)[length] == '=' || !(*at)[length]))
			return (*at)[length] ? *at + length + 1 : "";
	return NULL;
}

static gboolean parse(const char *value, const char *local, const char *remote, ims_dialog_id *ret_id)
{
	g_auto(GStrv) parts = NULL;

	memset(ret_id, 0, sizeof(*ret_id));
	if (strlen(value) > MAX_BYTES)
		return FALSE;
	parts = g_strsplit(value, ";", -1);
	for (char **at = parts; *at; at++) {
		char *equals = strchr(g_strstrip(*at), '=');

		if (equals && at > parts) { /* blanks may stand around it */
			g_autofree char *name = g_strndup(*at, (gsize)(equals - *at));
			char *tight = g_strdup_printf("%s=%s", g_strstrip(name), g_strchug(equals + 1));

			g_free(*at);
			*at = tight;
		}
	}
	if (!parts[0] || !ims_header_check_call_id("", parts[0], NULL) || !is_tag(parameter(parts, local)) ||
	    !is_tag(parameter(parts, remote)))
		return FALSE;
	ret_id->call_id = g_strdup(parts[0]);
	ret_id->local_tag = g_strdup(parameter(parts, local));
	ret_id->remote_tag = g_strdup(parameter(parts, remote));
	ret_id->early_only = parameter(parts, "early-only") != NULL;
	return TRUE;
}

gboolean ims_dialog_id_of_replaces(const char *value, ims_dialog_id *ret_id)
{
	return parse(value, "to-tag", "from-tag", ret_id);
}

/* Its tags are named by who sends it. */
gboolean ims_dialog_id_of_target_dialog(const char *value, ims_dialog_id *ret_id)
{
	return parse(value, "remote-tag", "local-tag", ret_id);
}

char *ims_dialog_id_replaces(const ims_dialog_id *id)
{
	return g_strdup_printf("%s;to-tag=%s;from-tag=%s%s", id->call_id, id->remote_tag, id->local_tag,
			       id->early_only ? ";early-only" : "");
}

gboolean ims_dialog_id_equal(const ims_dialog_id *a, const ims_dialog_id *b)
{
	return g_strcmp0(a->call_id, b->call_id) == 0 && g_strcmp0(a->local_tag, b->local_tag) == 0 &&
	       g_strcmp0(a->remote_tag, b->remote_tag) == 0;
}

ims_dialog_id ims_dialog_id_copy(const ims_dialog_id *id)
{
	return (ims_dialog_id){ g_strdup(id->call_id), g_strdup(id->local_tag), g_strdup(id->remote_tag),
				id->early_only };
}
