/* ims_peers.h: who may send us SIP outside of dialogs (REQ-143): the configured addresses, and the hosts that
 * entry points and the S-CSCFs of registrations lead to. For sip/ only.
 *
 * Those two are safe to believe: an entry point is the operator's word, a Service-Route that of the registrar
 * which he has named and which has just registered the user. Routes of dialogs are not: whoever
 * answers a call writes them. Thread: the SIP thread. Owner: ims_stack. */
#pragma once
#include "config/ims_config.h"
#include "dns/ims_resolver.h"

typedef struct ims_peers ims_peers;

ims_peers *ims_peers_new(const ims_config *config, ims_resolver *resolver, ims_clock *clock);
void ims_peers_serve(ims_peers *peers, const ims_config *config); /* in place of the one before */
void ims_peers_free(ims_peers *peers);                            /* accepts NULL */

/* uri: of a host, by name or address. As often as it is admitted it must be dismissed. */
void ims_peers_admit(ims_peers *peers, const char *uri);
void ims_peers_dismiss(ims_peers *peers, const char *uri);

gboolean ims_peers_have(const ims_peers *peers, const char *address);
/* The network whose configuration names that address; NULL: none. */
const ims_network *ims_peers_network(const ims_peers *peers, const char *address);
/* Somebody unknown knocks: names whose answers have expired are looked up again, once a second at most, so
 * that a host that has moved is let in when it knocks again. */
void ims_peers_refresh(ims_peers *peers);
