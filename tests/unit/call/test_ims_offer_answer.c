/* Whose turn it is to describe media: both sides of a call, its ports and its agreements. The descriptions
 * are rewritten by the real sdp/; media/ is a record of what it was told. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include "call/ims_offer_answer.h"
#include "call_samples.h"
#include "fake_media.h"

typedef struct {
	ims_media *media;
	ims_offer_answer *oa;
} bench;

static gpointer video_codecs[] = { "H264" };
static const GPtrArray video_list = { video_codecs, G_N_ELEMENTS(video_codecs) };
static const GPtrArray any_audio = { NULL, 0 };
static const ims_sdp_policy policy = { .video_codecs = &video_list, .video_kbps = 1500, .audio_codecs = &any_audio };

static int start(void **state)
{
	bench *b = g_new0(bench, 1);

	b->media = ims_media_new(NULL);
	b->oa = ims_offer_answer_new(b->media, "203.0.113.7", &policy);
	*state = b;
	return 0;
}

static int end(void **state)
{
	bench *b = *state;

	ims_offer_answer_free(b->oa);
	ims_media_unref(b->media);
	assert_int_equal(media_alive, 0);
	g_free(b);
	return 0;
}

/* Takes the text over: it came, and says all of this. */
static void says(char *text, GError *error, ...)
{
	g_autofree char *given = text;
	const char *part;
	va_list parts;

	if (!given)
		fail_msg("%s", error ? error->message : "neither text nor error");
	assert_null(error);
	va_start(parts, error);
	while ((part = va_arg(parts, const char *)))
		if (!strstr(given, part))
			fail_msg("no '%s' in\n%s", part, given);
	va_end(parts);
}

static void fails(char *text, GError *error, ims_error_code code)
{
	if (text)
		fail_msg("this came:\n%s", text);
	if (!g_error_matches(error, IMS_ERROR, (int)code))
		fail_msg("%s", error ? error->message : "no error");
	g_error_free(error);
}

#define SAYS(call, ...)                                                                                      \
	do {                                                                                                 \
		GError *error = NULL;                                                                        \
		char *text = call;                                                                           \
		says(text, error, __VA_ARGS__, NULL);                                                        \
	} while (0)
#define FAILS(call, code)                                                                                    \
	do {                                                                                                 \
		GError *error = NULL;                                                                        \
		char *text = call;                                                                           \
		fails(text, error, code);                                                                    \
	} while (0)

/* Number behind o=- id. */
static guint64 version_of(const char *text)
{
	g_auto(GStrv) words = g_strsplit(strstr(text, "o="), " ", 4);

	return g_ascii_strtoull(words[2], NULL, 10);
}

static guint64 session_of(const char *text)
{
	g_auto(GStrv) words = g_strsplit(strstr(text, "o="), " ", 4);

	return g_ascii_strtoull(words[1], NULL, 10);
}

/* Our new offer, of what our user wants now. */
static char *wanting(bench *b, ims_direction direction)
{
	ims_offer_answer_want(b->oa, direction);
	return ims_offer_answer_reoffer(b->oa);
}

static void calling(bench *b)
{
	SAYS(ims_offer_answer_offer(b->oa, BROWSER, &error), "m=audio 40000 RTP/AVP", "c=IN IP4 203.0.113.7");
	SAYS(ims_offer_answer_answered(b->oa, PHONE, &error), "m=audio ", "SAVPF");
}

static void called(bench *b)
{
	SAYS(ims_offer_answer_offered(b->oa, PHONE, &error), "m=audio ", "SAVPF");
	SAYS(ims_offer_answer_accept(b->oa, BROWSER, &error), "m=audio 40000 RTP/AVP 8",
	     "c=IN IP4 203.0.113.7");
}

static void assert_stream(bench *b, const char *address, guint port, ims_direction direction)
{
	const ims_sdp_stream *stream = media_stream(b->media, 0);

	assert_true(stream->used);
	assert_string_equal(stream->address, address);
	assert_int_equal(stream->port, port);
	assert_int_equal(stream->direction, direction);
}

