/* ims_hops.h: from a SIP URI to hosts in the order to try them: RFC 3263 and RFC 2782. Pure.
 *
 * A hop is a numeric SIP URI, "sip:192.0.2.1:5060" or "sip:[2001:db8::1]:5060;transport=tcp"; without
 * transport it is UDP, or TCP for what is too large for UDP (RFC 3261 18.1.1). */
#pragma once
#include <glib.h>
#include "dns/ims_dns_answer.h"

typedef enum {
	IMS_VIA_ANY, /* as a parameter: none given */
	IMS_VIA_UDP,
	IMS_VIA_TCP,
	IMS_VIA_TLS,
} ims_via;

/* Where a URI points to. */
typedef struct {
	char *host; /* lower case, without brackets, an address in normal form; maddr when the URI has one */
	gboolean is_address;
	guint16 port; /* 0: none */
	ims_via via;  /* sips: and transport=tls are TLS */
} ims_hop_target;

/* FALSE: no sip or sips URI, a host that can be no name (RFC 1123) and no address, one below .invalid
 * (REQ-152), or a transport that is not ours. */
gboolean ims_hop_target_parse(const char *uri, ims_hop_target *ret_target);
void ims_hop_target_clear(ims_hop_target *target);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ims_hop_target, ims_hop_target_clear)

/* What the search stands on. */
typedef struct {
	/* What name servers say. NULL: not known yet; it is being asked. */
	const ims_dns_answer *(*ask)(ims_dns_type type, const char *name, gpointer user);
	guint32 (*random)(gpointer user);
	gpointer user;
	gboolean ip4, ip6; /* what this host can send */
	gboolean tls;      /* hosts that are served by TLS alone count too */
} ims_hop_search;

/* NULL: answers are missing, search again when they are there. Otherwise the hops (of char *), at most
 * 16, none when there are none. */
GPtrArray *ims_hops_find(const ims_hop_target *target, const ims_hop_search *search);

/* RFC 2782: by priority; among equals by chance, weighted. */
void ims_hops_order_srv(GPtrArray *records, guint32 (*random)(gpointer user), gpointer user);
