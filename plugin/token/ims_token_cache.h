/* ims_token_cache.h: verdicts on tokens that were seen lately. Pure; the caller brings the time.
 *
 * Tokens are known by a SHA-256 of theirs and of the network they were shown to; the oldest of 10,000 is
 * forgotten. */
#pragma once
#include <glib.h>
#include "token/ims_tokens.h"

enum { IMS_TOKEN_CACHE_MAX = 10000, IMS_TOKEN_DIGEST = 32 };

typedef struct ims_token_cache ims_token_cache;
typedef struct {
	guint8 bytes[IMS_TOKEN_DIGEST];
} ims_token_digest;

void ims_token_digest_make(const char *network, const char *token, ims_token_digest *ret_digest);
guint ims_token_digest_hash(gconstpointer digest);
gboolean ims_token_digest_equal(gconstpointer a, gconstpointer b);

ims_token_cache *ims_token_cache_new(void);
void ims_token_cache_free(ims_token_cache *cache); /* accepts NULL */

/* The verdict is copied; until_ms: monotonic. */
void ims_token_cache_put(ims_token_cache *cache, const ims_token_digest *digest, const ims_verdict *verdict,
			 gint64 until_ms);
/* NULL: nothing that holds still. Belongs to the cache until it is changed. */
const ims_verdict *ims_token_cache_get(ims_token_cache *cache, const ims_token_digest *digest, gint64 now_ms);
void ims_token_cache_clear(ims_token_cache *cache);
guint ims_token_cache_count(const ims_token_cache *cache);
