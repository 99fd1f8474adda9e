#include "dns/ims_dns_cache.h"

#define ENTRIES_MAX 1024
#define RECORDS_MAX 64 /* of one answer: whoever owns a name may send thousands */
#define TTL_MAX_S 86400
#define NONE_MAX_S 30
#define FAILED_S 5
#define STALE_MS (86400 * G_GINT64_CONSTANT(1000))

typedef struct {
	ims_dns_answer *answer;
	gint64 came_ms;
	gint64 until_ms; /* it holds until then; from then on only if nobody answers ... */
	gint64 end_ms;   /* ... up to then */
} entry;

struct ims_dns_cache {
	ims_clock *clock;
	GHashTable *entries; /* "type name" -> entry */
};

static void entry_free(gpointer data)
{
	entry *e = data;

	ims_dns_answer_free(e->answer);
	g_free(e);
}

ims_dns_cache *ims_dns_cache_new(ims_clock *clock)
{
	ims_dns_cache *cache = g_new0(ims_dns_cache, 1);

	cache->clock = clock;
	cache->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_free);
	return cache;
}

void ims_dns_cache_free(ims_dns_cache *cache)
{
	if (!cache)
		return;
	g_hash_table_unref(cache->entries);
	g_free(cache);
}

static char *key_of(ims_dns_type type, const char *name)
{
	g_autofree char *lower = g_ascii_strdown(name, -1);

	return g_strdup_printf("%d %s", type, lower);
}

const ims_dns_answer *ims_dns_cache_get(ims_dns_cache *cache, ims_dns_type type, const char *name,
					gint64 since_ms)
{
	g_autofree char *key = key_of(type, name);
	const entry *e = g_hash_table_lookup(cache->entries, key);

	return e && (e->until_ms > ims_clock_now_ms(cache->clock) || e->came_ms >= since_ms) ? e->answer
											     : NULL;
}

static guint holds_s(const ims_dns_answer *answer)
{
	switch (answer->outcome) {
	case IMS_DNS_FOUND:
		return CLAMP(answer->ttl_s, 1, TTL_MAX_S);
	case IMS_DNS_NONE:
		return answer->ttl_s ? MIN(answer->ttl_s, NONE_MAX_S) : NONE_MAX_S;
	default:
		return FAILED_S;
	}
}

static gboolean is_past(gpointer key, gpointer value, gpointer now_ms)
{
	const entry *e = value;

	(void)key;
	return e->end_ms <= *(gint64 *)now_ms;
}

static void drop_earliest(ims_dns_cache *cache)
{
	GHashTableIter all;
	gpointer key, value, earliest = NULL;
	gint64 until_ms = G_MAXINT64;

	g_hash_table_iter_init(&all, cache->entries);
	while (g_hash_table_iter_next(&all, &key, &value))
		if (((const entry *)value)->until_ms < until_ms) {
			until_ms = ((const entry *)value)->until_ms;
			earliest = key;
		}
	g_hash_table_remove(cache->entries, earliest);
}

static void make_room(ims_dns_cache *cache, gint64 now_ms)
{
	if (g_hash_table_size(cache->entries) < ENTRIES_MAX)
		return;
	g_hash_table_foreach_remove(cache->entries, is_past, &now_ms);
	if (g_hash_table_size(cache->entries) >= ENTRIES_MAX)
		drop_earliest(cache);
}

void ims_dns_cache_put(ims_dns_cache *cache, ims_dns_type type, const char *name, ims_dns_answer *answer)
{
	gint64 now_ms = ims_clock_now_ms(cache->clock);
	gint64 until_ms = now_ms + (gint64)holds_s(answer) * 1000;
	gint64 end_ms = until_ms + (answer->outcome == IMS_DNS_FOUND ? STALE_MS : 0);
	g_autofree char *key = key_of(type, name);
	entry *e = g_hash_table_lookup(cache->entries, key);

	if (e && answer->outcome == IMS_DNS_FAILED && !is_past(key, e, &now_ms)) {
		e->came_ms = now_ms;
		e->until_ms = MAX(e->until_ms, until_ms);
		ims_dns_answer_free(answer);
		return;
	}
	if (!e)
		make_room(cache, now_ms);
	if (answer->records->len > RECORDS_MAX)
		g_ptr_array_set_size(answer->records, RECORDS_MAX);
	e = g_new(entry, 1);
	*e = (entry){ answer, now_ms, until_ms, end_ms };
	g_hash_table_replace(cache->entries, g_steal_pointer(&key), e);
}
