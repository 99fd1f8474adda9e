/* Any text as a configuration: refused with file, key and what is allowed, or all of it is in range. */
#include "base/ims_error.h"
#include "config/ims_config.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

/* libconfig loses the string it is reading when the text is wrong. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
	return "leak:libconfig.so\n";
}

static void check_network(const ims_config *config, const ims_network *network)
{
	g_assert(network->domain && *network->domain);
	g_assert(network->visited_network_id && network->visited_network_name);
	g_assert_nonnull(network->emergency_numbers);
	g_assert_nonnull(network->feature_tags);
	g_assert_nonnull(network->core_addresses);
	g_assert_nonnull(network->codecs);
	g_assert_cmpuint(network->dscp, <=, 63);
	g_assert(ims_config_network(config, network->name) == network);
	g_assert_nonnull(ims_config_network_of_domain(config, network->domain));
}

static void check_config(const ims_config *config)
{
	g_assert(config->sip.address && config->sip.public_address && config->sip.port);
	g_assert(config->media.address && config->media.public_address);
	g_assert_cmpuint(config->media.port_min, <, config->media.port_max);
	g_assert_cmpuint(config->media.port_min % 2, ==, 0);
	g_assert(config->w2 == IMS_W2_TLS || config->lab);
	g_assert_cmpuint(config->networks->len, >, 0);
	for (guint i = 0; i < config->networks->len; i++)
		check_network(config, config->networks->pdata[i]);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	g_autofree char *text = g_strndup((const char *)data, size);
	g_autoptr(GError) error = NULL;
	g_autoptr(ims_config) config = NULL;

	if (strstr(text, "@include")) /* reads files: an operator may, a fuzzer not */
		return 0;
	config = ims_config_parse(text, "fuzz.jcfg", &error);
	g_assert((config == NULL) == (error != NULL));
	if (config) {
		check_config(config);
		return 0;
	}
	g_assert(error->domain == IMS_ERROR && error->code == IMS_E_CONFIG);
	g_assert(g_str_has_prefix(error->message, "fuzz.jcfg"));
	return 0;
}
