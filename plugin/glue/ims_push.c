#include "glue/ims_push.h"

/* A client that does not take its events is cut off here, not at the end of memory. */
#define MAX_WAITING 512
#define JSEP_TRIES 10
#define JSEP_PAUSE_US 50000

typedef enum { TELL, CLOSE_PC, END } item_kind;

typedef struct {
	item_kind kind;
	char *transaction; /* of TELL, as the others */
	json_t *event;
	json_t *jsep;
} item;

struct ims_push {
	ims_push_setup setup;
	GAsyncQueue *line; /* of ims_handle, a reference each; the push itself ends the thread that gets it */
	GPtrArray *threads; /* of GThread */
	gint stopped;
};

static void item_free(item *i)
{
	g_free(i->transaction);
	json_decref(i->event);
	json_decref(i->jsep);
	g_free(i);
}

void ims_push_clear(ims_handle *handle)
{
	g_queue_clear_full(&handle->pushes, (GDestroyNotify)item_free);
}

/* Janus says that a PeerConnection is gone a moment before it lets go of its ICE agent, and takes no new
 * session description in that moment. */
static int push_event(ims_push *push, ims_handle *handle, const item *i)
{
	int failed = 0;

	for (int tries = 0; tries < JSEP_TRIES; tries++) {
		failed = push->setup.gateway->push_event(handle->janus, push->setup.plugin, i->transaction,
							 i->event, i->jsep);
		if (!failed || !i->jsep || g_atomic_int_get(&push->stopped) ||
		    g_atomic_int_get(&handle->gone))
			break;
		g_usleep(JSEP_PAUSE_US);
	}
	return failed;
}

/* Event handlers hear what happens, not what people write to each other or key in, nor what is for one user
 * alone: who has a master_id can call as its user. */
static void notify(const ims_push *push, const ims_handle *handle, const item *i)
{
	static const char *const confidential[] = { "content", "signal", "ice_servers", "master_id" };
	json_t *result = json_deep_copy(json_object_get(i->event, "result"));

	for (gsize k = 0; k < G_N_ELEMENTS(confidential); k++)
		json_object_del(result, confidential[k]);
	push->setup.gateway->notify_event(push->setup.plugin, handle->janus, result);
}

/* What one page asks to see of its own messages is nobody else's. */
static gboolean is_of_interest(const json_t *event)
{
	const json_t *result = json_object_get(event, "result");

	return result && g_strcmp0(json_string_value(json_object_get(result, "event")), "trace") != 0;
}

static void tell(ims_push *push, ims_handle *handle, const item *i)
{
	int failed;

	if (i->jsep) {
		ims_pc_wait_closed(&handle->pc);
		ims_pc_opened(&handle->pc);
	}
	failed = push_event(push, handle, i);
	if (failed && i->jsep) {
		ims_alarm(push->setup.alarms, IMS_ALARM_JANUS_REFUSED,
			  "Janus did not take a session description (error %d)", failed);
		push->setup.failed(handle, json_string_value(json_object_get(i->event, "call_id")));
	}
	if (push->setup.notify && push->setup.gateway->events_is_enabled() && is_of_interest(i->event))
		notify(push, handle, i);
}

static void deliver(ims_push *push, ims_handle *handle, const item *i)
{
	switch (i->kind) {
	case TELL:
		tell(push, handle, i);
		break;
	case CLOSE_PC:
		if (ims_pc_start_closing(&handle->pc))
			push->setup.gateway->close_pc(handle->janus);
		break;
	case END:
		push->setup.gateway->end_session(handle->janus);
		break;
	}
}

static item *next_item(ims_handle *handle)
{
	g_auto(ims_locked) held = ims_lock_hold(&handle->lock);

	return g_queue_pop_head(&handle->pushes);
}

/* FALSE: nothing waits, and the next item brings the handle into the line again. */
static gboolean has_more(ims_handle *handle)
{
	g_auto(ims_locked) held = ims_lock_hold(&handle->lock);

	handle->pushing = !g_queue_is_empty(&handle->pushes);
	return handle->pushing;
}

static void get_in_line(ims_push *push, ims_handle *handle)
{
	handle->pushed_us = g_get_monotonic_time();
	g_async_queue_push(push->line, handle);
}

/* One item, then to the end of the line if there are more: a handle that blocks or talks much delays no
 * other, and one with a single item wakes one thread. */
static void serve(ims_push *push, ims_handle *handle)
{
	item *i = next_item(handle);

	ims_lag_note(push->setup.lag, g_get_monotonic_time() - handle->pushed_us);
	if (!g_atomic_int_get(&push->stopped) && !g_atomic_int_get(&handle->gone))
		deliver(push, handle, i);
	item_free(i);
	while (has_more(handle)) {
		if (!g_atomic_int_get(&push->stopped)) {
			get_in_line(push, handle);
			return;
		}
		item_free(next_item(handle));
	}
	ims_handle_unref(handle);
}

static gpointer work(gpointer data)
{
	ims_push *push = data;

	for (gpointer next; (next = g_async_queue_pop(push->line)) != push;)
		serve(push, next);
	return NULL;
}

static void join(gpointer thread)
{
	g_thread_join(thread);
}

ims_push *ims_push_new(const ims_push_setup *setup)
{
	ims_push *push = g_new0(ims_push, 1);

	push->setup = *setup;
	push->line = g_async_queue_new();
	push->threads = g_ptr_array_new_with_free_func(join);
	for (guint i = 0; i < setup->threads; i++)
		g_ptr_array_add(push->threads, g_thread_new("ims push", work, push));
	return push;
}

void ims_push_stop(ims_push *push)
{
	g_atomic_int_set(&push->stopped, 1);
}

void ims_push_free(ims_push *push)
{
	ims_handle *left;

	if (!push)
		return;
	ims_push_stop(push);
	for (guint i = 0; i < push->threads->len; i++)
		g_async_queue_push(push->line, push);
	g_ptr_array_unref(push->threads);
	while ((left = g_async_queue_try_pop(push->line)))
		serve(push, left);
	g_async_queue_unref(push->line);
	g_free(push);
}

static void enqueue(ims_push *push, ims_handle *handle, item *i)
{
	gboolean start = FALSE, full;

	{
		g_auto(ims_locked) held = ims_lock_hold(&handle->lock);

		full = g_queue_get_length(&handle->pushes) >= MAX_WAITING;
		if (!full) {
			g_queue_push_tail(&handle->pushes, i);
			start = !handle->pushing;
			handle->pushing = TRUE;
		}
	}
	if (full) {
		ims_alarm(push->setup.alarms, IMS_ALARM_QUEUE_OVERFLOW,
			  "a client does not take its events: %d wait, one is dropped", MAX_WAITING);
		item_free(i);
	}
	if (start)
		get_in_line(push, ims_handle_ref(handle));
}

void ims_push_event(ims_push *push, ims_handle *handle, const char *transaction, json_t *event, json_t *jsep)
{
	item *i = g_new0(item, 1);

	i->kind = TELL;
	i->transaction = g_strdup(transaction);
	i->event = event;
	i->jsep = jsep;
	enqueue(push, handle, i);
}

static void order(ims_push *push, ims_handle *handle, item_kind kind)
{
	item *i = g_new0(item, 1);

	i->kind = kind;
	enqueue(push, handle, i);
}

void ims_push_close_pc(ims_push *push, ims_handle *handle)
{
	order(push, handle, CLOSE_PC);
}

void ims_push_end(ims_push *push, ims_handle *handle)
{
	order(push, handle, END);
}
