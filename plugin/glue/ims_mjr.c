#include "glue/ims_mjr.h"

#include <errno.h>

#include "glue/ims_janus.h"
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#include <record.h>
#pragma GCC diagnostic pop

/* All that is used of it is the same in API versions 102 (Janus 1.1.2) to 106 (1.4). */
G_STATIC_ASSERT(JANUS_PLUGIN_API_VERSION >= 102);

#define PAUSED (-5) /* what saving a frame says then */

gpointer ims_mjr_open(const char *folder, const char *name, const char *codec)
{
	return janus_recorder_create(folder, codec, name);
}

/* Janus looks at what the last of several calls of fwrite says. When a disk is full one of them fails, what
 * was buffered is gone, and the next succeeds: only the stream remembers. */
int ims_mjr_write(gpointer file, char *packet, guint length)
{
	const janus_recorder *recorder = file;
	int failed;

	errno = 0;
	failed = janus_recorder_save_frame(file, packet, length);
	if ((failed == 0 || failed == PAUSED) && !ferror(recorder->file))
		return 0;
	return errno ? errno : EIO;
}

void ims_mjr_pause(gpointer file, gboolean pause)
{
	if (pause)
		janus_recorder_pause(file);
	else
		janus_recorder_resume(file);
}

void ims_mjr_close(gpointer file)
{
	janus_recorder_close(file);
	janus_recorder_destroy(file);
}
