/* RTCP: every length in a compound is somebody else's word. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "media/ims_rtcp.h"
#include "../hex.h"

#define US 0x01020304u /* our SSRC in what they send */
#define BLOCK "01020304 40fffffe 00010007 00000050 b7058000 00052000"
#define ALIEN "0a0a0a0a 00000000 00000000 00000000 00000000 00000000"
#define SENDER "e1e2e3e4 80000000 000003e8 00000064 00003e80"

static const struct compound {
	const char *name, *bytes;
	gboolean valid, sr, block, bye, key_frame;
} compounds[] = {
	{ "SR", "80c80006 0a0b0c0d" SENDER, 1, 1, 0, 0, 0 },
	{ "SR with a block about us", "81c8000c 0a0b0c0d" SENDER BLOCK, 1, 1, 1, 0, 0 },
	{ "RR", "80c90001 0a0b0c0d", 1, 0, 0, 0, 0 },
	{ "RR with a block about us", "81c90007 0a0b0c0d" BLOCK, 1, 0, 1, 0, 0 },
	{ "RR about another", "81c90007 0a0b0c0d" ALIEN, 1, 0, 0, 0, 0 },
	{ "RR about another and us", "82c9000d 0a0b0c0d" ALIEN BLOCK, 1, 0, 1, 0, 0 },
	{ "RR, then RR with our block", "80c90001 0a0b0c0d 81c90007 0a0b0c0d" BLOCK, 1, 0, 1, 0, 0 },
	{ "profile's own words behind the blocks", "81c90008 0a0b0c0d" BLOCK "ffffffff", 1, 0, 1, 0, 0 },
	{ "RR SDES", "80c90001 0a0b0c0d 81ca0002 0a0b0c0d 01016100", 1, 0, 0, 0, 0 },
	{ "RR BYE", "80c90001 0a0b0c0d 81cb0001 0a0b0c0d", 1, 0, 0, 1, 0 },
	{ "BYE of another", "80c90001 0a0b0c0d 81cb0001 0d0d0d0d", 1, 0, 0, 0, 0 },
	{ "BYE of nobody", "80c90001 0a0b0c0d 80cb0000", 1, 0, 0, 0, 0 },
	{ "unknown behind it", "80c90001 0a0b0c0d 80ff0001 deadbeef", 1, 0, 0, 0, 0 },
	{ "padding in the last", "80c90001 0a0b0c0d a1cb0002 0a0b0c0d 00000004", 1, 0, 0, 1, 0 },
	{ "padding not in the last", "a0c90002 0a0b0c0d 00000004 80cb0000", 0, 0, 0, 0, 0 },
	{ "padding of 0", "a0c90002 0a0b0c0d 00000000", 0, 0, 0, 0, 0 },
	{ "padding not in words", "a0c90002 0a0b0c0d 00000003", 0, 0, 0, 0, 0 },
	{ "padding over the SSRC", "a0c90001 0a0b0008", 0, 0, 0, 0, 0 },
	{ "padding all of the body", "a0c90001 0a0b0004", 0, 0, 0, 0, 0 },
	{ "padding over the block", "a1c90008 0a0b0c0d" BLOCK "00000008", 0, 0, 0, 0, 0 },
	{ "31 blocks claimed, one there", "9fc90007 0a0b0c0d" BLOCK, 0, 0, 0, 0, 0 },
	{ "SR too short for a sender", "80c80001 0a0b0c0d", 0, 0, 0, 0, 0 },
	{ "SR's block cut", "81c8000b 0a0b0c0d" SENDER "01020304 40fffffe 00010007 00000050 b7058000", 0, 0,
	  0, 0, 0 },
	{ "no SSRC", "80c90000", 0, 0, 0, 0, 0 },
	{ "longer than it is", "80c90002 0a0b0c0d", 0, 0, 0, 0, 0 },
	{ "65536 words", "80c9ffff 0a0b0c0d", 0, 0, 0, 0, 0 },
	{ "bytes left over", "80c90001 0a0b0c0d 80", 0, 0, 0, 0, 0 },
	{ "second one wrong", "80c90001 0a0b0c0d 40ca0000", 0, 0, 0, 0, 0 },
	{ "second one a report, too short", "80c90001 0a0b0c0d 81c90001 0a0b0c0d", 0, 0, 0, 0, 0 },
	{ "BYE too short", "80c90001 0a0b0c0d 82cb0001 0a0b0c0d", 0, 0, 0, 0, 0 },
	{ "SDES first", "81ca0002 0a0b0c0d 01016100", 0, 0, 0, 0, 0 },
	{ "PLI", "80c90001 0a0b0c0d 81ce0002 0a0b0c0d 01020304", 1, 0, 0, 0, 1 },
	{ "PLI alone (RFC 5506)", "81ce0002 0a0b0c0d 01020304", 1, 0, 0, 0, 1 },
	{ "PLI about another: there is one stream", "81ce0002 0a0b0c0d 99999999", 1, 0, 0, 0, 1 },
	{ "FIR", "80c90001 0a0b0c0d 84ce0004 0a0b0c0d 00000000 01020304 07000000", 1, 0, 0, 0, 1 },
	{ "FIR without an entry", "84ce0002 0a0b0c0d 00000000", 0, 0, 0, 0, 0 },
	{ "FIR, entry cut", "84ce0003 0a0b0c0d 00000000 01020304", 0, 0, 0, 0, 0 },
	{ "PLI too short", "81ce0001 0a0b0c0d", 0, 0, 0, 0, 0 },
	{ "NACK alone", "81cd0003 0a0b0c0d 01020304 00010000", 1, 0, 0, 0, 0 },
	{ "NACK without an SSRC", "81cd0000", 0, 0, 0, 0, 0 },
	{ "REMB", "8fce0005 0a0b0c0d 00000000 52454d42 01000000 01020304", 1, 0, 0, 0, 0 },
	{ "REMB, PLI, BYE", "8fce0002 0a0b0c0d 00000000 81ce0002 0a0b0c0d 01020304 81cb0001 0a0b0c0d", 1, 0,
	  0, 1, 1 },
	{ "version 1", "40c90001 0a0b0c0d", 0, 0, 0, 0, 0 },
	{ "three bytes", "80c900", 0, 0, 0, 0, 0 },
	{ "nothing", "", 0, 0, 0, 0, 0 },
};

