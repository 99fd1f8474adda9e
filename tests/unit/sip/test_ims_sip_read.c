/* Parsed messages as plain values. Messages are text here and go through the real parser. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "sip/ims_sip_read.h"

#define REQUEST_HEAD                                                                                         \
	"INVITE sip:alice@192.0.2.1:5060 SIP/2.0\r\n"                                                        \
	"Via: SIP/2.0/UDP 198.51.100.7:4060;branch=z9hG4bK1\r\n"                                             \
	"From: \"Bob\" <sip:bob@ims.example>;tag=f1\r\n"                                                     \
	"To: <sip:alice@ims.example>\r\n"                                                                    \
	"Call-ID: call-7@ims.example\r\n"                                                                    \
	"CSeq: 1 INVITE\r\n"
#define ANSWER_HEAD(status, method)                                                                          \
	"SIP/2.0 " status "\r\n"                                                                             \
	"Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1\r\n"                                                \
	"From: <sip:alice@ims.example>;tag=f1\r\n"                                                           \
	"To: <sip:bob@ims.example>;tag=t1\r\n"                                                               \
	"Call-ID: call-7@ims.example\r\n"                                                                    \
	"CSeq: 1 " method "\r\n"
#define END "Content-Length: 0\r\n\r\n"

static msg_t *parsed(const char *text)
{
	msg_t *message = msg_make(sip_default_mclass(), 0, text, (isize_t)strlen(text));

	assert_non_null(message);
	assert_non_null(sip_object(message));
	return message;
}

static void read_news(const char *text, ims_sip_news *ret_news)
{
	msg_t *message = parsed(text);

	ims_sip_read_news(sip_object(message), ret_news);
	msg_destroy(message); /* what was read owns all that it says */
}

#define READ(name, ...)                                                                                      \
	g_auto(ims_sip_news) name = { 0 };                                                                   \
	g_autofree char *name##_text = g_strconcat(__VA_ARGS__, NULL);                                       \
	read_news(name##_text, &name)

/* "name: value|name: value" */
static char *headers_of(const ims_sip_news *news)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < news->headers->len; i++) {
		const ims_sip_header *header = g_ptr_array_index(news->headers, i);

		g_string_append_printf(text, "%s%s: %s", i ? "|" : "", header->name, header->value);
	}
	return g_string_free(text, FALSE);
}

/* REQ-101: what may be shown, each name once, and nothing of the trust domain or of SIP itself. */
static void test_headers(void **state)
{
	READ(news, REQUEST_HEAD,
	     "P-Charging-Vector: icid-value=1\r\nX-Ticket: 4711\r\nAlert-Info: <urn:alert:a>, "
	     "<urn:alert:b>\r\n"
	     "x-ticket: 4712\r\nHistory-Info: <sip:x@y>;index=1\r\nSubject: Lunch\r\nP-Com.Private: "
	     "secret\r\n"
	     "Call-Info: <http://www.example/a>;purpose=icon\r\nReason: SIP;cause=480;text=\"x\"\r\n"
	     "Contact: <sip:core@192.0.2.9>\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nhi");
	READ(answer, ANSWER_HEAD("488 Not Acceptable Here", "INVITE"),
	     "Warning: 304 core.example \"Media type not available\"\r\nServer: core\r\n" END);
	READ(plain, REQUEST_HEAD, END);
	g_autofree char *of_request = headers_of(&news);
	g_autofree char *of_answer = headers_of(&answer);

	(void)state;
	assert_string_equal(
		of_request,
		"X-Ticket: 4711, 4712|Alert-Info: <urn:alert:a>, <urn:alert:b>|"
		"History-Info: <sip:x@y>;index=1|Subject: Lunch|"
		"Call-Info: <http://www.example/a>;purpose=icon|Reason: SIP;cause=480;text=\"x\"");
	assert_string_equal(of_answer, "Warning: 304 core.example \"Media type not available\"|Server: core");
	assert_int_equal(plain.headers->len, 0);
}

