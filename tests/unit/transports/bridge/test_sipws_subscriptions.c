/* SUBSCRIBE and NOTIFY: all that is said, as a golden text. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "golden.h"
#include "transports/bridge/beside_calls.h"

#define ALICE "sip:alice@ims.example"
#define BOB "sip:bob@ims.example"
#define NOTIFY(state, more)                                                                                  \
	"{\"event\": \"notify\", \"notify\": \"message-summary\", \"substate\": \"" state                    \
	"\", \"content-type\": \"application/simple-message-summary\", \"content\": \"Messages-Waiting: "    \
	"yes\\r\\n\", "                                                                                      \
	"\"encoding\": \"utf-8\"" more "}"

static void says(const char *result)
{
	plugin_says(sipws_subscriptions_news, 0, "outside-1", NULL, result);
}

/* Inside the dialog that the last 200 has made. */
static void client_asks_again(guint cseq, const char *more)
{
	static sipws_call dialog; /* as good as any */
	const sipws_msg *ok = NULL;

	for (guint i = 0; i < the_stage->sent->len; i++)
		if (sipws_msg_status(the_stage->sent->pdata[i]) == 200)
			ok = the_stage->sent->pdata[i];
	assert_non_null(ok);
	dialog.dialog = (sipws_dialog){ .call_id = (char *)sipws_msg_call_id(ok),
					.local_tag = (char *)sipws_msg_to_tag(ok),
					.remote_tag = (char *)sipws_msg_from_tag(ok) };
	client_asks("SUBSCRIBE", ALICE, &dialog, cseq, more);
}

static void begun(const char *more)
{
	g_autofree char *lines =
		g_strconcat("Event: message-summary;id=7\r\nContact: <sip:a1@c.invalid;ob>\r\n", more, NULL);

	client_asks("SUBSCRIBE", ALICE, NULL, 1, lines);
}

static void a_life(void)
{
	scene("subscribed; a NOTIFY is faster than the answer");
	begun("Accept: application/simple-message-summary, text/plain\r\nExpires: 600\r\n");
	says("{\"event\": \"subscribing\"}");
	says(NOTIFY("active", ", \"ims\": {\"expires\": 3599}"));
	says("{\"event\": \"subscribe_succeeded\", \"code\": 200, \"expires\": 3600}");
	client_answers(200);
	scene("what the gateway makes again goes on for the client");
	says(NOTIFY("terminated", ", \"ims\": {\"reason\": \"deactivated\"}"));
	client_answers(200);
	scene("the same number again");
	client_asks_again(1, "Event: message-summary;id=7\r\n");
	scene("refreshed");
	fake_clock_pass_ms(&the_stage->clock, 500000);
	client_asks_again(
		2, "Event: message-summary;id=7\r\nExpires: 300\r\nContact: <sip:a1@moved.invalid>\r\n");
	says("{\"event\": \"subscribe_succeeded\", \"code\": 200, \"expires\": 3600}");
	says(NOTIFY("pending", ""));
	client_answers(200);
	scene("not refreshed any more");
	fake_clock_pass_ms(&the_stage->clock, 300000);
	says("{\"event\": \"subscribe_succeeded\", \"code\": 200, \"expires\": 0}");
	says(NOTIFY("terminated", ", \"ims\": {\"reason\": \"timeout\"}"));
	client_answers(200);
	scene("it is no more");
	client_asks_again(3, "Event: message-summary;id=7\r\nExpires: 300\r\n");
}

static void other_ends(void)
{
	scene("the client ends it, the network has no last word");
	begun("");
	says("{\"event\": \"subscribe_succeeded\", \"code\": 200, \"expires\": 1800}");
	client_asks_again(2, "Event: message-summary;id=7\r\nExpires: 0\r\n");
	says("{\"event\": \"unsubscribing\"}");
	fake_clock_pass_ms(&the_stage->clock, 5000);
	client_answers(200);
	scene("the network ends it");
	begun("");
	says("{\"event\": \"subscribe_succeeded\", \"code\": 200, \"expires\": 1800}");
	says(NOTIFY("terminated", ", \"ims\": {\"reason\": \"rejected\"}"));
	client_answers(200);
	scene("the client does not know it");
	begun("");
	says("{\"event\": \"subscribe_succeeded\", \"code\": 200, \"expires\": 1800}");
	says(NOTIFY("active", ""));
	client_answers(481);
	scene("a refresh fails");
	begun("");
	says("{\"event\": \"subscribe_succeeded\", \"code\": 200, \"expires\": 1800}");
	client_asks_again(2, "Event: message-summary;id=7\r\n");
	says("{\"event\": \"subscribe_failed\", \"code\": 403, \"reason\": \"Forbidden\"}");
	client_answers(200);
	scene("once is enough (fetch)");
	begun("Expires: 0\r\n");
	says("{\"event\": \"subscribe_succeeded\", \"code\": 200, \"expires\": 3600}");
	says(NOTIFY("active", ""));
	client_answers(200);
}

