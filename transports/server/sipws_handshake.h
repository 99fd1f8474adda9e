/* sipws_handshake.h: may this request become a WebSocket? And what came with it.
 *
 * Pure but for the request, which is libwebsockets'. */
#pragma once
#include <glib.h>
#include <libwebsockets.h>
#include "config/sipws_config.h"

/* 0: it may; else the HTTP status to refuse it with, and ret_reason, a static sentence. Origin is judged
 * first: a page that may not come learns nothing else (REQ-141). */
guint sipws_handshake_check(struct lws *request, const sipws_config *config, const char **ret_reason);

/* An access token of the Authorization header, the cookie or the query that the configuration names, in this
 * order; NULL: none, or nothing that could be one. Free with ims_wipe_text. */
char *sipws_handshake_token(struct lws *request, const sipws_config *config);
