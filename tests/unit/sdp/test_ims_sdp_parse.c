/* What is read from each line, and what is refused with which words. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "base/ims_error.h"
#include "sdp/ims_sdp.h"
#include "sdp_samples.h"

static ims_sdp *parsed(const char *text)
{
	g_autoptr(GError) error = NULL;
	ims_sdp *sdp = ims_sdp_parse(text, &error);

	if (!sdp)
		fail_msg("%s", error->message);
	return sdp;
}

static char *codecs_text(const ims_sdp_media *media)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < media->codecs->len; i++) {
		const ims_sdp_codec *c = media->codecs->pdata[i];

		g_string_append_printf(text, "%s%u %s/%u/%u", i ? ", " : "", c->pt, c->name, c->clock_hz,
				       c->channels);
		if (c->fmtp)
			g_string_append_printf(text, " (%s)", c->fmtp);
	}
	return g_string_free(text, FALSE);
}

static void test_codecs(void **state)
{
	static const struct {
		const char *text, *codecs;
	} rows[] = {
		{ FIREFOX, "109 opus/48000/2 (maxplaybackrate=48000;stereo=1;useinbandfec=1), 9 G722/8000/1, "
			   "0 PCMU/8000/1, 8 PCMA/8000/1, 101 telephone-event/8000/1 (0-15)" },
		{ CHROMIUM, "111 opus/48000/2 (minptime=10;useinbandfec=1), 63 red/48000/2 (111/111), "
			    "9 G722/8000/1, 0 PCMU/8000/1, 8 PCMA/8000/1, 13 CN/8000/1, "
			    "110 telephone-event/48000/1, 126 telephone-event/8000/1" },
		{ HANDSET, "96 EVS/16000/1 (br=5.9-24.4; bw=nb-swb; max-red=220), "
			   "104 AMR-WB/16000/1 (mode-change-capability=2; max-red=220), "
			   "102 AMR/8000/1 (mode-change-capability=2; max-red=220), "
			   "100 telephone-event/16000/1 (0-15), 97 telephone-event/8000/1 (0-15)" },
		{ LINPHONE, "96 opus/48000/2 (useinbandfec=1), 97 speex/16000/1 (vbr=on), 98 speex/8000/1, "
			    "0 PCMU/8000/1, 8 PCMA/8000/1, 18 G729/8000/1 (annexb=yes), "
			    "101 telephone-event/48000/1, 99 telephone-event/16000/1, "
			    "100 telephone-event/8000/1" },
		/* RFC 3551: static types need no rtpmap, others do */
		{ CORE_HEAD "m=audio 5004 RTP/AVP 0 97 13 10 2\r\n",
		  "0 PCMU/8000/1, 13 CN/8000/1, 10 L16/44100/2" },
		{ CORE_HEAD "m=video 5004 RTP/AVP 0 31 34\r\n", "31 H261/90000/1, 34 H263/90000/1" },
		/* ... and rtpmap overrides them */
		{ CORE_HEAD "m=audio 5004 RTP/AVP 0\r\na=rtpmap:0 opus/48000/2\r\n", "0 opus/48000/2" },
		/* a type twice, a name twice, parameters twice: the first counts */
		{ CORE_HEAD "m=audio 5004 RTP/AVP 8 0 8\r\n", "8 PCMA/8000/1, 0 PCMU/8000/1" },
		{ CORE_HEAD "m=audio 5004 RTP/AVP 96\r\na=rtpmap:96 a/1\r\na=rtpmap:96 b/2\r\n", "96 a/1/1" },
		{ CORE_HEAD "m=audio 5004 RTP/AVP 0\r\na=fmtp:0 x\r\na=fmtp:0 y\r\n", "0 PCMU/8000/1 (x)" },
		/* names and parameters for what is not in the m-line, or for nothing */
		{ CORE_HEAD "m=audio 5004 RTP/AVP 0\r\na=rtpmap:96 opus\r\na=fmtp:96 x\r\na=fmtp:0\r\n"
			    "a=rtpmap:999999999999 x/1\r\na=rtpmap:\r\na=fmtp:0 \r\n",
		  "0 PCMU/8000/1" },
		/* spaces too many */
		{ CORE_HEAD "m=audio 5004 RTP/AVP 0  8 \r\na=rtpmap:8 PCMA/8000 \r\na=fmtp:8  x \r\n",
		  "0 PCMU/8000/1, 8 PCMA/8000/1 (x)" },
		/* a refused line may say anything */
		{ CORE_HEAD "m=audio 0 RTP/AVP * 300 8\r\n", "8 PCMA/8000/1" },
		/* LF alone; lines of unknown type; the end without a line end */
		{ "v=0\no=- 1 1 IN IP4 192.0.2.1\ns= \nt=0 0\nz=1\ni=x\n\nm=audio 5004 RTP/AVP 8",
		  "8 PCMA/8000/1" },
		/* no s=, no t=, two ports for one line */
		{ "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\nm=audio 5004/2 RTP/AVP 8\r\n", "8 PCMA/8000/1" },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(ims_sdp) sdp = parsed(rows[i].text);
		g_autofree char *text = codecs_text(sdp->media->pdata[0]);

		assert_string_equal(text, rows[i].codecs);
	}
}

