/* ims_spare_loop.h: a loop of our own, for handles whose loop cannot be had. Its thread is made at the first
 * need.
 *
 * Thread: any. */
#pragma once
#include <glib.h>

GMainContext *ims_spare_loop_context(void); /* a reference */
void ims_spare_loop_end(void);              /* [when nothing is served any more] ends the thread */
