#include "auth/ims_delegated_prover.h"

#include <string.h>
#include "auth/ims_aka_choice.h"
#include "auth/ims_auth_params.h"
#include "auth/ims_claim.h"
#include "auth/ims_delegated_answer.h"
#include "base/ims_error.h"

/* One challenge, and what the client says to it. */
typedef struct {
	char *text; /* NULL: none has come */
	ims_challenge *challenge;
	ims_proof proof; /* what it asks for */
	char *answer;    /* of the next request; NULL: none */
} matter;

typedef struct {
	ims_prover base;
	char *realm;
	ims_digest_order order;
	gboolean tells, usim, takes_v1;
	matter of_register, of_request; /* the last of each */
	char *info;
} ims_delegated_prover;

static matter *matter_of(const ims_delegated_prover *prover, ims_proof proof)
{
	return (matter *)(ims_proof_is_of_register(proof) ? &prover->of_register : &prover->of_request);
}

static void drop_matter(matter *m)
{
	g_clear_pointer(&m->text, g_free);
	g_clear_pointer(&m->challenge, ims_challenge_free);
	g_clear_pointer(&m->answer, g_free);
}

static char *authorize(ims_prover *base, const ims_prover_request *request, gboolean *ret_answers,
		       GError **error)
{
	ims_delegated_prover *prover = (ims_delegated_prover *)base;
	matter *m = matter_of(prover, request->proof);

	if (ims_proof_is_of_register(request->proof))
		g_clear_pointer(&prover->info, g_free);
	*ret_answers = m->answer && request->proof == m->proof;
	if (*ret_answers)
		return g_steal_pointer(&m->answer);
	if (!prover->tells || request->proof != IMS_PROOF_REGISTER)
		return NULL;
	return ims_digest_empty(base->impi, prover->realm, request->uri,
				prover->usim ? ims_aka_algorithm_name(IMS_AKA_V2_SHA_256) : NULL, error);
}

static ims_challenge *choose_for_usim(const ims_delegated_prover *prover, const GPtrArray *challenges,
				      GError **error)
{
	ims_aka_algorithm algorithm;
	ims_challenge *challenge = ims_aka_choose(challenges, prover->takes_v1, &algorithm, NULL);

	if (!challenge)
		g_set_error_literal(error, IMS_ERROR, IMS_E_BAD_CHALLENGE,
				    "challenge: none of AKAv2-SHA-256, as a USIM needs it");
	return challenge;
}

static ims_challenge *choose(const ims_delegated_prover *prover, const GPtrArray *challenges, GError **error)
{
	const ims_claim_rules rules = { .order = prover->order };

	return prover->usim ? choose_for_usim(prover, challenges, error)
			    : ims_claim_choose(challenges, &rules, error);
}

/* A far end behind the network can challenge as well as the network: his client is not asked for the password
 * of another realm than that of the registration, nor for a hash of a body that he has not seen. */
static gboolean may_ask_for_request(const ims_delegated_prover *prover, const ims_challenge *challenge,
				    GError **error)
{
	const ims_challenge *registered = prover->of_register.challenge;

	if (strcmp(challenge->realm, registered ? registered->realm : prover->realm) != 0)
		g_set_error_literal(error, IMS_ERROR, IMS_E_BAD_CHALLENGE,
				    "challenge: of another realm than that of the registration");
	else if (challenge->qop_auth_int && !challenge->qop_auth)
		g_set_error_literal(error, IMS_ERROR, IMS_E_BAD_CHALLENGE,
				    "challenge: of qop auth-int, and the client has not seen the body");
	else
		return TRUE;
	return FALSE;
}

/* REQ-42: keys for IPsec, which nobody but a P-CSCF may see. */
static char *without_keys(const char *text)
{
	g_autofree char *without_ik = ims_auth_params_without(text, "ik");

	return ims_auth_params_without(without_ik, "ck");
}

/* What the network wrote. */
static char *text_of(const ims_challenge *chosen, const GPtrArray *challenges)
{
	for (guint i = 0; i < challenges->len; i++) {
		const char *text = g_ptr_array_index(challenges, i);
		g_autoptr(ims_challenge) challenge = ims_challenge_parse(text, NULL);

		if (challenge && ims_challenge_is_same(challenge, chosen) &&
		    g_strcmp0(challenge->algorithm, chosen->algorithm) == 0)
			return without_keys(text);
	}
	g_assert_not_reached();
}

