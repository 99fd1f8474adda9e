#include "base/ims_descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

/* G_MAXUINT64: there is no other one. */
static guint64 lowest_free(void)
{
	int next = open("/dev/null", O_RDONLY | O_CLOEXEC);

	if (next < 0) /* without a /dev/null nobody knows */
		return errno == EMFILE || errno == ENFILE ? G_MAXUINT64 : 0;
	close(next);
	return (guint64)next;
}

static guint64 in_use(void)
{
	struct stat all;

	if (stat("/proc/self/fd", &all) == 0 && all.st_size > 0)
		return (guint64)all.st_size;
	return lowest_free();
}

gboolean ims_descriptors_has_more_than(guint spare)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
		return TRUE;
	return limit.rlim_cur > spare && in_use() < limit.rlim_cur - spare;
}

int ims_descriptors_find(ims_descriptors_test test, gconstpointer wanted)
{
	g_autoptr(GDir) all = g_dir_open("/proc/self/fd", 0, NULL);
	const char *name;

	while (all && (name = g_dir_read_name(all)))
		if (test(atoi(name), wanted))
			return atoi(name);
	return -1;
}
