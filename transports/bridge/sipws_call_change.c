/* sipws_call_change.c: re-INVITE and UPDATE, the client's and ours. */
#include <string.h>
#include "bridge/sipws_call_internal.h"

enum { RETRY_S = 1, PAUSE_OWNER_MS = 2100, PAUSE_SPREAD_MS = 1900 }; /* RFC 3261 14.1 */

/* ---- life ---- */

static void on_timer(gpointer user)
{
	sipws_change_handle(user, CH_TIMER, &(sipws_call_input){ 0 });
}

void sipws_change_init(sipws_call *call)
{
	call->change.most = SIPWS_SDP_SENDRECV;
	ims_timer_init(&call->change.timer, call->bridge->clock, on_timer, call);
}

static void forget(sipws_client_tx **tx)
{
	if (*tx)
		sipws_client_tx_forget(*tx);
	*tx = NULL;
}

void sipws_change_stop(sipws_call *call)
{
	sipws_change *change = &call->change;

	change->state = CHANGE_CLOSED;
	change->owed = FALSE;
	g_clear_pointer(&change->offer, g_free);
	ims_timer_stop(&change->timer);
	if (change->asked)
		sipws_server_tx_refuse(g_steal_pointer(&change->asked), 487, NULL);
	forget(&change->asking);
	forget(&change->refreshing);
}

SIPWS_CALL_ACT(sipws_change_proceed)
{
	(void)in;
	if (call->change.offer)
		sipws_change_handle(call, CH_TOLD_OFFER, &(sipws_call_input){ 0 });
	else if (call->change.owed || !sipws_description_is_said(&call->description, call->change.most))
		sipws_change_handle(call, CH_REPEAT, &(sipws_call_input){ 0 });
}

/* ---- the client changes it ---- */

static gboolean is_invite(const sipws_server_tx *tx)
{
	return strcmp(sipws_msg_method(sipws_server_tx_request(tx)), "INVITE") == 0;
}

static void accept(sipws_call *call, sipws_server_tx *tx, const char *sdp)
{
	const sipws_msg *request = sipws_server_tx_request(tx);
	sipws_msg *response = sipws_call_response(call, request, 200, NULL);

	sipws_call_learn(call, request);
	sipws_session_timer_answer(&call->timer, request, response);
	sipws_call_add_sdp(response, sdp);
	sipws_server_tx_reply(tx, response);
}

static gboolean is_refused(sipws_call *call, sipws_server_tx *tx, const sipws_msg *msg)
{
	sipws_msg *refusal = sipws_session_timer_refusal(&call->timer, msg, call->dialog.local_tag);

	if (!refusal)
		return !sipws_call_can_read(call, tx, msg);
	sipws_server_tx_reply(tx, refusal);
	return TRUE;
}

void sipws_change_request(sipws_call *call, sipws_server_tx *tx, const sipws_msg *msg)
{
	g_autofree char *sdp = sipws_call_sdp(msg);

	if (is_refused(call, tx, msg))
		return;
	if (sdp)
		sipws_change_handle(call, CH_OFFER, &(sipws_call_input){ .tx = tx, .msg = msg });
	else if (is_invite(tx))
		sipws_change_handle(call, CH_BLANK, &(sipws_call_input){ .tx = tx, .msg = msg });
	else
		accept(call, tx, NULL); /* a sign of life */
}

static void on_update_failed(const sipws_failure *failure, gpointer user)
{
	sipws_change_handle(user, CH_TOLD_FAILED, &(sipws_call_input){ .failure = failure });
}

SIPWS_CALL_ACT(sipws_change_ask_gateway)
{
	g_autofree char *sdp = sipws_call_sdp(in->msg);

	ims_timer_stop(&call->change.timer);
	call->change.asked = in->tx;
	sipws_server_tx_set_data(in->tx, call);
	sipws_call_ask(call, json_pack("{ss}", "request", "update"), "offer", sdp, on_update_failed);
}

static void await_ack(sipws_call *call, gboolean invite)
{
	if (invite)
		ims_timer_arm(&call->change.timer, SIPWS_ACK_MS);
	else
		sipws_change_handle(call, CH_CONFIRM, &(sipws_call_input){ 0 });
}

SIPWS_CALL_ACT(sipws_change_answer)
{
	sipws_server_tx *tx = g_steal_pointer(&call->change.asked);
	gboolean invite = tx && is_invite(tx);

	if (tx)
		accept(call, tx, sipws_description_say(&call->description, in->news->sdp, call->change.most));
	await_ack(call, invite);
}

