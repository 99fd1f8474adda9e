/* Offers across the edge, both ways. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "sdp_result.h"

#define AUDIO_IN_BROWSER "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=rtpmap:0 PCMU/8000\r\n"
#define VIDEO_IN_BROWSER "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=rtpmap:96 VP8/90000\r\n"

static const ims_sdp_local local_v6 = { "2001:db8::7", ports, G_N_ELEMENTS(ports), 77, 3, &policy, NULL };

/* What is printed must be what the values say. */
static char *printed(const ims_sdp *sdp)
{
	char *text = ims_sdp_print(sdp);
	g_autoptr(ims_sdp) again = parsed(text);

	assert_int_equal(sdp->media->len, again->media->len);
	return text;
}

static char *to_core(const char *text, const ims_sdp_local *where)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_sdp) offer = parsed(text);
	g_autoptr(ims_sdp) sdp = ims_sdp_offer_to_core(offer, NULL, where, &error);

	return sdp ? printed(sdp) : g_strdup(error->message);
}

static char *to_browser(const char *text)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_sdp) offer = parsed(text);
	g_autoptr(ims_sdp) sdp = ims_sdp_offer_to_browser(offer, NULL, &policy, &error);

	return sdp ? printed(sdp) : g_strdup(error->message);
}

/* REQ-109, 115, 116, 117, 122, 123, 124, 126, 127, 128, 139: to the letter. */
static void test_chromium_to_core(void **state)
{
	g_autofree char *text = to_core(CHROMIUM, &local);

	(void)state;
	assert_string_equal(text, "v=0\r\n"
				  "o=- 77 3 IN IP4 203.0.113.7\r\n"
				  "s=-\r\n"
				  "c=IN IP4 203.0.113.7\r\n"
				  "t=0 0\r\n"
				  "m=audio 40000 RTP/AVP 111 9 0 8 13 110 126\r\n"
				  "b=AS:80\r\n"
				  "b=RS:600\r\n"
				  "b=RR:2000\r\n"
				  "a=rtpmap:111 opus/48000/2\r\n"
				  "a=fmtp:111 minptime=10;useinbandfec=1\r\n"
				  "a=rtpmap:9 G722/8000\r\n"
				  "a=rtpmap:0 PCMU/8000\r\n"
				  "a=rtpmap:8 PCMA/8000\r\n"
				  "a=rtpmap:13 CN/8000\r\n"
				  "a=rtpmap:110 telephone-event/48000\r\n"
				  "a=rtpmap:126 telephone-event/8000\r\n"
				  "a=sendrecv\r\n"
				  "a=ptime:20\r\n"
				  "m=video 40002 RTP/AVP 108\r\n"
				  "b=AS:1500\r\n"
				  "b=RS:600\r\n"
				  "b=RR:2000\r\n"
				  "a=rtpmap:108 H264/90000\r\n"
				  "a=fmtp:108 "
				  "profile-level-id=42e01f;packetization-mode=1;level-asymmetry-allowed=1\r\n"
				  "a=sendrecv\r\n"
				  "a=tcap:1 RTP/AVPF\r\n"
				  "a=pcfg:1 t=1\r\n"
				  "a=rtcp-fb:* nack pli\r\n"
				  "a=rtcp-fb:* ccm fir\r\n"
				  "a=extmap:13 urn:3gpp:video-orientation\r\n"
				  "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n");
}

/* REQ-108, 126, 128: whatever the browser wrote, these do not travel. */
static void test_nothing_of_webrtc(void **state)
{
	static const char *const offers[] = { CHROMIUM, FIREFOX, ANONYMIZED };
	static const char *const lacks[] = {
		"group",       "BUNDLE",    "a=mid",   "bundle-only", "rtcp-mux",  "candidate",
		"ice-",        "crypto",    "setup",   "tls-id",      "msid",      "ssrc",
		"a=rid",       "simulcast", "hdrext",  "SAVPF",       "goog-",     "rtcp-rsize",
		"transport",   "nack\r",    "rtcp-xr", "VP8",         "VP9",       "AV1",
		"rtx",         "red/",      "ulpfec",  "a=rtcp:",     ".local",    "192.168.",
		"127.0.0.1",   "0.0.0.0",   "1.1.1.1", "mozilla",     "sctp-port", "end-of-candidates",
		"fingerprint",
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(offers); i++) {
		g_autofree char *text = to_core(offers[i], &local);

		for (gsize l = 0; l < G_N_ELEMENTS(lacks); l++) {
			if (strstr(text, lacks[l]))
				fail_msg("'%s' in %s", lacks[l], text);
		}
	}
}

