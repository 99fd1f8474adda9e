#include "reg/ims_reg.h"

#include <string.h>

#include "auth/ims_digest.h"
#include "base/ims_log.h"
#include "base/ims_random.h"
#include "sip/ims_headers.h"
#include "sip/ims_role.h"
#include "sip/ims_ua.h"

#define CALL_ID_BYTES 16
#define TAG_BYTES 8
#define CNONCE_BYTES 16
#define SECOND_ANSWER_MS 100
#define MAX_EXPIRES_S (30 * 24 * 3600)

/* clang-format off */
#define STATES(X)                                                                \
	X(IDLE,        "unregistered")  /* nothing registered, nothing sent */   \
	X(TRYING,      "registering")   /* who we are is sent */                 \
	X(PROVING,     "registering")   /* a challenge is answered */            \
	X(ACTIVE,      "registered")                                             \
	X(REFRESHING,  "registered")                                             \
	X(REPROVING,   "registered")                                             \
	X(WAITING,     "registered")    /* a refresh failed, the binding is alive yet */ \
	X(LEAVING,     "unregistering")                                          \
	X(LEAVE_PROVING, "unregistering")

#define EVENTS(X)                                                                \
	X(START)      /* the owner wants to be registered, now */                \
	X(STOP)       /* ... and no more */                                      \
	X(OK)         /* 2xx */                                                  \
	X(CHALLENGE)  /* 401, 407 */                                             \
	X(TOO_BRIEF)  /* 423: the network wants a longer registration */        \
	X(REFUSED)    /* another final answer: trying again does not help */     \
	X(FAILED)     /* time-out, 5xx: it may */                                \
	X(TIMER)
/* clang-format on */

typedef enum {
#define X(name, text) REG_##name,
	STATES(X)
#undef X
		N_STATES
} reg_state;

typedef enum {
#define X(name) EV_##name,
	EVENTS(X)
#undef X
		N_EVENTS
} reg_event;

static const struct {
	const char *name, *shown;
} states[] = {
#define X(name, text) { #name, text },
	STATES(X)
#undef X
};

static const char *const events[] = {
#define X(name) #name,
	EVENTS(X)
#undef X
};

struct ims_reg {
	const ims_reg_events *listener; /* NULL: nobody listens */
	gpointer user;
	ims_stack *stack;
	const ims_network *network;
	ims_w2 w2;
	char *impu, *impi, *secret, *headers;
	char *flow_token, *instance, *call_id, *from_tag, *registrar, *next_hop;
	guint asked_s, min_expires_s, retry_after_s;

	reg_state state;
	guint32 cseq;
	ims_transaction *transaction;
	ims_timer timer;
	ims_challenge *challenge; /* the last one; used again until the network sends another */
	gboolean to_proxy;        /* it was a 407 */
	guint32 nc;
	guint answers;       /* challenges answered in this attempt */
	gboolean proved;     /* this flow is bound to the IMPI: a 2xx came for an answered challenge */
	gboolean lengthened; /* 423 obeyed in this attempt */
	gboolean announce;   /* the owner waits to hear of the next 2xx */
	guint failures;      /* refreshes failed in a row */
	gint64 ends_ms;      /* when the binding expires */
	int status;          /* of the last final answer */
	char *reason;
	guint granted_s;
	GPtrArray *route; /* of requests outside dialogs */
	GPtrArray *associated;
};

static void handle(ims_reg *reg, reg_event event);

/* Sending */

static char *with_integrity(const ims_reg *reg, char *credentials)
{
	const char *value = ims_role_integrity(reg->network, reg->w2, reg->proved);
	g_autofree char *plain = credentials;

	if (!value)
		return g_steal_pointer(&plain);
	return reg->network->integrity_quoted ? ims_digest_with_integrity(plain, value)
					      : ims_digest_with_integrity_token(plain, value);
}

/* The answer to the last challenge; before there was one, who we are, or nothing: NULL in ret_credentials.
 * FALSE with the reason when the challenge is unusable. */
