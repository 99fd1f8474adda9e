/* ims_refer_to.h: whom a REFER is about, and what the call that it asks for carries (RFC 3515, RFC 3891).
 * Pure. */
#pragma once
#include <glib.h>

/* Value of Refer-To. replaces: value of Replaces in that call; NULL: none. Free with g_free. */
char *ims_refer_to_make(const char *uri, const char *replaces);
/* Of the headers in a URI, "a=b&c=d", the value of one, unescaped; NULL: not there, or malformed. Free with
 * g_free. */
char *ims_refer_to_header(const char *headers, const char *name);
