#include "auth/ims_bearer_challenge.h"

#include <string.h>
#include "auth/ims_auth_params.h"

/* A page may send its user there to sign in. */
static gboolean is_https(const char *uri)
{
	return g_ascii_strncasecmp(uri, "https://", strlen("https://")) == 0 && uri[strlen("https://")];
}

ims_bearer_challenge *ims_bearer_challenge_parse(const char *value, GError **error)
{
	g_autoptr(GHashTable) parameters = ims_auth_params_parse("challenge", "Bearer", value, error);
	ims_bearer_challenge *challenge;
	const char *authz_server, *why;

	if (!parameters)
		return NULL;
	authz_server = g_hash_table_lookup(parameters, "authz_server");
	why = g_hash_table_lookup(parameters, "error");
	challenge = g_new0(ims_bearer_challenge, 1);
	challenge->realm = g_strdup(g_hash_table_lookup(parameters, "realm"));
	challenge->scope = g_strdup(g_hash_table_lookup(parameters, "scope"));
	challenge->authz_server = authz_server && is_https(authz_server) ? g_strdup(authz_server) : NULL;
	challenge->error = why && ims_auth_is_token(why) ? g_strdup(why) : NULL;
	return challenge;
}

void ims_bearer_challenge_free(ims_bearer_challenge *challenge)
{
	if (!challenge)
		return;
	g_free(challenge->realm);
	g_free(challenge->scope);
	g_free(challenge->authz_server);
	g_free(challenge->error);
	g_free(challenge);
}
