/* The file as an operator writes it, right and wrong. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include <unistd.h>
#include <glib/gstdio.h>
#include "base/ims_error.h"
#include "config/ims_config.h"

#define SIP "sip: { address = \"192.0.2.10\" }\n"
#define HOME_KEYS "domain = \"ims.example\"; entry_point = \"192.0.2.20\"; "
#define NETWORKS "networks: { home: { " HOME_KEYS "} }\n"
#define MINIMAL SIP NETWORKS
#define GENERAL(keys) "general: { " keys " }\n" MINIMAL
#define SIP_AND(keys) "sip: { address = \"192.0.2.10\"; " keys " }\n" NETWORKS
#define MEDIA(keys) "media: { " keys " }\n" MINIMAL
#define HOME(keys) SIP "networks: { home: { " HOME_KEYS keys " } }\n"

static ims_config *parse(const char *text)
{
	g_autoptr(GError) error = NULL;
	ims_config *config = ims_config_parse(text, "f", &error);

	if (!config)
		fail_msg("refused: %s", error->message);
	return config;
}

static void assert_strings(const GPtrArray *have, const char *const *want)
{
	guint count = g_strv_length((char **)want);

	assert_int_equal(have->len, count);
	for (guint i = 0; i < count; i++)
		assert_string_equal(have->pdata[i], want[i]);
}

/* ---- good files ---- */

static void test_defaults(void **state)
{
	g_autoptr(ims_config) config = parse(MINIMAL);

	(void)state;
	assert_false(config->lab || config->strict_api || config->allow_client_proxy ||
		     config->allow_plain_aka);
	assert_true(config->events);
	assert_int_equal(config->w2, IMS_W2_TLS);
	assert_int_equal(config->reclaim_s, 10);
	assert_int_equal(config->challenge_timeout_s, 30);
	assert_int_equal(config->ring_timeout_s, 180);
	assert_int_equal(config->shutdown_s, 5);
	assert_int_equal(config->limits.max_registrations, 0);
	assert_int_equal(config->limits.max_calls, 0);
	assert_int_equal(config->gateway_threads, 16);
	assert_string_equal(config->sip.address, "192.0.2.10");
	assert_string_equal(config->sip.public_address, "192.0.2.10");
	assert_int_equal(config->sip.port, 5060);
	assert_int_equal(config->sip.sip_t1_ms, 500);
	assert_string_equal(config->media.address, "192.0.2.10");
	assert_string_equal(config->media.public_address, "192.0.2.10");
	assert_int_equal(config->media.port_min, 20000);
	assert_int_equal(config->media.port_max, 29999);
	assert_int_equal(config->networks->len, 1);
}

static void test_network_defaults(void **state)
{
	g_autoptr(ims_config) config = parse(MINIMAL);
	const ims_network *home = config->networks->pdata[0];

	(void)state;
	assert_string_equal(home->name, "home");
	assert_string_equal(home->domain, "ims.example");
	assert_int_equal(home->role, IMS_ROLE_EDGE);
	assert_string_equal(home->entry_point, "192.0.2.20");
	assert_string_equal(home->entry_host, "192.0.2.20");
	assert_int_equal(home->entry_port, 0);
	assert_string_equal(home->entry_uri, "sip:192.0.2.20");
	assert_strings(home->core_addresses, (const char *[]){ "192.0.2.20", NULL });
	assert_string_equal(home->visited_network_id, "ims.example");
	assert_string_equal(home->visited_network_name, "ims.example");
	assert_null(home->access_network_info);
	assert_true(home->integrity_quoted);
	assert_true(home->reg_event);
	assert_true(home->gruu);
	assert_int_equal(home->register_expires_s, 600000);
	assert_strings(home->emergency_numbers,
		       (const char *[]){ "112", "911", "999", "110", "118", "119", "000", "08", NULL });
	assert_strings(home->feature_tags,
		       (const char *[]){ "+g.3gpp.icsi-ref=\"urn%3Aurn-7%3A3gpp-service.ims.icsi.mmtel\"",
					 "audio", "video", NULL });
	assert_strings(home->auth_schemes, (const char *[]){ "digest", "delegated", NULL });
	assert_strings(home->digest_algorithms, (const char *[]){ "SHA-512-256", "SHA-256", "MD5", NULL });
	assert_strings(home->video_codecs, (const char *[]){ "H264", NULL });
	assert_int_equal(home->video_kbps, 1500);
	assert_int_equal(home->codecs->len, 0);
	assert_int_equal(home->rtp_source, IMS_RTP_LATCH);
	assert_int_equal(home->dscp, 46);
	assert_int_equal(home->rtp_timeout_s, 300);
	assert_int_equal(home->session_expires_s, 1800);
	assert_int_equal(home->min_se_s, 90);
	assert_int_equal(home->token_mode, IMS_TOKEN_MODE_TRUSTED_NODE);
	assert_int_equal(home->token_expiring_s, 60);
	assert_null(home->wwsf_parameter);
	assert_int_equal(home->token_recheck_s, 300);
	assert_int_equal(home->max_answers, 2);
}

