/* Any bytes as credentials, as a token, and as what a token says; "HEADER\nCLAIMS" in plain JSON is also made
 * a token of, so that the fuzzer need not find base64url. Nothing is ever signed well; what claims alone
 * could be let in for is held to what a grant promises. */
#include <stdint.h>
#include <string.h>
#include "base/ims_secret.h"
#include "issuer.h"
#include "token/ims_bearer.h"
#include "token/ims_jwt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static ims_jwks *keys(void)
{
	static const char text[] =
		"{\"keys\":[{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":"
		"\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"},{\"kty\":\"EC\",\"crv\":\"P-256\","
		"\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\","
		"\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\"}]}";
	static ims_jwks *made;

	if (!made)
		made = ims_jwks_parse(text, strlen(text), NULL);
	g_assert(made);
	return made;
}

static void check_token(const char *token)
{
	const ims_issuer *issuer = fuzz_issuer();
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_jwt) jwt = ims_jwt_is_one(token) ? ims_jwt_parse(token, &error) : NULL;
	const ims_jwk *key;

	if (error)
		fuzz_check_error(error);
	if (!jwt || !ims_jwt_check_header(jwt, issuer, NULL))
		return;
	key = ims_jwks_find(keys(), NULL, jwt->alg);
	g_assert(!key || !ims_jwt_check_signature(jwt, token, key, &error));
	fuzz_check_claims(IMS_TOKEN_JWT, jwt->claims);
}

static char *base64url(const char *text, gsize length)
{
	char *encoded = g_base64_encode((const guchar *)text, length);

	g_strdelimit(encoded, "+", '-');
	g_strdelimit(encoded, "/", '_');
	encoded[strcspn(encoded, "=")] = '\0';
	return encoded;
}

static char *token_of(const char *text, gsize length)
{
	const char *line = memchr(text, '\n', length);
	g_autofree char *header = line ? base64url(text, (gsize)(line - text)) : NULL;
	g_autofree char *claims = line ? base64url(line + 1, length - (gsize)(line + 1 - text)) : NULL;
	g_autofree char *signature = g_strnfill(86, 'A');

	return line ? g_strjoin(".", header, claims, signature, NULL) : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autofree char *made = token_of((const char *)data, size);
	g_autoptr(GError) error = NULL;
	ims_autowipe char *token = ims_bearer_parse(text, &error);

	g_assert((token == NULL) == (error != NULL));
	if (token)
		g_assert(ims_bearer_is_token(token, NULL));
	check_token(text);
	if (made)
		check_token(made);
	return 0;
}
