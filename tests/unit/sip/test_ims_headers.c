/* REQ-08, REQ-76: which header lines a page may set. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "base/ims_error.h"
#include "sip/ims_headers.h"

static void refused(const char *name, const char *value)
{
	g_autoptr(GError) error = NULL;

	if (ims_header_check(name, value, &error))
		fail_msg("%s: %s is taken", name, value);
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_INVALID_ELEMENT));
	assert_true(strlen(error->message) < 200);
	assert_null(strpbrk(error->message, "\r\n"));
}

static void test_taken(void **state)
{
	static const char *const rows[][2] = {
		{ "X-Page", "7" },
		{ "X-Empty", "" },
		{ "Subject", "Lunch" },
		{ "s", "Lunch" },
		{ "User-Agent", "page" },
		{ "Alert-Info", "<urn:alert:source:external>" },
		{ "Reason", "Q.850;cause=16" },
		{ "X-Tab", "a\tb" },
		{ "X-8bit", "\xc3\xa4" },
		{ "Accept-Contact", "*;video" },
		{ "Call-Info", "<http://www.example/>" },
		{ "Privately", "x" },
		{ "Viaduct", "x" },
		{ "P-Preferred", "x" },
		{ "P-Asserted", "x" },
		{ "!%*_+`'~.-", "token" },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;

		if (!ims_header_check(rows[i][0], rows[i][1], &error))
			fail_msg("%s", error->message);
	}
}

static void test_owned(void **state)
{
	static const char *const rows[] = {
		"Via",
		"v",
		"Route",
		"Record-Route",
		"Path",
		"Service-Route",
		"From",
		"f",
		"To",
		"t",
		"Contact",
		"m",
		"Call-ID",
		"i",
		"CSeq",
		"Max-Forwards",
		"Content-Length",
		"l",
		"Content-Type",
		"c",
		"Require",
		"Proxy-Require",
		"Supported",
		"k",
		"Expires",
		"Session-Expires",
		"x",
		"Event",
		"o",
		"Authorization",
		"Proxy-Authorization",
		"WWW-Authenticate",
		"Security-Client",
		"Security-Verify",
		"Security-Server",
		"P-Asserted-Identity",
		"P-Asserted-Service",
		"P-Preferred-Identity",
		"P-Preferred-Service",
		"P-Charging-Vector",
		"P-Charging-Function-Addresses",
		"P-Visited-Network-ID",
		"P-Access-Network-Info",
		"P-Associated-URI",
		"P-Called-Party-ID",
		"P-Served-User",
		"P-Profile-Key",
		"P-User-Database",
		"Feature-Caps",
		"Resource-Priority",
		"Cookie",
		"Replaces",
		"Refer-To",
		"r",
		"Identity",
		"Privacy",
		"Content-Encoding",
		"e",
		"RAck",
		"Join",
		"Diversion",
		"Remote-Party-ID",
		"RSeq",
		/* compact forms of Identity and Identity-Info (RFC 8224, RFC 4474) */
		"y",
		"n",
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *upper = g_ascii_strup(rows[i], -1);
		g_autofree char *lower = g_ascii_strdown(rows[i], -1);

		refused(rows[i], "x");
		refused(upper, "x");
		refused(lower, "x");
	}
}

/* REQ-101, REQ-103: what the network itself decides. */
static void test_allowed(void **state)
{
	g_autoptr(GPtrArray) some = g_ptr_array_new(), none = g_ptr_array_new();
	static const struct {
		const char *lines, *refused; /* name in the sentence; NULL: taken */
		gboolean emergency;
	} rows[] = {
		{ NULL, NULL, FALSE },
		{ "X-Page: 7", NULL, FALSE },
		{ "Alert-Info: <urn:alert:source:external>", NULL, FALSE },
		{ "alert-info: x", NULL, FALSE },
		{ "X-Page: 7\r\nHistory-Info: <sip:x@y>;index=1", "'History-Info'", FALSE },
		{ "WARNING: 399 x \"y\"", "'WARNING'", FALSE },
		{ "Geolocation: <https://lis.example/1>", "'Geolocation'", FALSE },
		{ "Geolocation-Routing: yes", "'Geolocation-Routing'", FALSE },
		{ "Geolocation: <https://lis.example/1>\r\nGeolocation-Routing: yes", NULL, TRUE },
		{ "Geolocation: x\r\nWarning: y", "'Warning'", TRUE },
	};

	(void)state;
	g_ptr_array_add(some, (char *)"Alert-Info");
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		gboolean taken = ims_header_check_allowed(rows[i].lines, some, rows[i].emergency, &error);

		assert_int_equal(taken, !rows[i].refused);
		if (!taken)
			assert_non_null(strstr(error->message, rows[i].refused));
	}
	assert_false(ims_header_check_allowed("Alert-Info: x", none, FALSE, NULL));
	assert_true(ims_header_is_allowed("X-Anything", none));
	assert_false(ims_header_is_allowed("Reason", none));
}