static void test_everything_set(void **state)
{
	g_autoptr(ims_config) config = parse(
		"general: { lab = true; strict_api = true; allow_client_proxy = true; events = false;\n"
		"allow_plain_aka = true;\n"
		" w2 = \"plain-lab\"; reclaim_s = 0; ring_timeout_s = 600; shutdown_s = 60;\n"
		" gateway_threads = 1;\n"
		" dns_servers = [\"192.0.2.53\", \"[2001:db8::53]:5353\"] }\n"
		"limits: { max_registrations = 100000; max_calls = 7; overload_lag_ms = 0 }\n"
		"sip: { address = \"127.0.0.1\"; port = 5070; public_address = \"203.0.113.1\"; "
		"sip_t1_ms = 50 }\n"
		"media: { address = \"127.0.0.2\"; public_address = \"203.0.113.2\"; port_min = 1024;\n"
		" port_max = 65535 }\n"
		"networks: { a: { domain = \"a.example\"; role = \"edge\"; entry_point = "
		"\"127.0.0.12:5071\";\n"
		" core_addresses = (\"127.0.0.13\", \"127.0.0.12\", \"2001:DB8::1\");\n"
		" visited_network_id = \"Visited 1\"; visited_network_name = \"v.example\";\n"
		" access_network_info = \"IEEE-802.11;x=1\"; integrity_quoted = false; gruu = false; "
		"reg_event = false;\n"
		" register_expires_s = 60; emergency_numbers = []; feature_tags = [\"audio\", "
		"\"video\"];\n"
		" auth_schemes = [\"Token\"]; digest_algorithms = [\"md5\", \"sha-256\"];\n"
		" video_codecs = [\"vp8\", \"h264\"]; video_kbps = 64;\n"
		" codecs = [\"pcma\", \"amr-wb\"]; rtp_source = \"strict\"; dscp = 0; rtp_timeout_s = 0;\n"
		" session_expires_s = 4; min_se_s = 4;\n"
		" token_mode = \"bearer\"; wwsf_parameter = \"by\"; token_expiring_s = 0; "
		"token_recheck_s = 86400 } }\n");
	const ims_network *a = config->networks->pdata[0];

	(void)state;
	assert_true(config->lab && config->strict_api && config->allow_client_proxy &&
		    config->allow_plain_aka);
	assert_false(config->events);
	assert_int_equal(config->w2, IMS_W2_PLAIN_LAB);
	assert_int_equal(config->reclaim_s, 0);
	assert_int_equal(config->ring_timeout_s, 600);
	assert_int_equal(config->shutdown_s, 60);
	assert_int_equal(config->limits.max_registrations, 100000);
	assert_int_equal(config->limits.max_calls, 7);
	assert_int_equal(config->gateway_threads, 1);
	assert_string_equal(config->sip.address, "127.0.0.1");
	assert_string_equal(config->sip.public_address, "203.0.113.1");
	assert_int_equal(config->sip.port, 5070);
	assert_int_equal(config->sip.sip_t1_ms, 50);
	assert_string_equal(config->media.address, "127.0.0.2");
	assert_string_equal(config->media.public_address, "203.0.113.2");
	assert_int_equal(config->media.port_min, 1024);
	assert_int_equal(config->media.port_max, 65535);
	assert_string_equal(a->entry_point, "127.0.0.12:5071");
	assert_string_equal(a->entry_host, "127.0.0.12");
	assert_int_equal(a->entry_port, 5071);
	assert_string_equal(a->entry_uri, "sip:127.0.0.12:5071");
	assert_strings(config->dns_servers, (const char *[]){ "192.0.2.53", "[2001:db8::53]:5353", NULL });
	assert_strings(a->core_addresses,
		       (const char *[]){ "127.0.0.13", "127.0.0.12", "2001:db8::1", NULL });
	assert_string_equal(a->visited_network_id, "Visited 1");
	assert_string_equal(a->visited_network_name, "v.example");
	assert_string_equal(a->access_network_info, "IEEE-802.11;x=1");
	assert_false(a->integrity_quoted);
	assert_false(a->reg_event);
	assert_false(a->gruu);
	assert_int_equal(a->register_expires_s, 60);
	assert_strings(a->emergency_numbers, (const char *[]){ NULL });
	assert_strings(a->feature_tags, (const char *[]){ "audio", "video", NULL });
	assert_strings(a->auth_schemes, (const char *[]){ "token", NULL });
	assert_strings(a->digest_algorithms, (const char *[]){ "MD5", "SHA-256", NULL });
	assert_strings(a->video_codecs, (const char *[]){ "VP8", "H264", NULL });
	assert_int_equal(a->video_kbps, 64);
	assert_strings(a->codecs, (const char *[]){ "PCMA", "AMR-WB", NULL });
	assert_int_equal(a->rtp_source, IMS_RTP_STRICT);
	assert_int_equal(a->dscp, 0);
	assert_int_equal(a->rtp_timeout_s, 0);
	assert_int_equal(a->session_expires_s, 4);
	assert_int_equal(a->min_se_s, 4);
	assert_int_equal(a->token_mode, IMS_TOKEN_MODE_BEARER);
	assert_int_equal(a->token_expiring_s, 0);
	assert_string_equal(a->wwsf_parameter, "by");
	assert_int_equal(a->token_recheck_s, 86400);
}

