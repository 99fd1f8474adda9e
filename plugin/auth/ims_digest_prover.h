/* ims_digest_prover.h: a user whose password, or a hash of it, we know (SIP Digest). Pure. */
#pragma once
#include "auth/ims_prover.h"

typedef struct {
	const char *impi;
	const char *realm; /* the home network's domain: where he is known before anybody asked */
	/* Password. Exactly one of the two; copied, wiped at the end. */
	const char *secret;
	/* H(IMPI:realm:password), of a form that ims_digest_ha1_hash knows, and of a hash that the order has:
	 * only its challenges are answered. Only who made it knows its realm: in any other the answer is
	 * wrong. */
	const char *ha1;
	ims_digest_order order; /* empty: all, the strongest first */
	gboolean tells; /* who he is stands in a REGISTER that answers no challenge (24.229 5.1.1.2) */
} ims_digest_prover_setup;

ims_prover *ims_digest_prover_new(const ims_digest_prover_setup *setup);
