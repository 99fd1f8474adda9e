/* RTCP of a leg: what is reported, about whom, and the round trip. Time is the test's. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "media/ims_reporter.h"

#define OURS 0x11111111u
#define THEIRS 0x22222222u
#define OTHER 0x33333333u
#define SECOND ((gint64)G_USEC_PER_SEC)
#define START (100 * SECOND)

typedef struct {
	ims_reporter reporter;
	ims_rtp_line out, in;
} bench;

static void bench_init(bench *b)
{
	ims_reporter_init(&b->reporter, OURS, "name", START);
	ims_rtp_line_start(&b->out, 8000, 1, 5000, START);
	ims_rtp_line_follow(&b->in, 8000);
}

static void hear_rtp(bench *b, guint32 ssrc, guint16 seq)
{
	ims_rtp_header h = { .ssrc = ssrc, .seq = seq };

	ims_rtp_line_pass(&b->in, &h, START);
}

/* Our report as the far end reads it. */
static ims_rtcp_news report(bench *b, gint64 now_us, guint32 reader)
{
	guint8 packet[IMS_RTCP_MAX];
	gsize length = ims_reporter_make(&b->reporter, &b->out, &b->in, IMS_RTCP_PLAIN, now_us, packet);
	ims_rtcp_news news;

	assert_true(ims_rtcp_parse(packet, length, reader, &news));
	assert_int_equal(news.sender, OURS);
	return news;
}

static void test_sr_or_rr(void **state)
{
	bench b;

	(void)state;
	bench_init(&b);
	assert_false(report(&b, START, THEIRS).has_sr);
	ims_reporter_sent(&b.reporter, 160);
	assert_true(report(&b, START, THEIRS).has_sr);
	assert_false(report(&b, START, THEIRS).has_sr); /* nothing sent since */
	ims_reporter_sent(&b.reporter, 160);
	assert_true(report(&b, START, THEIRS).has_sr);
}

static void test_sender_figures(void **state)
{
	guint8 packet[IMS_RTCP_MAX];
	bench b;

	(void)state;
	bench_init(&b);
	ims_reporter_sent(&b.reporter, 160);
	ims_reporter_sent(&b.reporter, 33);
	ims_reporter_make(&b.reporter, &b.out, &b.in, IMS_RTCP_PLAIN, START + 2 * SECOND, packet);
	assert_int_equal(packet[16] << 24 | packet[17] << 16 | packet[18] << 8 | packet[19], 5000 + 16000);
	assert_int_equal(packet[23], 2);
	assert_int_equal(packet[27], 193);
}

static void test_block(void **state)
{
	ims_rtcp_news news;
	bench b;

	(void)state;
	bench_init(&b);
	assert_false(report(&b, START, THEIRS).has_block);
	hear_rtp(&b, THEIRS, 1);
	hear_rtp(&b, THEIRS, 4);
	news = report(&b, START, THEIRS);
	assert_true(news.has_block);
	assert_int_equal(news.block.lost, 2);
	assert_int_equal(news.block.fraction, 128);
	assert_int_equal(news.block.highest, 4);
	assert_int_equal(news.block.last_sr, 0);
	assert_false(report(&b, START, THEIRS).has_block); /* silent since */
	hear_rtp(&b, THEIRS, 5);
	news = report(&b, START, THEIRS);
	assert_int_equal(news.block.lost, 2);
	assert_int_equal(news.block.fraction, 0);
	hear_rtp(&b, OTHER, 900);
	assert_false(report(&b, START, THEIRS).has_block); /* the source is another now */
	hear_rtp(&b, OTHER, 902);
	news = report(&b, START, OTHER);
	assert_true(news.has_block);
	assert_int_equal(news.block.lost, 1);
}

