/* issuer.h: an issuer for fuzz targets, and what must be so of everything that is read of a token. */
#pragma once
#include <string.h>
#include "config/ims_config.h"
#include "token/ims_claims.h"
#include "token/ims_identities.h"
#include "token/ims_token_error.h"

static inline const ims_issuer *fuzz_issuer(void)
{
	static const char text[] = "general: { lab = true } sip: { address = \"192.0.2.1\" } networks: { n: "
				   "{ domain = \"ims.example\" } }\n"
				   "issuers: { waf: { issuer = \"https://waf.example\"; audience = \"edge\"; "
				   "clients = [ \"page\", \"shop\" ];\n"
				   "identities = [ \"*@ims.example\", \"tel:+49*\" ]; pool = [ \"shop "
				   "*shop-*@ims.example\" ] } }\n";
	static ims_config *config; /* for all inputs */

	if (!config)
		config = ims_config_parse(text, "fuzz", NULL);
	g_assert(config);
	return config->issuers->pdata[0];
}

static inline void fuzz_check_error(const GError *error)
{
	g_assert(error->domain == IMS_TOKEN_ERROR);
	g_assert(ims_token_error_status((ims_token_error_code)error->code) >= 400);
	g_assert(*error->message && g_utf8_validate(error->message, -1, NULL));
}

static inline void fuzz_check_text(const char *text)
{
	for (const char *at = text ? text : ""; *at; at++)
		g_assert((unsigned char)*at >= 0x20 && *at != 0x7f);
}

/* What may go into logs and SIP headers, and whom the issuer may speak for. */
static inline void fuzz_check_grant(const ims_grant *grant)
{
	const char *const *impu = ims_grant_impus(grant);

	fuzz_check_text(ims_grant_wwsf(grant));
	fuzz_check_text(ims_grant_jti(grant));
	fuzz_check_text(ims_grant_subject(grant));
	g_assert(ims_identity_is_impi(ims_grant_impi(grant)));
	g_assert(g_str_has_suffix(ims_grant_impi(grant), "@ims.example"));
	g_assert(*impu);
	for (; *impu; impu++) {
		g_assert(g_str_has_suffix(*impu, "@ims.example") || g_str_has_prefix(*impu, "tel:+49"));
		g_assert(ims_grant_permits(grant, ims_grant_impi(grant), *impu, 1000));
	}
	g_assert(!ims_grant_permits(grant, NULL, ims_grant_impus(grant)[0], ims_grant_expires_s(grant)));
	g_assert(ims_grant_is_pool(grant) == g_str_equal(ims_grant_wwsf(grant), "shop"));
}

static inline void fuzz_check_claims(ims_token_kind kind, const json_t *claims)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_grant) grant = ims_claims_check(fuzz_issuer(), kind, claims, 1000, NULL, &error);

	g_assert((grant == NULL) == (error != NULL));
	if (grant)
		fuzz_check_grant(grant);
	else
		fuzz_check_error(error);
}
