/* Where a registration goes: host after host, and over which connection. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "reg_bench.h"

static const char *hops_tried(bench *b, GString *tried)
{
	g_string_truncate(tried, 0);
	for (guint i = 0; i < b->stack.sent->len; i++) {
		const ims_transaction *t = g_ptr_array_index(b->stack.sent, i);

		g_string_append_printf(tried, "%s ", t->next_hop);
	}
	return tried->str;
}

/* The challenge is answered where it came from, and refreshes go there (platform.md 10); on to the next host
 * when one is silent or overloaded, with nothing of what the last one challenged. */
static void test_next_host(void **state)
{
	static const fake_answer failures[] = { { .status = 408, .internal = TRUE },
						{ .status = 503 },
						{ .status = 503, .retry_after_s = 60 },
						{ .status = 305 },
						{ .status = 500 } };
	bench *b = *state;
	g_autoptr(GString) tried = g_string_new(NULL);

	b->stack.hops[0] = "sip:a";
	b->stack.hops[1] = "sip:b";
	for (gsize i = 0; i < G_N_ELEMENTS(failures); i++) {
		g_ptr_array_set_size(b->stack.sent, 0);
		g_string_truncate(b->stack.avoided, 0);
		make_reg(b);
		ims_reg_start(b->reg);
		GIVE(b, CHALLENGED("nonce-1"));
		give(b, failures[i]);
		assert_has(last_authorization(b), "nonce=\"\"");
		GIVE(b, CHALLENGED("nonce-2"));
		GIVE(b, OK_FOR(60));
		fake_clock_skip(&b->stack.clock);
		assert_string_equal(hops_tried(b, tried), "sip:a sip:a sip:b sip:b sip:b ");
		assert_string_equal(b->stack.avoided->str, "sip:a ");
		assert_string_equal(b->heard->str, "confirmed ");
		g_string_truncate(b->heard, 0);
		ims_reg_free(g_steal_pointer(&b->reg));
	}
}

/* All of them fail: only then the owner hears of it, and the next round looks them up anew. */
static void test_all_hosts_fail(void **state)
{
	bench *b = *state;
	g_autoptr(GString) tried = g_string_new(NULL);

	b->stack.hops[0] = "sip:a";
	b->stack.hops[1] = "sip:b";
	make_reg(b);
	ims_reg_start(b->reg);
	GIVE(b, .status = 503);
	assert_string_equal(b->heard->str, "");
	GIVE(b, .status = 408, .internal = TRUE);
	assert_string_equal(b->heard->str, "delayed 408 ");
	b->stack.hops[0] = "sip:c";
	b->stack.hops[1] = NULL;
	fake_clock_skip(&b->stack.clock);
	GIVE(b, OK_FOR(60));
	assert_string_equal(hops_tried(b, tried), "sip:a sip:b sip:c ");
	assert_string_equal(b->stack.avoided->str, "sip:a sip:b ");
	assert_string_equal(b->heard->str, "delayed 408 confirmed ");
}

/* A refresh goes on to the next host with what is proved; the owner hears nothing. */
static void test_next_host_at_refresh(void **state)
{
	bench *b = *state;

	b->stack.hops[0] = "sip:a";
	b->stack.hops[1] = "sip:b";
	registered(b, 3600);
	fake_clock_skip(&b->stack.clock);
	GIVE(b, .status = 503);
	assert_string_equal(fake_last(&b->stack)->next_hop, "sip:b");
	assert_has(last_authorization(b), "nonce=\"nonce-1\"");
	assert_has(last_authorization(b), "tls-yes");
	GIVE(b, .status = 401, .challenges = { STALE("nonce-2") });
	GIVE(b, OK_FOR(3600));
	assert_string_equal(b->heard->str, "");
	assert_true(ims_reg_is_active(b->reg));
}

/* The name leads nowhere, for now. */
static void test_no_host(void **state)
{
	bench *b = *state;

	b->stack.nowhere = TRUE;
	make_reg(b);
	ims_reg_start(b->reg);
	assert_int_equal(b->stack.sent->len, 0);
	assert_string_equal(b->heard->str, "delayed 503 ");
	b->stack.nowhere = FALSE;
	fake_clock_skip(&b->stack.clock);
	GIVE(b, OK_FOR(60));
	assert_string_equal(b->heard->str, "delayed 503 confirmed ");
}

/* Name servers take their time: nothing is sent, whatever is asked meanwhile; the last word counts. */
static void test_slow_names(void **state)
{
	bench *b = *state;

	b->stack.slow = TRUE;
	make_reg(b);
	ims_reg_start(b->reg);
	ims_reg_start(b->reg);
	assert_string_equal(ims_reg_state_name(b->reg), "registering");
	assert_int_equal(b->stack.sent->len, 0);
	fake_found(&b->stack);
	GIVE(b, OK_FOR(60));
	assert_string_equal(b->heard->str, "confirmed ");
	ims_reg_free(g_steal_pointer(&b->reg));

	make_reg(b);
	ims_reg_start(b->reg);
	ims_reg_stop(b->reg);
	fake_found(&b->stack);
	assert_has(fake_last(&b->stack)->contact, ";expires=0");
	GIVE(b, .status = 200);
	assert_string_equal(b->heard->str, "confirmed gone ");
	ims_reg_start(b->reg); /* freed while it waits: nothing is left */
}