/* REQ-108, REQ-109, REQ-128 are sdp's; here: the address and port that are ours, and what media is told. */
static void test_calling(void **state)
{
	bench *b = *state;

	assert_false(ims_offer_answer_is_held(b->oa));
	calling(b);
	assert_int_equal(b->media->opened, 1);
	assert_int_equal(b->media->closed, 0);
	assert_int_equal(b->media->applied, 1);
	assert_stream(b, "198.51.100.9", 5004, IMS_DIR_SENDRECV);
	assert_int_equal(media_stream(b->media, 0)->to_core[8], 8);
}

static void test_called(void **state)
{
	bench *b = *state;

	SAYS(ims_offer_answer_offered(b->oa, PHONE, &error), "SAVPF");
	assert_int_equal(b->media->opened, 0); /* no port before somebody answers */
	SAYS(ims_offer_answer_accept(b->oa, BROWSER, &error), "m=audio 40000 RTP/AVP 8");
	assert_stream(b, "198.51.100.9", 5004, IMS_DIR_SENDRECV);
}

/* REQ-95: early media of one fork, the answer of another: media follows, the port stays. */
static void test_forks(void **state)
{
	bench *b = *state;

	calling(b);
	SAYS(ims_offer_answer_answered(b->oa, OTHER_PHONE, &error), "SAVPF");
	assert_stream(b, "198.51.100.10", 6004, IMS_DIR_SENDRECV);
	assert_int_equal(b->media->opened, 1);
	assert_int_equal(b->media->closed, 0);
	FAILS(ims_offer_answer_answered(b->oa, "v=0\r\n", &error), IMS_E_BAD_SDP);
	assert_stream(b, "198.51.100.10", 6004, IMS_DIR_SENDRECV); /* nothing has changed */
}

/* Two streams offered; one fork takes the first only, the one that answers takes both, as it may: our offer
 * stands (RFC 3261 13.2.2.4, RFC 3264). A port that we told is ours until then. */
static void test_forks_differ(void **state)
{
	bench *b = *state;

	SAYS(ims_offer_answer_offer(b->oa, BROWSER_HEAD BROWSER_AUDIO BROWSER_AUDIO, &error),
	     "m=audio 40000 RTP/AVP", "m=audio 40002 RTP/AVP");
	SAYS(ims_offer_answer_answered(b->oa, PHONE "m=audio 0 RTP/AVP 8\r\n", &error), "m=audio 0 ");
	SAYS(ims_offer_answer_answered(b->oa, OTHER_PHONE PHONE_AUDIO("6006"), &error), "m=audio ");
	assert_true(media_stream(b->media, 1)->used);
	assert_int_equal(media_stream(b->media, 1)->port, 6006);
}

/* REQ-127: refused ones give their port back. */
static void test_refused_stream(void **state)
{
	bench *b = *state;

	SAYS(ims_offer_answer_offer(b->oa, BROWSER_HEAD BROWSER_AUDIO BROWSER_VIDEO, &error),
	     "m=audio 40000 RTP/AVP", "m=video 0 ");
	assert_int_equal(b->media->opened, 1); /* none for what is not served */
	SAYS(ims_offer_answer_answered(b->oa, PHONE "m=video 0 RTP/AVP 96\r\n", &error), "m=video 0 ");
	assert_int_equal(b->media->opened, 1);
	assert_false(media_stream(b->media, 1)->used);
}

static void test_called_refuses_one(void **state)
{
	bench *b = *state;

	SAYS(ims_offer_answer_offered(b->oa, PHONE PHONE_AUDIO("5008"), &error), "m=audio ");
	SAYS(ims_offer_answer_accept(b->oa, BROWSER "m=audio 0 UDP/TLS/RTP/SAVPF 8\r\nc=IN IP4 1.1.1.1\r\n",
				     &error),
	     "m=audio 40000 ", "m=audio 0 ");
	assert_int_equal(b->media->opened, 2);
	assert_int_equal(b->media->closed, 1);
	assert_int_equal(b->media->ports[1], 0);
	assert_false(media_stream(b->media, 1)->used);
}