typedef struct {
	const char *name, *offer;
	const char *has[8]; /* those that begin with ! must not be there */
} sdp_case;

static void test_to_core(void **state)
{
	static const sdp_case cases[] = {
		{ "firefox: its numbers and parameters; an event for opus besides its own (REQ-123)",
		  FIREFOX,
		  { "m=audio 40000 RTP/AVP 109 9 0 8 101 96\r\n",
		    "a=fmtp:109 maxplaybackrate=48000;stereo=1;", "a=fmtp:101 0-15\r\n",
		    "a=rtpmap:96 telephone-event/48000\r\na=fmtp:96 0-15\r\n",
		    "m=video 40002 RTP/AVP 126\r\n", "!VP8" } },
		{ "order is kept when video comes first (REQ-127)",
		  HEAD("192.0.2.1") VIDEO_IN_BROWSER AUDIO_IN_BROWSER,
		  { "m=video 0 RTP/AVP 96\r\nm=audio 40002 RTP/AVP 0 101\r\n" } },
		{ "a line the browser stopped stays refused",
		  HEAD("192.0.2.1") AUDIO_IN_BROWSER "m=audio 0 UDP/TLS/RTP/SAVPF 0\r\n",
		  { "m=audio 40000", "m=audio 0 RTP/AVP 0\r\n" } },
		{ "two audio lines, a port for each",
		  HEAD("192.0.2.1") AUDIO_IN_BROWSER AUDIO_IN_BROWSER,
		  { "m=audio 40000", "m=audio 40002" } },
		{ "no port for the fifth line",
		  HEAD("192.0.2.1") AUDIO_IN_BROWSER AUDIO_IN_BROWSER AUDIO_IN_BROWSER AUDIO_IN_BROWSER
			  AUDIO_IN_BROWSER,
		  { "m=audio 40006", "m=audio 0 RTP/AVP 0\r\n" } },
		{ "the browser's direction",
		  HEAD("192.0.2.1") AUDIO_IN_BROWSER "a=sendonly\r\n",
		  { "a=sendonly\r\n", "!a=sendrecv" } },
		{ "bandwidth follows opus (REQ-116)",
		  HEAD("192.0.2.1") "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=rtpmap:111 opus/48000/2\r\n"
				    "a=fmtp:111 maxaveragebitrate=128000\r\n",
		  { "b=AS:144\r\n" } },
		{ "comfort noise needs a codec of its clock",
		  HEAD("192.0.2.1") "m=audio 9 UDP/TLS/RTP/SAVPF 111 13\r\na=rtpmap:111 opus/48000/2\r\n",
		  { "RTP/AVP 111 101\r\n", "!CN/8000" } },
		{ "an unknown application line keeps its shape (REQ-139)",
		  HEAD("192.0.2.1") AUDIO_IN_BROWSER
		  "m=application 9 DTLS/SCTP 5000\r\na=sctpmap:5000 x 256\r\n",
		  { "m=application 0 DTLS/SCTP 5000\r\n", "!sctpmap" } },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = to_core(cases[i].offer, &local);

		check_text(cases[i].name, cases[i].has, text);
	}
}

static void test_to_core_ipv6(void **state)
{
	g_autofree char *text = to_core(ANONYMIZED, &local_v6);

	(void)state;
	assert_non_null(strstr(text, "o=- 77 3 IN IP6 2001:db8::7\r\n"));
	assert_non_null(strstr(text, "c=IN IP6 2001:db8::7\r\n"));
	assert_non_null(strstr(text, "b=AS:88\r\n"));
}

static void test_ports_withheld(void **state)
{
	static const guint16 none[] = { 0, 40002 };
	static const ims_sdp_local second_only = { "203.0.113.7", none, 2, 1, 1, &policy, NULL };
	g_autofree char *text = to_core(HEAD("192.0.2.1") AUDIO_IN_BROWSER AUDIO_IN_BROWSER, &second_only);
	g_autofree char *nothing = to_core(HEAD("192.0.2.1") AUDIO_IN_BROWSER, &second_only);

	(void)state;
	assert_non_null(strstr(text, "m=audio 0 RTP/AVP 0\r\nm=audio 40002 RTP/AVP 0"));
	assert_string_equal(nothing, "Nothing in common with: audio UDP/TLS/RTP/SAVPF PCMU/8000");
}

