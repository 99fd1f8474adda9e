/* Messages as they come in a frame, and as they are written. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "sip/sipws_msg.h"
#include "transports/sip/torture.h"
#include "golden.h"

#define VIA "Via: SIP/2.0/WSS df7jal23ls0d.invalid;branch=z9hG4bKasudf\r\n"
#define REST                                                                                                 \
	"Max-Forwards: 70\r\nFrom: <sip:alice@example.com>;tag=65bnmj.34asd\r\nTo: "                         \
	"<sip:bob@example.com>\r\n"                                                                          \
	"Call-ID: aiuy7k9njasd\r\nCSeq: 1 OPTIONS\r\n"
#define OPTIONS(more) "OPTIONS sip:bob@example.com SIP/2.0\r\n" VIA REST more

static sipws_msg *parse(const char *text)
{
	sipws_fault fault;

	return sipws_msg_parse(text, strlen(text), &fault);
}

static void assert_fault(const char *text, guint status, const char *reason)
{
	g_autoptr(sipws_msg) msg = parse(text);
	const sipws_fault *fault;

	if (!msg)
		fail_msg("not a message: %s", text);
	fault = sipws_msg_fault(msg);
	if (fault->status != status || g_strcmp0(fault->reason, reason))
		fail_msg("%u %s: %.300s", fault->status, fault->reason ? fault->reason : "", text);
}

static void assert_text(const sipws_msg *msg, const char *text)
{
	g_autoptr(GBytes) bytes = sipws_msg_print(msg);
	g_autofree char *printed = g_strndup(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));

	assert_string_equal(printed, text);
}

/* ---- RFC 4475 ---- */

static void tell(const char *name, const char *bytes, gsize length, gpointer user)
{
	sipws_fault fault;
	g_autoptr(sipws_msg) msg = sipws_msg_parse(bytes, length, &fault);
	sipws_address from;

	if (fault.status)
		g_string_append_printf(user, "%s: %s%u %s\n", name, msg ? "" : "no message, ", fault.status,
				       fault.reason);
	else
		g_string_append_printf(user, "%s:\n", name);
	if (!msg || fault.status)
		return;
	sipws_msg_from(msg, &from);
	g_string_append_printf(user, "\t%s %u cseq %u branch %s tags '%.20s' '%s'\n\t%s <%.40s> call %s\n",
			       sipws_msg_method(msg), sipws_msg_status(msg), sipws_msg_cseq(msg),
			       sipws_msg_branch(msg), sipws_msg_from_tag(msg), sipws_msg_to_tag(msg),
			       from.name, from.uri, sipws_msg_call_id(msg));
}

static void test_torture(void **state)
{
	g_autoptr(GString) text = g_string_new(NULL);

	(void)state;
	each_torture(tell, text);
	assert_golden("transports/sip/torture.golden", text->str);
}

/* What can be understood survives being copied into an answer, and that can be read again. */
static void answer(const char *name, const char *bytes, gsize length, gpointer user)
{
	sipws_fault fault;
	g_autoptr(sipws_msg) msg = sipws_msg_parse(bytes, length, &fault);
	g_autoptr(sipws_msg) response = NULL, again = NULL;
	g_autoptr(GBytes) printed = NULL;

	(void)user;
	if (!msg || !sipws_msg_is_request(msg))
		return;
	response = sipws_msg_new_response(msg, 400, fault.reason, "mine");
	printed = sipws_msg_print(response);
	again = sipws_msg_parse(g_bytes_get_data(printed, NULL), g_bytes_get_size(printed), &fault);
	if (!again)
		fail_msg("%s: the answer is no message", name);
	assert_int_equal(sipws_msg_status(again), 400);
	assert_string_equal(sipws_msg_branch(again), sipws_msg_branch(msg));
	assert_string_equal(sipws_msg_call_id(again), sipws_msg_call_id(msg));
	assert_string_equal(sipws_msg_from_tag(again), sipws_msg_from_tag(msg));
}

static void test_torture_is_answered(void **state)
{
	(void)state;
	each_torture(answer, NULL);
}

/* ---- RFC 7118 ---- */

