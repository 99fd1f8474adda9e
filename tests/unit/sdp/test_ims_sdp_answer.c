/* Answers across the edge, and what media/ is told of them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "sdp_result.h"

static char *answer_to_browser(const char *offer, const char *answer)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GArray) streams = NULL;
	g_autoptr(ims_sdp) browser = parsed(offer);
	g_autoptr(ims_sdp) ours = ims_sdp_offer_to_core(browser, NULL, &local, NULL);
	g_autoptr(ims_sdp) core = parsed(answer);
	g_autoptr(ims_sdp) sdp = ims_sdp_answer_to_browser(browser, ours, core, &streams, &error);

	return result(sdp, streams, error);
}

static char *answer_to_core(const char *offer, const char *answer)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(GArray) streams = NULL;
	g_autoptr(ims_sdp) core = parsed(offer);
	g_autoptr(ims_sdp) ours = ims_sdp_offer_to_browser(core, NULL, &policy, NULL);
	g_autoptr(ims_sdp) browser = parsed(answer);
	g_autoptr(ims_sdp) sdp = ims_sdp_answer_to_core(core, ours, browser, &local, &streams, &error);

	return result(sdp, streams, error);
}

/* REQ-110, 127: to the letter. */
static void test_chromium(void **state)
{
	g_autofree char *text = answer_to_browser(
		CHROMIUM,
		CORE_HEAD "m=audio 5004 RTP/AVP 8 111 126\r\na=rtpmap:111 opus/48000/2\r\n"
			  "a=fmtp:111 useinbandfec=1; stereo=0\r\na=rtpmap:126 telephone-event/8000\r\n"
			  "a=fmtp:126 0-15\r\na=rtcp:5010\r\na=ptime:40\r\na=label:1\r\n"
			  "m=video 0 RTP/AVP 96\r\nm=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n");

	(void)state;
	assert_string_equal(text,
			    "0 198.51.100.9:5004 198.51.100.9:5010 sendrecv of sendrecv clock 8000 browser 8 "
			    "dtmf 126/8000 ptime 40 8>8 110>126 111>111 126>126 8<8 111<111 126<126\n"
			    "1 void\n"
			    "2 void\n"
			    "v=0\r\n"
			    "o=- 0 0 IN IP4 0.0.0.0\r\n"
			    "s=-\r\n"
			    "t=0 0\r\n"
			    "m=audio 9 UDP/TLS/RTP/SAVPF 8 111 126 110\r\n"
			    "c=IN IP4 0.0.0.0\r\n"
			    "a=rtpmap:8 PCMA/8000\r\n"
			    "a=rtpmap:111 opus/48000/2\r\n"
			    "a=fmtp:111 useinbandfec=1; stereo=0\r\n"
			    "a=rtpmap:126 telephone-event/8000\r\n"
			    "a=fmtp:126 0-15\r\n"
			    "a=rtpmap:110 telephone-event/48000\r\n"
			    "a=sendrecv\r\n"
			    "a=ptime:40\r\n"
			    "m=video 0 UDP/TLS/RTP/SAVPF 96\r\n"
			    "c=IN IP4 0.0.0.0\r\n"
			    "a=rtpmap:96 VP8/90000\r\n"
			    "a=inactive\r\n"
			    "m=application 0 UDP/DTLS/SCTP webrtc-datachannel\r\n"
			    "c=IN IP4 0.0.0.0\r\n"
			    "a=inactive\r\n");
}

typedef struct {
	const char *name, *offer, *answer;
	const char *has[8]; /* those that begin with ! must not be there */
} answer_case;

static void check_cases(const answer_case *cases, gsize count, char *(*run)(const char *, const char *))
{
	for (gsize i = 0; i < count; i++) {
		const answer_case *c = &cases[i];
		g_autofree char *text = run(c->offer, c->answer);

		check_text(c->name, c->has, text);
	}
}

#define BROWSER_OPUS                                                                                         \
	HEAD("192.0.2.1")                                                                                    \
	"m=audio 9 UDP/TLS/RTP/SAVPF 111 0 8\r\na=rtpmap:111 opus/48000/2\r\n"

