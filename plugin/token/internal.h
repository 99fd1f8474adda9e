/* internal.h: how a grant is made (REQ-51), and what the files of token/ share. No other folder includes it.
 */
#pragma once
#include <glib.h>
#include "base/ims_secret.h"
#include "token/ims_grant.h"

/* What a token says, after it has been checked. */
typedef struct {
	const char *issuer; /* its name in the configuration */
	const char *impi;
	const char *const *impus; /* normal form, at least one */
	const char *wwsf, *jti, *subject;
	gint64 expires_s;
	gint64 issued_s; /* 0: not told */
	ims_token_kind kind;
	gboolean pool;
} ims_grant_facts;

/* Copies all of it. token: kept to ask its issuer again; NULL: nobody will be asked. */
ims_grant *ims_grant_new(const ims_grant_facts *facts, const char *token);
const char *ims_grant_token(const ims_grant *grant); /* NULL: not kept */
gint64 ims_grant_issued_s(const ims_grant *grant);   /* iat; 0: not told */
