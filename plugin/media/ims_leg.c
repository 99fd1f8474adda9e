#include "media/ims_leg.h"

#include <errno.h>
#include <string.h>

#include "base/ims_error.h"
#include "base/ims_lock.h"
#include "base/ims_log.h"
#include "base/ims_random.h"
#include "media/ims_dtmf.h"
#include "media/ims_latch.h"
#include "media/ims_pacer.h"
#include "media/ims_reporter.h"
#include "media/ims_rtp_line.h"

#define NEVER (-1)
#define CLOCK_HZ 8000 /* when the description names none that a codec has */
#define MAX_CLOCK_HZ 192000
#define LATE_TICKS 5                     /* so many late: the rhythm starts anew instead of catching up */
#define RTCP_GAP_US (G_USEC_PER_SEC / 2) /* between requests for a key frame */
#define SIGNALLING_GAP_US (2 * G_USEC_PER_SEC)

struct ims_leg {
	gint refs;
	ims_anchor *anchor;
	guint mline;
	ims_media_kind kind;
	ims_wire *wire;

	ims_lock lock; /* for all below */
	gboolean stopped;
	ims_sdp_stream stream; /* as agreed; nothing passes while it is not used */
	ims_latch latch;
	ims_latch rtcp; /* its source is any port of a host that may report */
	ims_rtp_line to_core, to_browser;
	ims_reporter reporter;
	gint64 report_due_us; /* 0: not planned yet */
	ims_dtmf dtmf;
	guint32 dtmf_timestamp;          /* of the event that plays */
	gint64 dtmf_due_us;              /* NEVER: silent */
	ims_pacer ask_core, ask_browser; /* for a key frame */
	ims_taps taps;                   /* who listens in */
	gboolean limit_told;             /* the browser knows how much it may send */
	gboolean send_failed;            /* said so once */
	ims_media_stats stats;           /* lost, jitter and round trip live in the lines and the reporter */
};

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
	ims_rtp_line_start(&leg->to_core, CLOCK_HZ, random.seq, random.timestamp, now_us);
	ims_rtp_line_follow(&leg->to_browser, CLOCK_HZ);
	ims_reporter_init(&leg->reporter, random.ssrc, leg->anchor->cname, now_us);
	ims_dtmf_init(&leg->dtmf, CLOCK_HZ);
	leg->dtmf_due_us = NEVER;
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

/* What may be sent now, and to whom; NULL: nothing. */
static const ims_address *rtp_target(const ims_leg *leg)
{
	if (leg->stopped || !leg->stream.used || !(leg->stream.direction & IMS_DIR_SENDONLY))
		return NULL;
	return ims_latch_target(&leg->latch);
}

static guint sane_clock(guint clock_hz)
{
	return clock_hz >= 1000 && clock_hz <= MAX_CLOCK_HZ ? clock_hz : CLOCK_HZ;
}

static void mute_dtmf(ims_leg *leg)
{
	ims_dtmf_init(&leg->dtmf, sane_clock(leg->stream.dtmf_clock_hz));
	leg->dtmf_due_us = NEVER;
}

