/* ims_descriptors.h: how many of the descriptors that this process may have (RLIMIT_NOFILE) it has open.
 *
 * Linux tells since 6.2. Before, the lowest number that is free stands for it, as they are handed out from
 * there: that is too few while there are gaps below. Thread: any. */
#pragma once
#include <glib.h>

gboolean ims_descriptors_has_more_than(guint spare); /* TRUE also when nobody can tell */
