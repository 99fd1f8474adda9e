/* For how long an answer holds, in a time that the test owns. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "../fake_clock.h"
#include "dns/ims_dns_cache.h"

#define DAY_MS (86400 * G_GINT64_CONSTANT(1000))

typedef struct {
	fake_clock clock;
	ims_dns_cache *cache;
} bench;

static int start(void **state)
{
	bench *b = g_new0(bench, 1);

	fake_clock_init(&b->clock);
	b->cache = ims_dns_cache_new(&b->clock.clock);
	*state = b;
	return 0;
}

static int end(void **state)
{
	bench *b = *state;

	ims_dns_cache_free(b->cache);
	fake_clock_clear(&b->clock);
	g_free(b);
	return 0;
}

static void put(bench *b, const char *name, ims_dns_outcome outcome, guint ttl_s)
{
	ims_dns_answer *answer = ims_dns_answer_new(outcome, ttl_s);

	if (outcome == IMS_DNS_FOUND)
		ims_dns_answer_add(answer, "192.0.2.1");
	ims_dns_cache_put(b->cache, IMS_DNS_ADDRESS, name, answer);
}

/* -1: not known */
static int get(bench *b, const char *name)
{
	const ims_dns_answer *answer = ims_dns_cache_get(b->cache, IMS_DNS_ADDRESS, name, G_MAXINT64);

	return answer ? (int)answer->outcome : -1;
}

static void test_ttl(void **state)
{
	static const struct {
		ims_dns_outcome outcome;
		guint ttl_s;
		gint64 holds_ms;
	} rows[] = {
		{ IMS_DNS_FOUND, 60, 60000 },     { IMS_DNS_FOUND, 0, 1000 },
		{ IMS_DNS_FOUND, 86400, DAY_MS }, { IMS_DNS_FOUND, 604800, DAY_MS },
		{ IMS_DNS_NONE, 0, 30000 },       { IMS_DNS_NONE, 10, 10000 },
		{ IMS_DNS_NONE, 3600, 30000 },    { IMS_DNS_FAILED, 0, 5000 },
		{ IMS_DNS_FAILED, 3600, 5000 },
	};
	bench *b = *state;

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *name = g_strdup_printf("host%zu.example", i);

		assert_int_equal(get(b, name), -1);
		put(b, name, rows[i].outcome, rows[i].ttl_s);
		fake_clock_pass_ms(&b->clock, rows[i].holds_ms - 1);
		assert_int_equal(get(b, name), (int)rows[i].outcome);
		fake_clock_pass_ms(&b->clock, 1);
		assert_int_equal(get(b, name), -1);
	}
}

static void test_names(void **state)
{
	bench *b = *state;

	put(b, "Host.Example", IMS_DNS_FOUND, 60);
	assert_int_equal(get(b, "host.EXAMPLE"), IMS_DNS_FOUND);
	assert_null(ims_dns_cache_get(b->cache, IMS_DNS_SRV, "host.example", 0));
	put(b, "host.example", IMS_DNS_NONE, 0); /* a newer answer replaces */
	assert_int_equal(get(b, "host.example"), IMS_DNS_NONE);
}

/* What came during a search counts for it to its end. */
static void test_since(void **state)
{
	bench *b = *state;
	gint64 now_ms = b->clock.now_ms;

	put(b, "host.example", IMS_DNS_FAILED, 0);
	fake_clock_pass_ms(&b->clock, 60000);
	assert_non_null(ims_dns_cache_get(b->cache, IMS_DNS_ADDRESS, "host.example", now_ms));
	assert_null(ims_dns_cache_get(b->cache, IMS_DNS_ADDRESS, "host.example", now_ms + 1));
}

