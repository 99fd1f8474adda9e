/* sipws_config.c: the file as a whole, and the rules that need more than one key. */
#include "config/sipws_config.h"

#include <string.h>
#include "base/ims_error.h"
#include "config/internal.h"

static const char *const sections[] = { "general", "tokens", "limits", "registrations", "janus", NULL };

/* ---- life ---- */

static void config_clear(gpointer data)
{
	sipws_config *config = data;

	g_free(config->file);
	for (gsize i = 0; sections[i]; i++)
		ims_config_free_section(&sipws_config_keys, sections[i], config);
}

sipws_config *sipws_config_ref(const sipws_config *config)
{
	return g_atomic_rc_box_acquire((gpointer)config);
}

void sipws_config_unref(sipws_config *config)
{
	if (config)
		g_atomic_rc_box_release_full(config, config_clear);
}

/* ---- rules across keys ---- */

static gboolean check_ports(const sipws_config *config, const char *file, GError **error)
{
	g_autofree char *ws = g_strdup_printf("%u", config->ws_port);

	if (config->ws_port && !config->lab)
		return ims_config_refuse(error, file, "general.ws_port", ws,
					 "0; ws only in a laboratory, with general.lab = true");
	if (!config->ws_port && !config->wss_port)
		return ims_config_refuse(error, file, "general.wss_port", "0", "a port, or a ws_port");
	if (config->ws_port == config->wss_port)
		return ims_config_refuse(error, file, "general.ws_port", ws, "another port than wss_port");
	if (config->wss_port && !config->cert_pem)
		return ims_config_refuse(error, file, "general.cert_pem", "\"\"",
					 "the path of a certificate, as there is a wss_port");
	return TRUE;
}

static gboolean check_origins(const sipws_config *config, const char *file, GError **error)
{
	if (sipws_config_has_origin(config, "*") && !config->lab)
		return ims_config_refuse(error, file, "general.origins", "\"*\"",
					 "only in a laboratory, with general.lab = true");
	if (config->origins->len == 0 && !config->without_origin)
		return ims_config_refuse(error, file, "general.origins", "[ ]",
					 "at least one, or without_origin = true, or nobody could come in");
	return TRUE;
}

static gboolean check_expires(const sipws_config *config, const char *file, GError **error)
{
	g_autofree char *max = g_strdup_printf("%u", config->expires_max_s);

	return config->expires_max_s >= config->expires_min_s ||
	       ims_config_refuse(error, file, "registrations.expires_max_s", max,
				 "at least registrations.expires_min_s");
}

static gboolean fetch_secrets(sipws_config *config, const char *file, GError **error)
{
	const ims_config_place general = { file, "general", "general" };
	const ims_config_place janus = { file, "janus", "janus" };

	return ims_config_fetch_secret(&general, "cert_pwd", &config->cert_pwd, "", error) &&
	       ims_config_fetch_secret(&janus, "api_secret", &config->api_secret, "", error) &&
	       ims_config_fetch_secret(&janus, "token", &config->token, "", error);
}

static void clear_when_empty(char **field)
{
	if (!**field)
		g_clear_pointer(field, g_free);
}

static gboolean finish(sipws_config *config, const char *file, GError **error)
{
	char **may_be_none[] = { &config->address,     &config->cert_pem,   &config->cert_key,
				 &config->cert_pwd,    &config->path,       &config->token_cookie,
				 &config->token_query, &config->api_secret, &config->token };

	if (!fetch_secrets(config, file, error))
		return FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(may_be_none); i++)
		clear_when_empty(may_be_none[i]);
	return !config->enabled || (check_ports(config, file, error) && check_origins(config, file, error) &&
				    check_expires(config, file, error));
}

/* ---- reading ---- */

static gboolean read_root(gpointer target, const char *file, const config_setting_t *root, GError **error)
{
	const config_setting_t *groups[G_N_ELEMENTS(sections)] = { NULL };
	sipws_config *config = target;

	config->file = g_strdup(file);
	if (!ims_config_find_sections(root, file, sections, groups, error))
		return FALSE;
	for (gsize i = 0; sections[i]; i++) {
		const ims_config_place place = { file, sections[i], sections[i] };

		if (!ims_config_read_section(&sipws_config_keys, &place, groups[i], config, error))
			return FALSE;
	}
	return finish(config, file, error);
}

sipws_config *sipws_config_parse(const char *text, const char *name_for_errors, GError **error)
{
	g_autoptr(sipws_config) config = g_atomic_rc_box_new0(sipws_config);

	return ims_config_read_text(text, name_for_errors, read_root, config, error)
		       ? g_steal_pointer(&config)
		       : NULL;
}

sipws_config *sipws_config_read(const char *file, GError **error)
{
	g_autoptr(sipws_config) config = g_atomic_rc_box_new0(sipws_config);

	if (!g_file_test(file, G_FILE_TEST_EXISTS))
		return g_steal_pointer(&config);
	return ims_config_read_file(file, read_root, config, error) ? g_steal_pointer(&config) : NULL;
}

/* ---- look-up ---- */

gboolean sipws_config_has_origin(const sipws_config *config, const char *origin)
{
	for (guint i = 0; i < config->origins->len; i++)
		if (g_ascii_strcasecmp(config->origins->pdata[i], origin) == 0)
			return TRUE;
	return FALSE;
}
