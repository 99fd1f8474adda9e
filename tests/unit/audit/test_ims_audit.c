/* Who was let in, on whose word, and how it ended. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <glib/gstdio.h>
#include "../log_recorder.h"
#include "audit/ims_audit.h"
#include "base/ims_error.h"

typedef struct {
	char *folder, *path, *old;
} bench;

static int start(void **state)
{
	bench *b = g_new0(bench, 1);

	b->folder = g_dir_make_tmp("ims-audit-XXXXXX", NULL);
	b->path = g_build_filename(b->folder, "audit.log", NULL);
	b->old = g_build_filename(b->folder, "audit.log.1", NULL);
	*state = b;
	return b->folder ? 0 : -1;
}

static int stop(void **state)
{
	bench *b = *state;

	g_unlink(b->path);
	g_unlink(b->old);
	g_rmdir(b->folder);
	g_free(b->folder);
	g_free(b->path);
	g_free(b->old);
	g_free(b);
	return 0;
}

static ims_audit *audit_of(const char *path)
{
	g_autoptr(GError) error = NULL;
	ims_audit *audit = ims_audit_new(path, NULL, NULL, &error);

	if (!audit)
		fail_msg("%s", error->message);
	return audit;
}

static void note(ims_audit *audit, const char *event)
{
	ims_audit_note(audit, &(ims_audit_record){ .event = event, .impi = "alice@ims.example" });
}

/* The events of the lines in a file, "," between them; NULL: there is no file. */
static char *events_in(const char *path)
{
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;
	GString *events = NULL;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return NULL;
	events = g_string_new(NULL);
	lines = g_strsplit(text, "\n", -1);
	for (char **line = lines; *line && **line; line++) {
		json_t *record = json_loads(*line, 0, NULL);

		assert_non_null(record);
		g_string_append_printf(events, "%s%s", events->len ? "," : "",
				       json_string_value(json_object_get(record, "event")));
		json_decref(record);
	}
	return g_string_free(events, FALSE);
}

static void assert_events(const char *path, const char *want)
{
	g_autofree char *events = events_in(path);

	assert_string_equal(events ? events : "(no file)", want);
}

static void test_record(void **state)
{
	const ims_audit_record full = { .event = "registered",
					.reason = "a \"reason\"\n\xff",
					.code = 200,
					.scheme = "token",
					.network = "home",
					.impi = "alice@ims.example",
					.impu = "sip:alice@ims.example",
					.issuer = "waf",
					.client = "shop",
					.jti = "j1",
					.flow = "0123456789abcdef",
					.turn_user = "3f2a",
					.icid = "c1",
					.expires_s = 3600 };
	json_t *record = ims_audit_json(&full, G_GINT64_CONSTANT(1790000000007));
	char *text = json_dumps(record, JSON_COMPACT);

	(void)state;
	assert_string_equal(text,
			    "{\"time\":\"2026-09-21T14:13:20.007Z\",\"event\":\"registered\",\"code\":200,"
			    "\"reason\":\"a \\\"reason\\\"\\n\xef\xbf\xbd\",\"scheme\":\"token\","
			    "\"network\":\"home\",\"impi\":\"alice@ims.example\","
			    "\"impu\":\"sip:alice@ims.example\",\"issuer\":\"waf\",\"client\":\"shop\","
			    "\"jti\":\"j1\",\"flow\":\"0123456789abcdef\",\"turn_user\":\"3f2a\","
			    "\"icid\":\"c1\",\"expires\":3600}");
	free(text);
	json_decref(record);
}

static void test_file(void **state)
{
	bench *b = *state;
	ims_audit *audit = audit_of(b->path);
	struct stat status;

	note(audit, "registered");
	note(audit, "ended");
	ims_audit_free(audit); /* nothing is lost */
	assert_events(b->path, "registered,ended");
	assert_int_equal(stat(b->path, &status), 0);
	assert_int_equal(status.st_mode & 0777, 0600);
	audit = audit_of(b->path);
	note(audit, "refused");
	ims_audit_free(audit); /* it is added to */
	assert_events(b->path, "registered,ended,refused");
}

static void wait_for_events(const char *path, const char *want)
{
	for (int i = 0; i < 2000; i++) {
		g_autofree char *events = events_in(path);

		if (g_strcmp0(events, want) == 0)
			return;
		g_usleep(10000);
	}
	assert_events(path, want);
}

/* As logrotate does. */
static void test_renamed(void **state)
{
	bench *b = *state;
	ims_audit *audit = audit_of(b->path);

	note(audit, "registered");
	wait_for_events(b->path, "registered");
	g_rename(b->path, b->old);
	note(audit, "refused");
	wait_for_events(b->path, "refused");
	g_unlink(b->path);
	note(audit, "ended");
	ims_audit_free(audit);
	assert_events(b->path, "ended");
	assert_events(b->old, "registered");
}

