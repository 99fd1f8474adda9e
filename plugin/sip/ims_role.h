/* ims_role.h: what our role towards a network puts into messages: that of an eP-CSCF (ims_edge) or of a user
 * agent (ims_ue).
 *
 * The only place where network->role is looked at: reg/, call/ and msg/ ask here. Pure: values in, header
 * lines out ("Name: value", CRLF between lines). Free with g_free. */
#pragma once
#include <glib.h>
#include "config/ims_config.h"
#include "sip/ims_credentials.h"
#include "sip/ims_sip_news.h"

/* For whom a message is sent. Borrowed. */
typedef struct {
	const ims_network *network;
	const char *host_port;        /* ours, as Via shows it */
	const char *flow_token;       /* of the registration: the user part of all URIs of ours */
	const char *identity;         /* the IMPU by which the core is to know our user (REQ-74, REQ-75) */
	gboolean chosen;              /* our user asked for that identity; else it is his default */
	const char *gruu;             /* URI to be reached by in calls; NULL: ours (REQ-88) */
	const char *privacy;          /* what he wants withheld: value of Privacy; NULL: he does not say */
	ims_credentials *credentials; /* that prove his requests to the network; NULL: none are asked for */
} ims_role_user;

/* What the messages of a session, or one request outside dialogs, carry besides what SIP itself needs. */
typedef struct {
	char *contact;      /* header value */
	char *record_route; /* URI of ours to record, with ;lr (REQ-80); NULL: none */
	char *first;        /* lines of the request, or of the answers to it; NULL: none */
	char *later;        /* lines of later requests and answers in the dialog; NULL: none */
} ims_role_lines;

void ims_role_lines_clear(ims_role_lines *lines);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ims_role_lines, ims_role_lines_clear)

ims_role_lines ims_role_originating(const ims_role_user *user);
ims_role_lines ims_role_terminating(const ims_role_user *user, const ims_sip_news *request);

/* The lines of a call that its user asked for (NULL: none), and those of multimedia telephony that are
 * missing, when the network's feature_tags name it: P-Preferred-Service, Accept-Contact (REQ-83). NULL: none
 * at all. */
char *ims_role_call_headers(const ims_network *network, const char *asked);

/* The same of a call for help: no service but that one, and its priority (24.229 5.2.10, RFC 3261 20.26). */
char *ims_role_emergency_headers(const char *asked);

/* Route of requests outside dialogs (REQ-78): of char *, URIs in order. entry_point: URI of the next hop.
 * Free with g_ptr_array_unref. */
GPtrArray *ims_role_route(const ims_network *network, const char *entry_point,
			  const GPtrArray *service_route);

/* Where messages for `uri` are sent: to the network's TLS proxy if it has one. network NULL: none is known.
 */
const char *ims_role_way(const ims_network *network, const char *uri);

/* Whether Proxy-Require is said to us: an edge is the last proxy before the user, a user agent is none (RFC
 * 3261 20.29). network NULL: none is known. */
gboolean ims_role_is_proxy(const ims_network *network);

/* Whether challenges to requests other than REGISTER are answered: an edge vouches for its users, a user
 * agent proves who it is (RFC 3261 22). */
gboolean ims_role_proves_requests(const ims_network *network);

/* Who asks what the network knows of a registration: a P-CSCF for itself (24.229 5.2.3), a user agent for its
 * user. ret_watcher: URI. */
ims_role_lines ims_role_watching(const ims_role_user *user, char **ret_watcher);

/* Registration */

/* The private identity of a user who names none (design 4). */
char *ims_role_impi(const ims_network *network, const char *impu);
char *ims_role_icid(const ims_network *network); /* of one REGISTER; NULL: this role has none */

/* What is registered. */
typedef struct {
	const char *params;   /* of its URI, ";name=value"; NULL: no others than ours */
	const char *instance; /* a URN */
	guint reg_id;         /* which of its flows, managed as RFC 5626 has it; 0: none such */
	guint expires_s;
} ims_role_contact;

char *ims_role_register_headers(const ims_role_user *user, const ims_role_contact *contact, const char *icid);
char *ims_role_register_contact(const ims_role_user *user, const ims_role_contact *contact);
/* Whether who we are stands in a REGISTER that answers no challenge, or, FALSE, is left to To. */
gboolean ims_role_tells_impi(const ims_network *network, const char *impi);
/* The integrity-protected value beside an answered challenge (REQ-32). proved: an answer was accepted on this
 * flow. NULL: none. */
const char *ims_role_integrity(const ims_network *network, ims_w2 w2, gboolean proved);
/* The same for AKAv2, in every REGISTER (REQ-40). */
const char *ims_role_integrity_connected(const ims_network *network);
