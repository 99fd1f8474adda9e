/* ims_descriptors.h: the descriptors that this process has open: how many of those that it may have
 * (RLIMIT_NOFILE), and those that a library keeps to itself.
 *
 * How many, Linux tells since 6.2. Before, the lowest number that is free stands for it, as they are handed
 * out from there: that is too few while there are gaps below. Thread: any. */
#pragma once
#include <glib.h>

gboolean ims_descriptors_has_more_than(guint spare); /* TRUE also when nobody can tell */

typedef gboolean (*ims_descriptors_test)(int fd, gconstpointer wanted);

/* The first one that passes; -1: there is none, or no /proc. Others may open and close some meanwhile. */
int ims_descriptors_find(ims_descriptors_test test, gconstpointer wanted);