static void test_bad_offers(void **state)
{
	static const struct {
		const char *text;
		ims_error_code code;
	} rows[] = {
		{ "", IMS_E_BAD_SDP },
		{ "hello", IMS_E_BAD_SDP },
		{ "v=0\r\nm=audio", IMS_E_BAD_SDP },
		{ BROWSER_HEAD, IMS_E_NO_COMMON_MEDIA },
		{ BROWSER_HEAD BROWSER_VIDEO, IMS_E_NO_COMMON_MEDIA },
		{ BROWSER_HEAD
		  "m=audio 9 UDP/TLS/RTP/SAVPF 99\r\nc=IN IP4 1.1.1.1\r\na=rtpmap:99 secret/8000\r\n",
		  IMS_E_NO_COMMON_MEDIA },
	};
	bench *b = *state;

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		FAILS(ims_offer_answer_offer(b->oa, rows[i].text, &error), rows[i].code);
		FAILS(ims_offer_answer_offered(b->oa, rows[i].text, &error), rows[i].code);
	}
	assert_int_equal(b->media->opened, 0);
	assert_int_equal(b->media->applied, 0);
	calling(b); /* and then a good one */
}

static void test_bad_answers(void **state)
{
	static const struct {
		const char *text;
		ims_error_code code;
	} rows[] = {
		{ "", IMS_E_BAD_SDP },
		{ PHONE_HEAD("198.51.100.9"), IMS_E_BAD_SDP }, /* m-lines are missing */
		{ PHONE PHONE_AUDIO("5006"), IMS_E_BAD_SDP },
		{ PHONE_HEAD("198.51.100.9") "m=audio 0 RTP/AVP 8\r\n", IMS_E_NO_COMMON_MEDIA },
	};
	bench *b = *state;

	SAYS(ims_offer_answer_offer(b->oa, BROWSER, &error), "m=audio");
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		FAILS(ims_offer_answer_answered(b->oa, rows[i].text, &error), rows[i].code);
	assert_int_equal(b->media->applied, 0);
	SAYS(ims_offer_answer_answered(b->oa, PHONE, &error), "m=audio");
}

static void test_bad_browser_answer(void **state)
{
	bench *b = *state;

	SAYS(ims_offer_answer_offered(b->oa, PHONE, &error), "m=audio");
	FAILS(ims_offer_answer_accept(b->oa, "", &error), IMS_E_BAD_SDP);
	FAILS(ims_offer_answer_accept(b->oa, BROWSER_HEAD, &error), IMS_E_BAD_SDP);
	assert_int_equal(b->media->applied, 0);
	SAYS(ims_offer_answer_accept(b->oa, BROWSER, &error), "m=audio 40000"); /* he may try again */
	assert_int_equal(b->media->opened, 1);
}

static void test_no_ports(void **state)
{
	bench *b = *state;

	b->media->full = TRUE;
	FAILS(ims_offer_answer_offer(b->oa, BROWSER, &error), IMS_E_LIMIT);
	SAYS(ims_offer_answer_offered(b->oa, PHONE, &error), "m=audio");
	FAILS(ims_offer_answer_accept(b->oa, BROWSER, &error), IMS_E_LIMIT);
	b->media->full = FALSE;
	SAYS(ims_offer_answer_accept(b->oa, BROWSER, &error), "m=audio 40000");
}

/* RFC 3264 8: the same session, a version that grows by one with each description that goes out. */
static void test_versions(void **state)
{
	bench *b = *state;
	g_autofree char *offer = ims_offer_answer_offer(b->oa, BROWSER, NULL), *hold = NULL, *again = NULL;
	g_autofree char *answer = ims_offer_answer_answered(b->oa, PHONE, NULL);

	assert_non_null(answer);
	hold = wanting(b, IMS_DIR_SENDONLY);
	assert_true(session_of(hold) == session_of(offer));
	assert_true(version_of(hold) == version_of(offer) + 1);
	assert_true(ims_offer_answer_reanswered(b->oa, PHONE "a=recvonly\r\n", NULL));
	assert_null(ims_offer_answer_reoffered(
		b->oa, PHONE_HEAD("198.51.100.9") "m=audio 5004 RTP/AVP 18\r\n", NULL));
	again = ims_offer_answer_reoffered(b->oa, PHONE "a=recvonly\r\n", NULL);
	assert_true(session_of(again) == session_of(offer));
	assert_true(version_of(again) == version_of(hold) + 1);
}

