/* ims_link_internal.h: how a request comes to its link. For sip/ only. */
#pragma once
#include "sip/ims_link.h"
#include "sip/internal.h"

/* The connection that this request of ours goes over; NULL: it is no connection. */
ims_link_watch *ims_link_watch_request(ims_stack *stack, nta_outgoing_t *request, void (*lost)(gpointer user),
				       gpointer user);
