/* Any bytes as a frame: read, answered, written, read again; then through the transactions of a socket. */
#include <string.h>
#include "fake_clock.h"
#include "sip/sipws_transactions.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

static sipws_msg *parse_bytes(GBytes *bytes)
{
	sipws_fault fault;
	gsize length;
	const char *text = g_bytes_get_data(bytes, &length);

	return sipws_msg_parse(text, length, &fault);
}

static void look(const char *name, const char *value, gpointer user)
{
	(void)user;
	g_assert_true(*name);
	g_assert_null(strpbrk(value, "\r\n"));
}

static void check_addresses(const sipws_msg *msg)
{
	static const char *const names[] = { "From",     "To",    "Contact",
					     "Refer-To", "Route", "P-Preferred-Identity" };
	sipws_address address;

	for (gsize i = 0; i < G_N_ELEMENTS(names); i++)
		for (guint n = 0; sipws_msg_header(msg, names[i], n); n++) {
			g_autofree char *printed = NULL, *uri = NULL, *tag = NULL;

			if (!sipws_msg_address(msg, names[i], n, &address))
				continue;
			printed = sipws_address_print(address.name, address.uri, "tag");
			uri = sipws_address_uri(printed);
			tag = sipws_parameter(printed, "tag");
			g_assert_cmpstr(uri, ==, address.uri);
			g_assert_cmpstr(tag, ==, "tag");
		}
}

/* What is sound stays the same message when it is written and read again; what is not is answered. */
static void check_written(const sipws_msg *msg)
{
	g_autoptr(GBytes) bytes = sipws_msg_print(msg);
	g_autoptr(sipws_msg) again = g_bytes_get_size(bytes) <= SIPWS_MSG_MAX ? parse_bytes(bytes) : NULL;

	if (sipws_msg_fault(msg)->status || !again)
		return;
	g_assert_cmpstr(sipws_msg_fault(again)->reason, ==, NULL);
	g_assert_cmpstr(sipws_msg_method(again), ==, sipws_msg_method(msg));
	g_assert_cmpuint(sipws_msg_status(again), ==, sipws_msg_status(msg));
	g_assert_cmpstr(sipws_msg_branch(again), ==, sipws_msg_branch(msg));
	g_assert_cmpstr(sipws_msg_to_tag(again), ==, sipws_msg_to_tag(msg));
	g_assert_cmpuint(sipws_msg_cseq(again), ==, sipws_msg_cseq(msg));
}

static void on_request(sipws_server_tx *tx, const sipws_msg *msg, gpointer user)
{
	(void)user;
	g_assert_cmpuint(sipws_msg_fault(msg)->status, ==, 0);
	if (tx && sipws_msg_cseq(msg) % 2)
		sipws_server_tx_refuse(tx, 400 + sipws_msg_cseq(msg) % 300, NULL);
}

static void on_cancelled(sipws_server_tx *invite, const sipws_msg *cancel, gpointer user)
{
	(void)cancel, (void)user;
	sipws_server_tx_refuse(invite, 487, NULL);
}

static void on_send(GBytes *message, gpointer user)
{
	g_autoptr(sipws_msg) msg = g_bytes_get_size(message) <= SIPWS_MSG_MAX ? parse_bytes(message) : NULL;

	(void)user;
	g_assert_true(msg || g_bytes_get_size(message) > SIPWS_MSG_MAX);
}

static void check_transactions(const char *text, gsize length)
{
	static const sipws_transaction_events events = { on_request, on_cancelled, on_send };
	fake_clock clock;
	sipws_transactions *transactions;
	sipws_fault fault;

	fake_clock_init(&clock);
	transactions = sipws_transactions_new(&clock.clock, "SIP/2.0/WSS s.invalid", 2, &events, NULL);
	for (guint i = 0; i < 3; i++) {
		sipws_msg *msg = sipws_msg_parse(text, length, &fault);

		if (msg)
			sipws_transactions_receive(transactions, msg);
		fake_clock_pass_ms(&clock, 300);
	}
	sipws_transactions_free(transactions);
	fake_clock_clear(&clock);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	sipws_fault fault = { 0, NULL };
	g_autoptr(sipws_msg) msg = sipws_msg_parse((const char *)data, size, &fault);

	if (!msg) {
		g_assert_cmpuint(fault.status, >=, 400);
		g_assert_nonnull(fault.reason);
		return 0;
	}
	sipws_msg_each_header(msg, look, NULL);
	check_addresses(msg);
	check_written(msg);
	check_transactions((const char *)data, size);
	return 0;
}
