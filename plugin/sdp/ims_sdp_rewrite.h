/* ims_sdp_rewrite.h: browser profile <-> IMS profile (section 5 of the requirements).
 *
 * Pure. "Browser" descriptions are what Janus hands us or takes from us: Janus itself adds and
 * consumes ICE, DTLS, BUNDLE, mid, msid and ssrc lines, so none of them is made here. "Core"
 * descriptions are what travels on Mw: RTP/AVP, or RTP/SAVP with crypto lines (REQ-129), for video
 * with feedback (AVPF, SAVPF) if the core likes (RFC 5939) or has it itself, real addresses, one RTP and
 * one RTCP port for each m-line, nothing of WebRTC in it (REQ-108, 109, 128).
 *
 * m-line count and order are the same on both sides; what cannot be served is refused with
 * port 0 (REQ-127, 139). Served: audio and video in the codecs that the network allows (REQ-126).
 *
 * All of it may be done again in a call, with the descriptions before as `previous`: numbers that
 * a side knows (payload types, header extensions) then keep their meaning (RFC 3264 8.3.2). */
#pragma once
#include "sdp/ims_sdes_keys.h"
#include "sdp/ims_sdp.h"

/* What a network allows. */
typedef struct {
	const GPtrArray *video_codecs; /* of char *, "H264" or "VP8": the order of our offers; may be empty */
	guint video_kbps;              /* b=AS of video: what we take, and the most a browser is asked for */
	const GPtrArray *
		audio_codecs; /* of char *, as video_codecs; empty: what browsers know, as who offers likes */
	ims_sdes_demand srtp; /* towards the core */
	const GPtrArray *srtp_profiles; /* of char *: suites in the order of our offers; no others are taken.
					 * NULL: none */
} ims_sdp_policy;

/* Where our side of the core leg receives. */
typedef struct {
	const char *address;  /* numeric IPv4 or IPv6; the only address that ever shows */
	const guint16 *ports; /* one RTP port for each m-line, RTCP is port + 1; 0: do not serve it */
	guint n_ports;
	guint64 session_id;      /* o=, stays for the life of the dialog */
	guint64 session_version; /* o=, grows by one when the description changes (RFC 3264 8) */
	const ims_sdp_policy *policy;
	ims_sdes_keys *keys; /* NULL: no SRTP */
} ims_sdp_local;

#define IMS_SDP_CODEC_NAME 24

/* Why nothing flows in an m-line. */
typedef enum {
	IMS_SDP_SERVED,
	IMS_SDP_SWITCHED_OFF,    /* by the side that offered it: port 0 */
	IMS_SDP_UNSUPPORTED,     /* not audio or video over RTP, or not as the edge has it */
	IMS_SDP_NO_COMMON_CODEC, /* neither side refused it as such */
	IMS_SDP_REFUSED_BY_CORE, /* answered with port 0 */
	IMS_SDP_REFUSED_BY_BROWSER,
} ims_sdp_refusal;

/* What the two sides of one m-line agreed on: all that media/ needs to relay it.
 *
 * A hold by the core never reaches the browser: it sends and receives as it first wished, and
 * `direction` says what of it passes. So the core can resume without a new round with the page. */
typedef struct {
	ims_media_kind kind;
	guint mline;   /* index of the m-line on both sides */
	gboolean used; /* FALSE: refused, the rest is void */
	ims_sdp_refusal refusal;
	char address[64]; /* where the core wants RTP, numeric; "0.0.0.0" (also for "::") counts as held */
	guint16 port, rtcp_port; /* never 0 when used */
	char rtcp_address[64];
	ims_direction direction; /* our direction towards the core: SENDONLY = browser to core only */
	gint16 to_core[128];     /* browser's payload type -> core's, -1: drop the packet */
	gint16 to_browser[128];  /* core's payload type -> browser's, -1: drop the packet */
	ims_direction wish;      /* the browser's; changes only with its own descriptions */
	ims_direction allowed;   /* of the wish, what a hold of ours leaves; direction stays within */
	gint16 browser_pt;       /* what the browser sends as a rule: its number for the first agreed codec */
	char codec[IMS_SDP_CODEC_NAME]; /* name of the first agreed codec, cut to fit; "": none */
	guint clock_hz;                 /* RTP clock of the first agreed codec */
	gint16 dtmf_pt; /* telephone-event towards the core at clock_hz if there, else at any; -1: none */
	guint dtmf_clock_hz;
	guint8 browser_event_khz[128]; /* the same of the browser, under its numbers */
	guint8 core_event_khz[128]; /* what the core sends under these numbers is telephone-event; 0: is not
				     */
	guint ptime_ms;             /* 20 unless agreed otherwise */
	guint rtcp_bps;             /* b=RS and b=RR of the core, together; 0: it wants no RTCP (RFC 3556) */
	guint max_kbps;             /* video: what the browser may send */
	gboolean pli, fir;          /* video: how the core can be asked for a key frame */
	guint8 browser_cvo_id; /* video: the browser's number for urn:3gpp:video-orientation, 0: not agreed */
	ims_srtp_key ours, theirs; /* of SRTP; IMS_SRTP_NONE: plain RTP. Wiped with the array */
	guint8 core_cvo_id; /* video: the core's number for urn:3gpp:video-orientation, 0: not agreed */
} ims_sdp_stream;

