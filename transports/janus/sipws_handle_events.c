/* sipws_handle_events.c: what Janus and the plugin say of a handle, in their order, session descriptions
 * whole. */
#include "base/ims_log.h"
#include "janus/internal.h"

static const char *text_of(const json_t *object, const char *name)
{
	return json_string_value(json_object_get(object, name));
}

static const char *sdp_of(const json_t *message)
{
	return text_of(json_object_get(message, "jsep"), "sdp");
}

/* ---- telling it ---- */

static void tell_error(sipws_handle *handle, const char *transaction, const json_t *data)
{
	const char *text = text_of(data, "error");
	sipws_failure failure = sipws_failure_of_plugin(
		(int)json_integer_value(json_object_get(data, "error_code")), text ? text : "");

	failure.again_s =
		(guint)CLAMP(json_integer_value(json_object_get(json_object_get(data, "ims"), "retry_after")),
			     0, G_MAXINT32);
	sipws_handle_answered(handle, transaction, &failure);
}

static void note_connection(sipws_handle *handle, const sipws_news *news)
{
	if (g_strcmp0(news->sdp_type, "offer") == 0)
		sipws_connection_opened(&handle->connection);
	if (g_strcmp0(news->name, "hangup") == 0)
		sipws_connection_over(&handle->connection);
}

static void tell_news(sipws_handle *handle, const json_t *message, const json_t *data)
{
	const char *sdp = sdp_of(message);
	g_autofree char *whole =
		sdp && !sipws_candidates_are_in(sdp) ? sipws_candidates_put(&handle->candidates, sdp) : NULL;
	sipws_news news = {
		.transaction = text_of(message, "transaction"),
		.call_id = text_of(data, "call_id"),
		.result = json_object_get(data, "result"),
		.sdp_type = sdp ? text_of(json_object_get(message, "jsep"), "type") : NULL,
		.sdp = whole ? whole : sdp,
	};

	news.name = text_of(news.result, "event");
	note_connection(handle, &news);
	sipws_handle_answered(handle, news.transaction, NULL);
	if (news.name)
		handle->events->news(&news, handle->user);
	else
		ims_debug(handle->janus->who, "The gateway says something without a name");
}

static void tell_event(sipws_handle *handle, const json_t *message)
{
	const json_t *data = json_object_get(json_object_get(message, "plugindata"), "data");

	if (json_object_get(data, "error_code"))
		tell_error(handle, text_of(message, "transaction"), data);
	else
		tell_news(handle, message, data);
}

/* What is not here (webrtcup, media, slowlink, ...) concerns nobody: the plugin tells of quality. */
static void tell(sipws_handle *handle, const json_t *message)
{
	if (handle->events && g_str_equal(text_of(message, "janus"), "event"))
		tell_event(handle, message);
}

/* ---- holding it back ---- */

static void tell_held(sipws_handle *handle)
{
	json_t *message;

	ims_timer_stop(&handle->patience);
	while ((message = g_queue_pop_head(&handle->held))) {
		tell(handle, message);
		json_decref(message);
	}
}

void sipws_handle_patience_over(gpointer user)
{
	sipws_handle *handle = g_rc_box_acquire((sipws_handle *)user);

	ims_verb(handle->janus->who, "Janus has not told all its candidates in %d ms", SIPWS_CANDIDATES_MS);
	tell_held(handle);
	g_rc_box_release(handle);
}

void sipws_handle_hush(sipws_handle *handle)
{
	sipws_connection_clear(&handle->connection);
	ims_timer_stop(&handle->patience);
	g_queue_clear_full(&handle->held, (GDestroyNotify)json_decref);
}

static gboolean must_wait(const sipws_handle *handle, const json_t *message)
{
	const char *sdp = sdp_of(message);

	return handle->held.length || (sdp && !handle->candidates.all && !sipws_candidates_are_in(sdp));
}

static void hear_news(sipws_handle *handle, json_t *message)
{
	if (!must_wait(handle, message)) {
		tell(handle, message);
		return;
	}
	if (!handle->held.length)
		ims_timer_arm(&handle->patience, SIPWS_CANDIDATES_MS);
	g_queue_push_tail(&handle->held, json_incref(message));
	if (handle->held.length > SIPWS_HELD_MAX)
		tell_held(handle);
}

static void hear_trickle(sipws_handle *handle, json_t *message)
{
	sipws_candidates_take(&handle->candidates, json_object_get(message, "candidate"));
	if (handle->candidates.all)
		tell_held(handle);
}

/* The PeerConnection is over: no candidates of it will come. */
static void hear_hangup(sipws_handle *handle, json_t *message)
{
	const char *reason = text_of(message, "reason");

	tell_held(handle);
	sipws_candidates_clear(&handle->candidates);
	if (!handle->janus)
		return;
	ims_verb(handle->janus->who, "The PeerConnection is gone: %s", reason ? reason : "");
	sipws_connection_closed(&handle->connection);
}

static void hear_detached(sipws_handle *handle, json_t *message)
{
	tell_held(handle);
	(void)message;
	sipws_handle_lost(handle, &(sipws_failure){ .status = 503, .text = "Janus has detached the handle" });
}

void sipws_handle_hear(sipws_handle *handle, const char *kind, json_t *message)
{
	if (!handle->events)
		return;
	g_rc_box_acquire(handle);
	if (g_str_equal(kind, "trickle"))
		hear_trickle(handle, message);
	else if (g_str_equal(kind, "hangup"))
		hear_hangup(handle, message);
	else if (g_str_equal(kind, "detached"))
		hear_detached(handle, message);
	else
		hear_news(handle, message);
	g_rc_box_release(handle);
}
