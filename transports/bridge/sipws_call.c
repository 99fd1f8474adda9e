/* sipws_call.c: calls come and go; what the client, the gateway and time say goes to their tables. */
#include <string.h>
#include "bridge/sipws_call_internal.h"

/* ---- life ---- */

static void on_no_ack(gpointer user)
{
	sipws_call_handle(user, EV_NO_ACK, &(sipws_call_input){ 0 });
}

static void on_expired(gpointer user)
{
	sipws_call_handle(user, EV_EXPIRED, &(sipws_call_input){ 0 });
}

static void on_due(gpointer user)
{
	sipws_change_refresh(user);
}

sipws_call *sipws_call_new(sipws_bridge *bridge, gboolean outgoing)
{
	static const sipws_session_timer_events timer_events = { on_due, on_expired };
	sipws_call *call = g_new0(sipws_call, 1);

	call->bridge = bridge;
	call->outgoing = outgoing;
	ims_timer_init(&call->ack_timer, bridge->clock, on_no_ack, call);
	sipws_session_timer_init(&call->timer, bridge->clock, &timer_events, call);
	sipws_change_init(call);
	g_ptr_array_add(bridge->calls, call);
	return call;
}

void sipws_call_leave_line(sipws_call *call)
{
	sipws_line *line = g_steal_pointer(&call->line);

	if (!line)
		return;
	sipws_handle_disown(line->handle, call);
	sipws_lines_release(line);
}

void sipws_call_free(sipws_call *call)
{
	g_ptr_array_remove(call->bridge->calls, call);
	sipws_transfers_call_over(call->bridge, call->id);
	sipws_call_leave_line(call);
	if (call->inviting)
		sipws_client_tx_forget(call->inviting);
	sipws_change_stop(call);
	sipws_session_timer_stop(&call->timer);
	ims_timer_stop(&call->ack_timer);
	sipws_description_clear(&call->description);
	sipws_dialog_clear(&call->dialog);
	g_free(call->id);
	g_free(call);
}

void sipws_call_lost(sipws_call *call, const char *reason)
{
	sipws_call_handle(call, EV_GONE, &(sipws_call_input){ .reason = reason });
}

void sipws_call_cut(sipws_call *call)
{
	sipws_call_handle(call, EV_CUT, &(sipws_call_input){ 0 });
}

/* As the client sees it. */
gboolean sipws_call_is_up(const sipws_call *call)
{
	return call->state == CALL_UP || call->state == CALL_ACCEPTING;
}

sipws_dialog *sipws_call_dialog(sipws_call *call)
{
	return &call->dialog;
}

sipws_line *sipws_call_line(sipws_call *call)
{
	return call->line;
}

const char *sipws_call_id(const sipws_call *call)
{
	return call->id;
}

/* ---- which one ---- */

/* A dialog that is over for the client serves nothing any more. */
static gboolean is_known(const sipws_call *call)
{
	return call->state != CALL_LEAVING && call->state != CALL_OVER && call->state != CALL_CHALLENGED;
}

sipws_call *sipws_call_find(sipws_bridge *bridge, const sipws_msg *msg)
{
	for (guint i = 0; i < bridge->calls->len; i++) {
		sipws_call *call = g_ptr_array_index(bridge->calls, i);

		if (is_known(call) && sipws_dialog_matches(&call->dialog, msg))
			return call;
	}
	return NULL;
}

sipws_call *sipws_call_of(sipws_bridge *bridge, const char *call_id)
{
	for (guint i = 0; i < bridge->calls->len; i++) {
		sipws_call *call = g_ptr_array_index(bridge->calls, i);

		if (g_strcmp0(call->id, call_id) == 0)
			return call;
	}
	return NULL;
}

sipws_call *sipws_call_of_socket(sipws_bridge *bridge, const char *call_id)
{
	sipws_bridge *kin;
	sipws_call *call = NULL;

	for (guint i = 0; !call && (kin = sipws_bridge_kin(bridge, i)); i++)
		call = sipws_call_of(kin, call_id);
	return call;
}

/* ---- messages of its dialog ---- */

