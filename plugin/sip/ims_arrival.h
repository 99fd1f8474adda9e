/* ims_arrival.h: how long datagrams wait in the kernel for the SIP thread, and how many bytes of them.
 *
 * sofia-sip keeps its socket to itself, so it is looked up among those of the process. Thread: the SIP
 * thread, unless marked. Owner: ims_stack. */
#pragma once
#include <glib.h>
#include "base/ims_lag.h"

typedef struct {
	int fd;         /* sofia's; -1: not found, nothing is measured */
	gint64 seen_ns; /* when the datagram had come that was read last */
	ims_lag lag;
} ims_arrival;

/* address: numeric, and port: what the socket is bound to. */
void ims_arrival_init(ims_arrival *arrival, const char *address, guint16 port);
void ims_arrival_look(ims_arrival *arrival); /* after something may have been read */

typedef struct {
	guint waiting_bytes; /* as the kernel counts them, overhead included */
	guint dropped;       /* datagrams for which there was no room, since the start */
} ims_backlog;

ims_backlog ims_arrival_backlog(const ims_arrival *arrival); /* [any thread] */
