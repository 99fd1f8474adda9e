/* ims_lag.h: how long work waits in a queue before it is taken up: the least and the longest wait of a while.
 *
 * A queue that stands shows in the least: then every piece of work waits, while a burst has a first one that
 * does not (RFC 8289). Thread: any; zeroed and initialised by its owner. */
#pragma once
#include <glib.h>

typedef struct {
	gint least_us, longest_us; /* atomic; least_us G_MAXINT: nothing came */
} ims_lag;

typedef struct {
	guint least_ms, longest_ms; /* 0: nothing came */
} ims_waits;

void ims_lag_init(ims_lag *lag);
void ims_lag_note(ims_lag *lag, gint64 waited_us);
ims_waits ims_lag_take(ims_lag *lag); /* of the while since the last time */
