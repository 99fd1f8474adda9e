/* api_load SOCKET PACKAGE DOMAIN [PROXY]: many users of one Janus, over its UNIX socket API. A line on stdin
 * is a command, its answer is one line of JSON on stdout:
 *
 *   attach COUNT [LOOP]        COUNT more handles in one session, all on that
 *                              event loop
 *   register WINDOW [EXPIRES]  each handle's user who has not done so
 *                              registers, WINDOW of them at the same time
 *   callers COUNT OFFER        COUNT users in a session and on a connection of
 *                              their own register; OFFER: a file with the JSEP
 *                              of their calls
 *   storm BURST CALLEE         BURST users register at once for the first time;
 *                              until nine of ten have, the callers call CALLEE,
 *                              one after the other
 *
 * With janus.plugin.echotest as PACKAGE nobody registers: each handle sends a request that is answered with
 * one event, which is what a registration costs Janus itself.
 *
 * Users are bench0, bench1, ... of DOMAIN with the password "secret". An answer tells how many registrations
 * succeeded and failed, the seconds it took, the seconds of CPU that this program needed, so that it is seen
 * when it was the limit, and the milliseconds from the call of each caller to what his callee answered. */
#include "janus_api.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { WINDOW_ATTACH = 200, SILENCE_MS = 20000, FIRST_CALLER = 1000000 };

/* Users of one session, on one connection. */
typedef struct {
	janus_api api;
	guint first;       /* number of its first user */
	GArray *handles;   /* of json_int_t, in the order of users */
	GHashTable *users; /* handle -> user + 1 */
	guint told;        /* how many have been told to register */
} crowd;

typedef struct {
	const char *socket, *package, *domain, *proxy; /* proxy NULL: not needed */
	gboolean echoes;                               /* the plugin has no users */
	crowd many, callers;
	guint next_caller;
	gboolean answered; /* the call that is under way */
	gboolean *closing; /* by caller: Janus has not closed the PeerConnection of his last call yet */
	char *offer;       /* JSON */
} load;

typedef struct {
	guint ok, failed;
	GArray *setup_ms; /* of double; NULL: no calls */
	guint refused;    /* calls that nobody answered */
} tally;

/* Messages */

/* To the plugin; rest: more fields of the message, with a comma before them. */
static void request(crowd *c, guint user, const char *body, const char *rest)
{
	janus_tell(&c->api,
		   "{\"janus\":\"message\",\"transaction\":\"%u\",\"session_id\":%" JSON_INTEGER_FORMAT
		   ",\"handle_id\":%" JSON_INTEGER_FORMAT ",\"body\":%s%s}",
		   user, c->api.session, g_array_index(c->handles, json_int_t, user), body, rest);
}

/* NULL: silence. Owned by the caller. */
static json_t *hear(const crowd *c)
{
	struct pollfd ready = { c->api.socket, POLLIN, 0 };

	return poll(&ready, 1, SILENCE_MS) > 0 ? janus_hear(&c->api) : NULL;
}

static json_int_t id_in(const json_t *message)
{
	return json_integer_value(json_object_get(json_object_get(message, "data"), "id"));
}

static gboolean is_of(const crowd *c, const json_t *message)
{
	json_int_t handle = json_integer_value(json_object_get(message, "sender"));

	return janus_is(message, "event") && g_hash_table_lookup(c->users, &handle);
}

/* "" when it is another message than an event of the plugin; "error": one that tells of an error. */
static const char *event_in(const crowd *c, const json_t *message)
{
	const char *event = is_of(c, message) ? janus_event(message) : NULL;

	return event ? event : "";
}

/* Handles */

static void open_crowd(crowd *c, const char *path, guint first)
{
	c->api = janus_open(path);
	c->first = first;
	c->handles = g_array_new(FALSE, FALSE, sizeof(json_int_t));
	c->users = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
}

/* loop NULL: Janus's choice. */
static void tell_attach(crowd *c, const char *package, const char *loop)
{
	g_autofree char *place = loop ? g_strdup_printf(",\"loop_index\":%d", atoi(loop)) : g_strdup("");

	janus_tell(&c->api,
		   "{\"janus\":\"attach\",\"transaction\":\"attach\",\"session_id\":%" JSON_INTEGER_FORMAT
		   ",\"plugin\":\"%s\"%s}",
		   c->api.session, package, place);
}

static void add_handle(crowd *c, json_int_t handle)
{
	g_array_append_val(c->handles, handle);
	g_hash_table_insert(c->users, g_memdup2(&handle, sizeof(handle)), GUINT_TO_POINTER(c->handles->len));
}

