/* ims_digest.c: first half reads a challenge, second half answers it.
 *
 * Digest values are hashed without quotes and escapes and escaped again on the wire: a realm or
 * user name with a quote in it stays one value. */
#include "auth/ims_digest.h"

#include <string.h>
#include "auth/ims_auth_params.h"
#include "base/ims_error.h"

/* Unknown offers are ignored, but one we know must be among them: taking the rest for "no qop" would
 * weaken what the network asks for. */
static gboolean read_qop(const char *qop, ims_challenge *challenge, GError **error)
{
	g_auto(GStrv) offers = NULL;

	if (!qop)
		return TRUE;
	offers = g_strsplit(qop, ",", -1);
	for (char **offer = offers; *offer; offer++) {
		g_strstrip(*offer);
		challenge->qop_auth |= g_ascii_strcasecmp(*offer, "auth") == 0;
		challenge->qop_auth_int |= g_ascii_strcasecmp(*offer, "auth-int") == 0;
	}
	if (challenge->qop_auth || challenge->qop_auth_int)
		return TRUE;
	g_set_error(error, IMS_ERROR, IMS_E_BAD_CHALLENGE, "challenge: qop offers neither auth nor auth-int");
	return FALSE;
}

static ims_challenge *challenge_of(GHashTable *parameters, GError **error)
{
	g_autoptr(ims_challenge) challenge = g_new0(ims_challenge, 1);
	const char *stale = g_hash_table_lookup(parameters, "stale");

	challenge->realm = g_strdup(g_hash_table_lookup(parameters, "realm"));
	challenge->nonce = g_strdup(g_hash_table_lookup(parameters, "nonce"));
	challenge->opaque = g_strdup(g_hash_table_lookup(parameters, "opaque"));
	challenge->algorithm = g_strdup(g_hash_table_lookup(parameters, "algorithm"));
	challenge->stale = stale && g_ascii_strcasecmp(stale, "true") == 0;
	if (!challenge->realm || !challenge->nonce || !*challenge->nonce) {
		g_set_error(error, IMS_ERROR, IMS_E_BAD_CHALLENGE, "challenge: %s is missing",
			    challenge->realm ? "nonce" : "realm");
		return NULL;
	}
	/* It goes into our answer without quotes. */
	if (challenge->algorithm && !ims_auth_is_token(challenge->algorithm)) {
		g_set_error(error, IMS_ERROR, IMS_E_BAD_CHALLENGE, "challenge: algorithm is not a token");
		return NULL;
	}
	if (!read_qop(g_hash_table_lookup(parameters, "qop"), challenge, error))
		return NULL;
	return g_steal_pointer(&challenge);
}

ims_challenge *ims_challenge_parse(const char *value, GError **error)
{
	g_autoptr(GHashTable) parameters = NULL;

	if (!value) {
		g_set_error(error, IMS_ERROR, IMS_E_BAD_CHALLENGE, "challenge: there is none");
		return NULL;
	}
	parameters = ims_auth_params_parse("challenge", "Digest", value, error);
	return parameters ? challenge_of(parameters, error) : NULL;
}

void ims_challenge_free(ims_challenge *challenge)
{
	if (!challenge)
		return;
	g_free(challenge->realm);
	g_free(challenge->nonce);
	g_free(challenge->opaque);
	g_free(challenge->algorithm);
	g_free(challenge);
}

gboolean ims_challenge_is_same(const ims_challenge *a, const ims_challenge *b)
{
	return g_str_equal(a->realm, b->realm) && g_str_equal(a->nonce, b->nonce);
}

/* ---- answering ---- */

typedef char hex[65];

static const struct {
	const char *name;
	GChecksumType type;
} algorithms[] = { { "MD5", G_CHECKSUM_MD5 }, { "SHA-256", G_CHECKSUM_SHA256 } };

/* Without one it is MD5. FALSE: not ours. */
static gboolean find_algorithm(const char *name, GChecksumType *ret_type)
{
	for (gsize i = 0; i < G_N_ELEMENTS(algorithms); i++)
		if (g_ascii_strcasecmp(name ? name : "MD5", algorithms[i].name) == 0) {
			*ret_type = algorithms[i].type;
			return TRUE;
		}
	return FALSE;
}

/* The parts with ':' between them, hashed, in hex. One checksum serves all hashes of an answer: GLib wipes
 * its block buffer when it closes one, we the text, and the digest left is the last, public one. */
static void hash(GChecksum *sum, hex ret_hex, const char *const *parts)
{
	char *text;

	g_checksum_reset(sum);
	for (gsize i = 0; parts[i]; i++) {
		if (i > 0)
			g_checksum_update(sum, (const guchar *)":", 1);
		g_checksum_update(sum, (const guchar *)parts[i], (gssize)strlen(parts[i]));
	}
	text = (char *)g_checksum_get_string(sum);
	g_strlcpy(ret_hex, text, sizeof(hex));
	explicit_bzero(text, strlen(text));
}

