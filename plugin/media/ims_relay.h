/* ims_relay.h: between a leg and Janus: what its sockets bring goes to the browser, and what it asks for is
 * asked.
 *
 * Thread: that of the loop which serves the leg. */
#pragma once
#include "media/ims_leg.h"

void ims_relay_receive(ims_leg *leg, ims_wire_socket which, gint64 now_us); /* what waits on that socket */
void ims_relay_tick(ims_leg *leg, gint64 now_us);                           /* what the leg does by itself */
