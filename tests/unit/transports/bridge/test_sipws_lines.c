/* Handles for calls: one idle ahead, a bound, and each event to whom it concerns. Janus takes whatever it is
 * asked; of the nouns of bridge/ nothing is linked but lines and news. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "../../fake_clock.h"
#include "bridge/internal.h"

#define MASTER_ID 4711

typedef struct {
	fake_clock clock;
	sipws_bridge bridge;
	sipws_config config;
	GQueue asked; /* of json_t *: what Janus has not answered */
	GString *log;
	guint handles;
} bench;

struct sipws_call {
	sipws_line *line;
};

static bench *the_bench; /* for those that know nothing but a line */

/* ---- in place of the other nouns ---- */

void sipws_account_habits(json_t *registration)
{
	json_object_set_new(registration, "automatic_ringing", json_false());
}

void sipws_account_gone(sipws_line *line, const sipws_failure *failure)
{
	assert_true(line->master);
	g_string_append_printf(the_bench->log, "account gone: %s, ", failure->text);
}

/* As the real one: its line is let go. */
void sipws_call_lost(sipws_call *call, const char *reason)
{
	g_string_append_printf(the_bench->log, "call lost: %s, ", reason);
	sipws_lines_release(call->line);
}

#define CONCERNED(noun)                                                                                      \
	void sipws_##noun##_news(sipws_line *line, const sipws_news *news)                                   \
	{                                                                                                    \
		(void)line;                                                                                  \
		g_string_append_printf(the_bench->log, #noun " %s, ", news->name);                           \
	}
CONCERNED(account)
CONCERNED(call)
CONCERNED(info)
CONCERNED(pager)
CONCERNED(subscriptions)
CONCERNED(transfers)

/* ---- Janus ---- */

static void on_ask(json_t *request, gpointer user)
{
	g_queue_push_tail(&((bench *)user)->asked, request);
}

static void hear(bench *b, json_t *message)
{
	sipws_janus_hear(b->bridge.janus, message);
}

static json_t *answer_to(bench *b, const json_t *request)
{
	const char *kind = json_string_value(json_object_get(request, "janus"));
	json_t *answer = json_pack("{ss, sO}", "janus", strcmp(kind, "message") == 0 ? "ack" : "success",
				   "transaction", json_object_get(request, "transaction"));

	if (strcmp(kind, "create") == 0)
		json_object_set_new(answer, "data", json_pack("{si}", "id", 1000));
	if (strcmp(kind, "attach") == 0)
		json_object_set_new(answer, "data", json_pack("{si}", "id", ++b->handles));
	return answer;
}

/* What was asked, and that Janus does it. */
static void serve(bench *b)
{
	json_t *request;

	while ((request = g_queue_pop_head(&b->asked))) {
		const char *kind = json_string_value(json_object_get(request, "janus"));
		json_int_t id = json_integer_value(json_object_get(request, "handle_id"));
		json_t *body = json_object_get(request, "body");

		if (strcmp(kind, "message") == 0) {
			g_string_append_printf(b->log, "%d: %s %s, ", (int)id,
					       json_string_value(json_object_get(body, "request")),
					       json_string_value(json_object_get(body, "type")));
			assert_int_equal(json_integer_value(json_object_get(body, "master_id")), MASTER_ID);
			assert_true(json_is_false(json_object_get(body, "automatic_ringing")));
		} else if (strcmp(kind, "detach") == 0) {
			g_string_append_printf(b->log, "%d: detach, ", (int)id);
		}
		hear(b, answer_to(b, request));
		json_decref(request);
	}
}

static void say(bench *b, int handle, const char *result)
{
	hear(b, json_pack("{ss, si, s{s{so}}}", "janus", "event", "sender", handle, "plugindata", "data",
			  "result", json_loads(result, 0, NULL)));
}

/* transaction: of its register. */
static void helps(bench *b, int handle, const char *transaction)
{
	hear(b, json_pack("{ss, si, ss, s{s{s{ss}}}}", "janus", "event", "sender", handle, "transaction",
			  transaction, "plugindata", "data", "result", "event", "registered"));
}

static void assert_log(bench *b, const char *wanted)
{
	serve(b);
	assert_string_equal(b->log->str, wanted);
	g_string_truncate(b->log, 0);
}

static void on_over(const char *reason, gpointer user)
{
	g_string_append_printf(((bench *)user)->log, "over: %s, ", reason);
}

static int start(void **state)
{
	bench *b = the_bench = g_new0(bench, 1);

	fake_clock_init(&b->clock);
	b->log = g_string_new(NULL);
	b->config.calls = 3;
	b->bridge.loop_index = -1;
	b->bridge.config = &b->config;
	b->bridge.clock = &b->clock.clock;
	b->bridge.lines = g_ptr_array_new();
	b->bridge.janus =
		sipws_janus_new(&b->clock.clock, &(sipws_janus_setup){ .ask = on_ask, .over = on_over }, b);
	*state = b;
	return 0;
}

static int stop(void **state)
{
	bench *b = *state;

	b->bridge.closing = TRUE;
	sipws_lines_drop(&b->bridge);
	sipws_janus_free(b->bridge.janus);
	g_queue_clear_full(&b->asked, (GDestroyNotify)json_decref);
	g_ptr_array_unref(b->bridge.lines);
	fake_clock_clear(&b->clock);
	g_string_free(b->log, TRUE);
	g_free(b);
	return 0;
}

static sipws_line *registered(bench *b)
{
	sipws_line *master = sipws_lines_master(&b->bridge);

	serve(b);
	sipws_lines_registered(&b->bridge, MASTER_ID);
	assert_log(b, "");
	assert_int_equal(b->handles, 1);
	return master;
}

static gboolean take(bench *b, sipws_call *call)
{
	call->line = sipws_lines_take(&b->bridge, call);
	return call->line != NULL;
}

/* ---- */

static void nobody_is_idle_before_he_is_registered(void **state)
{
	bench *b = *state;
	sipws_line *master = sipws_lines_master(&b->bridge);

	assert_ptr_equal(sipws_lines_master(&b->bridge), master);
	serve(b);
	assert_false(master->ready);
	sipws_lines_seize(master, &(sipws_call){ 0 });
	assert_log(b, "");
	sipws_lines_registered(&b->bridge, MASTER_ID);
	assert_log(b, "2: register helper, ");
	assert_true(master->ready);
}

static void one_is_ahead(void **state)
{
	bench *b = *state;
	sipws_call first, second, third, fourth;

	registered(b);
	assert_true(take(b, &first));
	assert_true(first.line->master);
	assert_log(b, "2: register helper, ");
	assert_true(take(b, &second));
	assert_log(b, "3: register helper, ");
	assert_true(take(b, &third));
	assert_log(b, ""); /* as many as a client may have */
	assert_false(take(b, &fourth));
	sipws_lines_release(second.line);
	assert_log(b, "");
	assert_true(take(b, &fourth));
	assert_ptr_equal(fourth.line, second.line);
}

static void too_many_idle_ones_go(void **state)
{
	bench *b = *state;
	sipws_call first, second;

	registered(b);
	take(b, &first);
	take(b, &second);
	assert_log(b, "2: register helper, 3: register helper, ");
	sipws_lines_release(second.line);
	assert_log(b, "3: detach, ");
	sipws_lines_release(first.line);
	assert_log(b, "2: detach, ");
	assert_int_equal(b->bridge.lines->len, 1);
	take(b, &first);
	assert_log(b, "4: register helper, ");
}

/* A call is over, and Janus closes its PeerConnection. */
static void ends(bench *b, sipws_line *line, int handle)
{
	hear(b, json_pack("{ss, si, s{ss, ss}, s{s{s{ss}}}}", "janus", "event", "sender", handle, "jsep",
			  "type", "offer", "sdp", "a=candidate:1\r\na=end-of-candidates\r\n", "plugindata",
			  "data", "result", "event", "incomingcall"));
	say(b, handle, "{\"event\": \"hangup\"}");
	g_string_truncate(b->log, 0);
	sipws_lines_release(line);
}

static void janus_has_closed(bench *b, int handle)
{
	hear(b, json_pack("{ss, si}", "janus", "hangup", "sender", handle));
	fake_clock_pass_ms(&b->clock, 100);
}

static void who_calls_at_once(void **state)
{
	bench *b = *state;
	sipws_call first, second, third;

	registered(b);
	take(b, &first);
	assert_log(b, "2: register helper, ");
	ends(b, first.line, 1);
	assert_log(b, "");
	take(b, &second);
	assert_false(second.line->master);
	assert_log(b, "3: register helper, ");
	janus_has_closed(b, 1);
	assert_log(b, "3: detach, "); /* the master is idle again */
	take(b, &third);
	assert_true(third.line->master);
	assert_log(b, "4: register helper, ");
}

/* There may be no more handles: his offer waits. */
static void who_calls_at_once_on_his_only_one(void **state)
{
	bench *b = *state;
	sipws_call first, second;

	b->config.calls = 1;
	registered(b);
	take(b, &first);
	ends(b, first.line, 1);
	assert_true(take(b, &second));
	assert_ptr_equal(second.line, first.line);
	assert_log(b, "");
}

/* The master's handle is on an event loop of idle ones: helpers come when they are wanted, and go again. */
static void a_master_may_be_spared(void **state)
{
	bench *b = *state;
	sipws_call first, second, third;

	b->bridge.loop_index = 0;
	registered(b);
	take(b, &first);
	assert_false(first.line->master);
	assert_log(b, "2: register helper, ");
	sipws_lines_wanted(&b->bridge);
	assert_log(b, "3: register helper, ");
	sipws_lines_wanted(&b->bridge); /* as many as a client may have */
	assert_log(b, "");
	assert_true(take(b, &second));
	assert_true(take(b, &third));
	assert_true(third.line->master);
	sipws_lines_release(third.line);
	sipws_lines_release(second.line);
	sipws_lines_release(first.line);
	assert_log(b, "3: detach, 2: detach, ");
}

/* One is taken that is not attached yet: what it is asked waits. */
static void helpers_may_be_taken_at_once(void **state)
{
	bench *b = *state;
	sipws_call first, second;

	registered(b);
	take(b, &first);
	take(b, &second);
	assert_false(second.line->ready);
	sipws_handle_ask(second.line->handle,
			 json_pack("{ss, ss, si, sb}", "request", "call", "type", "-", "master_id", MASTER_ID,
				   "automatic_ringing", 0),
			 NULL, NULL, NULL, NULL);
	assert_log(b, "2: register helper, 3: register helper, 2: call -, ");
	helps(b, 2, "4");
	assert_true(second.line->ready);
}

static void a_helper_is_refused(void **state)
{
	bench *b = *state;
	sipws_call first, second;

	registered(b);
	take(b, &first);
	take(b, &second);
	assert_log(b, "2: register helper, 3: register helper, ");
	hear(b, json_pack("{ss, si, ss, s{s{si, ss}}}", "janus", "event", "sender", 2, "transaction", "4",
			  "plugindata", "data", "error_code", 465, "error", "no room"));
	assert_log(b, "call lost: no room, 2: detach, ");
	assert_int_equal(b->bridge.lines->len, 2);
}

static void handles_that_are_gone(void **state)
{
	bench *b = *state;
	sipws_line *master = registered(b);
	sipws_call first, second;

	take(b, &first);
	take(b, &second);
	assert_log(b, "2: register helper, 3: register helper, ");
	helps(b, 3, "6");
	hear(b, json_pack("{ss, si}", "janus", "detached", "sender", 3));
	assert_log(b, "4: register helper, ");
	hear(b, json_pack("{ss, si}", "janus", "detached", "sender", 2));
	assert_log(b, "call lost: Janus has detached the handle, ");
	assert_ptr_equal(first.line, master);
	hear(b, json_pack("{ss, si}", "janus", "detached", "sender", 1));
	assert_log(b,
		   "call lost: Janus has detached the handle, account gone: Janus has detached the handle, ");
	assert_int_equal(b->bridge.master_id, 0);
	assert_int_equal(b->bridge.lines->len, 1);
}

/* Its registration is another socket's. */
static void a_call_on_its_own_is_gone(void **state)
{
	bench *b = *state;
	sipws_call call;

	registered(b);
	take(b, &call);
	assert_log(b, "2: register helper, ");
	sipws_lines_part(&b->bridge);
	assert_log(b, "2: detach, ");
	hear(b, json_pack("{ss, si}", "janus", "detached", "sender", 1));
	assert_log(b, "call lost: Janus has detached the handle, ");
	assert_int_equal(b->bridge.lines->len, 0);
}

static void end_of_the_registration(void **state)
{
	bench *b = *state;
	sipws_call first;

	registered(b);
	take(b, &first);
	assert_log(b, "2: register helper, ");
	helps(b, 2, "4");
	sipws_lines_registered(&b->bridge, 0);
	hear(b, json_pack("{ss, si}", "janus", "detached", "sender", 2)); /* as it dismisses helpers */
	assert_log(b, "");
	assert_false(first.line->ready);
	sipws_lines_drop(&b->bridge);
	assert_log(b, "1: detach, ");
}

static void events_reach_whom_they_concern(void **state)
{
	static const struct {
		int handle;
		const char *result, *log;
	} rows[] = {
		{ 1, "{\"event\": \"registered\"}", "account registered, " },
		{ 1, "{\"event\": \"challenge\"}", "account challenge, " },
		{ 2, "{\"event\": \"registered\"}", "" },
		{ 2, "{\"event\": \"unregistered\"}", "" },
		{ 1, "{\"event\": \"incomingcall\"}", "call incomingcall, " },
		{ 2, "{\"event\": \"hangup\"}", "call hangup, " },
		{ 1, "{\"event\": \"quality\"}", "" },
		{ 2, "{\"event\": \"dtmf\"}", "info dtmf, " },
		{ 1, "{\"event\": \"message\"}", "pager message, " },
		{ 1, "{\"event\": \"notify\", \"notify\": \"presence\"}", "subscriptions notify, " },
		{ 1, "{\"event\": \"notify\"}", "subscriptions notify, " },
		{ 2, "{\"event\": \"notify\", \"notify\": \"refer\"}", "transfers notify, " },
		{ 2, "{\"event\": \"transfer\"}", "transfers transfer, " },
		{ 1, "{\"event\": \"of next year\"}", "" },
	};
	bench *b = *state;
	sipws_call call;

	registered(b);
	take(b, &call);
	assert_log(b, "2: register helper, ");
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		say(b, rows[i].handle, rows[i].result);
		assert_log(b, rows[i].log);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(nobody_is_idle_before_he_is_registered, start, stop),
		cmocka_unit_test_setup_teardown(one_is_ahead, start, stop),
		cmocka_unit_test_setup_teardown(too_many_idle_ones_go, start, stop),
		cmocka_unit_test_setup_teardown(who_calls_at_once, start, stop),
		cmocka_unit_test_setup_teardown(who_calls_at_once_on_his_only_one, start, stop),
		cmocka_unit_test_setup_teardown(a_master_may_be_spared, start, stop),
		cmocka_unit_test_setup_teardown(helpers_may_be_taken_at_once, start, stop),
		cmocka_unit_test_setup_teardown(a_helper_is_refused, start, stop),
		cmocka_unit_test_setup_teardown(handles_that_are_gone, start, stop),
		cmocka_unit_test_setup_teardown(a_call_on_its_own_is_gone, start, stop),
		cmocka_unit_test_setup_teardown(end_of_the_registration, start, stop),
		cmocka_unit_test_setup_teardown(events_reach_whom_they_concern, start, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
