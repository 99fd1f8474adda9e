/* ims_latch.h: whose packets are the far end's, and where ours go (symmetric RTP, RFC 4961).
 *
 * The first valid packet decides; from then on its source is the far end, and packets from
 * elsewhere are none of the call's. One exception: the address that signalling named wins over a
 * stranger that was first. Until something came, we send to the signalled address. A strict one takes
 * packets from there alone.
 *
 * Pure. Thread: its owner's. */
#pragma once
#include "media/ims_address.h"

typedef struct {
	gboolean strict;
	ims_address signalled; /* length 0: held, nothing may be sent */
	ims_address source;    /* length 0: not latched */
} ims_latch;

/* A new address forgets the source; the same one keeps it. Not numeric, 0.0.0.0, a group, or port 0:
 * do not send. Returns whether it changed. */
gboolean ims_latch_signal(ims_latch *latch, const char *address, guint16 port);

/* Is a packet from there the far end's? may_latch: it is good enough to decide on. */
gboolean ims_latch_accept(ims_latch *latch, const ims_address *from, gboolean may_latch);

/* ... the same, without deciding anything. */
gboolean ims_latch_would_accept(const ims_latch *latch, const ims_address *from);

const ims_address *ims_latch_target(const ims_latch *latch); /* NULL: do not send */
