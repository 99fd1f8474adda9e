#include "media/ims_leg.h"

#include <errno.h>
#include <string.h>

#include "base/ims_error.h"
#include "base/ims_lock.h"
#include "base/ims_log.h"
#include "base/ims_random.h"
#include "media/ims_dtmf.h"
#include "media/ims_latch.h"
#include "media/ims_reporter.h"
#include "media/ims_rtp_line.h"

#define NEVER (-1)
#define CLOCK_HZ 8000 /* when the description names none that a codec has */
#define MAX_CLOCK_HZ 192000
#define LATE_TICKS 5 /* so many late: the rhythm starts anew instead of catching up */

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
	ims_latch rtcp; /* its source is any port of the latched host that RTCP came from */
	ims_rtp_line to_core, to_browser;
	ims_reporter reporter;
	gint64 report_due_us; /* 0: not planned yet */
	ims_dtmf dtmf;
	guint32 dtmf_timestamp; /* of the event that plays */
	gint64 dtmf_due_us;     /* NEVER: silent */
	gboolean send_failed;   /* said so once */
	ims_media_stats stats;  /* lost, jitter and round trip live in the lines and the reporter */
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

static void apply_addresses(ims_leg *leg)
{
	const ims_sdp_stream *s = &leg->stream;

	ims_latch_signal(&leg->rtcp, s->rtcp_address, s->rtcp_port);
	if (ims_latch_signal(&leg->latch, s->address, s->port))
		leg->rtcp.source.length = 0;
}

void ims_leg_apply(ims_leg *leg, const ims_sdp_stream *stream)
{
	g_auto(ims_locked) held = ims_lock_hold(&leg->lock);

	if (leg->stopped)
		return;
	leg->stream = *stream;
	if (!stream->used)
		leg->stream.direction = IMS_DIR_INACTIVE;
	else
		apply_addresses(leg);
	leg->to_core.clock_hz = leg->to_browser.clock_hz = sane_clock(stream->clock_hz);
	apply_dtmf(leg);
}

static void discard(ims_leg *leg)
{
	leg->stats.discarded++;
}

/* Browser to core. Returns errno, as the two below. */
static int send_rtp(ims_leg *leg, const ims_address *to, ims_rtp_header *header, const guint8 *body,
		    gsize body_length)
{
	guint8 out[IMS_RTP_MAX];
	int why;

	header->ssrc = leg->reporter.ssrc;
	ims_rtp_write(out, header);
	memcpy(out + IMS_RTP_HEADER, body, body_length);
	why = ims_wire_send(leg->wire, IMS_WIRE_RTP, to, out, IMS_RTP_HEADER + body_length);
	if (why)
		return why;
	ims_reporter_sent(&leg->reporter, header->payload);
	leg->stats.packets_to_core++;
	leg->stats.bytes_to_core += IMS_RTP_HEADER + body_length;
	return 0;
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
	return send_rtp(leg, to, &header, packet + header.body_at, length - header.body_at);
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
		why = pass_to_core(leg, packet, length, now_us);
		news = is_news(leg, why);
	}
	if (news)
		ims_warn(leg->anchor->owner, "m-line %u: no RTP to the core: %s", leg->mline,
			 g_strerror(why));
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

static guint8 *pass_to_browser(ims_leg *leg, guint8 *packet, gsize length, const ims_address *from,
			       gint64 now_us, gsize *ret_length)
{
	ims_rtp_header header, before;
	gboolean wanted;
	gint16 pt;

	if (!leg->stream.used || !ims_rtp_parse(packet, length, &header))
		return NULL;
	pt = leg->stream.to_browser[header.pt];
	wanted = pt >= 0 && (leg->stream.direction & IMS_DIR_RECVONLY);
	if (!ims_latch_accept(&leg->latch, from, wanted))
		return NULL;
	leg->stats.last_from_core_us = now_us;
	if (!wanted) {
		ims_rtp_line_skip(&leg->to_browser, &header);
		return NULL;
	}
	before = header;
	if (!ims_rtp_line_pass(&leg->to_browser, &header, now_us))
		return NULL;
	time_source(leg, &before, now_us);
	header.pt = (guint8)(pt & 0x7f);
	packet += header.body_at - IMS_RTP_HEADER;
	ims_rtp_write(packet, &header);
	*ret_length = length - header.body_at + IMS_RTP_HEADER;
	leg->stats.packets_to_browser++;
	leg->stats.bytes_to_browser += *ret_length;
	return packet;
}

