/* sipws_janus.c: the session. */
#include "janus/sipws_janus.h"

#include "base/ims_log.h"
#include "janus/internal.h"

static const char silent[] = "Janus does not answer";

static void on_keepalive(gpointer user)
{
	sipws_janus *janus = user;

	sipws_janus_are_you_there(janus);
	ims_timer_arm(&janus->keepalive, (gint64)janus->keepalive_s * 1000);
}

sipws_janus *sipws_janus_new(ims_clock *clock, const sipws_janus_setup *setup, gpointer user)
{
	sipws_janus *janus = g_new0(sipws_janus, 1);

	janus->clock = clock;
	janus->who = g_strdup(setup->who);
	janus->keepalive_s = setup->keepalive_s;
	janus->over = setup->over;
	janus->user = user;
	janus->exchanges = sipws_exchanges_new(clock, setup->api_secret, setup->token, setup->ask, user);
	janus->handles = g_ptr_array_new();
	ims_timer_init(&janus->keepalive, clock, on_keepalive, janus);
	return janus;
}

void sipws_janus_free(sipws_janus *janus)
{
	if (!janus)
		return;
	while (janus->handles->len)
		sipws_handle_forget(g_ptr_array_index(janus->handles, janus->handles->len - 1));
	if (janus->state == SIPWS_SESSION_OPEN) {
		g_autofree char *transaction = sipws_exchanges_name(janus->exchanges);

		sipws_exchanges_ask(janus->exchanges, transaction, sipws_janus_request(janus, "destroy", 0),
				    NULL, NULL);
	}
	ims_timer_stop(&janus->keepalive);
	sipws_exchanges_free(janus->exchanges);
	g_ptr_array_unref(janus->handles);
	g_free(janus->who);
	g_free(janus);
}

json_t *sipws_janus_request(const sipws_janus *janus, const char *kind, guint64 handle_id)
{
	json_t *request = json_pack("{ss}", "janus", kind);

	if (janus->session_id)
		json_object_set_new(request, "session_id", json_integer((json_int_t)janus->session_id));
	if (handle_id)
		json_object_set_new(request, "handle_id", json_integer((json_int_t)handle_id));
	return request;
}

int sipws_janus_error_code(const json_t *answer)
{
	return (int)json_integer_value(json_object_get(json_object_get(answer, "error"), "code"));
}

void sipws_janus_complain(const sipws_janus *janus, const char *about, const json_t *answer)
{
	const char *reason = json_string_value(json_object_get(json_object_get(answer, "error"), "reason"));

	ims_warn(janus->who, "Janus refuses '%s': %d %s", about, sipws_janus_error_code(answer),
		 reason ? reason : "");
}

/* ---- its end ---- */

/* In the order in which they were attached; callbacks may detach any. */
static GPtrArray *all_handles(const sipws_janus *janus)
{
	GPtrArray *handles = g_ptr_array_new_with_free_func(g_rc_box_release);

	for (guint i = 0; i < janus->handles->len; i++)
		g_ptr_array_add(handles, g_rc_box_acquire(g_ptr_array_index(janus->handles, i)));
	return handles;
}

void sipws_janus_over(sipws_janus *janus, const char *reason)
{
	g_autoptr(GPtrArray) handles = NULL;

	if (janus->state == SIPWS_SESSION_OVER)
		return;
	janus->state = SIPWS_SESSION_OVER;
	ims_timer_stop(&janus->keepalive);
	ims_info(janus->who, "%s", reason);
	handles = all_handles(janus);
	for (guint i = 0; i < handles->len; i++)
		sipws_handle_hush(g_ptr_array_index(handles, i));
	for (guint i = 0; i < handles->len; i++)
		sipws_handle_fail_all(g_ptr_array_index(handles, i),
				      &(sipws_failure){ .status = 503, .text = reason });
	janus->over(reason, janus->user);
}

void sipws_janus_session_over(sipws_janus *janus, gboolean timeout, gboolean claimed)
{
	sipws_janus_over(janus, claimed   ? "The session was claimed by somebody else"
				: timeout ? "The session has timed out"
					  : "Janus has ended the session");
}

/* ---- its beginning, its life ---- */

static void every_handle_lost(sipws_janus *janus, const sipws_failure *failure)
{
	g_autoptr(GPtrArray) handles = all_handles(janus);

	for (guint i = 0; i < handles->len; i++)
		sipws_handle_lost(g_ptr_array_index(handles, i), failure);
}

