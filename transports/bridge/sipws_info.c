#include "bridge/internal.h"

void sipws_info_request(sipws_call *call, sipws_server_tx *tx, const sipws_msg *msg)
{
	(void)call, (void)msg;
	sipws_server_tx_refuse(tx, 501, NULL);
}

void sipws_info_news(sipws_line *line, const sipws_news *news)
{
	(void)line, (void)news;
}
