/* Addresses, and whose packets are the far end's. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "media/ims_latch.h"

static const struct address_case {
	const char *text;
	guint16 port;
	gboolean valid, unicast;
	const char *printed;
} addresses[] = {
	{ "192.0.2.7", 4000, TRUE, TRUE, "192.0.2.7:4000" },
	{ "2001:db8::7", 4000, TRUE, TRUE, "[2001:db8::7]:4000" },
	{ "192.0.2.7", 0, TRUE, FALSE, "192.0.2.7:0" },
	{ "0.0.0.0", 4000, TRUE, FALSE, "0.0.0.0:4000" }, /* hold, RFC 3264 8.4 */
	{ "::", 4000, TRUE, FALSE, "[::]:4000" },
	{ "224.0.0.1", 4000, TRUE, FALSE, "224.0.0.1:4000" },
	{ "255.255.255.255", 4000, TRUE, FALSE, "255.255.255.255:4000" },
	{ "ff02::1", 4000, TRUE, FALSE, "[ff02::1]:4000" },
	{ "phone.example", 4000, FALSE, FALSE, "nowhere" },
	{ "192.0.2", 4000, FALSE, FALSE, "nowhere" },
	{ " 192.0.2.7", 4000, FALSE, FALSE, "nowhere" },
	{ "", 4000, FALSE, FALSE, "nowhere" },
};

static void test_addresses(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(addresses); i++) {
		const struct address_case *c = &addresses[i];
		ims_address a = { .length = 0 };
		char text[IMS_ADDRESS_TEXT];

		assert_int_equal(ims_address_parse(c->text, c->port, &a), c->valid);
		assert_int_equal(ims_address_is_unicast(&a), c->unicast);
		assert_string_equal(ims_address_text(&a, text), c->printed);
	}
}

static ims_address at(const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, "/", 2);
	ims_address a = { .length = 0 };

	assert_true(ims_address_parse(parts[0], (guint16)g_ascii_strtoull(parts[1], NULL, 10), &a));
	return a;
}

static void test_comparison(void **state)
{
	ims_address a = at("192.0.2.7/4000"), port = at("192.0.2.7/4002"), host = at("192.0.2.8/4000");
	ims_address six = at("2001:db8::7/4000"), other = at("2001:db8::8/4000"), none = { .length = 0 };

	(void)state;
	assert_true(ims_address_equal(&a, &a));
	assert_false(ims_address_equal(&a, &port));
	assert_true(ims_address_same_host(&a, &port));
	assert_false(ims_address_same_host(&a, &host));
	assert_false(ims_address_same_host(&a, &six));
	assert_true(ims_address_equal(&six, &six));
	assert_false(ims_address_same_host(&six, &other));
	assert_false(ims_address_equal(&none, &none)); /* nobody is nobody's neighbour */
}

/* A story in lines: "signal A", "good A", "poor A" (may not decide); then what was answered and
 * where packets go. */
#define A "192.0.2.7/4000"
#define B "198.51.100.9/5000"
#define C "203.0.113.1/6000"

