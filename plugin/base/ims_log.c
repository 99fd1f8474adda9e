#include "base/ims_log.h"

#include <stdio.h>

static void to_stderr(ims_log_level level, const char *who, const char *format, va_list args)
{
	static const char *const names[] = { "ERR", "WARN", "INFO", "VERB", "DEBUG" };
	g_autofree char *line = g_strdup_vprintf(format, args);

	fprintf(stderr, "[ims] %s %s%s%s\n", names[level], who ? who : "", who ? ": " : "", line);
}

static ims_log_sink log_sink = to_stderr;

void ims_log_set_sink(ims_log_sink sink)
{
	log_sink = sink ? sink : to_stderr;
}

void ims_log(ims_log_level level, const char *who, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	log_sink(level, who, format, args);
	va_end(args);
}