/* Each address that is not given follows the one above it. */
static void test_addresses_follow(void **state)
{
	g_autoptr(ims_config) one =
		parse("sip: { address = \"192.0.2.1\"; public_address = \"203.0.113.1\" }" NETWORKS);
	g_autoptr(ims_config) two = parse(MEDIA("address = \"192.0.2.3\""));
	g_autoptr(ims_config) three = parse(HOME("visited_network_id = \"v.example\""));

	(void)state;
	assert_string_equal(one->media.address, "192.0.2.1");
	assert_string_equal(one->media.public_address, "192.0.2.1");
	assert_string_equal(two->media.public_address, "192.0.2.3");
	assert_string_equal(ims_config_network(three, "home")->visited_network_name, "v.example");
}

/* REQ-143: IPv6 in normal form, the entry point among the core's addresses once. */
static void test_ipv6(void **state)
{
	g_autoptr(ims_config) config =
		parse("sip: { address = \"2001:DB8::A\" } networks: { six: { domain = \"six.example\";\n"
		      "entry_point = \"[2001:db8:0::14]:5070\"; core_addresses = [\"2001:db8::0014\", "
		      "\"2001:db8::15\"] } }");
	const ims_network *six = ims_config_network(config, "six");

	(void)state;
	assert_string_equal(config->sip.address, "2001:db8::a");
	assert_string_equal(six->entry_point, "[2001:db8:0::14]:5070");
	assert_string_equal(six->entry_host, "2001:db8::14");
	assert_int_equal(six->entry_port, 5070);
	assert_string_equal(six->entry_uri, "sip:[2001:db8::14]:5070");
	assert_strings(six->core_addresses, (const char *[]){ "2001:db8::14", "2001:db8::15", NULL });
}

static void test_entry_points(void **state)
{
	static const struct {
		const char *given, *host, *uri;
		guint16 port;
	} rows[] = {
		{ "", "ims.example", "sip:ims.example", 0 },
		{ "entry_point = \"icscf.ims.example\";", "icscf.ims.example", "sip:icscf.ims.example", 0 },
		{ "entry_point = \"icscf.ims.example:5070\";", "icscf.ims.example",
		  "sip:icscf.ims.example:5070", 5070 },
		{ "entry_point = \"icscf.ims.example;transport=tcp\";", "icscf.ims.example",
		  "sip:icscf.ims.example;transport=tcp", 0 },
		{ "entry_point = \"192.0.2.7:5061;transport=tls\";", "192.0.2.7",
		  "sip:192.0.2.7:5061;transport=tls", 5061 },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *text = g_strdup_printf(
			SIP "networks: { home: { domain = \"ims.example\"; %s } }", rows[i].given);
		g_autoptr(ims_config) config = parse(text);
		const ims_network *home = config->networks->pdata[0];

		assert_string_equal(home->entry_host, rows[i].host);
		assert_string_equal(home->entry_uri, rows[i].uri);
		assert_int_equal(home->entry_port, rows[i].port);
		/* A name brings its addresses while it runs, not here (REQ-143). */
		assert_int_equal(home->core_addresses->len, i == 4 ? 1 : 0);
	}
}

static void test_look_up(void **state)
{
	g_autoptr(ims_config) config =
		parse(SIP "networks: { b: { domain = \"b.example\"; entry_point = \"192.0.2.2\" }"
			  " a: { domain = \"a.example\"; entry_point = \"192.0.2.3\" } }");
	const ims_network *b = config->networks->pdata[0];
	const ims_network *a = config->networks->pdata[1];

	(void)state;
	assert_string_equal(b->name, "b");
	assert_ptr_equal(ims_config_network(config, "a"), a);
	assert_ptr_equal(ims_config_network(config, "b"), b);
	assert_null(ims_config_network(config, "A"));
	assert_null(ims_config_network(config, "c"));
	assert_null(ims_config_network(config, NULL));
	assert_ptr_equal(ims_config_network_of_domain(config, "A.Example"), a);
	assert_null(ims_config_network_of_domain(config, "example"));
	assert_null(ims_config_network_of_domain(config, NULL));
}

