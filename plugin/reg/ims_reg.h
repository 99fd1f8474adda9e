/* ims_reg.h: one registration of one identity (IMPU) over one flow: 24.229 5.1.1 and 5.2.2.
 *
 * Thread: the SIP thread. Owner: the session it serves, or the service while it waits to be
 * reclaimed. The SIP identity of a registration (Call-ID, instance, flow token, Contact) lives
 * as long as the object: whoever takes it over makes no second contact. */
#pragma once
#include <glib.h>
#include "auth/ims_prover.h"
#include "config/ims_config.h"
#include "sip/ims_credentials.h"
#include "sip/ims_stack.h"

typedef struct ims_reg ims_reg;
typedef struct ims_reg_watch ims_reg_watch; /* ims_reg_event.h */

/* What the network says of a registration by itself. Borrowed. */
typedef struct {
	const char
		*event; /* in the words of RFC 3680: "shortened", "deactivated", "rejected", ...; "registered"
			   when others came to it or left it; "terminated" without a word why */
	gboolean over;  /* for good: terminal until the next start */
	guint expires_s; /* of what is left; 0: none is, it is made anew, or over */
	guint contacts;  /* of this identity, ours included, as far as is known */
} ims_reg_word;

typedef struct {
	void (*confirmed)(ims_reg *reg, gpointer user); /* the first 200 after ims_reg_start */
	/* Nobody serves us for now, at first or any more, and it is tried again after retry_s and on; heard
	 * once, until confirmed, refused or gone follows. While it is active, only of what ims_reg_start has
	 * begun: the binding is good for ims_reg_left_s yet. status 408, 503, ... */
	void (*delayed)(ims_reg *reg, int status, const char *reason, guint retry_s, gpointer user);
	/* Refused: terminal until the next start. status 401, 403, ... */
	void (*refused)(ims_reg *reg, int status, const char *reason, gpointer user);
	void (*gone)(ims_reg *reg, gpointer user); /* after ims_reg_stop: answered, or nobody answers */
	/* The network wants to see proved what only the client can prove: ims_reg_answer is expected within
	 * challenge_timeout_s, else an attempt fails, a refresh is tried again while the binding lives, and a
	 * deregistration is left to the binding's end; another request is as if refused. NULL: nobody is
	 * there to ask. */
	void (*asked)(ims_reg *reg, const ims_prover_question *question, gpointer user);
	/* NULL: nobody is there to be told. */
	void (*told)(ims_reg *reg, const ims_reg_word *word, gpointer user);
} ims_reg_events;

typedef struct {
	ims_stack *stack;
	const ims_network *network; /* must outlive the registration */
	ims_w2 w2;
	ims_reg_watch *watch;       /* to hear what the network says of it; NULL: nothing is */
	const char *flow_token;     /* user part of all URIs of ours */
	const char *proxy;          /* SIP URI to send to instead of the entry point; NULL: none */
	const char *impu;           /* SIP URI */
	ims_prover *prover;         /* of the user's IMPI; goes over to the registration */
	const char *headers;        /* further header lines of each REGISTER; NULL: none */
	const char *contact_params; /* of the Contact's URI, ";name=value"; NULL: none */
	const char *instance;       /* URN of the client's device, checked; NULL: one is made */
	guint reg_id;               /* which of its flows (RFC 5626); 0: it does not say */
	gboolean shares;            /* others have registered, or do, with this flow token, too: the network's
				       contact is not to be taken away before it is ours */
	gboolean guest;             /* nothing is said to the network: he calls as who he says he is */
	guint expires_s;            /* asked for; 0: the network's default */
	guint challenge_timeout_s;  /* how long the client may take to answer a challenge */
	guint valid_s; /* the proof lasts so long, and no registration longer (REQ-54); 0: it has no end */
} ims_reg_setup;

ims_reg *ims_reg_new(const ims_reg_setup *setup, const ims_reg_events *events, gpointer user);
void ims_reg_free(ims_reg *reg); /* says nothing to the network; accepts NULL */
void ims_reg_bind(ims_reg *reg, const ims_reg_events *events,
		  gpointer user); /* a new owner; NULL events: nobody listens */

