/* ims_clock.h: now, and timers, behind one interface, so that unit tests own time.
 *
 * Thread: the owner of the clock, always. A timer fires at most once per arming; stopping or
 * re-arming it is possible at any moment, also from its own callback. */
#pragma once
#include <glib.h>

typedef struct ims_clock ims_clock;
typedef struct ims_timer ims_timer;

/* Filled in by whoever runs the loop: sip/ims_stack, or a test. */
struct ims_clock {
	gint64 (*now_ms)(ims_clock *clock);                                   /* monotonic */
	gpointer (*arm)(ims_clock *clock, gint64 delay_ms, ims_timer *timer); /* returns what disarm wants */
	void (*disarm)(ims_clock *clock, gpointer armed);
};

struct ims_timer {
	ims_clock *clock;
	gpointer armed; /* NULL: not armed */
	void (*fire)(gpointer user);
	gpointer user;
};

void ims_timer_init(ims_timer *timer, ims_clock *clock, void (*fire)(gpointer user), gpointer user);
void ims_timer_arm(ims_timer *timer, gint64 delay_ms); /* replaces an earlier arming */
void ims_timer_stop(ims_timer *timer);                 /* harmless when not armed, or never initialised */
gboolean ims_timer_is_armed(const ims_timer *timer);
void ims_timer_fired(ims_timer *timer); /* for clocks only: the time has come, the arming is used up */

gint64 ims_clock_now_ms(ims_clock *clock);
