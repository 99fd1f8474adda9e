#include "token/ims_claims.h"

#include <math.h>
#include <string.h>
#include "token/ims_identities.h"
#include "token/ims_jose.h"
#include "token/ims_token_error.h"
#include "token/internal.h"

enum { TEXT_MAX = 255, SCOPE_MAX = 4096 };
#define TIME_MAX 253402300799 /* the end of the year 9999 */

static gboolean G_GNUC_PRINTF(3, 4) refuse(GError **error, ims_token_error_code code, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	if (error)
		*error = g_error_new_valist(IMS_TOKEN_ERROR, (gint)code, format, args);
	va_end(args);
	return FALSE;
}

/* ---- kinds of values ---- */

/* What may stand in a line of a log. */
static gboolean is_clean(const char *text, gsize max)
{
	for (const char *at = text; *at; at++)
		if ((guchar)*at < 0x20 || *at == 0x7f)
			return FALSE;
	return strlen(text) <= max;
}

/* ret_text: in claims; NULL when the claim is missing. */
static gboolean take_text(const json_t *claims, const char *name, gsize max, const char **ret_text,
			  GError **error)
{
	const json_t *value = json_object_get(claims, name);

	*ret_text = json_string_value(value);
	if (value && (!*ret_text || !is_clean(*ret_text, max)))
		return refuse(error, IMS_TOKEN_INVALID, "claim %s of the token is not a printable text",
			      name);
	return TRUE;
}

/* NumericDate (RFC 7519 2), which may have a fraction. */
static gboolean take_time(const json_t *claims, const char *name, gint64 *ret_s, GError **error)
{
	const json_t *value = json_object_get(claims, name);
	double seconds = json_number_value(value);

	if (!json_is_number(value) || !isfinite(seconds) || seconds < 0 || seconds > TIME_MAX)
		return refuse(error, IMS_TOKEN_INVALID, "claim %s of the token is not a time", name);
	*ret_s = (gint64)seconds;
	return TRUE;
}

/* ---- who made it, for whom ---- */

const ims_issuer *ims_claims_issuer(const ims_config *config, const ims_network *network,
				    const json_t *claims)
{
	const char *iss = ims_jose_string(claims, "iss");
	const ims_issuer *issuer = NULL;

	for (guint i = 0; iss && (issuer = ims_config_issuer_of(config, network, i)); i++)
		if (g_str_equal(issuer->issuer, iss))
			return issuer;
	return NULL;
}

static gboolean check_iss(const ims_issuer *issuer, ims_token_kind kind, const json_t *claims, GError **error)
{
	const json_t *iss = json_object_get(claims, "iss");

	if (!iss && kind == IMS_TOKEN_OPAQUE)
		return TRUE;
	return g_strcmp0(json_string_value(iss), issuer->issuer) == 0 ||
	       refuse(error, IMS_TOKEN_INVALID, "the token is not of an issuer that is trusted here: iss");
}

/* One audience or a flat list of them. */
static gboolean check_aud(const ims_issuer *issuer, const json_t *claims, GError **error)
{
	const json_t *aud = json_object_get(claims, "aud"), *one;
	gboolean found = g_strcmp0(json_string_value(aud), issuer->audience) == 0;
	gsize i;

	if (!json_is_string(aud) && !json_is_array(aud))
		return refuse(error, IMS_TOKEN_INVALID, "claim aud of the token is missing, or no text");
	json_array_foreach((json_t *)aud, i, one)
	{
		if (!json_is_string(one))
			return refuse(error, IMS_TOKEN_INVALID,
				      "claim aud of the token is not a list of texts");
		found = found || g_str_equal(json_string_value(one), issuer->audience);
	}
	return found || refuse(error, IMS_TOKEN_INVALID, "the token is for somebody else: aud");
}

/* ---- when ---- */

