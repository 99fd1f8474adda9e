/* Video m-lines across the edge, both ways, first and again (REQ-114 to 117, 124 to 127). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <time.h>

#include "sdp_result.h"
#include "sdp_video_samples.h"

static const ims_sdp_local vp8_local = {
	"203.0.113.7", ports, G_N_ELEMENTS(ports), 77, 3, &vp8_policy, NULL
};

static const char *refusal_name(ims_sdp_refusal refusal)
{
	static const char *const names[] = { "served",          "off",  "unsupported",
					     "no common codec", "core", "browser" };

	return names[refusal];
}

/* Beside what every stream has. */
static char *with_video(char *text, const GArray *streams)
{
	GString *all = g_string_new(NULL);

	for (guint i = 0; streams && i < streams->len; i++) {
		const ims_sdp_stream *s = &g_array_index(streams, ims_sdp_stream, i);

		g_string_append_printf(all, "%u: %s", i, refusal_name(s->refusal));
		if (s->used && s->kind == IMS_MEDIA_VIDEO)
			g_string_append_printf(all, ", %u kbit/s, rtcp %u,%s%s cvo %u", s->max_kbps,
					       s->rtcp_bps, s->pli ? " pli" : "", s->fir ? " fir" : "",
					       s->core_cvo_id);
		g_string_append_c(all, '\n');
	}
	g_string_append(all, text);
	g_free(text);
	return g_string_free(all, FALSE);
}

static char *to_core(const char *offer, const ims_sdp_local *where)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_sdp) browser = parsed(offer);
	g_autoptr(ims_sdp) sdp = ims_sdp_offer_to_core(browser, NULL, where, &error);

	return sdp ? ims_sdp_print(sdp) : g_strdup(error->message);
}

static char *to_browser(const char *offer, const ims_sdp_policy *of)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_sdp) core = parsed(offer);
	g_autoptr(ims_sdp) sdp = ims_sdp_offer_to_browser(core, NULL, of, &error);

	return sdp ? ims_sdp_print(sdp) : g_strdup(error->message);
}

static char *core_answers(const char *offer, const char *answer, const ims_sdp_local *where)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GArray) streams = NULL;
	g_autoptr(ims_sdp) browser = parsed(offer), core = parsed(answer);
	g_autoptr(ims_sdp) ours = ims_sdp_offer_to_core(browser, NULL, where, NULL);
	g_autoptr(ims_sdp) sdp = ims_sdp_answer_to_browser(browser, ours, core, &streams, &error);

	return with_video(result(sdp, streams, error), streams);
}

static char *browser_answers(const char *offer, const char *answer, const ims_sdp_local *where)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GArray) streams = NULL;
	g_autoptr(ims_sdp) core = parsed(offer), browser = parsed(answer);
	g_autoptr(ims_sdp) ours = ims_sdp_offer_to_browser(core, NULL, where->policy, NULL);
	g_autoptr(ims_sdp) sdp = ims_sdp_answer_to_core(core, ours, browser, where, &streams, &error);

	return with_video(result(sdp, streams, error), streams);
}

typedef struct {
	const char *name, *offer, *answer;
	const ims_sdp_local *where;
	const char *has[8];
} video_case;