static char *contact_of(const sipws_call *call)
{
	g_autofree char *contact = sipws_contact(call->bridge);

	return g_strconcat(contact, call->focus ? ";isfocus" : "", NULL);
}

sipws_msg *sipws_call_response(sipws_call *call, const sipws_msg *request, guint status, const char *phrase)
{
	sipws_msg *response = sipws_msg_new_response(request, status, phrase, call->dialog.local_tag);
	g_autofree char *contact = contact_of(call);

	if (status > 100 && status < 300) {
		sipws_msg_add(response, "Contact", "%s", contact);
		sipws_msg_add(response, "Allow", "%s", SIPWS_CALL_ALLOW);
		sipws_msg_add(response, "Supported", "%s", SIPWS_CALL_SUPPORTED);
	}
	return response;
}

sipws_msg *sipws_call_new_request(sipws_call *call, const char *method)
{
	g_autofree char *contact = contact_of(call);
	sipws_msg *request = sipws_dialog_request(&call->dialog, method, contact);

	if (strcmp(method, "BYE") != 0) {
		sipws_msg_add(request, "Allow", "%s", SIPWS_CALL_ALLOW);
		sipws_msg_add(request, "Supported", "%s", SIPWS_CALL_SUPPORTED);
	}
	return request;
}

void sipws_call_add_sdp(sipws_msg *msg, const char *sdp)
{
	if (sdp)
		sipws_msg_set_body(msg, "application/sdp", sdp, strlen(sdp));
}

void sipws_call_ack(sipws_call *call, guint32 cseq, const char *sdp)
{
	g_autofree char *contact = contact_of(call);
	sipws_msg *ack = sipws_dialog_ack(&call->dialog, cseq, contact);

	sipws_call_add_sdp(ack, sdp);
	sipws_transactions_ack(call->bridge->transactions, ack);
}

static gboolean is_sdp(const sipws_msg *msg)
{
	const char *type = sipws_msg_content_type(msg);
	gsize length = strlen("application/sdp");

	return g_ascii_strncasecmp(type, "application/sdp", length) == 0 &&
	       (type[length] == '\0' || strchr("; \t", type[length]));
}

static gboolean is_text(GBytes *body)
{
	gsize length;
	const char *bytes = g_bytes_get_data(body, &length);

	return !memchr(bytes, '\0', length) && g_utf8_validate(bytes, (gssize)length, NULL);
}

char *sipws_call_sdp(const sipws_msg *msg)
{
	g_autoptr(GBytes) body = sipws_msg_body(msg);
	gsize length;
	const char *bytes;

	if (!body || !g_bytes_get_size(body) || !is_sdp(msg) || !is_text(body))
		return NULL;
	bytes = g_bytes_get_data(body, &length);
	return g_strndup(bytes, length);
}

gboolean sipws_call_can_read(sipws_call *call, sipws_server_tx *tx, const sipws_msg *msg)
{
	g_autoptr(GBytes) body = sipws_msg_body(msg);
	sipws_msg *refusal;

	if (!body || !g_bytes_get_size(body))
		return TRUE;
	if (is_sdp(msg) && is_text(body))
		return TRUE;
	refusal = sipws_call_response(call, msg, is_sdp(msg) ? 400 : 415,
				      is_sdp(msg) ? "Session description is no text" : NULL);
	if (!is_sdp(msg))
		sipws_msg_add(refusal, "Accept", "application/sdp");
	sipws_server_tx_reply(tx, refusal);
	return FALSE;
}

void sipws_call_learn(sipws_call *call, const sipws_msg *msg)
{
	sipws_dialog_learn(&call->dialog, msg);
	call->updates = call->updates || sipws_msg_has_token(msg, "Allow", "UPDATE");
	call->replaces = call->replaces || sipws_msg_has_token(msg, "Supported", "replaces");
}

/* ---- the client ---- */

static void on_bye(sipws_call *call, sipws_server_tx *tx, const sipws_msg *msg)
{
	sipws_server_tx_reply(tx, sipws_msg_new_response(msg, 200, NULL, call->dialog.local_tag));
	sipws_call_handle(call, EV_BYE, &(sipws_call_input){ .msg = msg });
}