static void test_rfc_7118(void **state)
{
	g_autoptr(sipws_msg) msg = parse("REGISTER sip:example.com SIP/2.0\r\n" VIA
					 "From: sip:alice@example.com;tag=65bnmj.34asd\r\n"
					 "To: sip:alice@example.com\r\n"
					 "Call-ID: aiuy7k9njasd\r\n"
					 "CSeq: 1 REGISTER\r\n"
					 "Max-Forwards: 70\r\n"
					 "Supported: path, outbound, gruu\r\n"
					 "Contact: <sip:alice@df7jal23ls0d.invalid;transport=ws>\r\n"
					 "  ;reg-id=1\r\n"
					 "  ;+sip.instance=\"<urn:uuid:f81-7dec-14a06cf1>\"\r\n\r\n");
	g_autofree char *instance = NULL, *reg_id = NULL;
	sipws_address contact, from;

	(void)state;
	assert_non_null(msg);
	assert_int_equal(sipws_msg_fault(msg)->status, 0);
	assert_true(sipws_msg_address(msg, "contact", 0, &contact));
	assert_string_equal(contact.uri, "sip:alice@df7jal23ls0d.invalid;transport=ws");
	instance = sipws_parameter(contact.parameters, "+SIP.instance");
	assert_string_equal(instance, "<urn:uuid:f81-7dec-14a06cf1>");
	reg_id = sipws_parameter(contact.parameters, "reg-id");
	assert_string_equal(reg_id, "1");
	sipws_msg_from(msg, &from);
	assert_string_equal(from.uri, "sip:alice@example.com");
	assert_string_equal(sipws_msg_from_tag(msg), "65bnmj.34asd");
	assert_true(sipws_msg_has_token(msg, "Supported", "GRUU"));
	assert_false(sipws_msg_has_token(msg, "Supported", "gru"));
}

/* ---- one message in a frame ---- */

static void test_length(void **state)
{
	static const char two[] = OPTIONS("\r\n") OPTIONS("\r\n");
	g_autoptr(sipws_msg) unsaid = parse(OPTIONS("Content-Type: text/plain\r\n\r\nhello"));
	g_autoptr(GBytes) body = sipws_msg_body(unsaid);

	(void)state;
	assert_int_equal(sipws_msg_fault(unsaid)->status, 0); /* (REQ-151) */
	assert_memory_equal(g_bytes_get_data(body, NULL), "hello", 5);
	assert_fault(OPTIONS("\r\n"), 0, NULL);
	assert_fault("\r\n\r\n" OPTIONS("l: 0\r\n\r\n\r\n"), 0, NULL);
	assert_fault(OPTIONS("c: text/plain\r\nl: 5\r\n\r\nhello"), 0, NULL);
	assert_fault(OPTIONS("c: text/plain\r\nl: 4\r\n\r\nhello"), 400,
		     "Content-Length is shorter than the body");
	assert_fault(OPTIONS("c: text/plain\r\nl: 6\r\n\r\nhello"), 400,
		     "Content-Length is longer than the body");
	assert_fault(OPTIONS("l: 99999999999999999999\r\n\r\n"), 400, "Malformed Content-Length");
	assert_fault(OPTIONS("\r\nhello"), 400, "A body without Content-Type");
	assert_fault(two, 400, "Two messages in a frame"); /* (REQ-150) */
	assert_fault(OPTIONS("l: 0\r\n\r\nSIP/2.0 200 OK\r\n\r\n"), 400, "Two messages in a frame");
	assert_fault(OPTIONS("c: message/sipfrag\r\n\r\nSIP/2.0 200 OK\r\n"), 0, NULL);
	assert_fault(OPTIONS("X: y"), 400, "No empty line ends the headers");
}

static void test_size(void **state)
{
	g_autofree char *filler = g_strnfill(1 << 20, 'x');
	g_autofree char *large_head =
		g_strconcat("OPTIONS sip:b@x SIP/2.0\r\nX: ", filler, "\r\n" VIA REST "\r\n", NULL);
	g_autofree char *large_body = g_strconcat(OPTIONS("c: text/plain\r\n\r\n"), filler, NULL);
	sipws_fault fault;

	(void)state;
	assert_null(sipws_msg_parse(large_head, strlen(large_head), &fault));
	assert_int_equal(fault.status, 400);
	assert_string_equal(fault.reason, "The headers are too large");
	assert_fault(large_body, 413, "The message is too large");
}

