/* sipws_account_table.c: the registration of a socket: what is done when. */
#include "bridge/account.h"

#include "base/ims_log.h"

enum {
	LATE_MS = 10000, /* what a client may come late */
	AWAY = 1001,     /* of RFC 6455 7.4.1 */
};

/* ---- what the client wants ---- */

static void enter(sipws_account *account, const sipws_account_word *said)
{
	(void)said;
	sipws_account_ask_enter(account);
}

static void refresh(sipws_account *account, const sipws_account_word *said)
{
	(void)said;
	sipws_account_ask_refresh(account);
}

static void renew(sipws_account *account, const sipws_account_word *said)
{
	(void)said;
	if (account->wish) /* else another request brought it */
		account->next_token = ims_secret_ref(account->wish->credentials.token);
	sipws_account_ask_renew(account);
}

static void leave(sipws_account *account, const sipws_account_word *said)
{
	(void)said;
	sipws_account_ask_leave(account);
}

static void prove(sipws_account *account, const sipws_account_word *said)
{
	(void)said;
	sipws_account_ask_proof(account);
}

/* ---- what comes of it ---- */

static void end_calls(sipws_bridge *bridge, const char *reason)
{
	while (bridge->calls->len)
		sipws_call_lost(g_ptr_array_index(bridge->calls, bridge->calls->len - 1), reason);
}

static void forget(sipws_account *account)
{
	sipws_account_forget(account);
	sipws_guard_token_settled(account->bridge, NULL);
}

/* The next one begins anew, on a handle of its own. */
static void clear(sipws_account *account)
{
	end_calls(account->bridge, "not registered any more");
	sipws_subscriptions_end(account->bridge);
	sipws_lines_drop(account->bridge);
	forget(account);
}

static void grant(sipws_account *account, const sipws_account_word *said)
{
	gint64 granted_ms;

	if (!account->tx)
		return;
	if (account->wish->leaves) { /* it came while something else was under way */
		sipws_account_handle(account, REG_EV_LEAVE, said);
		return;
	}
	granted_ms = (gint64)sipws_account_grantable_s(account, account->wish) * 1000;
	g_clear_pointer(&account->granted, sipws_register_free);
	account->granted = g_steal_pointer(&account->wish);
	account->lapse_ms = ims_clock_now_ms(account->bridge->clock) + granted_ms;
	ims_timer_arm(&account->lapse, granted_ms + LATE_MS);
	sipws_account_tell_granted(account);
	account->short_grants -= account->short_grants > 0;
}

static void confirm(sipws_account *account, const sipws_account_word *said)
{
	sipws_account_learn(account, said->result);
	sipws_lines_registered(account->bridge,
			       (guint64)json_integer_value(json_object_get(said->result, "master_id")));
	grant(account, said);
	if (account->aim == SIPWS_ENTER)
		sipws_account_tell_device(account);
}

/* Our `unregister` comes after it. */
static void ignore(sipws_account *account, const sipws_account_word *said)
{
	(void)account, (void)said;
}

static void challenge(sipws_account *account, const sipws_account_word *said)
{
	sipws_account_learn_challenge(account, said->result);
	if (account->tx)
		sipws_account_tell_challenge(account);
}

static void challenge_again(sipws_account *account, const sipws_account_word *said)
{
	sipws_account_learn_challenge(account, said->result);
	sipws_account_call_stale(account);
	sipws_account_tell_challenge(account);
}

static void challenge_unasked(sipws_account *account, const sipws_account_word *said)
{
	account->aim = SIPWS_STAY;
	challenge(account, said);
}

static void ask_again(sipws_account *account, const sipws_account_word *said)
{
	(void)said;
	sipws_account_tell_challenge(account);
}

static void take_token(sipws_account *account, const sipws_account_word *said)
{
	sipws_account_learn_token(account, said->result);
	grant(account, said);
	sipws_guard_token_settled(account->bridge, NULL);
}

static void refuse_token(sipws_account *account, const sipws_account_word *said)
{
	g_clear_pointer(&account->next_token, ims_secret_unref);
	if (account->tx)
		sipws_account_tell_refusal(account, said->result);
	sipws_guard_token_settled(account->bridge, said->result);
}

static void refuse(sipws_account *account, const sipws_account_word *said)
{
	if (account->tx)
		sipws_account_tell_refusal(account, said->result);
	clear(account);
}

static void delay(sipws_account *account, const sipws_account_word *said)
{
	account->stands = FALSE;
	if (account->tx)
		sipws_account_tell_refusal(account, said->result);
}

/* What is left of it is the client's to have; the next time it comes it is refreshed. */
static void go_on(sipws_account *account, const sipws_account_word *said)
{
	sipws_account_learn_word(account, said->result);
	grant(account, said);
}

