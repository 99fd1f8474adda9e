/* Mail is kept in order and never lost, whoever posts and whenever. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <poll.h>
#include "base/ims_gate.h"
#include "base/ims_worker.h"

#define POSTERS 8
#define EACH 5000

#define SLEEP_MS 60000

static gint overslept; /* times that nobody woke a loop in SLEEP_MS */

static void loop(ims_worker *worker, gpointer user)
{
	struct pollfd watch = { .fd = ims_worker_fd(worker), .events = POLLIN };

	if (user)
		g_atomic_pointer_set((gpointer *)user, g_thread_self());
	while (!ims_worker_is_stopping(worker))
		if (poll(&watch, 1, SLEEP_MS) > 0)
			ims_worker_drain(worker);
		else
			g_atomic_int_inc(&overslept);
}

typedef struct {
	ims_worker *worker;
	gboolean wrong_thread;
	guint next[POSTERS]; /* of each poster's numbers */
	guint out_of_order, done;
} bench;

typedef struct {
	bench *b;
	guint poster, number;
} letter;

static void read_letter(gpointer subject, gpointer args)
{
	bench *b = subject;
	letter *l = args;

	b->wrong_thread |= !ims_worker_is_current(b->worker);
	b->out_of_order += b->next[l->poster] != l->number;
	b->next[l->poster] = l->number + 1;
	b->done++;
	g_free(l);
}

static void post(bench *b, guint poster, guint number)
{
	letter *l = g_new(letter, 1);

	*l = (letter){ b, poster, number };
	ims_worker_post(b->worker, read_letter, b, l);
}

typedef struct {
	bench *b;
	guint poster;
} poster_args;

static gpointer poster_main(gpointer data)
{
	poster_args *p = data;

	for (guint i = 0; i < EACH; i++)
		post(p->b, p->poster, i);
	return NULL;
}

static void test_many_posters(void **state)
{
	bench b = { 0 };
	poster_args args[POSTERS];
	GThread *threads[POSTERS];

	(void)state;
	b.worker = ims_worker_new("test", loop, NULL);
	for (guint i = 0; i < POSTERS; i++) {
		args[i] = (poster_args){ &b, i };
		threads[i] = g_thread_new("poster", poster_main, &args[i]);
	}
	for (guint i = 0; i < POSTERS; i++)
		g_thread_join(threads[i]);
	ims_worker_stop(b.worker);
	ims_worker_free(b.worker);
	assert_int_equal(b.done, POSTERS * EACH);
	assert_int_equal(b.out_of_order, 0);
	assert_false(b.wrong_thread);
}

/* What came after the end runs when the worker is freed: in order, once, as its owner's. */
static void test_mail_after_stop(void **state)
{
	bench b = { 0 };

	(void)state;
	b.worker = ims_worker_new("test", loop, NULL);
	ims_worker_stop(b.worker);
	assert_true(ims_worker_is_stopping(b.worker));
	assert_false(ims_worker_is_current(b.worker));
	for (guint i = 0; i < 100; i++)
		post(&b, 0, i);
	assert_int_equal(b.done, 0);
	ims_worker_free(b.worker);
	assert_int_equal(b.done, 100);
	assert_int_equal(b.out_of_order, 0);
	assert_false(b.wrong_thread);
}

/* The owner's thread is the test's: it drains when it wants to. */
static void leave_it(ims_worker *worker, gpointer user)
{
	ims_gate *begun = user;

	(void)worker;
	ims_gate_open(begun);
}

/* In portions, so that the thread sees to its sockets in between; each time it is told that there is more. */
static void test_portions(void **state)
{
	struct pollfd watch = { .events = POLLIN };
	ims_gate begun;
	bench b = { 0 };
	guint drains = 0;

	(void)state;
	ims_gate_init(&begun);
	b.worker = ims_worker_new("test", leave_it, &begun);
	ims_gate_wait(&begun);
	watch.fd = ims_worker_fd(b.worker);
	for (guint i = 0; i < 1000; i++)
		post(&b, 0, i);
	assert_int_equal(ims_worker_waiting(b.worker), 1000);
	for (; poll(&watch, 1, 0) > 0; drains++) {
		guint before = b.done;

		ims_worker_drain(b.worker);
		assert_in_range(b.done - before, 0, 20);
	}
	assert_in_range(drains, 50, 200);
	assert_int_equal(b.done, 1000);
	assert_int_equal(b.out_of_order, 0);
	assert_int_equal(ims_worker_waiting(b.worker), 0);
	ims_worker_stop(b.worker);
	ims_worker_free(b.worker);
	ims_gate_clear(&begun);
}

