/* What is heard is written, in order, by a thread of its own; a file that comes to nothing is told once. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <errno.h>
#include <glib/gstdio.h>
#include <poll.h>
#include <string.h>

#include "base/ims_lock.h"
#include "media/ims_recorder.h"

#define WAIT_STEPS 3000
#define WAIT_STEP_US 10000

/* Janus's recorder as the tests play it: what was done to it, "open a pcmu|1|2|pause|close|". */
static struct {
	ims_lock lock;
	GString *done;
	int write_fails; /* with this */
	gboolean open_fails;
	gsize bytes;
} fake = { .lock = IMS_LOCK_INIT };

static void note(const char *format, ...) G_GNUC_PRINTF(1, 2);
static void note(const char *format, ...)
{
	g_auto(ims_locked) held = ims_lock_hold(&fake.lock);
	va_list args;

	va_start(args, format);
	g_string_append_vprintf(fake.done, format, args);
	va_end(args);
	g_string_append_c(fake.done, '|');
}

static gpointer fake_open(const char *folder, const char *name, const char *codec)
{
	note("open %s %s", name, codec);
	(void)folder;
	return fake.open_fails ? NULL : &fake;
}

static int fake_write(gpointer file, char *packet, guint length)
{
	assert_ptr_equal(file, &fake);
	if (fake.write_fails)
		return fake.write_fails;
	if (length == 1)
		note("%d", packet[0]);
	g_auto(ims_locked) held = ims_lock_hold(&fake.lock);
	fake.bytes += length;
	return 0;
}

static void fake_pause(gpointer file, gboolean pause)
{
	assert_ptr_equal(file, &fake);
	note(pause ? "pause" : "resume");
}

static void fake_close(gpointer file)
{
	assert_ptr_equal(file, &fake);
	note("close");
}

static const ims_gateway gateway = { .record_open = fake_open,
				     .record_write = fake_write,
				     .record_pause = fake_pause,
				     .record_close = fake_close };

static char *done(void)
{
	g_auto(ims_locked) held = ims_lock_hold(&fake.lock);

	return g_strdup(fake.done->str);
}

static void wait_done(const char *want)
{
	g_autofree char *now = done();

	for (int i = 0; i < WAIT_STEPS && strcmp(now, want) != 0; i++) {
		g_usleep(WAIT_STEP_US);
		g_free(now);
		now = done();
	}
	assert_string_equal(now, want);
}

/* Whoever is told. */
static void run_told(ims_worker *worker, gpointer user)
{
	struct pollfd mail = { .fd = ims_worker_fd(worker), .events = POLLIN };

	(void)user;
	while (!ims_worker_is_stopping(worker)) {
		poll(&mail, 1, -1);
		ims_worker_drain(worker);
	}
}

static void on_failed(ims_recording *recording, const char *why, gpointer user)
{
	(void)user;
	note("failed %s: %s", ims_recording_name(recording), why);
}

typedef struct {
	char *folder;
	ims_worker *told;
	ims_recorder *recorder;
} bench;

static void bench_open(bench *b)
{
	fake.done = g_string_new(NULL);
	fake.write_fails = 0;
	fake.open_fails = FALSE;
	fake.bytes = 0;
	b->folder = g_dir_make_tmp("ims-recorder-XXXXXX", NULL);
	b->told = ims_worker_new("told", run_told, NULL);
	b->recorder = ims_recorder_new(&gateway, b->folder, b->told);
}

/* What was asked for is done, and told; fake.done has it all. */
static void bench_end(bench *b)
{
	ims_recorder_close(b->recorder);
	ims_worker_stop(b->told);
	ims_worker_free(b->told);
	ims_recorder_free(b->recorder);
}

static void bench_clear(bench *b)
{
	g_rmdir(b->folder);
	g_free(b->folder);
	g_string_free(fake.done, TRUE);
}

static void bench_close(bench *b)
{
	bench_end(b);
	bench_clear(b);
}

static ims_recording *start(bench *b, const char *name)
{
	return ims_recording_start(
		b->recorder, &(ims_recording_setup){ .name = name, .codec = "PCMU", .failed = on_failed });
}

static void say(ims_recording *recording, guint8 what)
{
	ims_recording_tap.hear(recording, &what, 1);
}

static void test_written(void **state)
{
	ims_recording *recording;
	bench b;

	(void)state;
	bench_open(&b);
	recording = start(&b, "a");
	say(recording, 1);
	say(recording, 2);
	wait_done("open a pcmu|1|2|");
	say(recording, 3);
	ims_recording_stop(recording); /* what was heard before is written */
	wait_done("open a pcmu|1|2|3|close|");
	bench_close(&b);
}

/* A leg may hear a moment longer than its session lets it. */
static void test_heard_after_the_stop(void **state)
{
	ims_recording *recording;
	bench b;

	(void)state;
	bench_open(&b);
	recording = start(&b, "a");
	ims_recording_tap.ref(recording);
	ims_recording_stop(recording);
	wait_done("open a pcmu|close|");
	say(recording, 1);
	ims_recording_tap.unref(recording);
	bench_close(&b);
}