static void test_cannot_be_written(void **state)
{
	bench *b = *state;
	g_autoptr(GError) error = NULL;

	assert_null(ims_audit_new(b->folder, NULL, NULL, &error));
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_CONFIG));
	assert_non_null(strstr(error->message, "general.audit_log"));
}

static gsize size_of(const char *path)
{
	struct stat status;

	return stat(path, &status) == 0 ? (gsize)status.st_size : 0;
}

static void limit_files(rlim_t bytes)
{
	struct rlimit limit;

	assert_int_equal(getrlimit(RLIMIT_FSIZE, &limit), 0);
	limit.rlim_cur = bytes;
	assert_int_equal(setrlimit(RLIMIT_FSIZE, &limit), 0);
}

static gint told;

static void on_told(json_t *record)
{
	assert_string_equal(json_string_value(json_object_get(record, "event")), "registered");
	g_atomic_int_inc(&told);
	json_decref(record);
}

static void test_told_without_a_file(void **state)
{
	ims_audit *audit = ims_audit_new("", on_told, NULL, NULL);

	(void)state;
	told = 0;
	for (int i = 0; i < 100; i++)
		note(audit, "registered");
	ims_audit_free(audit);
	assert_int_equal(told, 100);
}

static void on_told_any(json_t *record)
{
	g_atomic_int_inc(&told);
	json_decref(record);
}

static void note_all(ims_audit *audit, const char *event, gint count)
{
	gint wanted = g_atomic_int_get(&told) + count;

	for (gint i = 0; i < count; i++)
		note(audit, event);
	for (int i = 0; i < 2000 && g_atomic_int_get(&told) < wanted; i++)
		g_usleep(10000);
	assert_int_equal(g_atomic_int_get(&told), wanted);
}

static gint alarmed;

static void on_alarm(const ims_alarm_report *report)
{
	assert_int_equal(report->cause, IMS_ALARM_AUDIT_LOST);
	assert_non_null(strstr(report->sentence, "File too large"));
	alarmed++;
}

/* As on a disk that is full, and later is not: said once, and what follows can be read. */
static void test_full(void **state)
{
	bench *b = *state;
	g_autoptr(ims_alarms) alarms = ims_alarms_new(on_alarm, NULL);
	ims_audit *audit = ims_audit_new(b->path, on_told_any, alarms, NULL);
	g_autofree char *text = NULL, *said = NULL;
	g_auto(GStrv) lines = NULL;

	log_recorder_start();
	signal(SIGXFSZ, SIG_IGN);
	note_all(audit, "registered", 1);
	limit_files(size_of(b->path) + 10);
	note_all(audit, "refused", 3);
	limit_files(RLIM_INFINITY);
	note_all(audit, "ended", 2);
	ims_audit_free(audit);
	signal(SIGXFSZ, SIG_DFL);
	said = g_strdup_printf(": 3 audit records are lost; %s can be written again\n", b->path);
	assert_non_null(strstr(logged->str, said));
	assert_int_equal(alarmed, 1);
	log_recorder_stop();
	assert_true(g_file_get_contents(b->path, &text, NULL, NULL));
	lines = g_strsplit(text, "\n", -1);
	assert_int_equal(g_strv_length(lines), 5);
	assert_int_equal(strlen(lines[1]), 10);
	assert_non_null(strstr(lines[2], "\"ended\""));
	assert_memory_equal(lines[2], "{\"time\"", 7);
	assert_memory_equal(lines[3], "{\"time\"", 7);
}

static GMutex hold;

static void on_told_slowly(json_t *record)
{
	g_mutex_lock(&hold);
	g_mutex_unlock(&hold);
	g_atomic_int_inc(&told);
	json_decref(record);
}

/* Whoever notes waits for nobody, and memory is bounded. */
static void test_too_many(void **state)
{
	ims_audit *audit = ims_audit_new(NULL, on_told_slowly, NULL, NULL);

	(void)state;
	told = 0;
	g_mutex_lock(&hold);
	for (int i = 0; i < 30000; i++)
		note(audit, "registered");
	g_mutex_unlock(&hold);
	ims_audit_free(audit);
	assert_in_range(told, 10000, 10001);
}

static void test_nobody_wants_to_know(void **state)
{
	(void)state;
	note(NULL, "registered");
	ims_audit_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_record),
		cmocka_unit_test_setup_teardown(test_file, start, stop),
		cmocka_unit_test_setup_teardown(test_renamed, start, stop),
		cmocka_unit_test_setup_teardown(test_cannot_be_written, start, stop),
		cmocka_unit_test_setup_teardown(test_full, start, stop),
		cmocka_unit_test(test_told_without_a_file),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_nobody_wants_to_know),
	};

	return cmocka_run_group_tests_name("test_ims_audit", tests, NULL, NULL);
}
