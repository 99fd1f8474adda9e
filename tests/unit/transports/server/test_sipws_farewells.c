/* Sockets that are gone, until Janus has let go of their sessions. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "fake_clock.h"
#include "server/internal.h"

static struct {
	GString *told; /* "gone 1, close 1, ..." */
	guint gone, closed;
} janus;

static void tell(const char *what, gpointer session)
{
	g_string_append_printf(janus.told, "%s%s %u", janus.told->len ? ", " : "", what,
			       GPOINTER_TO_UINT(session));
}

static void on_gone(gpointer session)
{
	janus.gone++;
	tell("gone", session);
}

static void on_close(gpointer session)
{
	janus.closed++;
	tell("close", session);
}

static const sipws_gateway gateway = { .gone = on_gone, .close = on_close };

typedef struct {
	fake_clock clock;
	sipws_farewells *farewells;
} bench;

static bench *bench_new(void)
{
	bench *b = g_new0(bench, 1);

	janus.told = g_string_new(NULL);
	janus.gone = janus.closed = 0;
	fake_clock_init(&b->clock);
	b->farewells = sipws_farewells_new(&gateway, &b->clock.clock);
	return b;
}

static void bench_free(bench *b)
{
	sipws_farewells_free(b->farewells);
	fake_clock_clear(&b->clock);
	g_string_free(janus.told, TRUE);
	g_free(b);
}

static void leave(bench *b, guint number, gboolean had_session)
{
	sipws_farewells_add(b->farewells, number, GUINT_TO_POINTER(number), had_session);
}

static void test_destroyed(void **state)
{
	bench *b = bench_new();

	(void)state;
	leave(b, 1, TRUE);
	leave(b, 2, TRUE);
	assert_string_equal(janus.told->str, "");
	sipws_farewells_session_over(b->farewells, 2);
	assert_string_equal(janus.told->str, "close 2");
	sipws_farewells_session_over(b->farewells, 2); /* nobody's */
	sipws_farewells_session_over(b->farewells, 1);
	assert_string_equal(janus.told->str, "close 2, close 1");
	fake_clock_pass_ms(&b->clock, 60000);
	assert_int_equal(janus.gone, 0);
	bench_free(b);
}

static void test_never_asked(void **state)
{
	bench *b = bench_new();

	(void)state;
	leave(b, 1, FALSE);
	assert_string_equal(janus.told->str, "close 1");
	assert_int_equal(sipws_farewells_count(b->farewells), 0);
	bench_free(b);
}

static void test_janus_is_silent(void **state)
{
	bench *b = bench_new();

	(void)state;
	leave(b, 1, TRUE);
	fake_clock_pass_ms(&b->clock, 3000);
	leave(b, 2, TRUE);
	fake_clock_pass_ms(&b->clock, 1999);
	assert_string_equal(janus.told->str, "");
	fake_clock_pass_ms(&b->clock, 1);
	assert_string_equal(janus.told->str, "gone 1, close 1");
	fake_clock_pass_ms(&b->clock, 3000);
	assert_string_equal(janus.told->str, "gone 1, close 1, gone 2, close 2");
	bench_free(b);
}

/* Each transport_gone takes Janus's time, and everybody's: not all of them in a row. */
static void test_many_at_once(void **state)
{
	bench *b = bench_new();

	(void)state;
	for (guint i = 1; i <= 120; i++)
		leave(b, i, TRUE);
	fake_clock_pass_ms(&b->clock, 5000);
	assert_int_equal(janus.gone, 50);
	fake_clock_pass_ms(&b->clock, 20);
	assert_int_equal(janus.gone, 100);
	fake_clock_pass_ms(&b->clock, 20);
	assert_int_equal(janus.gone, 120);
	assert_int_equal(janus.closed, 120);
	bench_free(b);
}

static void test_end(void **state)
{
	bench *b = bench_new();

	(void)state;
	leave(b, 1, TRUE);
	leave(b, 2, TRUE);
	sipws_farewells_free(g_steal_pointer(&b->farewells));
	assert_string_equal(janus.told->str, "close 1, close 2");
	bench_free(b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_destroyed),
		cmocka_unit_test(test_never_asked),
		cmocka_unit_test(test_janus_is_silent),
		cmocka_unit_test(test_many_at_once),
		cmocka_unit_test(test_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
