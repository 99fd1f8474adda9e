/* ims_aka_sqn.h: which sequence numbers of the network are fresh: 33.102 annex C, as a USIM keeps it.
 *
 * SQN (48 bits) is SEQ and, in its last 5 bits, IND: vectors that are made for several nodes of the network
 * may come in any order, those of one IND may not. The optional age limit (L) is not used. Pure. */
#pragma once
#include <glib.h>

enum { IMS_AKA_INDS = 32 };

/* Zeroed: nothing was accepted, and the first number is taken as it comes. */
typedef struct {
	guint64 seq[IMS_AKA_INDS]; /* the last one accepted of each IND */
	guint64 highest;           /* SQN_MS, the highest number accepted */
	gboolean is_known;         /* one was accepted, or named by ims_aka_sqn_raise */
} ims_aka_sqn;

/* Fresh: above what its IND has had (C.2.2), and not over 2^28 steps above all (C.2.1, against a wrap
 * around). It is not fresh any more then. FALSE: changes nothing; resynchronise with state->highest. */
gboolean ims_aka_sqn_accept(ims_aka_sqn *state, guint64 sqn);
/* Numbers up to this one were used before; never lowers anything. */
void ims_aka_sqn_raise(ims_aka_sqn *state, guint64 sqn);

guint64 ims_aka_sqn_read(const guint8 *bytes); /* 6 bytes, big endian */
void ims_aka_sqn_write(guint64 sqn, guint8 *ret_bytes);
