#include "sip/ims_hop.h"

#include <string.h>

ims_hop ims_hop_for(const ims_network *network, const char *numeric)
{
	ims_transport transport = network ? network->transport : IMS_TRANSPORT_AUTO;

	if (strstr(numeric, ";transport="))
		return (ims_hop){ g_strdup(numeric), FALSE };
	if (transport == IMS_TRANSPORT_TCP)
		return (ims_hop){ g_strconcat(numeric, ";transport=tcp", NULL), FALSE };
	return (ims_hop){ g_strdup(numeric), transport == IMS_TRANSPORT_UDP };
}

void ims_hop_clear(ims_hop *hop)
{
	g_free(hop->url);
	hop->url = NULL;
}
