/* ims_digest.c: what a challenge asks for. */
#include "auth/ims_digest.h"

#include <string.h>
#include "auth/ims_auth_params.h"
#include "base/ims_error.h"

/* Unknown offers are ignored, but one we know must be among them: taking the rest for "no qop" would
 * weaken what the network asks for. */
static gboolean read_qop(const char *qop, ims_challenge *challenge, GError **error)
{
	g_auto(GStrv) offers = NULL;

	if (!qop)
		return TRUE;
	offers = g_strsplit(qop, ",", -1);
	for (char **offer = offers; *offer; offer++) {
		g_strstrip(*offer);
		challenge->qop_auth |= g_ascii_strcasecmp(*offer, "auth") == 0;
		challenge->qop_auth_int |= g_ascii_strcasecmp(*offer, "auth-int") == 0;
	}
	if (challenge->qop_auth || challenge->qop_auth_int)
		return TRUE;
	g_set_error(error, IMS_ERROR, IMS_E_BAD_CHALLENGE, "challenge: qop offers neither auth nor auth-int");
	return FALSE;
}

static ims_challenge *challenge_of(GHashTable *parameters, GError **error)
{
	g_autoptr(ims_challenge) challenge = g_new0(ims_challenge, 1);
	const char *stale = g_hash_table_lookup(parameters, "stale");

	challenge->realm = g_strdup(g_hash_table_lookup(parameters, "realm"));
	challenge->nonce = g_strdup(g_hash_table_lookup(parameters, "nonce"));
	challenge->opaque = g_strdup(g_hash_table_lookup(parameters, "opaque"));
	challenge->algorithm = g_strdup(g_hash_table_lookup(parameters, "algorithm"));
	challenge->stale = stale && g_ascii_strcasecmp(stale, "true") == 0;
	if (!challenge->realm || !challenge->nonce || !*challenge->nonce) {
		g_set_error(error, IMS_ERROR, IMS_E_BAD_CHALLENGE, "challenge: %s is missing",
			    challenge->realm ? "nonce" : "realm");
		return NULL;
	}
	/* It goes into our answer without quotes. */
	if (challenge->algorithm && !ims_auth_is_token(challenge->algorithm)) {
		g_set_error(error, IMS_ERROR, IMS_E_BAD_CHALLENGE, "challenge: algorithm is not a token");
		return NULL;
	}
	if (!read_qop(g_hash_table_lookup(parameters, "qop"), challenge, error))
		return NULL;
	return g_steal_pointer(&challenge);
}

ims_challenge *ims_challenge_parse(const char *value, GError **error)
{
	g_autoptr(GHashTable) parameters = NULL;

	if (!value) {
		g_set_error(error, IMS_ERROR, IMS_E_BAD_CHALLENGE, "challenge: there is none");
		return NULL;
	}
	parameters = ims_auth_params_parse("challenge", "Digest", value, error);
	return parameters ? challenge_of(parameters, error) : NULL;
}

void ims_challenge_free(ims_challenge *challenge)
{
	if (!challenge)
		return;
	g_free(challenge->realm);
	g_free(challenge->nonce);
	g_free(challenge->opaque);
	g_free(challenge->algorithm);
	g_free(challenge);
}

gboolean ims_challenge_is_same(const ims_challenge *a, const ims_challenge *b)
{
	return g_str_equal(a->realm, b->realm) && g_str_equal(a->nonce, b->nonce);
}

/* Algorithms */

gboolean ims_digest_algorithm_of(const char *name, ims_digest_algorithm *ret_algorithm)
{
	const char *given = name ? name : "MD5";
	gsize length = strlen(given);
	gboolean session = length > 5 && g_ascii_strcasecmp(given + length - 5, "-sess") == 0;
	g_autofree char *hash = g_strndup(given, session ? length - 5 : length);

	ret_algorithm->session = session;
	return ims_hash_of(hash, &ret_algorithm->hash);
}

gboolean ims_digest_order_has(const ims_digest_order *order, ims_hash hash)
{
	for (guint i = 0; i < order->count; i++)
		if (order->hashes[i] == hash)
			return TRUE;
	return FALSE;
}

ims_digest_order ims_digest_order_of(const GPtrArray *names)
{
	ims_digest_order order = { .count = 0 };

	for (guint i = 0; i < names->len; i++) {
		ims_hash hash;

		if (ims_hash_of(g_ptr_array_index(names, i), &hash) && !ims_digest_order_has(&order, hash))
			order.hashes[order.count++] = hash;
	}
	return order;
}

gboolean ims_digest_ha1_hash(const char *ha1, ims_hash *ret_hash)
{
	gsize length = strlen(ha1);

	for (gsize i = 0; i < length; i++)
		if (!g_ascii_isxdigit(ha1[i]))
			return FALSE;
	*ret_hash = length == ims_hash_digits(IMS_HASH_MD5) ? IMS_HASH_MD5 : IMS_HASH_SHA_256;
	return length == ims_hash_digits(*ret_hash);
}
