/* A stream of video: orientation, key frames asked of either side, the browser's limit (REQ-114, 115, 117,
 * 125). */
#include "leg_bench.h"
#include "../hex.h"
#include "media/ims_rtcp.h"

#define CORE_ID 4
#define BROWSER_ID 13

static void video_open(bench *b)
{
	bench_open_kind(b, IMS_MEDIA_VIDEO);
	b->stream.kind = IMS_MEDIA_VIDEO;
	b->stream.clock_hz = 90000;
	b->stream.dtmf_pt = -1;
	b->stream.core_cvo_id = CORE_ID;
	b->stream.browser_cvo_id = BROWSER_ID;
	b->stream.pli = b->stream.fir = TRUE;
	b->stream.max_kbps = 700;
	b->stream.rtcp_bps = 1; /* reports are not due in these tests */
	ims_leg_apply(b->leg, &b->stream);
}

/* Plans the first report; what a stream asks for when it begins is over. */
static void settle(bench *b)
{
	ims_leg_asks asks = ims_leg_tick(b->leg, b->now_us);

	assert_true(asks.key_frame);
	assert_int_equal(asks.kbps, 700);
	assert_false(asks.picture_wanted);
	b->now_us += 1000 * MS;
}

static void browser_asks(bench *b, const char *bytes)
{
	guint8 packet[64];

	ims_leg_rtcp_from_browser(b->leg, packet, unhex(bytes, packet, sizeof(packet)), b->now_us);
}

static void core_asks(bench *b, const char *bytes)
{
	guint8 packet[64];

	ims_leg_rtcp_from_core(b->leg, packet, unhex(bytes, packet, sizeof(packet)), &b->far.at[1],
			       b->now_us);
}

#define RR "80c90001 0a0b0c0d"
#define PLI "81ce0002 0a0b0c0d 01020304"
#define FIR "84ce0004 0a0b0c0d 00000000 01020304 07000000"
#define NACK "81cd0003 0a0b0c0d 01020304 00010000"

static gboolean ends_with(const guint8 *packet, gsize length, const char *head, const char *tail)
{
	guint8 want[32];
	gsize n_head = unhex(head, want, sizeof(want)), n = n_head + 4;

	memcpy(want + n_head, packet + length - unhex(tail, want + n, sizeof(want) - n) - 4,
	       4); /* our SSRC */
	n += unhex(tail, want + n, sizeof(want) - n);
	return n <= length && memcmp(packet + length - n, want, n) == 0;
}

/* The next RTCP at the core ends with these bytes, our SSRC between them. */
static void core_reads_feedback(bench *b, const char *head, const char *tail)
{
	guint8 packet[IMS_RTP_MAX];
	gsize length = phone_receive(&b->far, 1, packet);

	assert_true(ends_with(packet, length, head, tail));
}

static void test_orientation(void **state)
{
	static const struct {
		const char *name, *from_browser, *at_core;
	} rows[] = {
		{ "renumbered, alone of three",
		  "90e1"
		  "1234 89abcdef 01020304"
		  "bede0003 22aabbcc d0030000 e1123400 aabb",
		  "bede0001 40030000 aabb" },
		{ "none there",
		  "8061"
		  "1235 89abcdef 01020304"
		  "aabb",
		  "aabb" },
		{ "others only",
		  "9061"
		  "1236 89abcdef 01020304"
		  "bede0001 20030000 aabb",
		  "aabb" },
	};
	bench b;

	(void)state;
	video_open(&b);
	b.stream.to_core[97] = 97;
	ims_leg_apply(b.leg, &b.stream);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		guint8 in[64], want[64], out[IMS_RTP_MAX];
		gsize length = unhex(rows[i].from_browser, in, sizeof(in));
		gsize behind = unhex(rows[i].at_core, want, sizeof(want));

		ims_leg_from_browser(b.leg, in, length, b.now_us);
		if (phone_receive(&b.far, 0, out) != IMS_RTP_HEADER + behind ||
		    memcmp(out + IMS_RTP_HEADER, want, behind) != 0)
			fail_msg("%s", rows[i].name);
		assert_int_equal(out[1], in[1]); /* marker and number */
	}
	bench_close(&b);
}

