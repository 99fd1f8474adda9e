#include <string.h>

#include "base/ims_log.h"
#include "base/ims_random.h"
#include "reg/internal.h"
#include "sip/ims_headers.h"
#include "sip/ims_role.h"

#define CALL_ID_BYTES 16
#define TAG_BYTES 8
#define SECOND_ANSWER_MS 100
#define SILENT_CONNECTION_MS 8000
#define MAX_EXPIRES_S (30 * 24 * 3600)

/* clang-format off */
#define STATES(X)                                                                \
	X(IDLE,        "unregistered")  /* nothing registered, nothing sent */   \
	X(TRYING,      "registering")   /* who we are is sent */                 \
	X(PROVING,     "registering")   /* a challenge is answered */            \
	X(PAUSED,      "registering")   /* nobody serves us now; we ask again */ \
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
	X(FAILED)     /* time-out, 5xx: it may, here or at another host */       \
	X(FORGOTTEN)  /* the network lost the registration, or the way to it */  \
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

static void handle(ims_reg *reg, reg_event event);

/* Sending */

/* Answers after which the same request may succeed, later or elsewhere. */
static gboolean may_pass(const ims_reg *reg, const ims_register_answer *answer)
{
	switch (answer->status) {
	case 305: /* the network wants us at another of its hosts */
		return ims_next_hops_has_next(&reg->hops);
	case 408:
	case 430: /* a flow failed between the network's hosts */
	case 480:
		return TRUE;
	default:
		return answer->internal || (answer->status >= 500 && answer->status < 600);
	}
}

static gboolean is_refresh(const ims_reg *reg)
{
	return reg->state == REG_REFRESHING || reg->state == REG_REPROVING;
}

static reg_event event_of(const ims_reg *reg, const ims_register_answer *answer)
{
	if (answer->status < 300)
		return EV_OK;
	if (answer->status == 401 || answer->status == 407)
		return EV_CHALLENGE;
	if (answer->status == 423 && answer->min_expires_s > 0)
		return EV_TOO_BRIEF;
	if (answer->restoration && is_refresh(reg) && !reg->restored)
		return EV_FORGOTTEN;
	return may_pass(reg, answer) ? EV_FAILED : EV_REFUSED;
}

void ims_reg_note_outcome(ims_reg *reg, int status, const char *reason)
{
	reg->status = status;
	g_free(reg->reason);
	reg->reason = g_strdup(reason);
}

static void note_retry_after(ims_reg *reg, guint seconds)
{
	gint64 until_ms = ims_clock_now_ms(ims_stack_clock(reg->stack)) + (gint64)seconds * 1000;

	reg->not_before_ms = MAX(reg->not_before_ms, until_ms);
}

/* Without Path no call would reach us (REQ-16). */
static void note_unsupported(const ims_reg *reg, const ims_register_answer *answer)
{
	if (answer->status == 420)
		ims_err(reg->impu,
			"the registrar does not support '%s', which %s needs: it is no S-CSCF, or the entry "
			"point is wrong",
			answer->unsupported ? answer->unsupported : "(unnamed)", reg->network->domain);
}

static void on_answer(const ims_register_answer *answer, gpointer user)
{
	ims_reg *reg = user;
	reg_event event = event_of(reg, answer);

	reg->transaction = NULL;
	ims_reg_note_outcome(reg, answer->status, answer->reason);
	reg->min_expires_s = answer->min_expires_s;
	note_retry_after(reg, answer->retry_after_s);
	note_unsupported(reg, answer);
	if (event == EV_OK && reg->state < REG_LEAVING && !ims_reg_proof_confirm(reg, answer))
		event = EV_FAILED;
	if (event == EV_OK && reg->state < REG_LEAVING)
		ims_reg_binding_note(reg, answer);
	if (event == EV_CHALLENGE && !ims_reg_proof_note(reg, answer))
		event = EV_REFUSED;
	handle(reg, event);
}

/* The end of a connection is not always seen: an answer that does not come soon does not come. */
static gboolean is_connected(const ims_reg *reg, const char *hop)
{
	return reg->network->transport == IMS_TRANSPORT_TCP || strstr(hop, ";transport=tcp") ||
	       strstr(hop, ";transport=tls");
}

