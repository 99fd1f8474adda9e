#include "auth/ims_delegated_answer.h"

#include <string.h>
#include "auth/ims_aka.h"
#include "auth/ims_auth_params.h"
#include "base/ims_error.h"

enum { NC_DIGITS = 8, AUTS_BASE64 = 20, CNONCE_MAX = 256 };

static gboolean refuse(GError **error, const char *field, const char *why)
{
	g_set_error(error, IMS_ERROR, IMS_E_INVALID_ELEMENT, "authenticate: '%s' %s", field, why);
	return FALSE;
}

/* ---- one value at a time ---- */

static gboolean is_hex(const char *text, gsize digits)
{
	for (gsize i = 0; i < digits; i++)
		if (!g_ascii_isxdigit(text[i]))
			return FALSE;
	return text[digits] == '\0';
}

static gboolean is_aka(const ims_challenge *challenge)
{
	ims_aka_algorithm algorithm;

	return challenge->algorithm && ims_aka_algorithm_of(challenge->algorithm, &algorithm);
}

/* Every algorithm that we have but one kind is of 256 bits. */
static gsize response_digits(const ims_challenge *challenge)
{
	const char *algorithm = challenge->algorithm ? challenge->algorithm : "MD5";

	return g_ascii_strcasecmp(algorithm, "MD5") == 0 || g_ascii_strcasecmp(algorithm, "MD5-sess") == 0 ||
			       g_ascii_strcasecmp(algorithm, "AKAv1-MD5") == 0
		       ? 32
		       : 64;
}

/* Empty: what a USIM says that does not believe the network (REQ-45). */
static gboolean check_response(const ims_challenge *challenge, const char *response, GError **error)
{
	if (is_hex(response, response_digits(challenge)) || (!*response && is_aka(challenge)))
		return TRUE;
	return refuse(error, "response",
		      response_digits(challenge) == 32 ? "must be 32 hexadecimal digits"
						       : "must be 64 hexadecimal digits");
}

/* Refused, not escaped: not every registrar undoes escapes. */
static gboolean is_plain(const char *text)
{
	for (; *text; text++)
		if (*text == '"' || *text == '\\' || ims_auth_is_control(*text))
			return FALSE;
	return TRUE;
}

static gboolean check_cnonce(const char *cnonce, GError **error)
{
	if (ims_auth_names_integrity(cnonce))
		return refuse(error, "cnonce", "must be without integrity-protected");
	if (*cnonce && strlen(cnonce) <= CNONCE_MAX && is_plain(cnonce) && g_utf8_validate(cnonce, -1, NULL))
		return TRUE;
	return refuse(error, "cnonce", "must be of 1 to 256 bytes, without quotes, backslashes and controls");
}

