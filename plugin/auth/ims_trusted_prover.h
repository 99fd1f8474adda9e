/* ims_trusted_prover.h: a user whose access token we have verified: we register him as a trusted node does
 * (33.203 U.2), on our word.
 *
 * The only place that can write integrity-protected="auth-done" (REQ-49, REQ-51): it takes a grant, which
 * only the verification of a token makes, and writes nothing for another IMPI or IMPU than the grant's, or
 * after its end. */
#pragma once
#include "auth/ims_prover.h"
#include "token/ims_grant.h"

typedef struct {
	const ims_grant *grant;     /* a reference is taken */
	const char *impu;           /* that is registered */
	const char *realm;          /* the home network's domain */
	gboolean quoted;            /* integrity-protected="auth-done", or the bare token */
	const char *wwsf_parameter; /* that names the grant's WWSF; NULL: none */
} ims_trusted_prover_setup;

ims_prover *ims_trusted_prover_new(const ims_trusted_prover_setup *setup);

/* Who stands behind it; NULL: prover is of another kind. Borrowed. */
const ims_grant *ims_trusted_prover_grant(const ims_prover *prover);
