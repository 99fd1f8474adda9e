/* ims_leg_rtcp.c: what a leg reports and hears reported, and who wants a key frame of whom. */
#include <string.h>

#include "media/internal.h"

#define RTCP_GAP_US (G_USEC_PER_SEC / 2) /* between requests for a key frame */
#define SIGNALLING_GAP_US (2 * G_USEC_PER_SEC)

/* RTCP comes from the host that RTP comes from, or where signalling put it: a far end that only listens sends
 * no RTP, and asks for key frames all the same. */
static gboolean may_report(const ims_leg *leg, const ims_address *from)
{
	return ims_address_same_host(&leg->latch.source, from) ||
	       ims_address_same_host(&leg->rtcp.signalled, from);
}

static gboolean hear(ims_leg *leg, const guint8 *packet, gsize length, gint64 now_us, gboolean *ret_key_frame)
{
	_Alignas(8) guint8 plain[IMS_RTP_MAX];

	if (!leg->srtp.on)
		return ims_reporter_hear(&leg->reporter, packet, length, now_us, ret_key_frame);
	if (length > sizeof(plain))
		return FALSE;
	memcpy(plain, packet, length);
	length = ims_srtp_unprotect(&leg->srtp, IMS_SRTP_RTCP, plain, length, now_us);
	if (length == 0)
		leg->stats.forged++;
	return length > 0 && ims_reporter_hear(&leg->reporter, plain, length, now_us, ret_key_frame);
}

void ims_leg_rtcp_from_core(ims_leg *leg, const guint8 *packet, gsize length, const ims_address *from,
			    gint64 now_us)
{
	g_auto(ims_locked) held = ims_lock_hold(&leg->lock);
	gboolean key_frame;

	if (leg->stopped)
		return;
	if (!leg->stream.used || !may_report(leg, from) || !hear(leg, packet, length, now_us, &key_frame)) {
		ims_leg_discard(leg);
		return;
	}
	leg->stats.last_from_core_us = now_us;
	leg->rtcp.source = *from;
	if (key_frame && ims_leg_is_video(leg))
		ims_pacer_ask(&leg->ask_browser, now_us);
}

/* Of the browser's RTCP only this crosses; Janus does the rest. */
void ims_leg_rtcp_from_browser(ims_leg *leg, const guint8 *packet, gsize length, gint64 now_us)
{
	g_auto(ims_locked) held = ims_lock_hold(&leg->lock);
	ims_rtcp_news news;

	if (leg->stopped)
		return;
	leg->stats.last_from_browser_us = now_us;
	if (ims_leg_is_video(leg) && ims_rtcp_parse(packet, length, 0, &news) && news.key_frame)
		ims_pacer_ask(&leg->ask_core, now_us);
}

void ims_leg_want_key_frame(ims_leg *leg, gint64 now_us)
{
	g_auto(ims_locked) held = ims_lock_hold(&leg->lock);

	if (ims_leg_is_video(leg))
		ims_pacer_ask(&leg->ask_browser, now_us);
}

void ims_leg_want_peer_key_frame(ims_leg *leg, gint64 now_us)
{
	g_auto(ims_locked) held = ims_lock_hold(&leg->lock);

	if (ims_leg_is_video(leg))
		ims_pacer_ask(&leg->ask_core, now_us);
}

/* Our own doing: reports, requests for key frames, key presses. */
void ims_leg_report(ims_leg *leg, ims_rtcp_extra extra, gint64 now_us)
{
	const ims_address *to = ims_latch_target(&leg->rtcp);
	_Alignas(8) guint8 packet[IMS_RTCP_MAX + IMS_SRTP_TRAILER];
	gsize length;

	if (!leg->stream.used || leg->stream.rtcp_bps == 0 || !to)
		return;
	length = ims_reporter_make(&leg->reporter, &leg->to_core, &leg->to_browser, extra, now_us, packet);
	if (leg->srtp.on)
		length = ims_srtp_protect(&leg->srtp, IMS_SRTP_RTCP, packet, length);
	if (length > 0)
		ims_wire_send(leg->wire, IMS_WIRE_RTCP, to, packet, length);
}

/* Before its first packet a source has no name that PLI and FIR could say; then it is asked anyway. */
static void ask_core(ims_leg *leg, gint64 now_us, ims_leg_asks *asks)
{
	const ims_sdp_stream *s = &leg->stream;
	gboolean by_rtcp = s->rtcp_bps > 0 && (s->pli || s->fir);

	if (!ims_pacer_take(&leg->ask_core, by_rtcp ? RTCP_GAP_US : SIGNALLING_GAP_US, now_us) || !s->used ||
	    !(s->direction & IMS_DIR_RECVONLY) || !leg->to_browser.fed)
		return;
	if (by_rtcp)
		ims_leg_report(leg, s->pli ? IMS_RTCP_PLI : IMS_RTCP_FIR, now_us);
	else
		asks->picture_wanted = TRUE;
}

static void ask_browser(ims_leg *leg, gint64 now_us, ims_leg_asks *asks)
{
	asks->key_frame = ims_pacer_take(&leg->ask_browser, RTCP_GAP_US, now_us) && ims_leg_target(leg);
}

/* The browser hears its limit again with each report, as what says it may be lost. */
static void report(ims_leg *leg, gint64 now_us)
{
	if (leg->report_due_us > now_us)
		return;
	if (leg->report_due_us > 0)
		ims_leg_report(leg, IMS_RTCP_PLAIN, now_us);
	leg->report_due_us = now_us + ims_reporter_interval_us(leg->stream.rtcp_bps);
	leg->limit_told = !ims_leg_is_video(leg) || !leg->stream.used;
}

void ims_leg_tick_rtcp(ims_leg *leg, gint64 now_us, ims_leg_asks *asks)
{
	ask_core(leg, now_us, asks);
	ask_browser(leg, now_us, asks);
	report(leg, now_us);
}
