/* test_sipws_description.c: what the client is told of media, and how it is told again. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>
#include "bridge/sipws_description.h"

#define HEAD(version) "v=0\r\no=- 8423 " version " IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n"
#define AUDIO(direction, setup)                                                                              \
	"m=audio 9 UDP/TLS/RTP/SAVPF 111\r\nc=IN IP4 10.0.0.1\r\na=" direction                               \
	"\r\na=mid:0\r\na=setup:" setup "\r\na=ice-ufrag:Zx1\r\n"
#define REFUSED "m=video 0 UDP/TLS/RTP/SAVPF 96\r\na=inactive\r\na=mid:1\r\n"
#define SILENT "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n"

static void test_said_as_it_is(void **state)
{
	sipws_description description = { 0 };

	(void)state;
	assert_string_equal(sipws_description_say(&description, HEAD("7") AUDIO("sendrecv", "active"),
						  SIPWS_SDP_SENDRECV),
			    HEAD("7") AUDIO("sendrecv", "active"));
	sipws_description_clear(&description);
}

/* One session whose version counts, whatever Janus has in its o= lines. */
static void test_versions(void **state)
{
	sipws_description description = { 0 };

	(void)state;
	sipws_description_say(&description, HEAD("7") AUDIO("sendrecv", "active"), SIPWS_SDP_SENDRECV);
	assert_string_equal(sipws_description_say(&description, HEAD("7") AUDIO("sendrecv", "active"),
						  SIPWS_SDP_SENDRECV),
			    HEAD("8") AUDIO("sendrecv", "active"));
	assert_string_equal(sipws_description_say(&description,
						  "v=0\r\no=x 99 1 IN IP6 ::1\r\ns=-\r\nt=0 0\r\n" SILENT,
						  SIPWS_SDP_SENDRECV),
			    "v=0\r\no=- 8423 9 IN IP6 ::1\r\ns=-\r\nt=0 0\r\n" SILENT);
	sipws_description_clear(&description);
}

static void test_offered_again(void **state)
{
	sipws_description description = { 0 };

	(void)state;
	assert_null(sipws_description_offer(&description, SIPWS_SDP_SENDRECV));
	sipws_description_say(&description, HEAD("7") AUDIO("sendrecv", "active") REFUSED,
			      SIPWS_SDP_SENDRECV);
	assert_string_equal(sipws_description_offer(&description, SIPWS_SDP_SENDONLY),
			    HEAD("8") AUDIO("sendonly", "actpass") REFUSED);
	assert_string_equal(sipws_description_offer(&description, SIPWS_SDP_SENDRECV),
			    HEAD("9") AUDIO("sendrecv", "actpass") REFUSED);
	sipws_description_clear(&description);
}

/* What says no direction means sendrecv (RFC 3264 5.1). */
static void test_offered_again_unsaid(void **state)
{
	sipws_description description = { 0 };

	(void)state;
	sipws_description_say(&description, HEAD("1") SILENT SILENT, SIPWS_SDP_SENDRECV);
	assert_string_equal(sipws_description_offer(&description, SIPWS_SDP_INACTIVE),
			    HEAD("2") SILENT "a=inactive\r\n" SILENT "a=inactive\r\n");
	sipws_description_clear(&description);
	sipws_description_say(&description, HEAD("1") "a=recvonly\r\n" SILENT, SIPWS_SDP_SENDRECV);
	assert_string_equal(sipws_description_offer(&description, SIPWS_SDP_SENDONLY),
			    HEAD("2") "a=inactive\r\n" SILENT);
	sipws_description_clear(&description);
}

static void test_without_origin(void **state)
{
	sipws_description description = { 0 };

	(void)state;
	assert_string_equal(sipws_description_say(&description, "o=bad\r\nm=audio", SIPWS_SDP_SENDRECV),
			    "o=- 1 0 IN IP4 0.0.0.0\r\nm=audio\r\n");
	assert_string_equal(sipws_description_offer(&description, SIPWS_SDP_RECVONLY),
			    "o=- 1 1 IN IP4 0.0.0.0\r\nm=audio\r\na=recvonly\r\n");
	sipws_description_clear(&description);
}

/* Janus knows nothing of the far end's hold. */
static void test_said_while_held(void **state)
{
	sipws_description description = { 0 };

	(void)state;
	assert_string_equal(sipws_description_say(&description, HEAD("7") AUDIO("recvonly", "active") SILENT,
						  SIPWS_SDP_SENDONLY),
			    HEAD("7") AUDIO("inactive", "active") SILENT "a=sendonly\r\n");
	assert_string_equal(sipws_description_offer(&description, SIPWS_SDP_SENDRECV),
			    HEAD("8") AUDIO("recvonly", "actpass") SILENT);
	sipws_description_clear(&description);
}

static void test_taken_back(void **state)
{
	sipws_description description = { 0 };

	(void)state;
	sipws_description_say(&description, HEAD("7") AUDIO("sendrecv", "active"), SIPWS_SDP_SENDRECV);
	sipws_description_say(&description, HEAD("8") SILENT, SIPWS_SDP_SENDRECV);
	sipws_description_take_back(&description);
	assert_string_equal(sipws_description_offer(&description, SIPWS_SDP_SENDRECV),
			    HEAD("9") AUDIO("sendrecv", "actpass"));
	sipws_description_say(&description, HEAD("8") SILENT, SIPWS_SDP_SENDRECV);
	sipws_description_settle(&description);
	sipws_description_take_back(&description);
	assert_string_equal(sipws_description_offer(&description, SIPWS_SDP_SENDRECV), HEAD("11") SILENT);
	sipws_description_clear(&description);
}

static void test_directions(void **state)
{
	sipws_sdp_direction direction = SIPWS_SDP_SENDRECV;

	(void)state;
	assert_true(sipws_sdp_direction_parse("recvonly", &direction));
	assert_int_equal(direction, SIPWS_SDP_RECVONLY);
	assert_false(sipws_sdp_direction_parse("sideways", &direction));
	assert_false(sipws_sdp_direction_parse(NULL, &direction));
	assert_int_equal(direction, SIPWS_SDP_RECVONLY);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_said_as_it_is),   cmocka_unit_test(test_versions),
		cmocka_unit_test(test_offered_again),   cmocka_unit_test(test_offered_again_unsaid),
		cmocka_unit_test(test_without_origin),  cmocka_unit_test(test_taken_back),
		cmocka_unit_test(test_said_while_held), cmocka_unit_test(test_directions),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