static gboolean send_request(ims_reg *reg, GError **error)
{
	const ims_role_user user = { .network = reg->network,
				     .host_port = ims_stack_host_port(reg->stack),
				     .flow_token = reg->flow_token };
	g_autofree char *credentials = NULL;
	g_autofree char *of_role = ims_role_register_headers(&user);
	g_autofree char *lines = ims_header_join(of_role, reg->headers);
	g_autofree char *contact = ims_role_register_contact(&user, reg->instance, reg->sent_s);
	ims_register_request request = {
		.network = reg->network,
		.registrar = reg->registrar,
		.next_hop = ims_next_hops_current(&reg->hops),
		.aor = reg->impu,
		.from_tag = reg->from_tag,
		.call_id = reg->call_id,
		.cseq = ++reg->cseq,
		.contact = contact,
		.contact_user = reg->flow_token,
		.to_proxy = reg->proof.to_proxy,
		.headers = lines,
	};

	if (!ims_reg_proof_credentials(reg, &credentials, error))
		return FALSE;
	request.authorization = credentials;
	reg->transaction = ims_ua_register(reg->stack, &request, on_answer, reg, error);
	if (is_connected(reg, request.next_hop))
		ims_timer_arm(&reg->timer, SILENT_CONNECTION_MS);
	return reg->transaction != NULL;
}

static void on_hops(gpointer user)
{
	ims_reg *reg = user;
	g_autoptr(GError) error = NULL;

	if (!ims_next_hops_current(&reg->hops)) {
		ims_reg_note_outcome(reg, 503, "The entry point of the network cannot be found");
		handle(reg, EV_FAILED);
	} else if (!send_request(reg, &error)) {
		ims_reg_note_outcome(reg, 500, error->message);
		handle(reg, EV_REFUSED);
	}
}

static void be_silent(ims_reg *reg)
{
	ims_timer_stop(&reg->timer);
	ims_next_hops_drop(&reg->hops);
	ims_transaction_drop(g_steal_pointer(&reg->transaction));
}

static void send_for(ims_reg *reg, guint expires_s)
{
	be_silent(reg);
	reg->sent_s = expires_s;
	ims_next_hops_find(&reg->hops);
}

/* What the table does */

static void begin(ims_reg *reg, guint expires_s)
{
	reg->proof.answers = 0;
	send_for(reg, expires_s);
}

static void send_register(ims_reg *reg)
{
	reg->lengthened = FALSE;
	begin(reg, reg->asked_s);
}

static void send_longer(ims_reg *reg)
{
	reg->asked_s = reg->min_expires_s;
	reg->lengthened = TRUE;
	begin(reg, reg->asked_s);
}

/* What one host has challenged is not proved to another. */
static void send_to_next(ims_reg *reg)
{
	ims_warn(reg->impu, "%s did not serve the registration (%d %s): the next one is tried",
		 ims_next_hops_current(&reg->hops), reg->status, reg->reason);
	ims_next_hops_fail(&reg->hops);
	if (!reg->proof.proved)
		ims_reg_proof_forget(reg);
	begin(reg, reg->asked_s);
}

/* 24.229 5.1.2A: as if we had never been there. */
static void send_anew(ims_reg *reg)
{
	ims_info(reg->impu, "the network has lost the registration: it is made anew");
	reg->restored = TRUE;
	ims_next_hops_forget(&reg->hops);
	ims_reg_proof_forget(reg);
	send_register(reg);
}

static void send_answer(ims_reg *reg)
{
	reg->proof.answers++;
	send_for(reg, reg->asked_s);
}

/* Some registrars send a challenge before they remember it (Kamailio does), and challenge the answer that is
 * too quick. So a second answer is given a little later. */
static void answer_later(ims_reg *reg)
{
	ims_timer_arm(&reg->timer, SECOND_ANSWER_MS);
}

static void send_unregister(ims_reg *reg)
{
	begin(reg, 0);
}

static void answer_unregister(ims_reg *reg)
{
	reg->proof.answers++;
	send_for(reg, 0);
}

static void settle(ims_reg *reg)
{
	reg->failures = 0;
	reg->told = FALSE;
	reg->restored = FALSE;
	reg->proof.proved = reg->proof.claim.challenge != NULL;
	ims_timer_arm(&reg->timer, (gint64)MAX(ims_reg_refresh_after_s(reg->granted_s), 1) * 1000);
	ims_info(reg->impu, "registered for %u s", reg->granted_s);
	if (!reg->announce)
		return;
	reg->announce = FALSE;
	if (reg->listener)
		reg->listener->confirmed(reg, reg->user);
}

/* As the network asks (REQ-19), else with back-off. The host that failed us is left; next time the way is
 * looked up again. */
static gint64 leave_host(ims_reg *reg)
{
	gint64 asked_ms = reg->not_before_ms - ims_clock_now_ms(ims_stack_clock(reg->stack));

	be_silent(reg);
	ims_next_hops_fail(&reg->hops);
	ims_next_hops_forget(&reg->hops);
	reg->failures++;
	return asked_ms > 0 ? asked_ms : ims_reg_back_off_ms(reg->failures - 1);
}

