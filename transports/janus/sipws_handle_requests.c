/* sipws_handle_requests.c: what a handle's plugin is asked. Janus serves the requests of a handle in any
 * order, so one is sent when the one before is acknowledged. */
#include "base/ims_log.h"
#include "janus/internal.h"

typedef enum {
	WAITING, /* for those before, or for the handle */
	SENT,
	BUSY,   /* Janus could not take it yet */
	TAKEN,  /* acknowledged: the plugin will say something of it */
	DOOMED, /* from the beginning; it is told when whoever asks is no longer asking */
} state;

typedef struct {
	sipws_handle *handle;
	char *transaction, *name;
	json_t *message; /* NULL: sent, and not to be sent again */
	state state;
	gboolean has_sdp, offers;
	gboolean opens;    /* a PeerConnection: there was none when it was sent */
	gboolean answered; /* before it was acknowledged */
	guint tries;
	const sipws_failure *doom;
	sipws_failed failed;
	gpointer user;
	ims_timer timer;
} request;

static const sipws_failure silence = { .status = 503, .text = "Janus does not answer" };
static const sipws_failure too_many = { .status = 503, .text = "Too many requests are waiting" };
static const sipws_failure ended = { .status = 503, .text = "The session has ended" };

static void request_free(request *r)
{
	if (r->state == SENT)
		sipws_exchanges_forget(r->handle->janus->exchanges, r->transaction);
	ims_timer_stop(&r->timer);
	json_decref(r->message);
	g_free(r->transaction);
	g_free(r->name);
	g_free(r);
}

static void tell(request *r, const sipws_failure *failure)
{
	sipws_failed failed = g_steal_pointer(&r->failed);

	if (failed)
		failed(failure, r->user);
	else
		ims_warn(r->handle->janus->who, "'%s' has failed: %s", r->name, failure->text);
}

/* It is out of the queue before its user hears of that, who may detach the handle. */
static void fail(request *r, const sipws_failure *failure)
{
	g_queue_remove(&r->handle->requests, r);
	if (r->state == SENT)
		sipws_exchanges_forget(r->handle->janus->exchanges, r->transaction);
	r->state = DOOMED;
	tell(r, failure);
	request_free(r);
}

static void end(request *r)
{
	g_queue_remove(&r->handle->requests, r);
	request_free(r);
}

/* ---- to Janus ---- */

static void acknowledged(request *r)
{
	if (r->answered) {
		end(r);
	} else {
		r->state = TAKEN;
		ims_timer_arm(&r->timer, SIPWS_EVENT_MS);
	}
}

/* Nothing of the plugin's has seen it. */
static gboolean may_try_again(const request *r, int code)
{
	return r->has_sdp && r->tries < SIPWS_BUSY_TRIES &&
	       (code == SIPWS_JANUS_PEER_CONNECTION || code == SIPWS_JANUS_UNKNOWN);
}

static void refused(request *r, int code)
{
	sipws_handle *handle = r->handle;
	sipws_janus *janus = handle->janus;

	if (r->answered)
		end(r);
	else
		fail(r, sipws_failure_of_janus(code));
	if (code == SIPWS_JANUS_NO_SESSION)
		sipws_janus_session_over(janus, FALSE, FALSE);
	else if (code == SIPWS_JANUS_NO_HANDLE)
		sipws_handle_lost(handle, sipws_failure_of_janus(code));
}

static void on_answer(const json_t *answer, gpointer user)
{
	request *r = user;
	sipws_handle *handle = g_rc_box_acquire(r->handle);
	sipws_janus *janus = handle->janus;
	int code = sipws_janus_error_code(answer);

	r->state = TAKEN;
	if (code && r->opens)
		sipws_connection_failed(&handle->connection);
	if (!answer) {
		if (r->answered)
			end(r);
		else
			fail(r, &silence);
		sipws_janus_are_you_there(janus);
	} else if (!code) {
		acknowledged(r);
	} else if (may_try_again(r, code)) {
		r->state = BUSY;
		ims_timer_arm(&r->timer, SIPWS_BUSY_MS);
	} else {
		sipws_janus_complain(janus, r->name, answer);
		refused(r, code);
	}
	sipws_handle_pump(handle);
	g_rc_box_release(handle);
}

