#include "media/ims_relay.h"

static void receive_rtp(ims_leg *leg, gint64 now_us)
{
	const ims_anchor *anchor = ims_leg_anchor(leg);
	ims_wire_batch batch;
	guint n = ims_wire_receive(ims_leg_wire(leg), IMS_WIRE_RTP, &batch);

	for (guint i = 0; i < n; i++) {
		ims_leg_packet out;

		if (ims_leg_from_core(leg, batch.packet[i], batch.length[i], &batch.from[i], now_us, &out))
			anchor->gateway->relay_rtp(anchor->handle, ims_leg_mline(leg),
						   ims_leg_kind(leg) == IMS_MEDIA_VIDEO, (char *)out.bytes,
						   (guint16)out.length, out.orientation);
	}
}

static void receive_rtcp(ims_leg *leg, gint64 now_us)
{
	ims_wire_batch batch;
	guint n = ims_wire_receive(ims_leg_wire(leg), IMS_WIRE_RTCP, &batch);

	for (guint i = 0; i < n; i++)
		ims_leg_rtcp_from_core(leg, batch.packet[i], batch.length[i], &batch.from[i], now_us);
}

void ims_relay_receive(ims_leg *leg, ims_wire_socket which, gint64 now_us)
{
	if (which == IMS_WIRE_RTP)
		receive_rtp(leg, now_us);
	else
		receive_rtcp(leg, now_us);
}

void ims_relay_tick(ims_leg *leg, gint64 now_us)
{
	const ims_anchor *anchor = ims_leg_anchor(leg);
	ims_leg_asks asks = ims_leg_tick(leg, now_us);

	if (asks.key_frame)
		anchor->gateway->send_pli(anchor->handle, ims_leg_mline(leg));
	if (asks.kbps > 0)
		anchor->gateway->send_remb(anchor->handle, asks.kbps);
	for (guint i = 0; i < asks.heard.n; i++)
		anchor->gateway->key_pressed(anchor->handle, ims_dtmf_key(asks.heard.key[i].event),
					     asks.heard.key[i].duration_ms);
	if (asks.picture_wanted)
		anchor->gateway->picture_wanted(anchor->handle);
}