static gboolean check_auts(const ims_challenge *challenge, const char *auts, GError **error)
{
	static const char set[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=";

	if (!is_aka(challenge))
		return refuse(error, "auts", "belongs to AKA challenges only");
	if (strlen(auts) != AUTS_BASE64 || strspn(auts, set) != AUTS_BASE64)
		return refuse(error, "auts", "must be 14 bytes in base64");
	return TRUE;
}

static gboolean offers(const ims_challenge *challenge, const char *qop)
{
	return (challenge->qop_auth && g_ascii_strcasecmp(qop, "auth") == 0) ||
	       (challenge->qop_auth_int && g_ascii_strcasecmp(qop, "auth-int") == 0);
}

/* qop, cnonce and nc come together, or not at all (RFC 7616 3.4); a cnonce alone goes with -sess. */
static gboolean check_count(const ims_challenge *challenge, const char *qop, const char *cnonce,
			    const char *nc, GError **error)
{
	if (cnonce && !check_cnonce(cnonce, error))
		return FALSE;
	if (!qop)
		return !nc || refuse(error, "nc", "goes with a qop only");
	if (!offers(challenge, qop))
		return refuse(error, "qop", "must be one that the challenge offers");
	if (!cnonce)
		return refuse(error, "cnonce", "is missing beside a qop");
	return (nc && is_hex(nc, NC_DIGITS)) || refuse(error, "nc", "must be 8 hexadecimal digits");
}

static gboolean check_parts(const ims_challenge *challenge, const ims_prover_reply *r, GError **error)
{
	return check_response(challenge, r->response, error) &&
	       check_count(challenge, r->qop, r->cnonce, r->nc, error) &&
	       (!r->auts || check_auts(challenge, r->auts, error));
}

/* ---- the parts ---- */

static const char *usual_qop(const ims_challenge *challenge)
{
	if (challenge->qop_auth)
		return "auth";
	return challenge->qop_auth_int ? "auth-int" : NULL;
}

static char *compose(const ims_delegated_ask *ask, const ims_prover_reply *r)
{
	const ims_challenge *challenge = ask->challenge;
	GString *out = g_string_new("Digest ");

	ims_auth_append_quoted(out, "username", ask->impi);
	ims_auth_append_quoted(out, ", realm", challenge->realm);
	ims_auth_append_quoted(out, ", nonce", challenge->nonce);
	ims_auth_append_quoted(out, ", uri", ask->uri);
	ims_auth_append_quoted(out, ", response", r->response);
	if (challenge->algorithm)
		g_string_append_printf(out, ", algorithm=%s", challenge->algorithm);
	if (challenge->opaque)
		ims_auth_append_quoted(out, ", opaque", challenge->opaque);
	if (r->cnonce)
		ims_auth_append_quoted(out, ", cnonce", r->cnonce);
	if (r->qop)
		g_string_append_printf(out, ", qop=%s, nc=%s", r->qop, r->nc);
	if (r->auts)
		ims_auth_append_quoted(out, ", auts", r->auts);
	return g_string_free(out, FALSE);
}

static char *answer_of_parts(const ims_delegated_ask *ask, const ims_prover_reply *reply, GError **error)
{
	ims_prover_reply r = *reply;

	if (r.nonce && strcmp(r.nonce, ask->challenge->nonce) != 0) {
		refuse(error, "nonce", "is not that of the challenge");
		return NULL;
	}
	r.qop = r.qop ? r.qop : usual_qop(ask->challenge);
	return check_parts(ask->challenge, &r, error) ? compose(ask, &r) : NULL;
}

/* ---- a whole value ---- */

static gboolean check_equal(GHashTable *said, const char *name, const char *wanted, GError **error)
{
	const char *value = g_hash_table_lookup(said, name);

	if (value && strcmp(value, wanted) == 0)
		return TRUE;
	if (!value)
		g_set_error(error, IMS_ERROR, IMS_E_INVALID_ELEMENT,
			    "authenticate: 'authorization' has no %s", name);
	else
		g_set_error(error, IMS_ERROR, IMS_E_INVALID_ELEMENT,
			    "authenticate: 'authorization' has a %s that is not that of the %s", name,
			    strcmp(name, "username") == 0 ? "registration" : "challenge");
	return FALSE;
}

static gboolean check_algorithm(GHashTable *said, const ims_challenge *challenge, GError **error)
{
	const char *value = g_hash_table_lookup(said, "algorithm");
	const char *wanted = challenge->algorithm ? challenge->algorithm : "MD5";

	return g_ascii_strcasecmp(value ? value : "MD5", wanted) == 0 ||
	       refuse(error, "authorization", "has another algorithm than the challenge");
}

/* RFC 7616 3.4 has other ways to name a user; they are not those of SIP, and would get around the check. */
static gboolean check_user(GHashTable *said, const char *impi, GError **error)
{
	const char *hashed = g_hash_table_lookup(said, "userhash");

	if (g_hash_table_contains(said, "username*") || (hashed && g_ascii_strcasecmp(hashed, "false") != 0))
		return refuse(error, "authorization", "names the user in a way that SIP does not know");
	return check_equal(said, "username", impi, error);
}

static gboolean check_whole(const ims_delegated_ask *ask, GHashTable *said, GError **error)
{
	const ims_prover_reply parts = { .response = g_hash_table_lookup(said, "response"),
					 .cnonce = g_hash_table_lookup(said, "cnonce"),
					 .qop = g_hash_table_lookup(said, "qop"),
					 .nc = g_hash_table_lookup(said, "nc"),
					 .auts = g_hash_table_lookup(said, "auts") };

	if (!parts.response)
		return refuse(error, "authorization", "has no response");
	return check_user(said, ask->impi, error) &&
	       check_equal(said, "realm", ask->challenge->realm, error) &&
	       check_equal(said, "nonce", ask->challenge->nonce, error) &&
	       check_equal(said, "uri", ask->uri, error) && check_algorithm(said, ask->challenge, error) &&
	       check_parts(ask->challenge, &parts, error);
}

static guint count_of(const char *text, char letter)
{
	guint count = 0;

	for (; text && *text; text++)
		count += *text == letter;
	return count;
}

/* Backslashes that a value has in quotes. */
static guint escapes_of(const char *value)
{
	return count_of(value, '"') + 2 * count_of(value, '\\');
}

/* Who knows no escapes ends a string at the quote in it, or takes the backslash for a letter: only the
 * network's own words, which come back as they were, may need some. */
static gboolean is_read_alike(const char *value, GHashTable *said, const ims_challenge *challenge)
{
	const char *opaque = g_hash_table_lookup(said, "opaque");
	gboolean is_theirs = g_strcmp0(opaque, challenge->opaque) == 0;

	return count_of(value, '\\') == escapes_of(challenge->realm) + escapes_of(challenge->nonce) +
						(is_theirs ? escapes_of(opaque) : 0);
}

/* Its own parameter goes; elsewhere it has no business. */
static char *without_integrity(const char *value, GError **error)
{
	g_autofree char *rest = ims_auth_params_without(value, "integrity-protected");

	if (!ims_auth_names_integrity(rest))
		return g_steal_pointer(&rest);
	refuse(error, "authorization", "has integrity-protected within a name or value");
	return NULL;
}

static char *answer_of_whole(const ims_delegated_ask *ask, const char *value, GError **error)
{
	g_autoptr(GError) malformed = NULL;
	g_autoptr(GHashTable) said = ims_auth_params_parse("authorization", "Digest", value, &malformed);

	if (!said) {
		g_set_error(error, IMS_ERROR, IMS_E_INVALID_ELEMENT, "authenticate: %s", malformed->message);
		return NULL;
	}
	if (!check_whole(ask, said, error))
		return NULL;
	if (!is_read_alike(value, said, ask->challenge)) {
		refuse(error, "authorization",
		       "has a backslash within a value, which not every registrar reads alike");
		return NULL;
	}
	return without_integrity(value, error);
}

char *ims_delegated_answer(const ims_delegated_ask *ask, const ims_prover_reply *reply, GError **error)
{
	if (reply->authorization && reply->response) {
		refuse(error, "authorization", "is the whole answer: 'response' does not go with it");
		return NULL;
	}
	if (reply->authorization)
		return answer_of_whole(ask, reply->authorization, error);
	if (reply->response)
		return answer_of_parts(ask, reply, error);
	g_set_error_literal(error, IMS_ERROR, IMS_E_MISSING_ELEMENT,
			    "authenticate: 'response' or 'authorization' is missing");
	return NULL;
}
