/* What the client asks. On a reliable transport a transaction is over with its final response (timers I and J
 * are zero), but for an INVITE that was refused: that waits for its ACK, at most 64*T1 (timer H). */
#include "sip/transactions.h"

#include <string.h>
#include "base/ims_random.h"

struct sipws_server_tx {
	sipws_transactions *owner;
	guint references; /* the owner's, and one while a callback runs */
	char *key;
	sipws_msg *request; /* NULL: it is refused */
	char *to_tag;    /* of all our responses: made here, or the first that a response of its user has */
	sipws_msg *last; /* what was sent last; NULL: nothing */
	gboolean answered;
	gboolean refused; /* ... and waits for its ACK only */
	ims_timer timer;  /* until 100; H */
	gpointer data;
};

static void unref(sipws_server_tx *tx)
{
	if (--tx->references == 1 &&
	    tx->refused) /* what was asked may be large, and serves nobody any more */
		g_clear_pointer(&tx->request, sipws_msg_free);
	if (tx->references > 0)
		return;
	sipws_msg_free(tx->request);
	sipws_msg_free(tx->last);
	g_free(tx->to_tag);
	g_free(tx->key);
	g_free(tx);
}

void sipws_server_tx_free(sipws_server_tx *tx)
{
	ims_timer_stop(&tx->timer);
	unref(tx);
}

static gboolean is_invite(const sipws_server_tx *tx)
{
	return strcmp(sipws_msg_method(tx->request), "INVITE") == 0;
}

static void over(sipws_server_tx *tx)
{
	g_hash_table_remove(tx->owner->servers, tx->key);
}

/* ---- answering ---- */

static const char *to_tag(sipws_server_tx *tx)
{
	if (!tx->to_tag)
		tx->to_tag = ims_random_hex(8);
	return tx->to_tag;
}

static void remember_tag(sipws_server_tx *tx, const sipws_msg *response)
{
	const char *tag = sipws_msg_to_tag(response);

	if (!tx->to_tag && *tag)
		tx->to_tag = g_strdup(tag);
}

static void send(sipws_server_tx *tx, sipws_msg *response)
{
	sipws_msg_free(tx->last);
	tx->last = response;
	sipws_transactions_send(tx->owner, response);
}

/* Refusals that nobody acknowledges take the place of other transactions, and no more than that. */
static gboolean waits_for_ack(const sipws_server_tx *tx, guint status)
{
	return is_invite(tx) && status >= 300 && g_hash_table_size(tx->owner->servers) <= tx->owner->limit;
}

void sipws_server_tx_reply(sipws_server_tx *tx, sipws_msg *response)
{
	const guint status = sipws_msg_status(response);

	ims_timer_stop(&tx->timer);
	remember_tag(tx, response);
	tx->references++;
	send(tx, response);
	if (status >= 200) {
		tx->answered = TRUE;
		tx->refused = waits_for_ack(tx, status);
		if (tx->refused)
			ims_timer_arm(&tx->timer, SIPWS_T1X64_MS);
		else
			over(tx);
	}
	unref(tx);
}

sipws_msg *sipws_server_tx_response(sipws_server_tx *tx, guint status, const char *phrase)
{
	return sipws_msg_new_response(tx->request, status, phrase, to_tag(tx));
}

void sipws_server_tx_refuse(sipws_server_tx *tx, guint status, const char *format, ...)
{
	g_autofree char *phrase = NULL;
	va_list arguments;

	va_start(arguments, format);
	if (format)
		phrase = g_strdup_vprintf(format, arguments);
	va_end(arguments);
	sipws_server_tx_reply(tx, sipws_server_tx_response(tx, status, phrase));
}

void sipws_transactions_refuse_all(sipws_transactions *transactions, guint status, const char *phrase)
{
	g_autoptr(GList) all = g_hash_table_get_values(transactions->servers);

	for (GList *link = all; link; link = link->next) {
		sipws_server_tx *tx = link->data;

		if (!tx->answered)
			sipws_server_tx_refuse(tx, status, "%s", phrase);
	}
}

