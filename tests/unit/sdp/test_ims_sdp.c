/* The values: made, copied, compared, looked at. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "sdp/ims_sdp.h"
#include "sdp_equal.h"
#include "sdp_samples.h"

static void test_reverse(void **state)
{
	(void)state;
	assert_int_equal(ims_direction_reverse(IMS_DIR_INACTIVE), IMS_DIR_INACTIVE);
	assert_int_equal(ims_direction_reverse(IMS_DIR_SENDONLY), IMS_DIR_RECVONLY);
	assert_int_equal(ims_direction_reverse(IMS_DIR_RECVONLY), IMS_DIR_SENDONLY);
	assert_int_equal(ims_direction_reverse(IMS_DIR_SENDRECV), IMS_DIR_SENDRECV);
}

static void test_is_rtp(void **state)
{
	static const struct {
		const char *proto;
		gboolean rtp;
	} rows[] = {
		{ "RTP/AVP", TRUE },
		{ "rtp/avp", TRUE },
		{ "RTP/AVPF", TRUE },
		{ "RTP/SAVP", TRUE },
		{ "RTP/SAVPF", TRUE },
		{ "UDP/TLS/RTP/SAVPF", TRUE },
		{ "udp/tls/rtp/savpf", TRUE },
		{ "TCP/DTLS/RTP/SAVP", TRUE },
		{ "RTP/AVPFX", FALSE },
		{ "RTP", FALSE },
		{ "/AVP", FALSE },
		{ "TP/AVP", FALSE },
		{ "SRTP/AVP", FALSE },
		{ "UDP/DTLS/SCTP", FALSE },
		{ "TCP/MSRP", FALSE },
		{ "udp", FALSE },
		{ "", FALSE },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(ims_sdp) owner = ims_sdp_parse(HEAD("192.0.2.1"), NULL);
		ims_sdp_media *media = ims_sdp_media_new(IMS_MEDIA_AUDIO, "audio", rows[i].proto);

		g_ptr_array_add(owner->media, media);
		if (ims_sdp_media_is_rtp(media) != rows[i].rtp)
			fail_msg("'%s'", rows[i].proto);
	}
}

static void test_attribute_value(void **state)
{
	g_autoptr(ims_sdp) sdp = ims_sdp_parse(
		HEAD("192.0.2.1") "a=tool:x:y\r\na=flag\r\na=empty:\r\na=tool:second\r\n", NULL);

	(void)state;
	assert_string_equal(ims_sdp_attribute_value(sdp->attributes, "tool"), "x:y");
	assert_string_equal(ims_sdp_attribute_value(sdp->attributes, "flag"), "");
	assert_string_equal(ims_sdp_attribute_value(sdp->attributes, "empty"), "");
	assert_null(ims_sdp_attribute_value(sdp->attributes, "Tool"));
	assert_null(ims_sdp_attribute_value(sdp->attributes, "none"));
}

static void test_copy(void **state)
{
	static const char *const texts[] = { CHROMIUM, FIREFOX, HANDSET, BARESIP, LINPHONE };

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(ims_sdp) sdp = ims_sdp_parse(texts[i], NULL);
		g_autoptr(ims_sdp) copy = ims_sdp_copy(sdp);
		ims_sdp_media *media = copy->media->pdata[0];

		assert_true(sdp_equal(sdp, copy));
		media->direction = IMS_DIR_INACTIVE;
		assert_false(sdp_equal(sdp, copy));
	}
	ims_sdp_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reverse),
		cmocka_unit_test(test_is_rtp),
		cmocka_unit_test(test_attribute_value),
		cmocka_unit_test(test_copy),
	};

	return cmocka_run_group_tests_name("test_ims_sdp", tests, NULL, NULL);
}
