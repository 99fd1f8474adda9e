/* rtp_load ADDRESS FIRST-PORT COUNT: the telephones' RTP of COUNT calls, and what comes back of it. Each call
 * has an even port from FIRST-PORT on. A line on stdin is a command; "run" is answered by one line of JSON:
 *
 *   to CALL ADDRESS PORT   where the RTP of a call goes
 *   run SECONDS CALLS      50 packets/s of 160 bytes PCMU for each of the first CALLS calls, spread evenly in
 * time
 *
 * What the far end echoes is told by the time and number in each payload. The answer: packets sent and
 * received, the round trip in microseconds, how late this program sent, and its share of a processor: when
 * that is high or the lateness grows, it was the limit. */
#include <arpa/inet.h>
#include <errno.h>
#include <glib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum {
	PAYLOAD = 160,
	HEADER = 12,
	PERIOD_NS = 20000000,
	MARK = 0x494d5342,
	DRAIN_NS = 500000000,
	MAX_US = 1000000
};

typedef struct {
	int socket;
	guint16 seq;
	guint32 timestamp, ssrc;
	gint64 next_ns;
} call;

/* What a payload carries: whose and when. */
typedef struct {
	guint32 mark, run;
	gint64 sent_ns;
} stamp;

typedef struct {
	guint64 sent, received;
	guint32 *round_trips, *late; /* counts by microsecond, the last one is "or more" */
} figures;

static gint64 now_ns(clockid_t clock)
{
	struct timespec now;

	clock_gettime(clock, &now);
	return now.tv_sec * (gint64)1000000000 + now.tv_nsec;
}

static void fail(const char *what)
{
	fprintf(stderr, "rtp_load: %s: %s\n", what, strerror(errno));
	exit(1);
}

static struct sockaddr_in address_of(const char *host, int port)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons((guint16)port) };

	if (inet_pton(AF_INET, host, &address.sin_addr) != 1)
		fail(host);
	return address;
}

static void open_call(call *c, const char *host, int port)
{
	struct sockaddr_in address = address_of(host, port);

	c->socket = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
	if (c->socket < 0 || bind(c->socket, (struct sockaddr *)&address, sizeof(address)) < 0)
		fail(host);
	c->seq = (guint16)g_random_int();
	c->timestamp = g_random_int();
	c->ssrc = g_random_int();
}

static void count(guint32 *counts, gint64 ns)
{
	counts[CLAMP(ns / 1000, 0, MAX_US)]++;
}

static guint percentile(const guint32 *counts, double share)
{
	guint64 total = 0, seen = 0;

	for (guint i = 0; i <= MAX_US; i++)
		total += counts[i];
	for (guint i = 0; i <= MAX_US; i++) {
		seen += counts[i];
		if (seen > 0 && (double)seen >= share * (double)total)
			return i;
	}
	return 0;
}

static void send_packet(call *c, guint32 run, figures *f)
{
	guint8 packet[HEADER + PAYLOAD] = { 0x80, 0 };
	stamp s = { MARK, run, now_ns(CLOCK_MONOTONIC) };
	guint16 seq = htons(++c->seq);
	guint32 timestamp = htonl(c->timestamp += PAYLOAD), ssrc = htonl(c->ssrc);

	memcpy(packet + 2, &seq, sizeof(seq));
	memcpy(packet + 4, &timestamp, sizeof(timestamp));
	memcpy(packet + 8, &ssrc, sizeof(ssrc));
	memcpy(packet + HEADER, &s, sizeof(s));
	memset(packet + HEADER + sizeof(s), 0xd5, PAYLOAD - sizeof(s));
	count(f->late, s.sent_ns - c->next_ns);
	if (send(c->socket, packet, sizeof(packet), 0) == sizeof(packet))
		f->sent++;
	c->next_ns += PERIOD_NS;
}

static void take_packets(call *c, guint32 run, figures *f)
{
	guint8 packet[2048];
	ssize_t length;
	stamp s;

	while ((length = recv(c->socket, packet, sizeof(packet), 0)) > 0) {
		if (length < (ssize_t)(HEADER + sizeof(s)))
			continue;
		memcpy(&s, packet + HEADER, sizeof(s));
		if (s.mark != MARK || s.run != run)
			continue;
		f->received++;
		count(f->round_trips, now_ns(CLOCK_MONOTONIC) - s.sent_ns);
	}
}

