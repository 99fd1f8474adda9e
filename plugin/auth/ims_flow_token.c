/* ims_flow_token.c: 8 bytes flow id, 16 bytes MAC, as 32 base64url characters.
 *
 * 24 bytes fill base64 exactly: no padding and no spare bits, so a flow has one spelling only. */
#include "auth/ims_flow_token.h"

#include <string.h>
#include "base/ims_error.h"
#include "base/ims_random.h"
#include "base/ims_secret.h"

enum { ID_BYTES = 8, MAC_BYTES = 16, RAW_BYTES = ID_BYTES + MAC_BYTES, TOKEN_CHARS = RAW_BYTES / 3 * 4 };

static const char alphabet[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

static void seal(const ims_flow_key *key, guint64 flow_id, guint8 ret_raw[RAW_BYTES])
{
	g_autoptr(GHmac) hmac = g_hmac_new(G_CHECKSUM_SHA256, key->bytes, sizeof(key->bytes));
	guint64 id = GUINT64_TO_BE(flow_id);
	guint8 mac[32];
	gsize length = sizeof(mac);

	memcpy(ret_raw, &id, ID_BYTES);
	g_hmac_update(hmac, ret_raw, ID_BYTES);
	g_hmac_get_digest(hmac, mac, &length);
	memcpy(ret_raw + ID_BYTES, mac, MAC_BYTES);
}

/* g_base64_decode would skip what it does not know: many spellings of one token. */
static gboolean decode(const char *token, guint8 ret_raw[RAW_BYTES])
{
	for (gsize i = 0; i < TOKEN_CHARS / 4; i++) {
		guint32 bits = 0;

		for (gsize j = 0; j < 4; j++) {
			const char *at = strchr(alphabet, token[4 * i + j]);

			if (!at)
				return FALSE;
			bits = bits << 6 | (guint32)(at - alphabet);
		}
		ret_raw[3 * i] = (guint8)(bits >> 16);
		ret_raw[3 * i + 1] = (guint8)(bits >> 8);
		ret_raw[3 * i + 2] = (guint8)bits;
	}
	return TRUE;
}

void ims_flow_key_init(ims_flow_key *key)
{
	ims_random_bytes(key->bytes, sizeof(key->bytes));
}

char *ims_flow_token_make(const ims_flow_key *key, guint64 flow_id)
{
	guint8 raw[RAW_BYTES];
	char *token;

	seal(key, flow_id, raw);
	token = g_base64_encode(raw, sizeof(raw));
	g_strdelimit(token, "+", '-');
	return g_strdelimit(token, "/", '_');
}

gboolean ims_flow_token_check(const ims_flow_key *key, const char *token, guint64 *ret_flow_id,
			      GError **error)
{
	guint8 raw[RAW_BYTES], right[RAW_BYTES];
	guint64 id;

	if (!token || strnlen(token, TOKEN_CHARS + 1) != TOKEN_CHARS || !decode(token, raw)) {
		g_set_error(error, IMS_ERROR, IMS_E_BAD_TOKEN, "flow token: not %d characters of base64url",
			    TOKEN_CHARS);
		return FALSE;
	}
	memcpy(&id, raw, ID_BYTES);
	id = GUINT64_FROM_BE(id);
	seal(key, id, right);
	if (!ims_bytes_equal(raw, right, RAW_BYTES)) {
		g_set_error(error, IMS_ERROR, IMS_E_BAD_TOKEN, "flow token: its MAC is wrong");
		return FALSE;
	}
	*ret_flow_id = id;
	return TRUE;
}