static void test_to_browser(void **state)
{
	static const answer_case cases[] = {
		{ "the core's order; only what was offered",
		  ANONYMIZED,
		  CORE_AUDIO "9 0 8 111\r\na=rtpmap:111 opus/48000/2\r\n",
		  { "clock 8000 browser 0 dtmf -1/0", "SAVPF 0 8 111\r\n", "!G722" } },
		{ "other numbers in the answer: ours to receive, theirs to send, theirs understood as well",
		  ANONYMIZED,
		  CORE_AUDIO "96 101\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:101 telephone-event/8000\r\n",
		  { "dtmf 101/8000", " 111>96 126>101 111<96 126<101 111<111 126<126\n", "SAVPF 111 126\r\n",
		    "!SAVPF 96" } },
		{ "numbers swapped: what we offered wins",
		  ANONYMIZED,
		  CORE_AUDIO "126 111\r\na=rtpmap:126 opus/48000/2\r\na=rtpmap:111 telephone-event/8000\r\n",
		  { " 111>126 126>111 111<111 126<126\n" } },
		{ "the event at the clock of the codec, though the browser has none (REQ-123)",
		  ANONYMIZED,
		  CORE_AUDIO
		  "111 126 96\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:126 telephone-event/8000\r\n"
		  "a=rtpmap:96 telephone-event/48000\r\n",
		  { "clock 48000 browser 111 dtmf 96/48000", "SAVPF 111 126\r\n",
		    "!telephone-event/48000" } },
		{ "an event at another clock is better than none",
		  ANONYMIZED,
		  CORE_AUDIO "111 126\r\na=rtpmap:111 opus/48000/2\r\na=rtpmap:126 telephone-event/8000\r\n",
		  { "dtmf 126/8000" } },
		{ "an event we never offered is not used",
		  ANONYMIZED,
		  CORE_AUDIO "8 100\r\na=rtpmap:100 telephone-event/16000\r\n",
		  { "dtmf -1/0", "SAVPF 8\r\n" } },
		{ "comfort noise without a codec of its clock goes",
		  CHROMIUM,
		  CORE_AUDIO "111 13\r\na=rtpmap:111 opus/48000/2\r\nm=video 0 RTP/AVP 96\r\n",
		  { "SAVPF 111\r\n" } },
		{ "held from the start, the old way (REQ-98); the browser does not see it",
		  BROWSER_OPUS,
		  CORE_AUDIO "8\r\nc=IN IP4 0.0.0.0\r\n",
		  { "0 0.0.0.0:5004 0.0.0.0:5005 recvonly of sendrecv", "a=sendrecv\r\n" } },
		{ "held from the start in IPv6",
		  BROWSER_OPUS,
		  CORE_AUDIO "8\r\nc=IN IP6 ::\r\n",
		  { "0 0.0.0.0:5004 0.0.0.0:5005 recvonly" } },
		{ "held from the start, the new way",
		  BROWSER_OPUS,
		  CORE_AUDIO "8\r\na=sendonly\r\n",
		  { "198.51.100.9:5005 recvonly of sendrecv", "a=sendrecv\r\n" } },
		{ "inactive",
		  BROWSER_OPUS,
		  CORE_AUDIO "8\r\na=inactive\r\n",
		  { "5005 inactive of sendrecv" } },
		{ "a browser that only sends",
		  BROWSER_OPUS "a=sendonly\r\n",
		  CORE_AUDIO "8\r\n",
		  { "5005 sendonly of sendonly", "a=recvonly\r\n" } },
		{ "directions that leave nothing",
		  BROWSER_OPUS "a=sendonly\r\n",
		  CORE_AUDIO "8\r\na=sendonly\r\n",
		  { "5005 inactive of sendonly" } },
		{ "video first: refused in a way that survives port 9, which Janus makes of it",
		  HEAD("192.0.2.1") "m=video 9 UDP/TLS/RTP/SAVPF 96 97\r\na=rtpmap:96 VP8/90000\r\n"
				    "m=audio 9 UDP/TLS/RTP/SAVPF 8\r\n",
		  CORE_HEAD "m=video 0 RTP/AVP 96\r\nm=audio 5004 RTP/AVP 8\r\n",
		  { "0 void\n1 198.51.100.9:5004", "m=video 0 UDP/TLS/RTP/SAVPF 96\r\nc=IN IP4 "
						   "0.0.0.0\r\na=rtpmap:96 VP8/90000\r\na=inactive\r\n" } },
		{ "a phone that forgets the lines we had refused",
		  CHROMIUM,
		  CORE_AUDIO "8\r\n",
		  { "1 void\n2 void\n", "m=video 0 ", "m=application 0 " } },
		{ "a line we refused, accepted all the same",
		  CHROMIUM,
		  CORE_AUDIO "8\r\nm=video 5006 RTP/AVP 96\r\na=rtpmap:96 VP8/90000\r\n",
		  { "1 void\n", "m=video 0 " } },
		{ "addresses are written one way",
		  BROWSER_OPUS,
		  CORE_AUDIO "8\r\na=rtcp:9 IN IP4 198.51.100.10\r\n",
		  { "0 198.51.100.9:5004 198.51.100.10:9 " } },
		{ "odd packet times are left aside",
		  BROWSER_OPUS,
		  CORE_AUDIO "8\r\na=ptime:25\r\n",
		  { "ptime 20" } },
		{ "too long ones, too", BROWSER_OPUS, CORE_AUDIO "8\r\na=ptime:70\r\n", { "ptime 20" } },
	};

	(void)state;
	check_cases(cases, G_N_ELEMENTS(cases), answer_to_browser);
}

