#include "media/ims_dtmf.h"

#include <string.h>

#define TICKS_PER_S (G_USEC_PER_SEC / IMS_DTMF_TICK_US)
#define END_PACKETS 3
#define PAUSE_TICKS 2
#define END_BIT 0x80
#define VOLUME 10 /* -10 dBm0 */

static const char events[] = "0123456789*#ABCD";

char ims_dtmf_key(guint8 event)
{
	return events[event & 15];
}

int ims_dtmf_event(char digit)
{
	const char *found = digit ? strchr(events, g_ascii_toupper(digit)) : NULL;

	return found ? (int)(found - events) : -1;
}

void ims_dtmf_init(ims_dtmf *dtmf, guint clock_hz)
{
	*dtmf = (ims_dtmf){ .clock_hz = clock_hz };
}

gboolean ims_dtmf_push(ims_dtmf *dtmf, guint8 event, guint duration_ms)
{
	guint at = (dtmf->head + dtmf->n_waiting) % IMS_DTMF_QUEUE;

	if (dtmf->n_waiting == IMS_DTMF_QUEUE)
		return FALSE;
	dtmf->waiting[at] = (ims_dtmf_digit){ event, (guint16)duration_ms };
	dtmf->n_waiting++;
	return TRUE;
}

static void begin(ims_dtmf *dtmf)
{
	const ims_dtmf_digit *digit = &dtmf->waiting[dtmf->head];

	dtmf->event = digit->event;
	dtmf->total = (guint32)((guint64)digit->duration_ms * dtmf->clock_hz / 1000);
	dtmf->done = 0;
	dtmf->segment = 0;
	dtmf->ends_left = END_PACKETS;
	dtmf->head = (dtmf->head + 1) % IMS_DTMF_QUEUE;
	dtmf->n_waiting--;
}

static void grow(ims_dtmf *dtmf)
{
	guint32 before = dtmf->done;

	dtmf->done = MIN(dtmf->done + dtmf->clock_hz / TICKS_PER_S, dtmf->total);
	if (dtmf->done - dtmf->segment > G_MAXUINT16)
		dtmf->segment = before;
}

static void describe(const ims_dtmf *dtmf, ims_dtmf_packet *ret_packet)
{
	guint32 duration = dtmf->done - dtmf->segment;

	ret_packet->offset = dtmf->segment;
	ret_packet->payload[0] = dtmf->event;
	ret_packet->payload[1] = VOLUME | (dtmf->done == dtmf->total ? END_BIT : 0);
	ret_packet->payload[2] = (guint8)(duration >> 8);
	ret_packet->payload[3] = (guint8)duration;
}

gboolean ims_dtmf_tick(ims_dtmf *dtmf, ims_dtmf_packet *ret_packet)
{
	gboolean begins = FALSE;

	if (dtmf->pause_left > 0) {
		dtmf->pause_left--;
		return FALSE;
	}
	if (dtmf->ends_left == 0) {
		if (dtmf->n_waiting == 0)
			return FALSE;
		begin(dtmf);
		begins = TRUE;
	}
	grow(dtmf);
	if (dtmf->done == dtmf->total && --dtmf->ends_left == 0)
		dtmf->pause_left = PAUSE_TICKS;
	ret_packet->begins = begins;
	describe(dtmf, ret_packet);
	return TRUE;
}

gboolean ims_dtmf_is_sounding(const ims_dtmf *dtmf)
{
	return dtmf->ends_left > 0 || dtmf->n_waiting > 0;
}

gboolean ims_dtmf_is_idle(const ims_dtmf *dtmf)
{
	return !ims_dtmf_is_sounding(dtmf) && dtmf->pause_left == 0;
}
