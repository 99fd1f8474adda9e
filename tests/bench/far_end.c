#include "far_end.h"

#include "janus_api.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { MESSAGE_MAX = 8192, ROUTES_MAX = 4 };

typedef struct {
	char *uri, *contact, *path; /* of the binding; uri: who registered; path: its header, or NULL */
	struct sockaddr_in where;   /* whence its REGISTER came, and its calls go */
	char *call_id, *from, *to;  /* of the call, as our requests write them */
	char *target, *routes;      /* routes: header lines */
	gboolean acknowledged;      /* INVITE and 200 have had their ACK */
} user;

struct far_end {
	int socket;
	char *address;
	guint port, calls, branches, count;
	const far_end_events *events;
	void *context;
	user *users;
};

/* ---- reading ---- */

/* The n-th header field of that name, up to its end of line; NULL: there is none. */
static char *field(const char *message, const char *name, guint n)
{
	size_t length = strlen(name);
	const char *line = message, *body = strstr(message, "\r\n\r\n");

	while ((line = strstr(line, "\r\n")) && line < body) {
		line += 2;
		if (g_ascii_strncasecmp(line, name, length) == 0 && line[length] == ':' && n-- == 0) {
			line += length + 1;
			line += strspn(line, " ");
			return g_strndup(line, strcspn(line, "\r"));
		}
	}
	return NULL;
}

/* What stands in the first <> of a value. */
static char *uri_in(const char *value)
{
	const char *start = value ? strchr(value, '<') : NULL;

	return start ? g_strndup(start + 1, strcspn(start + 1, ">"))
		     : g_strndup(value, value ? strcspn(value, ";") : 0);
}

/* The user who is named in it, -1: nobody. */
static int user_in(const far_end *end, const char *value)
{
	const char *name = value ? strstr(value, "bench") : NULL;
	guint number = name ? (guint)atoi(name + strlen("bench")) : end->count;

	return number < end->count ? (int)number : -1;
}

/* ---- writing ---- */

static void emit(far_end *end, const struct sockaddr_in *to, const char *text)
{
	if (sendto(end->socket, text, strlen(text), 0, (const struct sockaddr *)to, sizeof(*to)) < 0)
		fail("sendto");
}

static char *description(const far_end *end, guint number)
{
	return g_strdup_printf("v=0\r\no=- 4711 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\n"
			       "m=audio %u RTP/AVP 0 101\r\na=rtpmap:0 PCMU/8000\r\n"
			       "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\na=sendrecv\r\n",
			       end->address, end->address, 40000 + 2 * (number % 10000));
}

/* Header lines of all fields of that name, in order or turned round. */
static char *lines_of(const char *message, const char *name, const char *as, gboolean turned)
{
	g_autoptr(GString) lines = g_string_new(NULL);

	for (guint n = 0; n < ROUTES_MAX; n++) {
		g_autofree char *value = field(message, name, n);
		g_autofree char *line = value ? g_strdup_printf("%s: %s\r\n", as, value) : g_strdup("");

		g_string_insert(lines, turned ? 0 : (gssize)lines->len, line);
	}
	return g_string_free(g_steal_pointer(&lines), FALSE);
}

/* more: header lines; body: or NULL */
static void respond(far_end *end, const char *request, const struct sockaddr_in *to, const char *status,
		    const char *more, const char *body)
{
	g_autofree char *vias = lines_of(request, "Via", "Via", FALSE);
	g_autofree char *from = field(request, "From", 0), *to_field = field(request, "To", 0);
	g_autofree char *call_id = field(request, "Call-ID", 0), *cseq = field(request, "CSeq", 0);
	g_autofree char *text =
		g_strdup_printf("SIP/2.0 %s\r\n%sFrom: %s\r\nTo: %s%s\r\nCall-ID: %s\r\nCSeq: "
				"%s\r\n%sContent-Length: %zu\r\n\r\n%s",
				status, vias, from, to_field, strstr(to_field, "tag=") ? "" : ";tag=far",
				call_id, cseq, more, body ? strlen(body) : 0, body ? body : "");

	emit(end, to, text);
}

