#include "auth/ims_aka_cards.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>
#include <string.h>
#include "base/ims_random.h"

typedef struct {
	guint8 bytes[SHA256_DIGEST_LENGTH];
} card_name;

typedef struct {
	card_name name;
	ims_aka_sqn *sqn;
	GList *use; /* its place in uses */
} card_entry;

struct ims_aka_cards {
	guint8 key[SHA256_DIGEST_LENGTH]; /* of this process */
	guint limit;
	GHashTable *by_name;
	GQueue uses; /* of card_entry, the last used first */
};

static guint hash_of(gconstpointer key)
{
	guint hash;

	memcpy(&hash, key, sizeof(hash));
	return hash;
}

static gboolean is_equal(gconstpointer a, gconstpointer b)
{
	return memcmp(a, b, sizeof(card_name)) == 0;
}

static void entry_free(gpointer data)
{
	card_entry *entry = data;

	ims_aka_sqn_unref(entry->sqn);
	g_free(entry);
}

ims_aka_cards *ims_aka_cards_new(guint limit)
{
	ims_aka_cards *cards = g_new0(ims_aka_cards, 1);

	ims_random_bytes(cards->key, sizeof(cards->key));
	cards->limit = limit;
	cards->by_name = g_hash_table_new_full(hash_of, is_equal, NULL, entry_free);
	return cards;
}

void ims_aka_cards_free(ims_aka_cards *cards)
{
	if (!cards)
		return;
	g_queue_clear(&cards->uses);
	g_hash_table_unref(cards->by_name);
	g_free(cards);
}

void ims_aka_sqn_unref(ims_aka_sqn *sqn)
{
	if (sqn)
		g_rc_box_release(sqn);
}

/* The keys stand first: they have one length. */
static card_name name_of(const ims_aka_cards *cards, const char *impi, const ims_milenage_keys *keys)
{
	gsize length = sizeof(*keys) + strlen(impi);
	guint8 *text = g_malloc(length);
	card_name name;

	memcpy(text, keys, sizeof(*keys));
	memcpy(text + sizeof(*keys), impi, strlen(impi));
	if (!HMAC(EVP_sha256(), cards->key, sizeof(cards->key), text, length, name.bytes, NULL))
		g_error("AKA: no HMAC-SHA-256");
	explicit_bzero(text, length);
	g_free(text);
	return name;
}

static card_entry *insert(ims_aka_cards *cards, const card_name *name)
{
	card_entry *entry = g_new0(card_entry, 1);

	if (g_hash_table_size(cards->by_name) >= cards->limit) {
		card_entry *oldest = g_queue_pop_tail(&cards->uses);

		g_hash_table_remove(cards->by_name, &oldest->name);
	}
	entry->name = *name;
	entry->sqn = g_rc_box_new0(ims_aka_sqn);
	g_queue_push_head(&cards->uses, entry);
	entry->use = cards->uses.head;
	g_hash_table_insert(cards->by_name, &entry->name, entry);
	return entry;
}

ims_aka_sqn *ims_aka_cards_sqn(ims_aka_cards *cards, const char *impi, const ims_milenage_keys *keys)
{
	const card_name name = name_of(cards, impi, keys);
	card_entry *found = g_hash_table_lookup(cards->by_name, &name);

	if (!found)
		found = insert(cards, &name);
	g_queue_unlink(&cards->uses, found->use);
	g_queue_push_head_link(&cards->uses, found->use);
	return g_rc_box_acquire(found->sqn);
}
