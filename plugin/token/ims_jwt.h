/* ims_jwt.h: a signed JWT (RFC 7519, RFC 7515 compact): its form, its header, its signature. Pure.
 *
 * The header has no say in where the key comes from: jku, x5u, jwk and x5c are not looked at (REQ-65). */
#pragma once
#include <jansson.h>
#include <glib.h>
#include "config/ims_config.h"
#include "token/ims_jwks.h"

typedef struct {
	json_t *header, *claims;
	const char *alg; /* in header */
	const char *kid; /* in header; NULL: none */
} ims_jwt;

/* Three or five parts, the first of which is a JSON object: what is no JWT is an opaque token. */
gboolean ims_jwt_is_one(const char *token);

/* IMS_TOKEN_MALFORMED: encrypted, parts that are not base64url of JSON objects, a name twice in one of them,
 * alg or kid missing or no text. IMS_TOKEN_INVALID: compressed, with critical headers (REQ-65), without a
 * signature. */
ims_jwt *ims_jwt_parse(const char *token, GError **error);
void ims_jwt_free(ims_jwt *jwt); /* accepts NULL */

/* The algorithm and the type are those of this issuer (REQ-62, 64), else IMS_TOKEN_INVALID. */
gboolean ims_jwt_check_header(const ims_jwt *jwt, const ims_issuer *issuer, GError **error);
/* token: what the JWT was parsed from; key: what ims_jwks_find gave for it. */
gboolean ims_jwt_check_signature(const ims_jwt *jwt, const char *token, const ims_jwk *key, GError **error);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ims_jwt, ims_jwt_free)