static guint refused_with(const sipws_call_input *in)
{
	json_int_t code = in->news ? json_integer_value(json_object_get(in->news->result, "code")) : 0;

	if (in->failure)
		return in->failure->status;
	return code >= 400 && code <= 699 && code != 401 && code != 407 ? (guint)code : 488;
}

SIPWS_CALL_ACT(sipws_change_refuse)
{
	sipws_server_tx *tx = g_steal_pointer(&call->change.asked);

	if (tx)
		sipws_server_tx_reply(
			tx, sipws_call_response(call, sipws_server_tx_request(tx), refused_with(in), NULL));
	sipws_change_proceed(call, in);
}

/* The client's answer comes with its ACK, and says nothing new: browsers mirror what they are offered. */
SIPWS_CALL_ACT(sipws_change_say_again)
{
	ims_timer_stop(&call->change.timer);
	accept(call, in->tx, sipws_description_offer(&call->description, call->change.most));
	await_ack(call, TRUE);
}

/* RFC 3261 14.2: one at a time. */
SIPWS_CALL_ACT(sipws_change_defer)
{
	sipws_msg *refusal = sipws_call_response(call, in->msg, 500, "Another change is under way");

	sipws_msg_add(refusal, "Retry-After", "%d", RETRY_S);
	sipws_server_tx_reply(in->tx, refusal);
}

SIPWS_CALL_ACT(sipws_change_meet)
{
	sipws_server_tx_reply(in->tx, sipws_call_response(call, in->msg, 491, NULL));
}

void sipws_change_confirmed(sipws_call *call)
{
	sipws_change_handle(call, CH_CONFIRM, &(sipws_call_input){ 0 });
}

SIPWS_CALL_ACT(sipws_change_confirm)
{
	ims_timer_stop(&call->change.timer);
	sipws_change_proceed(call, in);
}

SIPWS_CALL_ACT(sipws_change_miss)
{
	sipws_call_handle(call, EV_NO_ACK, in);
}

/* ---- we change it ---- */

/* Who does not know the dialog any more has no call (RFC 3261 12.2.1.2). */
static gboolean is_lost(const sipws_msg *response)
{
	return !response || sipws_msg_status(response) == 408 || sipws_msg_status(response) == 481;
}

static void lose(sipws_call *call)
{
	static const sipws_failure failure = { .status = 481,
					       .text = "The client does not know the call any more" };

	sipws_call_handle(call, EV_LOST, &(sipws_call_input){ .failure = &failure });
}

static void on_answered(const sipws_msg *response, gpointer user)
{
	sipws_call *call = user;
	const sipws_call_input in = { .msg = response };
	guint status = response ? sipws_msg_status(response) : 0;

	if (response && status < 200)
		return;
	call->change.asking = NULL;
	if (is_lost(response)) {
		lose(call);
	} else if (status >= 300) {
		sipws_change_handle(call, status == 491 ? CH_MET : CH_REFUSED, &in);
	} else {
		sipws_call_learn(call, response);
		sipws_session_timer_answered(&call->timer, response);
		sipws_call_ack(call, call->change.cseq, NULL);
		sipws_change_handle(call, CH_TAKEN, &in);
	}
}

static void invite(sipws_call *call, const char *sdp)
{
	sipws_msg *request = sipws_call_new_request(call, "INVITE");

	sipws_session_timer_ask(&call->timer, request);
	sipws_call_add_sdp(request, sdp);
	call->change.cseq = call->dialog.local_cseq;
	call->change.asking = sipws_transactions_ask(call->bridge->transactions, request, on_answered, call);
}

static void keep(sipws_call *call, const sipws_call_input *in)
{
	if (!in->news)
		return;
	g_free(call->change.offer);
	call->change.offer = g_strdup(in->news->sdp);
}

SIPWS_CALL_ACT(sipws_change_keep_offer)
{
	keep(call, in);
}

SIPWS_CALL_ACT(sipws_change_drop_kept)
{
	(void)in;
	g_clear_pointer(&call->change.offer, g_free);
}

SIPWS_CALL_ACT(sipws_change_owe)
{
	(void)in;
	call->change.owed = TRUE;
}

SIPWS_CALL_ACT(sipws_change_ask_client)
{
	keep(call, in);
	invite(call, sipws_description_say(&call->description, call->change.offer, call->change.most));
}

SIPWS_CALL_ACT(sipws_change_tell_client)
{
	(void)in;
	call->change.owed = FALSE;
	invite(call, sipws_description_offer(&call->description, call->change.most));
}

