#include "sip/ims_arrival.h"

#include <arpa/inet.h>
#include <linux/sock_diag.h>
#include <linux/sockios.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

#include "base/ims_descriptors.h"

#define NS_PER_S G_GINT64_CONSTANT(1000000000)

typedef struct {
	const char *address;
	guint16 port;
} place;

static gboolean is_bound_to(int fd, gconstpointer wanted)
{
	const place *at = wanted;
	union {
		struct sockaddr any;
		struct sockaddr_in ip4;
		struct sockaddr_in6 ip6;
	} bound = { 0 };
	socklen_t size = sizeof(bound), int_size = sizeof(int);
	char text[INET6_ADDRSTRLEN] = "";
	int type = 0;

	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &int_size) != 0 || type != SOCK_DGRAM ||
	    getsockname(fd, &bound.any, &size) != 0)
		return FALSE;
	if (bound.any.sa_family == AF_INET)
		inet_ntop(AF_INET, &bound.ip4.sin_addr, text, sizeof(text));
	else if (bound.any.sa_family == AF_INET6)
		inet_ntop(AF_INET6, &bound.ip6.sin6_addr, text, sizeof(text));
	/* The port stands at the same place in both. */
	return strcmp(text, at->address) == 0 && ntohs(bound.ip4.sin_port) == at->port;
}

void ims_arrival_init(ims_arrival *arrival, const char *address, guint16 port)
{
	const place at = { address, port };

	*arrival = (ims_arrival){ .fd = ims_descriptors_find(is_bound_to, &at) };
	ims_lag_init(&arrival->lag);
	ims_arrival_look(arrival); /* the first question makes the kernel write down the time of each */
}

void ims_arrival_look(ims_arrival *arrival)
{
	struct timespec came, now;
	gint64 came_ns;

	if (arrival->fd < 0 || ioctl(arrival->fd, SIOCGSTAMPNS, &came) != 0)
		return;
	came_ns = came.tv_sec * NS_PER_S + came.tv_nsec;
	if (came_ns == arrival->seen_ns)
		return;
	arrival->seen_ns = came_ns;
	clock_gettime(CLOCK_REALTIME, &now);
	ims_lag_note(&arrival->lag, (now.tv_sec * NS_PER_S + now.tv_nsec - came_ns) / 1000);
}

ims_backlog ims_arrival_backlog(const ims_arrival *arrival)
{
	guint32 memory[SK_MEMINFO_VARS] = { 0 };
	socklen_t size = sizeof(memory);

	if (arrival->fd < 0 || getsockopt(arrival->fd, SOL_SOCKET, SO_MEMINFO, memory, &size) != 0)
		return (ims_backlog){ 0 };
	return (ims_backlog){ memory[SK_MEMINFO_RMEM_ALLOC], memory[SK_MEMINFO_DROPS] };
}
