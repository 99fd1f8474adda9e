/* Who can be called, and who is an emergency service. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "base/ims_error.h"
#include "sip/ims_uri.h"

static void test_taken(void **state)
{
	static const struct {
		const char *text, *scheme, *user, *host;
		guint16 port;
	} rows[] = {
		{ "sip:alice@ims.example", "sip", "alice", "ims.example", 0 },
		{ "SIP:Alice@IMS.Example", "sip", "Alice", "ims.example",
		  0 }, /* only the user part has case */
		{ "sips:alice@ims.example:5061", "sips", "alice", "ims.example", 5061 },
		{ "sip:alice@ims.example:65535", "sip", "alice", "ims.example", 65535 },
		{ "sip:ims.example", "sip", NULL, "ims.example", 0 },
		{ "sip:alice@192.0.2.1:5062", "sip", "alice", "192.0.2.1", 5062 },
		{ "sip:alice@[2001:db8::1]:5062", "sip", "alice", "[2001:db8::1]", 5062 },
		{ "sip:alice@[2001:DB8::1]", "sip", "alice", "[2001:db8::1]", 0 },
		{ "sip:+49301234@ims.example;user=phone", "sip", "+49301234", "ims.example", 0 },
		{ "sip:7;phone-context=ims.example@ims.example;user=phone", "sip",
		  "7;phone-context=ims.example", "ims.example", 0 },
		{ "sip:a%20b@ims.example", "sip", "a%20b", "ims.example", 0 },
		{ "sip:alice@ims.example;transport=tcp;lr", "sip", "alice", "ims.example", 0 },
		/* Only begins like a parameter of the network's, and is the last: nothing behind it is read.
		 */
		{ "sip:alice@ims.example;cpcx=1", "sip", "alice", "ims.example", 0 },
		{ "sip:cpc@ims.example", "sip", "cpc", "ims.example", 0 },
		{ "tel:+49-30-1234", "tel", "+49-30-1234", NULL, 0 },
		{ "tel:+49(30)12.34", "tel", "+49(30)12.34", NULL, 0 },
		{ "TEL:911", "tel", "911", NULL, 0 },
		{ "tel:*21#", "tel", "*21#", NULL, 0 }, /* (REQ-87) */
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(ims_uri) uri = { 0 };
		g_autoptr(GError) error = NULL;

		if (!ims_uri_parse(rows[i].text, &uri, &error))
			fail_msg("%s: %s", rows[i].text, error->message);
		if (g_strcmp0(uri.scheme, rows[i].scheme) || g_strcmp0(uri.user, rows[i].user) ||
		    g_strcmp0(uri.host, rows[i].host) || uri.port != rows[i].port)
			fail_msg("%s became %s | %s | %s | %u", rows[i].text, uri.scheme,
				 uri.user ? uri.user : "-", uri.host ? uri.host : "-", uri.port);
	}
}

static void test_tel_parameters(void **state)
{
	g_auto(ims_uri) uri = { 0 };

	(void)state;
	assert_true(ims_uri_parse("tel:7042;phone-context=+4930", &uri, NULL));
	assert_string_equal(uri.scheme, "tel");
	assert_true(g_str_has_prefix(uri.user, "7042"));
	assert_null(uri.host);
}

/* Nothing is written then, and the message is printable whatever came in. Taken ones go to `taken`. */
static void refused(const char *text, GString *taken)
{
	ims_uri uri = { .port = 7 };
	g_autoptr(GError) error = NULL;

	if (ims_uri_parse(text, &uri, &error)) {
		g_string_append_printf(taken, "%s ", text);
		ims_uri_clear(&uri);
		return;
	}
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_INVALID_ADDRESS));
	assert_true(g_utf8_validate(error->message, -1, NULL));
	for (const char *at = error->message; *at; at++)
		assert_true(g_ascii_isprint(*at));
	assert_true(strlen(error->message) < 200);
	assert_null(uri.scheme);
	assert_int_equal(uri.port, 7);
}

