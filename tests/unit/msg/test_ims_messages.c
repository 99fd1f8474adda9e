/* The messages of one user: one final status for each, bounds, and an end at any moment. sip/ims_pager and
 * the stack are of this file. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "../fake_clock.h"
#include "base/ims_error.h"
#include "msg/ims_messages.h"

struct ims_stack {
	fake_clock clock;
	gboolean broken;
	guint made, alive;
	GPtrArray *pagers; /* of ims_pager, alive */
};

struct ims_pager {
	ims_stack *stack;
	char *call_id;
	ims_pager_done done;
	gpointer user;
};

ims_clock *ims_stack_clock(ims_stack *stack)
{
	return &stack->clock.clock;
}

ims_pager *ims_pager_send(ims_stack *stack, const ims_pager_request *request, ims_pager_done done,
			  gpointer user, GError **error)
{
	ims_pager *pager;

	(void)request;
	if (stack->broken) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_SIP, "broken");
		return NULL;
	}
	pager = g_new0(ims_pager, 1);
	*pager = (ims_pager){ stack, g_strdup_printf("m%u", ++stack->made), done, user };
	g_ptr_array_add(stack->pagers, pager);
	return pager;
}

const char *ims_pager_call_id(const ims_pager *pager)
{
	return pager->call_id;
}

static void pager_gone(ims_pager *pager)
{
	g_assert_true(g_ptr_array_remove(pager->stack->pagers, pager));
	g_free(pager->call_id);
	g_free(pager);
}

void ims_pager_drop(ims_pager *pager)
{
	if (pager)
		pager_gone(pager);
}

/* As the real one: it is gone before its owner hears of it. */
static void answer(ims_stack *stack, guint at, int status)
{
	ims_pager *pager = g_ptr_array_index(stack->pagers, at);
	ims_pager_done done = pager->done;
	gpointer user = pager->user;

	pager_gone(pager);
	done(&(ims_sip_news){ .status = status, .reason = (char *)"said" }, user);
}

typedef struct {
	ims_stack stack;
	ims_messages *messages;
	GString *heard;
	gboolean sends_again;
} bench;

static const char *send_one(bench *b, const char *transaction, GError **error)
{
	return ims_messages_send(b->messages, &(ims_pager_request){ .target = "sip:bob@ims.example" },
				 transaction, error);
}

static void on_delivered(const char *call_id, const char *transaction, const ims_sip_news *news,
			 gpointer user)
{
	bench *b = user;

	g_string_append_printf(b->heard, "%s/%s %d, ", call_id, transaction ? transaction : "-",
			       news->status);
	if (b->sends_again) {
		b->sends_again = FALSE;
		assert_non_null(send_one(b, "again", NULL));
	}
}

static int start_limited(void **state, guint per_minute)
{
	bench *b = g_new0(bench, 1);

	fake_clock_init(&b->stack.clock);
	b->stack.pagers = g_ptr_array_new();
	b->heard = g_string_new(NULL);
	b->messages = ims_messages_new(&b->stack, per_minute, on_delivered, b);
	*state = b;
	return 0;
}

static int start(void **state)
{
	return start_limited(state, 0);
}

static int start_slow(void **state)
{
	return start_limited(state, 3);
}

static int end(void **state)
{
	bench *b = *state;

	ims_messages_free(b->messages);
	assert_int_equal(b->stack.pagers->len, 0);
	g_ptr_array_unref(b->stack.pagers);
	fake_clock_clear(&b->stack.clock);
	g_string_free(b->heard, TRUE);
	g_free(b);
	return 0;
}

static void test_each_is_told_once(void **state)
{
	bench *b = *state;

	assert_string_equal(send_one(b, "t1", NULL), "m1");
	assert_string_equal(send_one(b, NULL, NULL), "m2");
	assert_string_equal(send_one(b, "t3", NULL), "m3");
	answer(&b->stack, 1, 404);
	answer(&b->stack, 1, 202);
	answer(&b->stack, 0, 408);
	assert_string_equal(b->heard->str, "m2/- 404, m3/t3 202, m1/t1 408, ");
}

static void test_one_follows_from_the_callback(void **state)
{
	bench *b = *state;

	send_one(b, "t1", NULL);
	b->sends_again = TRUE;
	answer(&b->stack, 0, 200);
	answer(&b->stack, 0, 200);
	assert_string_equal(b->heard->str, "m1/t1 200, m2/again 200, ");
}

/* REQ-144 */
static void test_unanswered_are_bounded(void **state)
{
	bench *b = *state;
	g_autoptr(GError) error = NULL;

	for (int i = 0; i < 32; i++)
		assert_non_null(send_one(b, NULL, NULL));
	assert_null(send_one(b, NULL, &error));
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_LIMIT));
	assert_string_equal(error->message, "message: 32 wait for their answer already");
	assert_int_equal(b->stack.pagers->len, 32);
	answer(&b->stack, 31, 200);
	assert_non_null(send_one(b, NULL, NULL));
}

/* REQ-144: out and in have a bucket each. */
static void test_rate(void **state)
{
	bench *b = *state;
	g_autoptr(GError) error = NULL;

	for (int i = 0; i < 3; i++) {
		assert_non_null(send_one(b, NULL, NULL));
		assert_true(ims_messages_admit(b->messages));
	}
	assert_null(send_one(b, NULL, &error));
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_LIMIT));
	assert_string_equal(error->message, "message: more than 3 in a minute");
	assert_false(ims_messages_admit(b->messages));
	fake_clock_pass_ms(&b->stack.clock, 20000);
	assert_non_null(send_one(b, NULL, NULL));
	assert_true(ims_messages_admit(b->messages));
	assert_false(ims_messages_admit(b->messages));
}

static void test_cannot_be_sent(void **state)
{
	bench *b = *state;
	g_autoptr(GError) error = NULL;

	b->stack.broken = TRUE;
	assert_null(send_one(b, "t1", &error));
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_SIP));
	assert_string_equal(b->heard->str, "");
}

/* `end` sees that nothing is left of those on their way. */
static void test_freed_while_waiting(void **state)
{
	bench *b = *state;

	send_one(b, "t1", NULL);
	send_one(b, "t2", NULL);
	ims_messages_free(g_steal_pointer(&b->messages));
	assert_string_equal(b->heard->str, "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_each_is_told_once, start, end),
		cmocka_unit_test_setup_teardown(test_one_follows_from_the_callback, start, end),
		cmocka_unit_test_setup_teardown(test_unanswered_are_bounded, start, end),
		cmocka_unit_test_setup_teardown(test_rate, start_slow, end),
		cmocka_unit_test_setup_teardown(test_cannot_be_sent, start, end),
		cmocka_unit_test_setup_teardown(test_freed_while_waiting, start, end),
	};

	return cmocka_run_group_tests_name("test_ims_messages", tests, NULL, NULL);
}
