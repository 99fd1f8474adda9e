/* What we ask the client. Nothing is repeated on a reliable transport, and a transaction is over with its
 * final response (timers D and K are zero). */
#include "sip/transactions.h"

#include <string.h>
#include "base/ims_random.h"

struct sipws_client_tx {
	sipws_transactions *owner;
	guint64 number; /* in the order in which they are sent */
	char *key, *branch;
	sipws_msg *request;
	sipws_answered answered; /* NULL: nobody listens */
	gpointer user;
	gboolean proceeding;        /* an INVITE, and a provisional response came */
	gboolean cancel, cancelled; /* wanted; sent */
	char *reason;               /* of the CANCEL; NULL: none */
	ims_timer timer;            /* B, C, F */
};

void sipws_client_tx_free(sipws_client_tx *tx)
{
	ims_timer_stop(&tx->timer);
	sipws_msg_free(tx->request);
	g_free(tx->branch);
	g_free(tx->reason);
	g_free(tx->key);
	g_free(tx);
}

static gboolean is_invite(const sipws_client_tx *tx)
{
	return strcmp(sipws_msg_method(tx->request), "INVITE") == 0;
}

/* ---- requests that follow from an INVITE ---- */

/* From and Call-ID are those of the INVITE, its number is that or one that follows. to: whole value. */
static sipws_msg *derive(const sipws_client_tx *tx, const char *method, const char *uri, const char *to,
			 guint32 cseq)
{
	sipws_msg *msg = sipws_msg_new_request(method, uri);

	sipws_msg_add(msg, "From", "%s", sipws_msg_header(tx->request, "From", 0));
	sipws_msg_add(msg, "To", "%s", to);
	sipws_msg_add(msg, "Call-ID", "%s", sipws_msg_call_id(tx->request));
	sipws_msg_add(msg, "CSeq", "%u %s", cseq, method);
	sipws_msg_add(msg, "Max-Forwards", "70");
	return msg;
}

/* RFC 3261 17.1.1.3 */
static void ack_refusal(const sipws_client_tx *tx, const sipws_msg *response)
{
	g_autoptr(sipws_msg) ack = derive(tx, "ACK", sipws_msg_uri(tx->request),
					  sipws_msg_header(response, "To", 0), sipws_msg_cseq(tx->request));

	sipws_msg_put_via(ack, tx->owner->via, tx->branch);
	sipws_transactions_send(tx->owner, ack);
}

/* The client has taken a call that nobody wants any more. */
static void end_dialog(const sipws_client_tx *tx, const sipws_msg *response)
{
	const char *to = sipws_msg_header(response, "To", 0);
	const guint32 cseq = sipws_msg_cseq(tx->request);
	sipws_address contact;

	if (!sipws_msg_address(response, "Contact", 0, &contact))
		return;
	sipws_transactions_ack(tx->owner, derive(tx, "ACK", contact.uri, to, cseq));
	sipws_transactions_ask(tx->owner, derive(tx, "BYE", contact.uri, to, cseq + 1), NULL, NULL);
}

/* ---- asking ---- */

static void timed_out(gpointer user);

/* Takes request. */
static sipws_client_tx *begin(sipws_transactions *transactions, sipws_msg *request, char *branch)
{
	sipws_client_tx *tx = g_new0(sipws_client_tx, 1);

	tx->owner = transactions;
	tx->number = ++transactions->asked;
	tx->request = request;
	tx->branch = branch;
	sipws_msg_put_via(request, transactions->via, branch);
	tx->key = sipws_transaction_key(request, sipws_msg_method(request));
	ims_timer_init(&tx->timer, transactions->clock, timed_out, tx);
	ims_timer_arm(&tx->timer, SIPWS_T1X64_MS);
	g_hash_table_insert(transactions->clients, tx->key, tx);
	sipws_transactions_send(transactions, request);
	return tx;
}

static char *new_branch(void)
{
	g_autofree char *random = ims_random_hex(12);

	return g_strconcat("z9hG4bK", random, NULL);
}

static void add_hops(sipws_msg *request)
{
	if (!sipws_msg_header(request, "Max-Forwards", 0))
		sipws_msg_add(request, "Max-Forwards", "70");
}