/* REQ-12, REQ-81: what a page never sees, whatever it asks for. */
static void test_kept(void **state)
{
	static const char *const kept[] = { "Via",
					    "v",
					    "Record-Route",
					    "Contact",
					    "P-Charging-Vector",
					    "P-Anything",
					    "p-asserted-identity",
					    "Geolocation",
					    "Content-Type",
					    "Require",
					    "Security-Server",
					    "Replaces",
					    "Feature-Caps" };
	static const char *const shown[] = { "X-Ticket",   "Alert-Info", "History-Info", "Subject",
					     "User-Agent", "Privately",  "Date" };

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(kept); i++)
		assert_true(ims_header_is_kept(kept[i]));
	for (gsize i = 0; i < G_N_ELEMENTS(shown); i++)
		assert_false(ims_header_is_kept(shown[i]));
}

static void test_names(void **state)
{
	static const char *const rows[] = { "",         " ",    "X Y",      " X",    "X ",   "X:",   "X\r\nY",
					    "X\nRoute", "X\tY", "X\x7f",    "(X)",   "X@Y",  "X\"",  "<X>",
					    "X;Y",      "X=Y",  "\xc3\xa4", "X\x01", "Via ", "Via:", ":Via" };

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		refused(rows[i], "x");
}

static void test_values(void **state)
{
	static const char *const rows[] = { "a\r\nRoute: <sip:evil>",
					    "a\nb",
					    "a\rb",
					    "\n",
					    "a\r\n",
					    "\r\n b",
					    "a\x01",
					    "a\x7f",
					    "a\x0b",
					    "a\x1b[0m" };

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		refused("X-Page", rows[i]);
}

static void test_length(void **state)
{
	g_autofree char *value = g_strnfill(IMS_HEADERS_MAX_BYTES - 1, 'a');
	g_autofree char *name = g_strnfill(IMS_HEADERS_MAX_BYTES, 'X');

	(void)state;
	refused("ZY", value);
	assert_true(ims_header_check("Z", value, NULL));
	refused(name, "1");
}

static void test_call_id(void **state)
{
	static const struct {
		const char *call_id;
		gboolean good;
	} rows[] = {
		{ "a84b4c76e66710", TRUE },
		{ "f81d4fae-7dec-11d0-a765-00a0c91e6bf6@foo.example", TRUE },
		{ "-.!%*_+`'~()<>:\\\"/[]?{}", TRUE },
		{ "a@b", TRUE },
		{ "", FALSE },
		{ "@", FALSE },
		{ "@b", FALSE },
		{ "a@", FALSE },
		{ "a@b@c", FALSE },
		{ "a@@b", FALSE },
		{ "a b", FALSE },
		{ "a;b", FALSE },
		{ "a,b", FALSE },
		{ "a\r\nRoute: b", FALSE },
		{ "a\n", FALSE },
		{ "\xc3\xa4", FALSE },
		{ "a\x7f", FALSE },
		{ "a=b", FALSE },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;

		if (ims_header_check_call_id("call", rows[i].call_id, &error) != rows[i].good)
			fail_msg("'%s'", rows[i].call_id);
		assert_true(rows[i].good != g_error_matches(error, IMS_ERROR, IMS_E_INVALID_ELEMENT));
	}
}

