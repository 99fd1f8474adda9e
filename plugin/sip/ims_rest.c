#include "sip/ims_rest.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>

#include "sip/ims_descriptor.h"
#include "sip/internal.h"

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
	*rest = (ims_rest){ root, ims_descriptor_find(watches, &watched) };
}

void ims_rest_until_due(const ims_rest *rest)
{
	struct pollfd anything = { rest->fd, POLLIN, 0 };
	su_time_t now = su_now();
	su_duration_t left_ms = SU_WAIT_FOREVER;

	if (rest->fd < 0)
		return;
	su_timer_expire(su_task_timers(su_root_task(rest->root)), &left_ms, now);
	su_timer_expire(su_task_deferrable(su_root_task(rest->root)), &left_ms, now);
	if (left_ms == 0)
		poll(&anything, 1, 1);
}
