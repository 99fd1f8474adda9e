/* janus_bench.h: a sipws_janus between two recorders: what it asks of Janus, what it tells its user. Janus's
 * part is played by what a Janus 1.1.2 said (janus_said.json, with the ids of one session and one handle). */
#pragma once
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "../../fake_clock.h"
#include "../../golden.h"
#include "janus/sipws_connection.h"
#include "janus/sipws_janus.h"

#define THE_SESSION 6488501835670998
#define THE_HANDLE 2584903408643704

typedef struct {
	fake_clock clock;
	sipws_janus *janus;
	json_t *said;
	GString *asked, *told;
	char *request;           /* the last one, whole */
	char *sdp;               /* of the last news */
	sipws_handle *to_detach; /* in the next callback */
} bench;

static inline void asked(json_t *request, gpointer user)
{
	bench *b = user;
	json_int_t handle = json_integer_value(json_object_get(request, "handle_id"));
	const char *of_body = json_string_value(json_object_get(json_object_get(request, "body"), "request"));

	g_string_append_printf(b->asked, "%s %s", json_string_value(json_object_get(request, "transaction")),
			       json_string_value(json_object_get(request, "janus")));
	if (of_body)
		g_string_append_printf(b->asked, " %s", of_body);
	if (handle && handle != THE_HANDLE)
		g_string_append_printf(b->asked, " to %" JSON_INTEGER_FORMAT, handle);
	g_string_append(b->asked, ", ");
	free(b->request);
	b->request = json_dumps(request, JSON_COMPACT | JSON_SORT_KEYS);
	json_decref(request);
}

static inline void callback(bench *b)
{
	sipws_handle *handle = g_steal_pointer(&b->to_detach);

	if (handle)
		sipws_handle_detach(handle);
}

static inline void on_over(const char *reason, gpointer user)
{
	bench *b = user;

	g_string_append_printf(b->told, "over: %s, ", reason);
}

static inline void on_news(const sipws_news *news, gpointer user)
{
	bench *b = user;

	g_string_append_printf(b->told, "%s of %s%s%s, ", news->name,
			       news->transaction ? news->transaction : "none", news->sdp ? " with " : "",
			       news->sdp ? news->sdp_type : "");
	g_free(b->sdp);
	b->sdp = g_strdup(news->sdp);
	callback(b);
}

static inline void on_rest(gpointer user)
{
	g_string_append(((bench *)user)->told, "may offer, ");
	callback(user);
}

static inline void on_gone(const sipws_failure *failure, gpointer user)
{
	bench *b = user;

	g_string_append_printf(b->told, "gone: %u %s, ", failure->status, failure->text);
	callback(b);
}

static inline void on_failed(const sipws_failure *failure, gpointer user)
{
	bench *b = user;

	g_string_append_printf(b->told, "failed: %u %d %s, ", failure->status, failure->code, failure->text);
	callback(b);
}

static const sipws_handle_events to_bench = { on_news, on_rest, on_gone };

static inline int start_with(void **state, const sipws_janus_setup *setup)
{
	bench *b = g_new0(bench, 1);
	json_error_t error;

	fake_clock_init(&b->clock);
	b->said = json_load_file(IMS_SOURCE_DIR "/tests/unit/transports/janus/janus_said.json", 0, &error);
	assert_non_null(b->said);
	b->asked = g_string_new(NULL);
	b->told = g_string_new(NULL);
	b->janus = sipws_janus_new(&b->clock.clock, setup, b);
	*state = b;
	return 0;
}

static inline int start(void **state)
{
	return start_with(state, &(sipws_janus_setup){ .keepalive_s = 25, .ask = asked, .over = on_over });
}

static inline int stop(void **state)
{
	bench *b = *state;

	sipws_janus_free(b->janus);
	fake_clock_clear(&b->clock);
	json_decref(b->said);
	g_string_free(b->asked, TRUE);
	g_string_free(b->told, TRUE);
	free(b->request);
	g_free(b->sdp);
	g_free(b);
	return 0;
}

/* What was recorded under that name, as an answer to this transaction; NULL: as it is. */
static inline json_t *recorded(bench *b, const char *name, const char *transaction)
{
	json_t *message = json_deep_copy(json_object_get(b->said, name));

	assert_non_null(message);
	if (transaction)
		json_object_set_new(message, "transaction", json_string(transaction));
	return message;
}

static inline void says(bench *b, const char *name, const char *transaction)
{
	sipws_janus_hear(b->janus, recorded(b, name, transaction));
}

static inline void answers(bench *b, const char *name, const char *transaction, json_int_t id)
{
	json_t *message = recorded(b, name, transaction);

	json_object_set_new(json_object_get(message, "data"), "id", json_integer(id));
	sipws_janus_hear(b->janus, message);
}

static inline void refuses(bench *b, const char *transaction, int code)
{
	json_t *message = recorded(b, "no plugin", transaction);

	json_object_set_new(json_object_get(message, "error"), "code", json_integer(code));
	sipws_janus_hear(b->janus, message);
}

/* And forgets it. */
static inline void assert_asked(bench *b, const char *wanted)
{
	assert_string_equal(b->asked->str, wanted);
	g_string_truncate(b->asked, 0);
}

static inline void assert_told(bench *b, const char *wanted)
{
	assert_string_equal(b->told->str, wanted);
	g_string_truncate(b->told, 0);
}

/* A session, a handle. */
static inline sipws_handle *attached(bench *b)
{
	sipws_handle *handle = sipws_janus_attach(b->janus, -1, &to_bench, b);

	says(b, "created", "1");
	says(b, "attached", "2");
	assert_asked(b, "1 create, 2 attach, ");
	return handle;
}

static inline const char *ask(bench *b, sipws_handle *handle, const char *request)
{
	return sipws_handle_ask(handle, json_pack("{ss}", "request", request), NULL, NULL, on_failed, b);
}

static inline const char *ask_with_offer(bench *b, sipws_handle *handle, const char *request)
{
	return sipws_handle_ask(handle, json_pack("{ss}", "request", request), "offer", "v=0\r\n", on_failed,
				b);
}