/* sofia would need seconds for some of these. */
static void test_many(void **state)
{
	static const struct {
		const char *name, *first, *more, *reason;
		guint times;
	} rows[] = {
		{ "Supported: ", "a", ",a", "Too many header fields", 30000 },
		{ "Contact: ", "<sip:a@b>", ",<sip:a@b>", "Too many header fields", 6000 },
		{ "Contact: ", "<sip:a@b>", ",<sip:a@b>", NULL, 500 },
		{ "Contact: ", "<sip:a@b>", ";a", "Malformed Contact", 30000 },
		{ "X-Any", ": y", "\r\nX-Any: y", "Too many header fields", 6000 },
		{ "X-Any: ", "", ";a", NULL, 30000 },
		{ "Subject: ", "", ",", NULL, 60000 },
		{ "Allow: ", "", ",", NULL, 60000 },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GString) text = g_string_new(OPTIONS(""));

		g_string_append_printf(text, "%s%s", rows[i].name, rows[i].first);
		for (guint n = 0; n < rows[i].times; n++)
			g_string_append(text, rows[i].more);
		g_string_append(text, "\r\n\r\n");
		assert_fault(text->str, rows[i].reason ? 400 : 0, rows[i].reason);
	}
}

static void test_ping(void **state)
{
	(void)state;
	assert_true(sipws_msg_is_ping("\r\n\r\n", 4));
	assert_false(sipws_msg_is_ping("\r\n", 2));
	assert_true(sipws_msg_is_pong("\r\n", 2));
	assert_false(sipws_msg_is_pong("\r\n\r\n", 4));
}

/* ---- what is wrong, and where ---- */

static void test_faults(void **state)
{
	static const struct {
		const char *line, *reason;
	} rows[] = {
		{ "no colon here", "A header line has no colon" },
		{ "b\xc3\xa4"
		  "d: name",
		  "Malformed name of a header" },
		{ "Subject: not UTF-8 \xff", "A header is not UTF-8" },
		{ "Subject: bare\rCR", "A line does not end in CR LF" },
		{ "Subject: bare\nLF: x", "A line does not end in CR LF" },
		{ "From: <sip:x@y>;tag=2", "From appears twice" },
		{ "i: second", "Call-ID appears twice" },
		{ "Contact: sip:a@b?X=y", "Malformed Contact" },
		{ "Contact: <sip:a@b", "Malformed Contact" },
		{ "Contact: \"a <sip:a@b>", "Malformed Contact" },
		{ "Contact: <sip:a@b>;;x", "Malformed Contact" },
		{ "Contact: <sip:a b@c>", "Malformed Contact" },
		{ "Contact: <sip:a\x7f@c>", "Malformed Contact" },
		{ "Contact:", "Malformed Contact" },
		{ "Expires: soon", "Malformed Expires" },
		{ "Route: nothing in brackets <", "Malformed Route" },
		{ "Refer-To: <>", "Malformed Refer-To" },
		{ "Session-Expires: ninety", "Malformed Session-Expires" },
		{ "Date: Fri, 01 Jan 2010 16:00:00 EST", NULL }, /* not ours to judge */
		{ "X-Any: folded\r\n \t value", NULL },
		{ "Contact: *", NULL },
		{ "Allow:", NULL },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strconcat(OPTIONS(""), rows[i].line, "\r\n\r\n", NULL);

		assert_fault(text, rows[i].reason ? 400 : 0, rows[i].reason);
	}
}

static void test_start_line(void **state)
{
	static const struct {
		const char *line;
		guint status;
	} rows[] = {
		{ "OPTIONS sip:bob@example.com sip/2.0", 0 },
		{ "OPTIONS tel:+4930123 SIP/2.0", 0 },
		{ "OPTIONS urn:service:sos SIP/2.0", 0 },
		{ "OPTIONS SIPS:bob@example.com:5061;lr SIP/2.0", 0 },
		{ "OPTIONS mailto:bob@example.com SIP/2.0", 416 },
		{ "OPTIONS sip: SIP/2.0", 400 },
		{ "OPTIONS bob SIP/2.0", 400 },
		{ "OPTIONS sip:bob@example.com:port SIP/2.0", 400 },
		{ "OPTIONS sip:bob@example.com?X=y SIP/2.0", 400 },
		{ "OPTIONS <sip:bob@example.com> SIP/2.0", 400 },
		{ "OPTIONS sip:bob@exa mple.com SIP/2.0", 400 },
		{ "OPTIONS  sip:bob@example.com SIP/2.0", 400 },
		{ "OPTIONS sip:bob\x1e@example.com SIP/2.0", 400 },
		{ "OPTIONS sip:bob@example.com SIP/2.0 ", 400 },
		{ "OPT:IONS sip:bob@example.com SIP/2.0", 400 },
		{ "options sip:bob@example.com SIP/2.0", 400 }, /* CSeq names another */
		{ "OPTIONS sip:bob@example.com SIP/3.0", 505 },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strconcat(rows[i].line, "\r\n" VIA REST "\r\n", NULL);
		g_autoptr(sipws_msg) msg = parse(text);

		if (!msg || sipws_msg_fault(msg)->status != rows[i].status)
			fail_msg("%s: %u", rows[i].line, msg ? sipws_msg_fault(msg)->status : 999);
	}
}

