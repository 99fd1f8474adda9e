/* Who is answered what, once, and what happens when nobody says anything. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "fake_clock.h"
#include "sip/sipws_transactions.h"

#define HEAD(method, number, branch)                                                                         \
	method " sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/WS c.invalid;branch=" branch                    \
	       "\r\nFrom: <sip:alice@example.com>;tag=a\r\nTo: <sip:bob@example.com>\r\nCall-ID: "           \
	       "one\r\nCSeq: " number " " method "\r\n"
#define REQUEST(method, number, branch) HEAD(method, number, branch) "\r\n"

typedef struct {
	fake_clock clock;
	sipws_transactions *transactions;
	GPtrArray *sent;     /* of sipws_msg * */
	sipws_msg *kept;     /* the one that is looked at */
	GString *heard;      /* what its users were told */
	sipws_server_tx *tx; /* of the last request */
	void (*then)(sipws_server_tx *tx,
		     const sipws_msg *msg); /* what its user does at once; NULL: nothing */
} world;

static void on_request(sipws_server_tx *tx, const sipws_msg *msg, gpointer user)
{
	world *w = user;

	g_string_append_printf(w->heard, "%s%s ", tx ? "" : "no tx ", sipws_msg_method(msg));
	w->tx = tx;
	if (w->then)
		w->then(tx, msg);
}

static void on_cancelled(sipws_server_tx *invite, const sipws_msg *cancel, gpointer user)
{
	world *w = user;

	g_string_append_printf(w->heard, "cancelled %s ", sipws_msg_header(cancel, "Reason", 0));
	assert_ptr_equal(invite, w->tx);
}

static void on_send(GBytes *message, gpointer user)
{
	world *w = user;
	sipws_fault fault;
	gsize length;
	const char *bytes = g_bytes_get_data(message, &length);
	sipws_msg *msg = sipws_msg_parse(bytes, length, &fault);

	assert_non_null(msg);
	assert_int_equal(fault.status, 0);
	g_ptr_array_add(w->sent, msg);
}

static int begin(void **state)
{
	static const sipws_transaction_events events = { on_request, on_cancelled, on_send };
	world *w = g_new0(world, 1);

	fake_clock_init(&w->clock);
	w->transactions = sipws_transactions_new(&w->clock.clock, "SIP/2.0/WSS s.invalid", 3, &events, w);
	w->sent = g_ptr_array_new_with_free_func((GDestroyNotify)sipws_msg_free);
	w->heard = g_string_new(NULL);
	*state = w;
	return 0;
}

static int end(void **state)
{
	world *w = *state;

	sipws_transactions_free(w->transactions);
	g_ptr_array_unref(w->sent);
	sipws_msg_free(w->kept);
	g_string_free(w->heard, TRUE);
	fake_clock_clear(&w->clock);
	g_free(w);
	return 0;
}

static void receive(world *w, const char *text)
{
	sipws_fault fault;
	sipws_msg *msg = sipws_msg_parse(text, strlen(text), &fault);

	assert_non_null(msg);
	sipws_transactions_receive(w->transactions, msg);
}

static void assert_heard(world *w, const char *text)
{
	assert_string_equal(w->heard->str, text);
	g_string_truncate(w->heard, 0);
}

/* The next message that was sent; it stays until the next call. */
static const sipws_msg *next(world *w)
{
	g_clear_pointer(&w->kept, sipws_msg_free);
	assert_true(w->sent->len > 0);
	w->kept = g_ptr_array_steal_index(w->sent, 0);
	return w->kept;
}

static void assert_sent(world *w, guint status, const char *method)
{
	const sipws_msg *msg = next(w);

	assert_int_equal(sipws_msg_status(msg), status);
	assert_string_equal(sipws_msg_method(msg), method);
}

/* ---- the client asks ---- */

static void test_request(void **state)
{
	world *w = *state;
	sipws_msg *response;

	receive(w, REQUEST("OPTIONS", "1", "z9hG4bK1"));
	assert_heard(w, "OPTIONS ");
	assert_null(sipws_server_tx_data(w->tx));
	sipws_server_tx_set_data(w->tx, w);
	assert_ptr_equal(sipws_server_tx_data(w->tx), w);
	receive(w, REQUEST("OPTIONS", "1", "z9hG4bK1")); /* nobody is asked twice */
	assert_heard(w, "");
	response = sipws_msg_new_response(sipws_server_tx_request(w->tx), 200, NULL, "t");
	sipws_server_tx_reply(w->tx, response);
	assert_sent(w, 200, "OPTIONS");
	assert_int_equal(w->sent->len, 0);
	assert_int_equal(fake_clock_left_ms(&w->clock), -1);
}