/* Sends what is due; nanoseconds until the next one is. */
static gint64 send_due(call *calls, guint n, guint32 run, gint64 end_ns, figures *f)
{
	gint64 now = now_ns(CLOCK_MONOTONIC), next = G_MAXINT64;

	for (guint i = 0; i < n; i++) {
		while (calls[i].next_ns <= now && calls[i].next_ns < end_ns)
			send_packet(&calls[i], run, f);
		next = MIN(next, calls[i].next_ns);
	}
	return next - now_ns(CLOCK_MONOTONIC);
}

/* All is back, or has had its time. */
static gboolean is_over(const figures *f, gint64 end_ns)
{
	gint64 now = now_ns(CLOCK_MONOTONIC);

	return now >= end_ns + (f->received < f->sent ? DRAIN_NS : 0);
}

static void run_calls(int epoll, call *calls, guint n, guint32 run, double run_s, figures *f)
{
	gint64 start = now_ns(CLOCK_MONOTONIC), end = start + (gint64)(run_s * 1e9);

	for (guint i = 0; i < n; i++)
		calls[i].next_ns = start + (gint64)i * PERIOD_NS / n;
	while (!is_over(f, end)) {
		struct epoll_event ready[64];
		gint64 left = CLAMP(send_due(calls, n, run, end, f), 0, PERIOD_NS);
		struct timespec pause = { 0, left };
		int got = epoll_pwait2(epoll, ready, G_N_ELEMENTS(ready), &pause, NULL);

		for (int i = 0; i < got; i++)
			take_packets(ready[i].data.ptr, run, f);
	}
}

static void run_and_tell(int epoll, call *calls, guint n, double run_s)
{
	static guint32 run;
	gint64 start = now_ns(CLOCK_MONOTONIC), cpu = now_ns(CLOCK_PROCESS_CPUTIME_ID);
	figures f = { .round_trips = g_new0(guint32, MAX_US + 1), .late = g_new0(guint32, MAX_US + 1) };

	run_calls(epoll, calls, n, ++run, run_s, &f);
	printf("{\"sent\": %" G_GUINT64_FORMAT ", \"received\": %" G_GUINT64_FORMAT
	       ", \"p50_us\": %u, \"p99_us\": %u, \"late_p99_us\": %u, \"cpu_share\": %.3f}\n",
	       f.sent, f.received, percentile(f.round_trips, 0.5), percentile(f.round_trips, 0.99),
	       percentile(f.late, 0.99),
	       (double)(now_ns(CLOCK_PROCESS_CPUTIME_ID) - cpu) / (double)(now_ns(CLOCK_MONOTONIC) - start));
	fflush(stdout);
	g_free(f.round_trips);
	g_free(f.late);
}

static void obey(int epoll, call *calls, guint n, const char *line)
{
	char host[64];
	guint which;
	int port;
	double run_s;

	if (sscanf(line, "to %u %63s %d", &which, host, &port) == 3 && which < n) {
		struct sockaddr_in address = address_of(host, port);

		if (connect(calls[which].socket, (struct sockaddr *)&address, sizeof(address)) < 0)
			fail(host);
	} else if (sscanf(line, "run %lf %u", &run_s, &which) == 2 && which <= n) {
		run_and_tell(epoll, calls, which, run_s);
	} else {
		errno = EINVAL;
		fail(line);
	}
}

int main(int argc, char **argv)
{
	int epoll = epoll_create1(0);
	call *calls;
	guint n;
	char line[256];

	if (argc != 4) {
		fprintf(stderr, "usage: rtp_load ADDRESS FIRST-PORT COUNT\n");
		return 2;
	}
	n = (guint)atoi(argv[3]);
	calls = g_new0(call, n);
	for (guint i = 0; i < n; i++) {
		struct epoll_event wanted = { .events = EPOLLIN, .data.ptr = &calls[i] };

		open_call(&calls[i], argv[1], atoi(argv[2]) + 2 * (int)i);
		epoll_ctl(epoll, EPOLL_CTL_ADD, calls[i].socket, &wanted);
	}
	printf("{}\n");
	fflush(stdout);
	while (fgets(line, sizeof(line), stdin))
		obey(epoll, calls, n, line);
	g_free(calls);
	return 0;
}
