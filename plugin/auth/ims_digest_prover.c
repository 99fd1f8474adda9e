#include "auth/ims_digest_prover.h"

#include <string.h>
#include "auth/ims_claim.h"

typedef struct {
	ims_prover base;
	char *realm, *secret;
	gboolean tells;
	ims_claim claims[IMS_PROOF_N];
} ims_digest_prover;

static ims_claim_answerer answerer_of(const ims_digest_prover *prover, const ims_prover_request *request)
{
	return (ims_claim_answerer){ .username = prover->base.impi,
				     .secret = prover->secret,
				     .method = request->method,
				     .uri = request->uri };
}

static char *authorize(ims_prover *base, const ims_prover_request *request, gboolean *ret_answers,
		       GError **error)
{
	ims_digest_prover *prover = (ims_digest_prover *)base;
	ims_claim *claim = &prover->claims[request->proof];
	const ims_claim_answerer answerer = answerer_of(prover, request);

	*ret_answers = claim->challenge != NULL;
	if (claim->challenge)
		return ims_claim_answer(claim, &answerer, error);
	if (request->proof != IMS_PROOF_REGISTER || !prover->tells)
		return NULL;
	return ims_digest_empty(base->impi, prover->realm, request->uri, error);
}

/* A far end behind the network can challenge as well as the network. The password belongs to the realm in
 * which it was registered, or, when nobody asked then, to the network's own; nothing is made of it for
 * another. */
static const char *realm_for(const ims_digest_prover *prover, ims_proof proof)
{
	const ims_challenge *registered = prover->claims[IMS_PROOF_REGISTER].challenge;

	if (proof == IMS_PROOF_REGISTER)
		return NULL;
	return registered ? registered->realm : prover->realm;
}

static ims_prover_verdict heed(ims_prover *base, const ims_prover_demand *demand, GError **error)
{
	ims_digest_prover *prover = (ims_digest_prover *)base;
	ims_challenge *challenge =
		ims_claim_choose(demand->challenges, realm_for(prover, demand->proof), error);

	if (!challenge || !ims_claim_keep(&prover->claims[demand->proof], challenge, demand->answers))
		return IMS_PROVER_REFUSES;
	return IMS_PROVER_ANSWERS;
}

static gboolean confirm(ims_prover *base, const ims_prover_request *request, const char *info, GError **error)
{
	ims_digest_prover *prover = (ims_digest_prover *)base;
	ims_claim *claim = &prover->claims[request->proof];
	const ims_claim_answerer answerer = answerer_of(prover, request);

	return !claim->challenge || !info || ims_claim_confirm(claim, &answerer, info, error);
}

static void forget(ims_prover *base)
{
	ims_digest_prover *prover = (ims_digest_prover *)base;

	for (guint i = 0; i < IMS_PROOF_N; i++)
		ims_claim_clear(&prover->claims[i]);
}

static gboolean is_same(const ims_prover *a, const ims_prover *b)
{
	g_autofree char *hash_a =
		g_compute_checksum_for_string(G_CHECKSUM_SHA256, ((const ims_digest_prover *)a)->secret, -1);
	g_autofree char *hash_b =
		g_compute_checksum_for_string(G_CHECKSUM_SHA256, ((const ims_digest_prover *)b)->secret, -1);
	guint8 differ = 0;

	for (gsize i = 0; hash_a[i]; i++)
		differ |= (guint8)(hash_a[i] ^ hash_b[i]);
	return differ == 0;
}

static void digest_prover_free(ims_prover *base)
{
	ims_digest_prover *prover = (ims_digest_prover *)base;

	forget(base);
	explicit_bzero(prover->secret, strlen(prover->secret));
	g_free(prover->secret);
	g_free(prover->realm);
	g_free(prover);
}

static const ims_prover_kind digest = {
	.name = "digest",
	.authorize = authorize,
	.heed = heed,
	.confirm = confirm,
	.forget = forget,
	.is_same = is_same,
	.free = digest_prover_free,
};

ims_prover *ims_digest_prover_new(const ims_digest_prover_setup *setup)
{
	ims_digest_prover *prover = g_new0(ims_digest_prover, 1);

	prover->base = (ims_prover){ .kind = &digest,
				     .impi = g_strdup(setup->impi),
				     .integrity = IMS_INTEGRITY_OF_FLOW };
	prover->realm = g_strdup(setup->realm);
	prover->secret = g_strdup(setup->secret);
	prover->tells = setup->tells;
	return &prover->base;
}
