/* sipws_account_asks.c: what janus.plugin.ims is asked for the client's REGISTER. */
#include "bridge/account.h"

enum { SILENCE_MS = 30000 }; /* the client gives up at 64*T1, 32 s */

static void ask_failed(const sipws_failure *failure, gpointer user)
{
	sipws_account_handle(user, REG_EV_FAILED, &(sipws_account_word){ .failure = failure });
}

void sipws_account_expect(sipws_account *account)
{
	if (account->tx)
		ims_timer_arm(&account->silence, SILENCE_MS);
}

static void ask(sipws_account *account, json_t *body)
{
	sipws_line *line = sipws_lines_master(account->bridge);
	const sipws_failure none = { .status = 503, .text = "no handle of Janus is free" };

	sipws_account_expect(account);
	if (line)
		sipws_handle_ask(line->handle, body, NULL, NULL, ask_failed, account);
	else {
		json_decref(body);
		ask_failed(&none, account);
	}
}

static void set(json_t *body, const char *name, const char *text)
{
	if (text && *text)
		json_object_set_new(body, name, json_string(text));
}

static void add_proof(sipws_account *account, json_t *body)
{
	const sipws_credentials *credentials = &account->wish->credentials;
	const ims_secret *token = credentials->token;

	if (!token && !credentials->digest)
		token = account->bridge->access_token; /* that came with the handshake (REQ-155) */
	set(body, "auth", token ? "token" : "delegated");
	if (token) {
		set(body, "access_token", ims_secret_text(token));
		account->next_token = ims_secret_ref((ims_secret *)token);
		return;
	}
	set(body, "authuser", credentials->username);
	if (credentials->algorithm && g_ascii_strcasecmp(credentials->algorithm, "AKAv2-SHA-256") == 0)
		set(body, "algorithm", credentials->algorithm);
}

void sipws_account_ask_enter(sipws_account *account)
{
	const sipws_register *wish = account->wish;
	json_t *body = json_pack("{s:s}", "request", "register");

	account->aim = SIPWS_ENTER;
	account->replaced = FALSE;
	g_free(account->impu);
	account->impu = g_strdup(wish->impu);
	set(body, "username", wish->impu);
	set(body, "display_name", wish->display_name);
	set(body, "user_agent", sipws_msg_header(sipws_server_tx_request(account->tx), "User-Agent", 0));
	set(body, "instance", wish->instance);
	if (wish->instance && account->bridge->config->reclaim_s)
		json_object_set_new(body, "keep_calls", json_true());
	json_object_set_new(body, "max_calls", json_integer(account->bridge->config->calls));
	if (account->bridge->loop_index >= 0)
		json_object_set_new(body, "calls_on_helpers", json_true());
	if (wish->reg_id)
		json_object_set_new(body, "reg_id", json_integer(wish->reg_id));
	add_proof(account, body);
	sipws_account_habits(body);
	ask(account, body);
}

void sipws_account_ask_refresh(sipws_account *account)
{
	account->aim = SIPWS_STAY;
	ask(account, json_pack("{s:s, s:b}", "request", "register", "refresh", 1));
}

void sipws_account_ask_renew(sipws_account *account)
{
	account->aim = SIPWS_STAY;
	ask(account, json_pack("{s:s, s:s}", "request", "refresh_token", "access_token",
			       ims_secret_text(account->next_token)));
}

void sipws_account_ask_leave(sipws_account *account)
{
	account->aim = SIPWS_LEAVE;
	sipws_account_forget_challenge(account);
	ask(account, json_pack("{s:s}", "request", "unregister"));
}

void sipws_account_ask_proof(sipws_account *account)
{
	const sipws_credentials *credentials = &account->wish->credentials;

	ask(account, json_pack("{s:s, s:s, s:s}", "request", "authenticate", "authorization",
			       credentials->digest, "nonce", credentials->nonce));
}
