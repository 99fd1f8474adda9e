#include "base/ims_pseudonym.h"

#include <string.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include "base/ims_random.h"

void ims_pseudonym_key_init(ims_pseudonym_key *key)
{
	ims_random_bytes(key->bytes, sizeof(key->bytes));
}

/* HMAC(HMAC(key, space), text): nothing has to be joined, so nothing can be moved from one to the other. */
guint64 ims_pseudonym_number(const ims_pseudonym_key *key, const char *space, const char *text)
{
	guint8 inner[EVP_MAX_MD_SIZE], outer[EVP_MAX_MD_SIZE];
	guint length;
	guint64 number;

	HMAC(EVP_sha256(), key->bytes, sizeof(key->bytes), (const guint8 *)space, strlen(space), inner,
	     &length);
	HMAC(EVP_sha256(), inner, (int)length, (const guint8 *)text, strlen(text), outer, NULL);
	memcpy(&number, outer, sizeof(number));
	return GUINT64_FROM_BE(number);
}

char *ims_pseudonym(const ims_pseudonym_key *key, const char *space, const char *text)
{
	return g_strdup_printf("%016" G_GINT64_MODIFIER "x", ims_pseudonym_number(key, space, text));
}