static void test_no_message(void **state)
{
	static const char *const texts[] = {
		"",
		"\r\n\r\n\r\n",
		"hello",
		"GET / HTTP/1.1\r\n" VIA REST "\r\n",
		"OPTIONS sip:bob@example.com\r\n" VIA REST "\r\n",
		"SIP/2.0 1000 x\r\n" VIA REST "\r\n",
		"SIP/2.0 099 x\r\n" VIA REST "\r\n",
		"SIP/2.0 200OK\r\n" VIA REST "\r\n",
		" OPTIONS sip:bob@example.com SIP/2.0\r\n" VIA REST "\r\n",
		"OPTIONS sip:bob@example.com SIP/2.0\r\n" REST "\r\n",
		"OPTIONS sip:bob@example.com SIP/2.0\r\n" VIA "\r\n",
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		sipws_fault fault;

		if (sipws_msg_parse(texts[i], strlen(texts[i]), &fault))
			fail_msg("'%s' is a message", texts[i]);
		assert_int_equal(fault.status, 400);
		assert_non_null(fault.reason);
	}
}

/* ---- reading ---- */

static void test_headers(void **state)
{
	g_autoptr(sipws_msg) msg =
		parse(OPTIONS("m: \"Bob, \\\"B\\\"\" <sip:bob@x;a=b,c>;q=0.5, sip:b2@y;expires=9\r\n"
			      "Contact: <sip:b3@z>\r\n"
			      "k: timer,  100rel ,\r\n"
			      "AUTHORIZATION: Digest username=\"a, b\", realm=\"r\"\r\n"
			      "X-Words: one, two\r\n\r\n"));
	sipws_address address;
	g_autofree char *expires = NULL;

	(void)state;
	assert_int_equal(sipws_msg_fault(msg)->status, 0);
	assert_true(sipws_msg_address(msg, "Contact", 0, &address));
	assert_string_equal(address.name, "Bob, \"B\"");
	assert_string_equal(address.uri, "sip:bob@x;a=b,c");
	assert_string_equal(address.parameters, ";q=0.5");
	assert_true(sipws_msg_address(msg, "Contact", 1, &address));
	assert_string_equal(address.uri, "sip:b2@y");
	expires = sipws_parameter(address.parameters, "expires");
	assert_string_equal(expires, "9");
	assert_true(sipws_msg_address(msg, "Contact", 2, &address));
	assert_false(sipws_msg_address(msg, "Contact", 3, &address));
	assert_string_equal(sipws_msg_header(msg, "supported", 1), "100rel");
	assert_null(sipws_msg_header(msg, "Supported", 2));
	assert_string_equal(sipws_msg_header(msg, "Authorization", 0),
			    "Digest username=\"a, b\", realm=\"r\"");
	assert_string_equal(sipws_msg_header(msg, "x-words", 0), "one, two");
}

static void test_parameter(void **state)
{
	static const struct {
		const char *text, *name, *value;
	} rows[] = {
		{ ";a=b;c", "a", "b" },
		{ ";a=b;c", "C", "" },
		{ ";a=b;c", "d", NULL },
		{ "reg;id=7", "id", "7" },
		{ "reg", "id", NULL },
		{ "", "id", NULL },
		{ "<sip:x;id=1>;id=2", "id", "2" },
		{ "\"x;id=1\" <sip:y>; id = \"a;\\\"b\" ", "id", "a;\"b" },
		{ "call@x;to-tag=1;from-tag=2;early-only", "from-tag", "2" },
		{ ";=;id=3", "id", "3" },
		{ ";id=\"open", "id", NULL },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *value = sipws_parameter(rows[i].text, rows[i].name);

		if (g_strcmp0(value, rows[i].value))
			fail_msg("%s of '%s' is %s", rows[i].name, rows[i].text, value ? value : "(none)");
	}
}

