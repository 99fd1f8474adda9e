/* ims_reg_table.c: the states of a registration, and what each event does in them. */
#include "base/ims_log.h"
#include "base/ims_pace.h"
#include "reg/internal.h"

#define SECOND_ANSWER_MS 100
#define MAX_EXPIRES_S (30 * 24 * 3600)
#define NOTHING_TO_GAIN_S 5

static const struct {
	const char *name, *shown;
} states[] = {
#define X(name, text) { #name, text },
	IMS_REG_STATES(X)
#undef X
};

static const char *const event_names[] = {
#define X(name) #name,
	IMS_REG_EVENTS(X)
#undef X
};

/* What the table does */

/* No longer than what proves it is good (REQ-54). */
static guint wanted_s(const ims_reg *reg)
{
	return MIN(reg->asked_s, ims_reg_proof_left_s(reg));
}

static void begin(ims_reg *reg, guint expires_s)
{
	reg->proof.answers = 0;
	reg->removing = FALSE;
	ims_reg_send(reg, expires_s);
}

static void send_register(ims_reg *reg)
{
	reg->lengthened = FALSE;
	begin(reg, wanted_s(reg));
}

static void send_longer(ims_reg *reg)
{
	reg->asked_s = reg->min_expires_s;
	reg->lengthened = TRUE;
	begin(reg, wanted_s(reg));
}

/* RFC 5626 6 */
static void send_without_flow(ims_reg *reg)
{
	ims_info(reg->impu, "the network does not know flows on this way: its contact is without reg-id");
	reg->reg_id = 0;
	begin(reg, wanted_s(reg));
}

/* What one host has challenged is not proved to another. */
static void send_to_next(ims_reg *reg)
{
	ims_warn(reg->impu, "%s did not serve the registration (%d %s): the next one is tried",
		 ims_next_hops_current(&reg->hops), reg->status, reg->reason);
	ims_next_hops_fail(&reg->hops);
	if (!reg->proof.proved)
		ims_reg_proof_forget(reg);
	begin(reg, wanted_s(reg));
}

/* 24.229 5.1.2A: as if we had never been there. */
static void send_anew(ims_reg *reg)
{
	ims_info(reg->impu, "the network has lost the registration: it is made anew");
	reg->restored = TRUE;
	ims_reg_listen_no_more(reg);
	ims_next_hops_forget(&reg->hops);
	ims_reg_proof_forget(reg);
	send_register(reg);
}

static void send_answer(ims_reg *reg)
{
	reg->proof.answers++;
	ims_reg_send(reg, wanted_s(reg));
}

/* Some registrars send a challenge before they remember it (Kamailio does), and challenge the answer that is
 * too quick. So a second answer is given a little later. */
static void answer_later(ims_reg *reg)
{
	ims_timer_arm(&reg->timer, SECOND_ANSWER_MS);
}

static gint64 left_ms(const ims_reg *reg)
{
	return reg->ends_ms - ims_clock_now_ms(ims_stack_clock(reg->stack));
}

/* Whoever listens knows what we do not. */
static void ask(ims_reg *reg)
{
	ims_prover_question question;

	ims_reg_question(reg, &question);
	ims_timer_arm(&reg->timer, (gint64)reg->challenge_timeout_s * 1000);
	reg->announce |= reg->removing; /* he hears what came of his answer */
	reg->listener->asked(reg, &question, reg->user);
}

/* While the network knows who asks, it hears first that nobody listens any more. */
static void send_unregister(ims_reg *reg)
{
	ims_reg_listen_no_more(reg);
	begin(reg, 0);
}

static void answer_unregister(ims_reg *reg)
{
	reg->proof.answers++;
	ims_reg_send(reg, 0);
}

/* When the registration lasts as long as what proves it, another REGISTER would gain nothing: whoever has a
 * new proof brings it. */
static gboolean would_gain(const ims_reg *reg)
{
	return ims_reg_proof_left_s(reg) > (guint64)reg->granted_s + NOTHING_TO_GAIN_S;
}

