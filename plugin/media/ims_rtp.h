/* ims_rtp.h: RTP headers, and what a receiver knows of one source (RFC 3550).
 *
 * Pure. Thread: any, as long as one thread at a time uses a value. */
#pragma once
#include <glib.h>

#define IMS_RTP_HEADER 12 /* bytes of a header without CSRCs and extension: the only kind we send */
#define IMS_RTP_MAX 1500  /* longer packets are refused */

typedef struct {
	guint8 pt;
	gboolean marker, padded;
	guint16 seq;
	guint32 timestamp, ssrc;
	gsize body_at; /* where the payload begins, behind CSRCs and extension */
	gsize payload; /* its length, padding not counted */
} ims_rtp_header;

/* FALSE: not version 2, or its lengths do not add up. */
gboolean ims_rtp_parse(const guint8 *packet, gsize length, ims_rtp_header *ret_header);

/* Writes the 12 fixed bytes: no CSRC, no extension (REQ-114). Padding, if any, stays behind the payload. */
void ims_rtp_write(guint8 *ret_packet, const ims_rtp_header *header);

/* The one extension that crosses (REQ-115): the byte of urn:3gpp:video-orientation, whose number is id; -1:
 * not there. The packet must be one that ims_rtp_parse takes; one-byte and two-byte headers (RFC 8285). */
gint ims_rtp_orientation(const guint8 *packet, guint8 id);
#define IMS_RTP_ORIENTATION 8 /* bytes it takes */
/* Behind a header that ims_rtp_write wrote. id: 1 to 14. */
void ims_rtp_write_orientation(guint8 *packet, guint8 id, gint orientation);

typedef enum {
	IMS_RTP_NEXT,      /* in order, perhaps behind a gap */
	IMS_RTP_LATE,      /* out of order, or twice */
	IMS_RTP_HELD,      /* far from its predecessors: believed when the next one follows it */
	IMS_RTP_RESTARTED, /* ... and that is the next one: counting began anew */
} ims_rtp_verdict;

/* One SSRC as its receiver sees it (A.1, A.3, A.8). There is no probation: who may send is
 * decided before (media/ims_latch). */
typedef struct {
	guint16 max_seq;
	guint32 cycles, base_seq, bad_seq, received; /* as in A.1 */
	guint32 expected_prior, received_prior;      /* at the last report */
	gint64 lost_before;                          /* by sources that this one replaced */
	gboolean timed;                              /* transit is valid */
	guint32 transit, jitter;                     /* timestamp units; jitter times 16 */
} ims_rtp_receiver;

void ims_rtp_receiver_start(ims_rtp_receiver *receiver, guint16 seq); /* seq is its first packet */
ims_rtp_verdict ims_rtp_receiver_update(ims_rtp_receiver *receiver, guint16 seq);
void ims_rtp_receiver_time(ims_rtp_receiver *receiver, guint32 arrival, guint32 timestamp);
guint32 ims_rtp_receiver_jitter(const ims_rtp_receiver *receiver);  /* timestamp units */
guint32 ims_rtp_receiver_highest(const ims_rtp_receiver *receiver); /* extended sequence number */
gint64 ims_rtp_receiver_lost(const ims_rtp_receiver *receiver);     /* negative when packets came twice */
guint8 ims_rtp_receiver_fraction(ims_rtp_receiver *receiver);       /* lost since the last call, of 256 */