typedef struct {
	const char *text;
	guint port, rtcp_port;
	const char *address, *rtcp_address;
	ims_direction direction;
} place;

static void test_places(void **state)
{
	static const place rows[] = {
		{ BARESIP, 13572, 13573, "198.51.100.2", NULL, IMS_DIR_SENDRECV },
		{ LINPHONE, 7078, 7079, "198.51.100.3", NULL, IMS_DIR_SENDRECV },
		{ CHROMIUM, 9, 9, "0.0.0.0", "0.0.0.0", IMS_DIR_SENDRECV },
		{ CORE_HEAD
		  "m=audio 5004 RTP/AVP 0\r\nc=IN IP6 2001:db8::1\r\na=rtcp:7 IN IP6 2001:db8::2\r\n",
		  5004, 7, "2001:db8::1", "2001:db8::2", IMS_DIR_SENDRECV },
		{ HEAD("192.0.2.1") "m=audio 5004 RTP/AVP 0\r\n", 5004, 5005, NULL, NULL, IMS_DIR_SENDRECV },
		{ CORE_HEAD "a=sendonly\r\nm=audio 5004 RTP/AVP 0\r\n", 5004, 5005, "198.51.100.9", NULL,
		  IMS_DIR_SENDONLY },
		{ CORE_HEAD "a=sendonly\r\nm=audio 5004 RTP/AVP 0\r\na=inactive\r\n", 5004, 5005,
		  "198.51.100.9", NULL, IMS_DIR_INACTIVE },
		{ CORE_HEAD "m=audio 5004 RTP/AVP 0\r\nc=IN IP4 0.0.0.0\r\na=recvonly\r\n", 5004, 5005,
		  "0.0.0.0", NULL, IMS_DIR_RECVONLY },
		{ CORE_HEAD "m=audio 0 RTP/AVP 0\r\na=rtcp:5005 IN IP4 192.0.2.1\r\n", 0, 0, "198.51.100.9",
		  NULL, IMS_DIR_SENDRECV },
		{ CORE_HEAD "m=audio 65535 RTP/AVP 0\r\n", 65535, 0, "198.51.100.9", NULL, IMS_DIR_SENDRECV },
		{ CORE_HEAD "m=audio 5004 RTP/AVP 0\r\nc=IN IP4 phone.example\r\n", 5004, 5005,
		  "phone.example", NULL, IMS_DIR_SENDRECV },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(ims_sdp) sdp = parsed(rows[i].text);
		const ims_sdp_media *media = sdp->media->pdata[0];

		assert_int_equal(media->port, rows[i].port);
		assert_int_equal(media->rtcp_port, rows[i].rtcp_port);
		assert_int_equal(g_strcmp0(media->address, rows[i].address), 0);
		assert_int_equal(g_strcmp0(media->rtcp_address, rows[i].rtcp_address), 0);
		assert_int_equal(media->direction, rows[i].direction);
	}
}

static void test_session(void **state)
{
	g_autoptr(ims_sdp) sdp = parsed("v=0\r\no=bob 18446744073709551617 7 IN IP6 2001:db8::1\r\ns= \r\n"
					"c=IN IP6 2001:db8::2\r\nt=0 0\r\na=x\r\nm=text 0 RTP/AVP 98\r\n"
					"m=Message 2855 TCP/MSRP *\r\na=mid:a\r\na=fmtp:1 x\r\nb=AS:1\r\n"
					"m=image 4 udptl t38\r\n");
	const ims_sdp_media *message = sdp->media->pdata[1];

	(void)state;
	assert_string_equal(sdp->username, "bob");
	assert_string_equal(sdp->session_id, "18446744073709551617");
	assert_string_equal(sdp->session_version, "7");
	assert_string_equal(sdp->origin_address, "2001:db8::1");
	assert_string_equal(sdp->name, "-");
	assert_string_equal(sdp->address, "2001:db8::2");
	assert_int_equal(sdp->attributes->len, 1);
	assert_int_equal(sdp->media->len, 3);
	assert_int_equal(((ims_sdp_media *)sdp->media->pdata[0])->kind, IMS_MEDIA_TEXT);
	assert_int_equal(message->kind, IMS_MEDIA_MESSAGE);
	assert_string_equal(message->media, "Message");
	assert_string_equal(message->formats, "*");
	assert_string_equal(message->mid, "a");
	assert_string_equal(message->bandwidths->pdata[0], "AS:1");
	assert_string_equal(ims_sdp_attribute_value(message->attributes, "fmtp"), "1 x");
	assert_int_equal(((ims_sdp_media *)sdp->media->pdata[2])->kind, IMS_MEDIA_OTHER);
}