static void refuse_and_look(sipws_server_tx *tx, const sipws_msg *msg)
{
	sipws_server_tx_refuse(tx, 405, "%s is not for here", "It");
	assert_string_equal(sipws_msg_call_id(msg), "one"); /* still there */
}

static void test_refused_at_once(void **state)
{
	world *w = *state;
	const sipws_msg *msg;

	w->then = refuse_and_look;
	receive(w, REQUEST("OPTIONS", "1", "z9hG4bK1"));
	msg = next(w);
	assert_int_equal(sipws_msg_status(msg), 405);
	assert_string_equal(sipws_msg_phrase(msg), "It is not for here");
	assert_true(*sipws_msg_to_tag(msg));
}

static void test_invite(void **state)
{
	world *w = *state;

	receive(w, REQUEST("INVITE", "1", "z9hG4bK1"));
	assert_int_equal(fake_clock_skip(&w->clock), 200);
	assert_sent(w, 100, "INVITE");
	sipws_server_tx_reply(w->tx, sipws_msg_new_response(sipws_server_tx_request(w->tx), 180, NULL, "t1"));
	assert_string_equal(sipws_msg_to_tag(next(w)), "t1");
	receive(w, REQUEST("INVITE", "1", "z9hG4bK1"));
	assert_sent(w, 180, "INVITE"); /* again */
	sipws_server_tx_refuse(w->tx, 486, NULL);
	assert_string_equal(sipws_msg_to_tag(next(w)), "t1");
	assert_heard(w, "INVITE ");
	receive(w, REQUEST("ACK", "1", "z9hG4bK1"));
	assert_heard(w, "");
	assert_int_equal(fake_clock_left_ms(&w->clock), -1);
}

static void test_invite_without_ack(void **state)
{
	world *w = *state;

	receive(w, REQUEST("INVITE", "1", "z9hG4bK1"));
	sipws_server_tx_refuse(w->tx, 486, NULL);
	assert_null(sipws_server_tx_request(w->tx)); /* what may be large does not wait for the ACK */
	receive(w, REQUEST("INVITE", "1", "z9hG4bK1"));
	assert_int_equal(fake_clock_skip(&w->clock), 32000);
	assert_sent(w, 486, "INVITE");
	assert_sent(w, 486, "INVITE"); /* again */
	assert_int_equal(w->sent->len, 0);
}

static void test_invite_accepted(void **state)
{
	world *w = *state;

	receive(w, REQUEST("INVITE", "1", "z9hG4bK1"));
	sipws_server_tx_reply(w->tx, sipws_msg_new_response(sipws_server_tx_request(w->tx), 200, NULL, "t1"));
	assert_heard(w, "INVITE ");
	receive(w, REQUEST("ACK", "1", "z9hG4bK2"));
	assert_heard(w, "no tx ACK ");
	assert_int_equal(fake_clock_left_ms(&w->clock), -1);
}

static void test_cancel(void **state)
{
	world *w = *state;
	g_autofree char *tag = NULL;

	receive(w, REQUEST("INVITE", "1", "z9hG4bK1"));
	receive(w, HEAD("CANCEL", "1", "z9hG4bK1") "Reason: SIP;cause=200\r\n\r\n");
	assert_heard(w, "INVITE cancelled SIP;cause=200 ");
	tag = g_strdup(sipws_msg_to_tag(next(w)));
	sipws_server_tx_refuse(w->tx, 487, NULL);
	assert_string_equal(sipws_msg_to_tag(next(w)), tag);
	receive(w, REQUEST("CANCEL", "1", "z9hG4bK1")); /* too late, but no mistake */
	assert_sent(w, 200, "CANCEL");
	receive(w, REQUEST("ACK", "1", "z9hG4bK1"));
	receive(w, REQUEST("CANCEL", "1", "z9hG4bK1"));
	assert_sent(w, 481, "CANCEL");
	assert_heard(w, "");
}

static void test_cancel_of_another(void **state)
{
	world *w = *state;

	receive(w, REQUEST("INVITE", "1", "z9hG4bK1"));
	receive(w, REQUEST("CANCEL", "1", "z9hG4bK2"));
	assert_sent(w, 481, "CANCEL");
	assert_heard(w, "INVITE ");
}

