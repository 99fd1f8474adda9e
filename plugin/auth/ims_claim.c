#include "auth/ims_claim.h"

#include <string.h>
#include "base/ims_error.h"
#include "base/ims_random.h"

#define CNONCE_BYTES 16

void ims_claim_clear(ims_claim *claim)
{
	ims_challenge_free(claim->challenge);
	g_free(claim->cnonce);
	*claim = (ims_claim){ 0 };
}

static ims_challenge *read_challenge(const char *value, const char *realm, GError **error)
{
	g_autoptr(ims_challenge) challenge = ims_challenge_parse(value, error);

	if (!challenge)
		return NULL;
	if (realm && strcmp(challenge->realm, realm) != 0) {
		g_set_error(error, IMS_ERROR, IMS_E_BAD_CHALLENGE,
			    "challenge: the realm is not the one that the user is registered in");
		return NULL;
	}
	return ims_challenge_is_answerable(challenge, error) ? g_steal_pointer(&challenge) : NULL;
}

ims_challenge *ims_claim_choose(const GPtrArray *challenges, const char *realm, GError **error)
{
	g_autoptr(GError) first = NULL;

	for (guint i = 0; i < challenges->len; i++) {
		ims_challenge *challenge =
			read_challenge(g_ptr_array_index(challenges, i), realm, first ? NULL : &first);

		if (challenge)
			return challenge;
	}
	if (first)
		g_propagate_error(error, g_steal_pointer(&first));
	return NULL;
}

gboolean ims_claim_keep(ims_claim *claim, ims_challenge *challenge, guint answers)
{
	if (claim->challenge && !challenge->stale && ims_challenge_is_same(claim->challenge, challenge)) {
		ims_challenge_free(challenge);
		return answers == 0; /* it is not the one that was answered: count on */
	}
	ims_claim_clear(claim);
	claim->challenge = challenge;
	return TRUE;
}

static ims_digest_request last_request(const ims_claim *claim, const ims_claim_answerer *a)
{
	return (ims_digest_request){ .username = a->username,
				     .secret = a->secret,
				     .method = a->method,
				     .uri = a->uri,
				     .cnonce = claim->cnonce,
				     .nc = claim->nc };
}

char *ims_claim_answer(ims_claim *claim, const ims_claim_answerer *answerer, GError **error)
{
	ims_digest_request request;

	g_free(claim->cnonce);
	claim->cnonce = claim->challenge->qop_auth ? ims_random_hex(CNONCE_BYTES) : NULL;
	claim->nc++;
	request = last_request(claim, answerer);
	return ims_digest_answer(claim->challenge, &request, error);
}

gboolean ims_claim_confirm(ims_claim *claim, const ims_claim_answerer *answerer, const char *info,
			   GError **error)
{
	const ims_digest_request request = last_request(claim, answerer);
	g_autofree char *nextnonce = NULL;

	if (!ims_digest_check_info(claim->challenge, &request, info, &nextnonce, error))
		return FALSE;
	/* Kamailio names the same one again when it may be counted on. */
	if (nextnonce && strcmp(nextnonce, claim->challenge->nonce) != 0) {
		g_free(claim->challenge->nonce);
		claim->challenge->nonce = g_steal_pointer(&nextnonce);
		claim->nc = 0;
	}
	return TRUE;
}