static void hear_sr(bench *b, guint32 ssrc, guint64 ntp, const ims_rtcp_block *block, gint64 now_us)
{
	ims_rtcp_report r = { .ssrc = ssrc, .is_sr = TRUE, .ntp = ntp, .block = block, .cname = "phone" };
	guint8 packet[IMS_RTCP_MAX];
	gboolean key_frame;

	assert_true(ims_reporter_hear(&b->reporter, packet, ims_rtcp_build(packet, &r), now_us, &key_frame));
	assert_false(key_frame);
}

/* LSR and DLSR answer the SR of the source that the block is about, no other's. */
static void test_answer_to_their_sr(void **state)
{
	ims_rtcp_news news;
	bench b;

	(void)state;
	bench_init(&b);
	hear_rtp(&b, THEIRS, 1);
	hear_sr(&b, THEIRS, 0x1234567890abcdef, NULL, START);
	news = report(&b, START + SECOND * 5 / 2, THEIRS);
	assert_int_equal(news.block.last_sr, 0x567890ab);
	assert_int_equal(news.block.since_last_sr, 0x28000);
	hear_rtp(&b, OTHER, 1);
	news = report(&b, START + 3 * SECOND, OTHER);
	assert_int_equal(news.block.last_sr, 0);
}

static void test_round_trip(void **state)
{
	ims_rtcp_block block = { .about = OURS, .since_last_sr = 0x10000 }, other;
	guint8 packet[IMS_RTCP_MAX];
	ims_rtcp_news news;
	bench b;

	(void)state;
	bench_init(&b);
	ims_reporter_sent(&b.reporter, 160);
	assert_true(ims_rtcp_parse(
		packet, ims_reporter_make(&b.reporter, &b.out, &b.in, IMS_RTCP_PLAIN, START, packet), 0,
		&news));
	block.last_sr = ims_rtcp_ntp_middle(news.sr_ntp);
	other = block;
	other.about = OTHER;
	hear_sr(&b, THEIRS, 1, &other, START + SECOND);
	assert_int_equal(b.reporter.round_trip_us, 0);
	hear_sr(&b, THEIRS, 1, &block, START + SECOND + 250000);
	assert_in_range(b.reporter.round_trip_us, 249900, 250100);
	block.since_last_sr = 0x7fffffff; /* nonsense changes nothing */
	hear_sr(&b, THEIRS, 1, &block, START + 2 * SECOND);
	assert_in_range(b.reporter.round_trip_us, 249900, 250100);
}

static void test_malformed(void **state)
{
	gboolean key_frame = FALSE;
	bench b;

	(void)state;
	bench_init(&b);
	assert_false(
		ims_reporter_hear(&b.reporter, (const guint8 *)"\x80\xc8\x00\x06", 4, START, &key_frame));
	assert_int_equal(b.reporter.sr_us, 0);
}

/* 6.3.1: about five seconds, spread from half to one and a half. */
static void check_spread(guint bps, gint64 middle_us)
{
	gint64 least = G_MAXINT64, most = 0;

	for (guint i = 0; i < 1000; i++) {
		gint64 us = ims_reporter_interval_us(bps);

		least = MIN(least, us);
		most = MAX(most, us);
	}
	assert_in_range(least, middle_us / 2, middle_us * 6 / 10);
	assert_in_range(most, middle_us * 14 / 10, middle_us * 3 / 2);
}

/* REQ-117: longer when b=RS and b=RR leave two sides less than they need for that. */
static void test_interval(void **state)
{
	(void)state;
	check_spread(2600, 5000000);
	check_spread(G_MAXUINT, 5000000);
	check_spread(0, 5000000);
	check_spread(100, 19200000);
	check_spread(1, 1920000000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sr_or_rr),   cmocka_unit_test(test_sender_figures),
		cmocka_unit_test(test_block),      cmocka_unit_test(test_answer_to_their_sr),
		cmocka_unit_test(test_round_trip), cmocka_unit_test(test_malformed),
		cmocka_unit_test(test_interval),
	};

	return cmocka_run_group_tests_name("test_ims_reporter", tests, NULL, NULL);
}
