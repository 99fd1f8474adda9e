/* Any bytes as what an issuer publishes: its keys, its metadata. */
#include <stdint.h>
#include "issuer.h"
#include "token/ims_jwks.h"
#include "token/ims_metadata.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_key(const ims_jwk *key)
{
	g_assert(key->jwk && key->kind && key->signature >= 64 && key->signature <= 1024);
	/* Nothing beside the key itself has come in. */
	g_assert(!json_object_get(key->jwk, "x5u") && !json_object_get(key->jwk, "x5c") &&
		 !json_object_get(key->jwk, "d") && !json_object_get(key->jwk, "k"));
}

static void check_keys(const uint8_t *data, size_t size)
{
	static const char *const algorithms[] = { "RS256", "PS512", "ES256", "ES384", "ES512", "EdDSA" };
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_jwks) keys = ims_jwks_parse(data, size, &error);

	g_assert((keys == NULL) == (error != NULL));
	if (error)
		fuzz_check_error(error);
	for (gsize i = 0; keys && i < G_N_ELEMENTS(algorithms); i++) {
		const ims_jwk *key = ims_jwks_find(keys, NULL, algorithms[i]);

		if (key)
			check_key(key);
	}
	if (keys)
		g_assert(ims_jwks_count(keys) > 0 && ims_jwks_count(keys) <= IMS_JWKS_MAX);
}

static void check_metadata(const uint8_t *data, size_t size, gboolean plain)
{
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_metadata) metadata = ims_metadata_parse(fuzz_issuer(), plain, data, size, &error);

	g_assert((metadata == NULL) == (error != NULL));
	if (error)
		fuzz_check_error(error);
	if (metadata && metadata->jwks_uri)
		g_assert(g_str_has_prefix(metadata->jwks_uri, plain ? "http" : "https://"));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	check_keys(data, size);
	check_metadata(data, size, FALSE);
	check_metadata(data, size, TRUE);
	return 0;
}
