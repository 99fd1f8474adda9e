/* sipws_call_out.c: the client calls. */
#include <string.h>
#include "bridge/sipws_call_internal.h"

enum { CALL_ID_MAX = 256 }; /* of the API */

/* ---- whether it may ---- */

static gboolean is_there(const sipws_bridge *bridge, const sipws_msg *msg)
{
	for (guint i = 0; i < bridge->calls->len; i++) {
		const sipws_call *call = g_ptr_array_index(bridge->calls, i);

		if (g_strcmp0(call->dialog.call_id, sipws_msg_call_id(msg)) == 0 &&
		    g_strcmp0(call->dialog.remote_tag, sipws_msg_from_tag(msg)) == 0)
			return TRUE;
	}
	return FALSE;
}

static void refuse_without_offer(const sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg)
{
	sipws_msg *refusal = sipws_msg_new_response(msg, 488, NULL, bridge->via_host);

	sipws_msg_add(refusal, "Warning", "399 gateway \"The INVITE has to bring an offer\"");
	sipws_server_tx_reply(tx, refusal);
}

/* What stands in no relation to a call yet. */
static gboolean is_refused(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg)
{
	g_autoptr(GBytes) body = sipws_msg_body(msg);

	if (is_there(bridge, msg)) /* RFC 3261 8.2.2.2 */
		sipws_server_tx_refuse(tx, 482, NULL);
	else if (!sipws_account_is_registered(bridge->account))
		sipws_server_tx_refuse(tx, 403, "Not registered");
	else if (!sipws_msg_header(msg, "Contact", 0))
		sipws_server_tx_refuse(tx, 400, "Contact is missing");
	else if (sipws_bridge_count_calls(bridge) >= bridge->config->calls)
		sipws_server_tx_refuse(tx, 503, "Too many calls");
	else if (!body || !g_bytes_get_size(body))
		refuse_without_offer(bridge, tx, msg);
	else
		return FALSE;
	return TRUE;
}

/* ---- who calls whom ---- */

/* Of the transfer that asks for it, whichever bridge the client heard of it from. */
static guint64 refer_id_of(sipws_bridge *bridge, const sipws_msg *invite)
{
	guint64 refer_id = 0;
	sipws_bridge *kin;

	for (guint i = 0; !refer_id && (kin = sipws_bridge_kin(bridge, i)); i++)
		refer_id = sipws_transfers_refer_id(kin->transfers, sipws_msg_uri(invite));
	return refer_id;
}

static json_t *call_request(const sipws_call *call, const sipws_msg *msg)
{
	json_t *body = json_pack("{ss, ss, sb}", "request", "call", "uri", sipws_msg_uri(msg),
				 "autoaccept_reinvites", 0);
	guint64 refer_id = refer_id_of(call->bridge, msg);

	sipws_speaker_to_api(body, msg);
	if (refer_id)
		json_object_set_new(body, "refer_id", json_integer((json_int_t)refer_id));
	return body;
}

/* ---- it does ---- */

static void take_invite(sipws_call *call, sipws_server_tx *tx)
{
	call->invited = tx;
	sipws_server_tx_set_data(tx, call);
	sipws_server_tx_reply(tx, sipws_msg_new_response(sipws_server_tx_request(tx), 100, NULL, NULL));
}

static void dial(sipws_call *call, const sipws_msg *msg)
{
	g_autofree char *sdp = sipws_call_sdp(msg);

	sipws_call_ask(call, call_request(call, msg), "offer", sdp, sipws_call_request_failed);
}

static void begin(sipws_call *call, sipws_server_tx *tx, const sipws_msg *msg)
{
	if (strlen(call->dialog.call_id) <= CALL_ID_MAX)
		call->id = g_strdup(call->dialog.call_id);
	take_invite(call, tx);
	dial(call, msg);
}

/* FALSE: it is answered, there is no call. */
static gboolean can_begin(sipws_call *call, sipws_server_tx *tx, const sipws_msg *msg)
{
	sipws_msg *refusal;

	if (!sipws_call_can_read(call, tx, msg))
		return FALSE;
	refusal = sipws_session_timer_refusal(&call->timer, msg, call->dialog.local_tag);
	if (refusal) {
		sipws_server_tx_reply(tx, refusal);
		return FALSE;
	}
	call->line = sipws_lines_take(call->bridge, call);
	if (!call->line)
		sipws_server_tx_refuse(tx, 503, "No line is free");
	return call->line != NULL;
}

void sipws_call_request(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg)
{
	sipws_call *call;

	if (is_refused(bridge, tx, msg))
		return;
	call = sipws_call_new(bridge, TRUE);
	sipws_dialog_init_uas(&call->dialog, msg);
	sipws_call_learn(call, msg);
	if (can_begin(call, tx, msg))
		begin(call, tx, msg);
	else
		sipws_call_free(call);
}

/* Another call has come first on its line. */
SIPWS_CALL_ACT(sipws_out_dial_again)
{
	sipws_line *line = sipws_lines_take(call->bridge, call);

	call->crossed = FALSE;
	if (!line) {
		sipws_call_handle(call, EV_FAILED, in);
		return;
	}
	sipws_lines_release(call->line);
	call->line = line;
	dial(call, sipws_server_tx_request(call->invited));
}

/* ---- what the gateway tells of it ---- */

static void reply(sipws_call *call, const sipws_news *news, guint status, const char *sdp)
{
	sipws_msg *response = sipws_call_response(call, sipws_server_tx_request(call->invited), status, NULL);

	sipws_headers_from_api(response, json_object_get(news->result, "headers"));
	sipws_call_add_sdp(response, sdp);
	if (status >= 200)
		sipws_session_timer_answer(&call->timer, sipws_server_tx_request(call->invited), response);
	sipws_server_tx_reply(call->invited, response);
}

/* There is one answer, and it stays. */
static const char *answer_in(sipws_call *call, const sipws_news *news)
{
	call->focus = call->focus || json_is_true(json_object_get(news->result, "isfocus"));
	if (!call->description.said && news->sdp)
		sipws_description_say(&call->description, news->sdp, SIPWS_SDP_SENDRECV);
	return call->description.said;
}

SIPWS_CALL_ACT(sipws_out_proceed)
{
	json_int_t code = json_integer_value(json_object_get(in->news->result, "code"));

	if (code > 100 && code < 200)
		reply(call, in->news, (guint)code, NULL);
}

SIPWS_CALL_ACT(sipws_out_ring)
{
	reply(call, in->news, 180, NULL);
}

SIPWS_CALL_ACT(sipws_out_progress)
{
	reply(call, in->news, 183, answer_in(call, in->news));
}

SIPWS_CALL_ACT(sipws_out_answer)
{
	reply(call, in->news, 200, answer_in(call, in->news));
	call->invited = NULL;
	ims_timer_arm(&call->ack_timer, SIPWS_ACK_MS);
}

SIPWS_CALL_ACT(sipws_out_confirm)
{
	(void)in;
	ims_timer_stop(&call->ack_timer);
	sipws_change_handle(call, CH_OPEN, in);
}

/* ---- the network challenges it, and the client comes back (role ue) ---- */

SIPWS_CALL_ACT(sipws_out_give)
{
	(void)in;
	sipws_server_tx_set_data(call->invited, NULL);
	call->invited = NULL;
}

SIPWS_CALL_ACT(sipws_out_go_on)
{
	sipws_dialog_clear(&call->dialog);
	sipws_dialog_init_uas(&call->dialog, in->msg);
	sipws_call_learn(call, in->msg);
	take_invite(call, in->tx);
}
