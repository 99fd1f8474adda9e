/* ims_claim.h: one challenge of the network, used again and counted until it sends another.
 *
 * What the provers of the Digest family share. Pure. */
#pragma once
#include <glib.h>
#include "auth/ims_digest.h"

/* Zeroed: nothing was challenged. */
typedef struct {
	ims_challenge *challenge; /* NULL: none yet */
	char *session_nonce;      /* the nonce that it came with; nextnonce changes the challenge's */
	guint32 nc;               /* of the last answer */
	char *cnonce;             /* ... NULL: none given, or none needed */
	char *uri;                /* ... of its request */
} ims_claim;

/* Which challenges are answered. Borrowed. */
typedef struct {
	ims_digest_order order;
	gboolean (*is_realm)(const char *realm, gpointer user); /* NULL: of any realm */
	gpointer user;
} ims_claim_rules;

/* Who answers, and with what; as in ims_digest_request. Borrowed. */
typedef struct {
	const char *username;
	const ims_secret *secret;
	gboolean is_ha1;
	const char *algorithm, *auts;
} ims_claim_user;

/* To which request. Borrowed. */
typedef struct {
	const char *method, *uri;
	GBytes *body; /* NULL: none */
} ims_claim_request;

void ims_claim_clear(ims_claim *claim);

/* The one whose hash comes first in the order; of several of one hash the network's first (RFC 8760). NULL
 * with the first one's reason; without an error when there is none at all. */
ims_challenge *ims_claim_choose(const GPtrArray *challenges, const ims_claim_rules *rules, GError **error);

/* Takes the challenge over. answers: given before by the same attempt. FALSE: the last one was wrong, and
 * another would be too. */
gboolean ims_claim_keep(ims_claim *claim, ims_challenge *challenge, guint answers);

/* The next answer, as a header value; NULL with the reason. */
char *ims_claim_answer(ims_claim *claim, const ims_claim_user *user, const ims_claim_request *request,
		       GError **error);

/* What the Authentication-Info of a 2xx to the last answer says (REQ-35), and the nonce that it brings. body:
 * of the 2xx; NULL: none. FALSE: it proves wrongly. */
gboolean ims_claim_confirm(ims_claim *claim, const ims_claim_user *user, const char *info, GBytes *body,
			   GError **error);