/* Only numbers are measured, not what looks like one. */
static void test_long_digits(void **state)
{
	g_autoptr(ims_config) config =
		parse("# 99999999999\n// 99999999999 \"\n/* 99999999999\n99999999999 */\n" SIP
		      "networks: { n99999999999-99999999999: { " HOME_KEYS
		      "visited_network_id = \"99999999999\" } }");

	(void)state;
	assert_non_null(ims_config_network(config, "n99999999999-99999999999"));
}

/* A leak or a use after free here is what the sanitizers are for. */
static void test_references(void **state)
{
	ims_config *config = parse(MINIMAL);
	ims_config *other = ims_config_ref(config);

	(void)state;
	assert_ptr_equal(config, other);
	ims_config_unref(config);
	assert_string_equal(other->sip.address, "192.0.2.10");
	ims_config_unref(other);
	ims_config_unref(NULL);
}

/* ---- wrong files; the texts are what the operator reads ---- */

#define MANY_10 "\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\",\"1\","
#define MANY_65 MANY_10 MANY_10 MANY_10 MANY_10 MANY_10 MANY_10 "\"1\",\"1\",\"1\",\"1\",\"1\""
#define TURN(keys) MINIMAL "turn: { " keys " }\n"
#define TURN_URL "urls = [ \"turn:192.0.2.30\" ]; "
#define PATH_HOME "f: networks.home."
#define ADDRESS "in quotes, the numeric IPv4 or IPv6 address of one host"
#define LAB "only in a laboratory, with general.lab = true"

