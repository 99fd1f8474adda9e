/* The forms of strings: what is taken, what it becomes, what is refused. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "config/internal.h"

#define SAME(value) value, value
#define REFUSED NULL

typedef struct {
	const char *value, *becomes;
} row;

static void run(ims_config_check check, const row *rows, gsize count)
{
	for (gsize i = 0; i < count; i++) {
		g_autofree char *became = check(rows[i].value);

		if (g_strcmp0(became, rows[i].becomes) != 0)
			fail_msg("'%s' became '%s', not '%s'", rows[i].value, became ? became : "refused",
				 rows[i].becomes ? rows[i].becomes : "refused");
	}
}

/* REQ-143 compares them as text, so each has one form. */
static void test_address(void **state)
{
	static const row rows[] = {
		{ SAME("192.0.2.1") },
		{ SAME("127.0.0.1") },
		{ SAME("223.255.255.255") },
		{ SAME("2001:db8::1") },
		{ SAME("::1") },
		{ "2001:0DB8:0:0:0:0:0:1", "2001:db8::1" },
		{ "", REFUSED },
		{ "0.0.0.0", REFUSED },
		{ "::", REFUSED },
		{ "224.0.0.1", REFUSED },
		{ "255.255.255.255", REFUSED },
		{ "ff02::1", REFUSED },
		{ "::ffff:192.0.2.1", REFUSED },
		{ "fe80::1%eth0", REFUSED },
		{ "192.0.2", REFUSED },
		{ "192.0.2.256", REFUSED },
		{ "192.0.2.01", REFUSED },
		{ " 192.0.2.1", REFUSED },
		{ "192.0.2.1:5060", REFUSED },
		{ "[2001:db8::1]", REFUSED },
		{ "localhost", REFUSED },
	};

	(void)state;
	run(ims_config_check_address, rows, G_N_ELEMENTS(rows));
}

static void test_entry_point(void **state)
{
	static const struct {
		const char *value, *host;
		guint16 port;
		const char *transport;
	} rows[] = {
		{ "192.0.2.1", "192.0.2.1", 0, NULL },
		{ "192.0.2.1:1", "192.0.2.1", 1, NULL },
		{ "192.0.2.1:65535", "192.0.2.1", 65535, NULL },
		{ "2001:db8::1", "2001:db8::1", 0, NULL },
		{ "::1", "::1", 0, NULL },
		{ "[2001:DB8::1]", "2001:db8::1", 0, NULL },
		{ "[2001:db8::1]:5070", "2001:db8::1", 5070, NULL },
		{ "2001:db8::1:5070", "2001:db8::1:5070", 0, NULL }, /* an address, as it reads */
		{ "[2001:db8::1]:5070;transport=tls", "2001:db8::1", 5070, "tls" },
		{ "192.0.2.1;transport=tcp", "192.0.2.1", 0, "tcp" },
		{ "icscf.ims.example", "icscf.ims.example", 0, NULL },
		{ "ICSCF", "icscf", 0, NULL },
		{ "icscf.ims.example:5070;transport=udp", "icscf.ims.example", 5070, "udp" },
		{ "1.ims.example", "1.ims.example", 0, NULL },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *kept = ims_config_check_entry_point(rows[i].value);
		ims_config_entry entry = { .port = 77 };

		assert_true(ims_config_split_entry_point(rows[i].value, &entry));
		assert_string_equal(entry.host, rows[i].host);
		assert_int_equal(entry.port, rows[i].port);
		assert_int_equal(g_strcmp0(entry.transport, rows[i].transport), 0);
		assert_string_equal(kept, rows[i].value);
		g_free(entry.host);
	}
}

static void test_server(void **state)
{
	static const row rows[] = {
		{ "192.0.2.53", "192.0.2.53" },
		{ "192.0.2.53:5353", "192.0.2.53:5353" },
		{ "[2001:db8::53]:5353", "[2001:db8::53]:5353" },
		{ "ns.example", REFUSED },
		{ "192.0.2.53;transport=tcp", REFUSED },
		{ "192.0.2.53,192.0.2.54", REFUSED },
		{ "", REFUSED },
	};

	(void)state;
	run(ims_config_check_server, rows, G_N_ELEMENTS(rows));
}

