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
	X(INCOMING, "incoming")  /* rings at our user */                   \
	X(ANSWERED, "up")        /* our 2xx is sent, its ACK is missing */ \
	X(UP,       "up")        /* from here on ims_change has its own table */ \
	X(OVER,     "ending")

#define IMS_CALL_EVENTS(X)                                                          \
	X(PROGRESS) X(ANSWER) X(FAIL)            /* of our INVITE */       \
	X(EARLY_OFFER) X(EARLY_ANSWER) X(FORK_END) /* before its answer */ \
	X(CANCEL) X(ACK) X(NO_ACK)               /* of the peer's */       \
	X(BYE) X(LOST) X(EXPIRED)                /* inside the dialog */   \
	X(ACCEPT) X(DECLINE) X(HANGUP)           /* of our user */         \
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
	const char *headers;      /* ACCEPT, DECLINE, HANGUP */
	const char *sdp;          /* ACCEPT: what the core is told */
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
	gboolean offerless; /* the peer's INVITE had no description: our user offers */
	char *focus;        /* URI of the other end when it is a conference */
	ims_dialog_id id;   /* of the call once it is confirmed, and after its end */
	char *call_id, *peer, *browser_offer, *who;
};

/* Does what the table says; an event without a row is logged. */
void ims_call_handle(ims_call *call, call_event event, const call_input *in);
gboolean ims_call_allows(const ims_call *call, call_event event, GError **error); /* IMS_E_WRONG_STATE */