static const struct wrong_case {
	const char *name, *text, *says;
} wrong[] = {
	{ "syntax", "sip: {\n address = \n}", "f: line 3: syntax error" },
	{ "key twice", GENERAL("lab = true; lab = true"), "f: line 1: duplicate setting name" },
	{ "empty", "", "f: sip.address is missing: " ADDRESS },
	{ "unknown section", MINIMAL "audio: { }",
	  "f: audio: the file has the groups general, limits, sip, media, turn, issuers, networks" },
	{ "key outside of sections", MINIMAL "port = 5060;",
	  "f: port: the file has the groups general, limits, sip, media, turn, issuers, networks" },
	{ "section that is no group", MINIMAL "general = 5;",
	  "f: general: the file has the groups general, limits, sip, media, turn, issuers, networks" },
	{ "unknown key", SIP_AND("prot = 5060"),
	  "f: sip.prot: no such key, there are address port public_address sip_t1_ms "
	  "keepalive_s" },
	{ "key of another section", GENERAL("dscp = 46"),
	  "f: general.dscp: no such key, there are lab w2 *" },
	{ "unknown key of a network", HOME("proxy = \"192.0.2.1\""),
	  PATH_HOME "proxy: no such key, there are domain role *" },
	{ "keys have case", GENERAL("Lab = true"), "f: general.Lab: no such key*" },
	{ "boolean as string", GENERAL("lab = \"true\""), "f: general.lab = \"true\": true or false" },
	{ "boolean as number", GENERAL("lab = 1"), "f: general.lab = 1: true or false" },
	{ "number too small", GENERAL("ring_timeout_s = 9"),
	  "f: general.ring_timeout_s = 9: a whole number from 10 to 600" },
	{ "number too big", GENERAL("reclaim_s = 3601"),
	  "f: general.reclaim_s = 3601: a whole number from 0 to 3600" },
	{ "number negative", GENERAL("reclaim_s = -1"),
	  "f: general.reclaim_s = -1: a whole number from 0 to 3600" },
	{ "number of more than 32 bits", GENERAL("reclaim_s = 4294967306"), "f: line 1: too large a number" },
	{ "the same, negative and in hex", GENERAL("reclaim_s = -0xFFFFFFF6"),
	  "f: line 1: too large a number" },
	{ "number of more than 64 bits", GENERAL("lab = true # \" /*\n reclaim_s = 18446744073709551626"),
	  "f: line 2: too large a number" },
	{ "number of more than 32 bits, marked", GENERAL("reclaim_s = 4294967306L"),
	  "f: general.reclaim_s = 4294967306: a whole number from 0 to 3600" },
	{ "number broken", GENERAL("reclaim_s = 1.5"),
	  "f: general.reclaim_s = 1.5: a whole number from 0 to 3600" },
	{ "number as string", GENERAL("reclaim_s = \"10\""),
	  "f: general.reclaim_s = \"10\": a whole number from 0 to 3600" },
	{ "number as list", GENERAL("reclaim_s = [10]"),
	  "f: general.reclaim_s = [ ... ]: a whole number from 0 to 3600" },
	{ "number as group", GENERAL("reclaim_s = { }"),
	  "f: general.reclaim_s = { ... }: a whole number from 0 to 3600" },
	{ "port 0", SIP_AND("port = 0"), "f: sip.port = 0: a whole number from 1 to 65535" },
	{ "port 65536", SIP_AND("port = 65536"), "f: sip.port = 65536: a whole number from 1 to 65535" },
	{ "choice unknown", GENERAL("w2 = \"ws\""), "f: general.w2 = \"ws\": \"tls\" or \"plain-lab\"" },
	{ "choice as number", GENERAL("w2 = 0"), "f: general.w2 = 0: \"tls\" or \"plain-lab\"" },
	{ "role unknown", HOME("role = \"sbc\""), PATH_HOME "role = \"sbc\": \"edge\" or \"ue\"" },
	{ "plain W2 outside of the lab", GENERAL("w2 = \"plain-lab\""),
	  "f: general.w2 = \"plain-lab\": " LAB },
	{ "AKA in plain outside of the lab", GENERAL("allow_plain_aka = true"),
	  "f: general.allow_plain_aka = true: " LAB },
	{ "client's proxy outside of the lab", GENERAL("allow_client_proxy = true"),
	  "f: general.allow_client_proxy = true: " LAB },
	{ "SIP address missing", "sip: { port = 5060 }" NETWORKS, "f: sip.address is missing: " ADDRESS },
	{ "SIP address as name", "sip: { address = \"localhost\" }" NETWORKS,
	  "f: sip.address = \"localhost\": " ADDRESS },
	{ "SIP address of any host", "sip: { address = \"0.0.0.0\" }" NETWORKS,
	  "f: sip.address = \"0.0.0.0\": " ADDRESS },
	{ "string as number", "sip: { address = 5 }" NETWORKS, "f: sip.address = 5: " ADDRESS },
	{ "media address as name", MEDIA("public_address = \"gw.example\""),
	  "f: media.public_address = \"gw.example\": " ADDRESS },
	{ "odd first port", MEDIA("port_min = 20001"), "f: media.port_min = 20001: an even number" },
	{ "ports below 1024", MEDIA("port_min = 1000"),
	  "f: media.port_min = 1000: a whole number from 1024 to 65535" },
	{ "ports the wrong way round", MEDIA("port_min = 30000"),
	  "f: media.port_max = 29999: more than media.port_min" },
	{ "no room for a pair", MEDIA("port_min = 20000; port_max = 20000"),
	  "f: media.port_max = 20000: more than media.port_min" },
	{ "SIP inside of the media ports", SIP_AND("port = 25000"),
	  "f: sip.port = 25000: outside of media.port_min to media.port_max on the same address" },
	{ "DSCP of 7 bits", HOME("dscp = 64"), PATH_HOME "dscp = 64: a whole number from 0 to 63" },
	{ "networks missing", SIP,
	  "f: networks is missing or empty: at least one group, networks: { name: { ... } }" },
	{ "networks empty", SIP "networks: { }",
	  "f: networks is missing or empty: at least one group, networks: { name: { ... } }" },
	{ "network without a name", SIP "networks: { domain = \"ims.example\" }",
	  "f: networks.domain = \"ims.example\": a group { domain = ...; ... }" },
	{ "network without a domain", SIP "networks: { home: { entry_point = \"192.0.2.20\" } }",
	  PATH_HOME "domain is missing: in quotes, a domain name such as \"ims.example\"" },
	{ "entry point as URI", SIP "networks: { n: { domain = \"x\"; entry_point = \"sip:a.example\" } }",
	  "f: networks.n.entry_point = \"sip:a.example\": in quotes, a name or an address*" },
	{ "domain that is no name to look up", SIP "networks: { n: { domain = \"1.2.3\" } }",
	  "f: networks.n.entry_point = \"1.2.3\": a name or an address" },
	{ "name server as name", GENERAL("dns_servers = [ \"ns.example\" ]"),
	  "f: general.dns_servers[0] = \"ns.example\": [ ... ] of up to 64 strings, each a numeric address "
	  "or *" },
	{ "TLS proxy of a UDP network", HOME("transport = \"udp\"; tls_proxy = \"127.0.0.1:5071\""),
	  PATH_HOME "tls_proxy = \"127.0.0.1:5071\": only without transport = \"udp\"" },
	{ "TLS proxy of the other IP version", HOME("tls_proxy = \"[::1]:5071\""),
	  PATH_HOME "tls_proxy = \"[::1]:5071\": of the same IP version as sip.address" },
	{ "E-CSCF that is none", HOME("e_cscf = \"sip:ecscf\""), PATH_HOME "e_cscf = \"sip:ecscf\": *" },
	{ "E-CSCF of the other IP version", HOME("e_cscf = \"2001:db8::1\""),
	  PATH_HOME "e_cscf = \"2001:db8::1\": of the same IP version as sip.address" },
	{ "header of the edge's own for clients", HOME("headers_to_client = [\"Via\"]"),
	  PATH_HOME "headers_to_client[0] = \"Via\": *" },
	{ "header that needs no leave", HOME("headers_from_client = [\"X-Page\"]"),
	  PATH_HOME "headers_from_client[0] = \"X-Page\": *" },
	{ "entry point of the other IP version",
	  SIP "networks: { n: { domain = \"x\"; entry_point = \"2001:db8::1\" } }",
	  "f: networks.n.entry_point = \"2001:db8::1\": of the same IP version as sip.address" },
	{ "wrong in the second network", SIP "networks: { a: { " HOME_KEYS "} b: { domain = \"-\" } }",
	  "f: networks.b.domain = \"-\": in quotes, a domain name such as \"ims.example\"" },
	{ "one domain twice",
	  SIP "networks: { a: { " HOME_KEYS
	      "} b: { domain = \"IMS.example\"; entry_point = \"192.0.2.20\" } }",
	  "f: networks.b.domain = \"ims.example\": taken by networks.a" },
	{ "list as string", HOME("core_addresses = \"192.0.2.1\""),
	  PATH_HOME "core_addresses = \"192.0.2.1\": [ ... ] of up to 64 strings, each *" },
	{ "wrong element", HOME("core_addresses = [ \"192.0.2.1\", \"scscf\" ]"),
	  PATH_HOME "core_addresses[1] = \"scscf\": [ ... ] of up to 64 strings, each *" },
	{ "element of another type", HOME("core_addresses = ( 5 )"), PATH_HOME "core_addresses[0] = 5: *" },
	{ "element that is a list", HOME("core_addresses = ( ( ) )"),
	  PATH_HOME "core_addresses[0] = [ ... ]: *" },
	{ "list too long", HOME("emergency_numbers = [" MANY_65 "]"),
	  PATH_HOME "emergency_numbers = [ ... ]: [ ... ] of up to 64 strings, each *" },
	{ "list as group", HOME("feature_tags = { }"), PATH_HOME "feature_tags = { ... }: *" },
	{ "feature tag with a comma", HOME("feature_tags = [\"audio,video\"]"),
	  PATH_HOME "feature_tags[0] = \"audio,video\": *" },
	{ "feature tag with a line end", HOME("feature_tags = [\"audio\\r\\nRoute: x\"]"),
	  PATH_HOME "feature_tags[0] = \"audio\\r\\nRoute: x\": *" },
	{ "line end", HOME("visited_network_id = \"a\\nb\""), PATH_HOME "visited_network_id = \"a\\nb\": *" },
	{ "control character", HOME("access_network_info = \"a\\x01\""),
	  PATH_HOME "access_network_info = \"a\\001\": *" },
	{ "video codec nobody relays", HOME("video_codecs = [\"H264\", \"AV1\"]"),
	  PATH_HOME "video_codecs[1] = \"AV1\": [ ... ] of up to 64 strings, each \"H264\" or \"VP8\"" },
	{ "scheme that is none", HOME("auth_schemes = [\"digest\", \"basic\"]"),
	  PATH_HOME "auth_schemes[1] = \"basic\": [ ... ] of 1 to 64 strings, each \"digest\", *" },
	{ "no scheme", HOME("auth_schemes = [ ]"), PATH_HOME "auth_schemes = [ ... ]: [ ... ] of 1 to 64 *" },
	{ "algorithm that is none", HOME("digest_algorithms = [\"SHA-1\"]"),
	  PATH_HOME "digest_algorithms[0] = \"SHA-1\": *" },
	{ "-sess", HOME("digest_algorithms = [\"MD5-sess\"]"),
	  PATH_HOME "digest_algorithms[0] = \"MD5-sess\": *" },
	{ "no algorithm", HOME("digest_algorithms = ( )"), PATH_HOME "digest_algorithms = [ ... ]: *" },
	{ "audio codec nobody relays", HOME("codecs = [\"PCMA\", \"GSM\"]"),
	  PATH_HOME
	  "codecs[1] = \"GSM\": [ ... ] of up to 64 strings, each \"opus\", \"EVS\", \"AMR-WB\", \"G722\", "
	  "\"AMR\", \"PCMU\" or \"PCMA\"" },
	{ "source of a third kind", HOME("rtp_source = \"any\""),
	  PATH_HOME "rtp_source = \"any\": \"latch\" or \"strict\"" },
	{ "too little video", HOME("video_kbps = 63"),
	  PATH_HOME "video_kbps = 63: a whole number from 64 to 20000" },
	{ "session timer that nobody may ask for", HOME("min_se_s = 89; session_expires_s = 89"),
	  PATH_HOME "min_se_s = 89: " LAB },
	{ "less than the least", HOME("session_expires_s = 89"),
	  PATH_HOME "session_expires_s = 89: 0, or at least min_se_s (90)" },
	{ "not UTF-8", HOME("feature_tags = [\"x=\\\"\xff\\\"\"]"),
	  PATH_HOME "feature_tags[0] = \"x=\\\"\\377\\\"\": *" },
	{ "TURN without a secret", TURN(TURN_URL), "f: turn.urls = [ ... ]: only with turn.secret or *" },
	{ "a secret for nothing", TURN("secret = \"geheim\""),
	  "f: turn.secret = (not shown): only with turn.urls" },
	{ "secret twice", TURN(TURN_URL "secret = \"geheim\"; secret_file = \"/f\""),
	  "f: turn.secret_file = \"/f\": not beside the secret itself" },
	{ "secret in no file", TURN(TURN_URL "secret_file = \"/nowhere\""),
	  "f: turn.secret_file = \"/nowhere\": a readable file whose first line is the secret*" },
	{ "secret in no variable", TURN(TURN_URL "secret = \"env:IMS_TEST_NOT_SET\""),
	  "f: turn.secret = \"env:IMS_TEST_NOT_SET\": a variable of the environment*" },
	{ "secret of the wrong type", TURN(TURN_URL "secret = 4711"), "f: turn.secret = (not shown): *" },
	{ "secret with a typing error", TURN(TURN_URL "secrt = \"geheim\""),
	  "f: turn.secrt: no such key, there are urls secret secret_file ttl_s" },
	{ "secret outside of sections", MINIMAL "secret = \"geheim\"",
	  "f: secret: the file has the groups *" },
	{ "TURN server of another scheme", TURN("urls = [ \"stun:192.0.2.30\" ]; secret = \"geheim\""),
	  "f: turn.urls[0] = \"stun:192.0.2.30\": *" },
	{ "recordings somewhere", MEDIA("recordings = \"recordings\""),
	  "f: media.recordings = \"recordings\": in quotes, an absolute path, or \"\"" },
	{ "recordings nowhere", MEDIA("recordings = \"/no/such/folder\""),
	  "f: media.recordings = \"/no/such/folder\": a folder that Janus can write into, or \"\"" },
	{ "recordings into a file", MEDIA("recordings = \"/dev/null\""),
	  "f: media.recordings = \"/dev/null\": a folder that Janus can write into, or \"\"" },
	{ "forwarding by name", MEDIA("forward_to = [ \"recorder\" ]"),
	  "f: media.forward_to[0] = \"recorder\": [ ... ] of up to 64 strings, each a numeric address, or a "
	  "prefix such as "
	  "\"10.1.0.0/16\"" },
	{ "audit log somewhere", GENERAL("audit_log = \"audit.log\""),
	  "f: general.audit_log = \"audit.log\": in quotes, an absolute path, or \"\"" },
	{ "tokens that anybody can read on the way", HOME("token_mode = \"bearer\""),
	  PATH_HOME
	  "token_mode = \"bearer\": only with tls_proxy, or in a laboratory, with general.lab = true" },
	{ "a parameter of Digest", HOME("wwsf_parameter = \"Integrity-Protected\""),
	  PATH_HOME "wwsf_parameter = \"Integrity-Protected\": *" },
	{ "a parameter with a value", HOME("wwsf_parameter = \"x=y\""),
	  PATH_HOME "wwsf_parameter = \"x=y\": *" },
	{ "the word of a user agent",
	  "issuers: { waf: { issuer = \"https://waf.example\"; audience = \"us\" } }\n" HOME(
		  "role = \"ue\"; auth_schemes = [\"token\"]; token_issuers = [\"waf\"]"),
	  PATH_HOME
	  "token_mode = \"trusted-node\": \"bearer\" with role = \"ue\", whose word no network takes" },
	{ "expiry too short", HOME("register_expires_s = 59"),
	  PATH_HOME "register_expires_s = 59: a whole number from 60 to 600000" },
};

