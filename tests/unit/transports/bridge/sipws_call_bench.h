/* sipws_call_bench.h: a client on the left, the gateway on the right, and the calls between them. Messages
 * are parsed and printed by what sends and receives them in earnest; in place of lines and handles stand
 * lists of what was asked. */
#pragma once
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <cmocka.h>
#include "bridge/sipws_call_internal.h"
#include "fake_clock.h"

#define OFFER                                                                                                \
	"v=0\r\no=- 5 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF "                    \
	"111\r\na=sendrecv\r\n"
#define ANSWER                                                                                               \
	"v=0\r\no=- 17 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF "                   \
	"111\r\na=sendrecv\r\na=setup:active\r\n"

typedef struct {
	fake_clock clock;
	sipws_config config;
	struct sipws_bridge bridge;
	sipws_line lines[3];
	GPtrArray *sent;     /* of sipws_msg *: to the client */
	GPtrArray *asked;    /* of json_t *: of the gateway */
	guint seen;          /* of sent */
	sipws_failed failed; /* of what was asked last */
	gpointer failed_user;
	gboolean registered;
	guint disowned;
} bench;

static bench *the_bench;

/* ---- in place of lines, handles and the account ---- */

sipws_line *sipws_lines_take(sipws_bridge *bridge, sipws_call *call)
{
	for (guint i = 0; i < bridge->lines->len; i++) {
		sipws_line *line = g_ptr_array_index(bridge->lines, i);

		if (!line->call) {
			line->call = call;
			return line;
		}
	}
	return NULL;
}

sipws_line *sipws_lines_master(sipws_bridge *bridge)
{
	return g_ptr_array_index(bridge->lines, 0);
}

void sipws_lines_seize(sipws_line *line, sipws_call *call)
{
	line->call = call;
}

void sipws_lines_release(sipws_line *line)
{
	line->call = NULL;
}

const char *sipws_handle_ask(sipws_handle *handle, json_t *body, const char *sdp_type, const char *sdp,
			     sipws_failed failed, gpointer user)
{
	(void)handle;
	if (sdp)
		json_object_set_new(body, "jsep", json_pack("{ss, ss}", "type", sdp_type, "sdp", sdp));
	g_ptr_array_add(the_bench->asked, body);
	the_bench->failed = failed;
	the_bench->failed_user = user;
	return "t";
}

void sipws_handle_disown(sipws_handle *handle, gpointer user)
{
	(void)handle, (void)user;
	the_bench->disowned++;
}

gboolean sipws_account_is_registered(const sipws_account *account)
{
	(void)account;
	return the_bench->registered;
}

const char *sipws_account_impu(const sipws_account *account)
{
	(void)account;
	return "sip:alice@ims.example";
}

const char *sipws_account_contact(const sipws_account *account)
{
	(void)account;
	return "sip:x7@client.invalid;transport=ws";
}

void sipws_transfers_call_over(sipws_bridge *bridge, const char *call_id)
{
	(void)bridge, (void)call_id;
}

guint64 sipws_transfers_refer_id(sipws_transfers *transfers, const char *uri)
{
	(void)transfers;
	return strcmp(uri, "sip:referred@ims.example") == 0 ? 9 : 0;
}

/* ---- what the client sends goes where the table of requests sends it ---- */

static void on_request(sipws_server_tx *tx, const sipws_msg *msg, gpointer user)
{
	sipws_call *call = *sipws_msg_to_tag(msg) ? sipws_call_find(user, msg) : NULL;

	if (call)
		sipws_call_inside(call, tx, msg);
	else if (tx && *sipws_msg_to_tag(msg))
		sipws_server_tx_refuse(tx, 481, NULL);
	else if (tx)
		sipws_call_request(user, tx, msg);
}

/* As the table of requests does. */
static void on_cancelled(sipws_server_tx *invite, const sipws_msg *cancel, gpointer user)
{
	sipws_call *call = sipws_server_tx_data(invite);

	(void)cancel, (void)user;
	if (call)
		sipws_call_cancelled(call, invite);
	else
		sipws_server_tx_refuse(invite, 487, NULL);
}

