/* sipws_party.c: a bridge with its session at Janus, and the socket by which its client is reached now. */
#include "server/internal.h"

/* ---- what the bridge wants ---- */

/* Away, so much is repeated when the client is back; more is not kept for it. */
static void send_message(GBytes *message, gpointer user)
{
	sipws_party *party = user;

	if (party->conn) {
		sipws_conn_send(party->conn, message);
		return;
	}
	party->unheard += g_bytes_get_size(message);
	if (party->unheard > party->server->config->send_queue)
		sipws_homecoming_over(party->host ? party->host : party);
}

static void ask_janus(json_t *request, gpointer user)
{
	sipws_party *party = user;

	party->asked = TRUE;
	party->server->gateway.ask(party->session, request);
}

static void close_for_bridge(guint16 code, const char *reason, gpointer user)
{
	sipws_party *party = user;

	if (party->host || !party->conn) {
		sipws_homecoming_over(party);
		return;
	}
	party->server->counters.closed_by_bridge++;
	sipws_conn_close(party->conn, code, reason);
}

static void proved(const char *device, const char *replaced, gpointer user)
{
	sipws_homecoming_proved(user, device, replaced);
}

static void replaced(gpointer user)
{
	sipws_homecoming_replaced(user);
}

static const sipws_bridge_outlet outlet = {
	.send = send_message,
	.ask = ask_janus,
	.close = close_for_bridge,
	.proved = proved,
	.replaced = replaced,
};

/* ---- life ---- */

sipws_party *sipws_party_new(sipws_server *server, sipws_conn *conn, gboolean secure,
			     const char *access_token)
{
	sipws_party *party = g_new0(sipws_party, 1);
	const sipws_bridge_setup setup = { .clock = &server->clock.clock,
					   .config = server->config,
					   .peer = sipws_conn_peer(conn),
					   .secure = secure,
					   .keepalive_s = server->keepalive_s,
					   .loop_index = server->loop_index,
					   .access_token = access_token };

	party->server = server;
	party->conn = conn;
	party->number = ++server->last_number;
	party->session = server->gateway.open(party->number);
	party->bridge = sipws_bridge_new(&setup, &outlet, party);
	party->companions = g_ptr_array_new();
	sipws_homecoming_init(party);
	g_hash_table_insert(server->parties, GSIZE_TO_POINTER(party->number), party);
	return party;
}

void sipws_party_free(sipws_party *party)
{
	sipws_server *server = party->server;

	while (party->companions->len)
		sipws_party_free(g_ptr_array_index(party->companions, party->companions->len - 1));
	if (party->host)
		g_ptr_array_remove(party->host->companions, party);
	sipws_homecoming_clear(party);
	g_hash_table_remove(server->parties, GSIZE_TO_POINTER(party->number));
	sipws_bridge_free(party->bridge);
	sipws_farewells_add(server->farewells, party->number, party->session, party->asked);
	g_ptr_array_unref(party->companions);
	g_free(party->device);
	g_free(party->left);
	g_free(party);
}

/* ---- what comes in ---- */

gboolean sipws_party_receive(sipws_party *party, const char *bytes, gsize length, GError **error)
{
	for (guint i = 0; i < party->companions->len; i++) {
		const sipws_party *companion = g_ptr_array_index(party->companions, i);

		if (sipws_bridge_takes(companion->bridge, bytes, length))
			return TRUE;
	}
	return sipws_bridge_receive(party->bridge, bytes, length, error);
}

void sipws_party_session_over(sipws_party *party, gboolean timeout, gboolean claimed)
{
	party->asked = FALSE;
	sipws_bridge_session_over(party->bridge, timeout, claimed);
}

gboolean sipws_party_is_in_use(const sipws_party *party)
{
	return party->companions->len > 0 || sipws_bridge_is_in_use(party->bridge);
}
