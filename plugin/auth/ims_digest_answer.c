/* ims_digest_answer.c: the answer to a challenge, and what the server proves in return.
 *
 * Digest values are hashed without quotes and escapes and escaped again on the wire: a realm or
 * user name with a quote in it stays one value. */
#include <string.h>

#include "auth/ims_auth_params.h"
#include "auth/ims_digest.h"
#include "base/ims_error.h"

#define HASHED(hash, ret_hex, ...)                                                                           \
	ims_hash_joined(hash, (const ims_hash_part[]){ __VA_ARGS__ },                                        \
			sizeof((const ims_hash_part[]){ __VA_ARGS__ }) / sizeof(ims_hash_part), ret_hex)

typedef char count_text[9];

/* auth where it is offered: proxies may rewrite a body. NULL: none. */
static const char *qop_of(const ims_challenge *challenge)
{
	return challenge->qop_auth ? "auth" : challenge->qop_auth_int ? "auth-int" : NULL;
}

static gboolean algorithm_of(const ims_challenge *challenge, const ims_digest_request *request,
			     ims_digest_algorithm *ret_algorithm)
{
	return ims_digest_algorithm_of(request->algorithm ? request->algorithm : challenge->algorithm,
				       ret_algorithm);
}

gboolean ims_challenge_wants_cnonce(const ims_challenge *challenge)
{
	ims_digest_algorithm algorithm;

	return qop_of(challenge) ||
	       (ims_digest_algorithm_of(challenge->algorithm, &algorithm) && algorithm.session);
}

/* ---- hashes ---- */

static ims_hash_part part_of(GBytes *body)
{
	ims_hash_part part = { "", 0 };

	if (body)
		part.data = g_bytes_get_data(body, &part.length);
	return part;
}

static gboolean hash_user(ims_digest_algorithm algorithm, const ims_challenge *challenge,
			  const ims_digest_request *r, ims_hash_hex ret_ha1)
{
	const ims_hash_part secret = { ims_secret_bytes(r->secret), ims_secret_length(r->secret) };
	const char *nonce = r->session_nonce ? r->session_nonce : challenge->nonce;

	if (r->is_ha1)
		g_strlcpy(ret_ha1, ims_secret_text(r->secret), sizeof(ims_hash_hex));
	else if (!HASHED(algorithm.hash, ret_ha1, ims_hash_text(r->username), ims_hash_text(challenge->realm),
			 secret))
		return FALSE;
	return !algorithm.session || HASHED(algorithm.hash, ret_ha1, ims_hash_text(ret_ha1),
					    ims_hash_text(nonce), ims_hash_text(r->cnonce));
}

static gboolean hash_request(ims_hash hash, const char *qop, const char *method, const char *uri,
			     GBytes *body, ims_hash_hex ret_ha2)
{
	ims_hash_hex of_body;

	if (g_strcmp0(qop, "auth-int") != 0)
		return HASHED(hash, ret_ha2, ims_hash_text(method), ims_hash_text(uri));
	return HASHED(hash, of_body, part_of(body)) &&
	       HASHED(hash, ret_ha2, ims_hash_text(method), ims_hash_text(uri), ims_hash_text(of_body));
}

static void print_count(guint32 nc, count_text ret_text)
{
	g_snprintf(ret_text, sizeof(count_text), "%08x", nc);
}

/* method "", and the answer's body: what the server proves in rspauth. */
static gboolean compute(const ims_challenge *challenge, const ims_digest_request *r, const char *qop,
			const char *method, GBytes *body, ims_hash_hex ret_response)
{
	ims_digest_algorithm algorithm;
	ims_hash_hex ha1, ha2;
	count_text nc;
	gboolean done;

	if (!algorithm_of(challenge, r, &algorithm))
		return FALSE;
	print_count(r->nc, nc);
	done = hash_user(algorithm, challenge, r, ha1) &&
	       hash_request(algorithm.hash, qop, method, r->uri, body, ha2);
	if (done && qop)
		done = HASHED(algorithm.hash, ret_response, ims_hash_text(ha1),
			      ims_hash_text(challenge->nonce), ims_hash_text(nc), ims_hash_text(r->cnonce),
			      ims_hash_text(qop), ims_hash_text(ha2));
	else if (done)
		done = HASHED(algorithm.hash, ret_response, ims_hash_text(ha1),
			      ims_hash_text(challenge->nonce), ims_hash_text(ha2));
	explicit_bzero(ha1, sizeof(ha1));
	return done;
}

/* ---- answering ---- */

static gboolean is_clean(const char *name, const char *text, GError **error)
{
	for (; text && *text; text++) {
		if (ims_auth_is_control(*text)) {
			g_set_error(error, IMS_ERROR, IMS_E_INVALID_ELEMENT,
				    "digest: %s with a control character", name);
			return FALSE;
		}
	}
	return TRUE;
}