/* What was granted a moment ago is left in full. */
static guint left_s_rounded_up(const ims_reg *reg)
{
	return (guint)MAX((left_ms(reg) + 999) / 1000, 0);
}

static void arm_refresh(ims_reg *reg)
{
	if (reg->unshown) /* it came while this one was under way */
		ims_timer_arm(&reg->timer, 0);
	else if (would_gain(reg))
		ims_timer_arm(&reg->timer, (gint64)MAX(ims_pace_refresh_s(left_s_rounded_up(reg)), 1) * 1000);
	else
		ims_timer_stop(&reg->timer);
}

static void announce(ims_reg *reg)
{
	if (!reg->announce)
		return;
	reg->announce = FALSE;
	if (reg->listener)
		reg->listener->confirmed(reg, reg->user);
}

static void settle(ims_reg *reg)
{
	reg->failures = 0;
	reg->told = FALSE;
	reg->restored = FALSE;
	reg->shares = FALSE;
	reg->proof.proved |= reg->proof.answered;
	arm_refresh(reg);
	ims_reg_listen(reg);
	ims_info(reg->impu, "registered for %u s", reg->granted_s);
	if (ims_reg_strays_settle(reg))
		announce(reg);
}

static void remove_stray(ims_reg *reg)
{
	reg->proof.answers = 0;
	reg->removing = TRUE;
	ims_reg_send(reg, 0);
}

/* Who is to prove that hears of it first, while he listens. */
static void announce_first(ims_reg *reg)
{
	ims_timer_arm(&reg->looking, 0);
	announce(reg);
}

static gboolean is_awaited(const ims_reg *reg)
{
	return reg->announce;
}

static gboolean is_removing(const ims_reg *reg)
{
	return reg->removing;
}

/* Of ours nothing has changed, unless the network serves nobody any more: that is seen at once. */
static void go_on(ims_reg *reg)
{
	gboolean served = reg->status < 300 || reg->status == 401 || reg->status == 407;

	ims_info(reg->impu, "a contact that its device had left: %d %s", reg->status, reg->reason);
	ims_reg_be_silent(reg);
	ims_reg_strays_drop(reg);
	if (served)
		arm_refresh(reg);
	else
		ims_timer_arm(&reg->timer, 0);
	if (ims_reg_strays_settle(reg))
		announce(reg);
}

/* As the network asks (REQ-19), else with back-off. The host that failed us is left; next time the way is
 * looked up again. */
static gint64 leave_host(ims_reg *reg)
{
	gint64 asked_ms = reg->not_before_ms - ims_clock_now_ms(ims_stack_clock(reg->stack));

	ims_reg_be_silent(reg);
	ims_next_hops_fail(&reg->hops);
	ims_next_hops_forget(&reg->hops);
	reg->failures++;
	return asked_ms > 0 ? asked_ms : ims_pace_back_off_ms(reg->failures - 1);
}

static guint rounded_s(gint64 ms)
{
	return (guint)((ms + 999) / 1000);
}

/* ... but not past the binding's end. */
static void wait_at_most(ims_reg *reg, gint64 wait_ms)
{
	ims_warn(reg->impu, "refresh failed (%d %s), %" G_GINT64_FORMAT " s of the registration are left",
		 reg->status, reg->reason, left_ms(reg) / 1000);
	wait_ms = MIN(wait_ms, MAX(left_ms(reg), 0));
	ims_timer_arm(&reg->timer, wait_ms);
	if (wait_ms <= 0 || !reg->announce || reg->warned || !reg->listener)
		return; /* at its end it pauses at once, and tells that */
	reg->warned = TRUE;
	reg->listener->delayed(reg, reg->status, reg->reason, rounded_s(wait_ms), reg->user);
}

static void back_off(ims_reg *reg)
{
	wait_at_most(reg, leave_host(reg));
}

static void note_unanswered(ims_reg *reg)
{
	ims_reg_note_outcome(reg, 408, "The client did not answer the network's challenge");
}

