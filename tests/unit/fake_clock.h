/* fake_clock.h: an ims_clock whose time the test owns. */
#pragma once
#include <glib.h>
#include "base/ims_clock.h"

typedef struct {
	ims_clock clock; /* first: a fake_clock is an ims_clock */
	gint64 now_ms;
	GPtrArray *armed; /* of fake_arming */
} fake_clock;

typedef struct {
	ims_timer *timer;
	gint64 at_ms;
} fake_arming;

static inline gint64 fake_now_ms(ims_clock *clock)
{
	return ((fake_clock *)clock)->now_ms;
}

static inline gpointer fake_arm(ims_clock *clock, gint64 delay_ms, ims_timer *timer)
{
	fake_clock *fake = (fake_clock *)clock;
	fake_arming *arming = g_new(fake_arming, 1);

	g_assert_cmpint(delay_ms, >=, 0);
	*arming = (fake_arming){ timer, fake->now_ms + delay_ms };
	g_ptr_array_add(fake->armed, arming);
	return arming;
}

static inline void fake_disarm(ims_clock *clock, gpointer armed)
{
	g_assert_true(g_ptr_array_remove(((fake_clock *)clock)->armed, armed));
}

static inline void fake_clock_init(fake_clock *fake)
{
	*fake = (fake_clock){ { fake_now_ms, fake_arm, fake_disarm },
			      .now_ms = 1000000,
			      .armed = g_ptr_array_new_with_free_func(g_free) };
}

/* Whoever is gone has stopped his timers. */
static inline void fake_clock_clear(fake_clock *fake)
{
	g_assert_cmpuint(fake->armed->len, ==, 0);
	g_ptr_array_unref(fake->armed);
}

static inline fake_arming *fake_clock_next(fake_clock *fake)
{
	fake_arming *next = NULL;

	for (guint i = 0; i < fake->armed->len; i++) {
		fake_arming *arming = g_ptr_array_index(fake->armed, i);

		if (!next || arming->at_ms < next->at_ms)
			next = arming;
	}
	return next;
}

/* Milliseconds to the next timer, -1: none is armed. */
static inline gint64 fake_clock_left_ms(fake_clock *fake)
{
	fake_arming *next = fake_clock_next(fake);

	return next ? next->at_ms - fake->now_ms : -1;
}

static inline void fake_clock_pass_ms(fake_clock *fake, gint64 ms)
{
	gint64 until = fake->now_ms + ms;
	fake_arming *next;

	while ((next = fake_clock_next(fake)) && next->at_ms <= until) {
		ims_timer *timer = next->timer;

		fake->now_ms = MAX(fake->now_ms, next->at_ms);
		g_ptr_array_remove(fake->armed, next);
		ims_timer_fired(timer);
	}
	fake->now_ms = until;
}

/* To the next timer, which fires. Milliseconds it took. */
static inline gint64 fake_clock_skip(fake_clock *fake)
{
	gint64 left = fake_clock_left_ms(fake);

	g_assert_cmpint(left, >=, 0);
	fake_clock_pass_ms(fake, left);
	return left;
}
