/* ims_digest.h: SIP Digest (RFC 3261 22, RFC 7616, RFC 8760), the client side.
 *
 * MD5, SHA-256, SHA-512-256 and their -sess; qop auth, auth-int or none (RFC 2069). Pure. Secrets are not
 * kept, logged or put into error texts. */
#pragma once
#include <glib.h>
#include "auth/ims_hash.h"
#include "base/ims_secret.h"

/* ims_digest.c: challenges */

typedef struct {
	char *realm, *nonce;             /* quotes and escapes undone; realm may be "", nonce not */
	char *opaque;                    /* NULL: none */
	char *algorithm;                 /* as written; NULL: none given, which means MD5 */
	gboolean qop_auth, qop_auth_int; /* what qop offers; neither: RFC 2069 style */
	gboolean stale;
} ims_challenge;

/* value: a WWW-Authenticate or Proxy-Authenticate header value; NULL is a missing one. IMS_E_BAD_CHALLENGE:
 * not Digest, realm or nonce missing, unbalanced quotes, a parameter twice, control characters, not UTF-8,
 * over 32 parameters or 16 KiB. Several challenges in one value are refused, not guessed apart: SIP
 * gives each a header of its own (RFC 3261 7.3.1). */
ims_challenge *ims_challenge_parse(const char *value, GError **error);
void ims_challenge_free(ims_challenge *challenge);
gboolean ims_challenge_is_same(const ims_challenge *a, const ims_challenge *b); /* realm and nonce */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ims_challenge, ims_challenge_free)

typedef struct {
	ims_hash hash;
	gboolean session; /* -sess: HA1 is hashed once more, with the nonce and cnonce that began it */
} ims_digest_algorithm;

/* name: of an `algorithm`; NULL: none given. FALSE: not one of ours. */
gboolean ims_digest_algorithm_of(const char *name, ims_digest_algorithm *ret_algorithm);

/* Which hashes are answered, the best first; each stands for its -sess, too. */
typedef struct {
	ims_hash hashes[IMS_HASH_N];
	guint count;
} ims_digest_order;

/* names: of char *, as in `algorithm`; those that are not ours, or there before, are left out. */
ims_digest_order ims_digest_order_of(const GPtrArray *names);
gboolean ims_digest_order_has(const ims_digest_order *order, ims_hash hash);

/* The hash that a hexadecimal HA1 was made with: MD5 of 32 digits, SHA-256 of 64. FALSE: it is no HA1. */
gboolean ims_digest_ha1_hash(const char *ha1, ims_hash *ret_hash);

/* ims_digest_answer.c */

typedef struct {
	const char *username;     /* the IMPI */
	const ims_secret *secret; /* NULL: the response stays empty, to who has not proved himself */
	gboolean is_ha1; /* secret is H(username:realm:password) in lower-case hex; else the password */
	const char *method, *uri;
	GBytes *body;              /* of the request; NULL: none. For auth-int */
	const char *cnonce;        /* unused, may be NULL, when ims_challenge_wants_cnonce says no */
	guint32 nc;                /* count of requests with this nonce, from 1 */
	const char *session_nonce; /* of the challenge that began the session; NULL: the challenge's */
	const char *algorithm;     /* hashed with; NULL: what the challenge says. For AKA */
	const char *auts;          /* AKA's, in base64 (RFC 3310 3.4); NULL: none */
} ims_digest_request;

gboolean ims_challenge_wants_cnonce(const ims_challenge *challenge);

/* The header value "Digest username=..., ..., response=...": strings are quoted and escaped, algorithm,
 * nc and qop are tokens. qop is auth where it is offered. IMS_E_BAD_CHALLENGE for algorithms that we do not
 * have. Control characters in any input but the secret, which is only hashed: IMS_E_INVALID_ELEMENT.
 * Free with g_free. */
char *ims_digest_answer(const ims_challenge *challenge, const ims_digest_request *request, GError **error);

/* The Authentication-Info of a 2xx to a request that ims_digest_answer made with the same arguments (REQ-35).
 * body: of the 2xx; NULL: none. FALSE with IMS_E_BAD_CHALLENGE: malformed, or rspauth is there and wrong.
 * ret_nextnonce: the nonce to use from now on, from nc 1; NULL: the same. Free with g_free. */
gboolean ims_digest_check_info(const ims_challenge *challenge, const ims_digest_request *request,
			       const char *value, GBytes *body, char **ret_nextnonce, GError **error);

/* The first REGISTER's header: who we are, nothing proved yet (24.229 5.1.1.2). algorithm: a token, the one
 * to be challenged with; NULL: the network chooses. */
char *ims_digest_empty(const char *impi, const char *realm, const char *uri, const char *algorithm,
		       GError **error);

/* What the edge adds behind an Authorization value: integrity-protected (24.229 7.2A.2). `value` must be
 * NULL (nothing appended, returns a copy) or one of tls-pending, tls-yes, ip-assoc-pending, ip-assoc-yes,
 * tls-connected: "yes" and "no" mean IPsec AKA and can never be produced (REQ-07; an assertion guards it).
 * The first writes ="value", the second the bare token, for networks with integrity_quoted = false. */
char *ims_digest_with_integrity(const char *authorization, const char *value);
char *ims_digest_with_integrity_token(const char *authorization, const char *value);
