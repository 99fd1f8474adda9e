#include "janus/sipws_connection.h"

static void on_time(gpointer user)
{
	sipws_connection *connection = user;

	connection->state = SIPWS_CONNECTION_NONE;
	connection->gone(connection->user);
}

void sipws_connection_init(sipws_connection *connection, ims_clock *clock, void (*gone)(gpointer user),
			   gpointer user)
{
	connection->state = SIPWS_CONNECTION_NONE;
	connection->gone = gone;
	connection->user = user;
	ims_timer_init(&connection->timer, clock, on_time, connection);
}

void sipws_connection_clear(sipws_connection *connection)
{
	ims_timer_stop(&connection->timer);
	connection->state = SIPWS_CONNECTION_NONE;
}

void sipws_connection_opened(sipws_connection *connection)
{
	ims_timer_stop(&connection->timer);
	connection->state = SIPWS_CONNECTION_OPEN;
}

void sipws_connection_failed(sipws_connection *connection)
{
	if (connection->state == SIPWS_CONNECTION_OPEN)
		connection->state = SIPWS_CONNECTION_NONE;
}

static void go(sipws_connection *connection, gint64 ms)
{
	connection->state = SIPWS_CONNECTION_GOING;
	ims_timer_arm(&connection->timer, ms);
}

void sipws_connection_over(sipws_connection *connection)
{
	if (connection->state == SIPWS_CONNECTION_OPEN)
		go(connection, SIPWS_CONNECTION_CLOSES_MS);
}

void sipws_connection_closed(sipws_connection *connection)
{
	go(connection, SIPWS_CONNECTION_RESTS_MS);
}

gboolean sipws_connection_is_going(const sipws_connection *connection)
{
	return connection->state == SIPWS_CONNECTION_GOING;
}
