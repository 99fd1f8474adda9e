/* sipws_exchanges.h: requests to Janus that wait for its answer, by transaction. Each ends once: by an
 * answer, or by Janus's silence.
 *
 * Pure. Thread: the server's. Owner: sipws_janus. */
#pragma once
#include <glib.h>
#include <jansson.h>
#include "base/ims_clock.h"

typedef struct sipws_exchanges sipws_exchanges;

/* answer: "success", "ack" or "error"; NULL: Janus was silent for SIPWS_ANSWER_MS. */
typedef void (*sipws_exchanged)(const json_t *answer, gpointer user);

/* api_secret, token: go into each request; NULL: none. ask takes the request. */
sipws_exchanges *sipws_exchanges_new(ims_clock *clock, const char *api_secret, const char *token,
				     void (*ask)(json_t *request, gpointer user), gpointer user);
void sipws_exchanges_free(sipws_exchanges *exchanges); /* nobody is called */

char *sipws_exchanges_name(sipws_exchanges *exchanges); /* a transaction that was not there before */
/* Takes the request. exchanged NULL: nobody waits for the answer. */
void sipws_exchanges_ask(sipws_exchanges *exchanges, const char *transaction, json_t *request,
			 sipws_exchanged exchanged, gpointer user);
void sipws_exchanges_answer(sipws_exchanges *exchanges, const json_t *answer); /* a late one: dropped */
void sipws_exchanges_forget(sipws_exchanges *exchanges, const char *transaction);
