/* ims_rtp_line.h: one outgoing RTP stream that stays continuous whatever feeds it.
 *
 * A packet's sequence number and timestamp leave shifted by constants. When the source changes
 * (another SSRC, a jump in its numbers) or we dropped or added packets, the shifts are chosen
 * anew so that the next packet follows the last: without that a phone's jitter buffer or a
 * browser's SRTP replay window throws the rest of the call away. Real loss stays visible.
 *
 * Pure: time comes as an argument, monotonic microseconds. Thread: its owner's. */
#pragma once
#include "media/ims_rtp.h"

/* What must be mended before the next packet leaves; the greater wins. */
typedef enum {
	IMS_LINE_WHOLE,
	IMS_LINE_NUMBERS, /* we dropped or added packets: sequence numbers only */
	IMS_LINE_SOURCE,  /* the source is another: timestamps too */
	IMS_LINE_BLANK,   /* nothing left yet: begin as the source does */
} ims_line_break;

typedef struct {
	ims_rtp_receiver in; /* statistics of the present source */
	gboolean fed;        /* there is one */
	guint32 in_ssrc;
	ims_line_break broken;
	guint16 seq_shift;
	guint32 timestamp_shift;
	guint32 floor; /* extended number in `in` where the present shifts begin: nothing older may pass */
	guint16 last_seq;
	guint32 last_timestamp;
	gint64 last_us;
	guint clock_hz;
} ims_rtp_line;

/* A stream of our own, running from this moment. */
void ims_rtp_line_start(ims_rtp_line *line, guint clock_hz, guint16 seq, guint32 timestamp, gint64 now_us);

/* A stream that begins as its source does. */
void ims_rtp_line_follow(ims_rtp_line *line, guint clock_hz);

/* Gives the packet its place; FALSE: it has none, drop it. SSRC and payload type are not touched. */
gboolean ims_rtp_line_pass(ims_rtp_line *line, ims_rtp_header *header, gint64 now_us);

/* A packet that we see but do not let through. */
void ims_rtp_line_skip(ims_rtp_line *line, const ims_rtp_header *header);

guint16 ims_rtp_line_insert(ims_rtp_line *line);                     /* the number of a packet of our own */
guint32 ims_rtp_line_clock(const ims_rtp_line *line, gint64 now_us); /* the running timestamp */
gint64 ims_rtp_line_lost(const ims_rtp_line *line);                  /* of all its sources */