/* RFC 8767: the name servers are down: what was known serves on, for a day. */
static void test_stale(void **state)
{
	bench *b = *state;

	put(b, "host.example", IMS_DNS_FOUND, 60);
	fake_clock_pass_ms(&b->clock, 60000);
	assert_int_equal(get(b, "host.example"), -1); /* asked again ... */
	put(b, "host.example", IMS_DNS_FAILED, 0);
	assert_int_equal(get(b, "host.example"), IMS_DNS_FOUND);
	fake_clock_pass_ms(&b->clock, 5000);
	assert_int_equal(get(b, "host.example"), -1); /* ... and again */
	put(b, "host.example", IMS_DNS_FAILED, 0);
	assert_int_equal(get(b, "host.example"), IMS_DNS_FOUND);
	fake_clock_pass_ms(&b->clock, DAY_MS + 5000);
	put(b, "host.example", IMS_DNS_FAILED, 0);
	assert_int_equal(get(b, "host.example"), IMS_DNS_FAILED);
	put(b, "host.example", IMS_DNS_FOUND, 60);
	put(b, "host.example", IMS_DNS_FAILED, 0); /* it still holds */
	fake_clock_pass_ms(&b->clock, 59999);
	assert_int_equal(get(b, "host.example"), IMS_DNS_FOUND);
}

/* ... and no longer, however often it is asked for meanwhile. */
static void test_stale_ends(void **state)
{
	bench *b = *state;

	put(b, "host.example", IMS_DNS_FOUND, 60);
	for (int hour = 1; hour <= 24; hour++) {
		fake_clock_pass_ms(&b->clock, DAY_MS / 24);
		put(b, "host.example", IMS_DNS_FAILED, 0);
		assert_int_equal(get(b, "host.example"), IMS_DNS_FOUND);
	}
	fake_clock_pass_ms(&b->clock, 60000);
	put(b, "host.example", IMS_DNS_FAILED, 0);
	assert_int_equal(get(b, "host.example"), IMS_DNS_FAILED);
}

/* A failure that was remembered does not outlive itself. */
static void test_failed_again(void **state)
{
	bench *b = *state;

	for (int i = 0; i < 3; i++) {
		put(b, "host.example", IMS_DNS_FAILED, 0);
		assert_int_equal(get(b, "host.example"), IMS_DNS_FAILED);
		fake_clock_pass_ms(&b->clock, 5000);
		assert_int_equal(get(b, "host.example"), -1);
	}
}

/* At most 1,024; those that end first go first. */
static void test_bounded(void **state)
{
	bench *b = *state;
	guint kept = 0;

	put(b, "short.example", IMS_DNS_FOUND, 10);
	put(b, "long.example", IMS_DNS_FOUND, 3600);
	for (int i = 0; i < 3000; i++) {
		g_autofree char *name = g_strdup_printf("n%d.example", i);

		put(b, name, IMS_DNS_FOUND, 60);
	}
	assert_int_equal(get(b, "short.example"), -1);
	assert_int_equal(get(b, "long.example"), IMS_DNS_FOUND);
	assert_int_equal(get(b, "n2999.example"), IMS_DNS_FOUND);
	for (int i = 0; i < 3000; i++) {
		g_autofree char *name = g_strdup_printf("n%d.example", i);

		kept += get(b, name) == IMS_DNS_FOUND;
	}
	assert_int_equal(kept, 1023);
}

/* Of one name: 64 records. */
static void test_long_answer(void **state)
{
	bench *b = *state;
	ims_dns_answer *answer = ims_dns_answer_new(IMS_DNS_FOUND, 60);

	for (int i = 0; i < 3000; i++)
		ims_dns_answer_add(answer, "192.0.2.1");
	ims_dns_cache_put(b->cache, IMS_DNS_ADDRESS, "host.example", answer);
	assert_int_equal(ims_dns_cache_get(b->cache, IMS_DNS_ADDRESS, "host.example", 0)->records->len, 64);
}

#define IN_BENCH(test) cmocka_unit_test_setup_teardown(test, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_BENCH(test_ttl),     IN_BENCH(test_names),       IN_BENCH(test_since),
		IN_BENCH(test_stale),   IN_BENCH(test_stale_ends),  IN_BENCH(test_failed_again),
		IN_BENCH(test_bounded), IN_BENCH(test_long_answer),
	};

	return cmocka_run_group_tests_name("test_ims_dns_cache", tests, NULL, NULL);
}
