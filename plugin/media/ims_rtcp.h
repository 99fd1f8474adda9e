/* ims_rtcp.h: RTCP compounds: build ours, read theirs (RFC 3550 6).
 *
 * Pure. Thread: any. */
#pragma once
#include <glib.h>

typedef struct {
	guint32 about;   /* whose packets these figures count */
	guint8 fraction; /* lost since the last report, of 256 */
	gint32 lost;     /* cumulative, kept within 24 bits */
	guint32 highest; /* extended sequence number */
	guint32 jitter;  /* timestamp units */
	guint32 last_sr,
		since_last_sr; /* middle bits of its last SR and its age in 1/65536 s; 0: none came */
} ims_rtcp_block;

/* What stands behind a report. */
typedef enum {
	IMS_RTCP_PLAIN,
	IMS_RTCP_BYE,
	IMS_RTCP_PLI, /* a key frame, please (RFC 4585 6.3.1) */
	IMS_RTCP_FIR, /* ... the other way to say it (RFC 5104 4.3.1) */
} ims_rtcp_extra;

typedef struct {
	guint32 ssrc;
	gboolean is_sr; /* else RR, and the sender's figures are void */
	guint64 ntp;
	guint32 timestamp, packets, octets;
	const ims_rtcp_block *block; /* NULL: nothing came since the last report */
	const char *cname;           /* up to 255 bytes */
	ims_rtcp_extra extra;
	guint32 asked; /* PLI, FIR: whose key frame */
	guint8 fir_seq;
} ims_rtcp_report;

#define IMS_RTCP_MAX 344 /* the longest that ims_rtcp_build makes */

/* SR or RR, SDES CNAME, perhaps one more. */
gsize ims_rtcp_build(guint8 ret_packet[IMS_RTCP_MAX], const ims_rtcp_report *report);

/* What one compound told us. Only its first block about us and its first SR count. */
typedef struct {
	guint32 sender; /* SSRC of the first packet */
	gboolean has_sr;
	guint64 sr_ntp;
	gboolean has_block;
	ims_rtcp_block block; /* about our SSRC */
	gboolean bye;         /* the sender's own */
	gboolean
		key_frame; /* PLI or FIR. Whose is not looked at: there is one stream, and phones err in it */
} ims_rtcp_news;

/* FALSE: not a whole compound (A.2): wrong version, lengths that do not add up, neither a report nor
 * feedback (RFC 5506) first. */
gboolean ims_rtcp_parse(const guint8 *packet, gsize length, guint32 our_ssrc, ims_rtcp_news *ret_news);

guint64 ims_rtcp_ntp(gint64 unix_us);     /* 64-bit NTP timestamp; time before 1970 gives 0 */
guint32 ims_rtcp_ntp_middle(guint64 ntp); /* what LSR carries */

/* A minus LSR minus DLSR (6.4.1) in microseconds; FALSE: the figures contradict each other. */
gboolean ims_rtcp_round_trip(guint64 now_ntp, const ims_rtcp_block *block, gint64 *ret_us);
