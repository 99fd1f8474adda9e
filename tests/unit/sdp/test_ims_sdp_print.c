/* What is printed reads the same again, and is what RFC 4566 wants. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "sdp/ims_sdp.h"
#include "sdp_equal.h"
#include "sdp_samples.h"

static void test_again(void **state)
{
	static const char *const texts[] = {
		CHROMIUM,
		FIREFOX,
		ANONYMIZED,
		HANDSET,
		BARESIP,
		LINPHONE,
		HEAD("192.0.2.1"),
		CORE_HEAD
		"m=audio 5004 RTP/AVP 0\r\nc=IN IP6 2001:db8::7\r\na=rtcp:6000 IN IP6 2001:db8::8\r\n",
		CORE_HEAD "m=audio 5004 RTP/AVP 0\r\na=rtcp:6000\r\na=inactive\r\n",
		CORE_HEAD "m=audio 0 RTP/AVP\r\nm=image 0 udptl\r\nm=video 0 RTP/AVP *\r\na=recvonly\r\n",
		CORE_HEAD "m=message 2855 TCP/MSRP *\r\na=path:msrp://192.0.2.1:2855/x;tcp\r\na=fmtp:1 2\r\n",
		CORE_HEAD "m=video 5004 RTP/AVP 97\r\na=sendonly\r\n",
		CORE_HEAD "m=audio 65535 RTP/AVP 8\r\n",
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autoptr(ims_sdp) first = ims_sdp_parse(texts[i], NULL);
		g_autofree char *printed = ims_sdp_print(first);
		g_autoptr(ims_sdp) second = ims_sdp_parse(printed, NULL);
		g_autofree char *again = ims_sdp_print(second);

		assert_true(sdp_equal(first, second));
		assert_string_equal(printed, again);
	}
}

static void test_exactly(void **state)
{
	static const char text[] = "v=0\r\n"
				   "o=alice 2890844526 2890844527 IN IP6 2001:db8::1\r\n"
				   "s=a call\r\n"
				   "c=IN IP4 192.0.2.1\r\n"
				   "t=0 0\r\n"
				   "a=tool:x\r\n"
				   "m=audio 5004 RTP/AVP 0 96\r\n"
				   "b=AS:80\r\n"
				   "a=rtpmap:0 PCMU/8000\r\n"
				   "a=rtpmap:96 opus/48000/2\r\n"
				   "a=fmtp:96 stereo=1\r\n"
				   "a=rtcp:5010\r\n"
				   "a=sendonly\r\n"
				   "a=mid:m\r\n"
				   "a=ptime:20\r\n"
				   "m=video 0 RTP/AVP 31\r\n"
				   "a=rtpmap:31 H261/90000\r\n"
				   "m=application 6000 UDP/BFCP *\r\n"
				   "c=IN IP6 2001:db8::2\r\n"
				   "a=setup:passive\r\n";
	g_autoptr(ims_sdp) sdp = ims_sdp_parse(text, NULL);
	g_autofree char *printed = ims_sdp_print(sdp);

	(void)state;
	assert_string_equal(printed, text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_again),
		cmocka_unit_test(test_exactly),
	};

	return cmocka_run_group_tests_name("test_ims_sdp_print", tests, NULL, NULL);
}