/* A copy of such an array, whose keys are wiped with it, too. */
GArray *ims_sdp_streams_copy(const GArray *streams);

/* TRUE when at least one m-line of the offer can be served at all: one relayed codec, RTP, not
 * refused. Otherwise IMS_E_NO_COMMON_MEDIA and the message lists what was offered. */
gboolean ims_sdp_check_offer(const ims_sdp *offer, const ims_sdp_policy *policy, GError **error);

/* Which m-lines of an offer deserve a port of ours. */
gboolean ims_sdp_media_is_servable(const ims_sdp_media *media, const ims_sdp_policy *policy);

/* The browser calls: its offer becomes our offer on Mw. previous: what we last told the core, NULL: nothing
 * yet. IMS_E_BAD_SDP when the offer has lost an m-line since, which was not refused. */
ims_sdp *ims_sdp_offer_to_core(const ims_sdp *browser_offer, const ims_sdp *previous,
			       const ims_sdp_local *local, GError **error);

/* ... and the core's answer becomes the browser's. Payload types are the browser's own.
 * ret_streams: array of ims_sdp_stream, one for each m-line; free with g_array_unref.
 * IMS_E_NO_COMMON_MEDIA when no m-line is left, IMS_E_BAD_SDP when the answer does not fit the offer. */
ims_sdp *ims_sdp_answer_to_browser(const ims_sdp *browser_offer, const ims_sdp *core_offer,
				   const ims_sdp *core_answer, GArray **ret_streams, GError **error);

/* The core calls: its offer becomes the browser's. previous: the last description of the browser's own, NULL:
 * none yet. */
ims_sdp *ims_sdp_offer_to_browser(const ims_sdp *core_offer, const ims_sdp *previous,
				  const ims_sdp_policy *policy, GError **error);

/* ... and the browser's answer becomes ours on Mw. The core's own payload types are kept. */
ims_sdp *ims_sdp_answer_to_core(const ims_sdp *core_offer, const ims_sdp *browser_offer,
				const ims_sdp *browser_answer, const ims_sdp_local *local,
				GArray **ret_streams, GError **error);

/* What the core's offer says of encryption, as far as we can do it. */
ims_sdes_demand ims_sdp_srtp_demand(const ims_sdp *core_offer, const ims_sdp_policy *policy);

/* A new offer of the core inside the call, answered without asking the browser: same codecs as
 * agreed (streams), new address, port or direction taken from the offer. Streams are updated in
 * place on success. IMS_E_NO_COMMON_MEDIA when the offer leaves nothing of what was agreed, or not
 * the codec the browser sends. our_last: what we said last, offer or answer. */
ims_sdp *ims_sdp_answer_reoffer(const ims_sdp *core_reoffer, const ims_sdp *our_last,
				const ims_sdp_local *local, GArray *streams, GError **error);

/* A new offer of ours inside the call, of which the browser is not told: our hold (direction:
 * SENDONLY, INACTIVE), its end (SENDRECV), an offer the core asked for. Offers what was agreed. */
ims_sdp *ims_sdp_reoffer(const ims_sdp *our_last, const GArray *streams, ims_direction direction,
			 const ims_sdp_local *local);

/* ... and the core's answer to it. Streams are updated in place on success; errors as above. */
gboolean ims_sdp_take_answer(const ims_sdp *our_reoffer, const ims_sdp *core_answer, GArray *streams,
			     GError **error);
