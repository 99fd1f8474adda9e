#include "server/sipws_clock.h"

typedef struct {
	gint64 due_ms;
	ims_timer *timer;
} armed_timer;

static gint64 now_ms(ims_clock *clock)
{
	(void)clock;
	return g_get_monotonic_time() / 1000;
}

static int compare(gconstpointer a, gconstpointer b, gpointer user)
{
	const armed_timer *first = a, *second = b;

	(void)user;
	return first->due_ms < second->due_ms ? -1 : first->due_ms > second->due_ms;
}

static armed_timer *first_of(sipws_clock *clock)
{
	GSequenceIter *first = g_sequence_get_begin_iter(clock->timers);

	return g_sequence_iter_is_end(first) ? NULL : g_sequence_get(first);
}

static void wait_for_first(sipws_clock *clock)
{
	const armed_timer *first = first_of(clock);

	if (!clock->loop)
		return;
	ev_timer_stop(clock->loop, &clock->next);
	if (!first)
		return;
	ev_now_update(clock->loop);
	ev_timer_set(&clock->next, (double)MAX(first->due_ms - now_ms(&clock->clock), 0) / 1000.0, 0.0);
	ev_timer_start(clock->loop, &clock->next);
}

/* Those that are set meanwhile wait for the next round, even if they are due at once. */
static void fire_due(struct ev_loop *loop, ev_timer *next, int events)
{
	sipws_clock *clock = next->data;
	gint64 now = now_ms(&clock->clock);

	(void)loop, (void)events;
	for (armed_timer *first; (first = first_of(clock)) && first->due_ms <= now;) {
		ims_timer *timer = first->timer;

		g_sequence_remove(g_sequence_get_begin_iter(clock->timers));
		ims_timer_fired(timer);
	}
	wait_for_first(clock);
}

static gpointer arm(ims_clock *base, gint64 delay_ms, ims_timer *timer)
{
	sipws_clock *clock = (sipws_clock *)base;
	armed_timer *armed = g_new(armed_timer, 1);
	GSequenceIter *at;

	*armed = (armed_timer){ now_ms(base) + MAX(delay_ms, 1), timer };
	at = g_sequence_insert_sorted(clock->timers, armed, compare, NULL);
	if (g_sequence_iter_is_begin(at))
		wait_for_first(clock);
	return at;
}

/* The next may wake us for nothing. */
static void disarm(ims_clock *clock, gpointer armed)
{
	(void)clock;
	g_sequence_remove(armed);
}

void sipws_clock_init(sipws_clock *clock, struct ev_loop *loop)
{
	*clock = (sipws_clock){ .clock = { now_ms, arm, disarm },
				.loop = loop,
				.timers = g_sequence_new(g_free) };
	ev_timer_init(&clock->next, fire_due, 0.0, 0.0);
	clock->next.data = clock;
}

void sipws_clock_stop(sipws_clock *clock)
{
	ev_timer_stop(clock->loop, &clock->next);
	clock->loop = NULL;
}

void sipws_clock_clear(sipws_clock *clock)
{
	g_clear_pointer(&clock->timers, g_sequence_free);
}