static void on_ack(sipws_call *call, const sipws_msg *msg)
{
	if (call->state == CALL_UP)
		sipws_change_confirmed(call);
	else
		sipws_call_handle(call, EV_ACK, &(sipws_call_input){ .msg = msg });
}

void sipws_call_inside(sipws_call *call, sipws_server_tx *tx, const sipws_msg *msg)
{
	if (!tx)
		on_ack(call, msg);
	else if (strcmp(sipws_msg_method(msg), "BYE") == 0)
		on_bye(call, tx, msg);
	else
		sipws_change_request(call, tx, msg);
}

/* A change is on its way to the far end, and is answered soon: its CANCEL comes too late. */
void sipws_call_cancelled(sipws_call *call, sipws_server_tx *invite)
{
	if (invite == call->invited)
		sipws_call_handle(call, EV_CANCEL, &(sipws_call_input){ 0 });
}

/* ---- the gateway ---- */

void sipws_call_name(const sipws_call *call, json_t *body)
{
	if (call->id)
		json_object_set_new(body, "call_id", json_string(call->id));
}

void sipws_call_ask(sipws_call *call, json_t *body, const char *sdp_type, const char *sdp,
		    sipws_failed failed)
{
	sipws_call_name(call, body);
	sipws_handle_ask(call->line->handle, body, sdp_type, sdp, failed, call);
}

void sipws_call_request_failed(const sipws_failure *failure, gpointer user)
{
	const sipws_call *call = user;

	sipws_call_handle(user, call->crossed ? EV_CROSSED : EV_FAILED,
			  &(sipws_call_input){ .failure = failure });
}

sipws_server_tx *sipws_call_give(sipws_bridge *bridge, const char *call_id)
{
	sipws_call *call = sipws_call_of(bridge, call_id);
	sipws_server_tx *tx;

	if (!call)
		return NULL;
	if (call->state == CALL_UP)
		return g_steal_pointer(&call->change.asked);
	tx = call->invited;
	sipws_call_handle(call, EV_GIVE, &(sipws_call_input){ 0 });
	return call->state == CALL_CHALLENGED ? tx : NULL;
}

void sipws_call_go_on(sipws_bridge *bridge, const char *call_id, sipws_server_tx *tx)
{
	sipws_call *call = sipws_call_of(bridge, call_id);

	if (call && call->state == CALL_CHALLENGED)
		sipws_call_handle(call, EV_GO_ON,
				  &(sipws_call_input){ .tx = tx, .msg = sipws_server_tx_request(tx) });
	else
		sipws_server_tx_refuse(tx, 481, NULL);
}

static const struct {
	const char *name;
	sipws_call_event event;
} heard[] = {
	{ "proceeding", EV_TOLD_PROCEEDING }, { "ringing", EV_TOLD_RINGING },
	{ "progress", EV_TOLD_PROGRESS },     { "accepted", EV_TOLD_ACCEPTED },
	{ "hangup", EV_TOLD_HANGUP },
};

/* The end of a call that came just when the client called is told on the same line. */
static gboolean is_of(sipws_call *call, const sipws_news *news)
{
	if (!call->id && strcmp(news->name, "calling") == 0)
		call->id = g_strdup(news->call_id);
	return !news->call_id || g_strcmp0(news->call_id, call->id) == 0;
}

static void hear(sipws_call *call, const sipws_news *news)
{
	if (!is_of(call, news))
		return;
	for (gsize i = 0; i < G_N_ELEMENTS(heard); i++)
		if (strcmp(heard[i].name, news->name) == 0) {
			sipws_call_handle(call, heard[i].event, &(sipws_call_input){ .news = news });
			return;
		}
	sipws_change_heard(call, news);
}

void sipws_call_news(sipws_line *line, const sipws_news *news)
{
	if (strcmp(news->name, "incomingcall") == 0)
		sipws_call_came(line, news);
	else if (line->call)
		hear(line->call, news);
}
