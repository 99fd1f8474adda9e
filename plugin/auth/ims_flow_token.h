/* ims_flow_token.h: the user part of our Path URI.
 *
 * Whoever can forge one can receive another user's calls, so it holds a random flow id and a
 * MAC over it (HMAC-SHA-256, 128 bits kept) under a key of this process (REQ-01, REQ-02).
 * Pure. Comparison in constant time. 32 characters of base64url: all are allowed in a URI user part
 * without escapes, and case matters there (RFC 3261 19.1.4). */
#pragma once
#include <glib.h>

typedef struct {
	guint8 bytes[32];
} ims_flow_key;

void ims_flow_key_init(ims_flow_key *key);                           /* from the kernel's random */
char *ims_flow_token_make(const ims_flow_key *key, guint64 flow_id); /* free with g_free */
/* IMS_E_BAD_TOKEN: NULL, wrong length, characters or MAC. ret_flow_id only on success. */
gboolean ims_flow_token_check(const ims_flow_key *key, const char *token, guint64 *ret_flow_id,
			      GError **error);
