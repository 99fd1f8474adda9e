#include "media/ims_dtmf_scale.h"

static void follow(ims_dtmf_scale *scale, guint32 timestamp, guint8 event)
{
	if (scale->heard && scale->event == event && scale->timestamp == timestamp)
		return;
	if (scale->heard && scale->event == event && scale->duration == G_MAXUINT16) {
		scale->before += scale->duration;
	} else {
		scale->before = 0;
		scale->first = timestamp;
	}
	scale->heard = TRUE;
	scale->event = event;
	scale->timestamp = timestamp;
	scale->duration = 0;
}

void ims_dtmf_scale_packet(ims_dtmf_scale *scale, guint from_hz, guint to_hz, guint32 *timestamp,
			   guint8 *payload)
{
	guint16 duration = (guint16)(payload[2] << 8 | payload[3]);
	guint64 scaled;

	follow(scale, *timestamp, payload[0]);
	scale->duration = MAX(scale->duration, duration);
	scaled = MIN((scale->before + duration) * to_hz / from_hz, G_MAXUINT16);
	payload[2] = (guint8)(scaled >> 8);
	payload[3] = (guint8)scaled;
	*timestamp = scale->first;
}
