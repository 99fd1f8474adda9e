#include "media/ims_leg.h"

#include <string.h>

#include "base/ims_random.h"
#include "media/internal.h"

#define CLOCK_HZ 8000 /* when the description names none that a codec has */
#define MAX_CLOCK_HZ 192000
#define KEYS_PER_MINUTE 300 /* nobody presses so many */
#define SEQ_MASK 0x7fff     /* begins so that it does not wrap at once: SRTP counts wraps (RFC 3711 3.3.1) */

ims_leg *ims_leg_new(ims_anchor *anchor, guint mline, ims_media_kind kind, ims_wire *wire)
{
	ims_leg *leg = g_new0(ims_leg, 1);
	gint64 now_us = g_get_monotonic_time();
	struct {
		guint32 ssrc, timestamp;
		guint16 seq;
	} random;

	ims_random_bytes(&random, sizeof(random));
	leg->refs = 1;
	leg->anchor = ims_anchor_ref(anchor);
	leg->mline = mline;
	leg->kind = kind;
	leg->wire = wire;
	ims_lock_init(&leg->lock);
	ims_rtp_line_start(&leg->to_core, CLOCK_HZ, random.seq & SEQ_MASK, random.timestamp, now_us);
	ims_rtp_line_follow(&leg->to_browser, CLOCK_HZ);
	ims_reporter_init(&leg->reporter, random.ssrc, leg->anchor->cname, now_us);
	ims_dtmf_init(&leg->dtmf, CLOCK_HZ);
	leg->dtmf_due_us = IMS_LEG_NEVER;
	ims_rate_init(&leg->keys, KEYS_PER_MINUTE, now_us / 1000);
	leg->latch.strict = anchor->strict_source;
	ims_pacer_init(&leg->ask_core);
	ims_pacer_init(&leg->ask_browser);
	return leg;
}

ims_leg *ims_leg_ref(ims_leg *leg)
{
	g_atomic_int_inc(&leg->refs);
	return leg;
}

void ims_leg_unref(ims_leg *leg)
{
	if (!leg || !g_atomic_int_dec_and_test(&leg->refs))
		return;
	ims_taps_clear(&leg->taps);
	ims_srtp_clear(&leg->srtp);
	ims_wire_close(leg->wire);
	ims_anchor_unref(leg->anchor); /* last: without it the ports may go */
	ims_lock_clear(&leg->lock);
	g_free(leg);
}

ims_media_kind ims_leg_kind(const ims_leg *leg)
{
	return leg->kind;
}

guint ims_leg_mline(const ims_leg *leg)
{
	return leg->mline;
}

const ims_wire *ims_leg_wire(const ims_leg *leg)
{
	return leg->wire;
}

const ims_anchor *ims_leg_anchor(const ims_leg *leg)
{
	return leg->anchor;
}

const ims_address *ims_leg_target(const ims_leg *leg)
{
	if (leg->stopped || !leg->stream.used || !(leg->stream.direction & IMS_DIR_SENDONLY))
		return NULL;
	return ims_latch_target(&leg->latch);
}

guint ims_leg_sane_clock(guint clock_hz)
{
	return clock_hz >= 1000 && clock_hz <= MAX_CLOCK_HZ ? clock_hz : CLOCK_HZ;
}

/* TRUE: it is another end than before. */
static gboolean apply_addresses(ims_leg *leg)
{
	const ims_sdp_stream *s = &leg->stream;

	ims_latch_signal(&leg->rtcp, s->rtcp_address, s->rtcp_port);
	if (!ims_latch_signal(&leg->latch, s->address, s->port))
		return FALSE;
	leg->rtcp.source.length = 0;
	return TRUE;
}

/* FALSE: libsrtp does not want these keys; then nothing passes. */
static gboolean apply_keys(ims_leg *leg)
{
	gboolean set =
		ims_srtp_set(&leg->srtp, &leg->stream.ours, &leg->stream.theirs, g_get_monotonic_time());

	ims_srtp_key_clear(&leg->stream.ours);
	ims_srtp_key_clear(&leg->stream.theirs);
	return set;
}

void ims_leg_apply(ims_leg *leg, const ims_sdp_stream *stream)
{
	g_auto(ims_locked) held = ims_lock_hold(&leg->lock);
	gboolean sent_before = ims_leg_target(leg) != NULL, moved = FALSE;

	if (leg->stopped)
		return;
	if (strcmp(leg->stream.codec, stream->codec) != 0)
		ims_taps_codec_changed(&leg->taps);
	leg->stream = *stream;
	if (!stream->used)
		leg->stream.direction = IMS_DIR_INACTIVE;
	else
		moved = apply_addresses(leg);
	if (ims_leg_is_video(leg) && ims_leg_target(leg) && (moved || !sent_before))
		ims_pacer_ask(&leg->ask_browser, 0);
	if (!apply_keys(leg))
		ims_alarm(leg->anchor->alarms, IMS_ALARM_MEDIA_IO,
			  "%s: m-line %u: libsrtp makes no session of its keys", leg->anchor->owner,
			  leg->mline);
	leg->limit_told = !ims_leg_is_video(leg) || !stream->used;
	leg->to_core.clock_hz = leg->to_browser.clock_hz = ims_leg_sane_clock(stream->clock_hz);
	ims_leg_apply_tones(leg);
}

