/* Changes the core makes inside a call, answered without the browser (REQ-98). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "sdp_result.h"

typedef struct {
	ims_sdp *our_last;
	GArray *streams;
} agreed;

/* The browser called: opus, PCMU, PCMA and events; the core took what `answer` says. */
static agreed after_our_offer(const char *answer)
{
	agreed call = { NULL, NULL };
	g_autoptr(ims_sdp) browser = parsed(ANONYMIZED);
	g_autoptr(ims_sdp) core = parsed(answer);
	g_autoptr(ims_sdp) sdp = NULL;

	call.our_last = ims_sdp_offer_to_core(browser, NULL, &local, NULL);
	sdp = ims_sdp_answer_to_browser(browser, call.our_last, core, &call.streams, NULL);
	assert_non_null(sdp);
	return call;
}

static agreed after_their_offer(const char *offer, const char *answer)
{
	agreed call = { NULL, NULL };
	g_autoptr(ims_sdp) core = parsed(offer);
	g_autoptr(ims_sdp) shown = ims_sdp_offer_to_browser(core, NULL, &policy, NULL);
	g_autoptr(ims_sdp) browser = parsed(answer);

	call.our_last = ims_sdp_answer_to_core(core, shown, browser, &local, &call.streams, NULL);
	assert_non_null(call.our_last);
	return call;
}

/* The state after it is what the next one starts from. */
static char *reoffer(agreed *call, const char *text)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_sdp) offer = parsed(text);
	ims_sdp *sdp = ims_sdp_answer_reoffer(offer, call->our_last, &local, call->streams, &error);
	char *shown = result(sdp, sdp ? call->streams : NULL, error);

	if (sdp) {
		ims_sdp_free(call->our_last);
		call->our_last = sdp;
	}
	return shown;
}

static void agreed_clear(agreed *call)
{
	ims_sdp_free(call->our_last);
	g_array_unref(call->streams);
}

#define OPUS "a=rtpmap:111 opus/48000/2\r\n"
#define EVENT "a=rtpmap:126 telephone-event/8000\r\n"
#define FIRST_ANSWER CORE_AUDIO "111 8 126\r\n" OPUS EVENT

static void test_one_change(void **state)
{
	static const struct {
		const char *name, *offer;
		const char *has[8];
	} cases[] = {
		{ "a refresh changes nothing; the version is the caller's to count",
		  FIRST_ANSWER,
		  { "0 198.51.100.9:5004 198.51.100.9:5005 sendrecv of sendrecv clock 48000 browser 111 dtmf "
		    "126/8000 ptime 20 8>8 111>111 126>126 8<8 111<111 126<126\n",
		    "o=- 77 3 IN IP4 203.0.113.7\r\n", "c=IN IP4 203.0.113.7\r\n",
		    "m=audio 40000 RTP/AVP 111 8 126\r\nb=AS:80\r\n",
		    "a=fmtp:111 minptime=10;useinbandfec=1\r\n", "a=sendrecv\r\n" } },
		{ "a new address and port",
		  CORE_HEAD "m=audio 6000 RTP/AVP 111 8\r\nc=IN IP4 198.51.100.44\r\na=rtcp:7000\r\n" OPUS,
		  { "0 198.51.100.44:6000 198.51.100.44:7000 sendrecv", "m=audio 40000 RTP/AVP 111 8\r\n" } },
		{ "hold the new way",
		  FIRST_ANSWER "a=sendonly\r\n",
		  { "recvonly of sendrecv", "a=recvonly\r\n" } },
		{ "hold without music",
		  FIRST_ANSWER "a=inactive\r\n",
		  { "inactive of sendrecv", "a=inactive\r\n" } },
		{ "hold the old way",
		  FIRST_ANSWER "c=IN IP4 0.0.0.0\r\n",
		  { "0 0.0.0.0:5004 0.0.0.0:5005 recvonly of sendrecv", "a=recvonly\r\n" } },
		{ "hold both ways",
		  FIRST_ANSWER "c=IN IP4 0.0.0.0\r\na=inactive\r\n",
		  { "inactive of sendrecv", "a=inactive\r\n" } },
		{ "video is added: not with us (REQ-127)",
		  FIRST_ANSWER "m=video 5006 RTP/AVP 31\r\n",
		  { "1 void\n", "a=ptime:20\r\nm=video 0 RTP/AVP 31\r\n" } },
		{ "a second audio line has no browser behind it",
		  FIRST_ANSWER "m=audio 5006 RTP/AVP 8\r\n",
		  { "1 void\n", "m=audio 0 RTP/AVP 8\r\n" } },
		{ "new numbers for the same codecs, crosswise",
		  CORE_AUDIO "8 126 96\r\na=rtpmap:126 opus/48000/2\r\na=rtpmap:96 telephone-event/8000\r\n",
		  { "dtmf 96/8000 ptime 20 8>8 111>126 126>96 8<8 126<96 111<126\n",
		    "RTP/AVP 8 126 96\r\n" } },
		{ "a codec that was refused does not come back",
		  CORE_AUDIO "0 111 9\r\n" OPUS,
		  { "RTP/AVP 111\r\n", " 111>111 111<111\n" } },
		{ "an event for opus appears: it is of use without the browser",
		  CORE_AUDIO "111 99\r\na=rtpmap:99 telephone-event/48000\r\n" OPUS,
		  { "dtmf 99/48000", "RTP/AVP 111 99\r\n", " 111>111 126>99 126<99 111<111\n" } },
		{ "from AVP to AVPF",
		  CORE_HEAD "m=audio 5004 RTP/AVPF 111\r\n" OPUS,
		  { "m=audio 40000 RTP/AVPF 111\r\n" } },
		{ "packet time changes", FIRST_ANSWER "a=ptime:60\r\n", { "ptime 60", "a=ptime:20\r\n" } },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		agreed call = after_our_offer(FIRST_ANSWER);
		g_autofree char *text = reoffer(&call, cases[i].offer);

		check_text(cases[i].name, cases[i].has, text);
		agreed_clear(&call);
	}
}