static gboolean authorize(ims_reg *reg, char **ret_credentials, GError **error)
{
	g_autofree char *cnonce = NULL;

	if (!reg->challenge && !ims_role_tells_impi(reg->network, reg->impi))
		return TRUE;
	if (!reg->challenge) {
		*ret_credentials = ims_digest_empty(reg->impi, reg->network->domain, reg->registrar, error);
		return *ret_credentials != NULL;
	}
	cnonce = reg->challenge->qop_auth ? ims_random_hex(CNONCE_BYTES) : NULL;
	*ret_credentials = ims_digest_answer(reg->challenge,
					     &(ims_digest_request){ .username = reg->impi,
								    .secret = reg->secret,
								    .method = "REGISTER",
								    .uri = reg->registrar,
								    .cnonce = cnonce,
								    .nc = ++reg->nc },
					     error);
	if (*ret_credentials)
		*ret_credentials = with_integrity(reg, *ret_credentials);
	return *ret_credentials != NULL;
}

static reg_event event_of(const ims_register_answer *answer)
{
	if (answer->status < 300)
		return EV_OK;
	if (answer->status == 401 || answer->status == 407)
		return EV_CHALLENGE;
	if (answer->status == 423 && answer->min_expires_s > 0)
		return EV_TOO_BRIEF;
	if (answer->internal || answer->status == 408 || answer->status >= 500)
		return EV_FAILED;
	return EV_REFUSED;
}

static void note_outcome(ims_reg *reg, int status, const char *reason)
{
	reg->status = status;
	g_free(reg->reason);
	reg->reason = g_strdup(reason);
}

static void take_over(GPtrArray *to, const GPtrArray *from)
{
	g_ptr_array_set_size(to, 0);
	for (guint i = 0; i < from->len; i++)
		g_ptr_array_add(to, g_strdup(g_ptr_array_index(from, i)));
}

/* All that a 2xx says replaces what the last one said (REQ-11). */
static void note_binding(ims_reg *reg, const ims_register_answer *answer)
{
	reg->granted_s = answer->expires_s > 0 ? answer->expires_s : reg->asked_s;
	reg->ends_ms = ims_clock_now_ms(ims_stack_clock(reg->stack)) + (gint64)reg->granted_s * 1000;
	g_ptr_array_unref(reg->route);
	reg->route = ims_role_route(reg->network, reg->next_hop, answer->service_route);
	take_over(reg->associated, answer->associated);
	if (reg->associated->len == 0)
		g_ptr_array_add(reg->associated, g_strdup(reg->impu));
}

static void forget_challenge(ims_reg *reg)
{
	g_clear_pointer(&reg->challenge, ims_challenge_free);
	reg->to_proxy = FALSE;
	reg->nc = 0;
}

/* FALSE: our answer to it was wrong, another would be too. */
static gboolean keep_challenge(ims_reg *reg, ims_challenge *challenge, gboolean to_proxy)
{
	if (reg->challenge && !challenge->stale && ims_challenge_is_same(reg->challenge, challenge)) {
		ims_challenge_free(challenge);
		return reg->answers == 0; /* it is not the one that this attempt answered: count on */
	}
	forget_challenge(reg);
	reg->challenge = challenge;
	reg->to_proxy = to_proxy;
	return TRUE;
}

/* The first challenge that can be answered counts. FALSE: none; why is in the outcome. */
static gboolean note_challenge(ims_reg *reg, const ims_register_answer *answer)
{
	g_autofree char *why = NULL;

	for (guint i = 0; i < answer->challenges->len; i++) {
		g_autoptr(GError) error = NULL;
		g_autoptr(ims_challenge) challenge =
			ims_challenge_parse(g_ptr_array_index(answer->challenges, i), &error);

		if (challenge && ims_challenge_is_answerable(challenge, &error))
			return keep_challenge(reg, g_steal_pointer(&challenge), answer->proxy);
		if (!why)
			why = g_strdup(error->message);
	}
	if (why)
		note_outcome(reg, answer->status, why);
	return FALSE;
}

static void on_answer(const ims_register_answer *answer, gpointer user)
{
	ims_reg *reg = user;
	reg_event event = event_of(answer);

	reg->transaction = NULL;
	note_outcome(reg, answer->status, answer->reason);
	reg->min_expires_s = answer->min_expires_s;
	reg->retry_after_s = answer->retry_after_s;
	if (event == EV_OK && reg->state < REG_LEAVING)
		note_binding(reg, answer);
	if (event == EV_CHALLENGE && !note_challenge(reg, answer))
		event = EV_REFUSED;
	handle(reg, event);
}

