/* One stream: what passes, as what, and what we say ourselves. */
#include "leg_bench.h"
#include "base/ims_error.h"
#include "../hex.h"
#include "media/ims_dtmf.h"
#include "media/ims_rtcp.h"

static void test_to_core(void **state)
{
	ims_rtp_header first, h;
	bench b;

	(void)state;
	bench_open(&b);
	ims_leg_apply(b.leg, &b.stream);
	browser_sends(&b, 8, BROWSER, 65535, 0xfffffff0);
	browser_sends(&b, 111, BROWSER, 0, 144);
	first = core_hears(&b);
	h = core_hears(&b);
	assert_int_equal(first.pt, 8);
	assert_int_equal(h.pt, 97);
	assert_int_not_equal(first.ssrc, BROWSER);
	assert_int_equal(h.ssrc, first.ssrc);
	assert_int_equal((guint16)(h.seq - first.seq), 1);
	assert_int_equal(h.timestamp - first.timestamp, 160);

	/* A new PeerConnection: another SSRC, other numbers; the core hears one stream. */
	b.now_us += 40 * MS;
	browser_sends(&b, 8, BROWSER + 1, 30000, 77);
	h = core_hears(&b);
	assert_int_equal(h.ssrc, first.ssrc);
	assert_int_equal((guint16)(h.seq - first.seq), 2);
	assert_int_equal(h.timestamp - first.timestamp, 160 + 320);
	bench_close(&b);
}

#define FIXED "1234 89abcdef 01020304"

/* REQ-114: neither CSRCs nor extensions cross, in either direction; padding stays whole. */
static const struct strip_case {
	const char *in, *body, *first_byte;
} strips[] = {
	{ "8008" FIXED "aabb", "aabb", "80" },
	{ "8108" FIXED "11111111 aabb", "aabb", "80" },
	{ "9008" FIXED "bede0001 10ff0000 aabb", "aabb", "80" },
	{ "b208" FIXED "11111111 22222222 bede0002 10ff0000 00000000 aabb 000003", "aabb000003", "a0" },
	{ "9008" FIXED "bede0000", "", "80" },
};

static void test_stripping(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(strips); i++) {
		guint8 in[64], body[64], first, to_core[IMS_RTP_MAX];
		ims_leg_packet to_browser;
		gsize length = unhex(strips[i].in, in, sizeof(in));
		gsize body_length = unhex(strips[i].body, body, sizeof(body));
		bench b;

		bench_open(&b);
		ims_leg_apply(b.leg, &b.stream);
		unhex(strips[i].first_byte, &first, 1);
		ims_leg_from_browser(b.leg, in, length, b.now_us);
		assert_int_equal(phone_receive(&b.far, 0, to_core), IMS_RTP_HEADER + body_length);
		assert_int_equal(to_core[0], first);
		assert_memory_equal(to_core + IMS_RTP_HEADER, body, body_length);

		assert_true(ims_leg_from_core(b.leg, in, length, &b.far.at[0], b.now_us, &to_browser));
		assert_int_equal(to_browser.length, IMS_RTP_HEADER + body_length);
		assert_int_equal(to_browser.bytes[0], first);
		assert_memory_equal(to_browser.bytes + IMS_RTP_HEADER, body, body_length);
		bench_close(&b);
	}
}

static void test_to_browser(void **state)
{
	ims_rtp_header h;
	bench b;

	(void)state;
	bench_open(&b);
	ims_leg_apply(b.leg, &b.stream);
	b.seq = 65535;
	assert_true(core_sends(&b, &b.far.at[0], 97, &h));
	assert_int_equal(h.pt, 111);
	assert_int_equal(h.ssrc, CORE);
	assert_int_equal(h.seq, 65535);
	assert_int_equal(h.timestamp, 65535 * 160);
	b.seq = 20000; /* the far end counts anew: the first is waited for, the browser sees no jump */
	assert_false(core_sends(&b, &b.far.at[0], 97, &h));
	assert_true(core_sends(&b, &b.far.at[0], 97, &h));
	assert_int_equal(h.seq, 0);
	bench_close(&b);
}

