/* ims_dtmf_scale.h: telephone-events from one clock to another (RFC 4733 2.1): the two sides of a call agree
 * on them separately, and a duration counts in the clock of its own.
 *
 * A press goes on in segments when its clock counts beyond 16 bits (2.5.1.3): they are put together again,
 * for in the other clock it may need none. What 16 bits do not hold there stays at the greatest.
 *
 * Pure. Thread: its owner's. */
#pragma once
#include <glib.h>

typedef struct {
	gboolean heard;
	guint8 event;
	guint32 first;     /* timestamp of the press */
	guint32 timestamp; /* ... of its last segment */
	guint16 duration;  /* in that, as far as it was heard */
	guint64 before;    /* in those before */
} ims_dtmf_scale;

/* Changes one packet: its payload, at least 4 bytes, and the timestamp, which is that of the press. */
void ims_dtmf_scale_packet(ims_dtmf_scale *scale, guint from_hz, guint to_hz, guint32 *timestamp,
			   guint8 *payload);
