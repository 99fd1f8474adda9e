#include "media/ims_recorder.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>

#include "base/ims_lock.h"
#include "base/ims_log.h"

#define ROUND_MS 100
#define BATCH_BYTES (256 * 1024) /* of a stream, between two rounds */
#define ANOTHER_CODEC "the call goes on in another codec"

/* Packets as they were heard, each behind its length. */
typedef struct {
	gsize used;
	guint lost; /* found no room */
	guint8 bytes[BATCH_BYTES];
} batch;

struct ims_recorder {
	const ims_gateway *gateway;
	char *folder;
	ims_worker *told;
	ims_worker *thread;
	gboolean closed; /* nobody is there to be told any more; set when the thread has ended */
	GQueue open;     /* of ims_recording, one reference each: the thread's */
	batch *spare;    /* ... changes places with the one that a recording fills */
};

struct ims_recording {
	gint refs;
	ims_recorder *recorder;
	char *name, *codec;
	void (*failed)(ims_recording *recording, const char *why, gpointer user);
	gpointer user; /* of failed, which is NULL after the stop: the SIP thread's */

	gpointer file; /* the thread's; NULL: not opened, or over */
	gboolean slow; /* ... it has said that packets are lost */

	ims_lock lock;  /* of all below */
	batch *filling; /* NULL: nothing is heard any more */
};

/* Names */

gboolean ims_recorder_check_name(const char *name)
{
	gsize length = strlen(name);

	return length > 0 && length <= IMS_RECORDER_NAME_MAX && name[0] != '.' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == length;
}

gboolean ims_recorder_takes(const char *codec)
{
	static const char *const known[] = { "opus", "pcmu", "pcma", "g722", "h264", "vp8", NULL };
	g_autofree char *lower = g_ascii_strdown(codec, -1);

	return g_strv_contains(known, lower);
}

const char *ims_recording_name(const ims_recording *recording)
{
	return recording->name;
}

/* Life of a recording */

static gpointer recording_ref(gpointer data)
{
	g_atomic_int_inc(&((ims_recording *)data)->refs);
	return data;
}

static void recording_unref(gpointer data)
{
	ims_recording *recording = data;

	if (!g_atomic_int_dec_and_test(&recording->refs))
		return;
	g_free(recording->filling);
	ims_lock_clear(&recording->lock);
	g_free(recording->name);
	g_free(recording->codec);
	g_free(recording);
}

/* What is heard. [a Janus loop] */

static void hear(gpointer data, const guint8 *packet, gsize length)
{
	ims_recording *recording = data;
	g_auto(ims_locked) held = ims_lock_hold(&recording->lock);
	batch *b = recording->filling;
	guint16 size = (guint16)length;

	if (!b)
		return;
	if (b->used + sizeof(size) + length > sizeof(b->bytes)) {
		b->lost++;
		return;
	}
	memcpy(b->bytes + b->used, &size, sizeof(size));
	memcpy(b->bytes + b->used + sizeof(size), packet, length);
	b->used += sizeof(size) + length;
}

/* What the thread does */

/* Hears nothing any more. */
static void close_file(ims_recording *recording)
{
	if (recording->file)
		recording->recorder->gateway->record_close(g_steal_pointer(&recording->file));
	g_auto(ims_locked) held = ims_lock_hold(&recording->lock);
	g_clear_pointer(&recording->filling, g_free);
}

static void do_failed(gpointer subject, gpointer args)
{
	ims_recording *recording = subject;
	g_autofree char *why = args;

	if (recording->failed)
		recording->failed(recording, why, recording->user);
	recording_unref(recording);
}

/* For good, but for the stop that is still to come. */
static void fail(ims_recording *recording, const char *why)
{
	ims_recorder *recorder = recording->recorder;

	ims_err(NULL, "recording %s/%s.mjr ends: %s", recorder->folder, recording->name, why);
	close_file(recording);
	if (!recorder->closed)
		ims_worker_post(recorder->told, do_failed, recording_ref(recording), g_strdup(why));
}

static batch *take_batch(ims_recording *recording)
{
	g_auto(ims_locked) held = ims_lock_hold(&recording->lock);
	batch *full = recording->filling;

	if (!full || (full->used == 0 && full->lost == 0))
		return NULL;
	recording->filling = g_steal_pointer(&recording->recorder->spare);
	return full;
}

/* Returns 0 or why not. */
static int write_batch(ims_recording *recording, batch *b)
{
	guint16 size;

	for (gsize at = 0; at < b->used; at += sizeof(size) + size) {
		int why;

		memcpy(&size, b->bytes + at, sizeof(size));
		why = recording->recorder->gateway->record_write(recording->file,
								 (char *)b->bytes + at + sizeof(size), size);
		if (why)
			return why;
	}
	return 0;
}