static void on_created(const json_t *answer, gpointer user)
{
	sipws_janus *janus = user;
	json_int_t id = json_integer_value(json_object_get(json_object_get(answer, "data"), "id"));

	if (!answer) {
		sipws_janus_over(janus, silent);
	} else if (id <= 0) {
		sipws_janus_complain(janus, "create", answer);
		janus->state = SIPWS_SESSION_NONE;
		every_handle_lost(janus, sipws_failure_of_janus(sipws_janus_error_code(answer)));
	} else {
		g_autoptr(GPtrArray) handles = all_handles(janus);

		janus->session_id = (guint64)id;
		janus->state = SIPWS_SESSION_OPEN;
		if (janus->keepalive_s)
			ims_timer_arm(&janus->keepalive, (gint64)janus->keepalive_s * 1000);
		for (guint i = 0; i < handles->len; i++)
			sipws_handle_begin(g_ptr_array_index(handles, i));
	}
}

static void on_alive(const json_t *answer, gpointer user)
{
	sipws_janus *janus = user;

	janus->asked_alive = FALSE;
	if (!answer)
		sipws_janus_over(janus, silent);
	else if (sipws_janus_error_code(answer) == SIPWS_JANUS_NO_SESSION)
		sipws_janus_session_over(janus, FALSE, FALSE);
}

void sipws_janus_are_you_there(sipws_janus *janus)
{
	g_autofree char *transaction = NULL;

	if (janus->state != SIPWS_SESSION_OPEN || janus->asked_alive)
		return;
	janus->asked_alive = TRUE;
	transaction = sipws_exchanges_name(janus->exchanges);
	sipws_exchanges_ask(janus->exchanges, transaction, sipws_janus_request(janus, "keepalive", 0),
			    on_alive, janus);
}

static void open_session(sipws_janus *janus)
{
	g_autofree char *transaction = sipws_exchanges_name(janus->exchanges);

	janus->state = SIPWS_SESSION_ASKED;
	sipws_exchanges_ask(janus->exchanges, transaction, sipws_janus_request(janus, "create", 0),
			    on_created, janus);
}

sipws_handle *sipws_janus_attach(sipws_janus *janus, int loop_index, const sipws_handle_events *events,
				 gpointer user)
{
	sipws_handle *handle;

	if (janus->handles->len >= SIPWS_HANDLES_MAX || janus->state == SIPWS_SESSION_OVER)
		return NULL;
	handle = g_rc_box_new0(sipws_handle);
	*handle = (sipws_handle){ .janus = janus, .events = events, .user = user, .loop_index = loop_index };
	ims_timer_init(&handle->patience, janus->clock, sipws_handle_patience_over, handle);
	sipws_connection_init(&handle->connection, janus->clock, sipws_handle_connection_gone, handle);
	g_ptr_array_add(janus->handles, handle);
	if (janus->state == SIPWS_SESSION_NONE)
		open_session(janus);
	else if (janus->state == SIPWS_SESSION_OPEN)
		sipws_handle_begin(handle);
	return handle;
}

/* ---- what Janus says ---- */

static sipws_handle *handle_of(const sipws_janus *janus, const json_t *message)
{
	json_int_t id = json_integer_value(json_object_get(message, "sender"));

	for (guint i = 0; id > 0 && i < janus->handles->len; i++) {
		sipws_handle *handle = g_ptr_array_index(janus->handles, i);

		if (handle->id == (guint64)id)
			return handle;
	}
	return NULL;
}

static gboolean is_answer(const char *kind)
{
	return g_str_equal(kind, "success") || g_str_equal(kind, "ack") || g_str_equal(kind, "error");
}

void sipws_janus_hear(sipws_janus *janus, json_t *message)
{
	const char *kind = json_string_value(json_object_get(message, "janus"));
	sipws_handle *handle = handle_of(janus, message);

	if (!kind || janus->state == SIPWS_SESSION_OVER)
		ims_debug(janus->who, "Janus says something that is nobody's");
	else if (is_answer(kind))
		sipws_exchanges_answer(janus->exchanges, message);
	else if (g_str_equal(kind, "timeout"))
		sipws_janus_session_over(janus, TRUE, FALSE);
	else if (handle)
		sipws_handle_hear(handle, kind, message);
	json_decref(message);
}
