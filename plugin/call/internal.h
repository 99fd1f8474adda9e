/* internal.h: one call, as ims_call_table.c (what each event does) and ims_call.c (where events come from)
 * share it. */
#pragma once
#include "call/ims_call.h"
#include "call/ims_change.h"
#include "call/ims_forks.h"
#include "call/ims_offer_answer.h"
#include "call/ims_quality_watch.h"
#include "call/ims_silence.h"

/* clang-format off */
#define IMS_CALL_STATES(X)                                                          \
	X(CALLING,  "calling")   /* INVITE sent */                         \
	X(EARLY,    "ringing")   /* ... and a provisional answer is here */ \
	X(RESERVING, "reserving") /* the caller's network is not ready, our user is not told */ \
	X(INCOMING, "incoming")  /* rings at our user */                   \
	X(ANSWERED, "up")        /* our 2xx is sent, its ACK is missing */ \
	X(UP,       "up")        /* from here on ims_change has its own table */ \
	X(OVER,     "ending")

#define IMS_CALL_EVENTS(X)                                                          \
	X(PROGRESS) X(ANSWER) X(FAIL)            /* of our INVITE */       \
	X(EARLY_OFFER) X(EARLY_ANSWER) X(FORK_END) /* before its answer */ \
	X(READY) X(PRACK) X(CANCEL) X(ACK) X(NO_ACK) /* of the peer's */   \
	X(BYE) X(LOST) X(EXPIRED)                /* inside the dialog */   \
	X(RING) X(DESCRIBE) X(ACCEPT) X(DECLINE) X(HANGUP) /* of our user */ \
	X(RING_TIMEOUT) X(MEDIA_GONE) X(UNREACHABLE) X(SILENCE)
/* clang-format on */

typedef enum {
#define X(name, text) CALL_##name,
	IMS_CALL_STATES(X)
#undef X
		N_STATES
} call_state;

typedef enum {
#define X(name) EV_##name,
	IMS_CALL_EVENTS(X)
#undef X
		N_EVENTS
} call_event;

/* What an event brings along. */
typedef struct {
	const ims_sip_news *news; /* of the core */
	int status;               /* DECLINE */
	const char *headers;      /* DESCRIBE, ACCEPT, DECLINE, HANGUP */
	const char *sdp;          /* DESCRIBE, ACCEPT: what the core is told; NULL: it knows already */
} call_input;

struct ims_call {
	const ims_call_events *events;
	gpointer user;
	call_state state;
	ims_invite *invite;
	ims_media *media;
	ims_offer_answer *oa;
	ims_forks *forks; /* of our INVITE; NULL: the peer made it */
	ims_change *change;
	ims_silence core_silence, browser_silence;
	ims_quality_watch quality;
	ims_timer ring_timer;
	ims_timer goodbye_timer; /* runs: the PeerConnection is gone, and our user has not said why yet */
	gboolean outgoing;
	gboolean offerless; /* the peer's INVITE had no description: our user offers, or we in his place */
	gboolean rings;     /* the caller hears 180 as soon as our user is told */
	gboolean told;      /* our user knows of it */
	gboolean stands_in; /* the core was told something before the browser was asked */
	gboolean described; /* our user has answered, and not accepted yet */
	gboolean owes;      /* the browser's answer is less than what the core was told */
	char *focus;        /* URI of the other end when it is a conference */
	ims_dialog_id id;   /* of the call once it is confirmed, and after its end */
	char *call_id, *peer, *browser_offer, *who;
};

/* Does what the table says; an event without a row is logged. */
ims_call *ims_call_new(const ims_call_setup *setup, const char *peer, gboolean outgoing);
extern const ims_invite_events ims_call_invite_events;
void ims_call_tell_user(ims_call *call); /* ims_call_callee.c: he is called */
void ims_call_handle(ims_call *call, call_event event, const call_input *in);
gboolean ims_call_allows(const ims_call *call, call_event event, GError **error); /* IMS_E_WRONG_STATE */
