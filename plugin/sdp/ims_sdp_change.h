/* ims_sdp_change.h: how a new offer of the core differs from what runs (RFC 3264 8). Pure. */
#pragma once
#include "sdp/ims_sdp_rewrite.h"

typedef enum {
	IMS_SDP_KEPT,     /* addresses, ports, directions: the browser need not know */
	IMS_SDP_STREAMS,  /* a stream comes or goes: without the browser it is refused, or stops */
	IMS_SDP_RESHAPED, /* what the browser sends is not welcome any more: it must send something else */
} ims_sdp_change;

/* core_last: the core's description before; streams: what runs. The greatest difference counts. */
ims_sdp_change ims_sdp_compare(const ims_sdp *core_offer, const ims_sdp *core_last, const GArray *streams,
			       const ims_sdp_policy *policy);
