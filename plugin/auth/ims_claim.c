#include "auth/ims_claim.h"

#include <string.h>
#include "base/ims_error.h"
#include "base/ims_random.h"

#define CNONCE_BYTES 16

void ims_claim_clear(ims_claim *claim)
{
	ims_challenge_free(claim->challenge);
	g_free(claim->session_nonce);
	g_free(claim->cnonce);
	g_free(claim->uri);
	*claim = (ims_claim){ 0 };
}

/* ---- choosing ---- */

/* Place of its hash in the order. FALSE: it has none, or libcrypto does not serve it. */
static gboolean rank_of(const ims_challenge *challenge, const ims_digest_order *order, guint *ret_rank)
{
	ims_digest_algorithm algorithm;

	if (!ims_digest_algorithm_of(challenge->algorithm, &algorithm) || !ims_hash_is_served(algorithm.hash))
		return FALSE;
	for (*ret_rank = 0; *ret_rank < order->count; (*ret_rank)++)
		if (order->hashes[*ret_rank] == algorithm.hash)
			return TRUE;
	return FALSE;
}

static void refuse_algorithm(const ims_challenge *challenge, const ims_digest_order *order, GError **error)
{
	g_autoptr(GString) names = g_string_new(NULL);

	for (guint i = 0; i < order->count; i++)
		g_string_append_printf(names, "%s%s", i ? ", " : "", ims_hash_name(order->hashes[i]));
	g_set_error(error, IMS_ERROR, IMS_E_BAD_CHALLENGE,
		    "challenge: algorithm '%.40s', answered are only %s",
		    challenge->algorithm ? challenge->algorithm : "MD5", names->str);
}

static ims_challenge *read_challenge(const char *value, const ims_claim_rules *rules, guint *ret_rank,
				     GError **error)
{
	g_autoptr(ims_challenge) challenge = ims_challenge_parse(value, error);

	if (!challenge)
		return NULL;
	if (rules->is_realm && !rules->is_realm(challenge->realm, rules->user)) {
		g_set_error(error, IMS_ERROR, IMS_E_BAD_CHALLENGE,
			    "challenge: the realm is not the one that the user is registered in");
		return NULL;
	}
	if (rank_of(challenge, &rules->order, ret_rank))
		return g_steal_pointer(&challenge);
	refuse_algorithm(challenge, &rules->order, error);
	return NULL;
}

ims_challenge *ims_claim_choose(const GPtrArray *challenges, const ims_claim_rules *rules, GError **error)
{
	g_autoptr(GError) first = NULL;
	g_autoptr(ims_challenge) best = NULL;
	guint best_rank = G_MAXUINT;

	for (guint i = 0; i < challenges->len; i++) {
		guint rank = 0;
		g_autoptr(ims_challenge) challenge =
			read_challenge(g_ptr_array_index(challenges, i), rules, &rank, first ? NULL : &first);

		if (!challenge || rank >= best_rank)
			continue;
		ims_challenge_free(best);
		best = g_steal_pointer(&challenge);
		best_rank = rank;
	}
	if (!best && first)
		g_propagate_error(error, g_steal_pointer(&first));
	return g_steal_pointer(&best);
}

gboolean ims_claim_keep(ims_claim *claim, ims_challenge *challenge, guint answers)
{
	if (claim->challenge && !challenge->stale && ims_challenge_is_same(claim->challenge, challenge)) {
		ims_challenge_free(challenge);
		return answers == 0; /* it is not the one that was answered: count on */
	}
	ims_claim_clear(claim);
	claim->challenge = challenge;
	claim->session_nonce = g_strdup(challenge->nonce);
	return TRUE;
}

/* ---- answering ---- */

static ims_digest_request last_request(const ims_claim *claim, const ims_claim_user *user)
{
	return (ims_digest_request){ .username = user->username,
				     .secret = user->secret,
				     .is_ha1 = user->is_ha1,
				     .algorithm = user->algorithm,
				     .auts = user->auts,
				     .uri = claim->uri,
				     .cnonce = claim->cnonce,
				     .nc = claim->nc,
				     .session_nonce = claim->session_nonce };
}

/* Another one each time, but of a -sess the one that began it, which all of its hashes have in them. */
static void renew_cnonce(ims_claim *claim)
{
	ims_digest_algorithm algorithm;

	if (claim->cnonce && ims_digest_algorithm_of(claim->challenge->algorithm, &algorithm) &&
	    algorithm.session)
		return;
	g_free(claim->cnonce);
	claim->cnonce = ims_challenge_wants_cnonce(claim->challenge) ? ims_random_hex(CNONCE_BYTES) : NULL;
}

char *ims_claim_answer(ims_claim *claim, const ims_claim_user *user, const ims_claim_request *r,
		       GError **error)
{
	ims_digest_request request;

	renew_cnonce(claim);
	claim->nc++;
	g_free(claim->uri);
	claim->uri = g_strdup(r->uri);
	request = last_request(claim, user);
	request.method = r->method;
	request.body = r->body;
	return ims_digest_answer(claim->challenge, &request, error);
}

gboolean ims_claim_confirm(ims_claim *claim, const ims_claim_user *user, const char *info, GBytes *body,
			   GError **error)
{
	const ims_digest_request request = last_request(claim, user);
	g_autofree char *nextnonce = NULL;

	if (!ims_digest_check_info(claim->challenge, &request, info, body, &nextnonce, error))
		return FALSE;
	/* Kamailio names the same one again when it may be counted on. */
	if (nextnonce && strcmp(nextnonce, claim->challenge->nonce) != 0) {
		g_free(claim->challenge->nonce);
		claim->challenge->nonce = g_steal_pointer(&nextnonce);
		claim->nc = 0;
	}
	return TRUE;
}