sipws_client_tx *sipws_transactions_ask(sipws_transactions *transactions, sipws_msg *request,
					sipws_answered answered, gpointer user)
{
	sipws_client_tx *tx;

	add_hops(request);
	tx = begin(transactions, request, new_branch());
	tx->answered = answered;
	tx->user = user;
	return tx;
}

void sipws_transactions_ack(sipws_transactions *transactions, sipws_msg *ack)
{
	g_autoptr(sipws_msg) owned = ack;
	g_autofree char *branch = new_branch();

	add_hops(ack);
	sipws_msg_put_via(ack, transactions->via, branch);
	sipws_transactions_send(transactions, ack);
}

/* RFC 3261 9.1: the INVITE's branch, and then it has 64*T1 to be answered. */
static void send_cancel(sipws_client_tx *tx)
{
	sipws_msg *cancel = derive(tx, "CANCEL", sipws_msg_uri(tx->request),
				   sipws_msg_header(tx->request, "To", 0), sipws_msg_cseq(tx->request));

	tx->cancelled = TRUE;
	if (tx->reason)
		sipws_msg_add(cancel, "Reason", "%s", tx->reason);
	begin(tx->owner, cancel, g_strdup(tx->branch));
	ims_timer_arm(&tx->timer, SIPWS_T1X64_MS);
}

void sipws_client_tx_cancel(sipws_client_tx *tx, const char *reason_header)
{
	if (tx->cancel)
		return;
	tx->cancel = TRUE;
	tx->reason = g_strdup(reason_header);
	if (tx->proceeding)
		send_cancel(tx);
}

void sipws_client_tx_forget(sipws_client_tx *tx)
{
	tx->answered = NULL;
}

static gint by_number(gconstpointer a, gconstpointer b)
{
	const sipws_client_tx *first = a, *second = b;

	return first->number < second->number ? -1 : 1;
}

void sipws_transactions_repeat(sipws_transactions *transactions)
{
	g_autoptr(GList) open = g_list_sort(g_hash_table_get_values(transactions->clients), by_number);

	for (GList *at = open; at; at = at->next) {
		const sipws_client_tx *tx = at->data;

		if (!tx->cancelled)
			sipws_transactions_send(transactions, tx->request);
	}
}

gboolean sipws_transactions_is_asking(const sipws_transactions *transactions)
{
	return g_hash_table_size(transactions->clients) > 0;
}

/* ---- answers ---- */

static void over(sipws_client_tx *tx, const sipws_msg *response)
{
	const sipws_answered answered = tx->answered;
	const gpointer user = tx->user;

	g_hash_table_remove(tx->owner->clients, tx->key);
	if (answered)
		answered(response, user);
}

static void timed_out(gpointer user)
{
	sipws_client_tx *tx = user;
	const sipws_answered answered = tx->answered;

	if (!tx->proceeding || tx->cancelled) {
		over(tx, NULL);
		return;
	}
	/* Timer C: whoever answers yet is told that it is too late. */
	tx->answered = NULL;
	sipws_client_tx_cancel(tx, NULL);
	if (answered)
		answered(NULL, tx->user);
}

static void went_on(sipws_client_tx *tx, const sipws_msg *response)
{
	tx->proceeding = is_invite(tx);
	if (tx->proceeding && !tx->cancelled)
		ims_timer_arm(&tx->timer, SIPWS_TIMER_C_MS);
	if (tx->cancel && !tx->cancelled)
		send_cancel(tx);
	if (tx->answered)
		tx->answered(response, tx->user);
}

void sipws_client_tx_came(sipws_transactions *transactions, const sipws_msg *response)
{
	g_autofree char *key = sipws_transaction_key(response, sipws_msg_cseq_method(response));
	sipws_client_tx *tx = g_hash_table_lookup(transactions->clients, key);
	const guint status = sipws_msg_status(response);

	if (!tx)
		return;
	if (status < 200) {
		went_on(tx, response);
		return;
	}
	if (is_invite(tx) && status >= 300)
		ack_refusal(tx, response);
	else if (is_invite(tx) && !tx->answered)
		end_dialog(tx, response);
	over(tx, response);
}
