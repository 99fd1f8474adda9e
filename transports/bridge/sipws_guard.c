/* sipws_guard.c: who may ask: requests outside dialogs, before their nouns see them. */
#include "bridge/account.h"

#include <string.h>
#include "bridge/sipws_identity.h"
#include "bridge/sipws_pending.h"

typedef sipws_server_tx *(*give)(sipws_bridge *bridge, const char *call_id);
typedef void (*go_on)(sipws_bridge *bridge, const char *call_id, sipws_server_tx *tx);

/* A request that the network wants proved (role ue). */
typedef struct {
	char *call_id;     /* the API's */
	char *sip_call_id; /* the client's */
	char *nonce;
	const char *header; /* where the client answers */
	gboolean answered;  /* the gateway looks at what the client says */
	give give;
	go_on go_on;
} question;

struct sipws_guard {
	sipws_bridge *bridge;
	GPtrArray *held; /* of sipws_server_tx *: until their newer token has been looked at */
	question asked;  /* the last one; call_id NULL: none */
};

static void question_clear(question *q)
{
	g_free(q->call_id);
	g_free(q->sip_call_id);
	g_free(q->nonce);
	*q = (question){ 0 };
}

sipws_guard *sipws_guard_new(sipws_bridge *bridge)
{
	sipws_guard *guard = g_new0(sipws_guard, 1);

	guard->bridge = bridge;
	guard->held = g_ptr_array_new();
	return guard;
}

void sipws_guard_free(sipws_guard *guard)
{
	question_clear(&guard->asked);
	g_ptr_array_unref(guard->held);
	g_free(guard);
}

/* ---- challenges of requests ---- */

static const struct {
	give give;
	go_on go_on;
} askers[] = {
	{ sipws_call_give, sipws_call_go_on },
	{ sipws_pager_give, sipws_pager_go_on },
	{ sipws_subscriptions_give, sipws_subscriptions_go_on },
};

static void relay(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_news *news, gsize asker)
{
	question *asked = &bridge->guard->asked;
	const sipws_msg *request = sipws_server_tx_request(tx);
	gboolean to_proxy = json_integer_value(json_object_get(news->result, "code")) == 407;
	sipws_msg *refusal = sipws_msg_new_response(request, to_proxy ? 407 : 401, NULL, bridge->via_host);

	question_clear(asked);
	*asked = (question){
		.call_id = g_strdup(news->call_id),
		.sip_call_id = g_strdup(sipws_msg_call_id(request)),
		.nonce = g_strdup(json_string_value(json_object_get(news->result, "nonce"))),
		.header = to_proxy ? "Proxy-Authorization" : "Authorization",
		.give = askers[asker].give,
		.go_on = askers[asker].go_on,
	};
	sipws_msg_add(refusal, to_proxy ? "Proxy-Authenticate" : "WWW-Authenticate", "%s",
		      json_string_value(json_object_get(news->result, "header")));
	sipws_server_tx_reply(tx, refusal);
}

void sipws_guard_challenged(sipws_bridge *bridge, const sipws_news *news)
{
	for (gsize i = 0; i < G_N_ELEMENTS(askers); i++) {
		sipws_server_tx *tx = askers[i].give(bridge, news->call_id);

		if (!tx)
			continue;
		/* Its Request-URI is another one in the network: no answer of the client's would be right. */
		if (*sipws_msg_to_tag(sipws_server_tx_request(tx)))
			sipws_server_tx_refuse(tx, 403,
					       "The network wants a proof, which a dialog has no way for");
		else
			relay(bridge, tx, news, i);
		return;
	}
}

/* Its answer takes the place of the first request, whose Call-ID it has. */
static gboolean is_answer(const question *asked, const sipws_msg *msg, sipws_credentials *ret_credentials)
{
	sipws_fault fault;

	return asked->call_id && !asked->answered &&
	       strcmp(asked->sip_call_id, sipws_msg_call_id(msg)) == 0 &&
	       sipws_credentials_read(ret_credentials, msg, asked->header, &fault) &&
	       ret_credentials->digest && g_strcmp0(ret_credentials->nonce, asked->nonce) == 0;
}

