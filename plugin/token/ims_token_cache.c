#include "token/ims_token_cache.h"

#include <openssl/evp.h>
#include <string.h>

struct ims_token_cache {
	GHashTable *entries; /* digest, inside the entry -> entry */
	GQueue order;        /* of entry, oldest first; each has its own link */
};

typedef struct {
	ims_token_digest digest;
	ims_token_cache *cache;
	GList link;
	ims_verdict verdict; /* its grant and its error are the entry's own */
	gint64 until_ms;
} entry;

void ims_token_digest_make(const char *network, const char *token, ims_token_digest *ret_digest)
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	gboolean good = context && EVP_DigestInit_ex(context, EVP_sha256(), NULL) &&
			EVP_DigestUpdate(context, network, strlen(network) + 1) &&
			EVP_DigestUpdate(context, token, strlen(token)) &&
			EVP_DigestFinal_ex(context, ret_digest->bytes, NULL);

	g_assert(good); /* out of memory */
	EVP_MD_CTX_free(context);
}

guint ims_token_digest_hash(gconstpointer digest)
{
	guint hash;

	memcpy(&hash, digest, sizeof(hash));
	return hash;
}

gboolean ims_token_digest_equal(gconstpointer a, gconstpointer b)
{
	return memcmp(a, b, IMS_TOKEN_DIGEST) == 0;
}

static void entry_free(gpointer data)
{
	entry *e = data;

	g_queue_unlink(&e->cache->order, &e->link);
	ims_grant_unref(e->verdict.grant);
	g_clear_error((GError **)&e->verdict.error);
	g_free(e);
}

ims_token_cache *ims_token_cache_new(void)
{
	ims_token_cache *cache = g_new0(ims_token_cache, 1);

	cache->entries =
		g_hash_table_new_full(ims_token_digest_hash, ims_token_digest_equal, NULL, entry_free);
	g_queue_init(&cache->order);
	return cache;
}

void ims_token_cache_free(ims_token_cache *cache)
{
	if (!cache)
		return;
	g_hash_table_unref(cache->entries);
	g_free(cache);
}

static void drop(ims_token_cache *cache, const ims_token_digest *digest)
{
	g_hash_table_remove(cache->entries, digest);
}

void ims_token_cache_put(ims_token_cache *cache, const ims_token_digest *digest, const ims_verdict *verdict,
			 gint64 until_ms)
{
	entry *e = g_new0(entry, 1);

	drop(cache, digest);
	if (g_hash_table_size(cache->entries) >= IMS_TOKEN_CACHE_MAX) {
		const entry *oldest = g_queue_peek_head(&cache->order);

		drop(cache, &oldest->digest);
	}
	e->digest = *digest;
	e->cache = cache;
	e->verdict.grant = verdict->grant ? ims_grant_ref(verdict->grant) : NULL;
	e->verdict.error = verdict->error ? g_error_copy(verdict->error) : NULL;
	e->verdict.issuer = verdict->issuer;
	e->until_ms = until_ms;
	e->link.data = e;
	g_queue_push_tail_link(&cache->order, &e->link);
	g_hash_table_insert(cache->entries, &e->digest, e);
}

const ims_verdict *ims_token_cache_get(ims_token_cache *cache, const ims_token_digest *digest, gint64 now_ms)
{
	const entry *e = g_hash_table_lookup(cache->entries, digest);

	if (e && e->until_ms > now_ms)
		return &e->verdict;
	drop(cache, digest);
	return NULL;
}

void ims_token_cache_clear(ims_token_cache *cache)
{
	g_hash_table_remove_all(cache->entries);
}

guint ims_token_cache_count(const ims_token_cache *cache)
{
	return g_hash_table_size(cache->entries);
}
