#include "base/ims_lag.h"

void ims_lag_init(ims_lag *lag)
{
	g_atomic_int_set(&lag->least_us, G_MAXINT);
	g_atomic_int_set(&lag->longest_us, 0);
}

void ims_lag_note(ims_lag *lag, gint64 waited_us)
{
	gint us = (gint)CLAMP(waited_us, 0, G_MAXINT - 1), before;

	do
		before = g_atomic_int_get(&lag->least_us);
	while (us < before && !g_atomic_int_compare_and_exchange(&lag->least_us, before, us));
	do
		before = g_atomic_int_get(&lag->longest_us);
	while (us > before && !g_atomic_int_compare_and_exchange(&lag->longest_us, before, us));
}

static gint exchange(gint *number, gint with)
{
	gint before;

	do
		before = g_atomic_int_get(number);
	while (!g_atomic_int_compare_and_exchange(number, before, with));
	return before;
}

ims_waits ims_lag_take(ims_lag *lag)
{
	gint least = exchange(&lag->least_us, G_MAXINT), longest = exchange(&lag->longest_us, 0);

	return (ims_waits){ .least_ms = least == G_MAXINT ? 0 : (guint)least / 1000,
			    .longest_ms = (guint)longest / 1000 };
}
