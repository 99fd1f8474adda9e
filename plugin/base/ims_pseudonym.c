#include "base/ims_pseudonym.h"

#include <string.h>
#include <openssl/evp.h>
#include "base/ims_random.h"

void ims_pseudonym_key_init(ims_pseudonym_key *key)
{
	ims_random_bytes(key->bytes, sizeof(key->bytes));
}

/* The start of SHA-256(key, space, 0, text): the key has one length, and the 0 keeps the others apart. A
 * start cannot be gone on from, so that an HMAC, four times the work, would add nothing. */
guint64 ims_pseudonym_number(const ims_pseudonym_key *key, const char *space, const char *text)
{
	g_autoptr(GByteArray) all = g_byte_array_sized_new(128);
	guint8 hash[EVP_MAX_MD_SIZE];
	guint64 number;

	g_byte_array_append(all, key->bytes, sizeof(key->bytes));
	g_byte_array_append(all, (const guint8 *)space, (guint)strlen(space) + 1);
	g_byte_array_append(all, (const guint8 *)text, (guint)strlen(text));
	g_assert(EVP_Digest(all->data, all->len, hash, NULL, EVP_sha256(), NULL));
	explicit_bzero(all->data, all->len);
	memcpy(&number, hash, sizeof(number));
	return GUINT64_FROM_BE(number);
}

char *ims_pseudonym(const ims_pseudonym_key *key, const char *space, const char *text)
{
	return g_strdup_printf("%016" G_GINT64_MODIFIER "x", ims_pseudonym_number(key, space, text));
}