static void check_block(const ims_rtcp_block *block)
{
	assert_int_equal(block->about, US);
	assert_int_equal(block->fraction, 64);
	assert_int_equal(block->lost, -2);
	assert_int_equal(block->highest, 0x10007);
	assert_int_equal(block->jitter, 80);
	assert_int_equal(block->last_sr, 0xb7058000);
	assert_int_equal(block->since_last_sr, 0x52000);
}

static void test_parse(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(compounds); i++) {
		const struct compound *c = &compounds[i];
		guint8 raw[128];
		gsize length = unhex(c->bytes, raw, sizeof(raw));
		g_autofree guint8 *exact = g_memdup2(raw, length);
		ims_rtcp_news news = { .sender = 42 };

		if (ims_rtcp_parse(exact, length, US, &news) != c->valid)
			fail_msg("%s: %s", c->name, c->valid ? "refused" : "taken");
		if (!c->valid) {
			assert_int_equal(news.sender, 42);
			continue;
		}
		if (news.has_sr != c->sr || news.has_block != c->block || news.bye != c->bye ||
		    news.key_frame != c->key_frame)
			fail_msg("%s: SR %d, block %d, BYE %d, key frame %d", c->name, news.has_sr,
				 news.has_block, news.bye, news.key_frame);
		assert_int_equal(news.sender, 0x0a0b0c0d);
		if (c->sr)
			assert_int_equal(news.sr_ntp, 0xe1e2e3e480000000);
		if (c->block)
			check_block(&news.block);
	}
}

/* Any end and any single wrong byte: no way to read beyond (ASan), never a wrong length believed. */
static void test_mutilated(void **state)
{
	guint8 whole[128];
	gsize length =
		unhex("81c8000c 0a0b0c0d" SENDER BLOCK "81ca0002 0a0b0c0d 01016100", whole, sizeof(whole));
	ims_rtcp_news news;

	(void)state;
	for (gsize n = 0; n <= length; n++) {
		g_autofree guint8 *part = g_memdup2(whole, n);

		assert_int_equal(ims_rtcp_parse(part, n, US, &news), n == 52 || n == length);
	}
	for (gsize at = 0; at < length; at++)
		for (guint value = 0; value < 256; value++) {
			g_autofree guint8 *copy = g_memdup2(whole, length);

			copy[at] = (guint8)value;
			ims_rtcp_parse(copy, length, US, &news);
		}
}

static const ims_rtcp_block a_block = {
	.about = US,
	.fraction = 64,
	.lost = -2,
	.highest = 0x10007,
	.jitter = 80,
	.last_sr = 0xb7058000,
	.since_last_sr = 0x52000,
};

