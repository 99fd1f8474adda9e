#include "sip/ims_rest.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "base/ims_descriptors.h"
#include "sip/internal.h"

/* Of work between two rests: more, and what was put off until then waits; fewer, and it is done piece by
 * piece. */
#define STEPS 8
#define LONGEST_MS 1000
/* A step does what is due before it sleeps, and what follows from that waits for its end. */
#define BLIND_MS 20

/* The kernel tells what an epoll descriptor watches, a line each: "tfd: 12 events: 19 data: ...". */
static gboolean watches(int fd, gconstpointer wanted)
{
	g_autofree char *path = g_strdup_printf("/proc/self/fdinfo/%d", fd), *text = NULL;
	int watched = -1;

	if (!g_file_get_contents(path, &text, NULL, NULL))
		return FALSE;
	for (const char *line = text; (line = strstr(line, "tfd:")); line += strlen("tfd:"))
		if (sscanf(line, "tfd: %d", &watched) == 1 && watched == *(const int *)wanted)
			return TRUE;
	return FALSE;
}

void ims_rest_init(ims_rest *rest, su_root_t *root, int watched)
{
	*rest = (ims_rest){ root, ims_descriptors_find(watches, &watched) };
}

su_duration_t ims_rest_after_work(const ims_rest *rest)
{
	su_duration_t due_ms = 0;

	/* A step that has found something returns 0, and so does one with a timer near. */
	for (guint i = 0; i < STEPS && due_ms == 0; i++)
		due_ms = su_root_step(rest->root, 0);
	return due_ms;
}

void ims_rest_until_due(const ims_rest *rest, su_duration_t due_ms)
{
	struct pollfd anything = { rest->fd, POLLIN, 0 };
	int longest_ms = due_ms < 0 ? LONGEST_MS : (int)MIN(due_ms + 1, LONGEST_MS);

	if (rest->fd < 0)
		su_root_step(rest->root, MIN(longest_ms, BLIND_MS));
	else
		poll(&anything, 1, longest_ms);
}
