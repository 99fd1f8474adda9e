/* offer_load SOCKET PACKAGE ADDRESS USERS: work that comes to one Janus, whether it keeps up or not. This
 * program is the users, by the Janus API, and their SIP far end at ADDRESS, port 5060. A line on stdin is a
 * command, its answer is one line of JSON on stdout:
 *
 *   attach                        a handle for each user
 *   serve DOMAIN [PROXY]          whose users they are
 *   register                      each user does
 *   leave                         ... and then none
 *   fill KIND WINDOW SECONDS      so many pieces of work are always under way: what it can do
 *   offer KIND RATE SECONDS       so many begin in each second
 *
 * KIND: "registrations": a user registers, and leaves once he is; "calls": the far end calls a user, who
 * answers at once, and hangs up a moment later. No media flow. An answer tells how many pieces were begun,
 * did well, were refused (SIP 503, error 465) or failed otherwise, and how many nobody has heard of; the
 * median and the 99th percentile of the milliseconds until a registration or a call was there, and of those
 * until a refusal; for how many no user was free; the seconds it took, and those of CPU that this program
 * needed. */
#include "call_parts.h"
#include "far_end.h"
#include "janus_api.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#define HOLD_S 0.05
#define REST_S 1.2    /* Janus takes up to a second to close the PeerConnection of the call before */
#define ANSWER_S 0.03 /* as in call_load */
#define SETTLE_S 3.0  /* for what is under way when no more begins */
#define LOST_S 20.0

enum { REGISTERING = 100, SIP_PORT = 5060, REFUSED = 465 };

typedef enum { REGISTRATIONS, CALLS } kind;

typedef struct {
	json_int_t handle;
	char *mid;         /* of the m-line that is offered to him */
	double begun;      /* 0: nothing of his is under way */
	gboolean is_there; /* his registration, or call, counts already */
} user;

typedef struct {
	janus_api api;
	far_end *far;
	const char *package;
	char *domain, *proxy;
	guint count, settled;
	user *users;
	GHashTable *by_handle; /* -> user */
	delay answers, holds, rests;
	GQueue free, out; /* out: of char *, what Janus has not taken yet */
	kind what;
	guint begun, ok, refused, failed, short_of_users;
	GArray *good_s, *refused_s; /* of double, seconds */
} load;

/* ---- one piece of work ---- */

/* Never waits for Janus, which may be waiting for us to read. */
static void flush(load *l)
{
	const char *text;

	while ((text = g_queue_peek_head(&l->out))) {
		if (send(l->api.socket, text, strlen(text), MSG_DONTWAIT) < 0) {
			if (errno == EAGAIN)
				return;
			fail("send");
		}
		g_free(g_queue_pop_head(&l->out));
	}
}

static void tell(load *l, guint number, const char *body, const char *jsep)
{
	g_queue_push_tail(&l->out,
			  g_strdup_printf("{\"janus\":\"message\",\"transaction\":\"t%u\","
					  "\"session_id\":%" JSON_INTEGER_FORMAT
					  ",\"handle_id\":%" JSON_INTEGER_FORMAT ",\"body\":%s%s}",
					  number, l->api.session, l->users[number].handle, body, jsep));
}

static void tell_register(load *l, guint number)
{
	g_autofree char *way = l->proxy ? g_strdup_printf(",\"proxy\":\"%s\"", l->proxy) : g_strdup("");
	g_autofree char *body = g_strdup_printf(
		"{\"request\":\"register\",\"username\":\"sip:bench%u@%s\",\"authuser\":\"bench%u\","
		"\"secret\":\"secret\"%s}",
		number, l->domain, number, way);

	tell(l, number, body, "");
}

static void tell_accept(load *l, guint number)
{
	g_autofree char *answer = canned_jsep("answer", "active", l->users[number].mid, number + 1);
	g_autofree char *jsep = g_strdup_printf(",\"jsep\":%s", answer);

	tell(l, number, "{\"request\":\"accept\"}", jsep);
}

static void begin(load *l, guint number)
{
	l->users[number].begun = now();
	l->users[number].is_there = FALSE;
	l->begun++;
	if (l->what == CALLS)
		far_end_call(l->far, number);
	else
		tell_register(l, number);
}

static void is_there(load *l, guint number)
{
	user *u = &l->users[number];
	double took = now() - u->begun - (l->what == CALLS ? ANSWER_S : 0);

	if (u->begun == 0 || u->is_there)
		return;
	u->is_there = TRUE;
	l->ok++;
	g_array_append_val(l->good_s, took);
}

