/* torture.h: the messages of RFC 4475, byte for byte as its appendix has them, and those of RFC 5118, by the
 * names that they have there; their Content-Length is that of the body as it is here. */
#pragma once
#include <glib.h>
#include <string.h>

static inline int by_name(gconstpointer a, gconstpointer b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Calls `each` for every file of the folder, by name. */
static inline void
each_torture(void (*each)(const char *name, const char *bytes, gsize length, gpointer user), gpointer user)
{
	g_autofree char *folder =
		g_build_filename(IMS_SOURCE_DIR, "tests", "unit", "transports", "sip", "torture", NULL);
	g_autoptr(GDir) files = g_dir_open(folder, 0, NULL);
	g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
	const char *name;

	if (!files)
		g_error("%s cannot be read", folder);
	while ((name = g_dir_read_name(files)))
		g_ptr_array_add(names, g_strdup(name));
	g_ptr_array_sort(names, by_name);
	for (guint i = 0; i < names->len; i++) {
		g_autofree char *path = g_build_filename(folder, names->pdata[i], NULL), *bytes = NULL;
		gsize length;

		if (!g_file_get_contents(path, &bytes, &length, NULL))
			g_error("%s cannot be read", path);
		*strchr(names->pdata[i], '.') = '\0';
		each(names->pdata[i], bytes, length, user);
	}
}
