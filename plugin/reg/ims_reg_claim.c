/* ims_reg_claim.c: one challenge of the network, and the answers to it. */
#include <string.h>

#include "base/ims_error.h"
#include "base/ims_random.h"
#include "reg/internal.h"

#define CNONCE_BYTES 16

void ims_reg_claim_clear(ims_reg_claim *claim)
{
	ims_challenge_free(claim->challenge);
	g_free(claim->cnonce);
	*claim = (ims_reg_claim){ 0 };
}

ims_challenge *ims_reg_claim_choose(const GPtrArray *challenges, const char *realm, char **ret_why)
{
	for (guint i = 0; i < challenges->len; i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(ims_challenge) challenge =
			ims_challenge_parse(g_ptr_array_index(challenges, i), &error);

		if (challenge && realm && strcmp(challenge->realm, realm) != 0)
			g_set_error(&error, IMS_ERROR, IMS_E_BAD_CHALLENGE,
				    "challenge: the realm is not the one that the user is registered in");
		if (!error && ims_challenge_is_answerable(challenge, &error))
			return g_steal_pointer(&challenge);
		if (!*ret_why)
			*ret_why = g_strdup(error->message);
	}
	return NULL;
}

gboolean ims_reg_claim_keep(ims_reg_claim *claim, ims_challenge *challenge, guint answers)
{
	if (claim->challenge && !challenge->stale && ims_challenge_is_same(claim->challenge, challenge)) {
		ims_challenge_free(challenge);
		return answers == 0; /* it is not the one that was answered: count on */
	}
	ims_reg_claim_clear(claim);
	claim->challenge = challenge;
	return TRUE;
}

ims_digest_request ims_reg_claim_request(const ims_reg_claim *claim, const ims_reg *reg, const char *method,
					 const char *uri)
{
	return (ims_digest_request){ .username = reg->impi,
				     .secret = reg->secret,
				     .method = method,
				     .uri = uri,
				     .cnonce = claim->cnonce,
				     .nc = claim->nc };
}

char *ims_reg_claim_answer(ims_reg_claim *claim, const ims_reg *reg, const char *method, const char *uri,
			   GError **error)
{
	ims_digest_request request;

	g_free(claim->cnonce);
	claim->cnonce = claim->challenge->qop_auth ? ims_random_hex(CNONCE_BYTES) : NULL;
	claim->nc++;
	request = ims_reg_claim_request(claim, reg, method, uri);
	return ims_digest_answer(claim->challenge, &request, error);
}