static void test_offers_to_core(void **state)
{
	static const video_case cases[] = {
		{ "chromium: of its six kinds of H.264 two are Baseline; VP8, VP9, AV1, rtx, red stay "
		  "(REQ-126)",
		  CHROMIUM_156,
		  NULL,
		  &local,
		  { "m=video 40002 RTP/AVP 103 107\r\n", CBP_1("103"), CBP_0("107"),
		    "a=rtcp-fb:* nack pli\r\n", "a=rtcp-fb:* ccm fir\r\n", "!4d001f", "!64001f", "!VP8" } },
		{ "... in the order of the network, where it allows VP8",
		  CHROMIUM_156,
		  NULL,
		  &vp8_local,
		  { "RTP/AVP 103 107 96\r\nb=AS:1000\r\n", "a=rtpmap:96 VP8/90000\r\n", "!VP9", "!AV1",
		    "!rtx" } },
		{ "firefox without H.264: video is refused, audio is not (REQ-124)",
		  FIREFOX_NO_H264,
		  NULL,
		  &local,
		  { "m=audio 40000", "m=video 0 RTP/AVP 120\r\n", "!VP8" } },
		{ "... VP8 where the network allows it",
		  FIREFOX_NO_H264,
		  NULL,
		  &vp8_local,
		  { "m=video 40002 RTP/AVP 120\r\n", "a=fmtp:120 max-fs=12288;max-fr=60\r\n" } },
		{ "a browser of high profile only",
		  BROWSER_VIDEO "126\r\na=rtpmap:126 H264/90000\r\na=fmtp:126 profile-level-id=640c1f\r\n",
		  NULL,
		  &local,
		  { "profile-level-id=640c1f;packetization-mode=0\r\n", "!extmap" } },
		{ "malformed parameters are no codec",
		  BROWSER_VIDEO "126\r\na=rtpmap:126 H264/90000\r\na=fmtp:126 profile-level-id=x\r\n",
		  NULL,
		  &local,
		  { "m=video 0 " } },
		{ "H.264 as audio, opus as video",
		  BROWSER_AUDIO "m=audio 9 UDP/TLS/RTP/SAVPF 97\r\na=rtpmap:97 H264/90000\r\n"
				"m=video 9 UDP/TLS/RTP/SAVPF 98\r\na=rtpmap:98 opus/48000/2\r\n",
		  NULL,
		  &local,
		  { "m=audio 0 RTP/AVP 97\r\nm=video 0 RTP/AVP 98\r\n" } },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = to_core(cases[i].offer, cases[i].where);

		check_text(cases[i].name, cases[i].has, text);
	}
}

