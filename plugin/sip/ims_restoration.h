/* ims_restoration.h: does a body of type application/3gpp-ims+xml ask for a new initial registration?
 *
 * 24.229 7.6: <ims-3gpp><alternative-service><type>restoration</type><action>initial-registration</action>.
 * Pure. */
#pragma once
#include <glib.h>

/* FALSE for whatever else it is, also for what is no XML. */
gboolean ims_restoration_is_asked(const char *body, gsize length);