static void test_refused(void **state)
{
	static const struct {
		const char *name, *offer;
		const char *has[8];
	} cases[] = {
		{ "nothing that was agreed",
		  CORE_AUDIO "0 9\r\n",
		  { "463 Nothing in common with: audio RTP/AVP PCMU" } },
		{ "without the codec the browser sends, it would fall silent",
		  CORE_AUDIO "8 126\r\n" EVENT,
		  { "463 Nothing" } },
		{ "the audio line is closed", CORE_HEAD "m=audio 0 RTP/AVP 111\r\n" OPUS, { "463 Nothing" } },
		{ "SRTP from now on", CORE_HEAD "m=audio 5004 RTP/SAVP 111\r\n" OPUS, { "452 m-line 0: SRTP" } },
		{ "audio becomes video", CORE_HEAD "m=video 5004 RTP/AVP 31\r\n", { "463 Nothing" } },
		{ "a line is gone", CORE_HEAD, { "462 0 m-lines where there were 1" } },
		{ "no c=",
		  HEAD("192.0.2.1") "m=audio 5004 RTP/AVP 111\r\n" OPUS,
		  { "462 m-line 0: no c= for it" } },
		{ "a name", FIRST_ANSWER "c=IN IP4 x.example\r\n", { "462 m-line 0: address x.example" } },
		{ "IPv6", FIRST_ANSWER "c=IN IP6 2001:db8::1\r\n", { "462 m-line 0: address 2001:db8::1" } },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		agreed call = after_our_offer(FIRST_ANSWER);
		g_autofree char *text = reoffer(&call, cases[i].offer);
		g_autofree char *refresh = NULL;

		check_text(cases[i].name, cases[i].has, text);
		refresh = reoffer(&call, FIRST_ANSWER); /* the call went on as it was */
		assert_non_null(
			strstr(refresh, "0 198.51.100.9:5004 198.51.100.9:5005 sendrecv of sendrecv"));
		agreed_clear(&call);
	}
}

/* Hold, a refresh meanwhile, another hold, resume: what the browser wished is not forgotten. */
static void test_hold_and_resume(void **state)
{
	static const struct {
		const char *offer, *direction;
	} steps[] = {
		{ FIRST_ANSWER "a=sendonly\r\n", "recvonly of sendrecv" },
		{ FIRST_ANSWER "a=sendonly\r\n", "recvonly of sendrecv" },
		{ FIRST_ANSWER "c=IN IP4 0.0.0.0\r\n", "recvonly of sendrecv" },
		{ FIRST_ANSWER "a=inactive\r\n", "inactive of sendrecv" },
		{ FIRST_ANSWER "a=recvonly\r\n", "sendonly of sendrecv" },
		{ FIRST_ANSWER, "sendrecv of sendrecv" },
	};
	agreed call = after_our_offer(FIRST_ANSWER);

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(steps); i++) {
		g_autofree char *text = reoffer(&call, steps[i].offer);

		assert_non_null(strstr(text, steps[i].direction));
	}
	agreed_clear(&call);
}