static void test_answers_to_browser(void **state)
{
	static const video_case cases[] = {
		{ "a handset: its level limits the browser, its words stay the browser's (REQ-115, 117, 125)",
		  CHROMIUM_156,
		  CORE_AUDIO
		  "111\r\na=rtpmap:111 opus/48000/2\r\n"
		  "m=video 50012 RTP/AVPF 103\r\nb=AS:900\r\nb=RS:0\r\nb=RR:2500\r\n"
		  "a=rtpmap:103 H264/90000\r\n"
		  "a=fmtp:103 packetization-mode=1;profile-level-id=42c00d;level-asymmetry-allowed=1\r\n"
		  "a=rtcp-fb:* nack pli\r\na=rtcp-fb:103 ccm fir\r\na=extmap:13 "
		  "urn:3gpp:video-orientation\r\n",
		  &local,
		  { "1: served, 768 kbit/s, rtcp 2500, pli fir cvo 13\n", "1 198.51.100.9:50012 ",
		    "browser 103 dtmf -1/0 ptime 20 103>103 103<103\n", "b=TIAS:768000\r\n",
		    "a=fmtp:103 profile-level-id=42000d;packetization-mode=1;level-asymmetry-allowed=1\r\n",
		    "a=rtcp-fb:103 nack pli\r\na=rtcp-fb:103 ccm fir\r\na=rtcp-fb:103 goog-remb\r\n"
		    "a=rtcp-fb:103 transport-cc\r\n",
		    "a=extmap:13 urn:3gpp:video-orientation\r\na=extmap:4 "
		    "http://www.ietf.org/id/draft-holmer",
		    "!107" } },
		{ "a phone that knows no feedback, of AVP: none towards it, all of it towards the browser",
		  CHROMIUM_156,
		  CORE_AUDIO "0\r\nm=video 50012 RTP/AVP 107\r\na=rtpmap:107 H264/90000\r\n"
			     "a=fmtp:107 profile-level-id=42801E\r\n",
		  &local,
		  { "1: served, 1425 kbit/s, rtcp 2600, cvo 0\n", "107>107 107<107\n",
		    "a=fmtp:107 profile-level-id=42001e;packetization-mode=0\r\n",
		    "a=rtcp-fb:107 nack pli\r\n", "!video-orientation" } },
		{ "the words decide, not the number: mode 0 under the number of mode 1",
		  CHROMIUM_156,
		  CORE_AUDIO "0\r\nm=video 50012 RTP/AVP 103\r\na=rtpmap:103 H264/90000\r\n"
			     "a=fmtp:103 profile-level-id=42801f\r\n",
		  &local,
		  { "browser 107 ", "107>103 107<103 107<107\n", "SAVPF 107\r\n" } },
		{ "another profile than offered: no common codec, audio stays (REQ-124)",
		  CHROMIUM_156,
		  CORE_AUDIO "0\r\nm=video 50012 RTP/AVPF 103\r\na=rtpmap:103 H264/90000\r\n"
			     "a=fmtp:103 packetization-mode=1;profile-level-id=64001f\r\n",
		  &local,
		  { "0: served\n1: no common codec\n", "m=audio 9 ", "m=video 0 " } },
		{ "refused by the core",
		  CHROMIUM_156,
		  CORE_AUDIO "0\r\nm=video 0 RTP/AVPF 103\r\n",
		  &local,
		  { "1: core\n", "m=video 0 " } },
		{ "... by saying nothing of it",
		  CHROMIUM_156,
		  CORE_AUDIO "0\r\n",
		  &local,
		  { "1: core\n", "m=video 0 " } },
		{ "refused here",
		  FIREFOX_NO_H264,
		  CORE_AUDIO "0\r\nm=video 0 RTP/AVPF 120\r\n",
		  &local,
		  { "1: no common codec\n" } },
		{ "VP8, where allowed; a phone's session says less than ours",
		  FIREFOX_NO_H264,
		  CORE_AUDIO "0\r\nm=video 50012 RTP/AVPF 120\r\nb=TIAS:256000\r\na=rtpmap:120 VP8/90000\r\n"
			     "a=rtcp-fb:120 nack pli\r\n",
		  &vp8_local,
		  { "1: served, 256 kbit/s, rtcp 2600, pli cvo 0\n", "120>120 120<120\n", "b=TIAS:256000\r\n",
		    "a=rtcp-fb:120 goog-remb\r\n" } },
		{ "no bandwidth at all is not none",
		  CHROMIUM_156,
		  CORE_AUDIO
		  "0\r\nm=video 50012 RTP/AVPF 103\r\nb=AS:0\r\nb=RR:99999999999\r\nb=RS:x\r\n"
		  "a=rtpmap:103 H264/90000\r\na=fmtp:103 packetization-mode=1;profile-level-id=42e01f\r\n",
		  &local,
		  { "served, 30 kbit/s, rtcp 2600,", "b=TIAS:30000\r\n" } },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = core_answers(cases[i].offer, cases[i].answer, cases[i].where);

		check_text(cases[i].name, cases[i].has, text);
	}
}

static void test_offers_to_browser(void **state)
{
	static const video_case cases[] = {
		{ "a handset (26.114 annex A): Constrained Baseline for any browser",
		  HANDSET_VIDEO,
		  NULL,
		  &local,
		  { "m=video 9 UDP/TLS/RTP/SAVPF 99\r\n", "b=TIAS:299000\r\n",
		    "a=fmtp:99 "
		    "profile-level-id=42e00c;packetization-mode=0;sprop-parameter-sets=J0LgDJWgUH6Af1A=,"
		    "KM46gA==\r\n",
		    "a=rtcp-fb:99 nack\r\na=rtcp-fb:99 nack pli\r\na=rtcp-fb:99 ccm fir\r\n",
		    "a=extmap:13 urn:3gpp:video-orientation\r\n",
		    "a=extmap:12 http://www.ietf.org/id/draft-holmer", "!imageattr", "!tcap" } },
		{ "baresip: both modes",
		  BARESIP_VIDEO,
		  NULL,
		  &local,
		  { "m=video 9 UDP/TLS/RTP/SAVPF 97 98\r\n", CBP_0("97"), CBP_1("98"), "!VP8",
		    "!video-orientation", "!framerate" } },
		{ "linphone: VP8 only, where it is allowed",
		  LINPHONE,
		  NULL,
		  &vp8_local,
		  { "m=video 9 UDP/TLS/RTP/SAVPF 102\r\n", "a=rtpmap:102 VP8/90000\r\n" } },
		{ "an extension number that does not fit one byte",
		  CORE_AUDIO "0\r\nm=video 5006 RTP/AVPF 97\r\na=rtpmap:97 H264/90000\r\n"
			     "a=extmap:15 urn:3gpp:video-orientation\r\n",
		  NULL,
		  &local,
		  { "m=video 9 ", "!video-orientation" } },
		{ "... another extension that begins alike, and one with a direction",
		  CORE_AUDIO "0\r\nm=video 5006 RTP/AVPF 97\r\na=rtpmap:97 H264/90000\r\n"
			     "a=extmap:2 urn:3gpp:video-orientation:6\r\na=extmap:3/sendonly "
			     "urn:3gpp:video-orientation\r\n",
		  NULL,
		  &local,
		  { "a=extmap:13 urn:3gpp:video-orientation\r\n", "!:6" } },
		{ "SAVP in the core",
		  CORE_AUDIO "0\r\nm=video 5006 RTP/SAVPF 97\r\na=rtpmap:97 H264/90000\r\n",
		  NULL,
		  &local,
		  { "m=video 0 " } },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = to_browser(cases[i].offer, cases[i].where->policy);

		check_text(cases[i].name, cases[i].has, text);
	}
}