static void flush(ims_recording *recording)
{
	batch *b = take_batch(recording);
	int why;

	if (!b)
		return;
	why = recording->file ? write_batch(recording, b) : 0;
	if (b->lost > 0 && !recording->slow)
		ims_err(NULL, "recording %s.mjr has gaps: it cannot be written as fast as it comes",
			recording->name);
	recording->slow = b->lost > 0;
	b->used = b->lost = 0;
	recording->recorder->spare = b;
	if (why)
		fail(recording, g_strerror(why));
}

static gboolean is_taken(const ims_recorder *recorder, const char *name)
{
	g_autofree char *path = g_strdup_printf("%s/%s.mjr", recorder->folder, name);
	struct stat any;

	for (const GList *at = recorder->open.head; at; at = at->next)
		if (strcmp(((ims_recording *)at->data)->name, name) == 0)
			return TRUE;
	return lstat(path, &any) == 0;
}

static void do_open(gpointer subject, gpointer args)
{
	ims_recording *recording = subject; /* its reference is the queue's now */
	ims_recorder *recorder = recording->recorder;
	gboolean taken = is_taken(recorder, recording->name);

	(void)args;
	g_queue_push_tail(&recorder->open, recording);
	if (!taken)
		recording->file =
			recorder->gateway->record_open(recorder->folder, recording->name, recording->codec);
	if (!recording->file)
		fail(recording, taken ? "a file of that name exists" : "the file cannot be made");
}

static void do_pause(gpointer subject, gpointer args)
{
	ims_recording *recording = subject;

	flush(recording);
	if (recording->file)
		recording->recorder->gateway->record_pause(recording->file, GPOINTER_TO_INT(args));
	recording_unref(recording);
}

static void do_stop(gpointer subject, gpointer args)
{
	ims_recording *recording = subject;

	(void)args;
	flush(recording);
	close_file(recording);
	if (g_queue_remove(&recording->recorder->open, recording))
		recording_unref(recording);
	recording_unref(recording);
}

static void do_change_codec(gpointer subject, gpointer args)
{
	ims_recording *recording = subject;

	(void)args;
	flush(recording);
	if (recording->file)
		fail(recording, ANOTHER_CODEC);
	recording_unref(recording);
}

static void run(ims_worker *worker, gpointer user)
{
	ims_recorder *recorder = user;
	struct pollfd mail = { .fd = ims_worker_fd(worker), .events = POLLIN };

	while (!ims_worker_is_stopping(worker)) {
		poll(&mail, 1, g_queue_is_empty(&recorder->open) ? -1 : ROUND_MS);
		ims_worker_drain(worker);
		for (const GList *at = recorder->open.head; at; at = at->next)
			flush(at->data);
	}
}

static void codec_changed(gpointer data)
{
	ims_recording *recording = data;

	ims_worker_post(recording->recorder->thread, do_change_codec, recording_ref(recording), NULL);
}

const ims_tap_class ims_recording_tap = {
	.codec_only = TRUE,
	.hear = hear,
	.codec_changed = codec_changed,
	.ref = recording_ref,
	.unref = recording_unref,
};

/* What is asked of it */

ims_recording *ims_recording_start(ims_recorder *recorder, const ims_recording_setup *setup)
{
	ims_recording *recording = g_new0(ims_recording, 1);

	g_assert(ims_recorder_check_name(setup->name));
	recording->refs = 1;
	recording->recorder = recorder;
	recording->name = g_strdup(setup->name);
	recording->codec = g_ascii_strdown(setup->codec, -1);
	recording->failed = setup->failed;
	recording->user = setup->user;
	recording->filling = g_new0(batch, 1);
	ims_lock_init(&recording->lock);
	ims_worker_post(recorder->thread, do_open, recording_ref(recording), NULL);
	return recording;
}

void ims_recording_pause(ims_recording *recording, gboolean pause)
{
	ims_worker_post(recording->recorder->thread, do_pause, recording_ref(recording),
			GINT_TO_POINTER(pause));
}

void ims_recording_stop(ims_recording *recording)
{
	if (!recording)
		return;
	recording->failed = NULL;
	ims_worker_post(recording->recorder->thread, do_stop, recording, NULL);
}

ims_recorder *ims_recorder_new(const ims_gateway *gateway, const char *folder, ims_worker *told)
{
	ims_recorder *recorder = g_new0(ims_recorder, 1);

	recorder->gateway = gateway;
	recorder->folder = g_strdup(folder);
	recorder->told = told;
	recorder->spare = g_new0(batch, 1);
	g_queue_init(&recorder->open);
	recorder->thread = ims_worker_new("ims record", run, recorder);
	return recorder;
}

void ims_recorder_close(ims_recorder *recorder)
{
	if (!recorder)
		return;
	ims_worker_stop(recorder->thread);
	recorder->closed = TRUE;
}

void ims_recorder_free(ims_recorder *recorder)
{
	if (!recorder)
		return;
	ims_worker_free(recorder->thread); /* stops that wait are carried out here */
	g_assert(g_queue_is_empty(&recorder->open));
	g_free(recorder->spare);
	g_free(recorder->folder);
	g_free(recorder);
}
