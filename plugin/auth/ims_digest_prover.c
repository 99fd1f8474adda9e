#include "auth/ims_digest_prover.h"

#include <string.h>
#include "auth/ims_claim.h"

typedef struct {
	ims_prover base;
	char *realm;
	ims_secret *secret;
	gboolean is_ha1, tells;
	ims_digest_order order;
	ims_claim claims[IMS_PROOF_N];
} ims_digest_prover;

static ims_claim_user user_of(const ims_digest_prover *prover)
{
	return (ims_claim_user){ .username = prover->base.impi,
				 .secret = prover->secret,
				 .is_ha1 = prover->is_ha1 };
}

static char *authorize(ims_prover *base, const ims_prover_request *request, gboolean *ret_answers,
		       GError **error)
{
	ims_digest_prover *prover = (ims_digest_prover *)base;
	ims_claim *claim = &prover->claims[request->proof];
	const ims_claim_user user = user_of(prover);
	const ims_claim_request asked = { request->method, request->uri, request->body };

	*ret_answers = claim->challenge != NULL;
	if (claim->challenge)
		return ims_claim_answer(claim, &user, &asked, error);
	if (request->proof != IMS_PROOF_REGISTER || !prover->tells)
		return NULL;
	return ims_digest_empty(base->impi, prover->realm, request->uri, NULL, error);
}

/* A far end behind the network can challenge as well as the network. The password belongs to the realms in
 * which it was registered, or, when nobody asked then, to the network's own; nothing is made of it for
 * another. */
static gboolean is_own_realm(const char *realm, gpointer user)
{
	const ims_digest_prover *prover = user;
	const ims_challenge *to_server = prover->claims[IMS_PROOF_REGISTER].challenge;
	const ims_challenge *to_proxy = prover->claims[IMS_PROOF_REGISTER_TO_PROXY].challenge;

	if (!to_server && !to_proxy)
		return strcmp(realm, prover->realm) == 0;
	return (to_server && strcmp(realm, to_server->realm) == 0) ||
	       (to_proxy && strcmp(realm, to_proxy->realm) == 0);
}

static ims_prover_verdict heed(ims_prover *base, const ims_prover_demand *demand, GError **error)
{
	ims_digest_prover *prover = (ims_digest_prover *)base;
	const ims_claim_rules rules = { .order = prover->order,
					.is_realm =
						ims_proof_is_of_register(demand->proof) ? NULL : is_own_realm,
					.user = prover };
	ims_challenge *challenge = ims_claim_choose(demand->challenges, &rules, error);

	if (!challenge || !ims_claim_keep(&prover->claims[demand->proof], challenge, demand->answers))
		return IMS_PROVER_REFUSES;
	return IMS_PROVER_ANSWERS;
}

static gboolean confirm(ims_prover *base, const ims_prover_success *success, GError **error)
{
	ims_digest_prover *prover = (ims_digest_prover *)base;
	ims_claim *claim = &prover->claims[success->proof];
	const ims_claim_user user = user_of(prover);

	return !claim->challenge || !success->info ||
	       ims_claim_confirm(claim, &user, success->info, success->body, error);
}

static void forget(ims_prover *base)
{
	ims_digest_prover *prover = (ims_digest_prover *)base;

	for (guint i = 0; i < IMS_PROOF_N; i++)
		ims_claim_clear(&prover->claims[i]);
}

static gboolean is_same(const ims_prover *a, const ims_prover *b)
{
	const ims_digest_prover *one = (const ims_digest_prover *)a, *other = (const ims_digest_prover *)b;

	return one->is_ha1 == other->is_ha1 && ims_secret_equal(one->secret, other->secret);
}

static void digest_prover_free(ims_prover *base)
{
	ims_digest_prover *prover = (ims_digest_prover *)base;

	forget(base);
	ims_secret_unref(prover->secret);
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

/* An HA1 answers only what its own hash was made for. */
static ims_digest_order order_of(const ims_digest_prover_setup *setup)
{
	static const ims_digest_order all = { { IMS_HASH_SHA_512_256, IMS_HASH_SHA_256, IMS_HASH_MD5 }, 3 };
	const ims_digest_order *order = setup->order.count ? &setup->order : &all;
	ims_hash hash;

	if (!setup->ha1 || !ims_digest_ha1_hash(setup->ha1, &hash))
		return *order;
	return (ims_digest_order){ { hash }, 1 };
}

ims_prover *ims_digest_prover_new(const ims_digest_prover_setup *setup)
{
	ims_digest_prover *prover = g_new0(ims_digest_prover, 1);

	prover->base = (ims_prover){ .kind = &digest,
				     .impi = g_strdup(setup->impi),
				     .integrity = IMS_INTEGRITY_OF_FLOW };
	prover->realm = g_strdup(setup->realm);
	prover->is_ha1 = setup->ha1 != NULL;
	prover->secret = setup->ha1 ? ims_secret_take_text(g_ascii_strdown(setup->ha1, -1))
				    : ims_secret_new_text(setup->secret);
	prover->tells = setup->tells;
	prover->order = order_of(setup);
	return &prover->base;
}
