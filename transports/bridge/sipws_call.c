#include "bridge/internal.h"

void sipws_call_request(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg)
{
	(void)bridge, (void)msg;
	sipws_server_tx_refuse(tx, 501, NULL);
}

sipws_call *sipws_call_find(sipws_bridge *bridge, const sipws_msg *msg)
{
	(void)bridge, (void)msg;
	return NULL;
}

sipws_call *sipws_call_of(sipws_bridge *bridge, const char *call_id)
{
	(void)bridge, (void)call_id;
	return NULL;
}

void sipws_call_inside(sipws_call *call, sipws_server_tx *tx, const sipws_msg *msg)
{
	(void)call, (void)msg;
	if (tx)
		sipws_server_tx_refuse(tx, 501, NULL);
}

void sipws_call_cancelled(sipws_call *call, sipws_server_tx *invite)
{
	(void)call;
	sipws_server_tx_refuse(invite, 487, NULL);
}

void sipws_call_news(sipws_line *line, const sipws_news *news)
{
	(void)line, (void)news;
}

void sipws_call_media_down(sipws_line *line, const char *reason)
{
	(void)line, (void)reason;
}

void sipws_call_lost(sipws_call *call, const char *reason)
{
	(void)reason;
	sipws_call_free(call);
}

void sipws_call_free(sipws_call *call)
{
	(void)call;
}

sipws_dialog *sipws_call_dialog(sipws_call *call)
{
	(void)call;
	return NULL;
}

sipws_line *sipws_call_line(sipws_call *call)
{
	(void)call;
	return NULL;
}

const char *sipws_call_id(const sipws_call *call)
{
	(void)call;
	return NULL;
}

sipws_server_tx *sipws_call_give(sipws_bridge *bridge, const char *call_id)
{
	(void)bridge, (void)call_id;
	return NULL;
}

void sipws_call_go_on(sipws_bridge *bridge, const char *call_id, sipws_server_tx *tx)
{
	(void)bridge, (void)call_id;
	sipws_server_tx_refuse(tx, 501, NULL);
}
