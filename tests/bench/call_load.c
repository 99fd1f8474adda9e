/* call_load SOCKET PACKAGE ADDRESS USERS: calls of many users of one Janus, from their Janus API to their SIP
 * far end at ADDRESS, port 5060, both of which this program is. A line on stdin is a command, its answer is
 * one line of JSON on stdout:
 *
 *   attach                      a handle for each user
 *   register DOMAIN [PROXY]     each user
 *   incoming CALLS WINDOW       the far end calls users, WINDOW at a time
 *   outgoing CALLS WINDOW       users call the far end
 *   alone CALLS WINDOW MORE     users of janus.plugin.echotest call that, ask
 *                               MORE things of it, and hang up: what calls
 *                               cost without SIP
 *
 * No media flow: descriptions are a browser's, without candidates. The far end answers at once and hangs up
 * HOLD_S after the ACK; a user answers ANSWER_S after he was rung. A call counts when both ends know that it
 * is over. An answer tells how many calls succeeded and failed, the median and the 99th percentile of the
 * time from the call to its answer (of an incoming one less ANSWER_S), the seconds it took, and those of CPU
 * that this program needed. */
#include "call_parts.h"
#include "far_end.h"
#include "janus_api.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* janus.plugin.sip 1.1.2 loses an answer that comes within a millisecond of the call. */
#define ANSWER_S 0.03
#define HOLD_S 0.05
#define REST_S 1.0 /* ... and refuses calls within 0.3 s of the last one's end */
#define TURN_S 1.2 /* in which each user is called once */
#define LOST_S 20.0

enum { REGISTERING = 100, SIP_PORT = 5060 };

typedef enum { INCOMING, OUTGOING, ALONE } direction;

typedef struct {
	json_int_t handle;
	char *mid;     /* of the m-line that is offered to him */
	double called; /* when his call began */
	guint ends;    /* how many are still awaited */
} user;

typedef struct {
	janus_api api;
	far_end *far;
	const char *package, *domain;
	guint count;
	user *users;
	GHashTable *by_handle; /* -> user */
	delay answers, holds, rests;
	GQueue free;
	direction direction;
	guint registered, refused, under_way, begun, over, failed;
	guint more;      /* requests in a call of ALONE */
	GArray *set_ups; /* of double, seconds */
} load;

/* ---- one call ---- */

static void tell_jsep(load *l, guint number, const char *body, const char *type, const char *setup,
		      const char *mid)
{
	g_autofree char *jsep = canned_jsep(type, setup, mid, number + 1);

	janus_tell(&l->api,
		   "{\"janus\":\"message\",\"transaction\":\"c%u\",\"session_id\":%" JSON_INTEGER_FORMAT
		   ",\"handle_id\":%" JSON_INTEGER_FORMAT ",\"body\":%s,\"jsep\":%s}",
		   number, l->api.session, l->users[number].handle, body, jsep);
}

static void begin(load *l, guint number)
{
	g_autofree char *body =
		l->direction == ALONE
			? g_strdup("{\"audio\":true}")
			: g_strdup_printf("{\"request\":\"call\",\"uri\":\"sip:+4930123456@%s\"}", l->domain);

	l->users[number].called = now();
	l->users[number].ends = l->direction == ALONE ? 1 : 2; /* the API's, and SIP's */
	l->under_way++;
	l->begun++;
	if (l->direction == INCOMING)
		far_end_call(l->far, number);
	else
		tell_jsep(l, number, body, "offer", "actpass", "0");
}

static void ask_more(load *l, guint number)
{
	for (guint n = 0; n < l->more; n++)
		janus_tell(
			&l->api,
			"{\"janus\":\"message\",\"transaction\":\"m%u\",\"session_id\":%" JSON_INTEGER_FORMAT
			",\"handle_id\":%" JSON_INTEGER_FORMAT ",\"body\":{\"audio\":true}}",
			number, l->api.session, l->users[number].handle);
}

static void is_set_up(load *l, guint number)
{
	double took = now() - l->users[number].called - (l->direction == INCOMING ? ANSWER_S : 0);

	g_array_append_val(l->set_ups, took);
}