gboolean ims_leg_tap(ims_leg *leg, ims_tap_side side, const ims_tap_class *class, gpointer listener)
{
	g_auto(ims_locked) held = ims_lock_hold(&leg->lock);

	return !leg->stopped && leg->stream.used && ims_taps_add(&leg->taps, side, class, listener);
}

void ims_leg_untap(ims_leg *leg, gpointer listener)
{
	g_auto(ims_locked) held = ims_lock_hold(&leg->lock);

	ims_taps_remove(&leg->taps, listener);
}

gboolean ims_leg_codec(ims_leg *leg, char ret_codec[IMS_SDP_CODEC_NAME])
{
	g_auto(ims_locked) held = ims_lock_hold(&leg->lock);

	if (leg->stopped || !leg->stream.used || !*leg->stream.codec)
		return FALSE;
	g_strlcpy(ret_codec, leg->stream.codec, IMS_SDP_CODEC_NAME);
	return TRUE;
}

ims_leg_asks ims_leg_tick(ims_leg *leg, gint64 now_us)
{
	g_auto(ims_locked) held = ims_lock_hold(&leg->lock);
	ims_leg_asks asks = { 0 };

	if (leg->stopped)
		return asks;
	if (leg->dtmf_due_us != IMS_LEG_NEVER && leg->dtmf_due_us <= now_us)
		ims_leg_play(leg, now_us);
	ims_leg_tick_rtcp(leg, now_us, &asks);
	asks.heard = leg->heard;
	leg->heard.n = 0;
	if (!leg->limit_told)
		asks.kbps = leg->stream.max_kbps;
	leg->limit_told = TRUE;
	return asks;
}

gint64 ims_leg_due(ims_leg *leg)
{
	g_auto(ims_locked) held = ims_lock_hold(&leg->lock);

	if (leg->stopped)
		return IMS_LEG_NEVER;
	if (!leg->limit_told)
		return 0;
	return ims_leg_sooner(ims_leg_sooner(leg->dtmf_due_us, leg->report_due_us),
			      ims_leg_sooner(leg->ask_core.due_us, leg->ask_browser.due_us));
}

void ims_leg_stop(ims_leg *leg, gint64 now_us)
{
	g_auto(ims_locked) held = ims_lock_hold(&leg->lock);

	if (!leg->stopped && leg->reporter.spoke)
		ims_leg_report(leg, IMS_RTCP_BYE, now_us);
	leg->stopped = TRUE;
	ims_taps_clear(&leg->taps);
}

static guint to_ms(guint32 units, guint clock_hz)
{
	return (guint)(units * G_GUINT64_CONSTANT(1000) / clock_hz);
}

gboolean ims_leg_get_report(ims_leg *leg, ims_media_report *ret_report)
{
	g_auto(ims_locked) held = ims_lock_hold(&leg->lock);
	const ims_rtp_line *in = &leg->to_browser;
	const ims_reporter *far = &leg->reporter;

	if (!leg->stream.used)
		return FALSE;
	*ret_report = (ims_media_report){
		.mline = leg->mline,
		.kind = leg->kind,
		.received = leg->stats.packets_to_browser,
		.lost = MAX(ims_rtp_line_lost(in), 0),
		.jitter_ms = to_ms(ims_rtp_receiver_jitter(&in->in), in->clock_hz),
		.sent = leg->stats.packets_to_core,
		.far_reports = far->heard,
		.far_lost = far->about_us.lost,
		.far_highest = far->about_us.highest,
		.far_jitter_ms = to_ms(far->about_us.jitter, leg->to_core.clock_hz),
		.round_trip_ms = (guint)(far->round_trip_us / 1000),
	};
	g_strlcpy(ret_report->codec, leg->stream.codec, sizeof(ret_report->codec));
	return TRUE;
}

void ims_leg_add_stats(ims_leg *leg, ims_media_stats *stats)
{
	g_auto(ims_locked) held = ims_lock_hold(&leg->lock);
	const ims_rtp_line *in = &leg->to_browser;
	guint jitter_ms = (guint)(ims_rtp_receiver_jitter(&in->in) * G_GUINT64_CONSTANT(1000) / in->clock_hz);

	stats->packets_to_core += leg->stats.packets_to_core;
	stats->packets_to_browser += leg->stats.packets_to_browser;
	stats->bytes_to_core += leg->stats.bytes_to_core;
	stats->bytes_to_browser += leg->stats.bytes_to_browser;
	stats->discarded += leg->stats.discarded;
	stats->strangers += leg->stats.strangers;
	stats->forged += leg->stats.forged;
	stats->lost += (guint32)CLAMP(ims_rtp_line_lost(in), 0, G_MAXUINT32);
	stats->jitter_ms = MAX(stats->jitter_ms, jitter_ms);
	stats->round_trip_ms = MAX(stats->round_trip_ms, (guint)(leg->reporter.round_trip_us / 1000));
	stats->last_from_core_us = MAX(stats->last_from_core_us, leg->stats.last_from_core_us);
	stats->last_from_browser_us = MAX(stats->last_from_browser_us, leg->stats.last_from_browser_us);
}
