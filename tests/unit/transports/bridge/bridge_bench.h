/* bridge_bench.h: a whole bridge between a client that types SIP and a Janus that takes whatever it is asked.
 * What passes is written down, a line for each message:
 *     -> what the client sends             <- what it is sent, less what every message has
 *     => what janus.plugin.ims is asked    <= what it says
 *     ** what the server is told */
#pragma once
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <string.h>
#include <cmocka.h>

#include "../../fake_clock.h"
#include "../../golden.h"
#include "bridge/internal.h"

enum { BENCH_SESSION = 1000, BENCH_KEEPALIVE_S = 25 };

typedef struct {
	fake_clock clock;
	sipws_config config;
	sipws_bridge *bridge; /* NULL: the socket is gone */
	GString *ladder;
	GQueue asked; /* of json_t *: what Janus has not answered */
	guint handles, branches;
	int master;        /* its handle */
	char *transaction; /* of the plugin's last request */
	gboolean silent;   /* Janus */
} bench;

/* ---- in place of config/ ---- */

sipws_config *sipws_config_ref(const sipws_config *config)
{
	return (sipws_config *)config;
}

void sipws_config_unref(sipws_config *config)
{
	(void)config;
}

/* ---- the outlet ---- */

static inline gboolean bench_shows(const char *line)
{
	static const char *const every[] = { "Via:",  "From:",           "To:",       "Call-ID:",
					     "CSeq:", "Content-Length:", "Supported:" };

	for (gsize i = 0; i < G_N_ELEMENTS(every); i++)
		if (g_str_has_prefix(line, every[i]))
			return FALSE;
	return *line != '\0';
}

/* Its random host has a name that tests know. */
static inline void bench_note(bench *b, const char *arrow, const char *text)
{
	g_auto(GStrv) parts = g_strsplit(text, b->bridge ? b->bridge->via_host : "\1", -1);
	g_autofree char *known = g_strjoinv("gateway.invalid", parts);

	g_string_append_printf(b->ladder, "%s %s\n", arrow, known);
}

static inline void bench_on_send(GBytes *message, gpointer user)
{
	gsize length;
	const char *bytes = g_bytes_get_data(message, &length);
	g_autofree char *text = g_strndup(bytes, length);
	g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);
	g_autoptr(GString) shown = g_string_new(NULL);

	for (guint i = 0; lines[i]; i++)
		if (bench_shows(lines[i]))
			g_string_append_printf(shown, "%s%s", shown->len ? " | " : "", lines[i]);
	bench_note(user, "<-", shown->str);
}

static inline void bench_on_ask(json_t *request, gpointer user)
{
	g_queue_push_tail(&((bench *)user)->asked, request);
}

static inline void bench_on_close(guint16 code, const char *reason, gpointer user)
{
	g_autofree char *text = g_strdup_printf("closed %u: %s", code, reason);

	bench_note(user, "<-", text);
}

static inline void bench_on_proved(const char *device, const char *replaced, gpointer user)
{
	g_autofree char *text = g_strdup_printf("proved: %s%s%s", device, replaced ? " in place of " : "",
						replaced ? replaced : "");

	bench_note(user, "**", g_strdelimit(text, "\n", ' '));
}

static inline void bench_on_replaced(gpointer user)
{
	bench_note(user, "**", "replaced");
}

/* ---- Janus ---- */

static inline void bench_note_request(bench *b, const json_t *request)
{
	json_t *body = json_object_get(request, "body");
	json_int_t handle = json_integer_value(json_object_get(request, "handle_id"));
	g_autofree char *arrow = NULL;
	const char *kind = json_string_value(json_object_get(request, "janus"));
	char *text;

	if (json_object_get(body, "auth"))
		b->master = (int)handle;
	arrow = g_strdup_printf(handle == b->master ? "=>" : "=> %d", (int)handle);
	if (!body) {
		if (strcmp(kind, "detach") == 0 || strcmp(kind, "destroy") == 0)
			bench_note(b, arrow, kind);
		return;
	}
	json_object_del(body, "incoming_header_prefixes"); /* the same in each, and long */
	json_object_del(body, "automatic_ringing");
	text = json_dumps(body, JSON_COMPACT | JSON_SORT_KEYS);
	bench_note(b, arrow, text);
	free(text);
	g_free(b->transaction);
	b->transaction = g_strdup(json_string_value(json_object_get(request, "transaction")));
}

static inline json_t *bench_answer_to(bench *b, const json_t *request)
{
	const char *kind = json_string_value(json_object_get(request, "janus"));
	json_t *answer = json_pack("{ss, sO}", "janus", strcmp(kind, "message") == 0 ? "ack" : "success",
				   "transaction", json_object_get(request, "transaction"));

	if (strcmp(kind, "create") == 0)
		json_object_set_new(answer, "data", json_pack("{si}", "id", BENCH_SESSION));
	if (strcmp(kind, "attach") == 0)
		json_object_set_new(answer, "data", json_pack("{si}", "id", ++b->handles));
	return answer;
}

/* What was asked, and that Janus does it. */
static inline void bench_serve(bench *b)
{
	json_t *request;

	while ((request = g_queue_pop_head(&b->asked))) {
		bench_note_request(b, request);
		if (!b->silent && b->bridge)
			sipws_bridge_hear(b->bridge, bench_answer_to(b, request));
		json_decref(request);
	}
}

