#include "bridge/internal.h"

struct sipws_pager {
	sipws_bridge *bridge;
};

sipws_pager *sipws_pager_new(sipws_bridge *bridge)
{
	sipws_pager *pager = g_new0(sipws_pager, 1);

	pager->bridge = bridge;
	return pager;
}

void sipws_pager_free(sipws_pager *pager)
{
	g_free(pager);
}

void sipws_pager_news(sipws_line *line, const sipws_news *news)
{
	(void)line, (void)news;
}

sipws_server_tx *sipws_pager_give(sipws_bridge *bridge, const char *call_id)
{
	(void)bridge, (void)call_id;
	return NULL;
}

void sipws_pager_go_on(sipws_bridge *bridge, const char *call_id, sipws_server_tx *tx)
{
	(void)bridge, (void)call_id;
	sipws_server_tx_refuse(tx, 501, NULL);
}

void sipws_pager_request(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg, sipws_call *call)
{
	(void)bridge, (void)msg, (void)call;
	sipws_server_tx_refuse(tx, 501, NULL);
}