static void test_user_or_none(void **state)
{
	static const row rows[] = {
		{ "", "" },
		{ "sip:conference@ims.example", "sip:conference@ims.example" },
		{ "sip:+4930(1)%20@IMS.example", "sip:+4930(1)%20@IMS.example" },
		{ "sips:a@ims.example", NULL },
		{ "tel:+4930", NULL },
		{ "conference@ims.example", NULL },
		{ "sip:ims.example", NULL },
		{ "sip:@ims.example", NULL },
		{ "sip:a@", NULL },
		{ "sip:a@b@ims.example", NULL },
		{ "sip:a b@ims.example", NULL },
		{ "sip:a@ims.example>;x", NULL },
		{ "sip:a@ims.example:5060", NULL },
	};

	(void)state;
	run(ims_config_check_user_or_none, rows, G_N_ELEMENTS(rows));
}

static void test_tls_proxy(void **state)
{
	static const row rows[] = {
		{ "", "" },
		{ "127.0.0.1:5071", "127.0.0.1:5071" },
		{ "[::1]:5071", "[::1]:5071" },
		{ "127.0.0.1", REFUSED },
		{ "proxy.example:5071", REFUSED },
		{ "127.0.0.1:5071;transport=tls", REFUSED },
	};

	(void)state;
	run(ims_config_check_tls_proxy, rows, G_N_ELEMENTS(rows));
}

static void test_turn_url(void **state)
{
	static const row rows[] = {
		{ "turn:192.0.2.30", "turn:192.0.2.30" },
		{ "turn:turn.ims.example:3478?transport=udp", "turn:turn.ims.example:3478?transport=udp" },
		{ "turns:turn.ims.example?transport=tcp", "turns:turn.ims.example?transport=tcp" },
		{ "turn:[2001:db8::30]:3478", "turn:[2001:db8::30]:3478" },
		{ "turn:", REFUSED },
		{ "turn:turn.ims.example:0", REFUSED },
		{ "turn:turn.ims.example?transport=sctp", REFUSED },
		{ "turn:turn.ims.example;transport=udp", REFUSED },
		{ "turn://turn.ims.example", REFUSED },
		{ "turn:user@turn.ims.example", REFUSED },
		{ "stun:turn.ims.example", REFUSED },
		{ "TURN", REFUSED },
		{ "", REFUSED },
	};

	(void)state;
	run(ims_config_check_turn_url, rows, G_N_ELEMENTS(rows));
}

static void test_log(void **state)
{
	static const row rows[] = {
		{ "", "" },
		{ "/var/log/janus/ims-audit.log", "/var/log/janus/ims-audit.log" },
		{ "ims-audit.log", REFUSED },
		{ "./ims-audit.log", REFUSED },
	};

	(void)state;
	run(ims_config_check_log, rows, G_N_ELEMENTS(rows));
}

static void test_entry_point_refused(void **state)
{
	static const char *const rows[] = {
		"",
		":",
		":5060",
		"192.0.2.1:",
		"192.0.2.1:0",
		"192.0.2.1:65536",
		"192.0.2.1:+1",
		"192.0.2.1: 1",
		"192.0.2.1:5060x",
		"192.0.2.1:5060:5060",
		"[192.0.2.1]",
		"[192.0.2.1]:5060",
		"[2001:db8::1",
		"[2001:db8::1]:",
		"[2001:db8::1]5060",
		"2001:db8::1]:5060",
		"[[2001:db8::1]]",
		"[]",
		"[]:5060",
		"icscf..example",
		"icscf.ims.example:",
		"icscf.ims.example:0",
		"icscf.ims.example ",
		"icscf.ims.example;",
		"icscf.ims.example;transport=",
		"icscf.ims.example;transport=sctp",
		"icscf.ims.example;transport=tcp;x=1",
		"icscf.ims.example;lr",
		"-icscf.example",
		"10.1",
		"192.0.2",
		"192.0.2.256",
		"ims.2",
		"sip:icscf.example",
		"a@icscf.example",
		"sip:192.0.2.1",
		"192.0.2.1/24",
		"0.0.0.0:5060",
		"[::]:5060",
		"192.0.2.1:99999999999999999999",
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		ims_config_entry entry = { .port = 77 };

		if (ims_config_split_entry_point(rows[i], &entry))
			fail_msg("'%s' was taken", rows[i]);
		assert_null(entry.host);
		assert_int_equal(entry.port, 77);
		assert_null(ims_config_check_entry_point(rows[i]));
	}
}