static const struct report_case {
	const char *name;
	ims_rtcp_report report;
	const char *bytes;
} reports[] = {
	{ "SR, block",
	  { .ssrc = 0x0a0b0c0d,
	    .is_sr = TRUE,
	    .ntp = 0xe1e2e3e480000000,
	    .timestamp = 1000,
	    .packets = 100,
	    .octets = 16000,
	    .block = &a_block,
	    .cname = "abc" },
	  "81c8000c 0a0b0c0d" SENDER BLOCK "81ca0003 0a0b0c0d 0103616263 000000" },
	{ "RR without a block, BYE",
	  { .ssrc = 0x0a0b0c0d, .cname = "ab", .extra = IMS_RTCP_BYE },
	  "80c90001 0a0b0c0d 81ca0003 0a0b0c0d 01026162 00000000 81cb0001 0a0b0c0d" },
	{ "RR with a block",
	  { .ssrc = 0x0a0b0c0d, .block = &a_block, .cname = "a" },
	  "81c90007 0a0b0c0d" BLOCK "81ca0002 0a0b0c0d 01016100" },
	{ "RR and PLI",
	  { .ssrc = 0x0a0b0c0d, .cname = "a", .extra = IMS_RTCP_PLI, .asked = US },
	  "80c90001 0a0b0c0d 81ca0002 0a0b0c0d 01016100 81ce0002 0a0b0c0d 01020304" },
	{ "RR and FIR",
	  { .ssrc = 0x0a0b0c0d, .cname = "a", .extra = IMS_RTCP_FIR, .asked = US, .fir_seq = 255 },
	  "80c90001 0a0b0c0d 81ca0002 0a0b0c0d 01016100 84ce0004 0a0b0c0d 00000000 01020304 ff000000" },
	{ "no name", { .ssrc = 0x0a0b0c0d, .cname = "" }, "80c90001 0a0b0c0d 81ca0002 0a0b0c0d 01000000" },
};

static void test_build(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(reports); i++) {
		guint8 want[128], made[IMS_RTCP_MAX];
		gsize length = unhex(reports[i].bytes, want, sizeof(want));

		if (ims_rtcp_build(made, &reports[i].report) != length || memcmp(made, want, length) != 0)
			fail_msg("%s", reports[i].name);
	}
}

/* The longest fits, and the losses stay in their 24 bits. */
static void test_build_extremes(void **state)
{
	g_autofree char *cname = g_strnfill(255, 'x');
	static const gint32 losses[][2] = {
		{ 0x7fffff, 0x7fffff },
		{ 0x800000, 0x7fffff },
		{ G_MAXINT32, 0x7fffff },
		{ -0x800000, -0x800000 },
		{ -0x800001, -0x800000 },
		{ 0, 0 },
		{ -1, -1 },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(losses); i++) {
		ims_rtcp_block block = { .about = US, .lost = losses[i][0] };
		ims_rtcp_report report = {
			.ssrc = 1, .is_sr = TRUE, .block = &block, .cname = cname, .extra = IMS_RTCP_FIR
		};
		g_autofree guint8 *made = g_malloc(IMS_RTCP_MAX);
		gsize length = ims_rtcp_build(made, &report);
		ims_rtcp_news news;

		assert_int_equal(length, 52 + 268 + 20);
		assert_true(ims_rtcp_parse(made, length, US, &news));
		assert_int_equal(news.block.lost, losses[i][1]);
		assert_true(news.key_frame);
	}
}

/* 6.4.1: the RFC's own example, and peers that count wrong. */
static const struct trip_case {
	guint64 now;
	guint32 last_sr, since;
	gboolean known;
	gint64 us;
} trips[] = {
	{ 0x0000000500000000, 0, 0, FALSE, 0 },                        /* no SR of ours arrived there */
	{ 0x0000b71080000000, 0xb7052000, 0x00054000, TRUE, 6125000 }, /* b710:8000 - b705:2000 - 0005:4000 */
	{ 0x0000b70580000000, 0xb7058000, 0, TRUE, 0 },
	{ 0x0000b70580000000, 0xb7058000, 1, FALSE, 0 },     /* back before it was sent */
	{ 0x0001000000000000, 0xffff8000, 0, TRUE, 500000 }, /* over the edge of 16 bits */
	{ 0x0000b74180000000, 0xb7050000, 0, FALSE, 0 },     /* more than a minute */
};

static void test_round_trip(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(trips); i++) {
		ims_rtcp_block block = { .last_sr = trips[i].last_sr, .since_last_sr = trips[i].since };
		gint64 us = -7;

		assert_int_equal(ims_rtcp_round_trip(trips[i].now, &block, &us), trips[i].known);
		assert_int_equal(us, trips[i].known ? trips[i].us : -7);
	}
}

static void test_ntp(void **state)
{
	(void)state;
	assert_int_equal(ims_rtcp_ntp(0), 0);
	assert_int_equal(ims_rtcp_ntp(-1), 0);
	assert_int_equal(ims_rtcp_ntp(1500000), (2208988801ull << 32) + 0x80000000);
	assert_int_equal(ims_rtcp_ntp_middle(0x1234b70580001234), 0xb7058000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),      cmocka_unit_test(test_mutilated),
		cmocka_unit_test(test_build),      cmocka_unit_test(test_build_extremes),
		cmocka_unit_test(test_round_trip), cmocka_unit_test(test_ntp),
	};

	return cmocka_run_group_tests_name("test_ims_rtcp", tests, NULL, NULL);
}
