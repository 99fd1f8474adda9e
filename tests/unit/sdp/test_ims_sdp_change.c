/* How an offer of the core differs from what runs. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "sdp/ims_sdp_change.h"
#include "sdp_result.h"

#define AUDIO_8 CORE_AUDIO "8 101\r\na=rtpmap:101 telephone-event/8000\r\n"
#define SECOND "m=audio 5006 RTP/AVP 8\r\n"

static const struct {
	const char *name, *last, *offer;
	ims_sdp_change change;
} differences[] = {
	{ "the same again", AUDIO_8, AUDIO_8, IMS_SDP_KEPT },
	{ "another address and port", AUDIO_8,
	  "v=0\r\no=- 1 2 IN IP4 192.0.2.99\r\ns=-\r\nc=IN IP4 192.0.2.99\r\nt=0 0\r\nm=audio 7000 RTP/AVP "
	  "8\r\n",
	  IMS_SDP_KEPT },
	{ "a hold", AUDIO_8, AUDIO_8 "a=sendonly\r\n", IMS_SDP_KEPT },
	{ "the old hold", AUDIO_8, AUDIO_8 "c=IN IP4 0.0.0.0\r\n", IMS_SDP_KEPT },
	{ "more codecs", AUDIO_8, CORE_AUDIO "0 8 101\r\na=rtpmap:101 telephone-event/8000\r\n",
	  IMS_SDP_KEPT },
	{ "other events", AUDIO_8, CORE_AUDIO "8\r\n", IMS_SDP_KEPT },
	{ "another number for the codec", AUDIO_8, CORE_AUDIO "97\r\na=rtpmap:97 PCMA/8000\r\n",
	  IMS_SDP_KEPT },
	{ "another codec", AUDIO_8, CORE_AUDIO "0\r\n", IMS_SDP_RESHAPED },
	{ "nothing that we know", AUDIO_8, CORE_AUDIO "18\r\n", IMS_SDP_RESHAPED },
	{ "a second stream", AUDIO_8, AUDIO_8 SECOND, IMS_SDP_STREAMS },
	{ "a second stream that was refused before", AUDIO_8 SECOND, AUDIO_8 SECOND, IMS_SDP_KEPT },
	{ "a second stream that cannot be served", AUDIO_8, AUDIO_8 "m=image 5006 udptl t38\r\n",
	  IMS_SDP_KEPT },
	{ "no stream any more", AUDIO_8, CORE_HEAD "m=audio 0 RTP/AVP 8\r\n", IMS_SDP_STREAMS },
	{ "both", AUDIO_8, CORE_AUDIO "0\r\n" SECOND, IMS_SDP_RESHAPED },
};

/* The first stream runs, with PCMA as the browser's 8. */
static void test_differences(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(differences); i++) {
		g_autoptr(ims_sdp) last = parsed(differences[i].last), offer = parsed(differences[i].offer);
		g_autoptr(GArray) streams = g_array_new(FALSE, TRUE, sizeof(ims_sdp_stream));
		ims_sdp_stream *stream;

		g_array_set_size(streams, last->media->len);
		stream = &g_array_index(streams, ims_sdp_stream, 0);
		stream->used = TRUE;
		stream->browser_pt = 8;
		stream->to_core[8] = 8;
		if (ims_sdp_compare(offer, last, streams, &policy) != differences[i].change)
			fail_msg("%s: %d", differences[i].name,
				 ims_sdp_compare(offer, last, streams, &policy));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_differences),
	};

	return cmocka_run_group_tests_name("test_ims_sdp_change", tests, NULL, NULL);
}
