/* ims_config_issuer.c: the groups of `issuers`, and what networks make of them. */
#include "config/internal.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include "base/ims_error.h"
#include "base/ims_secret.h"

void ims_config_issuer_free(gpointer data)
{
	ims_issuer *issuer = data;

	ims_config_free_section(&ims_config_keys, "issuers", issuer);
	g_free(issuer->name);
	g_free(issuer);
}

/* ---- an issuer ---- */

static gboolean check_scheme(const ims_config *config, const ims_config_place *place, const char *key,
			     const char *uri, GError **error)
{
	if (config->lab || !*uri || g_str_has_prefix(uri, "https://"))
		return TRUE;
	return ims_config_refuse_text(place, key, uri, "https, or a laboratory with general.lab = true",
				      error);
}

static gboolean finish_issuer(const ims_config *config, const ims_config_place *place, ims_issuer *issuer,
			      GError **error)
{
	if (!check_scheme(config, place, "issuer", issuer->issuer, error) ||
	    !check_scheme(config, place, "metadata", issuer->metadata, error) ||
	    !check_scheme(config, place, "jwks_uri", issuer->jwks_uri, error) ||
	    !check_scheme(config, place, "introspection_endpoint", issuer->introspection_endpoint, error) ||
	    !ims_config_fetch_secret(place, "client_secret", &issuer->client_secret,
				     issuer->client_secret_file, error))
		return FALSE;
	if (*issuer->ca_file && g_access(issuer->ca_file, R_OK) != 0)
		return ims_config_refuse_text(place, "ca_file", issuer->ca_file, "a readable file, or \"\"",
					      error);
	if (*issuer->client_id && !*issuer->client_secret)
		return ims_config_refuse_text(place, "client_id", issuer->client_id,
					      "only with client_secret or client_secret_file", error);
	if (issuer->opaque && !*issuer->client_id)
		return ims_config_refuse_text(place, "opaque", "true", "only with client_id and its secret",
					      error);
	return TRUE;
}

static const ims_issuer *twin_of(const ims_config *config, const ims_issuer *issuer)
{
	for (guint i = 0; i < config->issuers->len; i++) {
		const ims_issuer *other = config->issuers->pdata[i];

		if (other != issuer && g_strcmp0(other->issuer, issuer->issuer) == 0)
			return other;
	}
	return NULL;
}

static gboolean read_issuer(ims_config *config, const char *file, const config_setting_t *group,
			    GError **error)
{
	const char *name = config_setting_name(group);
	g_autofree char *path = g_strdup_printf("issuers.%s", name);
	g_autofree char *shown = ims_config_show(group);
	ims_config_place place = { file, "issuers", path };
	ims_issuer *issuer;
	const ims_issuer *twin;

	if (!config_setting_is_group(group))
		return ims_config_refuse(error, file, path, shown, "a group { issuer = ...; ... }");
	issuer = g_new0(ims_issuer, 1);
	issuer->name = g_strdup(name);
	g_ptr_array_add(config->issuers, issuer);
	if (!ims_config_read_section(&ims_config_keys, &place, group, issuer, error))
		return FALSE;
	twin = twin_of(config, issuer);
	if (twin) {
		g_set_error(error, IMS_ERROR, IMS_E_CONFIG, "%s: %s.issuer = \"%s\": taken by issuers.%s",
			    file, path, issuer->issuer, twin->name);
		return FALSE;
	}
	return finish_issuer(config, &place, issuer, error);
}

gboolean ims_config_read_issuers(ims_config *config, const char *file, const config_setting_t *group,
				 GError **error)
{
	int length = group ? config_setting_length(group) : 0;

	for (int i = 0; i < length; i++)
		if (!read_issuer(config, file, config_setting_get_elem(group, (unsigned int)i), error))
			return FALSE;
	return TRUE;
}

/* ---- what networks make of them ---- */

gboolean ims_config_check_token_issuers(const ims_config *config, const ims_config_place *place,
					const ims_network *network, GError **error)
{
	const ims_issuer *opaque = NULL;

	if (network->token_issuers->len > 0 &&
	    !g_ptr_array_find_with_equal_func(network->auth_schemes, "token", g_str_equal, NULL))
		return ims_config_refuse_text(place, "token_issuers", network->token_issuers->pdata[0],
					      "only with \"token\" in auth_schemes", error);
	for (guint i = 0; i < network->token_issuers->len; i++) {
		const char *name = network->token_issuers->pdata[i];
		const ims_issuer *issuer = ims_config_issuer(config, name);

		if (!issuer)
			return ims_config_refuse_text(place, "token_issuers", name,
						      "the name of a group in issuers", error);
		if (issuer->opaque && opaque)
			return ims_config_refuse_text(place, "token_issuers", name,
						      "at most one issuer with opaque = true", error);
		opaque = issuer->opaque ? issuer : opaque;
	}
	return TRUE;
}

gboolean ims_config_names_issuer(const ims_config *config, const char *name)
{
	for (guint i = 0; i < config->networks->len; i++) {
		const ims_network *network = config->networks->pdata[i];

		if (g_ptr_array_find_with_equal_func(network->token_issuers, name, g_str_equal, NULL))
			return TRUE;
	}
	return FALSE;
}

const ims_issuer *ims_config_issuer(const ims_config *config, const char *name)
{
	for (guint i = 0; i < config->issuers->len; i++) {
		const ims_issuer *issuer = config->issuers->pdata[i];

		if (g_strcmp0(issuer->name, name) == 0)
			return issuer;
	}
	return NULL;
}

const ims_issuer *ims_config_issuer_of(const ims_config *config, const ims_network *network, guint i)
{
	return i < network->token_issuers->len ? ims_config_issuer(config, network->token_issuers->pdata[i])
					       : NULL;
}