static void test_to_browser_refused(void **state)
{
	static const answer_case cases[] = {
		{ "no codec of ours",
		  BROWSER_OPUS,
		  CORE_AUDIO "18 104\r\na=rtpmap:104 AMR-WB/16000\r\n",
		  { "463 Nothing in common with: audio RTP/AVP G729/8000 AMR-WB/16000" } },
		{ "only events",
		  ANONYMIZED,
		  CORE_AUDIO "126\r\na=rtpmap:126 telephone-event/8000\r\n",
		  { "463 Nothing" } },
		{ "refused",
		  BROWSER_OPUS,
		  CORE_HEAD "m=audio 0 RTP/AVP 8\r\n",
		  { "463 Nothing in common with: audio" } },
		{ "SRTP", BROWSER_OPUS, CORE_HEAD "m=audio 5004 RTP/SAVP 8\r\n", { "452 m-line 0: SRTP" } },
		{ "no m-line at all",
		  BROWSER_OPUS,
		  CORE_HEAD,
		  { "462 m-line 0: audio is answered with nothing" } },
		{ "too many",
		  BROWSER_OPUS,
		  CORE_AUDIO "8\r\nm=video 0 RTP/AVP 31\r\n",
		  { "462 2 m-lines answer 1" } },
		{ "another medium",
		  BROWSER_OPUS,
		  CORE_HEAD "m=video 5004 RTP/AVP 31\r\n",
		  { "462 m-line 0: audio is answered with video" } },
		{ "no c=",
		  BROWSER_OPUS,
		  HEAD("192.0.2.1") "m=audio 5004 RTP/AVP 8\r\n",
		  { "462 m-line 0: no c= for it" } },
		{ "a name",
		  BROWSER_OPUS,
		  CORE_AUDIO "8\r\nc=IN IP4 media.example\r\n",
		  { "462 m-line 0: address media.example is not numeric" } },
		{ "IPv6 to a leg of IPv4",
		  BROWSER_OPUS,
		  CORE_AUDIO "8\r\nc=IN IP6 2001:db8::1\r\n",
		  { "462 m-line 0: address 2001:db8::1 is of another IP version" } },
		{ "multicast",
		  BROWSER_OPUS,
		  CORE_AUDIO "8\r\nc=IN IP4 239.1.1.1\r\n",
		  { "462 m-line 0: address 239" } },
	};

	(void)state;
	check_cases(cases, G_N_ELEMENTS(cases), answer_to_browser);
}

/* Chromium's answer to baresip, as Janus hands it on. */
#define BROWSER_ANSWER                                                                                       \
	HEAD("1.1.1.1")                                                                                      \
	"m=audio 9 UDP/TLS/RTP/SAVPF 96 0 101\r\nc=IN IP4 1.1.1.1\r\na=mid:0\r\n"                            \
	"a=rtpmap:96 opus/48000/2\r\na=fmtp:96 minptime=10;useinbandfec=1\r\n"                               \
	"a=rtpmap:101 telephone-event/8000\r\na=msid:x y\r\n"

