/* account.h: what the files of the registration share. */
#pragma once
#include "bridge/internal.h"
#include "bridge/sipws_register.h"

/* What the network has been asked for. */
typedef enum { SIPWS_ENTER, SIPWS_STAY, SIPWS_LEAVE } sipws_aim;

typedef enum {
	REG_OUT = 1 << 0,     /* not registered */
	REG_IN = 1 << 1,      /* registered, and nothing is under way */
	REG_LOST = 1 << 2,    /* the network has nobody who serves it; the gateway goes on trying */
	REG_ASKING = 1 << 3,  /* the network is asked, for what `aim` says */
	REG_ASKED = 1 << 4,   /* it wants a proof */
	REG_PROVING = 1 << 5, /* it has one */
} sipws_account_state;

typedef enum {
	/* the client's REGISTER; a fetch is answered at once */
	REG_EV_ENTER,
	REG_EV_LEAVE,
	REG_EV_PROOF, /* has the answer to the challenge that waits */
	/* janus.plugin.ims */
	REG_EV_REGISTERED,
	REG_EV_CHALLENGE,
	REG_EV_REFUSED,
	REG_EV_DELAYED,     /* ..., and the gateway goes on trying */
	REG_EV_UNREFRESHED, /* ..., and it stands all the same */
	REG_EV_GONE,
	REG_EV_REPLACED,
	REG_EV_TOKEN_TAKEN,
	REG_EV_TOKEN_REFUSED,
	REG_EV_FAILED,   /* a request of ours */
	REG_EV_DETACHED, /* by Janus */
	/* time */
	REG_EV_SILENCE,
	REG_EV_LAPSED,
	/* a request with a newer token than the registration's */
	REG_EV_NEW_TOKEN,
} sipws_account_event;

/* What the event brings; borrowed. */
typedef struct {
	const json_t *result;
	const sipws_failure *failure;
} sipws_account_word;

struct sipws_account {
	sipws_bridge *bridge;
	sipws_account_state state;
	sipws_aim aim;

	/* the client's REGISTER that waits; NULL: none */
	sipws_server_tx *tx;
	sipws_register *wish;
	ims_timer silence; /* nobody says what comes of it */

	/* what the client is granted */
	sipws_register *granted; /* its last one; NULL: it is not registered here */
	ims_timer lapse;         /* it has not come back */
	gint64 lapse_ms;         /* ... by then */

	/* what the network grants the gateway */
	char *impu;             /* NULL: nobody's yet */
	gboolean stands;        /* with the network */
	gboolean replaced;      /* by the same device elsewhere, and has not been there since */
	gint64 until_ms;        /* ... until then */
	gint64 due_ms;          /* ... and will be refreshed by then */
	guint short_grants;     /* that are left, as the client is to prove something soon */
	ims_secret *token;      /* by which; NULL: by Digest */
	ims_secret *next_token; /* that is being looked at */
	gint64 token_until_ms;  /* 0: not known */
	GPtrArray *associated;  /* of char *: the default identity first */
	char *pub_gruu, *temp_gruu, *authentication_info;
	char *unique_id;         /* of this registration's handle */
	char *predecessor;       /* ... and of that whose place it took; NULL: none */
	char *challenge, *nonce; /* that waits for its answer; NULL: none */
};

/* ---- sipws_account_table.c ---- */
void sipws_account_handle(sipws_account *account, sipws_account_event on, const sipws_account_word *said);

/* ---- sipws_account_asks.c: what janus.plugin.ims is asked; a failure is the event FAILED ---- */
void sipws_account_ask_enter(sipws_account *account); /* as the waiting REGISTER says */
void sipws_account_ask_refresh(sipws_account *account);
void sipws_account_ask_renew(sipws_account *account); /* with next_token */
void sipws_account_ask_leave(sipws_account *account);
void sipws_account_ask_proof(sipws_account *account); /* whether that of the waiting REGISTER is right */

void sipws_account_expect(sipws_account *account); /* the waiting REGISTER is answered in time */

/* ---- sipws_account_network.c: what the network says of it ---- */
void sipws_account_learn(sipws_account *account, const json_t *result); /* `registered` */
void sipws_account_learn_token(sipws_account *account, const json_t *result);
void sipws_account_learn_challenge(sipws_account *account, const json_t *result);
/* Some registrars challenge a right answer twice, and clients answer again only what they are told is stale
 * (RFC 7616 3.3). Who was wrong is refused after the second answer. */
void sipws_account_call_stale(sipws_account *account);
void sipws_account_learn_word(sipws_account *account, const json_t *result); /* `reginfo` */
void sipws_account_forget_challenge(sipws_account *account);
void sipws_account_forget(sipws_account *account); /* all of it */

/* ---- sipws_account_answers.c: what the waiting REGISTER is told; afterwards it waits no more ---- */
guint sipws_account_grantable_s(const sipws_account *account, const sipws_register *wish);
void sipws_account_tell_device(const sipws_account *account); /* to the server: who has proved himself */
void sipws_account_tell_granted(sipws_account *account);      /* 200 with the contact, if there is one */
void sipws_account_tell_gone(sipws_account *account);         /* 200 without */
void sipws_account_tell_challenge(sipws_account *account);
void sipws_account_tell_busy(sipws_server_tx *tx);
void sipws_account_tell_fault(sipws_account *account, sipws_server_tx *tx, const sipws_fault *fault);
void sipws_account_tell_failure(sipws_account *account, const sipws_failure *failure);
void sipws_account_tell_refusal(sipws_account *account, const json_t *result); /* of an event */

/* A refusal of any request, as an event or a failure has it. */
sipws_msg *sipws_refusal(const sipws_msg *request, const char *realm, const json_t *result);
