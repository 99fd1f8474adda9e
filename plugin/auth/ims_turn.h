/* ims_turn.h: credentials for a TURN server that are good for a while (33.203 X.5 solution 1, REQ-145).
 *
 * The TURN server and we share a secret (coturn: use-auth-secret). The user name is the second until which
 * the credentials are good and a pseudonym, the password base64 of the user name's HMAC-SHA1 under the
 * secret: the server needs no list of users, and learns nobody's identity. Pure. */
#pragma once
#include <glib.h>

typedef struct {
	char *username;   /* "1790000000:3f2a..." */
	char *credential; /* the password; wiped when cleared */
} ims_turn_credentials;

/* until_s: wall clock, seconds since 1970. */
ims_turn_credentials ims_turn_credentials_make(const char *secret, const char *pseudonym, gint64 until_s);
void ims_turn_credentials_clear(ims_turn_credentials *credentials);

G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ims_turn_credentials, ims_turn_credentials_clear)