static const struct latch_case {
	const char *name;
	gboolean strict;
	struct {
		char what; /* s: signalled, g: good packet, p: poor packet */
		const char *where;
		gboolean yes;       /* changed, or accepted */
		const char *target; /* NULL: do not send */
	} lines[7];
} stories[] = {
	{ "the far end is where it said",
	  .lines = { { 's', A, TRUE, A }, { 'g', A, TRUE, A }, { 'g', B, FALSE, A }, { 'p', A, TRUE, A } } },
	{ "the far end is elsewhere (NAT)",
	  .lines = { { 's', A, TRUE, A }, { 'g', B, TRUE, B }, { 'g', C, FALSE, B }, { 'g', B, TRUE, B } } },
	{ "a stranger was first, the named one wins for good",
	  .lines = { { 's', A, TRUE, A }, { 'g', B, TRUE, B }, { 'g', A, TRUE, A }, { 'g', B, FALSE, A } } },
	{ "a poor packet decides nothing",
	  .lines = { { 's', A, TRUE, A }, { 'p', A, FALSE, A }, { 'p', B, FALSE, A } } },
	{ "not even that of the named one",
	  .lines = { { 's', A, TRUE, A }, { 'g', B, TRUE, B }, { 'p', A, FALSE, B }, { 'p', B, TRUE, B } } },
	{ "the same again keeps the source",
	  .lines = { { 's', A, TRUE, A }, { 'g', B, TRUE, B }, { 's', A, FALSE, B }, { 'g', C, FALSE, B } } },
	{ "a new one forgets it", .lines = { { 's', A, TRUE, A },
					     { 'g', B, TRUE, B },
					     { 's', C, TRUE, C },
					     { 'g', B, TRUE, B },
					     { 'g', C, TRUE, C } } },
	{ "another port is another place",
	  .lines = { { 's', A, TRUE, A }, { 'g', A, TRUE, A }, { 'g', "192.0.2.7/4002", FALSE, A } } },
	{ "held: nothing goes out, not even to where it comes from",
	  .lines = { { 's', "0.0.0.0/4000", FALSE, NULL }, { 'g', B, TRUE, NULL }, { 's', A, TRUE, A } } },
	{ "held later",
	  .lines = { { 's', A, TRUE, A }, { 'g', A, TRUE, A }, { 's', "0.0.0.0/4000", TRUE, NULL } } },
	{ "port 0", .lines = { { 's', "192.0.2.7/0", FALSE, NULL } } },
	{ "strict: who is elsewhere is nobody", .strict = TRUE,
	  .lines = { { 's', A, TRUE, A },
		     { 'g', B, FALSE, A },
		     { 'g', "192.0.2.7/4002", FALSE, A },
		     { 'g', A, TRUE, A },
		     { 's', B, TRUE, B },
		     { 'g', A, FALSE, B },
		     { 'g', B, TRUE, B } } },
	{ "IPv6", .lines = { { 's', "2001:db8::7/4000", TRUE, "2001:db8::7/4000" },
			     { 'g', "2001:db8::8/1", TRUE, "2001:db8::8/1" } } },
};

static void test_stories(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(stories); i++) {
		ims_latch latch = { .strict = stories[i].strict };

		for (guint k = 0; k < G_N_ELEMENTS(stories[i].lines) && stories[i].lines[k].where; k++) {
			ims_address where = at(stories[i].lines[k].where);
			g_auto(GStrv) parts = g_strsplit(stories[i].lines[k].where, "/", 2);
			const ims_address *target;
			gboolean yes;

			if (stories[i].lines[k].what == 's')
				yes = ims_latch_signal(&latch, parts[0], ims_address_port(&where));
			else
				yes = ims_latch_accept(&latch, &where, stories[i].lines[k].what == 'g');
			if (yes != stories[i].lines[k].yes)
				fail_msg("%s: line %u", stories[i].name, k + 1);
			target = ims_latch_target(&latch);
			if (!stories[i].lines[k].target) {
				assert_null(target);
				continue;
			}
			where = at(stories[i].lines[k].target);
			if (!target || !ims_address_equal(target, &where))
				fail_msg("%s: line %u: wrong target", stories[i].name, k + 1);
		}
	}
}

static void test_name_is_never_looked_up(void **state)
{
	ims_latch latch = { .signalled.length = 0 };

	(void)state;
	assert_false(ims_latch_signal(&latch, "localhost", 4000));
	assert_null(ims_latch_target(&latch));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_addresses),
		cmocka_unit_test(test_comparison),
		cmocka_unit_test(test_stories),
		cmocka_unit_test(test_name_is_never_looked_up),
	};

	return cmocka_run_group_tests_name("test_ims_latch", tests, NULL, NULL);
}
