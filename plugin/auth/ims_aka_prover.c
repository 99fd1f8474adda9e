#include "auth/ims_aka_prover.h"

#include <string.h>
#include "auth/ims_aka_choice.h"
#include "auth/ims_claim.h"
#include "base/ims_error.h"

#define BAD_CHALLENGES_MAX 2

typedef struct {
	ims_prover base;
	char *realm;
	ims_aka_card card;
	ims_aka_sqn *sqn;
	gboolean takes_v1;
	ims_claim claim;
	ims_aka_algorithm algorithm; /* of the claim's challenge */
	ims_aka_verdict verdict;     /* ... on it */
	ims_secret *password; /* ... that answers it: empty beside auts; NULL: none, its MAC is wrong */
	char *auts;           /* ... in base64; NULL: none */
	guint bad;            /* challenges in a row that could not be answered with a response */
} ims_aka_prover;

static ims_claim_user user_of(const ims_aka_prover *prover)
{
	return (ims_claim_user){ .username = prover->base.impi,
				 .secret = prover->password,
				 .algorithm = ims_aka_algorithm_hash(prover->algorithm),
				 .auts = prover->auts };
}

static char *authorize(ims_prover *base, const ims_prover_request *request, gboolean *ret_answers,
		       GError **error)
{
	ims_aka_prover *prover = (ims_aka_prover *)base;
	const ims_claim_user user = user_of(prover);
	const ims_claim_request asked = { request->method, request->uri, request->body };

	if (request->proof != IMS_PROOF_REGISTER)
		return NULL;
	*ret_answers = prover->claim.challenge != NULL;
	if (prover->claim.challenge)
		return ims_claim_answer(&prover->claim, &user, &asked, error);
	return ims_digest_empty(base->impi, prover->realm, request->uri,
				ims_aka_algorithm_name(IMS_AKA_V2_SHA_256), error);
}

static void drop_challenge(ims_aka_prover *prover)
{
	ims_claim_clear(&prover->claim);
	g_clear_pointer(&prover->password, ims_secret_unref);
	g_clear_pointer(&prover->auts, g_free);
}

static void forget(ims_prover *base)
{
	ims_aka_prover *prover = (ims_aka_prover *)base;

	drop_challenge(prover);
	prover->bad = 0;
}

/* ---- a challenge ---- */

static gboolean refuse(GError **error, const char *why)
{
	g_set_error_literal(error, IMS_ERROR, IMS_E_BAD_CHALLENGE, why);
	return FALSE;
}

/* What the USIM says to it. FALSE: it is none for a USIM. */
static gboolean run(ims_aka_prover *prover, GError **error)
{
	ims_aka_challenge asked;
	ims_aka_answer answer;

	if (!ims_aka_challenge_parse(prover->claim.challenge->nonce, &asked, error))
		return FALSE;
	prover->verdict = ims_aka_run(&prover->card, prover->sqn, &asked, &answer);
	if (prover->verdict == IMS_AKA_ANSWERED)
		prover->password = ims_aka_password(prover->algorithm, &answer);
	if (prover->verdict == IMS_AKA_OUT_OF_STEP) {
		prover->password = ims_secret_new_text(""); /* RFC 3310 3.4 */
		prover->auts = g_base64_encode(answer.auts, sizeof(answer.auts));
	}
	explicit_bzero(&answer, sizeof(answer));
	return TRUE;
}

/* FALSE: another answer would not help. */
static gboolean may_go_on(ims_aka_prover *prover, GError **error)
{
	prover->bad = prover->verdict == IMS_AKA_ANSWERED ? 0 : prover->bad + 1;
	if (prover->bad < BAD_CHALLENGES_MAX)
		return TRUE;
	return refuse(error, prover->verdict == IMS_AKA_UNPROVED
				     ? "AKA: the network's MAC is wrong: its k, opc or amf is not this user's"
				     : "AKA: the network's sequence number is not fresh, also after AUTS");
}

