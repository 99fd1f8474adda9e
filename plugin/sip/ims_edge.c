#include "sip/ims_edge.h"

#include <string.h>

#include "base/ims_random.h"

#define ICID_BYTES 16

static void add(GString *lines, const char *name, const char *value)
{
	g_string_append_printf(lines, "%s%s: %s", lines->len ? "\r\n" : "", name, value);
}

/* Only what the operator configured: there is no value for WebRTC (REQ-09). */
static void add_access_network(GString *lines, const ims_network *network)
{
	g_autofree char *info = NULL;

	if (!network->access_network_info)
		return;
	info = g_strdup_printf("%s;network-provided", network->access_network_info);
	add(lines, "P-Access-Network-Info", info);
}

char *ims_edge_charging_vector(const ims_network *network, const char *host_port)
{
	g_autofree char *icid = ims_random_hex(ICID_BYTES);
	g_autofree char *host = g_strdup(host_port);
	char *port = strrchr(host, ':');

	if (port)
		*port = '\0';
	return g_strdup_printf("icid-value=\"%s\";icid-generated-at=%s;orig-ioi=\"Type 1%s\"", icid, host,
			       network->visited_network_name);
}

static char *escaped(const char *value)
{
	GString *out = g_string_new(NULL);

	for (; *value; value++) {
		if (*value == '"' || *value == '\\')
			g_string_append_c(out, '\\');
		g_string_append_c(out, *value);
	}
	return g_string_free(out, FALSE);
}

char *ims_edge_charging_vector_again(const ims_network *network, const char *icid, const char *orig_ioi)
{
	g_autofree char *icid_safe = icid ? escaped(icid) : NULL;
	g_autofree char *ioi_safe = orig_ioi ? escaped(orig_ioi) : NULL;

	if (!icid)
		return NULL;
	return g_strdup_printf("icid-value=\"%s\"%s%s%s;term-ioi=\"Type 1%s\"", icid_safe,
			       ioi_safe ? ";orig-ioi=\"" : "", ioi_safe ? ioi_safe : "", ioi_safe ? "\"" : "",
			       network->visited_network_name);
}

char *ims_edge_register_headers(const ims_network *network, const char *host_port, const char *flow_token)
{
	GString *lines = g_string_new(NULL);
	g_autofree char *path = g_strdup_printf("<sip:%s@%s;lr>", flow_token, host_port);
	g_autofree char *charging = ims_edge_charging_vector(network, host_port);

	add(lines, "Path", path);
	add(lines, "Require", "path");
	add(lines, "Supported", "path");
	add(lines, "P-Visited-Network-ID", network->visited_network_id);
	add(lines, "P-Charging-Vector", charging);
	add_access_network(lines, network);
	return g_string_free(lines, FALSE);
}

char *ims_edge_contact(const ims_network *network, const char *host_port, const char *user,
		       const char *instance_urn, guint expires_s)
{
	GString *contact = g_string_new(NULL);

	g_string_append_printf(contact, "<sip:%s@%s>;+sip.instance=\"<%s>\"", user, host_port, instance_urn);
	for (guint i = 0; i < network->feature_tags->len; i++)
		g_string_append_printf(contact, ";%s", (char *)g_ptr_array_index(network->feature_tags, i));
	g_string_append_printf(contact, ";expires=%u", expires_s);
	return g_string_free(contact, FALSE);
}

char *ims_edge_originating_headers(const ims_network *network, const char *asserted,
				   const char *charging_vector)
{
	GString *lines = g_string_new(NULL);
	g_autofree char *identity = g_strdup_printf("<%s>", asserted);

	add(lines, "P-Asserted-Identity", identity);
	add(lines, "P-Charging-Vector", charging_vector);
	add_access_network(lines, network);
	return g_string_free(lines, FALSE);
}