static void test_to_browser(void **state)
{
	static const sdp_case cases[] = {
		{ "baresip: the core's numbers and parameters (REQ-110)",
		  BARESIP,
		  { "m=audio 9 UDP/TLS/RTP/SAVPF 96 9 0 8 101\r\nc=IN IP4 0.0.0.0\r\n",
		    "a=fmtp:96 stereo=1;sprop-stereo=1\r\n", "a=fmtp:101 0-15\r\n",
		    "a=sendrecv\r\na=ptime:20\r\n", "!198.51.100", "!ssrc", "!tool", "!label" } },
		{ "linphone: only what is relayed; video is shown refused",
		  LINPHONE,
		  { "m=audio 9 UDP/TLS/RTP/SAVPF 96 0 8 101 99 100\r\n",
		    "m=video 0 UDP/TLS/RTP/SAVPF 102\r\nc=IN IP4 0.0.0.0\r\na=rtpmap:102 "
		    "VP8/90000\r\na=inactive\r\n",
		    "!speex", "!G729", "!a=rtcp", "!198.51.100" } },
		{ "a hold does not reach the browser: it could not be undone without it",
		  CORE_HEAD "m=audio 5004 RTP/AVP 8\r\nc=IN IP4 0.0.0.0\r\na=sendonly\r\n",
		  { "a=sendrecv\r\n" } },
		{ "AVPF in the core is as good as AVP",
		  CORE_HEAD "m=audio 5004 RTP/AVPF 8\r\n",
		  { "m=audio 9 UDP/TLS/RTP/SAVPF 8\r\n" } },
		{ "SRTP in the core is not served; the plain line after it is",
		  CORE_HEAD "m=audio 5004 RTP/SAVP 8\r\nm=audio 5006 RTP/AVP 8\r\n",
		  { "m=audio 0 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 0.0.0.0\r\na=rtpmap:0 "
		    "PCMU/8000\r\na=inactive\r\n"
		    "m=audio 9 UDP/TLS/RTP/SAVPF 8\r\n" } },
		{ "Janus knows no m=message, m=text, m=image: they show as refused video (REQ-127)",
		  CORE_HEAD
		  "m=message 2855 TCP/MSRP *\r\nm=audio 5004 RTP/AVP 8\r\nm=text 5010 RTP/AVP 98\r\n"
		  "m=image 5012 udptl t38\r\n",
		  { "m=video 0 UDP/TLS/RTP/SAVPF 96\r\n", "m=audio 9 UDP/TLS/RTP/SAVPF 8\r\n",
		    "m=video 0 UDP/TLS/RTP/SAVPF 97\r\n", "m=video 0 UDP/TLS/RTP/SAVPF 98\r\n", "!MSRP",
		    "!m=text", "!m=image", "!m=message" } },
		{ "numbers that look like RTCP under rtcp-mux are renumbered (RFC 5761)",
		  CORE_HEAD
		  "m=audio 5004 RTP/AVP 72 95 96\r\na=rtpmap:72 opus/48000/2\r\na=fmtp:72 stereo=1\r\n"
		  "a=rtpmap:95 telephone-event/48000\r\na=rtpmap:96 telephone-event/8000\r\n",
		  { "SAVPF 97 98 96\r\n", "a=rtpmap:97 opus/48000/2\r\na=fmtp:97 stereo=1\r\n",
		    "a=rtpmap:98 telephone-event/48000\r\n", "!a=rtpmap:72", "!a=rtpmap:95" } },
		{ "static numbers given another meaning are renumbered, low dynamic ones not",
		  CORE_HEAD
		  "m=audio 5004 RTP/AVP 0 35 63\r\na=rtpmap:0 opus/48000/2\r\na=rtpmap:35 PCMA/8000\r\n"
		  "a=rtpmap:63 telephone-event/8000\r\n",
		  { "SAVPF 96 35 63\r\n", "a=rtpmap:96 opus/48000/2\r\n" } },
		{ "one number, two meanings in two lines (BUNDLE)",
		  CORE_HEAD "m=audio 5004 RTP/AVP 96 8\r\na=rtpmap:96 opus/48000/2\r\n"
			    "m=audio 5006 RTP/AVP 8 96\r\na=rtpmap:96 telephone-event/8000\r\n",
		  { "SAVPF 96 8\r\n", "SAVPF 8 97\r\n", "a=rtpmap:97 telephone-event/8000\r\n" } },
		{ "one number, two sets of parameters in two lines (BUNDLE)",
		  CORE_HEAD "m=audio 5004 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\n"
			    "m=audio 5006 RTP/AVP 96\r\na=rtpmap:96 opus/48000/2\r\na=fmtp:96 stereo=1\r\n",
		  { "SAVPF 96\r\n", "SAVPF 97\r\n", "a=rtpmap:97 opus/48000/2\r\na=fmtp:97 stereo=1\r\n" } },
		{ "packet time is passed on when it is one",
		  CORE_HEAD "m=audio 5004 RTP/AVP 8\r\na=ptime:40\r\n",
		  { "a=ptime:40\r\n" } },
		{ "... else left aside",
		  CORE_HEAD "m=audio 5004 RTP/AVP 8\r\na=ptime:99999999999\r\n",
		  { "a=ptime:20\r\n" } },
		{ "events from 0 to 16 stay so",
		  CORE_HEAD
		  "m=audio 5004 RTP/AVP 8 101\r\na=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-16\r\n",
		  { "a=fmtp:101 0-16\r\n" } },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = to_browser(cases[i].offer);

		check_text(cases[i].name, cases[i].has, text);
	}
}

