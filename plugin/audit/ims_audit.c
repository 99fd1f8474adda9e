#include "audit/ims_audit.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/ims_error.h"
#include "base/ims_log.h"
#include "base/ims_worker.h"

#define MAX_WAITING 10000

struct ims_audit {
	ims_alarms *alarms;
	char *path;      /* NULL: no file */
	int file;        /* -1: it cannot be opened for now */
	guint unwritten; /* records in a row that could not be written */
	gboolean torn;   /* ... one of which stands there in part */
	void (*told)(json_t *record);
	ims_worker *worker;
	gint waiting, lost;
};

/* The record */

static void set_text(json_t *object, const char *name, const char *value)
{
	g_autofree char *valid = value ? g_utf8_make_valid(value, -1) : NULL;

	if (value)
		json_object_set_new(object, name, json_string(valid));
}

static void set_number(json_t *object, const char *name, json_int_t value)
{
	if (value)
		json_object_set_new(object, name, json_integer(value));
}

static char *time_text(gint64 at_ms)
{
	g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(at_ms / 1000);
	g_autofree char *seconds = g_date_time_format(at, "%Y-%m-%dT%H:%M:%S");

	return g_strdup_printf("%s.%03dZ", seconds, (int)(at_ms % 1000));
}

json_t *ims_audit_json(const ims_audit_record *r, gint64 at_ms)
{
	json_t *object = json_object();
	g_autofree char *at = time_text(at_ms);

	set_text(object, "time", at);
	set_text(object, "event", r->event);
	set_number(object, "code", r->code);
	set_text(object, "reason", r->reason);
	set_text(object, "scheme", r->scheme);
	set_text(object, "network", r->network);
	set_text(object, "impi", r->impi);
	set_text(object, "impu", r->impu);
	set_text(object, "issuer", r->issuer);
	set_text(object, "client", r->client);
	set_text(object, "jti", r->jti);
	set_text(object, "flow", r->flow);
	set_text(object, "turn_user", r->turn_user);
	set_text(object, "icid", r->icid);
	set_number(object, "expires", r->expires_s);
	return object;
}

/* The file */

static void open_file(ims_audit *audit)
{
	audit->torn = FALSE;
	audit->file = open(audit->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

/* Somebody has renamed or removed it. */
static gboolean is_elsewhere(const ims_audit *audit)
{
	struct stat ours, there;

	return fstat(audit->file, &ours) != 0 || stat(audit->path, &there) != 0 ||
	       ours.st_ino != there.st_ino || ours.st_dev != there.st_dev;
}

static void follow_file(ims_audit *audit)
{
	if (audit->file >= 0 && is_elsewhere(audit)) {
		close(audit->file);
		audit->file = -1;
	}
	if (audit->file < 0)
		open_file(audit);
}

/* Returns how much of it. */
static gsize write_all(int file, const char *text, gsize length)
{
	gsize done = 0;

	while (done < length) {
		gssize more = write(file, text + done, length - done);

		if (more < 0 && errno != EINTR)
			break;
		done += more > 0 ? (gsize)more : 0;
	}
	return done;
}

static void say_outcome(ims_audit *audit, gboolean written)
{
	if (!written) {
		audit->unwritten++;
		ims_alarm(audit->alarms, IMS_ALARM_AUDIT_LOST, "an audit record is lost: %s: %s", audit->path,
			  g_strerror(errno));
	} else if (audit->unwritten > 0) {
		ims_err(NULL, "%u audit records are lost; %s can be written again", audit->unwritten,
			audit->path);
		audit->unwritten = 0;
	}
}

/* What stands there in part spoils no other record. */
static void write_record(ims_audit *audit, const json_t *record)
{
	char *text = json_dumps(record, JSON_COMPACT);
	g_autofree char *line = NULL;
	gsize length, done = 0;

	follow_file(audit);
	line = g_strdup_printf("%s%s\n", audit->torn ? "\n" : "", text);
	free(text);
	length = strlen(line);
	if (audit->file >= 0)
		done = write_all(audit->file, line, length);
	say_outcome(audit, done == length);
	if (done > 0)
		audit->torn = done < length;
}

/* The thread */

static void run(ims_worker *worker, gpointer user)
{
	struct pollfd mail = { .fd = ims_worker_fd(worker), .events = POLLIN };

	(void)user;
	while (!ims_worker_is_stopping(worker)) {
		poll(&mail, 1, -1);
		ims_worker_drain(worker);
	}
}

static void confess(ims_audit *audit)
{
	guint lost = g_atomic_int_and((guint *)&audit->lost, 0);

	if (lost > 0)
		ims_alarm(audit->alarms, IMS_ALARM_AUDIT_LOST,
			  "%u audit records are lost: they came faster than they can be written", lost);
}

static void do_note(gpointer subject, gpointer args)
{
	ims_audit *audit = subject;
	json_t *record = args;

	g_atomic_int_add(&audit->waiting, -1);
	confess(audit);
	if (audit->path)
		write_record(audit, record);
	if (audit->told)
		audit->told(record);
	else
		json_decref(record);
}

void ims_audit_note(ims_audit *audit, const ims_audit_record *record)
{
	if (!audit || (!audit->path && !audit->told))
		return;
	if (g_atomic_int_add(&audit->waiting, 1) >= MAX_WAITING) {
		g_atomic_int_add(&audit->waiting, -1);
		g_atomic_int_inc(&audit->lost);
		return;
	}
	ims_worker_post(audit->worker, do_note, audit, ims_audit_json(record, g_get_real_time() / 1000));
}

ims_audit *ims_audit_new(const char *path, void (*told)(json_t *record), ims_alarms *alarms, GError **error)
{
	ims_audit *audit = g_new0(ims_audit, 1);

	audit->path = path && *path ? g_strdup(path) : NULL;
	audit->told = told;
	audit->alarms = alarms;
	audit->file = -1;
	if (audit->path)
		open_file(audit);
	if (audit->path && audit->file < 0) {
		g_set_error(error, IMS_ERROR, IMS_E_CONFIG,
			    "general.audit_log = \"%s\": cannot be written (%s)", path, g_strerror(errno));
		ims_audit_free(audit);
		return NULL;
	}
	audit->worker = ims_worker_new("ims audit", run, NULL);
	return audit;
}

void ims_audit_free(ims_audit *audit)
{
	if (!audit)
		return;
	if (audit->worker) {
		ims_worker_stop(audit->worker);
		ims_worker_free(audit->worker); /* what is left is written here */
		confess(audit);
	}
	if (audit->file >= 0)
		close(audit->file);
	g_free(audit->path);
	g_free(audit);
}
