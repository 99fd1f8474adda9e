/* ims_digest_prover.h: a user whose password we know (SIP Digest). Pure. */
#pragma once
#include "auth/ims_prover.h"

typedef struct {
	const char *impi;
	const char *realm;  /* the home network's domain: where he is known before anybody asked */
	const char *secret; /* password; copied, wiped at the end */
	gboolean tells;     /* who he is stands in a REGISTER that answers no challenge (24.229 5.1.1.2) */
} ims_digest_prover_setup;

ims_prover *ims_digest_prover_new(const ims_digest_prover_setup *setup);
