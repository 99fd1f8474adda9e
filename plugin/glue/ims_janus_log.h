/* ims_janus_log.h: Janus's log as the sink of ours, for the glue/ of both shared objects. */
#pragma once
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#include <debug.h>
#pragma GCC diagnostic pop
#include "base/ims_log.h"

enum { IMS_JANUS_LOG_LINE = 2048 };

/* name: whose line it is, "ims". */
static inline void ims_janus_log(const char *name, ims_log_level level, const char *who, const char *format,
				 va_list args)
{
	static const int levels[] = { LOG_ERR, LOG_WARN, LOG_INFO, LOG_VERB, LOG_DBG };
	char line[IMS_JANUS_LOG_LINE];
	int at;

	if (levels[level] > janus_log_level)
		return;
	at = g_snprintf(line, sizeof(line), "%.256s%s", who ? who : "", who ? ": " : "");
	g_vsnprintf(line + at, sizeof(line) - (gsize)at, format, args);
	/* Much of it was chosen by strangers: nobody forges a line, or speaks to the operator's terminal. */
	for (char *c = line; *c; c++)
		if ((guchar)*c < ' ' || *c == 0x7f)
			*c = '?';
	JANUS_LOG(levels[level], "[%s] %s\n", name, line);
}
