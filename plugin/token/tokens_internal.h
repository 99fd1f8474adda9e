/* tokens_internal.h: what ims_tokens.c (threads and lives) and ims_verdicts.c (decisions) share. */
#pragma once
#include "token/ims_introspector.h"
#include "token/ims_keyring.h"
#include "token/ims_revocations.h"
#include "token/ims_token_cache.h"
#include "token/ims_tokens.h"
#include "token/internal.h"

enum { IMS_WAITING_MAX = 1000 };

/* An issuer, as the token thread knows it. */
typedef struct {
	ims_tokens *tokens;
	const ims_issuer *issuer;
	ims_keyring *keyring;
	ims_introspector *introspector;
	GQueue waiting; /* of ims_verification: for its keys; IMS_WAITING_MAX at most */
} ims_provider;

struct ims_tokens {
	ims_config *config;
	ims_worker *home, *worker;
	ims_alarms *alarms;
	ims_clock clock; /* the token thread's now; it has no timers */

	/* The token thread's. */
	ims_fetcher *fetcher;
	GPtrArray *providers;   /* of ims_provider */
	ims_token_cache *cache; /* of tokens that were verified */
	GHashTable *questions;  /* digest -> question: tokens that their issuer is asked about now */
	ims_revocations *revocations;
};

struct ims_verification {
	ims_tokens *tokens;
	const ims_network *network;
	ims_secret *token; /* NULL: none is known any more */
	ims_grant *old;    /* what is checked again; NULL: a token that is new */

	/* The SIP thread's. */
	ims_verification **slot; /* where its owner keeps it; NULL: dropped */
	ims_verification_done done;
	gpointer user;

	/* The token thread's, until it is posted home with the verdict. */
	ims_token_digest digest;
	ims_grant *grant;
	GError *error;
	const ims_issuer *issuer;
};

/* ims_tokens.c */
/* Posts it home. grant and error are taken; exactly one of them. */
void ims_verification_answer(ims_verification *verification, ims_grant *grant, GError *error);
ims_provider *ims_tokens_provider(const ims_tokens *tokens, const ims_issuer *issuer);

/* ims_verdicts.c: [the token thread] */
void ims_verdicts_decide(ims_verification *verification);
void ims_verdicts_on_keys(gboolean changed, gpointer provider); /* ims_keyring_news */