static gboolean check_start(const json_t *claims, const char *name, gint64 latest_s, gint64 *ret_s,
			    GError **error)
{
	*ret_s = 0;
	if (!json_object_get(claims, name))
		return TRUE;
	if (!take_time(claims, name, ret_s, error))
		return FALSE;
	return *ret_s <= latest_s || refuse(error, IMS_TOKEN_INVALID, "the token is not valid yet: %s", name);
}

static gboolean check_times(const ims_issuer *issuer, const json_t *claims, gint64 now_s,
			    ims_grant_facts *facts, GError **error)
{
	gint64 not_before_s;

	if (!take_time(claims, "exp", &facts->expires_s, error))
		return FALSE;
	if (facts->expires_s <= now_s)
		return refuse(error, IMS_TOKEN_EXPIRED, "the token has expired");
	return check_start(claims, "nbf", now_s + issuer->skew_s, &not_before_s, error) &&
	       check_start(claims, "iat", now_s + issuer->skew_s, &facts->issued_s, error);
}

/* ---- what for ---- */

static gboolean has_word(const char *words, const char *wanted)
{
	gsize length = strlen(wanted);

	for (const char *at = words; (at = strstr(at, wanted)); at++)
		if ((at == words || at[-1] == ' ') && (!at[length] || at[length] == ' '))
			return TRUE;
	return FALSE;
}

static gboolean check_scope(const ims_issuer *issuer, const json_t *claims, GError **error)
{
	const char *scope = NULL;

	if (!take_text(claims, "scope", SCOPE_MAX, &scope, error))
		return FALSE;
	if (!*issuer->scope || (scope && has_word(scope, issuer->scope)))
		return TRUE;
	return refuse(error, IMS_TOKEN_INSUFFICIENT_SCOPE, "the token does not have the scope %s",
		      issuer->scope);
}

/* Bound to a key that nobody shows us (RFC 7800): whoever else has the token could use it. */
static gboolean check_binding(const json_t *claims, GError **error)
{
	return !json_object_get(claims, "cnf") ||
	       refuse(error, IMS_TOKEN_INVALID, "the token is bound to a key, which is not served here: cnf");
}

static gboolean check_client(const ims_issuer *issuer, const json_t *claims, ims_grant_facts *facts,
			     GError **error)
{
	if (!take_text(claims, issuer->claim_wwsf, TEXT_MAX, &facts->wwsf, error))
		return FALSE;
	for (guint i = 0; i < issuer->clients->len; i++)
		if (g_strcmp0(issuer->clients->pdata[i], facts->wwsf) == 0)
			return TRUE;
	return issuer->clients->len == 0 ||
	       refuse(error, IMS_TOKEN_NOT_PERMITTED,
		      "the token is of a web server that is not served here: %s", issuer->claim_wwsf);
}

/* ---- identities ---- */

/* pool: "CLIENT PATTERN". */
static gboolean is_pool_of(const char *pool, const char *client)
{
	gsize length = (gsize)(strrchr(pool, ' ') - pool);

	return client && strlen(client) == length && strncmp(pool, client, length) == 0;
}

static gboolean has_pool(const ims_issuer *issuer, const char *client)
{
	for (guint i = 0; i < issuer->pool->len; i++)
		if (is_pool_of(issuer->pool->pdata[i], client))
			return TRUE;
	return FALSE;
}

/* In its own pool, and for a WWSF without one in nobody's. */
static gboolean is_in_its_pool(const ims_issuer *issuer, const char *client, const char *identity)
{
	gboolean own = FALSE, any = FALSE;

	for (guint i = 0; i < issuer->pool->len; i++) {
		const char *pool = issuer->pool->pdata[i];

		const char *pattern = strrchr(pool, ' ') + 1;

		any = any || ims_identity_resembles(pattern, identity);
		own = own || (is_pool_of(pool, client) && ims_identity_matches(pattern, identity));
	}
	return has_pool(issuer, client) ? own : !any;
}

static gboolean may_speak_for(const ims_issuer *issuer, const char *identity)
{
	for (guint i = 0; i < issuer->identities->len; i++)
		if (ims_identity_matches(issuer->identities->pdata[i], identity))
			return TRUE;
	return issuer->identities->len == 0;
}

