/* MESSAGE and INFO, both ways: all that is said, as a golden text. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "golden.h"
#include "transports/bridge/beside_calls.h"

#define BOB "sip:bob@ims.example"

static void messages_of_the_client(void)
{
	scene("a message is delivered");
	client_asks("MESSAGE", BOB, NULL, 1,
		    "Content-Type: text/plain\r\nX-Ticket: 4711\r\nX-Ticket: 4712\r\nUser-Agent: x\r\nRoute: "
		    "<sip:h;lr>\r\n\r\nHello Bob");
	plugin_says(sipws_pager_news, 0, "outside-1", NULL, "{\"event\": \"messagesent\"}");
	plugin_says(sipws_pager_news, 0, "outside-1", NULL,
		    "{\"event\": \"messagedelivery\", \"code\": 202}");
	scene("it is not");
	client_asks("MESSAGE", BOB, NULL, 2, "Content-Type: text/plain\r\n\r\nHello");
	plugin_says(sipws_pager_news, 0, "outside-1", NULL,
		    "{\"event\": \"messagedelivery\", \"code\": 503, \"reason\": \"Not now\", \"ims\": "
		    "{\"retry_after\": 30}}");
	scene("the plugin does not take it");
	client_asks("MESSAGE", BOB, NULL, 3, "Content-Type: text/plain\r\n\r\nHello");
	plugin_refuses(403, "message: not allowed");
	scene("any bytes");
	client_asks("MESSAGE", BOB, NULL, 4,
		    "Content-Type: application/octet-stream\r\nPrivacy: id\r\n\r\n\xff\xfe");
	plugin_says(sipws_pager_news, 0, "outside-1", NULL,
		    "{\"event\": \"messagedelivery\", \"code\": 200}");
	scene("no bytes");
	client_asks("MESSAGE", BOB, NULL, 5, "");
	scene("compressed");
	client_asks("MESSAGE", BOB, NULL, 6, "Content-Type: text/plain\r\ne: gzip\r\n\r\nHello");
	scene("inside a call, and nobody answers");
	client_asks("MESSAGE", BOB, &the_stage->calls[0], 7, "Content-Type: text/plain\r\n\r\nHello");
	fake_clock_pass_ms(&the_stage->clock, 45000);
	plugin_refuses(503, "too late");
}

static void messages_of_the_network(void)
{
	scene("a message comes");
	plugin_says(sipws_pager_news, 0, "m-1", "",
		    "{\"event\": \"message\", \"sender\": \"tel:+4930123;x=y\", \"displayname\": \"Bob "
		    "\\\"B\\\"\", \"callee\": "
		    "\"sip:alice@ims.example\", \"content_type\": \"text/plain;charset=UTF-8\", \"content\": "
		    "\"Gr\\u00fc\\u00dfe\", "
		    "\"encoding\": \"utf-8\", \"in_reply_to\": \"c1@x\", \"headers\": {\"X-Ticket\": "
		    "\"4711\\r\\nEvil: 1\", \"Bad:Name\": \"1\"}}");
	client_answers(200);
	scene("any bytes come, of nobody in particular");
	plugin_says(sipws_pager_news, 0, "m-2", "",
		    "{\"event\": \"message\", \"content_type\": \"application/x\", \"content\": \"SGk=\", "
		    "\"encoding\": \"base64\"}");
	client_answers(415);
	scene("inside a call");
	plugin_says(sipws_pager_news, 1, "api-call-1", "",
		    "{\"event\": \"message\", \"sender\": \"sip:bob@ims.example\", \"content_type\": "
		    "\"text/plain\", \"content\": "
		    "\"psst\", \"encoding\": \"utf-8\"}");
	client_answers(200);
}

static void infos(void)
{
	static const char *const bodies[] = {
		"application/dtmf-relay\r\n\r\nSignal=5\r\nDuration=100",
		"application/dtmf-relay\r\n\r\nDuration = 9\r\nSignal= # \r\n",
		"application/dtmf-relay\r\n\r\nSignal=10\r\nDuration=99999",
		"application/dtmf-relay;x=y\r\n\r\nSignal=d",
		"application/dtmf\r\n\r\n7\r\n",
		"application/dtmf-relay\r\n\r\nSignal=!\r\nDuration=100",
		"application/dtmf-relay\r\n\r\nSignal=5; DROP\r\n",
		"application/vnd.x+json\r\nX-A: b\r\n\r\n{}",
	};
	const sipws_call *call = &the_stage->calls[0];

	for (guint i = 0; i < G_N_ELEMENTS(bodies); i++) {
		g_autofree char *more = g_strconcat("Content-Type: ", bodies[i], NULL);

		scene("the client says");
		g_string_append_printf(the_stage->log, "%s\n", strstr(bodies[i], "\r\n\r\n") + 4);
		client_asks("INFO", BOB, call, 100 + i, more);
		plugin_says(sipws_info_news, 1, call->id, NULL,
			    i < 5 ? "{\"event\": \"dtmfsent\"}" : "{\"event\": \"infosent\"}");
	}
	scene("nothing");
	client_asks("INFO", BOB, call, 200, "");
	scene("the call is over for the plugin");
	client_asks("INFO", BOB, call, 201, "Content-Type: application/dtmf\r\n\r\n1");
	plugin_refuses(481, "dtmf_info: no call is up");
	scene("the far end says");
	plugin_says(sipws_info_news, 1, call->id, "",
		    "{\"event\": \"dtmf\", \"signal\": \"#\", \"duration\": 250}");
	plugin_says(sipws_info_news, 1, call->id, "", "{\"event\": \"dtmf\", \"signal\": \"5\"}");
	plugin_says(sipws_info_news, 1, call->id, "",
		    "{\"event\": \"info\", \"type\": \"application/dtmf-relay\", \"content\": "
		    "\"Signal=5\\r\\n\", \"encoding\": \"utf-8\"}");
	plugin_says(sipws_info_news, 1, call->id, "",
		    "{\"event\": \"info\", \"type\": \"application/vnd.x\", \"content\": \"{}\", "
		    "\"encoding\": \"utf-8\"}");
}

static void test_said(void **state)
{
	(void)state;
	messages_of_the_client();
	messages_of_the_network();
	infos();
	assert_golden("transports/bridge/sipws_pager.golden", the_stage->log->str);
}

/* A challenge is answered first (role ue): what waits is answered by another transaction. */
static void test_given(void **state)
{
	sipws_server_tx *tx;

	(void)state;
	client_asks("MESSAGE", BOB, NULL, 1, "Content-Type: text/plain\r\n\r\nHello");
	assert_null(sipws_pager_give(&the_stage->bridge, "another"));
	tx = sipws_pager_give(&the_stage->bridge, "outside-1");
	assert_non_null(tx);
	assert_null(sipws_pager_give(&the_stage->bridge, "outside-1"));
	sipws_pager_go_on(&the_stage->bridge, "outside-1", tx);
	plugin_says(sipws_pager_news, 0, "outside-1", NULL,
		    "{\"event\": \"messagedelivery\", \"code\": 200}");
	assert_int_equal(sipws_msg_status(the_stage->sent->pdata[0]), 200);
	client_asks("MESSAGE", BOB, NULL, 2, "Content-Type: text/plain\r\n\r\nHello");
	tx = sipws_pager_give(&the_stage->bridge, "outside-1");
	plugin_says(sipws_pager_news, 0, "outside-1", NULL,
		    "{\"event\": \"messagedelivery\", \"code\": 200}");
	sipws_pager_go_on(&the_stage->bridge, "outside-1", tx);
	assert_int_equal(sipws_msg_status(the_stage->sent->pdata[1]), 500);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_said, stage_begin, stage_end),
		cmocka_unit_test_setup_teardown(test_given, stage_begin, stage_end),
	};

	return cmocka_run_group_tests_name("test_sipws_pager", tests, NULL, NULL);
}
