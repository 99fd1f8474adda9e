#include "glue/ims_push.h"

#include "base/ims_crew.h"

/* A client that does not take its events is cut off here, not at the end of memory. */
#define MAX_WAITING 512
#define JSEP_TRIES 10
#define JSEP_PAUSE_US 50000

typedef enum { TELL, CLOSE_PC, DROP_OFFER, END } item_kind;

typedef struct {
	item_kind kind;
	char *transaction; /* of TELL, as the others */
	json_t *event;
	json_t *jsep;
	guint number;
} item;

struct ims_push {
	ims_push_setup setup;
	ims_crew *crew;    /* serves ims_handles, a reference each */
	gboolean uncalled; /* handles have got in line since the crew was called. Of the SIP thread */
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

static gboolean is_offer(const json_t *jsep)
{
	return g_strcmp0(json_string_value(json_object_get(jsep, "type")), "offer") == 0;
}

/* By an offer of ours. Our user may have offered something, for a call that is refused as he is called: Janus
 * would take ours for a change of that. FALSE: there was none before. */
static gboolean open_pc(ims_push *push, ims_handle *handle)
{
	ims_pc_wait_gone(&handle->pc);
	if (ims_pc_is_offered(&handle->pc)) {
		ims_pc_order_close(&handle->pc);
		if (ims_pc_start_dropping(&handle->pc))
			push->setup.gateway->close_pc(handle->janus);
		ims_pc_wait_gone(&handle->pc);
	}
	return ims_pc_opened(&handle->pc);
}

static void tell(ims_push *push, ims_handle *handle, const item *i)
{
	gboolean again = FALSE;
	int failed;

	if (is_offer(i->jsep))
		again = open_pc(push, handle);
	else if (i->jsep)
		ims_pc_answered(&handle->pc);
	g_atomic_int_set(&handle->told, i->number); /* before: the client may answer at once */
	failed = push_event(push, handle, i);
	/* Janus waits with it for the end of another one, which we may have heard of meanwhile. */
	if (!failed && again)
		ims_pc_opened(&handle->pc);
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
	case DROP_OFFER:
		if (ims_pc_start_dropping(&handle->pc))
			push->setup.gateway->close_pc(handle->janus);
		break;
	case END:
		push->setup.gateway->end_session(handle->janus);
		break;
	}
}

/* Events alone are only put into a queue of Janus. */
static gboolean can_block(const item *i)
{
	return i->kind != TELL || i->jsep;
}

/* A handle is in the line while it has one. */
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

static void deliver_next(ims_push *push, ims_handle *handle)
{
	item *i = next_item(handle);
	gboolean blocks = can_block(i);

	if (blocks)
		ims_crew_block(push->crew);
	if (!g_atomic_int_get(&push->stopped) && !g_atomic_int_get(&handle->gone))
		deliver(push, handle, i);
	if (blocks)
		ims_crew_unblock(push->crew);
	item_free(i);
}

static void get_in_line(ims_push *push, ims_handle *handle)
{
	handle->pushed_us = g_get_monotonic_time();
	ims_crew_push(push->crew, handle);
}

/* One item, then to the end of the line if there are more: a handle that blocks or talks much delays no
 * other. */
static void serve(gpointer data, gpointer user)
{
	ims_handle *handle = data;
	ims_push *push = user;

	ims_lag_note(push->setup.lag, g_get_monotonic_time() - handle->pushed_us);
	deliver_next(push, handle);
	if (has_more(handle))
		get_in_line(push, handle);
	else
		ims_handle_unref(handle);
}

ims_push *ims_push_new(const ims_push_setup *setup)
{
	ims_push *push = g_new0(ims_push, 1);

	push->setup = *setup;
	push->crew = ims_crew_new("ims push", setup->threads, serve, push);
	return push;
}

void ims_push_stop(ims_push *push)
{
	g_atomic_int_set(&push->stopped, 1);
}

void ims_push_free(ims_push *push)
{
	if (!push)
		return;
	ims_push_stop(push);
	ims_crew_free(push->crew);
	g_free(push);
}

/* What ends something is not lost: it is out of turn. */
static void overflow(ims_push *push, ims_handle *handle, item *i)
{
	if (i->kind == TELL)
		ims_alarm(push->setup.alarms, IMS_ALARM_QUEUE_OVERFLOW,
			  "a client does not take its events: %d wait, one is dropped", MAX_WAITING);
	else
		deliver(push, handle, i);
	item_free(i);
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
	if (full)
		overflow(push, handle, i);
	if (!start)
		return;
	get_in_line(push, ims_handle_ref(handle));
	push->uncalled = TRUE;
}

guint ims_push_event(ims_push *push, ims_handle *handle, const char *transaction, json_t *event, json_t *jsep)
{
	item *i = g_new0(item, 1);

	i->kind = TELL;
	i->transaction = g_strdup(transaction);
	i->event = event;
	i->jsep = jsep;
	i->number = ++handle->events;
	enqueue(push, handle, i);
	return handle->events;
}

static void order(ims_push *push, ims_handle *handle, item_kind kind)
{
	item *i = g_new0(item, 1);

	i->kind = kind;
	enqueue(push, handle, i);
}

void ims_push_close_pc(ims_push *push, ims_handle *handle)
{
	ims_pc_order_close(&handle->pc);
	order(push, handle, CLOSE_PC);
}

void ims_push_drop_offer(ims_push *push, ims_handle *handle)
{
	ims_pc_order_close(&handle->pc);
	order(push, handle, DROP_OFFER);
}

void ims_push_end(ims_push *push, ims_handle *handle)
{
	order(push, handle, END);
}

void ims_push_settle(ims_push *push)
{
	if (!push->uncalled)
		return;
	push->uncalled = FALSE;
	ims_crew_call(push->crew);
}
