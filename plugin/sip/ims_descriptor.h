/* ims_descriptor.h: descriptors that a library keeps to itself, looked up among those of the process. */
#pragma once
#include <glib.h>

typedef gboolean (*ims_descriptor_test)(int fd, gconstpointer wanted);

/* The first one that passes; -1: there is none, or no /proc. Other threads may open and close some meanwhile.
 */
int ims_descriptor_find(ims_descriptor_test test, gconstpointer wanted); /* [any thread] */