/* He may be there again before the registration ends; if not, it ends. */
static void ask_later(ims_reg *reg)
{
	note_unanswered(reg);
	wait_at_most(reg, ims_pace_back_off_ms(reg->failures++));
}

/* Nobody serves us: the owner hears of it once, and of the success that ends it (REQ-18). */
static void pause(ims_reg *reg)
{
	gint64 wait_ms = leave_host(reg);

	ims_reg_listen_no_more(reg);
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
		reg->listener->delayed(reg, reg->status, reg->reason, rounded_s(wait_ms), reg->user);
}

static void forget(ims_reg *reg)
{
	ims_reg_be_silent(reg);
	ims_reg_listen_no_more(reg);
	ims_next_hops_forget(&reg->hops);
	ims_reg_binding_forget(reg);
	ims_reg_proof_forget(reg);
	ims_reg_link_forget(reg);
}

static void report_refused(ims_reg *reg)
{
	forget(reg);
	reg->announce = FALSE;
	ims_warn(reg->impu, "registration refused: %d %s", reg->status, reg->reason);
	if (reg->listener)
		reg->listener->refused(reg, reg->status, reg->reason, reg->user);
}

static void pause_unanswered(ims_reg *reg)
{
	note_unanswered(reg);
	pause(reg);
}

static void report_unanswered(ims_reg *reg)
{
	note_unanswered(reg);
	report_refused(reg);
}

/* 24.229 5.1.1.7 */
static void report_ended(ims_reg *reg)
{
	forget(reg);
	reg->announce = FALSE;
	ims_warn(reg->impu, "the network has ended the registration: %s", reg->reason);
	ims_reg_tell_word(reg, TRUE);
}

/* The owner, who hears of it, hears of the new one, too. */
static void make_anew(ims_reg *reg)
{
	forget(reg);
	reg->announce = TRUE;
	reg->told = FALSE;
	ims_timer_arm(&reg->timer, 0);
	ims_warn(reg->impu, "the network has dropped the registration (%s): it is made anew", reg->reason);
	ims_reg_tell_word(reg, FALSE);
}

static void report_gone(ims_reg *reg)
{
	forget(reg);
	ims_info(reg->impu, "deregistered (%d %s)", reg->status, reg->reason ? reg->reason : "");
	if (reg->listener)
		reg->listener->gone(reg, reg->user);
}

static void admit_guest(ims_reg *reg)
{
	ims_reg_binding_of_guest(reg);
	if (!reg->announce)
		return;
	reg->announce = FALSE;
	ims_info(reg->impu, "a guest of %s", reg->network->domain);
	if (reg->listener)
		reg->listener->confirmed(reg, reg->user);
}

static gboolean has_strays(const ims_reg *reg)
{
	return ims_reg_strays(reg) > 0;
}

static gboolean is_guest(const ims_reg *reg)
{
	return reg->guest;
}

static void nothing(ims_reg *reg)
{
	(void)reg;
}

static gboolean may_answer(const ims_reg *reg)
{
	return reg->proof.answers < reg->network->max_answers + reg->prover->more_answers;
}

static gboolean may_ask(const ims_reg *reg)
{
	return may_answer(reg) && reg->listener && reg->listener->asked;
}

static gboolean shares_contact(const ims_reg *reg)
{
	return reg->shares;
}

static gboolean answers_again(const ims_reg *reg)
{
	return reg->proof.answers > 0;
}

/* Once an attempt, so that nobody keeps us asking. */
static gboolean may_lengthen(const ims_reg *reg)
{
	return !reg->lengthened && reg->min_expires_s > reg->asked_s &&
	       reg->min_expires_s <= MIN(MAX_EXPIRES_S, ims_reg_proof_left_s(reg));
}

static gboolean has_next_host(const ims_reg *reg)
{
	return ims_next_hops_has_next(&reg->hops);
}