/* Where the far end really is, told once when it is not where it said. */
static gboolean is_elsewhere(const ims_leg *leg, const ims_address *source_before)
{
	return leg->latch.source.length && !ims_address_equal(&leg->latch.source, source_before) &&
	       !ims_address_equal(&leg->latch.source, &leg->latch.signalled);
}

guint8 *ims_leg_from_core(ims_leg *leg, guint8 *packet, gsize length, const ims_address *from, gint64 now_us,
			  gsize *ret_length)
{
	char text[IMS_ADDRESS_TEXT];
	gboolean elsewhere;
	guint8 *out;

	{
		g_auto(ims_locked) held = ims_lock_hold(&leg->lock);
		ims_address source_before = leg->latch.source;

		if (leg->stopped)
			return NULL;
		out = pass_to_browser(leg, packet, length, from, now_us, ret_length);
		if (!out)
			discard(leg);
		elsewhere = is_elsewhere(leg, &source_before);
	}
	if (elsewhere)
		ims_info(leg->anchor->owner, "m-line %u: RTP comes from %s, not from the address signalled",
			 leg->mline, ims_address_text(from, text));
	return out;
}

void ims_leg_rtcp_from_core(ims_leg *leg, const guint8 *packet, gsize length, const ims_address *from,
			    gint64 now_us)
{
	g_auto(ims_locked) held = ims_lock_hold(&leg->lock);

	if (leg->stopped)
		return;
	if (!leg->stream.used || !ims_address_same_host(&leg->latch.source, from) ||
	    !ims_reporter_hear(&leg->reporter, packet, length, now_us)) {
		discard(leg);
		return;
	}
	leg->stats.last_from_core_us = now_us;
	leg->rtcp.source = *from;
}

/* Our own doing: reports and key presses. */
static void send_report(ims_leg *leg, gboolean bye, gint64 now_us)
{
	const ims_address *to = ims_latch_target(&leg->rtcp);
	guint8 packet[IMS_RTCP_MAX];
	gsize length;

	if (!leg->stream.used || !to)
		return;
	length = ims_reporter_make(&leg->reporter, &leg->to_core, &leg->to_browser, bye, now_us, packet);
	ims_wire_send(leg->wire, IMS_WIRE_RTCP, to, packet, length);
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
	send_rtp(leg, to, &header, packet.payload, IMS_DTMF_PAYLOAD);
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

void ims_leg_tick(ims_leg *leg, gint64 now_us)
{
	g_auto(ims_locked) held = ims_lock_hold(&leg->lock);

	if (leg->stopped)
		return;
	if (leg->dtmf_due_us != NEVER && leg->dtmf_due_us <= now_us)
		play_dtmf(leg, now_us);
	if (leg->report_due_us > now_us)
		return;
	if (leg->report_due_us > 0)
		send_report(leg, FALSE, now_us);
	leg->report_due_us = now_us + ims_reporter_interval_us();
}

gint64 ims_leg_due(ims_leg *leg)
{
	g_auto(ims_locked) held = ims_lock_hold(&leg->lock);

	if (leg->stopped)
		return NEVER;
	return leg->dtmf_due_us == NEVER ? leg->report_due_us : MIN(leg->dtmf_due_us, leg->report_due_us);
}

void ims_leg_stop(ims_leg *leg, gint64 now_us)
{
	g_auto(ims_locked) held = ims_lock_hold(&leg->lock);

	if (!leg->stopped && leg->reporter.spoke)
		send_report(leg, TRUE, now_us);
	leg->stopped = TRUE;
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
	stats->lost += (guint32)CLAMP(ims_rtp_line_lost(in), 0, G_MAXUINT32);
	stats->jitter_ms = MAX(stats->jitter_ms, jitter_ms);
	stats->round_trip_ms = MAX(stats->round_trip_ms, (guint)(leg->reporter.round_trip_us / 1000));
	stats->last_from_core_us = MAX(stats->last_from_core_us, leg->stats.last_from_core_us);
}
