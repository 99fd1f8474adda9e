/* ims_verdicts.c: what becomes of a token: remembered, checked with keys, or asked about. */
#include "token/tokens_internal.h"

#include "token/ims_bearer.h"
#include "token/ims_claims.h"
#include "token/ims_jwt.h"

/* How long a verified JWT is not verified again: its signature costs most of what a refresh costs. */
#define JWT_MS 300000

static gint64 wall_s(void)
{
	return g_get_real_time() / G_USEC_PER_SEC;
}

static gint64 now_ms(ims_verification *verification)
{
	return ims_clock_now_ms(&verification->tokens->clock);
}

static GError *why(ims_token_error_code code, const char *text)
{
	return g_error_new_literal(IMS_TOKEN_ERROR, (gint)code, text);
}

static void refuse(ims_verification *verification, ims_token_error_code code, const char *text)
{
	ims_verification_answer(verification, NULL, why(code, text));
}

/* ---- verdicts ---- */

/* The last word before a token is let in. */
static void answer_grant(ims_verification *verification, ims_grant *grant)
{
	if (ims_revocations_has(verification->tokens->revocations, grant))
		refuse(verification, IMS_TOKEN_INVALID, "the token has been revoked");
	else if (ims_grant_expires_s(grant) <= wall_s())
		refuse(verification, IMS_TOKEN_EXPIRED, "the token has expired");
	else
		ims_verification_answer(verification, ims_grant_ref(grant), NULL);
}

static void answer(ims_verification *verification, ims_grant *grant, const GError *error)
{
	if (grant)
		answer_grant(verification, grant);
	else
		ims_verification_answer(verification, NULL, g_error_copy(error));
}

static void remember(ims_verification *verification, ims_grant *grant, const GError *error,
		     gint64 how_long_ms)
{
	ims_verdict verdict = { grant, error, verification->issuer };

	if (how_long_ms > 0)
		ims_token_cache_put(verification->tokens->cache, &verification->digest, &verdict,
				    now_ms(verification) + how_long_ms);
}

static gboolean recall(ims_verification *verification)
{
	const ims_verdict *known =
		ims_token_cache_get(verification->tokens->cache, &verification->digest, now_ms(verification));

	if (!known)
		return FALSE;
	verification->issuer = known->issuer;
	answer(verification, known->grant, known->error);
	return TRUE;
}

/* Of a grant that its issuer has taken back. */
static void remember_refusal(ims_verification *verification, const GError *error)
{
	if (error->code != IMS_TOKEN_UNAVAILABLE)
		remember(verification, NULL, error,
			 (ims_grant_expires_s(verification->old) - wall_s()) * 1000);
}

static void wait_for_fetch(ims_verification *verification, ims_provider *provider)
{
	if (g_queue_get_length(&provider->waiting) < IMS_WAITING_MAX)
		g_queue_push_tail(&provider->waiting, verification);
	else
		refuse(verification, IMS_TOKEN_UNAVAILABLE, "too many tokens wait for their issuer");
}

/* ---- questions to the issuer; everybody who shows the same token waits for the same answer ---- */

typedef struct {
	ims_token_digest digest;
	ims_provider *provider;
	GQueue waiting; /* of ims_verification, the first asked */
} question;

static const char *kept_token(const ims_verification *verification, const ims_issuer *issuer)
{
	return *issuer->client_id ? ims_secret_text(verification->token) : NULL;
}

/* Whoever is new is given what the answer says; whoever was there is still who he was. */
static void judge_answer(ims_verification *verification, const json_t *told, const GError *error)
{
	const ims_issuer *issuer = verification->issuer;
	g_autoptr(ims_grant) grant = NULL;
	g_autoptr(GError) refused = error ? g_error_copy(error) : NULL;

	if (told && verification->old) {
		answer_grant(verification, verification->old);
		return;
	}
	if (told)
		grant = ims_claims_check(issuer, IMS_TOKEN_OPAQUE, told, wall_s(),
					 kept_token(verification, issuer), &refused);
	if (verification->old && refused) /* its signature stays good */
		remember_refusal(verification, refused);
	else if (!g_error_matches(refused, IMS_TOKEN_ERROR, IMS_TOKEN_UNAVAILABLE))
		remember(verification, grant, refused, (gint64)issuer->introspection_s * 1000);
	answer(verification, grant, refused);
}

static void on_introspected(const json_t *told, const GError *error, gpointer user)
{
	question *q = user;
	ims_verification *verification;

	g_hash_table_remove(q->provider->tokens->questions, &q->digest);
	while ((verification = g_queue_pop_head(&q->waiting)))
		judge_answer(verification, told, error);
	g_free(q);
}

static void ask(ims_verification *verification, ims_provider *provider, const char *endpoint)
{
	GHashTable *questions = verification->tokens->questions;
	question *q = g_hash_table_lookup(questions, &verification->digest);

	if (q) {
		g_queue_push_tail(&q->waiting, verification);
		return;
	}
	q = g_new0(question, 1);
	q->digest = verification->digest;
	q->provider = provider;
	g_queue_push_tail(&q->waiting, verification);
	g_hash_table_insert(questions, &q->digest, q);
	ims_introspector_ask(provider->introspector, endpoint, ims_secret_text(verification->token),
			     on_introspected, q);
}