static gboolean has_ended(const ims_reg *reg)
{
	return left_ms(reg) <= 0;
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
	ROW(IDLE,          START,     is_guest,   GUEST,         admit_guest),
	ROW(IDLE,          START,     NULL,       TRYING,        send_register),
	ROW(IDLE,          STOP,      NULL,       IDLE,          report_gone),

	ROW(TRYING,        OK,        NULL,       ACTIVE,        settle),
	/* A nonce can cross our answer, and a new one is owed after stale=true (REQ-38): answer
	 * once more. Another says that our answer is wrong: do not insist. */
	ROW(TRYING,        CHALLENGE, may_answer, PROVING,       send_answer),
	ROW(TRYING,        CHALLENGE, NULL,       IDLE,          report_refused),
	ROW(TRYING,        QUESTION,  may_ask,   ASKING,        ask),
	ROW(TRYING,        QUESTION,  NULL,      IDLE,          report_refused),
	ROW(TRYING,        TOO_BRIEF, may_lengthen, TRYING,      send_longer),
	ROW(TRYING,        TOO_BRIEF, NULL,       IDLE,          report_refused),
	ROW(TRYING,        NO_FLOWS,  NULL,       TRYING,        send_without_flow),
	ROW(TRYING,        REFUSED,   NULL,       IDLE,          report_refused),
	ROW(TRYING,        FAILED,    has_next_host, TRYING,     send_to_next),
	ROW(TRYING,        FAILED,    NULL,       PAUSED,        pause),
	ROW(TRYING,        STOP,      shares_contact, IDLE,      report_gone),
	ROW(TRYING,        STOP,      NULL,       LEAVING,       send_unregister),

	ROW(PROVING,       OK,        NULL,       ACTIVE,        settle),
	ROW(PROVING,       CHALLENGE, may_answer, PROVING,       answer_later),
	ROW(PROVING,       TIMER,     NULL,       PROVING,       send_answer),
	ROW(PROVING,       CHALLENGE, NULL,       IDLE,          report_refused),
	ROW(PROVING,       QUESTION,  may_ask,   ASKING,        ask),
	ROW(PROVING,       QUESTION,  NULL,      IDLE,          report_refused),
	ROW(PROVING,       TOO_BRIEF, may_lengthen, TRYING,      send_longer),
	ROW(PROVING,       TOO_BRIEF, NULL,       IDLE,          report_refused),
	ROW(PROVING,       NO_FLOWS,  NULL,       TRYING,        send_without_flow),
	ROW(PROVING,       REFUSED,   NULL,       IDLE,          report_refused),
	ROW(PROVING,       FAILED,    has_next_host, TRYING,     send_to_next),
	ROW(PROVING,       FAILED,    NULL,       PAUSED,        pause),
	ROW(PROVING,       STOP,      shares_contact, IDLE,      report_gone),
	ROW(PROVING,       STOP,      NULL,       LEAVING,       send_unregister),

	/* The network has said no so far, so there is nothing to take back. */
	ROW(ASKING,        ANSWER,    answers_again, PROVING,   answer_later),
	ROW(ASKING,        ANSWER,    NULL,      PROVING,       send_answer),
	ROW(ASKING,        TIMER,     NULL,      IDLE,          report_unanswered),
	ROW(ASKING,        STOP,      NULL,      IDLE,          report_gone),

	ROW(PAUSED,        TIMER,     NULL,       TRYING,        send_register),
	ROW(PAUSED,        START,     NULL,       TRYING,        send_register),
	ROW(PAUSED,        STOP,      NULL,       IDLE,          report_gone),

	ROW(ACTIVE,        TIMER,     NULL,       REFRESHING,    send_register),
	ROW(ACTIVE,        START,     NULL,       REFRESHING,    send_register),
	ROW(ACTIVE,        LOOKED,    is_awaited, ACTIVE,        announce_first),
	ROW(ACTIVE,        LOOKED,    has_strays, REFRESHING,    remove_stray),
	ROW(ACTIVE,        LOOKED,    NULL,       ACTIVE,        nothing),
	ROW(ACTIVE,        FORGOTTEN, NULL,       REFRESHING,    send_anew),
	ROW(ACTIVE,        ENDED,     NULL,       IDLE,          report_ended),
	ROW(ACTIVE,        DROPPED,   NULL,       PAUSED,        make_anew),
	ROW(ACTIVE,        PUT_OFF,   NULL,       PAUSED,        pause),
	ROW(ACTIVE,        STOP,      NULL,       LEAVING,       send_unregister),

	ROW(REFRESHING,    OK,        NULL,       ACTIVE,        settle),
	ROW(REFRESHING,    CHALLENGE, may_answer, REPROVING,     send_answer),
	ROW(REFRESHING,    CHALLENGE, is_removing, ACTIVE,       go_on),
	ROW(REFRESHING,    CHALLENGE, NULL,       IDLE,          report_refused),
	ROW(REFRESHING,    QUESTION,  may_ask,   REASKING,      ask),
	ROW(REFRESHING,    QUESTION,  is_removing, ACTIVE,       go_on),
	ROW(REFRESHING,    QUESTION,  may_answer, WAITING,       ask_later),
	ROW(REFRESHING,    QUESTION,  NULL,      IDLE,          report_refused),
	ROW(REFRESHING,    TOO_BRIEF, may_lengthen, REFRESHING,  send_longer),
	ROW(REFRESHING,    TOO_BRIEF, NULL,       IDLE,          report_refused),
	ROW(REFRESHING,    NO_FLOWS,  NULL,       REFRESHING,    send_without_flow),
	ROW(REFRESHING,    REFUSED,   NULL,       IDLE,          report_refused),
	ROW(REFRESHING,    FAILED,    has_ended,  PAUSED,        pause),
	ROW(REFRESHING,    FAILED,    has_next_host, REFRESHING, send_to_next),
	ROW(REFRESHING,    FAILED,    NULL,       WAITING,       back_off),
	ROW(REFRESHING,    FORGOTTEN, NULL,       REFRESHING,    send_anew),
	ROW(REFRESHING,    REMOVED,   NULL,       ACTIVE,        go_on),
	ROW(REFRESHING,    START,     is_removing, REFRESHING,   send_register),
	ROW(REFRESHING,    START,     NULL,       REFRESHING,    nothing),
	ROW(REFRESHING,    ENDED,     NULL,       IDLE,          report_ended),
	ROW(REFRESHING,    DROPPED,   NULL,       PAUSED,        make_anew),
	ROW(REFRESHING,    PUT_OFF,   NULL,       PAUSED,        pause),
	ROW(REFRESHING,    STOP,      NULL,       LEAVING,       send_unregister),

	ROW(REPROVING,     OK,        NULL,       ACTIVE,        settle),
	ROW(REPROVING,     CHALLENGE, may_answer, REPROVING,     answer_later),
	ROW(REPROVING,     TIMER,     NULL,       REPROVING,     send_answer),
	ROW(REPROVING,     CHALLENGE, is_removing, ACTIVE,       go_on),
	ROW(REPROVING,     CHALLENGE, NULL,       IDLE,          report_refused),
	ROW(REPROVING,     QUESTION,  may_ask,   REASKING,      ask),
	ROW(REPROVING,     QUESTION,  is_removing, ACTIVE,       go_on),
	ROW(REPROVING,     QUESTION,  may_answer, WAITING,       ask_later),
	ROW(REPROVING,     QUESTION,  NULL,      IDLE,          report_refused),
	ROW(REPROVING,     TOO_BRIEF, may_lengthen, REFRESHING,  send_longer),
	ROW(REPROVING,     TOO_BRIEF, NULL,       IDLE,          report_refused),
	ROW(REPROVING,     NO_FLOWS,  NULL,       REFRESHING,    send_without_flow),
	ROW(REPROVING,     REFUSED,   NULL,       IDLE,          report_refused),
	ROW(REPROVING,     FAILED,    has_ended,  PAUSED,        pause),
	ROW(REPROVING,     FAILED,    has_next_host, REFRESHING, send_to_next),
	ROW(REPROVING,     FAILED,    NULL,       WAITING,       back_off),
	ROW(REPROVING,     FORGOTTEN, NULL,       REFRESHING,    send_anew),
	ROW(REPROVING,     REMOVED,   NULL,       ACTIVE,        go_on),
	ROW(REPROVING,     START,     is_removing, REFRESHING,   send_register),
	ROW(REPROVING,     START,     NULL,       REPROVING,     nothing),
	ROW(REPROVING,     ENDED,     NULL,       IDLE,          report_ended),
	ROW(REPROVING,     DROPPED,   NULL,       PAUSED,        make_anew),
	ROW(REPROVING,     PUT_OFF,   NULL,       PAUSED,        pause),
	ROW(REPROVING,     STOP,      NULL,       LEAVING,       send_unregister),

	ROW(REASKING,      ANSWER,    answers_again, REPROVING, answer_later),
	ROW(REASKING,      ANSWER,    NULL,      REPROVING,     send_answer),
	ROW(REASKING,      TIMER,     is_removing, ACTIVE,      go_on),
	ROW(REASKING,      TIMER,     has_ended, PAUSED,        pause_unanswered),
	ROW(REASKING,      TIMER,     NULL,      WAITING,       ask_later),
	ROW(REASKING,      FORGOTTEN, NULL,      REFRESHING,    send_anew),
	/* He has come back, and was asked before. */
	ROW(REASKING,      START,     is_removing, REFRESHING,  send_register),
	ROW(REASKING,      START,     may_ask,   REASKING,      ask),
	ROW(REASKING,      ENDED,     NULL,       IDLE,          report_ended),
	ROW(REASKING,      DROPPED,   NULL,       PAUSED,        make_anew),
	ROW(REASKING,      PUT_OFF,   NULL,       PAUSED,        pause),
	ROW(REASKING,      STOP,      NULL,      LEAVING,       send_unregister),

	ROW(WAITING,       TIMER,     has_ended,  PAUSED,        pause),
	ROW(WAITING,       TIMER,     NULL,       REFRESHING,    send_register),
	ROW(WAITING,       START,     NULL,       REFRESHING,    send_register),
	ROW(WAITING,       FORGOTTEN, NULL,       REFRESHING,    send_anew),
	ROW(WAITING,       ENDED,     NULL,       IDLE,          report_ended),
	ROW(WAITING,       DROPPED,   NULL,       PAUSED,        make_anew),
	ROW(WAITING,       PUT_OFF,   NULL,       PAUSED,        pause),
	ROW(WAITING,       STOP,      NULL,       LEAVING,       send_unregister),

	ROW(GUEST,         START,     NULL,       GUEST,         admit_guest),
	ROW(GUEST,         STOP,      NULL,       IDLE,          report_gone),

	ROW(LEAVING,       OK,        NULL,       IDLE,          report_gone),
	ROW(LEAVING,       CHALLENGE, may_answer, LEAVE_PROVING, answer_unregister),
	ROW(LEAVING,       CHALLENGE, NULL,       IDLE,          report_gone),
	ROW(LEAVING,       QUESTION,  may_ask,   LEAVE_ASKING,  ask),
	ROW(LEAVING,       QUESTION,  NULL,      IDLE,          report_gone),
	ROW(LEAVING,       TOO_BRIEF, NULL,       IDLE,          report_gone),
	ROW(LEAVING,       NO_FLOWS,  NULL,       IDLE,          report_gone),
	ROW(LEAVING,       REFUSED,   NULL,       IDLE,          report_gone),
	ROW(LEAVING,       FAILED,    NULL,       IDLE,          report_gone),
	ROW(LEAVING,       STOP,      NULL,       LEAVING,       nothing),

	ROW(LEAVE_PROVING, OK,        NULL,       IDLE,          report_gone),
	ROW(LEAVE_PROVING, CHALLENGE, may_answer, LEAVE_PROVING, answer_later),
	ROW(LEAVE_PROVING, TIMER,     NULL,       LEAVE_PROVING, answer_unregister),
	ROW(LEAVE_PROVING, CHALLENGE, NULL,       IDLE,          report_gone),
	ROW(LEAVE_PROVING, QUESTION,  may_ask,   LEAVE_ASKING,  ask),
	ROW(LEAVE_PROVING, QUESTION,  NULL,      IDLE,          report_gone),
	ROW(LEAVE_PROVING, TOO_BRIEF, NULL,       IDLE,          report_gone),
	ROW(LEAVE_PROVING, NO_FLOWS,  NULL,       IDLE,          report_gone),
	ROW(LEAVE_PROVING, REFUSED,   NULL,       IDLE,          report_gone),
	ROW(LEAVE_PROVING, FAILED,    NULL,       IDLE,          report_gone),
	ROW(LEAVE_PROVING, STOP,      NULL,       LEAVE_PROVING, nothing),

	/* The binding lapses when nobody answers. */
	ROW(LEAVE_ASKING,  ANSWER,    answers_again, LEAVE_PROVING, answer_later),
	ROW(LEAVE_ASKING,  ANSWER,    NULL,      LEAVE_PROVING, answer_unregister),
	ROW(LEAVE_ASKING,  TIMER,     NULL,      IDLE,          report_gone),
	ROW(LEAVE_ASKING,  STOP,      NULL,      LEAVE_ASKING,  nothing),
};
/* clang-format on */

