#include "bridge/internal.h"

json_t *sipws_headers_to_api(const sipws_msg *msg)
{
	(void)msg;
	return NULL;
}

void sipws_headers_from_api(sipws_msg *msg, const json_t *headers)
{
	(void)msg, (void)headers;
}

char *sipws_contact(const sipws_bridge *bridge)
{
	return g_strdup_printf("<sip:%s;transport=ws>", bridge->via_host);
}
