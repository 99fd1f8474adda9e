/* internal.h: one registration, seen from inside: ims_reg_table.c (what each event does), ims_reg.c (where
 * events come from, what is sent), and what is kept for them. */
#pragma once
#include "auth/ims_prover.h"
#include "dns/ims_next_hops.h"
#include "reg/ims_reg.h"
#include "reg/ims_reg_event.h"
#include "sip/ims_ua.h"

/* clang-format off */
#define IMS_REG_STATES(X)                                                        \
	X(IDLE,        "unregistered")  /* nothing registered, nothing sent */   \
	X(TRYING,      "registering")   /* who we are is sent */                 \
	X(PROVING,     "registering")   /* a challenge is answered */            \
	X(ASKING,      "registering")   /* the client is to answer it */         \
	X(PAUSED,      "registering")   /* nobody serves us now; we ask again */ \
	X(ACTIVE,      "registered")                                             \
	X(REFRESHING,  "registered")                                             \
	X(REPROVING,   "registered")                                             \
	X(REASKING,    "registered")                                             \
	X(WAITING,     "registered")    /* a refresh failed, the binding is alive yet */ \
	X(GUEST,       "registered")    /* the network knows nothing of it */    \
	X(LEAVING,     "unregistering")                                          \
	X(LEAVE_PROVING, "unregistering")                                        \
	X(LEAVE_ASKING, "unregistering")

#define IMS_REG_EVENTS(X)                                                        \
	X(START)      /* the owner wants to be registered, now */                \
	X(STOP)       /* ... and no more */                                      \
	X(OK)         /* 2xx */                                                  \
	X(CHALLENGE)  /* 401, 407 that can be answered */                        \
	X(QUESTION)   /* ... once the client has said what only he knows */      \
	X(ANSWER)     /* he has */                                               \
	X(TOO_BRIEF)  /* 423: the network wants a longer registration */        \
	X(NO_FLOWS)   /* 439: somebody on the way there does not know flows */  \
	X(REFUSED)    /* another final answer: trying again does not help */     \
	X(FAILED)     /* time-out, 5xx: it may, here or at another host */       \
	X(FORGOTTEN)  /* the network lost the registration, or the way to it */  \
	X(ENDED)      /* ... has taken it away, for good */                      \
	X(DROPPED)    /* ... and wants it made anew */                           \
	X(PUT_OFF)    /* ... later */                                            \
	X(LOOKED)     /* at what the device has left at other gateways */        \
	X(REMOVED)    /* a contact of that: it is gone, or does not go */        \
	X(TIMER)
/* clang-format on */

typedef enum {
#define X(name, text) REG_##name,
	IMS_REG_STATES(X)
#undef X
		N_STATES
} reg_state;

typedef enum {
#define X(name) EV_##name,
	IMS_REG_EVENTS(X)
#undef X
		N_EVENTS
} reg_event;

/* What this flow has proved. */
typedef struct {
	gboolean answered; /* the last REGISTER answered a challenge of the registrar */
	guint answers;     /* challenges answered in this attempt */
	gboolean proved;   /* this flow is bound to the IMPI: a 2xx came for an answered challenge */
} ims_reg_proof;

struct ims_reg {
	const ims_reg_events *listener; /* NULL: nobody listens */
	gpointer user;
	ims_stack *stack;
	const ims_network *network;
	ims_w2 w2;
	char *impu, *headers, *contact_params;
	gboolean guest;
	gboolean shares;     /* the contact may be another one's until a REGISTER of ours is confirmed */
	guint reg_id;        /* told to the network; 0: none, or it takes none */
	gboolean outbound;   /* ... which manages its flows */
	guint retry_after_s; /* of the last answer */
	GPtrArray *warnings; /* ... NULL: none */
	char *flow_token, *instance, *call_id, *from_tag, *registrar;
	ims_next_hops hops;
	guint asked_s, sent_s; /* wanted in general; in this message */
	guint min_expires_s;
	guint challenge_timeout_s;
	gint64 not_before_ms; /* Retry-After (REQ-19) */

	reg_state state;
	guint32 cseq;
	ims_transaction *transaction;
	ims_timer timer;
	ims_link_watch *link; /* the connection by which the network reaches us; NULL: it needs none */
	gint64 linked_ms;     /* since when */
	guint losses;         /* of connections that did not last, in a row */
	ims_prover *prover;
	gboolean unshown;     /* the network has not seen the prover that we have now */
	gint64 proof_ends_ms; /* what it proves is good until then; 0: for ever */
	ims_reg_proof proof;
	ims_credentials *credentials; /* of other requests; NULL: not in this role */
	ims_timer asking;             /* the client about one of them; or soon about the next */
	gboolean lengthened;          /* 423 obeyed in this attempt */
	gboolean restored;            /* started anew in this attempt, as the network had forgotten us */
	gboolean announce;            /* the owner waits to hear of the next 2xx */
	gboolean told;                /* ... or knows that there is none for now */
	gboolean warned;              /* ... or that the refresh it asked for has failed so far */
	guint failures;               /* attempts failed in a row */
	gint64 ends_ms;               /* when the binding expires */
	int status;                   /* of the last final answer */
	char *reason;
	guint granted_s;
	GPtrArray *route; /* of requests outside dialogs */
	char *admitted;   /* its first entry, whose hosts may send us requests; NULL: none */
	GPtrArray *associated;
	char *icid;                 /* of the last REGISTER; NULL: none */
	char *pub_gruu, *temp_gruu; /* NULL: none */
	ims_reg_watch *watch;       /* NULL: nothing is heard of it */
	ims_reg_event *event;       /* NULL: nothing is heard now */
	guint contacts;             /* as told last */
	GPtrArray *
		strays; /* of char *, URIs that the device has left at other gateways; NULL: not looked yet */
	gboolean removing; /* what is sent removes the first of them */
	gboolean patient;  /* the client is to prove that, too: he is told before, and so not at once */
	ims_timer looking;
};

