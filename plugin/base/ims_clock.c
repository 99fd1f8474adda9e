#include "base/ims_clock.h"

void ims_timer_init(ims_timer *timer, ims_clock *clock, void (*fire)(gpointer user), gpointer user)
{
	*timer = (ims_timer){ .clock = clock, .fire = fire, .user = user };
}

void ims_timer_arm(ims_timer *timer, gint64 delay_ms)
{
	ims_timer_stop(timer);
	timer->armed = timer->clock->arm(timer->clock, MAX(delay_ms, 0), timer);
}

void ims_timer_stop(ims_timer *timer)
{
	gpointer armed = g_steal_pointer(&timer->armed);

	if (armed)
		timer->clock->disarm(timer->clock, armed);
}

gboolean ims_timer_is_armed(const ims_timer *timer)
{
	return timer->armed != NULL;
}

void ims_timer_fired(ims_timer *timer)
{
	timer->armed = NULL;
	timer->fire(timer->user);
}

gint64 ims_clock_now_ms(ims_clock *clock)
{
	return clock->now_ms(clock);
}
