#include "bridge/internal.h"

sipws_line *sipws_lines_master(sipws_bridge *bridge)
{
	(void)bridge;
	return NULL;
}

sipws_line *sipws_lines_take(sipws_bridge *bridge, sipws_call *call)
{
	(void)bridge, (void)call;
	return NULL;
}

void sipws_lines_release(sipws_line *line)
{
	line->call = NULL;
}

void sipws_lines_registered(sipws_bridge *bridge, guint64 master_id)
{
	(void)bridge, (void)master_id;
}

void sipws_lines_drop(sipws_bridge *bridge)
{
	(void)bridge;
}