static void on_send(GBytes *message, gpointer user)
{
	gsize length;
	const char *bytes = g_bytes_get_data(message, &length);
	sipws_fault fault = { 0 };
	sipws_msg *msg = sipws_msg_parse(bytes, length, &fault);

	(void)user;
	assert_non_null(msg);
	if (sipws_msg_fault(msg)->status)
		fail_msg("%s: %.*s", sipws_msg_fault(msg)->reason, (int)length, bytes);
	g_ptr_array_add(the_bench->sent, msg);
}

static int bench_setup(void **state)
{
	static const sipws_transaction_events events = { on_request, on_cancelled, on_send };
	bench *b = the_bench = g_new0(bench, 1);

	fake_clock_init(&b->clock);
	b->config.calls = 2;
	b->registered = TRUE;
	b->bridge.clock = &b->clock.clock;
	b->bridge.config = &b->config;
	b->bridge.peer = g_strdup("test");
	b->bridge.via_host = g_strdup("edge.invalid");
	b->bridge.lines = g_ptr_array_new();
	b->bridge.calls = g_ptr_array_new();
	b->bridge.transactions =
		sipws_transactions_new(&b->clock.clock, "SIP/2.0/WSS edge.invalid", 100, &events, &b->bridge);
	for (guint i = 0; i < G_N_ELEMENTS(b->lines); i++) {
		b->lines[i].bridge = &b->bridge;
		g_ptr_array_add(b->bridge.lines, &b->lines[i]);
	}
	b->sent = g_ptr_array_new_with_free_func((GDestroyNotify)sipws_msg_free);
	b->asked = g_ptr_array_new_with_free_func((GDestroyNotify)json_decref);
	*state = b;
	return 0;
}

/* The socket dies at whatever point the test has reached; nothing may be left. */
static int bench_teardown(void **state)
{
	bench *b = *state;

	while (b->bridge.calls->len)
		sipws_call_free(g_ptr_array_index(b->bridge.calls, 0));
	for (guint i = 0; i < G_N_ELEMENTS(b->lines); i++)
		assert_null(b->lines[i].call);
	sipws_transactions_free(b->bridge.transactions);
	fake_clock_clear(&b->clock);
	g_ptr_array_unref(b->bridge.lines);
	g_ptr_array_unref(b->bridge.calls);
	g_ptr_array_unref(b->sent);
	g_ptr_array_unref(b->asked);
	g_free(b->bridge.peer);
	g_free(b->bridge.via_host);
	g_free(b);
	return 0;
}

/* ---- the client ---- */

static inline void client_sends(bench *b, const char *text)
{
	sipws_fault fault = { 0 };
	sipws_msg *msg = sipws_msg_parse(text, strlen(text), &fault);

	if (!msg)
		fail_msg("not SIP: %s", fault.reason);
	sipws_transactions_receive(b->bridge.transactions, msg);
}

/* Of the dialog that it began: Call-ID c1, From tag a1. to_tag NULL: none yet. */
static inline void client_asks(bench *b, const char *method, guint cseq, const char *to_tag, const char *more,
			       const char *sdp)
{
	g_autofree char *tag = to_tag ? g_strdup_printf(";tag=%s", to_tag) : NULL;
	g_autofree char *text = g_strdup_printf(
		"%s sip:bob@ims.example SIP/2.0\r\nVia: SIP/2.0/WSS client.invalid;branch=z9hG4bK%u%s\r\n"
		"From: \"Alice\" <sip:alice@ims.example>;tag=a1\r\nTo: <sip:bob@ims.example>%s\r\n"
		"Call-ID: c1\r\nCSeq: %u %s\r\nMax-Forwards: 70\r\n"
		"Contact: <sip:x7@client.invalid;transport=ws>\r\n%s%sContent-Length: %zu\r\n\r\n%s",
		method, cseq, g_str_equal(method, "CANCEL") ? "INVITE" : method, tag ? tag : "", cseq, method,
		more ? more : "", sdp ? "Content-Type: application/sdp\r\n" : "", sdp ? strlen(sdp) : 0,
		sdp ? sdp : "");

	client_sends(b, text);
}

static inline sipws_msg *next_sent(bench *b)
{
	assert_true(b->seen < b->sent->len);
	return g_ptr_array_index(b->sent, b->seen++);
}

