/* What the network's word does to registrations, and what becomes of the subscription that brings it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "reg/ims_reg_event.h"
#include "reg_bench.h"

#define FULL(inside)                                                                                         \
	"<reginfo xmlns=\"urn:ietf:params:xml:ns:reginfo\" version=\"0\" state=\"full\"><registration "      \
	"aor=\"" IMPU "\" id=\"r\" state=\"active\">" inside "</registration></reginfo>"
#define OURS(state, event, more)                                                                             \
	"<contact id=\"c\" state=\"" state "\" event=\"" event "\" " more "><uri>sip:" TOKEN                 \
	"@192.0.2.1</uri></contact>"

#define ROUTE "sip:orig@198.51.100.13:5060;lr"
#define OK_3600                                                                                              \
	(fake_answer)                                                                                        \
	{                                                                                                    \
		.status = 200, .routes = { ROUTE }, .expires_s = 3600                                        \
	}

static ims_reg_watch *watch;

static void on_told(ims_reg *reg, const ims_reg_word *word, gpointer user)
{
	g_autofree char *what = g_strdup_printf("told %s%s", word->event, word->over ? " over" : "");

	assert_int_equal(word->over, ims_reg_is_idle(reg));
	hear(user, what);
}

static ims_reg_events listener;

static void make_listening(bench *b)
{
	ims_reg_setup setup = setup_of(b);

	setup.watch = watch;
	b->reg = ims_reg_new(&setup, &listener, b);
}

static int start(void **state)
{
	bench *b;

	start_bench(state);
	b = *state;
	listener = events;
	listener.told = on_told;
	b->network.reg_event = TRUE;
	watch = ims_reg_watch_new();
	make_listening(b);
	ims_reg_start(b->reg);
	give(b, OK_3600);
	return 0;
}

static int end(void **state)
{
	bench *b = *state;

	g_clear_pointer(&b->reg, ims_reg_free);
	ims_reg_watch_free(g_steal_pointer(&watch));
	return end_bench(state);
}

static gint64 left_ms(bench *b)
{
	return fake_clock_left_ms(&b->stack.clock);
}

/* REQ-23 */
static void test_subscribes_once(void **state)
{
	bench *b = *state;
	const ims_subscription *s = fake_subscribed(&b->stack);

	assert_string_equal(s->target, IMPU);
	assert_string_equal(s->sender, "sip:" HOST_PORT);
	assert_string_equal(s->route, ROUTE);
	assert_int_equal(s->expires_s, 3600 + 600);
	assert_non_null(strstr(s->first_headers, "P-Asserted-Identity: <sip:" TOKEN "@" HOST_PORT ">"));
	fake_clock_pass_ms(&b->stack.clock, 3000 * 1000);
	give(b, OK_3600);
	assert_int_equal(b->stack.subscriptions->len, 1);
	ims_reg_stop(b->reg);
	assert_int_equal(fake_listening(&b->stack), 0);
	give(b, (fake_answer){ .status = 200 });
}

/* REQ-24 */
static void test_ended(void **state)
{
	bench *b = *state;

	fake_notify(&b->stack, FULL(OURS("terminated", "rejected", "")));
	assert_string_equal(b->heard->str, "confirmed told rejected over ");
	assert_int_equal(b->stack.sent->len, 1);
	assert_int_equal(fake_listening(&b->stack), 0);
	assert_int_equal(left_ms(b), -1);
}

static void test_owner_lets_go_when_told(void **state)
{
	bench *b = *state;

	b->free_on = "told";
	fake_notify(&b->stack, FULL(OURS("terminated", "unregistered", "")));
	assert_null(b->reg);
	assert_int_equal(fake_listening(&b->stack), 0);
}

/* REQ-25 */
static void test_dropped(void **state)
{
	bench *b = *state;

	fake_notify(&b->stack, FULL(OURS("terminated", "deactivated", "")));
	assert_string_equal(b->heard->str, "confirmed told deactivated ");
	assert_int_equal(fake_listening(&b->stack), 0);
	fake_clock_pass_ms(&b->stack.clock, 1);
	assert_int_equal(b->stack.sent->len, 2);
	give(b, OK_3600);
	assert_string_equal(b->heard->str, "confirmed told deactivated confirmed ");
	assert_int_equal(fake_listening(&b->stack), 1);
}

