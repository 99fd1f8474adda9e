/* log_recorder.h: keeps what is logged, to look for what must never be there. Threads: one. */
#pragma once
#include <glib.h>
#include "base/ims_log.h"

static GString *logged;

static inline void log_record(ims_log_level level, const char *who, const char *format, va_list args)
{
	(void)level;
	g_string_append_printf(logged, "%s: ", who ? who : "");
	g_string_append_vprintf(logged, format, args);
	g_string_append_c(logged, '\n');
}

static inline void log_recorder_start(void)
{
	logged = g_string_new(NULL);
	ims_log_set_sink(log_record);
}

static inline void log_recorder_stop(void)
{
	ims_log_set_sink(NULL);
	g_string_free(logged, TRUE);
	logged = NULL;
}
