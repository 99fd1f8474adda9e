/* sipws_transactions.h: the transactions of one socket (RFC 3261 17, as RFC 7118 5 has them on a reliable
 * transport: no retransmissions, timers D, I, J and K zero).
 *
 * What it sees to by itself: 100 to an INVITE that nobody has answered within 200 ms, the 200 to a CANCEL,
 * the answer to what is malformed, the ACK to a refusal, and the end of a call whose INVITE was forgotten and
 * taken all the same.
 *
 * Pure: messages in, messages out, time from the clock. Thread: the server's. Owner: the bridge of the
 * socket. Every request of the client ends in exactly one final response: who was handed a server transaction
 * must reply, and what is left when the socket goes is dropped with it. */
#pragma once
#include <glib.h>
#include "base/ims_clock.h"
#include "sip/sipws_msg.h"

typedef struct sipws_transactions sipws_transactions;
typedef struct sipws_server_tx sipws_server_tx; /* the client asked */
typedef struct sipws_client_tx sipws_client_tx; /* we asked */

typedef struct {
	/* A request that begins a transaction, or an ACK to a 2xx (then tx is NULL). CANCEL comes as
	 * `cancelled`. msg is borrowed; keep what you need, or sipws_server_tx_request. */
	void (*request)(sipws_server_tx *tx, const sipws_msg *msg, gpointer user);
	/* The INVITE was cancelled, CANCEL is answered; the INVITE still wants its final response. */
	void (*cancelled)(sipws_server_tx *invite, const sipws_msg *cancel, gpointer user);
	void (*send)(GBytes *message, gpointer user); /* onto the socket */
} sipws_transaction_events;

/* via: protocol and sent-by of our own requests, "SIP/2.0/WSS 3f2a9c.invalid". limit: open transactions at a
 * time, more are refused with 503. */
sipws_transactions *sipws_transactions_new(ims_clock *clock, const char *via, guint limit,
					   const sipws_transaction_events *events, gpointer user);
void sipws_transactions_free(
	sipws_transactions *transactions); /* all callbacks of client transactions: not called */

/* A message that came. Takes it. What belongs to no transaction and may not be answered is dropped. */
void sipws_transactions_receive(sipws_transactions *transactions, sipws_msg *msg);

/* ---- the client asked ---- */

/* Whatever has no final response gets this one; nobody is told, so whoever was handed one is gone. */
void sipws_transactions_refuse_all(sipws_transactions *transactions, guint status, const char *phrase);

const sipws_msg *
sipws_server_tx_request(const sipws_server_tx *tx);       /* NULL once the final response is sent */
gpointer sipws_server_tx_data(const sipws_server_tx *tx); /* what its user has set, NULL at first */
void sipws_server_tx_set_data(sipws_server_tx *tx, gpointer data);
/* A response to add to, with the To tag that all responses of this transaction have; to be given to _reply.
 * phrase NULL: the usual one. */
sipws_msg *sipws_server_tx_response(sipws_server_tx *tx, guint status, const char *phrase);
/* Takes the response. After a final one (200 and above) the transaction is not the caller's any more. */
void sipws_server_tx_reply(sipws_server_tx *tx, sipws_msg *response);
/* The same with a response of nothing but a status; a To tag is made. format: the reason phrase, NULL: the
 * usual one. */
void sipws_server_tx_refuse(sipws_server_tx *tx, guint status, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* ---- we ask ---- */

/* response: NULL when nobody answered in time (64*T1; an INVITE three minutes after its last provisional
 * one, and then it is cancelled). Called for each provisional response and for the final one, after which the
 * transaction is gone. ACK to anything but 2xx is sent here, that to a 2xx is the user's. */
typedef void (*sipws_answered)(const sipws_msg *response, gpointer user);

/* Takes request; a Via with a new branch and Max-Forwards are added. answered may be NULL: nobody listens. */
sipws_client_tx *sipws_transactions_ask(sipws_transactions *transactions, sipws_msg *request,
					sipws_answered answered, gpointer user);
/* An ACK: no transaction. Takes it, adds Via and Max-Forwards. */
void sipws_transactions_ack(sipws_transactions *transactions, sipws_msg *ack);
/* Of an INVITE: once it has a provisional response, or as soon as it gets one. The answer to the INVITE still
 * comes. reason_header: value of Reason; NULL: none. */
void sipws_client_tx_cancel(sipws_client_tx *tx, const char *reason_header);
void sipws_client_tx_forget(sipws_client_tx *tx); /* its user goes away: `answered` is not called any more */

/* The client is back on another socket: what it has not answered is sent again, in order. */
void sipws_transactions_repeat(sipws_transactions *transactions);
gboolean sipws_transactions_is_asking(const sipws_transactions *transactions);
