/* ims_spare_loop.h: a loop of our own, for handles whose loop cannot be had. Its thread is made at the first
 * need.
 *
 * Thread: any. */
#pragma once
#include <glib.h>

typedef struct ims_spare_loop ims_spare_loop;

ims_spare_loop *ims_spare_loop_new(void);
GMainContext *ims_spare_loop_context(ims_spare_loop *spare); /* a reference */
void ims_spare_loop_free(ims_spare_loop *spare); /* [when nothing is served any more] ends the thread */
