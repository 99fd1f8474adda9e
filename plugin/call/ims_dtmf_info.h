/* ims_dtmf_info.h: a key press as the body of an INFO (REQ-105). Pure. */
#pragma once
#include <glib.h>

/* application/dtmf-relay (lines Signal= and Duration=) or application/dtmf (the key alone). content_type:
 * with or without parameters. FALSE: it is none. ret_signal: 0 to 9, *, #, A to D. ret_duration_ms: 0: not
 * told. */
gboolean ims_dtmf_info_parse(const char *content_type, GBytes *body, char *ret_signal,
			     guint *ret_duration_ms);
