/* RFC 3263 and RFC 2782: what is asked, and in which order hosts are tried. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "dns/ims_hops.h"

/* Name servers made of text: "NAPTR example.com 10 20 s sip+d2u _sip._udp.example.com",
 * "SRV _sip._udp.example.com 1 60 5070 a.example.com", "A a.example.com 192.0.2.1". What is not there is
 * known not to be, unless it is among the unknown. */
typedef struct {
	const char *const *zone;
	const char *unknown; /* "SRV _sip._udp.example.com" */
	GString *asked;      /* once each */
	GHashTable *answers;
	ims_hop_search search;
	guint32 dice;
} world;

static const char *const types[] = { "NAPTR", "SRV", "A" };

static void read_record(ims_dns_answer *answer, ims_dns_type type, char **words)
{
	if (type == IMS_DNS_NAPTR) {
		ims_dns_record *r = ims_dns_answer_add(answer, words[6]);

		r->first = (guint16)atoi(words[2]);
		r->then = (guint16)atoi(words[3]);
		r->flag = words[4][0];
		r->service = g_strdup(words[5]);
	} else if (type == IMS_DNS_SRV) {
		ims_dns_record *r = ims_dns_answer_add(answer, words[5]);

		r->first = (guint16)atoi(words[2]);
		r->then = (guint16)atoi(words[3]);
		r->port = (guint16)atoi(words[4]);
	} else {
		ims_dns_answer_add(answer, words[2]);
	}
}

static const ims_dns_answer *ask(ims_dns_type type, const char *name, gpointer user)
{
	world *w = user;
	g_autofree char *question = g_strdup_printf("%s %s", types[type], name);
	ims_dns_answer *answer = g_hash_table_lookup(w->answers, question);

	if (!strstr(w->asked->str, question))
		g_string_append_printf(w->asked, "%s%s", w->asked->len ? ", " : "", question);
	if (answer || g_strcmp0(question, w->unknown) == 0)
		return answer;
	answer = ims_dns_answer_new(IMS_DNS_NONE, 60);
	for (const char *const *line = w->zone; *line; line++) {
		g_auto(GStrv) words = g_strsplit(*line, " ", -1);

		if (strcmp(words[0], types[type]) == 0 && strcmp(words[1], name) == 0)
			read_record(answer, type, words);
	}
	if (answer->records->len)
		answer->outcome = IMS_DNS_FOUND;
	g_hash_table_insert(w->answers, g_steal_pointer(&question), answer);
	return answer;
}

static guint32 dice(gpointer user)
{
	return ((world *)user)->dice;
}

static void world_open(world *w, const char *const *zone)
{
	*w = (world){ .zone = zone, .asked = g_string_new(NULL) };
	w->answers =
		g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)ims_dns_answer_free);
	w->search = (ims_hop_search){ .ask = ask, .random = dice, .user = w, .ip4 = TRUE };
}

static void world_close(world *w)
{
	g_string_free(w->asked, TRUE);
	g_hash_table_unref(w->answers);
}

/* "a b c", NULL: an answer is missing */
static char *find(world *w, const char *uri)
{
	g_auto(ims_hop_target) target = { 0 };
	g_autoptr(GPtrArray) hops = NULL;

	assert_true(ims_hop_target_parse(uri, &target));
	hops = ims_hops_find(&target, &w->search);
	if (!hops)
		return NULL;
	g_ptr_array_add(hops, NULL);
	return g_strjoinv(" ", (char **)hops->pdata);
}

static void assert_hops(world *w, const char *uri, const char *wanted, const char *asked)
{
	g_autofree char *hops = find(w, uri);

	if (g_strcmp0(hops, wanted) != 0)
		fail_msg("%s: '%s', not '%s'", uri, hops ? hops : "(unknown)", wanted);
	if (asked && strcmp(w->asked->str, asked) != 0)
		fail_msg("%s: asked '%s', not '%s'", uri, w->asked->str, asked);
}

