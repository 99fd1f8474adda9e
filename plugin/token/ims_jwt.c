#include "token/ims_jwt.h"

#include <rhonabwy.h>
#include <string.h>
#include "token/ims_jose.h"
#include "token/ims_token_error.h"

static gboolean refuse(GError **error, ims_token_error_code code, const char *why)
{
	g_set_error_literal(error, IMS_TOKEN_ERROR, code, why);
	return FALSE;
}

/* ---- form ---- */

static guint count_dots(const char *token)
{
	guint dots = 0;

	for (; (token = strchr(token, '.')); token++)
		dots++;
	return dots;
}

/* One part, between dots. */
static json_t *read_part(const char *part, gsize length)
{
	gsize size = 0;
	g_autofree guint8 *bytes = ims_jose_decode(part, length, &size);
	json_t *object = bytes ? ims_jose_object(bytes, size) : NULL;

	if (bytes)
		explicit_bzero(bytes, size);
	return object;
}

gboolean ims_jwt_is_one(const char *token)
{
	guint dots = count_dots(token);
	json_t *header = dots == 2 || dots == 4 ? read_part(token, strcspn(token, ".")) : NULL;
	gboolean is_one = header != NULL;

	json_decref(header);
	return is_one;
}

void ims_jwt_free(ims_jwt *jwt)
{
	if (!jwt)
		return;
	json_decref(jwt->header);
	json_decref(jwt->claims);
	g_free(jwt);
}

static gboolean read_header(ims_jwt *jwt, GError **error)
{
	const json_t *kid = json_object_get(jwt->header, "kid");

	jwt->alg = ims_jose_string(jwt->header, "alg");
	jwt->kid = json_string_value(kid);
	if (!jwt->alg)
		return refuse(error, IMS_TOKEN_MALFORMED, "the header of the token has no alg");
	if (kid && !jwt->kid)
		return refuse(error, IMS_TOKEN_MALFORMED, "kid in the header of the token is not a text");
	if (json_object_get(jwt->header, "crit"))
		return refuse(error, IMS_TOKEN_INVALID,
			      "the token has critical headers, none of which is understood");
	/* The library would inflate it to whatever size. */
	if (json_object_get(jwt->header, "zip"))
		return refuse(error, IMS_TOKEN_INVALID, "the token is compressed");
	return TRUE;
}

ims_jwt *ims_jwt_parse(const char *token, GError **error)
{
	g_autoptr(ims_jwt) jwt = g_new0(ims_jwt, 1);
	const char *claims = strchr(token, '.');
	const char *signature = claims ? strchr(claims + 1, '.') : NULL;

	if (count_dots(token) != 2) {
		refuse(error, IMS_TOKEN_MALFORMED, "the token is not a signed JWT, which has three parts");
		return NULL;
	}
	jwt->header = read_part(token, (gsize)(claims - token));
	jwt->claims = read_part(claims + 1, (gsize)(signature - claims - 1));
	if (!jwt->header || !jwt->claims) {
		refuse(error, IMS_TOKEN_MALFORMED,
		       "the parts of the token are not JSON objects, each name once, in base64url");
		return NULL;
	}
	if (!read_header(jwt, error))
		return NULL;
	if (!signature[1]) {
		refuse(error, IMS_TOKEN_INVALID, "the token is not signed");
		return NULL;
	}
	return g_steal_pointer(&jwt);
}

/* ---- header ---- */

static gboolean contains(const GPtrArray *texts, const char *text)
{
	return g_ptr_array_find_with_equal_func((GPtrArray *)texts, text, g_str_equal, NULL);
}

/* A media type may leave "application/" out (RFC 7515 4.1.9). */
static gboolean has_typ(const ims_jwt *jwt, const GPtrArray *allowed)
{
	const char *typ = ims_jose_string(jwt->header, "typ");
	g_autofree char *lower = typ ? g_ascii_strdown(typ, -1) : NULL;
	const char *name = lower;

	if (name && g_str_has_prefix(name, "application/"))
		name += strlen("application/");
	return name && contains(allowed, name);
}

gboolean ims_jwt_check_header(const ims_jwt *jwt, const ims_issuer *issuer, GError **error)
{
	if (!contains(issuer->algorithms, jwt->alg))
		return refuse(error, IMS_TOKEN_INVALID,
			      "the token is signed with an algorithm that is not allowed");
	if (!has_typ(jwt, issuer->typ))
		return refuse(error, IMS_TOKEN_INVALID, "the token is not an access token: typ");
	return TRUE;
}

/* ---- signature ---- */

/* The library takes EC signatures of another curve's length, too. */
static gboolean has_length(const char *token, gsize expected)
{
	const char *signature = strrchr(token, '.') + 1;
	gsize length = 0;
	g_autofree guint8 *bytes = ims_jose_decode(signature, strlen(signature), &length);

	return bytes && length == expected;
}

static gboolean is_signed(const ims_jwt *jwt, const char *token, const ims_jwk *key)
{
	jws_t *jws = NULL;
	gboolean good;

	if (!has_length(token, key->signature) || r_jws_init(&jws) != RHN_OK)
		return FALSE;
	good = r_jws_advanced_compact_parsen(jws, token, strlen(token), R_PARSE_NONE, R_FLAG_IGNORE_REMOTE) ==
		       RHN_OK &&
	       r_jws_get_alg(jws) == r_str_to_jwa_alg(jwt->alg) &&
	       r_jws_verify_signature(jws, key->jwk, R_FLAG_IGNORE_REMOTE) == RHN_OK;
	r_jws_free(jws);
	return good;
}

gboolean ims_jwt_check_signature(const ims_jwt *jwt, const char *token, const ims_jwk *key, GError **error)
{
	return is_signed(jwt, token, key) ||
	       refuse(error, IMS_TOKEN_INVALID, "the signature of the token is not its issuer's");
}
