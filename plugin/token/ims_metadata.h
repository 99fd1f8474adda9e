/* ims_metadata.h: what an issuer tells about itself (RFC 8414, OpenID Connect Discovery). Pure. */
#pragma once
#include <glib.h>
#include "config/ims_config.h"

typedef struct {
	char *jwks_uri;               /* NULL: none told */
	char *introspection_endpoint; /* NULL: none told */
} ims_metadata;

/* Where they are, in the order to try: what is configured, else the places of OpenID and of RFC 8414 3. Free
 * with g_free; NULL: there is no i-th place. */
char *ims_metadata_uri(const ims_issuer *issuer, guint i);

/* plain: http is allowed. NULL with IMS_TOKEN_UNAVAILABLE: not a JSON object, another issuer (RFC 8414 3.3),
 * addresses that are none. */
ims_metadata *ims_metadata_parse(const ims_issuer *issuer, gboolean plain, gconstpointer bytes, gsize length,
				 GError **error);
void ims_metadata_free(ims_metadata *metadata); /* accepts NULL */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ims_metadata, ims_metadata_free)
