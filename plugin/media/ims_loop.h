/* ims_loop.h: a loop of Janus and all the legs that it serves.
 *
 * One GSource and one descriptor, an epoll of all the sockets, whatever the number of calls: GLib walks its
 * sources and polls its descriptors at every turn, so what each leg would add there is paid for each packet
 * of all the others.
 *
 * Where many are served there is a packet at any time, and a turn is dear: GLib asks all that Janus has on
 * that loop. Such a loop looks for packets once in a millisecond or two.
 *
 * Made with the first leg that a loop gets, gone with the last. Thread: any; a leg is served on its loop's.
 */
#pragma once
#include "media/ims_leg.h"
#include "media/ims_loops.h"

#define IMS_LOOP_CROWD 20 /* more legs than that are many */

/* A leg's place on a loop. */
typedef struct ims_seat ims_seat;

/* What waited on the leg's sockets is dropped. NULL: the system has no descriptor left; said as an alarm. */
ims_seat *ims_loop_serve(ims_loops *loops, GMainContext *context, ims_leg *leg);

ims_seat *ims_seat_ref(ims_seat *seat);
void ims_seat_unref(ims_seat *seat);
void ims_seat_wake(ims_seat *seat); /* the leg may be due earlier than before */
void ims_seat_leave(
	ims_seat *seat); /* and unref. A packet may be on its way still: the leg lives until it is through */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ims_seat, ims_seat_unref)
