/* sipws_account.c: the registration of a socket: what comes in, and what others want to know of it. */
#include "bridge/account.h"

#include <string.h>
#include "bridge/sipws_identity.h"

/* ---- the client ---- */

static sipws_account_event event_of(const sipws_account *account, const sipws_register *wish)
{
	const sipws_credentials *credentials = &wish->credentials;

	if (account->state == REG_ASKED && credentials->digest && account->nonce &&
	    g_strcmp0(credentials->nonce, account->nonce) == 0)
		return REG_EV_PROOF;
	return wish->leaves ? REG_EV_LEAVE : REG_EV_ENTER;
}

/* REQ-142 */
static gboolean is_of_another(const sipws_account *account, const sipws_register *wish,
			      sipws_fault *ret_fault)
{
	if (account->state == REG_OUT)
		return FALSE;
	if (!sipws_identity_equal(account->impu, wish->impu))
		*ret_fault = (sipws_fault){ 403, "This socket is another identity's" };
	else if (wish->credentials.token && !account->token && !account->next_token)
		*ret_fault = (sipws_fault){ 403, "Not registered by an access token" };
	return ret_fault->status != 0;
}

void sipws_account_request(sipws_bridge *bridge, sipws_server_tx *tx, const sipws_msg *msg)
{
	sipws_account *account = bridge->account;
	sipws_fault fault = { 0 };
	g_autoptr(sipws_register) wish = sipws_register_read(msg, bridge->config, &fault);

	if (!wish || is_of_another(account, wish, &fault)) {
		sipws_account_tell_fault(account, tx, &fault);
		return;
	}
	if (account->tx) {
		sipws_account_tell_busy(tx);
		return;
	}
	account->tx = tx;
	account->wish = g_steal_pointer(&wish);
	if (account->wish->contact || account->wish->leaves)
		sipws_account_handle(account, event_of(account, account->wish), &(sipws_account_word){ 0 });
	else
		sipws_account_tell_granted(account);
}

/* ---- the network, and time ---- */

static sipws_account_event event_of_refusal(const sipws_news *news)
{
	const json_t *ims = json_object_get(news->result, "ims");

	if (!json_object_get(ims, "retry_in"))
		return REG_EV_REFUSED;
	return json_object_get(ims, "expires") ? REG_EV_UNREFRESHED : REG_EV_DELAYED;
}

static sipws_account_event event_of_end(const sipws_news *news)
{
	const json_t *ims = json_object_get(news->result, "ims");
	const char *reason = json_string_value(json_object_get(ims, "reason"));

	return g_strcmp0(reason, "replaced") == 0 ? REG_EV_REPLACED : REG_EV_GONE;
}

void sipws_account_news(sipws_line *line, const sipws_news *news)
{
	sipws_account *account = line->bridge->account;
	const sipws_account_word said = { .result = news->result };

	if (strcmp(news->name, "registered") == 0)
		sipws_account_handle(account, REG_EV_REGISTERED, &said);
	else if (strcmp(news->name, "challenge") == 0 && news->call_id)
		sipws_guard_challenged(line->bridge, news);
	else if (strcmp(news->name, "challenge") == 0)
		sipws_account_handle(account, REG_EV_CHALLENGE, &said);
	else if (strcmp(news->name, "registration_failed") == 0)
		sipws_account_handle(account, event_of_refusal(news), &said);
	else if (strcmp(news->name, "unregistered") == 0)
		sipws_account_handle(account, event_of_end(news), &said);
	else if (strcmp(news->name, "token_refreshed") == 0)
		sipws_account_handle(account, REG_EV_TOKEN_TAKEN, &said);
	else if (strcmp(news->name, "token_refresh_failed") == 0)
		sipws_account_handle(account, REG_EV_TOKEN_REFUSED, &said);
	else if (strcmp(news->name, "reginfo") == 0)
		sipws_account_learn_word(account, news->result);
}

void sipws_account_gone(sipws_line *line, const sipws_failure *failure)
{
	sipws_account_handle(line->bridge->account, REG_EV_DETACHED,
			     &(sipws_account_word){ .failure = failure });
}

static void nobody_answers(gpointer user)
{
	const sipws_failure silence = { .status = 504, .text = "The network does not answer" };

	sipws_account_handle(user, REG_EV_SILENCE, &(sipws_account_word){ .failure = &silence });
}

static void client_is_late(gpointer user)
{
	sipws_account_handle(user, REG_EV_LAPSED, &(sipws_account_word){ 0 });
}

gboolean sipws_account_renew(sipws_account *account, const ims_secret *token)
{
	if (account->next_token)
		return account->stands && ims_secret_equal(account->next_token, token);
	if (account->state != REG_IN)
		return FALSE;
	account->next_token = ims_secret_ref((ims_secret *)token);
	sipws_account_handle(account, REG_EV_NEW_TOKEN, &(sipws_account_word){ 0 });
	return TRUE;
}

/* ---- life, and what others want to know ---- */

sipws_account *sipws_account_new(sipws_bridge *bridge)
{
	sipws_account *account = g_new0(sipws_account, 1);

	account->bridge = bridge;
	account->state = REG_OUT;
	account->associated = g_ptr_array_new_with_free_func(g_free);
	ims_timer_init(&account->silence, bridge->clock, nobody_answers, account);
	ims_timer_init(&account->lapse, bridge->clock, client_is_late, account);
	return account;
}

void sipws_account_abandon(sipws_account *account)
{
	account->state = REG_OUT;
	account->tx = NULL;
	ims_timer_stop(&account->silence);
	g_clear_pointer(&account->wish, sipws_register_free);
	sipws_account_forget(account);
}

void sipws_account_free(sipws_account *account)
{
	sipws_account_abandon(account);
	g_ptr_array_unref(account->associated);
	g_free(account);
}

/* Prefixes of one letter each: what policy leaves out is left out all the same. */
void sipws_account_habits(json_t *registration)
{
	json_t *prefixes = json_array();

	for (char letter = 'a'; letter <= 'z'; letter++)
		json_array_append_new(prefixes, json_stringn(&letter, 1));
	json_object_set_new(registration, "incoming_header_prefixes", prefixes);
	json_object_set_new(registration, "automatic_ringing", json_false());
}

gboolean sipws_account_is_registered(const sipws_account *account)
{
	return account->granted && account->stands;
}

void sipws_account_yield(sipws_account *account, const char *unique_id)
{
	if (g_strcmp0(account->unique_id, unique_id) == 0)
		sipws_account_handle(account, REG_EV_REPLACED, &(sipws_account_word){ 0 });
}

gboolean sipws_account_is_replaced(const sipws_account *account)
{
	return account->replaced;
}

const char *sipws_account_impu(const sipws_account *account)
{
	return account->impu;
}

const char *sipws_account_contact(const sipws_account *account)
{
	return account->granted ? account->granted->contact : NULL;
}

const ims_secret *sipws_account_token(const sipws_account *account)
{
	return account->token;
}

gboolean sipws_account_owns(const sipws_account *account, const char *uri)
{
	if (account->impu && sipws_identity_equal(account->impu, uri))
		return TRUE;
	for (guint i = 0; i < account->associated->len; i++)
		if (sipws_identity_equal(g_ptr_array_index(account->associated, i), uri))
			return TRUE;
	return FALSE;
}
