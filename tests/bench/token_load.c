/* token_load SECONDS: how many access tokens one core verifies in a second. Reads the table of
 * tests/unit/token/make_tokens.py from stdin; prints {"RS256": ..., "remembered": ...} in tokens per second of CPU.
 *
 * Verified: as the token thread does it, from the text to the grant. Remembered: found by its SHA-256. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "token/ims_claims.h"
#include "token/ims_jwt.h"
#include "token/ims_token_cache.h"

static const char config_text[] = "sip: { address = \"192.0.2.1\" } networks: { n: { domain = \"ims.example\" } }\n"
				  "issuers: { waf: { issuer = \"https://waf.example\"; audience = \"https://edge.example\" } }";

static const ims_issuer *issuer;
static ims_jwks *keys;
static ims_token_cache *cache;

static double cpu_s(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static ims_grant *verify(const char *token)
{
	g_autoptr(ims_jwt) jwt = ims_jwt_is_one(token) ? ims_jwt_parse(token, NULL) : NULL;
	const ims_jwk *key = jwt && ims_jwt_check_header(jwt, issuer, NULL) ? ims_jwks_find(keys, jwt->kid, jwt->alg) :
									      NULL;

	if (!key || !ims_jwt_check_signature(jwt, token, key, NULL))
		return NULL;
	return ims_claims_check(issuer, IMS_TOKEN_JWT, jwt->claims, time(NULL), NULL, NULL);
}

static gboolean verify_once(const char *token)
{
	g_autoptr(ims_grant) grant = verify(token);

	return grant != NULL;
}

static gboolean recall_once(const char *token)
{
	ims_token_digest digest;

	ims_token_digest_make("home", token, &digest);
	return ims_token_cache_get(cache, &digest, 0) != NULL;
}

static double rate(gboolean (*once)(const char *token), const char *token, double seconds)
{
	double start_s = cpu_s();
	guint count = 0;

	for (; cpu_s() - start_s < seconds; count++)
		if (!once(token))
			g_error("a token of the table was refused");
	return count / (cpu_s() - start_s);
}

static const char *token_of(const json_t *table, const char *name)
{
	const json_t *rows = json_object_get(table, "rows"), *row;
	gsize i;

	json_array_foreach((json_t *)rows, i, row)
	{
		if (g_strcmp0(json_string_value(json_object_get(row, "name")), name) == 0)
			return json_string_value(json_object_get(row, "token"));
	}
	g_error("the table has no token %s", name);
}

static void remember(const char *token)
{
	g_autoptr(ims_grant) grant = verify(token);
	ims_verdict verdict = { .grant = grant };
	ims_token_digest digest;

	cache = ims_token_cache_new();
	ims_token_digest_make("home", token, &digest);
	ims_token_cache_put(cache, &digest, &verdict, 1);
}

int main(int argc, char **argv)
{
	static const char *const algorithms[] = { "RS256", "PS256", "ES256", "EdDSA" };
	double seconds = argc > 1 ? atof(argv[1]) : 1;
	json_t *table = json_loadf(stdin, 0, NULL), *rates = json_object();
	g_autofree char *text = json_dumps(json_object_get(table, "jwks"), 0);
	ims_config *config = ims_config_parse(config_text, "bench", NULL);

	issuer = config->issuers->pdata[0];
	keys = ims_jwks_parse(text, strlen(text), NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(algorithms); i++)
		json_object_set_new(rates, algorithms[i],
				    json_real(rate(verify_once, token_of(table, algorithms[i]), seconds)));
	remember(token_of(table, "RS256"));
	json_object_set_new(rates, "remembered",
			    json_real(rate(recall_once, token_of(table, "RS256"), seconds)));
	json_dumpf(rates, stdout, 0);
	return 0;
}
