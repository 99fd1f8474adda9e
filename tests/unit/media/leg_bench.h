/* leg_bench.h: one leg, its far end a real socket, its time the test's own. No loop runs: what
 * comes from the core is handed over by hand. */
#pragma once
#include "recorder.h"
#include "media/ims_leg.h"

#define MS ((gint64)1000)
#define BROWSER 0xb0b0b0b0u
#define CORE 0xc0c0c0c0u

typedef struct {
	recorder rec;
	ims_ports *ports;
	ims_anchor *anchor;
	ims_leg *leg;
	phone far;
	ims_sdp_stream stream;
	gint64 now_us;
	guint16 seq; /* of the next packet of the core */
} bench;

static inline void bench_open_kind(bench *b, ims_media_kind kind)
{
	ims_media_setup setup = {
		.address = "127.0.0.1", .gateway = &recorder_gateway, .handle = &b->rec, .owner = "test"
	};

	memset(b, 0, sizeof(*b));
	recorder_init(&b->rec);
	b->ports = setup.ports = test_ports(4);
	b->anchor = ims_anchor_new(&setup);
	b->leg = ims_leg_new(b->anchor, 0, kind, ims_wire_open("127.0.0.1", 0, b->ports, "test", NULL));
	phone_open(&b->far);
	b->stream = agreed_stream(&b->far);
	b->now_us = g_get_monotonic_time();
	b->seq = 1000;
}

static inline void bench_open(bench *b)
{
	bench_open_kind(b, IMS_MEDIA_AUDIO);
}

static inline void bench_close(bench *b)
{
	ims_leg_unref(b->leg);
	ims_anchor_unref(b->anchor);
	assert_int_equal(b->rec.handle_refs, 0);
	ims_ports_free(b->ports);
	phone_close(&b->far);
	recorder_clear(&b->rec);
}

static inline guint64 discarded(bench *b)
{
	ims_media_stats stats = { 0 };

	ims_leg_add_stats(b->leg, &stats);
	return stats.discarded;
}

static inline void browser_sends(bench *b, guint8 pt, guint32 ssrc, guint16 seq, guint32 timestamp)
{
	guint8 packet[IMS_RTP_MAX];

	ims_leg_from_browser(b->leg, packet, make_rtp(packet, pt, ssrc, seq, timestamp), b->now_us);
}

/* TRUE: it went to the browser, as *ret_header. */
static inline gboolean core_sends(bench *b, const ims_address *from, guint8 pt, ims_rtp_header *ret_header)
{
	guint8 packet[IMS_RTP_MAX];
	ims_leg_packet out;
	gsize length = make_rtp(packet, pt, CORE, b->seq, b->seq * 160u);

	b->seq++;
	if (!ims_leg_from_core(b->leg, packet, length, from, b->now_us, &out))
		return FALSE;
	assert_int_equal(out.orientation, -1);
	if (ret_header)
		assert_true(ims_rtp_parse(out.bytes, out.length, ret_header));
	return TRUE;
}

static inline ims_rtp_header core_hears(bench *b)
{
	guint8 packet[IMS_RTP_MAX];
	ims_rtp_header h;

	phone_receive_rtp(&b->far, packet, &h);
	return h;
}