static void drop(sipws_account *account, const sipws_account_word *said)
{
	(void)said;
	if (account->tx)
		sipws_account_tell_gone(account);
	clear(account);
}

static void begin_anew(sipws_account *account, const sipws_account_word *said)
{
	(void)said;
	clear(account);
	sipws_account_ask_enter(account);
}

static void fail(sipws_account *account, const sipws_account_word *said)
{
	if (account->tx)
		sipws_account_tell_failure(account, said->failure);
	else
		ims_warn(account->impu, "registration: %s", said->failure->text);
}

static void fail_and_clear(sipws_account *account, const sipws_account_word *said)
{
	fail(account, said);
	clear(account);
}

static void fail_token(sipws_account *account, const sipws_account_word *said)
{
	json_t *refusal =
		json_pack("{s:i, s:s}", "code", (int)said->failure->status, "reason", said->failure->text);

	g_clear_pointer(&account->next_token, ims_secret_unref);
	fail(account, said);
	sipws_guard_token_settled(account->bridge, refusal);
	json_decref(refusal);
}

/* The same instance is elsewhere now: the client itself, after a cut, or another page of its. What becomes of
 * the calls the gateway says of each. */
static void yield(sipws_account *account, const sipws_account_word *said)
{
	const sipws_failure elsewhere = { .status = 503,
					  .text = "The same instance has registered elsewhere" };

	(void)said;
	if (account->tx)
		sipws_account_tell_failure(account, &elsewhere);
	account->replaced = TRUE;
	sipws_subscriptions_end(account->bridge);
	sipws_lines_part(account->bridge);
	forget(account);
	account->bridge->outlet.replaced(account->bridge->user);
}

/* Something is under way that no REGISTER waits for: this one does. */
static void join(sipws_account *account, const sipws_account_word *said)
{
	(void)said;
	sipws_account_expect(account);
}

static void wait_longer(sipws_account *account, const sipws_account_word *said)
{
	(void)said;
	ims_timer_arm(&account->lapse, LATE_MS);
}

static char *why(const sipws_account_word *said)
{
	const json_t *ims = json_object_get(said->result, "ims");
	const json_t *reason = json_object_get(said->result, "reason");

	if (said->failure)
		return g_strdup(said->failure->text);
	if (!reason)
		reason = json_object_get(ims, "reason");
	return g_strdup_printf("The network ended the registration: %s",
			       reason ? json_string_value(reason) : "it does not say why");
}

/* The client connects and registers anew, and hears the network's refusal if there is one. */
static void give_up(sipws_account *account, const sipws_account_word *said)
{
	g_autofree char *reason = why(said);

	clear(account);
	sipws_bridge_give_up(account->bridge, AWAY, reason);
}

/* ---- the table ---- */

static gboolean stands(const sipws_account *account)
{
	return account->stands;
}

static gboolean enters(const sipws_account *account)
{
	return account->aim == SIPWS_ENTER;
}

static gboolean stays(const sipws_account *account)
{
	return account->aim == SIPWS_STAY;
}

static gboolean leaves(const sipws_account *account)
{
	return account->aim == SIPWS_LEAVE;
}

static gboolean leaves_and_returns(const sipws_account *account)
{
	return leaves(account) && account->wish && !account->wish->leaves;
}

static gboolean is_waited_for(const sipws_account *account)
{
	return account->tx != NULL;
}

static gboolean has_other_token(const sipws_account *account)
{
	const ims_secret *token = account->wish->credentials.token;

	return account->token && token && !ims_secret_equal(token, account->token);
}

static gboolean renews(const sipws_account *account)
{
	return account->next_token && account->stands;
}

/* Before the client comes again the gateway would have to refresh, and could not ask for a proof. */
static gboolean is_due(const sipws_account *account)
{
	guint grantable_s = sipws_account_grantable_s(account, account->wish);

	return grantable_s == 0 ||
	       ims_clock_now_ms(account->bridge->clock) + (gint64)grantable_s * 1000 > account->due_ms;
}

enum {
	WAITS = REG_ASKING | REG_PROVING, /* for the network */
	BUSY = WAITS | REG_ASKED,
	ANY = BUSY | REG_IN | REG_LOST,
};