static void test_wrong(void **state)
{
	const struct wrong_case *c = *state;
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_config) config = ims_config_parse(c->text, "f", &error);
	gsize length = strlen(c->says);

	assert_null(config);
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_CONFIG));
	if (c->says[length - 1] != '*')
		assert_string_equal(error->message, c->says);
	else if (strncmp(error->message, c->says, length - 1) != 0)
		fail_msg("it says '%s'", error->message);
}

/* A long value is shown in part. */
static void test_long_string(void **state)
{
	g_autofree char *domain = g_strnfill(2000, 'a');
	g_autofree char *text = g_strdup_printf(
		SIP "networks: { n: { domain = \"%s\"; entry_point = \"192.0.2.1\" } }", domain);
	g_autofree char *says = g_strdup_printf("f: networks.n.domain = \"%.80s...\": ", domain);
	g_autoptr(GError) error = NULL;

	(void)state;
	assert_null(ims_config_parse(text, "f", &error));
	assert_true(g_str_has_prefix(error->message, says));
}

static void test_turn(void **state)
{
	g_autoptr(ims_config) none = parse(MINIMAL);
	g_autoptr(ims_config) given = parse(TURN(TURN_URL "secret = \"geheim\"; ttl_s = 60"));
	g_autoptr(ims_config) environment = NULL;

	(void)state;
	assert_int_equal(none->turn.urls->len, 0);
	assert_strings(given->turn.urls, (const char *[]){ "turn:192.0.2.30", NULL });
	assert_string_equal(given->turn.secret, "geheim");
	assert_int_equal(given->turn.ttl_s, 60);
	g_setenv("IMS_TEST_SECRET", "geheim from the environment", TRUE);
	environment = parse(TURN(TURN_URL "secret = \"env:IMS_TEST_SECRET\""));
	assert_string_equal(environment->turn.secret, "geheim from the environment");
	g_unsetenv("IMS_TEST_SECRET");
}

