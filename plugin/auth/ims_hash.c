#include "auth/ims_hash.h"

#include <openssl/evp.h>
#include <string.h>

static const struct {
	const char *name, *library_name;
	gsize bytes;
} hashes[] = {
	[IMS_HASH_MD5] = { "MD5", "MD5", 16 },
	[IMS_HASH_SHA_256] = { "SHA-256", "SHA2-256", 32 },
	[IMS_HASH_SHA_512_256] = { "SHA-512-256", "SHA2-512/256", 32 },
};
G_STATIC_ASSERT(G_N_ELEMENTS(hashes) == IMS_HASH_N);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_MD, EVP_MD_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_MD_CTX, EVP_MD_CTX_free)

ims_hash_part ims_hash_text(const char *text)
{
	return (ims_hash_part){ text, strlen(text) };
}

const char *ims_hash_name(ims_hash hash)
{
	return hashes[hash].name;
}

gsize ims_hash_digits(ims_hash hash)
{
	return 2 * hashes[hash].bytes;
}

gboolean ims_hash_is_served(ims_hash hash)
{
	g_autoptr(EVP_MD) type = EVP_MD_fetch(NULL, hashes[hash].library_name, NULL);

	return type != NULL;
}

gboolean ims_hash_of(const char *name, ims_hash *ret_hash)
{
	for (guint i = 0; i < IMS_HASH_N; i++)
		if (g_ascii_strcasecmp(name, hashes[i].name) == 0) {
			*ret_hash = i;
			return TRUE;
		}
	return FALSE;
}

static gboolean add(EVP_MD_CTX *sum, const ims_hash_part *parts, gsize count)
{
	for (gsize i = 0; i < count; i++) {
		if (i > 0 && !EVP_DigestUpdate(sum, ":", 1))
			return FALSE;
		if (parts[i].length > 0 && !EVP_DigestUpdate(sum, parts[i].data, parts[i].length))
			return FALSE;
	}
	return TRUE;
}

gboolean ims_hash_joined(ims_hash hash, const ims_hash_part *parts, gsize count, ims_hash_hex ret_hex)
{
	g_autoptr(EVP_MD) type = EVP_MD_fetch(NULL, hashes[hash].library_name, NULL);
	g_autoptr(EVP_MD_CTX) sum = EVP_MD_CTX_new(); /* wipes what it has seen */
	guint8 raw[EVP_MAX_MD_SIZE];
	gboolean done = type && sum && EVP_DigestInit_ex(sum, type, NULL) && add(sum, parts, count) &&
			EVP_DigestFinal_ex(sum, raw, NULL);

	ret_hex[0] = '\0';
	for (gsize i = 0; done && i < hashes[hash].bytes; i++)
		g_snprintf(ret_hex + 2 * i, 3, "%02x", raw[i]);
	explicit_bzero(raw, sizeof(raw));
	return done;
}
