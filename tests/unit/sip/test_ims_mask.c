/* What of a SIP message somebody may see. */
#define _GNU_SOURCE
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "sip/ims_mask.h"

static const ims_pseudonym_key key;
static char *known_uris[] = { (char *)"sip:alice@ims.example", (char *)"tel:+4930123456" };
static const GPtrArray known = { .pdata = (gpointer *)known_uris, .len = 2 };
static char *own_hosts[] = { (char *)"192.0.2.1", (char *)"2001:db8::1" };
static const GPtrArray own = { .pdata = (gpointer *)own_hosts, .len = 2 };

static char *shown(const char *message, gboolean for_operator)
{
	return ims_mask_message(message, strlen(message),
				&(ims_mask_view){ for_operator, &known, &own, &key });
}

/* The rest of a header line, or of the first one, as it is shown. */
static void assert_shown(const char *line, const char *for_page, const char *for_operator)
{
	g_autofree char *message = g_strdup_printf("INVITE tel:+4930123456 SIP/2.0\r\n%s\r\n\r\n", line);

	for (int i = 0; i < 2; i++) {
		const char *wanted = i ? for_operator : for_page;
		g_autofree char *whole =
			g_strdup_printf("INVITE tel:+4930123456 SIP/2.0\r\n%s\r\n\r\n", wanted);
		g_autofree char *got = shown(message, i);

		assert_string_equal(got, whole);
	}
}

static void test_secrets(void **state)
{
	static const char *const lines[][2] = {
		{ "Authorization: Digest username=\"a\", response=\"geheim\"", "Authorization: Digest ***" },
		{ "Proxy-Authorization: Bearer geheim", "Proxy-Authorization: Bearer ***" },
		{ "authorization:geheim", "authorization: ***" },
		{ "WWW-Authenticate: Digest nonce=\"geheim\"", "WWW-Authenticate: Digest ***" },
		{ "Authentication-Info: rspauth=\"geheim\"", "Authentication-Info: ***" },
		{ "X-Token: geheim", "X-Token: ***" },
		{ "Subject: geheim", "Subject: ***" },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(lines); i++)
		assert_shown(lines[i][0], lines[i][1], lines[i][1]);
}

static void test_identities(void **state)
{
	(void)state;
	assert_shown("From: \"Alice\" <sip:alice@ims.example>;tag=1",
		     "From: \"Alice\" <sip:alice@ims.example>;tag=1",
		     "From: \"Alice\" <sip:alice@ims.example>;tag=1");
	assert_shown("From: sip:alice@ims.example;tag=1", "From: sip:alice@ims.example;tag=1",
		     "From: sip:alice@ims.example;tag=1");
	assert_shown("From: \"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=1",
		     "From: <sip:anonymous@anonymous.invalid>;tag=1",
		     "From: \"Anonymous\" <sip:anonymous@anonymous.invalid>;tag=1");
}

static void test_others(void **state)
{
	g_autofree char *text =
		shown("BYE sip:carol@10.0.0.7:5070;line=9 SIP/2.0\r\n"
		      "t: \"Carol, <the> one\" <sip:carol@core.example;gr=x>;tag=2\r\n"
		      "P-Asserted-Identity: \"Carol\" <sip:carol@core.example>, <tel:+4930123456>\r\n"
		      "History-Info: <sip:carol@core.example?Reason=x>;index=1\r\n\r\n",
		      FALSE);
	const char *pseudonym = strstr(text, "user-");

	(void)state;
	assert_null(strcasestr(text, "carol"));
	assert_null(strstr(text, "core.example"));
	assert_null(strstr(text, "10.0.0.7"));
	assert_null(strstr(text, "line=9"));
	assert_non_null(strstr(text, ";tag=2"));
	assert_non_null(strstr(text, "<tel:+4930123456>"));
	assert_non_null(strstr(text, ";index=1"));
	/* The same one everywhere: from the second on. */
	pseudonym = strstr(pseudonym + 1, "user-");
	assert_memory_equal(pseudonym, strstr(pseudonym + 1, "user-"), strlen("user-12345678"));
}

