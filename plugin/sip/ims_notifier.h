/* ims_notifier.h: one notifier of a subscription: the dialog with it, from our SUBSCRIBE or its NOTIFY to the
 * end. For sip/ims_subscription.c only. */
#pragma once
#include "sip/internal.h"
#include "sip/ims_subscription.h"

typedef struct ims_notifier ims_notifier;

/* Not known yet: whoever answers first. NULL: it cannot be. */
ims_notifier *ims_notifier_new(ims_subscription *subscription);
/* Another one than `first`, found by a proxy: it says so itself. NULL: it cannot be. */
ims_notifier *ims_notifier_of_fork(ims_subscription *subscription, const ims_notifier *first,
				   const sip_t *notify);
void ims_notifier_free(ims_notifier *notifier); /* says nothing */

void ims_notifier_subscribe(ims_notifier *notifier, guint expires_s); /* in place of what is under way */
/* It is wanted no more, and hears of it now or when it can. */
void ims_notifier_leave(ims_notifier *notifier);

gboolean ims_notifier_is_known(const ims_notifier *notifier); /* there is a dialog */
gboolean ims_notifier_is_leaving(const ims_notifier *notifier);
/* A NOTIFY of this one. Returns its status, sent already or to be sent. */
int ims_notifier_receive(ims_notifier *notifier, nta_incoming_t *request, const sip_t *sip);
