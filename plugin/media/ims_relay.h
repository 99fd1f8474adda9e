/* ims_relay.h: a leg served on a Janus loop: read, hand to the leg, pass to the browser; ticks.
 *
 * One GSource for each leg, on the GMainContext of the Janus handle: a packet costs one wake-up
 * and there are no media threads. Should one source for each loop serve many legs one day, this
 * file is the only one that changes.
 *
 * Thread: any; the leg is served on the context's. */
#pragma once
#include "media/ims_leg.h"

typedef struct ims_relay ims_relay;

/* The context of the Janus loop we were called from; where there is none, that of a thread of our
 * own, made at the first need. A reference. */
GMainContext *ims_relay_find_context(void);

ims_relay *ims_relay_start(GMainContext *context, ims_leg *leg); /* what waited on the sockets is dropped */
ims_relay *ims_relay_ref(ims_relay *relay);
void ims_relay_unref(ims_relay *relay);
void ims_relay_wake(ims_relay *relay); /* the leg may be due earlier than before */
void ims_relay_stop(ims_relay *relay); /* and unref. A packet may be on its way still: the leg lives until it
					  is through */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ims_relay, ims_relay_unref)

void ims_relay_end_thread(void); /* [when nothing is served any more] ends the thread of our own */
