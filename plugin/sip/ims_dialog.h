/* ims_dialog.h: one dialog of an INVITE session: its nta leg and route set. For sip/ only. */
#pragma once
#include "dns/ims_next_hops.h"
#include "sip/internal.h"

typedef struct ims_dialog ims_dialog;

/* Where its requests go is known now, or FALSE: it cannot be found. */
typedef void ims_dialog_reached(ims_dialog *dialog, gboolean reachable);

struct ims_dialog {
	nta_leg_t *leg;
	char *tag; /* the peer's */
	ims_invite *invite;
	ims_next_hops hops; /* of the topmost route, else of the target */
	ims_dialog_reached *reached;
};

/* We called, and this answer opened a dialog. NULL when it has no To tag or its route cannot be used. */
ims_dialog *ims_dialog_of_answer(ims_invite *invite, ims_stack *stack, const sip_t *sip,
				 nta_request_f *receive);
/* We are called: a dialog with a tag of ours, from the INVITE itself. */
ims_dialog *ims_dialog_of_invite(ims_invite *invite, ims_stack *stack, nta_incoming_t *request,
				 const sip_t *sip, nta_request_f *receive);
void ims_dialog_settle(ims_dialog *dialog, const ims_stack *stack,
		       const sip_t *answer); /* the 2xx: final route set */
void ims_dialog_retarget(ims_dialog *dialog,
			 const sip_t *answer); /* a later 2xx: a new target, the same route set */
void ims_dialog_follow(ims_dialog *dialog, const sip_t *request); /* the peer's request has a new target */
void ims_dialog_free(ims_dialog *dialog);

/* Before its first request, and when its target has changed: looks up where they go. reached (may be NULL) is
 * called once, at once or later. */
void ims_dialog_reach(ims_dialog *dialog, ims_dialog_reached *reached);
/* It ends: whoever waits for `reached` waits no longer. */
void ims_dialog_forsake(ims_dialog *dialog);
gboolean ims_dialog_is_at(const ims_dialog *dialog, const char *address); /* one of its hosts has it */
void ims_dialog_ack(ims_dialog *dialog, nta_outgoing_t *invite_request);
/* Any other request. callback NULL: fire and forget, returns NULL. type and body: NULL for none. */
nta_outgoing_t *ims_dialog_send(ims_dialog *dialog, nta_response_f *callback, sip_method_t method,
				const char *name, const char *contact, const char *type, const char *body,
				const char *headers);
/* The same with a body of any bytes, and answers for whom the caller likes. method: its name. */
nta_outgoing_t *ims_dialog_ask(ims_dialog *dialog, nta_response_f *callback, nta_outgoing_magic_t *magic,
			       const char *method, const char *type, GBytes *body, const char *headers);
