/* sipws_call_in.c: the client is called. */
#include <string.h>
#include "bridge/sipws_call_internal.h"

static const char *text_of(const sipws_news *news, const char *name)
{
	return json_string_value(json_object_get(news->result, name));
}

/* ---- our INVITE ---- */

static void init_dialog(sipws_call *call, const sipws_news *news)
{
	const sipws_bridge *bridge = call->bridge;
	g_autofree char *from = sipws_far_end(bridge, news->result, "username");
	g_autofree char *to = sipws_near_end(bridge, news->result);

	sipws_dialog_init_uac(&call->dialog, from, to, sipws_account_contact(bridge->account));
}

/* The call that this one takes the place of, as the client knows it (RFC 3891). */
static void add_replaces(sipws_msg *invite, const sipws_call *call, const char *call_id)
{
	sipws_call *replaced = call_id ? sipws_call_of_socket(call->bridge, call_id) : NULL;

	if (replaced && replaced->replaces)
		sipws_msg_add(invite, "Replaces", "%s;to-tag=%s;from-tag=%s", replaced->dialog.call_id,
			      replaced->dialog.remote_tag, replaced->dialog.local_tag);
}

static sipws_msg *new_invite(sipws_call *call, const sipws_news *news)
{
	const json_t *ims = json_object_get(news->result, "ims");
	sipws_msg *invite = sipws_call_new_request(call, "INVITE");

	if (text_of(news, "referred_by"))
		sipws_msg_add(invite, "Referred-By", "%s", text_of(news, "referred_by"));
	add_replaces(invite, call, text_of(news, "replaces"));
	if (json_is_true(json_object_get(ims, "call_waiting")))
		sipws_msg_add(invite, "Alert-Info", "<urn:alert:service:call-waiting>");
	sipws_headers_from_api(invite, json_object_get(news->result, "headers"));
	if (news->sdp)
		sipws_call_add_sdp(invite,
				   sipws_description_say(&call->description, news->sdp, SIPWS_SDP_SENDRECV));
	return invite;
}

/* ---- its answers ---- */

/* -1: it tells nothing. */
static int event_of(const sipws_call *call, const sipws_msg *response)
{
	guint status = response ? sipws_msg_status(response) : 0;
	g_autofree char *sdp = response ? sipws_call_sdp(response) : NULL;

	if (status < 100 || status >= 300)
		return EV_REFUSE;
	if (status >= 200)
		return sdp || call->described ? EV_ACCEPT : EV_MUTE;
	if (sdp)
		return EV_DESCRIBE;
	return status == 180 ? EV_RING : -1;
}

static void on_answered(const sipws_msg *response, gpointer user)
{
	sipws_call *call = user;
	int event = event_of(call, response);

	if (!response || sipws_msg_status(response) >= 200)
		call->inviting = NULL;
	if (event >= 0)
		sipws_call_handle(call, (sipws_call_event)event, &(sipws_call_input){ .msg = response });
}

/* ---- the call comes ---- */

static void turn_down(sipws_line *line, const sipws_news *news, int status)
{
	sipws_handle_ask(
		line->handle,
		json_pack("{ss, si, ss}", "request", "decline", "code", status, "call_id", news->call_id),
		NULL, NULL, NULL, NULL);
}

void sipws_call_came(sipws_line *line, const sipws_news *news)
{
	sipws_bridge *bridge = line->bridge;
	sipws_call *call;

	if (bridge->away || !sipws_account_contact(bridge->account)) { /* or it has just unregistered */
		turn_down(line, news, 480);
		return;
	}
	if (line->call)
		line->call->crossed = line->call->state == CALL_CALLING;
	if (line->call || sipws_bridge_count_calls(bridge) >= bridge->config->calls) {
		turn_down(line, news, 486);
		return;
	}
	call = sipws_call_new(bridge, FALSE);
	call->line = line;
	sipws_lines_seize(line, call);
	call->id = g_strdup(news->call_id);
	call->offerless = !news->sdp;
	call->focus = json_is_true(json_object_get(news->result, "isfocus"));
	call->state = CALL_RINGING;
	init_dialog(call, news);
	call->inviting =
		sipws_transactions_ask(bridge->transactions, new_invite(call, news), on_answered, call);
	call->cseq = call->dialog.local_cseq;
}

/* ---- rows ---- */

SIPWS_CALL_ACT(sipws_in_ring)
{
	sipws_call_learn(call, in->msg);
	if (!call->rings && !call->described)
		sipws_call_ask(call, json_pack("{ss}", "request", "send_ringing"), NULL, NULL, NULL);
	call->rings = TRUE;
}

static json_t *taking(const char *request, const sipws_msg *msg)
{
	json_t *body = json_pack("{ss, sb}", "request", request, "autoaccept_reinvites", 0);
	json_t *headers = sipws_call_headers(msg, FALSE);

	if (headers)
		json_object_set_new(body, "headers", headers);
	return body;
}

/* Without an offer of the caller there is nothing to answer yet. */
SIPWS_CALL_ACT(sipws_in_describe)
{
	g_autofree char *sdp = sipws_call_sdp(in->msg);

	sipws_call_learn(call, in->msg);
	if (call->described || call->offerless)
		return;
	call->described = TRUE;
	sipws_call_ask(call, taking("progress", in->msg), "answer", sdp, NULL);
}

/* The client is not kept waiting for the far end: JsSIP repeats its 2xx until there is an ACK. */
SIPWS_CALL_ACT(sipws_in_accept)
{
	g_autofree char *sdp = sipws_call_sdp(in->msg);
	json_t *body = taking("accept", in->msg);

	sipws_call_learn(call, in->msg);
	sipws_session_timer_answered(&call->timer, in->msg);
	call->owes_ack = call->offerless;
	if (!call->owes_ack)
		sipws_call_ack(call, call->cseq, NULL);
	if (call->described)
		sipws_call_ask(call, body, NULL, NULL, sipws_call_request_failed);
	else
		sipws_call_ask(call, body, call->offerless ? "offer" : "answer", sdp,
			       sipws_call_request_failed);
}

SIPWS_CALL_ACT(sipws_in_accepted)
{
	if (call->owes_ack) {
		call->owes_ack = FALSE;
		sipws_call_ack(call, call->cseq,
			       in->news->sdp ? sipws_description_say(&call->description, in->news->sdp,
								     call->change.most)
					     : NULL);
	}
	sipws_change_handle(call, CH_OPEN, in);
}
