#include "media/ims_forwarder.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/ims_error.h"
#include "media/ims_rtp.h"

#define PT_MASK 0x7f
#define SSRC_AT 8

struct ims_forwarder {
	gint refs;
	ims_forwarder_setup setup;
	int fd;
};

static gpointer forwarder_ref(gpointer data)
{
	g_atomic_int_inc(&((ims_forwarder *)data)->refs);
	return data;
}

void ims_forwarder_unref(ims_forwarder *forwarder)
{
	if (!forwarder || !g_atomic_int_dec_and_test(&forwarder->refs))
		return;
	if (forwarder->fd >= 0)
		close(forwarder->fd);
	g_free(forwarder);
}

static void forwarder_unref(gpointer data)
{
	ims_forwarder_unref(data);
}

static int connected_socket(const ims_address *to)
{
	int fd = socket(to->any.sa_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	int why;

	if (fd < 0 || connect(fd, &to->any, to->length) == 0)
		return fd;
	why = errno;
	close(fd);
	errno = why;
	return -1;
}

ims_forwarder *ims_forwarder_new(const ims_forwarder_setup *setup, GError **error)
{
	g_autoptr(ims_forwarder) forwarder = g_new0(ims_forwarder, 1);
	char text[IMS_ADDRESS_TEXT];

	forwarder->refs = 1;
	forwarder->setup = *setup;
	forwarder->fd = connected_socket(&setup->to);
	if (forwarder->fd >= 0)
		return g_steal_pointer(&forwarder);
	g_set_error(error, IMS_ERROR, IMS_E_IO, "RTP cannot be forwarded to %s: %s",
		    ims_address_text(&setup->to, text), g_strerror(errno));
	return NULL;
}

const ims_forwarder_setup *ims_forwarder_what(const ims_forwarder *forwarder)
{
	return &forwarder->setup;
}

/* packet is whole RTP: it comes from a leg. */
static void hear(gpointer data, const guint8 *packet, gsize length)
{
	const ims_forwarder *forwarder = data;
	guint32 ssrc = g_htonl(forwarder->setup.ssrc);
	guint8 header[IMS_RTP_HEADER];
	struct iovec parts[] = { { header, sizeof(header) },
				 { (guint8 *)packet + sizeof(header), length - sizeof(header) } };
	const struct msghdr message = { .msg_iov = parts, .msg_iovlen = G_N_ELEMENTS(parts) };

	memcpy(header, packet, sizeof(header));
	if (forwarder->setup.pt)
		header[1] = (guint8)((header[1] & ~PT_MASK) | forwarder->setup.pt);
	if (ssrc)
		memcpy(header + SSRC_AT, &ssrc, sizeof(ssrc));
	sendmsg(forwarder->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

const ims_tap_class ims_forwarder_tap = {
	.hear = hear,
	.ref = forwarder_ref,
	.unref = forwarder_unref,
};