static void test_parameters_without(void **state)
{
	static const char *const names[] = { "expires", "received", NULL };
	g_autofree char *kept = sipws_parameters_without(
		"; Expires=9;+sip.instance = \"<urn:x;expires=1>\";ob;RECEIVED=\"sip:x\";expires2=3", names);
	g_autofree char *none = sipws_parameters_without("", names);

	(void)state;
	assert_string_equal(kept, ";+sip.instance=\"<urn:x;expires=1>\";ob;expires2=3");
	assert_string_equal(none, "");
}

static void collect(const char *name, const char *value, gpointer user)
{
	g_string_append_printf(user, "%s=%s|", name, value);
}

static void test_each_header(void **state)
{
	g_autoptr(sipws_msg) msg =
		parse(OPTIONS("Route: <sip:x;lr>\r\nX-One: 1\r\nReason: SIP;cause=200\r\n\r\n"));
	g_autoptr(GString) text = g_string_new(NULL);

	(void)state;
	sipws_msg_each_header(msg, collect, text);
	assert_string_equal(text->str, "X-One=1|Reason=SIP;cause=200|");
}

/* ---- writing ---- */

static void test_response(void **state)
{
	g_autoptr(sipws_msg) request = parse(OPTIONS("v: SIP/2.0/WS second.invalid\r\n\r\n"));
	g_autoptr(sipws_msg) trying = sipws_msg_new_response(request, 100, NULL, NULL);
	g_autoptr(sipws_msg) response = sipws_msg_new_response(request, 200, "Fi\r\nne", "47");

	(void)state;
	assert_false(sipws_msg_is_request(trying));
	assert_string_equal(sipws_msg_method(trying), "OPTIONS");
	assert_text(trying, "SIP/2.0 100 Trying\r\n" VIA "Via: SIP/2.0/WS second.invalid\r\n"
			    "From: <sip:alice@example.com>;tag=65bnmj.34asd\r\nTo: <sip:bob@example.com>\r\n"
			    "Call-ID: aiuy7k9njasd\r\nCSeq: 1 OPTIONS\r\nContent-Length: 0\r\n\r\n");
	sipws_msg_add(response, "WWW-Authenticate", "%s", "Digest  realm=\"x\",nonce=\"a\\\"b\"  ");
	sipws_msg_add(response, "X", "split\r\nRoute: <sip:evil>");
	sipws_msg_set_body(response, "text/plain", "a\0b", 3);
	assert_string_equal(sipws_msg_to_tag(response), "47");
	{
		g_autoptr(GBytes) bytes = sipws_msg_print(response);
		gsize length;
		const char *text = g_bytes_get_data(bytes, &length);

		assert_true(g_str_has_prefix(text, "SIP/2.0 200 Fi  ne\r\n"));
		assert_non_null(strstr(text, "WWW-Authenticate: Digest  realm=\"x\",nonce=\"a\\\"b\"  \r\n"));
		assert_non_null(strstr(text, "X: split  Route: <sip:evil>\r\n"));
		assert_non_null(strstr(text, "Content-Length: 3\r\n\r\na"));
		assert_memory_equal(text + length - 3, "a\0b", 3);
	}
}

static void test_request(void **state)
{
	g_autoptr(sipws_msg) msg = sipws_msg_new_request("BYE", "sip:a@b.invalid;transport=ws");
	g_autofree char *from = sipws_address_print("Al \"the\\\" Ice", "sip:a@b>;x", "1");
	g_autofree char *to = sipws_address_print("", "sip:b", NULL);

	(void)state;
	sipws_msg_add(msg, "From", "%s", from);
	sipws_msg_add(msg, "To", "%s", to);
	assert_text(msg, "BYE sip:a@b.invalid;transport=ws SIP/2.0\r\n"
			 "From: \"Al \\\"the\\\\\\\" Ice\" <sip:a@b%3E;x>;tag=1\r\nTo: <sip:b>\r\n"
			 "Content-Length: 0\r\n\r\n");
	assert_string_equal(sipws_msg_from_tag(msg), "1");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_torture),
		cmocka_unit_test(test_torture_is_answered),
		cmocka_unit_test(test_rfc_7118),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_size),
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_ping),
		cmocka_unit_test(test_faults),
		cmocka_unit_test(test_start_line),
		cmocka_unit_test(test_no_message),
		cmocka_unit_test(test_headers),
		cmocka_unit_test(test_parameter),
		cmocka_unit_test(test_parameters_without),
		cmocka_unit_test(test_each_header),
		cmocka_unit_test(test_response),
		cmocka_unit_test(test_request),
	};

	return cmocka_run_group_tests_name("test_sipws_msg", tests, NULL, NULL);
}