static void test_refused(void **state)
{
	static const char *const rows[] = {
		"",
		" ",
		"alice",
		"alice@ims.example",
		"*",
		"sip",
		"sip:",
		"sip:@ims.example",
		"sip:alice@",
		"sip:alice@:5060",
		"sips:",
		"tel:",
		"tel:;phone-context=x",
		"tel:alice",
		"tel:+",
		"tel:---",
		"tel:123456789012345678901234567890123",
		"tel:12/34",
		"sip:alice@ims.example/path",
		"sip:alice@ims.example#part",
		"sip:+49301234@ims.example;cpc=operator",
		"sip:+49301234@ims.example;user=phone;oli=62",
		"sip:alice@ims.example;IOTL=homeA-homeB",
		"tel:+49301234;cpc=operator",
		"sip:alice@ims.example;x;cpc",
		"sip:+49301234;cpc=operator@ims.example;user=phone",
		"tel:12?x=y",
		"http://ims.example/",
		"https:alice@ims.example",
		"mailto:alice@ims.example",
		"im:alice@ims.example",
		"pres:alice@ims.example",
		"urn:service:counseling",
		"xyz:alice@ims.example",
		"javascript:alert(1)",
		"sip:alice@ims.example?Route=%3Csip:evil%3E",
		"sip:alice@ims.example?",
		"sip:alice:password@ims.example",
		"sip:alice@ims.example\r\nRoute: <sip:evil>",
		"sip:alice@ims.example\n",
		"sip:al\tice@ims.example",
		"sip:al ice@ims.example",
		" sip:alice@ims.example",
		"sip:alice@ims.example ",
		"<sip:alice@ims.example>",
		"\"Alice\" <sip:alice@ims.example>",
		"sip:alice@ims.example>;tag=1",
		"sip:alice@ims.example\x7f",
		"sip:alice@ims.example\x01",
		"\xff\xfe",
	};

	GString *taken = g_string_new(NULL);

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		refused(rows[i], taken);
	assert_string_equal(taken->str, "");
	g_string_free(taken, TRUE);
}

/* A port is 1 to 65535, or it is another one that is called. */
static void test_port(void **state)
{
	static const char *const rows[] = {
		"sip:alice@ims.example:65536",       "sip:alice@ims.example:70596",
		"sip:alice@ims.example:99999999999", "sip:alice@ims.example:0",
		"sip:alice@ims.example:sip",         "sip:alice@ims.example:-1",
		"sip:alice@ims.example:5060x",
	};

	GString *taken = g_string_new(NULL);

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		refused(rows[i], taken);
	assert_string_equal(taken->str, "");
	g_string_free(taken, TRUE);
}

static void test_length(void **state)
{
	g_auto(ims_uri) uri = { 0 };
	GString *text = g_string_new("sip:"), *taken = g_string_new(NULL);

	(void)state;
	while (text->len < 1024 - strlen("@ims.example"))
		g_string_append_c(text, 'a');
	g_string_append(text, "@ims.example");
	assert_int_equal(text->len, 1024);
	assert_true(ims_uri_parse(text->str, &uri, NULL));
	g_string_insert_c(text, 4, 'a');
	refused(text->str, taken);
	assert_string_equal(taken->str, "");
	g_string_free(taken, TRUE);
	g_string_free(text, TRUE);
}

static void test_clear(void **state)
{
	ims_uri uri = { 0 };

	(void)state;
	ims_uri_clear(&uri);
	assert_true(ims_uri_parse("sip:alice@ims.example:1", &uri, NULL));
	ims_uri_clear(&uri);
	ims_uri_clear(&uri);
	assert_null(uri.user);
	assert_int_equal(uri.port, 0);
}