/* REQ-98: our user holds and resumes. What it closes it closes at once, what it opens waits for the peer. */
static void test_hold(void **state)
{
	bench *b = *state;

	calling(b);
	SAYS(wanting(b, IMS_DIR_SENDONLY), "m=audio 40000 ", "a=sendonly");
	assert_stream(b, "198.51.100.9", 5004, IMS_DIR_SENDONLY);
	assert_true(ims_offer_answer_reanswered(b->oa, PHONE "a=recvonly\r\n", NULL));
	assert_stream(b, "198.51.100.9", 5004, IMS_DIR_SENDONLY);
	assert_true(ims_offer_answer_is_held(b->oa));
	SAYS(wanting(b, IMS_DIR_SENDRECV), "m=audio 40000 ", "a=sendrecv");
	assert_stream(b, "198.51.100.9", 5004, IMS_DIR_SENDONLY);
	assert_true(ims_offer_answer_reanswered(b->oa, PHONE "a=sendrecv\r\n", NULL));
	assert_stream(b, "198.51.100.9", 5004, IMS_DIR_SENDRECV);
	assert_false(ims_offer_answer_is_held(b->oa));
}

/* A peer that does not hear of it cannot forbid it. */
static void test_hold_refused(void **state)
{
	bench *b = *state;

	called(b);
	SAYS(wanting(b, IMS_DIR_INACTIVE), "a=inactive");
	ims_offer_answer_withdraw(b->oa);
	assert_true(ims_offer_answer_is_held(b->oa));
	assert_stream(b, "198.51.100.9", 5004, IMS_DIR_INACTIVE);
	SAYS(wanting(b, IMS_DIR_SENDRECV), "a=sendrecv");
	assert_true(ims_offer_answer_reanswered(b->oa, PHONE, NULL));
	assert_stream(b, "198.51.100.9", 5004, IMS_DIR_SENDRECV);
	assert_false(ims_offer_answer_is_held(b->oa));
}

static void test_hold_answered_badly(void **state)
{
	static const char *const answers[] = { "", PHONE_HEAD("198.51.100.9"), PHONE PHONE_AUDIO("7"),
					       PHONE_HEAD("198.51.100.9") "m=audio 0 RTP/AVP 8\r\n" };
	bench *b = *state;

	calling(b);
	for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
		g_autoptr(GError) why = NULL;

		SAYS(wanting(b, IMS_DIR_SENDONLY), "a=sendonly");
		assert_false(ims_offer_answer_reanswered(b->oa, answers[i], &why));
		assert_non_null(why);
		ims_offer_answer_withdraw(b->oa);
		assert_stream(b, "198.51.100.9", 5004, IMS_DIR_SENDONLY);
		assert_int_equal(b->media->closed, 0);
		SAYS(wanting(b, IMS_DIR_SENDRECV), "a=sendrecv");
		assert_true(ims_offer_answer_reanswered(b->oa, PHONE, NULL));
		assert_stream(b, "198.51.100.9", 5004, IMS_DIR_SENDRECV);
	}
}

/* REQ-98: the peer holds, both ways of saying so, and resumes. */
static void test_held_by_peer(void **state)
{
	static const char *const holds[] = {
		PHONE "a=sendonly\r\n",
		PHONE "a=inactive\r\n",
		PHONE_HEAD("0.0.0.0") PHONE_AUDIO("5004"),
	};
	bench *b = *state;

	calling(b);
	for (gsize i = 0; i < G_N_ELEMENTS(holds); i++) {
		SAYS(ims_offer_answer_reoffered(b->oa, holds[i], &error), "m=audio 40000 RTP/AVP");
		assert_int_equal(media_stream(b->media, 0)->direction & IMS_DIR_SENDONLY, 0);
		assert_false(ims_offer_answer_is_held(b->oa));
		SAYS(ims_offer_answer_reoffered(b->oa, PHONE, &error), "a=sendrecv");
		assert_stream(b, "198.51.100.9", 5004, IMS_DIR_SENDRECV);
	}
}

