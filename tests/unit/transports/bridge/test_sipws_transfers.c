/* REFER, both ways: all that is said, as a golden text. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "golden.h"
#include "transports/bridge/beside_calls.h"

#define BOB "sip:bob@ims.example"
#define SIPFRAG(line)                                                                                        \
	"Event: refer\r\nSubscription-State: terminated;reason=noresource\r\nContent-Type: "                 \
	"message/sipfrag\r\n\r\n" line

static void says(const char *result)
{
	plugin_says(sipws_transfers_news, 1, "api-call-1", NULL, result);
}

static void notify(const char *substate, const char *line)
{
	g_autofree char *result = g_strdup_printf(
		"{\"event\": \"notify\", \"notify\": \"refer\", \"substate\": \"%s\", \"content-type\": "
		"\"message/sipfrag\", \"content\": \"%s\\r\\n\", \"encoding\": \"utf-8\"}",
		substate, line);

	plugin_says(sipws_transfers_news, 1, "api-call-1", "", result);
}

static void the_client_transfers(void)
{
	const sipws_call *call = &the_stage->calls[0];

	scene("blind");
	client_asks("REFER", BOB, call, 10,
		    "Refer-To: <sip:carol@ims.example>\r\nReferred-By: <sip:alice@ims.example>\r\n");
	says("{\"event\": \"transferring\"}");
	notify("active", "SIP/2.0 180 Ringing");
	client_answers(200);
	notify("terminated", "SIP/2.0 200 OK");
	client_answers(200);
	scene("attended: the URI is our own Contact (SIP.js), the dialog the client's");
	client_asks(
		"REFER", BOB, call, 11,
		"r: \"b\" "
		"<sip:g.invalid;transport=ws?Replaces=dialog-2%3Bto-tag%3Dours-1%3Bfrom-tag%3Dtheirs-1>\r\n");
	says("{\"event\": \"transferring\"}");
	plugin_says(sipws_transfers_news, 1, NULL, "",
		    "{\"event\": \"transferfailed\", \"code\": 603, \"reason\": \"Decline\"}");
	client_answers(200);
	scene("nobody wants to hear of it (RFC 4488)");
	client_asks("REFER", BOB, call, 12, "Refer-To: sip:carol@ims.example\r\nRefer-Sub: false\r\n");
	says("{\"event\": \"transferring\"}");
	notify("terminated", "SIP/2.0 200 OK");
	scene("the plugin refuses");
	client_asks("REFER", BOB, call, 13, "Refer-To: <sip:carol@ims.example>\r\n");
	plugin_refuses(480, "transfer: no call is up");
	notify("active", "SIP/2.0 100 Trying");
	scene("the end of one is told when the next has been sent: that has its own answer and its own end");
	client_asks("REFER", BOB, call, 20, "Refer-To: <sip:carol@ims.example>\r\n");
	says("{\"event\": \"transferring\"}");
	client_asks("REFER", BOB, call, 21, "Refer-To: <sip:dave@ims.example>\r\n");
	plugin_says(sipws_transfers_news, 1, "api-call-1", "",
		    "{\"event\": \"transferfailed\", \"code\": 603, \"reason\": \"Decline\"}");
	client_answers(200);
	says("{\"event\": \"transferring\"}");
	notify("terminated", "SIP/2.0 200 OK");
	client_answers(200);
	scene("the call ends before anything is known");
	client_asks("REFER", BOB, call, 22, "Refer-To: <sip:carol@ims.example>\r\n");
	says("{\"event\": \"transferring\"}");
	sipws_transfers_call_over(&the_stage->bridge, "api-call-1");
	notify("terminated", "SIP/2.0 200 OK");
	scene("to a dialog that this socket does not have");
	client_asks("REFER", BOB, call, 14,
		    "Refer-To: <sip:c@x?Replaces=dialog-2%3Bto-tag%3Dno%3Bfrom-tag%3Dtheirs-1>\r\n");
	scene("to itself");
	client_asks("REFER", BOB, call, 15,
		    "Refer-To: <sip:c@x?Replaces=dialog-1%3Bto-tag%3Dours-0%3Bfrom-tag%3Dtheirs-0>\r\n");
	scene("without Refer-To");
	client_asks("REFER", BOB, call, 16, "");
	scene("outside calls");
	client_asks("REFER", BOB, NULL, 17, "Refer-To: <sip:carol@ims.example>\r\n");
}

static void refer_comes(const char *call_id, int id)
{
	g_autofree char *result =
		g_strdup_printf("{\"event\": \"transfer\", \"refer_id\": %d, \"refer_to\": "
				"\"sip:carol@ims.example\", \"referred_by\": "
				"\"<sip:bob@ims.example>\", \"headers\": {\"X-Ticket\": \"1\"}}",
				id);

	plugin_says(sipws_transfers_news, 1, call_id, "", result);
}

static void tell_refer_id(const char *uri)
{
	g_string_append_printf(the_stage->log, "%s: refer_id %d\n", uri,
			       (int)sipws_transfers_refer_id(the_stage->bridge.transfers, uri));
}

static void the_network_transfers(void)
{
	scene("the client calls");
	refer_comes("api-call-1", 21);
	client_answers(202);
	tell_refer_id("sip:dave@ims.example");
	tell_refer_id("sip:carol@ims.example");
	tell_refer_id("sip:carol@ims.example");
	client_asks("NOTIFY", BOB, &the_stage->calls[0], 30, SIPFRAG("SIP/2.0 486 Busy Here\r\n"));
	scene("it does not accept");
	refer_comes("api-call-1", 22);
	client_answers(603);
	tell_refer_id("sip:carol@ims.example");
	scene("it accepts and does not call");
	fake_clock_pass_ms(&the_stage->clock, 70000);
	refer_comes("api-call-1", 23);
	client_answers(202);
	client_asks("NOTIFY", BOB, &the_stage->calls[0], 31, SIPFRAG("SIP/2.0 603 Decline\r\n"));
	scene("it says nothing");
	refer_comes("api-call-1", 24);
	fake_clock_pass_ms(&the_stage->clock, 32000);
	scene("outside calls");
	refer_comes(NULL, 25);
	client_answers(202);
	scene("what it tells without being asked");
	client_asks("NOTIFY", BOB, NULL, 32, SIPFRAG("SIP/2.0 200 OK\r\n"));
	client_asks("NOTIFY", BOB, &the_stage->calls[0], 33,
		    "Event: dialog\r\nSubscription-State: active\r\n");
}

static void test_said(void **state)
{
	(void)state;
	the_client_transfers();
	the_network_transfers();
	assert_golden("transports/bridge/sipws_transfers.golden", the_stage->log->str);
}

static void test_bounds(void **state)
{
	(void)state;
	for (int i = 1; i <= 8; i++)
		refer_comes("api-call-1", i);
	assert_int_equal(the_stage->sent->len, 8);
	assert_int_equal(the_stage->asked, 0);
	refer_comes("api-call-1", 9);
	assert_int_equal(the_stage->sent->len, 8);
	assert_int_equal(the_stage->asked, 1); /* decline */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_said, stage_begin, stage_end),
		cmocka_unit_test_setup_teardown(test_bounds, stage_begin, stage_end),
	};

	return cmocka_run_group_tests_name("test_sipws_transfers", tests, NULL, NULL);
}
