/* ims_aka_cards.h: the sequence numbers of the USIMs that this process has played, from one registration to
 * the next.
 *
 * A USIM is an IMPI with its keys, of which a keyed hash alone is kept: who does not have the keys finds no
 * card, and moves no one else's sequence numbers. Only so many cards are remembered; the one that was used
 * longest ago is forgotten first, and starts anew. Thread: the SIP thread. */
#pragma once
#include "auth/ims_aka.h"

typedef struct ims_aka_cards ims_aka_cards;

ims_aka_cards *ims_aka_cards_new(guint limit);
void ims_aka_cards_free(ims_aka_cards *cards); /* what has been handed out lives on; accepts NULL */

/* The sequence numbers of this USIM; zeroed when it is not known. A reference: ims_aka_sqn_unref. */
ims_aka_sqn *ims_aka_cards_sqn(ims_aka_cards *cards, const char *impi, const ims_milenage_keys *keys);
void ims_aka_sqn_unref(ims_aka_sqn *sqn); /* accepts NULL */
