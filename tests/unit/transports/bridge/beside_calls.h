/* beside_calls.h: what stands around MESSAGE, INFO, SUBSCRIBE and REFER: the client, janus.plugin.ims, the
 * account and two calls. All that is said is written down, to be compared with a golden text. */
#pragma once
#include <string.h>
#include "../../fake_clock.h"
#include "bridge/internal.h"

struct sipws_call {
	sipws_line *line;
	sipws_dialog dialog;
	const char *id;
};

typedef struct {
	fake_clock clock;
	sipws_bridge bridge;
	sipws_config config;
	sipws_line lines[3]; /* the master, and one for each call */
	sipws_call calls[2];
	GString *log;
	GPtrArray *names; /* of what was random, in the order of its appearance */
	GPtrArray *sent;  /* of sipws_msg *: what the client got */
	guint asked;
	sipws_failed failed; /* of the last request to the plugin */
	gpointer failed_user;
	gboolean out_of_lines;
} stage;

static stage *the_stage;

/* ---- writing down ---- */

/* Hex digits, 16 of them or more, are random here. */
static inline void write_down(const char *who, const char *text)
{
	stage *s = the_stage;

	g_string_append(s->log, who);
	while (*text) {
		const gsize digits = strspn(text, "0123456789abcdef");
		g_autofree char *word = g_strndup(text, digits);
		guint known = 0;

		if (digits < 16) {
			if (*text != '\r')
				g_string_append_c(s->log, *text);
			text++;
			continue;
		}
		while (known < s->names->len && strcmp(s->names->pdata[known], word) != 0)
			known++;
		if (known == s->names->len)
			g_ptr_array_add(s->names, g_strdup(word));
		g_string_append_printf(s->log, "<%u>", known + 1);
		text += digits;
	}
	g_string_append_c(s->log, '\n');
}

static inline void scene(const char *name)
{
	g_string_append_printf(the_stage->log, "==== %s\n", name);
}

/* ---- in place of the other nouns ---- */

const char *sipws_handle_ask(sipws_handle *handle, json_t *body, const char *sdp_type, const char *sdp,
			     sipws_failed failed, gpointer user)
{
	static char transaction[16];
	g_autofree char *text = json_dumps(body, JSON_SORT_KEYS);
	g_autofree char *who = g_strdup_printf("handle %d asked: ", GPOINTER_TO_INT(handle));

	(void)sdp_type, (void)sdp;
	json_decref(body);
	the_stage->failed = failed;
	the_stage->failed_user = user;
	write_down(who, text);
	g_snprintf(transaction, sizeof(transaction), "t%u", ++the_stage->asked);
	return transaction;
}

/* Of all that may fail the stage knows the last. */
void sipws_handle_disown(sipws_handle *handle, gpointer user)
{
	(void)handle;
	if (the_stage->failed_user == user)
		the_stage->failed = NULL;
}

sipws_handle *sipws_handle_ref(sipws_handle *handle)
{
	return handle;
}

void sipws_handle_unref(sipws_handle *handle)
{
	(void)handle;
}

sipws_line *sipws_lines_master(sipws_bridge *bridge)
{
	(void)bridge;
	return the_stage->out_of_lines ? NULL : &the_stage->lines[0];
}

const char *sipws_account_impu(const sipws_account *account)
{
	(void)account;
	return "sip:alice@ims.example";
}

const char *sipws_account_contact(const sipws_account *account)
{
	(void)account;
	return "sip:a1@c.invalid;transport=ws";
}

gboolean sipws_account_owns(const sipws_account *account, const char *uri)
{
	return strcmp(uri, sipws_account_impu(account)) == 0;
}

sipws_call *sipws_call_of(sipws_bridge *bridge, const char *call_id)
{
	for (guint i = 0; i < bridge->calls->len; i++) {
		sipws_call *call = bridge->calls->pdata[i];

		if (strcmp(call->id, call_id) == 0)
			return call;
	}
	return NULL;
}

sipws_dialog *sipws_call_dialog(sipws_call *call)
{
	return &call->dialog;
}

sipws_line *sipws_call_line(sipws_call *call)
{
	return call->line;
}

const char *sipws_call_id(const sipws_call *call)
{
	return call->id;
}