/* REQ-103: whatever the spelling, nobody is left hanging on with an emergency. */
static void test_emergency(void **state)
{
	static const char *const numbers[] = { "112", "911", "*55" };
	static const struct {
		const char *text;
		gboolean is;
	} rows[] = {
		{ "urn:service:sos", TRUE },
		{ "URN:Service:SOS", TRUE },
		{ "urn:service:sos.police", TRUE },
		{ "<urn:service:sos>", TRUE },
		{ " urn:service:sos", TRUE },
		{ "urn:service:test.sos", TRUE },
		{ "urn:service:test.sos.fire", TRUE },
		{ "urn:service:sosumi", FALSE },
		{ "urn:service:counseling", FALSE },
		{ "urn:service:so", FALSE },
		{ "tel:112", TRUE },
		{ "TEL:112", TRUE },
		{ "tel:1-1-2", TRUE },
		{ "tel:(1)1.2", TRUE },
		{ "tel:112;phone-context=+49", TRUE },
		{ "tel:*55", TRUE },
		{ "sip:112@ims.example", TRUE },
		{ "sips:112@ims.example;user=phone", TRUE },
		{ "sip:112;phone-context=ims.example@ims.example;user=phone", TRUE },
		{ "<sip:112@ims.example>", TRUE },
		{ "sip:%31%31%32@ims.example", TRUE }, /* the same user (RFC 3261 19.1.4) */
		{ "sip:1%312@ims.example", TRUE },
		{ "sip:1%2D12@ims.example", TRUE },
		{ "sip:112?x=y", TRUE },
		{ "112", TRUE },
		{ "911", TRUE },
		{ "tel:1120", FALSE },
		{ "tel:0112", FALSE },
		{ "tel:+112", FALSE },
		{ "tel:11", FALSE },
		{ "tel:%", FALSE },
		{ "tel:112%", FALSE },
		{ "tel:112%3", FALSE },
		{ "tel:", FALSE },
		{ "", FALSE },
		{ ":", FALSE },
		{ "<", FALSE },
		{ "sip:alice@ims.example", FALSE },
		{ "sip:alice@112", FALSE },
		{ "sip:112alice@ims.example", FALSE },
	};
	g_autoptr(GPtrArray) list = g_ptr_array_new();

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(numbers); i++)
		g_ptr_array_add(list, (char *)numbers[i]);
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		if (ims_uri_is_emergency(rows[i].text, list) != rows[i].is)
			fail_msg("'%s' is %s", rows[i].text,
				 rows[i].is ? "not seen" : "taken for an emergency");
	g_ptr_array_set_size(list, 0);
	assert_false(ims_uri_is_emergency("tel:112", list));
	assert_true(ims_uri_is_emergency("urn:service:sos", list));
}

/* REQ-87: numbers as they are dialled, and local ones, which need their context. */
static void test_target(void **state)
{
	static const char *const rows[][2] = {
		{ "sip:bob@ims.example", "sip:bob@ims.example" },
		{ "sips:bob@ims.example;x=y", "sips:bob@ims.example;x=y" },
		{ "sip:12345@ims.example;user=phone", "sip:12345@ims.example;user=phone" },
		{ "sip:12345;phone-context=a.example@ims.example;user=phone",
		  "sip:12345;phone-context=a.example@ims.example;user=phone" },
		{ "tel:+49301234", "tel:+49301234" },
		{ "tel:+49-30-12(34)", "tel:+49301234" },
		{ "tel:12345", "tel:12345;phone-context=ims.example" },
		{ "tel:12345;isub=7", "tel:12345;isub=7;phone-context=ims.example" },
		{ "tel:12345;phone-context=+49", "tel:12345;phone-context=+49" },
		{ "tel:12345;PHONE-CONTEXT=a.example", "tel:12345;PHONE-CONTEXT=a.example" },
		{ "TEL:*21#", "tel:*21%23;phone-context=ims.example" },
		{ "tel:*21%23", "tel:*21%23;phone-context=ims.example" },
		{ "+49301234", "tel:+49301234" },
		{ "+49 (30) 12-3.4", "tel:+49301234" },
		{ "030 1234", "tel:0301234;phone-context=ims.example" },
		{ "5", "tel:5;phone-context=ims.example" },
		{ "*#06#", "tel:*%2306%23;phone-context=ims.example" },
	};
	static const char *const wrong[] = {
		"",
		"+",
		"-",
		"( )",
		"++49",
		"49+30",
		"12/34",
		"0x12",
		"12a",
		"bob",
		"12;x=y",
		"<12>",
		"12@x",
		"tel:12%2",
		"tel:%",
		"tel:12%0a34",
		"tel:1 2",
		"12\r\n34",
		"12345678901234567890123456789012345",
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		g_autofree char *target = ims_uri_target(rows[i][0], "ims.example", &error);

		if (g_strcmp0(target, rows[i][1]) != 0)
			fail_msg("'%s': '%s' %s", rows[i][0], target ? target : "",
				 error ? error->message : "");
	}
	for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
		g_autoptr(GError) error = NULL;

		assert_null(ims_uri_target(wrong[i], "ims.example", &error));
		assert_true(g_error_matches(error, IMS_ERROR, IMS_E_INVALID_ADDRESS));
	}
}

