/* A line reaches the sink that is plugged in, with level, object and text. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/ims_log.h"

static GString *kept;

static void keep(ims_log_level level, const char *who, const char *format, va_list args)
{
	g_autofree char *text = g_strdup_vprintf(format, args);

	g_string_append_printf(kept, "%d %s %s\n", level, who ? who : "-", text);
}

static int start(void **state)
{
	(void)state;
	kept = g_string_new(NULL);
	return 0;
}

static int end(void **state)
{
	(void)state;
	ims_log_set_sink(NULL);
	g_string_free(kept, TRUE);
	return 0;
}

static void test_levels(void **state)
{
	g_autofree char *wanted = g_strdup_printf("%d a 1\n%d b 2\n%d - 3\n%d c 4\n%d d 5\n", IMS_LOG_ERR,
						  IMS_LOG_WARN, IMS_LOG_INFO, IMS_LOG_VERB, IMS_LOG_DEBUG);

	(void)state;
	ims_log_set_sink(keep);
	ims_err("a", "%d", 1);
	ims_warn("b", "%d", 2);
	ims_info(NULL, "%d", 3);
	ims_verb("c", "%d", 4);
	ims_debug("d", "%d", 5);
	assert_string_equal(kept->str, wanted);
}

/* What is in the object's name is no format. */
static void test_percent(void **state)
{
	(void)state;
	ims_log_set_sink(keep);
	ims_info("sip:%s%n@ims.example", "%s", "%d%n");
	assert_string_equal(kept->str, "2 sip:%s%n@ims.example %d%n\n");
}

/* What goes to stderr while the lines are logged. */
static char *stderr_of(void (*log)(void))
{
	FILE *file = tmpfile();
	int saved = dup(STDERR_FILENO);
	g_autofree char *text = g_malloc0(4096);
	gsize length;

	assert_non_null(file);
	fflush(stderr);
	assert_true(dup2(fileno(file), STDERR_FILENO) >= 0);
	log();
	fflush(stderr);
	assert_true(dup2(saved, STDERR_FILENO) >= 0);
	close(saved);
	rewind(file);
	length = fread(text, 1, 4095, file);
	text[length] = '\0';
	fclose(file);
	return g_steal_pointer(&text);
}

static void say_two(void)
{
	ims_warn("sip:alice@ims.example", "seven is %d", 7);
	ims_err(NULL, "nobody");
}

/* Without a sink, and again after it was taken away. */
static void test_stderr(void **state)
{
	(void)state;
	for (int round = 0; round < 2; round++) {
		g_autofree char *text = stderr_of(say_two);
		g_auto(GStrv) lines = g_strsplit(text, "\n", -1);

		assert_int_equal(g_strv_length(lines), 3);
		assert_non_null(strstr(lines[0], "WARN"));
		assert_non_null(strstr(lines[0], "sip:alice@ims.example"));
		assert_non_null(strstr(lines[0], "seven is 7"));
		assert_non_null(strstr(lines[1], "ERR"));
		assert_non_null(strstr(lines[1], "nobody"));
		assert_null(strstr(lines[1], "null"));
		ims_log_set_sink(keep);
		ims_log_set_sink(NULL);
	}
	assert_string_equal(kept->str, "");
}

#define WITH_KEPT(test) cmocka_unit_test_setup_teardown(test, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_KEPT(test_levels),
		WITH_KEPT(test_percent),
		WITH_KEPT(test_stderr),
	};

	return cmocka_run_group_tests_name("test_ims_log", tests, NULL, NULL);
}
