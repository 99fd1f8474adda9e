#include "token/ims_grant.h"

#include <string.h>
#include "token/ims_identities.h"
#include "token/internal.h"

struct ims_grant {
	ims_grant_facts facts; /* its texts are the grant's own */
	ims_secret *token;
};

ims_grant *ims_grant_new(const ims_grant_facts *facts, const char *token)
{
	ims_grant *grant = g_atomic_rc_box_new0(ims_grant);

	grant->facts = *facts;
	grant->facts.issuer = g_strdup(facts->issuer);
	grant->facts.impi = g_strdup(facts->impi);
	grant->facts.impus = (const char *const *)g_strdupv((char **)facts->impus);
	grant->facts.wwsf = g_strdup(facts->wwsf);
	grant->facts.jti = g_strdup(facts->jti);
	grant->facts.subject = g_strdup(facts->subject);
	grant->token = ims_secret_new_text(token);
	return grant;
}

static void grant_clear(gpointer data)
{
	ims_grant *grant = data;
	ims_grant_facts *facts = &grant->facts;

	g_free((char *)facts->issuer);
	g_free((char *)facts->impi);
	g_strfreev((char **)facts->impus);
	g_free((char *)facts->wwsf);
	g_free((char *)facts->jti);
	g_free((char *)facts->subject);
	ims_secret_unref(grant->token);
}

ims_grant *ims_grant_ref(const ims_grant *grant)
{
	return g_atomic_rc_box_acquire((gpointer)grant);
}

void ims_grant_unref(ims_grant *grant)
{
	if (grant)
		g_atomic_rc_box_release_full(grant, grant_clear);
}

gboolean ims_grant_permits(const ims_grant *grant, const char *impi, const char *impu, gint64 now_s)
{
	g_autofree char *normal = ims_identity_normal(impu);

	return normal && now_s < grant->facts.expires_s && (!impi || g_str_equal(grant->facts.impi, impi)) &&
	       g_strv_contains(grant->facts.impus, normal);
}

gboolean ims_grant_is_same_user(const ims_grant *a, const ims_grant *b)
{
	return g_str_equal(a->facts.issuer, b->facts.issuer) && g_str_equal(a->facts.impi, b->facts.impi) &&
	       g_strcmp0(a->facts.subject, b->facts.subject) == 0 &&
	       g_strcmp0(a->facts.wwsf, b->facts.wwsf) == 0;
}

const char *ims_grant_token(const ims_grant *grant)
{
	return ims_secret_text(grant->token);
}

gint64 ims_grant_issued_s(const ims_grant *grant)
{
	return grant->facts.issued_s;
}

const char *ims_grant_issuer(const ims_grant *grant)
{
	return grant->facts.issuer;
}

const char *ims_grant_impi(const ims_grant *grant)
{
	return grant->facts.impi;
}

const char *const *ims_grant_impus(const ims_grant *grant)
{
	return grant->facts.impus;
}

const char *ims_grant_wwsf(const ims_grant *grant)
{
	return grant->facts.wwsf;
}

const char *ims_grant_jti(const ims_grant *grant)
{
	return grant->facts.jti;
}

const char *ims_grant_subject(const ims_grant *grant)
{
	return grant->facts.subject;
}

gint64 ims_grant_expires_s(const ims_grant *grant)
{
	return grant->facts.expires_s;
}

ims_token_kind ims_grant_kind(const ims_grant *grant)
{
	return grant->facts.kind;
}

gboolean ims_grant_is_pool(const ims_grant *grant)
{
	return grant->facts.pool;
}
