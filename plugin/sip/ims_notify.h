/* ims_notify.h: a NOTIFY as it comes (RFC 6665): whether it can be taken, and how long its word lasts. For
 * sip/ims_notifier.c only. */
#pragma once
#include "dns/ims_next_hops.h"
#include "sip/ims_subscription_internal.h"

/* The final status that it has sent, or that is to be sent: it is nobody's of `subscription`, of a host that
 * is neither the core's nor among `hops`, malformed, too long, or one too many. 0: it can be taken, and has a
 * Subscription-State. */
int ims_notify_screen(ims_subscription *subscription, const ims_next_hops *hops, nta_incoming_t *request,
		      const sip_t *sip);
guint ims_notify_expires_s(const sip_subscription_state_t *state); /* 0: not said */
/* Of "terminated": as ims_subscription_end.again_s. */
gint64 ims_notify_again_s(const sip_subscription_state_t *state);
