/* ims_wire.h: the two sockets of a stream towards the core, on a port pair.
 *
 * Non-blocking and not connected: who may send is decided packet by packet (media/ims_latch).
 *
 * Thread: any; it does not change between open and close. Owner: one leg, which closes it once. */
#pragma once
#include "media/ims_address.h"
#include "media/ims_ports.h"
#include "media/ims_rtp.h"

typedef struct ims_wire ims_wire;

typedef enum { IMS_WIRE_RTP, IMS_WIRE_RTCP } ims_wire_socket;

/* address: numeric. Taken ports are passed over, a few times. IMS_E_LIMIT: no port free. IMS_E_IO. */
ims_wire *ims_wire_open(const char *address, guint dscp, ims_ports *ports, const char *owner, GError **error);
void ims_wire_close(ims_wire *wire); /* gives the ports back; accepts NULL */

guint16 ims_wire_port(const ims_wire *wire);
int ims_wire_fd(const ims_wire *wire, ims_wire_socket which);

int ims_wire_send(const ims_wire *wire, ims_wire_socket which, const ims_address *to, const guint8 *packet,
		  gsize length); /* 0, or errno */

#define IMS_WIRE_BATCH 8

typedef struct {
	guint8 packet[IMS_WIRE_BATCH][IMS_RTP_MAX];
	gsize length[IMS_WIRE_BATCH]; /* 0: it was empty or longer than IMS_RTP_MAX */
	ims_address from[IMS_WIRE_BATCH];
} ims_wire_batch;

guint ims_wire_receive(const ims_wire *wire, ims_wire_socket which, ims_wire_batch *ret_batch);

void ims_wire_drain(const ims_wire *wire); /* drops what waits on both sockets */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ims_wire, ims_wire_close)
