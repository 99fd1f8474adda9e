/* What our role adds to messages: the same questions for an edge and for a user agent. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "../reg/network.h"
#include "sip/ims_role.h"

static ims_network edge, ue;
static const ims_sip_news invite = { .icid = (char *)"abc", .orig_ioi = (char *)"home" };

static int make_networks(void **state)
{
	(void)state;
	network_init(&edge);
	network_init(&ue);
	ue.role = IMS_ROLE_UE;
	return 0;
}

static int drop_networks(void **state)
{
	(void)state;
	network_clear(&edge);
	network_clear(&ue);
	return 0;
}

static const ims_role_contact flowless = { .instance = "urn:uuid:1", .expires_s = 3600 };

static ims_role_user user_in(const ims_network *network)
{
	return (ims_role_user){ .network = network,
				.host_port = "192.0.2.1:5060",
				.flow_token = "TOKEN",
				.identity = "sip:alice@ims.example" };
}

/* What only the trust domain may say (24.229 4.4). */
static void assert_no_trust(const char *lines)
{
	static const char *const names[] = { "P-Asserted-Identity",  "P-Charging-Vector",     "Path:",
					     "P-Visited-Network-ID", "P-Access-Network-Info", "Require" };

	for (gsize i = 0; lines && i < G_N_ELEMENTS(names); i++)
		assert_null(strstr(lines, names[i]));
}

/* REQ-80: an edge records itself; REQ-74: its user is asserted. */
static void test_session_of_an_edge(void **state)
{
	const ims_role_user user = user_in(&edge);
	g_auto(ims_role_lines) out = ims_role_originating(&user);
	g_auto(ims_role_lines) in = ims_role_terminating(&user, &invite);

	(void)state;
	assert_string_equal(out.contact, "<sip:TOKEN@192.0.2.1:5060>");
	assert_string_equal(out.record_route, "sip:TOKEN@192.0.2.1:5060;lr");
	assert_true(g_str_has_prefix(out.first, "P-Asserted-Identity: <sip:alice@ims.example>\r\n"));
	assert_true(g_str_has_prefix(out.later, "P-Charging-Vector: "));
	assert_string_equal(in.contact, out.contact);
	assert_string_equal(in.record_route, out.record_route);
	assert_non_null(strstr(in.first, "P-Asserted-Identity: <sip:alice@ims.example>\r\n"));
	assert_non_null(strstr(in.later, "icid-value=\"abc\""));
}

static void test_session_of_a_ue(void **state)
{
	ims_role_user user = user_in(&ue);
	g_auto(ims_role_lines) plain = ims_role_originating(&user);
	g_auto(ims_role_lines) in = ims_role_terminating(&user, &invite);
	g_auto(ims_role_lines) chosen = { NULL };

	(void)state;
	user.chosen = TRUE;
	chosen = ims_role_originating(&user);
	assert_string_equal(plain.contact, "<sip:TOKEN@192.0.2.1:5060>");
	assert_null(plain.record_route);
	assert_null(plain.first);
	assert_null(plain.later);
	assert_string_equal(in.contact, plain.contact);
	assert_null(in.record_route);
	assert_null(in.first);
	assert_null(in.later);
	assert_string_equal(chosen.first, "P-Preferred-Identity: <sip:alice@ims.example>");
}

/* REQ-88: a GRUU stands for our own URI in calls, not in a registration, and never in Record-Route. */
static void test_gruu(void **state)
{
	ims_role_user user = user_in(&edge);
	g_auto(ims_role_lines) out = { NULL }, in = { NULL };
	g_autofree char *registered = NULL, *edge_lines = NULL, *ue_lines = NULL;

	(void)state;
	edge.gruu = ue.gruu = TRUE;
	user.gruu = "sip:alice@ims.example;gr=1";
	out = ims_role_originating(&user);
	in = ims_role_terminating(&user, &invite);
	registered = ims_role_register_contact(&user, &flowless);
	edge_lines = ims_role_register_headers(&user, &flowless, "ICID");
	user.network = &ue;
	ue_lines = ims_role_register_headers(&user, &flowless, "ICID");
	assert_string_equal(out.contact, "<sip:alice@ims.example;gr=1>");
	assert_string_equal(in.contact, out.contact);
	assert_string_equal(out.record_route, "sip:TOKEN@192.0.2.1:5060;lr");
	assert_true(g_str_has_prefix(registered, "<sip:TOKEN@192.0.2.1:5060>"));
	assert_non_null(strstr(edge_lines, "\r\nSupported: path, gruu\r\n"));
	assert_string_equal(ue_lines, "Supported: path, gruu");
}

