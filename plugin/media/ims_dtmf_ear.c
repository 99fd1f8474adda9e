#include "media/ims_dtmf_ear.h"

#define END_BIT 0x80
#define KEYS 16 /* other events are no keys */

static gboolean tell(ims_dtmf_ear *ear, ims_dtmf_digit *ret_digit)
{
	guint64 ms;

	if (!ear->open)
		return FALSE;
	ms = (ear->before + ear->duration) * 1000 / ear->clock_hz;
	ear->open = FALSE;
	*ret_digit = (ims_dtmf_digit){ ear->event, (guint16)MIN(ms, G_MAXUINT16) };
	return TRUE;
}

static gboolean goes_on(const ims_dtmf_ear *ear, guint8 event)
{
	return ear->open && ear->event == event && ear->duration == G_MAXUINT16;
}

/* TRUE: the press before this one is over, its end was lost. */
static gboolean begin(ims_dtmf_ear *ear, guint clock_hz, guint32 timestamp, guint8 event,
		      ims_dtmf_digit *ret_digit)
{
	gboolean lost = FALSE;

	if (goes_on(ear, event)) {
		ear->before += ear->duration;
	} else {
		lost = tell(ear, ret_digit);
		*ear = (ims_dtmf_ear){ .heard = TRUE, .open = TRUE, .event = event, .clock_hz = clock_hz };
	}
	ear->timestamp = timestamp;
	ear->duration = 0;
	return lost;
}

gboolean ims_dtmf_ear_event(ims_dtmf_ear *ear, guint clock_hz, guint32 timestamp, const guint8 *payload,
			    gsize length, ims_dtmf_digit *ret_digit)
{
	gboolean told = FALSE;
	guint16 duration;

	if (length < IMS_DTMF_PAYLOAD || payload[0] >= KEYS || clock_hz == 0)
		return FALSE;
	if (ear->heard && (gint32)(timestamp - ear->timestamp) < 0)
		return FALSE; /* late, of a press that is over */
	if (!ear->heard || timestamp != ear->timestamp)
		told = begin(ear, clock_hz, timestamp, payload[0], ret_digit);
	duration = (guint16)(payload[2] << 8 | payload[3]);
	ear->duration = MAX(ear->duration, duration);
	/* Of two that are over at once the older is told; the repeated end tells the other. */
	if (!told && payload[1] & END_BIT)
		told = tell(ear, ret_digit);
	return told;
}

gboolean ims_dtmf_ear_other(ims_dtmf_ear *ear, guint32 timestamp, ims_dtmf_digit *ret_digit)
{
	return ear->open && (gint32)(timestamp - ear->timestamp) > (gint32)ear->duration &&
	       tell(ear, ret_digit);
}
