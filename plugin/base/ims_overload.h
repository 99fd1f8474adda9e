/* ims_overload.h: which share of new work is let in when work waits too long: while it does, less and less,
 * afterwards more and more again (the loss-based control of RFC 7339, on a standing queue as in RFC 8289).
 *
 * Pure: somebody looks once in IMS_OVERLOAD_INTERVAL_MS, and brings the least wait of that while. */
#pragma once
#include <glib.h>

#define IMS_OVERLOAD_INTERVAL_MS 100

typedef struct {
	guint limit_ms; /* that work may wait; 0: however long */
	guint over;     /* looks in a row in which work waited longer, since there was less */
	guint share;    /* in thousandths */
	guint credit;   /* of those that were not let in, towards the next one that is; the same */
} ims_overload;

void ims_overload_init(ims_overload *overload, guint limit_ms);
/* TRUE: it begins, or is over. */
gboolean ims_overload_look(ims_overload *overload, guint least_wait_ms);
gboolean ims_overload_is_on(const ims_overload *overload); /* something is kept out */
/* Evenly: of ten, with a share of 300, every third or fourth one. */
gboolean ims_overload_lets_in(ims_overload *overload);
