#include "base/ims_rate.h"

#define TOKEN 60000

static gint64 capacity(const ims_rate *rate)
{
	return (gint64)rate->per_minute * TOKEN;
}

void ims_rate_init(ims_rate *rate, guint per_minute, gint64 now_ms)
{
	rate->per_minute = per_minute;
	rate->filled_ms = now_ms;
	rate->level = capacity(rate);
}

gboolean ims_rate_take(ims_rate *rate, gint64 now_ms)
{
	gint64 passed_ms = CLAMP(now_ms - rate->filled_ms, 0, TOKEN); /* in a minute it is full again */

	if (rate->per_minute == 0)
		return TRUE;
	rate->level = MIN(capacity(rate), rate->level + passed_ms * rate->per_minute);
	rate->filled_ms = now_ms;
	if (rate->level < TOKEN)
		return FALSE;
	rate->level -= TOKEN;
	return TRUE;
}
