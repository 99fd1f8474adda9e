/* RTP headers from strangers, and RFC 3550's arithmetic. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "media/ims_rtp.h"
#include "../hex.h"

#define FIXED "1234 89abcdef 01020304"

static const struct packet {
	const char *name, *bytes;
	gboolean valid;
	gsize body_at, payload;
} packets[] = {
	{ "plain", "8000" FIXED "aabb", TRUE, 12, 2 },
	{ "marker", "80e5" FIXED "aabb", TRUE, 12, 2 },
	{ "no payload (RFC 6263 keep-alive)", "8000" FIXED, TRUE, 12, 0 },
	{ "two CSRCs", "8200" FIXED "11111111 22222222 aa", TRUE, 20, 1 },
	{ "CSRCs beyond the end", "8f00" FIXED "11111111", FALSE, 0, 0 },
	{ "empty extension", "9000" FIXED "bede0000 aa", TRUE, 16, 1 },
	{ "extension of one word", "9000" FIXED "bede0001 10ff0000 aa", TRUE, 20, 1 },
	{ "CSRC and extension", "9100" FIXED "11111111 bede0001 10ff0000 aabb", TRUE, 24, 2 },
	{ "extension's head cut", "9000" FIXED "bede00", FALSE, 0, 0 },
	{ "extension beyond the end", "9000" FIXED "bede0002 10ff0000", FALSE, 0, 0 },
	{ "extension of 65535 words", "9000" FIXED "bedeffff aa", FALSE, 0, 0 },
	{ "padding", "a000" FIXED "aabb 000003", TRUE, 12, 2 },
	{ "only padding", "a000" FIXED "000003", TRUE, 12, 0 },
	{ "padding of 0", "a000" FIXED "aabb00", FALSE, 0, 0 },
	{ "padding into the header", "a000" FIXED "aa03", FALSE, 0, 0 },
	{ "padding without a byte", "a000" FIXED, FALSE, 0, 0 },
	{ "padding into the extension", "b000" FIXED "bede0000 02", FALSE, 0, 0 },
	{ "version 0 (STUN)", "0001" FIXED "aabb", FALSE, 0, 0 },
	{ "version 1", "4000" FIXED "aabb", FALSE, 0, 0 },
	{ "version 3", "c000" FIXED "aabb", FALSE, 0, 0 },
	{ "11 bytes", "8000 1234 89abcdef 010203", FALSE, 0, 0 },
	{ "one byte", "80", FALSE, 0, 0 },
	{ "nothing", "", FALSE, 0, 0 },
};

static void test_parse(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(packets); i++) {
		const struct packet *p = &packets[i];
		guint8 raw[64];
		gsize length = unhex(p->bytes, raw, sizeof(raw));
		g_autofree guint8 *exact = g_memdup2(raw, length); /* no byte more than that: ASan watches */
		ims_rtp_header h = { .ssrc = 42 };

		if (ims_rtp_parse(exact, length, &h) != p->valid)
			fail_msg("%s: %s", p->name, p->valid ? "refused" : "taken");
		if (!p->valid) {
			assert_int_equal(h.ssrc, 42);
			continue;
		}
		assert_int_equal(h.body_at, p->body_at);
		assert_int_equal(h.payload, p->payload);
		assert_int_equal(h.pt, raw[1] & 0x7f);
		assert_int_equal(h.marker, raw[1] >> 7);
		assert_int_equal(h.padded, (raw[0] >> 5) & 1);
		assert_int_equal(h.seq, 0x1234);
		assert_int_equal(h.timestamp, 0x89abcdef);
		assert_int_equal(h.ssrc, 0x01020304);
	}
}

static void test_size(void **state)
{
	guint8 packet[IMS_RTP_MAX + 1] = { 0x80 };
	ims_rtp_header h;

	(void)state;
	assert_true(ims_rtp_parse(packet, IMS_RTP_MAX, &h));
	assert_int_equal(h.payload, IMS_RTP_MAX - 12);
	assert_false(ims_rtp_parse(packet, IMS_RTP_MAX + 1, &h));
}

/* REQ-114: what is written has neither CSRCs nor an extension. */
static void test_write(void **state)
{
	guint8 in[64], out[IMS_RTP_HEADER], want[IMS_RTP_HEADER];
	gsize length = unhex("b1e5" FIXED "11111111 bede0001 10ff0000 aa 000003", in, sizeof(in));
	ims_rtp_header h;

	(void)state;
	assert_true(ims_rtp_parse(in, length, &h));
	ims_rtp_write(out, &h);
	unhex("a0e5" FIXED, want, sizeof(want));
	assert_memory_equal(out, want, IMS_RTP_HEADER);
}

