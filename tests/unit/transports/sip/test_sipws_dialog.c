/* Whose dialog a request is within, and what the next one of ours looks like. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "sip/sipws_dialog.h"

#define CONTACT "<sip:h.invalid;transport=ws>"

static sipws_msg *parse(const char *text)
{
	sipws_fault fault;
	sipws_msg *msg = sipws_msg_parse(text, strlen(text), &fault);

	assert_non_null(msg);
	assert_int_equal(fault.status, 0);
	return msg;
}

static sipws_msg *request(const char *method, const char *to_tag, const char *from_tag, guint cseq,
			  const char *contact)
{
	g_autofree char *text =
		g_strdup_printf("%s sip:bob@x SIP/2.0\r\nVia: SIP/2.0/WS c.invalid;branch=z9hG4bK1\r\n"
				"From: \"Alice\" <sip:alice@x>;tag=%s;more=1\r\nTo: "
				"<sip:bob@x>%s%s\r\nCall-ID: call\r\nCSeq: %u %s\r\n"
				"Contact: <%s>\r\n\r\n",
				method, from_tag, *to_tag ? ";tag=" : "", to_tag, cseq, method, contact);

	return parse(text);
}

static void assert_headers(const sipws_msg *msg, const char *from, const char *to, const char *cseq)
{
	assert_string_equal(sipws_msg_header(msg, "From", 0), from);
	assert_string_equal(sipws_msg_header(msg, "To", 0), to);
	assert_string_equal(sipws_msg_header(msg, "CSeq", 0), cseq);
	assert_string_equal(sipws_msg_header(msg, "Contact", 0), CONTACT);
}

static void test_uas(void **state)
{
	g_autoptr(sipws_msg) invite = request("INVITE", "", "a", 5, "sip:alice@c.invalid;ob");
	sipws_dialog dialog;
	g_autofree char *from = NULL;
	g_autoptr(sipws_msg) bye = NULL, again = NULL, other = NULL, stranger = NULL, moved = NULL,
			     ack = NULL, ours = NULL, second = NULL;

	(void)state;
	sipws_dialog_init_uas(&dialog, invite);
	assert_false(sipws_dialog_matches(&dialog, invite));
	bye = request("UPDATE", dialog.local_tag, "a", 6, "sip:alice@moved.invalid");
	again = request("BYE", dialog.local_tag, "a", 6, "sip:alice@c.invalid");
	other = request("BYE", "no", "a", 7, "sip:alice@c.invalid");
	stranger = request("BYE", dialog.local_tag, "b", 7, "sip:alice@c.invalid");
	ack = request("ACK", dialog.local_tag, "a", 5, "sip:alice@c.invalid");
	assert_true(sipws_dialog_matches(&dialog, bye));
	assert_false(sipws_dialog_matches(&dialog, other));
	assert_false(sipws_dialog_matches(&dialog, stranger));
	assert_true(sipws_dialog_accepts(&dialog, bye));
	assert_false(sipws_dialog_accepts(&dialog, again));
	assert_true(sipws_dialog_accepts(&dialog, ack));
	from = g_strdup_printf("<sip:bob@x>;tag=%s", dialog.local_tag);
	ours = sipws_dialog_request(&dialog, "INFO", CONTACT);
	assert_string_equal(sipws_msg_uri(ours), "sip:alice@c.invalid;ob");
	assert_headers(ours, from, "\"Alice\" <sip:alice@x>;tag=a", "1 INFO");
	assert_string_equal(sipws_msg_call_id(ours), "call");
	sipws_dialog_learn(&dialog, bye);
	second = sipws_dialog_request(&dialog, "BYE", CONTACT);
	assert_string_equal(sipws_msg_uri(second), "sip:alice@moved.invalid");
	assert_headers(second, from, "\"Alice\" <sip:alice@x>;tag=a", "2 BYE");
	sipws_dialog_clear(&dialog);
}

static void test_uac(void **state)
{
	sipws_dialog dialog;
	g_autofree char *from = NULL;
	g_autoptr(sipws_msg) invite = NULL, ringing = NULL, fork = NULL, ack = NULL, bye = NULL;

	(void)state;
	sipws_dialog_init_uac(&dialog, "\"Bob\" <sip:bob@x>", "<sip:alice@x>", "sip:alice@c.invalid");
	invite = sipws_dialog_request(&dialog, "INVITE", CONTACT);
	from = g_strdup_printf("\"Bob\" <sip:bob@x>;tag=%s", dialog.local_tag);
	assert_headers(invite, from, "<sip:alice@x>", "1 INVITE");
	sipws_msg_add(invite, "Via", "SIP/2.0/WS s.invalid;branch=z9hG4bK1");
	ringing = sipws_msg_new_response(invite, 180, NULL, "first");
	sipws_msg_add(ringing, "Contact", "<sip:alice@real.invalid>;x=y");
	fork = sipws_msg_new_response(invite, 180, NULL, "second");
	sipws_dialog_learn(&dialog, ringing);
	sipws_dialog_learn(&dialog, fork); /* one To tag: whoever rings first */
	ack = sipws_dialog_ack(&dialog, 1, CONTACT);
	assert_headers(ack, from, "<sip:alice@x>;tag=first", "1 ACK");
	assert_string_equal(sipws_msg_uri(ack), "sip:alice@real.invalid");
	bye = sipws_dialog_request(&dialog, "BYE", CONTACT);
	assert_headers(bye, from, "<sip:alice@x>;tag=first", "2 BYE");
	sipws_dialog_clear(&dialog);
}

/* A dialog whose far end has not said who it is takes the first who knows our tag (RFC 6665 4.4.1). */
static void test_tag_to_come(void **state)
{
	sipws_dialog dialog;
	g_autoptr(sipws_msg) notify = NULL;

	(void)state;
	sipws_dialog_init_uac(&dialog, "<sip:bob@x>", "<sip:alice@x>", "sip:alice@c.invalid");
	g_free(dialog.call_id);
	dialog.call_id = g_strdup("call");
	notify = request("NOTIFY", dialog.local_tag, "far", 1, "sip:alice@c.invalid");
	assert_true(sipws_dialog_matches(&dialog, notify));
	sipws_dialog_learn(&dialog, notify);
	assert_string_equal(dialog.remote_tag, "far");
	sipws_dialog_clear(&dialog);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_uas),
		cmocka_unit_test(test_uac),
		cmocka_unit_test(test_tag_to_come),
	};

	return cmocka_run_group_tests_name("test_sipws_dialog", tests, NULL, NULL);
}
