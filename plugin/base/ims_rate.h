/* ims_rate.h: how often something may happen: a bucket of tokens that fills evenly, and holds what may come
 * at once: a minute's worth; or of what may come in a second a quarter, but a hundred where they are not more.
 *
 * Pure; the caller brings the time. */
#pragma once
#include <glib.h>

typedef struct {
	guint per_minute; /* 0: no limit */
	guint burst;      /* what it holds */
	gint64 filled_ms; /* when level was right */
	gint64 level;     /* in 1/60000 of a token: per_minute of them come each millisecond */
} ims_rate;

void ims_rate_init(ims_rate *rate, guint per_minute, gint64 now_ms); /* full */
/* up to 1000000; 0: no limit */
void ims_rate_init_per_second(ims_rate *rate, guint per_second, gint64 now_ms);
gboolean ims_rate_take(ims_rate *rate, gint64 now_ms); /* FALSE: too often */
void ims_rate_give(ims_rate *rate);                    /* what was taken did not count */
guint ims_rate_wait_s(ims_rate *rate, gint64 now_ms);  /* until there is one to take; 0: there is */
gboolean ims_rate_is_full(ims_rate *rate, gint64 now_ms);
