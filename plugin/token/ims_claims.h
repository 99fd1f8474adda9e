/* ims_claims.h: what a token says, of a JWT whose signature is good or of an introspection answer, against
 * what its issuer may say -> a grant. Pure. */
#pragma once
#include <jansson.h>
#include <glib.h>
#include "config/ims_config.h"
#include "token/ims_grant.h"

enum { IMS_CLAIM_IMPUS_MAX = 32 };

/* iss of claims that nobody has vouched for yet: to choose the issuer by, and for nothing else. Of the
 * network's; NULL: none of them. */
const ims_issuer *ims_claims_issuer(const ims_config *config, const ims_network *network,
				    const json_t *claims);

/* REQ-63, 71, 59; in this order: iss, aud, exp, nbf, iat, cnf, scope, the WWSF, the identities.
 * now_s: wall clock. nbf and iat have the issuer's skew; exp has none, as a registration lives no longer.
 * iss may be missing in an introspection answer, which its sender vouches for. token: kept in the grant, to
 * ask its issuer again; NULL: it will not be asked. NULL with IMS_TOKEN_INVALID, EXPIRED, INSUFFICIENT_SCOPE
 * or NOT_PERMITTED, and the name of the claim. */
ims_grant *ims_claims_check(const ims_issuer *issuer, ims_token_kind kind, const json_t *claims, gint64 now_s,
			    const char *token, GError **error);
