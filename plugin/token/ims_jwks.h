/* ims_jwks.h: the public keys of an issuer (RFC 7517). Pure.
 *
 * Only what a key is made of is taken from its JWK, never a certificate or an address that stands beside it
 * (REQ-65). Keys that can verify nothing of ours are passed over: symmetric ones, curves we do not have, RSA
 * under 2048 or over 8192 bits, keys for encryption. */
#pragma once
#include <rhonabwy.h>
#include <glib.h>

typedef struct ims_jwks ims_jwks;

enum { IMS_JWKS_MAX = 64 }; /* keys of a set that are looked at */

/* NULL with IMS_TOKEN_UNAVAILABLE: no set of keys, or none in it that is of use. */
ims_jwks *ims_jwks_parse(gconstpointer bytes, gsize length, GError **error);
void ims_jwks_free(ims_jwks *keys); /* accepts NULL */
guint ims_jwks_count(const ims_jwks *keys);

typedef struct {
	char *kid; /* NULL: none */
	jwk_t *jwk;
	gsize signature;  /* bytes that a signature with it has */
	const char *kind; /* "RSA", "P-256", "P-384", "P-521", "Ed25519" */
	char *alg;        /* the one algorithm it is for; NULL: any that fits */
} ims_jwk;

/* The key that a header means: of that kid, and fit for the algorithm (REQ-62). kid NULL: the only one that
 * fits. NULL: none, or more than one. Belongs to the set. */
const ims_jwk *ims_jwks_find(const ims_jwks *keys, const char *kid, const char *alg);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ims_jwks, ims_jwks_free)
