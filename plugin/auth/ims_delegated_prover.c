#include "auth/ims_delegated_prover.h"

#include "auth/ims_aka.h"
#include "auth/ims_auth_params.h"
#include "auth/ims_delegated_answer.h"
#include "base/ims_error.h"

typedef struct {
	ims_prover base;
	char *realm, *registrar;
	gboolean tells, aka;
	char *text; /* of the challenge; NULL: none has come */
	ims_challenge *challenge;
	ims_proof proof; /* ... what it asks for */
	char *answer;    /* of the next REGISTER; NULL: none */
	char *info;
} ims_delegated_prover;

static void drop_challenge(ims_delegated_prover *prover)
{
	g_clear_pointer(&prover->text, g_free);
	g_clear_pointer(&prover->challenge, ims_challenge_free);
	g_clear_pointer(&prover->answer, g_free);
}

static char *authorize(ims_prover *base, const ims_prover_request *request, gboolean *ret_answers,
		       GError **error)
{
	ims_delegated_prover *prover = (ims_delegated_prover *)base;

	g_clear_pointer(&prover->info, g_free);
	*ret_answers = prover->answer && request->proof == prover->proof;
	if (*ret_answers)
		return g_steal_pointer(&prover->answer);
	return prover->tells && request->proof == IMS_PROOF_REGISTER
		       ? ims_digest_empty(base->impi, prover->realm, request->uri, NULL, error)
		       : NULL;
}

static gboolean may_be_told(const ims_delegated_prover *prover, const ims_challenge *challenge,
			    GError **error)
{
	ims_aka_algorithm algorithm;

	if (!challenge->algorithm || !ims_aka_algorithm_of(challenge->algorithm, &algorithm))
		return ims_challenge_is_answerable(challenge, error);
	if (prover->aka)
		return TRUE;
	g_set_error_literal(error, IMS_ERROR, IMS_E_BAD_CHALLENGE,
			    "challenge: AKA needs encrypted access (w2 = \"tls\")");
	return FALSE;
}

/* The first of the network's that fits: it names the strongest first (RFC 8760). */
static ims_challenge *choose(const ims_delegated_prover *prover, const GPtrArray *challenges,
			     const char **ret_text, GError **error)
{
	g_autoptr(GError) first = NULL;

	for (guint i = 0; i < challenges->len; i++) {
		GError **why = first ? NULL : &first;
		const char *text = g_ptr_array_index(challenges, i);
		g_autoptr(ims_challenge) challenge = ims_challenge_parse(text, why);

		if (!challenge || !may_be_told(prover, challenge, why))
			continue;
		*ret_text = text;
		return g_steal_pointer(&challenge);
	}
	if (first)
		g_propagate_error(error, g_steal_pointer(&first));
	return NULL;
}

static gboolean was_wrong(const ims_delegated_prover *prover, const ims_challenge *challenge, guint answers)
{
	return answers > 0 && prover->challenge && !challenge->stale &&
	       ims_challenge_is_same(prover->challenge, challenge);
}

/* REQ-42: keys for IPsec, which nobody but a P-CSCF may see. */
static char *without_keys(const char *text)
{
	g_autofree char *without_ik = ims_auth_params_without(text, "ik");

	return ims_auth_params_without(without_ik, "ck");
}

static ims_prover_verdict heed(ims_prover *base, const ims_prover_demand *demand, GError **error)
{
	ims_delegated_prover *prover = (ims_delegated_prover *)base;
	g_autoptr(ims_challenge) challenge = NULL;
	const char *text = NULL;

	if (!ims_proof_is_of_register(demand->proof)) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_BAD_CHALLENGE,
				    "only the registration's challenges go to the client");
		return IMS_PROVER_REFUSES;
	}
	challenge = choose(prover, demand->challenges, &text, error);
	if (!challenge || was_wrong(prover, challenge, demand->answers))
		return IMS_PROVER_REFUSES;
	drop_challenge(prover);
	prover->text = without_keys(text);
	prover->challenge = g_steal_pointer(&challenge);
	prover->proof = demand->proof;
	return IMS_PROVER_ASKS;
}

static ims_prover_question question(const ims_prover *base)
{
	const ims_delegated_prover *prover = (const ims_delegated_prover *)base;

	return (ims_prover_question){ .proof = prover->proof,
				      .text = prover->text,
				      .challenge = prover->challenge,
				      .impi = base->impi,
				      .method = "REGISTER",
				      .uri = prover->registrar };
}

static gboolean reply(ims_prover *base, const ims_prover_reply *said, GError **error)
{
	ims_delegated_prover *prover = (ims_delegated_prover *)base;
	const ims_delegated_ask ask = { base->impi, prover->registrar, prover->challenge };

	prover->answer = ims_delegated_answer(&ask, said, error);
	return prover->answer != NULL;
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

static void forget(ims_prover *base)
{
	ims_delegated_prover *prover = (ims_delegated_prover *)base;

	drop_challenge(prover);
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
	g_free(prover->realm);
	g_free(prover->registrar);
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

	prover->base = (ims_prover){ .kind = &delegated,
				     .impi = g_strdup(setup->impi),
				     .integrity = IMS_INTEGRITY_OF_FLOW };
	prover->realm = g_strdup(setup->realm);
	prover->registrar = g_strdup(setup->registrar);
	prover->tells = setup->tells;
	prover->aka = setup->aka;
	return &prover->base;
}

const char *ims_delegated_prover_info(const ims_prover *prover)
{
	return prover->kind == &delegated ? ((const ims_delegated_prover *)prover)->info : NULL;
}
