/* janus_loop.h: a thread with a GMainLoop, standing for the loop of a Janus handle; and what a loop waits
 * for. */
#pragma once
#include "recorder.h"

typedef struct {
	GMainContext *context;
	GMainLoop *loop;
	GThread *thread;
	pthread_mutex_t lock;
	pthread_cond_t done;
	void (*run)(gpointer user); /* under lock: the callback that runs now; NULL: none */
	gpointer user;
} janus_loop;

static inline gpointer janus_loop_main(gpointer data)
{
	janus_loop *j = data;

	g_main_loop_run(j->loop);
	return NULL;
}

static inline void janus_loop_start(janus_loop *j)
{
	memset(j, 0, sizeof(*j));
	pthread_mutex_init(&j->lock, NULL);
	pthread_cond_init(&j->done, NULL);
	j->context = g_main_context_new();
	j->loop = g_main_loop_new(j->context, FALSE);
	j->thread = g_thread_new("hloop", janus_loop_main, j);
}

static inline gboolean janus_loop_quit(gpointer loop)
{
	g_main_loop_quit(loop);
	return G_SOURCE_REMOVE;
}

static inline void janus_loop_stop(janus_loop *j)
{
	GSource *last = g_idle_source_new();

	/* From inside, so that it cannot come before g_main_loop_run. */
	g_source_set_callback(last, janus_loop_quit, j->loop, NULL);
	g_source_attach(last, j->context);
	g_source_unref(last);
	g_thread_join(j->thread);
	g_main_loop_unref(j->loop);
	g_main_context_unref(j->context);
	pthread_cond_destroy(&j->done);
	pthread_mutex_destroy(&j->lock);
}

static inline gboolean janus_loop_callback(gpointer data)
{
	janus_loop *j = data;
	void (*run)(gpointer user);
	gpointer user;

	pthread_mutex_lock(&j->lock);
	run = j->run;
	user = j->user;
	pthread_mutex_unlock(&j->lock);
	run(user);
	pthread_mutex_lock(&j->lock);
	j->run = NULL;
	pthread_cond_signal(&j->done);
	pthread_mutex_unlock(&j->lock);
	return G_SOURCE_REMOVE;
}

/* As Janus calls a plugin: from inside a GSource of the handle's context. Waits for its end. */
static inline void janus_loop_call(janus_loop *j, void (*run)(gpointer user), gpointer user)
{
	GSource *source = g_idle_source_new();

	pthread_mutex_lock(&j->lock);
	j->run = run;
	j->user = user;
	g_source_set_priority(source, G_PRIORITY_DEFAULT);
	g_source_set_callback(source, janus_loop_callback, j, NULL);
	g_source_attach(source, j->context);
	g_source_unref(source);
	while (j->run)
		pthread_cond_wait(&j->done, &j->lock);
	pthread_mutex_unlock(&j->lock);
}

#define LOOP_POLLED 16

/* What GLib waits for at the next turn, which is the caller's: how many descriptors wake it, and for how long
 * it would sleep without. */
static inline gint loop_polled(GMainContext *context, gint *ret_sleep_ms)
{
	GPollFD fds[LOOP_POLLED];
	gint priority, n, waking = 0;

	assert_true(g_main_context_acquire(context));
	g_main_context_prepare(context, &priority);
	n = g_main_context_query(context, G_MAXINT, ret_sleep_ms, fds, LOOP_POLLED);
	g_main_context_release(context);
	for (gint i = 0; i < n; i++)
		waking += fds[i].events != 0;
	return waking;
}
