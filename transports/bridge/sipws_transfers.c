#include "bridge/internal.h"

struct sipws_transfers {
	sipws_bridge *bridge;
};

sipws_transfers *sipws_transfers_new(sipws_bridge *bridge)
{
	sipws_transfers *transfers = g_new0(sipws_transfers, 1);

	transfers->bridge = bridge;
	return transfers;
}

void sipws_transfers_free(sipws_transfers *transfers)
{
	g_free(transfers);
}

void sipws_transfers_news(sipws_line *line, const sipws_news *news)
{
	(void)line, (void)news;
}

void sipws_transfers_request(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg,
			     sipws_call *call)
{
	(void)bridge, (void)msg, (void)call;
	sipws_server_tx_refuse(tx, 501, NULL);
}

void sipws_transfers_notify(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg, sipws_call *call)
{
	(void)bridge, (void)msg, (void)call;
	sipws_server_tx_refuse(tx, 481, NULL);
}

guint64 sipws_transfers_refer_id(sipws_transfers *transfers, const char *uri)
{
	(void)transfers, (void)uri;
	return 0;
}
