/* ims_headers.h: SIP header lines that a client asks for: what it may set and what is the edge's.
 *
 * Pure. The edge owns whatever routes, authenticates, charges or asserts (24.229 4.4, REQ-08, REQ-76). */
#pragma once
#include <glib.h>

#include "config/ims_config.h"

#define IMS_HEADERS_MAX_COUNT 32
#define IMS_HEADERS_MAX_BYTES 8192

/* IMS_E_INVALID_ELEMENT names the header: not a token, owned by the edge, CR, LF or NUL in the value,
 * or too long. */
gboolean ims_header_check(const char *name, const char *value, GError **error);

/* The network's own word about lines that have the right shape: what says something about a call stands in
 * its section's list `allowed`, where a caller is goes with an emergency call alone (REQ-101, REQ-103). lines
 * may be NULL. IMS_E_INVALID_ELEMENT names the header. */
gboolean ims_header_check_allowed(const char *lines, const GPtrArray *allowed, gboolean is_emergency,
				  GError **error);

/* Never shown to clients: of the trust domain, or what SIP itself needs (REQ-12, REQ-81). */
gboolean ims_header_is_kept(const char *name);
/* Among the others: TRUE unless it passes only when it stands in the network's list, and does not. */
gboolean ims_header_is_allowed(const char *name, const GPtrArray *allowed);

/* A Call-ID (RFC 3261 25.1: word [ "@" word ]). IMS_E_INVALID_ELEMENT otherwise. */
gboolean ims_header_check_call_id(const char *request, const char *call_id, GError **error);
/* A Content-Type: type "/" subtype, and any parameters. IMS_E_INVALID_ELEMENT otherwise. */
gboolean ims_header_check_content_type(const char *request, const char *content_type, GError **error);

/* An event package, with an id if there are several subscriptions to it (RFC 6665 8.4). The same error. */
gboolean ims_header_check_event(const char *request, const char *event, GError **error);
/* Media types with commas between them. The same error. */
gboolean ims_header_check_accept(const char *request, const char *accept, GError **error);
/* A line of that name, or of its compact form (NULL: it has none). lines may be NULL. */
gboolean ims_header_stands_in(const char *lines, const char *name, const char *compact);

/* Two blocks of "Name: value" lines as one, CRLF between lines and none at the end. NULL when both are
 * empty or NULL. Free with g_free. */
char *ims_header_join(const char *lines, const char *more);

/* `"Name" <uri>;tag=tag`: in the name what would end the quotes is escaped, what would end the line left out.
 * name and tag may be NULL. Free with g_free. */
char *ims_header_name_addr(const char *name, const char *uri, const char *tag);
/* URIs as the value of one Route header. Free with g_free. */
char *ims_header_routes(const GPtrArray *uris);
