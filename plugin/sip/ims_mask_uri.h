/* ims_mask_uri.h: URIs and addresses in a SIP message as they may be shown. Pure. For ims_mask only. */
#pragma once
#include <glib.h>
#include "sip/ims_mask.h"

/* Appends the URI as the view may have it. TRUE: it is one that he knows, and stands there as it was. */
gboolean ims_mask_uri(GString *into, const char *uri, const ims_mask_view *view);
/* Appends a header value of name-addrs or addr-specs, commas between them: the names of those whom the view
 * does not know are left out. */
void ims_mask_addresses(GString *into, const char *value, const ims_mask_view *view);
/* ... of a route: who stands there as a role. */
void ims_mask_routes(GString *into, const char *value, const ims_mask_view *view);
/* Appends text with every numeric address as a role. */
void ims_mask_numeric(GString *into, const char *text, const ims_mask_view *view);
const char *ims_mask_role(const char *host, const ims_mask_view *view); /* "edge" or "core" */
