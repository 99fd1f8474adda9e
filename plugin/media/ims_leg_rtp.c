/* ims_leg_rtp.c: the packets of a leg, both ways. */
#include <errno.h>
#include <string.h>

#include "base/ims_log.h"
#include "media/internal.h"

/* Whether a payload type of the browser's is the codec that runs, and no key press or comfort noise. */
static gboolean is_codec(const ims_leg *leg, gint16 browser_pt)
{
	return browser_pt >= 0 && browser_pt == leg->stream.browser_pt;
}

static gboolean is_codec_of_core(const ims_leg *leg, guint8 core_pt)
{
	return leg->stream.browser_pt >= 0 && leg->stream.to_core[leg->stream.browser_pt & 0x7f] == core_pt;
}

/* Browser to core. Returns errno, as the two below. */
int ims_leg_send(ims_leg *leg, const ims_address *to, ims_rtp_header *header, gint orientation,
		 const guint8 *body, gsize body_length)
{
	gboolean extended =
		orientation >= 0 && body_length <= IMS_RTP_MAX - IMS_RTP_HEADER - IMS_RTP_ORIENTATION;
	gsize before = IMS_RTP_HEADER + (extended ? IMS_RTP_ORIENTATION : 0);
	_Alignas(8) guint8 out[IMS_RTP_MAX + IMS_SRTP_TRAILER];
	gsize length = before + body_length;
	int why;

	header->ssrc = leg->reporter.ssrc;
	ims_rtp_write(out, header);
	if (extended)
		ims_rtp_write_orientation(out, leg->stream.core_cvo_id, orientation);
	memcpy(out + before, body, body_length);
	ims_taps_hear(&leg->taps, IMS_TAP_USER, is_codec_of_core(leg, header->pt), out, length);
	if (leg->srtp.on)
		length = ims_srtp_protect(&leg->srtp, IMS_SRTP_RTP, out, length);
	if (length == 0) {
		ims_leg_discard(leg);
		return 0;
	}
	why = ims_wire_send(leg->wire, IMS_WIRE_RTP, to, out, length);
	if (why)
		return why;
	ims_reporter_sent(&leg->reporter, header->payload);
	leg->stats.packets_to_core++;
	leg->stats.bytes_to_core += length;
	return 0;
}

/* Both sides must have a number for it. */
static gint orientation_of(const ims_leg *leg, const guint8 *packet, guint8 id)
{
	if (leg->stream.core_cvo_id == 0 || leg->stream.browser_cvo_id == 0)
		return -1;
	return ims_rtp_orientation(packet, id);
}

/* An event whose clock is another on the other side is written anew into room; else what there is goes on. */
static const guint8 *scale_to_core(ims_leg *leg, ims_rtp_header *header, gint16 pt, const guint8 *body,
				   gsize *length, guint8 room[IMS_DTMF_PAYLOAD])
{
	guint from_hz = leg->stream.browser_event_khz[header->pt] * 1000u;

	if (from_hz == 0 || pt != leg->stream.dtmf_pt || from_hz == leg->stream.dtmf_clock_hz ||
	    header->payload < IMS_DTMF_PAYLOAD)
		return body;
	memcpy(room, body, IMS_DTMF_PAYLOAD);
	ims_dtmf_scale_packet(&leg->event_to_core, from_hz, leg->stream.dtmf_clock_hz, &header->timestamp,
			      room);
	header->padded = FALSE;
	header->payload = *length = IMS_DTMF_PAYLOAD;
	return room;
}

static void scale_to_browser(ims_leg *leg, ims_rtp_header *header, gint16 pt, guint8 *payload)
{
	guint from_hz = leg->stream.core_event_khz[header->pt] * 1000u;
	guint to_hz = leg->stream.browser_event_khz[pt & 0x7f] * 1000u;

	if (from_hz > 0 && to_hz > 0 && from_hz != to_hz && header->payload >= IMS_DTMF_PAYLOAD)
		ims_dtmf_scale_packet(&leg->event_to_browser, from_hz, to_hz, &header->timestamp, payload);
}

static int pass_to_core(ims_leg *leg, const guint8 *packet, gsize length, gint64 now_us)
{
	const ims_address *to = ims_leg_target(leg);
	guint8 event[IMS_DTMF_PAYLOAD];
	const guint8 *body;
	ims_rtp_header header;
	gint16 pt;

	if (!ims_rtp_parse(packet, length, &header)) {
		ims_leg_discard(leg);
		return 0;
	}
	if (to && ims_dtmf_is_sounding(&leg->dtmf)) {
		ims_rtp_line_skip(&leg->to_core, &header);
		return 0;
	}
	pt = to ? leg->stream.to_core[header.pt] : -1;
	if (pt < 0) {
		ims_rtp_line_skip(&leg->to_core, &header);
		ims_leg_discard(leg);
		return 0;
	}
	length -= header.body_at;
	body = scale_to_core(leg, &header, pt, packet + header.body_at, &length, event);
	if (!ims_rtp_line_pass(&leg->to_core, &header, now_us)) {
		ims_leg_discard(leg);
		return 0;
	}
	header.pt = (guint8)(pt & 0x7f);
	return ims_leg_send(leg, to, &header, orientation_of(leg, packet, leg->stream.browser_cvo_id), body,
			    length);
}

/* TRUE once in a leg's life; a full queue of the system is no news. */
static gboolean is_news(ims_leg *leg, int why)
{
	if (why == 0 || why == EAGAIN || why == ENOBUFS || leg->send_failed)
		return FALSE;
	leg->send_failed = TRUE;
	return TRUE;
}