/* The values that fit stand there whole. */
static void test_long_lists(void **state)
{
	static const char *const names[] = { "Accept-Language: ", "X-List: " };

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		g_autoptr(GString) lines = g_string_new(NULL);
		const ims_sip_header *header;

		for (int n = 0; n < 3000; n++)
			g_string_append_printf(lines, "%sde\r\n", names[i]);
		READ(news, REQUEST_HEAD, lines->str, END);
		assert_int_equal(news.headers->len, 1);
		header = g_ptr_array_index(news.headers, 0);
		assert_in_range(strlen(header->value), 8000, 8194);
		assert_true(g_str_has_suffix(header->value, ", de"));
	}
}

static void test_too_many_headers(void **state)
{
	g_autoptr(GString) many = g_string_new(NULL);

	(void)state;
	for (int i = 0; i < 100; i++)
		g_string_append_printf(many, "X-%d: %d\r\n", i, i);
	READ(news, REQUEST_HEAD, many->str, END);
	assert_int_equal(news.headers->len, 32);
}

static void test_request(void **state)
{
	READ(news, REQUEST_HEAD,
	     "P-Charging-Vector: icid-value=\"icid-7\";icid-generated-at=192.0.2.9;orig-ioi=\"Type "
	     "1home\"\r\n",
	     "P-Called-Party-ID: <sip:alice.work@ims.example>\r\n",
	     "P-Asserted-Identity: \"Robert\" <sip:robert@ims.example>, <tel:+49301234>\r\n",
	     "Content-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=0\r\n");

	(void)state;
	assert_int_equal(news.status, 0);
	assert_null(news.reason);
	assert_false(news.internal);
	assert_string_equal(news.call_id, "call-7@ims.example");
	assert_string_equal(news.peer_tag, "f1");
	assert_string_equal(news.sdp, "v=0\r\n");
	assert_false(news.bad_body);
	assert_string_equal(news.caller, "sip:robert@ims.example");
	assert_string_equal(news.caller_name, "Robert"); /* what is vouched for comes first */
	assert_string_equal(news.callee, "sip:alice.work@ims.example");
	assert_string_equal(news.icid, "icid-7");
	assert_string_equal(news.orig_ioi, "Type 1home");
}

static void test_bare_request(void **state)
{
	READ(news, REQUEST_HEAD, END);

	(void)state;
	assert_string_equal(news.caller, "sip:bob@ims.example");
	assert_string_equal(news.callee, "sip:alice@ims.example");
	assert_null(news.sdp);
	assert_false(news.bad_body);
	assert_null(news.icid);
	assert_null(news.orig_ioi);
	assert_null(news.reason_header);
}

/* REQ-104: of a MESSAGE the body is bytes, whatever they are. */
static void test_message(void **state)
{
	static const char head[] = "MESSAGE sip:alice@192.0.2.1:5060 SIP/2.0\r\n"
				   "Via: SIP/2.0/UDP 198.51.100.7:4060;branch=z9hG4bK1\r\n"
				   "From: <sip:smsc@ims.example>;tag=f1\r\n"
				   "To: <sip:alice@ims.example>\r\n"
				   "Call-ID: report-8@ims.example\r\n"
				   "CSeq: 1 MESSAGE\r\n"
				   "In-Reply-To: sms-7@ims.example\r\n"
				   "Content-Type: application/vnd.3gpp.sms;x=\"a;b\"\r\n"
				   "Content-Length: 256\r\n\r\n";
	guint8 text[sizeof(head) - 1 + 256];
	g_auto(ims_sip_news) news = { 0 };
	msg_t *message;

	(void)state;
	memcpy(text, head, sizeof(head) - 1);
	for (gsize i = 0; i < 256; i++)
		text[sizeof(head) - 1 + i] = (guint8)i;
	message = msg_make(sip_default_mclass(), 0, text, sizeof(text));
	ims_sip_read_news(sip_object(message), &news);
	msg_destroy(message);
	assert_string_equal(news.call_id, "report-8@ims.example");
	assert_string_equal(news.content_type, "application/vnd.3gpp.sms;x=\"a;b\"");
	assert_string_equal(news.in_reply_to, "sms-7@ims.example");
	assert_int_equal(g_bytes_get_size(news.body), 256);
	assert_memory_equal(g_bytes_get_data(news.body, NULL), text + sizeof(head) - 1, 256);
	assert_string_equal(news.caller, "sip:smsc@ims.example");
	assert_null(news.sdp);
}