static const struct bad_packet {
	const char *name, *bytes;
	gsize length; /* 0: as long as the bytes; else filled with zeros */
} bad_packets[] = {
	{ "unknown payload type", "8009" FIXED "aa", 0 },
	{ "RTCP on the RTP port", "80c90001 01020304", 0 },
	{ "version 1", "4008" FIXED "aa", 0 },
	{ "11 bytes", "8008 1234 89abcdef 010203", 0 },
	{ "1501 bytes", "8008" FIXED, 1501 },
	{ "extension beyond the end", "9008" FIXED "bede0002", 0 },
};

static void test_discards(void **state)
{
	bench b;

	(void)state;
	bench_open(&b);
	ims_leg_apply(b.leg, &b.stream);
	for (gsize i = 0; i < G_N_ELEMENTS(bad_packets); i++) {
		guint8 packet[2000] = { 0 };
		gsize length = unhex(bad_packets[i].bytes, packet, sizeof(packet));
		guint64 before = discarded(&b);
		ims_leg_packet out;

		length = MAX(length, bad_packets[i].length);
		ims_leg_from_browser(b.leg, packet, length, b.now_us);
		assert_int_equal(discarded(&b), before + 1);
		if (ims_leg_from_core(b.leg, packet, length, &b.far.at[0], b.now_us, &out))
			fail_msg("%s passed", bad_packets[i].name);
		assert_int_equal(discarded(&b), before + 2);
	}
	browser_sends(&b, 8, BROWSER, 7, 0);
	assert_int_equal(core_hears(&b).pt, 8); /* the first thing that came */
	bench_close(&b);
}

static void test_nothing_before_the_agreement(void **state)
{
	bench b;

	(void)state;
	bench_open(&b);
	assert_false(core_sends(&b, &b.far.at[0], 8, NULL));
	browser_sends(&b, 8, BROWSER, 1, 0);
	assert_int_equal(discarded(&b), 2);
	ims_leg_tick(b.leg, b.now_us);
	ims_leg_tick(b.leg, b.now_us + 60000 * MS);
	ims_leg_apply(b.leg, &b.stream);
	browser_sends(&b, 111, BROWSER, 2, 160);
	assert_int_equal(core_hears(&b).pt, 97);
	assert_true(core_sends(&b, &b.far.at[0], 8, NULL));
	b.stream.used = FALSE; /* refused later */
	ims_leg_apply(b.leg, &b.stream);
	assert_false(core_sends(&b, &b.far.at[0], 8, NULL));
	bench_close(&b);
}

static const struct direction_case {
	ims_direction direction;
	const char *address;
	gboolean out, in;
} directions[] = {
	{ IMS_DIR_SENDRECV, "127.0.0.1", TRUE, TRUE },  { IMS_DIR_SENDONLY, "127.0.0.1", TRUE, FALSE },
	{ IMS_DIR_RECVONLY, "127.0.0.1", FALSE, TRUE }, { IMS_DIR_INACTIVE, "127.0.0.1", FALSE, FALSE },
	{ IMS_DIR_SENDRECV, "0.0.0.0", FALSE, TRUE },
};

static void test_directions(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(directions); i++) {
		const struct direction_case *d = &directions[i];
		ims_rtp_header before, after;
		bench b;

		bench_open(&b);
		ims_leg_apply(b.leg, &b.stream);
		browser_sends(&b, 8, BROWSER, 1, 0);
		before = core_hears(&b);
		assert_true(core_sends(&b, &b.far.at[0], 8, NULL));

		b.stream.direction = d->direction;
		g_strlcpy(b.stream.address, d->address, sizeof(b.stream.address));
		ims_leg_apply(b.leg, &b.stream);
		b.now_us += 20 * MS;
		browser_sends(&b, 111, BROWSER, 2, 160);
		assert_int_equal(core_sends(&b, &b.far.at[0], 8, NULL), d->in);
		assert_int_equal(discarded(&b), !d->out + !d->in);

		b.stream = agreed_stream(&b.far); /* resumed: numbers go on without a gap, time with one */
		ims_leg_apply(b.leg, &b.stream);
		b.now_us += 20 * MS;
		browser_sends(&b, 8, BROWSER, 3, 320);
		after = core_hears(&b);
		if (d->out) {
			assert_int_equal(after.pt, 97);
			after = core_hears(&b);
		}
		assert_int_equal(after.pt, 8);
		assert_int_equal((guint16)(after.seq - before.seq), d->out ? 2 : 1);
		assert_int_equal(after.timestamp - before.timestamp, 320);
		assert_true(core_sends(&b, &b.far.at[0], 8, &after));
		assert_int_equal(after.seq, 1000 + (d->in ? 2 : 1));
		bench_close(&b);
	}
}