/* ---- from disk ---- */

static char *folder;

static int make_folder(void **state)
{
	(void)state;
	folder = g_dir_make_tmp("ims-config-XXXXXX", NULL);
	return folder ? 0 : -1;
}

static int remove_folder(void **state)
{
	(void)state;
	g_rmdir(folder);
	g_clear_pointer(&folder, g_free);
	return 0;
}

static char *write_file(const char *name, const char *text, gssize length)
{
	char *path = g_build_filename(folder, name, NULL);

	assert_true(g_file_set_contents(path, text, length, NULL));
	return path;
}

static void test_load(void **state)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *path = write_file("good", MINIMAL, -1);
	g_autoptr(ims_config) config = ims_config_load(path, &error);

	(void)state;
	g_unlink(path);
	assert_null(error);
	assert_string_equal(config->sip.address, "192.0.2.10");
}

static void test_secret_file(void **state)
{
	g_autofree char *path = write_file("secret", "geheim from a file\n", -1);
	g_autofree char *text = g_strdup_printf(TURN(TURN_URL "secret_file = \"%s\""), path);
	g_autoptr(ims_config) config = parse(text);

	(void)state;
	g_unlink(path);
	assert_string_equal(config->turn.secret, "geheim from a file");
}

/* @include looks beside the file, wherever Janus was started. */
static void test_include(void **state)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *part = write_file("part", "address = \"192.0.2.11\"\n", -1);
	g_autofree char *path = write_file("whole", "sip: {\n@include \"part\"\n}\n" NETWORKS, -1);
	g_autoptr(ims_config) config = ims_config_load(path, &error);

	(void)state;
	g_unlink(path);
	g_unlink(part);
	assert_null(error);
	assert_string_equal(config->sip.address, "192.0.2.11");
}