static void test_faults(void **state)
{
	world *w = *state;
	const sipws_msg *msg;

	receive(w, HEAD("INVITE", "1", "z9hG4bK1") "Contact: <\r\n\r\n");
	msg = next(w);
	assert_int_equal(sipws_msg_status(msg), 400);
	assert_string_equal(sipws_msg_phrase(msg), "Malformed Contact");
	receive(w, HEAD("ACK", "1", "z9hG4bK1") "Contact: <\r\n\r\n"); /* never answered */
	receive(w, HEAD("ACK", "1", "z9hG4bK9") "Contact: <\r\n\r\n");
	receive(w, HEAD("CANCEL", "1", "z9hG4bK1") "Contact: <\r\n\r\n");
	assert_sent(w, 400, "CANCEL");
	assert_heard(w, "");
	assert_int_equal(w->sent->len, 0);
}

static void test_limit(void **state)
{
	world *w = *state;
	const sipws_msg *msg;
	sipws_server_tx *first;

	receive(w, REQUEST("OPTIONS", "1", "z9hG4bK1"));
	first = w->tx;
	receive(w, REQUEST("OPTIONS", "2", "z9hG4bK2"));
	receive(w, REQUEST("OPTIONS", "3", "z9hG4bK3"));
	assert_heard(w, "OPTIONS OPTIONS OPTIONS ");
	receive(w, REQUEST("OPTIONS", "4", "z9hG4bK4"));
	msg = next(w);
	assert_int_equal(sipws_msg_status(msg), 503);
	assert_string_equal(sipws_msg_header(msg, "Retry-After", 0), "5");
	assert_heard(w, "");
	sipws_server_tx_refuse(first, 404, NULL);
	receive(w, REQUEST("OPTIONS", "5", "z9hG4bK5"));
	assert_heard(w, "OPTIONS ");
}

/* Refusals wait for their ACK, but no more of them than there may be transactions. */
static void test_refusals_without_ack(void **state)
{
	world *w = *state;

	w->then = refuse_and_look;
	for (guint i = 0; i < 6; i++) {
		g_autofree char *text = g_strdup_printf(REQUEST("INVITE", "1", "z9hG4bK%u"), i);

		receive(w, text);
	}
	assert_int_equal(w->sent->len, 6);
	assert_heard(w, "INVITE INVITE INVITE ");
	w->then = NULL;
	for (guint i = 0; i < 6; i++) {
		g_autofree char *text = g_strdup_printf(REQUEST("ACK", "1", "z9hG4bK%u"), i);

		receive(w, text);
	}
	assert_heard(w, "no tx ACK no tx ACK no tx ACK ");
	receive(w, REQUEST("INVITE", "1", "z9hG4bK9"));
	assert_heard(w, "INVITE ");
}

/* A branch that says nothing keeps nobody apart. */
static void test_without_branch(void **state)
{
	world *w = *state;

	receive(w, REQUEST("OPTIONS", "1", "z9hG4bK"));
	receive(w, REQUEST("OPTIONS", "2", "z9hG4bK"));
	receive(w, REQUEST("OPTIONS", "2", "z9hG4bK"));
	assert_heard(w, "OPTIONS OPTIONS ");
}

/* ---- we ask ---- */

static void on_answer(const sipws_msg *response, gpointer user)
{
	world *w = user;

	if (response)
		g_string_append_printf(w->heard, "%u ", sipws_msg_status(response));
	else
		g_string_append(w->heard, "silence ");
}

static sipws_client_tx *ask(world *w, const char *method)
{
	sipws_msg *msg = sipws_msg_new_request(method, "sip:alice@c.invalid;transport=ws");

	sipws_msg_add(msg, "From", "<sip:bob@example.com>;tag=b");
	sipws_msg_add(msg, "To", "<sip:alice@example.com>");
	sipws_msg_add(msg, "Call-ID", "two");
	sipws_msg_add(msg, "CSeq", "7 %s", method);
	return sipws_transactions_ask(w->transactions, msg, on_answer, w);
}

