/* sipws_gateway.h: the few things the server asks of Janus, as a struct of functions.
 *
 * glue/ fills it with Janus's callbacks; nothing of the server needs a Janus symbol. A session is Janus's
 * idea of one of our sockets. [the server's thread] */
#pragma once
#include <glib.h>
#include <jansson.h>

typedef struct {
	gpointer (*open)(gsize number);                 /* number: of the socket, for sipws_server_hear */
	void (*ask)(gpointer session, json_t *request); /* taken; Janus queues it */
	void (*gone)(gpointer session);  /* Janus is to end what it has of it; may take a while */
	void (*close)(gpointer session); /* nothing is said of it any more; it is let go */
	void (*late)(gpointer session);  /* `gone` of what was told by sipws_server_late, and it is let go */
} sipws_gateway;
