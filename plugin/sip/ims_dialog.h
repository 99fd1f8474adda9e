/* ims_dialog.h: one dialog of an INVITE session: its nta leg and route set. For sip/ only. */
#pragma once
#include "dns/ims_next_hops.h"
#include "sip/ims_early.h"
#include "sip/internal.h"

typedef struct ims_dialog ims_dialog;
typedef struct ims_inside ims_inside;

/* Where its requests go is known now, or FALSE: it cannot be found. */
typedef void ims_dialog_reached(ims_dialog *dialog, gboolean reachable);

/* A reliable answer that a PRACK acknowledges. */
typedef struct {
	guint32 rseq, cseq;
} ims_rack;

struct ims_dialog {
	nta_leg_t *leg;
	char *tag; /* the peer's */
	ims_invite *invite;
	ims_next_hops hops;  /* of the topmost route, else of the target */
	GPtrArray *requests; /* of ims_inside: ours under way */
	ims_dialog_reached *reached;

	/* Until the INVITE is answered. */
	ims_early early;
	GArray *owed;             /* of ims_rack: it is not known yet where they go */
	GPtrArray *pracks;        /* ours, until their final answers; of what ims_invite_early.c knows */
	char *waiting;            /* an offer of ours, behind them; NULL: none */
	ims_inside *update;       /* ours, until its final answer */
	nta_incoming_t *updating; /* the peer's, until we have answered it */
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
char *ims_dialog_target(const ims_dialog *dialog); /* Request-URI in it; "": none. Free with g_free */
/* Of a 2xx. headers: the credentials of the INVITE (RFC 3261 13.2.2.4); NULL: none. */
void ims_dialog_ack(ims_dialog *dialog, nta_outgoing_t *invite_request, const char *headers);
