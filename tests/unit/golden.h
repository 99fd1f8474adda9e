/* golden.h: a text compared with a file beside its test. IMS_SOURCE_DIR is given to the compiler. */
#pragma once
#include <glib.h>
#include <string.h>

#ifndef IMS_SOURCE_DIR
#define IMS_SOURCE_DIR "."
#endif

/* Names the first line that differs, so that a change of a table reads as a change of one line. */
static inline void assert_golden(const char *file, const char *text)
{
	g_autofree char *path = g_build_filename(IMS_SOURCE_DIR, "tests", "unit", file, NULL);
	g_autofree char *wanted = NULL;
	g_auto(GStrv) is = g_strsplit(text, "\n", -1);
	g_auto(GStrv) should = NULL;
	guint line = 0;

	if (!g_file_get_contents(path, &wanted, NULL, NULL))
		fail_msg("%s cannot be read", path);
	should = g_strsplit(wanted, "\n", -1);
	while (is[line] && should[line] && strcmp(is[line], should[line]) == 0)
		line++;
	if (is[line] || should[line])
		fail_msg("%s, line %u: '%s' is '%s' now", file, line + 1,
			 should[line] ? should[line] : "(end)", is[line] ? is[line] : "(end)");
}
