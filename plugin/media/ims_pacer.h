/* ims_pacer.h: requests for a key frame in one direction, paced: a storm of them makes one now and
 * one when the gap is over, as the first key frame may have been too early for the last who asked.
 *
 * Pure: time comes as an argument, monotonic microseconds. Thread: its owner's. */
#pragma once
#include <glib.h>

#define IMS_PACER_NEVER (-1)

typedef struct {
	gint64 due_us;  /* IMS_PACER_NEVER: nobody asks */
	gint64 free_us; /* when the next may go */
} ims_pacer;

void ims_pacer_init(ims_pacer *pacer);
void ims_pacer_ask(ims_pacer *pacer, gint64 now_us);
gboolean ims_pacer_take(ims_pacer *pacer, gint64 gap_us, gint64 now_us); /* TRUE: send one now */
