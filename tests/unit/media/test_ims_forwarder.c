/* What a forwarder hears arrives, as it is or under another SSRC and payload type. */
#include "phone.h"
#include "base/ims_error.h"
#include "media/ims_forwarder.h"
#include "media/ims_srtp.h"

static ims_forwarder *to_phone(const phone *p, guint32 ssrc, guint8 pt)
{
	g_autoptr(GError) error = NULL;
	ims_forwarder *forwarder = ims_forwarder_new(
		&(ims_forwarder_setup){ .id = 7, .to = p->at[0], .ssrc = ssrc, .pt = pt }, &error);

	assert_non_null(forwarder);
	return forwarder;
}

static void test_as_it_is(void **state)
{
	guint8 packet[IMS_RTP_MAX], received[IMS_RTP_MAX];
	g_autoptr(ims_forwarder) forwarder = NULL;
	gsize length = make_rtp(packet, 8, 0xc0ffee, 12, 3456);
	phone p;

	(void)state;
	phone_open(&p);
	forwarder = to_phone(&p, 0, 0);
	ims_forwarder_tap.hear(forwarder, packet, length);
	assert_int_equal(phone_receive(&p, 0, received), length);
	assert_memory_equal(received, packet, length);
	assert_int_equal(ims_forwarder_what(forwarder)->id, 7);
	phone_close(&p);
}

static void test_renamed(void **state)
{
	guint8 packet[IMS_RTP_MAX], received[IMS_RTP_MAX];
	g_autoptr(ims_forwarder) forwarder = NULL;
	gsize length = make_rtp(packet, 8, 0xc0ffee, 12, 3456);
	ims_rtp_header h;
	phone p;

	(void)state;
	phone_open(&p);
	forwarder = to_phone(&p, 0xdecade, 101);
	packet[1] |= 0x80;
	ims_forwarder_tap.hear(forwarder, packet, length);
	assert_int_equal(phone_receive(&p, 0, received), length);
	assert_true(ims_rtp_parse(received, length, &h));
	assert_int_equal(h.pt, 101);
	assert_true(h.marker);
	assert_int_equal(h.ssrc, 0xdecade);
	assert_int_equal(h.seq, 12);
	assert_int_equal(h.timestamp, 3456);
	assert_memory_equal(received + IMS_RTP_HEADER, packet + IMS_RTP_HEADER, length - IMS_RTP_HEADER);
	phone_close(&p);
}

/* RFC 3711: header in the clear, 10 bytes of tag behind. What it says is told by who has the key. */
static void test_encrypted(void **state)
{
	const ims_srtp_key key = { .suite = IMS_SRTP_AES_CM_128_HMAC_SHA1_80,
				   .bytes = "0123456789abcdef0123456789abcd" };
	guint8 packet[IMS_RTP_MAX];
	guint32 room[(IMS_RTP_MAX + IMS_SRTP_TRAILER) / 4 + 1];
	guint8 *received = (guint8 *)room;
	gsize length = make_rtp(packet, 8, 0xc0ffee, 12, 3456);
	ims_forwarder_setup setup = { .id = 7, .pt = 101, .key = key };
	g_autoptr(ims_forwarder) forwarder = NULL;
	ims_srtp ear = { 0 };
	ims_rtp_header h;
	phone p;

	(void)state;
	phone_open(&p);
	setup.to = p.at[0];
	forwarder = ims_forwarder_new(&setup, NULL);
	ims_forwarder_tap.hear(forwarder, packet, length);
	assert_int_equal(phone_receive(&p, 0, received), length + 10);
	assert_memory_not_equal(received + IMS_RTP_HEADER, packet + IMS_RTP_HEADER, length - IMS_RTP_HEADER);
	assert_true(ims_srtp_set(&ear, &key, &key, 0));
	assert_int_equal(ims_srtp_unprotect(&ear, IMS_SRTP_RTP, received, length + 10, 0), length);
	assert_memory_equal(received + IMS_RTP_HEADER, packet + IMS_RTP_HEADER, length - IMS_RTP_HEADER);
	assert_true(ims_rtp_parse(received, length, &h));
	assert_int_equal(h.pt, 101);
	ims_srtp_clear(&ear);
	phone_close(&p);
}

/* Nobody has to be there. */
static void test_nobody_listens(void **state)
{
	guint8 packet[IMS_RTP_MAX];
	g_autoptr(ims_forwarder) forwarder = NULL;
	gsize length = make_rtp(packet, 8, 1, 2, 3);
	phone p;

	(void)state;
	phone_open(&p);
	forwarder = to_phone(&p, 0, 0);
	phone_close(&p);
	for (int i = 0; i < 10; i++)
		ims_forwarder_tap.hear(forwarder, packet, length);
}

static void test_no_way_there(void **state)
{
	ims_forwarder_setup setup = { .id = 7 };
	g_autoptr(GError) error = NULL;

	(void)state;
	assert_true(ims_address_parse("255.255.255.255", 5000, &setup.to)); /* without SO_BROADCAST */
	assert_null(ims_forwarder_new(&setup, &error));
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_IO));
}

static void test_tracks(void **state)
{
	ims_track track;

	(void)state;
	for (ims_track i = 0; i < IMS_N_TRACKS; i++) {
		assert_true(ims_track_of_name(ims_track_name(i), &track));
		assert_int_equal(track, i);
	}
	assert_false(ims_track_of_name("peer", &track));
	assert_int_equal(ims_track_kind(IMS_TRACK_PEER_VIDEO), IMS_MEDIA_VIDEO);
	assert_int_equal(ims_track_side(IMS_TRACK_PEER_VIDEO), IMS_TAP_PEER);
	assert_int_equal(ims_track_side(IMS_TRACK_AUDIO), IMS_TAP_USER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_it_is),     cmocka_unit_test(test_renamed),
		cmocka_unit_test(test_encrypted),    cmocka_unit_test(test_nobody_listens),
		cmocka_unit_test(test_no_way_there), cmocka_unit_test(test_tracks),
	};

	return cmocka_run_group_tests_name("test_ims_forwarder", tests, NULL, NULL);
}