static void test_answers_to_core(void **state)
{
	static const video_case cases[] = {
		{ "a handset: its number, its words, its feedback, its orientation, its RTCP (REQ-115, 117)",
		  HANDSET_VIDEO,
		  CHROMIUM_ANSWER("99", "profile-level-id=42e01f"),
		  &local,
		  { "1: served, 299 kbit/s, rtcp 2500, pli fir cvo 4\n", "99>99 99<99\n",
		    "m=video 40002 RTP/AVPF 99\r\nb=AS:1500\r\nb=RS:0\r\nb=RR:2500\r\n", "a=acfg:1 t=1\r\n",
		    "a=fmtp:99 profile-level-id=42c00c;packetization-mode=0\r\n",
		    "a=rtcp-fb:* nack pli\r\na=rtcp-fb:* ccm fir\r\na=extmap:4 "
		    "urn:3gpp:video-orientation\r\n",
		    "!transport-cc", "!nack\r\n" } },
		{ "baresip: AVP stays, no feedback was offered",
		  BARESIP_VIDEO,
		  CHROMIUM_ANSWER("98", CBP_1_PARAMETERS),
		  &local,
		  { "1: served, 1425 kbit/s, rtcp 2600, cvo 0\n", "m=video 40002 RTP/AVP 98\r\n", "!extmap",
		    "!rtcp-fb", "98>98 98<98\n" } },
		{ "firefox refuses what it does not know (REQ-124)",
		  BARESIP_VIDEO,
		  BROWSER_AUDIO "m=video 0 UDP/TLS/RTP/SAVPF 97\r\n",
		  &local,
		  { "0: served\n1: browser\n", "m=audio 40000", "m=video 0 RTP/AVP 97\r\n" } },
		{ "VP8 alone is refused here",
		  LINPHONE,
		  BROWSER_AUDIO "m=video 0 UDP/TLS/RTP/SAVPF 102\r\n",
		  &local,
		  { "1: no common codec\n", "m=video 0 RTP/AVP 96\r\n" } },
		{ "... and served where allowed, under linphone's number",
		  LINPHONE,
		  BROWSER_AUDIO "m=video 9 UDP/TLS/RTP/SAVPF 102\r\na=rtpmap:102 VP8/90000\r\n",
		  &vp8_local,
		  { "1: served, 950 kbit/s, rtcp 2600, fir cvo 0\n", "102>96 102<96\n",
		    "m=video 40002 RTP/AVP 96\r\nb=AS:1000\r\n", "a=rtcp-fb:* ccm fir\r\n", "!nack" } },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		g_autofree char *text = browser_answers(cases[i].offer, cases[i].answer, cases[i].where);

		check_text(cases[i].name, cases[i].has, text);
	}
}

