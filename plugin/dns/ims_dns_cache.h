/* ims_dns_cache.h: what name servers said, for as long as it holds.
 *
 * Pure but for the clock it is given. Answers hold for their TTL, 1 s to a day; that there is none for
 * at most 30 s. When no server answers, what was known serves on (RFC 8767), for up to a day.
 * At most 1,024 answers are kept, with 64 records each. */
#pragma once
#include <glib.h>
#include "base/ims_clock.h"
#include "dns/ims_dns_answer.h"

typedef struct ims_dns_cache ims_dns_cache;

ims_dns_cache *ims_dns_cache_new(ims_clock *clock);
void ims_dns_cache_free(ims_dns_cache *cache);

/* Borrowed until the cache is changed. NULL: to be asked. An answer that came at since_ms or later counts
 * even if it has expired: so a search of several steps ends, however slow name servers are. */
const ims_dns_answer *ims_dns_cache_get(ims_dns_cache *cache, ims_dns_type type, const char *name,
					gint64 since_ms);
void ims_dns_cache_put(ims_dns_cache *cache, ims_dns_type type, const char *name, ims_dns_answer *answer);
