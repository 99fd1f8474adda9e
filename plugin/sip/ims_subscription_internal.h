/* ims_subscription_internal.h: what ims_subscription.c (a subscription as its owner knows it), ims_notifier.c
 * (its dialogs) and ims_notify.c (what comes in them) share. */
#pragma once
#include "base/ims_rate.h"
#include "sip/internal.h"
#include "sip/ims_notifier.h"

#define IMS_SUBSCRIPTION_MAX_S (30 * 24 * 3600)

struct ims_subscription {
	ims_stack *stack;
	const ims_subscription_events *events; /* NULL: released, nobody listens */
	gpointer user;
	const ims_network *network;
	ims_credentials *credentials; /* NULL: challenges are not answered */
	char *call_id, *tag;          /* ours */
	char *from, *to, *target, *routes, *next_hop, *accept, *contact, *record_route;
	char *event;              /* value of Event */
	char *package, *event_id; /* ... its parts; no id: NULL */
	char *first_headers, *later_headers;
	char *content, *content_type; /* of our SUBSCRIBEs; NULL: none */
	guint expires_s;
	gboolean forks;
	gboolean accepted;
	gboolean announces;   /* the owner waits to hear of the next 2xx */
	gboolean ending;      /* he wants it to end */
	ims_rate rate;        /* of NOTIFYs */
	guint held;           /* inside a callback: the owner may release it there, freeing waits */
	GPtrArray *notifiers; /* of ims_notifier; empty: it has ended */
};

/* Around every callback of the stack: from hold to unhold the object stays. */
void ims_subscription_hold(ims_subscription *subscription);
void ims_subscription_unhold(ims_subscription *subscription);

/* What a notifier has to tell. The last one is the end of the subscription. */
void ims_subscription_accept(ims_subscription *subscription, const ims_sip_news *answer, guint expires_s);
void ims_subscription_notify(ims_subscription *subscription, const ims_notification *notification);
void ims_subscription_lose(ims_subscription *subscription, ims_notifier *notifier,
			   const ims_subscription_end *end); /* it is gone then */