void ims_leg_from_browser(ims_leg *leg, const guint8 *packet, gsize length, gint64 now_us)
{
	gboolean news = FALSE;
	int why = 0;

	{
		g_auto(ims_locked) held = ims_lock_hold(&leg->lock);

		if (leg->stopped)
			return;
		leg->stats.last_from_browser_us = now_us;
		why = pass_to_core(leg, packet, length, now_us);
		news = is_news(leg, why);
	}
	if (news)
		ims_alarm(leg->anchor->alarms, IMS_ALARM_MEDIA_IO, "%s: m-line %u: no RTP to the core: %s",
			  leg->anchor->owner, leg->mline, g_strerror(why));
}

/* Core to browser. */
static void time_source(ims_leg *leg, const ims_rtp_header *header, gint64 now_us)
{
	guint clock_hz = leg->to_browser.clock_hz;
	gint64 arrival =
		now_us / G_USEC_PER_SEC * clock_hz + now_us % G_USEC_PER_SEC * clock_hz / G_USEC_PER_SEC;

	/* All packets of a telephone-event carry the time of its begin. */
	if (header->pt != leg->stream.dtmf_pt)
		ims_rtp_receiver_time(&leg->to_browser.in, (guint32)arrival, header->timestamp);
}

/* A picture of another camera begins with its next key frame. */
static void notice_source(ims_leg *leg, const ims_rtp_header *header, gint64 now_us)
{
	if (ims_leg_is_video(leg) && (!leg->to_browser.fed || leg->to_browser.in_ssrc != header->ssrc))
		ims_pacer_ask(&leg->ask_core, now_us);
}

/* The operator hears of the first ones, and then ever more rarely. */
static void note_stranger(ims_leg *leg, const ims_address *from)
{
	guint64 n = ++leg->stats.strangers;
	char text[IMS_ADDRESS_TEXT];

	if ((n & (n - 1)) == 0)
		ims_alarm(leg->anchor->alarms, IMS_ALARM_RTP_STRANGER,
			  "%s: m-line %u: RTP from %s, which is not the far end, %" G_GUINT64_FORMAT
			  " so far",
			  leg->anchor->owner, leg->mline, ims_address_text(from, text), n);
}

/* Strangers shall not make us compute, nor decide on anything by packets that the key does not open. */
static gboolean open_packet(ims_leg *leg, guint8 *packet, gsize *length, const ims_address *from,
			    gint64 now_us)
{
	if (!ims_latch_would_accept(&leg->latch, from)) {
		note_stranger(leg, from);
		return FALSE;
	}
	*length = ims_srtp_unprotect(&leg->srtp, IMS_SRTP_RTP, packet, *length, now_us);
	if (*length == 0)
		leg->stats.forged++;
	return *length > 0;
}

static gboolean pass_to_browser(ims_leg *leg, guint8 *packet, gsize length, const ims_address *from,
				gint64 now_us, ims_leg_packet *ret_packet)
{
	ims_rtp_header header, before;
	gboolean wanted;
	gint16 pt;

	if (!leg->stream.used || (leg->srtp.on && !open_packet(leg, packet, &length, from, now_us)) ||
	    !ims_rtp_parse(packet, length, &header))
		return FALSE;
	pt = leg->stream.to_browser[header.pt];
	wanted = pt >= 0 && (leg->stream.direction & IMS_DIR_RECVONLY);
	if (!ims_latch_accept(&leg->latch, from, wanted)) {
		note_stranger(leg, from);
		return FALSE;
	}
	leg->stats.last_from_core_us = now_us;
	if (leg->stream.direction & IMS_DIR_RECVONLY)
		ims_leg_listen(leg, &header, packet, now_us);
	if (!wanted) {
		ims_rtp_line_skip(&leg->to_browser, &header);
		return FALSE;
	}
	before = header;
	notice_source(leg, &header, now_us);
	scale_to_browser(leg, &header, pt, packet + header.body_at);
	if (!ims_rtp_line_pass(&leg->to_browser, &header, now_us))
		return FALSE;
	time_source(leg, &before, now_us);
	header.pt = (guint8)(pt & 0x7f);
	ret_packet->orientation = orientation_of(leg, packet, leg->stream.core_cvo_id);
	ret_packet->bytes = packet + header.body_at - IMS_RTP_HEADER;
	ret_packet->length = length - header.body_at + IMS_RTP_HEADER;
	ims_rtp_write(ret_packet->bytes, &header);
	ims_taps_hear(&leg->taps, IMS_TAP_PEER, is_codec(leg, pt), ret_packet->bytes, ret_packet->length);
	leg->stats.packets_to_browser++;
	leg->stats.bytes_to_browser += ret_packet->length;
	return TRUE;
}

/* Where the far end really is, told once when it is not where it said. */
static gboolean is_elsewhere(const ims_leg *leg, const ims_address *source_before)
{
	return leg->latch.source.length && !ims_address_equal(&leg->latch.source, source_before) &&
	       !ims_address_equal(&leg->latch.source, &leg->latch.signalled);
}

gboolean ims_leg_from_core(ims_leg *leg, guint8 *packet, gsize length, const ims_address *from, gint64 now_us,
			   ims_leg_packet *ret_packet)
{
	char text[IMS_ADDRESS_TEXT];
	gboolean elsewhere, passed;

	{
		g_auto(ims_locked) held = ims_lock_hold(&leg->lock);
		ims_address source_before = leg->latch.source;

		if (leg->stopped)
			return FALSE;
		passed = pass_to_browser(leg, packet, length, from, now_us, ret_packet);
		if (!passed)
			ims_leg_discard(leg);
		elsewhere = is_elsewhere(leg, &source_before);
	}
	if (elsewhere)
		ims_info(leg->anchor->owner, "m-line %u: RTP comes from %s, not from the address signalled",
			 leg->mline, ims_address_text(from, text));
	return passed;
}