static ims_prover_verdict take(ims_aka_prover *prover, ims_challenge *challenge, ims_aka_algorithm algorithm,
			       GError **error)
{
	drop_challenge(prover);
	prover->algorithm = algorithm;
	ims_claim_keep(&prover->claim, challenge, 0);
	if (run(prover, error) && may_go_on(prover, error))
		return IMS_PROVER_ANSWERS;
	drop_challenge(prover);
	return IMS_PROVER_REFUSES;
}

/* A USIM answers no challenge twice, but Digest does: with the same password, counted (nc). */
static gboolean is_answered(const ims_aka_prover *prover, const ims_challenge *challenge)
{
	const ims_claim *claim = &prover->claim;

	return claim->challenge && prover->verdict == IMS_AKA_ANSWERED &&
	       ims_challenge_is_same(claim->challenge, challenge);
}

static ims_prover_verdict heed(ims_prover *base, const ims_prover_demand *demand, GError **error)
{
	ims_aka_prover *prover = (ims_aka_prover *)base;
	ims_aka_algorithm algorithm = IMS_AKA_V1_MD5;
	ims_challenge *challenge;

	if (demand->proof != IMS_PROOF_REGISTER) {
		refuse(error, "challenge: a USIM proves the registration only");
		return IMS_PROVER_REFUSES;
	}
	if (demand->answers == 0)
		prover->bad = 0;
	challenge = ims_aka_choose(demand->challenges, prover->takes_v1, &algorithm, error);
	if (!challenge)
		return IMS_PROVER_REFUSES;
	if (!is_answered(prover, challenge))
		return take(prover, challenge, algorithm, error);
	return ims_claim_keep(&prover->claim, challenge, demand->answers) ? IMS_PROVER_ANSWERS
									  : IMS_PROVER_REFUSES;
}

/* Authentication is mutual: after a challenge that proved nothing, a 2xx is worth nothing. */
static gboolean confirm(ims_prover *base, const ims_prover_success *success, GError **error)
{
	ims_aka_prover *prover = (ims_aka_prover *)base;
	const ims_claim_user user = user_of(prover);

	if (!prover->claim.challenge)
		return TRUE;
	if (prover->verdict != IMS_AKA_ANSWERED)
		return refuse(error, "AKA: the network accepted the user and did not prove itself");
	return !success->info ||
	       ims_claim_confirm(&prover->claim, &user, success->info, success->body, error);
}

static gboolean is_same(const ims_prover *a, const ims_prover *b)
{
	return ims_bytes_equal(&((const ims_aka_prover *)a)->card.keys,
			       &((const ims_aka_prover *)b)->card.keys, sizeof(ims_milenage_keys));
}

static void aka_prover_free(ims_prover *base)
{
	ims_aka_prover *prover = (ims_aka_prover *)base;

	forget(base);
	explicit_bzero(&prover->card, sizeof(prover->card));
	ims_aka_sqn_unref(prover->sqn);
	g_free(prover->realm);
	g_free(prover);
}

static const ims_prover_kind aka = {
	.name = "aka",
	.authorize = authorize,
	.heed = heed,
	.confirm = confirm,
	.forget = forget,
	.is_same = is_same,
	.free = aka_prover_free,
};

ims_prover *ims_aka_prover_new(const ims_aka_prover_setup *setup)
{
	ims_aka_prover *prover = g_new0(ims_aka_prover, 1);

	prover->base = (ims_prover){ .kind = &aka,
				     .impi = g_strdup(setup->impi),
				     .integrity = IMS_INTEGRITY_CONNECTED,
				     .more_answers = 1 };
	prover->realm = g_strdup(setup->realm);
	prover->card = *setup->card;
	prover->sqn = ims_aka_cards_sqn(setup->cards, setup->impi, &setup->card->keys);
	if (setup->sqn)
		ims_aka_sqn_raise(prover->sqn, setup->sqn);
	prover->takes_v1 = setup->takes_v1;
	return &prover->base;
}