/* Janus takes no m= line over 200 bytes and cuts attributes at 512. */
static void test_fits_janus(void **state)
{
	g_autoptr(GString) offer = g_string_new(CORE_HEAD "m=audio 5004 RTP/AVP");
	g_autofree char *text = NULL;
	g_auto(GStrv) lines = NULL;

	(void)state;
	for (guint pt = 64; pt < 128; pt++)
		g_string_append_printf(offer, " %u", pt);
	for (guint pt = 64; pt < 128; pt++)
		g_string_append_printf(offer, "\r\na=rtpmap:%u telephone-event/%u\r\na=fmtp:%u 0-15,%0200u",
				       pt, pt % 2 ? 8000 : 16000, pt, pt);
	g_string_append(offer, "\r\na=rtpmap:65 x/1\r\nm=audio 5006 RTP/AVP 8\r\n");
	text = to_browser(offer->str);
	lines = g_strsplit(text, "\r\n", -1);
	for (guint i = 0; lines[i]; i++)
		assert_true(strlen(lines[i]) <= (g_str_has_prefix(lines[i], "m=") ? 200u : 500u));
}

static void test_refused(void **state)
{
	static const struct {
		const char *offer;
		ims_error_code code;
		const char *words;
	} rows[] = {
		{ HANDSET, IMS_E_NO_COMMON_MEDIA,
		  "Nothing in common with: audio RTP/AVP EVS/16000 AMR-WB/16000 AMR/8000 "
		  "telephone-event/16000 telephone-event/8000" },
		{ CORE_HEAD, IMS_E_NO_COMMON_MEDIA, "Nothing in common with: no media at all" },
		{ CORE_HEAD "m=audio 0 RTP/AVP 8\r\nm=video 5006 RTP/AVP 31\r\n", IMS_E_NO_COMMON_MEDIA,
		  "audio RTP/AVP (port 0) PCMA/8000; video RTP/AVP H261/90000" },
		{ CORE_HEAD "m=audio 5004 RTP/SAVP 8\r\n", IMS_E_NO_COMMON_MEDIA,
		  "audio RTP/SAVP PCMA/8000" },
		{ CORE_HEAD "m=audio 5004 UDP/TLS/RTP/SAVPF 8\r\n", IMS_E_NO_COMMON_MEDIA, "RTP/SAVPF" },
		{ CORE_HEAD "m=audio 5004 TCP/RTP/AVP 8\r\n", IMS_E_NO_COMMON_MEDIA, "TCP/RTP/AVP" },
		{ CORE_HEAD "m=audio 5004 RTP/AVP 101\r\na=rtpmap:101 telephone-event/8000\r\n",
		  IMS_E_NO_COMMON_MEDIA, "telephone-event" },
		{ HEAD("192.0.2.1") "m=audio 5004 RTP/AVP 8\r\n", IMS_E_BAD_SDP, "m-line 0: no c= for it" },
		{ CORE_HEAD "m=audio 5004 RTP/AVP 8\r\nm=audio 5006 RTP/AVP 8\r\nc=IN IP4 phone.example\r\n",
		  IMS_E_BAD_SDP, "m-line 1: address phone.example is not numeric" },
		{ CORE_HEAD "m=audio 5004 RTP/AVP 8\r\nc=IN IP4 224.2.1.1/127\r\n", IMS_E_BAD_SDP,
		  "not numeric" },
		{ CORE_HEAD "m=audio 5004 RTP/AVP 8\r\nc=IN IP4 224.2.1.1\r\n", IMS_E_BAD_SDP, "multicast" },
		{ CORE_HEAD "m=audio 5004 RTP/AVP 8\r\nc=IN IP4 255.255.255.255\r\n", IMS_E_BAD_SDP,
		  "broadcast" },
		{ CORE_HEAD "m=audio 5004 RTP/AVP 8\r\nc=IN IP6 ff02::1\r\n", IMS_E_BAD_SDP, "multicast" },
		{ CORE_HEAD "m=audio 5004 RTP/AVP 8\r\nc=IN IP6 ::ffff:192.0.2.1\r\n", IMS_E_BAD_SDP,
		  "disguise" },
		{ CORE_HEAD "m=audio 5004 RTP/AVP 8\r\nc=IN IP6 fe80::1%eth0\r\n", IMS_E_BAD_SDP,
		  "not numeric" },
		{ CORE_HEAD "m=audio 5004 RTP/AVP 8\r\na=rtcp:5010 IN IP4 x.example\r\n", IMS_E_BAD_SDP,
		  "x.example is not numeric" },
		{ CORE_HEAD "m=audio 65535 RTP/AVP 8\r\n", IMS_E_BAD_SDP, "m-line 0: no port for RTCP" },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(ims_sdp) offer = parsed(rows[i].offer);
		g_autoptr(ims_sdp) sdp = ims_sdp_offer_to_browser(offer, NULL, &policy, &error);

		assert_null(sdp);
		if (!g_error_matches(error, IMS_ERROR, (gint)rows[i].code) ||
		    !strstr(error->message, rows[i].words))
			fail_msg("'%s', not '%s'", error->message, rows[i].words);
	}
}

