/* ims_dtmf_ear.h: keys that the far end presses, of the telephone-events in its RTP (RFC 4733): each once.
 *
 * All packets of a press carry the time of its begin; its end comes three times, and may be lost all the
 * same: then whatever comes later ends it. A long press goes on in segments (2.5.1.3).
 *
 * Pure. Thread: its owner's. */
#pragma once
#include "media/ims_dtmf.h"

typedef struct {
	gboolean heard; /* anything yet: the rest is valid */
	gboolean open;  /* pressed and not told yet */
	guint8 event;
	guint32 timestamp; /* of the press, or of its last segment */
	guint16 duration;  /* in this segment, clock units */
	guint64 before;    /* ... in those before */
	guint clock_hz;
} ims_dtmf_ear;

/* One packet of an event, its payload as it came. TRUE: a press is over. */
gboolean ims_dtmf_ear_event(ims_dtmf_ear *ear, guint clock_hz, guint32 timestamp, const guint8 *payload,
			    gsize length, ims_dtmf_digit *ret_digit);
/* Speech, or anything else. */
gboolean ims_dtmf_ear_other(ims_dtmf_ear *ear, guint32 timestamp, ims_dtmf_digit *ret_digit);
