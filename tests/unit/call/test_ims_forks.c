/* The ends that one INVITE reaches: who is heard, what the browser is told, what goes on behind its back. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "call_bench.h"

#define PCMU(address)                                                                                        \
	PHONE_HEAD(address) "m=audio 5004 RTP/AVP 0 101\r\na=rtpmap:101 telephone-event/8000\r\n"
#define QOS(local)                                                                                           \
	"a=curr:qos local " local "\r\na=curr:qos remote sendrecv\r\na=des:qos mandatory local sendrecv\r\n" \
	"a=des:qos mandatory remote sendrecv\r\n"
#define CONFIRM "a=conf:qos remote sendrecv\r\n"
#define H264(port)                                                                                           \
	"m=video " port " RTP/AVP 99\r\na=rtpmap:99 H264/90000\r\n"                                          \
	"a=fmtp:99 packetization-mode=1;profile-level-id=42e01f\r\n"
#define BROWSER_H264                                                                                         \
	"m=video 9 UDP/TLS/RTP/SAVPF 99\r\nc=IN IP4 1.1.1.1\r\na=sendrecv\r\na=mid:1\r\n"                    \
	"a=rtpmap:99 H264/90000\r\na=fmtp:99 packetization-mode=1;profile-level-id=42e01f\r\n"

#define OF(b, who, code, text, ...)                                                                          \
	TELL(b, progress, .status = (code), .peer_tag = (char *)(who), .sdp = (char *)(text), __VA_ARGS__)
#define NOTHING_MORE .retry_after_s = 0
#define SAYS(direction) .early_media = { 1, { IMS_EARLY_MEDIA_##direction } }
#define FINAL(b, who, text) TELL(b, answered, .status = 200, .peer_tag = (char *)(who), .sdp = (char *)(text))
#define GONE(b, who) TELL(b, early_ended, .status = 199, .peer_tag = (char *)(who))

static ims_direction passing(void)
{
	return media_stream(media_made, 0)->direction;
}

static const char *heard_at(void)
{
	return media_stream(media_made, 0)->address;
}

static void begin(bench *b)
{
	to_calling(b);
	fresh(b);
}

/* REQ-94 */
static void test_the_network_says(void **state)
{
	bench *b = *state;

	begin(b);
	OF(b, "a", 183, PHONE, SAYS(INACTIVE));
	expect(b, "proceeding 183 ", "");
	assert_null(media_made->streams);
	OF(b, "a", 180, NULL, NOTHING_MORE);
	expect(b, "ringing ", "");
	OF(b, "a", 180, NULL, SAYS(SENDONLY));
	expect(b, "progress+sdp ", "");
	assert_int_equal(passing(), IMS_DIR_RECVONLY);
	OF(b, "a", 180, NULL, NOTHING_MORE); /* what was said holds */
	expect(b, "progress ", "");
	OF(b, "a", 183, NULL, SAYS(SENDRECV));
	expect(b, "progress ", "");
	assert_int_equal(passing(), IMS_DIR_SENDRECV);
	OF(b, "a", 183, NULL, SAYS(INACTIVE));
	expect(b, "ringing ", "");
	assert_int_equal(passing(), IMS_DIR_INACTIVE);
	FINAL(b, "a", NULL);
	expect(b, "answered ", "");
	assert_int_equal(passing(), IMS_DIR_SENDRECV);
}

/* Where it says nothing, the answers themselves do. */
static void test_nothing_said(void **state)
{
	bench *b = *state;

	begin(b);
	OF(b, "a", 180, PHONE, NOTHING_MORE);
	expect(b, "ringing ", "");
	OF(b, "a", 183, PHONE, NOTHING_MORE);
	expect(b, "progress+sdp ", "");
	OF(b, "a", 182, NULL, NOTHING_MORE);
	expect(b, "progress ", "");
	OF(b, "a", 180, NULL, NOTHING_MORE);
	expect(b, "ringing ", "");
	assert_int_equal(passing(), IMS_DIR_INACTIVE);
}

/* REQ-95: who spoke last is heard; when he is gone, or may not be heard any more, who spoke before. */
static void test_who_is_heard(void **state)
{
	bench *b = *state;

	begin(b);
	OF(b, "a", 183, PHONE, NOTHING_MORE);
	expect(b, "progress+sdp ", "");
	OF(b, "b", 183, OTHER_PHONE, NOTHING_MORE);
	expect(b, "progress ", "");
	assert_string_equal(heard_at(), "198.51.100.10");
	OF(b, "a", 183, NULL, NOTHING_MORE);
	expect(b, "progress ", "");
	assert_string_equal(heard_at(), "198.51.100.9");
	OF(b, "c", 180, NULL, NOTHING_MORE);
	expect(b, "proceeding 180 ", ""); /* no ringback tone over somebody's voice */
	GONE(b, "a");
	expect(b, "", "");
	assert_string_equal(heard_at(), "198.51.100.10");
	assert_int_equal(passing(), IMS_DIR_SENDRECV);
	GONE(b, "b");
	expect(b, "ringing ", "");
	assert_int_equal(passing(), IMS_DIR_INACTIVE);
	GONE(b, "b");
	GONE(b, "nobody");
	expect(b, "", "");
	FINAL(b, "c", PHONE);
	expect(b, "answered ", "");
	assert_string_equal(heard_at(), "198.51.100.9");
}