#define LABEL63 "a23456789012345678901234567890123456789012345678901234567890123"

static void test_domain(void **state)
{
	static const row rows[] = {
		{ SAME("ims.example") },
		{ SAME("ims.mnc001.mcc001.3gppnetwork.org") },
		{ "IMS.Example", "ims.example" }, /* clients and the core write it as they like */
		{ SAME("lab") },
		{ SAME("a-b.c") },
		{ SAME(LABEL63 ".x") },
		{ "", REFUSED },
		{ ".", REFUSED },
		{ "ims.example.", REFUSED },
		{ ".ims.example", REFUSED },
		{ "ims..example", REFUSED },
		{ "-ims.example", REFUSED },
		{ "ims-.example", REFUSED },
		{ "ims_1.example", REFUSED },
		{ "ims example", REFUSED },
		{ "ims.example;lr", REFUSED },
		{ "sip:ims.example", REFUSED },
		{ "ims.example:5060", REFUSED },
		{ "zürich.example", REFUSED },
		{ LABEL63 "4", REFUSED },
		{ LABEL63 "." LABEL63 "." LABEL63 "." LABEL63, REFUSED },
	};

	(void)state;
	run(ims_config_check_domain, rows, G_N_ELEMENTS(rows));
}

static void test_quotable(void **state)
{
	g_autofree char *longest = g_strnfill(255, 'x');
	g_autofree char *longer = g_strnfill(256, 'x');
	const row rows[] = {
		{ SAME("Visited Network #1") },
		{ longest, longest },
		{ longer, REFUSED },
		{ "", REFUSED },
		{ "a\"b", REFUSED },
		{ "a\\b", REFUSED },
		{ "a\r\nb", REFUSED },
		{ "Zürich", REFUSED },
	};

	(void)state;
	run(ims_config_check_quotable, rows, G_N_ELEMENTS(rows));
}

static void test_emergency_number(void **state)
{
	static const row rows[] = {
		{ SAME("112") },
		{ SAME("08") },
		{ SAME("*1#") },
		{ SAME("12345678901234567890") },
		{ "123456789012345678901", REFUSED },
		{ "", REFUSED },
		{ "+112", REFUSED },
		{ "1 12", REFUSED },
		{ "tel:112", REFUSED },
	};

	(void)state;
	run(ims_config_check_emergency_number, rows, G_N_ELEMENTS(rows));
}