static void test_target(void **state)
{
	static const struct {
		const char *uri, *host;
		guint16 port;
		ims_via via;
	} rows[] = {
		{ "sip:Example.COM", "example.com", 0, IMS_VIA_ANY },
		{ "sip:example.com.", "example.com", 0, IMS_VIA_ANY },
		{ "sip:a:b@example.com:5070;lr", "example.com", 5070, IMS_VIA_ANY },
		{ "sip:scscf_1.example.com;lr;transport=TCP", "scscf_1.example.com", 0, IMS_VIA_TCP },
		{ "sips:example.com", "example.com", 0, IMS_VIA_TLS },
		{ "sips:example.com;transport=tcp", "example.com", 0, IMS_VIA_TLS },
		{ "sip:example.com;transport=tls", "example.com", 0, IMS_VIA_TLS },
		{ "sip:example.com;transport=udp?x=y", "example.com", 0, IMS_VIA_UDP },
		{ "sip:192.0.2.1:5062", "192.0.2.1", 5062, IMS_VIA_ANY },
		{ "sip:u@[2001:DB8:0::1]:5062;lr", "2001:db8::1", 5062, IMS_VIA_ANY },
		{ "sip:example.com;maddr=192.0.2.9", "192.0.2.9", 0, IMS_VIA_ANY },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(ims_hop_target) target = { 0 };

		if (!ims_hop_target_parse(rows[i].uri, &target))
			fail_msg("%s was refused", rows[i].uri);
		assert_string_equal(target.host, rows[i].host);
		assert_int_equal(target.port, rows[i].port);
		assert_int_equal(target.via, rows[i].via);
	}
}

/* REQ-152: .invalid is never looked up. */
static void test_no_target(void **state)
{
	static const char *const rows[] = {
		"",
		"sip",
		"sip:",
		"tel:+49",
		"urn:service:sos",
		"http://example.com",
		"sip:a b.example",
		"sip:exa\"mple.com",
		"sip:example..com",
		"sip:.example.com",
		"sip:example.com:0",
		"sip:example.com:70000",
		"sip:example.com:5060x",
		"sip:example.com;transport=ws",
		"sip:x@abc.invalid;transport=tcp",
		"sip:10.1.2",
		"sip:[2001:db8::1",
		"sip:[example.com]x",
		"sip:e\xc3\xa9.example",
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(ims_hop_target) target = { 0 };

		if (ims_hop_target_parse(rows[i], &target))
			fail_msg("'%s' was taken, as '%s'", rows[i], target.host);
	}
}

/* RFC 3263 4.1, 4.2: nothing is asked about an address; a port means addresses, a transport SRV. */
static void test_what_is_asked(void **state)
{
	static const char *const zone[] = { "A example.com 192.0.2.1",
					    "SRV _sip._tcp.example.com 0 0 5071 t.example.com",
					    "A t.example.com 192.0.2.2",
					    "SRV _sips._tcp.example.com 0 0 5072 t.example.com", NULL };
	static const char *const rows[][3] = {
		{ "sip:198.51.100.1", "sip:198.51.100.1:5060", "" },
		{ "sip:198.51.100.1:5070;transport=tcp", "sip:198.51.100.1:5070;transport=tcp", "" },
		{ "sips:198.51.100.1", "sip:198.51.100.1:5061;transport=tls", "" },
		{ "sip:[2001:db8::1]", "sip:[2001:db8::1]:5060", "" },
		{ "sip:example.com:5080", "sip:192.0.2.1:5080", "A example.com" },
		{ "sip:example.com:5080;transport=udp", "sip:192.0.2.1:5080;transport=udp", "A example.com" },
		{ "sip:example.com;transport=tcp", "sip:192.0.2.2:5071;transport=tcp",
		  "SRV _sip._tcp.example.com, A t.example.com" },
		{ "sip:example.com;transport=udp", "sip:192.0.2.1:5060;transport=udp",
		  "SRV _sip._udp.example.com, A example.com" },
		{ "sips:example.com", "sip:192.0.2.2:5072;transport=tls",
		  "SRV _sips._tcp.example.com, A t.example.com" },
		{ "sip:example.com", "sip:192.0.2.2:5071;transport=tcp",
		  "NAPTR example.com, SRV _sip._udp.example.com, SRV _sip._tcp.example.com, A "
		  "t.example.com" },
		{ "sip:other.example", "",
		  "NAPTR other.example, SRV _sip._udp.other.example, "
		  "SRV _sip._tcp.other.example, A other.example" },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		world w;

		world_open(&w, zone);
		assert_hops(&w, rows[i][0], rows[i][1], rows[i][2]);
		world_close(&w);
	}
}