static void test_check_offer(void **state)
{
	static const struct {
		const char *offer;
		gboolean ok;
	} rows[] = {
		{ CHROMIUM, TRUE },
		{ FIREFOX, TRUE },
		{ BARESIP, TRUE },
		{ LINPHONE, TRUE },
		{ HANDSET, FALSE },
		{ CORE_HEAD, FALSE },
		{ CORE_HEAD "m=video 5004 RTP/AVP 31\r\n", FALSE },
		{ CORE_HEAD "m=audio 0 RTP/AVP 8\r\n", FALSE },
		{ CORE_HEAD "m=audio 5004 udp 8\r\n", FALSE },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(ims_sdp) offer = parsed(rows[i].offer);

		assert_int_equal(ims_sdp_check_offer(offer, &policy, &error), rows[i].ok);
		assert_int_equal(error == NULL, rows[i].ok);
	}
}

/* A long list of strange names must not become a long error. */
static void test_message_is_short(void **state)
{
	g_autoptr(GString) offer = g_string_new(CORE_HEAD);
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_sdp) sdp = NULL;

	(void)state;
	for (guint m = 0; m < 32; m++) {
		g_string_append(offer, "m=audio 5004 RTP/AVP 96 97 98\r\n");
		for (guint pt = 96; pt < 99; pt++)
			g_string_append_printf(offer, "a=rtpmap:%u %064u/8000\r\n", pt, pt);
	}
	sdp = parsed(offer->str);
	assert_false(ims_sdp_check_offer(sdp, &policy, &error));
	assert_true(strlen(error->message) < 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chromium_to_core), cmocka_unit_test(test_nothing_of_webrtc),
		cmocka_unit_test(test_to_core),          cmocka_unit_test(test_to_core_ipv6),
		cmocka_unit_test(test_ports_withheld),   cmocka_unit_test(test_to_browser),
		cmocka_unit_test(test_fits_janus),       cmocka_unit_test(test_refused),
		cmocka_unit_test(test_check_offer),      cmocka_unit_test(test_message_is_short),
	};

	return cmocka_run_group_tests_name("test_ims_sdp_rewrite", tests, NULL, NULL);
}
