/* ims_bearer_prover.h: a user whose access token goes to the network as it is (RFC 8898): the network
 * verifies it.
 *
 * The token stands in REGISTERs only: whoever gets it can register as its user, and a far end that challenges
 * an INVITE must not be told. Pure. */
#pragma once
#include "auth/ims_bearer_challenge.h"
#include "auth/ims_prover.h"
#include "base/ims_secret.h"

/* token: of the characters that tokens have (ims_bearer_is_token); a reference is taken. */
ims_prover *ims_bearer_prover_new(const char *impi, ims_secret *token);

/* What the network said when it refused the token; NULL: it did not, or not so, or prover is of another kind.
 * Borrowed. */
const ims_bearer_challenge *ims_bearer_prover_refusal(const ims_prover *prover);
