/* sipws_pending.h: requests of the client that wait for what janus.plugin.ims makes of them. Each is answered
 * once: by whoever takes it when the plugin tells, or here, when the plugin refuses it or says nothing.
 *
 * Pure. Thread: the server's. Owner: the noun whose requests they are. */
#pragma once
#include "bridge/internal.h"

typedef struct sipws_pending sipws_pending;

/* A request was refused here, by a failure; NULL: nobody wants to know. */
typedef void (*sipws_refused)(sipws_bridge *bridge, const char *call_id);

sipws_pending *sipws_pending_new(sipws_bridge *bridge, sipws_refused refused);
void sipws_pending_free(sipws_pending *pending); /* none of them is answered any more */

/* Asks the plugin, body is taken; tx waits. call_id: the API's, by which it can be found; may be NULL. */
void sipws_pending_ask(sipws_pending *pending, sipws_handle *handle, json_t *body, sipws_server_tx *tx,
		       const char *call_id);
/* What the plugin answers by this transaction, or about this call_id: the request is the caller's to answer.
 * NULL: none waits. */
sipws_server_tx *sipws_pending_take(sipws_pending *pending, const char *transaction);
sipws_server_tx *sipws_pending_take_of(sipws_pending *pending, const char *call_id);
/* A challenge is answered first (internal.h): give leaves a gap, go_on fills it. */
sipws_server_tx *sipws_pending_give(sipws_pending *pending, const char *call_id);
gboolean sipws_pending_go_on(sipws_pending *pending, const char *call_id, sipws_server_tx *tx);

/* As a failure says it; 503 with Retry-After. */
void sipws_refuse(sipws_server_tx *tx, const sipws_failure *failure);
/* As the network said it: a final status of 300 and above from result's `code` and `reason`. */
void sipws_refuse_by_news(sipws_server_tx *tx, const sipws_news *news);
