/* ims_worker.h: a thread with a mailbox.
 *
 * One owner thread per kind of state, mail for everybody else. Mail is kept in order and never
 * lost: what is posted after the thread has ended runs in ims_worker_free, so every task frees
 * its own arguments exactly once, whenever it runs. It is run in portions, between which the thread sees to
 * whatever else it watches. */
#pragma once
#include <glib.h>
#include "base/ims_lag.h"

typedef struct ims_worker ims_worker;

/* Runs on the worker's thread. subject and args belong to the task. */
typedef void (*ims_task)(gpointer subject, gpointer args);

/* What the thread does: watch ims_worker_fd() for reading, call ims_worker_drain() whenever it is
 * readable, return when ims_worker_is_stopping(). */
typedef void (*ims_worker_loop)(ims_worker *worker, gpointer user);

ims_worker *ims_worker_new(const char *name, ims_worker_loop loop, gpointer user);
void ims_worker_post(ims_worker *worker, ims_task task, gpointer subject, gpointer args); /* [any thread] */
void ims_worker_stop(ims_worker *worker); /* [any other thread] asks the loop to end, waits for it */
void ims_worker_free(ims_worker *worker); /* after stop; runs the mail that is left on the caller's thread */

int ims_worker_fd(const ims_worker *worker);
void ims_worker_drain(ims_worker *worker);           /* [the worker's thread] a portion; all, when it ends */
gboolean ims_worker_is_stopping(ims_worker *worker); /* [any thread] */
gboolean ims_worker_is_current(ims_worker *worker);  /* [any thread] am I on it? */

guint ims_worker_waiting(ims_worker *worker); /* [any thread] mail that has not run */
ims_lag *ims_worker_lag(ims_worker *worker);  /* [any thread] how long it waits; lives as long */

#define ims_assert_on(worker) g_assert(ims_worker_is_current(worker))