/* method "": what the server proves in rspauth. */
static void compute(const ims_challenge *challenge, const ims_digest_request *request, const char *method,
		    hex ret_response)
{
	g_autoptr(GChecksum) sum = NULL;
	GChecksumType type = G_CHECKSUM_MD5;
	hex ha1, ha2;
	char nc[9];

	find_algorithm(challenge->algorithm, &type);
	sum = g_checksum_new(type);
	g_snprintf(nc, sizeof(nc), "%08x", request->nc);
	hash(sum, ha1, (const char *[]){ request->username, challenge->realm, request->secret, NULL });
	hash(sum, ha2, (const char *[]){ method, request->uri, NULL });
	if (challenge->qop_auth)
		hash(sum, ret_response,
		     (const char *[]){ ha1, challenge->nonce, nc, request->cnonce, "auth", ha2, NULL });
	else
		hash(sum, ret_response, (const char *[]){ ha1, challenge->nonce, ha2, NULL });
	explicit_bzero(ha1, sizeof(ha1));
}

gboolean ims_challenge_is_answerable(const ims_challenge *challenge, GError **error)
{
	GChecksumType type;

	if (!find_algorithm(challenge->algorithm, &type)) {
		g_set_error(error, IMS_ERROR, IMS_E_BAD_CHALLENGE,
			    "challenge: algorithm '%.40s', only MD5 and SHA-256 are supported",
			    challenge->algorithm);
		return FALSE;
	}
	if (challenge->qop_auth_int && !challenge->qop_auth) {
		g_set_error(error, IMS_ERROR, IMS_E_BAD_CHALLENGE,
			    "challenge: qop offers only auth-int, which is not supported");
		return FALSE;
	}
	return TRUE;
}

static gboolean is_clean(const char *name, const char *text, GError **error)
{
	for (; *text; text++) {
		if (ims_auth_is_control(*text)) {
			g_set_error(error, IMS_ERROR, IMS_E_INVALID_ELEMENT,
				    "digest: %s with a control character", name);
			return FALSE;
		}
	}
	return TRUE;
}

static char *print(const ims_challenge *challenge, const ims_digest_request *request, const char *response,
		   const char *nc)
{
	GString *out = g_string_new("Digest ");

	ims_auth_append_quoted(out, "username", request->username);
	ims_auth_append_quoted(out, ", realm", challenge->realm);
	ims_auth_append_quoted(out, ", nonce", challenge->nonce);
	ims_auth_append_quoted(out, ", uri", request->uri);
	ims_auth_append_quoted(out, ", response", response);
	if (challenge->algorithm)
		g_string_append_printf(out, ", algorithm=%s", challenge->algorithm);
	if (challenge->opaque)
		ims_auth_append_quoted(out, ", opaque", challenge->opaque);
	if (challenge->qop_auth) {
		ims_auth_append_quoted(out, ", cnonce", request->cnonce);
		g_string_append_printf(out, ", qop=auth, nc=%s", nc);
	}
	return g_string_free(out, FALSE);
}

char *ims_digest_answer(const ims_challenge *challenge, const ims_digest_request *request, GError **error)
{
	hex response;
	char nc[9];

	g_assert(!challenge->qop_auth || (request->cnonce && request->nc > 0));
	if (!ims_challenge_is_answerable(challenge, error) ||
	    !is_clean("username", request->username, error) || !is_clean("method", request->method, error) ||
	    !is_clean("uri", request->uri, error) ||
	    (challenge->qop_auth && !is_clean("cnonce", request->cnonce, error)))
		return NULL;
	g_snprintf(nc, sizeof(nc), "%08x", request->nc);
	compute(challenge, request, request->method, response);
	return print(challenge, request, response, nc);
}

char *ims_digest_empty(const char *impi, const char *realm, const char *uri, GError **error)
{
	const ims_challenge nothing = { .realm = (char *)realm, .nonce = (char *)"" };
	const ims_digest_request request = { .username = impi, .uri = uri };

	if (!is_clean("username", impi, error) || !is_clean("realm", realm, error) ||
	    !is_clean("uri", uri, error))
		return NULL;
	return print(&nothing, &request, "", "");
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

static gboolean is_right(const ims_challenge *challenge, const ims_digest_request *request, GHashTable *info)
{
	const char *rspauth = g_hash_table_lookup(info, "rspauth");
	const char *cnonce = g_hash_table_lookup(info, "cnonce");
	const char *nc = g_hash_table_lookup(info, "nc");
	hex wanted;

	if (!rspauth)
		return TRUE;
	if ((cnonce && g_strcmp0(cnonce, request->cnonce) != 0) ||
	    (nc && g_ascii_strtoull(nc, NULL, 16) != request->nc))
		return FALSE;
	compute(challenge, request, "", wanted);
	return g_ascii_strcasecmp(rspauth, wanted) == 0;
}

gboolean ims_digest_check_info(const ims_challenge *challenge, const ims_digest_request *request,
			       const char *value, char **ret_nextnonce, GError **error)
{
	g_autoptr(GHashTable) info = ims_auth_params_parse("Authentication-Info", NULL, value, error);
	const char *nextnonce;

	if (!info)
		return FALSE;
	if (!is_right(challenge, request, info)) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_BAD_CHALLENGE,
				    "Authentication-Info: rspauth is wrong: the registrar does not know the "
				    "password");
		return FALSE;
	}
	nextnonce = g_hash_table_lookup(info, "nextnonce");
	*ret_nextnonce = nextnonce && *nextnonce ? g_strdup(nextnonce) : NULL;
	return TRUE;
}
