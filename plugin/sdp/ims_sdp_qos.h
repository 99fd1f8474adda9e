/* ims_sdp_qos.h: preconditions in descriptions of the core: what must be reserved before it rings (RFC 3312,
 * RFC 4032).
 *
 * We reserve nothing: whatever our side is asked for it has. A browser never sees any of this, as nothing of
 * a core description but what is known crosses (ims_sdp_rewrite.h). Pure. */
#pragma once
#include "sdp/ims_sdp.h"

typedef enum {
	IMS_SDP_QOS_NONE,       /* it has no preconditions */
	IMS_SDP_QOS_MET,        /* nothing that is mandatory is missing */
	IMS_SDP_QOS_PENDING,    /* who wrote it has not reserved yet what it insists on */
	IMS_SDP_QOS_IMPOSSIBLE, /* mandatory, and nothing that two ends can tell each other: 580 */
} ims_sdp_qos;

/* Of all m-lines that are not refused; the greatest counts. */
ims_sdp_qos ims_sdp_qos_of(const ims_sdp *theirs);

/* They want to hear that our side is ready: they say so (a=conf), or do not know it yet and insist on it. */
gboolean ims_sdp_qos_wants_word(const ims_sdp *theirs);

/* Into our answer: where we stand, where they do, and, while they are not ready, that they tell us when they
 * are (a=conf). Nothing into lines for which they have none. */
void ims_sdp_qos_answer(ims_sdp *ours, const ims_sdp *theirs);

/* Into an offer of ours. theirs: their last description; lines for which it has none get none. NULL: nothing
 * is known of them yet, and nothing is insisted on. */
void ims_sdp_qos_offer(ims_sdp *ours, const ims_sdp *theirs);
