/* Which codecs cross, and which are the same. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "sdp/ims_sdp_codec.h"
#include "sdp/internal.h"

enum { NOTHING, RELAYED, EVENT, COMFORT };

/* REQ-122, 123, 126 */
static void test_classes(void **state)
{
	static const struct {
		const char *name;
		guint clock_hz, channels;
		int class;
	} rows[] = {
		{ "opus", 48000, 2, RELAYED },
		{ "OPUS", 48000, 2, RELAYED },
		{ "opus", 48000, 1, NOTHING },
		{ "opus", 16000, 2, NOTHING },
		{ "G722", 8000, 1, RELAYED },
		{ "G722", 16000, 1, NOTHING },
		{ "PCMU", 8000, 1, RELAYED },
		{ "pcma", 8000, 1, RELAYED },
		{ "PCMA", 16000, 1, NOTHING },
		{ "telephone-event", 8000, 1, EVENT },
		{ "Telephone-Event", 48000, 1, EVENT },
		{ "telephone-event", 16000, 1, EVENT },
		{ "telephone-event", 8001, 1, NOTHING },
		{ "CN", 8000, 1, COMFORT },
		{ "cn", 32000, 1, COMFORT },
		{ "AMR", 8000, 1, RELAYED },
		{ "AMR", 8000, 2, NOTHING },
		{ "amr-wb", 16000, 1, RELAYED },
		{ "EVS", 16000, 1, RELAYED },
		{ "red", 48000, 2, NOTHING },
		{ "VP8", 90000, 1, RELAYED },
		{ "h264", 90000, 1, RELAYED },
		{ "H264", 8000, 1, NOTHING },
		{ "VP9", 90000, 1, NOTHING },
		{ "rtx", 90000, 1, NOTHING },
		{ "", 8000, 1, NOTHING },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		ims_sdp_codec *codec =
			ims_sdp_codec_new(96, rows[i].name, rows[i].clock_hz, rows[i].channels, NULL);

		if (ims_sdp_codec_is_relayed(codec) != (rows[i].class == RELAYED) ||
		    ims_sdp_codec_is_event(codec) != (rows[i].class == EVENT) ||
		    ims_sdp_codec_is_comfort(codec) != (rows[i].class == COMFORT))
			fail_msg("%s/%u/%u", rows[i].name, rows[i].clock_hz, rows[i].channels);
		ims_sdp_codec_free(codec);
	}
}

static void test_same(void **state)
{
	static char upper[] = "G722", lower[] = "g722", other[] = "PCMU";
	const ims_sdp_codec a = { .pt = 9, .name = upper, .clock_hz = 8000, .channels = 1 };
	const ims_sdp_codec b = { .pt = 96, .name = lower, .clock_hz = 8000, .channels = 1 };
	const ims_sdp_codec c = { .pt = 9, .name = upper, .clock_hz = 16000, .channels = 1 };
	const ims_sdp_codec d = { .pt = 9, .name = upper, .clock_hz = 8000, .channels = 2 };
	const ims_sdp_codec e = { .pt = 9, .name = other, .clock_hz = 8000, .channels = 1 };

	(void)state;
	assert_true(ims_sdp_codec_is_same(&a, &b));
	assert_false(ims_sdp_codec_is_same(&a, &c));
	assert_false(ims_sdp_codec_is_same(&a, &d));
	assert_false(ims_sdp_codec_is_same(&a, &e));
}

/* REQ-121: a packet of the one is a packet of the other. */
static void test_same_speech(void **state)
{
	static const struct {
		const char *a, *b;
		gboolean same;
	} rows[] = {
		{ NULL, NULL, TRUE },
		{ NULL, "octet-align=0", TRUE },
		{ NULL, "octet-align=1", FALSE },
		{ "octet-align=1; max-red=220", "mode-change-capability=2;octet-align=1", TRUE },
		{ "octet-align=1", "octet-align=1; crc=1", FALSE },
		{ "crc=1", "octet-align=1; crc=1", TRUE },
		{ "robust-sorting=1", "octet-align=1", FALSE },
		{ "interleaving=30", "octet-align=1", FALSE },
		{ "interleaving=30", "interleaving=30", TRUE },
		{ "mode-set=0,2,4,7", NULL, TRUE },
		{ "mode-set=0,2,4,7", "mode-set=7,4,2,0", TRUE },
		{ "mode-set=0,2,4,7", "mode-set=7", FALSE },
		{ "mode-set=0,2,4,99", "mode-set=0,2,4,99", FALSE },
		{ "mode-set=", "mode-set=", FALSE },
		{ "br=5.9-24.4; bw=nb-swb", "br=13.2; bw=wb", TRUE },
		{ "hf-only=1", "br=13.2", FALSE },
	};
	static char name[] = "AMR-WB";

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		const ims_sdp_codec a = { 96, name, 16000, 1, (char *)rows[i].a };
		const ims_sdp_codec b = { 97, name, 16000, 1, (char *)rows[i].b };

		if (ims_sdp_codec_is_same(&a, &b) != rows[i].same ||
		    ims_sdp_codec_is_same(&b, &a) != rows[i].same)
			fail_msg("%s | %s", rows[i].a, rows[i].b);
	}
}