void sipws_call_name(const sipws_call *call, json_t *body)
{
	json_object_set_new(body, "call_id", json_string(call->id));
}

/* ---- the client ---- */

static inline void on_send(GBytes *message, gpointer user)
{
	sipws_fault fault;
	gsize length;
	const char *bytes = g_bytes_get_data(message, &length);
	g_autofree char *text = g_strndup(bytes, length);

	(void)user;
	write_down("to the client: ", text);
	g_ptr_array_add(the_stage->sent, sipws_msg_parse(bytes, length, &fault));
	g_assert_cmpuint(fault.status, ==, 0);
}

static inline sipws_call *call_of(const sipws_msg *msg)
{
	for (guint i = 0; i < the_stage->bridge.calls->len; i++) {
		sipws_call *call = the_stage->bridge.calls->pdata[i];

		if (sipws_dialog_matches(&call->dialog, msg))
			return call;
	}
	return NULL;
}

static inline void on_request(sipws_server_tx *tx, const sipws_msg *msg, gpointer user)
{
	sipws_bridge *bridge = &the_stage->bridge;
	const char *method = sipws_msg_method(msg);
	sipws_call *call = call_of(msg);

	(void)user;
	if (strcmp(method, "MESSAGE") == 0)
		sipws_pager_request(bridge, tx, msg, call);
	else if (strcmp(method, "INFO") == 0)
		sipws_info_request(call, tx, msg);
	else if (strcmp(method, "SUBSCRIBE") == 0)
		sipws_subscriptions_request(bridge, tx, msg);
	else if (strcmp(method, "REFER") == 0)
		sipws_transfers_request(bridge, tx, msg, call);
	else
		sipws_transfers_notify(bridge, tx, msg, call);
}

/* A request of the client's; call NULL: outside. more: header lines and body, each line with \r\n. */
static inline void client_asks(const char *method, const char *uri, const sipws_call *call, guint cseq,
			       const char *more)
{
	const char *tag = call ? call->dialog.local_tag : NULL;
	g_autofree char *text = g_strdup_printf(
		"%s %s SIP/2.0\r\nVia: SIP/2.0/WS c.invalid;branch=z9hG4bK%s%u\r\nFrom: \"Alice\" "
		"<sip:alice@ims.example>;tag=%s\r\nTo: <sip:bob@ims.example>%s%s\r\nCall-ID: %s\r\nCSeq: %u "
		"%s\r\n%s%s",
		method, uri, method, cseq, call ? call->dialog.remote_tag : "mine", tag ? ";tag=" : "",
		tag ? tag : "", call ? call->dialog.call_id : "outside-1", cseq, method, more,
		strstr(more, "\r\n\r\n") ? "" : "\r\n");
	sipws_fault fault;
	sipws_msg *msg = sipws_msg_parse(text, strlen(text), &fault);

	g_assert_nonnull(msg);
	g_assert_cmpuint(fault.status, ==, 0);
	g_string_append_printf(the_stage->log, "the client: %s %s\n", method, uri);
	sipws_transactions_receive(the_stage->bridge.transactions, msg);
}

/* To the last request that it got. */
static inline void client_answers(guint status)
{
	GPtrArray *sent = the_stage->sent;
	g_autoptr(sipws_msg) response = NULL;
	g_autoptr(GBytes) bytes = NULL;
	sipws_fault fault;
	guint i = sent->len;

	while (i > 0 && !sipws_msg_is_request(sent->pdata[i - 1]))
		i--;
	g_assert_cmpuint(i, >, 0);
	response = sipws_msg_new_response(sent->pdata[i - 1], status, NULL, "theirs");
	bytes = sipws_msg_print(response);
	g_string_append_printf(the_stage->log, "the client: %u\n", status);
	sipws_transactions_receive(
		the_stage->bridge.transactions,
		sipws_msg_parse(g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes), &fault));
}

/* ---- the plugin ---- */

typedef void (*listener)(sipws_line *line, const sipws_news *news);

