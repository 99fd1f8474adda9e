#include "auth/ims_turn.h"

#include <string.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include "base/ims_secret.h"

ims_turn_credentials ims_turn_credentials_make(const char *secret, const char *pseudonym, gint64 until_s)
{
	char *username = g_strdup_printf("%" G_GINT64_FORMAT ":%s", until_s, pseudonym);
	guint8 mac[EVP_MAX_MD_SIZE];
	guint length;

	HMAC(EVP_sha1(), secret, (int)strlen(secret), (const guint8 *)username, strlen(username), mac,
	     &length);
	return (ims_turn_credentials){ username, g_base64_encode(mac, length) };
}

void ims_turn_credentials_clear(ims_turn_credentials *credentials)
{
	g_clear_pointer(&credentials->username, g_free);
	g_clear_pointer(&credentials->credential, ims_wipe_text);
}
