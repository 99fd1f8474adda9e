/* ims_call.h: one call of one browser: its INVITE session, its media, its state.
 *
 * Thread: the SIP thread. Owner: the session; it frees the call in, or after, `ended`. */
#pragma once
#include <glib.h>
#include "call/ims_quality_watch.h"
#include "config/ims_config.h"
#include "media/ims_media.h"
#include "sip/ims_invite.h"
#include "sip/ims_role.h"

typedef struct ims_call ims_call;

typedef struct {
	/* news: the message that says so. browser_answer: the browser's JSEP answer; NULL when it has one
	 * already. */
	void (*proceeding)(ims_call *call, const ims_sip_news *news, gpointer user);
	void (*ringing)(ims_call *call, const ims_sip_news *news, gpointer user);
	void (*progress)(ims_call *call, const ims_sip_news *news, const char *browser_answer, gpointer user);
	void (*answered)(ims_call *call, const ims_sip_news *news, const char *browser_answer, gpointer user);
	/* Our user is called, and it rings. invite: what the INVITE said. browser_offer: the browser's JSEP
	 * offer; NULL: the caller makes none, and the browser is to offer as it accepts; then `answered`
	 * follows with its answer. */
	void (*called)(ims_call *call, const ims_sip_news *invite, const char *browser_offer, gpointer user);
	/* A MESSAGE of the peer inside the call. Returns the final status. */
	int (*message)(ims_call *call, const ims_sip_news *news, gpointer user);
	/* The same of an INFO. */
	int (*info)(ims_call *call, const ims_sip_news *news, gpointer user);
	/* A REFER of the peer inside the call. Returns the final status, see ims_referral.h. */
	int (*referred)(ims_call *call, ims_referral *referral, const ims_sip_news *news, gpointer user);
	/* The peer wants a change that only the browser can answer: by ims_call_update, or ims_call_decline.
	 */
	void (*update_asked)(ims_call *call, const char *browser_offer, gpointer user);
	/* A change that the browser knows of is done. browser_answer: to its offer, else NULL. */
	void (*updated)(ims_call *call, const char *browser_answer, gpointer user);
	void (*update_failed)(ims_call *call, int status, const char *reason,
			      gpointer user); /* ... is not to be */
	void (*peer_holds)(ims_call *call, ims_direction media, gpointer user);
	/* How good its media are; the last one comes right before `ended`. */
	void (*quality)(ims_call *call, const ims_quality_report *report, gpointer user);
	/* Exactly once, the last of all. status 200: it had been up. news: the message that ended it, or
	 * NULL. */
	void (*ended)(ims_call *call, int status, const char *reason, const ims_sip_news *news,
		      gpointer user);
} ims_call_events;

/* What a call is made from. stack, config, ports, loops, gateway and the network outlive it. */
typedef struct {
	ims_stack *stack;
	const ims_config *config;
	ims_ports *ports;
	ims_loops *loops;
	const ims_gateway *gateway;
	gpointer handle; /* the Janus handle whose PeerConnection carries it */
	ims_role_user user;
	gboolean waiting; /* its user has another call: the caller is told (24.615) */
	gboolean rings;   /* the caller hears 180 as soon as our user is told; else when he says so */
} ims_call_setup;

typedef struct {
	const char *uri;         /* whom */
	const char *caller;      /* From */
	const char *caller_name; /* NULL: none */
	const char *call_id;     /* NULL: one is made */
	const char *headers;     /* checked header lines, NULL: none */
	gboolean for_help;       /* an emergency call */
	const char *browser_offer;
	ims_sdes_demand srtp;     /* at least; the network may demand more */
	const char *srtp_profile; /* the only suite; NULL: those of the network */
	const GPtrArray *route;   /* of the INVITE: ims_reg_route */
} ims_call_target;

/* NULL with the reason when it cannot even be tried; no event comes then. */
ims_call *ims_call_dial(const ims_call_setup *setup, const ims_call_target *target,
			const ims_call_events *events, gpointer user, GError **error);
/* Takes the INVITE over. On error it is not taken: the caller refuses it. */
ims_call *ims_call_receive(const ims_call_setup *setup, ims_invite *invite, const ims_sip_news *news,
			   const ims_call_events *events, gpointer user, GError **error);