static void test_topology(void **state)
{
	(void)state;
	assert_shown("Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKa;received=10.0.0.9;rport=5",
		     "Via: SIP/2.0/UDP edge;branch=z9hG4bKa",
		     "Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKa;received=10.0.0.9;rport=5");
	assert_shown("v: SIP/2.0/TCP [2001:db8::1]:5060;branch=z9hG4bKb",
		     "v: SIP/2.0/TCP edge;branch=z9hG4bKb",
		     "v: SIP/2.0/TCP [2001:db8::1]:5060;branch=z9hG4bKb");
	assert_shown("Via: SIP/2.0/UDP scscf.core.example;branch=x", "Via: SIP/2.0/UDP core;branch=x",
		     "Via: SIP/2.0/UDP scscf.core.example;branch=x");
	/* A flow token is a key, to operators too. */
	assert_shown("Route: <sip:geheim@192.0.2.1:5060;lr>, <sip:x@scscf.core.example;lr>",
		     "Route: <sip:edge;lr>, <sip:core;lr>",
		     "Route: <sip:***@192.0.2.1:5060;lr>, <sip:x@scscf.core.example;lr>");
	assert_shown("Contact: <sip:geheim@192.0.2.1:5060;transport=udp>;expires=60",
		     "Contact: <sip:***@edge>;expires=60",
		     "Contact: <sip:***@192.0.2.1:5060;transport=udp>;expires=60");
	assert_shown("Warning: 399 scscf.core.example \"no\"", "Warning: 399 core \"no\"",
		     "Warning: 399 scscf.core.example \"no\"");
	assert_shown("Call-ID: 1a@10.0.0.9", "Call-ID: 1a@core", "Call-ID: 1a@10.0.0.9");
	assert_shown("Call-ID: abc.10.0.0.9:5", "Call-ID: abc.core:5", "Call-ID: abc.10.0.0.9:5");
	assert_shown("To: <sip:alice@ims.example>;tag=10.0.0.9-1", "To: <sip:alice@ims.example>;tag=core-1",
		     "To: <sip:alice@ims.example>;tag=10.0.0.9-1");
	assert_shown("Server: node 7", "Server: ***", "Server: node 7");
}

#define SDP_HEADERS "Content-Type: application/sdp;charset=x\r\n\r\n"

static void test_bodies(void **state)
{
	g_autofree char *sdp = shown(
		"SIP/2.0 200 OK\r\n" SDP_HEADERS "v=0\r\no=- 1 1 IN IP4 192.0.2.1\r\nc=IN IP6 fd00:77::5\r\n"
		"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:geheim|2^20\r\na=crypto:geheim\r\n"
		"k=clear:geheim\r\na=ice-pwd:geheim\r\na=rtpmap:0 PCMU/8000\r\n",
		FALSE);
	g_autofree char *text =
		shown("MESSAGE sip:x SIP/2.0\r\nContent-Type: text/plain\r\n\r\ngeheim", TRUE);

	(void)state;
	assert_string_equal(sdp,
			    "SIP/2.0 200 OK\r\n" SDP_HEADERS "v=0\r\no=- 1 1 IN IP4 edge\r\nc=IN IP6 core\r\n"
			    "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:***\r\na=crypto:***\r\n"
			    "k=***\r\na=ice-pwd:***\r\na=rtpmap:0 PCMU/8000\r\n");
	assert_string_equal(text, "MESSAGE sip:x SIP/2.0\r\nContent-Type: text/plain\r\n\r\n(6 bytes)\r\n");
}

/* What a peer sends may be anything. */
static void test_odd(void **state)
{
	static const char *const odd[] = { "",
					   "\r\n",
					   "\n",
					   "x",
					   "INVITE",
					   "INVITE  SIP/2.0\r\nVia",
					   ":\r\n",
					   "a\r\n :\r\n",
					   "a\r\nFrom:",
					   "a\r\nFrom: <",
					   "a\r\nFrom: \"\\",
					   "a\r\nVia: [",
					   "a\r\nRoute: <,>,<",
					   "a\r\nTo: >;;;=,",
					   "a\r\nc:\r\n\r\n\r\n" };

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(odd); i++)
		for (int kind = 0; kind < 2; kind++) {
			g_autofree char *text = shown(odd[i], kind);

			assert_true(g_str_has_suffix(text, "\r\n"));
		}
}

/* A line that is folded is one line: what is secret in it does not stand on another. */
static void test_folded(void **state)
{
	(void)state;
	assert_shown("X-Token: a\r\n geheim\r\n\tgeheim", "X-Token: ***", "X-Token: ***");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_secrets), cmocka_unit_test(test_identities),
		cmocka_unit_test(test_others),  cmocka_unit_test(test_topology),
		cmocka_unit_test(test_bodies),  cmocka_unit_test(test_odd),
		cmocka_unit_test(test_folded),
	};

	return cmocka_run_group_tests_name("test_ims_mask", tests, NULL, NULL);
}
