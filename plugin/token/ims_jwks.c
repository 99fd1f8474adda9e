#include "token/ims_jwks.h"

#include <string.h>
#include "token/ims_jose.h"
#include "token/ims_token_error.h"

enum { RSA_MIN = 2048 / 8, RSA_MAX = 8192 / 8, EXPONENT_MAX = 8, KID_MAX = 1024 };

struct ims_jwks {
	GPtrArray *keys; /* of ims_jwk */
};

static void key_free(gpointer data)
{
	ims_jwk *key = data;

	g_free(key->kid);
	g_free(key->alg);
	r_jwk_free(key->jwk);
	g_free(key);
}

/* ---- one key ---- */

static guint8 *decode(const json_t *jwk, const char *name, gsize *ret_length)
{
	const char *text = ims_jose_string(jwk, name);

	return text ? ims_jose_decode(text, strlen(text), ret_length) : NULL;
}

/* A number of so many bytes: the size of the key. */
static gboolean has_number(const json_t *jwk, const char *name, gsize size)
{
	gsize length = 0;
	g_autofree guint8 *bytes = decode(jwk, name, &length);

	return bytes && length == size;
}

static gsize modulus_size(const json_t *jwk)
{
	gsize length = 0, zeros = 0;
	g_autofree guint8 *bytes = decode(jwk, "n", &length);

	while (bytes && zeros < length && bytes[zeros] == 0)
		zeros++;
	/* With its highest bit clear it would be shorter than it looks. */
	return bytes && zeros < length && (bytes[zeros] & 0x80) ? length - zeros : 0;
}

/* Odd, and more than 1. */
static gboolean has_exponent(const json_t *jwk)
{
	gsize length = 0;
	g_autofree guint8 *bytes = decode(jwk, "e", &length);

	return bytes && length <= EXPONENT_MAX && (bytes[length - 1] & 1) && (length > 1 || bytes[0] >= 3);
}

/* Nothing but these members, so that the library sees no certificate and no address. */
static jwk_t *pick(const json_t *jwk, const char *const *members)
{
	jwk_t *picked = NULL;
	json_t *clean = json_object();

	for (; *members; members++)
		json_object_set(clean, *members, json_object_get(jwk, *members));
	if (r_jwk_init(&picked) == RHN_OK && r_jwk_import_from_json_t(picked, clean) != RHN_OK)
		g_clear_pointer(&picked, r_jwk_free);
	json_decref(clean);
	return picked;
}

static gboolean read_rsa(const json_t *jwk, ims_jwk *key)
{
	static const char *const members[] = { "kty", "n", "e", NULL };
	gsize size = modulus_size(jwk);

	if (size < RSA_MIN || size > RSA_MAX || !has_exponent(jwk))
		return FALSE;
	key->kind = "RSA";
	key->signature = size;
	key->jwk = pick(jwk, members);
	return key->jwk != NULL;
}

static gboolean read_ec(const json_t *jwk, ims_jwk *key)
{
	static const char *const members[] = { "kty", "crv", "x", "y", NULL };
	static const struct {
		const char *name;
		gsize size;
	} curves[] = { { "P-256", 32 }, { "P-384", 48 }, { "P-521", 66 } };
	const char *curve = ims_jose_string(jwk, "crv");

	for (gsize i = 0; curve && i < G_N_ELEMENTS(curves); i++) {
		if (!g_str_equal(curve, curves[i].name) || !has_number(jwk, "x", curves[i].size) ||
		    !has_number(jwk, "y", curves[i].size))
			continue;
		key->kind = curves[i].name;
		key->signature = 2 * curves[i].size;
		key->jwk = pick(jwk, members);
	}
	return key->jwk != NULL;
}

static gboolean read_okp(const json_t *jwk, ims_jwk *key)
{
	static const char *const members[] = { "kty", "crv", "x", NULL };

	if (g_strcmp0(ims_jose_string(jwk, "crv"), "Ed25519") != 0 || !has_number(jwk, "x", 32))
		return FALSE;
	key->kind = "Ed25519";
	key->signature = 64;
	key->jwk = pick(jwk, members);
	return key->jwk != NULL;
}

