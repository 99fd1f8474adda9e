/* ims_ports.h: RTP/RTCP port pairs, each with a known owner.
 *
 * A pair is an even port of [port_min, port_max] and the next one. Free pairs wait in a line:
 * taken at its head, given back at its end, so that a port just freed, on which a peer may still
 * send, is reused last.
 * Thread: any (its own short lock). */
#pragma once
#include <glib.h>

typedef struct ims_ports ims_ports;

ims_ports *ims_ports_new(guint16 port_min, guint16 port_max);
void ims_ports_free(ims_ports *ports); /* asserts that none is taken */

/* Even port, or 0 when all are taken. owner: a short text for admin lists, copied. */
guint16 ims_ports_take(ims_ports *ports, const char *owner);
void ims_ports_give_back(ims_ports *ports, guint16 port); /* by its owner, once; else it asserts */
guint ims_ports_in_use(ims_ports *ports);
guint ims_ports_left(ims_ports *ports);
char *ims_ports_owner(ims_ports *ports, guint16 port); /* NULL: free; else free with g_free */
