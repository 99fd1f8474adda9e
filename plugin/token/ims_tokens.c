/* ims_tokens.c: the life of a verification: asked for on the SIP thread, decided on the token thread. */
#include "token/tokens_internal.h"

#include <string.h>

#include "token/ims_bearer.h"

/* Home */

static void verification_free(ims_verification *verification)
{
	ims_secret_unref(verification->token);
	ims_grant_unref(verification->old);
	ims_grant_unref(verification->grant);
	g_clear_error(&verification->error);
	g_free(verification);
}

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

void ims_verification_answer(ims_verification *verification, ims_grant *grant, GError *error)
{
	g_assert(!grant != !error);
	verification->grant = grant;
	verification->error = error;
	ims_worker_post(verification->tokens->home, deliver, NULL, verification);
}

/* The token thread */

ims_provider *ims_tokens_provider(const ims_tokens *tokens, const ims_issuer *issuer)
{
	for (guint i = 0; i < tokens->providers->len; i++) {
		ims_provider *provider = tokens->providers->pdata[i];

		if (provider->issuer == issuer)
			return provider;
	}
	g_assert_not_reached(); /* each issuer that a network names has one */
}

static void add_provider(ims_tokens *tokens, const ims_issuer *issuer)
{
	ims_provider *provider = g_new0(ims_provider, 1);
	gboolean plain = tokens->config->lab;

	provider->tokens = tokens;
	provider->issuer = issuer;
	provider->keyring = ims_keyring_new(issuer, plain, tokens->fetcher, &tokens->clock, tokens->alarms,
					    ims_verdicts_on_keys, provider);
	provider->introspector = ims_introspector_new(issuer, tokens->fetcher, tokens->alarms);
	g_queue_init(&provider->waiting);
	g_ptr_array_add(tokens->providers, provider);
}

static void provider_free(gpointer data)
{
	ims_provider *provider = data;

	g_assert(g_queue_is_empty(&provider->waiting));
	ims_keyring_free(provider->keyring);
	ims_introspector_free(provider->introspector);
	g_free(provider);
}

static void set_up(ims_tokens *tokens)
{
	const GPtrArray *issuers = tokens->config->issuers;

	tokens->fetcher = ims_fetcher_new(tokens->config->lab);
	tokens->providers = g_ptr_array_new_with_free_func(provider_free);
	tokens->cache = ims_token_cache_new();
	tokens->questions = g_hash_table_new(ims_token_digest_hash, ims_token_digest_equal);
	tokens->revocations = ims_revocations_new();
	for (guint i = 0; i < issuers->len; i++)
		if (ims_config_names_issuer(tokens->config, ((ims_issuer *)issuers->pdata[i])->name))
			add_provider(tokens, issuers->pdata[i]);
}

static void tear_down(ims_tokens *tokens)
{
	ims_fetcher_free(tokens->fetcher); /* answers all that wait */
	g_ptr_array_unref(tokens->providers);
	ims_token_cache_free(tokens->cache);
	g_hash_table_unref(tokens->questions);
	ims_revocations_free(tokens->revocations);
}

/* Milliseconds until the next provider's keys are due. */
static gint64 tick(ims_tokens *tokens)
{
	gint64 now_ms = ims_clock_now_ms(&tokens->clock), next_ms = now_ms + G_MAXINT;

	for (guint i = 0; i < tokens->providers->len; i++) {
		ims_provider *provider = tokens->providers->pdata[i];

		next_ms = MIN(next_ms, ims_keyring_tick(provider->keyring));
	}
	return next_ms - now_ms;
}

static void tokens_run(ims_worker *worker, gpointer user)
{
	ims_tokens *tokens = user;

	set_up(tokens);
	while (!ims_worker_is_stopping(worker)) {
		ims_fetcher_wait(tokens->fetcher, ims_worker_fd(worker), tick(tokens));
		ims_worker_drain(worker);
	}
	tear_down(tokens);
}