/* Once, after it: `called` comes now, or when the caller's network has reserved what it insists on (RFC
 * 3312), or has answered the offer that we make where the INVITE had none. */
void ims_call_begin(ims_call *call);
void ims_call_free(ims_call *call); /* ends it first if need be, without an event; accepts NULL */

/* Requests of the user. FALSE with IMS_E_WRONG_STATE when they have no place in the call's state. */
gboolean ims_call_accept(ims_call *call, const char *browser_sdp, gboolean offers, const char *headers,
			 GError **error);
/* Before that: 183 with the browser's answer, so that early media can flow. Then accept's is not looked at.
 */
gboolean ims_call_progress(ims_call *call, const char *browser_sdp, gboolean offers, const char *headers,
			   GError **error);
gboolean ims_call_send_ringing(ims_call *call, GError **error); /* 180 */
/* The call that rings, or a change that the peer asked for. */
gboolean ims_call_decline(ims_call *call, int status, const char *headers, GError **error);
gboolean ims_call_hangup(ims_call *call, const char *headers, GError **error);
gboolean ims_call_hold(ims_call *call, ims_direction direction, GError **error); /* SENDRECV: resume */
/* The browser's new offer, or its answer to the change that the peer asked for. `updated` or `update_failed`
 * tells what became of it. */
gboolean ims_call_update(ims_call *call, const char *browser_sdp, gboolean offers, GError **error);
/* Of a call that rings here, before it is accepted: as in ims_call_target. */
void ims_call_set_srtp(ims_call *call, ims_sdes_demand demand, const char *profile);
void ims_call_set_autoaccept(ims_call *call, gboolean autoaccept); /* TRUE unless set, see ims_change.h */
/* RTP events when the peer takes them, else SIP INFO application/dtmf-relay. */
gboolean ims_call_dtmf(ims_call *call, char digit, guint duration_ms, const char *headers, GError **error);

void ims_call_ask_picture(ims_call *call); /* for a peer that takes no RTCP feedback: INFO (RFC 5168) */
/* The browser's PeerConnection is gone: nobody is left to talk. It ends two seconds later, when our user
 * has not hung up by then. */
void ims_call_media_gone(ims_call *call);
void ims_call_unreachable(ims_call *call); /* ... or cannot even be set up */

const char *ims_call_id(const ims_call *call);
const char *ims_call_own_tag(const ims_call *call); /* of its dialog; NULL: there is none yet */
const char *ims_call_peer(const ims_call *call);    /* URI */
const char *
ims_call_state_name(const ims_call *call); /* "calling", "ringing", "reserving", "incoming", "up", "ending" */
const char *ims_call_open_offer(const ims_call *call); /* that the browser has not answered; NULL: none */
gboolean ims_call_is_outgoing(const ims_call *call);
gboolean ims_call_is_unanswered(const ims_call *call);       /* incoming, and ringing at the user */
gboolean ims_call_is_offerless(const ims_call *call);        /* the peer made no offer: our user makes it */
ims_sdes_demand ims_call_srtp_offered(const ims_call *call); /* by the peer, of a call that rings here */
gboolean ims_call_is_held(const ims_call *call);             /* by our user */
gboolean ims_call_is_told(const ims_call *call);             /* our user knows of it */
gboolean ims_call_peer_holds(const ims_call *call);
ims_invite *ims_call_dialog(const ims_call *call); /* to say more in; NULL: the call is not up. Borrowed */
/* Our end of its dialog, also after its end; members NULL: there was none. Borrowed. */
const ims_dialog_id *ims_call_dialog_id(ims_call *call);
/* Whether one of its dialogs is that one; while we call there may be several. */
gboolean ims_call_has_dialog(const ims_call *call, const ims_dialog_id *id);
const char *ims_call_focus(const ims_call *call); /* URI of the other end, if it is a conference (RFC 4579) */
const GArray *
ims_call_streams(const ims_call *call);    /* of ims_sdp_stream, as agreed last; NULL: nothing yet */
ims_media *ims_call_media(ims_call *call); /* borrowed */

char *ims_call_table_text(void); /* state table as text, for review and its golden test */