static void test_answer(void **state)
{
	READ(news, ANSWER_HEAD("486 Busy Here", "INVITE"),
	     "Reason: Q.850;cause=17;text=\"User busy\"\r\n" END);

	(void)state;
	assert_int_equal(news.status, 486);
	assert_string_equal(news.reason, "Busy Here");
	assert_string_equal(news.peer_tag, "t1");
	assert_string_equal(news.reason_protocol, "Q.850");
	assert_string_equal(news.reason_cause, "17");
	assert_string_equal(news.reason_header, "User busy");
	assert_null(news.caller); /* who calls whom is said by requests */
	assert_false(news.internal);
}

/* sofia-sip's own writer gives memory that nobody wrote, from 128 bytes on. */
static void test_long_header(void **state)
{
	g_autofree char *filler = g_strnfill(5000, 'x');
	READ(news,
	     "MESSAGE sip:alice@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.7;branch=z9hG4bK2\r\n"
	     "From: <sip:bob@ims.example>;tag=f1\r\nTo: <sip:alice@ims.example>\r\n"
	     "Call-ID: long-1\r\nCSeq: 1 MESSAGE\r\nContent-Type: text/plain;x=",
	     filler, "\r\nContent-Length: 2\r\n\r\nhi");

	(void)state;
	assert_true(g_str_has_prefix(news.content_type, "text/plain"));
	assert_true(g_str_has_suffix(news.content_type, filler));
}

static void test_early_answer(void **state)
{
	READ(reliable, ANSWER_HEAD("183 Session Progress", "INVITE"),
	     "Require: precondition, 100rel\r\nRSeq: 4294967295\r\nP-Early-Media: sendonly, gated\r\n" END);
	READ(not_asked, ANSWER_HEAD("180 Ringing", "INVITE"), "RSeq: 7\r\nRetry-After: 3\r\n" END);
	READ(final, ANSWER_HEAD("200 OK", "INVITE"), "Require: 100rel\r\nRSeq: 7\r\n" END);

	(void)state;
	assert_int_equal(reliable.rseq, G_MAXUINT32);
	assert_int_equal(reliable.early_media.n, 1);
	assert_int_equal(ims_early_media_of(&reliable.early_media, 0), IMS_EARLY_MEDIA_SENDONLY);
	assert_int_equal(not_asked.rseq, 0);
	assert_int_equal(not_asked.early_media.n, 0);
	assert_int_equal(not_asked.retry_after_s, 3);
	assert_int_equal(final.rseq, 0); /* there is no such thing */
}

static void test_nobody_answered(void **state)
{
	g_auto(ims_sip_news) news = { 0 };

	(void)state;
	ims_sip_read_news(NULL, &news);
	assert_int_equal(news.status, 408);
	assert_non_null(news.reason);
	assert_true(news.internal);
}

static void test_bodies(void **state)
{
	static const struct {
		const char *headers, *body, *sdp;
		gboolean bad;
	} rows[] = {
		{ "Content-Type: application/sdp\r\n", "v=0\r\n", "v=0\r\n", FALSE },
		{ "c: Application/SDP\r\n", "v=0\r\n", "v=0\r\n", FALSE },
		{ "Content-Type: application/sdp;charset=utf-8\r\n", "v=0\r\n", "v=0\r\n", FALSE },
		{ "Content-Type: application/sdp\r\n", "", NULL, FALSE },
		{ "", "", NULL, FALSE },
		{ "", "v=0\r\n", NULL, TRUE },
		{ "Content-Type: text/plain\r\n", "v=0\r\n", NULL, TRUE },
		{ "Content-Type: application/sdpx\r\n", "v=0\r\n", NULL, TRUE },
		{ "Content-Type: multipart/mixed;boundary=x\r\n", "--x\r\n", NULL, TRUE },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *length =
			g_strdup_printf("Content-Length: %zu\r\n\r\n", strlen(rows[i].body));
		READ(news, REQUEST_HEAD, rows[i].headers, length, rows[i].body);

		if (g_strcmp0(news.sdp, rows[i].sdp) != 0 || news.bad_body != rows[i].bad)
			fail_msg("%s%s: %s, %d", rows[i].headers, rows[i].body, news.sdp ? news.sdp : "none",
				 news.bad_body);
	}
}

