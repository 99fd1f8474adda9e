/* What the edge adds to requests of its users. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "../reg/network.h"
#include "sip/ims_edge.h"

static ims_network network;

static int make_network(void **state)
{
	(void)state;
	network_init(&network);
	network.visited_network_id = (char *)"visited.example number 1";
	network.visited_network_name = (char *)"visited.example";
	return 0;
}

static int drop_network(void **state)
{
	(void)state;
	network_clear(&network);
	return 0;
}

/* The hex of icid-value="..." is random: it is checked and made into stars. */
static char *starred(const char *text)
{
	char *copy = g_strdup(text);
	char *icid = strstr(copy, "icid-value=\"");

	assert_non_null(icid);
	icid += strlen("icid-value=\"");
	assert_true(strspn(icid, "0123456789abcdef") == 32);
	memset(icid, '*', 32);
	return copy;
}

#define STARS "********************************"

static void assert_starred(char *text, const char *wanted)
{
	g_autofree char *given = text;
	g_autofree char *stars = starred(given);

	assert_string_equal(stars, wanted);
}

/* REQ-04, REQ-05 */
static void test_charging_vector(void **state)
{
	(void)state;
	assert_starred(ims_edge_charging_vector(&network, "192.0.2.1:5060"),
		       "icid-value=\"" STARS
		       "\";icid-generated-at=192.0.2.1;orig-ioi=\"Type 1visited.example\"");
	assert_starred(ims_edge_charging_vector(&network, "[2001:db8::1]:5060"),
		       "icid-value=\"" STARS "\";icid-generated-at=[2001:db8::1];"
		       "orig-ioi=\"Type 1visited.example\"");
}

static void test_icid_is_fresh(void **state)
{
	g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);

	(void)state;
	for (int i = 0; i < 1000; i++)
		assert_true(g_hash_table_add(seen, ims_edge_charging_vector(&network, "192.0.2.1:5060")));
}

/* REQ-84: of a terminating session. */
static void test_charging_vector_again(void **state)
{
	static const struct {
		const char *icid, *orig_ioi, *becomes;
	} rows[] = {
		{ NULL, NULL, NULL },
		{ NULL, "Type 1home", NULL },
		{ "abc", NULL, "icid-value=\"abc\";term-ioi=\"Type 1visited.example\"" },
		{ "abc", "Type 1home",
		  "icid-value=\"abc\";orig-ioi=\"Type 1home\";term-ioi=\"Type 1visited.example\"" },
		{ "a\"b\\c", "x\"y",
		  "icid-value=\"a\\\"b\\\\c\";orig-ioi=\"x\\\"y\";term-ioi=\"Type 1visited.example\"" },
		{ "", "", "icid-value=\"\";orig-ioi=\"\";term-ioi=\"Type 1visited.example\"" },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *value =
			ims_edge_charging_vector_again(&network, rows[i].icid, rows[i].orig_ioi);

		if (g_strcmp0(value, rows[i].becomes) != 0)
			fail_msg("%s became %s", rows[i].icid ? rows[i].icid : "NULL",
				 value ? value : "NULL");
	}
}

/* REQ-01, REQ-03, REQ-09: no access network is invented. */
static void test_register(void **state)
{
	(void)state;
	assert_starred(ims_edge_register_headers(&network, "192.0.2.1:5060", "sip:TOKEN@192.0.2.1:5060;lr",
						 "path", "0123456789abcdef0123456789abcdef"),
		       "Path: <sip:TOKEN@192.0.2.1:5060;lr>\r\n"
		       "Require: path\r\n"
		       "Supported: path\r\n"
		       "P-Visited-Network-ID: visited.example number 1\r\n"
		       "P-Charging-Vector: icid-value=\"" STARS "\";icid-generated-at=192.0.2.1;"
		       "orig-ioi=\"Type 1visited.example\"");
	network.access_network_info = (char *)"IEEE-802.11;i-wlan-node-id=ff";
	assert_starred(ims_edge_register_headers(&network, "192.0.2.1:5060", "sip:TOKEN@192.0.2.1:5060;lr",
						 "path", "0123456789abcdef0123456789abcdef"),
		       "Path: <sip:TOKEN@192.0.2.1:5060;lr>\r\n"
		       "Require: path\r\n"
		       "Supported: path\r\n"
		       "P-Visited-Network-ID: visited.example number 1\r\n"
		       "P-Charging-Vector: icid-value=\"" STARS "\";icid-generated-at=192.0.2.1;"
		       "orig-ioi=\"Type 1visited.example\"\r\n"
		       "P-Access-Network-Info: IEEE-802.11;i-wlan-node-id=ff;network-provided");
}

