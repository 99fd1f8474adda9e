/* ims_invite.h: one INVITE session, from the INVITE to the end of its BYE, on either side.
 *
 * Knows dialogs, forks, ACK, CANCEL and every race between them; knows nothing of media or
 * of who may call whom. Thread: the SIP thread.
 *
 * Life: made by ims_invite_call, or handed over by ims_stack_events.invite; its owner lets go with
 * ims_invite_release, once, at any moment. What SIP still owes the peer then (CANCEL, ACK and BYE
 * for a late 2xx, BYE after the ACK) is done in the background, and no event comes any more. */
#pragma once
#include <glib.h>
#include "sip/ims_credentials.h"
#include "sip/ims_dialog_id.h"
#include "sip/ims_sip_news.h"
#include "sip/ims_stack.h"

typedef struct {
	/* We call. */
	/* 101 to 198; of any fork: news->peer_tag. Reliable ones (news->rseq) in order, once, and
	 * acknowledged.
	 */
	void (*progress)(const ims_sip_news *news, gpointer user);
	void (*answered)(const ims_sip_news *news, gpointer user); /* the first 2xx; its ACK is sent */
	void (*failed)(const ims_sip_news *news, gpointer user);   /* 300 to 699; terminal */

	/* Before the answer, in the early dialog news->peer_tag; either side may have called. */
	/* UPDATE with an offer: answer with ims_invite_early_answer, now or later. */
	void (*early_offered)(const ims_sip_news *news, gpointer user);
	/* What became of ims_invite_early_offer; may come when the call is answered already. */
	void (*early_answered)(const ims_sip_news *news, gpointer user);
	/* That fork is no more (199, BYE); the others are. */
	void (*early_ended)(const ims_sip_news *news, gpointer user);

	/* We are called. */
	void (*cancelled)(const ims_sip_news *news, gpointer user); /* terminal; 487 is sent */
	void (*confirmed)(const ims_sip_news *news, gpointer user); /* the ACK for our 2xx */
	void (*pracked)(const ims_sip_news *news,
			gpointer user); /* ims_invite_progress offered; the answer */
	/* No ACK came, for this or a later 2xx; terminal; BYE is sent (RFC 3261 13.3.1.4, 14.2). Or no PRACK,
	 * and the INVITE is refused with 503 (RFC 3262 3). */
	void (*unconfirmed)(gpointer user);

	/* In the call. */
	/* re-INVITE or UPDATE: answer with ims_invite_reanswer, now or later. Without a description it asks
	 * for an offer of ours, whose answer comes with the ACK. */
	void (*reoffered)(const ims_sip_news *news, gpointer user);
	void (*withdrawn)(const ims_sip_news *news, gpointer user);   /* ... it is no more; 487 is sent */
	void (*reconfirmed)(const ims_sip_news *news, gpointer user); /* ... the ACK for our 2xx */
	void (*reanswered)(const ims_sip_news *news, gpointer user);  /* what became of ims_invite_reoffer */
	int (*message)(const ims_sip_news *news, gpointer user);      /* MESSAGE; returns the final status */
	int (*info)(const ims_sip_news *news, gpointer user);         /* INFO; the same */
	/* REFER: he wants our user to call somebody. Returns the final status; see ims_referral.h. */
	int (*referred)(ims_referral *referral, const ims_sip_news *news, gpointer user);
	void (*picture_wanted)(gpointer user);                  /* INFO picture_fast_update (RFC 5168) */
	void (*ended)(const ims_sip_news *news, gpointer user); /* BYE; terminal */

	/* Session timers (RFC 4028): answered, and kept alive by UPDATE, without a word; but ... */
	void (*refresh_wanted)(
		gpointer user); /* ... the peer takes no UPDATE: ims_invite_reoffer of what runs */
	/* ... the peer does not know the dialog any more, or gives no sign of life; its owner ends it. */
	void (*lost)(const ims_sip_news *news, gpointer user);
	void (*expired)(gpointer user);
} ims_invite_events;