static gboolean send_request(ims_reg *reg, guint expires_s, GError **error)
{
	const ims_role_user user = { .network = reg->network,
				     .host_port = ims_stack_host_port(reg->stack),
				     .flow_token = reg->flow_token };
	g_autofree char *credentials = NULL;
	g_autofree char *of_role = ims_role_register_headers(&user);
	g_autofree char *lines = ims_header_join(of_role, reg->headers);
	g_autofree char *contact = ims_role_register_contact(&user, reg->instance, expires_s);
	ims_register_request request = {
		.network = reg->network,
		.registrar = reg->registrar,
		.next_hop = reg->next_hop,
		.aor = reg->impu,
		.from_tag = reg->from_tag,
		.call_id = reg->call_id,
		.cseq = ++reg->cseq,
		.contact = contact,
		.contact_user = reg->flow_token,
		.to_proxy = reg->to_proxy,
		.headers = lines,
	};

	if (!authorize(reg, &credentials, error))
		return FALSE;
	request.authorization = credentials;
	ims_transaction_drop(g_steal_pointer(&reg->transaction));
	reg->transaction = ims_ua_register(reg->stack, &request, on_answer, reg, error);
	return reg->transaction != NULL;
}

static void send_or_fail(ims_reg *reg, guint expires_s)
{
	g_autoptr(GError) error = NULL;

	if (send_request(reg, expires_s, &error))
		return;
	note_outcome(reg, 500, error->message);
	handle(reg, EV_REFUSED);
}

/* What the table does */

static void begin(ims_reg *reg, gboolean lengthened)
{
	ims_timer_stop(&reg->timer);
	reg->answers = 0;
	reg->lengthened = lengthened;
	send_or_fail(reg, reg->asked_s);
}

static void send_register(ims_reg *reg)
{
	begin(reg, FALSE);
}

static void send_longer(ims_reg *reg)
{
	reg->asked_s = reg->min_expires_s;
	begin(reg, TRUE);
}

static void send_answer(ims_reg *reg)
{
	reg->answers++;
	send_or_fail(reg, reg->asked_s);
}

/* Some registrars send a challenge before they remember it (Kamailio does), and challenge the answer that is
 * too quick. So a second answer is given a little later. */
static void answer_later(ims_reg *reg)
{
	ims_timer_arm(&reg->timer, SECOND_ANSWER_MS);
}

static void send_unregister(ims_reg *reg)
{
	ims_timer_stop(&reg->timer);
	reg->answers = 0;
	send_or_fail(reg, 0);
}

static void answer_unregister(ims_reg *reg)
{
	reg->answers++;
	send_or_fail(reg, 0);
}

static void settle(ims_reg *reg)
{
	reg->failures = 0;
	reg->proved = reg->challenge != NULL;
	ims_timer_arm(&reg->timer, (gint64)MAX(ims_reg_refresh_after_s(reg->granted_s), 1) * 1000);
	ims_info(reg->impu, "registered for %u s", reg->granted_s);
	if (!reg->announce)
		return;
	reg->announce = FALSE;
	if (reg->listener)
		reg->listener->confirmed(reg, reg->user);
}

/* As the network asks, else RFC 5626 4.5: min(1800, 30 * 2^n) seconds, of that 50 to 100 %; and not past the
 * binding's end. */
static void back_off(ims_reg *reg)
{
	gint64 base_s = MIN(1800, 30LL << MIN(reg->failures, 6));
	gint64 wait_ms = reg->retry_after_s > 0
				 ? (gint64)reg->retry_after_s * 1000
				 : base_s * 500 + (gint64)(ims_random_u53() % (guint64)(base_s * 500));
	gint64 left_ms = reg->ends_ms - ims_clock_now_ms(ims_stack_clock(reg->stack));

	reg->failures++;
	ims_warn(reg->impu, "refresh failed (%d %s), %" G_GINT64_FORMAT " s of the registration are left",
		 reg->status, reg->reason, left_ms / 1000);
	ims_timer_arm(&reg->timer, MIN(wait_ms, MAX(left_ms, 0)));
}

static void report_refused(ims_reg *reg)
{
	ims_timer_stop(&reg->timer);
	ims_transaction_drop(g_steal_pointer(&reg->transaction));
	forget_challenge(reg);
	reg->proved = FALSE;
	reg->announce = FALSE;
	ims_warn(reg->impu, "registration refused or lost: %d %s", reg->status, reg->reason);
	if (reg->listener)
		reg->listener->refused(reg, reg->status, reg->reason, reg->user);
}