static void test_lag(void **state)
{
	ims_gate begun;
	bench b = { 0 };
	ims_waits waits;

	(void)state;
	ims_gate_init(&begun);
	b.worker = ims_worker_new("test", leave_it, &begun);
	ims_gate_wait(&begun);
	post(&b, 0, 0);
	g_usleep(30000);
	post(&b, 0, 1);
	ims_worker_drain(b.worker);
	waits = ims_lag_take(ims_worker_lag(b.worker));
	assert_true(waits.longest_ms >= 30);
	assert_true(waits.least_ms <= waits.longest_ms - 29);
	ims_worker_stop(b.worker);
	ims_worker_free(b.worker);
	ims_gate_clear(&begun);
}

static void post_more(gpointer subject, gpointer args)
{
	bench *b = subject;

	(void)args;
	if (++b->done < 10)
		ims_worker_post(b->worker, post_more, b, NULL);
}

/* A task may post: to the end of the line, also when the worker is at its end. */
static void test_task_posts(void **state)
{
	bench b = { 0 };

	(void)state;
	b.worker = ims_worker_new("test", loop, NULL);
	ims_worker_stop(b.worker);
	ims_worker_post(b.worker, post_more, &b, NULL);
	ims_worker_free(b.worker);
	assert_int_equal(b.done, 10);
}

static void open_gate(gpointer subject, gpointer args)
{
	(void)args;
	ims_gate_open(subject);
}

/* It wakes for a single letter, again and again. */
static void test_wakes(void **state)
{
	ims_worker *worker = ims_worker_new("test", loop, NULL);

	(void)state;
	overslept = 0;
	for (int i = 0; i < 1000; i++) {
		ims_gate read;

		ims_gate_init(&read);
		ims_worker_post(worker, open_gate, &read, NULL);
		ims_gate_wait(&read);
		ims_gate_clear(&read);
	}
	ims_worker_stop(worker);
	ims_worker_free(worker);
	assert_int_equal(overslept, 0);
}

static void test_stop_wakes(void **state)
{
	ims_worker *worker = ims_worker_new("test", loop, NULL);

	(void)state;
	overslept = 0;
	ims_worker_stop(worker);
	ims_worker_stop(worker); /* harmless */
	assert_int_equal(overslept, 0);
	ims_worker_free(worker);
	ims_worker_free(NULL);
}

static void note_thread(gpointer subject, gpointer args)
{
	(void)args;
	*(GThread **)subject = g_thread_self();
}

static void test_thread(void **state)
{
	gpointer of_loop = NULL;
	GThread *of_task = NULL;
	ims_worker *worker = ims_worker_new("test", loop, &of_loop);

	(void)state;
	assert_false(ims_worker_is_current(worker));
	ims_worker_post(worker, note_thread, &of_task, NULL);
	ims_worker_stop(worker);
	ims_worker_free(worker);
	assert_non_null(of_task);
	/* it may have been stopped before it read: then the letter ran here */
	assert_true(of_task == g_atomic_pointer_get(&of_loop) || of_task == g_thread_self());
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many_posters), cmocka_unit_test(test_mail_after_stop),
		cmocka_unit_test(test_portions),     cmocka_unit_test(test_lag),
		cmocka_unit_test(test_task_posts),   cmocka_unit_test(test_wakes),
		cmocka_unit_test(test_stop_wakes),   cmocka_unit_test(test_thread),
	};

	return cmocka_run_group_tests_name("test_ims_worker", tests, NULL, NULL);
}