static void decide(gpointer subject, gpointer args)
{
	ims_tokens *tokens = subject;

	if (ims_worker_is_stopping(tokens->worker)) /* nobody is left to tell */
		verification_free(args);
	else
		ims_verdicts_decide(args);
}

typedef struct {
	char *issuer, *jti, *subject;
	ims_tokens_revoked *revoked;
	gpointer user;
} revocation;

static void revocation_free(revocation *r)
{
	g_free(r->issuer);
	g_free(r->jti);
	g_free(r->subject);
	g_free(r);
}

static void tell_revoked(gpointer subject, gpointer args)
{
	revocation *r = args;

	(void)subject;
	r->revoked(r->issuer, r->jti, r->subject, r->user);
	revocation_free(r);
}

static void revoke(gpointer subject, gpointer args)
{
	ims_tokens *tokens = subject;
	revocation *r = args;

	if (ims_worker_is_stopping(tokens->worker)) { /* nobody is left to tell */
		revocation_free(r);
		return;
	}
	ims_revocations_add(tokens->revocations, r->issuer, r->jti, r->subject,
			    g_get_real_time() / G_USEC_PER_SEC);
	ims_worker_post(tokens->home, tell_revoked, NULL, r);
}

/* The SIP thread */

/* A token that is too long is refused; there is no need to copy all of it. */
static ims_secret *keep_token(const char *token)
{
	return ims_secret_new(token, strnlen(token, IMS_TOKEN_MAX + 1));
}

static ims_verification *start(ims_tokens *tokens, const ims_network *network, ims_verification_done done,
			       gpointer user, ims_verification **slot)
{
	ims_verification *verification = g_new0(ims_verification, 1);

	g_assert(!*slot);
	verification->tokens = tokens;
	verification->network = network;
	verification->slot = slot;
	verification->done = done;
	verification->user = user;
	*slot = verification;
	return verification;
}

void ims_tokens_verify(ims_tokens *tokens, const ims_network *network, const char *token,
		       ims_verification_done done, gpointer user, ims_verification **slot)
{
	ims_verification *verification = start(tokens, network, done, user, slot);

	verification->token = keep_token(token);
	ims_worker_post(tokens->worker, decide, tokens, verification);
}

void ims_tokens_recheck(ims_tokens *tokens, const ims_network *network, const ims_grant *grant,
			ims_verification_done done, gpointer user, ims_verification **slot)
{
	ims_verification *verification = start(tokens, network, done, user, slot);

	verification->old = ims_grant_ref(grant);
	verification->token = ims_grant_token(grant) ? keep_token(ims_grant_token(grant)) : NULL;
	ims_worker_post(tokens->worker, decide, tokens, verification);
}

void ims_verification_drop(ims_verification **slot)
{
	ims_verification *verification = g_steal_pointer(slot);

	if (verification)
		verification->slot = NULL;
}

void ims_tokens_revoke(ims_tokens *tokens, const char *issuer, const char *jti, const char *subject,
		       ims_tokens_revoked *revoked, gpointer user)
{
	revocation *r = g_new(revocation, 1);

	g_assert(!jti != !subject);
	*r = (revocation){ g_strdup(issuer), g_strdup(jti), g_strdup(subject), revoked, user };
	ims_worker_post(tokens->worker, revoke, tokens, r);
}

/* Life */

static gint64 monotonic_ms(ims_clock *clock)
{
	(void)clock;
	return g_get_monotonic_time() / 1000;
}

ims_tokens *ims_tokens_new(const ims_config *config, ims_worker *home, ims_alarms *alarms)
{
	ims_tokens *tokens = g_new0(ims_tokens, 1);

	tokens->config = ims_config_ref(config);
	tokens->home = home;
	tokens->alarms = alarms;
	tokens->clock.now_ms = monotonic_ms;
	tokens->worker = ims_worker_new("ims tokens", tokens_run, tokens);
	return tokens;
}

ims_lag *ims_tokens_lag(ims_tokens *tokens)
{
	return ims_worker_lag(tokens->worker);
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
