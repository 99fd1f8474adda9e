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

static void fire_due(lws_sorted_usec_list_t *next);

static void wait_for_first(sipws_clock *clock)
{
	const armed_timer *first = first_of(clock);
	gint64 delay_ms = first ? MAX(first->due_ms - now_ms(&clock->clock), 0) : 0;

	if (clock->context)
		lws_sul_schedule(clock->context, 0, &clock->next, fire_due,
				 first ? delay_ms * LWS_US_PER_MS + 1 : LWS_SET_TIMER_USEC_CANCEL);
}

/* Those that are set meanwhile wait for the next round, even if they are due at once. */
static void fire_due(lws_sorted_usec_list_t *next)
{
	sipws_clock *clock = lws_container_of(next, sipws_clock, next);
	gint64 now = now_ms(&clock->clock);

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

void sipws_clock_init(sipws_clock *clock, struct lws_context *context)
{
	*clock = (sipws_clock){ .clock = { now_ms, arm, disarm },
				.context = context,
				.timers = g_sequence_new(g_free) };
}

void sipws_clock_stop(sipws_clock *clock)
{
	lws_sul_schedule(clock->context, 0, &clock->next, fire_due, LWS_SET_TIMER_USEC_CANCEL);
	clock->context = NULL;
}

void sipws_clock_clear(sipws_clock *clock)
{
	g_clear_pointer(&clock->timers, g_sequence_free);
}
