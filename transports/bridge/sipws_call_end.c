/* sipws_call_end.c: how calls end, for the client (BYE) and for the gateway (`hangup`). */
#include "bridge/sipws_call_internal.h"

enum { RETRY_S = 5 };

SIPWS_CALL_ACT(sipws_end_nothing)
{
	(void)call;
	(void)in;
}

/* ---- for the gateway ---- */

static void on_unheard(const sipws_failure *failure, gpointer user)
{
	sipws_call_handle(user, EV_UNHEARD, &(sipws_call_input){ .failure = failure });
}

static void hang_up(sipws_call *call, const sipws_msg *msg, const char *why)
{
	json_t *body = json_pack("{ss}", "request", "hangup"), *headers = sipws_call_headers(msg, TRUE);

	if (why) {
		headers = headers ? headers : json_object();
		json_object_set_new(headers, "Reason", json_string(why));
	}
	if (headers)
		json_object_set_new(body, "headers", headers);
	sipws_call_ask(call, body, NULL, NULL, on_unheard);
}

static void refuse(sipws_call *call, guint status)
{
	sipws_call_ask(call, json_pack("{ss, si}", "request", "decline", "code", (int)status), NULL, NULL,
		       on_unheard);
}

/* Nobody can be called there: then the user is just not to be had. */
static void on_undeflected(const sipws_failure *failure, gpointer user)
{
	if (failure->code)
		refuse(user, 480);
	else
		on_unheard(failure, user);
}

/* ---- for the client ---- */

static char *reason_of(const sipws_call_input *in)
{
	if (in->news)
		return sipws_call_reason(in->news);
	if (in->failure)
		return sipws_call_reason_of(in->failure->status, in->failure->text);
	return in->reason ? sipws_call_reason_of(503, in->reason) : NULL;
}

static void say_bye(sipws_call *call, const char *why)
{
	sipws_msg *bye;

	if (call->owes_ack) {
		call->owes_ack = FALSE;
		sipws_call_ack(call, call->cseq, NULL);
	}
	bye = sipws_call_new_request(call, "BYE");
	if (why)
		sipws_msg_add(bye, "Reason", "%s", why);
	sipws_transactions_ask(call->bridge->transactions, bye, NULL, NULL);
}

static void settle(sipws_call *call)
{
	ims_timer_stop(&call->ack_timer);
	sipws_session_timer_stop(&call->timer);
	sipws_change_stop(call);
}

/* ---- rows ---- */

/* The client has ended it. */
SIPWS_CALL_ACT(sipws_end_hangup)
{
	g_autofree char *why = reason_of(in);

	settle(call);
	hang_up(call, in->msg, why);
}

/* The gateway has. */
SIPWS_CALL_ACT(sipws_end_bye)
{
	g_autofree char *why = reason_of(in);

	settle(call);
	say_bye(call, why);
}

/* We do: a sign of the client is missing, or the gateway does not take the call that the client took. */
SIPWS_CALL_ACT(sipws_end_both)
{
	g_autofree char *why =
		in->failure ? reason_of(in) : sipws_call_reason_of(408, "No sign of the client");

	settle(call);
	say_bye(call, why);
	hang_up(call, NULL, why);
}

/* Clients refuse a BYE that comes before their ACK has left. The line is free for the next call. */
SIPWS_CALL_ACT(sipws_end_later)
{
	(void)in;
	sipws_call_leave_line(call);
	sipws_session_timer_stop(&call->timer);
	sipws_change_stop(call);
}

/* ---- of calls that were not answered ---- */

static sipws_server_tx *take_invite(sipws_call *call)
{
	sipws_server_tx_set_data(call->invited, NULL);
	return g_steal_pointer(&call->invited);
}

static void terminate(sipws_call *call)
{
	sipws_server_tx *invite = take_invite(call);

	sipws_server_tx_reply(invite, sipws_call_response(call, sipws_server_tx_request(invite), 487, NULL));
}

SIPWS_CALL_ACT(sipws_out_cancel)
{
	(void)in;
	terminate(call);
	hang_up(call, NULL, NULL);
}

SIPWS_CALL_ACT(sipws_out_abandon)
{
	terminate(call);
	hang_up(call, in->msg, NULL);
}

SIPWS_CALL_ACT(sipws_out_refuse)
{
	sipws_server_tx *invite = take_invite(call);

	sipws_server_tx_reply(invite, sipws_call_refusal(call, sipws_server_tx_request(invite), in->news));
}

SIPWS_CALL_ACT(sipws_out_fail)
{
	sipws_server_tx *invite = take_invite(call);
	guint status = in->failure ? in->failure->status : 503;
	sipws_msg *refusal = sipws_call_response(call, sipws_server_tx_request(invite), status,
						 in->failure ? in->failure->text : in->reason);

	if (status == 503)
		sipws_msg_add(refusal, "Retry-After", "%u",
			      in->failure && in->failure->again_s ? in->failure->again_s : RETRY_S);
	sipws_server_tx_reply(invite, refusal);
}

/* What says nothing of the user, or asks the gateway for what only a proxy could do. */
static guint declined_with(const sipws_msg *response)
{
	guint status = response ? sipws_msg_status(response) : 0;

	if (status < 400 || status == 401 || status == 407 || status == 422)
		return 480;
	return status;
}

/* Whom it names to be called instead (RFC 3261 21.3); FALSE: nobody. */
static gboolean deflects(const sipws_msg *response, sipws_address *ret_whom)
{
	guint status = response ? sipws_msg_status(response) : 0;

	return status >= 300 && status <= 302 && sipws_msg_address(response, "Contact", 0, ret_whom);
}

SIPWS_CALL_ACT(sipws_in_decline)
{
	sipws_address whom;

	if (deflects(in->msg, &whom))
		sipws_call_ask(call, json_pack("{ss, ss}", "request", "decline", "uri", whom.uri), NULL, NULL,
			       on_undeflected);
	else
		refuse(call, declined_with(in->msg));
}

SIPWS_CALL_ACT(sipws_in_mute)
{
	sipws_call_learn(call, in->msg);
	sipws_call_ack(call, call->cseq, NULL);
	say_bye(call, "SIP;cause=488;text=\"No session description\"");
	refuse(call, 488);
}

/* A 2xx that crosses it is acknowledged and followed by BYE: nobody listens to the transaction any more. */
SIPWS_CALL_ACT(sipws_in_cancel)
{
	g_autofree char *why = reason_of(in);
	sipws_client_tx *invite = g_steal_pointer(&call->inviting);

	sipws_client_tx_cancel(invite, why);
	sipws_client_tx_forget(invite);
}

/* Nobody is there whom it could ring. */
SIPWS_CALL_ACT(sipws_in_leave)
{
	sipws_in_cancel(call, in);
	refuse(call, 480);
}
