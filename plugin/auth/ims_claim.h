/* ims_claim.h: one challenge of the network, used again and counted until it sends another.
 *
 * What the provers of the Digest family share. Pure. */
#pragma once
#include <glib.h>
#include "auth/ims_digest.h"

/* Zeroed: nothing was challenged. */
typedef struct {
	ims_challenge *challenge; /* NULL: none yet */
	guint32 nc;               /* of the last answer */
	char *cnonce;             /* ... NULL: none given, or none needed */
} ims_claim;

/* Who answers, and with what. Borrowed. */
typedef struct {
	const char *username, *secret;
	const char *method, *uri;
} ims_claim_answerer;

void ims_claim_clear(ims_claim *claim);

/* The first that can be answered (RFC 8760: the network names the strongest first); realm NULL: of any realm.
 * NULL with the first one's reason; without an error when there is none at all. */
ims_challenge *ims_claim_choose(const GPtrArray *challenges, const char *realm, GError **error);

/* Takes the challenge over. answers: given before by the same attempt. FALSE: the last one was wrong, and
 * another would be too. */
gboolean ims_claim_keep(ims_claim *claim, ims_challenge *challenge, guint answers);

/* The next answer, as a header value; NULL with the reason. */
char *ims_claim_answer(ims_claim *claim, const ims_claim_answerer *answerer, GError **error);

/* What the Authentication-Info behind the last answer says (REQ-35), and the nonce that it brings. FALSE: it
 * proves wrongly. */
gboolean ims_claim_confirm(ims_claim *claim, const ims_claim_answerer *answerer, const char *info,
			   GError **error);