static char *print(const ims_challenge *challenge, const ims_digest_request *request, const char *response)
{
	const char *qop = qop_of(challenge);
	GString *out = g_string_new("Digest ");
	count_text nc;

	print_count(request->nc, nc);
	ims_auth_append_quoted(out, "username", request->username);
	ims_auth_append_quoted(out, ", realm", challenge->realm);
	ims_auth_append_quoted(out, ", nonce", challenge->nonce);
	ims_auth_append_quoted(out, ", uri", request->uri);
	ims_auth_append_quoted(out, ", response", response);
	if (challenge->algorithm)
		g_string_append_printf(out, ", algorithm=%s", challenge->algorithm);
	if (challenge->opaque)
		ims_auth_append_quoted(out, ", opaque", challenge->opaque);
	if (ims_challenge_wants_cnonce(challenge))
		ims_auth_append_quoted(out, ", cnonce", request->cnonce);
	if (qop)
		g_string_append_printf(out, ", qop=%s, nc=%s", qop, nc);
	if (request->auts)
		ims_auth_append_quoted(out, ", auts", request->auts);
	return g_string_free(out, FALSE);
}

char *ims_digest_answer(const ims_challenge *challenge, const ims_digest_request *request, GError **error)
{
	ims_hash_hex response;

	g_assert(!ims_challenge_wants_cnonce(challenge) || (request->cnonce && request->nc > 0));
	if (!is_clean("username", request->username, error) || !is_clean("method", request->method, error) ||
	    !is_clean("uri", request->uri, error) || !is_clean("cnonce", request->cnonce, error))
		return NULL;
	if (!request->secret)
		return print(challenge, request, "");
	if (compute(challenge, request, qop_of(challenge), request->method, request->body, response))
		return print(challenge, request, response);
	g_set_error(error, IMS_ERROR, IMS_E_BAD_CHALLENGE, "challenge: algorithm '%.40s' is not supported",
		    challenge->algorithm ? challenge->algorithm : "MD5");
	return NULL;
}

char *ims_digest_empty(const char *impi, const char *realm, const char *uri, const char *algorithm,
		       GError **error)
{
	const ims_challenge nothing = { .realm = (char *)realm,
					.nonce = (char *)"",
					.algorithm = (char *)algorithm };
	const ims_digest_request request = { .username = impi, .uri = uri };

	if (!is_clean("username", impi, error) || !is_clean("realm", realm, error) ||
	    !is_clean("uri", uri, error))
		return NULL;
	return print(&nothing, &request, "");
}

static char *with_integrity(const char *authorization, const char *value, const char *quote)
{
	static const char *const possible[] = { "tls-pending",  "tls-yes",       "ip-assoc-pending",
						"ip-assoc-yes", "tls-connected", NULL };

	if (!value)
		return g_strdup(authorization);
	g_assert(g_strv_contains(possible, value));
	return g_strdup_printf("%s, integrity-protected=%s%s%s", authorization, quote, value, quote);
}

char *ims_digest_with_integrity(const char *authorization, const char *value)
{
	return with_integrity(authorization, value, "\"");
}

char *ims_digest_with_integrity_token(const char *authorization, const char *value)
{
	return with_integrity(authorization, value, "");
}

/* ---- what the server proves (RFC 7616 3.5) ---- */

/* NULL: it is not there, or empty. */
static const char *param(GHashTable *info, const char *name)
{
	const char *value = g_hash_table_lookup(info, name);

	return value && *value ? value : NULL;
}

/* The hash of the qop that the info names; else of ours. */
static gboolean is_right(const ims_challenge *challenge, const ims_digest_request *request, GBytes *body,
			 GHashTable *info)
{
	const char *rspauth = g_hash_table_lookup(info, "rspauth"); /* an empty one is wrong */
	const char *cnonce = param(info, "cnonce"), *nc = param(info, "nc"), *qop = param(info, "qop");
	g_autofree char *given = NULL;
	ims_hash_hex wanted;

	if (!rspauth)
		return TRUE;
	if ((cnonce && g_strcmp0(cnonce, request->cnonce) != 0) ||
	    (nc && g_ascii_strtoull(nc, NULL, 16) != request->nc) || (qop && !qop_of(challenge)) ||
	    !compute(challenge, request, qop ? qop : qop_of(challenge), "", body, wanted))
		return FALSE;
	given = g_ascii_strdown(rspauth, -1);
	return strlen(given) == strlen(wanted) && ims_bytes_equal(given, wanted, strlen(wanted));
}

gboolean ims_digest_check_info(const ims_challenge *challenge, const ims_digest_request *request,
			       const char *value, GBytes *body, char **ret_nextnonce, GError **error)
{
	g_autoptr(GHashTable) info = ims_auth_params_parse("Authentication-Info", NULL, value, error);

	if (!info)
		return FALSE;
	if (!is_right(challenge, request, body, info)) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_BAD_CHALLENGE,
				    "Authentication-Info: rspauth is wrong: the registrar does not know the "
				    "password");
		return FALSE;
	}
	*ret_nextnonce = g_strdup(param(info, "nextnonce"));
	return TRUE;
}
