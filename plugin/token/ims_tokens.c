/* ims_tokens.c: the life of a verification: asked for on the SIP thread, decided on the token thread. */
#include "token/ims_tokens.h"

#include <poll.h>
#include "base/ims_secret.h"
#include "token/ims_bearer.h"
#include "token/internal.h"

struct ims_tokens {
	ims_config *config;
	ims_worker *home, *worker;
};

struct ims_verification {
	ims_tokens *tokens;
	const ims_network *network;
	ims_secret *token;

	/* The SIP thread's. */
	ims_verification **slot; /* where its owner keeps it; NULL: dropped */
	ims_verification_done done;
	gpointer user;

	/* The verdict: the token thread's until it is posted home. */
	ims_grant *grant;
	GError *error;
	const ims_issuer *issuer;
};

static void verification_free(ims_verification *verification)
{
	ims_secret_unref(verification->token);
	ims_grant_unref(verification->grant);
	g_clear_error(&verification->error);
	g_free(verification);
}

/* The token thread */

static void deliver(gpointer subject, gpointer args)
{
	ims_verification *verification = args;
	ims_verdict verdict = { verification->grant, verification->error, verification->issuer };

	(void)subject;
	if (verification->slot) {
		*verification->slot = NULL;
		verification->done(&verdict, verification->user);
	}
	verification_free(verification);
}

static void decide(gpointer subject, gpointer args)
{
	ims_tokens *tokens = subject;
	ims_verification *verification = args;

	verification->issuer = ims_config_issuer_of(tokens->config, verification->network, 0);
	if (ims_bearer_is_token(ims_secret_text(verification->token), &verification->error))
		g_set_error_literal(&verification->error, IMS_TOKEN_ERROR, IMS_TOKEN_UNAVAILABLE,
				    "access tokens are not served yet");
	ims_worker_post(tokens->home, deliver, NULL, verification);
}

static void tokens_run(ims_worker *worker, gpointer user)
{
	struct pollfd mail = { ims_worker_fd(worker), POLLIN, 0 };

	(void)user;
	while (!ims_worker_is_stopping(worker)) {
		poll(&mail, 1, -1);
		ims_worker_drain(worker);
	}
}

/* The SIP thread */

static void start(ims_tokens *tokens, const ims_network *network, const char *token,
		  ims_verification_done done, gpointer user, ims_verification **slot)
{
	ims_verification *verification = g_new0(ims_verification, 1);

	g_assert(!*slot);
	verification->tokens = tokens;
	verification->network = network;
	verification->token = ims_secret_new_text(token);
	verification->slot = slot;
	verification->done = done;
	verification->user = user;
	*slot = verification;
	ims_worker_post(tokens->worker, decide, tokens, verification);
}

void ims_tokens_verify(ims_tokens *tokens, const ims_network *network, const char *token,
		       ims_verification_done done, gpointer user, ims_verification **slot)
{
	start(tokens, network, token, done, user, slot);
}

void ims_tokens_recheck(ims_tokens *tokens, const ims_network *network, const ims_grant *grant,
			ims_verification_done done, gpointer user, ims_verification **slot)
{
	start(tokens, network, ims_grant_token(grant), done, user, slot);
}

void ims_verification_drop(ims_verification **slot)
{
	ims_verification *verification = g_steal_pointer(slot);

	if (verification)
		verification->slot = NULL;
}

void ims_tokens_revoke(ims_tokens *tokens, const char *issuer, const char *jti, const char *subject)
{
	(void)tokens;
	(void)issuer;
	(void)jti;
	(void)subject;
}

/* Life */

ims_tokens *ims_tokens_new(const ims_config *config, ims_worker *home)
{
	ims_tokens *tokens = g_new0(ims_tokens, 1);

	tokens->config = ims_config_ref(config);
	tokens->home = home;
	tokens->worker = ims_worker_new("ims tokens", tokens_run, tokens);
	return tokens;
}

void ims_tokens_close(ims_tokens *tokens)
{
	ims_worker_stop(tokens->worker);
}

void ims_tokens_free(ims_tokens *tokens)
{
	if (!tokens)
		return;
	ims_worker_free(tokens->worker);
	ims_config_unref(tokens->config);
	g_free(tokens);
}
