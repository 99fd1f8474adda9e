/* api_load SOCKET PACKAGE: many users of one Janus, over its UNIX socket API. A line on stdin is a command,
 * its answer is one line of JSON on stdout:
 *
 *   attach COUNT [LOOP]              COUNT handles in one session, all on that event loop
 *   register WINDOW DOMAIN [PROXY]   each handle's user registers, WINDOW of them at the same time
 *
 * Users are bench0, bench1, ... of DOMAIN with the password "secret". An answer tells how many succeeded and
 * failed, the seconds it took, and the seconds of CPU that this program needed, so that it is seen when it
 * was the limit. */
#include <errno.h>
#include <glib.h>
#include <jansson.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

enum { WINDOW_ATTACH = 200, SILENCE_MS = 20000, PACKET_MAX = 65536 };

typedef struct {
	int socket;
	const char *package;
	json_int_t session;
	GArray *handles;   /* of json_int_t, in the order of users */
	GHashTable *users; /* handle -> user + 1 */
} load;

typedef struct {
	guint ok, failed;
} tally;

static void fail(const char *what)
{
	fprintf(stderr, "api_load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int connect_to(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int made = socket(AF_UNIX, SOCK_SEQPACKET, 0), size = 4 << 20;

	g_strlcpy(address.sun_path, path, sizeof(address.sun_path));
	setsockopt(made, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
	if (made < 0 || connect(made, (struct sockaddr *)&address, sizeof(address)) < 0)
		fail(path);
	return made;
}

static void tell(load *l, const char *format, ...) G_GNUC_PRINTF(2, 3);
static void tell(load *l, const char *format, ...)
{
	char text[4096];
	va_list args;
	int length;

	va_start(args, format);
	length = g_vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (length >= (int)sizeof(text) || send(l->socket, text, (size_t)length, 0) < 0)
		fail("send");
}

/* NULL: silence. Owned by the caller. */
static json_t *hear(load *l)
{
	static char packet[PACKET_MAX];
	struct pollfd ready = { l->socket, POLLIN, 0 };
	ssize_t length;

	if (poll(&ready, 1, SILENCE_MS) <= 0)
		return NULL;
	length = recv(l->socket, packet, sizeof(packet), 0);
	if (length <= 0)
		fail("recv");
	return json_loadb(packet, (size_t)length, 0, NULL);
}

static gboolean is(const json_t *message, const char *kind)
{
	return g_strcmp0(json_string_value(json_object_get(message, "janus")), kind) == 0;
}

static json_int_t id_in(const json_t *message)
{
	return json_integer_value(json_object_get(json_object_get(message, "data"), "id"));
}

static void open_session(load *l)
{
	json_t *answer;

	tell(l, "{\"janus\":\"create\",\"transaction\":\"create\"}");
	answer = hear(l);
	if (!is(answer, "success"))
		fail("no session");
	l->session = id_in(answer);
	json_decref(answer);
}

static void tell_attach(load *l, const char *loop)
{
	g_autofree char *place = loop ? g_strdup_printf(",\"loop_index\":%d", atoi(loop)) : g_strdup("");

	tell(l,
	     "{\"janus\":\"attach\",\"transaction\":\"attach\",\"session_id\":%" JSON_INTEGER_FORMAT
	     ",\"plugin\":\"%s\"%s}",
	     l->session, l->package, place);
}

static tally attach(load *l, guint count, const char *loop)
{
	tally done = { 0, 0 };
	guint told = 0;

	while (told < MIN(count, WINDOW_ATTACH)) {
		tell_attach(l, loop);
		told++;
	}
	while (done.ok + done.failed < count) {
		json_t *answer = hear(l);
		json_int_t handle = id_in(answer);

		if (!answer)
			break;
		if (is(answer, "success")) {
			g_array_append_val(l->handles, handle);
			g_hash_table_insert(l->users, g_memdup2(&handle, sizeof(handle)),
					    GUINT_TO_POINTER(l->handles->len));
			done.ok++;
		} else {
			done.failed++;
		}
		json_decref(answer);
		if (told < count) {
			tell_attach(l, loop);
			told++;
		}
	}
	done.failed = count - done.ok;
	return done;
}

static void tell_register(load *l, guint user, const char *domain, const char *proxy)
{
	g_autofree char *way = proxy ? g_strdup_printf(",\"proxy\":\"%s\"", proxy) : g_strdup("");

	tell(l,
	     "{\"janus\":\"message\",\"transaction\":\"r%u\",\"session_id\":%" JSON_INTEGER_FORMAT
	     ",\"handle_id\":%" JSON_INTEGER_FORMAT
	     ",\"body\":{\"request\":\"register\",\"username\":\"sip:bench%u@%s\",\"authuser\":\"bench%u\","
	     "\"secret\":\"secret\"%s}}",
	     user, l->session, g_array_index(l->handles, json_int_t, user), user, domain, user, way);
}

/* TRUE: the last word on a user's registration. */
static gboolean is_outcome(load *l, const json_t *message, gboolean *ret_ok)
{
	const json_t *data = json_object_get(json_object_get(message, "plugindata"), "data");
	const char *event = json_string_value(json_object_get(json_object_get(data, "result"), "event"));
	json_int_t handle = json_integer_value(json_object_get(message, "sender"));

	if (!is(message, "event") || !g_hash_table_lookup(l->users, &handle))
		return FALSE;
	*ret_ok = g_strcmp0(event, "registered") == 0;
	return *ret_ok || g_strcmp0(event, "registration_failed") == 0 || json_object_get(data, "error_code");
}

static tally register_all(load *l, guint window, const char *domain, const char *proxy)
{
	tally done = { 0, 0 };
	guint told = 0;

	while (told < MIN(l->handles->len, window))
		tell_register(l, told++, domain, proxy);
	while (done.ok + done.failed < l->handles->len) {
		json_t *message = hear(l);
		gboolean ok;

		if (!message)
			break;
		if (is_outcome(l, message, &ok)) {
			done.ok += ok ? 1 : 0;
			done.failed += ok ? 0 : 1;
			if (told < l->handles->len)
				tell_register(l, told++, domain, proxy);
		}
		json_decref(message);
	}
	done.failed = l->handles->len - done.ok;
	return done;
}

static double seconds(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static tally obey(load *l, char *line)
{
	g_auto(GStrv) words = g_strsplit(g_strstrip(line), " ", -1);
	guint count = g_strv_length(words);

	if ((count == 2 || count == 3) && strcmp(words[0], "attach") == 0)
		return attach(l, (guint)atoi(words[1]), words[2]);
	if ((count == 3 || count == 4) && strcmp(words[0], "register") == 0)
		return register_all(l, (guint)atoi(words[1]), words[2], words[3]);
	errno = EINVAL;
	fail(line);
	return (tally){ 0, 0 };
}

int main(int argc, char **argv)
{
	load l = { 0 };
	char line[1024];

	if (argc != 3) {
		fprintf(stderr, "usage: api_load SOCKET PACKAGE\n");
		return 2;
	}
	l.socket = connect_to(argv[1]);
	l.package = argv[2];
	l.handles = g_array_new(FALSE, FALSE, sizeof(json_int_t));
	l.users = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, NULL);
	open_session(&l);
	while (fgets(line, sizeof(line), stdin)) {
		double start = seconds(CLOCK_MONOTONIC), cpu = seconds(CLOCK_PROCESS_CPUTIME_ID);
		tally done = obey(&l, line);

		printf("{\"ok\": %u, \"failed\": %u, \"s\": %.6f, \"cpu_s\": %.6f}\n", done.ok, done.failed,
		       seconds(CLOCK_MONOTONIC) - start, seconds(CLOCK_PROCESS_CPUTIME_ID) - cpu);
		fflush(stdout);
	}
	return 0;
}
