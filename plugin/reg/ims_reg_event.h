/* ims_reg_event.h: the network's word on registrations: one subscription to the event "reg" for each private
 * identity, shared by its registrations here (RFC 3680; 24.229 5.1.1.3, 5.2.3; REQ-23).
 *
 * The first of them speaks for all. What becomes of the subscription is no matter of the registrations'
 * (REQ-28): it is made again, with back-off. Thread: the SIP thread. */
#pragma once
#include "reg/ims_reg.h"
#include "reg/ims_reginfo.h"

typedef struct ims_reg_event ims_reg_event; /* of one private identity in one network */

ims_reg_watch *ims_reg_watch_new(void);
void ims_reg_watch_free(ims_reg_watch *watch); /* after all registrations; accepts NULL */

/* An active registration listens to what is said: ims_reg_heed. Until it leaves. */
ims_reg_event *ims_reg_event_join(ims_reg_watch *watch, ims_reg *reg);
void ims_reg_event_leave(ims_reg_event *event, ims_reg *reg);

/* Whether it is the contact of a registration that listens. */
gboolean ims_reg_event_serves(const ims_reg_event *event, const char *contact_user);
/* All that the network said and that still holds, other contacts too. NULL: nothing was said. Borrowed until
 * the next NOTIFY. */
const ims_reginfo *ims_reg_event_known(const ims_reg_event *event);