static void test_pause(void **state)
{
	ims_recording *recording;
	bench b;

	(void)state;
	bench_open(&b);
	recording = start(&b, "a");
	say(recording, 1);
	ims_recording_pause(recording, TRUE);
	wait_done("open a pcmu|1|pause|");
	ims_recording_pause(recording, FALSE);
	wait_done("open a pcmu|1|pause|resume|");
	say(recording, 2);
	ims_recording_stop(recording);
	wait_done("open a pcmu|1|pause|resume|2|close|");
	bench_close(&b);
}

static void test_cannot_be_made(void **state)
{
	ims_recording *recording;
	bench b;

	(void)state;
	bench_open(&b);
	fake.open_fails = TRUE;
	recording = start(&b, "a");
	say(recording, 1);
	wait_done("open a pcmu|failed a: the file cannot be made|");
	ims_recording_pause(recording, TRUE);
	ims_recording_stop(recording);
	bench_close(&b);
}

static void test_name_is_taken(void **state)
{
	ims_recording *first, *second, *third;
	g_autofree char *path = NULL;
	bench b;

	(void)state;
	bench_open(&b);
	path = g_build_filename(b.folder, "b.mjr", NULL);
	assert_true(g_file_set_contents(path, "", 0, NULL));
	first = start(&b, "a");
	second = start(&b, "a");
	wait_done("open a pcmu|failed a: a file of that name exists|");
	third = start(&b, "b");
	wait_done("open a pcmu|failed a: a file of that name exists|failed b: a file of that name exists|");
	ims_recording_stop(first);
	ims_recording_stop(second);
	ims_recording_stop(third);
	g_unlink(path);
	bench_close(&b);
}

static void test_disk_full(void **state)
{
	ims_recording *recording;
	bench b;

	(void)state;
	bench_open(&b);
	recording = start(&b, "a");
	fake.write_fails = ENOSPC;
	say(recording, 1);
	say(recording, 2);
	wait_done("open a pcmu|close|failed a: No space left on device|");
	say(recording, 3);
	ims_recording_stop(recording);
	bench_close(&b);
}

static void test_another_codec(void **state)
{
	ims_recording *recording;
	bench b;

	(void)state;
	bench_open(&b);
	recording = start(&b, "a");
	say(recording, 1);
	ims_recording_tap.codec_changed(recording);
	wait_done("open a pcmu|1|close|failed a: the call goes on in another codec|");
	ims_recording_stop(recording);
	bench_close(&b);
}

static void start_and_stop(gpointer subject, gpointer args)
{
	(void)args;
	ims_recording_stop(start(subject, "a"));
}

/* Who stops it is told nothing more. */
static void test_failure_after_the_stop(void **state)
{
	bench b;

	(void)state;
	bench_open(&b);
	fake.open_fails = TRUE;
	ims_worker_post(b.told, start_and_stop, &b, NULL);
	wait_done("open a pcmu|");
	bench_end(&b);
	assert_string_equal(fake.done->str, "open a pcmu|");
	bench_clear(&b);
}

/* Faster than it is written: what finds no room is lost, and it goes on. */
static void test_too_fast(void **state)
{
	static const guint8 packet[1000];
	ims_recording *recording;
	bench b;

	(void)state;
	bench_open(&b);
	recording = start(&b, "a");
	wait_done("open a pcmu|");
	for (int i = 0; i < 3000; i++)
		ims_recording_tap.hear(recording, packet, sizeof(packet));
	say(recording, 9);
	ims_recording_stop(recording);
	bench_end(&b);
	assert_non_null(strstr(fake.done->str, "close|"));
	assert_true(fake.bytes >= 200 * 1000);
	assert_true(fake.bytes <= 3000 * 1000 + 1);
	bench_clear(&b);
}

static void test_names(void **state)
{
	static const char *const good[] = { "a", "call-4711", "2026.11_x", "-", "_." };
	static const char *const bad[] = { "",     "/",   "a/b",      "../a", "..", ".a",    " ",  "a b",
					   "a\\b", "a\n", "\xc3\xbc", "a:b",  "~",  "$HOME", "a*", "a%s" };
	g_autofree char *longest = g_strnfill(IMS_RECORDER_NAME_MAX, 'a');
	g_autofree char *longer = g_strnfill(IMS_RECORDER_NAME_MAX + 1, 'a');

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(good); i++)
		assert_true(ims_recorder_check_name(good[i]));
	for (gsize i = 0; i < G_N_ELEMENTS(bad); i++)
		if (ims_recorder_check_name(bad[i]))
			fail_msg("'%s' is taken for a name", bad[i]);
	assert_true(ims_recorder_check_name(longest));
	assert_false(ims_recorder_check_name(longer));
	assert_true(ims_recorder_takes("PCMU"));
	assert_true(ims_recorder_takes("H264"));
	assert_false(ims_recorder_takes("AMR-WB"));
	assert_false(ims_recorder_takes(""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_written),       cmocka_unit_test(test_heard_after_the_stop),
		cmocka_unit_test(test_pause),         cmocka_unit_test(test_cannot_be_made),
		cmocka_unit_test(test_name_is_taken), cmocka_unit_test(test_disk_full),
		cmocka_unit_test(test_another_codec), cmocka_unit_test(test_failure_after_the_stop),
		cmocka_unit_test(test_too_fast),      cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("test_ims_recorder", tests, NULL, NULL);
}
