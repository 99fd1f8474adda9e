/* sipws_call_internal.h: one INVITE dialog with the client and the call of janus.plugin.ims that it is, as
 * the files sipws_call*.c share them. Each side may end first: the call is over when both know. */
#pragma once
#include "bridge/internal.h"
#include "bridge/sipws_description.h"
#include "bridge/sipws_session_timer.h"

enum { SIPWS_ACK_MS = 32000 }; /* 64*T1 (RFC 3261 13.3.1.4): so long for the ACK to a 2xx */

#define SIPWS_CALL_ALLOW "INVITE, ACK, CANCEL, BYE, UPDATE, INFO, MESSAGE, OPTIONS, REFER, NOTIFY, SUBSCRIBE"
#define SIPWS_CALL_SUPPORTED "timer, replaces, outbound, gruu"

/* clang-format off */
#define SIPWS_CALL_STATES(X)                                                                          \
	X(CALLING)    /* the client's INVITE is with the gateway */                                   \
	X(CHALLENGED) /* ... was answered by a challenge: another one is to come (role ue) */         \
	X(ANSWERED)   /* our 2xx is sent, its ACK is missing */                                       \
	X(RINGING)    /* our INVITE is with the client */                                             \
	X(ACCEPTING)  /* the client's 2xx is with the gateway */                                      \
	X(UP)         /* from here on sipws_call_change has its own table */                          \
	X(OWING)      /* over for the gateway; BYE waits for the client's ACK */                      \
	X(LEAVING)    /* over for the client; the gateway's `hangup` is awaited */                    \
	X(OVER)

#define SIPWS_CALL_EVENTS(X)                                                                          \
	X(GIVE) X(GO_ON) X(CANCEL) X(ACK) X(BYE)                  /* the client asks */               \
	X(RING) X(DESCRIBE) X(ACCEPT) X(MUTE) X(REFUSE)           /* ... answers our INVITE; MUTE: a 2xx without description */ \
	X(TOLD_PROCEEDING) X(TOLD_RINGING) X(TOLD_PROGRESS)       /* the gateway tells */             \
	X(TOLD_ACCEPTED) X(TOLD_HANGUP)                                                               \
	X(FAILED)   /* ... it does not do what makes the call, or takes it */                         \
	X(CROSSED)  /* ... it does not, as another call had come to its line */                       \
	X(UNHEARD)  /* ... what ends it */                                                            \
	X(GONE)     /* there is no handle any more */                                                 \
	X(NO_ACK) X(EXPIRED)                                                                          \
	X(LOST)     /* the client does not know the dialog any more */                                \
	X(CUT)      /* its socket is gone, and it may come back for calls that are up */
/* clang-format on */

typedef enum {
#define X(name) CALL_##name,
	SIPWS_CALL_STATES(X)
#undef X
		SIPWS_CALL_N_STATES
} sipws_call_state;

typedef enum {
#define X(name) EV_##name,
	SIPWS_CALL_EVENTS(X)
#undef X
		SIPWS_CALL_N_EVENTS
} sipws_call_event;

/* What an event brings along; all borrowed. */
typedef struct {
	sipws_server_tx *tx;
	const sipws_msg *msg;
	const sipws_news *news;
	const sipws_failure *failure;
	const char *reason; /* GONE */
} sipws_call_input;

/* clang-format off */
#define SIPWS_CHANGE_STATES(X)                                                                        \
	X(CLOSED)     /* the call is not up yet, or over */                                           \
	X(STEADY)                                                                                     \
	X(ASKING)     /* the client's offer is with the gateway */                                    \
	X(CONFIRMING) /* our 2xx to its re-INVITE waits for the ACK */                                \
	X(ASKED)      /* the gateway's offer is with the client */                                    \
	X(TELLING)    /* what it was told before is with the client once more */                      \
	X(PAUSED)     /* ours met the client's: it is tried again */                                  \
	X(DROPPING)   /* the gateway has taken its offer back, the client has not answered it yet */

