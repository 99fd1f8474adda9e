/* ims_dtmf.h: key presses as RFC 4733 telephone-events: which packet is sent when.
 *
 *   tick, 20 ms each     1     2   ...   n     n+1    n+2    n+3   n+4
 *   packet             M d=1  d=2      E d=n  E d=n  E d=n    -     -    next digit
 *
 * The end is sent three times (2.5.1.4). With those and the pause two digits are at least 80 ms
 * apart, more than the 65 ms that 3GPP TS 23.014 asks for.
 *
 * Pure. Thread: its owner's. */
#pragma once
#include <glib.h>

#define IMS_DTMF_TICK_US 20000
#define IMS_DTMF_QUEUE 32
#define IMS_DTMF_PAYLOAD 4
#define IMS_DTMF_MIN_MS 40
#define IMS_DTMF_MAX_MS 6000

typedef struct {
	guint8 event;
	guint16 duration_ms;
} ims_dtmf_digit;

typedef struct {
	guint clock_hz;
	ims_dtmf_digit waiting[IMS_DTMF_QUEUE];
	guint head, n_waiting;
	guint8 event;        /* the one that plays; void when ends_left is 0 */
	guint32 total, done; /* its length and how much of it was sent, clock units */
	guint32 segment;     /* where the present segment begins */
	guint ends_left;     /* end packets still to come; 0: none plays */
	guint pause_left;    /* ticks of silence before the next */
} ims_dtmf;

typedef struct {
	gboolean begins; /* first of its event: take a timestamp and keep it, set the marker */
	guint32 offset;  /* to add to that timestamp; not 0 only in events longer than 16 bits count (2.5.1.3)
			  */
	guint8 payload[IMS_DTMF_PAYLOAD];
} ims_dtmf_packet;

/* 0 to 15; -1: none of 0-9 * # A-D (case ignored) */
int ims_dtmf_event(char digit);

char ims_dtmf_key(guint8 event); /* ... and back; event: 0 to 15 */

void ims_dtmf_init(ims_dtmf *dtmf, guint clock_hz);
gboolean ims_dtmf_push(ims_dtmf *dtmf, guint8 event, guint duration_ms); /* FALSE: the queue is full */
gboolean ims_dtmf_tick(ims_dtmf *dtmf, ims_dtmf_packet *ret_packet);     /* FALSE: silence in this one */
gboolean ims_dtmf_is_sounding(const ims_dtmf *dtmf); /* a digit plays or waits: no audio meanwhile */
gboolean ims_dtmf_is_idle(const ims_dtmf *dtmf);     /* not even a pause is left: no tick needed */