static gboolean read_kind(const json_t *jwk, ims_jwk *key)
{
	const char *kty = ims_jose_string(jwk, "kty");

	if (g_strcmp0(kty, "RSA") == 0)
		return read_rsa(jwk, key);
	if (g_strcmp0(kty, "EC") == 0)
		return read_ec(jwk, key);
	return g_strcmp0(kty, "OKP") == 0 && read_okp(jwk, key);
}

static gboolean has_text(const json_t *list, const char *text)
{
	const json_t *element;
	gsize i;

	json_array_foreach((json_t *)list, i, element)
	{
		if (g_strcmp0(json_string_value(element), text) == 0)
			return TRUE;
	}
	return FALSE;
}

static gboolean is_string_or_absent(const json_t *value)
{
	return !value || json_is_string(value);
}

/* RFC 7517 4.2, 4.3 */
static gboolean is_for_signatures(const json_t *jwk)
{
	const json_t *use = json_object_get(jwk, "use");
	const json_t *operations = json_object_get(jwk, "key_ops");

	if (use && g_strcmp0(json_string_value(use), "sig") != 0)
		return FALSE;
	return !operations || has_text(operations, "verify");
}

/* NULL: of no use. */
static ims_jwk *read_key(const json_t *jwk)
{
	const json_t *kid = json_object_get(jwk, "kid"), *alg = json_object_get(jwk, "alg");
	ims_jwk *key;

	if (!is_string_or_absent(kid) || !is_string_or_absent(alg) || json_string_length(kid) > KID_MAX ||
	    !is_for_signatures(jwk))
		return NULL;
	key = g_new0(ims_jwk, 1);
	if (!read_kind(jwk, key)) {
		key_free(key);
		return NULL;
	}
	key->kid = g_strdup(json_string_value(kid));
	key->alg = g_strdup(json_string_value(alg));
	return key;
}

/* ---- the set ---- */

static void read_keys(ims_jwks *keys, const json_t *list)
{
	const json_t *jwk;
	gsize i;

	json_array_foreach((json_t *)list, i, jwk)
	{
		ims_jwk *key = i < IMS_JWKS_MAX ? read_key(jwk) : NULL;

		if (key)
			g_ptr_array_add(keys->keys, key);
	}
}

ims_jwks *ims_jwks_parse(gconstpointer bytes, gsize length, GError **error)
{
	g_autoptr(ims_jwks) keys = g_new0(ims_jwks, 1);
	json_t *set = ims_jose_object(bytes, length);

	keys->keys = g_ptr_array_new_with_free_func(key_free);
	read_keys(keys, json_object_get(set, "keys"));
	json_decref(set);
	if (keys->keys->len > 0)
		return g_steal_pointer(&keys);
	g_set_error_literal(error, IMS_TOKEN_ERROR, IMS_TOKEN_UNAVAILABLE,
			    set ? "there is no key of use among its keys" : "its keys are not a JSON object");
	return NULL;
}

void ims_jwks_free(ims_jwks *keys)
{
	if (!keys)
		return;
	g_ptr_array_unref(keys->keys);
	g_free(keys);
}

guint ims_jwks_count(const ims_jwks *keys)
{
	return keys->keys->len;
}

/* ---- looking for one ---- */

static const char *kind_of(const char *alg)
{
	static const struct {
		const char *prefix, *kind;
	} kinds[] = { { "RS", "RSA" },      { "PS", "RSA" },      { "ES256", "P-256" },
		      { "ES384", "P-384" }, { "ES512", "P-521" }, { "EdDSA", "Ed25519" } };

	for (gsize i = 0; i < G_N_ELEMENTS(kinds); i++)
		if (g_str_has_prefix(alg, kinds[i].prefix))
			return kinds[i].kind;
	return "";
}

static gboolean fits(const ims_jwk *key, const char *kid, const char *alg)
{
	if (kid && g_strcmp0(key->kid, kid) != 0)
		return FALSE;
	return g_str_equal(key->kind, kind_of(alg)) && (!key->alg || g_str_equal(key->alg, alg));
}

const ims_jwk *ims_jwks_find(const ims_jwks *keys, const char *kid, const char *alg)
{
	const ims_jwk *found = NULL;

	for (guint i = 0; i < keys->keys->len; i++) {
		const ims_jwk *key = keys->keys->pdata[i];

		if (!fits(key, kid, alg))
			continue;
		if (found)
			return NULL;
		found = key;
	}
	return found;
}