static void test_orientation_to_browser(void **state)
{
	guint8 in[64];
	gsize length = unhex("90e1"
			     "1234 89abcdef 01020304"
			     "bede0002 40090000 d0010000 aabb",
			     in, sizeof(in));
	ims_leg_packet out;
	bench b;

	(void)state;
	video_open(&b);
	assert_true(ims_leg_from_core(b.leg, in, length, &b.far.at[0], b.now_us, &out));
	assert_int_equal(out.orientation, 9);
	assert_int_equal(out.length, IMS_RTP_HEADER + 2);
	assert_int_equal(out.bytes[0], 0x80);
	b.stream.core_cvo_id = 0; /* no longer agreed */
	ims_leg_apply(b.leg, &b.stream);
	length = unhex("90e1"
		       "1235 89abcdef 01020304"
		       "bede0001 40090000 aabb",
		       in, sizeof(in));
	assert_true(ims_leg_from_core(b.leg, in, length, &b.far.at[0], b.now_us, &out));
	assert_int_equal(out.orientation, -1);
	bench_close(&b);
}

/* A packet as long as they may be has no room for it, and goes without. */
static void test_longest(void **state)
{
	guint8 packet[IMS_RTP_MAX], out[IMS_RTP_MAX];
	ims_rtp_header header;
	bench b;

	(void)state;
	video_open(&b);
	memset(packet, 0xaa, sizeof(packet));
	unhex("9008"
	      "1234 89abcdef 01020304"
	      "bede0001 d0030000",
	      packet, sizeof(packet));
	ims_leg_from_browser(b.leg, packet, sizeof(packet), b.now_us);
	assert_int_equal(phone_receive_rtp(&b.far, out, &header), IMS_RTP_MAX);
	assert_int_equal(ims_rtp_orientation(out, CORE_ID), 3);
	bench_close(&b);
}

/* PLI of the browser -> PLI, or FIR, or signalling, whichever the core knows; a storm of them is two. */
static void test_browser_wants_a_key_frame(void **state)
{
	bench b;

	(void)state;
	video_open(&b);
	settle(&b);
	browser_asks(&b, RR PLI); /* nothing came of the core yet: nobody to ask */
	assert_false(ims_leg_tick(b.leg, b.now_us).picture_wanted);
	b.now_us += 1000 * MS;
	assert_true(core_sends(&b, &b.far.at[0], 97, NULL)); /* a source begins: asked at once */
	ims_leg_tick(b.leg, b.now_us);
	core_reads_feedback(&b, "81ce0002", "c0c0c0c0");
	browser_asks(&b, NACK); /* Janus's affair */
	assert_true(ims_leg_due(b.leg) > b.now_us + 600 * MS);
	for (guint i = 0; i < 10; i++)
		browser_asks(&b, i % 2 ? PLI : FIR);
	ims_leg_tick(b.leg, b.now_us);
	assert_int_equal(ims_leg_due(b.leg), b.now_us + 500 * MS);
	b.now_us += 500 * MS;
	ims_leg_tick(b.leg, b.now_us);
	core_reads_feedback(&b, "81ce0002", "c0c0c0c0");

	b.stream.pli = FALSE;
	ims_leg_apply(b.leg, &b.stream);
	for (guint i = 0; i < 2; i++) {
		b.now_us += 1000 * MS;
		browser_asks(&b, RR PLI);
		ims_leg_tick(b.leg, b.now_us);
		core_reads_feedback(&b, "84ce0004 ",
				    i ? "00000000 c0c0c0c0 01000000" : "00000000 c0c0c0c0 00000000");
	}

	b.stream.fir = FALSE;
	ims_leg_apply(b.leg, &b.stream);
	b.now_us += 1000 * MS;
	browser_asks(&b, RR PLI);
	assert_true(ims_leg_tick(b.leg, b.now_us).picture_wanted);
	b.now_us += 1000 * MS;
	browser_asks(&b, RR PLI);
	assert_false(ims_leg_tick(b.leg, b.now_us).picture_wanted); /* signalling is paced more */
	b.now_us += 1000 * MS;
	assert_true(ims_leg_tick(b.leg, b.now_us).picture_wanted);
	b.stream.direction = IMS_DIR_SENDONLY;
	ims_leg_apply(b.leg, &b.stream);
	b.now_us += 10000 * MS;
	browser_asks(&b, RR PLI);
	assert_false(ims_leg_tick(b.leg, b.now_us).picture_wanted); /* nothing is shown now */
	bench_close(&b);
}