/* What was sent last is answered; it stays sent. */
static void answer(world *w, guint status)
{
	const sipws_msg *request = g_ptr_array_index(w->sent, w->sent->len - 1);
	sipws_msg *response = sipws_msg_new_response(request, status, NULL, "far");
	g_autoptr(GBytes) bytes = NULL;
	sipws_fault fault;

	sipws_msg_add(response, "Contact", "<sip:alice@new.invalid>");
	bytes = sipws_msg_print(response);
	sipws_msg_free(response);
	response = sipws_msg_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &fault);
	sipws_transactions_receive(w->transactions, response);
}

static void test_ask(void **state)
{
	world *w = *state;
	g_autofree char *via = NULL;
	const sipws_msg *msg;

	ask(w, "MESSAGE");
	answer(w, 100);
	answer(w, 200);
	answer(w, 200); /* once is enough */
	assert_heard(w, "100 200 ");
	msg = next(w);
	assert_true(
		g_str_has_prefix(sipws_msg_header(msg, "Via", 0), "SIP/2.0/WSS s.invalid;branch=z9hG4bK"));
	assert_string_equal(sipws_msg_header(msg, "Max-Forwards", 0), "70");
	assert_int_equal(fake_clock_left_ms(&w->clock), -1);
}

static void test_ask_nobody(void **state)
{
	world *w = *state;

	ask(w, "MESSAGE");
	assert_int_equal(fake_clock_skip(&w->clock), 32000);
	assert_heard(w, "silence ");
	answer(w, 200);
	assert_heard(w, "");
	ask(w, "INVITE");
	assert_int_equal(fake_clock_skip(&w->clock), 32000);
	assert_heard(w, "silence ");
	sipws_client_tx_forget(ask(w, "MESSAGE"));
	answer(w, 200);
	assert_heard(w, "");
}

static void test_call_refused(void **state)
{
	world *w = *state;
	const sipws_msg *msg;
	g_autofree char *branch = NULL;

	ask(w, "INVITE");
	answer(w, 180);
	answer(w, 486);
	assert_heard(w, "180 486 ");
	branch = g_strdup(sipws_msg_branch(next(w)));
	msg = next(w);
	assert_string_equal(sipws_msg_method(msg), "ACK");
	assert_string_equal(sipws_msg_branch(msg), branch);
	assert_string_equal(sipws_msg_to_tag(msg), "far");
	assert_int_equal(sipws_msg_cseq(msg), 7);
	assert_string_equal(sipws_msg_uri(msg), "sip:alice@c.invalid;transport=ws");
	assert_int_equal(fake_clock_left_ms(&w->clock), -1);
}

static void test_call_rings_for_ever(void **state)
{
	world *w = *state;

	ask(w, "INVITE");
	answer(w, 180);
	fake_clock_pass_ms(&w->clock, 170000);
	answer(w, 180);
	fake_clock_pass_ms(&w->clock, 179000);
	assert_heard(w, "180 180 ");
	fake_clock_pass_ms(&w->clock, 1000);
	assert_heard(w, "silence ");
	assert_sent(w, 0, "INVITE");
	assert_sent(w, 0, "CANCEL");
	fake_clock_pass_ms(&w->clock, 32000);
	assert_heard(w, "");
	assert_int_equal(fake_clock_left_ms(&w->clock), -1);
}

static void test_our_cancel(void **state)
{
	world *w = *state;
	sipws_client_tx *tx = ask(w, "INVITE");
	g_autofree char *branch = NULL;
	const sipws_msg *msg;

	sipws_client_tx_cancel(tx, "Q.850;cause=16");
	assert_int_equal(w->sent->len,
			 1); /* not before it is known that the INVITE has arrived (RFC 3261 9.1) */
	answer(w, 180);
	sipws_client_tx_cancel(tx, NULL);
	assert_int_equal(w->sent->len, 2);
	answer(w, 200); /* to the CANCEL */
	branch = g_strdup(sipws_msg_branch(next(w)));
	msg = w->sent->pdata[0];
	assert_string_equal(sipws_msg_method(msg), "CANCEL");
	assert_string_equal(sipws_msg_branch(msg), branch);
	assert_string_equal(sipws_msg_header(msg, "Reason", 0), "Q.850;cause=16");
	assert_heard(w, "180 ");
	fake_clock_pass_ms(&w->clock, 32000);
	assert_heard(w, "silence ");
	assert_int_equal(fake_clock_left_ms(&w->clock), -1);
}

