/* Everything is served once, one thing after the other while nothing blocks, and past what does. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "base/ims_crew.h"
#include "base/ims_gate.h"

#define THREADS 4
#define POSTERS 4
#define EACH 5000

typedef struct {
	ims_crew *crew;
	gint served, at_once, most_at_once;
	ims_gate all;    /* POSTERS * EACH are served */
	ims_gate behind; /* what stands behind a thing that blocks is served */
} bench;

static void serve_quickly(gpointer thing, gpointer user)
{
	bench *b = user;
	gint now = g_atomic_int_add(&b->at_once, 1) + 1;

	(void)thing;
	if (now > b->most_at_once)
		b->most_at_once = now;
	g_atomic_int_add(&b->at_once, -1);
	if (g_atomic_int_add(&b->served, 1) + 1 == POSTERS * EACH)
		ims_gate_open(&b->all);
}

static gpointer push_many(gpointer data)
{
	bench *b = data;

	for (guint i = 0; i < EACH; i++) {
		ims_crew_push(b->crew, b);
		ims_crew_call(b->crew);
	}
	return NULL;
}

static void test_one_is_enough_for_what_never_blocks(void **state)
{
	bench b = { .served = 0 };
	GThread *posters[POSTERS];

	(void)state;
	ims_gate_init(&b.all);
	b.crew = ims_crew_new("crew", THREADS, serve_quickly, &b);
	for (guint i = 0; i < POSTERS; i++)
		posters[i] = g_thread_new("poster", push_many, &b);
	for (guint i = 0; i < POSTERS; i++)
		g_thread_join(posters[i]);
	assert_true(ims_gate_wait_s(&b.all, 60));
	ims_crew_free(b.crew);
	assert_int_equal(b.served, POSTERS * EACH);
	assert_int_equal(b.most_at_once, 1);
	ims_gate_clear(&b.all);
}

/* A line of things costs one call. */
static void test_one_call_is_enough(void **state)
{
	bench b = { .served = 0 };

	(void)state;
	ims_gate_init(&b.all);
	b.crew = ims_crew_new("crew", THREADS, serve_quickly, &b);
	for (guint i = 0; i < POSTERS * EACH; i++)
		ims_crew_push(b.crew, &b);
	ims_crew_call(b.crew);
	assert_true(ims_gate_wait_s(&b.all, 60));
	ims_crew_free(b.crew);
	assert_int_equal(b.served, POSTERS * EACH);
	ims_gate_clear(&b.all);
}

/* The first things wait for the last one: THREADS - 1 of them leave one thread that serves it. */
static void serve_past(gpointer thing, gpointer user)
{
	bench *b = user;

	if (GPOINTER_TO_INT(thing) == THREADS) {
		ims_gate_open(&b->behind);
		return;
	}
	ims_crew_block(b->crew);
	while (g_atomic_int_get(&b->served) == 0)
		g_usleep(1000);
	ims_crew_unblock(b->crew);
}

static void test_others_serve_while_some_block(void **state)
{
	bench b = { .served = 0 };

	(void)state;
	ims_gate_init(&b.behind);
	b.crew = ims_crew_new("crew", THREADS, serve_past, &b);
	for (int i = 1; i <= THREADS; i++)
		ims_crew_push(b.crew, GINT_TO_POINTER(i));
	ims_crew_call(b.crew);
	assert_true(ims_gate_wait_s(&b.behind, 60));
	g_atomic_int_set(&b.served, 1);
	ims_crew_free(b.crew);
	ims_gate_clear(&b.behind);
}

static void serve_again(gpointer thing, gpointer user)
{
	bench *b = user;

	if (++b->served < EACH)
		ims_crew_push(b->crew, thing);
}

static void test_what_is_left_is_served_at_the_end(void **state)
{
	bench b = { .served = 0 };

	(void)state;
	b.crew = ims_crew_new("crew", 1, serve_again, &b);
	ims_crew_push(b.crew, &b);
	ims_crew_free(b.crew);
	assert_int_equal(b.served, EACH);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_is_enough_for_what_never_blocks),
		cmocka_unit_test(test_one_call_is_enough),
		cmocka_unit_test(test_others_serve_while_some_block),
		cmocka_unit_test(test_what_is_left_is_served_at_the_end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
