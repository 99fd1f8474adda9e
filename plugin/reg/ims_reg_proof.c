/* ims_reg_proof.c: what is proved in a REGISTER, to the network and by it. */
#include <string.h>

#include "reg/internal.h"
#include "sip/ims_role.h"

static char *with_integrity(const ims_reg *reg, char *credentials)
{
	const char *value = ims_role_integrity(reg->network, reg->w2, reg->proof.proved);
	g_autofree char *plain = credentials;

	if (!value)
		return g_steal_pointer(&plain);
	return reg->network->integrity_quoted ? ims_digest_with_integrity(plain, value)
					      : ims_digest_with_integrity_token(plain, value);
}

gboolean ims_reg_proof_credentials(ims_reg *reg, char **ret_credentials, GError **error)
{
	ims_reg_claim *claim = &reg->proof.claim;

	if (!claim->challenge && !ims_role_tells_impi(reg->network, reg->impi))
		return TRUE;
	if (!claim->challenge) {
		*ret_credentials = ims_digest_empty(reg->impi, reg->network->domain, reg->registrar, error);
		return *ret_credentials != NULL;
	}
	*ret_credentials = ims_reg_claim_answer(claim, reg, "REGISTER", reg->registrar, error);
	if (*ret_credentials)
		*ret_credentials = with_integrity(reg, *ret_credentials);
	return *ret_credentials != NULL;
}

void ims_reg_proof_forget(ims_reg *reg)
{
	ims_reg_claim_clear(&reg->proof.claim);
	reg->proof.to_proxy = FALSE;
	reg->proof.proved = FALSE;
	ims_reg_credentials_forget(reg);
}

gboolean ims_reg_proof_note(ims_reg *reg, const ims_register_answer *answer)
{
	g_autofree char *why = NULL;
	ims_challenge *challenge = ims_reg_claim_choose(answer->challenges, NULL, &why);

	if (!challenge) {
		if (why)
			ims_reg_note_outcome(reg, answer->status, why);
		return FALSE;
	}
	if (!ims_reg_claim_keep(&reg->proof.claim, challenge, reg->proof.answers))
		return FALSE;
	reg->proof.to_proxy = answer->proxy;
	return TRUE;
}

gboolean ims_reg_proof_confirm(ims_reg *reg, const ims_register_answer *answer)
{
	ims_challenge *challenge = reg->proof.claim.challenge;
	const ims_digest_request request =
		ims_reg_claim_request(&reg->proof.claim, reg, "REGISTER", reg->registrar);
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
		reg->proof.claim.nc = 0;
	}
	return TRUE;
}