/* Symmetric RTP: what the core hears goes to where its own packets come from. */
static void test_latch(void **state)
{
	phone stranger;
	bench b;

	(void)state;
	bench_open(&b);
	phone_open(&stranger);
	ims_leg_apply(b.leg, &b.stream);
	assert_true(core_sends(&b, &stranger.at[0], 8, NULL));
	browser_sends(&b, 8, BROWSER, 1, 0);
	{
		guint8 packet[IMS_RTP_MAX];

		phone_receive(&stranger, 0, packet);
	}
	assert_true(core_sends(&b, &b.far.at[0], 8, NULL)); /* the named one wins */
	assert_false(core_sends(&b, &stranger.at[0], 8, NULL));
	assert_int_equal(discarded(&b), 1);
	browser_sends(&b, 8, BROWSER, 2, 160);
	assert_int_equal(core_hears(&b).pt, 8);
	ims_leg_apply(b.leg, &b.stream); /* the same again */
	assert_false(core_sends(&b, &stranger.at[0], 8, NULL));
	b.stream.port = ims_address_port(&stranger.at[0]);
	ims_leg_apply(b.leg, &b.stream); /* moved */
	assert_true(core_sends(&b, &stranger.at[0], 8, NULL));
	phone_close(&stranger);
	bench_close(&b);
}

/* One event at the far end: its packets, checked against each other. */
static void hear_event(bench *b, guint8 event, guint packets, ims_rtp_header *ret_first)
{
	for (guint i = 0; i < packets; i++) {
		guint8 packet[IMS_RTP_MAX];
		const guint8 *body = packet + IMS_RTP_HEADER;
		ims_rtp_header h;

		b->now_us = ims_leg_due(b->leg);
		ims_leg_tick(b->leg, b->now_us);
		assert_int_equal(phone_receive_rtp(&b->far, packet, &h), IMS_RTP_HEADER + 4);
		if (i == 0)
			*ret_first = h;
		assert_int_equal(h.pt, 101);
		assert_int_equal(h.marker, i == 0);
		assert_int_equal((guint16)(h.seq - ret_first->seq), i);
		assert_int_equal(h.timestamp, ret_first->timestamp);
		assert_int_equal(h.ssrc, ret_first->ssrc);
		assert_int_equal(body[0], event);
		assert_int_equal(body[1] >> 7, i >= packets - 3);
		assert_int_equal(body[2] << 8 | body[3], 160 * MIN(i + 1, packets - 2));
	}
}