static void report_gone(ims_reg *reg)
{
	ims_timer_stop(&reg->timer);
	ims_transaction_drop(g_steal_pointer(&reg->transaction));
	forget_challenge(reg);
	reg->proved = FALSE;
	ims_info(reg->impu, "deregistered (%d %s)", reg->status, reg->reason ? reg->reason : "");
	if (reg->listener)
		reg->listener->gone(reg, reg->user);
}

static void nothing(ims_reg *reg)
{
	(void)reg;
}

static gboolean may_answer(const ims_reg *reg)
{
	return reg->answers < reg->network->max_answers;
}

/* Once an attempt, so that nobody keeps us asking. */
static gboolean may_lengthen(const ims_reg *reg)
{
	return !reg->lengthened && reg->min_expires_s > reg->asked_s && reg->min_expires_s <= MAX_EXPIRES_S;
}

static gboolean has_ended(const ims_reg *reg)
{
	return ims_clock_now_ms(ims_stack_clock(reg->stack)) >= reg->ends_ms;
}

/* Read from the top; the first row that fits wins. A pair without a row has no meaning: it is
 * logged and changes nothing. */
/* clang-format off */
static const struct rule {
	reg_state in;
	reg_event on;
	gboolean (*when)(const ims_reg *reg);
	const char *when_name;
	reg_state go;
	void (*act)(ims_reg *reg);
	const char *act_name;
} rules[] = {
#define ROW(in, on, when, go, act) { REG_##in, EV_##on, when, #when, REG_##go, act, #act }
	ROW(IDLE,          START,     NULL,       TRYING,        send_register),
	ROW(IDLE,          STOP,      NULL,       IDLE,          report_gone),

	ROW(TRYING,        OK,        NULL,       ACTIVE,        settle),
	/* A nonce can cross our answer, and a new one is owed after stale=true (REQ-38): answer
	 * once more. Another says that our answer is wrong: do not insist. */
	ROW(TRYING,        CHALLENGE, may_answer, PROVING,       send_answer),
	ROW(TRYING,        CHALLENGE, NULL,       IDLE,          report_refused),
	ROW(TRYING,        TOO_BRIEF, may_lengthen, TRYING,      send_longer),
	ROW(TRYING,        TOO_BRIEF, NULL,       IDLE,          report_refused),
	ROW(TRYING,        REFUSED,   NULL,       IDLE,          report_refused),
	ROW(TRYING,        FAILED,    NULL,       IDLE,          report_refused),
	ROW(TRYING,        STOP,      NULL,       LEAVING,       send_unregister),

	ROW(PROVING,       OK,        NULL,       ACTIVE,        settle),
	ROW(PROVING,       CHALLENGE, may_answer, PROVING,       answer_later),
	ROW(PROVING,       TIMER,     NULL,       PROVING,       send_answer),
	ROW(PROVING,       CHALLENGE, NULL,       IDLE,          report_refused),
	ROW(PROVING,       TOO_BRIEF, may_lengthen, TRYING,      send_longer),
	ROW(PROVING,       TOO_BRIEF, NULL,       IDLE,          report_refused),
	ROW(PROVING,       REFUSED,   NULL,       IDLE,          report_refused),
	ROW(PROVING,       FAILED,    NULL,       IDLE,          report_refused),
	ROW(PROVING,       STOP,      NULL,       LEAVING,       send_unregister),

	ROW(ACTIVE,        TIMER,     NULL,       REFRESHING,    send_register),
	ROW(ACTIVE,        START,     NULL,       REFRESHING,    send_register),
	ROW(ACTIVE,        STOP,      NULL,       LEAVING,       send_unregister),

	ROW(REFRESHING,    OK,        NULL,       ACTIVE,        settle),
	ROW(REFRESHING,    CHALLENGE, may_answer, REPROVING,     send_answer),
	ROW(REFRESHING,    CHALLENGE, NULL,       IDLE,          report_refused),
	ROW(REFRESHING,    TOO_BRIEF, may_lengthen, REFRESHING,  send_longer),
	ROW(REFRESHING,    TOO_BRIEF, NULL,       IDLE,          report_refused),
	ROW(REFRESHING,    REFUSED,   NULL,       IDLE,          report_refused),
	ROW(REFRESHING,    FAILED,    has_ended,  IDLE,          report_refused),
	ROW(REFRESHING,    FAILED,    NULL,       WAITING,       back_off),
	ROW(REFRESHING,    START,     NULL,       REFRESHING,    nothing),
	ROW(REFRESHING,    STOP,      NULL,       LEAVING,       send_unregister),

	ROW(REPROVING,     OK,        NULL,       ACTIVE,        settle),
	ROW(REPROVING,     CHALLENGE, may_answer, REPROVING,     answer_later),
	ROW(REPROVING,     TIMER,     NULL,       REPROVING,     send_answer),
	ROW(REPROVING,     CHALLENGE, NULL,       IDLE,          report_refused),
	ROW(REPROVING,     TOO_BRIEF, may_lengthen, REFRESHING,  send_longer),
	ROW(REPROVING,     TOO_BRIEF, NULL,       IDLE,          report_refused),
	ROW(REPROVING,     REFUSED,   NULL,       IDLE,          report_refused),
	ROW(REPROVING,     FAILED,    has_ended,  IDLE,          report_refused),
	ROW(REPROVING,     FAILED,    NULL,       WAITING,       back_off),
	ROW(REPROVING,     START,     NULL,       REPROVING,     nothing),
	ROW(REPROVING,     STOP,      NULL,       LEAVING,       send_unregister),

	ROW(WAITING,       TIMER,     has_ended,  IDLE,          report_refused),
	ROW(WAITING,       TIMER,     NULL,       REFRESHING,    send_register),
	ROW(WAITING,       START,     NULL,       REFRESHING,    send_register),
	ROW(WAITING,       STOP,      NULL,       LEAVING,       send_unregister),

	ROW(LEAVING,       OK,        NULL,       IDLE,          report_gone),
	ROW(LEAVING,       CHALLENGE, may_answer, LEAVE_PROVING, answer_unregister),
	ROW(LEAVING,       CHALLENGE, NULL,       IDLE,          report_gone),
	ROW(LEAVING,       TOO_BRIEF, NULL,       IDLE,          report_gone),
	ROW(LEAVING,       REFUSED,   NULL,       IDLE,          report_gone),
	ROW(LEAVING,       FAILED,    NULL,       IDLE,          report_gone),
	ROW(LEAVING,       STOP,      NULL,       LEAVING,       nothing),

	ROW(LEAVE_PROVING, OK,        NULL,       IDLE,          report_gone),
	ROW(LEAVE_PROVING, CHALLENGE, may_answer, LEAVE_PROVING, answer_later),
	ROW(LEAVE_PROVING, TIMER,     NULL,       LEAVE_PROVING, answer_unregister),
	ROW(LEAVE_PROVING, CHALLENGE, NULL,       IDLE,          report_gone),
	ROW(LEAVE_PROVING, TOO_BRIEF, NULL,       IDLE,          report_gone),
	ROW(LEAVE_PROVING, REFUSED,   NULL,       IDLE,          report_gone),
	ROW(LEAVE_PROVING, FAILED,    NULL,       IDLE,          report_gone),
	ROW(LEAVE_PROVING, STOP,      NULL,       LEAVE_PROVING, nothing),
};
/* clang-format on */

