/* ims_hop.h: by which transport a request leaves: the network's choice where the next hop says nothing of it.
 * For sip/ only. */
#pragma once
#include "config/ims_config.h"
#include "sip/internal.h"

/* What nta needs to know of it. */
typedef struct {
	char *url;          /* where it is sent, whatever Route and Request-URI say */
	gboolean stays_udp; /* whatever its size; else TCP is taken over 1300 bytes (RFC 3261 18.1.1) */
} ims_hop;

/* numeric: as dns/ims_hops.h finds it. network NULL: none is known. */
ims_hop ims_hop_for(const ims_network *network, const char *numeric);
void ims_hop_clear(ims_hop *hop);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(ims_hop, ims_hop_clear)

#define IMS_ANY_DATAGRAM 65535

/* The arguments of nta_outgoing_tcreate that say so. */
#define IMS_HOP_URL(hop) URL_STRING_MAKE((hop).url)
#define IMS_HOP_TAGS(hop) TAG_IF((hop).stays_udp, TPTAG_MTU(IMS_ANY_DATAGRAM))
