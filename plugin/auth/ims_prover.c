#include "auth/ims_prover.h"

#include <string.h>

gboolean ims_proof_is_of_register(ims_proof proof)
{
	return proof == IMS_PROOF_REGISTER || proof == IMS_PROOF_REGISTER_TO_PROXY;
}

gboolean ims_proof_is_to_proxy(ims_proof proof)
{
	return proof == IMS_PROOF_REGISTER_TO_PROXY || proof == IMS_PROOF_REQUEST_TO_PROXY;
}

void ims_prover_free(ims_prover *prover)
{
	g_autofree char *impi = prover ? prover->impi : NULL;

	if (prover)
		prover->kind->free(prover);
}

char *ims_prover_authorize(ims_prover *prover, const ims_prover_request *request, gboolean *ret_answers,
			   GError **error)
{
	*ret_answers = FALSE;
	return prover->kind->authorize(prover, request, ret_answers, error);
}

ims_prover_verdict ims_prover_heed(ims_prover *prover, const ims_prover_demand *demand, GError **error)
{
	return prover->kind->heed(prover, demand, error);
}

ims_prover_question ims_prover_question_of(const ims_prover *prover, const ims_prover_request *request)
{
	return prover->kind->question(prover, request);
}

gboolean ims_prover_reply_with(ims_prover *prover, const ims_prover_request *request,
			       const ims_prover_reply *reply, GError **error)
{
	return prover->kind->reply(prover, request, reply, error);
}

gboolean ims_prover_confirm(ims_prover *prover, const ims_prover_success *success, GError **error)
{
	return !prover->kind->confirm || prover->kind->confirm(prover, success, error);
}

void ims_prover_forget(ims_prover *prover)
{
	if (prover->kind->forget)
		prover->kind->forget(prover);
}

gboolean ims_prover_is_same(const ims_prover *prover, const ims_prover *other)
{
	return prover->kind == other->kind && strcmp(prover->impi, other->impi) == 0 &&
	       prover->kind->is_same(prover, other);
}