/* By order, then preference; what we cannot do is left out; flag a means addresses. */
static void test_naptr(void **state)
{
	static const char *const zone[] = { "NAPTR example.com 20 1 s sip+d2u _sip._udp.u.example.com",
					    "NAPTR example.com 10 5 s sip+d2t _sip._tcp.t.example.com",
					    "NAPTR example.com 10 1 s sips+d2t _sips._tcp.s.example.com",
					    "NAPTR example.com 10 2 s sip+d2w _sip._ws.example.com",
					    "NAPTR example.com 30 1 a sip+d2u plain.example.com",
					    "NAPTR example.com 40 1 u sip+d2u ",
					    "SRV _sip._udp.u.example.com 0 0 5060 u.example.com",
					    "SRV _sip._tcp.t.example.com 0 0 5060 t.example.com",
					    "SRV _sips._tcp.s.example.com 0 0 5061 s.example.com",
					    "A u.example.com 192.0.2.1",
					    "A t.example.com 192.0.2.2",
					    "A s.example.com 192.0.2.3",
					    "A plain.example.com 192.0.2.4",
					    NULL };
	world w;

	(void)state;
	world_open(&w, zone);
	assert_hops(&w, "sip:example.com",
		    "sip:192.0.2.2:5060;transport=tcp sip:192.0.2.1:5060 sip:192.0.2.4:5060", NULL);
	w.search.tls = TRUE;
	assert_hops(&w, "sip:example.com",
		    "sip:192.0.2.3:5061;transport=tls sip:192.0.2.2:5060;transport=tcp sip:192.0.2.1:5060 "
		    "sip:192.0.2.4:5060",
		    NULL);
	world_close(&w);
}

/* A domain whose NAPTR offers nothing we can do is tried without. */
static void test_naptr_of_others(void **state)
{
	static const char *const zone[] = { "NAPTR example.com 10 1 s sip+d2w _sip._ws.example.com",
					    "SRV _sip._udp.example.com 0 0 5060 u.example.com",
					    "A u.example.com 192.0.2.1", NULL };
	world w;

	(void)state;
	world_open(&w, zone);
	assert_hops(&w, "sip:example.com", "sip:192.0.2.1:5060", NULL);
	world_close(&w);
}

/* Priorities in order, all addresses of a host before the next host, the other family left out. */
static void test_srv(void **state)
{
	static const char *const zone[] = { "SRV _sip._udp.example.com 20 0 5060 c.example.com",
					    "SRV _sip._udp.example.com 10 0 5062 b.example.com",
					    "SRV _sip._udp.example.com 5 0 5061 a.example.com",
					    "SRV _sip._udp.example.com 1 0 5061 gone.example.com",
					    "SRV _sip._udp.example.com 0 0 0 ",
					    "A a.example.com 192.0.2.1",
					    "A a.example.com 192.0.2.2",
					    "A a.example.com 2001:db8::2",
					    "A b.example.com 2001:db8::3",
					    "A c.example.com 192.0.2.4",
					    NULL };
	world w;

	(void)state;
	world_open(&w, zone);
	assert_hops(&w, "sip:example.com", "sip:192.0.2.1:5061 sip:192.0.2.2:5061 sip:192.0.2.4:5060", NULL);
	w.dice = 1; /* addresses of one host have no order */
	assert_hops(&w, "sip:example.com", "sip:192.0.2.2:5061 sip:192.0.2.1:5061 sip:192.0.2.4:5060", NULL);
	w.search.ip4 = FALSE;
	w.search.ip6 = TRUE;
	assert_hops(&w, "sip:example.com", "sip:[2001:db8::2]:5061 sip:[2001:db8::3]:5062", NULL);
	world_close(&w);
}