/* An event of the plugin: result, as JSON; call_id NULL: of no call. */
static inline void plugin_says_on(bench *b, int handle, const char *call_id, const char *result)
{
	json_t *parsed = json_loads(result, 0, NULL);
	json_t *data = json_pack("{ss, so}", "sip", "event", "result", parsed);
	json_t *message;

	assert_non_null(parsed);
	bench_note(b, "<=", result);
	if (call_id)
		json_object_set_new(data, "call_id", json_string(call_id));
	message = json_pack("{ss, si, si, s{ss, so}}", "janus", "event", "session_id", BENCH_SESSION,
			    "sender", handle, "plugindata", "plugin", "janus.plugin.ims", "data", data);
	if (b->transaction)
		json_object_set_new(message, "transaction", json_string(b->transaction));
	sipws_bridge_hear(b->bridge, message);
	bench_serve(b);
}

static inline void plugin_says(bench *b, const char *result)
{
	plugin_says_on(b, b->master, NULL, result);
}

/* Its last request was wrong. */
static inline void plugin_refuses(bench *b, int code, const char *sentence)
{
	bench_note(b, "<=", sentence);
	sipws_bridge_hear(b->bridge,
			  json_pack("{ss, si, ss, s{ss, s{ss, si, ss, s{si}}}}", "janus", "event", "sender",
				    b->master, "transaction", b->transaction, "plugindata", "plugin",
				    "janus.plugin.ims", "data", "sip", "event", "error_code", code, "error",
				    sentence, "ims", "retry_after", code == 465 ? 7 : 0));
	bench_serve(b);
}

/* ---- the client ---- */

/* start: "INVITE sip:bob@ims.example"; lines: further header lines, each ended by \n, and behind an empty one
 * the body. From, To, Call-ID and CSeq are those of the lines, else Alice's to herself. */
static inline void client_says(bench *b, const char *start, const char *lines)
{
	g_autofree char *method = g_strndup(start, strcspn(start, " "));
	g_autoptr(GString) text = g_string_new(start);
	g_autofree char *noted = g_strdup(lines);
	g_autofree char *line = NULL;
	GError *error = NULL;

	g_string_append_printf(text, " SIP/2.0\nVia: SIP/2.0/WSS client.invalid;branch=z9hG4bK%u\n",
			       ++b->branches);
	if (!strstr(lines, "From:"))
		g_string_append(text, "From: <sip:alice@ims.example>;tag=a1\n");
	if (!strstr(lines, "To:"))
		g_string_append(text, "To: <sip:alice@ims.example>\n");
	if (!strstr(lines, "Call-ID:"))
		g_string_append(text, "Call-ID: of-the-client\n");
	if (!strstr(lines, "CSeq:"))
		g_string_append_printf(text, "CSeq: %u %s\n", b->branches, method);
	g_string_append(text, lines);
	if (!strstr(lines, "\n\n"))
		g_string_append_c(text, '\n');
	g_string_replace(text, "\n", "\r\n", 0);
	line = g_strdup_printf("%s | %s", start, g_strdelimit(g_strchomp(noted), "\n", '|'));
	bench_note(b, "->", *lines ? line : start);
	assert_true(sipws_bridge_receive(b->bridge, text->str, text->len, &error));
	bench_serve(b);
}

static inline void pass_ms(bench *b, gint64 ms)
{
	g_string_append_printf(b->ladder, "-- %d s\n", (int)(ms / 1000));
	for (; ms > 0; ms -= 1000) { /* Janus answers meanwhile */
		fake_clock_pass_ms(&b->clock, MIN(ms, 1000));
		bench_serve(b);
	}
}

/* ---- life ---- */

static inline void bench_connect(bench *b, const char *access_token)
{
	const sipws_bridge_outlet outlet = { bench_on_send, bench_on_ask, bench_on_close, bench_on_proved,
					     bench_on_replaced };
	const sipws_bridge_setup setup = { .clock = &b->clock.clock,
					   .config = &b->config,
					   .peer = "192.0.2.7",
					   .secure = TRUE,
					   .keepalive_s = BENCH_KEEPALIVE_S,
					   .loop_index = -1,
					   .access_token = access_token };

	b->bridge = sipws_bridge_new(&setup, &outlet, b);
}

static inline void bench_cut(bench *b)
{
	sipws_bridge *bridge = b->bridge;

	if (!bridge)
		return;
	sipws_bridge_free(bridge);
	b->bridge = NULL;
	bench_serve(b);
}

static inline int bench_start(void **state)
{
	bench *b = g_new0(bench, 1);

	fake_clock_init(&b->clock);
	b->ladder = g_string_new(NULL);
	b->config = (sipws_config){ .transactions = 20,
				    .calls = 4,
				    .subscriptions = 4,
				    .ping_s = 25,
				    .pong_s = 10,
				    .expires_min_s = 60,
				    .expires_max_s = 600 };
	*state = b;
	return 0;
}

static inline int bench_stop(void **state)
{
	bench *b = *state;

	bench_cut(b);
	fake_clock_clear(&b->clock);
	g_string_free(b->ladder, TRUE);
	g_free(b->transaction);
	g_free(b);
	return 0;
}

/* What has passed, against the part of that name in a file beside the test. */
static inline void assert_ladder(bench *b, const char *file, const char *title)
{
	g_autofree char *path =
		g_build_filename(IMS_SOURCE_DIR, "tests", "unit", "transports", "bridge", file, NULL);
	g_autofree char *text = NULL;
	g_autofree char *begin = g_strdup_printf("\n## %s\n", title);
	const char *part;

	assert_true(g_file_get_contents(path, &text, NULL, NULL));
	part = strstr(text, begin);
	if (part) {
		g_autofree char *wanted = NULL;

		part += strlen(begin);
		wanted = g_strndup(part, strstr(part, "\n## ") ? (gsize)(strstr(part, "\n## ") - part)
							       : strlen(part));
		if (strcmp(wanted, b->ladder->str) == 0)
			return;
	}
	g_print("\n## %s\n%s", title, b->ladder->str);
	fail_msg("%s has '%s' in other words", file, title);
}
