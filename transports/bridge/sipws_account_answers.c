/* sipws_account_answers.c: what the client's REGISTER is told. */
#include "bridge/account.h"
#include "bridge/sipws_identity.h"

enum {
	BUSY_S = 2,   /* Retry-After of a REGISTER that comes while another one waits */
	RETRY_S = 10, /* ... where the gateway is at a limit, or Janus is not there */
};

static sipws_msg *new_answer(sipws_account *account, guint status, const char *phrase)
{
	return sipws_msg_new_response(sipws_server_tx_request(account->tx), status, phrase,
				      account->bridge->via_host);
}

/* It waits no more. */
static void answer(sipws_account *account, sipws_msg *response)
{
	sipws_server_tx *tx = g_steal_pointer(&account->tx);

	ims_timer_stop(&account->silence);
	g_clear_pointer(&account->wish, sipws_register_free);
	sipws_server_tx_reply(tx, response);
}

/* ---- what is granted ---- */

static gint64 left_s(const sipws_account *account, gint64 until_ms)
{
	gint64 left = (until_ms - ims_clock_now_ms(account->bridge->clock)) / 1000;

	return MAX(left - left / 10, 0); /* it takes a while to come back */
}

enum { SOON_S = 10 }; /* the least that JsSIP heeds; well within challenge_timeout_s of the plugin */

/* 0: the network's registration is at its end. */
guint sipws_account_grantable_s(const sipws_account *account, const sipws_register *wish)
{
	gint64 s = MIN(wish->expires_s, account->bridge->config->expires_max_s);

	s = MIN(s, left_s(account, account->until_ms));
	if (account->token_until_ms)
		s = MIN(s, left_s(account, account->token_until_ms)); /* REQ-54 */
	if (account->short_grants) /* JsSIP can answer one challenge in each REGISTER */
		s = MIN(s, SOON_S);
	return (guint)s;
}

/* As it came, which is how JsSIP and SIP.js find theirs. */
static void add_contact(const sipws_account *account, sipws_msg *ok, guint expires_s)
{
	const sipws_register *granted = account->granted;
	g_autofree char *address = sipws_address_print(granted->contact_name, granted->contact, NULL);
	g_autoptr(GString) gruus = g_string_new(NULL);

	if (granted->gruu && account->pub_gruu)
		g_string_append_printf(gruus, ";pub-gruu=\"%s\"", account->pub_gruu);
	if (granted->gruu && account->temp_gruu)
		g_string_append_printf(gruus, ";temp-gruu=\"%s\"", account->temp_gruu);
	sipws_msg_add(ok, "Contact", "%s%s;expires=%u%s", address, granted->contact_parameters, expires_s,
		      gruus->str);
}

/* RFC 5626 6, 4.4.1: this side of the gateway is the registrar, and notices a dead flow by pings. */
static void add_outbound(const sipws_account *account, sipws_msg *ok)
{
	const sipws_config *config = account->bridge->config;

	if (!account->granted->outbound || !account->granted->reg_id)
		return;
	sipws_msg_add(ok, "Require", "outbound");
	if (config->ping_s)
		sipws_msg_add(ok, "Flow-Timer", "%u", config->ping_s + config->pong_s);
}

static void add_identities(const sipws_account *account, sipws_msg *ok)
{
	for (guint i = 0; i < account->associated->len; i++)
		sipws_msg_add(ok, "P-Associated-URI", "<%s>",
			      (const char *)g_ptr_array_index(account->associated, i));
}

static void add_proof(sipws_account *account, sipws_msg *ok)
{
	if (account->authentication_info)
		sipws_msg_add(ok, "Authentication-Info", "%s", account->authentication_info);
	g_clear_pointer(&account->authentication_info, g_free);
}

void sipws_account_tell_granted(sipws_account *account)
{
	sipws_msg *ok = new_answer(account, 200, NULL);

	if (account->granted) {
		gint64 left_ms = account->lapse_ms - ims_clock_now_ms(account->bridge->clock);

		add_contact(account, ok, (guint)MAX((left_ms + 500) / 1000, 1)); /* granted a moment ago */
		add_outbound(account, ok);
	}
	add_identities(account, ok);
	add_proof(account, ok);
	sipws_msg_add(ok, "Supported", "outbound, path, gruu");
	answer(account, ok);
}

