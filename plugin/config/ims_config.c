/* ims_config.c: the file as a whole, and the rules that need more than one key. */
#include "config/ims_config.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>
#include "base/ims_error.h"
#include "base/ims_secret.h"
#include "config/internal.h"

enum {
	DIGEST_ANSWERS = 2,
	MIN_SE_S = 90, /* nobody may be asked for less (RFC 4028 4) */
};

/* ---- life ---- */

static void network_free(gpointer data)
{
	ims_network *network = data;

	ims_config_free_section(&ims_config_keys, "networks", network);
	g_free(network->name);
	g_free(network->entry_host);
	g_free(network->entry_uri);
	g_free(network->tls_proxy_uri);
	g_free(network->e_cscf_uri);
	g_free(network);
}

static ims_config *config_new(void)
{
	ims_config *config = g_atomic_rc_box_new0(ims_config);

	config->issuers = g_ptr_array_new_with_free_func(ims_config_issuer_free);
	config->networks = g_ptr_array_new_with_free_func(network_free);
	return config;
}

static void config_clear(gpointer data)
{
	ims_config *config = data;

	ims_config_free_section(&ims_config_keys, "general", config);
	ims_config_free_section(&ims_config_keys, "limits", &config->limits);
	ims_config_free_section(&ims_config_keys, "sip", &config->sip);
	ims_config_free_section(&ims_config_keys, "media", &config->media);
	ims_config_free_section(&ims_config_keys, "turn", &config->turn);
	g_ptr_array_unref(config->issuers);
	g_ptr_array_unref(config->networks);
}

ims_config *ims_config_ref(const ims_config *config)
{
	return g_atomic_rc_box_acquire((gpointer)config);
}

void ims_config_unref(ims_config *config)
{
	if (config)
		g_atomic_rc_box_release_full(config, config_clear);
}

/* ---- rules across keys ---- */

static void default_to(char **field, const char *other)
{
	if (!*field)
		*field = g_strdup(other);
}

static gboolean check_general(const ims_config *config, const char *file, GError **error)
{
	const char *needs = "only in a laboratory, with general.lab = true";

	if (config->w2 == IMS_W2_PLAIN_LAB && !config->lab)
		return ims_config_refuse(error, file, "general.w2", "\"plain-lab\"", needs);
	if (config->allow_client_proxy && !config->lab)
		return ims_config_refuse(error, file, "general.allow_client_proxy", "true", needs);
	if (config->allow_plain_aka && !config->lab)
		return ims_config_refuse(error, file, "general.allow_plain_aka", "true", needs);
	return TRUE;
}

static gboolean check_recordings(const char *folder, const char *file, GError **error)
{
	g_autofree char *shown = g_strdup_printf("\"%s\"", folder);

	if (!*folder || (g_file_test(folder, G_FILE_TEST_IS_DIR) && g_access(folder, W_OK | X_OK) == 0))
		return TRUE;
	return ims_config_refuse(error, file, "media.recordings", shown,
				 "a folder that Janus can write into, or \"\"");
}

static gboolean check_media(const ims_config *config, const char *file, GError **error)
{
	const ims_config_media *media = &config->media;
	g_autofree char *min = g_strdup_printf("%u", media->port_min);
	g_autofree char *max = g_strdup_printf("%u", media->port_max);
	g_autofree char *sip = g_strdup_printf("%u", config->sip.port);

	if (media->port_min % 2 != 0)
		return ims_config_refuse(error, file, "media.port_min", min, "an even number");
	if (media->port_max <= media->port_min)
		return ims_config_refuse(error, file, "media.port_max", max, "more than media.port_min");
	if (g_str_equal(media->address, config->sip.address) && config->sip.port >= media->port_min &&
	    config->sip.port <= media->port_max)
		return ims_config_refuse(error, file, "sip.port", sip,
					 "outside of media.port_min to media.port_max on the same address");
	return check_recordings(media->recordings, file, error);
}

static void add_core_address(ims_network *network, const char *address)
{
	if (!g_ptr_array_find_with_equal_func(network->core_addresses, address, g_str_equal, NULL))
		g_ptr_array_add(network->core_addresses, g_strdup(address));
}

static char *entry_uri(const ims_config_entry *entry)
{
	GString *uri = g_string_new("sip:");

	g_string_append_printf(uri, strchr(entry->host, ':') ? "[%s]" : "%s", entry->host);
	if (entry->port)
		g_string_append_printf(uri, ":%u", entry->port);
	if (entry->transport)
		g_string_append_printf(uri, ";transport=%s", entry->transport);
	return g_string_free(uri, FALSE);
}