/* A body is as long as it says, and NUL in it makes it no text. */
static void test_body_with_nul(void **state)
{
	static const char text[] =
		REQUEST_HEAD "Content-Type: application/sdp\r\nContent-Length: 5\r\n\r\nv=\0\r\n";
	msg_t *message = msg_make(sip_default_mclass(), 0, text, sizeof(text) - 1);
	g_auto(ims_sip_news) news = { 0 };

	(void)state;
	ims_sip_read_news(sip_object(message), &news);
	msg_destroy(message);
	assert_null(news.sdp);
	assert_true(news.bad_body);
}

/* RFC 3325 7: browsers are outside the trust domain. REQ-77 */
static void test_privacy(void **state)
{
	static const struct {
		const char *headers, *caller, *name;
	} rows[] = {
		{ "Privacy: none\r\n", "sip:robert@ims.example", "Bob" },
		{ "Privacy: critical\r\n", "sip:robert@ims.example", "Bob" },
		{ "Privacy: id\r\n", "sip:anonymous@anonymous.invalid", NULL },
		{ "Privacy: ID\r\n", "sip:anonymous@anonymous.invalid", NULL },
		{ "Privacy: id;critical\r\n", "sip:anonymous@anonymous.invalid", NULL },
		{ "Privacy: critical; id\r\n", "sip:anonymous@anonymous.invalid", NULL },
		{ "Privacy: user\r\n", "sip:anonymous@anonymous.invalid", NULL },
		{ "Privacy: header\r\n", "sip:anonymous@anonymous.invalid", NULL },
		{ "Privacy: history\r\n", "sip:robert@ims.example", "Bob" },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		READ(news, REQUEST_HEAD, rows[i].headers,
		     "P-Asserted-Identity: <sip:robert@ims.example>\r\n" END);

		if (g_strcmp0(news.caller, rows[i].caller) != 0 ||
		    g_strcmp0(news.caller_name, rows[i].name) != 0)
			fail_msg("%s: %s, %s", rows[i].headers, news.caller,
				 news.caller_name ? news.caller_name : "none");
	}
}

static void test_asserted(void **state)
{
	static const char *const rows[][2] = {
		{ "P-Asserted-Identity: <sip:robert@ims.example>\r\n", "sip:robert@ims.example" },
		{ "p-asserted-identity: sip:robert@ims.example\r\n", "sip:robert@ims.example" },
		{ "P-Asserted-Identity: <tel:+49301234>\r\n", "tel:+49301234" },
		{ "P-Asserted-Identity: <tel:+49301234>, <sip:robert@ims.example>\r\n", "tel:+49301234" },
		{ "P-Asserted-Identity: <sip:robert@ims.example>\r\nP-Asserted-Identity: <tel:+49301234>\r\n",
		  "sip:robert@ims.example" },
		{ "P-Asserted-Identity: \"a, <b>\" <sip:robert@ims.example>\r\n", "sip:robert@ims.example" },
		{ "P-Asserted-Identity: <sip:r;x=1@ims.example;user=phone>\r\n",
		  "sip:r;x=1@ims.example;user=phone" },
		{ "P-Asserted-Identity:\r\n", "sip:bob@ims.example" },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		READ(news, REQUEST_HEAD, rows[i][0], END);

		if (g_strcmp0(news.caller, rows[i][1]) != 0)
			fail_msg("%s%s", rows[i][0], news.caller ? news.caller : "none");
	}
}

/* quoted-pair (RFC 3261 25.1): what stands there, not how it is written. */
static void test_names(void **state)
{
	static const char *const rows[][2] = {
		{ "From: Bob <sip:bob@ims.example>;tag=1\r\n", "Bob" },
		{ "From: <sip:bob@ims.example>;tag=1\r\n", NULL },
		{ "From: \"\" <sip:bob@ims.example>;tag=1\r\n", NULL },
		{ "From: \"Bob B.\" <sip:bob@ims.example>;tag=1\r\n", "Bob B." },
		{ "From: \"B\xc3\xb6"
		  "b\" <sip:bob@ims.example>;tag=1\r\n",
		  "B\xc3\xb6"
		  "b" },
		{ "From: \"Bob \\\"B\\\" \\\\\" <sip:bob@ims.example>;tag=1\r\n", "Bob \"B\" \\" },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		READ(news,
		     "INVITE sip:a@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.7;branch=z9hG4bK1\r\n",
		     rows[i][0], "To: <sip:a@ims.example>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n" END);

		if (g_strcmp0(news.caller_name && *news.caller_name ? news.caller_name : NULL, rows[i][1]) !=
		    0)
			fail_msg("%s%s", rows[i][0], news.caller_name ? news.caller_name : "none");
	}
}

