/* fake_tokens.h: stands where token/ims_tokens is: questions are kept, and the test answers them. For one
 * source file of a program. */
#pragma once
#include "token/internal.h"
#include "token/ims_tokens.h"

struct ims_verification {
	ims_tokens *tokens;
	ims_grant *grant;
	ims_verification_done done;
	gpointer user;
	ims_verification **slot;
};

struct ims_tokens {
	guint asked;
	ims_verification *waiting; /* the last one; NULL: answered or dropped */
};

static inline void fake_verification_free(ims_verification *v)
{
	v->tokens->waiting = NULL;
	ims_grant_unref(v->grant);
	g_free(v);
}

void ims_tokens_recheck(ims_tokens *tokens, const ims_network *network, const ims_grant *grant,
			ims_verification_done done, gpointer user, ims_verification **slot)
{
	(void)network;
	g_assert_null(*slot);
	*slot = tokens->waiting = g_new0(ims_verification, 1);
	**slot = (ims_verification){ tokens, ims_grant_ref(grant), done, user, slot };
	tokens->asked++;
}

void ims_verification_drop(ims_verification **slot)
{
	ims_verification *v = g_steal_pointer(slot);

	if (v)
		fake_verification_free(v);
}

/* The answer to the question that waits: yes, or why not. */
static inline void fake_verdict(ims_tokens *tokens, ims_token_error_code *why)
{
	ims_verification *v = tokens->waiting;
	g_autoptr(GError) error =
		why ? g_error_new_literal(IMS_TOKEN_ERROR, (gint)*why, "as the test wants it") : NULL;
	const ims_verdict verdict = { .grant = why ? NULL : v->grant, .error = error };

	g_assert_nonnull(v);
	*v->slot = NULL;
	tokens->waiting = NULL;
	v->done(&verdict, v->user);
	ims_grant_unref(v->grant);
	g_free(v);
}

static inline ims_grant *fake_grant(const char *subject, gint64 left_s, gboolean pool)
{
	const char *impus[] = { "sip:carol@ims.example", NULL };
	const ims_grant_facts facts = { .issuer = "waf",
					.impi = "carol@ims.example",
					.impus = impus,
					.jti = "jti-1",
					.subject = subject,
					.expires_s = g_get_real_time() / G_USEC_PER_SEC + left_s,
					.pool = pool };

	return ims_grant_new(&facts, "geheim-token-77");
}