#define SIPWS_CHANGE_EVENTS(X)                                                                        \
	X(OPEN)                      /* the call is up */                                             \
	X(OFFER) X(BLANK)            /* the client's re-INVITE or UPDATE; BLANK: a re-INVITE without offer */ \
	X(CONFIRM) X(MISSED)         /* its ACK; which does not come */                               \
	X(TAKEN) X(REFUSED) X(MET)   /* its answer to ours; MET: 491 */                               \
	X(TOLD_OFFER) X(TOLD_DONE) X(TOLD_FAILED) /* the gateway tells */                             \
	X(REPEAT)                    /* the client is to be told again what holds */                  \
	X(TIMER)
/* clang-format on */

typedef enum {
#define X(name) CHANGE_##name,
	SIPWS_CHANGE_STATES(X)
#undef X
		SIPWS_CHANGE_N_STATES
} sipws_change_state;

typedef enum {
#define X(name) CH_##name,
	SIPWS_CHANGE_EVENTS(X)
#undef X
		SIPWS_CHANGE_N_EVENTS
} sipws_change_event;

typedef struct {
	sipws_change_state state;
	sipws_server_tx *asked;               /* the client's, without an answer yet */
	sipws_client_tx *asking, *refreshing; /* ours: an INVITE; an UPDATE without description */
	guint32 cseq;                         /* of our INVITE, for its ACK */
	char *offer;              /* of the gateway, which the client is to be asked; NULL: none */
	gboolean owed;            /* the client is to be told again what holds */
	sipws_sdp_direction most; /* streams flow at most so, seen from us: the far end's hold */
	ims_timer timer;          /* CONFIRMING: for the ACK; PAUSED */
} sipws_change;

struct sipws_call {
	sipws_bridge *bridge;
	sipws_line *line; /* NULL: none yet */
	sipws_call_state state;
	guint inside;      /* ... sipws_call_handle: it is freed by the outermost */
	gboolean outgoing; /* the client calls */
	gboolean crossed;  /* ... and its line had been called by then */
	char *id;          /* the API's call_id; NULL: not told yet */
	sipws_dialog dialog;
	sipws_server_tx *invited;      /* the client's INVITE, without a final answer yet */
	sipws_client_tx *inviting;     /* ours */
	guint32 cseq;                  /* ... its number, for the ACK */
	gboolean offerless;            /* ours made no offer: the client's 2xx does */
	gboolean owes_ack;             /* ... and is acknowledged with the far end's answer */
	gboolean rings;                /* the gateway knows */
	gboolean described;            /* ... and has the client's answer */
	gboolean focus;                /* the far end is a conference */
	gboolean updates, replaces;    /* the client knows these */
	sipws_description description; /* what it was told */
	ims_timer ack_timer;
	sipws_session_timer timer;
	sipws_change change;
};

/* ---- sipws_call.c ---- */
sipws_call *sipws_call_new(sipws_bridge *bridge, gboolean outgoing);
void sipws_call_leave_line(sipws_call *call); /* nothing is asked of it any more */
/* failed may be NULL. Nothing is asked of a handle that is gone. */
void sipws_call_ask(sipws_call *call, json_t *body, const char *sdp_type, const char *sdp,
		    sipws_failed failed);
void sipws_call_request_failed(const sipws_failure *failure, gpointer user); /* FAILED */
/* With To tag, and Contact and what else belongs there from 101 to 299. */
sipws_msg *sipws_call_response(sipws_call *call, const sipws_msg *request, guint status, const char *phrase);
void sipws_call_add_sdp(sipws_msg *msg, const char *sdp); /* NULL: none */
sipws_msg *sipws_call_new_request(sipws_call *call, const char *method);
void sipws_call_ack(sipws_call *call, guint32 cseq, const char *sdp);
/* The client's description in it; NULL: none. Free with g_free. */
char *sipws_call_sdp(const sipws_msg *msg);
/* Of a request: another body than a description is answered, FALSE. */
gboolean sipws_call_can_read(sipws_call *call, sipws_server_tx *tx, const sipws_msg *msg);
void sipws_call_learn(sipws_call *call, const sipws_msg *msg); /* tag, Contact, what the client knows */

/* ---- sipws_call_table.c ---- */
void sipws_call_handle(sipws_call *call, sipws_call_event event,
		       const sipws_call_input *in); /* may free it */
char *sipws_call_table_text(void);                  /* for its golden test */