/* Nobody has said anything for a while, or the ACK does not come. */
static void timer_fired(gpointer user)
{
	sipws_server_tx *tx = user;

	if (tx->answered)
		over(tx);
	else
		send(tx, sipws_msg_new_response(tx->request, 100, NULL, NULL));
}

/* ---- its user ---- */

const sipws_msg *sipws_server_tx_request(const sipws_server_tx *tx)
{
	return tx->request;
}

gpointer sipws_server_tx_data(const sipws_server_tx *tx)
{
	return tx->data;
}

void sipws_server_tx_set_data(sipws_server_tx *tx, gpointer data)
{
	tx->data = data;
}

/* ---- requests ---- */

/* Takes the request. */
static sipws_server_tx *begin(sipws_transactions *transactions, sipws_msg *request)
{
	sipws_server_tx *tx = g_new0(sipws_server_tx, 1);

	tx->owner = transactions;
	tx->references = 1;
	tx->request = request;
	tx->key = sipws_transaction_key(request, sipws_msg_method(request));
	ims_timer_init(&tx->timer, transactions->clock, timer_fired, tx);
	g_hash_table_insert(transactions->servers, tx->key, tx);
	return tx;
}

static void refuse_for_now(sipws_server_tx *tx)
{
	sipws_msg *response = sipws_server_tx_response(tx, 503, "Too many requests at a time");

	sipws_msg_add(response, "Retry-After", "%d", SIPWS_RETRY_AFTER_S);
	sipws_server_tx_reply(tx, response);
}

static void serve(sipws_transactions *transactions, sipws_msg *request)
{
	const gboolean full = g_hash_table_size(transactions->servers) >= transactions->limit;
	sipws_server_tx *tx = begin(transactions, request);
	const sipws_fault *fault = sipws_msg_fault(request);

	tx->references++;
	if (fault->status)
		sipws_server_tx_refuse(tx, fault->status, "%s", fault->reason);
	else if (full)
		refuse_for_now(tx);
	else {
		if (is_invite(tx))
			ims_timer_arm(&tx->timer, SIPWS_TRYING_MS);
		transactions->events.request(tx, tx->request, transactions->user);
	}
	unref(tx);
}

static sipws_server_tx *find(sipws_transactions *transactions, const sipws_msg *request, const char *method)
{
	g_autofree char *key = sipws_transaction_key(request, method);

	return g_hash_table_lookup(transactions->servers, key);
}

/* To a refusal: the transaction is over. To a 2xx, or to nothing that is known: its user may know. */
static void ack_came(sipws_transactions *transactions, const sipws_msg *ack)
{
	sipws_server_tx *invite = find(transactions, ack, "INVITE");

	if (invite && invite->answered)
		over(invite);
	else if (!invite && sipws_msg_fault(ack)->status == 0)
		transactions->events.request(NULL, ack, transactions->user);
}

static void cancel_came(sipws_transactions *transactions, sipws_msg *cancel)
{
	sipws_server_tx *invite = find(transactions, cancel, "INVITE"), *tx = begin(transactions, cancel);
	const sipws_fault *fault = sipws_msg_fault(cancel);

	tx->references++;
	if (fault->status)
		sipws_server_tx_refuse(tx, fault->status, "%s", fault->reason);
	else if (!invite)
		sipws_server_tx_refuse(tx, 481, NULL);
	else
		sipws_server_tx_reply(tx, sipws_msg_new_response(cancel, 200, NULL, to_tag(invite)));
	if (!fault->status && invite && !invite->answered)
		transactions->events.cancelled(invite, cancel, transactions->user);
	unref(tx);
}

void sipws_server_tx_came(sipws_transactions *transactions, sipws_msg *request)
{
	g_autoptr(sipws_msg) owned = request;
	const char *method = sipws_msg_method(request);
	sipws_server_tx *known = find(transactions, request, method);

	if (strcmp(method, "ACK") == 0)
		ack_came(transactions, request);
	else if (known) { /* again, although nothing is lost here: it is told again what it was told */
		if (known->last)
			sipws_transactions_send(transactions, known->last);
	} else if (strcmp(method, "CANCEL") == 0)
		cancel_came(transactions, g_steal_pointer(&owned));
	else
		serve(transactions, g_steal_pointer(&owned));
}