/* The asserted name stands in for one that From does not give. */
static void test_asserted_name(void **state)
{
	READ(news,
	     "INVITE sip:a@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 198.51.100.7;branch=z9hG4bK1\r\n"
	     "From: <sip:b@ims.example>;tag=1\r\nTo: <sip:a@ims.example>\r\nCall-ID: 1\r\nCSeq: 1 INVITE\r\n"
	     "P-Asserted-Identity: \"Robert\" <sip:robert@ims.example>\r\n" END);

	(void)state;
	assert_string_equal(news.caller_name, "Robert");
}

/* Of the two URIs that may be asserted the first says who it is, and any of them how he is called. */
static void test_name_of_either(void **state)
{
	static const char *const rows[][3] = {
		{ "P-Asserted-Identity: <sip:r@ims.example>, \"Robert\" <tel:+4930>\r\n", "sip:r@ims.example",
		  "Robert" },
		{ "P-Asserted-Identity: <tel:+4930>\r\nP-Asserted-Identity: \"Robert\" "
		  "<sip:r@ims.example>\r\n",
		  "tel:+4930", "Robert" },
		{ "P-Asserted-Identity: Rob <sip:r@ims.example>, \"Robert\" <tel:+4930>\r\n",
		  "sip:r@ims.example", "Rob" },
		{ "P-Asserted-Identity: <sip:r@ims.example>\r\nP-Asserted-Identity:\r\n", "sip:r@ims.example",
		  "Bob" },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		READ(news, REQUEST_HEAD, rows[i][0], END);

		assert_string_equal(news.caller, rows[i][1]);
		assert_string_equal(news.caller_name, rows[i][2]);
	}
}

/* REQ-84: the same icid comes back in our answers, whatever characters it has (RFC 7315 5.6: gen-value). */
static void test_charging(void **state)
{
	static const char *const rows[][3] = {
		{ "icid-value=abc", "abc", NULL },
		{ "icid-value=\"abc\"", "abc", NULL },
		{ "ICID-Value=\"abc\"; orig-ioi=home", "abc", "home" },
		{ "icid-value=\"abc\";orig-ioi=\"Type 1home\";icid-generated-at=x", "abc", "Type 1home" },
		{ "icid-generated-at=x;icid-value=abc", "abc", NULL },
		{ "orig-ioi=home", NULL, "home" },
		{ "", NULL, NULL },
		{ "icid-value", NULL, NULL },
		{ "x-icid-value=no;icid-value=abc", "abc", NULL },
		{ "icid-value=\"a;b\";orig-ioi=home", "a;b", "home" },
		{ "icid-value=\"a;orig-ioi=no;b\"", "a;orig-ioi=no;b", NULL },
		{ "icid-value=\"a\\\"b\"", "a\"b", NULL },
		{ "icid-value = \"abc\"", "abc", NULL },
	};
	GString *wrong = g_string_new(NULL);

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		READ(news, REQUEST_HEAD, "P-Charging-Vector: ", rows[i][0], "\r\n" END);

		if (g_strcmp0(news.icid, rows[i][1]) != 0 || g_strcmp0(news.orig_ioi, rows[i][2]) != 0)
			g_string_append_printf(wrong, "\n%s is read as %s and %s", rows[i][0],
					       news.icid ? news.icid : "none",
					       news.orig_ioi ? news.orig_ioi : "none");
	}
	assert_string_equal(wrong->str, "");
	g_string_free(wrong, TRUE);
}

static void test_reason(void **state)
{
	static const char *const rows[][4] = {
		{ "Reason: SIP;cause=200;text=\"Call completed elsewhere\"\r\n", "SIP", "200",
		  "Call completed elsewhere" },
		{ "Reason: Q.850;cause=16\r\n", "Q.850", "16", NULL },
		{ "Reason: RTCP\r\n", "RTCP", NULL, NULL },
		{ "Reason: SIP;cause=486, Q.850;cause=17\r\n", "SIP", "486", NULL },
		{ "", NULL, NULL, NULL },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		READ(news, ANSWER_HEAD("480 Gone", "INVITE"), rows[i][0], END);

		if (g_strcmp0(news.reason_protocol, rows[i][1]) || g_strcmp0(news.reason_cause, rows[i][2]) ||
		    g_strcmp0(news.reason_header, rows[i][3]))
			fail_msg("%s%s | %s | %s", rows[i][0],
				 news.reason_protocol ? news.reason_protocol : "-",
				 news.reason_cause ? news.reason_cause : "-",
				 news.reason_header ? news.reason_header : "-");
	}
}

