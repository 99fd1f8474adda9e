/* internal.h: a leg, as its files share it: ims_leg.c (life, what was agreed), ims_leg_rtp.c (packets),
 * ims_leg_rtcp.c (reports, key frames), ims_leg_tones.c (key presses). All here under the leg's lock. */
#pragma once
#include "base/ims_lock.h"
#include "base/ims_rate.h"
#include "media/ims_dtmf_ear.h"
#include "media/ims_dtmf_scale.h"
#include "media/ims_latch.h"
#include "media/ims_leg.h"
#include "media/ims_pacer.h"
#include "media/ims_reporter.h"
#include "media/ims_rtp_line.h"
#include "media/ims_srtp.h"

struct ims_leg {
	gint refs;
	ims_anchor *anchor;
	guint mline;
	ims_media_kind kind;
	ims_wire *wire;

	ims_lock lock; /* for all below */
	gboolean stopped;
	ims_sdp_stream stream; /* as agreed; nothing passes while it is not used */
	ims_srtp srtp;         /* the keys are there, not in the stream */
	ims_latch latch;
	ims_latch rtcp; /* its source is any port of a host that may report */
	ims_rtp_line to_core, to_browser;
	ims_reporter reporter;
	gint64 report_due_us; /* 0: not planned yet */
	ims_dtmf dtmf;
	ims_dtmf_scale event_to_core, event_to_browser;
	ims_dtmf_ear ear; /* for keys of the far end */
	ims_rate keys;    /* how many of them are told */
	ims_leg_keys heard;
	guint32 dtmf_timestamp;          /* of the event that plays */
	gint64 dtmf_due_us;              /* IMS_LEG_NEVER: silent */
	ims_pacer ask_core, ask_browser; /* for a key frame */
	ims_taps taps;                   /* who listens in */
	gboolean limit_told;             /* the browser knows how much it may send */
	gboolean send_failed;            /* said so once */
	ims_media_stats stats;           /* lost, jitter and round trip live in the lines and the reporter */
};

static inline gboolean ims_leg_is_video(const ims_leg *leg)
{
	return leg->kind == IMS_MEDIA_VIDEO;
}

guint ims_leg_sane_clock(guint clock_hz);
const ims_address *ims_leg_target(const ims_leg *leg); /* what RTP may be sent to now; NULL: none */

/* ims_leg_rtp.c */
static inline void ims_leg_discard(ims_leg *leg)
{
	leg->stats.discarded++;
}

/* One packet to the core; sets its SSRC. orientation -1: none. Returns errno. */
int ims_leg_send(ims_leg *leg, const ims_address *to, ims_rtp_header *header, gint orientation,
		 const guint8 *body, gsize body_length);

/* ims_leg_rtcp.c */
void ims_leg_report(ims_leg *leg, ims_rtcp_extra extra, gint64 now_us);
void ims_leg_tick_rtcp(ims_leg *leg, gint64 now_us, ims_leg_asks *asks);

/* ims_leg_tones.c */
void ims_leg_listen(ims_leg *leg, const ims_rtp_header *header, const guint8 *packet, gint64 now_us);
void ims_leg_mute(ims_leg *leg);
void ims_leg_apply_tones(ims_leg *leg);
void ims_leg_play(ims_leg *leg, gint64 now_us);
