/* Runs the fuzz target that it is linked with over its corpus, once: what a fuzzer has found stays found,
 * with any compiler, and a target that no longer compiles is seen at once. */
#include <glib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static guint run_all(const char *folder)
{
	g_autoptr(GDir) files = g_dir_open(folder, 0, NULL);
	const char *name;
	guint count = 0;

	if (!files)
		g_error("%s cannot be read", folder);
	while ((name = g_dir_read_name(files))) {
		g_autofree char *path = g_build_filename(folder, name, NULL), *data = NULL;
		gsize length;

		if (!g_file_get_contents(path, &data, &length, NULL))
			g_error("%s cannot be read", path);
		LLVMFuzzerTestOneInput((const guint8 *)data, length);
		count++;
	}
	return count;
}

int main(int argc, char **argv)
{
	g_autofree char *program = g_path_get_basename(argv[0]);
	g_autofree char *folder =
		g_build_filename(IMS_SOURCE_DIR, "tests", "fuzz", "corpus", program + strlen("fuzz_"), NULL);

	(void)argc;
	LLVMFuzzerTestOneInput((const guint8 *)"", 0);
	g_assert_cmpuint(run_all(folder), >, 0);
	return 0;
}