/* REQ-10; the grammar is contact-params of RFC 3261 25.1. */
static void test_feature_tag(void **state)
{
	static const row rows[] = {
		{ SAME("audio") },
		{ SAME("+g.3gpp.icsi-ref=\"urn%3Aurn-7%3A3gpp-service.ims.icsi.mmtel\"") },
		{ SAME("+g.x=token-1.!%*_+`'~") },
		{ SAME("+g.x=\"a,b;c=d \\\"e\\\" \\\\\"") },
		{ SAME("+g.x=\"\"") },
		{ SAME("+sip.instances=x") },
		{ SAME("qq") },
		{ "", REFUSED },
		{ " audio", REFUSED },
		{ "audio ", REFUSED },
		{ "audio,video", REFUSED },
		{ "audio;video", REFUSED },
		{ "audio>,<sip:x@y", REFUSED },
		{ "=x", REFUSED },
		{ "+g.x=", REFUSED },
		{ "+g.x=a=b", REFUSED },
		{ "+g.x=a,b", REFUSED },
		{ "+g.x=\"a", REFUSED },
		{ "+g.x=\"a\\\"", REFUSED },
		{ "+g.x=\"a\\", REFUSED },
		{ "+g.x=\"a\"b", REFUSED },
		{ "+g.x=\"a\",b", REFUSED },
		{ "+g.x=\"a\r\nRoute: <sip:x>\"", REFUSED },
		{ "+g.x=\"a\\\n\"", REFUSED },
		{ "audio\r\n", REFUSED },
		{ "\"audio\"", REFUSED },
		{ "zürich", REFUSED },
		{ "+sip.instance=\"<urn:uuid:0>\"", REFUSED },
		{ "+SIP.Instance", REFUSED },
		{ "reg-id=2", REFUSED },
		{ "Expires=0", REFUSED },
		{ "q=0.1", REFUSED },
	};

	(void)state;
	run(ims_config_check_feature_tag, rows, G_N_ELEMENTS(rows));
}

/* REQ-09: sent as configured; REQ-08: network-provided is the edge's to say. */
static void test_access_network_info(void **state)
{
	static const row rows[] = {
		{ SAME("") },
		{ SAME("IEEE-802.11") },
		{ SAME("3GPP-E-UTRAN-FDD;utran-cell-id-3gpp=234151D0FCE11") },
		{ SAME("IEEE-802.11;i-wlan-node-id=\"a;network-provided\";x") },
		{ SAME("IEEE-802.11;network-provided-x") },
		{ "IEEE-802.11;network-provided", REFUSED },
		{ "IEEE-802.11;x=1;Network-Provided", REFUSED },
		{ "IEEE-802.11;network-provided=1", REFUSED },
		{ ";x", REFUSED },
		{ "IEEE-802.11;", REFUSED },
		{ "IEEE-802.11;x=", REFUSED },
		{ "IEEE-802.11;x=\"a", REFUSED },
		{ "IEEE-802.11 ;x", REFUSED },
		{ "IEEE-802.11,IEEE-802.3", REFUSED },
		{ "IEEE-802.11\r\nRoute: x", REFUSED },
	};

	(void)state;
	run(ims_config_check_access_network_info, rows, G_N_ELEMENTS(rows));
}

static void test_hosts(void **state)
{
	static const row rows[] = {
		{ SAME("192.0.2.5") },
		{ SAME("10.1.0.0/16") },
		{ SAME("0.0.0.0/0") },
		{ SAME("2001:db8::/32") },
		{ "2001:DB8::1", "2001:db8::1" },
		{ "", REFUSED },
		{ "10.1.0.1/16", REFUSED }, /* a host, or its network? */
		{ "10.1.0.0/33", REFUSED },
		{ "10.1.0.0/", REFUSED },
		{ "recorder.ims.example", REFUSED },
		{ "192.0.2.5:5002", REFUSED },
	};

	(void)state;
	run(ims_config_check_hosts, rows, G_N_ELEMENTS(rows));
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_address),
		cmocka_unit_test(test_entry_point),
		cmocka_unit_test(test_entry_point_refused),
		cmocka_unit_test(test_server),
		cmocka_unit_test(test_user_or_none),
		cmocka_unit_test(test_tls_proxy),
		cmocka_unit_test(test_turn_url),
		cmocka_unit_test(test_hosts),
		cmocka_unit_test(test_log),
		cmocka_unit_test(test_domain),
		cmocka_unit_test(test_quotable),
		cmocka_unit_test(test_emergency_number),
		cmocka_unit_test(test_feature_tag),
		cmocka_unit_test(test_access_network_info),
	};

	return cmocka_run_group_tests_name("test_ims_config_check", tests, NULL, NULL);
}
