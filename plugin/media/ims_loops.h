/* ims_loops.h: the loops that the media of one gateway run on: those of Janus that serve a leg (ims_loop.h),
 * and one of our own.
 *
 * Thread: any. Owner: who made it; it outlives all media. */
#pragma once
#include <glib.h>

typedef struct ims_loops ims_loops;

ims_loops *ims_loops_new(void);
/* For a handle whose loop cannot be had; a reference. */
GMainContext *ims_loops_spare(ims_loops *loops);
/* [when no media is alive] Ends the thread of our own, if there is one. Accepts NULL. */
void ims_loops_free(ims_loops *loops);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ims_loops, ims_loops_free)
