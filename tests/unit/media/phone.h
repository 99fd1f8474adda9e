/* phone.h: the far end on 127.0.0.1: two sockets that a test reads and writes.
 *
 * Every wait is for an event and has an end. That nothing came is shown by what comes next. */
#pragma once
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include "media/ims_address.h"
#include "media/ims_ports.h"
#include "media/ims_rtp.h"

#define PHONE_WAIT_MS 60000

/* Lets other threads run until that is so, but not for ever; fails the test then. */
#define AWAIT(is_so)                                                                                         \
	do {                                                                                                 \
		gint64 end_us = g_get_monotonic_time() + PHONE_WAIT_MS * 1000;                               \
                                                                                                             \
		while (!(is_so) && g_get_monotonic_time() < end_us)                                          \
			g_thread_yield();                                                                    \
		assert_true(is_so);                                                                          \
	} while (0)

typedef struct {
	int fd[2]; /* RTP, RTCP */
	ims_address at[2];
} phone;

static inline void phone_open(phone *p)
{
	for (guint i = 0; i < 2; i++) {
		p->fd[i] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		assert_true(p->fd[i] >= 0);
		assert_true(ims_address_parse("127.0.0.1", 0, &p->at[i]));
		assert_int_equal(bind(p->fd[i], &p->at[i].any, p->at[i].length), 0);
		assert_int_equal(getsockname(p->fd[i], &p->at[i].any, &p->at[i].length), 0);
	}
}

static inline void phone_close(phone *p)
{
	close(p->fd[0]);
	close(p->fd[1]);
}

static inline void phone_send(const phone *p, guint which, guint16 port, const void *bytes, gsize length)
{
	ims_address to;

	ims_address_parse("127.0.0.1", port, &to);
	assert_int_equal(sendto(p->fd[which], bytes, length, 0, &to.any, to.length), length);
}

/* The next packet; fails the test when none comes. */
static inline gsize phone_receive(const phone *p, guint which, guint8 ret_bytes[IMS_RTP_MAX])
{
	struct pollfd wait = { .fd = p->fd[which], .events = POLLIN };
	gssize length;

	assert_int_equal(poll(&wait, 1, PHONE_WAIT_MS), 1);
	length = recv(p->fd[which], ret_bytes, IMS_RTP_MAX, 0);
	assert_true(length >= 0);
	return (gsize)length;
}

static inline gsize phone_receive_rtp(const phone *p, guint8 ret_bytes[IMS_RTP_MAX],
				      ims_rtp_header *ret_header)
{
	gsize length = phone_receive(p, 0, ret_bytes);

	assert_true(ims_rtp_parse(ret_bytes, length, ret_header));
	return length;
}

/* A plain packet of 160 bytes of payload; returns its length. */
static inline gsize make_rtp(guint8 ret_bytes[IMS_RTP_MAX], guint8 pt, guint32 ssrc, guint16 seq,
			     guint32 timestamp)
{
	ims_rtp_header header = { .pt = pt, .ssrc = ssrc, .seq = seq, .timestamp = timestamp };

	ims_rtp_write(ret_bytes, &header);
	memset(ret_bytes + IMS_RTP_HEADER, 0xd5, 160);
	return IMS_RTP_HEADER + 160;
}

#define PORT_BLOCKS 250
#define PORT_BLOCK 48 /* ports of one program; the last stay below those that the kernel gives away */
#define FIRST_PORT 20000

/* TRUE: that block of ports is ours until this program ends. */
static inline gboolean take_port_block(int holder, guint block)
{
	struct sockaddr_un name = { .sun_family = AF_UNIX };
	int length = g_snprintf(name.sun_path + 1, sizeof(name.sun_path) - 1, "janus-ims-ports-%u", block);

	return bind(holder, (struct sockaddr *)&name,
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + 1 + (gsize)length)) == 0;
}

/* Ports that no other program of the tests on this machine has. */
static inline ims_ports *test_ports(guint pairs)
{
	static guint first;

	if (first == 0) {
		int holder = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
		guint block = (guint)getpid() % PORT_BLOCKS;

		for (guint i = 0; i < PORT_BLOCKS && !take_port_block(holder, block); i++)
			block = (block + 1) % PORT_BLOCKS;
		first = FIRST_PORT + block * PORT_BLOCK;
	}
	return ims_ports_new((guint16)first, (guint16)(first + 2 * pairs - 1));
}
