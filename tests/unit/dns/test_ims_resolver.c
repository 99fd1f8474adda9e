/* Look-ups that wait for the same answers; name servers and time are the test's. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "../fake_clock.h"
#include "../log_recorder.h"
#include "dns/ims_resolver.h"
#include "dns/ims_dns.h"

struct ims_dns {
	ims_dns_done done;
	gpointer user;
	GPtrArray *asked; /* of char *: "1 _sip._udp.example.com" */
};

static ims_dns the_dns; /* the one that the resolver makes */

ims_dns *ims_dns_new(const char *servers, ims_worker *home, ims_dns_done done, gpointer user)
{
	(void)home;
	assert_string_equal(servers, "192.0.2.53,[2001:db8::53]:5353");
	the_dns = (ims_dns){ done, user, g_ptr_array_new_with_free_func(g_free) };
	return &the_dns;
}

void ims_dns_ask(ims_dns *dns, ims_dns_type type, const char *name)
{
	g_ptr_array_add(dns->asked, g_strdup_printf("%d %s", type, name));
}

void ims_dns_close(ims_dns *dns)
{
	(void)dns;
}

void ims_dns_free(ims_dns *dns)
{
	g_ptr_array_unref(dns->asked);
}

typedef struct {
	fake_clock clock;
	ims_resolver *resolver;
	GString *heard; /* "1: sip:192.0.2.1:5060, " */
} bench;

typedef struct {
	bench *b;
	const char *name;
	ims_look_up *look_up;
	void (*then)(bench *b);
} asker;

static void on_found(const GPtrArray *hops, gpointer user)
{
	asker *a = user;

	assert_null(a->look_up);
	g_string_append_printf(a->b->heard, "%s:", a->name);
	for (guint i = 0; i < hops->len; i++)
		g_string_append_printf(a->b->heard, " %s", (char *)g_ptr_array_index(hops, i));
	g_string_append(a->b->heard, ", ");
	if (a->then)
		a->then(a->b);
}

static void look_up(asker *a, const char *uri)
{
	ims_resolver_look_up(a->b->resolver, uri, on_found, a, &a->look_up);
}

static void reply(const char *addresses)
{
	const char *question = g_ptr_array_index(the_dns.asked, 0);
	ims_dns_type type = (ims_dns_type)(question[0] - '0');
	g_autofree char *name = g_strdup(question + 2);
	g_auto(GStrv) list = g_strsplit(addresses, " ", -1);
	ims_dns_answer *answer =
		ims_dns_answer_new(*addresses && type == IMS_DNS_ADDRESS ? IMS_DNS_FOUND : IMS_DNS_NONE, 60);

	for (char **address = list; *address && **address && type == IMS_DNS_ADDRESS; address++)
		ims_dns_answer_add(answer, *address);
	g_ptr_array_remove_index(the_dns.asked, 0);
	the_dns.done(type, name, answer, the_dns.user);
}

static int start(void **state)
{
	g_autoptr(GPtrArray) servers = g_ptr_array_new_with_free_func(g_free);
	bench *b = g_new0(bench, 1);

	g_ptr_array_add(servers, g_strdup("192.0.2.53"));
	g_ptr_array_add(servers, g_strdup("[2001:db8::53]:5353"));
	fake_clock_init(&b->clock);
	b->resolver = ims_resolver_new(&(ims_resolver_setup){ .servers = servers, .ip4 = TRUE }, NULL,
				       &b->clock.clock);
	b->heard = g_string_new(NULL);
	log_recorder_start();
	*state = b;
	return 0;
}

static int end(void **state)
{
	bench *b = *state;

	ims_resolver_close(b->resolver);
	ims_resolver_free(b->resolver);
	fake_clock_clear(&b->clock);
	g_string_free(b->heard, TRUE);
	log_recorder_stop();
	g_free(b);
	return 0;
}

/* At once: addresses, what was learnt, and what cannot be. */
static void test_at_once(void **state)
{
	bench *b = *state;
	asker a = { .b = b, .name = "1" };

	look_up(&a, "sip:192.0.2.7");
	look_up(&a, "sip:abc.invalid");
	look_up(&a, "tel:+49");
	assert_int_equal(the_dns.asked->len, 0);
	assert_string_equal(b->heard->str, "1: sip:192.0.2.7:5060, 1:, 1:, ");
}

/* Asked once however many wait; all are told in order; afterwards it is known, while it holds. */
static void test_shared(void **state)
{
	bench *b = *state;
	asker one = { .b = b, .name = "1" }, two = { .b = b, .name = "2" }, three = { .b = b, .name = "3" };

	look_up(&one, "sip:a.example:5060");
	look_up(&two, "sip:A.example:5070");
	assert_int_equal(the_dns.asked->len, 1);
	assert_string_equal(b->heard->str, "");
	reply("192.0.2.1");
	assert_string_equal(b->heard->str, "1: sip:192.0.2.1:5060, 2: sip:192.0.2.1:5070, ");
	look_up(&three, "sip:a.example:5080");
	assert_int_equal(the_dns.asked->len, 0);
	assert_string_equal(b->heard->str,
			    "1: sip:192.0.2.1:5060, 2: sip:192.0.2.1:5070, 3: sip:192.0.2.1:5080, ");
	fake_clock_pass_ms(&b->clock, 60000);
	look_up(&three, "sip:a.example:5080");
	assert_int_equal(the_dns.asked->len, 1);
	reply("192.0.2.2");
	assert_non_null(strstr(b->heard->str, "3: sip:192.0.2.2:5080"));
}