/* The peer offers sendrecv while we hold: our wish stands in the answer. */
static void test_reoffer_while_held(void **state)
{
	bench *b = *state;

	calling(b);
	SAYS(wanting(b, IMS_DIR_SENDONLY), "a=sendonly");
	assert_true(ims_offer_answer_reanswered(b->oa, PHONE "a=recvonly\r\n", NULL));
	SAYS(ims_offer_answer_reoffered(b->oa, OTHER_PHONE, &error), "a=sendonly");
	assert_stream(b, "198.51.100.10", 6004, IMS_DIR_SENDONLY);
	assert_true(ims_offer_answer_is_held(b->oa));
	SAYS(wanting(b, IMS_DIR_SENDRECV), "a=sendrecv");
	assert_true(ims_offer_answer_reanswered(b->oa, OTHER_PHONE, NULL));
	assert_stream(b, "198.51.100.10", 6004, IMS_DIR_SENDRECV);
}

static void test_peer_moves(void **state)
{
	bench *b = *state;

	called(b);
	SAYS(ims_offer_answer_reoffered(b->oa, OTHER_PHONE, &error), "m=audio 40000 RTP/AVP 8",
	     "203.0.113.7");
	assert_stream(b, "198.51.100.10", 6004, IMS_DIR_SENDRECV);
	assert_int_equal(b->media->opened, 1);
}

static void test_bad_reoffers(void **state)
{
	static const char *const offers[] = { "", "hello", PHONE_HEAD("198.51.100.9"),
					      PHONE_HEAD("198.51.100.9") "m=audio 0 RTP/AVP 8\r\n",
					      PHONE_HEAD("198.51.100.9") "m=audio 5004 RTP/AVP 18\r\n" };
	bench *b = *state;

	calling(b);
	for (gsize i = 0; i < G_N_ELEMENTS(offers); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *answer = ims_offer_answer_reoffered(b->oa, offers[i], &error);

		if (answer)
			fail_msg("%s is answered with\n%s", offers[i], answer);
		assert_non_null(error);
		assert_stream(b, "198.51.100.9", 5004, IMS_DIR_SENDRECV);
	}
	assert_int_equal(b->media->closed, 0);
	SAYS(ims_offer_answer_reoffered(b->oa, OTHER_PHONE, &error), "m=audio 40000");
}

static void test_freed_open(void **state)
{
	bench *b = *state;

	ims_offer_answer_free(NULL);
	calling(b);
	SAYS(wanting(b, IMS_DIR_SENDONLY), "a=sendonly"); /* and freed with it open */
}

#define IN_BENCH(test) cmocka_unit_test_setup_teardown(test, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_BENCH(test_calling),
		IN_BENCH(test_called),
		IN_BENCH(test_forks),
		IN_BENCH(test_forks_differ),
		IN_BENCH(test_refused_stream),
		IN_BENCH(test_called_refuses_one),
		IN_BENCH(test_bad_offers),
		IN_BENCH(test_bad_answers),
		IN_BENCH(test_bad_browser_answer),
		IN_BENCH(test_no_ports),
		IN_BENCH(test_versions),
		IN_BENCH(test_hold),
		IN_BENCH(test_hold_refused),
		IN_BENCH(test_hold_answered_badly),
		IN_BENCH(test_held_by_peer),
		IN_BENCH(test_reoffer_while_held),
		IN_BENCH(test_peer_moves),
		IN_BENCH(test_bad_reoffers),
		IN_BENCH(test_freed_open),
	};

	return cmocka_run_group_tests_name("test_ims_offer_answer", tests, NULL, NULL);
}
