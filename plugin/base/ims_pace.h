/* ims_pace.h: how long to wait before the network is asked again. Pure. */
#pragma once
#include <glib.h>

/* ... about so many seconds from now, by whom this gateway refuses: from half of it to half as much again,
 * and 1 at least, so that not all of them come at once. */
guint ims_pace_spread_s(guint about_s);

/* ... to prolong what it has granted for so long (24.229 5.1.1.4.1, 5.1.2.2; REQ-14). */
guint ims_pace_refresh_s(guint granted_s);
/* ... for what has failed before, so many times in a row (RFC 5626 4.5). */
gint64 ims_pace_back_off_ms(guint failures);

/* Something that is to last, and is begun again when it ends. Zeroed: it never was. */
typedef struct {
	gint64 since_ms;
	guint failures; /* endings in a row that came too soon */
} ims_pace;

void ims_pace_begin(ims_pace *pace, gint64 now_ms);
/* It has ended: how long to wait. At once, unless it was refused, or ends again and again. */
gint64 ims_pace_end_ms(ims_pace *pace, gboolean refused, gint64 now_ms);
