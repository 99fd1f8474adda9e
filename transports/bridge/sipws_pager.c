/* sipws_pager.c: MESSAGE (RFC 3428), both ways, any bytes, outside and inside calls. */
#include <string.h>
#include "bridge/sipws_content.h"
#include "bridge/sipws_pending.h"

enum { CALL_ID_MAX = 256 }; /* bytes that the API takes */

struct sipws_pager {
	sipws_pending *pending; /* until `messagedelivery` */
};

sipws_pager *sipws_pager_new(sipws_bridge *bridge)
{
	sipws_pager *pager = g_new0(sipws_pager, 1);

	pager->pending = sipws_pending_new(bridge, NULL);
	return pager;
}

void sipws_pager_free(sipws_pager *pager)
{
	if (!pager)
		return;
	sipws_pending_free(pager->pending);
	g_free(pager);
}

/* ---- the client sends one ---- */

static json_t *message_of(const sipws_msg *msg, const sipws_call *call)
{
	json_t *body =
		json_pack("{ss, ss}", "request", "message", "content_type", sipws_msg_content_type(msg));

	if (call) {
		sipws_call_name(call, body);
		return body;
	}
	json_object_set_new(body, "uri", json_string(sipws_msg_uri(msg)));
	if (strlen(sipws_msg_call_id(msg)) <= CALL_ID_MAX)
		json_object_set_new(body, "call_id", json_string(sipws_msg_call_id(msg)));
	sipws_speaker_to_api(body, msg);
	return body;
}

void sipws_pager_request(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg, sipws_call *call)
{
	sipws_line *line = call ? sipws_call_line(call) : sipws_lines_master(bridge);
	json_t *body;
	sipws_fault fault;

	if (!line) {
		sipws_refuse(tx, &(sipws_failure){ .status = 503, .text = "The gateway is not in service" });
		return;
	}
	body = message_of(msg, call);
	fault = sipws_content_to_api(body, msg);
	if (fault.status) {
		json_decref(body);
		sipws_server_tx_refuse(tx, fault.status, "%s", fault.reason);
		return;
	}
	sipws_pending_ask(bridge->pager->pending, line->handle, body, tx,
			  call ? NULL : sipws_msg_call_id(msg));
}

static void delivered(sipws_line *line, const sipws_news *news)
{
	sipws_server_tx *tx = sipws_pending_take(line->bridge->pager->pending, news->transaction);
	const json_int_t code = json_integer_value(json_object_get(news->result, "code"));

	if (!tx)
		return;
	if (code >= 200 && code < 300)
		sipws_server_tx_reply(tx, sipws_server_tx_response(tx, (guint)code, NULL));
	else
		sipws_refuse_by_news(tx, news);
}

sipws_server_tx *sipws_pager_give(sipws_bridge *bridge, const char *call_id)
{
	return sipws_pending_give(bridge->pager->pending, call_id);
}

void sipws_pager_go_on(sipws_bridge *bridge, const char *call_id, sipws_server_tx *tx)
{
	if (!sipws_pending_go_on(bridge->pager->pending, call_id, tx))
		sipws_server_tx_refuse(tx, 500, "The message that this was about is over");
}

/* ---- the client gets one ---- */

/* A MESSAGE has no Contact (RFC 3428 8). */
static sipws_msg *message_for(const sipws_line *line, const sipws_news *news)
{
	sipws_bridge *bridge = line->bridge;
	sipws_call *call = news->call_id ? sipws_call_of(bridge, news->call_id) : NULL;
	g_autofree char *from = NULL, *to = NULL;
	sipws_dialog dialog;
	sipws_msg *msg;

	if (call)
		return sipws_dialog_request(sipws_call_dialog(call), "MESSAGE", NULL);
	from = sipws_far_end(bridge, news->result, "sender");
	to = sipws_near_end(bridge, news->result);
	sipws_dialog_init_uac(&dialog, from, to, sipws_account_contact(bridge->account));
	msg = sipws_dialog_request(&dialog, "MESSAGE", NULL);
	sipws_dialog_clear(&dialog);
	return msg;
}

/* The network has been told 200 already: what the client answers changes nothing. */
static void came(sipws_line *line, const sipws_news *news)
{
	const char *reported = json_string_value(json_object_get(news->result, "in_reply_to"));
	sipws_msg *msg;

	if (!sipws_account_contact(line->bridge->account))
		return;
	msg = message_for(line, news);
	if (reported)
		sipws_msg_add(msg, "In-Reply-To", "%s", reported);
	sipws_headers_from_api(msg, json_object_get(news->result, "headers"));
	sipws_content_from_api(msg, news->result,
			       json_string_value(json_object_get(news->result, "content_type")));
	sipws_transactions_ask(line->bridge->transactions, msg, NULL, NULL);
}

void sipws_pager_news(sipws_line *line, const sipws_news *news)
{
	if (strcmp(news->name, "message") == 0)
		came(line, news);
	else if (strcmp(news->name, "messagedelivery") == 0)
		delivered(line, news);
}