/* ims_reg_table.c */
void ims_reg_handle(ims_reg *reg, reg_event event); /* an event without a row is logged */

/* ims_reg.c */
void ims_reg_send(ims_reg *reg, guint expires_s); /* instead of whatever is under way; events follow */
void ims_reg_be_silent(ims_reg *reg);             /* nothing is under way any more */
void ims_reg_note_outcome(ims_reg *reg, int status, const char *reason);
/* A refresh that nobody asked for, so nobody hears of it; in so many ms, as the next one. */
void ims_reg_again(ims_reg *reg, gint64 delay_ms);

void ims_reg_note_retry_after(ims_reg *reg, guint seconds);

/* ims_reg_heed.c */
void ims_reg_listen(ims_reg *reg);         /* from now on, while it is active */
void ims_reg_listen_no_more(ims_reg *reg); /* the network hears of that */
/* news: what it says now; known: all of it (REQ-24 to REQ-26). The registration may be gone afterwards. */
void ims_reg_heed(ims_reg *reg, const ims_reginfo *news, const ims_reginfo *known);
void ims_reg_tell_word(ims_reg *reg, gboolean over); /* the last outcome, to the owner */

/* ims_reg_strays.c: of a device that names itself, what it has left at a gateway that is gone (REQ-158). */
void ims_reg_strays_init(ims_reg *reg);
/* What was there before us is removed soon; who came after us has replaced us. */
void ims_reg_strays_look(ims_reg *reg, const ims_reginfo *known);
gboolean ims_reg_strays_is_replaced(const ims_reg *reg, const ims_reginfo *known);
/* Registered: the rest is looked for and removed soon. FALSE: its owner is told when that is known. */
gboolean ims_reg_strays_settle(ims_reg *reg);
char *ims_reg_strays_contact(const ims_reg *reg); /* header value that removes the first one */
void ims_reg_strays_drop(ims_reg *reg);           /* the first one is gone, or it does not go */
void ims_reg_strays_forget(ims_reg *reg);

/* ims_reg_binding.c */
void ims_reg_binding_of_guest(ims_reg *reg); /* what there is without any answer */
void ims_reg_binding_note(ims_reg *reg, const ims_register_answer *answer); /* a 2xx */
void ims_reg_binding_forget(ims_reg *reg); /* who served us may send us no requests any more */

/* ims_reg_link.c */
void ims_reg_link_follow(ims_reg *reg, ims_link *link); /* registered over it; NULL: over none */
void ims_reg_link_forget(ims_reg *reg);

/* ims_reg_credentials.c */
void ims_reg_credentials_init(ims_reg *reg);
void ims_reg_credentials_clear(ims_reg *reg);
gboolean ims_reg_credentials_question(const ims_reg *reg, ims_prover_question *ret_question);
gboolean ims_reg_credentials_answer(ims_reg *reg, const ims_prover_reply *reply, GError **error);

/* ims_reg_proof.c */
ims_prover_request ims_reg_proof_request(const ims_reg *reg, ims_proof proof); /* a REGISTER of ours */
/* Authorization and Proxy-Authorization of the next REGISTER; NULL: none. FALSE with the reason when there
 * can be none. */
gboolean ims_reg_proof_credentials(ims_reg *reg, char **ret_to_server, char **ret_to_proxy, GError **error);
/* The challenges of an answer: EV_CHALLENGE, EV_QUESTION, or, with the reason in the outcome, EV_REFUSED. */
reg_event ims_reg_proof_note(ims_reg *reg, const ims_register_answer *answer);
/* What a 2xx says of our proof, and proves itself (REQ-35). FALSE: it is not to be believed; why is in the
 * outcome. */
gboolean ims_reg_proof_confirm(ims_reg *reg, const ims_register_answer *answer);
void ims_reg_proof_forget(ims_reg *reg);               /* nothing is challenged, nothing proved */
void ims_reg_proof_limit(ims_reg *reg, guint valid_s); /* 0: it has no end */
guint ims_reg_proof_left_s(const ims_reg *reg);        /* at least 1; G_MAXUINT: it has no end */