/* REQ-75, REQ-84: later messages repeat the vector of the first. */
static void test_originating(void **state)
{
	g_autofree char *first = NULL, *later = NULL, *more = NULL, *more_later = NULL;

	(void)state;
	ims_edge_originating(&network, "192.0.2.1:5060", "sip:alice@ims.example", &first, &later);
	assert_true(g_str_has_suffix(first, later));
	assert_starred(g_strdup(first),
		       "P-Asserted-Identity: <sip:alice@ims.example>\r\n"
		       "P-Charging-Vector: icid-value=\"" STARS "\";icid-generated-at=192.0.2.1;"
		       "orig-ioi=\"Type 1visited.example\"");
	network.access_network_info = (char *)"IEEE-802.11";
	ims_edge_originating(&network, "192.0.2.1:5060", "tel:+49301234", &more, &more_later);
	assert_true(g_str_has_prefix(more, "P-Asserted-Identity: <tel:+49301234>\r\nP-Charging-Vector: "));
	assert_true(g_str_has_suffix(more, "\r\nP-Access-Network-Info: IEEE-802.11;network-provided"));
	assert_string_not_equal(later, more_later);
}

static void test_terminating(void **state)
{
	g_autofree char *first = NULL, *later = NULL, *bare = NULL, *none = NULL;

	(void)state;
	ims_edge_terminating(&network, "sip:alice@ims.example", "abc", NULL, &first, &later);
	assert_string_equal(later,
			    "P-Charging-Vector: icid-value=\"abc\";term-ioi=\"Type 1visited.example\"");
	assert_string_equal(first,
			    "P-Asserted-Identity: <sip:alice@ims.example>\r\n"
			    "P-Charging-Vector: icid-value=\"abc\";term-ioi=\"Type 1visited.example\"");
	ims_edge_terminating(&network, "sip:alice@ims.example", NULL, NULL, &bare, &none);
	assert_string_equal(bare, "P-Asserted-Identity: <sip:alice@ims.example>");
	assert_null(none);
}

/* REQ-32 */
static void test_integrity(void **state)
{
	(void)state;
	assert_string_equal(ims_edge_integrity(IMS_W2_TLS, FALSE), "tls-pending");
	assert_string_equal(ims_edge_integrity(IMS_W2_TLS, TRUE), "tls-yes");
	assert_string_equal(ims_edge_integrity(IMS_W2_PLAIN_LAB, FALSE), "ip-assoc-pending");
	assert_string_equal(ims_edge_integrity(IMS_W2_PLAIN_LAB, TRUE), "ip-assoc-yes");
}

#define WITH_NETWORK(test) cmocka_unit_test_setup_teardown(test, make_network, drop_network)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_NETWORK(test_charging_vector),
		WITH_NETWORK(test_icid_is_fresh),
		WITH_NETWORK(test_charging_vector_again),
		WITH_NETWORK(test_register),
		WITH_NETWORK(test_originating),
		WITH_NETWORK(test_terminating),
		WITH_NETWORK(test_integrity),
	};

	return cmocka_run_group_tests_name("test_ims_edge", tests, NULL, NULL);
}
