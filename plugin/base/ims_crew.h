/* ims_crew.h: a few threads that serve a line of things, as few of them awake as are needed: one, and another
 * for each that is in a call which can block.
 *
 * To wake a thread costs more than most of what it would do, for whoever wakes it too. */
#pragma once
#include <glib.h>

typedef struct ims_crew ims_crew;

/* [a thread of the crew, at last whoever frees it] Several at the same time, of different things. */
typedef void (*ims_crew_serve)(gpointer thing, gpointer user);

ims_crew *ims_crew_new(const char *name, guint threads, ims_crew_serve serve, gpointer user);
/* Things may be pushed as often as one likes. If all threads sleep, they are served when one is called; what
 * is pushed from `serve` needs no call. [any thread] */
void ims_crew_push(ims_crew *crew, gpointer thing);
void ims_crew_call(ims_crew *crew);
/* Around a call that can block. [only in `serve`] */
void ims_crew_block(ims_crew *crew);
void ims_crew_unblock(ims_crew *crew);
void ims_crew_free(ims_crew *crew); /* what is left is served before it returns; accepts NULL */
