/* A socket's life, from its frames to what janus.plugin.ims is asked. The input is a list of records with
 * 0x1e between them; the first byte says what each is: F frame of the client's     E handle (a digit), result
 * of an event, as JSON R error_code of the last request     T ms that pass     U the PeerConnection of a
 * handle (a digit) ends S the session is over     A the client is away     B it is back     G frame that may
 * be another bridge's */
#include <stdlib.h>
#include <string.h>
#include "fake_clock.h"
#include "base/ims_log.h"
#include "bridge/internal.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

enum { SESSION = 1000, RECORDS_MAX = 64 };

typedef struct {
	fake_clock clock;
	sipws_config config;
	sipws_bridge *bridge;
	GQueue asked; /* of json_t * */
	guint handles;
	char *transaction; /* of the last request to the plugin */
} world;

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

static void on_send(GBytes *message, gpointer user)
{
	sipws_fault fault;
	gsize length;
	const char *bytes = g_bytes_get_data(message, &length);
	g_autoptr(sipws_msg) msg = NULL;

	(void)user;
	if (sipws_msg_is_pong(bytes, length) || length > SIPWS_MSG_MAX)
		return;
	msg = sipws_msg_parse(bytes, length, &fault);
	g_assert_nonnull(msg);
}

static void on_ask(json_t *request, gpointer user)
{
	g_queue_push_tail(&((world *)user)->asked, request);
}

static void on_close(guint16 code, const char *reason, gpointer user)
{
	(void)user;
	g_assert_cmpuint(code, >=, 1000);
	g_assert_nonnull(reason);
}

static void on_proved(const char *device, const char *replaced, gpointer user)
{
	(void)replaced, (void)user;
	g_assert_nonnull(strchr(device, '\n'));
}

static void on_replaced(gpointer user)
{
	(void)user;
}

/* ---- Janus, who takes whatever it is asked ---- */

static json_t *answer_to(world *w, const json_t *request)
{
	const char *kind = json_string_value(json_object_get(request, "janus"));
	json_t *answer = json_pack("{ss, sO}", "janus", strcmp(kind, "message") == 0 ? "ack" : "success",
				   "transaction", json_object_get(request, "transaction"));

	if (strcmp(kind, "create") == 0)
		json_object_set_new(answer, "data", json_pack("{si}", "id", SESSION));
	if (strcmp(kind, "attach") == 0)
		json_object_set_new(answer, "data", json_pack("{si}", "id", ++w->handles));
	return answer;
}

static void serve(world *w)
{
	json_t *request;

	while ((request = g_queue_pop_head(&w->asked))) {
		const char *kind = json_string_value(json_object_get(request, "janus"));

		if (strcmp(kind, "message") == 0) {
			g_free(w->transaction);
			w->transaction = g_strdup(json_string_value(json_object_get(request, "transaction")));
		}
		if (w->bridge)
			sipws_bridge_hear(w->bridge, answer_to(w, request));
		json_decref(request);
	}
}

/* call_id, sdp and type of the result stand where the API has them. */
static void say(world *w, int handle, json_t *result)
{
	json_t *data = json_pack("{ss, sO}", "sip", "event", "result", result);
	json_t *message =
		json_pack("{ss, si, si, s{ss, sO}}", "janus", "event", "session_id", SESSION, "sender",
			  handle, "plugindata", "plugin", "janus.plugin.ims", "data", data);
	const json_t *call_id = json_object_get(result, "call_id"), *sdp = json_object_get(result, "sdp");

	if (json_is_string(call_id))
		json_object_set(data, "call_id", (json_t *)call_id);
	if (json_is_string(sdp))
		json_object_set_new(
			message, "jsep",
			json_pack("{ss, sO}", "type",
				  json_is_true(json_object_get(result, "answer")) ? "answer" : "offer", "sdp",
				  sdp));
	if (w->transaction)
		json_object_set_new(message, "transaction", json_string(w->transaction));
	json_decref(data);
	sipws_bridge_hear(w->bridge, message);
}

static void event(world *w, const char *text, gsize length)
{
	json_t *result = length > 1 ? json_loadb(text + 1, length - 1, 0, NULL) : NULL;

	if (json_is_object(result) && json_is_string(json_object_get(result, "event")))
		say(w, *text - '0', result);
	json_decref(result);
}

static void refuse(world *w, const char *text)
{
	if (w->transaction)
		sipws_bridge_hear(w->bridge,
				  json_pack("{ss, si, ss, s{ss, s{ss, si, ss}}}", "janus", "event", "sender",
					    1, "transaction", w->transaction, "plugindata", "plugin",
					    "janus.plugin.ims", "data", "sip", "event", "error_code",
					    atoi(text), "error", "no"));
}

/* ---- the records ---- */

static void play(world *w, const char *record, gsize length)
{
	g_autofree char *text = length ? g_strndup(record + 1, length - 1) : g_strdup("");
	GError *error = NULL;

	switch (length ? *record : '\0') {
	case 'F':
		g_assert_true(sipws_bridge_receive(w->bridge, record + 1, length - 1, &error) ==
			      (error == NULL));
		g_clear_error(&error);
		break;
	case 'G':
		sipws_bridge_takes(w->bridge, record + 1, length - 1);
		break;
	case 'A':
		sipws_bridge_cut(w->bridge);
		break;
	case 'B':
		sipws_bridge_resume(w->bridge);
		break;
	case 'E':
		if (length > 1)
			event(w, record + 1, length - 1);
		break;
	case 'R':
		refuse(w, text);
		break;
	case 'T':
		fake_clock_pass_ms(&w->clock, CLAMP(atoi(text), 0, 4000000));
		break;
	case 'U':
		sipws_bridge_hear(w->bridge,
				  json_pack("{ss, si, si, ss}", "janus", "hangup", "session_id", SESSION,
					    "sender", *text - '0', "reason", "ICE failed"));
		break;
	case 'S':
		sipws_bridge_session_over(w->bridge, TRUE, FALSE);
		break;
	}
	serve(w);
}

static void play_all(world *w, const char *data, gsize size)
{
	const char *end = data + size;

	for (guint i = 0; i < RECORDS_MAX && data < end; i++) {
		const char *next = memchr(data, 0x1e, (gsize)(end - data));

		play(w, data, (gsize)((next ? next : end) - data));
		data = next ? next + 1 : end;
	}
}

static void quiet(ims_log_level level, const char *who, const char *format, va_list args)
{
	(void)level, (void)who, (void)format, (void)args;
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	static const sipws_bridge_outlet outlet = { on_send, on_ask, on_close, on_proved, on_replaced };
	world w = { .config = { .transactions = 10,
				.calls = 3,
				.subscriptions = 3,
				.ping_s = 25,
				.pong_s = 10,
				.expires_min_s = 60,
				.expires_max_s = 600,
				.reclaim_s = 30 } };
	const sipws_bridge_setup setup = { .clock = &w.clock.clock,
					   .config = &w.config,
					   .peer = "192.0.2.7",
					   .secure = TRUE,
					   .keepalive_s = 25,
					   .loop_index = -1 };

	ims_log_set_sink(quiet);
	fake_clock_init(&w.clock);
	w.bridge = sipws_bridge_new(&setup, &outlet, &w);
	play_all(&w, (const char *)data, size);
	sipws_bridge_free(g_steal_pointer(&w.bridge));
	serve(&w);
	g_free(w.transaction);
	fake_clock_clear(&w.clock);
	return 0;
}