void ims_reg_start(ims_reg *reg); /* registers, or refreshes at once: confirmed, refused or delayed follows */
/* The client's answer to what was asked. FALSE, and it may answer again: IMS_E_WRONG_STATE (nothing was
 * asked, or too long ago), or what the prover says of it. */
gboolean ims_reg_answer(ims_reg *reg, const ims_prover_reply *reply, GError **error);
void ims_reg_refresh(
	ims_reg *reg); /* the same of a running one, and nobody hears of it. Harmless in any state */
/* A newer proof of the same user, good for valid_s, which goes over to the registration: shown in its next
 * REGISTER. */
void ims_reg_renew(ims_reg *reg, ims_prover *prover, guint valid_s);
void ims_reg_stop(ims_reg *reg); /* deregisters: gone follows. Harmless in any state */

/* The network has forgotten us (24.229 5.1.2A): registers anew, while calls go on. Harmless in any state. */
void ims_reg_restore(ims_reg *reg);

gboolean ims_reg_is_active(const ims_reg *reg); /* the network serves us: calls may be made and come in */
gboolean ims_reg_is_guest(const ims_reg *reg);  /* ... or at least calls may be made: nothing is registered */
gboolean ims_reg_is_idle(const ims_reg *reg);   /* nothing registered, nothing under way */
gboolean ims_reg_is_paused(const ims_reg *reg); /* ... but a next attempt will be */
gboolean ims_reg_is_asking(const ims_reg *reg); /* ims_reg_answer is waited for, for a REGISTER */
/* The network knows its way to us as one of several flows of the user's device (RFC 5626). */
gboolean ims_reg_is_outbound(const ims_reg *reg);
gboolean ims_reg_is_leaving(const ims_reg *reg); /* ims_reg_stop was said, gone follows */
/* What ims_reg_answer is for: a REGISTER first, then the user's other request. FALSE: nothing. Borrowed,
 * until the next call. */
gboolean ims_reg_question(const ims_reg *reg, ims_prover_question *ret_question);
const char *
ims_reg_state_name(const ims_reg *reg); /* "registered", "registering", "unregistering", "unregistered" */

const char *ims_reg_impu(const ims_reg *reg);
ims_prover *ims_reg_prover(const ims_reg *reg); /* its own: for what only one kind can do */
const char *ims_reg_flow_token(const ims_reg *reg);
const char *ims_reg_call_id(const ims_reg *reg); /* of all its REGISTERs */
const ims_network *ims_reg_network(const ims_reg *reg);
/* Route of requests outside dialogs: of char * (REQ-78). */
const GPtrArray *ims_reg_route(const ims_reg *reg);
const GPtrArray *
ims_reg_associated(const ims_reg *reg); /* of char *, the default IMPU first; never empty once active */
/* GRUUs of the last answer (RFC 5627): the one that tells the identity, and one that does not. NULL: none. */
const char *ims_reg_pub_gruu(const ims_reg *reg);
const char *ims_reg_temp_gruu(const ims_reg *reg);
guint ims_reg_retry_after_s(const ims_reg *reg);       /* of the last answer; 0: the network does not say */
const GPtrArray *ims_reg_warnings(const ims_reg *reg); /* of char *, the same; NULL: none */
/* Contacts that its device has left at other gateways, to be removed yet. */
guint ims_reg_strays(const ims_reg *reg);
guint ims_reg_expires_s(const ims_reg *reg); /* as granted */
guint ims_reg_left_s(const ims_reg *reg);    /* ... and left of it */
const char *
ims_reg_icid(const ims_reg *reg); /* of the last REGISTER; NULL: none was sent, or not in this role */
/* For the user's other requests; of no use once the registration is gone. NULL: his role proves none. */
ims_credentials *ims_reg_credentials(const ims_reg *reg);
/* Same IMPU, network, IMPI and secret: the right to take it over. */
gboolean ims_reg_is_proved_by(const ims_reg *reg, const ims_reg_setup *setup);

/* The state table as text, one line for each state and event, for review and its golden test. */
char *ims_reg_table_text(void);