/* What each message of a session carries besides what SIP itself needs. Copied. */
typedef struct {
	const char *contact;       /* header value */
	const char *record_route;  /* URI of ours to record, with ;lr (REQ-80); NULL: none */
	const char *first_headers; /* lines of the INVITE, or of the 1xx and 2xx to it; NULL: none */
	const char
		*later_headers; /* lines of all later requests and answers but ACK and CANCEL; NULL: none */
	const ims_network *network;   /* whose transport is taken; outlives the session */
	ims_credentials *credentials; /* answer challenges to our requests; NULL: nobody does */
	const char *ring_headers;     /* further lines of our 180; NULL: none */
} ims_invite_style;

typedef struct {
	const char *target;      /* Request-URI and To */
	const char *caller;      /* From URI */
	const char *caller_name; /* display name; NULL: none */
	const char *call_id;     /* NULL: one is made */
	const GPtrArray *route;  /* of char *: URIs preloaded in this order, the first one numeric (REQ-78) */
	const char *sdp;
	ims_invite_style style;
} ims_invite_request;

/* NULL with IMS_E_SIP (next hop not numeric, malformed URI). */
ims_invite *ims_invite_call(ims_stack *stack, const ims_invite_request *request,
			    const ims_invite_events *events, gpointer user, GError **error);

/* Takes over an INVITE that came in. */
void ims_invite_bind(ims_invite *invite, const ims_invite_style *style, const ims_invite_events *events,
		     gpointer user);
/* All that is said waits, where it has to, for the PRACK of what went before (RFC 3262 3). */
void ims_invite_read_request(const ims_invite *invite,
			     ims_sip_news *ret_news);         /* the INVITE, until its ACK */
gboolean ims_invite_takes_reliable(const ims_invite *invite); /* the caller: provisional answers */
void ims_invite_ring(ims_invite *invite);                     /* 180; reliable if the caller insists */
/* 183 with a description: the answer, or an offer when the INVITE had none; then the caller must take
 * reliable answers, and `pracked` brings the answer. TRUE: it is reliable, and so is done with. */
gboolean ims_invite_progress(ims_invite *invite, const char *sdp, const char *headers);
/* 200. sdp: the answer, NULL: 183 had it; an offer when the INVITE had none, its answer comes with
 * `confirmed`. */
void ims_invite_accept(ims_invite *invite, const char *sdp, const char *headers);
/* A final refusal; terminal. Release it afterwards. */
void ims_invite_refuse(ims_invite *invite, int status, const char *headers);

/* UPDATE with an offer in the early dialog of this tag. FALSE with IMS_E_WRONG_STATE while another offer is
 * open there, or when there is no such dialog. */
gboolean ims_invite_early_offer(ims_invite *invite, const char *tag, const char *sdp, GError **error);
/* To the peer's. sdp with 200 only. */
void ims_invite_early_answer(ims_invite *invite, const char *tag, int status, const char *sdp);

/* A new offer inside the call. FALSE with IMS_E_WRONG_STATE while another one is under way. */
gboolean ims_invite_reoffer(ims_invite *invite, const char *sdp, GError **error);
/* To the peer's. sdp with 200 only: an answer, or an offer when it asked for one. TRUE: `reconfirmed` will
 * come. */
gboolean ims_invite_reanswer(ims_invite *invite, int status, const char *sdp);

#define IMS_MEDIA_CONTROL "application/media_control+xml" /* RFC 5168 */

/* Fire and forget; nothing happens outside an established call. */
void ims_invite_info(ims_invite *invite, const char *content_type, GBytes *body, const char *headers);

/* Ends whatever is under way: an unanswered INVITE of the peer is refused with 480, ours is cancelled,
 * a call gets its BYE. headers: lines of that message, for instance a Reason; NULL: none. Accepts NULL. */
void ims_invite_release(ims_invite *invite, const char *headers);

/* Whether one of its dialogs, early ones among them, is named so. */
gboolean ims_invite_has_dialog(const ims_invite *invite, const ims_dialog_id *id);
/* That of the call; FALSE: there is none yet. Clear with ims_dialog_id_clear. */
gboolean ims_invite_dialog_id(const ims_invite *invite, ims_dialog_id *ret_id);

const char *ims_invite_call_id(const ims_invite *invite);
const char *ims_invite_own_tag(const ims_invite *invite); /* ours in its dialog; NULL: there is none yet */