/* A JWT whose issuer answers no questions holds as long as it says. */
static void ask_issuer(ims_verification *verification, ims_provider *provider)
{
	const char *endpoint;

	switch (ims_keyring_find_endpoint(provider->keyring, &endpoint)) {
	case IMS_KEY_FOUND:
		ask(verification, provider, endpoint);
		return;
	case IMS_KEY_LATER:
		wait_for_fetch(verification, provider);
		return;
	case IMS_KEY_UNKNOWN:
		if (verification->old && ims_grant_kind(verification->old) == IMS_TOKEN_JWT)
			answer_grant(verification, verification->old);
		else
			refuse(verification, IMS_TOKEN_UNAVAILABLE,
			       "the issuer has no place where it is asked about tokens");
		return;
	case IMS_KEY_NONE:
		refuse(verification, IMS_TOKEN_UNAVAILABLE,
		       "where the issuer is asked about tokens is not known");
		return;
	}
	g_assert_not_reached();
}

/* ---- opaque tokens ---- */

static const ims_issuer *opaque_issuer(const ims_verification *verification)
{
	const ims_issuer *issuer = NULL;

	for (guint i = 0;
	     (issuer = ims_config_issuer_of(verification->tokens->config, verification->network, i)); i++)
		if (issuer->opaque)
			return issuer;
	return NULL;
}

static void decide_opaque(ims_verification *verification)
{
	const ims_issuer *issuer = opaque_issuer(verification);

	if (!issuer) {
		refuse(verification, IMS_TOKEN_INVALID,
		       "the token is not a JWT, and no issuer of this network makes others");
		return;
	}
	verification->issuer = issuer;
	ask_issuer(verification, ims_tokens_provider(verification->tokens, issuer));
}

/* ---- JWTs ---- */

static void check_jwt(ims_verification *verification, const ims_jwt *jwt, const ims_jwk *key)
{
	const ims_issuer *issuer = verification->issuer;
	const char *token = ims_secret_text(verification->token);
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_grant) grant = NULL;

	if (ims_jwt_check_signature(jwt, token, key, &error))
		grant = ims_claims_check(issuer, IMS_TOKEN_JWT, jwt->claims, wall_s(),
					 kept_token(verification, issuer), &error);
	if (grant)
		remember(verification, grant, NULL,
			 MIN(JWT_MS, (ims_grant_expires_s(grant) - wall_s()) * 1000));
	answer(verification, grant, error);
}

static void find_key(ims_verification *verification, const ims_jwt *jwt)
{
	ims_provider *provider = ims_tokens_provider(verification->tokens, verification->issuer);
	const ims_jwk *key;

	switch (ims_keyring_find(provider->keyring, jwt->kid, jwt->alg, &key)) {
	case IMS_KEY_FOUND:
		check_jwt(verification, jwt, key);
		return;
	case IMS_KEY_LATER:
		wait_for_fetch(verification, provider);
		return;
	case IMS_KEY_UNKNOWN:
		refuse(verification, IMS_TOKEN_INVALID,
		       "the token is signed with no key of its issuer that fits its algorithm");
		return;
	case IMS_KEY_NONE:
		refuse(verification, IMS_TOKEN_UNAVAILABLE, "the keys of the issuer cannot be fetched");
		return;
	}
	g_assert_not_reached();
}

static void decide_jwt(ims_verification *verification)
{
	const ims_tokens *tokens = verification->tokens;
	GError *error = NULL;
	g_autoptr(ims_jwt) jwt = ims_jwt_parse(ims_secret_text(verification->token), &error);
	const ims_issuer *issuer =
		jwt ? ims_claims_issuer(tokens->config, verification->network, jwt->claims) : NULL;

	if (issuer)
		verification->issuer = issuer;
	else if (jwt)
		error = why(IMS_TOKEN_INVALID, "the token is not of an issuer that is trusted here: iss");
	if (issuer && ims_jwt_check_header(jwt, issuer, &error))
		find_key(verification, jwt);
	else
		ims_verification_answer(verification, NULL, error);
}

/* ---- all of them ---- */

static void decide_again(ims_verification *verification)
{
	ims_tokens *tokens = verification->tokens;
	const ims_issuer *issuer = ims_config_issuer(tokens->config, ims_grant_issuer(verification->old));

	verification->issuer = issuer;
	if (!verification->token || ims_revocations_has(tokens->revocations, verification->old))
		answer_grant(verification, verification->old);
	else
		ask_issuer(verification, ims_tokens_provider(tokens, issuer));
}

static void decide_new(ims_verification *verification)
{
	const char *token = ims_secret_text(verification->token);
	GError *error = NULL;

	verification->issuer = ims_config_issuer_of(verification->tokens->config, verification->network, 0);
	if (!ims_bearer_is_token(token, &error))
		ims_verification_answer(verification, NULL, error);
	else if (!verification->issuer)
		refuse(verification, IMS_TOKEN_INVALID, "this network takes no access tokens");
	else if (recall(verification))
		return;
	else if (ims_jwt_is_one(token))
		decide_jwt(verification);
	else
		decide_opaque(verification);
}

void ims_verdicts_decide(ims_verification *verification)
{
	if (verification->token)
		ims_token_digest_make(verification->network->name, ims_secret_text(verification->token),
				      &verification->digest);
	if (verification->old)
		decide_again(verification);
	else
		decide_new(verification);
}

/* Those that wait again are those for whom another fetch has begun. */
void ims_verdicts_on_keys(gboolean changed, gpointer user)
{
	ims_provider *provider = user;

	if (changed) /* what was signed with a key that is gone, counts no more */
		ims_token_cache_clear(provider->tokens->cache);
	for (guint left = g_queue_get_length(&provider->waiting); left > 0; left--)
		ims_verdicts_decide(g_queue_pop_head(&provider->waiting));
}
