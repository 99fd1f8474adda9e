/* sipws_connection.h: whether a handle has a PeerConnection, as far as a client of Janus can know.
 *
 * Janus closes one up to a second after the plugin has said that its call is over, and lets go of its ICE
 * agent a moment after it has said so itself. An offer meanwhile would be taken for a change of the one that
 * goes, and go with it.
 *
 * Pure: time comes from the clock. */
#pragma once
#include <glib.h>
#include "base/ims_clock.h"

enum {
	SIPWS_CONNECTION_CLOSES_MS = 2000, /* Janus needs one second; or there was none */
	SIPWS_CONNECTION_RESTS_MS = 100,   /* after Janus's word */
};

typedef struct {
	enum { SIPWS_CONNECTION_NONE, SIPWS_CONNECTION_OPEN, SIPWS_CONNECTION_GOING } state;
	ims_timer timer; /* while it is going */
	void (*gone)(gpointer user);
	gpointer user;
} sipws_connection;

/* gone: it was going, and the next one may come. */
void sipws_connection_init(sipws_connection *connection, ims_clock *clock, void (*gone)(gpointer user),
			   gpointer user);
void sipws_connection_clear(sipws_connection *connection);

void sipws_connection_opened(sipws_connection *connection); /* an offer went, or came */
void sipws_connection_failed(sipws_connection *connection); /* Janus did not take the offer that went */
void sipws_connection_over(sipws_connection *connection);   /* its call is: the plugin has it closed */
void sipws_connection_closed(sipws_connection *connection); /* Janus says so */
gboolean sipws_connection_is_going(const sipws_connection *connection);