static void test_header(void **state)
{
	msg_t *message = parsed(REQUEST_HEAD "X-One: 1\r\nx-two: 2\r\nX-One: 3\r\nX-Empty:\r\n" END);
	const sip_t *sip = sip_object(message);

	(void)state;
	assert_string_equal(ims_sip_read_header(sip, "x-one"), "1");
	assert_string_equal(ims_sip_read_header(sip, "X-TWO"), "2");
	assert_null(ims_sip_read_header(sip, "X-Three"));
	msg_destroy(message);
}

/* REGISTER */

static char *joined(const GPtrArray *texts)
{
	GString *all = g_string_new(NULL);

	for (guint i = 0; i < texts->len; i++) {
		const char *text = g_ptr_array_index(texts, i);

		g_string_append_printf(all, "%s%s", i ? " | " : "", text ? text : "(null)");
	}
	return g_string_free(all, FALSE);
}

static void read_register(const char *text, ims_register_answer *ret_answer)
{
	msg_t *message = parsed(text);

	ims_sip_read_register(sip_object(message), "TOKEN", ret_answer);
	msg_destroy(message);
}

#define READ_REGISTER(name, ...)                                                                             \
	g_auto(ims_register_answer) name;                                                                    \
	g_autofree char *name##_text = g_strconcat(__VA_ARGS__, NULL);                                       \
	read_register(name##_text, &name)

/* REQ-11: in order, as URIs, over several lines. */
static void test_registered(void **state)
{
	READ_REGISTER(answer, ANSWER_HEAD("200 OK", "REGISTER"),
		      "Contact: <sip:TOKEN@192.0.2.1:5060>;expires=3600\r\n"
		      "Service-Route: <sip:orig@198.51.100.8:6060;lr>\r\n"
		      "Service-Route: <sip:as1@198.51.100.9;lr>, <sip:as2@198.51.100.9;lr>\r\n"
		      "P-Associated-URI: <sip:alice@ims.example>, \"Al, ice\" <tel:+49301234>;x=y\r\n"
		      "P-Associated-URI: <sip:alice.work@ims.example;gr=1>\r\n" END);
	g_autofree char *routes = joined(answer.service_route);
	g_autofree char *associated = joined(answer.associated);

	(void)state;
	assert_int_equal(answer.status, 200);
	assert_string_equal(answer.reason, "OK");
	assert_false(answer.internal);
	assert_int_equal(answer.expires_s, 3600);
	assert_int_equal(answer.challenges->len, 0);
	assert_string_equal(routes, "sip:orig@198.51.100.8:6060;lr | sip:as1@198.51.100.9;lr | "
				    "sip:as2@198.51.100.9;lr");
	assert_string_equal(associated,
			    "sip:alice@ims.example | tel:+49301234 | sip:alice.work@ims.example;gr=1");
	assert_int_equal(answer.min_expires_s, 0);
	assert_int_equal(answer.retry_after_s, 0);
}

/* REQ-88: of our contact alone, and nothing that is no URI. */
static void test_gruus(void **state)
{
	static const char *const rows[][3] = {
		{ "<sip:TOKEN@192.0.2.1>;pub-gruu=\"sip:a@b;gr=urn:uuid:1\";temp-gruu=\"sip:t@b;gr\"",
		  "sip:a@b;gr=urn:uuid:1", "sip:t@b;gr" },
		{ "<sip:TOKEN@192.0.2.1>;expires=60;PUB-GRUU=\"sip:a@b;gr\"", "sip:a@b;gr", NULL },
		{ "<sip:other@192.0.2.1>;pub-gruu=\"sip:x@b;gr\", <sip:TOKEN@192.0.2.1>", NULL, NULL },
		{ "<sip:other@192.0.2.1>;pub-gruu=\"sip:x@b;gr\", "
		  "<sip:TOKEN@192.0.2.1>;pub-gruu=\"sip:a@b;gr\"",
		  "sip:a@b;gr", NULL },
		{ "<sip:TOKEN@192.0.2.1>;pub-gruu=\"sip:a@b> X: <sip:c@d\";temp-gruu=\"\"", NULL, NULL },
		{ "<sip:TOKEN@192.0.2.1>;pub-gruu=sip;temp-gruu", NULL, NULL },
		{ "<sip:TOKEN@192.0.2.1>;pub-gruu=\"tel:+4930\"", NULL, NULL },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		READ_REGISTER(answer, ANSWER_HEAD("200 OK", "REGISTER"), "Contact: ", rows[i][0], "\r\n",
			      END);

		if (g_strcmp0(answer.pub_gruu, rows[i][1]) != 0 ||
		    g_strcmp0(answer.temp_gruu, rows[i][2]) != 0)
			fail_msg("%s: %s, %s", rows[i][0], answer.pub_gruu ? answer.pub_gruu : "none",
				 answer.temp_gruu ? answer.temp_gruu : "none");
	}
}

static void test_register_unanswered(void **state)
{
	g_auto(ims_register_answer) answer;

	(void)state;
	ims_sip_read_register(NULL, "TOKEN", &answer);
	assert_int_equal(answer.status, 408);
	assert_true(answer.internal);
	assert_non_null(answer.reason);
	assert_int_equal(answer.challenges->len + answer.service_route->len + answer.associated->len, 0);
}

/* Ours is known by its user part; the others' times do not count if it is there. */
static void test_granted(void **state)
{
	static const struct {
		const char *headers;
		guint granted_s;
	} rows[] = {
		{ "", 0 },
		{ "Expires: 600\r\n", 600 },
		{ "Contact: <sip:TOKEN@192.0.2.1>;expires=3600\r\n", 3600 },
		{ "Contact: <sip:TOKEN@203.0.113.5:9>;expires=3600\r\n", 3600 },
		{ "Contact: <sip:TOKEN@192.0.2.1>;expires=3600\r\nExpires: 60\r\n", 3600 },
		{ "Contact: <sip:TOKEN@192.0.2.1>\r\nExpires: 60\r\n", 60 },
		{ "Contact: <sip:other@192.0.2.1>;expires=10, <sip:TOKEN@192.0.2.1>;expires=3600\r\n", 3600 },
		{ "Contact: <sip:TOKEN@192.0.2.1>;expires=3600\r\nContact: <sip:o@192.0.2.1>;expires=10\r\n",
		  3600 },
		{ "Contact: <sip:TOKENX@192.0.2.1>;expires=10\r\nExpires: 600\r\n", 600 },
		{ "Contact: <sip:token@192.0.2.1>;expires=10\r\nExpires: 600\r\n",
		  600 }, /* case matters there */
		{ "Contact: <sip:192.0.2.1>;expires=90, <sip:x@192.0.2.1>;expires=80\r\n", 80 },
		{ "Contact: <sip:TOKEN@192.0.2.1>;expires=99999999999999999999999\r\n", G_MAXINT32 },
		{ "Contact: <sip:TOKEN@192.0.2.1>;expires=abc\r\n", 0 },
		{ "Expires: 4294967295\r\n", G_MAXINT32 },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		READ_REGISTER(answer, ANSWER_HEAD("200 OK", "REGISTER"), rows[i].headers, END);

		if (answer.expires_s != rows[i].granted_s)
			fail_msg("%s%u", rows[i].headers, answer.expires_s);
	}
}

static void test_challenges(void **state)
{
	static const struct {
		const char *headers, *challenges;
		gboolean proxy;
	} rows[] = {
		{ "", "", FALSE },
		{ "WWW-Authenticate: Digest realm=\"a, b\", nonce=\"n=\", qop=\"auth,auth-int\"\r\n",
		  "Digest realm=\"a, b\", nonce=\"n=\", qop=\"auth,auth-int\"", FALSE },
		{ "WWW-Authenticate: Digest realm=\"a\",nonce=\"1\",algorithm=SHA-256\r\n"
		  "WWW-Authenticate: Digest realm=\"a\",nonce=\"2\",algorithm=MD5\r\n",
		  "Digest realm=\"a\", nonce=\"1\", algorithm=SHA-256 | Digest realm=\"a\", nonce=\"2\", "
		  "algorithm=MD5",
		  FALSE },
		{ "Proxy-Authenticate: Digest realm=\"a\", nonce=\"1\"\r\n",
		  "Digest realm=\"a\", nonce=\"1\"", TRUE },
		{ "WWW-Authenticate: Digest realm=\"a\", nonce=\"1\"\r\n"
		  "Proxy-Authenticate: Digest realm=\"b\", nonce=\"2\"\r\n",
		  "Digest realm=\"a\", nonce=\"1\"", FALSE },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		READ_REGISTER(answer, ANSWER_HEAD("401 Unauthorized", "REGISTER"), rows[i].headers, END);
		g_autofree char *challenges = joined(answer.challenges);

		if (strcmp(challenges, rows[i].challenges) != 0 || !answer.proxy != !rows[i].proxy)
			fail_msg("%s%s", rows[i].headers, challenges);
	}
}

static void test_register_times(void **state)
{
	READ_REGISTER(brief, ANSWER_HEAD("423 Interval Too Brief", "REGISTER"), "Min-Expires: 7200\r\n" END);
	READ_REGISTER(busy, ANSWER_HEAD("503 Busy", "REGISTER"),
		      "Retry-After: 120 (soon);duration=5\r\n" END);
	READ_REGISTER(huge, ANSWER_HEAD("503 Busy", "REGISTER"), "Retry-After: 4000000000\r\n" END);

	(void)state;
	assert_int_equal(brief.min_expires_s, 7200);
	assert_int_equal(busy.retry_after_s, 120);
	assert_int_equal(huge.retry_after_s, 86400);
}

/* Code and text; whose they are stays here. */
static void test_warnings(void **state)
{
	READ_REGISTER(none, ANSWER_HEAD("403 Forbidden", "REGISTER"), "" END);
	READ_REGISTER(two, ANSWER_HEAD("403 Forbidden", "REGISTER"),
		      "Warning: 399 scscf.ims.example:5060 \"No \\\"luck\\\", today\", 370 a \"b\"\r\n" END);
	READ_REGISTER(
		many, ANSWER_HEAD("403 Forbidden", "REGISTER"),
		"Warning: 301 a \"1\", 301 a \"2\", 301 a \"3\", 301 a \"4\", 301 a \"5\", 301 a \"6\", "
		"301 a \"7\", 301 a \"8\", 301 a \"9\"\r\n" END);
	g_autofree char *words = joined(two.warnings);

	(void)state;
	assert_null(none.warnings);
	assert_string_equal(words, "399 No \"luck\", today | 370 b");
	assert_int_equal(many.warnings->len, 8);
}

/* What is no list of URIs leaves no holes in the list. */
static void test_broken_lists(void **state)
{
	static const char *const rows[] = { "P-Associated-URI:\r\n", "P-Associated-URI: <<>\r\n",
					    "P-Associated-URI: ,,,\r\n" };

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		READ_REGISTER(answer, ANSWER_HEAD("200 OK", "REGISTER"), rows[i], END);

		for (guint u = 0; u < answer.associated->len; u++)
			assert_non_null(g_ptr_array_index(answer.associated, u));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_request),
		cmocka_unit_test(test_bare_request),
		cmocka_unit_test(test_message),
		cmocka_unit_test(test_answer),
		cmocka_unit_test(test_early_answer),
		cmocka_unit_test(test_long_header),
		cmocka_unit_test(test_nobody_answered),
		cmocka_unit_test(test_bodies),
		cmocka_unit_test(test_body_with_nul),
		cmocka_unit_test(test_privacy),
		cmocka_unit_test(test_asserted),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_asserted_name),
		cmocka_unit_test(test_name_of_either),
		cmocka_unit_test(test_charging),
		cmocka_unit_test(test_reason),
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_registered),
		cmocka_unit_test(test_gruus),
		cmocka_unit_test(test_register_unanswered),
		cmocka_unit_test(test_granted),
		cmocka_unit_test(test_challenges),
		cmocka_unit_test(test_register_times),
		cmocka_unit_test(test_warnings),
		cmocka_unit_test(test_broken_lists),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_too_many_headers),
		cmocka_unit_test(test_long_lists),
	};

	return cmocka_run_group_tests_name("test_ims_sip_read", tests, NULL, NULL);
}
