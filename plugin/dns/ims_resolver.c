#include "dns/ims_resolver.h"

#include "base/ims_log.h"
#include "base/ims_random.h"
#include "dns/ims_dns.h"
#include "dns/ims_dns_cache.h"
#include "dns/ims_hops.h"

#define QUESTIONS_MAX 256 /* under way at the same time */
#define AVOID_MS 60000
#define AVOID_MAX 256

struct ims_resolver {
	ims_alarms *alarms;
	ims_dns *dns;
	ims_dns_cache *cache;
	ims_clock *clock;
	ims_hop_search search;
	gint64 since_ms;     /* when the look-up that is tried began */
	GHashTable *asked;   /* set of "type name": questions under way */
	GQueue waiting;      /* of ims_look_up, in order */
	GHashTable *avoided; /* hop -> gint64 *, until when */
};

struct ims_look_up {
	ims_resolver *resolver;
	ims_look_up **slot; /* where its owner keeps it */
	ims_hop_target target;
	gint64 since_ms;
	ims_look_up_done done;
	gpointer user;
};

static guint32 by_chance(gpointer user)
{
	(void)user;
	return (guint32)ims_random_u53();
}

/* Questions */

static const ims_dns_answer *ask(ims_dns_type type, const char *name, gpointer user)
{
	ims_resolver *resolver = user;
	const ims_dns_answer *known = ims_dns_cache_get(resolver->cache, type, name, resolver->since_ms);
	g_autofree char *question = g_strdup_printf("%d %s", type, name);

	if (known || g_hash_table_contains(resolver->asked, question))
		return known;
	if (g_hash_table_size(resolver->asked) >= QUESTIONS_MAX) {
		ims_warn(name, "not looked up: %d questions to name servers are open", QUESTIONS_MAX);
		ims_dns_cache_put(resolver->cache, type, name, ims_dns_answer_new(IMS_DNS_FAILED, 0));
		return ims_dns_cache_get(resolver->cache, type, name, resolver->since_ms);
	}
	g_hash_table_add(resolver->asked, g_steal_pointer(&question));
	ims_dns_ask(resolver->dns, type, name);
	return NULL;
}

/* Hops */

static gboolean is_avoided(ims_resolver *resolver, const char *hop)
{
	const gint64 *until_ms = g_hash_table_lookup(resolver->avoided, hop);

	return until_ms && *until_ms > ims_clock_now_ms(resolver->clock);
}

static GPtrArray *avoided_last(ims_resolver *resolver, const GPtrArray *hops)
{
	GPtrArray *ordered = g_ptr_array_new();

	for (int avoided = FALSE; avoided <= TRUE; avoided++)
		for (guint i = 0; i < hops->len; i++)
			if (is_avoided(resolver, g_ptr_array_index(hops, i)) == avoided)
				g_ptr_array_add(ordered, g_ptr_array_index(hops, i));
	return ordered;
}

static gboolean is_past(gpointer hop, gpointer until_ms, gpointer now_ms)
{
	(void)hop;
	return *(const gint64 *)until_ms <= *(const gint64 *)now_ms;
}

void ims_resolver_avoid(ims_resolver *resolver, const char *hop)
{
	gint64 now_ms = ims_clock_now_ms(resolver->clock);
	gint64 *until_ms;

	ims_alarm(resolver->alarms, IMS_ALARM_CORE_UNREACHABLE,
		  "%s did not answer, or says that it does not serve: others are tried before it", hop);
	g_hash_table_foreach_remove(resolver->avoided, is_past, &now_ms);
	if (g_hash_table_size(resolver->avoided) >= AVOID_MAX)
		return;
	until_ms = g_new(gint64, 1);
	*until_ms = now_ms + AVOID_MS;
	g_hash_table_replace(resolver->avoided, g_strdup(hop), until_ms);
}

/* Look-ups */

static void look_up_free(ims_look_up *look_up)
{
	ims_hop_target_clear(&look_up->target);
	g_free(look_up);
}

static void wait_for_answers(ims_resolver *resolver, ims_look_up *look_up)
{
	g_queue_push_tail(&resolver->waiting, look_up);
	*look_up->slot = look_up;
}