/* RFC 5939: what is plain RTP may become one with feedback; what we do not understand stays plain. */
static void test_profiles(void **state)
{
	static const struct {
		const char *name, *lines, *proto, *taken;
	} rows[] = {
		{ "nothing said", "", "RTP/AVP", NULL },
		{ "as handsets do", "a=tcap:1 RTP/AVPF\r\na=pcfg:1 t=1\r\n", "RTP/AVPF", "a=acfg:1 t=1\r\n" },
		{ "numbered from 5 on, second choice",
		  "a=tcap:5 RTP/SAVPF RTP/AVPF\r\na=pcfg:3 t=5\r\na=pcfg:7 t=6\r\n", "RTP/AVPF",
		  "a=acfg:7 t=6\r\n" },
		{ "SRTP only", "a=tcap:1 RTP/SAVPF\r\na=pcfg:1 t=1\r\n", "RTP/AVP", NULL },
		{ "with more besides", "a=tcap:1 RTP/AVPF\r\na=pcfg:1 t=1 a=1\r\n", "RTP/AVP", NULL },
		{ "a capability that is not there", "a=tcap:1 RTP/AVPF\r\na=pcfg:1 t=2\r\n", "RTP/AVP",
		  NULL },
		{ "none",
		  "a=tcap:1\r\na=pcfg:1 t=1\r\na=pcfg\r\na=pcfg:x t=1\r\na=pcfg:1 t=\r\na=tcap:0 "
		  "RTP/AVPF\r\n",
		  "RTP/AVP", NULL },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *offer = g_strdup_printf(
			CORE_AUDIO "0\r\nm=video 5006 RTP/AVP 97\r\na=rtpmap:97 H264/90000\r\n"
				   "a=fmtp:97 packetization-mode=1;profile-level-id=42e01f\r\n%s",
			rows[i].lines);
		g_autofree char *text =
			browser_answers(offer, CHROMIUM_ANSWER("97", CBP_1_PARAMETERS), &local);
		g_autofree char *line = g_strdup_printf("m=video 40002 %s 97\r\n", rows[i].proto);
		const char *const has[8] = { line, rows[i].taken ? rows[i].taken : "!acfg", "!tcap",
					     "!pcfg" };

		check_text(rows[i].name, has, text);
	}
}

/* ---- again, in the call ---- */

#define BARESIP_TAKES_VIDEO                                                                                  \
	CORE_AUDIO "0\r\nm=video 50012 RTP/AVP 103\r\na=rtpmap:103 H264/90000\r\n"                           \
		   "a=fmtp:103 packetization-mode=1;profile-level-id=42e01f\r\na=rtcp-fb:* nack pli\r\n"     \
		   "a=extmap:13 urn:3gpp:video-orientation\r\n"

/* Our hold says all of video again, and its answer is understood. */
static void test_hold(void **state)
{
	g_autoptr(ims_sdp) browser = parsed(CHROMIUM_156), core = parsed(BARESIP_TAKES_VIDEO);
	g_autoptr(ims_sdp) ours = ims_sdp_offer_to_core(browser, NULL, &local, NULL);
	g_autoptr(GArray) streams = NULL;
	g_autoptr(ims_sdp) answer = ims_sdp_answer_to_browser(browser, ours, core, &streams, NULL);
	g_autoptr(ims_sdp) hold = ims_sdp_reoffer(ours, streams, IMS_DIR_SENDONLY, &local);
	g_autofree char *text = ims_sdp_print(hold);
	static const char *const has[8] = { "m=video 40002 RTP/AVP 103\r\nb=AS:1500\r\n", CBP_1("103"),
					    "a=sendonly\r\na=tcap:1 RTP/AVPF\r\na=pcfg:1 t=1\r\na=rtcp-fb:* "
					    "nack pli\r\na=rtcp-fb:* ccm fir\r\n"
					    "a=extmap:13 urn:3gpp:video-orientation\r\n",
					    "!107" };
	const ims_sdp_stream *video;

	(void)state;
	assert_non_null(answer);
	check_text("hold", has, text);
	assert_true(ims_sdp_take_answer(hold, core, streams, NULL));
	video = &g_array_index(streams, ims_sdp_stream, 1);
	assert_int_equal(video->direction, IMS_DIR_SENDONLY);
	assert_true(video->pli && !video->fir);
	assert_int_equal(video->core_cvo_id, 13);
	assert_int_equal(video->max_kbps, 1425);
}