static void test_content_type(void **state)
{
	static const struct {
		const char *type;
		gboolean good;
	} rows[] = {
		{ "text/plain", TRUE },
		{ "application/vnd.3gpp.sms", TRUE },
		{ "text/plain;charset=UTF-8", TRUE },
		{ "text/plain; charset=\"utf-8\" ; format=flowed", TRUE },
		{ "multipart/mixed;boundary=\"a;\\\"b\"", TRUE },
		{ "", FALSE },
		{ "text", FALSE },
		{ "text/", FALSE },
		{ "/plain", FALSE },
		{ "text/plain;", FALSE },
		{ "text/plain;charset", FALSE },
		{ "text/plain;charset=\"utf-8", FALSE },
		{ "text/plain, text/html", FALSE },
		{ "text /plain", FALSE },
		{ "text/plain\r\nRoute: x", FALSE },
		{ "text/plain;a=\"\r\nRoute: x\"", FALSE },
		{ "text/plain\n", FALSE },
		{ "te\xc3\xa4xt/plain", FALSE },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;

		if (ims_header_check_content_type("message", rows[i].type, &error) != rows[i].good)
			fail_msg("'%s'", rows[i].type);
		assert_true(rows[i].good != g_error_matches(error, IMS_ERROR, IMS_E_INVALID_ELEMENT));
	}
}

static void test_join(void **state)
{
	static const char *const rows[][3] = {
		{ NULL, NULL, NULL },
		{ "", NULL, NULL },
		{ NULL, "", NULL },
		{ "", "", NULL },
		{ "A: 1", NULL, "A: 1" },
		{ "A: 1", "", "A: 1" },
		{ NULL, "B: 2", "B: 2" },
		{ "", "B: 2", "B: 2" },
		{ "A: 1", "B: 2", "A: 1\r\nB: 2" },
		{ "A: 1\r\nC: 3", "B: 2", "A: 1\r\nC: 3\r\nB: 2" },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *joined = ims_header_join(rows[i][0], rows[i][1]);

		if (g_strcmp0(joined, rows[i][2]) != 0)
			fail_msg("'%s' and '%s' became '%s'", rows[i][0] ? rows[i][0] : "NULL",
				 rows[i][1] ? rows[i][1] : "NULL", joined ? joined : "NULL");
	}
}

static void test_name_addr(void **state)
{
	static const char *const rows[][4] = {
		{ NULL, "sip:a@b", NULL, "<sip:a@b>" },
		{ NULL, "tel:+4930", "x1", "<tel:+4930>;tag=x1" },
		{ "Alice", "sip:a@b", "x1", "\"Alice\" <sip:a@b>;tag=x1" },
		{ "A \"B\" \\C", "sip:a@b", NULL, "\"A \\\"B\\\" \\\\C\" <sip:a@b>" },
		{ "Zo\xc3\xab\r\nX: 1\x7f", "sip:a@b", NULL, "\"Zo\xc3\xabX: 1\" <sip:a@b>" },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *made = ims_header_name_addr(rows[i][0], rows[i][1], rows[i][2]);

		assert_string_equal(made, rows[i][3]);
	}
}

static void test_routes(void **state)
{
	static char one[] = "sip:orig@192.0.2.1;lr", two[] = "sip:192.0.2.2:5070;lr";
	g_autoptr(GPtrArray) uris = g_ptr_array_new();
	g_autofree char *none = ims_header_routes(uris), *both = NULL;

	(void)state;
	assert_string_equal(none, "");
	g_ptr_array_add(uris, one);
	g_ptr_array_add(uris, two);
	both = ims_header_routes(uris);
	assert_string_equal(both, "<sip:orig@192.0.2.1;lr>, <sip:192.0.2.2:5070;lr>");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_taken),        cmocka_unit_test(test_owned),
		cmocka_unit_test(test_allowed),      cmocka_unit_test(test_kept),
		cmocka_unit_test(test_names),        cmocka_unit_test(test_values),
		cmocka_unit_test(test_length),       cmocka_unit_test(test_call_id),
		cmocka_unit_test(test_content_type), cmocka_unit_test(test_join),
		cmocka_unit_test(test_name_addr),    cmocka_unit_test(test_routes),
	};

	return cmocka_run_group_tests_name("test_ims_headers", tests, NULL, NULL);
}