static void is_refused(load *l, guint number, gboolean for_want_of_room)
{
	user *u = &l->users[number];
	double took = now() - u->begun;

	if (u->begun == 0 || u->is_there)
		return;
	if (for_want_of_room) {
		l->refused++;
		g_array_append_val(l->refused_s, took);
	} else {
		l->failed++;
	}
}

static void is_over(load *l, guint number)
{
	if (l->users[number].begun == 0)
		return;
	l->users[number].begun = 0;
	if (l->what == CALLS)
		put_off(&l->rests, number, REST_S);
	else
		g_queue_push_tail(&l->free, GUINT_TO_POINTER(number));
}

/* ---- the far end ---- */

static void ours_answered(void *context, guint number)
{
	is_there(context, number);
	put_off(&((load *)context)->holds, number, HOLD_S);
}

static void theirs_acknowledged(void *context, guint number)
{
	(void)context, (void)number;
}

/* An INVITE that was refused, too: this gateway has no other reason here. */
static void far_ended(void *context, guint number, gboolean ok)
{
	if (!ok)
		is_refused(context, number, TRUE);
	is_over(context, number);
}

static const far_end_events far_events = { ours_answered, theirs_acknowledged, far_ended };

/* ---- what Janus says ---- */

static int error_in(const json_t *message)
{
	const json_t *data = json_object_get(json_object_get(message, "plugindata"), "data");

	return (int)json_integer_value(json_object_get(data, "error_code"));
}

static void heard_of_registration(load *l, guint number, const char *event, const json_t *message)
{
	if (g_strcmp0(event, "registered") == 0) {
		l->settled++;
		is_there(l, number);
		if (l->users[number].begun > 0)
			tell(l, number, "{\"request\":\"unregister\"}", "");
	} else if (g_strcmp0(event, "unregistered") == 0) {
		l->settled++;
		is_over(l, number);
	} else if (g_strcmp0(event, "registration_failed") == 0 || g_strcmp0(event, "error") == 0) {
		l->settled++;
		is_refused(l, number, error_in(message) == REFUSED);
		is_over(l, number);
	}
}

static void heard_of_call(load *l, guint number, const char *event, const json_t *message)
{
	if (g_strcmp0(event, "incomingcall") == 0) {
		g_free(l->users[number].mid);
		l->users[number].mid = mid_in(message);
		put_off(&l->answers, number, ANSWER_S);
	} else {
		heard_of_registration(l, number, event, message);
	}
}

static void heard(load *l, const json_t *message)
{
	json_int_t handle = json_integer_value(json_object_get(message, "sender"));
	user *u = g_hash_table_lookup(l->by_handle, &handle);
	const char *event = u ? janus_event(message) : NULL;

	if (!event)
		return;
	if (l->what == CALLS)
		heard_of_call(l, (guint)(u - l->users), event, message);
	else
		heard_of_registration(l, (guint)(u - l->users), event, message);
}

/* Whatever comes within the time, and what is due. */
static void serve(load *l, int timeout_ms)
{
	struct pollfd ready[] = { { l->api.socket, g_queue_is_empty(&l->out) ? POLLIN : POLLIN | POLLOUT, 0 },
				  { far_end_socket(l->far), POLLIN, 0 } };
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
		tell_accept(l, number);
	while (is_due(&l->holds, at, &number))
		far_end_hang_up(l->far, number);
	while (is_due(&l->rests, at, &number))
		g_queue_push_tail(&l->free, GUINT_TO_POINTER(number));
	flush(l);
}

/* ---- commands ---- */

static void attach_all(load *l)
{
	for (guint n = 0; n < l->count; n++) {
		l->users[n].handle = janus_attach(&l->api, l->package);
		g_hash_table_insert(l->by_handle, &l->users[n].handle, &l->users[n]);
	}
}

static void tell_leave(load *l, guint number)
{
	tell(l, number, "{\"request\":\"unregister\"}", "");
}

/* Each user once, some at a time; without counting. */
static void settle_all(load *l, void (*tell_one)(load *l, guint number))
{
	double last = now();
	guint told = 0, known = 0;

	l->what = REGISTRATIONS;
	l->settled = 0;
	while (known < l->count && now() - last < LOST_S) {
		while (told < l->count && told - known < REGISTERING)
			tell_one(l, told++);
		serve(l, 100);
		if (l->settled > known) {
			known = l->settled;
			last = now();
		}
	}
	l->begun = l->count;
	l->ok = known;
}

static guint under_way(const load *l)
{
	guint count = 0;

	for (guint n = 0; n < l->count; n++)
		count += l->users[n].begun > 0 ? 1 : 0;
	return count;
}