static gboolean finish_entry_point(const ims_config *config, const ims_config_place *place,
				   ims_network *network, GError **error)
{
	g_autofree char *path = g_strdup_printf("%s.entry_point", place->path);
	g_autofree char *shown = g_strdup_printf("\"%s\"", network->entry_point);
	ims_config_entry entry = { 0 };

	if (!ims_config_split_entry_point(network->entry_point, &entry))
		return ims_config_refuse(error, place->file, path, shown, "a name or an address");
	network->entry_host = entry.host;
	network->entry_port = entry.port;
	network->entry_uri = entry_uri(&entry);
	if (!ims_config_is_numeric(entry.host))
		return TRUE;
	if (!strchr(entry.host, ':') != !strchr(config->sip.address, ':'))
		return ims_config_refuse(error, place->file, path, shown,
					 "of the same IP version as sip.address");
	if (!*network->tls_proxy)
		add_core_address(network, entry.host);
	return TRUE;
}

static gboolean finish_e_cscf(const ims_config *config, const ims_config_place *place, ims_network *network,
			      GError **error)
{
	g_autofree char *path = g_strdup_printf("%s.e_cscf", place->path);
	g_autofree char *shown = g_strdup_printf("\"%s\"", network->e_cscf);
	ims_config_entry entry = { 0 };
	gboolean other_version;

	if (!*network->e_cscf) {
		g_clear_pointer(&network->e_cscf, g_free);
		return TRUE;
	}
	ims_config_split_entry_point(network->e_cscf, &entry);
	network->e_cscf_uri = entry_uri(&entry);
	other_version = ims_config_is_numeric(entry.host) &&
			!strchr(entry.host, ':') != !strchr(config->sip.address, ':');
	g_free(entry.host);
	return !other_version ||
	       ims_config_refuse(error, place->file, path, shown, "of the same IP version as sip.address");
}

/* What comes from the core comes from there, and from nowhere else. */
static gboolean finish_tls_proxy(const ims_config *config, const ims_config_place *place,
				 ims_network *network, GError **error)
{
	g_autofree char *path = g_strdup_printf("%s.tls_proxy", place->path);
	g_autofree char *shown = g_strdup_printf("\"%s\"", network->tls_proxy);
	ims_config_entry entry = { 0 };

	if (!*network->tls_proxy) {
		g_clear_pointer(&network->tls_proxy, g_free);
		return TRUE;
	}
	if (network->transport == IMS_TRANSPORT_UDP)
		return ims_config_refuse(error, place->file, path, shown, "only without transport = \"udp\"");
	ims_config_split_entry_point(network->tls_proxy, &entry);
	entry.transport = "tcp";
	network->tls_proxy_uri = entry_uri(&entry);
	add_core_address(network, entry.host);
	g_free(entry.host);
	if (!strchr(network->tls_proxy, '[') != !strchr(config->sip.address, ':'))
		return ims_config_refuse(error, place->file, path, shown,
					 "of the same IP version as sip.address");
	return TRUE;
}

/* A token is its user: whoever reads it on its way can register with it. And nobody takes a user agent's
 * word. */
static gboolean check_token_mode(const ims_config *config, const ims_config_place *place,
				 const ims_network *network, GError **error)
{
	g_autofree char *path = g_strdup_printf("%s.token_mode", place->path);

	if (network->token_mode == IMS_TOKEN_MODE_BEARER && !network->tls_proxy && !config->lab)
		return ims_config_refuse(error, place->file, path, "\"bearer\"",
					 "only with tls_proxy, or in a laboratory, with general.lab = true");
	if (network->token_mode == IMS_TOKEN_MODE_TRUSTED_NODE && network->role == IMS_ROLE_UE &&
	    network->token_issuers->len > 0)
		return ims_config_refuse(error, place->file, path, "\"trusted-node\"",
					 "\"bearer\" with role = \"ue\", whose word no network takes");
	return TRUE;
}

static gboolean check_session_timer(const ims_config *config, const ims_config_place *place,
				    const ims_network *network, GError **error)
{
	gboolean too_brief = network->min_se_s < MIN_SE_S && !config->lab;
	g_autofree char *path =
		g_strdup_printf("%s.%s", place->path, too_brief ? "min_se_s" : "session_expires_s");
	g_autofree char *shown =
		g_strdup_printf("%u", too_brief ? network->min_se_s : network->session_expires_s);
	g_autofree char *least = g_strdup_printf("0, or at least min_se_s (%u)", network->min_se_s);

	if (too_brief)
		return ims_config_refuse(error, place->file, path, shown,
					 "only in a laboratory, with general.lab = true");
	if (network->session_expires_s && network->session_expires_s < network->min_se_s)
		return ims_config_refuse(error, place->file, path, shown, least);
	return TRUE;
}