/* REQ-157: a flow, and a first hop that keeps it. */
static void test_outbound(void **state)
{
	static const ims_role_contact contact = {
		.params = ";x=1", .instance = "urn:uuid:1", .reg_id = 3, .expires_s = 60
	};
	ims_role_user user = user_in(&edge);
	g_autofree char *value = ims_role_register_contact(&user, &contact);
	g_autofree char *edge_lines = ims_role_register_headers(&user, &contact, "ICID");
	g_autofree char *ue_lines = NULL;

	(void)state;
	user.network = &ue;
	ue_lines = ims_role_register_headers(&user, &contact, "ICID");
	assert_string_equal(value, "<sip:TOKEN@192.0.2.1:5060;x=1>;+sip.instance=\"<urn:uuid:1>\";reg-id=3"
				   ";expires=60");
	assert_true(g_str_has_prefix(edge_lines, "Path: <sip:TOKEN@192.0.2.1:5060;lr;ob>\r\n"));
	assert_non_null(strstr(edge_lines, "\r\nSupported: path, outbound\r\n"));
	assert_string_equal(ue_lines, "Supported: path, outbound");
}

/* REQ-83 */
static void test_mmtel(void **state)
{
#define ICSI "+g.3gpp.icsi-ref=\"urn%3Aurn-7%3A3gpp-service.ims.icsi.mmtel\""
#define SERVICE "P-Preferred-Service: urn:urn-7:3gpp-service.ims.icsi.mmtel\r\n"
	static const char *const rows[][2] = {
		{ NULL, SERVICE "Accept-Contact: *;" ICSI },
		{ "X-A: 1", SERVICE "Accept-Contact: *;" ICSI "\r\nX-A: 1" },
		{ "accept-contact: *;video", SERVICE "accept-contact: *;video" },
		{ "X-A: 1\r\na: *;video", SERVICE "X-A: 1\r\na: *;video" },
		{ "X-Accept-Contact: 1", SERVICE "Accept-Contact: *;" ICSI "\r\nX-Accept-Contact: 1" },
	};
	const ims_role_user user = user_in(&edge);
	g_autofree char *without = ims_role_call_headers(&edge, "X-A: 1"),
			*none = ims_role_call_headers(&edge, NULL);
	g_auto(ims_role_lines) lines = { NULL };

	(void)state;
	assert_string_equal(without, "X-A: 1");
	assert_null(none);
	g_ptr_array_add(edge.feature_tags, (char *)ICSI);
	g_ptr_array_add(edge.feature_tags, (char *)"audio");
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *headers = ims_role_call_headers(&edge, rows[i][0]);

		assert_string_equal(headers, rows[i][1]);
	}
	lines = ims_role_originating(&user);
	assert_string_equal(lines.contact, "<sip:TOKEN@192.0.2.1:5060>;" ICSI ";audio");
}

/* REQ-77: whoever withholds his name tells it the core all the same. */
static void test_privacy(void **state)
{
	ims_role_user user = user_in(&edge);
	g_auto(ims_role_lines) of_edge = { NULL }, of_ue = { NULL }, none = { NULL };

	(void)state;
	user.privacy = "id;critical";
	of_edge = ims_role_originating(&user);
	assert_true(g_str_has_prefix(of_edge.first, "P-Asserted-Identity: <sip:alice@ims.example>\r\n"));
	assert_true(g_str_has_suffix(of_edge.first, "\r\nPrivacy: id;critical"));
	assert_null(strstr(of_edge.later, "Privacy"));
	user.network = &ue;
	of_ue = ims_role_originating(&user);
	assert_string_equal(of_ue.first,
			    "P-Preferred-Identity: <sip:alice@ims.example>\r\nPrivacy: id;critical");
	user.privacy = "none";
	none = ims_role_originating(&user);
	assert_string_equal(none.first, "Privacy: none"); /* From says who it is */
}

