#include "sip/ims_hop.h"

static char *with_transport(const url_t *to, const char *transport)
{
	return g_strdup_printf("sip:%s%s%s;transport=%s", to->url_host, to->url_port ? ":" : "",
			       to->url_port ? to->url_port : "", transport);
}

ims_hop ims_hop_for(const ims_network *network, const url_t *to)
{
	ims_hop hop = { NULL };

	if (!network || !to || !to->url_host || url_has_param(to, "transport"))
		return hop;
	if (network->transport == IMS_TRANSPORT_TCP)
		hop.url = with_transport(to, "tcp");
	hop.stays_udp = network->transport == IMS_TRANSPORT_UDP;
	return hop;
}

ims_hop ims_hop_for_text(const ims_network *network, const char *to)
{
	g_autofree char *copy = g_strdup(to);
	url_t url[1];

	return ims_hop_for(network, copy && url_d(url, copy) == 0 ? url : NULL);
}

void ims_hop_clear(ims_hop *hop)
{
	g_free(hop->url);
	hop->url = NULL;
}