/* Of both ends each says so once; who never was set up may have but one. */
static void end_seen(load *l, guint number, gboolean ok)
{
	user *u = &l->users[number];

	if (u->ends == 0)
		return;
	u->ends = ok ? u->ends - 1 : 0;
	if (u->ends > 0)
		return;
	l->under_way--;
	l->over++;
	l->failed += ok ? 0 : 1;
	put_off(&l->rests, number, REST_S);
}

static void ours_answered(void *context, guint number)
{
	is_set_up(context, number);
	put_off(&((load *)context)->holds, number, HOLD_S);
}

static void theirs_acknowledged(void *context, guint number)
{
	put_off(&((load *)context)->holds, number, HOLD_S);
}

static void far_ended(void *context, guint number, gboolean ok)
{
	end_seen(context, number, ok);
}

static const far_end_events far_events = { ours_answered, theirs_acknowledged, far_ended };

/* ---- what Janus says ---- */

static void heard_of_call(load *l, guint number, const char *event, const json_t *message)
{
	if (g_strcmp0(event, "incomingcall") == 0) {
		g_free(l->users[number].mid);
		l->users[number].mid = mid_in(message);
		put_off(&l->answers, number, ANSWER_S);
	} else if (g_strcmp0(event, "accepted") == 0 && l->direction == OUTGOING) {
		is_set_up(l, number);
	} else if (l->direction == ALONE && json_object_get(message, "jsep")) {
		is_set_up(l, number);
		ask_more(l, number);
		put_off(&l->holds, number, HOLD_S);
	} else if (g_strcmp0(event, "hangup") == 0 ||
		   (l->direction == ALONE && janus_is(message, "hangup"))) {
		end_seen(l, number, TRUE);
	} else if (g_strcmp0(event, "error") == 0) {
		end_seen(l, number, FALSE);
	}
}

static void heard(load *l, const json_t *message)
{
	json_int_t handle = json_integer_value(json_object_get(message, "sender"));
	user *u = g_hash_table_lookup(l->by_handle, &handle);
	const char *event = u ? janus_event(message) : NULL;
	guint number = u ? (guint)(u - l->users) : 0;

	if (g_strcmp0(event, "registered") == 0) {
		l->registered++;
	} else if (g_strcmp0(event, "registration_failed") == 0) {
		l->refused++;
	} else if (u) {
		heard_of_call(l, number, event, message);
	}
}

static void hang_up(load *l, guint number)
{
	if (l->direction != ALONE)
		far_end_hang_up(l->far, number);
	else
		janus_tell(&l->api,
			   "{\"janus\":\"hangup\",\"transaction\":\"h\",\"session_id\":%" JSON_INTEGER_FORMAT
			   ",\"handle_id\":%" JSON_INTEGER_FORMAT "}",
			   l->api.session, l->users[number].handle);
}

/* Whatever comes within the time, and what is due. */
static void serve(load *l, int timeout_ms)
{
	struct pollfd ready[] = { { l->api.socket, POLLIN, 0 }, { far_end_socket(l->far), POLLIN, 0 } };
	json_t *message;
	double at;
	guint number;

	poll(ready, G_N_ELEMENTS(ready), timeout_ms);
	far_end_serve(l->far);
	while ((message = janus_hear(&l->api))) {
		heard(l, message);
		json_decref(message);
	}
	at = now();
	while (is_due(&l->answers, at, &number))
		tell_jsep(l, number, "{\"request\":\"accept\"}", "answer", "active", l->users[number].mid);
	while (is_due(&l->holds, at, &number))
		hang_up(l, number);
	while (is_due(&l->rests, at, &number))
		g_queue_push_tail(&l->free, GUINT_TO_POINTER(number));
}

/* ---- commands ---- */

static void tell_register(load *l, guint number, const char *proxy)
{
	g_autofree char *way = proxy ? g_strdup_printf(",\"proxy\":\"%s\"", proxy) : g_strdup("");

	janus_tell(&l->api,
		   "{\"janus\":\"message\",\"transaction\":\"r%u\",\"session_id\":%" JSON_INTEGER_FORMAT
		   ",\"handle_id\":%" JSON_INTEGER_FORMAT ",\"body\":{\"request\":\"register\",\"username\":"
		   "\"sip:bench%u@%s\",\"authuser\":\"bench%u\","
		   "\"secret\":\"secret\"%s}}",
		   number, l->api.session, l->users[number].handle, number, l->domain, number, way);
}