/* The core offers again, with other numbers, and then without video. */
static void test_core_reoffers(void **state)
{
	g_autoptr(ims_sdp) browser = parsed(CHROMIUM_156), core = parsed(BARESIP_TAKES_VIDEO);
	g_autoptr(ims_sdp) again =
		parsed(CORE_AUDIO "0\r\nm=video 50014 RTP/AVP 98\r\na=rtpmap:98 H264/90000\r\n"
				  "a=fmtp:98 packetization-mode=1;profile-level-id=42800d\r\n"
				  "a=rtcp-fb:98 ccm fir\r\na=extmap:2 urn:3gpp:video-orientation\r\n");
	g_autoptr(ims_sdp) removed = parsed(CORE_AUDIO "0\r\nm=video 0 RTP/AVP 98\r\n");
	g_autoptr(ims_sdp) ours = ims_sdp_offer_to_core(browser, NULL, &local, NULL);
	g_autoptr(GArray) streams = NULL;
	g_autoptr(ims_sdp) first = ims_sdp_answer_to_browser(browser, ours, core, &streams, NULL);
	g_autoptr(ims_sdp) second = ims_sdp_answer_reoffer(again, ours, &local, streams, NULL);
	g_autofree char *text = with_video(result(second, streams, NULL), streams);
	g_autoptr(ims_sdp) third = ims_sdp_answer_reoffer(removed, second, &local, streams, NULL);
	g_autofree char *gone = with_video(result(third, streams, NULL), streams);
	static const char *const has[8] = {
		"1: served, 768 kbit/s, rtcp 2600, fir cvo 2\n",
		"1 198.51.100.9:50014 ",
		"103>98 103<98\n",
		"m=video 40002 RTP/AVP 98\r\n",
		"a=fmtp:98 profile-level-id=42800d;packetization-mode=1\r\n",
		"a=rtcp-fb:* ccm fir\r\na=extmap:2 urn:3gpp:video-orientation\r\n"
	};
	static const char *const without[8] = { "0: served\n1: off\n", "m=video 0 RTP/AVP 98\r\n" };

	(void)state;
	assert_non_null(first);
	check_text("again", has, text);
	check_text("removed", without, gone);
}

/* The browser adds video to a call that the core began: what numbers meant, they still mean. */
static void test_browser_adds_video(void **state)
{
	g_autoptr(ims_sdp) before = parsed(
		HEAD("203.0.113.7") "c=IN IP4 203.0.113.7\r\n"
				    "m=audio 40000 RTP/AVP 103 0\r\na=rtpmap:103 opus/48000/2\r\n"
				    "m=video 40002 RTP/AVP 98 107\r\na=rtpmap:98 H264/90000\r\n"
				    "a=fmtp:98 profile-level-id=42800d;packetization-mode=1\r\n"
				    "a=rtpmap:107 VP8/90000\r\na=extmap:2 urn:3gpp:video-orientation\r\n");
	g_autoptr(ims_sdp) browser = parsed(CHROMIUM_156), shorter = parsed(BROWSER_AUDIO);
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_sdp) offer = ims_sdp_offer_to_core(browser, before, &local, NULL);
	g_autofree char *text = ims_sdp_print(offer);
	static const char *const has[8] = {
		"m=audio 40000 RTP/AVP 103 ", /* opus, though the browser says 111 */
		"m=video 40002 RTP/AVP 98 ",  /* its profile, its number */
		"a=rtpmap:98 H264/90000\r\na=fmtp:98 profile-level-id=42e01f;packetization-mode=1",
		"a=extmap:2 urn:3gpp:video-orientation\r\n",
		"!a=rtpmap:107 H264", /* that was VP8 */
	};

	(void)state;
	check_text("again", has, text);
	assert_null(ims_sdp_offer_to_core(shorter, before, &local, &error));
	assert_string_equal(error->message, "1 m-lines where there were 2");
}

