#include "sip/ims_ua.h"

#include <string.h>

#include "base/ims_error.h"
#include "sip/internal.h"
#include "sip/ims_hop.h"
#include "sip/ims_link_internal.h"
#include "sip/ims_sip_read.h"

struct ims_transaction {
	nta_outgoing_t *request;
	ims_link_watch *watch; /* NULL: it does not depend on a connection */
	char *contact_user;
	ims_register_done done;
	gpointer user;
};

static void transaction_free(ims_transaction *transaction)
{
	if (transaction->request)
		nta_outgoing_destroy(transaction->request);
	ims_link_watch_free(transaction->watch);
	g_free(transaction->contact_user);
	g_free(transaction);
}

/* Gives the answer to whoever waits for it; the transaction is over then. */
static void finish(ims_transaction *transaction, ims_register_answer *answer)
{
	ims_link_watch *watch = g_steal_pointer(&transaction->watch); /* keeps the link alive meanwhile */
	ims_register_done done = transaction->done;
	gpointer user = transaction->user;

	answer->link = watch ? ims_link_of_watch(watch) : NULL;
	transaction_free(transaction);
	done(answer, user);
	ims_register_answer_clear(answer);
	ims_link_watch_free(watch);
}

static int on_answer(nta_outgoing_magic_t *magic, nta_outgoing_t *request, const sip_t *sip)
{
	ims_transaction *transaction = (ims_transaction *)magic;
	ims_register_answer answer;

	(void)request;
	if (sip && sip->sip_status->st_status < 200)
		return 0;
	ims_sip_read_register(sip, transaction->contact_user, &answer);
	finish(transaction, &answer);
	return 0;
}

/* The transaction layer would wait for its time-out. */
static void on_lost(gpointer user)
{
	ims_transaction *transaction = user;
	ims_register_answer answer;

	ims_sip_read_register(NULL, transaction->contact_user, &answer);
	answer.status = 503;
	g_free(answer.reason);
	answer.reason = g_strdup("The connection is lost");
	finish(transaction, &answer);
}

/* Who says TCP is served over that connection; who was only too large for UDP is not. */
static gboolean depends_on_connection(const char *hop)
{
	return strstr(hop, ";transport=tcp") != NULL;
}

/* NULL: none. As a header that sofia-sip does not know: it would write one that it knows anew, and what a
 * client has said is relayed byte by byte (REQ-33). */
static char *line_of(const char *name, const char *value)
{
	return value ? g_strdup_printf("%s: %s", name, value) : NULL;
}

ims_transaction *ims_ua_register(ims_stack *stack, const ims_register_request *r, ims_register_done done,
				 gpointer user, GError **error)
{
	ims_transaction *transaction = g_new0(ims_transaction, 1);
	g_autofree char *from = g_strdup_printf("<%s>;tag=%s", r->aor, r->from_tag);
	g_autofree char *to = g_strdup_printf("<%s>", r->aor);
	g_autofree char *cseq = g_strdup_printf("%u REGISTER", r->cseq);
	g_autofree char *to_registrar = line_of("Authorization", r->authorization);
	g_autofree char *to_proxy = line_of("Proxy-Authorization", r->proxy_authorization);
	g_auto(ims_hop) hop = ims_hop_for(r->network, r->next_hop);

	transaction->contact_user = g_strdup(r->contact_user);
	transaction->done = done;
	transaction->user = user;
	transaction->request = nta_outgoing_tcreate(
		stack->outside, on_answer, (nta_outgoing_magic_t *)transaction, IMS_HOP_URL(hop),
		SIP_METHOD_REGISTER, URL_STRING_MAKE(r->registrar), IMS_HOP_TAGS(hop), SIPTAG_FROM_STR(from),
		SIPTAG_TO_STR(to), SIPTAG_CALL_ID_STR(r->call_id), SIPTAG_CSEQ_STR(cseq),
		SIPTAG_CONTACT_STR(r->contact), TAG_IF(to_registrar, SIPTAG_UNKNOWN_STR(to_registrar)),
		TAG_IF(to_proxy, SIPTAG_UNKNOWN_STR(to_proxy)),
		TAG_IF(r->headers, SIPTAG_HEADER_STR(r->headers)), TAG_END());
	if (transaction->request && depends_on_connection(hop.url))
		transaction->watch =
			ims_link_watch_request(stack, transaction->request, on_lost, transaction);
	if (transaction->request)
		return transaction;
	transaction_free(transaction);
	g_set_error(error, IMS_ERROR, IMS_E_SIP, "The REGISTER for %s cannot be made", r->aor);
	return NULL;
}

void ims_transaction_drop(ims_transaction *transaction)
{
	if (transaction)
		transaction_free(transaction);
}
