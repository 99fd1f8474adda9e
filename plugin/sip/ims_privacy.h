/* ims_privacy.h: what a user wants withheld (RFC 3323, RFC 3325). Pure. */
#pragma once
#include <glib.h>

/* What stands in From of somebody who wants to remain unknown (RFC 3323 4.1.1.3). */
#define IMS_ANONYMOUS "sip:anonymous@anonymous.invalid"
#define IMS_ANONYMOUS_NAME "Anonymous"

/* A Privacy value: "none", or some of id, header, user, session, critical and history, with ; between them.
 * IMS_E_INVALID_ELEMENT otherwise. request: for the sentence. */
gboolean ims_privacy_check(const char *request, const char *privacy, GError **error);
/* Whether the user's own end has to keep From quiet: id, user or header. privacy NULL: no. */
gboolean ims_privacy_hides_identity(const char *privacy);