#define N IMS_RTP_NEXT
#define L IMS_RTP_LATE
#define H IMS_RTP_HELD
#define R IMS_RTP_RESTARTED

/* A.1 and A.3: numbers as they arrive, what each is, and the sums at the end. */
static const struct run {
	const char *name;
	guint16 seq[8];
	ims_rtp_verdict verdict[8];
	guint n;
	guint32 highest;
	gint64 lost;
	guint8 fraction;
} runs[] = {
	{ "in order", { 1, 2, 3, 4 }, { N, N, N, N }, 4, 4, 0, 0 },
	{ "one of four lost", { 1, 2, 4 }, { N, N, N }, 3, 4, 1, 64 },
	{ "three of four lost", { 1, 5, 6, 9 }, { N, N, N, N }, 4, 9, 5, 142 },
	{ "late, not lost", { 1, 3, 2, 4 }, { N, N, L, N }, 4, 4, 0, 0 },
	{ "twice", { 1, 2, 2, 2 }, { N, N, L, L }, 4, 2, -2, 0 },
	{ "wrap", { 65534, 65535, 0, 1 }, { N, N, N, N }, 4, 0x10001, 0, 0 },
	{ "late over the wrap", { 65534, 0, 65535, 1 }, { N, N, L, N }, 4, 0x10001, 0, 0 },
	{ "lost over the wrap", { 65535, 1 }, { N, N }, 2, 0x10001, 1, 85 },
	{ "a gap of 2999", { 1, 3000 }, { N, N }, 2, 3000, 2998, 255 },
	{ "one far ahead is not believed", { 1, 3001, 2 }, { N, H, N }, 3, 2, 0, 0 },
	{ "two far ahead are", { 1, 3001, 3002, 3003 }, { N, H, R, N }, 4, 3003, 0, 0 },
	{ "99 back is late", { 200, 101 }, { N, L }, 2, 200, -1, 0 },
	{ "101 back is another run", { 200, 99, 100, 101 }, { N, H, R, N }, 4, 101, 0, 0 },
	{ "two strays", { 10, 30000, 50000, 11 }, { N, H, H, N }, 4, 11, 0, 0 },
};

static void test_sequence(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(runs); i++) {
		const struct run *r = &runs[i];
		ims_rtp_receiver receiver;

		ims_rtp_receiver_start(&receiver, r->seq[0]);
		for (guint k = 1; k < r->n; k++)
			if (ims_rtp_receiver_update(&receiver, r->seq[k]) != r->verdict[k])
				fail_msg("%s: packet %u", r->name, k);
		if (ims_rtp_receiver_highest(&receiver) != r->highest ||
		    ims_rtp_receiver_lost(&receiver) != r->lost)
			fail_msg("%s: highest %u, lost %d", r->name, ims_rtp_receiver_highest(&receiver),
				 (int)ims_rtp_receiver_lost(&receiver));
		assert_int_equal(ims_rtp_receiver_fraction(&receiver), r->fraction);
		assert_int_equal(ims_rtp_receiver_fraction(&receiver), 0); /* nothing since */
	}
}

static void test_losses_outlive_a_restart(void **state)
{
	ims_rtp_receiver receiver;

	(void)state;
	ims_rtp_receiver_start(&receiver, 1);
	ims_rtp_receiver_update(&receiver, 4);
	ims_rtp_receiver_update(&receiver, 20000);
	assert_int_equal(ims_rtp_receiver_update(&receiver, 20001), IMS_RTP_RESTARTED);
	assert_int_equal(ims_rtp_receiver_lost(&receiver), 0);
	assert_int_equal(receiver.lost_before, 2);
}

/* A.8 in steps: J += (|D| - J) / 16, figures by hand. J16 is the estimate times 16. */
static const struct beat {
	guint32 arrival, timestamp, j16;
} beats[] = {
	{ 1000, 5000, 0 },   /* the first tells nothing */
	{ 1160, 5160, 0 },   /* on time */
	{ 1480, 5320, 160 }, /* 160 late */
	{ 1640, 5480, 150 }, /* 160 - (168 >> 4) */
	{ 1640, 5640, 301 }, /* 160 early: 150 + 160 - (158 >> 4) */
	{ 1800, 5800, 282 }, /* 301 - (309 >> 4) */
	{ 200, 4200, 264 },  /* both went back together: 282 - (290 >> 4) */
};