/* ---- sipws_call_out.c, _in.c, _end.c: what the rows of the table do ---- */
#define SIPWS_CALL_ACT(name) void name(sipws_call *call, const sipws_call_input *in)
SIPWS_CALL_ACT(sipws_out_proceed);
SIPWS_CALL_ACT(sipws_out_ring);
SIPWS_CALL_ACT(sipws_out_progress);
SIPWS_CALL_ACT(sipws_out_answer);
SIPWS_CALL_ACT(sipws_out_refuse);
SIPWS_CALL_ACT(sipws_out_fail);
SIPWS_CALL_ACT(sipws_out_dial_again);
SIPWS_CALL_ACT(sipws_out_cancel);
SIPWS_CALL_ACT(sipws_out_abandon);
SIPWS_CALL_ACT(sipws_out_give);
SIPWS_CALL_ACT(sipws_out_go_on);
SIPWS_CALL_ACT(sipws_out_confirm);
SIPWS_CALL_ACT(sipws_in_ring);
SIPWS_CALL_ACT(sipws_in_describe);
SIPWS_CALL_ACT(sipws_in_accept);
SIPWS_CALL_ACT(sipws_in_mute);
SIPWS_CALL_ACT(sipws_in_decline);
SIPWS_CALL_ACT(sipws_in_accepted);
SIPWS_CALL_ACT(sipws_in_cancel);
SIPWS_CALL_ACT(sipws_in_leave);
SIPWS_CALL_ACT(sipws_end_nothing);
SIPWS_CALL_ACT(sipws_end_hangup);
SIPWS_CALL_ACT(sipws_end_bye);
SIPWS_CALL_ACT(sipws_end_both);
SIPWS_CALL_ACT(sipws_end_later);

/* ---- sipws_call_in.c ---- */
void sipws_call_came(sipws_line *line, const sipws_news *news); /* incomingcall */

/* ---- sipws_call_words.c ---- */
char *sipws_call_reason(const sipws_news *news); /* value of Reason; NULL: nothing is said */
char *sipws_call_reason_of(guint status, const char *text);
/* What a final response is to the client's INVITE, of the hangup that ends its call. */
sipws_msg *sipws_call_refusal(sipws_call *call, const sipws_msg *invite, const sipws_news *news);
json_t *sipws_call_headers(const sipws_msg *msg, gboolean reason); /* for the API; with its Reason */

/* ---- sipws_call_change.c, sipws_call_change_table.c ---- */
void sipws_change_init(sipws_call *call);
void sipws_change_stop(sipws_call *call); /* what waits for an answer gets one */
void sipws_change_request(sipws_call *call, sipws_server_tx *tx,
			  const sipws_msg *msg); /* re-INVITE, UPDATE */
void sipws_change_confirmed(sipws_call *call);   /* an ACK */
void sipws_change_heard(sipws_call *call, const sipws_news *news);
void sipws_change_refresh(sipws_call *call); /* the session timer wants a sign */
void sipws_change_handle(sipws_call *call, sipws_change_event event, const sipws_call_input *in);
char *sipws_change_table_text(void); /* for its golden test */
SIPWS_CALL_ACT(sipws_change_ask_gateway);
SIPWS_CALL_ACT(sipws_change_say_again);
SIPWS_CALL_ACT(sipws_change_answer);
SIPWS_CALL_ACT(sipws_change_refuse);
SIPWS_CALL_ACT(sipws_change_defer);
SIPWS_CALL_ACT(sipws_change_meet);
SIPWS_CALL_ACT(sipws_change_confirm);
SIPWS_CALL_ACT(sipws_change_miss);
SIPWS_CALL_ACT(sipws_change_ask_client);
SIPWS_CALL_ACT(sipws_change_tell_client);
SIPWS_CALL_ACT(sipws_change_keep_offer);
SIPWS_CALL_ACT(sipws_change_owe);
SIPWS_CALL_ACT(sipws_change_take);
SIPWS_CALL_ACT(sipws_change_decline);
SIPWS_CALL_ACT(sipws_change_told);
SIPWS_CALL_ACT(sipws_change_pause);
SIPWS_CALL_ACT(sipws_change_drop);
SIPWS_CALL_ACT(sipws_change_drop_kept);
SIPWS_CALL_ACT(sipws_change_put_back);
SIPWS_CALL_ACT(sipws_change_left);
SIPWS_CALL_ACT(sipws_change_pause_owing);
SIPWS_CALL_ACT(sipws_change_proceed);