/* ... but not past the binding's end. */
static void back_off(ims_reg *reg)
{
	gint64 wait_ms = leave_host(reg);
	gint64 left_ms = reg->ends_ms - ims_clock_now_ms(ims_stack_clock(reg->stack));

	ims_warn(reg->impu, "refresh failed (%d %s), %" G_GINT64_FORMAT " s of the registration are left",
		 reg->status, reg->reason, left_ms / 1000);
	ims_timer_arm(&reg->timer, MIN(wait_ms, MAX(left_ms, 0)));
}

/* Nobody serves us: the owner hears of it once, and of the success that ends it (REQ-18). */
static void pause(ims_reg *reg)
{
	gint64 wait_ms = leave_host(reg);

	ims_reg_binding_forget(reg);
	ims_reg_proof_forget(reg);
	reg->announce = TRUE;
	ims_timer_arm(&reg->timer, wait_ms);
	ims_warn(reg->impu, "not registered (%d %s), tried again in %" G_GINT64_FORMAT " s", reg->status,
		 reg->reason, wait_ms / 1000);
	if (reg->told)
		return;
	reg->told = TRUE;
	if (reg->listener)
		reg->listener->delayed(reg, reg->status, reg->reason, (guint)((wait_ms + 999) / 1000),
				       reg->user);
}

static void report_refused(ims_reg *reg)
{
	be_silent(reg);
	ims_next_hops_forget(&reg->hops);
	ims_reg_binding_forget(reg);
	ims_reg_proof_forget(reg);
	ims_reg_link_forget(reg);
	reg->announce = FALSE;
	ims_warn(reg->impu, "registration refused: %d %s", reg->status, reg->reason);
	if (reg->listener)
		reg->listener->refused(reg, reg->status, reg->reason, reg->user);
}

static void report_gone(ims_reg *reg)
{
	be_silent(reg);
	ims_next_hops_forget(&reg->hops);
	ims_reg_binding_forget(reg);
	ims_reg_proof_forget(reg);
	ims_reg_link_forget(reg);
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
	return reg->proof.answers < reg->network->max_answers;
}

/* Once an attempt, so that nobody keeps us asking. */
static gboolean may_lengthen(const ims_reg *reg)
{
	return !reg->lengthened && reg->min_expires_s > reg->asked_s && reg->min_expires_s <= MAX_EXPIRES_S;
}

static gboolean has_next_host(const ims_reg *reg)
{
	return ims_next_hops_has_next(&reg->hops);
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
	ROW(TRYING,        FAILED,    has_next_host, TRYING,     send_to_next),
	ROW(TRYING,        FAILED,    NULL,       PAUSED,        pause),
	ROW(TRYING,        STOP,      NULL,       LEAVING,       send_unregister),

	ROW(PROVING,       OK,        NULL,       ACTIVE,        settle),
	ROW(PROVING,       CHALLENGE, may_answer, PROVING,       answer_later),
	ROW(PROVING,       TIMER,     NULL,       PROVING,       send_answer),
	ROW(PROVING,       CHALLENGE, NULL,       IDLE,          report_refused),
	ROW(PROVING,       TOO_BRIEF, may_lengthen, TRYING,      send_longer),
	ROW(PROVING,       TOO_BRIEF, NULL,       IDLE,          report_refused),
	ROW(PROVING,       REFUSED,   NULL,       IDLE,          report_refused),
	ROW(PROVING,       FAILED,    has_next_host, TRYING,     send_to_next),
	ROW(PROVING,       FAILED,    NULL,       PAUSED,        pause),
	ROW(PROVING,       STOP,      NULL,       LEAVING,       send_unregister),

	ROW(PAUSED,        TIMER,     NULL,       TRYING,        send_register),
	ROW(PAUSED,        START,     NULL,       TRYING,        send_register),
	ROW(PAUSED,        STOP,      NULL,       IDLE,          report_gone),

	ROW(ACTIVE,        TIMER,     NULL,       REFRESHING,    send_register),
	ROW(ACTIVE,        START,     NULL,       REFRESHING,    send_register),
	ROW(ACTIVE,        FORGOTTEN, NULL,       REFRESHING,    send_anew),
	ROW(ACTIVE,        STOP,      NULL,       LEAVING,       send_unregister),

	ROW(REFRESHING,    OK,        NULL,       ACTIVE,        settle),
	ROW(REFRESHING,    CHALLENGE, may_answer, REPROVING,     send_answer),
	ROW(REFRESHING,    CHALLENGE, NULL,       IDLE,          report_refused),
	ROW(REFRESHING,    TOO_BRIEF, may_lengthen, REFRESHING,  send_longer),
	ROW(REFRESHING,    TOO_BRIEF, NULL,       IDLE,          report_refused),
	ROW(REFRESHING,    REFUSED,   NULL,       IDLE,          report_refused),
	ROW(REFRESHING,    FAILED,    has_ended,  PAUSED,        pause),
	ROW(REFRESHING,    FAILED,    has_next_host, REFRESHING, send_to_next),
	ROW(REFRESHING,    FAILED,    NULL,       WAITING,       back_off),
	ROW(REFRESHING,    FORGOTTEN, NULL,       REFRESHING,    send_anew),
	ROW(REFRESHING,    START,     NULL,       REFRESHING,    nothing),
	ROW(REFRESHING,    STOP,      NULL,       LEAVING,       send_unregister),

	ROW(REPROVING,     OK,        NULL,       ACTIVE,        settle),
	ROW(REPROVING,     CHALLENGE, may_answer, REPROVING,     answer_later),
	ROW(REPROVING,     TIMER,     NULL,       REPROVING,     send_answer),
	ROW(REPROVING,     CHALLENGE, NULL,       IDLE,          report_refused),
	ROW(REPROVING,     TOO_BRIEF, may_lengthen, REFRESHING,  send_longer),
	ROW(REPROVING,     TOO_BRIEF, NULL,       IDLE,          report_refused),
	ROW(REPROVING,     REFUSED,   NULL,       IDLE,          report_refused),
	ROW(REPROVING,     FAILED,    has_ended,  PAUSED,        pause),
	ROW(REPROVING,     FAILED,    has_next_host, REFRESHING, send_to_next),
	ROW(REPROVING,     FAILED,    NULL,       WAITING,       back_off),
	ROW(REPROVING,     FORGOTTEN, NULL,       REFRESHING,    send_anew),
	ROW(REPROVING,     START,     NULL,       REPROVING,     nothing),
	ROW(REPROVING,     STOP,      NULL,       LEAVING,       send_unregister),

	ROW(WAITING,       TIMER,     has_ended,  PAUSED,        pause),
	ROW(WAITING,       TIMER,     NULL,       REFRESHING,    send_register),
	ROW(WAITING,       START,     NULL,       REFRESHING,    send_register),
	ROW(WAITING,       FORGOTTEN, NULL,       REFRESHING,    send_anew),
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

		if ((int)r->in != reg->state || r->on != event || (r->when && !r->when(reg)))
			continue;
		ims_verb(reg->impu, "reg: %s in %s -> %s", events[event], states[r->in].name,
			 states[r->go].name);
		reg->state = (int)r->go; /* first: the action may raise the next event */
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
	ims_reg *reg = user;

	if (!reg->transaction) {
		handle(reg, EV_TIMER);
		return;
	}
	ims_transaction_drop(g_steal_pointer(&reg->transaction));
	ims_reg_note_outcome(reg, 408, "No answer on the connection");
	handle(reg, EV_FAILED);
}