/* The packets of an event that plays are in its old clock: a change ends it. */
static void apply_dtmf(ims_leg *leg)
{
	guint clock_hz = sane_clock(leg->stream.dtmf_clock_hz);

	if (leg->stream.dtmf_pt < 0 || !rtp_target(leg) || leg->dtmf.clock_hz != clock_hz)
		mute_dtmf(leg);
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

static gboolean is_video(const ims_leg *leg)
{
	return leg->kind == IMS_MEDIA_VIDEO;
}

void ims_leg_apply(ims_leg *leg, const ims_sdp_stream *stream)
{
	g_auto(ims_locked) held = ims_lock_hold(&leg->lock);
	gboolean sent_before = rtp_target(leg) != NULL, moved = FALSE;

	if (leg->stopped)
		return;
	if (strcmp(leg->stream.codec, stream->codec) != 0)
		ims_taps_codec_changed(&leg->taps);
	leg->stream = *stream;
	if (!stream->used)
		leg->stream.direction = IMS_DIR_INACTIVE;
	else
		moved = apply_addresses(leg);
	if (is_video(leg) && rtp_target(leg) && (moved || !sent_before))
		ims_pacer_ask(&leg->ask_browser, 0);
	leg->limit_told = !is_video(leg) || !stream->used;
	leg->to_core.clock_hz = leg->to_browser.clock_hz = sane_clock(stream->clock_hz);
	apply_dtmf(leg);
}

static void discard(ims_leg *leg)
{
	leg->stats.discarded++;
}

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
static int send_rtp(ims_leg *leg, const ims_address *to, ims_rtp_header *header, gint orientation,
		    const guint8 *body, gsize body_length)
{
	gboolean extended =
		orientation >= 0 && body_length <= IMS_RTP_MAX - IMS_RTP_HEADER - IMS_RTP_ORIENTATION;
	gsize before = IMS_RTP_HEADER + (extended ? IMS_RTP_ORIENTATION : 0);
	guint8 out[IMS_RTP_MAX];
	int why;

	header->ssrc = leg->reporter.ssrc;
	ims_rtp_write(out, header);
	if (extended)
		ims_rtp_write_orientation(out, leg->stream.core_cvo_id, orientation);
	memcpy(out + before, body, body_length);
	ims_taps_hear(&leg->taps, IMS_TAP_USER, is_codec_of_core(leg, header->pt), out, before + body_length);
	why = ims_wire_send(leg->wire, IMS_WIRE_RTP, to, out, before + body_length);
	if (why)
		return why;
	ims_reporter_sent(&leg->reporter, header->payload);
	leg->stats.packets_to_core++;
	leg->stats.bytes_to_core += before + body_length;
	return 0;
}

/* Both sides must have a number for it. */
static gint orientation_of(const ims_leg *leg, const guint8 *packet, guint8 id)
{
	if (leg->stream.core_cvo_id == 0 || leg->stream.browser_cvo_id == 0)
		return -1;
	return ims_rtp_orientation(packet, id);
}

static int pass_to_core(ims_leg *leg, const guint8 *packet, gsize length, gint64 now_us)
{
	const ims_address *to = rtp_target(leg);
	ims_rtp_header header;
	gint16 pt;

	if (!ims_rtp_parse(packet, length, &header)) {
		discard(leg);
		return 0;
	}
	if (to && ims_dtmf_is_sounding(&leg->dtmf)) {
		ims_rtp_line_skip(&leg->to_core, &header);
		return 0;
	}
	pt = to ? leg->stream.to_core[header.pt] : -1;
	if (pt < 0) {
		ims_rtp_line_skip(&leg->to_core, &header);
		discard(leg);
		return 0;
	}
	if (!ims_rtp_line_pass(&leg->to_core, &header, now_us)) {
		discard(leg);
		return 0;
	}
	header.pt = (guint8)(pt & 0x7f);
	return send_rtp(leg, to, &header, orientation_of(leg, packet, leg->stream.browser_cvo_id),
			packet + header.body_at, length - header.body_at);
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
	if (is_video(leg) && (!leg->to_browser.fed || leg->to_browser.in_ssrc != header->ssrc))
		ims_pacer_ask(&leg->ask_core, now_us);
}

static gboolean pass_to_browser(ims_leg *leg, guint8 *packet, gsize length, const ims_address *from,
				gint64 now_us, ims_leg_packet *ret_packet)
{
	ims_rtp_header header, before;
	gboolean wanted;
	gint16 pt;

	if (!leg->stream.used || !ims_rtp_parse(packet, length, &header))
		return FALSE;
	pt = leg->stream.to_browser[header.pt];
	wanted = pt >= 0 && (leg->stream.direction & IMS_DIR_RECVONLY);
	if (!ims_latch_accept(&leg->latch, from, wanted)) {
		leg->stats.strangers++;
		return FALSE;
	}
	leg->stats.last_from_core_us = now_us;
	if (!wanted) {
		ims_rtp_line_skip(&leg->to_browser, &header);
		return FALSE;
	}
	before = header;
	notice_source(leg, &header, now_us);
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
			discard(leg);
		elsewhere = is_elsewhere(leg, &source_before);
	}
	if (elsewhere)
		ims_info(leg->anchor->owner, "m-line %u: RTP comes from %s, not from the address signalled",
			 leg->mline, ims_address_text(from, text));
	return passed;
}

/* RTCP comes from the host that RTP comes from, or where signalling put it: a far end that only listens sends
 * no RTP, and asks for key frames all the same. */
static gboolean may_report(const ims_leg *leg, const ims_address *from)
{
	return ims_address_same_host(&leg->latch.source, from) ||
	       ims_address_same_host(&leg->rtcp.signalled, from);
}

void ims_leg_rtcp_from_core(ims_leg *leg, const guint8 *packet, gsize length, const ims_address *from,
			    gint64 now_us)
{
	g_auto(ims_locked) held = ims_lock_hold(&leg->lock);
	gboolean key_frame;

	if (leg->stopped)
		return;
	if (!leg->stream.used || !may_report(leg, from) ||
	    !ims_reporter_hear(&leg->reporter, packet, length, now_us, &key_frame)) {
		discard(leg);
		return;
	}
	leg->stats.last_from_core_us = now_us;
	leg->rtcp.source = *from;
	if (key_frame && is_video(leg))
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
	if (is_video(leg) && ims_rtcp_parse(packet, length, 0, &news) && news.key_frame)
		ims_pacer_ask(&leg->ask_core, now_us);
}