static void assert_load_fails(const char *path, const char *says)
{
	g_autoptr(GError) error = NULL;

	assert_null(ims_config_load(path, &error));
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_CONFIG));
	assert_true(g_str_has_prefix(error->message, path));
	assert_non_null(strstr(error->message, says));
}

static void test_load_fails(void **state)
{
	static const char with_nul[] = MINIMAL "\0general: { lab = 7 }";
	g_autofree char *missing = g_build_filename(folder, "missing", NULL);
	g_autofree char *nul = write_file("nul", with_nul, sizeof(with_nul) - 1);
	g_autofree char *spaces = g_strnfill(1024 * 1024 + 1, ' ');
	g_autofree char *large = write_file("large", spaces, -1);
	g_autofree char *broken = write_file("broken", "sip: {", -1);

	(void)state;
	assert_load_fails(missing, "cannot be read");
	assert_load_fails(folder, "cannot be read");
	assert_load_fails(nul, "not a text file");
	assert_load_fails(large, "not a text file");
	assert_load_fails(broken, ": line 1: syntax error");
	g_unlink(nul);
	g_unlink(large);
	g_unlink(broken);
}

int main(void)
{
	static const struct CMUnitTest singles[] = {
		cmocka_unit_test(test_defaults),       cmocka_unit_test(test_network_defaults),
		cmocka_unit_test(test_everything_set), cmocka_unit_test(test_addresses_follow),
		cmocka_unit_test(test_ipv6),           cmocka_unit_test(test_look_up),
		cmocka_unit_test(test_entry_points),   cmocka_unit_test(test_references),
		cmocka_unit_test(test_long_string),    cmocka_unit_test(test_long_digits),
		cmocka_unit_test(test_load),           cmocka_unit_test(test_secret_file),
		cmocka_unit_test(test_turn),           cmocka_unit_test(test_include),
		cmocka_unit_test(test_load_fails),
	};
	g_autoptr(GArray) tests = g_array_new(FALSE, TRUE, sizeof(struct CMUnitTest));

	for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
		struct CMUnitTest test = { .name = wrong[i].name,
					   .test_func = test_wrong,
					   .initial_state = (void *)&wrong[i] };

		g_array_append_val(tests, test);
	}
	g_array_append_vals(tests, singles, G_N_ELEMENTS(singles));
	return _cmocka_run_group_tests("test_ims_config", (void *)tests->data, tests->len, make_folder,
				       remove_folder);
}
