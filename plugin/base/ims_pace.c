#include "base/ims_pace.h"

#include "base/ims_random.h"

#define LASTING_MS (5 * 60 * 1000)

guint ims_pace_spread_s(guint about_s)
{
	guint least_s = MAX(about_s / 2, 1);

	return least_s + (guint)(ims_random_u53() % (about_s + 1));
}

guint ims_pace_refresh_s(guint granted_s)
{
	return granted_s > 1200 ? granted_s - 600 : granted_s / 2;
}

/* min(1800, 30 * 2^n) seconds, of that 50 to 100 %. */
gint64 ims_pace_back_off_ms(guint failures)
{
	gint64 base_s = MIN(1800, 30LL << MIN(failures, 6));

	return base_s * 500 + (gint64)(ims_random_u53() % (guint64)(base_s * 500));
}

void ims_pace_begin(ims_pace *pace, gint64 now_ms)
{
	pace->since_ms = now_ms;
}

gint64 ims_pace_end_ms(ims_pace *pace, gboolean refused, gint64 now_ms)
{
	pace->failures = now_ms - pace->since_ms >= LASTING_MS ? 0 : pace->failures + 1;
	if (!refused && pace->failures <= 1)
		return 0;
	return ims_pace_back_off_ms(MAX(pace->failures, 1) - 1);
}