static gboolean check_identity(const ims_issuer *issuer, const char *client, const char *claim,
			       const char *identity, GError **error)
{
	if (!may_speak_for(issuer, identity))
		return refuse(error, IMS_TOKEN_NOT_PERMITTED,
			      "the issuer may not speak for an identity of claim %s", claim);
	if (!is_in_its_pool(issuer, client, identity))
		return refuse(error, IMS_TOKEN_NOT_PERMITTED,
			      "an identity of claim %s is not in the pool of its web server", claim);
	return TRUE;
}

static gboolean check_impi(const ims_issuer *issuer, const json_t *claims, ims_grant_facts *facts,
			   GError **error)
{
	facts->impi = ims_jose_string(claims, issuer->claim_impi);
	if (!facts->impi || !ims_identity_is_impi(facts->impi))
		return refuse(error, IMS_TOKEN_INVALID, "claim %s of the token is not one private identity",
			      issuer->claim_impi);
	return check_identity(issuer, facts->wwsf, issuer->claim_impi, facts->impi, error);
}

static gboolean add_impu(const ims_issuer *issuer, const char *client, const json_t *value, GPtrArray *impus,
			 GError **error)
{
	const char *text = json_string_value(value);
	char *normal = text ? ims_identity_normal(text) : NULL;

	if (!normal || impus->len >= IMS_CLAIM_IMPUS_MAX) {
		g_free(normal);
		return refuse(error, IMS_TOKEN_INVALID,
			      "claim %s of the token is not up to %d public identities", issuer->claim_impu,
			      IMS_CLAIM_IMPUS_MAX);
	}
	g_ptr_array_add(impus, normal);
	return check_identity(issuer, client, issuer->claim_impu, normal, error);
}

/* One, or a list of them. */
static gboolean check_impus(const ims_issuer *issuer, const char *client, const json_t *claims,
			    GPtrArray *impus, GError **error)
{
	const json_t *claim = json_object_get(claims, issuer->claim_impu), *one;
	gsize i;

	if (!json_is_array(claim) || json_array_size(claim) == 0)
		return add_impu(issuer, client, claim, impus, error);
	json_array_foreach((json_t *)claim, i, one)
	{
		if (!add_impu(issuer, client, one, impus, error))
			return FALSE;
	}
	return TRUE;
}

/* Who visits is told apart by one of them (REQ-60). */
static gboolean check_visitor(const ims_issuer *issuer, ims_grant_facts *facts, GError **error)
{
	facts->pool = has_pool(issuer, facts->wwsf);
	return !facts->pool || facts->subject || facts->jti ||
	       refuse(error, IMS_TOKEN_INVALID,
		      "the token is for an identity of a pool, and does not say whose it is: sub, jti");
}

/* ---- all of it ---- */

ims_grant *ims_claims_check(const ims_issuer *issuer, ims_token_kind kind, const json_t *claims, gint64 now_s,
			    const char *token, GError **error)
{
	ims_grant_facts facts = { .issuer = issuer->name, .kind = kind };
	g_autoptr(GPtrArray) impus = g_ptr_array_new_with_free_func(g_free);

	if (!check_iss(issuer, kind, claims, error) || !check_aud(issuer, claims, error) ||
	    !check_times(issuer, claims, now_s, &facts, error) || !check_binding(claims, error) ||
	    !check_scope(issuer, claims, error) || !check_client(issuer, claims, &facts, error) ||
	    !take_text(claims, "jti", TEXT_MAX, &facts.jti, error) ||
	    !take_text(claims, "sub", TEXT_MAX, &facts.subject, error) ||
	    !check_visitor(issuer, &facts, error) || !check_impi(issuer, claims, &facts, error) ||
	    !check_impus(issuer, facts.wwsf, claims, impus, error))
		return NULL;
	g_ptr_array_add(impus, NULL);
	facts.impus = (const char *const *)impus->pdata;
	return ims_grant_new(&facts, token);
}
