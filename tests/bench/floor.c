/* floor ADDRESS FIRST-PORT COUNT PHONES-PORT: what relaying costs at the very least. For each call a socket
 * towards its telephone, at an even port from PHONES-PORT on as rtp_load has it, and one towards a far end
 * that sends all back; one thread reads from either and writes to the other, no more. The far ends are a
 * child, whose CPU is its own. Says {} when all is open; ends when stdin does. */
#include <arpa/inet.h>
#include <errno.h>
#include <glib.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { PORTS_PER_CALL = 4, FAR = 1, ECHO = 2, PACKET_MAX = 2048 };

/* What comes in here goes out there. */
typedef struct {
	int in, out;
} way;

static void fail(const char *what)
{
	fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
	exit(1);
}

static struct sockaddr_in address_of(const char *host, guint port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((guint16)port) };

	if (inet_pton(AF_INET, host, &address.sin_addr) != 1)
		fail(host);
	return address;
}

static int connected(const char *host, guint port, guint to_port)
{
	struct sockaddr_in here = address_of(host, port), there = address_of(host, to_port);
	int made = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	if (made < 0 || bind(made, (struct sockaddr *)&here, sizeof(here)) < 0 ||
	    connect(made, (struct sockaddr *)&there, sizeof(there)) < 0)
		fail(host);
	return made;
}

static void watch(int epoll, way *w)
{
	struct epoll_event wanted = { .events = EPOLLIN, .data.ptr = w };

	epoll_ctl(epoll, EPOLL_CTL_ADD, w->in, &wanted);
}

static void pass_on(const way *w)
{
	char packet[PACKET_MAX];
	ssize_t length = recv(w->in, packet, sizeof(packet), 0);

	if (length > 0)
		send(w->out, packet, (size_t)length, 0);
}

/* Until stdin ends, when it is among what is waited for. */
static void serve(int epoll)
{
	struct epoll_event ready[64];

	for (;;) {
		int got = epoll_wait(epoll, ready, G_N_ELEMENTS(ready), -1);

		for (int i = 0; i < got; i++) {
			if (!ready[i].data.ptr)
				return;
			pass_on(ready[i].data.ptr);
		}
	}
}

static void serve_echo(const char *host, guint first, guint n)
{
	way *ways = g_new(way, n);
	int epoll = epoll_create1(0);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (guint i = 0; i < n; i++) {
		guint base = first + PORTS_PER_CALL * i;
		int echo = connected(host, base + ECHO, base + FAR);

		ways[i] = (way){ echo, echo };
		watch(epoll, &ways[i]);
	}
	serve(epoll);
}

static void serve_relay(const char *host, guint first, guint n, guint phones)
{
	struct epoll_event end = { .events = EPOLLIN, .data.ptr = NULL };
	way *ways = g_new(way, 2 * n);
	int epoll = epoll_create1(0);

	epoll_ctl(epoll, EPOLL_CTL_ADD, STDIN_FILENO, &end);
	for (guint i = 0; i < n; i++) {
		guint base = first + PORTS_PER_CALL * i;
		int near = connected(host, base, phones + 2 * i);
		int far = connected(host, base + FAR, base + ECHO);

		ways[2 * i] = (way){ near, far };
		ways[2 * i + 1] = (way){ far, near };
		watch(epoll, &ways[2 * i]);
		watch(epoll, &ways[2 * i + 1]);
	}
	printf("{}\n");
	fflush(stdout);
	serve(epoll);
	g_free(ways);
}

int main(int argc, char **argv)
{
	guint first, n, phones;

	if (argc != 5) {
		fprintf(stderr, "usage: floor ADDRESS FIRST-PORT COUNT PHONES-PORT\n");
		return 2;
	}
	first = (guint)atoi(argv[2]);
	n = (guint)atoi(argv[3]);
	phones = (guint)atoi(argv[4]);
	if (fork() == 0)
		serve_echo(argv[1], first, n);
	else
		serve_relay(argv[1], first, n, phones);
	return 0;
}
