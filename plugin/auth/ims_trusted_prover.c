#include "auth/ims_trusted_prover.h"

#include "auth/ims_digest.h"
#include "base/ims_error.h"

typedef struct {
	ims_prover base;
	ims_grant *grant;
	char *impu, *realm;
	gboolean quoted;
} ims_trusted_prover;

static gint64 now_s(void)
{
	return g_get_real_time() / G_USEC_PER_SEC;
}

/* Whoever writes this lets a user in without a challenge. */
static char *auth_done(const ims_trusted_prover *prover, const char *uri, GError **error)
{
	const char *quote = prover->quoted ? "\"" : "";
	g_autofree char *who = NULL;

	if (!ims_grant_permits(prover->grant, prover->base.impi, prover->impu, now_s())) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_IDENTITY_REFUSED,
				    "The access token has expired, or is not for this identity");
		return NULL;
	}
	who = ims_digest_empty(prover->base.impi, prover->realm, uri, NULL, error);
	return who ? g_strdup_printf("%s, integrity-protected=%sauth-done%s", who, quote, quote) : NULL;
}

static char *authorize(ims_prover *base, const ims_prover_request *request, gboolean *ret_answers,
		       GError **error)
{
	(void)ret_answers;
	return request->proof == IMS_PROOF_REGISTER
		       ? auth_done((const ims_trusted_prover *)base, request->uri, error)
		       : NULL;
}

/* There is no password, and a client that has none must not be asked for one (REQ-53). */
static ims_prover_verdict heed(ims_prover *base, const ims_prover_demand *demand, GError **error)
{
	(void)base;
	(void)demand;
	g_set_error_literal(error, IMS_ERROR, IMS_E_BAD_CHALLENGE,
			    "The network does not take this gateway's word for its users");
	return IMS_PROVER_ALARMS;
}

static gboolean is_same(const ims_prover *a, const ims_prover *b)
{
	return ims_grant_is_same_user(((const ims_trusted_prover *)a)->grant,
				      ((const ims_trusted_prover *)b)->grant);
}

static void trusted_prover_free(ims_prover *base)
{
	ims_trusted_prover *prover = (ims_trusted_prover *)base;

	ims_grant_unref(prover->grant);
	g_free(prover->impu);
	g_free(prover->realm);
	g_free(prover);
}

static const ims_prover_kind trusted = {
	.name = "token",
	.authorize = authorize,
	.heed = heed,
	.is_same = is_same,
	.free = trusted_prover_free,
};

ims_prover *ims_trusted_prover_new(const ims_trusted_prover_setup *setup)
{
	ims_trusted_prover *prover = g_new0(ims_trusted_prover, 1);

	prover->base = (ims_prover){ .kind = &trusted,
				     .impi = g_strdup(ims_grant_impi(setup->grant)),
				     .integrity = IMS_INTEGRITY_OWN };
	prover->grant = ims_grant_ref(setup->grant);
	prover->impu = g_strdup(setup->impu);
	prover->realm = g_strdup(setup->realm);
	prover->quoted = setup->quoted;
	return &prover->base;
}

const ims_grant *ims_trusted_prover_grant(const ims_prover *prover)
{
	return prover->kind == &trusted ? ((const ims_trusted_prover *)prover)->grant : NULL;
}