static void start(load *l, const char *what)
{
	l->what = strcmp(what, "calls") == 0 ? CALLS : REGISTRATIONS;
	l->begun = l->ok = l->refused = l->failed = l->short_of_users = 0;
	g_array_set_size(l->good_s, 0);
	g_array_set_size(l->refused_s, 0);
	g_queue_clear(&l->free); /* nobody has heard of some */
	g_queue_clear(&l->answers.users);
	g_queue_clear(&l->holds.users);
	g_queue_clear(&l->rests.users);
	for (guint n = 0; n < l->count; n++) {
		l->users[n].begun = 0;
		g_queue_push_tail(&l->free, GUINT_TO_POINTER(n));
	}
}

static gboolean begin_next(load *l)
{
	if (g_queue_is_empty(&l->free)) {
		l->short_of_users++;
		return FALSE;
	}
	begin(l, GPOINTER_TO_UINT(g_queue_pop_head(&l->free)));
	return TRUE;
}

static void settle(load *l)
{
	double until = now() + SETTLE_S;

	while (now() < until && (under_way(l) > 0 || !g_queue_is_empty(&l->rests.users)))
		serve(l, 20);
}

static void fill(load *l, guint window, double run_s)
{
	double until = now() + run_s;

	while (now() < until) {
		while (l->begun - l->ok - l->refused - l->failed < window && begin_next(l))
			;
		serve(l, 1);
	}
}

static void offer(load *l, double rate, double run_s)
{
	double first = now();
	guint due, done = 0;

	while (now() < first + run_s) {
		due = (guint)((now() - first) * rate);
		for (; done < due; done++)
			begin_next(l);
		serve(l, 1);
	}
}

static double percentile_ms(GArray *values, double share)
{
	return 1000 * percentile(values, share);
}

static void report(load *l, double took_s, double cpu_s)
{
	printf("{\"begun\": %u, \"ok\": %u, \"refused\": %u, \"failed\": %u, \"unheard\": %u, \"p50_ms\": "
	       "%.3f, "
	       "\"p99_ms\": %.3f, \"refused_p50_ms\": %.3f, \"refused_p99_ms\": %.3f, \"short\": %u, \"s\": "
	       "%.6f, "
	       "\"cpu_s\": %.6f}\n",
	       l->begun, l->ok, l->refused, l->failed, l->begun - l->ok - l->refused - l->failed,
	       percentile_ms(l->good_s, 0.5), percentile_ms(l->good_s, 0.99),
	       percentile_ms(l->refused_s, 0.5), percentile_ms(l->refused_s, 0.99), l->short_of_users, took_s,
	       cpu_s);
	fflush(stdout);
}

static void work(load *l, char **words)
{
	double number = g_ascii_strtod(words[2], NULL), run_s = g_ascii_strtod(words[3], NULL);

	start(l, words[1]);
	if (strcmp(words[0], "fill") == 0)
		fill(l, (guint)number, run_s);
	else
		offer(l, number, run_s);
}

static void obey(load *l, char *line)
{
	g_auto(GStrv) words = g_strsplit(g_strstrip(line), " ", -1);
	guint count = g_strv_length(words);
	double began = now(), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID), took;

	if (count == 1 && strcmp(words[0], "attach") == 0) {
		attach_all(l);
	} else if (count >= 2 && strcmp(words[0], "serve") == 0) {
		l->domain = g_strdup(words[1]);
		l->proxy = g_strdup(words[2]);
	} else if (count == 1 && strcmp(words[0], "register") == 0) {
		settle_all(l, tell_register);
	} else if (count == 1 && strcmp(words[0], "leave") == 0) {
		settle_all(l, tell_leave);
	} else if (count == 4) {
		work(l, words);
	} else {
		errno = EINVAL;
		fail(line);
	}
	took = now() - began;
	cpu = seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu;
	settle(l);
	report(l, took, cpu);
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
	l->good_s = g_array_new(FALSE, FALSE, sizeof(double));
	l->refused_s = g_array_new(FALSE, FALSE, sizeof(double));
	for (guint n = 0; n < G_N_ELEMENTS(delays); n++)
		delay_init(delays[n], l->count);
}

/* Meanwhile the far end answers what comes: OPTIONS, refreshes. */
int main(int argc, char **argv)
{
	load l = { 0 };
	char line[1024];

	if (argc != 5) {
		fprintf(stderr, "usage: offer_load SOCKET PACKAGE ADDRESS USERS\n");
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
