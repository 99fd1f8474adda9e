/* ims_grant.h: what a verified access token allows: who may register, until when, and on whose word.
 *
 * Only the verification of a token makes one (REQ-51): the constructor is in token/internal.h, which
 * tests/check-layers.sh keeps inside this folder. Immutable and refcounted; thread: any. No text that a grant
 * gives is the token, and all of it may stand in an audit record (REQ-147). */
#pragma once
#include <glib.h>

typedef struct ims_grant ims_grant;

typedef enum {
	IMS_TOKEN_JWT,    /* RFC 9068, its signature checked */
	IMS_TOKEN_OPAQUE, /* RFC 7662, its issuer asked */
} ims_token_kind;

ims_grant *ims_grant_ref(const ims_grant *grant);
void ims_grant_unref(ims_grant *grant); /* accepts NULL */

/* May this IMPI register this IMPU now? IMPUs are compared as URIs: scheme and host in any case, parameters
 * of sip: and separators of tel: aside; tel: and sip: are never the same. impi: exactly; NULL: not asked.
 * now_s: wall clock, seconds since 1970; FALSE from the second of ims_grant_expires_s on. */
gboolean ims_grant_permits(const ims_grant *grant, const char *impi, const char *impu, gint64 now_s);

/* The same user of the same issuer: issuer, subject, client and IMPI are equal. What a refreshed token must
 * be to go on with a registration, and whoever wants to take one over (REQ-60). */
gboolean ims_grant_is_same_user(const ims_grant *a, const ims_grant *b);

const char *ims_grant_issuer(const ims_grant *grant); /* its name in the configuration, "waf" */
const char *ims_grant_impi(const ims_grant *grant);
const char *const *ims_grant_impus(const ims_grant *grant); /* normal form, NULL-terminated, at least one */
const char *ims_grant_wwsf(const ims_grant *grant);         /* client id of the WWSF; NULL: not told */
const char *ims_grant_jti(const ims_grant *grant);          /* NULL: the token has none */
const char *ims_grant_subject(const ims_grant *grant);      /* NULL: the token has none */
gint64 ims_grant_expires_s(const ims_grant *grant);         /* exp, without the skew; wall clock (REQ-54) */
ims_token_kind ims_grant_kind(const ims_grant *grant);
gboolean ims_grant_is_pool(const ims_grant *grant); /* its WWSF hands out identities of a pool (REQ-59) */

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ims_grant, ims_grant_unref)