/* Our offer, then the core's answer; what came of both, or the error. */
static char *change(agreed *call, ims_direction direction, const char *answer)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_sdp) core = parsed(answer);
	g_autoptr(ims_sdp) sdp = ims_sdp_reoffer(call->our_last, call->streams, direction, &local);
	gboolean ok = ims_sdp_take_answer(sdp, core, call->streams, &error);
	char *shown = result(ok ? sdp : NULL, ok ? call->streams : NULL, error);

	if (ok) {
		ims_sdp_free(call->our_last);
		call->our_last = g_steal_pointer(&sdp);
	}
	return shown;
}

/* We hold; a refresh by the core does not undo it; we resume. */
static void test_hold_of_ours(void **state)
{
	static const struct {
		ims_direction direction;
		const char *answer;
		const char *has[8];
	} steps[] = {
		{ IMS_DIR_SENDONLY,
		  FIRST_ANSWER "a=recvonly\r\n",
		  { "sendonly of sendonly clock 48000 browser 111 dtmf 126/8000",
		    " 8>8 111>111 126>126 8<8 111<111 126<126\n", "m=audio 40000 RTP/AVP 111 8 126 101\r\n",
		    "a=fmtp:111 minptime=10;useinbandfec=1\r\n", "b=AS:80\r\n",
		    "a=sendonly\r\na=ptime:20\r\n" } },
		{ IMS_DIR_INACTIVE,
		  FIRST_ANSWER "a=inactive\r\n",
		  { "inactive of inactive", "a=inactive\r\n" } },
		{ IMS_DIR_SENDRECV, FIRST_ANSWER, { "sendrecv of sendrecv", "a=sendrecv\r\n" } },
		{ IMS_DIR_SENDRECV, FIRST_ANSWER "a=sendonly\r\n", { "recvonly of sendrecv" } },
	};
	agreed call = after_our_offer(FIRST_ANSWER);

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(steps); i++) {
		g_autofree char *text = change(&call, steps[i].direction, steps[i].answer);
		g_autofree char *refresh = NULL;

		check_text("step", steps[i].has, text);
		refresh = reoffer(&call, FIRST_ANSWER);
		assert_true(g_str_has_prefix(refresh, "0 198.51.100.9"));
		assert_int_equal(g_array_index(call.streams, ims_sdp_stream, 0).direction,
				 steps[i].direction);
	}
	agreed_clear(&call);
}

/* Only what the browser knows is offered, and what it does not wish cannot be asked for. */
static void test_our_offer(void **state)
{
	agreed call = after_their_offer(CORE_AUDIO "96 0 8 99\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:99 "
						   "telephone-event/48000\r\nm=video 5006 RTP/AVP 31\r\n",
					HEAD("1.1.1.1") "m=audio 9 UDP/TLS/RTP/SAVPF 96 8\r\na=rtpmap:96 "
							"opus/48000/2\r\na=recvonly\r\n"
							"m=video 0 UDP/TLS/RTP/SAVPF 0\r\n");
	g_autofree char *text =
		change(&call, IMS_DIR_SENDRECV, CORE_AUDIO "97 99\r\na=rtpmap:97 opus/48000/2\r\n");

	(void)state;
	assert_non_null(strstr(
		text, "recvonly of recvonly clock 48000 browser 96 dtmf -1/0 ptime 20 96>97 96<96 96<97"));
	assert_non_null(strstr(text, "m=audio 40000 RTP/AVP 96 8 99\r\n"));
	assert_non_null(strstr(text, "a=recvonly\r\n"));
	assert_non_null(strstr(text, "m=video 0 RTP/AVP 31\r\n"));
	agreed_clear(&call);
}