static void test_baresip(void **state)
{
	g_autofree char *text = answer_to_core(BARESIP, BROWSER_ANSWER);

	(void)state;
	assert_string_equal(text, "0 198.51.100.2:13572 198.51.100.2:13573 sendrecv of sendrecv clock 48000 "
				  "browser 96 dtmf 101/8000 ptime 20 0>0 96>96 101>101 0<0 96<96 101<101\n"
				  "v=0\r\n"
				  "o=- 77 3 IN IP4 203.0.113.7\r\n"
				  "s=-\r\n"
				  "c=IN IP4 203.0.113.7\r\n"
				  "t=0 0\r\n"
				  "m=audio 40000 RTP/AVP 96 0 101\r\n"
				  "b=AS:80\r\n"
				  "b=RS:600\r\n"
				  "b=RR:2000\r\n"
				  "a=rtpmap:96 opus/48000/2\r\n"
				  "a=fmtp:96 minptime=10;useinbandfec=1\r\n"
				  "a=rtpmap:0 PCMU/8000\r\n"
				  "a=rtpmap:101 telephone-event/8000\r\n"
				  "a=sendrecv\r\n"
				  "a=ptime:20\r\n");
}

#define BROWSER_AUDIO HEAD("1.1.1.1") "m=audio 9 UDP/TLS/RTP/SAVPF "

static void test_to_core(void **state)
{
	static const answer_case cases[] = {
		{ "renumbered for the browser, back to the core's own numbers",
		  CORE_AUDIO "72 96 8\r\na=rtpmap:72 opus/48000/2\r\na=rtpmap:96 telephone-event/8000\r\n",
		  BROWSER_AUDIO "97 96 8\r\na=rtpmap:97 opus/48000/2\r\na=rtpmap:96 telephone-event/8000\r\n",
		  { " 8>8 96>96 97>72 8<8 97<72 96<96\n", "RTP/AVP 72 96 8\r\n", "!RTP/AVP 97" } },
		{ "a browser with numbers of its own: it sends under ours, receives under its",
		  CORE_AUDIO "96 8\r\na=rtpmap:96 opus/48000/2\r\n",
		  BROWSER_AUDIO "111 8\r\na=rtpmap:111 opus/48000/2\r\n",
		  { " 8>8 96>96 8<8 111<96\n", "RTP/AVP 96 8\r\n" } },
		{ "an event at the codec's clock needs no browser; at another clock it does (REQ-123)",
		  CORE_AUDIO
		  "96 100 101\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:100 telephone-event/48000\r\n"
		  "a=fmtp:100 0-16\r\na=rtpmap:101 telephone-event/8000\r\n",
		  BROWSER_AUDIO "96\r\na=rtpmap:96 opus/48000/2\r\n",
		  { "dtmf 100/48000", " 96>96 96<96\n", "RTP/AVP 96 100\r\n", "a=fmtp:100 0-16\r\n" } },
		{ "a codec nobody offered is not passed on",
		  CORE_AUDIO "8\r\n",
		  BROWSER_AUDIO "0 8\r\n",
		  { "RTP/AVP 8\r\n", "browser 8 ", "!PCMU" } },
		{ "AVPF is answered with AVPF",
		  CORE_HEAD "m=audio 5004 RTP/AVPF 8\r\n",
		  BROWSER_AUDIO "8\r\n",
		  { "m=audio 40000 RTP/AVPF 8\r\n" } },
		{ "an offer on hold is answered recvonly (REQ-98), resumable",
		  CORE_AUDIO "8\r\na=sendonly\r\n",
		  BROWSER_AUDIO "8\r\n",
		  { "recvonly of sendrecv", "a=recvonly\r\n" } },
		{ "an offer on hold, the old way",
		  CORE_AUDIO "8\r\nc=IN IP4 0.0.0.0\r\n",
		  BROWSER_AUDIO "8\r\n",
		  { "0 0.0.0.0:5004 0.0.0.0:5005 recvonly of sendrecv", "a=recvonly\r\n" } },
		{ "both ways at once",
		  CORE_AUDIO "8\r\nc=IN IP4 0.0.0.0\r\na=inactive\r\n",
		  BROWSER_AUDIO "8\r\n",
		  { "inactive of sendrecv", "a=inactive\r\n" } },
		{ "a browser that only receives",
		  CORE_AUDIO "8\r\n",
		  BROWSER_AUDIO "8\r\na=recvonly\r\n",
		  { "recvonly of recvonly", "a=recvonly\r\n" } },
		{ "refused lines keep their shape and order (REQ-127)",
		  CORE_HEAD
		  "m=message 2855 TCP/MSRP *\r\nm=audio 5004 RTP/AVP 8\r\nm=video 5006 RTP/AVPF 31 99\r\n"
		  "m=text 0 RTP/AVP 98\r\n",
		  HEAD("1.1.1.1") "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=inactive\r\nm=audio 9 "
				  "UDP/TLS/RTP/SAVPF 8\r\n"
				  "m=video 0 UDP/TLS/RTP/SAVPF 0\r\nm=video 0 UDP/TLS/RTP/SAVPF 0\r\n",
		  { "m=message 0 TCP/MSRP *\r\nm=audio 40002 RTP/AVP 8\r\n",
		    "m=video 0 RTP/AVPF 31\r\nm=text 0 RTP/AVP 98\r\n" } },
	};

	(void)state;
	check_cases(cases, G_N_ELEMENTS(cases), answer_to_core);
}

