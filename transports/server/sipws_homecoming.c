/* sipws_homecoming.c: clients that are cut off in mid-call, and come back on another socket.
 *
 * A bridge with calls that are up outlives its socket for reclaim_s, known by the device that has proved
 * itself on it (identity, +sip.instance, reg-id). It says nothing to anybody who has not: the new socket has
 * a bridge of its own, with a session at Janus of its own, which registers like any other. Only when the
 * network has taken that proof janus.plugin.ims lets the calls of the registration before go over to the new
 * one (keep_calls), and says so to the new bridge and to the old one; then that one comes along, with the
 * session that has its PeerConnections, as a companion of the new one, until its last call is over. A socket
 * that is only half gone is the same, but for the wait. */
#include "base/ims_log.h"
#include "server/internal.h"

enum { LOOK_MS = 500 }; /* whether a companion's last call is over */

static gboolean waits(const sipws_party *party)
{
	return !party->conn;
}

/* ---- who is who ---- */

static void forget_device(sipws_party *party)
{
	GHashTable *devices = party->server->devices;

	if (party->device && g_hash_table_lookup(devices, party->device) == party)
		g_hash_table_remove(devices, party->device);
	g_clear_pointer(&party->device, g_free);
}

static void remember_device(sipws_party *party, const char *device)
{
	forget_device(party);
	party->device = g_strdup(device);
	g_hash_table_replace(party->server->devices, party->device, party);
}

/* ---- the end of it ---- */

/* Not from within its own bridge, which is what has asked for it. */
void sipws_homecoming_over(sipws_party *party)
{
	ims_timer_arm(&party->patience, 0);
}

static void patience_over(gpointer user)
{
	sipws_party *party = user;

	if (waits(party) && !party->host) {
		ims_info(sipws_bridge_impu(party->bridge), "nobody came back for the calls");
		party->server->counters.stayed_away++;
		sipws_party_free(party);
	} else if (party->host && sipws_bridge_is_over(party->bridge)) {
		sipws_party_free(party);
	} else if (party->host) {
		ims_timer_arm(&party->patience, LOOK_MS);
	}
}

static gboolean is_to_end(gpointer number, gpointer party, gpointer user)
{
	const sipws_party *one = party;

	(void)number, (void)user;
	return waits(one) && !one->host;
}

void sipws_homecoming_end(sipws_server *server)
{
	sipws_party *waiting;

	while ((waiting = g_hash_table_find(server->parties, is_to_end, NULL)))
		sipws_party_free(waiting);
}

void sipws_homecoming_init(sipws_party *party)
{
	ims_timer_init(&party->patience, &party->server->clock.clock, patience_over, party);
}

void sipws_homecoming_clear(sipws_party *party)
{
	ims_timer_stop(&party->patience);
	forget_device(party);
	if (waits(party) && !party->host)
		party->server->waiting--;
}

/* ---- the socket is gone ---- */

static gboolean talks(const sipws_party *party)
{
	gboolean any = sipws_bridge_talks(party->bridge);

	for (guint i = 0; i < party->companions->len; i++) {
		const sipws_party *companion = g_ptr_array_index(party->companions, i);

		any = any || sipws_bridge_talks(companion->bridge);
	}
	return any;
}

static gboolean may_wait(const sipws_party *party)
{
	sipws_server *server = party->server;

	if (server->ending || !server->config->reclaim_s || !party->device || !talks(party))
		return FALSE;
	if (server->waiting < server->config->connections)
		return TRUE;
	server->counters.not_kept++;
	return FALSE;
}

static void move(sipws_party *party, sipws_conn *conn)
{
	party->conn = conn;
	party->unheard = 0;
	if (conn)
		sipws_bridge_resume(party->bridge);
	else
		sipws_bridge_cut(party->bridge);
}

static void move_companions(sipws_party *party, sipws_conn *conn)
{
	for (guint i = 0; i < party->companions->len; i++)
		move(g_ptr_array_index(party->companions, i), conn);
}

void sipws_homecoming_cut(sipws_party *party)
{
	sipws_server *server = party->server;

	if (!may_wait(party)) {
		sipws_party_free(party);
		return;
	}
	server->waiting++;
	server->counters.cut_in_calls++;
	ims_info(sipws_bridge_impu(party->bridge), "its socket is gone, its calls go on for %u s",
		 server->config->reclaim_s);
	move(party, NULL);
	move_companions(party, NULL);
	ims_timer_arm(&party->patience, (gint64)server->config->reclaim_s * 1000);
}

/* ---- ... and its client is back on another one ---- */

static void come_along(sipws_party *companion, sipws_party *host)
{
	if (companion->host)
		g_ptr_array_remove(companion->host->companions, companion);
	companion->host = host;
	g_ptr_array_add(host->companions, companion);
	sipws_bridge_join(companion->bridge, host->bridge);
	move(companion, host->conn);
	ims_timer_arm(&companion->patience, LOOK_MS);
}

/* Those that were with it before, then itself. */
static void take_home(sipws_party *party, sipws_party *host)
{
	sipws_conn *left = party->conn;

	while (party->companions->len)
		come_along(g_ptr_array_index(party->companions, 0), host);
	if (sipws_bridge_is_over(party->bridge)) {
		if (waits(party))
			sipws_party_free(party);
		return;
	}
	if (waits(party))
		party->server->waiting--;
	come_along(party, host);
	if (left)
		sipws_conn_begin_anew(left);
}

static void come_home(sipws_party *before, sipws_party *party)
{
	if (!party->server->config->reclaim_s)
		return;
	if (talks(before))
		party->server->counters.came_back++;
	take_home(before, party);
}

void sipws_homecoming_proved(sipws_party *party, const char *device, const char *replaced)
{
	sipws_party *before = g_hash_table_lookup(party->server->devices, device);

	if (before == party)
		return;
	if (before)
		forget_device(before);
	remember_device(party, device);
	g_clear_pointer(&party->left, g_free);
	if (!before)
		return;
	if (replaced) /* what its client says next may be for the calls there */
		sipws_bridge_yield(before->bridge, replaced);
	if (sipws_bridge_is_replaced(before->bridge)) {
		come_home(before, party);
	} else { /* not yet; or never: the network takes it for another one, whatever it calls itself */
		g_free(before->left);
		before->left = g_strdup(device);
	}
}

void sipws_homecoming_replaced(sipws_party *party)
{
	sipws_party *now = party->left ? g_hash_table_lookup(party->server->devices, party->left) : NULL;

	g_clear_pointer(&party->left, g_free);
	if (now && sipws_bridge_is_replaced(party->bridge) && !sipws_bridge_is_over(party->bridge))
		come_home(party, now);
}
