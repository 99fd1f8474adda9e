/* sipws_load.h: how long work waits for the server's thread, what Janus says and what comes by its sockets;
 * while that is too long, fewer new clients are let in (REQ-144).
 *
 * Pure; the caller brings the time. */
#pragma once
#include <glib.h>
#include "base/ims_alarm.h"
#include "base/ims_lag.h"
#include "base/ims_overload.h"

/* How often it wants to be looked at. Later than that is how long the sockets wait. */
#define SIPWS_LOAD_LOOK_MS IMS_OVERLOAD_INTERVAL_MS

typedef struct {
	ims_overload overload;
	ims_lag *mail;
	ims_alarms *alarms;
	gint64 looked_us;
	guint longest_ms; /* wait before it was looked at last */
} sipws_load;

/* limit_ms: that work may wait; 0: however long. mail: of the thread's box. Both outlive it. */
void sipws_load_init(sipws_load *load, guint limit_ms, ims_lag *mail, ims_alarms *alarms, gint64 now_us);
void sipws_load_look(sipws_load *load, gint64 now_us);
gboolean sipws_load_lets_in(sipws_load *load);
