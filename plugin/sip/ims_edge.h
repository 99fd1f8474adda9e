/* ims_edge.h: what the role `edge` (eP-CSCF on Mw) adds to requests: 24.229 5.2.
 *
 * Pure: values in, header lines out ("Name: value", CRLF between lines). Free with g_free. For ims_role
 * only. */
#pragma once
#include <glib.h>
#include "config/ims_config.h"

char *ims_edge_icid(void); /* a fresh one (24.229 4.5) */
/* Path, Require, Supported, P-Visited-Network-ID, P-Charging-Vector, P-Access-Network-Info (REQ-01, 03 to 05,
 * 09). path: the URI in it. supported: option-tags. icid: of this request alone. */
char *ims_edge_register_headers(const ims_network *network, const char *host_port, const char *path,
				const char *supported, const char *icid);
const char *ims_edge_integrity(ims_w2 w2, gboolean proved); /* integrity-protected (REQ-32) */

/* P-Asserted-Identity, P-Access-Network-Info and the charging vector of an originating request, with a new
 * icid; the vector alone in later messages (REQ-74 to 76, 84). */
void ims_edge_originating(const ims_network *network, const char *host_port, const char *asserted,
			  char **ret_first, char **ret_later);
/* P-Asserted-Identity of answers in a terminating session, and the request's vector again, if it had one;
 * else ret_later is NULL. */
void ims_edge_terminating(const ims_network *network, const char *asserted, const char *icid,
			  const char *orig_ioi, char **ret_first, char **ret_later);

char *ims_edge_charging_vector(const ims_network *network, const char *host_port); /* value with a new icid */
/* The vector of an answer to, or of a later request in, a terminating session: the same icid. NULL if it had
 * none. */
char *ims_edge_charging_vector_again(const ims_network *network, const char *icid, const char *orig_ioi);
