#include "sip/ims_descriptor.h"

#include <stdlib.h>

int ims_descriptor_find(ims_descriptor_test test, gconstpointer wanted)
{
	g_autoptr(GDir) all = g_dir_open("/proc/self/fd", 0, NULL);
	const char *name;

	while (all && (name = g_dir_read_name(all)))
		if (test(atoi(name), wanted))
			return atoi(name);
	return -1;
}
