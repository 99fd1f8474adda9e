#include "sip/transactions.h"

#include <string.h>

sipws_transactions *sipws_transactions_new(ims_clock *clock, const char *via, guint limit,
					   const sipws_transaction_events *events, gpointer user)
{
	sipws_transactions *transactions = g_new0(sipws_transactions, 1);

	transactions->clock = clock;
	transactions->via = g_strdup(via);
	transactions->limit = limit;
	transactions->events = *events;
	transactions->user = user;
	transactions->servers =
		g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)sipws_server_tx_free);
	transactions->clients =
		g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)sipws_client_tx_free);
	return transactions;
}

void sipws_transactions_free(sipws_transactions *transactions)
{
	if (!transactions)
		return;
	g_hash_table_destroy(transactions->servers);
	g_hash_table_destroy(transactions->clients);
	g_free(transactions->via);
	g_free(transactions);
}

void sipws_transactions_send(sipws_transactions *transactions, const sipws_msg *msg)
{
	g_autoptr(GBytes) bytes = sipws_msg_print(msg);

	transactions->events.send(bytes, transactions->user);
}

char *sipws_transaction_key(const sipws_msg *msg, const char *method)
{
	const char *branch = sipws_msg_branch(msg);

	if (g_str_has_prefix(branch, "z9hG4bK") && strlen(branch) > strlen("z9hG4bK"))
		return g_strdup_printf("%s %s", method, branch);
	return g_strdup_printf("%s %s %s %s %u", method, branch, sipws_msg_call_id(msg),
			       sipws_msg_from_tag(msg), sipws_msg_cseq(msg));
}

void sipws_msg_put_via(sipws_msg *msg, const char *via, const char *branch)
{
	sipws_header *top;

	sipws_msg_add(msg, "Via", "%s;branch=%s", via, branch);
	top = &g_array_index(msg->headers, sipws_header, msg->headers->len - 1);
	g_array_prepend_vals(msg->headers, &(sipws_header){ top->name, top->value }, 1);
	g_array_set_size(msg->headers, msg->headers->len - 1);
}

void sipws_transactions_receive(sipws_transactions *transactions, sipws_msg *msg)
{
	g_autoptr(sipws_msg) owned = msg;

	if (sipws_msg_is_request(owned))
		sipws_server_tx_came(transactions, g_steal_pointer(&owned));
	else if (sipws_msg_fault(owned)->status == 0)
		sipws_client_tx_came(transactions, owned);
}