/* The same text for the same device and no other, as the gateway knows them (RFC 5626 6). */
void sipws_account_tell_device(const sipws_account *account)
{
	const sipws_bridge *bridge = account->bridge;
	g_autofree char *instance = NULL, *device = NULL;

	if (!account->granted || !account->granted->instance)
		return;
	instance = g_ascii_strdown(account->granted->instance, -1);
	device = g_strdup_printf("%s\n%u\n%s", instance, account->granted->reg_id, account->impu);
	bridge->outlet.proved(device, account->predecessor, bridge->user);
}

void sipws_account_tell_gone(sipws_account *account)
{
	answer(account, new_answer(account, 200, NULL));
}

/* ---- what is not ---- */

void sipws_account_tell_challenge(sipws_account *account)
{
	sipws_msg *refusal = new_answer(account, 401, NULL);

	sipws_msg_add(refusal, "WWW-Authenticate", "%s", account->challenge);
	answer(account, refusal);
}

void sipws_account_tell_busy(sipws_server_tx *tx)
{
	sipws_msg *refusal =
		sipws_msg_new_response(sipws_server_tx_request(tx), 500, "Another REGISTER waits", "busy");

	sipws_msg_add(refusal, "Retry-After", "%d", BUSY_S);
	sipws_server_tx_reply(tx, refusal);
}

void sipws_account_tell_fault(sipws_account *account, sipws_server_tx *tx, const sipws_fault *fault)
{
	const sipws_bridge *bridge = account->bridge;
	sipws_msg *refusal = sipws_msg_new_response(sipws_server_tx_request(tx), fault->status, fault->reason,
						    bridge->via_host);

	if (fault->status == 423)
		sipws_msg_add(refusal, "Min-Expires", "%u", bridge->config->expires_min_s);
	sipws_server_tx_reply(tx, refusal);
}

void sipws_account_tell_failure(sipws_account *account, const sipws_failure *failure)
{
	/* REGISTER itself is implemented, whatever it is that is not. */
	guint status = failure->status == 501 ? 403 : failure->status;
	sipws_msg *refusal = new_answer(account, status, failure->text);

	if (failure->status == 503)
		sipws_msg_add(refusal, "Retry-After", "%u", failure->again_s ? failure->again_s : RETRY_S);
	answer(account, refusal);
}

static json_int_t retry_s(const json_t *ims)
{
	json_int_t own = json_integer_value(json_object_get(ims, "retry_in"));
	json_int_t network = json_integer_value(json_object_get(ims, "retry_after"));

	return MAX(own, network);
}

/* RFC 8898 4: where another token may help. */
static void add_bearer(sipws_msg *refusal, const char *realm, const json_t *bearer)
{
	static const char *const names[] = { "scope", "authz_server", "error" };
	g_autoptr(GString) value = g_string_new(NULL);

	g_string_printf(value, "Bearer realm=\"%s\"", realm);
	for (gsize i = 0; i < G_N_ELEMENTS(names); i++) {
		const char *text = json_string_value(json_object_get(bearer, names[i]));

		if (text)
			g_string_append_printf(value, ", %s=\"%s\"", names[i], text);
	}
	sipws_msg_add(refusal, "WWW-Authenticate", "%s", value->str);
}

/* A 401 that nothing can be answered to is a refusal for good. */
static guint status_of(const json_t *result, const json_t *bearer)
{
	json_int_t code = json_integer_value(json_object_get(result, "code"));

	if ((code == 401 && !bearer) || code == 407)
		return 403;
	return code >= 300 && code < 700 ? (guint)code : 500;
}

sipws_msg *sipws_refusal(const sipws_msg *request, const char *realm, const json_t *result)
{
	const json_t *bearer = json_object_get(result, "bearer");
	json_int_t retry = retry_s(json_object_get(result, "ims"));
	sipws_msg *refusal =
		sipws_msg_new_response(request, status_of(result, bearer),
				       json_string_value(json_object_get(result, "reason")), "refused");

	if (retry > 0)
		sipws_msg_add(refusal, "Retry-After", "%" JSON_INTEGER_FORMAT, retry);
	sipws_warnings_from_api(refusal, result);
	if (bearer)
		add_bearer(refusal, realm, bearer);
	return refusal;
}

void sipws_account_tell_refusal(sipws_account *account, const json_t *result)
{
	g_autofree char *realm = sipws_identity_host(account->wish->impu);

	answer(account, sipws_refusal(sipws_server_tx_request(account->tx), realm, result));
}