static void request(far_end *end, const user *u, const char *method, guint cseq, const char *more,
		    const char *body)
{
	g_autofree char *text =
		g_strdup_printf("%s %s SIP/2.0\r\nVia: SIP/2.0/UDP %s:%u;branch=z9hG4bK%u\r\nMax-Forwards: "
				"68\r\n%sFrom: %s\r\nTo: %s\r\n"
				"Call-ID: %s\r\nCSeq: %u %s\r\n%sContent-Length: %zu\r\n\r\n%s",
				method, u->target, end->address, end->port, end->branches++, u->routes,
				u->from, u->to, u->call_id, cseq, method, more, strlen(body), body);

	emit(end, &u->where, text);
}

/* ---- the user's call ---- */

static void forget_call(user *u)
{
	g_clear_pointer(&u->call_id, g_free);
	g_clear_pointer(&u->from, g_free);
	g_clear_pointer(&u->to, g_free);
	g_clear_pointer(&u->target, g_free);
	g_clear_pointer(&u->routes, g_free);
	u->acknowledged = FALSE;
}

void far_end_call(far_end *end, guint number)
{
	user *u = &end->users[number];
	g_autofree char *body = description(end, number);
	g_autofree char *more = g_strdup_printf(
		"Contact: <sip:far@%s:%u>\r\nAllow: INVITE, ACK, BYE, CANCEL, UPDATE, PRACK\r\n"
		"Content-Type: application/sdp\r\n",
		end->address, end->port);

	forget_call(u);
	u->call_id = g_strdup_printf("bench%u-%u", number, end->calls++);
	u->from = g_strdup_printf("<sip:+4930123456@%s>;tag=%u", end->address, end->calls);
	u->to = g_strdup_printf("<%s>", u->uri);
	u->target = g_strdup(u->contact);
	u->routes = u->path ? g_strdup_printf("Route: %s\r\n", u->path) : g_strdup("");
	request(end, u, "INVITE", 1, more, body);
}

void far_end_hang_up(far_end *end, guint number)
{
	request(end, &end->users[number], "BYE", 2, "", "");
}

/* A final answer to our INVITE. */
static void invite_answered(far_end *end, guint number, const char *message, gboolean ok)
{
	user *u = &end->users[number];
	g_autofree char *contact = field(message, "Contact", 0);

	if (u->acknowledged)
		return;
	u->acknowledged = TRUE;
	g_free(u->to);
	u->to = field(message, "To", 0);
	if (ok) {
		g_free(u->target);
		u->target = uri_in(contact);
		g_free(u->routes);
		u->routes = lines_of(message, "Record-Route", "Route", TRUE);
	}
	request(end, u, "ACK", 1, "", "");
	if (ok)
		end->events->ours_answered(end->context, number);
	else
		end->events->ended(end->context, number, FALSE);
}

static void answered(far_end *end, const char *message)
{
	g_autofree char *call_id = field(message, "Call-ID", 0), *cseq = field(message, "CSeq", 0);
	g_autofree char *to = field(message, "To", 0);
	int status = atoi(message + strlen("SIP/2.0 ")), number = user_in(end, to);

	if (number < 0 || !cseq || status < 200 || g_strcmp0(end->users[number].call_id, call_id) != 0)
		return;
	if (strstr(cseq, "INVITE"))
		invite_answered(end, (guint)number, message, status < 300);
	else if (strstr(cseq, "BYE"))
		end->events->ended(end->context, (guint)number, status < 300);
}

/* ---- what the users want ---- */