/* While an answer is missing there is no result, but all that can be asked is asked. */
static void test_unknown(void **state)
{
	static const char *const zone[] = { "SRV _sip._udp.example.com 0 0 5060 a.example.com",
					    "SRV _sip._udp.example.com 0 0 5060 b.example.com",
					    "A a.example.com 192.0.2.1", "A b.example.com 192.0.2.2", NULL };
	world w;

	(void)state;
	world_open(&w, zone);
	w.unknown = "NAPTR example.com";
	assert_hops(&w, "sip:example.com", NULL, "NAPTR example.com");
	w.unknown = "SRV _sip._udp.example.com";
	assert_hops(&w, "sip:example.com", NULL,
		    "NAPTR example.com, SRV _sip._udp.example.com, SRV _sip._tcp.example.com");
	w.unknown = "A a.example.com";
	assert_hops(&w, "sip:example.com", NULL, NULL);
	assert_non_null(strstr(w.asked->str, "A b.example.com"));
	w.unknown = NULL;
	assert_hops(&w, "sip:example.com", "sip:192.0.2.1:5060 sip:192.0.2.2:5060", NULL);
	world_close(&w);
}

/* However much a zone holds. */
static void test_limit(void **state)
{
	const char *zone[102] = { NULL };
	world w;
	g_autofree char *hops = NULL;
	g_auto(GStrv) each = NULL;

	(void)state;
	for (int i = 0; i < 100; i++)
		zone[i] = g_strdup_printf("A example.com 192.0.2.%d", i + 1);
	world_open(&w, zone);
	hops = find(&w, "sip:example.com:5060");
	each = g_strsplit(hops, " ", -1);
	assert_int_equal(g_strv_length(each), 16);
	world_close(&w);
	for (int i = 0; i < 100; i++)
		g_free((char *)zone[i]);
}

static guint32 real_dice(gpointer user)
{
	return g_rand_int(user);
}

/* RFC 2782: 60 and 20 and 20 of a hundred come first that often, weight 0 hardly ever; what is left is
 * drawn likewise. */
static void test_weights(void **state)
{
	static const guint16 weights[] = { 60, 20, 20, 0 };
	static const struct {
		guint least, most;
	} first[] = { { 5700, 6300 }, { 1700, 2300 }, { 1700, 2300 }, { 0, 200 } };
	guint firsts[4] = { 0 };
	GRand *rand = g_rand_new_with_seed(7);

	(void)state;
	for (int round = 0; round < 10000; round++) {
		g_autoptr(ims_dns_answer) answer = ims_dns_answer_new(IMS_DNS_FOUND, 60);
		gboolean seen[4] = { FALSE };

		for (guint i = 0; i < 4; i++) {
			ims_dns_record *r = ims_dns_answer_add(answer, "x");

			r->then = weights[i];
			r->port = (guint16)i;
		}
		ims_hops_order_srv(answer->records, real_dice, rand);
		for (guint i = 0; i < 4; i++)
			seen[((ims_dns_record *)g_ptr_array_index(answer->records, i))->port] = TRUE;
		assert_true(seen[0] && seen[1] && seen[2] && seen[3]);
		firsts[((ims_dns_record *)g_ptr_array_index(answer->records, 0))->port]++;
	}
	for (guint i = 0; i < 4; i++)
		if (firsts[i] < first[i].least || firsts[i] > first[i].most)
			fail_msg("weight %u was first %u times of 10000", weights[i], firsts[i]);
	g_rand_free(rand);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_target),          cmocka_unit_test(test_no_target),
		cmocka_unit_test(test_what_is_asked),   cmocka_unit_test(test_naptr),
		cmocka_unit_test(test_naptr_of_others), cmocka_unit_test(test_srv),
		cmocka_unit_test(test_unknown),         cmocka_unit_test(test_limit),
		cmocka_unit_test(test_weights),
	};

	return cmocka_run_group_tests_name("test_ims_hops", tests, NULL, NULL);
}