static void test_dtmf(void **state)
{
	ims_rtp_header speech, first, second, after;
	bench b;
	gint64 start;

	(void)state;
	bench_open(&b);
	ims_leg_apply(b.leg, &b.stream);
	browser_sends(&b, 8, BROWSER, 100, 1000);
	speech = core_hears(&b);
	ims_leg_tick(b.leg, b.now_us); /* plans the report */
	b.now_us += 10 * MS;
	start = b.now_us;
	assert_true(ims_leg_dtmf(b.leg, 5, 100, b.now_us, NULL));
	assert_true(ims_leg_dtmf(b.leg, 11, 40, b.now_us, NULL));
	browser_sends(&b, 8, BROWSER, 101, 1160); /* speech is silent meanwhile, and that is no discard */
	hear_event(&b, 5, 7, &first);
	assert_int_equal(b.now_us, start + 6 * 20 * MS);
	assert_int_equal(first.ssrc, speech.ssrc);
	assert_int_equal((guint16)(first.seq - speech.seq), 1);
	assert_int_equal(first.timestamp - speech.timestamp, 80);
	for (guint i = 0; i < 2; i++) {
		b.now_us = ims_leg_due(b.leg);
		ims_leg_tick(b.leg, b.now_us);
	}
	hear_event(&b, 11, 4, &second);
	assert_int_equal((guint16)(second.seq - first.seq), 7);
	assert_int_equal(second.timestamp - first.timestamp, 9 * 160);
	browser_sends(&b, 8, BROWSER, 114, 1000 + 14 * 160);
	after = core_hears(&b);
	assert_int_equal((guint16)(after.seq - second.seq), 4);
	assert_int_equal(after.timestamp - speech.timestamp, 14 * 160); /* its constant offset */
	assert_int_equal(discarded(&b), 0);
	bench_close(&b);
}

static void test_dtmf_without_speech(void **state)
{
	ims_rtp_header first;
	bench b;

	(void)state;
	bench_open(&b);
	ims_leg_apply(b.leg, &b.stream);
	ims_leg_tick(b.leg, b.now_us);
	assert_true(ims_leg_dtmf(b.leg, 0, 40, b.now_us, NULL));
	hear_event(&b, 0, 4, &first);
	for (guint i = 0; i < 3; i++) {
		b.now_us = ims_leg_due(b.leg);
		ims_leg_tick(b.leg, b.now_us);
	}
	assert_true(ims_leg_due(b.leg) > b.now_us + 1000 * MS); /* no tick for nothing: the report is next */
	bench_close(&b);
}

static void refuse_dtmf(bench *b, int code)
{
	g_autoptr(GError) error = NULL;

	assert_false(ims_leg_dtmf(b->leg, 1, 100, b->now_us, &error));
	assert_true(g_error_matches(error, IMS_ERROR, code));
}

static void test_dtmf_refused(void **state)
{
	bench b;

	(void)state;
	bench_open(&b);
	refuse_dtmf(&b, IMS_E_WRONG_STATE);
	b.stream.dtmf_pt = -1;
	ims_leg_apply(b.leg, &b.stream);
	refuse_dtmf(&b, IMS_E_UNSUPPORTED);
	b.stream.dtmf_pt = 101;
	b.stream.direction = IMS_DIR_RECVONLY;
	ims_leg_apply(b.leg, &b.stream);
	refuse_dtmf(&b, IMS_E_WRONG_STATE);
	b.stream.direction = IMS_DIR_SENDRECV;
	ims_leg_apply(b.leg, &b.stream);
	for (guint i = 0; i < IMS_DTMF_QUEUE; i++)
		assert_true(ims_leg_dtmf(b.leg, 1, 100, b.now_us, NULL));
	refuse_dtmf(&b, IMS_E_LIMIT);
	b.stream.direction = IMS_DIR_INACTIVE; /* hold ends what waits */
	ims_leg_apply(b.leg, &b.stream);
	b.stream.direction = IMS_DIR_SENDRECV;
	ims_leg_apply(b.leg, &b.stream);
	ims_leg_tick(b.leg, b.now_us);
	browser_sends(&b, 8, BROWSER, 1, 0);
	assert_int_equal(core_hears(&b).pt, 8);
	ims_leg_stop(b.leg, b.now_us);
	refuse_dtmf(&b, IMS_E_WRONG_STATE);
	bench_close(&b);
}

/* A loop that stood still does not burst what it missed. */
static void test_dtmf_after_a_stall(void **state)
{
	ims_rtp_header h;
	bench b;

	(void)state;
	bench_open(&b);
	ims_leg_apply(b.leg, &b.stream);
	ims_leg_tick(b.leg, b.now_us);
	ims_leg_dtmf(b.leg, 1, 1000, b.now_us, NULL);
	ims_leg_tick(b.leg, b.now_us);
	h = core_hears(&b);
	assert_int_equal(h.pt, 101);
	b.now_us += 500 * MS;
	ims_leg_tick(b.leg, b.now_us);
	assert_int_equal(ims_leg_due(b.leg), b.now_us + 20 * MS);
	bench_close(&b);
}

