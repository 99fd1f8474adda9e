/* ims_pace.h: how long to wait before the network is asked again. Pure. */
#pragma once
#include <glib.h>

/* ... to prolong what it has granted for so long (24.229 5.1.1.4.1, 5.1.2.2; REQ-14). */
guint ims_pace_refresh_s(guint granted_s);
/* ... for what has failed before, so many times in a row (RFC 5626 4.5). */
gint64 ims_pace_back_off_ms(guint failures);