/* REQ-103: no way to write an emergency number makes it a target that is not seen as one. */
static void test_target_is_screened(void **state)
{
	static char number[] = "112";
	static const char *const texts[] = { "112",           "1 1 2",
					     "(11)2",         "1-1.2",
					     "tel:112",       "tel:1-1-2",
					     "tel:%31%31%32", "tel:112;phone-context=x.example" };
	g_autoptr(GPtrArray) numbers = g_ptr_array_new();

	(void)state;
	g_ptr_array_add(numbers, number);
	for (gsize i = 0; i < G_N_ELEMENTS(texts); i++) {
		g_autofree char *target = ims_uri_target(texts[i], "ims.example", NULL);

		assert_true(ims_uri_is_emergency(texts[i], numbers));
		assert_non_null(target);
		assert_true(ims_uri_is_emergency(target, numbers));
	}
}

static void test_parameters(void **state)
{
	static const struct {
		const char *name, *value;
		gboolean taken;
	} rows[] = {
		{ "pn-provider", "acme", TRUE },
		{ "pn-prid", "a%2Fb:c[1]/$", TRUE },
		{ "flag", "", TRUE },
		{ "lrx", "1", TRUE },
		{ "", "1", FALSE },
		{ "a b", "1", FALSE },
		{ "a", "1;b=2", FALSE },
		{ "a", "1>", FALSE },
		{ "a", "\"1\"", FALSE },
		{ "a", "1@b", FALSE },
		{ "a", "1\r\nRoute: x", FALSE },
		{ "a=1", "", FALSE },
		{ "a", "%2", FALSE },
		{ "a", "%zz", FALSE },
		{ "a", "\xc3\xa4", FALSE },
		{ "lr", "", FALSE },
		{ "Transport", "tcp", FALSE },
		{ "OB", "", FALSE },
		{ "maddr", "192.0.2.1", FALSE },
		{ "gr", "x", FALSE },
		{ "cpc", "operator", FALSE },
	};
	g_autofree char *long_value = g_strnfill(256, 'x');

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GError) error = NULL;
		gboolean taken =
			ims_uri_check_parameter("contact_params", rows[i].name, rows[i].value, &error);

		if (taken != rows[i].taken)
			fail_msg("%s=%s", rows[i].name, rows[i].value);
		if (!taken)
			assert_true(g_str_has_prefix(error->message, "contact_params: '"));
	}
	assert_false(ims_uri_check_parameter("contact_params", "a", long_value, NULL));
}

static void test_urn(void **state)
{
	static const struct {
		const char *text;
		gboolean is;
	} rows[] = {
		{ "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6", TRUE },
		{ "URN:UUID:1", TRUE },
		{ "urn:gsma:imei:90420156-025763-0", TRUE },
		{ "urn:a-1:x", TRUE },
		{ "urn:a01234567890123456789012345678901:x", FALSE }, /* 33 letters */
		{ "", FALSE },
		{ "urn:", FALSE },
		{ "urn::x", FALSE },
		{ "urn:x:1", FALSE },
		{ "urn:-x:1", FALSE },
		{ "urn:x-:1", FALSE },
		{ "urn:x.y:1", FALSE },
		{ "urn:uuid", FALSE },
		{ "urn:uuid:", FALSE },
		{ "uuid:1", FALSE },
		{ " urn:uuid:1", FALSE },
		{ "<urn:uuid:1>", FALSE },
		{ "urn:uuid:1\"", FALSE },
		{ "urn:uuid:1\\", FALSE },
		{ "urn:uuid:1;q=1", FALSE },
		{ "urn:uuid:1,2", FALSE },
		{ "urn:uuid:1?=x", FALSE },
		{ "urn:uuid:1#x", FALSE },
		{ "urn:uuid:\xc3\xa4", FALSE },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		if (ims_uri_is_urn(rows[i].text) != rows[i].is)
			fail_msg("%s", rows[i].text);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_taken),     cmocka_unit_test(test_tel_parameters),
		cmocka_unit_test(test_refused),   cmocka_unit_test(test_port),
		cmocka_unit_test(test_length),    cmocka_unit_test(test_clear),
		cmocka_unit_test(test_emergency), cmocka_unit_test(test_parameters),
		cmocka_unit_test(test_target),    cmocka_unit_test(test_target_is_screened),
		cmocka_unit_test(test_urn),
	};

	return cmocka_run_group_tests_name("test_ims_uri", tests, NULL, NULL);
}