static void test_jitter(void **state)
{
	ims_rtp_receiver receiver;

	(void)state;
	ims_rtp_receiver_start(&receiver, 1);
	for (gsize i = 0; i < G_N_ELEMENTS(beats); i++) {
		ims_rtp_receiver_time(&receiver, beats[i].arrival, beats[i].timestamp);
		assert_int_equal(receiver.jitter, beats[i].j16);
		assert_int_equal(ims_rtp_receiver_jitter(&receiver), beats[i].j16 / 16);
	}
}

static void test_jitter_of_hostile_clocks(void **state)
{
	ims_rtp_receiver receiver;

	(void)state;
	ims_rtp_receiver_start(&receiver, 1);
	for (guint i = 0; i < 1000; i++)
		ims_rtp_receiver_time(&receiver, 0, i % 2 ? 0x80000000 : 0);
	assert_true(ims_rtp_receiver_jitter(&receiver) > 0x07000000); /* near its end, not wrapped round */
}

/* REQ-115: one byte under its number, in either form of header, among others. */
static void test_orientation(void **state)
{
	static const struct {
		const char *name, *bytes;
		guint8 id;
		gint orientation;
	} rows[] = {
		{ "no extension", "8060" FIXED "40ff", 4, -1 },
		{ "alone", "9060" FIXED "bede0001 40090000 aa", 4, 9 },
		{ "another number", "9060" FIXED "bede0001 40090000 aa", 5, -1 },
		{ "nobody agreed to any", "9060" FIXED "bede0001 00090000 aa", 0, -1 },
		{ "behind CSRCs", "9160" FIXED "11111111 bede0001 40030000 aa", 4, 3 },
		{ "behind a longer one and padding", "9060" FIXED "bede0002 22aabbcc 00d00200 aa", 13, 2 },
		{ "of another size", "9060" FIXED "bede0001 41030300 aa", 4, -1 },
		{ "its data cut", "9060" FIXED "bede0001 00000040 aa", 4, -1 },
		{ "behind 15, which ends all", "9060" FIXED "bede0001 f0004003 aa", 4, -1 },
		{ "an element beyond the end", "9060" FIXED "bede0001 2faabbcc 40030000", 4, -1 },
		{ "two-byte form", "9060" FIXED "10000001 04010100 aa", 4, 1 },
		{ "... with an empty one before", "9060" FIXED "100f0002 05000401 02000000 aa", 4, 2 },
		{ "... cut", "9060" FIXED "10000001 00000004 aa", 4, -1 },
		{ "a form of its own", "9060" FIXED "abcd0001 40090000 aa", 4, -1 },
		{ "empty", "9060" FIXED "bede0000 aa", 4, -1 },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		guint8 raw[64];
		gsize length = unhex(rows[i].bytes, raw, sizeof(raw));
		g_autofree guint8 *exact = g_memdup2(raw, length);
		ims_rtp_header header;

		assert_true(ims_rtp_parse(exact, length, &header));
		if (ims_rtp_orientation(exact, rows[i].id) != rows[i].orientation)
			fail_msg("%s: %d", rows[i].name, ims_rtp_orientation(exact, rows[i].id));
	}
}

static void test_write_orientation(void **state)
{
	guint8 packet[32] = { 0 }, want[32];
	gsize length = unhex("b0e1" FIXED "bede0001 e0070000", want, sizeof(want));
	ims_rtp_header header = { .pt = 97,
				  .marker = TRUE,
				  .padded = TRUE,
				  .seq = 0x1234,
				  .timestamp = 0x89abcdef,
				  .ssrc = 0x01020304 };

	(void)state;
	ims_rtp_write(packet, &header);
	ims_rtp_write_orientation(packet, 14, 7);
	assert_int_equal(length, IMS_RTP_HEADER + IMS_RTP_ORIENTATION);
	assert_memory_equal(packet, want, length);
	assert_int_equal(ims_rtp_orientation(packet, 14), 7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_parse),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_write),
		cmocka_unit_test(test_orientation),
		cmocka_unit_test(test_write_orientation),
		cmocka_unit_test(test_sequence),
		cmocka_unit_test(test_losses_outlive_a_restart),
		cmocka_unit_test(test_jitter),
		cmocka_unit_test(test_jitter_of_hostile_clocks),
	};

	return cmocka_run_group_tests_name("test_ims_rtp", tests, NULL, NULL);
}
