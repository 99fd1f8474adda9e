/* ims_aka_prover.h: a user whose USIM keys we know (IMS-AKA without IPsec, 33.203 X.2.3): a soft SIM.
 *
 * The first REGISTER asks for AKAv2-SHA-256 (REQ-40). A challenge is answered with Digest whose password only
 * the USIM can make; one whose MAC is wrong gets an empty response (REQ-45), one whose sequence number is not
 * fresh an AUTS. After two such challenges in a row the attempt is over. CK and IK protect nothing here, so
 * they live as long as the computation. Pure. */
#pragma once
#include "auth/ims_aka_cards.h"
#include "auth/ims_prover.h"

typedef struct {
	const char *impi;
	const char *realm;        /* the home network's domain */
	const ims_aka_card *card; /* copied, wiped at the end */
	ims_aka_cards *cards;     /* where sequence numbers are remembered */
	guint64 sqn;              /* the highest one that is known to be used; 0: none */
	gboolean takes_v1;        /* AKAv1-MD5 is answered, too: a laboratory (REQ-44) */
} ims_aka_prover_setup;

ims_prover *ims_aka_prover_new(const ims_aka_prover_setup *setup);