void ims_leg_want_key_frame(ims_leg *leg, gint64 now_us)
{
	g_auto(ims_locked) held = ims_lock_hold(&leg->lock);

	if (is_video(leg))
		ims_pacer_ask(&leg->ask_browser, now_us);
}

void ims_leg_want_peer_key_frame(ims_leg *leg, gint64 now_us)
{
	g_auto(ims_locked) held = ims_lock_hold(&leg->lock);

	if (is_video(leg))
		ims_pacer_ask(&leg->ask_core, now_us);
}

/* Who listens in */

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

/* Our own doing: reports, requests for key frames, key presses. */
static void send_rtcp(ims_leg *leg, ims_rtcp_extra extra, gint64 now_us)
{
	const ims_address *to = ims_latch_target(&leg->rtcp);
	guint8 packet[IMS_RTCP_MAX];
	gsize length;

	if (!leg->stream.used || leg->stream.rtcp_bps == 0 || !to)
		return;
	length = ims_reporter_make(&leg->reporter, &leg->to_core, &leg->to_browser, extra, now_us, packet);
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
		send_rtcp(leg, s->pli ? IMS_RTCP_PLI : IMS_RTCP_FIR, now_us);
	else
		asks->picture_wanted = TRUE;
}

static void ask_browser(ims_leg *leg, gint64 now_us, ims_leg_asks *asks)
{
	asks->key_frame = ims_pacer_take(&leg->ask_browser, RTCP_GAP_US, now_us) && rtp_target(leg);
}

static void play_dtmf(ims_leg *leg, gint64 now_us)
{
	const ims_address *to = rtp_target(leg);
	ims_rtp_header header = { .payload = IMS_DTMF_PAYLOAD };
	ims_dtmf_packet packet;

	if (!to || ims_dtmf_is_idle(&leg->dtmf)) {
		mute_dtmf(leg);
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
	send_rtp(leg, to, &header, -1, packet.payload, IMS_DTMF_PAYLOAD);
}

gboolean ims_leg_dtmf(ims_leg *leg, guint8 event, guint duration_ms, gint64 now_us, GError **error)
{
	g_auto(ims_locked) held = ims_lock_hold(&leg->lock);

	if (!rtp_target(leg)) {
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
	if (leg->dtmf_due_us == NEVER)
		leg->dtmf_due_us = now_us;
	return TRUE;
}

/* The browser hears its limit again with each report, as what says it may be lost. */
static void report(ims_leg *leg, gint64 now_us)
{
	if (leg->report_due_us > now_us)
		return;
	if (leg->report_due_us > 0)
		send_rtcp(leg, IMS_RTCP_PLAIN, now_us);
	leg->report_due_us = now_us + ims_reporter_interval_us(leg->stream.rtcp_bps);
	leg->limit_told = !is_video(leg) || !leg->stream.used;
}

ims_leg_asks ims_leg_tick(ims_leg *leg, gint64 now_us)
{
	g_auto(ims_locked) held = ims_lock_hold(&leg->lock);
	ims_leg_asks asks = { 0 };

	if (leg->stopped)
		return asks;
	if (leg->dtmf_due_us != NEVER && leg->dtmf_due_us <= now_us)
		play_dtmf(leg, now_us);
	ask_core(leg, now_us, &asks);
	ask_browser(leg, now_us, &asks);
	report(leg, now_us);
	if (!leg->limit_told)
		asks.kbps = leg->stream.max_kbps;
	leg->limit_told = TRUE;
	return asks;
}

static gint64 sooner(gint64 a, gint64 b)
{
	return a == NEVER || (b != NEVER && b < a) ? b : a;
}

gint64 ims_leg_due(ims_leg *leg)
{
	g_auto(ims_locked) held = ims_lock_hold(&leg->lock);

	if (leg->stopped)
		return NEVER;
	if (!leg->limit_told)
		return 0;
	return sooner(sooner(leg->dtmf_due_us, leg->report_due_us),
		      sooner(leg->ask_core.due_us, leg->ask_browser.due_us));
}

void ims_leg_stop(ims_leg *leg, gint64 now_us)
{
	g_auto(ims_locked) held = ims_lock_hold(&leg->lock);

	if (!leg->stopped && leg->reporter.spoke)
		send_rtcp(leg, IMS_RTCP_BYE, now_us);
	leg->stopped = TRUE;
	ims_taps_clear(&leg->taps);
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
	stats->lost += (guint32)CLAMP(ims_rtp_line_lost(in), 0, G_MAXUINT32);
	stats->jitter_ms = MAX(stats->jitter_ms, jitter_ms);
	stats->round_trip_ms = MAX(stats->round_trip_ms, (guint)(leg->reporter.round_trip_us / 1000));
	stats->last_from_core_us = MAX(stats->last_from_core_us, leg->stats.last_from_core_us);
	stats->last_from_browser_us = MAX(stats->last_from_browser_us, leg->stats.last_from_browser_us);
}
