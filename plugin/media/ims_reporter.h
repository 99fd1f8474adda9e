/* ims_reporter.h: the RTCP side of one leg: what to report when, and what the reports tell.
 *
 * Pure: time comes as an argument, monotonic microseconds. Thread: its owner's. */
#pragma once
#include "media/ims_rtcp.h"
#include "media/ims_rtp_line.h"

typedef struct {
	guint32 ssrc;                 /* ours */
	const char *cname;            /* belongs to the owner */
	gint64 unix_offset_us;        /* monotonic to wall clock, fixed: no step of the clock shows */
	guint32 packets, octets;      /* RTP that we sent */
	guint32 packets_reported;     /* ... up to the last report */
	gboolean spoke;               /* sent anything at all: then a BYE is due */
	guint32 heard_ssrc, received; /* of the source, at the last report */
	guint32 sr_ssrc, sr_middle;   /* its last SR; sr_us 0: none */
	gint64 sr_us;
	gint64 round_trip_us;    /* 0: not known */
	guint heard;             /* blocks about us */
	ims_rtcp_block about_us; /* the last of them */
	guint8 fir_seq;          /* of the next FIR */
} ims_reporter;

void ims_reporter_init(ims_reporter *reporter, guint32 ssrc, const char *cname, gint64 now_us);
void ims_reporter_sent(ims_reporter *reporter, gsize payload); /* an RTP packet left */

/* Five seconds, or as long as two sides need to stay within bps (6.2, RFC 3556), halved to one and a half
 * times at random (6.3.1). bps 0, no reports: five seconds too. */
gint64 ims_reporter_interval_us(guint bps);

/* The next compound: SR when RTP left since the last one, else RR. out: our stream, for the running
 * timestamp. in: the line that the core feeds. */
gsize ims_reporter_make(ims_reporter *reporter, const ims_rtp_line *out, ims_rtp_line *in,
			ims_rtcp_extra extra, gint64 now_us, guint8 ret_packet[IMS_RTCP_MAX]);

/* FALSE: malformed. ret_key_frame: the far end wants one. */
gboolean ims_reporter_hear(ims_reporter *reporter, const guint8 *packet, gsize length, gint64 now_us,
			   gboolean *ret_key_frame);