/* The end of a TCP connection is not always seen (sofia.md 5): no 32 s for that. */
static void test_silent_connection(void **state)
{
	bench *b = *state;

	b->stack.hops[0] = "sip:a;transport=tcp";
	b->stack.hops[1] = "sip:b";
	make_reg(b);
	ims_reg_start(b->reg);
	fake_clock_pass_ms(&b->stack.clock, 7999);
	assert_int_equal(b->stack.sent->len, 1);
	fake_clock_pass_ms(&b->stack.clock, 1);
	assert_int_equal(fake_pending(&b->stack), 1);
	assert_string_equal(fake_last(&b->stack)->next_hop, "sip:b");
	fake_clock_pass_ms(&b->stack.clock, 30000); /* UDP: the stack knows by itself */
	assert_int_equal(b->stack.sent->len, 2);
	GIVE(b, OK_FOR(60));
	assert_string_equal(b->heard->str, "confirmed ");
}

/* RFC 5626: a registration whose connection is gone is made again over another, and nobody hears of it. */
static void test_lost_connection(void **state)
{
	bench *b = *state;
	g_autoptr(GPtrArray) watches = g_ptr_array_new(), more = g_ptr_array_new();
	ims_link first = { watches }, second = { more };

	make_reg(b);
	ims_reg_start(b->reg);
	GIVE(b, OK_FOR(3600), .link = &first);
	g_string_truncate(b->heard, 0);
	assert_int_equal(watches->len, 1);
	fake_link_cut(&first);
	assert_int_equal(b->stack.sent->len, 2);
	assert_true(ims_reg_is_active(b->reg));
	GIVE(b, OK_FOR(3600), .link = &second);
	assert_int_equal(more->len, 1);
	ims_reg_start(b->reg); /* a refresh over the same connection watches it once */
	GIVE(b, OK_FOR(3600), .link = &second);
	assert_int_equal(more->len, 1);
	assert_string_equal(b->heard->str, "confirmed ");
	ims_reg_stop(b->reg);
	GIVE(b, .status = 200);
	assert_int_equal(more->len, 0);
}

/* Connections that end as soon as they are made: RFC 5626 4.5, else we would register without a pause. */
static void test_connections_that_do_not_last(void **state)
{
	bench *b = *state;
	g_autoptr(GPtrArray) watches = g_ptr_array_new();
	ims_link link = { watches };

	make_reg(b);
	ims_reg_start(b->reg);
	GIVE(b, OK_FOR(3600), .link = &link);
	for (guint i = 0; i < 2; i++) {
		fake_link_cut(&link);
		GIVE(b, OK_FOR(3600), .link = &link);
	}
	assert_int_equal(b->stack.sent->len, 3);
	for (gint64 base_s = 30; base_s <= 480; base_s *= 2) {
		guint sent = b->stack.sent->len;
		gint64 waited_ms;

		fake_link_cut(&link);
		assert_int_equal(b->stack.sent->len, sent);
		waited_ms = fake_clock_skip(&b->stack.clock);
		assert_in_range(waited_ms, base_s * 500, base_s * 1000);
		assert_int_equal(b->stack.sent->len, sent + 1);
		GIVE(b, OK_FOR(3600), .link = &link);
	}
	assert_true(ims_reg_is_active(b->reg));
	ims_reg_free(g_steal_pointer(&b->reg));
	assert_int_equal(watches->len, 0);
}

/* Nobody is there after the loss: the binding's rest is waited for, then it is told. */
static void test_lost_for_good(void **state)
{
	bench *b = *state;
	g_autoptr(GPtrArray) watches = g_ptr_array_new();
	ims_link link = { watches };

	make_reg(b);
	ims_reg_start(b->reg);
	GIVE(b, OK_FOR(60), .link = &link);
	g_string_truncate(b->heard, 0);
	fake_link_cut(&link);
	for (guint i = 0; i < 10 && b->heard->len == 0; i++) {
		GIVE(b, .status = 503, .internal = TRUE);
		if (b->heard->len == 0)
			fake_clock_skip(&b->stack.clock);
	}
	assert_string_equal(b->heard->str, "delayed 503 ");
	assert_int_equal(watches->len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_BENCH(test_next_host),
		IN_BENCH(test_all_hosts_fail),
		IN_BENCH(test_next_host_at_refresh),
		IN_BENCH(test_no_host),
		IN_BENCH(test_slow_names),
		IN_BENCH(test_silent_connection),
		IN_BENCH(test_lost_connection),
		IN_BENCH(test_connections_that_do_not_last),
		IN_BENCH(test_lost_for_good),
	};

	return cmocka_run_group_tests_name("test_ims_reg_hosts", tests, NULL, NULL);
}