static void handle(ims_reg *reg, reg_event event)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rules); i++) {
		const struct rule *r = &rules[i];

		if (r->in != reg->state || r->on != event || (r->when && !r->when(reg)))
			continue;
		ims_verb(reg->impu, "reg: %s in %s -> %s", events[event], states[r->in].name,
			 states[r->go].name);
		reg->state = r->go; /* first: the action may raise the next event */
		r->act(reg);
		return;
	}
	ims_verb(reg->impu, "reg: %s has no meaning in %s", events[event], states[reg->state].name);
}

char *ims_reg_table_text(void)
{
	GString *text = g_string_new(NULL);

	for (int in = 0; in < N_STATES; in++)
		for (int on = 0; on < N_EVENTS; on++) {
			gsize found = 0;

			for (gsize i = 0; i < G_N_ELEMENTS(rules); i++) {
				const struct rule *r = &rules[i];

				if ((int)r->in != in || (int)r->on != on)
					continue;
				found++;
				g_string_append_printf(text, "%s %s%s%s -> %s %s\n", states[in].name,
						       events[on], r->when ? " if " : "",
						       r->when ? r->when_name : "", states[r->go].name,
						       r->act_name);
			}
			if (!found)
				g_string_append_printf(text, "%s %s -\n", states[in].name, events[on]);
		}
	return g_string_free(text, FALSE);
}

/* Outside */

static void on_timer(gpointer user)
{
	handle(user, EV_TIMER);
}

