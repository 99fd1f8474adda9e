/* ims_delegated_answer.h: what a client answers to a Digest challenge, as a header value for the network
 * (33.203 X.2.2).
 *
 * Pure. The client is not trusted: it answers this challenge, for this IMPI and this request, or not at all
 * (REQ-30), and says nothing about the protection of its access, which is the edge's to say (REQ-06). What
 * only a password can make is for the network to judge. */
#pragma once
#include "auth/ims_prover.h"

/* Whom and what the answer is for. Borrowed. */
typedef struct {
	const char *impi;
	const char *uri; /* of the request line */
	const ims_challenge *challenge;
} ims_delegated_ask;

/* A whole value is passed on byte by byte (REQ-33), without integrity-protected; its parts are put behind
 * what the challenge says. IMS_E_MISSING_ELEMENT or IMS_E_INVALID_ELEMENT: "authenticate: 'field' ...", never
 * with its content. Free with g_free. */
char *ims_delegated_answer(const ims_delegated_ask *ask, const ims_prover_reply *reply, GError **error);