void ims_reg_handle(ims_reg *reg, reg_event event)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rules); i++) {
		const struct rule *r = &rules[i];

		if (r->in != reg->state || r->on != event || (r->when && !r->when(reg)))
			continue;
		ims_verb(reg->impu, "reg: %s in %s -> %s", event_names[event], states[r->in].name,
			 states[r->go].name);
		reg->state = r->go; /* first: the action may raise the next event */
		r->act(reg);
		return;
	}
	ims_verb(reg->impu, "reg: %s has no meaning in %s", event_names[event], states[reg->state].name);
}

char *ims_reg_table_text(void)
{
	GString *text = g_string_new(NULL);

	for (reg_state in = 0; in < N_STATES; in++)
		for (reg_event on = 0; on < N_EVENTS; on++) {
			gsize found = 0;

			for (gsize i = 0; i < G_N_ELEMENTS(rules); i++) {
				const struct rule *r = &rules[i];

				if (r->in != in || r->on != on)
					continue;
				found++;
				g_string_append_printf(text, "%s %s%s%s -> %s %s\n", states[in].name,
						       event_names[on], r->when ? " if " : "",
						       r->when ? r->when_name : "", states[r->go].name,
						       r->act_name);
			}
			if (!found)
				g_string_append_printf(text, "%s %s -\n", states[in].name, event_names[on]);
		}
	return g_string_free(text, FALSE);
}

/* Outside */

gboolean ims_reg_is_active(const ims_reg *reg)
{
	return reg->state >= REG_ACTIVE && reg->state <= REG_GUEST;
}

gboolean ims_reg_is_idle(const ims_reg *reg)
{
	return reg->state == REG_IDLE;
}

gboolean ims_reg_is_paused(const ims_reg *reg)
{
	return reg->state == REG_PAUSED;
}

gboolean ims_reg_is_asking(const ims_reg *reg)
{
	return reg->state == REG_ASKING || reg->state == REG_REASKING || reg->state == REG_LEAVE_ASKING;
}

gboolean ims_reg_is_leaving(const ims_reg *reg)
{
	return reg->state >= REG_LEAVING;
}

guint ims_reg_left_s(const ims_reg *reg)
{
	return (guint)MAX(left_ms(reg) / 1000, 0);
}

const char *ims_reg_state_name(const ims_reg *reg)
{
	return states[reg->state].shown;
}
