/* Who listens to a stream hears what passes, on the side it asked for, and nothing after it is let go. */
#include "leg_bench.h"

typedef struct {
	gint refs;
	guint heard, changes;
	guint8 pt; /* of the last packet */
} listener;

static void hear(gpointer data, const guint8 *packet, gsize length)
{
	listener *l = data;
	ims_rtp_header h;

	assert_true(ims_rtp_parse(packet, length, &h));
	l->heard++;
	l->pt = h.pt;
}

static void codec_changed(gpointer data)
{
	((listener *)data)->changes++;
}

static gpointer ref(gpointer data)
{
	((listener *)data)->refs++;
	return data;
}

static void unref(gpointer data)
{
	((listener *)data)->refs--;
}

static const ims_tap_class recording = { TRUE, hear, codec_changed, ref, unref };
static const ims_tap_class forwarder = { FALSE, hear, NULL, ref, unref };

static void agree(bench *b, const char *codec, gint16 browser_pt)
{
	g_strlcpy(b->stream.codec, codec, sizeof(b->stream.codec));
	b->stream.browser_pt = browser_pt;
	ims_leg_apply(b->leg, &b->stream);
}

static void test_sides(void **state)
{
	listener user = { 0 }, peer = { 0 };
	bench b;

	(void)state;
	bench_open(&b);
	assert_false(ims_leg_tap(b.leg, IMS_TAP_USER, &recording, &user)); /* nothing runs yet */
	agree(&b, "opus", 111);
	assert_true(ims_leg_tap(b.leg, IMS_TAP_USER, &recording, &user));
	assert_true(ims_leg_tap(b.leg, IMS_TAP_PEER, &recording, &peer));
	browser_sends(&b, 111, BROWSER, 1, 160);
	assert_int_equal(user.heard, 1);
	assert_int_equal(user.pt, 97); /* as it leaves: the core's number */
	assert_int_equal(peer.heard, 0);
	assert_true(core_sends(&b, &b.far.at[0], 97, NULL));
	assert_int_equal(peer.heard, 1);
	assert_int_equal(peer.pt, 111);
	assert_int_equal(user.heard, 1);
	ims_leg_untap(b.leg, &user);
	assert_int_equal(user.refs, 0);
	browser_sends(&b, 111, BROWSER, 2, 320);
	assert_int_equal(user.heard, 1);
	bench_close(&b);
	assert_int_equal(peer.refs, 0);
}

/* What is recorded is decoded one day as one codec; what is forwarded is all there is. */
static void test_codec_only(void **state)
{
	listener file = { 0 }, copy = { 0 };
	bench b;

	(void)state;
	bench_open(&b);
	agree(&b, "opus", 111);
	assert_true(ims_leg_tap(b.leg, IMS_TAP_PEER, &recording, &file));
	assert_true(ims_leg_tap(b.leg, IMS_TAP_PEER, &forwarder, &copy));
	assert_true(core_sends(&b, &b.far.at[0], 101, NULL)); /* a key press */
	assert_int_equal(file.heard, 0);
	assert_int_equal(copy.heard, 1);

	assert_true(ims_leg_tap(b.leg, IMS_TAP_USER, &recording, &file));
	assert_true(ims_leg_dtmf(b.leg, 5, 160, b.now_us, NULL)); /* our own */
	ims_leg_tick(b.leg, b.now_us);
	core_hears(&b);
	assert_int_equal(file.heard, 0);
	bench_close(&b);
}

static void test_another_codec(void **state)
{
	listener file = { 0 }, copy = { 0 };
	bench b;

	(void)state;
	bench_open(&b);
	agree(&b, "opus", 111);
	assert_true(ims_leg_tap(b.leg, IMS_TAP_USER, &recording, &file));
	assert_true(ims_leg_tap(b.leg, IMS_TAP_USER, &forwarder, &copy));
	agree(&b, "opus", 111);
	assert_int_equal(file.changes, 0);
	agree(&b, "PCMA", 8);
	assert_int_equal(file.changes, 1);
	assert_int_equal(file.refs, 0);
	browser_sends(&b, 8, BROWSER, 1, 160);
	assert_int_equal(file.heard, 0);
	assert_int_equal(copy.heard, 1);
	bench_close(&b);
}

static void test_end(void **state)
{
	listener many[IMS_TAPS_MAX + 1] = { 0 };
	bench b;

	(void)state;
	bench_open(&b);
	agree(&b, "opus", 111);
	for (guint i = 0; i < IMS_TAPS_MAX; i++)
		assert_true(ims_leg_tap(b.leg, IMS_TAP_USER, &forwarder, &many[i]));
	assert_false(ims_leg_tap(b.leg, IMS_TAP_USER, &forwarder, &many[IMS_TAPS_MAX]));
	ims_leg_stop(b.leg, b.now_us);
	for (guint i = 0; i <= IMS_TAPS_MAX; i++)
		assert_int_equal(many[i].refs, 0);
	assert_false(ims_leg_tap(b.leg, IMS_TAP_USER, &forwarder, &many[0]));
	bench_close(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sides),
		cmocka_unit_test(test_codec_only),
		cmocka_unit_test(test_another_codec),
		cmocka_unit_test(test_end),
	};

	return cmocka_run_group_tests_name("test_ims_taps", tests, NULL, NULL);
}