/* A compound of ours as the far end reads it. */
static ims_rtcp_news core_reads(bench *b, guint32 its_ssrc, guint8 ret_packet[IMS_RTP_MAX])
{
	gsize length = phone_receive(&b->far, 1, ret_packet);
	ims_rtcp_news news = { 0 };

	assert_true(ims_rtcp_parse(ret_packet, length, its_ssrc, &news));
	return news;
}

/* REQ-117 */
static void test_reports(void **state)
{
	guint8 packet[IMS_RTP_MAX];
	ims_rtcp_news news;
	ims_rtp_header h;
	bench b;
	gint64 due;

	(void)state;
	bench_open(&b);
	ims_leg_apply(b.leg, &b.stream);
	ims_leg_tick(b.leg, b.now_us);
	due = ims_leg_due(b.leg);
	assert_in_range(due - b.now_us, 2500 * MS, 7500 * MS);
	assert_true(core_sends(&b, &b.far.at[0], 8, NULL));
	b.seq++;
	assert_true(core_sends(&b, &b.far.at[0], 8, NULL));
	ims_leg_tick(b.leg, due - 1);
	ims_leg_tick(b.leg, due);
	news = core_reads(&b, CORE, packet);
	assert_false(news.has_sr);
	assert_true(news.has_block);
	assert_int_equal(news.block.about, CORE);
	assert_int_equal(news.block.lost, 1);
	assert_memory_equal(packet + 32, "\x81\xca", 2); /* SDES */
	assert_memory_equal(packet + 42, b.anchor->cname, strlen(b.anchor->cname));

	browser_sends(&b, 8, BROWSER, 1, 0);
	h = core_hears(&b);
	b.now_us = ims_leg_due(b.leg);
	ims_leg_tick(b.leg, b.now_us);
	news = core_reads(&b, CORE, packet);
	assert_true(news.has_sr);
	assert_int_equal(news.sender, h.ssrc);
	assert_false(news.has_block); /* the core was silent */
	assert_false(news.bye);
	ims_leg_stop(b.leg, b.now_us);
	news = core_reads(&b, CORE, packet);
	assert_true(news.bye);
	assert_int_equal(news.sender, h.ssrc);
	assert_int_equal(ims_leg_due(b.leg), -1);
	bench_close(&b);
}

static void test_no_bye_from_the_silent(void **state)
{
	guint8 packet[IMS_RTP_MAX];
	bench b;

	(void)state;
	bench_open(&b);
	ims_leg_apply(b.leg, &b.stream);
	ims_leg_stop(b.leg, b.now_us);
	ims_wire_send(ims_leg_wire(b.leg), IMS_WIRE_RTCP, &b.far.at[1], (const guint8 *)"end", 3);
	assert_int_equal(phone_receive(&b.far, 1, packet), 3);
	bench_close(&b);
}

static void core_reports(bench *b, const ims_address *from, const ims_rtcp_block *block)
{
	ims_rtcp_report r = {
		.ssrc = CORE, .is_sr = TRUE, .ntp = 1ull << 40, .block = block, .cname = "phone"
	};
	guint8 packet[IMS_RTCP_MAX];

	ims_leg_rtcp_from_core(b->leg, packet, ims_rtcp_build(packet, &r), from, b->now_us);
}

/* The host that sends the RTP is believed, and the one that signalling named, from any of their ports; they
 * are answered there. */