/* Another camera: its picture begins with a key frame, so it is asked for one. */
static void test_another_source(void **state)
{
	guint8 packet[IMS_RTP_MAX];
	ims_leg_packet out;
	bench b;

	(void)state;
	video_open(&b);
	settle(&b);
	assert_true(core_sends(&b, &b.far.at[0], 97, NULL));
	ims_leg_tick(b.leg, b.now_us);
	core_reads_feedback(&b, "81ce0002", "c0c0c0c0");
	b.now_us += 1000 * MS;
	assert_true(ims_leg_from_core(b.leg, packet, make_rtp(packet, 97, 0xd0d0d0d0, 7, 7), &b.far.at[0],
				      b.now_us, &out));
	ims_leg_tick(b.leg, b.now_us);
	core_reads_feedback(&b, "81ce0002", "d0d0d0d0");
	bench_close(&b);
}

/* PLI, FIR or signalling of the core -> PLI to the browser. */
static void test_core_wants_a_key_frame(void **state)
{
	bench b;

	(void)state;
	video_open(&b);
	settle(&b);
	core_asks(&b, RR PLI); /* of one that only listens */
	assert_true(ims_leg_tick(b.leg, b.now_us).key_frame);
	b.now_us += 500 * MS;
	assert_true(core_sends(&b, &b.far.at[0], 97, NULL));
	core_asks(&b, RR NACK);
	assert_false(ims_leg_tick(b.leg, b.now_us).key_frame);
	core_asks(&b, RR PLI);
	assert_true(ims_leg_tick(b.leg, b.now_us).key_frame);
	core_asks(&b, RR FIR);
	assert_false(ims_leg_tick(b.leg, b.now_us).key_frame); /* paced */
	b.now_us += 500 * MS;
	assert_true(ims_leg_tick(b.leg, b.now_us).key_frame);
	b.now_us += 500 * MS;
	ims_leg_want_key_frame(b.leg, b.now_us);
	assert_int_equal(ims_leg_due(b.leg), b.now_us);
	assert_true(ims_leg_tick(b.leg, b.now_us).key_frame);
	bench_close(&b);
}

/* Where the picture goes anew, it begins anew. */
static void test_new_target(void **state)
{
	bench b;

	(void)state;
	video_open(&b);
	settle(&b);
	ims_leg_apply(b.leg, &b.stream);
	assert_false(ims_leg_tick(b.leg, b.now_us).key_frame); /* nothing has changed */
	b.stream.direction = IMS_DIR_RECVONLY;
	ims_leg_apply(b.leg, &b.stream);
	ims_leg_want_key_frame(b.leg, b.now_us); /* what nobody would be shown is not asked for */
	assert_false(ims_leg_tick(b.leg, b.now_us).key_frame);
	b.now_us += 1000 * MS;
	b.stream.direction = IMS_DIR_SENDRECV;
	ims_leg_apply(b.leg, &b.stream);
	assert_true(ims_leg_tick(b.leg, b.now_us).key_frame);
	b.now_us += 1000 * MS;
	b.stream.port += 2;
	ims_leg_apply(b.leg, &b.stream);
	assert_true(ims_leg_tick(b.leg, b.now_us).key_frame);
	bench_close(&b);
}