SIPWS_CALL_ACT(sipws_change_told)
{
	sipws_change_proceed(call, in);
}

static void decline(sipws_call *call, guint status)
{
	sipws_description_take_back(&call->description);
	sipws_call_ask(call, json_pack("{ss, si}", "request", "decline", "code", (int)status), NULL, NULL,
		       NULL);
}

SIPWS_CALL_ACT(sipws_change_take)
{
	g_autofree char *sdp = sipws_call_sdp(in->msg);

	g_clear_pointer(&call->change.offer, g_free);
	if (sdp)
		sipws_call_ask(call, json_pack("{ss}", "request", "update"), "answer", sdp, on_update_failed);
	else
		decline(call, 488);
	sipws_change_proceed(call, in);
}

SIPWS_CALL_ACT(sipws_change_decline)
{
	guint status = sipws_msg_status(in->msg);

	g_clear_pointer(&call->change.offer, g_free);
	decline(call, status >= 400 ? status : 488);
	sipws_change_proceed(call, in);
}

/* The one who made the Call-ID waits longer. */
SIPWS_CALL_ACT(sipws_change_pause)
{
	gint64 least_ms = call->outgoing ? 0 : PAUSE_OWNER_MS;

	(void)in;
	sipws_description_take_back(&call->description);
	ims_timer_arm(&call->change.timer, least_ms + g_random_int_range(0, PAUSE_SPREAD_MS));
}

SIPWS_CALL_ACT(sipws_change_pause_owing)
{
	call->change.owed = TRUE;
	sipws_change_pause(call, in);
}

/* ---- the gateway takes its offer back ---- */

SIPWS_CALL_ACT(sipws_change_drop)
{
	(void)in;
	g_clear_pointer(&call->change.offer, g_free);
	sipws_client_tx_cancel(call->change.asking, NULL);
}

SIPWS_CALL_ACT(sipws_change_left)
{
	sipws_description_take_back(&call->description);
	sipws_change_proceed(call, in);
}

SIPWS_CALL_ACT(sipws_change_put_back)
{
	sipws_description_take_back(&call->description);
	call->change.owed = TRUE;
	sipws_change_proceed(call, in);
}

/* ---- the gateway, and time ---- */

/* What is under way may say it, or it is said afterwards. */
static void hold(sipws_call *call, const sipws_news *news, gboolean holds)
{
	sipws_sdp_direction most = holds ? SIPWS_SDP_SENDONLY : SIPWS_SDP_SENDRECV;

	if (holds)
		sipws_sdp_direction_parse(json_string_value(json_object_get(news->result, "direction")),
					  &most);
	call->change.most = most;
	if (call->change.state == CHANGE_STEADY)
		sipws_change_proceed(call, NULL);
}

void sipws_change_heard(sipws_call *call, const sipws_news *news)
{
	const sipws_call_input in = { .news = news };

	if (strcmp(news->name, "updatingcall") == 0 && news->sdp)
		sipws_change_handle(call, CH_TOLD_OFFER, &in);
	else if (strcmp(news->name, "updated") == 0 && news->sdp)
		sipws_change_handle(call, CH_TOLD_DONE, &in);
	else if (strcmp(news->name, "updated") == 0)
		sipws_description_settle(&call->description);
	else if (strcmp(news->name, "updatefailed") == 0)
		sipws_change_handle(call, CH_TOLD_FAILED, &in);
	else if (strcmp(news->name, "peerholding") == 0)
		hold(call, news, TRUE);
	else if (strcmp(news->name, "peerresuming") == 0)
		hold(call, news, FALSE);
}

static void on_refreshed(const sipws_msg *response, gpointer user)
{
	sipws_call *call = user;

	if (response && sipws_msg_status(response) < 200)
		return;
	call->change.refreshing = NULL;
	if (is_lost(response))
		lose(call);
	else if (sipws_msg_status(response) < 300)
		sipws_session_timer_answered(&call->timer, response);
}

void sipws_change_refresh(sipws_call *call)
{
	sipws_msg *update;

	if (!call->updates) {
		sipws_change_handle(call, CH_REPEAT, &(sipws_call_input){ 0 });
	} else if (!call->change.refreshing) {
		update = sipws_call_new_request(call, "UPDATE");
		sipws_session_timer_ask(&call->timer, update);
		call->change.refreshing =
			sipws_transactions_ask(call->bridge->transactions, update, on_refreshed, call);
	}
}
