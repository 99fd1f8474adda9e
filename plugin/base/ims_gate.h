/* ims_gate.h: one thread waits until another opens the gate, once.
 *
 * On pthread, like ims_lock.h, so that ThreadSanitizer sees it. The waiting thread owns the gate; the opener
 * does not touch it afterwards. */
#pragma once
#include <errno.h>
#include <pthread.h>
#include <time.h>
#include <glib.h>

typedef struct {
	pthread_mutex_t lock;
	pthread_cond_t opened;
	gboolean open;
} ims_gate;

static inline void ims_gate_init(ims_gate *gate)
{
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&gate->lock, NULL);
	pthread_cond_init(&gate->opened, &monotonic);
	pthread_condattr_destroy(&monotonic);
	gate->open = FALSE;
}

static inline void ims_gate_clear(ims_gate *gate)
{
	pthread_cond_destroy(&gate->opened);
	pthread_mutex_destroy(&gate->lock);
}

static inline void ims_gate_open(ims_gate *gate)
{
	pthread_mutex_lock(&gate->lock);
	gate->open = TRUE;
	pthread_cond_signal(&gate->opened);
	pthread_mutex_unlock(&gate->lock);
}

/* Waits at most so long, FALSE: it is still closed. */
static inline gboolean ims_gate_wait_s(ims_gate *gate, guint seconds)
{
	struct timespec until;
	gboolean open;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += seconds;
	pthread_mutex_lock(&gate->lock);
	while (!gate->open && pthread_cond_timedwait(&gate->opened, &gate->lock, &until) != ETIMEDOUT)
		;
	open = gate->open;
	pthread_mutex_unlock(&gate->lock);
	return open;
}

static inline void ims_gate_wait(ims_gate *gate)
{
	pthread_mutex_lock(&gate->lock);
	while (!gate->open)
		pthread_cond_wait(&gate->opened, &gate->lock);
	pthread_mutex_unlock(&gate->lock);
}
