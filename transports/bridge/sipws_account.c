#include "bridge/internal.h"

struct sipws_account {
	sipws_bridge *bridge;
};

sipws_account *sipws_account_new(sipws_bridge *bridge)
{
	sipws_account *account = g_new0(sipws_account, 1);

	account->bridge = bridge;
	return account;
}

void sipws_account_free(sipws_account *account)
{
	g_free(account);
}

void sipws_account_request(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg)
{
	(void)bridge, (void)msg;
	sipws_server_tx_refuse(tx, 501, NULL);
}

void sipws_account_news(sipws_line *line, const sipws_news *news)
{
	(void)line, (void)news;
}

gboolean sipws_account_is_registered(const sipws_account *account)
{
	(void)account;
	return FALSE;
}

const char *sipws_account_impu(const sipws_account *account)
{
	(void)account;
	return NULL;
}

const char *sipws_account_contact(const sipws_account *account)
{
	(void)account;
	return NULL;
}

gboolean sipws_account_owns(const sipws_account *account, const char *uri)
{
	(void)account, (void)uri;
	return FALSE;
}

gboolean sipws_request_may(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg)
{
	(void)bridge, (void)msg;
	sipws_server_tx_refuse(tx, 403, "register first");
	return FALSE;
}