/* transaction NULL: it answers the last request, "": none. */
static inline void plugin_says(listener concerns, guint line, const char *call_id, const char *transaction,
			       const char *result_text)
{
	g_autofree char *last = g_strdup_printf("t%u", the_stage->asked);
	json_t *result = json_loads(result_text, 0, NULL);
	const sipws_news news = { .name = json_string_value(json_object_get(result, "event")),
				  .transaction = transaction ? transaction : last,
				  .call_id = call_id,
				  .result = result };

	g_assert_nonnull(result);
	if (!transaction)
		the_stage->failed = NULL; /* a request that is answered does not fail */
	g_string_append_printf(the_stage->log, "the plugin: %s\n", result_text);
	concerns(&the_stage->lines[line], &news);
	json_decref(result);
}

static inline void plugin_refuses(guint status, const char *text)
{
	g_string_append_printf(the_stage->log, "the plugin: %u %s\n", status, text);
	if (the_stage->failed) /* else nobody waits for it any more */
		the_stage->failed(&(sipws_failure){ .status = status, .code = 447, .text = text },
				  the_stage->failed_user);
	the_stage->failed = NULL;
}

/* ---- all of it ---- */

static inline void add_call(guint i, const char *id, const char *call_id)
{
	stage *s = the_stage;
	sipws_call *call = &s->calls[i];

	*call = (sipws_call){ .line = &s->lines[i + 1], .id = id };
	sipws_dialog_init_uac(&call->dialog, "<sip:bob@ims.example>", "<sip:alice@ims.example>",
			      "sip:a1@c.invalid;transport=ws");
	g_free(call->dialog.call_id);
	g_free(call->dialog.local_tag);
	g_free(call->dialog.remote_tag);
	call->dialog.call_id = g_strdup(call_id);
	call->dialog.local_tag = g_strdup_printf("ours-%u", i);
	call->dialog.remote_tag = g_strdup_printf("theirs-%u", i);
	s->lines[i + 1].call = call;
	g_ptr_array_add(s->bridge.calls, call);
}

static inline int stage_begin(void **state)
{
	static const sipws_transaction_events events = { .request = on_request, .send = on_send };
	stage *s = g_new0(stage, 1);

	*state = the_stage = s;
	fake_clock_init(&s->clock);
	s->config.subscriptions = 2;
	s->log = g_string_new(NULL);
	s->names = g_ptr_array_new_with_free_func(g_free);
	s->sent = g_ptr_array_new_with_free_func((GDestroyNotify)sipws_msg_free);
	s->bridge.clock = &s->clock.clock;
	s->bridge.config = &s->config;
	s->bridge.via_host = (char *)"g.invalid";
	s->bridge.calls = g_ptr_array_new();
	s->bridge.transactions =
		sipws_transactions_new(&s->clock.clock, "SIP/2.0/WS g.invalid", 50, &events, s);
	s->bridge.pager = sipws_pager_new(&s->bridge);
	s->bridge.info = sipws_info_new(&s->bridge);
	s->bridge.subscriptions = sipws_subscriptions_new(&s->bridge);
	s->bridge.transfers = sipws_transfers_new(&s->bridge);
	for (guint i = 0; i < G_N_ELEMENTS(s->lines); i++)
		s->lines[i] =
			(sipws_line){ &s->bridge, GINT_TO_POINTER(i + 1), .master = i == 0, .ready = TRUE };
	add_call(0, "api-call-1", "dialog-1");
	add_call(1, "api-call-2", "dialog-2");
	return 0;
}

static inline int stage_end(void **state)
{
	stage *s = *state;

	sipws_pager_free(s->bridge.pager);
	sipws_info_free(s->bridge.info);
	sipws_subscriptions_free(s->bridge.subscriptions);
	sipws_transfers_free(s->bridge.transfers);
	sipws_transactions_free(s->bridge.transactions);
	if (s->failed) /* too late */
		s->failed(&(sipws_failure){ .status = 503, .text = "late" }, s->failed_user);
	g_ptr_array_unref(s->bridge.calls);
	for (guint i = 0; i < G_N_ELEMENTS(s->calls); i++)
		sipws_dialog_clear(&s->calls[i].dialog);
	g_ptr_array_unref(s->names);
	g_ptr_array_unref(s->sent);
	g_string_free(s->log, TRUE);
	fake_clock_clear(&s->clock);
	g_free(s);
	return 0;
}