static void test_too_many(void **state)
{
	bench *b = *state;

	begin(b);
	for (guint i = 0; i < 100; i++) {
		g_autofree char *tag = g_strdup_printf("t%u", i);

		OF(b, tag, 180, PHONE, NOTHING_MORE);
		if (i < 16)
			expect(b, "ringing ", "");
		else
			expect(b, "proceeding 180 ", "");
	}
	FINAL(b, "t99", OTHER_PHONE);
	expect(b, "answered+sdp ", "");
	assert_string_equal(heard_at(), "198.51.100.10");
}

/* The answer in a reliable one is the answer (RFC 3262 5). */
static void test_reliable_answer(void **state)
{
	bench *b = *state;

	begin(b);
	OF(b, "a", 183, PHONE, .rseq = 1);
	expect(b, "progress+sdp ", "");
	OF(b, "a", 183, OTHER_PHONE, .rseq = 2);
	expect(b, "progress ", "");
	FINAL(b, "a", OTHER_PHONE);
	expect(b, "answered ", "");
	assert_string_equal(heard_at(), "198.51.100.9");
}

/* REQ-91, REQ-92 */
static void test_confirmation(void **state)
{
	bench *b = *state;

	b->network.preconditions = TRUE;
	begin(b);
	assert_non_null(strstr(b->stack.last->sdp, "a=des:qos optional remote sendrecv"));
	OF(b, "a", 183, PHONE QOS("none") CONFIRM, NOTHING_MORE); /* may be another one in the end */
	expect(b, "progress+sdp ", "");
	assert_null(strstr(b->answer, "qos"));
	OF(b, "a", 183, PHONE QOS("none") CONFIRM, .rseq = 1);
	expect(b, "progress ", "early-offer[a] ");
	assert_non_null(strstr(b->stack.last->sdp, "a=curr:qos local sendrecv"));
	TELL(b, early_answered, .status = 200, .peer_tag = (char *)"a",
	     .sdp = (char *)PHONE QOS("none") CONFIRM);
	OF(b, "a", 180, NULL, .rseq = 2);
	expect(b, "ringing ", ""); /* once is enough */
	TELL(b, early_offered, .peer_tag = (char *)"a", .sdp = (char *)OTHER_PHONE QOS("sendrecv"));
	expect(b, "", "early-answer[a] 200 ");
	assert_non_null(strstr(b->stack.last->sdp, "a=curr:qos remote sendrecv"));
	FINAL(b, "a", NULL);
	expect(b, "answered ", "");
	assert_string_equal(heard_at(), "198.51.100.10");
}

static void test_update_meets_another(void **state)
{
	bench *b = *state;

	begin(b);
	OF(b, "a", 183, PHONE QOS("none") CONFIRM, .rseq = 1);
	expect(b, "progress+sdp ", "early-offer[a] ");
	TELL(b, early_answered, .status = 491, .peer_tag = (char *)"a");
	fake_clock_pass_ms(&b->stack.clock, 2099);
	expect(b, "", "");
	fake_clock_pass_ms(&b->stack.clock, 1901);
	expect(b, "", "early-offer[a] ");
	TELL(b, early_answered, .status = 500, .peer_tag = (char *)"a", .retry_after_s = 7);
	fake_clock_pass_ms(&b->stack.clock, 6999);
	expect(b, "", "");
	b->stack.broken = TRUE; /* the other end is offering */
	fake_clock_pass_ms(&b->stack.clock, 1);
	b->stack.broken = FALSE;
	fake_clock_pass_ms(&b->stack.clock, 1000);
	expect(b, "", "early-offer[a] ");
	TELL(b, early_answered, .status = 491, .peer_tag = (char *)"a");
	GONE(b, "a");
	fake_clock_pass_ms(&b->stack.clock, 10000);
	expect(b, "", "");
}

static void test_update_of_nobody(void **state)
{
	bench *b = *state;

	begin(b);
	OF(b, "a", 180, NULL, NOTHING_MORE);
	fresh(b);
	TELL(b, early_offered, .peer_tag = (char *)"a", .sdp = (char *)PHONE);
	TELL(b, early_offered, .peer_tag = (char *)"z", .sdp = (char *)PHONE);
	expect(b, "", "early-answer[a] 488 early-answer[z] 488 ");
	OF(b, "a", 180, PHONE, .rseq = 1);
	fresh(b);
	TELL(b, early_offered, .peer_tag = (char *)"a", .sdp = (char *)"hello");
	expect(b, "", "early-answer[a] 488 ");
	TELL(b, early_answered, .status = 200, .peer_tag = (char *)"a",
	     .sdp = (char *)PHONE); /* to nothing */
	/* Nobody has heard anything yet: another codec of ours is as good. */
	TELL(b, early_offered, .peer_tag = (char *)"a", .sdp = (char *)PCMU("198.51.100.9"));
	expect(b, "", "early-answer[a] 200 ");
	FINAL(b, "a", NULL);
	expect(b, "answered+sdp ", "");
	assert_non_null(strstr(b->answer, "SAVPF 0"));
}

