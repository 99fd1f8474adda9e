/* sipws_clock.h: ims_clock of the server's thread.
 *
 * Timers are kept in order here, as libwebsockets 4.1 walks a list of all of its own for each that is set; it
 * knows only the next. */
#pragma once
#include <libwebsockets.h>
#include "base/ims_clock.h"

typedef struct {
	ims_clock clock;             /* first: what the others get */
	struct lws_context *context; /* NULL: stopped */
	lws_sorted_usec_list_t next;
	GSequence *timers; /* of armed timers, the next first */
} sipws_clock;

void sipws_clock_init(sipws_clock *clock, struct lws_context *context);
void sipws_clock_stop(sipws_clock *clock);  /* before the context goes: none fires any more */
void sipws_clock_clear(sipws_clock *clock); /* all timers are stopped by then */
