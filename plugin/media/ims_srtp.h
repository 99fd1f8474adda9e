/* ims_srtp.h: SRTP and SRTCP of one stream towards the core (RFC 3711), by libsrtp2.
 *
 * Keys that stay keep their context, so their packet counts and the replay window live on. When the far end
 * changes its key, the one before is good for a while: packets are on their way with it.
 *
 * Thread: its owner's, one at a time. Owner: the leg; embedded, all zero at first. */
#pragma once
#include "sdp/ims_sdes.h"

#define IMS_SRTP_TRAILER 20 /* bytes that protecting a packet may add */

typedef enum { IMS_SRTP_RTP, IMS_SRTP_RTCP } ims_srtp_kind;

typedef struct ims_srtp_context ims_srtp_context;

typedef struct {
	gboolean on; /* nothing passes in the clear, even when a context could not be made */
	ims_srtp_key ours, theirs;
	ims_srtp_context *out, *in, *in_before;
	gint64 before_until_us;
} ims_srtp;

/* Suite IMS_SRTP_NONE: plain RTP. FALSE: libsrtp refuses the keys. */
gboolean ims_srtp_set(ims_srtp *srtp, const ims_srtp_key *ours, const ims_srtp_key *theirs, gint64 now_us);
void ims_srtp_clear(ims_srtp *srtp); /* keys are wiped */

/* In place, with IMS_SRTP_TRAILER bytes of room behind it, 4-byte aligned. The new length; 0: drop it. */
gsize ims_srtp_protect(ims_srtp *srtp, ims_srtp_kind kind, guint8 *packet, gsize length);
/* ... 0: it is not the far end's, or came before. */
gsize ims_srtp_unprotect(ims_srtp *srtp, ims_srtp_kind kind, guint8 *packet, gsize length, gint64 now_us);