static void test_reports_of_the_core(void **state)
{
	guint8 packet[IMS_RTP_MAX];
	ims_rtcp_block block = { 0 };
	ims_media_stats stats = { 0 };
	ims_address elsewhere;
	ims_rtcp_news news;
	phone other;
	bench b;

	(void)state;
	bench_open(&b);
	phone_open(&other);
	ims_address_parse("127.0.0.2", 5005, &elsewhere);
	ims_leg_apply(b.leg, &b.stream);
	core_reports(&b, &elsewhere, NULL);
	assert_int_equal(discarded(&b), 1);
	core_reports(&b, &b.far.at[1], NULL); /* it need not send RTP */
	assert_int_equal(discarded(&b), 1);
	assert_true(core_sends(&b, &b.far.at[0], 8, NULL));
	browser_sends(&b, 8, BROWSER, 1, 0);
	block.about = core_hears(&b).ssrc;
	ims_leg_tick(b.leg, b.now_us);
	b.now_us = ims_leg_due(b.leg);
	ims_leg_tick(b.leg, b.now_us);
	news = core_reads(&b, CORE, packet);
	block.last_sr = ims_rtcp_ntp_middle(news.sr_ntp);

	b.now_us += 70 * MS;
	core_reports(&b, &elsewhere, &block);
	assert_int_equal(discarded(&b), 2);
	ims_leg_add_stats(b.leg, &stats);
	assert_int_equal(stats.round_trip_ms, 0);
	core_reports(&b, &other.at[1], &block); /* the same host */
	ims_leg_add_stats(b.leg, &stats);
	assert_in_range(stats.round_trip_ms, 69, 71);
	assert_int_equal(stats.last_from_core_us, b.now_us);
	b.now_us = ims_leg_due(b.leg);
	ims_leg_tick(b.leg, b.now_us);
	phone_receive(&other, 1, packet); /* ours goes to where its reports came from */
	b.stream.port++;
	ims_leg_apply(b.leg, &b.stream); /* moved: what was learnt is void */
	ims_leg_stop(b.leg, b.now_us);
	assert_true(core_reads(&b, CORE, packet).bye);
	phone_close(&other);
	bench_close(&b);
}

static void test_stop(void **state)
{
	guint8 packet[IMS_RTP_MAX];
	bench b;

	(void)state;
	bench_open(&b);
	ims_leg_apply(b.leg, &b.stream);
	ims_leg_stop(b.leg, b.now_us);
	ims_leg_stop(b.leg, b.now_us);
	ims_leg_apply(b.leg, &b.stream);
	assert_false(core_sends(&b, &b.far.at[0], 8, NULL));
	browser_sends(&b, 8, BROWSER, 1, 0);
	ims_wire_send(ims_leg_wire(b.leg), IMS_WIRE_RTP, &b.far.at[0], (const guint8 *)"end", 3);
	assert_int_equal(phone_receive(&b.far, 0, packet), 3);
	bench_close(&b);
}

static void test_stats(void **state)
{
	ims_media_stats s = { 0 };
	bench b;

	(void)state;
	bench_open(&b);
	ims_leg_apply(b.leg, &b.stream);
	for (guint i = 0; i < 3; i++) {
		browser_sends(&b, 8, BROWSER, (guint16)i, i * 160);
		assert_true(core_sends(&b, &b.far.at[0], 8, NULL));
		b.now_us += 40 * MS; /* the core's packets come 20 ms late, each time more */
	}
	ims_leg_add_stats(b.leg, &s);
	assert_int_equal(s.packets_to_core, 3);
	assert_int_equal(s.packets_to_browser, 3);
	assert_int_equal(s.bytes_to_core, 3 * 172);
	assert_int_equal(s.bytes_to_browser, 3 * 172);
	assert_int_equal(s.discarded, 0);
	assert_int_equal(s.lost, 0);
	assert_int_equal(s.last_from_core_us, b.now_us - 40 * MS);
	assert_int_equal(s.jitter_ms, 2); /* (160 + 150) / 16 units of 1/8 ms */
	b.seq += 2;
	core_sends(&b, &b.far.at[0], 8, NULL);
	ims_leg_add_stats(b.leg, &s); /* sums */
	assert_int_equal(s.lost, 2);
	assert_int_equal(s.packets_to_core, 6);
	bench_close(&b);
}

static guint jitter_ms(bench *b)
{
	ims_media_stats stats = { 0 };

	ims_leg_add_stats(b->leg, &stats);
	return stats.jitter_ms;
}

