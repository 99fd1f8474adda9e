/* ims_leg_tones.c: key presses of ours, between the speech, and those of the far end (RFC 4733). */
#include "base/ims_error.h"
#include "media/internal.h"

#define LATE_TICKS 5 /* so many late: the rhythm starts anew instead of catching up */

void ims_leg_mute(ims_leg *leg)
{
	ims_dtmf_init(&leg->dtmf, ims_leg_sane_clock(leg->stream.dtmf_clock_hz));
	leg->dtmf_due_us = IMS_LEG_NEVER;
}

/* The packets of an event that plays are in its old clock: a change ends it. */
void ims_leg_apply_tones(ims_leg *leg)
{
	guint clock_hz = ims_leg_sane_clock(leg->stream.dtmf_clock_hz);

	if (leg->stream.dtmf_pt < 0 || !ims_leg_target(leg) || leg->dtmf.clock_hz != clock_hz)
		ims_leg_mute(leg);
}

void ims_leg_play(ims_leg *leg, gint64 now_us)
{
	const ims_address *to = ims_leg_target(leg);
	ims_rtp_header header = { .payload = IMS_DTMF_PAYLOAD };
	ims_dtmf_packet packet;

	if (!to || ims_dtmf_is_idle(&leg->dtmf)) {
		ims_leg_mute(leg);
		return;
	}
	leg->dtmf_due_us += IMS_DTMF_TICK_US;
	if (leg->dtmf_due_us < now_us - LATE_TICKS * IMS_DTMF_TICK_US)
		leg->dtmf_due_us = now_us + IMS_DTMF_TICK_US;
	if (!ims_dtmf_tick(&leg->dtmf, &packet))
		return;
	if (packet.begins)
		leg->dtmf_timestamp = ims_rtp_line_clock(&leg->to_core, now_us);
	header.pt = (guint8)(leg->stream.dtmf_pt & 0x7f);
	header.marker = packet.begins;
	header.seq = ims_rtp_line_insert(&leg->to_core);
	/* The event counts in its own clock, the stream in that of its codec. */
	header.timestamp = leg->dtmf_timestamp +
			   (guint32)((guint64)packet.offset * leg->to_core.clock_hz / leg->dtmf.clock_hz);
	ims_leg_send(leg, to, &header, -1, packet.payload, IMS_DTMF_PAYLOAD);
}

gboolean ims_leg_dtmf(ims_leg *leg, guint8 event, guint duration_ms, gint64 now_us, GError **error)
{
	g_auto(ims_locked) held = ims_lock_hold(&leg->lock);

	if (!ims_leg_target(leg)) {
		g_set_error(error, IMS_ERROR, IMS_E_WRONG_STATE, "No tone can be sent: %s",
			    leg->stream.used && !leg->stopped ? "the call is on hold" : "no audio runs");
		return FALSE;
	}
	if (leg->stream.dtmf_pt < 0) {
		g_set_error(error, IMS_ERROR, IMS_E_UNSUPPORTED,
			    "The far end did not agree to telephone-event");
		return FALSE;
	}
	if (!ims_dtmf_push(&leg->dtmf, event, duration_ms)) {
		g_set_error(error, IMS_ERROR, IMS_E_LIMIT, "%d tones wait already", IMS_DTMF_QUEUE);
		return FALSE;
	}
	if (leg->dtmf_due_us == IMS_LEG_NEVER)
		leg->dtmf_due_us = now_us;
	return TRUE;
}

/* A far end that drums on its keys is heard in part. */
static void hear(ims_leg *leg, const ims_dtmf_digit *digit, gint64 now_us)
{
	if (leg->heard.n < IMS_LEG_KEYS && ims_rate_take(&leg->keys, now_us / 1000))
		leg->heard.key[leg->heard.n++] = *digit;
}

void ims_leg_listen(ims_leg *leg, const ims_rtp_header *header, const guint8 *packet, gint64 now_us)
{
	guint khz = leg->stream.core_event_khz[header->pt];
	ims_dtmf_digit digit;
	gboolean over;

	if (khz > 0)
		over = ims_dtmf_ear_event(&leg->ear, khz * 1000, header->timestamp, packet + header->body_at,
					  header->payload, &digit);
	else
		over = leg->ear.open && ims_dtmf_ear_other(&leg->ear, header->timestamp, &digit);
	if (over)
		hear(leg, &digit, now_us);
}
