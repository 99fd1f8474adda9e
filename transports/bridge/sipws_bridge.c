#include "bridge/sipws_bridge.h"

#include "base/ims_error.h"
#include "base/ims_log.h"
#include "base/ims_random.h"
#include "bridge/internal.h"

enum {
	HOST_BYTES = 6,
	AWAY = 1001, /* of RFC 6455 7.4.1 */
};

/* ---- what comes up from sip/ and janus/ ---- */

static void request_came(sipws_server_tx *tx, const sipws_msg *msg, gpointer user)
{
	sipws_request_came(user, tx, msg);
}

static void invite_cancelled(sipws_server_tx *invite, const sipws_msg *cancel, gpointer user)
{
	(void)cancel;
	sipws_request_cancelled(user, invite);
}

static void send_message(GBytes *message, gpointer user)
{
	sipws_bridge *bridge = user;

	bridge->outlet.send(message, bridge->user);
}

static const sipws_transaction_events transaction_events = {
	.request = request_came,
	.cancelled = invite_cancelled,
	.send = send_message,
};

static void ask_janus(json_t *request, gpointer user)
{
	sipws_bridge *bridge = user;

	bridge->outlet.ask(request, bridge->user);
}

static void janus_over(const char *reason, gpointer user)
{
	sipws_bridge_give_up(user, AWAY, reason);
}

/* ---- life ---- */

static sipws_transactions *transactions_of(sipws_bridge *bridge)
{
	g_autofree char *via =
		g_strdup_printf("SIP/2.0/%s %s", bridge->secure ? "WSS" : "WS", bridge->via_host);

	return sipws_transactions_new(bridge->clock, via, bridge->config->transactions, &transaction_events,
				      bridge);
}

static sipws_janus *janus_of(sipws_bridge *bridge, guint keepalive_s)
{
	const sipws_janus_setup setup = {
		.who = bridge->peer,
		.api_secret = bridge->config->api_secret,
		.token = bridge->config->token,
		.keepalive_s = keepalive_s,
		.ask = ask_janus,
		.over = janus_over,
	};

	return sipws_janus_new(bridge->clock, &setup, bridge);
}

sipws_bridge *sipws_bridge_new(const sipws_bridge_setup *setup, const sipws_bridge_outlet *outlet,
			       gpointer user)
{
	sipws_bridge *bridge = g_new0(sipws_bridge, 1);
	g_autofree char *name = ims_random_hex(HOST_BYTES);

	bridge->outlet = *outlet;
	bridge->user = user;
	bridge->clock = setup->clock;
	bridge->config = sipws_config_ref(setup->config);
	bridge->peer = g_strdup(setup->peer);
	bridge->secure = setup->secure;
	bridge->loop_index = setup->loop_index;
	bridge->access_token = ims_secret_new_text(setup->access_token);
	bridge->via_host = g_strconcat(name, ".invalid", NULL);
	bridge->transactions = transactions_of(bridge);
	bridge->janus = janus_of(bridge, setup->keepalive_s);
	bridge->account = sipws_account_new(bridge);
	bridge->guard = sipws_guard_new(bridge);
	bridge->lines = g_ptr_array_new();
	bridge->calls = g_ptr_array_new();
	bridge->pager = sipws_pager_new(bridge);
	bridge->info = sipws_info_new(bridge);
	bridge->subscriptions = sipws_subscriptions_new(bridge);
	bridge->transfers = sipws_transfers_new(bridge);
	return bridge;
}

/* Whatever may still hold a request of the client. */
static void drop_nouns(sipws_bridge *bridge)
{
	g_clear_pointer(&bridge->transfers, sipws_transfers_free);
	g_clear_pointer(&bridge->subscriptions, sipws_subscriptions_free);
	g_clear_pointer(&bridge->pager, sipws_pager_free);
	g_clear_pointer(&bridge->info, sipws_info_free);
	g_clear_pointer(&bridge->guard, sipws_guard_free);
	sipws_account_abandon(bridge->account);
}

void sipws_bridge_free(sipws_bridge *bridge)
{
	bridge->closing = TRUE;
	sipws_bridge_part(bridge);
	while (bridge->calls->len)
		sipws_call_free(g_ptr_array_index(bridge->calls, bridge->calls->len - 1));
	drop_nouns(bridge);
	sipws_account_free(bridge->account);
	sipws_lines_drop(bridge);
	sipws_janus_free(bridge->janus);
	sipws_transactions_free(bridge->transactions);
	g_ptr_array_unref(bridge->calls);
	g_ptr_array_unref(bridge->lines);
	ims_secret_unref(bridge->access_token);
	sipws_config_unref(bridge->config);
	g_free(bridge->via_host);
	g_free(bridge->peer);
	g_free(bridge);
}

/* Every request of the client has its answer before the socket goes. */
void sipws_bridge_give_up(sipws_bridge *bridge, guint16 code, const char *reason)
{
	if (bridge->closing)
		return;
	bridge->closing = TRUE;
	ims_info(bridge->peer, "socket is closed: %s", reason);
	sipws_bridge_part(bridge);
	while (bridge->calls->len)
		sipws_call_lost(g_ptr_array_index(bridge->calls, bridge->calls->len - 1), reason);
	drop_nouns(bridge);
	sipws_transactions_refuse_all(bridge->transactions, 503, reason);
	bridge->outlet.close(code, reason, bridge->user);
}

/* ---- what comes in ---- */

static void answer_ping(sipws_bridge *bridge)
{
	g_autoptr(GBytes) pong = g_bytes_new_static("\r\n", 2);

	bridge->outlet.send(pong, bridge->user);
}

gboolean sipws_bridge_receive(sipws_bridge *bridge, const char *bytes, gsize length, GError **error)
{
	sipws_fault fault = { 0 };
	sipws_msg *msg;

	if (bridge->closing || sipws_msg_is_pong(bytes, length))
		return TRUE;
	if (sipws_msg_is_ping(bytes, length)) {
		answer_ping(bridge);
		return TRUE;
	}
	if (!(msg = sipws_msg_parse(bytes, length, &fault))) {
		g_set_error(error, IMS_ERROR, IMS_E_INVALID_REQUEST, "no SIP message: %s", fault.reason);
		return FALSE;
	}
	sipws_transactions_receive(bridge->transactions, msg);
	return TRUE;
}

void sipws_bridge_hear(sipws_bridge *bridge, json_t *message)
{
	if (bridge->closing)
		json_decref(message);
	else
		sipws_janus_hear(bridge->janus, message);
}

void sipws_bridge_session_over(sipws_bridge *bridge, gboolean timeout, gboolean claimed)
{
	if (!bridge->closing)
		sipws_janus_session_over(bridge->janus, timeout, claimed);
}

gboolean sipws_bridge_is_in_use(const sipws_bridge *bridge)
{
	return bridge->calls->len > 0 || sipws_account_is_registered(bridge->account);
}

const char *sipws_bridge_impu(const sipws_bridge *bridge)
{
	return sipws_account_impu(bridge->account);
}
