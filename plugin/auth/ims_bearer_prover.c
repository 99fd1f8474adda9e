#include "auth/ims_bearer_prover.h"

#include "base/ims_error.h"

typedef struct {
	ims_prover base;
	ims_secret *token;
	ims_bearer_challenge *refusal; /* NULL: none */
} ims_bearer_prover;

static char *authorize(ims_prover *base, const ims_prover_request *request, gboolean *ret_answers,
		       GError **error)
{
	(void)ret_answers;
	(void)error;
	if (request->proof != IMS_PROOF_REGISTER)
		return NULL;
	return g_strdup_printf("Bearer %s", ims_secret_text(((ims_bearer_prover *)base)->token));
}

static void keep_refusal(ims_bearer_prover *prover, const GPtrArray *challenges)
{
	g_clear_pointer(&prover->refusal, ims_bearer_challenge_free);
	for (guint i = 0; i < challenges->len && !prover->refusal; i++)
		prover->refusal = ims_bearer_challenge_parse(g_ptr_array_index(challenges, i), NULL);
}

/* The token was there already, and it is the only answer we have. */
static ims_prover_verdict heed(ims_prover *base, const ims_prover_demand *demand, GError **error)
{
	ims_bearer_prover *prover = (ims_bearer_prover *)base;

	if (!ims_proof_is_of_register(demand->proof))
		return IMS_PROVER_REFUSES;
	keep_refusal(prover, demand->challenges);
	if (!prover->refusal)
		g_set_error_literal(error, IMS_ERROR, IMS_E_BAD_CHALLENGE,
				    "challenge: the network does not take access tokens");
	return IMS_PROVER_REFUSES;
}

static gboolean is_same(const ims_prover *a, const ims_prover *b)
{
	return ims_secret_equal(((const ims_bearer_prover *)a)->token, ((const ims_bearer_prover *)b)->token);
}

static void bearer_prover_free(ims_prover *base)
{
	ims_bearer_prover *prover = (ims_bearer_prover *)base;

	ims_bearer_challenge_free(prover->refusal);
	ims_secret_unref(prover->token);
	g_free(prover);
}

static const ims_prover_kind bearer = {
	.name = "token",
	.authorize = authorize,
	.heed = heed,
	.is_same = is_same,
	.free = bearer_prover_free,
};

ims_prover *ims_bearer_prover_new(const char *impi, ims_secret *token)
{
	ims_bearer_prover *prover = g_new0(ims_bearer_prover, 1);

	prover->base =
		(ims_prover){ .kind = &bearer, .impi = g_strdup(impi), .integrity = IMS_INTEGRITY_OWN };
	prover->token = ims_secret_ref(token);
	return &prover->base;
}

const ims_bearer_challenge *ims_bearer_prover_refusal(const ims_prover *prover)
{
	return prover->kind == &bearer ? ((const ims_bearer_prover *)prover)->refusal : NULL;
}
