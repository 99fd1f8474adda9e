#include "auth/ims_trusted_prover.h"

#include "auth/ims_auth_params.h"
#include "auth/ims_digest.h"
#include "base/ims_error.h"

typedef struct {
	ims_prover base;
	ims_grant *grant;
	char *impu, *realm, *wwsf_parameter;
	gboolean quoted;
} ims_trusted_prover;

static gint64 now_s(void)
{
	return g_get_real_time() / G_USEC_PER_SEC;
}

/* Some cores compare it with those that the user's subscription allows (33.203 X.3, REQ-58). */
static void append_wwsf(GString *value, const ims_trusted_prover *prover)
{
	const char *wwsf = ims_grant_wwsf(prover->grant);

	if (!prover->wwsf_parameter || !wwsf)
		return;
	g_string_append(value, ", ");
	ims_auth_append_quoted(value, prover->wwsf_parameter, wwsf);
}

/* Whoever writes this lets a user in without a challenge. */
static char *auth_done(const ims_trusted_prover *prover, const char *uri, GError **error)
{
	const char *quote = prover->quoted ? "\"" : "";
	g_autofree char *who = NULL;
	GString *value;

	if (!ims_grant_permits(prover->grant, prover->base.impi, prover->impu, now_s())) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_IDENTITY_REFUSED,
				    "the token has expired, or is not for this identity");
		return NULL;
	}
	who = ims_digest_empty(prover->base.impi, prover->realm, uri, NULL, error);
	if (!who)
		return NULL;
	value = g_string_new(NULL);
	g_string_append_printf(value, "%s, integrity-protected=%sauth-done%s", who, quote, quote);
	append_wwsf(value, prover);
	return g_string_free(value, FALSE);
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
	g_free(prover->wwsf_parameter);
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
	prover->wwsf_parameter = g_strdup(setup->wwsf_parameter);
	return &prover->base;
}

const ims_grant *ims_trusted_prover_grant(const ims_prover *prover)
{
	return prover->kind == &trusted ? ((const ims_trusted_prover *)prover)->grant : NULL;
}
