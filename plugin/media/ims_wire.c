#define _GNU_SOURCE
#include "media/ims_wire.h"

#include <errno.h>
#include <netinet/ip.h>
#include <string.h>
#include <unistd.h>

#include "base/ims_error.h"
#include "base/ims_log.h"

#define BIND_TRIES 16
#define DRAIN_BATCHES 64 /* more than a default receive buffer holds; a flood must not keep us here */

struct ims_wire {
	int fd[2]; /* by ims_wire_socket; -1: none */
	ims_ports *ports;
	guint16 port;
};

static void set_dscp(int fd, int family, guint dscp, const char *owner)
{
	int tos = (int)(dscp << 2);
	int failed;

	if (family == AF_INET)
		failed = setsockopt(fd, IPPROTO_IP, IP_TOS, &tos, sizeof(tos));
	else
		failed = setsockopt(fd, IPPROTO_IPV6, IPV6_TCLASS, &tos, sizeof(tos));
	if (failed)
		ims_warn(owner, "RTP leaves without DSCP %u: %s", dscp, g_strerror(errno));
}

/* A bound socket, or minus errno. */
static int bound_socket(const ims_address *at, guint dscp, const char *owner)
{
	int fd = socket(at->any.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int one = 1, why;

	if (fd < 0)
		return -errno;
	if (at->any.sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &one, sizeof(one));
	if (bind(fd, &at->any, at->length) < 0) {
		why = errno;
		close(fd);
		return -why;
	}
	if (dscp)
		set_dscp(fd, at->any.sa_family, dscp, owner);
	return fd;
}

static int open_socket(ims_wire *wire, ims_wire_socket which, const char *address, guint dscp,
		       const char *owner)
{
	ims_address at;

	if (!ims_address_parse(address, (guint16)(wire->port + which), &at))
		return EADDRNOTAVAIL;
	wire->fd[which] = bound_socket(&at, dscp, owner);
	return wire->fd[which] < 0 ? -wire->fd[which] : 0;
}

static int open_pair(ims_wire *wire, const char *address, guint dscp, const char *owner)
{
	int why = open_socket(wire, IMS_WIRE_RTP, address, dscp, owner);

	return why ? why : open_socket(wire, IMS_WIRE_RTCP, address, dscp, owner);
}

void ims_wire_close(ims_wire *wire)
{
	if (!wire)
		return;
	for (guint i = 0; i < G_N_ELEMENTS(wire->fd); i++)
		if (wire->fd[i] >= 0)
			close(wire->fd[i]);
	ims_ports_give_back(wire->ports, wire->port); /* last: now it can be bound again */
	g_free(wire);
}

ims_wire *ims_wire_open(const char *address, guint dscp, ims_ports *ports, const char *owner, GError **error)
{
	int why = 0;

	for (guint i = 0; i < BIND_TRIES; i++) {
		g_autoptr(ims_wire) wire = NULL;
		guint16 port = ims_ports_take(ports, owner);

		if (port == 0) {
			g_set_error(error, IMS_ERROR, IMS_E_LIMIT, "No RTP port is free, %u pairs are in use",
				    ims_ports_in_use(ports));
			return NULL;
		}
		wire = g_new(ims_wire, 1);
		*wire = (ims_wire){ .fd = { -1, -1 }, .ports = ports, .port = port };
		why = open_pair(wire, address, dscp, owner);
		if (why == 0)
			return g_steal_pointer(&wire);
		if (why != EADDRINUSE)
			break;
		ims_verb(owner, "RTP port pair %u is taken by another program", port);
	}
	g_set_error(error, IMS_ERROR, IMS_E_IO, "No RTP socket on %s: %s", address, g_strerror(why));
	return NULL;
}

guint16 ims_wire_port(const ims_wire *wire)
{
	return wire->port;
}

int ims_wire_fd(const ims_wire *wire, ims_wire_socket which)
{
	return wire->fd[which];
}

int ims_wire_send(const ims_wire *wire, ims_wire_socket which, const ims_address *to, const guint8 *packet,
		  gsize length)
{
	if (sendto(wire->fd[which], packet, length, MSG_DONTWAIT | MSG_NOSIGNAL, &to->any, to->length) < 0)
		return errno;
	return 0;
}

guint ims_wire_receive(const ims_wire *wire, ims_wire_socket which, ims_wire_batch *ret_batch)
{
	struct mmsghdr messages[IMS_WIRE_BATCH];
	struct iovec parts[IMS_WIRE_BATCH];
	int n;

	memset(messages, 0, sizeof(messages));
	for (guint i = 0; i < IMS_WIRE_BATCH; i++) {
		parts[i] = (struct iovec){ ret_batch->packet[i], IMS_RTP_MAX };
		messages[i].msg_hdr.msg_iov = &parts[i];
		messages[i].msg_hdr.msg_iovlen = 1;
		messages[i].msg_hdr.msg_name = &ret_batch->from[i].any;
		messages[i].msg_hdr.msg_namelen = sizeof(ret_batch->from[i].v6);
	}
	n = recvmmsg(wire->fd[which], messages, IMS_WIRE_BATCH, MSG_DONTWAIT, NULL);
	for (int i = 0; i < n; i++) {
		gboolean cut = (messages[i].msg_hdr.msg_flags & MSG_TRUNC) != 0;

		ret_batch->length[i] = cut ? 0 : messages[i].msg_len;
		ret_batch->from[i].length = messages[i].msg_hdr.msg_namelen;
	}
	return n > 0 ? (guint)n : 0;
}

void ims_wire_drain(const ims_wire *wire)
{
	ims_wire_batch batch;

	for (ims_wire_socket which = IMS_WIRE_RTP; which <= IMS_WIRE_RTCP; which++)
		for (guint i = 0; i < DRAIN_BATCHES; i++)
			if (ims_wire_receive(wire, which, &batch) < IMS_WIRE_BATCH)
				break;
}