ims_reg *ims_reg_new(const ims_reg_setup *s, const ims_reg_events *listener, gpointer user)
{
	ims_reg *reg = g_new0(ims_reg, 1);
	const char *host = s->network->entry_address;

	reg->listener = listener;
	reg->user = user;
	reg->stack = s->stack;
	reg->network = s->network;
	reg->w2 = s->w2;
	reg->impu = g_strdup(s->impu);
	reg->impi = g_strdup(s->impi);
	reg->secret = g_strdup(s->secret);
	reg->headers = g_strdup(s->headers);
	reg->flow_token = g_strdup(s->flow_token);
	reg->asked_s = s->expires_s ? s->expires_s : s->network->register_expires_s;
	reg->instance = ims_random_uuid_urn();
	reg->call_id = ims_random_hex(CALL_ID_BYTES);
	reg->from_tag = ims_random_hex(TAG_BYTES);
	reg->registrar = g_strdup_printf("sip:%s", s->network->domain);
	reg->next_hop = s->proxy ? g_strdup(s->proxy)
				 : g_strdup_printf(strchr(host, ':') ? "sip:[%s]:%u" : "sip:%s:%u", host,
						   s->network->entry_port);
	reg->route = g_ptr_array_new_with_free_func(g_free);
	reg->associated = g_ptr_array_new_with_free_func(g_free);
	ims_timer_init(&reg->timer, ims_stack_clock(s->stack), on_timer, reg);
	return reg;
}

void ims_reg_free(ims_reg *reg)
{
	if (!reg)
		return;
	ims_timer_stop(&reg->timer);
	ims_transaction_drop(reg->transaction);
	g_clear_pointer(&reg->challenge, ims_challenge_free);
	explicit_bzero(reg->secret, strlen(reg->secret));
	g_free(reg->secret);
	g_free(reg->impu);
	g_free(reg->impi);
	g_free(reg->headers);
	g_free(reg->flow_token);
	g_free(reg->instance);
	g_free(reg->call_id);
	g_free(reg->from_tag);
	g_free(reg->registrar);
	g_free(reg->next_hop);
	g_free(reg->reason);
	g_ptr_array_unref(reg->route);
	g_ptr_array_unref(reg->associated);
	g_free(reg);
}

void ims_reg_bind(ims_reg *reg, const ims_reg_events *listener, gpointer user)
{
	reg->listener = listener;
	reg->user = user;
}

void ims_reg_start(ims_reg *reg)
{
	reg->announce = TRUE;
	handle(reg, EV_START);
}

void ims_reg_stop(ims_reg *reg)
{
	handle(reg, EV_STOP);
}

gboolean ims_reg_is_active(const ims_reg *reg)
{
	return reg->state >= REG_ACTIVE && reg->state <= REG_WAITING;
}

gboolean ims_reg_is_idle(const ims_reg *reg)
{
	return reg->state == REG_IDLE;
}

const char *ims_reg_state_name(const ims_reg *reg)
{
	return states[reg->state].shown;
}

const char *ims_reg_impu(const ims_reg *reg)
{
	return reg->impu;
}

const char *ims_reg_flow_token(const ims_reg *reg)
{
	return reg->flow_token;
}

const ims_network *ims_reg_network(const ims_reg *reg)
{
	return reg->network;
}

const GPtrArray *ims_reg_route(const ims_reg *reg)
{
	return reg->route;
}

const GPtrArray *ims_reg_associated(const ims_reg *reg)
{
	return reg->associated;
}

guint ims_reg_expires_s(const ims_reg *reg)
{
	return reg->granted_s;
}

static gboolean same_secret(const char *a, const char *b)
{
	g_autofree char *hash_a = g_compute_checksum_for_string(G_CHECKSUM_SHA256, a, -1);
	g_autofree char *hash_b = g_compute_checksum_for_string(G_CHECKSUM_SHA256, b, -1);
	guint8 differ = 0;

	for (gsize i = 0; hash_a[i]; i++)
		differ |= (guint8)(hash_a[i] ^ hash_b[i]);
	return differ == 0;
}

gboolean ims_reg_is_proved_by(const ims_reg *reg, const ims_reg_setup *s)
{
	return reg->network == s->network && strcmp(reg->impu, s->impu) == 0 &&
	       strcmp(reg->impi, s->impi) == 0 && same_secret(reg->secret, s->secret);
}

guint ims_reg_refresh_after_s(guint expires_s)
{
	return expires_s > 1200 ? expires_s - 600 : expires_s / 2;
}
