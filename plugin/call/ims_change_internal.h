/* ims_change_internal.h: a call's changes, as ims_change_table.c (what each event does) and ims_change.c
 * (where events come from) share them. */
#pragma once
#include "call/ims_change.h"

/* clang-format off */
#define IMS_CHANGE_STATES(X)                                                                \
	X(CLOSED)     /* the call is not up, or over */                          \
	X(CONFIRMING) /* a 2xx of ours, to an INVITE, waits for its ACK */       \
	X(STEADY)                                                                \
	X(ASKING)     /* our re-INVITE is under way */                           \
	X(PAUSED)     /* ... and met the peer's: it is tried again */            \
	X(ASKED)      /* the peer's offer is with the browser */                 \
	X(FITTING)    /* ... or one of ours, as the call's answer fits no answer that it had before */

#define IMS_CHANGE_EVENTS(X)                                                                \
	X(KEEP)      /* the peer offers what the gateway can answer alone */     \
	X(RESHAPE)   /* ... what only the browser can answer */                  \
	X(BLANK)     /* ... nothing: it wants an offer of ours */                \
	X(REFUSABLE) /* ... nonsense */                                          \
	X(REANSWER) X(CONFIRM) X(WITHDRAWN)                                      \
	X(HOLD) X(UPDATE) X(ANSWER) X(DECLINE)   /* of our user */               \
	X(REFRESH)   /* a sign of life is due */                                 \
	X(TIMER)
/* clang-format on */

typedef enum {
#define X(name) CHANGE_##name,
	IMS_CHANGE_STATES(X)
#undef X
		N_STATES
} change_state;

typedef enum {
#define X(name) EV_##name,
	IMS_CHANGE_EVENTS(X)
#undef X
		N_EVENTS
} change_event;

/* What an event brings along. */
typedef struct {
	const ims_sip_news *news; /* of the core */
	const char *sdp;          /* ANSWER: what the core is told */
	int status;               /* DECLINE */
	GError **error;           /* of a request: it could not be carried out */
} change_input;

struct ims_change {
	ims_change_setup setup;
	const ims_change_events *events;
	gpointer user;
	change_state state;
	ims_invite *invite;
	ims_timer timer;
	gboolean autoaccept;
	guint inside; /* ... handle: the owner may free it meanwhile */
	gboolean freed;

	char *update;            /* the browser's offer, until the peer has answered it; NULL: none */
	gboolean owed;           /* the peer is to be told what our user wants */
	gboolean updating;       /* what is under way is `update` */
	gboolean refreshing;     /* ... is what runs, as it was told before */
	guint tries;             /* of what is under way */
	char *browser_offer;     /* with the browser, ASKED or FITTING; NULL: none */
	gboolean unfit;          /* it did not want to fit: the peer is asked to */
	ims_direction told_hold; /* what the owner knows of the peer's */
};

/* Does what the table says; an event without a row is logged. May free the change, if its owner does. */
void ims_change_handle(ims_change *change, change_event event, const change_input *in);
gboolean ims_change_allows(const ims_change *change, change_event event,
			   GError **error); /* IMS_E_WRONG_STATE */
