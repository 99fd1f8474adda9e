/* sipws_handle.c: a handle comes and goes. */
#include "janus/internal.h"

sipws_handle *sipws_handle_ref(sipws_handle *handle)
{
	return g_rc_box_acquire(handle);
}

void sipws_handle_unref(sipws_handle *handle)
{
	g_rc_box_release(handle);
}

void sipws_handle_forget(sipws_handle *handle)
{
	sipws_janus *janus = handle->janus;

	handle->events = NULL;
	if (handle->asked)
		sipws_exchanges_forget(janus->exchanges, handle->asked);
	g_clear_pointer(&handle->asked, g_free);
	sipws_handle_drop_all(handle);
	sipws_handle_hush(handle);
	sipws_candidates_clear(&handle->candidates);
	handle->id = 0;
	handle->janus = NULL;
	g_ptr_array_remove(janus->handles, handle);
	g_rc_box_release(handle);
}

void sipws_handle_lost(sipws_handle *handle, const sipws_failure *failure)
{
	const sipws_handle_events *events;

	if (!handle->janus)
		return;
	g_rc_box_acquire(handle);
	handle->id = 0;
	sipws_handle_fail_all(handle, failure);
	events = g_steal_pointer(&handle->events); /* NULL: it was being detached */
	if (events)
		events->gone(failure, handle->user);
	if (handle->janus)
		sipws_handle_forget(handle);
	g_rc_box_release(handle);
}

gboolean sipws_handle_may_offer(const sipws_handle *handle)
{
	return !sipws_connection_is_going(&handle->connection);
}

void sipws_handle_connection_gone(gpointer user)
{
	sipws_handle *handle = g_rc_box_acquire((sipws_handle *)user);

	if (handle->events)
		handle->events->may_offer(handle->user);
	if (handle->janus)
		sipws_handle_pump(handle);
	g_rc_box_release(handle);
}

static void ask(sipws_handle *handle, json_t *request, sipws_exchanged answered)
{
	handle->asked = sipws_exchanges_name(handle->janus->exchanges);
	sipws_exchanges_ask(handle->janus->exchanges, handle->asked, request, answered, handle);
}

static void on_detached(const json_t *answer, gpointer user)
{
	sipws_handle *handle = user;
	sipws_janus *janus = handle->janus;

	g_clear_pointer(&handle->asked, g_free);
	sipws_handle_forget(handle);
	if (!answer)
		sipws_janus_are_you_there(janus);
}

static void ask_to_detach(sipws_handle *handle)
{
	ask(handle, sipws_janus_request(handle->janus, "detach", handle->id), on_detached);
}

static void attached(sipws_handle *handle, guint64 id)
{
	handle->id = id;
	if (handle->events)
		sipws_handle_pump(handle);
	else
		ask_to_detach(handle);
}

static void on_attached(const json_t *answer, gpointer user)
{
	static const sipws_failure silence = { .status = 503, .text = "Janus does not answer" };
	sipws_handle *handle = user;
	sipws_janus *janus = handle->janus;
	json_int_t id = json_integer_value(json_object_get(json_object_get(answer, "data"), "id"));

	g_clear_pointer(&handle->asked, g_free);
	if (id > 0) {
		attached(handle, (guint64)id);
	} else if (!answer) {
		sipws_handle_lost(handle, &silence);
		sipws_janus_are_you_there(janus);
	} else {
		sipws_janus_complain(janus, "attach", answer);
		sipws_handle_lost(handle, sipws_failure_of_janus(sipws_janus_error_code(answer)));
		if (sipws_janus_error_code(answer) == SIPWS_JANUS_NO_SESSION)
			sipws_janus_session_over(janus, FALSE, FALSE);
	}
}

void sipws_handle_begin(sipws_handle *handle)
{
	json_t *request;

	if (!handle->janus)
		return;
	request = sipws_janus_request(handle->janus, "attach", 0);
	json_object_set_new(request, "plugin", json_string(SIPWS_PLUGIN));
	if (handle->loop_index >= 0)
		json_object_set_new(request, "loop_index", json_integer(handle->loop_index));
	ask(handle, request, on_attached);
}

/* While it is being attached it waits for its id. */
void sipws_handle_detach(sipws_handle *handle)
{
	handle->events = NULL;
	sipws_handle_drop_all(handle);
	sipws_handle_hush(handle);
	if (handle->janus->state == SIPWS_SESSION_OPEN && handle->id)
		ask_to_detach(handle);
	else if (!handle->asked || handle->janus->state == SIPWS_SESSION_OVER)
		sipws_handle_forget(handle);
}