/* Neither the standing timestamp of an event nor a hold that stopped the far end's clock is jitter. */
static void test_what_is_no_jitter(void **state)
{
	bench b;

	(void)state;
	bench_open(&b);
	ims_leg_apply(b.leg, &b.stream);
	for (guint i = 0; i < 10; i++) {
		guint8 packet[IMS_RTP_MAX];
		ims_leg_packet out;
		gsize length;

		assert_true(core_sends(&b, &b.far.at[0], 8, NULL));
		b.now_us += 20 * MS;
		length = make_rtp(packet, 101, CORE, b.seq++, 7);
		assert_true(ims_leg_from_core(b.leg, packet, length, &b.far.at[0], b.now_us, &out));
		b.now_us += 20 * MS;
	}
	assert_int_equal(jitter_ms(&b), 0);
	b.now_us += 16 * 60000 * MS;
	assert_true(core_sends(&b, &b.far.at[0], 8, NULL));
	b.now_us += 20 * MS;
	assert_true(core_sends(&b, &b.far.at[0], 8, NULL));
	assert_int_equal(jitter_ms(&b), 0);
	bench_close(&b);
}

/* The stream counts in its codec's clock, the event in its own. */
static void test_clock_of_the_codec(void **state)
{
	guint8 packet[IMS_RTP_MAX];
	ims_rtp_header speech, h;
	bench b;

	(void)state;
	bench_open(&b);
	b.stream.clock_hz = 48000;
	b.stream.dtmf_clock_hz = 16000;
	ims_leg_apply(b.leg, &b.stream);
	browser_sends(&b, 111, BROWSER, 1, 960);
	speech = core_hears(&b);
	ims_leg_tick(b.leg, b.now_us);
	b.now_us += 20 * MS;
	assert_true(ims_leg_dtmf(b.leg, 1, 6000, b.now_us, NULL));
	for (guint i = 1; i <= 300; i++) {
		guint duration;

		ims_leg_tick(b.leg, b.now_us);
		b.now_us += 20 * MS;
		phone_receive_rtp(&b.far, packet, &h);
		duration = (guint)(packet[14] << 8 | packet[15]);
		/* Segment and duration join, each in its clock. */
		assert_int_equal(h.timestamp - speech.timestamp + duration * 3, 960 + i * 960);
	}
	bench_close(&b);
}

/* Clocks of a description that lies: no division by zero, no endless tone. */
static void test_hostile_clocks(void **state)
{
	static const guint clocks[] = { 0, 1, 999, 192001, G_MAXUINT };

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(clocks); i++) {
		ims_rtp_header first;
		bench b;

		bench_open(&b);
		b.stream.clock_hz = b.stream.dtmf_clock_hz = clocks[i];
		ims_leg_apply(b.leg, &b.stream);
		ims_leg_tick(b.leg, b.now_us);
		assert_true(core_sends(&b, &b.far.at[0], 8, NULL));
		assert_true(ims_leg_dtmf(b.leg, 1, 100, b.now_us, NULL));
		hear_event(&b, 1, 7, &first); /* as with 8000 */
		discarded(&b);
		bench_close(&b);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_to_core),
		cmocka_unit_test(test_stripping),
		cmocka_unit_test(test_to_browser),
		cmocka_unit_test(test_discards),
		cmocka_unit_test(test_nothing_before_the_agreement),
		cmocka_unit_test(test_directions),
		cmocka_unit_test(test_latch),
		cmocka_unit_test(test_dtmf),
		cmocka_unit_test(test_dtmf_without_speech),
		cmocka_unit_test(test_dtmf_refused),
		cmocka_unit_test(test_dtmf_after_a_stall),
		cmocka_unit_test(test_reports),
		cmocka_unit_test(test_no_bye_from_the_silent),
		cmocka_unit_test(test_reports_of_the_core),
		cmocka_unit_test(test_stop),
		cmocka_unit_test(test_stats),
		cmocka_unit_test(test_what_is_no_jitter),
		cmocka_unit_test(test_clock_of_the_codec),
		cmocka_unit_test(test_hostile_clocks),
	};

	return cmocka_run_group_tests_name("test_ims_leg", tests, NULL, NULL);
}