/* The core adds video to a call that the browser began. */
static void test_core_adds_video(void **state)
{
	g_autoptr(ims_sdp) before = parsed(CHROMIUM_156), core = parsed(BARESIP_VIDEO);
	g_autoptr(ims_sdp) audio = parsed(BARESIP);
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_sdp) offer = ims_sdp_offer_to_browser(core, before, &policy, NULL);
	g_autofree char *text = ims_sdp_print(offer);
	static const char *const has[8] = {
		"m=audio 9 UDP/TLS/RTP/SAVPF 111 9 0 8 ",
		"m=video 9 UDP/TLS/RTP/SAVPF 107 103\r\n",
		CBP_0("107"),
		CBP_1("103"),
		"a=extmap:4 http://www.ietf.org/id/draft-holmer", /* as the browser numbered it */
		"!a=rtpmap:97",                                   /* that is rtx there */
	};

	(void)state;
	check_text("again", has, text);
	assert_null(ims_sdp_offer_to_browser(audio, before, &policy, &error));
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_BAD_SDP));
}

static void test_no_video_allowed(void **state)
{
	const GPtrArray nothing = { NULL, 0 };
	const ims_sdp_policy none = { .video_codecs = &nothing,
				      .video_kbps = 1500,
				      .audio_codecs = &any_audio };
	const ims_sdp_local where = { "203.0.113.7", ports, G_N_ELEMENTS(ports), 77, 3, &none, NULL };
	g_autofree char *out = to_core(CHROMIUM_156, &where), *in = to_browser(BARESIP_VIDEO, &none);
	static const char *const refused[8] = { "m=audio ", "m=video 0 " };

	(void)state;
	check_text("out", refused, out);
	check_text("in", refused, in);
}

/* As long as a description may be, and made to cost: pairs of codecs, pairs of lines. */

static char *costly(guint parts)
{
	GString *text = g_string_new(CORE_AUDIO "0\r\nm=video 5006 RTP/AVP");

	for (guint pt = 64; pt < 128; pt++)
		g_string_append_printf(text, " %u", pt);
	g_string_append(text, "\r\n");
	for (guint pt = 64; pt < 128; pt++) {
		g_string_append_printf(text, "a=rtpmap:%u H264/90000\r\na=fmtp:%u profile-level-id=64%02x1f",
				       pt, pt, pt);
		for (guint i = 0; i < 25 * parts; i++)
			g_string_append(text, ";x");
		g_string_append(text, "\r\n");
	}
	g_string_append(text, "a=tcap:1");
	for (guint i = 0; i < 2000 * parts; i++)
		g_string_append(text, " x");
	for (guint i = 0; i < 425 * parts; i++)
		g_string_append(text, "\r\na=pcfg:1 t=2");
	g_string_append(text, "\r\n");
	return g_string_free(text, FALSE);
}

/* Processor time of one attempt. */
static clock_t cost(guint parts)
{
	g_autofree char *text = costly(parts);
	clock_t begin = clock();
	g_autofree char *answer = browser_answers(text, CHROMIUM_ANSWER("127", CBP_1_PARAMETERS), &local);

	assert_non_null(answer);
	return clock() - begin;
}

/* Lines four times as long, and four times as many, cost four times as much; what grows with the square of
 * the length takes sixteen times. No clock but the test's own decides, and the cheapest of some attempts: on a
 * busy machine it takes more of them to see one that nothing has disturbed. */
static void test_cost(void **state)
{
	clock_t one = cost(1), four = cost(4);

	(void)state;
	for (guint i = 0; i < 7 || (i < 100 && four >= 9 * one); i++) {
		one = MIN(one, cost(1));
		four = MIN(four, cost(4));
	}
	assert_true(four < 9 * one);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_offers_to_core),
		cmocka_unit_test(test_answers_to_browser),
		cmocka_unit_test(test_offers_to_browser),
		cmocka_unit_test(test_answers_to_core),
		cmocka_unit_test(test_profiles),
		cmocka_unit_test(test_hold),
		cmocka_unit_test(test_core_reoffers),
		cmocka_unit_test(test_browser_adds_video),
		cmocka_unit_test(test_core_adds_video),
		cmocka_unit_test(test_no_video_allowed),
		cmocka_unit_test(test_cost),
	};

	return cmocka_run_group_tests_name("test_ims_sdp_video", tests, NULL, NULL);
}