static const struct rule {
	guint in; /* any of these states */
	sipws_account_event on;
	gboolean (*when)(const sipws_account *account);
	guint go; /* 0: it stays as it is */
	void (*act)(sipws_account *account, const sipws_account_word *said);
} rules[] = {
	/* Read from the top; the first row that fits wins. */
	/* clang-format off */
	/* in          on                    when                go           act */
	{ REG_OUT,     REG_EV_ENTER,         NULL,               REG_ASKING,  enter },
	{ REG_OUT,     REG_EV_LEAVE,         NULL,               REG_OUT,     drop },
	{ REG_IN,      REG_EV_ENTER,         has_other_token,    REG_ASKING,  renew },
	{ REG_IN,      REG_EV_ENTER,         is_due,             REG_ASKING,  refresh },
	{ REG_IN,      REG_EV_ENTER,         NULL,               REG_IN,      grant },
	{ REG_IN,      REG_EV_LEAVE,         NULL,               REG_ASKING,  leave },
	{ REG_IN,      REG_EV_NEW_TOKEN,     NULL,               REG_ASKING,  renew },
	{ REG_LOST,    REG_EV_ENTER,         NULL,               REG_ASKING,  begin_anew },
	{ REG_LOST,    REG_EV_LEAVE,         NULL,               REG_OUT,     drop },
	{ WAITS,       REG_EV_ENTER,         NULL,               0,           join },
	{ WAITS,       REG_EV_LEAVE,         NULL,               0,           join },
	{ REG_ASKED,   REG_EV_PROOF,         NULL,               REG_PROVING, prove },
	{ REG_ASKED,   REG_EV_ENTER,         NULL,               REG_ASKED,   ask_again },
	{ REG_ASKED,   REG_EV_LEAVE,         leaves,             REG_ASKED,   ask_again },
	{ REG_ASKED,   REG_EV_LEAVE,         NULL,               REG_ASKING,  leave },

	{ WAITS,       REG_EV_REGISTERED,    leaves,             0,           ignore },
	{ ANY,         REG_EV_REGISTERED,    NULL,               REG_IN,      confirm },
	{ REG_PROVING, REG_EV_CHALLENGE,     is_waited_for,      REG_ASKED,   challenge_again },
	{ BUSY,        REG_EV_CHALLENGE,     NULL,               REG_ASKED,   challenge },
	{ ANY,         REG_EV_CHALLENGE,     NULL,               REG_ASKED,   challenge_unasked },
	{ REG_ASKING,  REG_EV_TOKEN_TAKEN,   NULL,               REG_IN,      take_token },
	{ REG_ASKING,  REG_EV_TOKEN_REFUSED, NULL,               REG_IN,      refuse_token },

	/* What nobody waits for is told by closing the socket. */
	{ ANY,         REG_EV_REFUSED,       is_waited_for,      REG_OUT,     refuse },
	{ BUSY,        REG_EV_REFUSED,       enters,             REG_OUT,     refuse },
	{ ANY,         REG_EV_REFUSED,       NULL,               REG_OUT,     give_up },
	{ BUSY,        REG_EV_DELAYED,       enters,             REG_OUT,     refuse },
	{ ANY,         REG_EV_DELAYED,       NULL,               REG_LOST,    delay },
	{ ANY,         REG_EV_UNREFRESHED,   NULL,               REG_IN,      go_on },
	{ BUSY,        REG_EV_GONE,          leaves_and_returns, REG_ASKING,  begin_anew },
	{ BUSY,        REG_EV_GONE,          leaves,             REG_OUT,     drop },
	{ ANY,         REG_EV_GONE,          NULL,               REG_OUT,     give_up },
	{ ANY,         REG_EV_REPLACED,      NULL,               REG_OUT,     yield },
	{ ANY,         REG_EV_DETACHED,      stands,             REG_OUT,     give_up },
	{ ANY,         REG_EV_DETACHED,      NULL,               REG_OUT,     fail_and_clear },

	{ REG_ASKING,  REG_EV_FAILED,        renews,             REG_IN,      fail_token },
	{ REG_ASKING,  REG_EV_FAILED,        stands,             REG_IN,      fail },
	{ REG_PROVING, REG_EV_FAILED,        stands,             REG_ASKED,   fail },
	{ WAITS,       REG_EV_FAILED,        NULL,               REG_OUT,     fail_and_clear },
	{ WAITS,       REG_EV_SILENCE,       renews,             REG_IN,      fail_token },
	{ WAITS,       REG_EV_SILENCE,       stays,              REG_IN,      fail },
	{ WAITS,       REG_EV_SILENCE,       NULL,               REG_OUT,     fail_and_clear },
	{ WAITS,       REG_EV_LAPSED,        is_waited_for,      0,           wait_longer },
	{ REG_LOST,    REG_EV_LAPSED,        NULL,               REG_OUT,     drop },
	{ ANY,         REG_EV_LAPSED,        NULL,               REG_ASKING,  leave },
	/* clang-format on */
};

void sipws_account_handle(sipws_account *account, sipws_account_event on, const sipws_account_word *said)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rules); i++) {
		const struct rule *r = &rules[i];

		if (!(r->in & account->state) || r->on != on || (r->when && !r->when(account)))
			continue;
		if (r->go)
			account->state =
				(sipws_account_state)r->go; /* first: the action may raise the next event */
		r->act(account, said);
		return;
	}
}
