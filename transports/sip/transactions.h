/* transactions.h: what the files of the transactions share. A transaction is found by its key: the branch and
 * the method; where a branch says nothing (RFC 2543), by what else stays the same. */
#pragma once
#include "sip/internal.h"
#include "sip/sipws_transactions.h"

enum {
	SIPWS_T1_MS = 500,
	SIPWS_T1X64_MS = 64 * SIPWS_T1_MS, /* timers B, F and H */
	SIPWS_TRYING_MS = 200,
	SIPWS_TIMER_C_MS = 180000,
	SIPWS_RETRY_AFTER_S = 5, /* of the 503 of a socket that asks for too much at a time */
};

struct sipws_transactions {
	ims_clock *clock;
	char *via;
	guint limit;
	sipws_transaction_events events;
	gpointer user;
	GHashTable *servers; /* of sipws_server_tx, by key; owned */
	GHashTable *clients; /* of sipws_client_tx */
	guint64 asked;       /* how many of these there were */
};

void sipws_transactions_send(sipws_transactions *transactions, const sipws_msg *msg);
char *sipws_transaction_key(const sipws_msg *msg, const char *method);
void sipws_msg_put_via(sipws_msg *msg, const char *via, const char *branch); /* on top */

/* ---- sipws_server_tx.c ---- */
void sipws_server_tx_free(sipws_server_tx *tx);
void sipws_server_tx_came(sipws_transactions *transactions, sipws_msg *request); /* takes it */

/* ---- sipws_client_tx.c ---- */
void sipws_client_tx_free(sipws_client_tx *tx);
void sipws_client_tx_came(sipws_transactions *transactions, const sipws_msg *response);
