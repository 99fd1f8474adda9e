/* Between sofia-sip's timers the SIP thread sleeps, and what comes wakes it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <poll.h>
#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "sip/internal.h"

enum { TIMERS = 20, STEPS_EACH = 3 };

typedef struct {
	su_root_t *root;
	ims_rest rest;
	int mail, watch;
	guint fired, heard;
} thread;

static int hear(su_root_magic_t *magic, su_wait_t *wait, su_wakeup_arg_t *arg)
{
	thread *t = (thread *)arg;
	uint64_t count;

	(void)magic;
	(void)wait;
	assert_int_equal(read(t->mail, &count, sizeof(count)), sizeof(count));
	t->heard++;
	return 0;
}

static void fire(su_root_magic_t *magic, su_timer_t *timer, su_timer_arg_t *arg)
{
	thread *t = (thread *)arg;

	(void)magic;
	if (++t->fired < TIMERS)
		su_timer_set(timer, fire, arg);
}

static int make(void **state)
{
	thread *t = g_new0(thread, 1);
	su_wait_t wait[1];

	su_init();
	t->root = su_root_create(NULL);
	su_root_threading(t->root, 0);
	t->mail = eventfd(0, EFD_NONBLOCK);
	su_wait_create(wait, t->mail, SU_WAIT_IN);
	t->watch = su_root_register(t->root, wait, hear, (su_wakeup_arg_t *)t, 0);
	assert_true(t->watch >= 0);
	ims_rest_init(&t->rest, t->root, t->mail);
	*state = t;
	return 0;
}

static int end(void **state)
{
	thread *t = *state;

	su_root_deregister(t->root, t->watch);
	su_root_destroy(t->root);
	su_deinit();
	close(t->mail);
	g_free(t);
	return 0;
}

static void count_steps(thread *t, int deferrable)
{
	su_timer_t *timer = su_timer_create(su_root_task(t->root), 3);
	guint steps = 0;

	assert_int_equal(su_timer_deferrable(timer, deferrable), 0);
	su_timer_set(timer, fire, (su_timer_arg_t *)t);
	for (; t->fired < TIMERS; steps++)
		ims_rest_until_due(&t->rest, ims_rest_after_work(&t->rest));
	su_timer_destroy(timer);
	assert_true(steps <= TIMERS * STEPS_EACH);
}

/* Without rest there are hundreds of steps for each timer. */
static void test_a_timer_takes_few_steps(void **state)
{
	count_steps(*state, 0);
}

/* A TCP connection has such a one. */
static void test_a_deferrable_timer_takes_few_steps(void **state)
{
	count_steps(*state, 1);
}

static void test_what_comes_is_seen(void **state)
{
	thread *t = *state;
	struct pollfd seen = { t->rest.fd, POLLIN, 0 };
	uint64_t one = 1;

	assert_true(t->rest.fd >= 0);
	assert_int_equal(poll(&seen, 1, 0), 0);
	assert_int_equal(write(t->mail, &one, sizeof(one)), sizeof(one));
	assert_int_equal(poll(&seen, 1, 0), 1);
	ims_rest_until_due(&t->rest, SU_WAIT_FOREVER);
	ims_rest_after_work(&t->rest);
	assert_int_equal(t->heard, 1);
}

/* No timer at all, and nobody watched: sofia-sip sleeps by itself. */
static void test_nothing_to_wait_for(void **state)
{
	thread *t = *state;
	ims_rest nobodys;

	ims_rest_init(&nobodys, t->root, -1);
	assert_int_equal(nobodys.fd, -1);
	ims_rest_until_due(&nobodys, ims_rest_after_work(&nobodys));
	ims_rest_until_due(&t->rest, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_timer_takes_few_steps, make, end),
		cmocka_unit_test_setup_teardown(test_a_deferrable_timer_takes_few_steps, make, end),
		cmocka_unit_test_setup_teardown(test_what_comes_is_seen, make, end),
		cmocka_unit_test_setup_teardown(test_nothing_to_wait_for, make, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