/* The gateway does not take it, and asks on: the client may think again. */
static void answer_refused(const sipws_failure *failure, gpointer user)
{
	sipws_guard *guard = user;
	question *asked = &guard->asked;
	sipws_server_tx *tx = asked->answered ? asked->give(guard->bridge, asked->call_id) : NULL;

	asked->answered = FALSE;
	if (tx)
		sipws_refuse(tx, failure);
}

static gboolean takes_answer(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg)
{
	sipws_guard *guard = bridge->guard;
	sipws_credentials credentials = { 0 };
	gboolean answers = is_answer(&guard->asked, msg, &credentials);

	if (answers) {
		guard->asked.answered = TRUE;
		guard->asked.go_on(bridge, guard->asked.call_id, tx);
		sipws_handle_ask(sipws_lines_master(bridge)->handle,
				 json_pack("{s:s, s:s, s:s}", "request", "authenticate", "authorization",
					   credentials.digest, "nonce", credentials.nonce),
				 NULL, NULL, answer_refused, guard);
	}
	sipws_credentials_clear(&credentials);
	return answers;
}

/* ---- tokens (REQ-57) ---- */

static void refuse_token(sipws_bridge *bridge, sipws_server_tx *tx, const json_t *result)
{
	g_autofree char *realm = sipws_identity_host(sipws_account_impu(bridge->account));

	sipws_server_tx_reply(tx, sipws_refusal(sipws_server_tx_request(tx), realm, result));
}

/* refusal NULL: taken, or it could not be looked at; each request is looked at anew. */
void sipws_guard_token_settled(sipws_bridge *bridge, const json_t *refusal)
{
	g_autoptr(GPtrArray) held = g_steal_pointer(&bridge->guard->held);

	bridge->guard->held = g_ptr_array_new();
	for (guint i = 0; i < held->len; i++) {
		sipws_server_tx *tx = g_ptr_array_index(held, i);

		if (refusal)
			refuse_token(bridge, tx, refusal);
		else
			sipws_request_came(bridge, tx, sipws_server_tx_request(tx));
	}
}

void sipws_guard_forget(sipws_bridge *bridge, const sipws_server_tx *tx)
{
	g_ptr_array_remove(bridge->guard->held, (gpointer)tx);
}

static gboolean may_by_token(sipws_bridge *bridge, sipws_server_tx *tx, const ims_secret *token)
{
	const ims_secret *bound = sipws_account_token(bridge->account);

	if (bound && ims_secret_equal(bound, token))
		return TRUE;
	if (!bound)
		sipws_server_tx_refuse(tx, 403, "Not registered by an access token");
	else if (sipws_account_renew(bridge->account, token))
		g_ptr_array_add(bridge->guard->held, tx);
	else
		sipws_server_tx_refuse(tx, 500, "Another access token is being looked at");
	return FALSE;
}

/* ---- identities (REQ-142) ---- */

static gboolean is_theirs(sipws_bridge *bridge, const sipws_msg *msg)
{
	sipws_address address;

	sipws_msg_from(msg, &address);
	if (!sipws_identity_is_anonymous(address.uri))
		return sipws_account_owns(bridge->account, address.uri);
	return !sipws_msg_address(msg, "P-Preferred-Identity", 0, &address) ||
	       sipws_account_owns(bridge->account, address.uri);
}

gboolean sipws_request_may(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg)
{
	sipws_credentials credentials;
	sipws_fault fault;
	gboolean may = FALSE;

	if (!sipws_account_is_registered(bridge->account))
		sipws_server_tx_refuse(tx, 403, "Not registered");
	else if (!is_theirs(bridge, msg))
		sipws_server_tx_refuse(tx, 403, "From is not an identity of this socket");
	else if (takes_answer(bridge, tx, msg))
		return FALSE;
	else if (!sipws_credentials_read(&credentials, msg, "Authorization", &fault))
		sipws_server_tx_refuse(tx, fault.status, "%s", fault.reason);
	else {
		may = !credentials.token || may_by_token(bridge, tx, credentials.token);
		sipws_credentials_clear(&credentials);
	}
	return may;
}
