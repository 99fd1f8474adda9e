/* ims_service_reload.c: other networks while everything runs. What stands on a network that has gone or
 * changed keeps the snapshot that it came from: snapshots live as long as the service. */
#include <string.h>

#include "base/ims_log.h"
#include "session/internal.h"

/* Issuers get their keys from the start on: those that no network named then are not known. */
static gboolean has_known_issuers(const ims_config *start, const ims_network *network, GError **error)
{
	for (guint i = 0; i < network->token_issuers->len; i++) {
		const char *name = g_ptr_array_index(network->token_issuers, i);

		if (ims_config_issuer(start, name) && ims_config_names_issuer(start, name))
			continue;
		g_set_error(error, IMS_ERROR, IMS_E_CONFIG,
			    "networks.%s.token_issuers: '%s' was not in use when Janus started: restart it",
			    network->name, name);
		return FALSE;
	}
	return TRUE;
}

static gboolean may_serve(const ims_service *service, const ims_config *config, GError **error)
{
	for (guint i = 0; i < config->networks->len; i++)
		if (!has_known_issuers(service->config, config->networks->pdata[i], error))
			return FALSE;
	return TRUE;
}

static const char *fate_of(const ims_config *before, const ims_network *network)
{
	const ims_network *old = ims_config_network(before, network->name);

	if (!old)
		return "added";
	return ims_config_same_network(old, network) ? "kept" : "changed";
}

static guint end_registrations(ims_service *service, const char *network)
{
	g_autoptr(GPtrArray) flows = ims_flows_all(service->flows);
	guint ended = 0;

	for (guint i = 0; i < flows->len; i++) {
		ims_flow *flow = flows->pdata[i];

		if (strcmp(ims_reg_network(flow->reg)->name, network) != 0)
			continue;
		ended++;
		ims_flow_drop(flow, "The operator serves this network no more");
	}
	return ended;
}

gboolean ims_service_reload(ims_service *service, const ims_config *config, ims_reload_each *each,
			    gpointer user, GError **error)
{
	const ims_config *before = service->serving;

	ims_assert_on(ims_service_worker(service));
	if (!may_serve(service, config, error))
		return FALSE;
	g_ptr_array_add(service->snapshots, ims_config_ref(config));
	service->serving = config;
	ims_stack_serve(service->stack, config);
	for (guint i = 0; i < config->networks->len; i++) {
		const ims_network *network = config->networks->pdata[i];

		each(network->name, fate_of(before, network), 0, user);
	}
	for (guint i = 0; i < before->networks->len; i++) {
		const ims_network *network = before->networks->pdata[i];

		if (!ims_config_network(config, network->name))
			each(network->name, "removed", end_registrations(service, network->name), user);
	}
	ims_info(NULL, "%u networks are served now", config->networks->len);
	return TRUE;
}
