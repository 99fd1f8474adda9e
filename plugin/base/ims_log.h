/* ims_log.h: log lines that know whom they are about.
 *
 * ERR: an operator must act. WARN: a peer misbehaved. INFO: lifecycle. VERB: protocol steps.
 * Passwords, keys, tokens and nonces never reach a format string.
 *
 * Thread: any. The sink is plugged in once, before threads exist: glue/ installs Janus's log,
 * tests their own; without one lines go to stderr. */
#pragma once
#include <stdarg.h>
#include <glib.h>

typedef enum {
	IMS_LOG_ERR,
	IMS_LOG_WARN,
	IMS_LOG_INFO,
	IMS_LOG_VERB,
	IMS_LOG_DEBUG,
} ims_log_level;

typedef void (*ims_log_sink)(ims_log_level level, const char *who, const char *format, va_list args);

void ims_log_set_sink(ims_log_sink sink); /* NULL: stderr */

/* who: the object in the reader's terms, "sip:alice@ims.example"; NULL when about nobody. */
void ims_log(ims_log_level level, const char *who, const char *format, ...) G_GNUC_PRINTF(3, 4);

#define ims_err(who, ...) ims_log(IMS_LOG_ERR, who, __VA_ARGS__)
#define ims_warn(who, ...) ims_log(IMS_LOG_WARN, who, __VA_ARGS__)
#define ims_info(who, ...) ims_log(IMS_LOG_INFO, who, __VA_ARGS__)
#define ims_verb(who, ...) ims_log(IMS_LOG_VERB, who, __VA_ARGS__)
#define ims_debug(who, ...) ims_log(IMS_LOG_DEBUG, who, __VA_ARGS__)
