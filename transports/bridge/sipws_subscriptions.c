#include "bridge/internal.h"

struct sipws_subscriptions {
	sipws_bridge *bridge;
};

sipws_subscriptions *sipws_subscriptions_new(sipws_bridge *bridge)
{
	sipws_subscriptions *subscriptions = g_new0(sipws_subscriptions, 1);

	subscriptions->bridge = bridge;
	return subscriptions;
}

void sipws_subscriptions_free(sipws_subscriptions *subscriptions)
{
	g_free(subscriptions);
}

void sipws_subscriptions_news(sipws_line *line, const sipws_news *news)
{
	(void)line, (void)news;
}

sipws_server_tx *sipws_subscriptions_give(sipws_bridge *bridge, const char *call_id)
{
	(void)bridge, (void)call_id;
	return NULL;
}

void sipws_subscriptions_go_on(sipws_bridge *bridge, const char *call_id, sipws_server_tx *tx)
{
	(void)bridge, (void)call_id;
	sipws_server_tx_refuse(tx, 501, NULL);
}

void sipws_subscriptions_request(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg)
{
	(void)bridge, (void)msg;
	sipws_server_tx_refuse(tx, 501, NULL);
}