static inline void nothing_sent(bench *b)
{
	if (b->seen < b->sent->len) {
		g_autoptr(GBytes) bytes = sipws_msg_print(b->sent->pdata[b->seen]);

		fail_msg("sent: %.*s", (int)g_bytes_get_size(bytes), (char *)g_bytes_get_data(bytes, NULL));
	}
}

static inline sipws_msg *response_sent(bench *b, guint status)
{
	sipws_msg *msg = next_sent(b);

	assert_int_equal(sipws_msg_status(msg), status);
	return msg;
}

static inline sipws_msg *request_sent(bench *b, const char *method)
{
	sipws_msg *msg = next_sent(b);

	assert_true(sipws_msg_is_request(msg));
	assert_string_equal(sipws_msg_method(msg), method);
	return msg;
}

static inline void assert_header(const sipws_msg *msg, const char *name, const char *value)
{
	const char *is = sipws_msg_header(msg, name, 0);

	if (g_strcmp0(is, value) != 0)
		fail_msg("%s: '%s' is '%s'", name, value ? value : "(none)", is ? is : "(none)");
}

static inline void assert_sdp(const sipws_msg *msg, const char *sdp)
{
	g_autofree char *is = sipws_call_sdp(msg);

	if (g_strcmp0(is, sdp) != 0)
		fail_msg("description is: %s", is ? is : "(none)");
}

/* Answers the last request that it was sent. */
static inline void client_answers(bench *b, const sipws_msg *request, guint status, const char *more,
				  const char *sdp)
{
	g_autofree char *text = g_strdup_printf(
		"SIP/2.0 %u X\r\nVia: %s\r\nFrom: %s\r\nTo: %s%s\r\nCall-ID: %s\r\nCSeq: %s\r\n"
		"Contact: <sip:x7@client.invalid;transport=ws>\r\n%s%sContent-Length: %zu\r\n\r\n%s",
		status, sipws_msg_header(request, "Via", 0), sipws_msg_header(request, "From", 0),
		sipws_msg_header(request, "To", 0), *sipws_msg_to_tag(request) ? "" : ";tag=b1",
		sipws_msg_call_id(request), sipws_msg_header(request, "CSeq", 0), more ? more : "",
		sdp ? "Content-Type: application/sdp\r\n" : "", sdp ? strlen(sdp) : 0, sdp ? sdp : "");

	client_sends(b, text);
}

/* ---- the gateway ---- */

/* Of the call on the first line, or one that comes. Takes result, the object of the event. */
static inline void gateway_tells_of(bench *b, const char *call_id, const char *name, const char *sdp_type,
				    const char *sdp, json_t *result)
{
	json_t *all = result ? result : json_object();
	const sipws_news news = {
		.name = name, .call_id = call_id, .result = all, .sdp_type = sdp_type, .sdp = sdp
	};

	sipws_call_news(&b->lines[0], &news);
	json_decref(all);
}

static inline void gateway_tells(bench *b, const char *name, const char *sdp_type, const char *sdp,
				 json_t *result)
{
	const sipws_call *call = b->lines[0].call;
	g_autofree char *call_id = g_strdup(call && call->id ? call->id : "g1");

	gateway_tells_of(b, call_id, name, sdp_type, sdp, result);
}

/* The request asked last, as text with sorted keys. */
static inline void assert_asked(bench *b, const char *text)
{
	g_autofree char *is = NULL;

	assert_int_equal(b->asked->len, 1);
	is = json_dumps(b->asked->pdata[0], JSON_SORT_KEYS);
	assert_string_equal(is, text);
	g_ptr_array_set_size(b->asked, 0);
}

static inline void nothing_asked(bench *b)
{
	if (b->asked->len)
		assert_asked(b, "");
}

static inline void gateway_fails(bench *b, guint status, const char *text)
{
	const sipws_failure failure = { .status = status, .code = 447, .text = text };

	assert_non_null(b->failed);
	b->failed(&failure, b->failed_user);
}

static inline void assert_no_calls(bench *b)
{
	assert_int_equal(b->bridge.calls->len, 0);
	assert_null(b->lines[0].call);
}
