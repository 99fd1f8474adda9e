/* internal.h: what the files of reg/ share: one registration, seen from inside. */
#pragma once
#include "auth/ims_digest.h"
#include "reg/ims_reg.h"
#include "dns/ims_next_hops.h"
#include "sip/ims_ua.h"

/* A challenge of the network, used again until it sends another. */
typedef struct {
	ims_challenge *challenge; /* NULL: none yet */
	guint32 nc;               /* of the last answer */
	char *cnonce;             /* ... NULL: none given, or none needed */
} ims_reg_claim;

/* What the network wants to see proved in a REGISTER, and what we have proved. */
typedef struct {
	ims_reg_claim claim;
	gboolean to_proxy; /* it was a 407 */
	guint answers;     /* challenges answered in this attempt */
	gboolean proved;   /* this flow is bound to the IMPI: a 2xx came for an answered challenge */
} ims_reg_proof;

struct ims_reg {
	const ims_reg_events *listener; /* NULL: nobody listens */
	gpointer user;
	ims_stack *stack;
	const ims_network *network;
	ims_w2 w2;
	char *impu, *impi, *secret, *headers;
	char *flow_token, *instance, *call_id, *from_tag, *registrar;
	ims_next_hops hops;
	guint asked_s, sent_s; /* wanted in general; in this message */
	guint min_expires_s;
	gint64 not_before_ms; /* Retry-After (REQ-19) */

	int state;
	guint32 cseq;
	ims_transaction *transaction;
	ims_timer timer;
	ims_link_watch *link; /* the connection by which the network reaches us; NULL: it needs none */
	gint64 linked_ms;     /* since when */
	guint losses;         /* of connections that did not last, in a row */
	ims_reg_proof proof;
	ims_reg_claim claims[2];      /* of other requests: 401, 407 */
	ims_credentials *credentials; /* that answer them; NULL: not in this role */
	gboolean lengthened;          /* 423 obeyed in this attempt */
	gboolean restored;            /* started anew in this attempt, as the network had forgotten us */
	gboolean announce;            /* the owner waits to hear of the next 2xx */
	gboolean told;                /* ... or knows that there is none for now */
	guint failures;               /* attempts failed in a row */
	gint64 ends_ms;               /* when the binding expires */
	int status;                   /* of the last final answer */
	char *reason;
	guint granted_s;
	GPtrArray *route; /* of requests outside dialogs */
	char *admitted;   /* its first entry, whose hosts may send us requests; NULL: none */
	GPtrArray *associated;
	char *pub_gruu, *temp_gruu; /* NULL: none */
};

void ims_reg_note_outcome(ims_reg *reg, int status, const char *reason);
/* A refresh that nobody asked for, so nobody hears of it; in so many ms, as the next one. */
void ims_reg_again(ims_reg *reg, gint64 delay_ms);

/* ims_reg_binding.c */
void ims_reg_binding_note(ims_reg *reg, const ims_register_answer *answer); /* a 2xx */
void ims_reg_binding_forget(ims_reg *reg); /* who served us may send us no requests any more */

/* ims_reg_link.c */
void ims_reg_link_follow(ims_reg *reg, ims_link *link); /* registered over it; NULL: over none */
void ims_reg_link_forget(ims_reg *reg);
gint64 ims_reg_back_off_ms(guint failures); /* RFC 5626 4.5 */

/* ims_reg_claim.c */
void ims_reg_claim_clear(ims_reg_claim *claim);
/* The first that can be answered (RFC 8760: the network names the strongest first); realm NULL: of any realm.
 * NULL with the reason. */
ims_challenge *ims_reg_claim_choose(const GPtrArray *challenges, const char *realm, char **ret_why);
/* Takes the challenge over. answers: given before by the same request. FALSE: the last one was wrong, and
 * another would be too. */
gboolean ims_reg_claim_keep(ims_reg_claim *claim, ims_challenge *challenge, guint answers);
/* The next answer, as a header value; NULL with the reason. */
char *ims_reg_claim_answer(ims_reg_claim *claim, const ims_reg *reg, const char *method, const char *uri,
			   GError **error);
/* What the last answer was made of. */
ims_digest_request ims_reg_claim_request(const ims_reg_claim *claim, const ims_reg *reg, const char *method,
					 const char *uri);

/* ims_reg_credentials.c */
void ims_reg_credentials_init(ims_reg *reg);
void ims_reg_credentials_clear(ims_reg *reg);
void ims_reg_credentials_forget(ims_reg *reg); /* nothing is known of challenges any more */

/* ims_reg_proof.c */
/* The answer to the last challenge; before there was one, who we are, or nothing: NULL in ret_credentials.
 * FALSE with the reason when the challenge is unusable. */
gboolean ims_reg_proof_credentials(ims_reg *reg, char **ret_credentials, GError **error);
/* The challenges of an answer. FALSE: none can be answered, or our answer was wrong and another would be
 * too; why is in the outcome. */
gboolean ims_reg_proof_note(ims_reg *reg, const ims_register_answer *answer);
/* What a 2xx says of our proof, and proves itself (REQ-35). FALSE: it is not to be believed; why is in the
 * outcome. */
gboolean ims_reg_proof_confirm(ims_reg *reg, const ims_register_answer *answer);
void ims_reg_proof_forget(ims_reg *reg); /* nothing is challenged, nothing proved */