/* Some clients (JsSIP) prefer auth-int where both are offered, but the body that the network sees is not the
 * one that they hash. */
static void offer_without_body(matter *m)
{
	g_autofree char *rest = NULL;

	if (!m->challenge->qop_auth_int)
		return;
	rest = ims_auth_params_without(m->text, "qop");
	g_free(m->text);
	m->text = g_strconcat(rest, ", qop=\"auth\"", NULL);
	m->challenge->qop_auth_int = FALSE;
}

static gboolean was_wrong(const matter *m, const ims_challenge *challenge, guint answers)
{
	return answers > 0 && m->challenge && !challenge->stale &&
	       ims_challenge_is_same(m->challenge, challenge);
}

static ims_prover_verdict heed(ims_prover *base, const ims_prover_demand *demand, GError **error)
{
	ims_delegated_prover *prover = (ims_delegated_prover *)base;
	matter *m = matter_of(prover, demand->proof);
	g_autoptr(ims_challenge) challenge = choose(prover, demand->challenges, error);

	if (!challenge || was_wrong(m, challenge, demand->answers) ||
	    (!ims_proof_is_of_register(demand->proof) && !may_ask_for_request(prover, challenge, error)))
		return IMS_PROVER_REFUSES;
	drop_matter(m);
	m->text = text_of(challenge, demand->challenges);
	m->challenge = g_steal_pointer(&challenge);
	m->proof = demand->proof;
	if (!ims_proof_is_of_register(m->proof))
		offer_without_body(m);
	return IMS_PROVER_ASKS;
}

static ims_prover_question question(const ims_prover *base, const ims_prover_request *request)
{
	const matter *m = matter_of((const ims_delegated_prover *)base, request->proof);

	return (ims_prover_question){ .proof = m->proof,
				      .text = m->text,
				      .challenge = m->challenge,
				      .impi = base->impi,
				      .method = request->method,
				      .uri = request->uri };
}

static gboolean reply(ims_prover *base, const ims_prover_request *request, const ims_prover_reply *said,
		      GError **error)
{
	matter *m = matter_of((const ims_delegated_prover *)base, request->proof);
	const ims_delegated_ask ask = { base->impi, request->uri, m->challenge };

	g_free(m->answer);
	m->answer = ims_delegated_answer(&ask, said, error);
	return m->answer != NULL;
}

/* Whether it is right the client knows. */
static gboolean confirm(ims_prover *base, const ims_prover_success *success, GError **error)
{
	ims_delegated_prover *prover = (ims_delegated_prover *)base;

	(void)error;
	g_free(prover->info);
	prover->info = g_strdup(success->info);
	return TRUE;
}

/* What another request waits for is asked all the same. */
static void forget(ims_prover *base)
{
	ims_delegated_prover *prover = (ims_delegated_prover *)base;

	drop_matter(&prover->of_register);
	g_clear_pointer(&prover->info, g_free);
}

static gboolean is_same(const ims_prover *a, const ims_prover *b)
{
	(void)a, (void)b;
	return FALSE;
}

static void delegated_prover_free(ims_prover *base)
{
	ims_delegated_prover *prover = (ims_delegated_prover *)base;

	forget(base);
	drop_matter(&prover->of_request);
	g_free(prover->realm);
	g_free(prover);
}

static const ims_prover_kind delegated = {
	.name = "delegated",
	.authorize = authorize,
	.heed = heed,
	.question = question,
	.reply = reply,
	.confirm = confirm,
	.forget = forget,
	.is_same = is_same,
	.free = delegated_prover_free,
};

ims_prover *ims_delegated_prover_new(const ims_delegated_prover_setup *setup)
{
	ims_delegated_prover *prover = g_new0(ims_delegated_prover, 1);

	prover->base =
		(ims_prover){ .kind = &delegated,
			      .impi = g_strdup(setup->impi),
			      .integrity = setup->usim ? IMS_INTEGRITY_CONNECTED : IMS_INTEGRITY_OF_FLOW,
			      .more_answers = setup->usim ? 1 : 0 };
	prover->realm = g_strdup(setup->realm);
	prover->tells = setup->tells;
	prover->usim = setup->usim;
	prover->takes_v1 = setup->takes_v1;
	prover->order = setup->order;
	return &prover->base;
}

const char *ims_delegated_prover_info(const ims_prover *prover)
{
	return prover->kind == &delegated ? ((const ims_delegated_prover *)prover)->info : NULL;
}