static void refused(const char *text, const char *words)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_sdp) sdp = ims_sdp_parse(text, &error);

	if (sdp)
		fail_msg("taken, not refused with '%s'", words);
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_BAD_SDP));
	if (!strstr(error->message, words))
		fail_msg("'%s', not '%s'", error->message, words);
}

#define TOKEN_65 "aaaaaaaaaabbbbbbbbbbccccccccccddddddddddeeeeeeeeeeffffffffffggggg"

static void test_refused(void **state)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
		{ "", "SDP has no o= line" },
		{ "v=0\r\n", "no o=" },
		{ "v", "line 1: not of the form" },
		{ "v=1\r\n", "line 1: v= is not 0" },
		{ "v=\r\n", "line 1: v= is not 0" },
		{ "o=- 1 1 IN IP4 192.0.2.1\r\n", "line 1: v=0 must come first" },
		{ "v=0\r\no=- 1 1 IN IP4\r\n", "line 2: o= needs six words" },
		{ "v=0\r\no=-  1 IN IP4 192.0.2.1\r\n", "line 2: o= has an empty word" },
		{ "v=0\r\no=- 1 1 IN IP4 192.0.2.1 x\r\n", "line 2: o= needs six words" },
		{ HEAD("192.0.2.1") "o=- 1 1 IN IP4 192.0.2.1\r\n", "line 5: a second o=" },
		{ HEAD("192.0.2.1") "c=IN IP4\r\n", "line 5: c= needs three words" },
		{ HEAD("192.0.2.1") "c=IN IP4 \r\n", "line 5: c= needs three words" },
		{ HEAD("192.0.2.1") "c=ATM NSAP x\r\n", "line 5: c= is not of the Internet" },
		{ HEAD("192.0.2.1") "c=IN IP4 192.0.2.1 x\r\n", "line 5: c= needs" },
		{ HEAD("192.0.2.1") "m=audio 5004\r\n", "line 5: m= needs" },
		{ HEAD("192.0.2.1") "m=audio 5004 RTP/AVP\r\n", "line 5: m= has no formats" },
		{ HEAD("192.0.2.1") "m=audio  5004 RTP/AVP 0\r\n", "line 5: m= " },
		{ HEAD("192.0.2.1") "m=audio -1 RTP/AVP 0\r\n", "line 5: m= has no port" },
		{ HEAD("192.0.2.1") "m=audio 65536 RTP/AVP 0\r\n", "line 5: m= has no port" },
		{ HEAD("192.0.2.1") "m=audio 99999999999999999999999 RTP/AVP 0\r\n",
		  "line 5: m= has no port" },
		{ HEAD("192.0.2.1") "m=audio 5004x RTP/AVP 0\r\n", "line 5: m= has no port" },
		{ HEAD("192.0.2.1") "m=audio 5004 RTP/AVP 128\r\n", "line 5: a payload type" },
		{ HEAD("192.0.2.1") "m=audio 5004 RTP/AVP 0 *\r\n", "line 5: a payload type" },
		{ HEAD("192.0.2.1") "m=" TOKEN_65 " 5004 RTP/AVP 0\r\n", "line 5: m= needs" },
		{ HEAD("192.0.2.1") "m=audio 5004 RTP/\xc3\xa9 0\r\n", "line 5: m= needs" },
		{ CORE_HEAD "m=audio 5004 RTP/AVP 96\r\na=rtpmap:96 opus\r\n", "line 7: a=rtpmap needs" },
		{ CORE_HEAD "m=audio 5004 RTP/AVP 96\r\na=rtpmap:96 /8000\r\n", "line 7: a=rtpmap needs" },
		{ CORE_HEAD "m=audio 5004 RTP/AVP 96\r\na=rtpmap:96\r\n", "line 7: a=rtpmap needs" },
		{ CORE_HEAD "m=audio 5004 RTP/AVP 96\r\na=rtpmap\r\n", "line 7: this a= needs a value" },
		{ CORE_HEAD "m=audio 5004 RTP/AVP 96\r\na=rtpmap:96 x/0\r\n", "no usable clock" },
		{ CORE_HEAD "m=audio 5004 RTP/AVP 96\r\na=rtpmap:96 x/4294967297\r\n", "no usable clock" },
		{ CORE_HEAD "m=audio 5004 RTP/AVP 96\r\na=rtpmap:96 x/8000/0\r\n", "no usable number of ch" },
		{ CORE_HEAD "m=audio 5004 RTP/AVP 96\r\na=rtpmap:96 " TOKEN_65 "/8000\r\n",
		  "a=rtpmap needs" },
		{ CORE_HEAD "m=audio 5004 RTP/AVP 0\r\na=rtcp:0\r\n", "line 7: a=rtcp has no usable port" },
		{ CORE_HEAD "m=audio 5004 RTP/AVP 0\r\na=rtcp:70000\r\n",
		  "line 7: a=rtcp has no usable port" },
		{ CORE_HEAD "m=audio 5004 RTP/AVP 0\r\na=rtcp:5 IN IP4\r\n",
		  "line 7: a=rtcp has no usable port" },
		{ CORE_HEAD "m=audio 5004 RTP/AVP 0\r\na=rtcp:5 IN IP4 \xc3\xa9\r\n", "no usable address" },
		{ CORE_HEAD "m=audio 5004 RTP/AVP 0\r\na=mid:\r\n", "line 7: a=mid is not" },
		{ CORE_HEAD "m=audio 5004 RTP/AVP 0\r\na=:x\r\n", "line 7: a= has no usable name" },
		{ CORE_HEAD "m=audio 5004 RTP/AVP 0\r\na=\r\n", "line 7: a= has no usable name" },
		{ CORE_HEAD "m=audio 5004 RTP/AVP 0\r\ngarbage\r\n", "line 7: not of the form" },
		{ CORE_HEAD "m=audio 5004 RTP/AVP 0\r\n=\r\n", "line 7: not of the form" },
		/* a line end in disguise, and text JSON cannot carry */
		{ CORE_HEAD "a=x:y\rm=audio 5004 RTP/AVP 0\r\n", "line 6: a control character" },
		{ CORE_HEAD "a=x:\x01\r\n", "line 6: a control character" },
		{ CORE_HEAD "a=x:\xff\r\n", "not UTF-8" },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		refused(rows[i].text, rows[i].words);
}