static gboolean finish_network(const ims_config *config, const ims_config_place *place, ims_network *network,
			       GError **error)
{
	default_to(&network->entry_point, network->domain);
	if (!finish_entry_point(config, place, network, error) ||
	    !finish_tls_proxy(config, place, network, error) ||
	    !finish_e_cscf(config, place, network, error) ||
	    !ims_config_check_token_issuers(config, place, network, error) ||
	    !check_token_mode(config, place, network, error) ||
	    !check_session_timer(config, place, network, error))
		return FALSE;
	default_to(&network->visited_network_id, network->domain);
	default_to(&network->visited_network_name, network->visited_network_id);
	if (!*network->access_network_info)
		g_clear_pointer(&network->access_network_info, g_free);
	if (!*network->wwsf_parameter)
		g_clear_pointer(&network->wwsf_parameter, g_free);
	network->max_answers = DIGEST_ANSWERS;
	return TRUE;
}

/* ---- sections ---- */

static gboolean read_network(ims_config *config, const char *file, const config_setting_t *group,
			     GError **error)
{
	const char *name = config_setting_name(group);
	g_autofree char *path = g_strdup_printf("networks.%s", name);
	g_autofree char *shown = ims_config_show(group);
	ims_config_place place = { file, "networks", path };
	ims_network *network;
	const ims_network *twin;

	if (!config_setting_is_group(group))
		return ims_config_refuse(error, file, path, shown, "a group { domain = ...; ... }");
	network = g_new0(ims_network, 1);
	network->name = g_strdup(name);
	g_ptr_array_add(config->networks, network);
	if (!ims_config_read_section(&ims_config_keys, &place, group, network, error))
		return FALSE;
	twin = ims_config_network_of_domain(config, network->domain);
	if (twin != network) {
		g_set_error(error, IMS_ERROR, IMS_E_CONFIG, "%s: %s.domain = \"%s\": taken by networks.%s",
			    file, path, network->domain, twin->name);
		return FALSE;
	}
	return finish_network(config, &place, network, error);
}

static gboolean read_networks(ims_config *config, const char *file, const config_setting_t *group,
			      GError **error)
{
	int length = group ? config_setting_length(group) : 0;

	for (int i = 0; i < length; i++)
		if (!read_network(config, file, config_setting_get_elem(group, (unsigned int)i), error))
			return FALSE;
	if (config->networks->len > 0)
		return TRUE;
	g_set_error(error, IMS_ERROR, IMS_E_CONFIG,
		    "%s: networks is missing or empty: at least one group, networks: { name: { ... } }",
		    file);
	return FALSE;
}

static gboolean read_root(gpointer target, const char *file, const config_setting_t *root, GError **error)
{
	ims_config *config = target;
	static const char *const names[] = { "general", "limits",  "sip",      "media",
					     "turn",    "issuers", "networks", NULL };
	const config_setting_t *groups[G_N_ELEMENTS(names)] = { NULL };
	const ims_config_place general = { file, "general", "general" };
	const ims_config_place limits = { file, "limits", "limits" };
	const ims_config_place sip = { file, "sip", "sip" };
	const ims_config_place media = { file, "media", "media" };

	if (!ims_config_find_sections(root, file, names, groups, error) ||
	    !ims_config_read_section(&ims_config_keys, &general, groups[0], config, error) ||
	    !ims_config_read_section(&ims_config_keys, &limits, groups[1], &config->limits, error) ||
	    !ims_config_read_section(&ims_config_keys, &sip, groups[2], &config->sip, error) ||
	    !ims_config_read_section(&ims_config_keys, &media, groups[3], &config->media, error))
		return FALSE;
	default_to(&config->sip.public_address, config->sip.address);
	default_to(&config->media.address, config->sip.address);
	default_to(&config->media.public_address, config->media.address);
	return ims_config_fetch_secret(&general, "admin_key", &config->admin_key, config->admin_key_file,
				       error) &&
	       check_general(config, file, error) && check_media(config, file, error) &&
	       ims_config_read_turn(config, file, groups[4], error) &&
	       ims_config_read_issuers(config, file, groups[5], error) &&
	       read_networks(config, file, groups[6], error);
}

static ims_config *finish(ims_config *config, gboolean good)
{
	if (!good)
		g_clear_pointer(&config, ims_config_unref);
	return config;
}

ims_config *ims_config_parse(const char *text, const char *name_for_errors, GError **error)
{
	ims_config *config = config_new();

	return finish(config, ims_config_read_text(text, name_for_errors, read_root, config, error));
}

ims_config *ims_config_load(const char *path, GError **error)
{
	ims_config *config = config_new();

	return finish(config, ims_config_read_file(path, read_root, config, error));
}

/* ---- look-up ---- */

const ims_network *ims_config_network(const ims_config *config, const char *name)
{
	for (guint i = 0; i < config->networks->len; i++) {
		const ims_network *network = config->networks->pdata[i];

		if (g_strcmp0(network->name, name) == 0)
			return network;
	}
	return NULL;
}

const ims_network *ims_config_network_of_domain(const ims_config *config, const char *domain)
{
	for (guint i = 0; i < config->networks->len; i++) {
		const ims_network *network = config->networks->pdata[i];

		if (domain && g_ascii_strcasecmp(network->domain, domain) == 0)
			return network;
	}
	return NULL;
}
