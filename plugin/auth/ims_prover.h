/* ims_prover.h: how one user proves to the network who he is.
 *
 * A registration owns one prover, and asks it what each REGISTER says, what a challenge is worth, and
 * whether a 2xx is to be believed. What differs between Digest, AKA, a trusted node, a bearer token and a
 * client that keeps its secret lies in ims_prover_kind: one file each. Texts in, texts out: a prover knows
 * no SIP stack, no network and no time.
 * Thread: the SIP thread. Secrets never reach a log or an error text, and are wiped by free. */
#pragma once
#include <glib.h>
#include "auth/ims_digest.h"

typedef struct ims_prover ims_prover;

/* What is proved; each keeps its own challenge and count. 401 asks for Authorization, 407 for
 * Proxy-Authorization, and a request may need both. Requests other than REGISTER are proved in role ue only
 * (RFC 3261 22.2, 22.3). */
typedef enum {
	IMS_PROOF_REGISTER,          /* to the registrar */
	IMS_PROOF_REGISTER_TO_PROXY, /* ... and to a proxy before it */
	IMS_PROOF_REQUEST,           /* any other, to whom it is for */
	IMS_PROOF_REQUEST_TO_PROXY,
	IMS_PROOF_N
} ims_proof;

gboolean ims_proof_is_of_register(ims_proof proof);
gboolean ims_proof_is_to_proxy(ims_proof proof);

/* The request that the proof is for. Borrowed. */
typedef struct {
	ims_proof proof;
	const char *method, *uri; /* its request line */
	GBytes *body;             /* NULL: none */
} ims_prover_request;

/* A 401 or 407. Borrowed. */
typedef struct {
	ims_proof proof;
	const GPtrArray *challenges; /* of char *: header values, in the network's order */
	guint answers;               /* that the same attempt has given before */
} ims_prover_demand;

typedef enum {
	IMS_PROVER_ANSWERS, /* the next ims_prover_authorize answers it */
	IMS_PROVER_ASKS,    /* ... once ims_prover_reply has brought what somebody else knows */
	IMS_PROVER_REFUSES, /* no answer helps; without an error the network's own words say why */
	IMS_PROVER_ALARMS,  /* no challenge may ever come: the network and we disagree (REQ-53) */
} ims_prover_verdict;

/* What somebody else has to answer. Borrowed, until the next call to the prover. */
typedef struct {
	ims_proof proof;
	const char *text;               /* the header value as the network wrote it, but ik and ck (REQ-42) */
	const ims_challenge *challenge; /* the same, read */
	const char *impi;               /* who is to answer */
	const char *method, *uri;       /* the request line of the request that it goes into */
	const char *call_id;            /* ... NULL: of a REGISTER */
} ims_prover_question;

/* What he answers: a whole header value, or its parts. NULL: not there. Borrowed. */
typedef struct {
	const char *authorization;
	const char *response, *cnonce, *qop, *nc, *auts;
	const char *nonce; /* of the challenge that is meant; NULL: the one that is open */
} ims_prover_reply;

/* A 2xx to a REGISTER, which may prove something itself. Borrowed. */
typedef struct {
	ims_proof proof;  /* REGISTER, or to the proxy, if that proves something */
	const char *info; /* its Authentication-Info, or Proxy-Authentication-Info; NULL: none */
	GBytes *body;     /* NULL: none */
} ims_prover_success;

/* The integrity-protected that the registration writes behind the prover's header value (24.229 7.2A.2). */
typedef enum {
	IMS_INTEGRITY_OF_FLOW,   /* REQ-32: none, pending beside an answer, yes once one was accepted */
	IMS_INTEGRITY_CONNECTED, /* REQ-40: tls-connected in every REGISTER */
	IMS_INTEGRITY_OWN,       /* nothing: what has to be there the prover wrote itself */
} ims_integrity;

/* confirm and forget may be NULL; question and reply too, of a kind that never says IMS_PROVER_ASKS. */
typedef struct {
	const char *name; /* as register's `auth` has it: "digest", "aka", "token", "delegated" */
	char *(*authorize)(ims_prover *prover, const ims_prover_request *request, gboolean *ret_answers,
			   GError **error);
	ims_prover_verdict (*heed)(ims_prover *prover, const ims_prover_demand *demand, GError **error);
	ims_prover_question (*question)(const ims_prover *prover, const ims_prover_request *request);
	gboolean (*reply)(ims_prover *prover, const ims_prover_request *request,
			  const ims_prover_reply *reply, GError **error);
	gboolean (*confirm)(ims_prover *prover, const ims_prover_success *success, GError **error);
	void (*forget)(ims_prover *prover);
	gboolean (*is_same)(const ims_prover *prover, const ims_prover *other); /* of this kind and IMPI */
	void (*free)(ims_prover *prover); /* what it added to ims_prover, and itself */
} ims_prover_kind;

/* First member of each implementation, filled in by its constructor. */
struct ims_prover {
	const ims_prover_kind *kind;
	char *impi; /* owned, freed by ims_prover_free */
	ims_integrity integrity;
	guint more_answers; /* per attempt, beyond the network's max_answers: 1 for AUTS */
};

void ims_prover_free(ims_prover *prover); /* accepts NULL */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(ims_prover, ims_prover_free)

/* The header value of the next request: an answer to the last challenge, or what is said unasked. NULL
 * without an error: nothing is said. ret_answers: it answers a challenge. NULL with an error: it cannot be
 * said, and the request is not to be sent. Free with g_free. */
char *ims_prover_authorize(ims_prover *prover, const ims_prover_request *request, gboolean *ret_answers,
			   GError **error);

/* Takes over one of the challenges. error: why none is answered, for the user to read; an alarm always has
 * one. */
ims_prover_verdict ims_prover_heed(ims_prover *prover, const ims_prover_demand *demand, GError **error);

/* Between IMS_PROVER_ASKS and the reply. request: which the answer goes into; a REGISTER and one other
 * request may be asked about at a time, and to whom the answer proves it, server or proxy, the prover knows.
 * FALSE: this is no answer, and another may be given; the error says what is wrong. */
ims_prover_question ims_prover_question_of(const ims_prover *prover, const ims_prover_request *request);
gboolean ims_prover_reply_with(ims_prover *prover, const ims_prover_request *request,
			       const ims_prover_reply *reply, GError **error);

/* FALSE: who sent it has proved wrongly, and is not to be believed (REQ-35). */
gboolean ims_prover_confirm(ims_prover *prover, const ims_prover_success *success, GError **error);

void ims_prover_forget(ims_prover *prover); /* nothing was ever challenged */

/* Whoever made `other` has proved that he is the same user: he may take the registration over. Secrets are
 * compared in constant time. */
gboolean ims_prover_is_same(const ims_prover *prover, const ims_prover *other);
