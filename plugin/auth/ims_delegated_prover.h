/* ims_delegated_prover.h: a user whose secret stays with his client (33.203 X.2.2): the network's challenge
 * goes there, and what it answers goes to the network.
 *
 * Each answer serves one REGISTER: who refreshes is challenged again, unless the network lets the flow do.
 * Only REGISTERs are delegated; nobody but the client's own handle takes such a registration over, as there
 * is nothing to compare. */
#pragma once
#include "auth/ims_prover.h"

typedef struct {
	const char *impi;
	const char *realm, *registrar; /* of the REGISTER that answers nothing, and the URI of all */
	gboolean tells;                /* it says who we are */
	ims_digest_order order;        /* of challenges for a password */
	gboolean usim;     /* he has a USIM: AKA is asked for, and no other challenge goes to him (REQ-40) */
	gboolean takes_v1; /* ... AKAv1-MD5 as well (REQ-44) */
} ims_delegated_prover_setup;

ims_prover *ims_delegated_prover_new(const ims_delegated_prover_setup *setup);

/* The Authentication-Info of the last 2xx, for the client (REQ-35). NULL: none, or this is another prover. */
const char *ims_delegated_prover_info(const ims_prover *prover);