static void test_to_core_refused(void **state)
{
	static const answer_case cases[] = {
		{ "refused by the browser",
		  CORE_AUDIO "8\r\n",
		  HEAD("1.1.1.1") "m=audio 0 UDP/TLS/RTP/SAVPF 8\r\n",
		  { "463 Nothing in common with: audio UDP/TLS/RTP/SAVPF (port 0) PCMA/8000" } },
		{ "another codec", CORE_AUDIO "8\r\n", BROWSER_AUDIO "0\r\n", { "463 Nothing" } },
		{ "no lines",
		  CORE_AUDIO "8\r\n",
		  HEAD("1.1.1.1"),
		  { "462 m-line 0: audio is answered with nothing" } },
		{ "IPv6 to a leg of IPv4",
		  CORE_AUDIO "8\r\nc=IN IP6 2001:db8::1\r\n",
		  BROWSER_AUDIO "8\r\n",
		  { "462 m-line 0: address 2001:db8::1 is of another IP version" } },
	};

	(void)state;
	check_cases(cases, G_N_ELEMENTS(cases), answer_to_core);
}

/* Our hold (REQ-98): our last description with another direction is offered again; the page is
 * not asked, and what it said last stands for its offer. */
static void test_own_hold(void **state)
{
	g_autoptr(GArray) streams = NULL;
	g_autoptr(ims_sdp) browser = parsed(BROWSER_OPUS);
	g_autoptr(ims_sdp) ours = ims_sdp_offer_to_core(browser, NULL, &local, NULL);
	g_autoptr(ims_sdp) core = parsed(CORE_AUDIO "8\r\na=recvonly\r\n");
	g_autoptr(ims_sdp) sdp = NULL;
	const ims_sdp_stream *stream;

	(void)state;
	((ims_sdp_media *)ours->media->pdata[0])->direction = IMS_DIR_SENDONLY;
	sdp = ims_sdp_answer_to_browser(browser, ours, core, &streams, NULL);
	assert_non_null(sdp);
	stream = &g_array_index(streams, ims_sdp_stream, 0);
	assert_int_equal(stream->direction, IMS_DIR_SENDONLY);
	assert_int_equal(stream->allowed, IMS_DIR_SENDONLY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chromium),
		cmocka_unit_test(test_to_browser),
		cmocka_unit_test(test_to_browser_refused),
		cmocka_unit_test(test_baresip),
		cmocka_unit_test(test_to_core),
		cmocka_unit_test(test_to_core_refused),
		cmocka_unit_test(test_own_hold),
	};

	return cmocka_run_group_tests_name("test_ims_sdp_answer", tests, NULL, NULL);
}