/* Provisional responses make no difference to what is no INVITE. */
static void test_client_is_trying(void **state)
{
	world *w = *state;
	sipws_client_tx *tx = ask(w, "INVITE");

	answer(w, 180);
	sipws_client_tx_cancel(tx, NULL);
	answer(w, 100); /* to the CANCEL */
	assert_int_equal(w->sent->len, 2);
	fake_clock_pass_ms(&w->clock, 32000);
	assert_heard(w, "180 silence ");
	assert_int_equal(w->sent->len, 2);
	ask(w, "MESSAGE");
	answer(w, 100);
	fake_clock_pass_ms(&w->clock, 32000);
	assert_heard(w, "100 silence ");
	assert_int_equal(w->sent->len, 3);
	assert_int_equal(fake_clock_left_ms(&w->clock), -1);
}

static void test_nobody_wants_the_call(void **state)
{
	world *w = *state;
	const sipws_msg *msg;

	sipws_client_tx_forget(ask(w, "INVITE"));
	answer(w, 200);
	assert_sent(w, 0, "INVITE");
	msg = next(w);
	assert_string_equal(sipws_msg_method(msg), "ACK");
	assert_string_equal(sipws_msg_uri(msg), "sip:alice@new.invalid");
	assert_string_equal(sipws_msg_to_tag(msg), "far");
	msg = w->sent->pdata[0];
	assert_string_equal(sipws_msg_method(msg), "BYE");
	assert_int_equal(sipws_msg_cseq(msg), 8);
	answer(w, 200);
	assert_heard(w, "");
	assert_int_equal(fake_clock_left_ms(&w->clock), -1);
}

static void test_ack(void **state)
{
	world *w = *state;
	sipws_msg *ack = sipws_msg_new_request("ACK", "sip:alice@c.invalid");

	sipws_msg_add(ack, "From", "<sip:bob@example.com>;tag=b");
	sipws_msg_add(ack, "To", "<sip:alice@example.com>;tag=a");
	sipws_msg_add(ack, "Call-ID", "two");
	sipws_msg_add(ack, "CSeq", "7 ACK");
	sipws_transactions_ack(w->transactions, ack);
	assert_true(g_str_has_prefix(sipws_msg_branch(w->sent->pdata[0]), "z9hG4bK"));
	assert_int_equal(fake_clock_left_ms(&w->clock), -1);
}

/* Whatever is open when the socket goes. */
static void test_socket_dies(void **state)
{
	world *w = *state;

	receive(w, REQUEST("INVITE", "1", "z9hG4bK1"));
	receive(w, REQUEST("INVITE", "1", "z9hG4bK2"));
	sipws_server_tx_refuse(w->tx, 486, NULL);
	ask(w, "MESSAGE");
	sipws_client_tx_cancel(ask(w, "INVITE"), NULL);
	answer(w, 180);
}

/* A message that belongs to nobody */
static void test_strange_answers(void **state)
{
	world *w = *state;

	receive(w, "SIP/2.0 200 OK\r\nVia: SIP/2.0/WS s.invalid;branch=z9hG4bKx\r\nFrom: <sip:a@b>;tag=1\r\n"
		   "To: <sip:c@d>;tag=2\r\nCall-ID: x\r\nCSeq: 1 INVITE\r\n\r\n");
	ask(w, "MESSAGE");
	receive(w, "SIP/2.0 200 OK\r\nVia: SIP/2.0/WS s.invalid\r\nFrom: <sip:a@b>;tag=1\r\n"
		   "To: <sip:c@d>;tag=2\r\nCall-ID: x\r\nCSeq: x MESSAGE\r\n\r\n");
	assert_heard(w, "");
	assert_int_equal(w->sent->len, 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_request),
		TEST(test_refused_at_once),
		TEST(test_invite),
		TEST(test_invite_without_ack),
		TEST(test_invite_accepted),
		TEST(test_cancel),
		TEST(test_cancel_of_another),
		TEST(test_faults),
		TEST(test_limit),
		TEST(test_refusals_without_ack),
		TEST(test_without_branch),
		TEST(test_ask),
		TEST(test_ask_nobody),
		TEST(test_call_refused),
		TEST(test_call_rings_for_ever),
		TEST(test_our_cancel),
		TEST(test_client_is_trying),
		TEST(test_nobody_wants_the_call),
		TEST(test_ack),
		TEST(test_socket_dies),
		TEST(test_strange_answers),
	};

	return cmocka_run_group_tests_name("test_sipws_transactions", tests, NULL, NULL);
}
