#include "server/sipws_door.h"

#include <netinet/in.h>
#include <string.h>
#include "base/ims_rate.h"

enum { ADDRESSES_MAX = 100000, SWEEP_MS = 10000 };

struct sipws_visitor {
	guint64 key;
	guint connections;
	ims_rate rate;
};

struct sipws_door {
	guint limit, per_address, per_minute;
	guint count;
	gint64 swept_ms;
	GHashTable *visitors; /* key of a visitor -> it */
};

sipws_door *sipws_door_new(guint connections, guint per_address, guint per_minute)
{
	sipws_door *door = g_new0(sipws_door, 1);

	door->limit = connections;
	door->per_address = per_address;
	door->per_minute = per_minute;
	door->visitors = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
	return door;
}

void sipws_door_free(sipws_door *door)
{
	if (!door)
		return;
	g_hash_table_unref(door->visitors);
	g_free(door);
}

/* IPv4 is where no IPv6 network is: in ::/64. */
static guint64 key_of(const struct sockaddr *address)
{
	struct in6_addr ip6;
	struct in_addr ip4;
	guint64 key = 0;

	if (address->sa_family == AF_INET) {
		ip4 = ((const struct sockaddr_in *)(gconstpointer)address)->sin_addr;
		return ip4.s_addr;
	}
	if (address->sa_family != AF_INET6)
		return 0;
	ip6 = ((const struct sockaddr_in6 *)(gconstpointer)address)->sin6_addr;
	if (IN6_IS_ADDR_V4MAPPED(&ip6)) {
		memcpy(&ip4, ip6.s6_addr + 12, sizeof(ip4));
		return ip4.s_addr;
	}
	memcpy(&key, ip6.s6_addr, sizeof(key));
	return key;
}

static gboolean is_forgettable(gpointer key, gpointer value, gpointer now_ms)
{
	sipws_visitor *visitor = value;

	(void)key;
	return visitor->connections == 0 && ims_rate_is_full(&visitor->rate, *(const gint64 *)now_ms);
}

static gboolean is_absent(gpointer key, gpointer value, gpointer user)
{
	(void)key;
	(void)user;
	return ((const sipws_visitor *)value)->connections == 0;
}

/* When too many addresses come to remember how often each did, all are forgiven. */
static void sweep(sipws_door *door, gint64 now_ms)
{
	gboolean crowded = g_hash_table_size(door->visitors) >= ADDRESSES_MAX;

	if (!crowded && now_ms - door->swept_ms < SWEEP_MS)
		return;
	door->swept_ms = now_ms;
	g_hash_table_foreach_remove(door->visitors, is_forgettable, &now_ms);
	if (g_hash_table_size(door->visitors) >= ADDRESSES_MAX)
		g_hash_table_foreach_remove(door->visitors, is_absent, NULL);
}

static sipws_visitor *visitor_of(sipws_door *door, const struct sockaddr *address, gint64 now_ms)
{
	guint64 key = key_of(address);
	sipws_visitor *visitor = g_hash_table_lookup(door->visitors, &key);

	if (visitor)
		return visitor;
	sweep(door, now_ms);
	visitor = g_new0(sipws_visitor, 1);
	visitor->key = key;
	ims_rate_init(&visitor->rate, door->per_minute, now_ms);
	g_hash_table_insert(door->visitors, &visitor->key, visitor);
	return visitor;
}

sipws_door_answer sipws_door_knock(sipws_door *door, const struct sockaddr *address, gint64 now_ms)
{
	sipws_visitor *visitor = visitor_of(door, address, now_ms);

	if (!ims_rate_take(&visitor->rate, now_ms))
		return SIPWS_DOOR_TOO_OFTEN;
	if (door->limit && door->count >= door->limit)
		return SIPWS_DOOR_FULL;
	if (door->per_address && visitor->connections >= door->per_address)
		return SIPWS_DOOR_TOO_MANY;
	return SIPWS_DOOR_OPEN;
}

sipws_visitor *sipws_door_enter(sipws_door *door, const struct sockaddr *address, gint64 now_ms)
{
	sipws_visitor *visitor = visitor_of(door, address, now_ms);

	visitor->connections++;
	door->count++;
	return visitor;
}

void sipws_door_leave(sipws_door *door, sipws_visitor *visitor)
{
	visitor->connections--;
	door->count--;
}

guint sipws_door_count(const sipws_door *door)
{
	return door->count;
}

guint sipws_door_remembered(const sipws_door *door)
{
	return g_hash_table_size(door->visitors);
}