static ims_sdp_media *only_media(const ims_sdp *sdp)
{
	assert_non_null(sdp);
	return sdp->media->pdata[0];
}

#define M "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\ns=-\r\nc=IN IP4 192.0.2.1\r\nt=0 0\r\nm=audio 5004 RTP/AVP "
#define LONG_100                                                                                             \
	"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" \
	"a"                                                                                                  \
	"a"

static void test_crossing(void **state)
{
	static const struct {
		const char *text, *pts;
	} rows[] = {
		{ M "0 3 8 18 9\r\n", "0 8 9" },
		/* comfort noise only beside a codec of its clock */
		{ M "0 13 96 97\r\na=rtpmap:96 CN/16000\r\na=rtpmap:97 CN/48000\r\n", "0 13" },
		{ M "96 13\r\na=rtpmap:96 opus/48000/2\r\n", "96" },
		/* the same twice: the first counts */
		{ M
		  "96 97 0\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:97 opus/48000/2\r\na=fmtp:97 stereo=1\r\n",
		  "96 0" },
		{ M
		  "8 100 101\r\na=rtpmap:100 telephone-event/48000\r\na=rtpmap:101 telephone-event/8000\r\n",
		  "8 100 101" },
		/* parameters Janus would cut in two */
		{ M "96 0\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 " LONG_100 LONG_100 "\r\n", "96 0" },
		{ M "96 0\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 x" LONG_100 LONG_100 "\r\n", "0" },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(ims_sdp) sdp = ims_sdp_parse(rows[i].text, NULL);
		g_autoptr(GPtrArray) codecs = ims_sdp_codecs_crossing(only_media(sdp));
		g_autoptr(GString) pts = g_string_new(NULL);

		for (guint c = 0; c < codecs->len; c++)
			g_string_append_printf(pts, "%s%u", c ? " " : "",
					       ((ims_sdp_codec *)codecs->pdata[c])->pt);
		assert_string_equal(pts->str, rows[i].pts);
	}
}

/* Which of them are offered, in which order. */
static void test_offered(void **state)
{
	static gpointer law[] = { (char *)"PCMA", (char *)"PCMU" },
			amr[] = { (char *)"AMR-WB", (char *)"AMR" }, none[] = { NULL };
	static const GPtrArray lists[] = { { none, 0 }, { law, 2 }, { amr, 2 } };
	static const char text[] =
		M "0 96 97 8 98 13 101\r\na=rtpmap:96 AMR/8000\r\na=rtpmap:97 opus/48000/2\r\n"
		  "a=rtpmap:98 AMR-WB/16000\r\na=rtpmap:101 telephone-event/8000\r\n";
	static const char *const pts[] = { "0 97 8 13 101", "8 0 13 101", "98 96 13 101" };

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) {
		const ims_sdp_policy policy = { .video_codecs = &lists[0], .audio_codecs = &lists[i] };
		g_autoptr(ims_sdp) sdp = ims_sdp_parse(text, NULL);
		g_autoptr(GPtrArray) codecs = ims_sdp_codecs_offered(only_media(sdp), &policy);
		g_autoptr(GString) found = g_string_new(NULL);

		for (guint c = 0; c < codecs->len; c++)
			g_string_append_printf(found, "%s%u", c ? " " : "",
					       ((ims_sdp_codec *)codecs->pdata[c])->pt);
		assert_string_equal(found->str, pts[i]);
	}
}

/* 50 packets a second, each with 40 bytes of headers, 60 in IPv6. */
static void test_bandwidth(void **state)
{
	static const struct {
		const char *text;
		guint ipv4_kbps, ipv6_kbps;
	} rows[] = {
		{ M "0\r\n", 80, 88 },
		{ M "9 8\r\n", 80, 88 },
		{ M "96\r\na=rtpmap:96 opus/48000/2\r\n", 56, 64 },
		{ M "96\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 stereo=1\r\n", 80, 88 },
		{ M "96 0\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 x=1; maxaveragebitrate=128000\r\n", 144,
		  152 },
		{ M "96\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 maxaveragebitrate=99999999\r\n", 526, 534 },
		{ M "96\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 maxaveragebitrate=1\r\n", 22, 30 },
		{ M "96\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 maxaveragebitrate=99999999999999999999\r\n",
		  56, 64 },
		{ M "96\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 maxaveragebitrate=-1;;=;stereo\r\n", 56,
		  64 },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(ims_sdp) sdp = ims_sdp_parse(rows[i].text, NULL);

		assert_int_equal(ims_sdp_codecs_bandwidth(only_media(sdp)->codecs, FALSE), rows[i].ipv4_kbps);
		assert_int_equal(ims_sdp_codecs_bandwidth(only_media(sdp)->codecs, TRUE), rows[i].ipv6_kbps);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_classes),     cmocka_unit_test(test_same),
		cmocka_unit_test(test_same_speech), cmocka_unit_test(test_crossing),
		cmocka_unit_test(test_offered),     cmocka_unit_test(test_bandwidth),
	};

	return cmocka_run_group_tests_name("test_ims_sdp_codec", tests, NULL, NULL);
}