/* Before its owner is told, who may start the next one in the same slot, or be gone afterwards. */
static void finish(ims_resolver *resolver, ims_look_up *look_up, const GPtrArray *hops)
{
	g_autoptr(GPtrArray) ordered = avoided_last(resolver, hops);
	ims_look_up_done done = look_up->done;
	gpointer user = look_up->user;

	if (hops->len == 0)
		ims_alarm(resolver->alarms, IMS_ALARM_NO_ROUTE, "%s leads to no host that can be sent to",
			  look_up->target.host);
	*look_up->slot = NULL;
	look_up_free(look_up);
	done(ordered, user);
}

static void try(ims_resolver *resolver, ims_look_up *look_up)
{
	g_autoptr(GPtrArray) hops = NULL;

	resolver->since_ms = look_up->since_ms;
	hops = ims_hops_find(&look_up->target, &resolver->search);
	if (hops)
		finish(resolver, look_up, hops);
	else
		wait_for_answers(resolver, look_up);
}

void ims_resolver_look_up(ims_resolver *resolver, const char *uri, ims_look_up_done done, gpointer user,
			  ims_look_up **slot)
{
	ims_look_up *look_up = g_new0(ims_look_up, 1);

	g_assert(!*slot);
	*look_up = (ims_look_up){ .resolver = resolver,
				  .slot = slot,
				  .since_ms = ims_clock_now_ms(resolver->clock),
				  .done = done,
				  .user = user };
	if (ims_hop_target_parse(uri, &look_up->target)) {
		try(resolver, look_up);
	} else {
		g_autoptr(GPtrArray) none = g_ptr_array_new();

		ims_warn(NULL, "not a URI that can be sent to: %.100s", uri);
		look_up->target.host = g_strdup(uri);
		finish(resolver, look_up, none);
	}
}

void ims_look_up_drop(ims_look_up **slot)
{
	ims_look_up *look_up = g_steal_pointer(slot);

	if (!look_up)
		return;
	g_queue_remove(&look_up->resolver->waiting, look_up);
	look_up_free(look_up);
}

/* Whoever is told may start and drop others: so it is gone by the number that wait now. One that is
 * tried twice does no harm. */
static void on_answer(ims_dns_type type, const char *name, ims_dns_answer *answer, gpointer user)
{
	ims_resolver *resolver = user;
	g_autofree char *question = g_strdup_printf("%d %s", type, name);

	g_hash_table_remove(resolver->asked, question);
	if (answer->outcome == IMS_DNS_FAILED)
		ims_alarm(resolver->alarms, IMS_ALARM_DNS_DOWN, "no answer from name servers about %s", name);
	ims_dns_cache_put(resolver->cache, type, name, answer);
	for (guint left = g_queue_get_length(&resolver->waiting); left > 0; left--) {
		ims_look_up *next = g_queue_pop_head(&resolver->waiting);

		if (next)
			try(resolver, next);
	}
}

/* Life */

static char *joined(const GPtrArray *texts)
{
	GString *list = g_string_new(NULL);

	for (guint i = 0; i < texts->len; i++)
		g_string_append_printf(list, "%s%s", i ? "," : "", (char *)g_ptr_array_index(texts, i));
	return g_string_free(list, FALSE);
}

ims_resolver *ims_resolver_new(const ims_resolver_setup *setup, ims_worker *home, ims_clock *clock)
{
	ims_resolver *resolver = g_new0(ims_resolver, 1);
	g_autofree char *servers = joined(setup->servers);

	resolver->alarms = setup->alarms;
	resolver->clock = clock;
	resolver->search = (ims_hop_search){ .ask = ask,
					     .random = by_chance,
					     .user = resolver,
					     .ip4 = setup->ip4,
					     .ip6 = setup->ip6,
					     .tls = setup->tls };
	resolver->cache = ims_dns_cache_new(clock);
	resolver->asked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
	resolver->avoided = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
	g_queue_init(&resolver->waiting);
	resolver->dns = ims_dns_new(*servers ? servers : NULL, home, on_answer, resolver);
	return resolver;
}

void ims_resolver_close(ims_resolver *resolver)
{
	ims_dns_close(resolver->dns);
}

void ims_resolver_free(ims_resolver *resolver)
{
	if (!resolver)
		return;
	g_assert(g_queue_is_empty(&resolver->waiting));
	ims_dns_free(resolver->dns);
	ims_dns_cache_free(resolver->cache);
	g_hash_table_unref(resolver->asked);
	g_hash_table_unref(resolver->avoided);
	g_free(resolver);
}