static void refused(void)
{
	scene("without Event");
	client_asks("SUBSCRIBE", ALICE, NULL, 1, "");
	scene("the network refuses");
	client_asks("SUBSCRIBE", BOB, NULL, 2,
		    "o: presence\r\nContent-Type: application/simple-filter+xml\r\n\r\n<filter/>");
	says("{\"event\": \"subscribe_failed\", \"code\": 489, \"reason\": \"Bad Event\"}");
	scene("the plugin refuses");
	client_asks("SUBSCRIBE", BOB, NULL, 3, "Event: presence\r\n");
	plugin_refuses(503, "subscribe: too many");
	scene("a dialog that nobody knows");
	client_asks("SUBSCRIBE", BOB, &the_stage->calls[0], 4, "Event: presence\r\n");
}

static void test_said(void **state)
{
	(void)state;
	a_life();
	other_ends();
	refused();
	assert_golden("transports/bridge/sipws_subscriptions.golden", the_stage->log->str);
}

static void test_bounds(void **state)
{
	const sipws_msg *last;

	(void)state;
	begun("");
	begun(""); /* with the Call-ID of the first: a SUBSCRIBE of the same transaction is not seen twice */
	client_asks("SUBSCRIBE", BOB, NULL, 2, "Event: presence\r\n");
	last = the_stage->sent->pdata[the_stage->sent->len - 1];
	assert_int_equal(sipws_msg_status(last), 400);
	for (guint i = 0; i < 20; i++) /* before the answer: so many NOTIFYs are kept, no more */
		says(NOTIFY("active", ""));
	says("{\"event\": \"subscribe_succeeded\", \"code\": 200, \"expires\": 1800}");
	assert_int_equal(the_stage->sent->len, 2 + 8);
}

/* Each is answered by what comes of it, in their order; the last one fails late. */
static void test_refreshed_in_a_row(void **state)
{
	static const char succeeded[] =
		"{\"event\": \"subscribe_succeeded\", \"code\": 200, \"expires\": 1800}";
	const GPtrArray *sent = the_stage->sent;
	guint before;

	(void)state;
	begun("");
	says(succeeded);
	before = sent->len;
	for (guint cseq = 2; cseq <= 4; cseq++)
		client_asks_again(cseq, "Event: message-summary;id=7\r\n");
	for (guint cseq = 2; cseq <= 3; cseq++)
		plugin_says(sipws_subscriptions_news, 0, "outside-1", "another", succeeded);
	plugin_refuses(503, "subscribe: too many");
	assert_int_equal(sent->len, before + 3);
	for (guint i = 0; i < 3; i++) {
		assert_int_equal(sipws_msg_cseq(sent->pdata[before + i]), 2 + i);
		assert_int_equal(sipws_msg_status(sent->pdata[before + i]), i < 2 ? 200 : 503);
	}
}

/* Its end overtakes a refresh, which is answered all the same. */
static void test_ended_while_refreshed(void **state)
{
	const GPtrArray *sent = the_stage->sent;

	(void)state;
	begun("");
	says("{\"event\": \"subscribe_succeeded\", \"code\": 200, \"expires\": 1800}");
	client_asks_again(2, "Event: message-summary;id=7\r\n");
	client_asks_again(3, "Event: message-summary;id=7\r\nExpires: 0\r\n");
	says("{\"event\": \"subscribe_succeeded\", \"code\": 200, \"expires\": 1800}");
	assert_int_equal(sipws_msg_status(sent->pdata[sent->len - 1]), 481);
	assert_int_equal(sipws_msg_cseq(sent->pdata[sent->len - 1]), 2);
}

static void test_refreshed_out_of_service(void **state)
{
	const GPtrArray *sent = the_stage->sent;

	(void)state;
	begun("");
	says("{\"event\": \"subscribe_succeeded\", \"code\": 200, \"expires\": 1800}");
	the_stage->out_of_lines = TRUE;
	client_asks_again(2, "Event: message-summary;id=7\r\n");
	assert_int_equal(sipws_msg_status(sent->pdata[sent->len - 1]), 503);
}

static void test_given(void **state)
{
	sipws_server_tx *tx;

	(void)state;
	begun("");
	tx = sipws_subscriptions_give(&the_stage->bridge, "outside-1");
	assert_non_null(tx);
	sipws_subscriptions_go_on(&the_stage->bridge, "outside-1", tx);
	says("{\"event\": \"subscribe_succeeded\", \"code\": 200, \"expires\": 1800}");
	assert_int_equal(sipws_msg_status(the_stage->sent->pdata[0]), 200);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_said, stage_begin, stage_end),
		cmocka_unit_test_setup_teardown(test_bounds, stage_begin, stage_end),
		cmocka_unit_test_setup_teardown(test_refreshed_in_a_row, stage_begin, stage_end),
		cmocka_unit_test_setup_teardown(test_ended_while_refreshed, stage_begin, stage_end),
		cmocka_unit_test_setup_teardown(test_refreshed_out_of_service, stage_begin, stage_end),
		cmocka_unit_test_setup_teardown(test_given, stage_begin, stage_end),
	};

	return cmocka_run_group_tests_name("test_sipws_subscriptions", tests, NULL, NULL);
}