/* REQ-95: what the browser has no number for. */
static void test_misfit(void **state)
{
	bench *b = *state;

	begin(b);
	OF(b, "a", 183, PHONE, NOTHING_MORE);
	OF(b, "b", 183, PCMU("198.51.100.10"), NOTHING_MORE); /* cannot be heard */
	expect(b, "progress+sdp proceeding 183 ", "");
	assert_string_equal(heard_at(), "198.51.100.9");
	FINAL(b, "b", NULL);
	expect(b, "answered ", "");
	assert_int_equal(passing(), IMS_DIR_INACTIVE);
	fake_clock_pass_ms(&b->stack.clock, 1);
	expect(b, "asked+sdp ", "");
	assert_non_null(strstr(b->answer, "SAVPF 0"));
	assert_string_equal(ims_call_open_offer(b->call), b->answer);
}

static void to_misfit(bench *b)
{
	begin(b);
	OF(b, "a", 183, PHONE, NOTHING_MORE);
	FINAL(b, "b", PCMU("198.51.100.10"));
	fake_clock_pass_ms(&b->stack.clock, 1);
	fresh(b);
}

static void test_browser_fits(void **state)
{
	bench *b = *state;
	g_autoptr(GError) error = NULL;

	to_misfit(b);
	assert_false(ims_call_update(b->call, BROWSER_HEAD BROWSER_NO_AUDIO, FALSE, &error));
	assert_true(ims_call_hold(b->call, IMS_DIR_SENDRECV, NULL)); /* waits */
	TELL(b, reoffered, .sdp = (char *)PCMU("198.51.100.11"));
	expect(b, "", "reanswer 491 ");
	assert_true(ims_call_update(
		b->call, BROWSER_HEAD "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\nc=IN IP4 1.1.1.1\r\na=sendrecv\r\n",
		FALSE, NULL));
	expect(b, "updated ", "reoffer ");
	assert_string_equal(heard_at(), "198.51.100.10");
	assert_int_equal(passing(), IMS_DIR_SENDRECV);
	assert_int_equal(media_stream(media_made, 0)->to_core[0], 0);
}

static void test_peer_fits(void **state)
{
	bench *b = *state;

	to_misfit(b);
	fake_clock_pass_ms(&b->stack.clock, ANSWER_S * 1000);
	expect(b, "", "reoffer ");
	assert_non_null(strstr(b->stack.last->sdp, "RTP/AVP 8 "));
	TELL(b, reanswered, .status = 200, .sdp = (char *)OTHER_PHONE);
	assert_int_equal(passing(), IMS_DIR_SENDRECV);
	assert_int_equal(media_stream(media_made, 0)->to_browser[8], 8);
	expect(b, "", "");
}

static void test_nobody_fits(void **state)
{
	bench *b = *state;

	to_misfit(b);
	assert_true(ims_call_decline(b->call, 488, NULL, NULL));
	expect(b, "", "reoffer ");
	TELL(b, reanswered, .status = 488, .reason = (char *)"No");
	expect(b, "ended 488 ", "release[] ");
}

/* A line that the browser was refused is taken from the core, too. */
static void test_more_than_the_browser_has(void **state)
{
	static gpointer codecs[] = { "H264" };
	GPtrArray video = { codecs, 1 }, *before;
	bench *b = *state;
	ims_call_target target = target_of(b);

	before = b->network.video_codecs;
	b->network.video_codecs = &video;
	target.browser_offer = BROWSER BROWSER_H264;
	assert_true(dial(b, &target, NULL));
	fresh(b);
	OF(b, "a", 183, PHONE H264("0"), NOTHING_MORE);
	expect(b, "progress+sdp ", "");
	FINAL(b, "b", OTHER_PHONE H264("6006"));
	expect(b, "answered ", "");
	fake_clock_pass_ms(&b->stack.clock, 1);
	expect(b, "", "reoffer ");
	assert_non_null(strstr(b->stack.last->sdp, "m=video 0 "));
	b->network.video_codecs = before;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_the_network_says, start, end),
		cmocka_unit_test_setup_teardown(test_nothing_said, start, end),
		cmocka_unit_test_setup_teardown(test_who_is_heard, start, end),
		cmocka_unit_test_setup_teardown(test_too_many, start, end),
		cmocka_unit_test_setup_teardown(test_reliable_answer, start, end),
		cmocka_unit_test_setup_teardown(test_confirmation, start, end),
		cmocka_unit_test_setup_teardown(test_update_meets_another, start, end),
		cmocka_unit_test_setup_teardown(test_update_of_nobody, start, end),
		cmocka_unit_test_setup_teardown(test_misfit, start, end),
		cmocka_unit_test_setup_teardown(test_browser_fits, start, end),
		cmocka_unit_test_setup_teardown(test_peer_fits, start, end),
		cmocka_unit_test_setup_teardown(test_nobody_fits, start, end),
		cmocka_unit_test_setup_teardown(test_more_than_the_browser_has, start, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