static void test_register(void **state)
{
	const ims_role_user of_edge = user_in(&edge), of_ue = user_in(&ue);
	g_autofree char *edge_lines = ims_role_register_headers(&of_edge, &flowless, "ICID");
	g_autofree char *ue_lines = ims_role_register_headers(&of_ue, &flowless, "ICID");

	(void)state;
	assert_true(g_str_has_prefix(edge_lines, "Path: <sip:TOKEN@192.0.2.1:5060;lr>\r\n"));
	assert_no_trust(ue_lines);
	assert_string_equal(ue_lines, "Supported: path");
}

/* REQ-10 */
static void test_contact(void **state)
{
	ims_role_user user = user_in(&edge);
	g_autofree char *bare = ims_role_register_contact(&user, &flowless);
	const ims_role_contact ends = { .instance = "urn:uuid:1" };
	g_autofree char *tagged = NULL;

	(void)state;
	assert_string_equal(bare, "<sip:TOKEN@192.0.2.1:5060>;+sip.instance=\"<urn:uuid:1>\";expires=3600");
	g_ptr_array_add(edge.feature_tags, (char *)"audio");
	g_ptr_array_add(edge.feature_tags, (char *)"+g.3gpp.icsi-ref=\"urn%3Aurn-7%3A3gpp\"");
	user.host_port = "[2001:db8::1]:5060";
	tagged = ims_role_register_contact(&user, &ends);
	assert_string_equal(tagged, "<sip:TOKEN@[2001:db8::1]:5060>;+sip.instance=\"<urn:uuid:1>\";audio;"
				    "+g.3gpp.icsi-ref=\"urn%3Aurn-7%3A3gpp\";expires=0");
}

static void assert_route(GPtrArray *route, const char *wanted)
{
	g_autoptr(GString) text = g_string_new(NULL);

	for (guint i = 0; i < route->len; i++)
		g_string_append_printf(text, "%s ", (char *)g_ptr_array_index(route, i));
	assert_string_equal(text->str, wanted);
	g_ptr_array_unref(route);
}

/* REQ-78: an edge follows the Service-Route; a user agent goes through its entry point first. */
static void test_route(void **state)
{
	g_autoptr(GPtrArray) none = g_ptr_array_new();
	g_autoptr(GPtrArray) service = g_ptr_array_new();

	(void)state;
	g_ptr_array_add(service, (char *)"sip:orig@198.51.100.8;lr");
	g_ptr_array_add(service, (char *)"sip:as@198.51.100.9;lr");
	assert_route(ims_role_route(&edge, "sip:198.51.100.7:4060", service),
		     "sip:orig@198.51.100.8;lr sip:as@198.51.100.9;lr ");
	assert_route(ims_role_route(&edge, "sip:198.51.100.7:4060", none), "");
	assert_route(ims_role_route(&ue, "sip:198.51.100.7:4060", service),
		     "sip:198.51.100.7:4060;lr sip:orig@198.51.100.8;lr sip:as@198.51.100.9;lr ");
	assert_route(ims_role_route(&ue, "sip:198.51.100.7:4060", none), "sip:198.51.100.7:4060;lr ");
}

