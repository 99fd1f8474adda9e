/* sipws_server.h: the sockets: a thread with libwebsockets' loop, to which everybody else sends mail.
 *
 * Owner: glue/. The thread owns connections and their bridges, timers, limits; nothing of it has a lock.
 * Others put mail into its box by the functions marked [any thread]. */
#pragma once
#include <glib.h>
#include <jansson.h>
#include "config/sipws_config.h"
#include "server/sipws_gateway.h"

typedef struct sipws_server sipws_server;

/* NULL with IMS_E_CONFIG (certificate, descriptors) or IMS_E_IO (a port is taken). A reference to config
 * is taken. */
sipws_server *sipws_server_new(const sipws_config *config, const sipws_gateway *gateway, GError **error);
/* Closes all connections, within a bound, and ends the thread. No function of the gateway is called any more.
 */
void sipws_server_free(sipws_server *server);

/* From now on what Janus says gets here: it is asked about itself. */
void sipws_server_listen_to_janus(sipws_server *server);

/* [any thread] Janus says something to the socket of that number, which may be gone: takes message. */
void sipws_server_hear(sipws_server *server, gsize number, json_t *message);
void sipws_server_session_over(sipws_server *server, gsize number, gboolean timeout, gboolean claimed);

/* [any thread] Janus has made a session for a socket that had been let go; session: a reference of its own,
 * which `late` of the gateway gets. */
void sipws_server_late(sipws_server *server, gpointer session);

/* [any thread but the server's] Answers a request of the Admin API; waits for the thread, a few seconds at
 * most. docs/operations.md says what may be asked. request is borrowed. */
json_t *sipws_server_query(sipws_server *server, json_t *request);
