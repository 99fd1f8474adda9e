#include "base/ims_worker.h"

#include <errno.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/ims_lock.h"

/* Of mail at a time. Much less, and its thread polls more than it works; much more, and sockets wait. */
#define PORTION 16

typedef struct {
	ims_task run;
	gpointer subject, args;
	gint64 posted_us;
} mail;

struct ims_worker {
	GThread *thread;
	GThread *owner; /* whose thread the state belongs to; the last one to free it inherits it */
	ims_worker_loop loop;
	gpointer user;
	int fd;
	gint stopping;
	gint waiting;
	ims_lag lag;
	GQueue taken; /* of mail, of the worker's thread: older than what is in the box */
	ims_lock lock;
	GQueue box; /* of mail, under lock */
};

static gpointer worker_main(gpointer data)
{
	ims_worker *worker = data;

	g_atomic_pointer_set(&worker->owner, g_thread_self());
	worker->loop(worker, worker->user);
	return NULL;
}

ims_worker *ims_worker_new(const char *name, ims_worker_loop loop, gpointer user)
{
	ims_worker *worker = g_new0(ims_worker, 1);

	worker->loop = loop;
	worker->user = user;
	worker->fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	if (worker->fd < 0)
		g_error("eventfd: %s", g_strerror(errno));
	ims_lock_init(&worker->lock);
	g_queue_init(&worker->box);
	g_queue_init(&worker->taken);
	ims_lag_init(&worker->lag);
	worker->thread = g_thread_new(name, worker_main, worker);
	return worker;
}

static void wake(ims_worker *worker)
{
	uint64_t one = 1;

	/* The counter is full only when 2^64 - 2 wake-ups wait: then it is readable anyway. */
	while (write(worker->fd, &one, sizeof(one)) < 0 && errno == EINTR)
		;
}

void ims_worker_post(ims_worker *worker, ims_task task, gpointer subject, gpointer args)
{
	mail *m = g_new(mail, 1);
	gboolean first;

	*m = (mail){ task, subject, args, g_get_monotonic_time() };
	g_atomic_int_inc(&worker->waiting);
	{
		g_auto(ims_locked) held = ims_lock_hold(&worker->lock);

		first = g_queue_is_empty(&worker->box);
		g_queue_push_tail(&worker->box, m);
	}
	if (first)
		wake(worker);
}

static mail *next_mail(ims_worker *worker)
{
	if (g_queue_is_empty(&worker->taken)) {
		g_auto(ims_locked) held = ims_lock_hold(&worker->lock);

		worker->taken = worker->box;
		g_queue_init(&worker->box);
	}
	return g_queue_pop_head(&worker->taken);
}

static void run(ims_worker *worker, mail *m)
{
	ims_lag_note(&worker->lag, g_get_monotonic_time() - m->posted_us);
	m->run(m->subject, m->args);
	g_atomic_int_add(&worker->waiting, -1);
	g_free(m);
}

static guint run_some(ims_worker *worker, guint most)
{
	guint count = 0;

	for (mail *m; count < most && (m = next_mail(worker)); count++)
		run(worker, m);
	return count;
}

void ims_worker_drain(ims_worker *worker)
{
	guint portion = ims_worker_is_stopping(worker) ? G_MAXUINT : PORTION;
	uint64_t count;

	while (read(worker->fd, &count, sizeof(count)) < 0 && errno == EINTR)
		;
	if (run_some(worker, portion) == portion)
		wake(worker); /* there may be more */
}

guint ims_worker_waiting(ims_worker *worker)
{
	return (guint)g_atomic_int_get(&worker->waiting);
}

ims_lag *ims_worker_lag(ims_worker *worker)
{
	return &worker->lag;
}

int ims_worker_fd(const ims_worker *worker)
{
	return worker->fd;
}

gboolean ims_worker_is_stopping(ims_worker *worker)
{
	return g_atomic_int_get(&worker->stopping);
}

gboolean ims_worker_is_current(ims_worker *worker)
{
	return g_atomic_pointer_get(&worker->owner) == g_thread_self();
}

void ims_worker_stop(ims_worker *worker)
{
	if (!worker->thread)
		return;
	g_atomic_int_set(&worker->stopping, 1);
	wake(worker);
	g_thread_join(g_steal_pointer(&worker->thread));
}

void ims_worker_free(ims_worker *worker)
{
	if (!worker)
		return;
	g_assert(!worker->thread);
	g_atomic_pointer_set(&worker->owner, g_thread_self());
	run_some(worker, G_MAXUINT);
	close(worker->fd);
	ims_lock_clear(&worker->lock);
	g_free(worker);
}
