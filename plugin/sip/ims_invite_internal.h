/* ims_invite_internal.h: what ims_invite.c (in the call), ims_invite_uac.c (we call), ims_invite_uas.c (we
 * are called), ims_invite_early.c (before the answer), ims_invite_peer.c (what the peer asks in the call) and
 * ims_invite_request.c (what else we ask) share. */
#pragma once
#include "sip/ims_dialog.h"
#include "sip/ims_inside.h"
#include "sip/ims_invite.h"
#include "sip/ims_session_timer.h"
#include "sip/ims_refer.h"
#include "sip/ims_referral.h"

/* Our INVITE until its final answer: it may have to go to the next host, or again with credentials. */
typedef struct ims_invite_draft ims_invite_draft;

struct ims_invite {
	ims_stack *stack;
	const ims_invite_events *events; /* NULL: released, nobody listens */
	gpointer user;
	char *call_id;
	const ims_network *network;   /* NULL: not known yet */
	ims_credentials *credentials; /* NULL: challenges are not answered */
	char *contact, *record_routes, *first_headers, *later_headers, *ring_headers;

	ims_invite_draft *draft;                 /* NULL: answered, or not ours */
	ims_authorization authorization;         /* of our INVITE, and of its ACK */
	nta_outgoing_t *inviting;                /* our INVITE, until its final answer, a 2xx until its ACK */
	msg_t *answer;                           /* the 2xx, until it is known where the ACK goes */
	char *flow_token, *source;               /* where the peer's was aimed at, until its owner is told */
	nta_incoming_t *invited;                 /* the peer's, until refused, or its 2xx acknowledged */
	gboolean accepted;                       /* ... and answered with 2xx */
	gboolean wants_reliable, takes_reliable; /* its provisional answers, the caller */
	nta_reliable_t *unpracked;               /* the one that waits for its PRACK; NULL: none */
	GPtrArray *owed_answers;                 /* what waits for that */
	char *told;                /* the description in one that was not reliable; NULL: none */
	gboolean given_up;         /* no PRACK came: the stack refuses it */
	ims_inside *reoffer;       /* our re-INVITE, until its final answer */
	nta_incoming_t *reoffered; /* the peer's re-INVITE or UPDATE, until answered, a re-INVITE until
				      acknowledged */
	gboolean reanswered;       /* ... and answered */
	gboolean asked;            /* the peer's last INVITE had no description: it wants an offer of ours */
	gboolean offering;         /* ... which is in our 2xx, and unanswered until the ACK */
	char *owed_cancel; /* header lines ("" for none) of a CANCEL that waits for an answer (RFC 3261 9.1)
			    */
	char *owed_bye; /* header lines ("" for none) of a BYE to send once the ACK is here (RFC 3261 15) */
	gboolean over;  /* BYE sent or received: nothing more to say in the dialog */

	ims_session_timer session;
	ims_timer life;      /* to its next moment */
	ims_inside *refresh; /* our UPDATE that is nothing but a sign of life, until its final answer */
	gboolean knows_update, refuses_update; /* the peer */
	ims_refer *refer;                      /* our REFER in it, until its owner lets go; NULL: none */
	GPtrArray *referrals;  /* of ims_referral: the peer's, until their last word is said */
	gboolean was_referred; /* there has been one */

	guint held;            /* inside a callback: the owner may release it there, freeing waits */
	GPtrArray *dialogs;    /* of ims_dialog: one for each fork until one of them answers */
	ims_dialog *confirmed; /* the one of the call */
};

ims_invite *ims_invite_alloc(ims_stack *stack);
void ims_invite_restyle(ims_invite *invite, const ims_invite_style *style,
			const sip_record_route_t *of_request);
void ims_invite_drop_draft(ims_invite *invite);
void ims_invite_free(ims_invite *invite);
int ims_invite_in_dialog(nta_leg_magic_t *dialog, nta_leg_t *leg, nta_incoming_t *request, const sip_t *sip);
void ims_invite_bye(ims_invite *invite, const char *headers);
void ims_invite_pay_cancel(ims_invite *invite); /* the one that is owed, if one is */
void ims_invite_forget_invited(ims_invite *invite);
void ims_invite_end_unconfirmed(ims_invite *invite); /* no ACK came */
void ims_invite_settle(ims_invite *invite);          /* released and nothing under way: frees it */
/* Around every callback of the stack: from hold to unhold the object stays, whatever its owner does. */
void ims_invite_hold(ims_invite *invite);
void ims_invite_unhold(ims_invite *invite); /* settles it */
void ims_invite_reply(ims_invite *invite, nta_incoming_t *request, int status, const char *sdp,
		      const char *headers);

/* ims_invite_answers.c */
void ims_invite_read_reliability(ims_invite *invite, const sip_t *sip);
void ims_invite_forget_answers(
	ims_invite *invite); /* nothing more is said; before a refusal, and at the end */

gboolean ims_invite_is_from_peer(const ims_dialog *dialog, nta_incoming_t *request); /* ims_invite_peer.c */

/* ims_invite_early.c */
void ims_prack_free(gpointer prack);
gboolean ims_invite_is_offering_early(const ims_dialog *dialog); /* our UPDATE there is under way */
ims_dialog *ims_invite_dialog_of(const ims_invite *invite, const char *tag); /* NULL: none has it */
void ims_invite_reach_early(ims_dialog *dialog); /* before it is asked for anything */
/* TRUE: it is the next one, and its PRACK is sent, or will be. */
gboolean ims_invite_take_reliable(ims_dialog *dialog, const ims_rack *rack);
int ims_invite_receive_early(ims_dialog *dialog, nta_incoming_t *request, const sip_t *sip); /* UPDATE */
int ims_invite_refuse_offer(nta_incoming_t *request, int status); /* IMS_TURN_GLARE or _BUSY; -> the same */
void ims_invite_end_early(ims_invite *invite, ims_dialog *dialog, const ims_sip_news *news);

/* ims_invite_refresh.c */
void ims_invite_start_session(ims_invite *invite, const ims_network *network); /* NULL: not known yet */
void ims_invite_stop_session(ims_invite *invite);
void ims_invite_session_answered(ims_invite *invite, const sip_t *sip); /* a 2xx to our (re-)INVITE, UPDATE */
/* 422 to it: TRUE: it is to be sent again. sip NULL: there is no answer. */
gboolean ims_invite_session_refused(ims_invite *invite, const sip_t *sip);
/* The peer's: TRUE: 422 with these lines is due. */
gboolean ims_invite_refuses_session(const ims_invite *invite, const sip_t *sip, char **ret_lines);
char *ims_invite_answer_session(ims_invite *invite, nta_incoming_t *request); /* lines of our 2xx to it */
/* ims_refer.c, ims_referral.c */
void ims_refer_forsake(ims_refer *refer); /* the session ends; accepts NULL */
void ims_referral_forsake(ims_referral *referral);
int ims_refer_receive_notify(ims_invite *invite, const sip_t *sip);
int ims_referral_receive_inside(ims_invite *invite, nta_incoming_t *request, const sip_t *sip);

/* Tells the owner, if there still is one. */
#define ims_invite_tell(invite, event, ...)                                                                  \
	do {                                                                                                 \
		if ((invite)->events && (invite)->events->event)                                             \
			(invite)->events->event(__VA_ARGS__, (invite)->user);                                \
	} while (0)
