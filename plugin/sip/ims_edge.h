/* ims_edge.h: what the role `edge` (eP-CSCF on Mw) adds to requests: 24.229 5.2.
 *
 * Pure: values in, header lines out ("Name: value", CRLF between lines). Free with g_free. */
#pragma once
#include <glib.h>
#include "config/ims_config.h"

/* Path, Require, Supported, P-Visited-Network-ID, P-Charging-Vector, P-Access-Network-Info (REQ-01, 03 to 05,
 * 09). Each call makes a fresh icid. */
char *ims_edge_register_headers(const ims_network *network, const char *host_port, const char *flow_token);

/* Contact of a registration: opaque user part, instance, feature tags, expires (REQ-10). */
char *ims_edge_contact(const ims_network *network, const char *host_port, const char *user,
		       const char *instance_urn, guint expires_s);

/* P-Asserted-Identity and the charging vector of an originating request (REQ-74 to 76, 84). */
char *ims_edge_originating_headers(const ims_network *network, const char *asserted,
				   const char *charging_vector);

char *ims_edge_charging_vector(const ims_network *network, const char *host_port); /* value with a new icid */
/* The vector of an answer to, or of a later request in, a terminating session: the same icid. NULL if it had
 * none. */
char *ims_edge_charging_vector_again(const ims_network *network, const char *icid, const char *orig_ioi);
