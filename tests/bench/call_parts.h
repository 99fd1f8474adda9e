/* What the generators of calls have in common: a browser's descriptions, what is due later, percentiles. */
#pragma once

#include <glib.h>
#include <jansson.h>

double now(void); /* seconds, monotonic */

/* What is due after a constant time comes in the order in which it was put off. */
typedef struct {
	GQueue users;
	double *due; /* by user */
} delay;

void delay_init(delay *d, guint users);
void put_off(delay *d, guint number, double by_s);
/* TRUE: *number is due, and is taken out. */
gboolean is_due(delay *d, double at, guint *number);

/* Of one audio m-line, without candidates, as the value of a message's `jsep`; owned by the caller. */
char *canned_jsep(const char *type, const char *setup, const char *mid, guint ssrc);
/* Of the first m-line in the message's description; owned by the caller. */
char *mid_in(const json_t *message);

/* Of doubles, which it sorts; 0 where there are none. */
double percentile(GArray *values, double share);