/* A text cut anywhere is taken or refused, never misread: what is left of it has no more lines. */
static void test_truncated(void **state)
{
	static const char text[] = CHROMIUM;

	(void)state;
	for (gsize length = 0; length < sizeof(text); length++) {
		g_autofree char *cut = g_strndup(text, length);
		g_autoptr(GError) error = NULL;
		g_autoptr(ims_sdp) sdp = ims_sdp_parse(cut, &error);

		assert_true((sdp == NULL) == (error != NULL));
		if (sdp)
			assert_true(sdp->media->len <= 3);
	}
}

static char *repeated(const char *head, const char *line, guint times)
{
	GString *text = g_string_new(head);

	for (guint i = 0; i < times; i++)
		g_string_append(text, line);
	return g_string_free(text, FALSE);
}

static void test_limits(void **state)
{
	static const struct {
		const char *head, *line;
		guint fits, not ;
		const char *words;
	} rows[] = {
		{ HEAD("192.0.2.1"), "m=audio 5004 RTP/AVP 0\r\n", 32, 33, "too many m= lines" },
		{ HEAD("192.0.2.1"), "m=audio 5004 RTP/AVP 0\r\n", 0, 40, "line 37: too many m= lines" },
		{ HEAD("192.0.2.1"), "a=x\r\n", 1996, 1997, "line 2001: too many lines" },
		{ HEAD("192.0.2.1"), "a=x\n", 0, 10000, "too many lines" },
		{ CORE_HEAD "m=audio 5004 RTP/AVP", " 0", 500, 100000, "over 65536 bytes" },
	};
	g_autoptr(GString) types = g_string_new(CORE_HEAD "m=audio 5004 RTP/AVP");

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *good = repeated(rows[i].head, rows[i].line, rows[i].fits);
		g_autofree char *bad = repeated(rows[i].head, rows[i].line, rows[i].not );

		ims_sdp_free(parsed(good));
		refused(bad, rows[i].words);
	}
	for (guint pt = 0; pt < 64; pt++)
		g_string_append_printf(types, " %u", pt);
	ims_sdp_free(parsed(types->str));
	g_string_append(types, " 64");
	refused(types->str, "line 6: too many payload types");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_codecs),    cmocka_unit_test(test_places),
		cmocka_unit_test(test_session),   cmocka_unit_test(test_refused),
		cmocka_unit_test(test_truncated), cmocka_unit_test(test_limits),
	};

	return cmocka_run_group_tests_name("test_ims_sdp_parse", tests, NULL, NULL);
}