/* NAPTR, both SRVs side by side, then addresses. */
static void test_steps(void **state)
{
	bench *b = *state;
	asker a = { .b = b, .name = "1" };

	look_up(&a, "sip:example.com");
	assert_int_equal(the_dns.asked->len, 1);
	reply("");
	assert_int_equal(the_dns.asked->len, 2);
	reply("");
	reply("");
	assert_int_equal(the_dns.asked->len, 1);
	reply("192.0.2.1 192.0.2.2");
	assert_null(a.look_up);
	assert_non_null(strstr(b->heard->str, "sip:192.0.2.1:5060"));
	assert_non_null(strstr(b->heard->str, "sip:192.0.2.2:5060"));
}

/* Slow and mute name servers: what one step has learnt has expired when the next one ends; the look-up ends
 * all the same. */
static void test_slow(void **state)
{
	bench *b = *state;
	asker a = { .b = b, .name = "1" };
	guint answers = 0;

	look_up(&a, "sip:example.com");
	while (a.look_up) {
		fake_clock_pass_ms(&b->clock, 31000);
		reply("");
		assert_true(++answers <= 4);
	}
	assert_string_equal(b->heard->str, "1:, ");
}

static void test_dropped(void **state)
{
	bench *b = *state;
	asker one = { .b = b, .name = "1" }, two = { .b = b, .name = "2" };

	look_up(&one, "sip:a.example:5060");
	look_up(&two, "sip:a.example:5060");
	ims_look_up_drop(&one.look_up);
	assert_null(one.look_up);
	ims_look_up_drop(&one.look_up);
	reply("192.0.2.1");
	assert_string_equal(b->heard->str, "2: sip:192.0.2.1:5060, ");
}

static asker *other;

static void drop_other(bench *b)
{
	(void)b;
	ims_look_up_drop(&other->look_up);
}

static void ask_again(bench *b)
{
	(void)b;
	look_up(other, "sip:b.example:5060");
}

/* Whoever is told drops one that waits behind him, or starts another in the same slot. */
static void test_inside_answer(void **state)
{
	bench *b = *state;
	asker two = { .b = b, .name = "2" }, one = { .b = b, .name = "1", .then = drop_other };

	other = &two;
	look_up(&one, "sip:a.example:5060");
	look_up(&two, "sip:a.example:5060");
	reply("192.0.2.1");
	assert_string_equal(b->heard->str, "1: sip:192.0.2.1:5060, ");

	fake_clock_pass_ms(&b->clock, 60000);
	other = &one;
	one.then = ask_again;
	look_up(&one, "sip:a.example:5060");
	reply("192.0.2.1");
	assert_non_null(one.look_up);
	one.then = NULL;
	reply("192.0.2.9");
	assert_non_null(strstr(b->heard->str, "1: sip:192.0.2.9:5060"));
}

/* A host that failed somebody comes last for a minute, for everybody, but is never left out. */
static void test_avoided(void **state)
{
	bench *b = *state;
	asker a = { .b = b, .name = "1" };

	ims_resolver_avoid(b->resolver, "sip:192.0.2.1:5060");
	for (int round = 0; round < 20; round++) {
		g_string_truncate(b->heard, 0);
		look_up(&a, "sip:a.example:5060");
		if (the_dns.asked->len)
			reply("192.0.2.1 192.0.2.2");
		assert_string_equal(b->heard->str, "1: sip:192.0.2.2:5060 sip:192.0.2.1:5060, ");
	}
	ims_resolver_avoid(b->resolver, "sip:192.0.2.2:5060");
	g_string_truncate(b->heard, 0);
	look_up(&a, "sip:a.example:5060");
	assert_non_null(strstr(b->heard->str, "sip:192.0.2.1:5060"));
	assert_non_null(strstr(b->heard->str, "sip:192.0.2.2:5060"));
}

/* Names that a peer makes up cannot fill us. */
static void test_bounded(void **state)
{
	bench *b = *state;
	asker askers[300];
	guint refused = 0;

	for (guint i = 0; i < 300; i++) {
		g_autofree char *uri = g_strdup_printf("sip:n%u.example:5060", i);

		askers[i] = (asker){ .b = b, .name = "x" };
		look_up(&askers[i], uri);
		refused += !askers[i].look_up;
	}
	assert_int_equal(the_dns.asked->len, 256);
	assert_int_equal(refused, 44);
	for (guint i = 0; i < 300; i++)
		ims_look_up_drop(&askers[i].look_up);
}

#define IN_BENCH(test) cmocka_unit_test_setup_teardown(test, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_BENCH(test_at_once), IN_BENCH(test_shared),  IN_BENCH(test_steps),
		IN_BENCH(test_slow),    IN_BENCH(test_dropped), IN_BENCH(test_inside_answer),
		IN_BENCH(test_avoided), IN_BENCH(test_bounded),
	};

	return cmocka_run_group_tests_name("test_ims_resolver", tests, NULL, NULL);
}
