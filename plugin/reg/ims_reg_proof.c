/* ims_reg_proof.c: challenges and what answers them. */
#include <string.h>

#include "base/ims_random.h"
#include "reg/internal.h"
#include "sip/ims_role.h"

#define CNONCE_BYTES 16

static char *with_integrity(const ims_reg *reg, char *credentials)
{
	const char *value = ims_role_integrity(reg->network, reg->w2, reg->proof.proved);
	g_autofree char *plain = credentials;

	if (!value)
		return g_steal_pointer(&plain);
	return reg->network->integrity_quoted ? ims_digest_with_integrity(plain, value)
					      : ims_digest_with_integrity_token(plain, value);
}

/* What the last answer was made of. */
static ims_digest_request digest_request(const ims_reg *reg)
{
	return (ims_digest_request){ .username = reg->impi,
				     .secret = reg->secret,
				     .method = "REGISTER",
				     .uri = reg->registrar,
				     .cnonce = reg->proof.cnonce,
				     .nc = reg->proof.nc };
}

gboolean ims_reg_proof_credentials(ims_reg *reg, char **ret_credentials, GError **error)
{
	ims_reg_proof *proof = &reg->proof;
	ims_digest_request request;

	if (!proof->challenge && !ims_role_tells_impi(reg->network, reg->impi))
		return TRUE;
	if (!proof->challenge) {
		*ret_credentials = ims_digest_empty(reg->impi, reg->network->domain, reg->registrar, error);
		return *ret_credentials != NULL;
	}
	g_free(proof->cnonce);
	proof->cnonce = proof->challenge->qop_auth ? ims_random_hex(CNONCE_BYTES) : NULL;
	proof->nc++;
	request = digest_request(reg);
	*ret_credentials = ims_digest_answer(proof->challenge, &request, error);
	if (*ret_credentials)
		*ret_credentials = with_integrity(reg, *ret_credentials);
	return *ret_credentials != NULL;
}

static void forget_challenge(ims_reg_proof *proof)
{
	g_clear_pointer(&proof->challenge, ims_challenge_free);
	g_clear_pointer(&proof->cnonce, g_free);
	proof->to_proxy = FALSE;
	proof->nc = 0;
}

void ims_reg_proof_forget(ims_reg *reg)
{
	forget_challenge(&reg->proof);
	reg->proof.proved = FALSE;
}

static gboolean keep_challenge(ims_reg_proof *proof, ims_challenge *challenge, gboolean to_proxy)
{
	if (proof->challenge && !challenge->stale && ims_challenge_is_same(proof->challenge, challenge)) {
		ims_challenge_free(challenge);
		return proof->answers == 0; /* it is not the one that this attempt answered: count on */
	}
	forget_challenge(proof);
	proof->challenge = challenge;
	proof->to_proxy = to_proxy;
	return TRUE;
}

/* The first challenge that can be answered counts. */
gboolean ims_reg_proof_note(ims_reg *reg, const ims_register_answer *answer)
{
	g_autofree char *why = NULL;

	for (guint i = 0; i < answer->challenges->len; i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(ims_challenge) challenge =
			ims_challenge_parse(g_ptr_array_index(answer->challenges, i), &error);

		if (challenge && ims_challenge_is_answerable(challenge, &error))
			return keep_challenge(&reg->proof, g_steal_pointer(&challenge), answer->proxy);
		if (!why)
			why = g_strdup(error->message);
	}
	if (why)
		ims_reg_note_outcome(reg, answer->status, why);
	return FALSE;
}

gboolean ims_reg_proof_confirm(ims_reg *reg, const ims_register_answer *answer)
{
	ims_challenge *challenge = reg->proof.challenge;
	const ims_digest_request request = digest_request(reg);
	g_autoptr(GError) error = NULL;
	g_autofree char *nextnonce = NULL;

	if (!challenge || !answer->info)
		return TRUE;
	if (!ims_digest_check_info(challenge, &request, answer->info, &nextnonce, &error)) {
		ims_reg_note_outcome(reg, 502, error->message);
		return FALSE;
	}
	/* Kamailio names the same one again when it may be counted on. */
	if (nextnonce && strcmp(nextnonce, challenge->nonce) != 0) {
		g_free(challenge->nonce);
		challenge->nonce = g_steal_pointer(&nextnonce);
		reg->proof.nc = 0;
	}
	return TRUE;
}
