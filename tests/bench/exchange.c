/* exchange ADDRESS COUNT WINDOW BYTES BYTES-BACK: what requests and their answers over UDP cost at the very
 * least: one thread that sends so many datagrams and reads one back for each, WINDOW of them under way at the
 * same time, and does nothing else. Who answers is a child, whose CPU is its own. Prints the CPU of each, as
 * JSON. */
#include <arpa/inet.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { DATAGRAM_MAX = 2048, SILENCE_MS = 10000 };

static void fail(const char *what)
{
	fprintf(stderr, "exchange: %s: %s\n", what, strerror(errno));
	exit(1);
}

static int bound(const char *host, struct sockaddr_in *ret_address)
{
	struct sockaddr_in address = { .sin_family = AF_INET };
	socklen_t size = sizeof(address);
	int made = socket(AF_INET, SOCK_DGRAM, 0);

	if (made < 0 || inet_pton(AF_INET, host, &address.sin_addr) != 1 ||
	    bind(made, (struct sockaddr *)&address, sizeof(address)) < 0 ||
	    getsockname(made, (struct sockaddr *)ret_address, &size) < 0)
		fail(host);
	return made;
}

static void answer(int socket, size_t bytes)
{
	char datagram[DATAGRAM_MAX] = "";
	struct sockaddr_in from;
	socklen_t size = sizeof(from);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (recvfrom(socket, datagram, sizeof(datagram), 0, (struct sockaddr *)&from, &size) >= 0)
		sendto(socket, datagram, bytes, 0, (struct sockaddr *)&from, size);
}

static void ask(int socket, size_t bytes)
{
	static const char datagram[DATAGRAM_MAX];

	if (send(socket, datagram, bytes, 0) < 0)
		fail("send");
}

static void exchange(int socket, int count, int window, size_t bytes)
{
	struct epoll_event ready = { .events = EPOLLIN };
	char datagram[DATAGRAM_MAX];
	int epoll = epoll_create1(0), asked;

	epoll_ctl(epoll, EPOLL_CTL_ADD, socket, &ready);
	for (asked = 0; asked < window && asked < count; asked++)
		ask(socket, bytes);
	for (int answered = 0; answered < count; answered++) {
		if (epoll_wait(epoll, &ready, 1, SILENCE_MS) != 1)
			fail("silence");
		if (recv(socket, datagram, sizeof(datagram), 0) < 0)
			fail("recv");
		if (asked++ < count)
			ask(socket, bytes);
	}
}

int main(int argc, char **argv)
{
	struct sockaddr_in here, there;
	struct timespec cpu;
	int near, far, count;

	if (argc != 6) {
		fprintf(stderr, "usage: exchange ADDRESS COUNT WINDOW BYTES BYTES-BACK\n");
		return 2;
	}
	near = bound(argv[1], &here);
	far = bound(argv[1], &there);
	count = atoi(argv[2]);
	if (fork() == 0)
		answer(far, (size_t)atoi(argv[5]));
	if (connect(near, (struct sockaddr *)&there, sizeof(there)) < 0)
		fail("connect");
	exchange(near, count, atoi(argv[3]), (size_t)atoi(argv[4]));
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &cpu);
	printf("{\"cpu_us\": %.3f}\n", ((double)cpu.tv_sec * 1e6 + (double)cpu.tv_nsec / 1e3) / count);
	return 0;
}
