#include "base/ims_overload.h"

#define ALL 1000
/* Looks in a row until there is less: one may be a thread that was not let run, and what is let in now is
 * work later, so that the next one does not show yet what has changed. */
#define PERSISTENT 2
/* Somebody always comes in: else nothing would tell that there is room again. */
#define LEAST 20
/* Down by a fifth, up by a fortieth of all: from half of all it is back in two seconds. */
#define LESS(share) ((share) - (share) / 5)
#define MORE(share) ((share) + ALL / 40)

void ims_overload_init(ims_overload *overload, guint limit_ms)
{
	*overload = (ims_overload){ .limit_ms = limit_ms, .share = ALL, .credit = ALL };
}

gboolean ims_overload_is_on(const ims_overload *overload)
{
	return overload->share < ALL;
}

gboolean ims_overload_look(ims_overload *overload, guint least_wait_ms)
{
	gboolean was_on = ims_overload_is_on(overload);

	if (overload->limit_ms == 0)
		return FALSE;
	overload->over = least_wait_ms > overload->limit_ms ? overload->over + 1 : 0;
	if (overload->over == 0) {
		overload->share = MIN(MORE(overload->share), ALL);
	} else if (overload->over == PERSISTENT) {
		overload->share = MAX(LESS(overload->share), LEAST);
		overload->over = 0;
	}
	return was_on != ims_overload_is_on(overload);
}

gboolean ims_overload_lets_in(ims_overload *overload)
{
	overload->credit = MIN(overload->credit + overload->share, 2 * ALL);
	if (overload->credit < ALL)
		return FALSE;
	overload->credit -= ALL;
	return TRUE;
}
