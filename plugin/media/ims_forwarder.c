#include "media/ims_forwarder.h"

#include <errno.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/ims_error.h"
#include "media/ims_rtp.h"
#include "media/ims_srtp.h"

#define PT_MASK 0x7f
#define SSRC_AT 8

struct ims_forwarder {
	gint refs;
	ims_forwarder_setup setup;
	ims_srtp srtp; /* of the thread that is heard */
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
	ims_srtp_clear(&forwarder->srtp);
	ims_srtp_key_clear(&forwarder->setup.key);
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
	if (!ims_srtp_set(&forwarder->srtp, &setup->key, &setup->key, 0)) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_INVALID_ELEMENT,
				    "rtp_forward: the SRTP key cannot be used");
		return NULL;
	}
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

static void rename_packet(const ims_forwarder *forwarder, guint8 *header)
{
	guint32 ssrc = g_htonl(forwarder->setup.ssrc);

	if (forwarder->setup.pt)
		header[1] = (guint8)((header[1] & ~PT_MASK) | forwarder->setup.pt);
	if (ssrc)
		memcpy(header + SSRC_AT, &ssrc, sizeof(ssrc));
}

/* Only the header is another. */
static void send_plain(const ims_forwarder *forwarder, const guint8 *packet, gsize length)
{
	guint8 header[IMS_RTP_HEADER];
	struct iovec parts[] = { { header, sizeof(header) },
				 { (guint8 *)packet + sizeof(header), length - sizeof(header) } };
	const struct msghdr message = { .msg_iov = parts, .msg_iovlen = G_N_ELEMENTS(parts) };

	memcpy(header, packet, sizeof(header));
	rename_packet(forwarder, header);
	sendmsg(forwarder->fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static void send_encrypted(ims_forwarder *forwarder, const guint8 *packet, gsize length)
{
	guint32 room[(IMS_RTP_MAX + IMS_SRTP_TRAILER) / sizeof(guint32) + 1];
	guint8 *out = (guint8 *)room;

	memcpy(out, packet, length);
	rename_packet(forwarder, out);
	length = ims_srtp_protect(&forwarder->srtp, IMS_SRTP_RTP, out, length);
	if (length > 0)
		send(forwarder->fd, out, length, MSG_DONTWAIT | MSG_NOSIGNAL);
}

/* packet is whole RTP of IMS_RTP_MAX bytes at most: it comes from a leg. */
static void hear(gpointer data, const guint8 *packet, gsize length)
{
	ims_forwarder *forwarder = data;

	if (forwarder->setup.key.suite == IMS_SRTP_NONE)
		send_plain(forwarder, packet, length);
	else
		send_encrypted(forwarder, packet, length);
}

const ims_tap_class ims_forwarder_tap = {
	.hear = hear,
	.ref = forwarder_ref,
	.unref = forwarder_unref,
};
