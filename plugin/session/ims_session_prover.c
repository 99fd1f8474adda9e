/* ims_session_prover.c: from a request's fields to the prover of its user. */
#include "auth/ims_digest_prover.h"
#include "session/internal.h"

ims_prover *ims_session_prover(const ims_network *network, const ims_register_params *p)
{
	g_autofree char *impi = p->authuser ? g_strdup(p->authuser) : ims_role_impi(network, p->username);

	return ims_digest_prover_new(
		&(ims_digest_prover_setup){ .impi = impi,
					    .realm = network->domain,
					    .secret = p->secret,
					    .order = ims_digest_order_of(network->digest_algorithms),
					    .tells = ims_role_tells_impi(network, impi) });
}