static void test_our_offer_refused(void **state)
{
	static const struct {
		const char *name, *answer;
		const char *has[8];
	} cases[] = {
		{ "not the codec the browser sends", CORE_AUDIO "8\r\n", { "463 Nothing" } },
		{ "closed", CORE_HEAD "m=audio 0 RTP/AVP 8\r\n", { "463 Nothing" } },
		{ "another medium",
		  CORE_HEAD "m=video 5004 RTP/AVP 31\r\n",
		  { "462 m-line 0: audio is answered" } },
		{ "a name", FIRST_ANSWER "c=IN IP4 x.example\r\n", { "462 m-line 0: address x.example" } },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(cases); i++) {
		agreed call = after_our_offer(FIRST_ANSWER);
		g_autofree char *text = change(&call, IMS_DIR_SENDONLY, cases[i].answer);
		g_autofree char *refresh = NULL;

		check_text(cases[i].name, cases[i].has, text);
		refresh = reoffer(&call, FIRST_ANSWER);
		assert_non_null(
			strstr(refresh, "0 198.51.100.9:5004 198.51.100.9:5005 sendrecv of sendrecv"));
		agreed_clear(&call);
	}
}

/* The core numbers our codecs as it likes, and changes its mind; the browser's numbers stay. */
static void test_numbers(void **state)
{
	agreed call = after_our_offer(CORE_AUDIO "96 101\r\na=rtpmap:96 opus/48000/2\r\na=rtpmap:101 "
						 "telephone-event/8000\r\n");
	g_autofree char *first =
		reoffer(&call, CORE_AUDIO "97 102\r\na=rtpmap:97 opus/48000/2\r\na=rtpmap:102 "
					  "telephone-event/8000\r\n");
	g_autofree char *second =
		reoffer(&call, CORE_AUDIO "102 97\r\na=rtpmap:102 opus/48000/2\r\na=rtpmap:97 "
					  "telephone-event/8000\r\n");

	(void)state;
	assert_non_null(strstr(first, "dtmf 102/8000 ptime 20 111>97 126>102 111<97 126<102\n"));
	assert_non_null(strstr(first, "RTP/AVP 97 102\r\n"));
	assert_non_null(strstr(second, "dtmf 97/8000 ptime 20 111>102 126>97 126<97 111<102\n"));
	agreed_clear(&call);
}

/* The core called; the browser sends under the number it was offered and receives under its own. */
static void test_after_their_offer(void **state)
{
	agreed call = after_their_offer(CORE_AUDIO "96 8\r\na=rtpmap:96 opus/48000/2\r\n",
					HEAD("1.1.1.1") "m=audio 9 UDP/TLS/RTP/SAVPF 111 8\r\n" OPUS);
	g_autofree char *text = reoffer(&call, CORE_AUDIO "8 99\r\na=rtpmap:99 opus/48000/2\r\n");

	(void)state;
	assert_non_null(strstr(text, " 8>8 96>99 111>99 8<8 111<99\n"));
	assert_non_null(strstr(text, "clock 48000 browser 96 "));
	agreed_clear(&call);
}

/* Two streams: one may go, and does not come back. */
static void test_one_of_two(void **state)
{
	static const char both[] = CORE_AUDIO "8\r\nm=audio 5006 RTP/AVP 8\r\n";
	static const char second[] = CORE_HEAD "m=audio 0 RTP/AVP 8\r\nm=audio 5006 RTP/AVP 8\r\n";
	agreed call = after_their_offer(both, HEAD("1.1.1.1") "m=audio 9 UDP/TLS/RTP/SAVPF 8\r\n"
							      "m=audio 9 UDP/TLS/RTP/SAVPF 8\r\n");
	g_autofree char *without = reoffer(&call, second);
	g_autofree char *again = reoffer(&call, both);

	(void)state;
	assert_true(g_str_has_prefix(without, "0 void\n1 198.51.100.9:5006"));
	assert_non_null(strstr(without, "m=audio 0 RTP/AVP 8\r\nm=audio 40002 RTP/AVP 8\r\n"));
	assert_true(g_str_has_prefix(again, "0 void\n1 198.51.100.9:5006"));
	agreed_clear(&call);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_change),      cmocka_unit_test(test_refused),
		cmocka_unit_test(test_hold_and_resume), cmocka_unit_test(test_hold_of_ours),
		cmocka_unit_test(test_our_offer),       cmocka_unit_test(test_our_offer_refused),
		cmocka_unit_test(test_numbers),         cmocka_unit_test(test_after_their_offer),
		cmocka_unit_test(test_one_of_two),
	};

	return cmocka_run_group_tests_name("test_ims_sdp_reoffer", tests, NULL, NULL);
}