static void send(request *r)
{
	json_t *message = r->has_sdp ? json_deep_copy(r->message) : g_steal_pointer(&r->message);

	r->state = SENT;
	r->tries++;
	if (r->offers && r->handle->connection.state == SIPWS_CONNECTION_NONE) {
		r->opens = TRUE;
		sipws_connection_opened(&r->handle->connection);
	}
	json_object_set_new(message, "handle_id", json_integer((json_int_t)r->handle->id));
	json_object_set_new(message, "session_id", json_integer((json_int_t)r->handle->janus->session_id));
	sipws_exchanges_ask(r->handle->janus->exchanges, r->transaction, message, on_answer, r);
}

void sipws_handle_pump(sipws_handle *handle)
{
	if (!handle->id || handle->janus->state != SIPWS_SESSION_OPEN)
		return;
	for (GList *link = handle->requests.head; link; link = link->next) {
		request *r = link->data;

		if (r->state == SENT || r->state == BUSY)
			return;
		if (r->state == WAITING) {
			if (!r->offers || sipws_handle_may_offer(handle))
				send(r);
			return;
		}
	}
}

/* ---- from whoever asks ---- */

static void on_time(gpointer user)
{
	request *r = user;
	sipws_handle *handle = g_rc_box_acquire(r->handle);

	if (r->state == BUSY)
		r->state = WAITING;
	else
		fail(r, r->state == DOOMED ? r->doom : &silence);
	sipws_handle_pump(handle);
	g_rc_box_release(handle);
}

static json_t *message_new(const sipws_janus *janus, json_t *body, const char *sdp_type, const char *sdp)
{
	json_t *message = sipws_janus_request(janus, "message", 0);

	json_object_set_new(message, "body", body);
	if (sdp)
		json_object_set_new(message, "jsep",
				    json_pack("{ss, ss, sb}", "type", sdp_type, "sdp", sdp, "trickle", 0));
	return message;
}

static void doom(request *r, const sipws_failure *failure)
{
	r->state = DOOMED;
	r->doom = failure;
	ims_timer_arm(&r->timer, 0);
}

const char *sipws_handle_ask(sipws_handle *handle, json_t *body, const char *sdp_type, const char *sdp,
			     sipws_failed failed, gpointer user)
{
	request *r = g_new0(request, 1);

	r->handle = handle;
	r->transaction = sipws_exchanges_name(handle->janus->exchanges);
	r->name = g_strdup(json_string_value(json_object_get(body, "request")));
	r->message = message_new(handle->janus, body, sdp_type, sdp);
	r->has_sdp = sdp != NULL;
	r->offers = sdp && g_str_equal(sdp_type, "offer");
	r->failed = failed;
	r->user = user;
	ims_timer_init(&r->timer, handle->janus->clock, on_time, r);
	if (handle->janus->state == SIPWS_SESSION_OVER)
		doom(r, &ended);
	else if (handle->requests.length >= SIPWS_REQUESTS_MAX)
		doom(r, &too_many);
	g_queue_push_tail(&handle->requests, r);
	sipws_handle_pump(handle);
	return r->transaction;
}

void sipws_handle_disown(sipws_handle *handle, gpointer user)
{
	for (GList *link = handle->requests.head; link; link = link->next) {
		request *r = link->data;

		if (r->user == user)
			r->failed = NULL;
	}
}

/* ---- from the plugin ---- */

static request *find(const sipws_handle *handle, const char *transaction)
{
	for (GList *link = handle->requests.head; transaction && link; link = link->next) {
		request *r = link->data;

		if (g_str_equal(r->transaction, transaction) && !r->answered)
			return r;
	}
	return NULL;
}

void sipws_handle_answered(sipws_handle *handle, const char *transaction, const sipws_failure *failure)
{
	request *r = find(handle, transaction);

	if (r && r->opens && failure)
		sipws_connection_over(&handle->connection);
	if (!r && failure) {
		ims_warn(handle->janus->who, "The gateway says: %s", failure->text);
	} else if (r && r->state == SENT) {
		r->answered = TRUE;
		if (failure)
			tell(r, failure);
	} else if (r && failure) {
		fail(r, failure);
	} else if (r) {
		end(r);
	}
}

/* Those that its callbacks ask meanwhile are none of them. */
void sipws_handle_fail_all(sipws_handle *handle, const sipws_failure *failure)
{
	for (guint left = handle->requests.length; left && handle->requests.length; left--) {
		request *r = g_queue_peek_head(&handle->requests);

		if (r->answered)
			end(r);
		else
			fail(r, failure);
	}
}

void sipws_handle_drop_all(sipws_handle *handle)
{
	request *r;

	while ((r = g_queue_pop_head(&handle->requests)))
		request_free(r);
}