static void test_put_off(void **state)
{
	bench *b = *state;

	fake_notify(&b->stack, FULL(OURS("terminated", "probation", "retry-after=\"40\"")));
	assert_string_equal(b->heard->str, "confirmed delayed 480 ");
	assert_int_equal(left_ms(b), 40 * 1000);
}

/* REQ-26 */
static void test_shortened(void **state)
{
	bench *b = *state;

	fake_notify(&b->stack, FULL(OURS("active", "shortened", "expires=\"60\"")));
	assert_string_equal(b->heard->str, "confirmed told shortened ");
	assert_int_equal(ims_reg_expires_s(b->reg), 60);
	assert_int_equal(left_ms(b), 30 * 1000);
	/* Said again, and longer than what is left: nothing new. */
	fake_notify(&b->stack, FULL(OURS("active", "shortened", "expires=\"60\"")));
	assert_string_equal(b->heard->str, "confirmed told shortened ");
	fake_clock_pass_ms(&b->stack.clock, 30 * 1000);
	assert_int_equal(b->stack.sent->len, 2);
}

/* REQ-27 */
static void test_gap(void **state)
{
	static const char partial[] =
		"<reginfo xmlns=\"urn:ietf:params:xml:ns:reginfo\" version=\"5\" state=\"partial\"/>";
	bench *b = *state;

	fake_notify(&b->stack, partial);
	fake_notify(&b->stack, partial); /* asked already */
	assert_int_equal(fake_subscribed(&b->stack)->renewed, 1);
	fake_notify(&b->stack, FULL(""));
	fake_notify(&b->stack, partial);
	assert_int_equal(fake_subscribed(&b->stack)->renewed, 2);
	assert_string_equal(b->heard->str, "confirmed ");
}

/* REQ-28 */
static void test_made_again(void **state)
{
	static const struct {
		int status;
		gint64 again_s;
		gint64 min_ms, max_ms;
	} rows[] = {
		{ 200, 0, 0, 0 },         /* at once ... */
		{ 200, 0, 30000, 60000 }, /* but not again and again */
		{ 500, 0, 60000, 120000 },
		{ 500, 900, 900000, 900000 },
		{ 489, IMS_SUBSCRIPTION_NEVER, 1800000, 1800000 },
	};
	bench *b = *state;

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		guint before = b->stack.subscriptions->len;
		gint64 start_ms = ims_clock_now_ms(ims_stack_clock(&b->stack));
		gint64 waited_ms;

		fake_end(&b->stack, rows[i].status, rows[i].again_s);
		while (b->stack.subscriptions->len == before)
			fake_clock_pass_ms(&b->stack.clock, 100);
		waited_ms = ims_clock_now_ms(ims_stack_clock(&b->stack)) - start_ms;
		assert_in_range(waited_ms, rows[i].min_ms, rows[i].max_ms + 100);
		assert_true(ims_reg_is_active(b->reg));
		if (b->stack.sent->len > 1 && fake_pending(&b->stack))
			give(b, OK_3600);
	}
	assert_string_equal(b->heard->str, "confirmed ");
}

static void test_shared(void **state)
{
	bench *b = *state;
	ims_reg *first = g_steal_pointer(&b->reg);

	make_listening(b);
	ims_reg_start(b->reg);
	give(b, OK_3600);
	assert_int_equal(b->stack.subscriptions->len, 1);
	ims_reg_free(first);
	assert_int_equal(fake_listening(&b->stack), 0);
	fake_clock_pass_ms(&b->stack.clock, 1);
	assert_int_equal(b->stack.subscriptions->len, 2);
	fake_notify(&b->stack, FULL(OURS("terminated", "rejected", "")));
	assert_true(ims_reg_is_idle(b->reg));
}

#define LISTENING(test) cmocka_unit_test_setup_teardown(test, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LISTENING(test_subscribes_once),
		LISTENING(test_ended),
		LISTENING(test_owner_lets_go_when_told),
		LISTENING(test_dropped),
		LISTENING(test_put_off),
		LISTENING(test_shortened),
		LISTENING(test_gap),
		LISTENING(test_made_again),
		LISTENING(test_shared),
	};

	return cmocka_run_group_tests_name("test_ims_reg_event", tests, NULL, NULL);
}
