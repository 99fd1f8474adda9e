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

void sipws_account_gone(sipws_line *line, const sipws_failure *failure)
{
	(void)line, (void)failure;
}

/* Prefixes of one letter each: what policy leaves out is left out all the same. */
void sipws_account_habits(json_t *registration)
{
	json_t *prefixes = json_array();

	for (char letter = 'a'; letter <= 'z'; letter++)
		json_array_append_new(prefixes, json_stringn(&letter, 1));
	json_object_set_new(registration, "incoming_header_prefixes", prefixes);
	json_object_set_new(registration, "automatic_ringing", json_false());
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
