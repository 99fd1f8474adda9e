#include "sip/ims_peers.h"

#include <string.h>

#include "base/ims_log.h"
#include "dns/ims_hops.h"
#include "sip/ims_role.h"

#define REFRESH_MS 1000

typedef struct {
	guint admitted;
	char *uri;
	ims_resolver *resolver;
	GPtrArray *addresses; /* of char *; those known last stay until others are known */
	ims_look_up *look_up;
} peer;

struct ims_peers {
	const ims_config *config; /* the stack's */
	ims_resolver *resolver;
	ims_clock *clock;
	GHashTable *by_target; /* "host port via" -> peer */
	gint64 refreshed_ms;
};

static void peer_free(gpointer data)
{
	peer *p = data;

	ims_look_up_drop(&p->look_up);
	g_ptr_array_unref(p->addresses);
	g_free(p->uri);
	g_free(p);
}

/* Users of one host share it, whatever else their URIs say. NULL: it leads nowhere. */
static char *key_of(const char *uri)
{
	g_auto(ims_hop_target) target = { 0 };

	if (!ims_hop_target_parse(uri, &target))
		return NULL;
	return g_strdup_printf("%s %u %d", target.host, target.port, target.via);
}

static void on_found(const GPtrArray *hops, gpointer user)
{
	peer *p = user;

	if (hops->len > 0)
		g_ptr_array_set_size(p->addresses, 0);
	for (guint i = 0; i < hops->len; i++) {
		g_auto(ims_hop_target) hop = { 0 };

		if (ims_hop_target_parse(g_ptr_array_index(hops, i), &hop))
			g_ptr_array_add(p->addresses, g_steal_pointer(&hop.host));
	}
}

static void find(peer *p)
{
	if (!p->look_up)
		ims_resolver_look_up(p->resolver, p->uri, on_found, p, &p->look_up);
}

void ims_peers_admit(ims_peers *peers, const char *uri)
{
	g_autofree char *key = key_of(uri);
	peer *p = key ? g_hash_table_lookup(peers->by_target, key) : NULL;

	if (!key)
		return;
	if (!p) {
		p = g_new0(peer, 1);
		p->uri = g_strdup(uri);
		p->resolver = peers->resolver;
		p->addresses = g_ptr_array_new_with_free_func(g_free);
		g_hash_table_insert(peers->by_target, g_steal_pointer(&key), p);
	}
	p->admitted++;
	find(p);
}

void ims_peers_dismiss(ims_peers *peers, const char *uri)
{
	g_autofree char *key = key_of(uri);
	peer *p = key ? g_hash_table_lookup(peers->by_target, key) : NULL;

	if (p && --p->admitted == 0)
		g_hash_table_remove(peers->by_target, key);
}

const ims_network *ims_peers_network(const ims_peers *peers, const char *address)
{
	const GPtrArray *networks = peers->config->networks;

	for (guint n = 0; n < networks->len; n++) {
		const ims_network *network = g_ptr_array_index(networks, n);

		if (g_ptr_array_find_with_equal_func(network->core_addresses, address, g_str_equal, NULL))
			return network;
	}
	return NULL;
}

gboolean ims_peers_have(const ims_peers *peers, const char *address)
{
	GHashTableIter all;
	gpointer p;

	if (ims_peers_network(peers, address))
		return TRUE;
	g_hash_table_iter_init(&all, peers->by_target);
	while (g_hash_table_iter_next(&all, NULL, &p))
		if (g_ptr_array_find_with_equal_func(((peer *)p)->addresses, address, g_str_equal, NULL))
			return TRUE;
	return FALSE;
}

void ims_peers_refresh(ims_peers *peers)
{
	gint64 now_ms = ims_clock_now_ms(peers->clock);
	GHashTableIter all;
	gpointer p;

	if (now_ms - peers->refreshed_ms < REFRESH_MS)
		return;
	peers->refreshed_ms = now_ms;
	g_hash_table_iter_init(&all, peers->by_target);
	while (g_hash_table_iter_next(&all, NULL, &p))
		find(p);
}

typedef void each_entry(ims_peers *peers, const char *uri);

static void for_entries(ims_peers *peers, const ims_config *config, each_entry *each)
{
	for (guint n = 0; n < config->networks->len; n++) {
		const ims_network *network = g_ptr_array_index(config->networks, n);

		each(peers, ims_role_way(network, network->entry_uri));
	}
}

ims_peers *ims_peers_new(const ims_config *config, ims_resolver *resolver, ims_clock *clock)
{
	ims_peers *peers = g_new0(ims_peers, 1);

	peers->config = config;
	peers->resolver = resolver;
	peers->clock = clock;
	peers->by_target = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, peer_free);
	for_entries(peers, config, ims_peers_admit);
	return peers;
}

void ims_peers_serve(ims_peers *peers, const ims_config *config)
{
	for_entries(peers, config, ims_peers_admit); /* first, so that a host of both is not looked up anew */
	for_entries(peers, peers->config, ims_peers_dismiss);
	peers->config = config;
}

void ims_peers_free(ims_peers *peers)
{
	if (!peers)
		return;
	g_hash_table_unref(peers->by_target);
	g_free(peers);
}
