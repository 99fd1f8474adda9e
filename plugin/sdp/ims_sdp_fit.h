/* ims_sdp_fit.h: a browser has one answer to its offer, and another end than that answer was made of takes
 * the call (RFC 3261 13.2.2.4, RFC 3264): whether media can go behind the browser's back. Pure. */
#pragma once
#include "sdp/ims_sdp_rewrite.h"

/* The greatest of all m-lines counts. */
typedef enum {
	IMS_SDP_FITS,      /* the browser need not know, and the core says what is so */
	IMS_SDP_CORE_MORE, /* the core has media that the browser was refused: the core is to be told */
	IMS_SDP_MISFIT,    /* the browser sends, or the core does, what the other does not know */
} ims_sdp_fit;

/* streams: as the core's answer and the browser's offer would have them. told: what the browser sends and
 * receives instead: its answer, or the last of its own. ours: what we told the core. Changed in place:
 * numbers that the browser does not expect are dropped, what it was refused is not used, what does not fit is
 * inactive, and ready for an offer of ours of what the browser has (ims_sdp_reoffer). */
ims_sdp_fit ims_sdp_fit_browser(GArray *streams, const ims_sdp *told, const ims_sdp *ours);
