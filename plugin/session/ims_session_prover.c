/* ims_session_prover.c: from a request's fields to the prover of its user. */
#include <string.h>

#include "auth/ims_aka_prover.h"
#include "auth/ims_auth_params.h"
#include "auth/ims_delegated_prover.h"
#include "auth/ims_digest_prover.h"
#include "base/ims_error.h"
#include "session/internal.h"

/* Who registers, and where. Borrowed. */
typedef struct {
	const ims_service *service;
	const ims_network *network;
	const char *impi;
	const ims_register_params *params;
} applicant;

/* A hash in place of the password: it can answer challenges of that hash only. */
static gboolean check_ha1(const applicant *a, const ims_digest_order *order, GError **error)
{
	const char *ha1 = a->params->ha1_secret;
	ims_hash hash;

	if (!ha1)
		return TRUE;
	if (a->params->secret)
		return ims_session_refuse(error, IMS_E_INVALID_ELEMENT,
					  "register: 'secret' and 'ha1_secret' exclude each other");
	if (!ims_digest_ha1_hash(ha1, &hash))
		return ims_session_refuse(
			error, IMS_E_INVALID_ELEMENT,
			"register: 'ha1_secret' must be 32 hexadecimal digits (MD5) or 64 (SHA-256)");
	if (ims_digest_order_has(order, hash))
		return TRUE;
	g_set_error(error, IMS_ERROR, IMS_E_INVALID_ELEMENT,
		    "register: 'ha1_secret' is of %s, which network '%s' does not allow (digest_algorithms)",
		    ims_hash_name(hash), a->network->name);
	return FALSE;
}

static ims_prover *digest(const applicant *a, GError **error)
{
	const ims_digest_order order = ims_digest_order_of(a->network->digest_algorithms);
	gboolean is_bare = !a->params->secret && !a->params->ha1_secret; /* a guest */

	if (!check_ha1(a, &order, error))
		return NULL;
	return ims_digest_prover_new(
		&(ims_digest_prover_setup){ .impi = a->impi,
					    .realm = a->network->domain,
					    .secret = is_bare ? "" : a->params->secret,
					    .ha1 = a->params->ha1_secret,
					    .order = order,
					    .tells = ims_role_tells_impi(a->network, a->impi) });
}

/* REQ-41: whoever reads it on the way has what only the USIM should have. */
static gboolean may_use_aka(const ims_config *config)
{
	return config->w2 == IMS_W2_TLS || config->allow_plain_aka;
}

/* REQ-44 */
static gboolean takes_v1(const applicant *a)
{
	return a->service->config->lab && a->network->role == IMS_ROLE_UE;
}

static ims_prover *aka_of(const applicant *a, const ims_aka_card *card)
{
	const char *sqn = a->params->aka.sqn;

	return ims_aka_prover_new(&(ims_aka_prover_setup){ .impi = a->impi,
							   .realm = a->network->domain,
							   .card = card,
							   .cards = a->service->cards,
							   .sqn = sqn ? g_ascii_strtoull(sqn, NULL, 16) : 0,
							   .takes_v1 = takes_v1(a) });
}

static ims_prover *aka(const applicant *a, GError **error)
{
	const ims_aka_params *p = &a->params->aka;
	ims_aka_card card;
	ims_prover *prover;

	if (!may_use_aka(a->service->config)) {
		ims_session_refuse(error, IMS_E_UNSUPPORTED,
				   "register: 'auth' aka needs encrypted access (general.w2 = \"tls\")");
		return NULL;
	}
	if (!ims_aka_card_parse(p->k, p->op, p->opc, p->amf, &card, error))
		return NULL;
	prover = aka_of(a, &card);
	explicit_bzero(&card, sizeof(card));
	return prover;
}

static gboolean check_delegated(const applicant *a, GError **error)
{
	if (a->params->secret || a->params->ha1_secret || a->params->aka.k)
		return ims_session_refuse(
			error, IMS_E_INVALID_ELEMENT,
			"register: a secret does not go with 'auth' delegated: it stays with "
			"the client");
	if (a->params->algorithm && !may_use_aka(a->service->config))
		return ims_session_refuse(error, IMS_E_UNSUPPORTED,
					  "register: 'algorithm' AKAv2-SHA-256 needs encrypted access "
					  "(general.w2 = \"tls\")");
	return TRUE;
}

static ims_prover *delegated(const applicant *a, GError **error)
{
	if (!check_delegated(a, error))
		return NULL;
	return ims_delegated_prover_new(
		&(ims_delegated_prover_setup){ .impi = a->impi,
					       .realm = a->network->domain,
					       .order = ims_digest_order_of(a->network->digest_algorithms),
					       .tells = ims_role_tells_impi(a->network, a->impi),
					       .usim = a->params->algorithm != NULL,
					       .takes_v1 = takes_v1(a) });
}

static const struct {
	const char *auth;
	ims_prover *(*make)(const applicant *applicant, GError **error);
} ways[] = { { "digest", digest }, { "aka", aka }, { "delegated", delegated } };

/* It stands beside integrity-protected, and registrars that undo no escapes would read on where a quote is
 * (REQ-07). An IMPI is a network access identifier (23.003 13.3), which has none. */
static gboolean check_impi(const ims_network *network, const char *impi, GError **error)
{
	if (ims_auth_names_integrity(impi))
		return ims_session_refuse(error, IMS_E_INVALID_ELEMENT,
					  "register: 'authuser' must be without integrity-protected");
	return network->role != IMS_ROLE_EDGE || !strpbrk(impi, "\"\\") ||
	       ims_session_refuse(error, IMS_E_INVALID_ELEMENT,
				  "register: 'authuser' must be without quotes and backslashes");
}

char *ims_session_impi(const ims_network *network, const char *authuser, const char *username)
{
	return authuser ? g_strdup(authuser) : ims_role_impi(network, username);
}

ims_prover *ims_session_prover(const ims_service *service, const ims_network *network,
			       const ims_register_params *p, GError **error)
{
	g_autofree char *impi = ims_session_impi(network, p->authuser, p->username);
	const applicant who = { service, network, impi, p };

	if (!check_impi(network, impi, error))
		return NULL;
	for (gsize i = 0; i < G_N_ELEMENTS(ways); i++)
		if (strcmp(p->auth ? p->auth : "digest", ways[i].auth) == 0)
			return ways[i].make(&who, error);
	g_assert_not_reached();
}