static tally attach(crowd *c, const char *package, guint count, const char *loop)
{
	tally done = { 0 };
	guint told = 0;

	while (told < MIN(count, WINDOW_ATTACH)) {
		tell_attach(c, package, loop);
		told++;
	}
	while (done.ok + done.failed < count) {
		json_t *answer = hear(c);

		if (!answer)
			break;
		if (janus_is(answer, "success")) {
			add_handle(c, id_in(answer));
			done.ok++;
		} else {
			done.failed++;
		}
		json_decref(answer);
		if (told < count) {
			tell_attach(c, package, loop);
			told++;
		}
	}
	done.failed = count - done.ok;
	return done;
}

/* Registrations */

static void tell_register(const load *l, crowd *c, guint expires_s)
{
	guint number = c->first + c->told;
	g_autofree char *way = l->proxy ? g_strdup_printf(",\"proxy\":\"%s\"", l->proxy) : g_strdup("");
	g_autofree char *lasting =
		expires_s ? g_strdup_printf(",\"register_ttl\":%u", expires_s) : g_strdup("");
	g_autofree char *body = l->echoes ? g_strdup("{\"audio\":true}")
					  : g_strdup_printf("{\"request\":\"register\",\"username\":\"sip:"
							    "bench%u@%s\",\"authuser\":\"bench%u\","
							    "\"secret\":\"secret\"%s%s}",
							    number, l->domain, number, way, lasting);

	request(c, c->told++, body, "");
}

static gboolean is_echo(const crowd *c, const json_t *message)
{
	const json_t *data = json_object_get(json_object_get(message, "plugindata"), "data");

	return is_of(c, message) && g_strcmp0(json_string_value(json_object_get(data, "result")), "ok") == 0;
}

/* TRUE: the last word on a user's registration. */
static gboolean count_outcome(const crowd *c, const json_t *message, tally *done)
{
	const char *event = event_in(c, message);

	if (strcmp(event, "registered") == 0 || is_echo(c, message))
		done->ok++;
	else if (strcmp(event, "registration_failed") == 0 || strcmp(event, "error") == 0)
		done->failed++;
	else
		return FALSE;
	return TRUE;
}

static tally register_all(const load *l, crowd *c, guint window, guint expires_s)
{
	tally done = { 0 };
	guint first = c->told, count = c->handles->len - first;

	while (c->told - first < MIN(count, window))
		tell_register(l, c, expires_s);
	while (done.ok + done.failed < count) {
		json_t *message = hear(c);

		if (!message)
			break;
		if (count_outcome(c, message, &done) && c->told < c->handles->len)
			tell_register(l, c, expires_s);
		json_decref(message);
	}
	done.failed = count - done.ok;
	return done;
}

/* Calls beside them */

static tally open_callers(load *l, guint count, const char *offer)
{
	if (!g_file_get_contents(offer, &l->offer, NULL, NULL))
		fail(offer);
	open_crowd(&l->callers, l->socket, FIRST_CALLER);
	attach(&l->callers, l->package, count, NULL);
	l->closing = g_new0(gboolean, count);
	return register_all(l, &l->callers, 1, 0);
}

static void tell_caller(load *l, const char *body, const char *rest)
{
	request(&l->callers, l->next_caller, body, rest);
}

static void tell_call(load *l, const char *callee)
{
	g_autofree char *body = g_strdup_printf("{\"request\":\"call\",\"uri\":\"%s\"}", callee);
	g_autofree char *jsep = g_strdup_printf(",\"jsep\":%s", l->offer);

	for (guint tries = l->callers.handles->len; tries > 0; tries--) {
		l->next_caller = (l->next_caller + 1) % l->callers.handles->len;
		if (!l->closing[l->next_caller])
			break;
	}
	tell_caller(l, body, jsep);
}

/* As a browser does: the plugin can only ask Janus for it, which takes up to a second, and who calls again
 * before that on the same handle loses his new PeerConnection with the old one. */
static void close_connection(load *l, guint caller)
{
	crowd *c = &l->callers;

	l->closing[caller] = TRUE;
	janus_tell(&c->api,
		   "{\"janus\":\"hangup\",\"transaction\":\"close\",\"session_id\":%" JSON_INTEGER_FORMAT
		   ",\"handle_id\":%" JSON_INTEGER_FORMAT "}",
		   c->api.session, g_array_index(c->handles, json_int_t, caller));
}