/* The browser is told its limit when that is agreed, and again with each report. */
static void test_limit(void **state)
{
	bench b;

	(void)state;
	video_open(&b);
	settle(&b);
	assert_int_equal(ims_leg_tick(b.leg, b.now_us).kbps, 0);
	b.now_us = ims_leg_due(b.leg);
	assert_int_equal(ims_leg_tick(b.leg, b.now_us).kbps, 700);
	b.stream.max_kbps = 200;
	ims_leg_apply(b.leg, &b.stream);
	assert_int_equal(ims_leg_due(b.leg), 0);
	assert_int_equal(ims_leg_tick(b.leg, b.now_us).kbps, 200);
	b.stream.used = FALSE;
	ims_leg_apply(b.leg, &b.stream);
	assert_int_equal(ims_leg_tick(b.leg, b.now_us + 10000 * MS).kbps, 0);
	bench_close(&b);
}

/* b=RS:0 and b=RR:0: no RTCP at all, so key frames are asked for in signalling (REQ-117). */
static void test_no_rtcp(void **state)
{
	guint8 packet[IMS_RTP_MAX];
	bench b;

	(void)state;
	video_open(&b);
	b.stream.rtcp_bps = 0;
	ims_leg_apply(b.leg, &b.stream);
	settle(&b);
	assert_true(core_sends(&b, &b.far.at[0], 97, NULL));
	assert_true(ims_leg_tick(b.leg, b.now_us).picture_wanted);
	b.now_us = ims_leg_due(b.leg);
	ims_leg_tick(b.leg, b.now_us);
	ims_leg_stop(b.leg, b.now_us);
	ims_wire_send(ims_leg_wire(b.leg), IMS_WIRE_RTCP, &b.far.at[1], (const guint8 *)"end", 3);
	assert_int_equal(phone_receive(&b.far, 1, packet), 3);
	bench_close(&b);
}

/* 90 kHz, frames of several packets, through a hold of an hour and a camera that counts anew. */
static void test_continuity(void **state)
{
	ims_rtp_header h, last = { 0 };
	guint32 timestamp = 0xfffff000;
	guint16 seq = 65530;
	bench b;

	(void)state;
	video_open(&b);
	for (guint frame = 0; frame < 60; frame++) {
		if (frame == 30) { /* held; the camera's clock stood still */
			b.now_us += 3600000 * MS;
			seq += 20000;
		}
		for (guint i = 0; i < 3; i++) {
			guint8 packet[IMS_RTP_MAX];
			ims_leg_packet out;
			gsize length = make_rtp(packet, 97, CORE, seq++, timestamp);
			gboolean first = frame == 0 && i == 0;

			packet[1] |= i == 2 ? 0x80 : 0;
			if (!ims_leg_from_core(b.leg, packet, length, &b.far.at[0], b.now_us, &out)) {
				assert_true(frame == 30 && i == 0); /* waited for: is it a jump? */
				continue;
			}
			assert_true(ims_rtp_parse(out.bytes, out.length, &h));
			assert_int_equal(h.marker, i == 2);
			if (!first)
				assert_int_equal((guint16)(h.seq - last.seq), 1);
			if (frame == 30 && i == 1)
				assert_int_equal(h.timestamp - last.timestamp, 3600u * 90000 + 3600);
			else if (!first)
				assert_int_equal(h.timestamp - last.timestamp, i == 0 ? 3600 : 0);
			last = h;
		}
		timestamp += 3600;
		b.now_us += 40 * MS;
	}
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_orientation),    cmocka_unit_test(test_orientation_to_browser),
		cmocka_unit_test(test_longest),        cmocka_unit_test(test_browser_wants_a_key_frame),
		cmocka_unit_test(test_another_source), cmocka_unit_test(test_core_wants_a_key_frame),
		cmocka_unit_test(test_new_target),     cmocka_unit_test(test_limit),
		cmocka_unit_test(test_no_rtcp),        cmocka_unit_test(test_continuity),
	};

	return cmocka_run_group_tests_name("test_ims_leg_video", tests, NULL, NULL);
}