static void take_binding(far_end *end, const char *message, const struct sockaddr_in *from)
{
	g_autofree char *to = field(message, "To", 0), *contact = field(message, "Contact", 0);
	g_autofree char *paths = lines_of(message, "Path", "Path", FALSE);
	int number = user_in(end, to);
	g_autofree char *more = NULL, *uri = uri_in(contact);

	if (number >= 0) {
		user *u = &end->users[number];

		g_free(u->uri);
		g_free(u->contact);
		g_free(u->path);
		u->uri = uri_in(to);
		u->contact = g_strdup(uri);
		u->path = field(message, "Path", 0);
		u->where = *from;
	}
	more = g_strdup_printf("Contact: <%s>;expires=3600\r\n%sService-Route: <sip:orig@%s:%u;lr>\r\n", uri,
			       paths, end->address, end->port);
	respond(end, message, from, "200 OK", more, NULL);
}

static void take_call(far_end *end, guint number, const char *message, const struct sockaddr_in *from)
{
	user *u = &end->users[number];
	g_autofree char *call_id = field(message, "Call-ID", 0), *contact = field(message, "Contact", 0);
	g_autofree char *to = field(message, "To", 0), *body = description(end, number);
	g_autofree char *routes = lines_of(message, "Record-Route", "Record-Route", FALSE);
	g_autofree char *more =
		g_strdup_printf("%sContact: <sip:far@%s:%u>\r\n", routes, end->address, end->port);
	g_autofree char *with_body = g_strdup_printf("%sContent-Type: application/sdp\r\n", more);

	if (g_strcmp0(u->call_id, call_id) != 0) {
		forget_call(u);
		u->call_id = g_steal_pointer(&call_id);
		u->from = g_strdup_printf("%s;tag=far", to);
		u->to = field(message, "From", 0);
		u->target = uri_in(contact);
		u->routes = lines_of(message, "Record-Route", "Route", FALSE);
		u->where = *from;
	}
	respond(end, message, from, "180 Ringing", more, NULL);
	respond(end, message, from, "200 OK", with_body, body);
}

static void asked(far_end *end, const char *message, const struct sockaddr_in *from)
{
	g_autofree char *whose = field(message, "From", 0);
	int number = user_in(end, whose);

	if (g_str_has_prefix(message, "REGISTER ")) {
		take_binding(end, message, from);
	} else if (g_str_has_prefix(message, "ACK ")) {
		if (number >= 0 && !end->users[number].acknowledged) {
			end->users[number].acknowledged = TRUE;
			end->events->theirs_acknowledged(end->context, (guint)number);
		}
	} else if (g_str_has_prefix(message, "INVITE ") && number >= 0) {
		take_call(end, (guint)number, message, from);
	} else {
		respond(end, message, from, "200 OK", "", NULL);
	}
}

void far_end_serve(far_end *end)
{
	char message[MESSAGE_MAX];
	struct sockaddr_in from;
	socklen_t size = sizeof(from);
	ssize_t length;

	while ((length = recvfrom(end->socket, message, sizeof(message) - 1, MSG_DONTWAIT,
				  (struct sockaddr *)&from, &size)) >= 0) {
		message[length] = '\0';
		if (strstr(message, "\r\n\r\n") && g_str_has_prefix(message, "SIP/2.0 "))
			answered(end, message);
		else if (strstr(message, "\r\n\r\n"))
			asked(end, message, &from);
		size = sizeof(from);
	}
}

int far_end_socket(const far_end *end)
{
	return end->socket;
}

far_end *far_end_new(const char *address, guint port, guint users, const far_end_events *events,
		     void *context)
{
	struct sockaddr_in at = { .sin_family = AF_INET, .sin_port = htons((guint16)port) };
	far_end *end = g_new0(far_end, 1);

	end->socket = socket(AF_INET, SOCK_DGRAM, 0);
	end->address = g_strdup(address);
	end->port = port;
	end->count = users;
	end->users = g_new0(user, users);
	end->events = events;
	end->context = context;
	make_room(end->socket);
	if (inet_pton(AF_INET, address, &at.sin_addr) != 1 ||
	    bind(end->socket, (struct sockaddr *)&at, sizeof(at)) < 0)
		fail(address);
	return end;
}