ims_reg *ims_reg_new(const ims_reg_setup *s, const ims_reg_events *listener, gpointer user)
{
	ims_reg *reg = g_new0(ims_reg, 1);

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
	ims_next_hops_init(&reg->hops, ims_stack_resolver(s->stack),
			   ims_role_way(s->network, s->proxy ? s->proxy : s->network->entry_uri), on_hops,
			   reg);
	reg->route = g_ptr_array_new_with_free_func(g_free);
	reg->associated = g_ptr_array_new_with_free_func(g_free);
	ims_timer_init(&reg->timer, ims_stack_clock(s->stack), on_timer, reg);
	ims_reg_credentials_init(reg);
	return reg;
}

void ims_reg_free(ims_reg *reg)
{
	if (!reg)
		return;
	be_silent(reg);
	ims_reg_credentials_clear(reg);
	ims_next_hops_clear(&reg->hops);
	ims_reg_binding_forget(reg);
	ims_reg_proof_forget(reg);
	ims_reg_link_forget(reg);
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
	g_free(reg->reason);
	g_ptr_array_unref(reg->route);
	g_ptr_array_unref(reg->associated);
	g_free(reg->pub_gruu);
	g_free(reg->temp_gruu);
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
	reg->told = FALSE;
	handle(reg, EV_START);
}

void ims_reg_stop(ims_reg *reg)
{
	handle(reg, EV_STOP);
}

void ims_reg_restore(ims_reg *reg)
{
	if (!reg->restored) /* else it is on its way */
		handle(reg, EV_FORGOTTEN);
}

void ims_reg_again(ims_reg *reg, gint64 delay_ms)
{
	if (delay_ms == 0)
		handle(reg, EV_START);
	else if (reg->state == REG_ACTIVE)
		ims_timer_arm(&reg->timer, delay_ms);
}

gboolean ims_reg_is_active(const ims_reg *reg)
{
	return reg->state >= REG_ACTIVE && reg->state <= REG_WAITING;
}

gboolean ims_reg_is_idle(const ims_reg *reg)
{
	return reg->state == REG_IDLE;
}

gboolean ims_reg_is_paused(const ims_reg *reg)
{
	return reg->state == REG_PAUSED;
}

const char *ims_reg_state_name(const ims_reg *reg)
{
	return states[reg->state].shown;
}