static void attach_all(load *l)
{
	for (guint n = 0; n < l->count; n++) {
		l->users[n].handle = janus_attach(&l->api, l->package);
		g_hash_table_insert(l->by_handle, &l->users[n].handle, &l->users[n]);
	}
}

static void register_all(load *l, const char *proxy)
{
	double last = now();
	guint told = 0, known = 0;

	while (known < l->count && now() - last < LOST_S) {
		while (told < l->count && told - known < REGISTERING)
			tell_register(l, told++, proxy);
		serve(l, 100);
		if (l->registered + l->refused > known) {
			known = l->registered + l->refused;
			last = now();
		}
	}
}

static void call_all(load *l, guint calls, guint window)
{
	double last = now(), next = last;
	guint over;

	l->under_way = l->begun = l->over = l->failed = 0;
	g_array_set_size(l->set_ups, 0);
	while (l->over < calls && now() - last < LOST_S) {
		while (l->begun < calls && l->under_way < window && now() >= next &&
		       !g_queue_is_empty(&l->free)) {
			begin(l, GPOINTER_TO_UINT(g_queue_pop_head(&l->free)));
			next += TURN_S / l->count;
		}
		over = l->over;
		serve(l, 1);
		if (l->over > over)
			last = now();
	}
	l->failed += calls - l->over;
}

static void obey(load *l, char *line)
{
	g_auto(GStrv) words = g_strsplit(g_strstrip(line), " ", -1);
	guint count = g_strv_length(words);
	double start = now(), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
	guint asked = l->count;

	if (count == 1 && strcmp(words[0], "attach") == 0) {
		attach_all(l);
	} else if (count >= 2 && strcmp(words[0], "register") == 0) {
		l->domain = g_strdup(words[1]);
		register_all(l, words[2]);
		l->failed = l->count - l->registered;
	} else if (count >= 3) {
		l->more = count > 3 ? (guint)atoi(words[3]) : 0;
		l->direction = strcmp(words[0], "incoming") == 0 ? INCOMING
			       : strcmp(words[0], "alone") == 0  ? ALONE
								 : OUTGOING;
		asked = (guint)atoi(words[1]);
		call_all(l, asked, (guint)atoi(words[2]));
	} else {
		errno = EINVAL;
		fail(line);
	}
	printf("{\"ok\": %u, \"failed\": %u, \"p50_ms\": %.3f, \"p99_ms\": %.3f, \"s\": %.6f, \"cpu_s\": "
	       "%.6f}\n",
	       asked - l->failed, l->failed, percentile(l->set_ups, 0.5) * 1000,
	       percentile(l->set_ups, 0.99) * 1000, now() - start, seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu);
	fflush(stdout);
}

static void prepare(load *l, char **argv)
{
	delay *delays[] = { &l->answers, &l->holds, &l->rests };

	l->package = argv[2];
	l->count = (guint)atoi(argv[4]);
	l->api = janus_open(argv[1]);
	l->far = far_end_new(argv[3], SIP_PORT, l->count, &far_events, l);
	l->users = g_new0(user, l->count);
	l->by_handle = g_hash_table_new(g_int64_hash, g_int64_equal);
	l->set_ups = g_array_new(FALSE, FALSE, sizeof(double));
	for (guint n = 0; n < G_N_ELEMENTS(delays); n++)
		delay_init(delays[n], l->count);
	for (guint n = 0; n < l->count; n++)
		g_queue_push_tail(&l->free, GUINT_TO_POINTER(n));
}

/* Meanwhile the far end answers what comes: OPTIONS, refreshes. */
int main(int argc, char **argv)
{
	load l = { 0 };
	char line[1024];

	if (argc != 5) {
		fprintf(stderr, "usage: call_load SOCKET PACKAGE ADDRESS USERS\n");
		return 2;
	}
	prepare(&l, argv);
	for (;;) {
		struct pollfd command = { 0, POLLIN, 0 };

		serve(&l, 0);
		if (poll(&command, 1, 100) <= 0)
			continue;
		if (!fgets(line, sizeof(line), stdin))
			return 0;
		obey(&l, line);
	}
}