/* The TLS proxy carries bytes: no message names it, and all that says where we are says TLS. */
static void test_tls_proxy(void **state)
{
	g_autoptr(GPtrArray) none = g_ptr_array_new();
	const ims_role_user user = user_in(&ue);
	g_auto(ims_role_lines) lines = { NULL };

	(void)state;
	assert_string_equal(ims_role_way(&ue, "sip:198.51.100.7:4060"), "sip:198.51.100.7:4060");
	assert_string_equal(ims_role_way(NULL, "sip:198.51.100.7"), "sip:198.51.100.7");
	ue.entry_uri = (char *)"sip:pcscf.ims.example:5061;transport=tls";
	ue.tls_proxy_uri = (char *)"sip:127.0.0.1:5071;transport=tcp";
	lines = ims_role_originating(&user);
	assert_string_equal(lines.contact, "<sip:TOKEN@192.0.2.1:5060;transport=tls>");
	assert_string_equal(ims_role_way(&ue, "sip:198.51.100.7:4060"), "sip:127.0.0.1:5071;transport=tcp");
	assert_route(ims_role_route(&ue, "sip:127.0.0.1:5071;transport=tcp", none),
		     "sip:pcscf.ims.example:5061;transport=tls;lr ");
}

/* REQ-107: who is served over TCP says so. */
static void test_transport(void **state)
{
	const ims_role_user user = user_in(&edge);
	g_autofree char *headers = NULL;
	g_auto(ims_role_lines) lines = { NULL };

	(void)state;
	edge.transport = IMS_TRANSPORT_TCP;
	lines = ims_role_originating(&user);
	headers = ims_role_register_headers(&user, &flowless, "ICID");
	assert_string_equal(lines.contact, "<sip:TOKEN@192.0.2.1:5060;transport=tcp>");
	assert_string_equal(lines.record_route, "sip:TOKEN@192.0.2.1:5060;transport=tcp;lr");
	assert_true(g_str_has_prefix(headers, "Path: <sip:TOKEN@192.0.2.1:5060;transport=tcp;lr>\r\n"));
}

static void assert_impi(const ims_network *network, ims_impi_form form, const char *wanted)
{
	ims_network formed = *network;
	g_autofree char *impi = NULL;

	formed.private_identity = form;
	impi = ims_role_impi(&formed, "sip:alice@ims.example");
	assert_string_equal(impi, wanted);
}

static void test_impi(void **state)
{
	g_autofree char *of_edge = ims_role_impi(&edge, "sip:alice@ims.example");
	g_autofree char *of_ue = ims_role_impi(&ue, "sip:alice@ims.example");

	(void)state;
	assert_string_equal(of_edge, "alice@ims.example");
	assert_string_equal(of_ue, "alice");
	assert_impi(&edge, IMS_IMPI_OF_USER, "alice");
	assert_impi(&ue, IMS_IMPI_OF_IDENTITY, "alice@ims.example");
	assert_true(ims_role_tells_impi(&edge, "alice"));
	assert_true(ims_role_tells_impi(&ue, "alice@ims.example"));
	assert_false(ims_role_tells_impi(&ue, "alice"));
}

static void test_integrity(void **state)
{
	(void)state;
	assert_string_equal(ims_role_integrity(&edge, IMS_W2_TLS, TRUE), "tls-yes");
	assert_null(ims_role_integrity(&ue, IMS_W2_TLS, TRUE));
	assert_null(ims_role_integrity(&ue, IMS_W2_PLAIN_LAB, FALSE));
}

#define WITH_NETWORKS(test) cmocka_unit_test_setup_teardown(test, make_networks, drop_networks)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_NETWORKS(test_session_of_an_edge),
		WITH_NETWORKS(test_session_of_a_ue),
		WITH_NETWORKS(test_gruu),
		WITH_NETWORKS(test_outbound),
		WITH_NETWORKS(test_mmtel),
		WITH_NETWORKS(test_privacy),
		WITH_NETWORKS(test_register),
		WITH_NETWORKS(test_contact),
		WITH_NETWORKS(test_route),
		WITH_NETWORKS(test_tls_proxy),
		WITH_NETWORKS(test_transport),
		WITH_NETWORKS(test_impi),
		WITH_NETWORKS(test_integrity),
	};

	return cmocka_run_group_tests_name("test_ims_role", tests, NULL, NULL);
}
