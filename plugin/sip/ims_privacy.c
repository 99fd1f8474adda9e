#include "sip/ims_privacy.h"

#include <string.h>

#include "base/ims_error.h"

static gboolean is_priv_value(const char *value)
{
	static const char *const values[] = {
		"id", "header", "user", "session", "critical", "history", NULL
	};

	return g_strv_contains(values, value);
}

gboolean ims_privacy_check(const char *request, const char *privacy, GError **error)
{
	g_auto(GStrv) values = g_strsplit(privacy, ";", -1);
	gboolean good = values[0] != NULL;

	if (strcmp(privacy, "none") == 0)
		return TRUE;
	for (char **value = values; *value; value++)
		good = good && is_priv_value(*value);
	if (good)
		return TRUE;
	g_set_error(
		error, IMS_ERROR, IMS_E_INVALID_ELEMENT,
		"%s: 'privacy' must be none, or some of id, header, user, session, critical, history with ; "
		"between them",
		request);
	return FALSE;
}

gboolean ims_privacy_hides_identity(const char *privacy)
{
	g_auto(GStrv) values = g_strsplit(privacy ? privacy : "", ";", -1);
	const char *const *list = (const char *const *)values;

	return g_strv_contains(list, "id") || g_strv_contains(list, "user") ||
	       g_strv_contains(list, "header");
}
