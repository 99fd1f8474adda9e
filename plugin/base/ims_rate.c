#include "base/ims_rate.h"

#define TOKEN 60000
#define BURST_OF_ALL 100 /* so many in a second are none too many when they come at once */

static gint64 capacity(const ims_rate *rate)
{
	return (gint64)rate->burst * TOKEN;
}

void ims_rate_init(ims_rate *rate, guint per_minute, gint64 now_ms)
{
	rate->per_minute = rate->burst = per_minute;
	rate->filled_ms = now_ms;
	rate->level = capacity(rate);
}

void ims_rate_init_per_second(ims_rate *rate, guint per_second, gint64 now_ms)
{
	ims_rate_init(rate, MIN(per_second, MAX(per_second / 4, BURST_OF_ALL)), now_ms);
	rate->per_minute = per_second * 60;
}

static void fill(ims_rate *rate, gint64 now_ms)
{
	gint64 passed_ms = CLAMP(now_ms - rate->filled_ms, 0, TOKEN); /* in a minute it is full again */

	rate->level = MIN(capacity(rate), rate->level + passed_ms * rate->per_minute);
	rate->filled_ms = now_ms;
}

gboolean ims_rate_take(ims_rate *rate, gint64 now_ms)
{
	if (rate->per_minute == 0)
		return TRUE;
	fill(rate, now_ms);
	if (rate->level < TOKEN)
		return FALSE;
	rate->level -= TOKEN;
	return TRUE;
}

void ims_rate_give(ims_rate *rate)
{
	rate->level = MIN(capacity(rate), rate->level + TOKEN);
}

guint ims_rate_wait_s(ims_rate *rate, gint64 now_ms)
{
	fill(rate, now_ms);
	if (rate->per_minute == 0 || rate->level >= TOKEN)
		return 0;
	return (guint)((TOKEN - rate->level + rate->per_minute * G_GINT64_CONSTANT(1000) - 1) /
		       (rate->per_minute * G_GINT64_CONSTANT(1000)));
}

gboolean ims_rate_is_full(ims_rate *rate, gint64 now_ms)
{
	fill(rate, now_ms);
	return rate->level == capacity(rate);
}
