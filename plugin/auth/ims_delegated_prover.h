/* ims_delegated_prover.h: a user whose secret stays with his client (33.203 X.2.2): the network's challenge
 * goes there, and what it answers goes to the network.
 *
 * Each answer serves one request: who refreshes is challenged again, unless the network lets the flow do, and
 * so is each call. Other requests are answered in the registration's realm only. Nobody but the client's own
 * handle takes such a registration over, as there is nothing to compare. */
#pragma once
#include "auth/ims_prover.h"

typedef struct {
	const char *impi;
	const char *realm;      /* of the REGISTER that answers nothing */
	gboolean tells;         /* it says who we are */
	ims_digest_order order; /* of challenges for a password */
	gboolean usim;     /* he has a USIM: AKA is asked for, and no other challenge goes to him (REQ-40) */
	gboolean takes_v1; /* ... AKAv1-MD5 as well (REQ-44) */
} ims_delegated_prover_setup;

ims_prover *ims_delegated_prover_new(const ims_delegated_prover_setup *setup);

/* The Authentication-Info of the last 2xx, for the client (REQ-35). NULL: none, or this is another prover. */
const char *ims_delegated_prover_info(const ims_prover *prover);
