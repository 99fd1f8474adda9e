#include "base/ims_pace.h"

#include "base/ims_random.h"

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
