#include "janus_api.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>

enum { SILENCE_MS = 20000, PACKET_MAX = 65536, ROOM = 4 << 20 };

void fail(const char *what)
{
	fprintf(stderr, "%s: %s: %s\n", program_invocation_short_name, what, strerror(errno));
	exit(1);
}

void make_room(int socket)
{
	int size = ROOM;

	if (setsockopt(socket, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)) < 0)
		setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &size, sizeof(size));
}

static json_t *wait_for_answer(janus_api *api)
{
	struct pollfd ready = { api->socket, POLLIN, 0 };
	json_t *answer;

	while (poll(&ready, 1, SILENCE_MS) > 0) {
		answer = janus_hear(api);
		if (janus_is(answer, "success"))
			return answer;
		json_decref(answer);
	}
	fail("silence");
	return NULL;
}

static json_int_t id_in(json_t *answer)
{
	json_int_t id = json_integer_value(json_object_get(json_object_get(answer, "data"), "id"));

	json_decref(answer);
	return id;
}

janus_api janus_open(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	janus_api api = { .socket = socket(AF_UNIX, SOCK_SEQPACKET, 0) };

	g_strlcpy(address.sun_path, path, sizeof(address.sun_path));
	make_room(api.socket);
	/* Requests of thousands are sent before an answer is read, while Janus waits for room to answer. */
	setsockopt(api.socket, SOL_SOCKET, SO_SNDBUFFORCE, &(int){ ROOM }, sizeof(int));
	if (api.socket < 0 || connect(api.socket, (struct sockaddr *)&address, sizeof(address)) < 0)
		fail(path);
	janus_tell(&api, "{\"janus\":\"create\",\"transaction\":\"create\"}");
	api.session = id_in(wait_for_answer(&api));
	return api;
}

void janus_tell(janus_api *api, const char *format, ...)
{
	char text[8192];
	va_list args;
	int length;

	va_start(args, format);
	length = g_vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (length >= (int)sizeof(text) || send(api->socket, text, (size_t)length, 0) < 0)
		fail("send");
}

json_t *janus_hear(const janus_api *api)
{
	static char packet[PACKET_MAX];
	ssize_t length = recv(api->socket, packet, sizeof(packet), MSG_DONTWAIT);

	if (length == 0 || (length < 0 && errno != EAGAIN))
		fail("recv");
	return length > 0 ? json_loadb(packet, (size_t)length, 0, NULL) : NULL;
}

gboolean janus_is(const json_t *message, const char *kind)
{
	return g_strcmp0(json_string_value(json_object_get(message, "janus")), kind) == 0;
}

json_int_t janus_attach(janus_api *api, const char *package)
{
	janus_tell(api,
		   "{\"janus\":\"attach\",\"transaction\":\"attach\",\"session_id\":%" JSON_INTEGER_FORMAT
		   ",\"plugin\":\"%s\"}",
		   api->session, package);
	return id_in(wait_for_answer(api));
}

const char *janus_event(const json_t *message)
{
	const json_t *data = json_object_get(json_object_get(message, "plugindata"), "data");

	if (janus_is(message, "error") || json_object_get(data, "error_code"))
		return "error";
	return json_string_value(json_object_get(json_object_get(data, "result"), "event"));
}

double seconds(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}
