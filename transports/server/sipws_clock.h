/* sipws_clock.h: ims_clock of the server's thread.
 *
 * Timers are kept in order here: libev knows only the next, and libwebsockets none of them. Its own it keeps
 * in a list that it walks for each that is set, and with libev it may be late with one that is due before
 * another. */
#pragma once
#include <ev.h>
#include "base/ims_clock.h"

typedef struct {
	ims_clock clock;      /* first: what the others get */
	struct ev_loop *loop; /* NULL: stopped */
	ev_timer next;
	GSequence *timers; /* of armed timers, the next first */
} sipws_clock;

void sipws_clock_init(sipws_clock *clock, struct ev_loop *loop);
void sipws_clock_stop(sipws_clock *clock);  /* before the loop goes: none fires any more */
void sipws_clock_clear(sipws_clock *clock); /* all timers are stopped by then */
