#include "media/ims_reporter.h"

#include "base/ims_random.h"

#define MIN_INTERVAL_US (5 * G_USEC_PER_SEC)
#define REPORT_BITS (120 * 8) /* about: SR, block, SDES, with headers of UDP and IP */
#define SIDES 2

void ims_reporter_init(ims_reporter *reporter, guint32 ssrc, const char *cname, gint64 now_us)
{
	*reporter = (ims_reporter){
		.ssrc = ssrc,
		.cname = cname,
		.unix_offset_us = g_get_real_time() - now_us,
	};
}

void ims_reporter_sent(ims_reporter *reporter, gsize payload)
{
	reporter->packets++;
	reporter->octets += (guint32)payload;
	reporter->spoke = TRUE;
}

gint64 ims_reporter_interval_us(guint bps)
{
	gint64 needed_us = bps ? REPORT_BITS * SIDES * (gint64)G_USEC_PER_SEC / bps : 0;
	gint64 interval_us = MAX(needed_us, MIN_INTERVAL_US);
	guint32 random;

	ims_random_bytes(&random, sizeof(random));
	return interval_us / 2 + (gint64)((guint64)random * (guint64)interval_us >> 32);
}

static guint64 ntp_at(const ims_reporter *reporter, gint64 now_us)
{
	return ims_rtcp_ntp(now_us + reporter->unix_offset_us);
}

/* FALSE: the core's source was silent since the last report. */
static gboolean describe_source(ims_reporter *reporter, ims_rtp_line *in, gint64 now_us,
				ims_rtcp_block *ret_block)
{
	if (!in->fed || (in->in_ssrc == reporter->heard_ssrc && in->in.received == reporter->received))
		return FALSE;
	reporter->heard_ssrc = in->in_ssrc;
	reporter->received = in->in.received;
	*ret_block = (ims_rtcp_block){
		.about = in->in_ssrc,
		.fraction = ims_rtp_receiver_fraction(&in->in),
		.lost = (gint32)CLAMP(ims_rtp_receiver_lost(&in->in), G_MININT32, G_MAXINT32),
		.highest = ims_rtp_receiver_highest(&in->in),
		.jitter = ims_rtp_receiver_jitter(&in->in),
	};
	if (reporter->sr_us > 0 && reporter->sr_ssrc == in->in_ssrc) {
		ret_block->last_sr = reporter->sr_middle;
		ret_block->since_last_sr = (guint32)(((now_us - reporter->sr_us) << 16) / G_USEC_PER_SEC);
	}
	return TRUE;
}

gsize ims_reporter_make(ims_reporter *reporter, const ims_rtp_line *out, ims_rtp_line *in,
			ims_rtcp_extra extra, gint64 now_us, guint8 ret_packet[IMS_RTCP_MAX])
{
	ims_rtcp_block block;
	ims_rtcp_report report = {
		.ssrc = reporter->ssrc,
		.is_sr = reporter->packets != reporter->packets_reported,
		.ntp = ntp_at(reporter, now_us),
		.timestamp = ims_rtp_line_clock(out, now_us),
		.packets = reporter->packets,
		.octets = reporter->octets,
		.cname = reporter->cname,
		.extra = extra,
		.asked = in->in_ssrc,
		.fir_seq = extra == IMS_RTCP_FIR ? reporter->fir_seq++ : 0,
	};

	if (describe_source(reporter, in, now_us, &block))
		report.block = &block;
	reporter->packets_reported = reporter->packets;
	reporter->spoke = TRUE;
	return ims_rtcp_build(ret_packet, &report);
}

gboolean ims_reporter_hear(ims_reporter *reporter, const guint8 *packet, gsize length, gint64 now_us,
			   gboolean *ret_key_frame)
{
	ims_rtcp_news news;

	if (!ims_rtcp_parse(packet, length, reporter->ssrc, &news))
		return FALSE;
	if (news.has_sr) {
		reporter->sr_ssrc = news.sender;
		reporter->sr_middle = ims_rtcp_ntp_middle(news.sr_ntp);
		reporter->sr_us = now_us;
	}
	if (news.has_block) {
		reporter->heard++;
		reporter->about_us = news.block;
		ims_rtcp_round_trip(ntp_at(reporter, now_us), &news.block, &reporter->round_trip_us);
	}
	*ret_key_frame = news.key_frame;
	return TRUE;
}