/* TRUE: it is no more of a call. */
static gboolean heed_closed(load *l, const json_t *message)
{
	json_int_t handle = json_integer_value(json_object_get(message, "sender"));
	guint caller = GPOINTER_TO_UINT(g_hash_table_lookup(l->callers.users, &handle));

	if (!janus_is(message, "hangup") || caller == 0)
		return FALSE;
	l->closing[caller - 1] = FALSE;
	return TRUE;
}

/* TRUE: the call is over. */
static gboolean heed_call(load *l, const json_t *message, double since, tally *done)
{
	const char *event = event_in(&l->callers, message);
	double setup_ms = (seconds(CLOCK_MONOTONIC) - since) * 1000;

	if (heed_closed(l, message))
		return FALSE;
	if (strcmp(event, "accepted") == 0) {
		g_array_append_val(done->setup_ms, setup_ms);
		l->answered = TRUE;
		tell_caller(l, "{\"request\":\"hangup\"}", "");
	}
	if (strcmp(event, "error") == 0)
		fail("a call failed");
	if (strcmp(event, "hangup") != 0)
		return FALSE;
	close_connection(l, l->next_caller);
	done->refused += !l->answered;
	l->answered = FALSE;
	return TRUE;
}

static tally storm(load *l, guint burst, const char *callee)
{
	crowd *crowds[] = { &l->many, &l->callers };
	struct pollfd ready[] = { { l->many.api.socket, POLLIN, 0 }, { l->callers.api.socket, POLLIN, 0 } };
	tally done = { .setup_ms = g_array_new(FALSE, FALSE, sizeof(double)) };
	gboolean calling = FALSE;
	double since = 0;

	for (guint i = 0; i < burst; i++)
		tell_register(l, &l->many, 0);
	while (calling || done.ok + done.failed < burst) {
		if (!calling && (done.ok + done.failed) * 10 < burst * 9) {
			since = seconds(CLOCK_MONOTONIC);
			tell_call(l, callee);
			calling = TRUE;
		}
		if (poll(ready, 2, SILENCE_MS) <= 0)
			fail("silence in a storm");
		for (gsize i = 0; i < 2; i++) {
			json_t *message = ready[i].revents ? janus_hear(&crowds[i]->api) : NULL;

			if (message && i == 0)
				count_outcome(crowds[i], message, &done);
			else if (message && heed_call(l, message, since, &done))
				calling = FALSE;
			json_decref(message);
		}
	}
	return done;
}

/* Commands */

static tally obey(load *l, char *line)
{
	g_auto(GStrv) words = g_strsplit(g_strstrip(line), " ", -1);
	guint count = g_strv_length(words), number = count > 1 ? (guint)atoi(words[1]) : 0;

	if ((count == 2 || count == 3) && strcmp(words[0], "attach") == 0)
		return attach(&l->many, l->package, number, words[2]);
	if ((count == 2 || count == 3) && strcmp(words[0], "register") == 0)
		return register_all(l, &l->many, number, words[2] ? (guint)atoi(words[2]) : 0);
	if (count == 3 && strcmp(words[0], "callers") == 0)
		return open_callers(l, number, words[2]);
	if (count == 3 && strcmp(words[0], "storm") == 0)
		return storm(l, number, words[2]);
	errno = EINVAL;
	fail(line);
	return (tally){ 0 };
}

static void print_calls(const tally *done)
{
	printf(", \"refused\": %u, \"setup_ms\": [", done->refused);
	for (guint i = 0; i < done->setup_ms->len; i++)
		printf("%s%.3f", i ? ", " : "", g_array_index(done->setup_ms, double, i));
	printf("]");
}

int main(int argc, char **argv)
{
	load l = { 0 };
	char line[1024];

	if (argc != 4 && argc != 5) {
		fprintf(stderr, "usage: api_load SOCKET PACKAGE DOMAIN [PROXY]\n");
		return 2;
	}
	l = (load){ .socket = argv[1], .package = argv[2], .domain = argv[3], .proxy = argv[4] };
	l.echoes = strcmp(l.package, "janus.plugin.echotest") == 0;
	open_crowd(&l.many, l.socket, 0);
	while (fgets(line, sizeof(line), stdin)) {
		double start = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
		tally done = obey(&l, line);

		printf("{\"ok\": %u, \"failed\": %u, \"s\": %.6f, \"cpu_s\": %.6f", done.ok, done.failed,
		       seconds(CLOCK_MONOTONIC) - start, seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu);
		if (done.setup_ms)
			print_calls(&done);
		printf("}\n");
		fflush(stdout);
	}
	return 0;
}
