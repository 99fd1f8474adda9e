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

char *ims_edge_icid(void)
{
	return ims_random_hex(ICID_BYTES);
}

static char *charging_vector(const ims_network *network, const char *host_port, const char *icid)
{
	g_autofree char *host = g_strdup(host_port);
	char *port = strrchr(host, ':');

	if (port)
		*port = '\0';
	return g_strdup_printf("icid-value=\"%s\";icid-generated-at=%s;orig-ioi=\"Type 1%s\"", icid, host,
			       network->visited_network_name);
}

char *ims_edge_charging_vector(const ims_network *network, const char *host_port)
{
	g_autofree char *icid = ims_edge_icid();

	return charging_vector(network, host_port, icid);
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

char *ims_edge_register_headers(const ims_network *network, const char *host_port, const char *path,
				const char *supported, const char *icid)
{
	GString *lines = g_string_new(NULL);
	g_autofree char *quoted_path = g_strdup_printf("<%s>", path);
	g_autofree char *charging = charging_vector(network, host_port, icid);

	add(lines, "Path", quoted_path);
	add(lines, "Require", "path");
	add(lines, "Supported", supported);
	add(lines, "P-Visited-Network-ID", network->visited_network_id);
	add(lines, "P-Charging-Vector", charging);
	add_access_network(lines, network);
	return g_string_free(lines, FALSE);
}

const char *ims_edge_integrity(ims_w2 w2, gboolean proved)
{
	if (w2 == IMS_W2_TLS)
		return proved ? "tls-yes" : "tls-pending";
	return proved ? "ip-assoc-yes" : "ip-assoc-pending";
}

static void add_asserted(GString *lines, const char *uri)
{
	g_autofree char *identity = g_strdup_printf("<%s>", uri);

	add(lines, "P-Asserted-Identity", identity);
}

void ims_edge_originating(const ims_network *network, const char *host_port, const char *asserted,
			  char **ret_first, char **ret_later)
{
	g_autofree char *charging = ims_edge_charging_vector(network, host_port);
	GString *first = g_string_new(NULL);

	add_asserted(first, asserted);
	add(first, "P-Charging-Vector", charging);
	add_access_network(first, network);
	*ret_first = g_string_free(first, FALSE);
	*ret_later = g_strdup_printf("P-Charging-Vector: %s", charging);
}

void ims_edge_terminating(const ims_network *network, const char *asserted, const char *icid,
			  const char *orig_ioi, char **ret_first, char **ret_later)
{
	g_autofree char *charging = ims_edge_charging_vector_again(network, icid, orig_ioi);
	GString *first = g_string_new(NULL);

	add_asserted(first, asserted);
	if (charging)
		add(first, "P-Charging-Vector", charging);
	*ret_first = g_string_free(first, FALSE);
	*ret_later = charging ? g_strdup_printf("P-Charging-Vector: %s", charging) : NULL;
}
