/* ims_change_table.c: where a change of a call stands, and what each event does then. */
#include "base/ims_error.h"
#include "base/ims_log.h"
#include "base/ims_random.h"
#include "call/ims_change_internal.h"

/* So often a change is tried that always meets one of the peer. */
#define MAX_TRIES 6

static const char *const state_names[] = {
#define X(name) #name,
	IMS_CHANGE_STATES(X)
#undef X
};

static const char *const event_names[] = {
#define X(name) #name,
	IMS_CHANGE_EVENTS(X)
#undef X
};

/* ---- telling ---- */

static void tell_hold(ims_change *change)
{
	ims_direction now;

	if (change->state == CHANGE_CLOSED) /* and what is talked about may be gone */
		return;
	now = ims_offer_answer_peer_media(change->setup.oa);
	if (now == change->told_hold)
		return;
	change->told_hold = now;
	change->events->peer_holds(change->told_hold, change->user);
}

static void fail(ims_change *change, int status, const char *reason)
{
	change->events->failed(status, reason ? reason : "", change->user);
}

/* ---- we offer ---- */

/* Whose re-INVITE crossed ours tries again, he who made the Call-ID later (RFC 3261 14.1). */
static void pause(ims_change *change)
{
	gint64 from_ms = change->setup.outgoing ? 2100 : 0;
	gint64 span_ms = change->setup.outgoing ? 1900 : 2000;

	change->state = CHANGE_PAUSED;
	change->owed |= !change->updating;
	change->updating = FALSE;
	ims_offer_answer_withdraw(change->setup.oa);
	ims_timer_arm(&change->timer, from_ms + (gint64)(ims_random_u53() % (guint64)span_ms));
}

/* What was under way is given up. */
static void drop(ims_change *change, int status, const char *reason)
{
	gboolean updating = change->updating;

	change->updating = FALSE;
	change->tries = 0;
	ims_offer_answer_withdraw(change->setup.oa);
	ims_warn(change->setup.who, "change refused: %d %s", status, reason ? reason : "");
	if (!updating)
		return;
	g_clear_pointer(&change->update, g_free);
	fail(change, status, reason);
}

/* What the browser wants, or what runs. NULL: what the browser wants cannot be passed on. */
static char *make_offer(ims_change *change, GError **error)
{
	change->updating = change->update != NULL;
	change->owed = FALSE; /* each description of ours says what our user wants */
	if (change->updating)
		return ims_offer_answer_offer(change->setup.oa, change->update, error);
	return ims_offer_answer_reoffer(change->setup.oa);
}

static void ask_peer(ims_change *change, const change_input *in)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *offer = make_offer(change, &error);

	ims_timer_stop(&change->timer);
	change->tries++;
	if (offer && ims_invite_reoffer(change->invite, offer, &error))
		return;
	if (offer && change->tries < MAX_TRIES) { /* a change of the peer is not done yet */
		pause(change);
		return;
	}
	change->state = CHANGE_STEADY;
	if (in->error) {
		change->updating = FALSE;
		g_clear_pointer(&change->update, g_free);
		g_propagate_error(in->error, g_steal_pointer(&error));
	}
	drop(change, 500, error ? error->message : (*in->error)->message);
}

/* A sign of life that a re-INVITE has to be: no change, and so no new version (RFC 4028 7.4). */
static void repeat(ims_change *change, const change_input *in)
{
	g_autofree char *told = ims_offer_answer_repeat(change->setup.oa);

	(void)in;
	change->refreshing = ims_invite_reoffer(change->invite, told, NULL);
	if (!change->refreshing)
		change->state = CHANGE_STEADY;
}

/* The call was answered by an end that has chosen what no answer for the browser held: the browser is asked
 * to take that. */
static void begin_to_fit(ims_change *change)
{
	g_autoptr(GError) error = NULL;

	change->browser_offer = ims_offer_answer_refit(change->setup.oa, &error);
	if (!change->browser_offer) {
		ims_warn(change->setup.who, "the answer fits no browser: %s", error->message);
		return;
	}
	change->state = CHANGE_FITTING;
	ims_timer_arm(&change->timer, (gint64)change->setup.answer_s * 1000);
	change->events->asked(change->browser_offer, change->user);
}

/* What waited for its turn. */
static void proceed(ims_change *change)
{
	if (change->state != CHANGE_STEADY)
		return;
	if (change->update || change->owed) {
		change->state = CHANGE_ASKING;
		ask_peer(change, &(change_input){ 0 });
	} else if (!change->unfit && ims_offer_answer_fit(change->setup.oa) == IMS_SDP_MISFIT) {
		begin_to_fit(change);
	}
}

static void begin(ims_change *change, const change_input *in)
{
	(void)in;
	proceed(change);
}

/* The answer stands, whatever the owner does when it hears of it. */
static void conclude_update(ims_change *change, const char *core_answer, GError **error)
{
	g_autofree char *answer = ims_offer_answer_answered(change->setup.oa, core_answer, error);

	if (!answer)
		return;
	ims_offer_answer_withdraw(change->setup.oa);
	change->updating = FALSE;
	g_clear_pointer(&change->update, g_free);
	change->events->updated(answer, change->user);
}

static gboolean take_answer(ims_change *change, const ims_sip_news *news, GError **error)
{
	if (!news->sdp) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_BAD_SDP, "the answer has no description");
		return FALSE;
	}
	if (!change->updating)
		return ims_offer_answer_reanswered(change->setup.oa, news->sdp, error);
	conclude_update(change, news->sdp, error);
	return *error == NULL;
}

/* Accepted with an answer that is none: the peer thinks that something else runs than does. It is told again
 * what does. */
static void on_accepted(ims_change *change, const ims_sip_news *news)
{
	g_autoptr(GError) error = NULL;

	change->tries = 0;
	if (change->refreshing) { /* who uses the occasion for a change is asked for it properly */
		change->owed |= !news->sdp || !ims_offer_answer_is_repeated(change->setup.oa, news->sdp);
		return;
	}
	if (take_answer(change, news, &error))
		return;
	change->owed |= change->updating;
	drop(change, 488, error->message);
}

static void on_reanswer(ims_change *change, const change_input *in)
{
	int status = in->news->status;

	if (status == 408 || status == 481) { /* the dialog is no more (RFC 5057 5.1) */
		change->state = CHANGE_CLOSED;
		change->events->lost(in->news, change->user);
		return;
	}
	if (status < 300) {
		on_accepted(change, in->news);
	} else if (status == 491 && change->tries < MAX_TRIES) {
		pause(change);
	} else {
		drop(change, status, in->news->reason);
	}
	change->refreshing = FALSE;
	if (change->unfit && ims_offer_answer_fit(change->setup.oa) == IMS_SDP_MISFIT) {
		change->state = CHANGE_CLOSED; /* neither the browser nor the peer gave in */
		change->events->lost(in->news, change->user);
		return;
	}
	tell_hold(change);
	proceed(change);
}

/* ---- the peer offers ---- */

static void refuse(ims_change *change, const change_input *in)
{
	(void)in;
	ims_invite_reanswer(change->invite, 488, NULL);
}

static void refuse_for_now(ims_change *change, const change_input *in)
{
	(void)in;
	ims_invite_reanswer(change->invite, 491, NULL);
}

/* 200 with this; an UPDATE needs no ACK. */
static void reply(ims_change *change, const char *sdp)
{
	if (!ims_invite_reanswer(change->invite, 200, sdp))
		ims_change_handle(change, EV_CONFIRM, &(change_input){ 0 });
}

static void answer_alone(ims_change *change, const change_input *in)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *answer = ims_offer_answer_reoffered(change->setup.oa, in->news->sdp, &error);

	if (answer) {
		reply(change, answer);
		tell_hold(change);
		return;
	}
	ims_warn(change->setup.who, "change by the peer refused: %s", error->message);
	change->state = CHANGE_STEADY;
	refuse(change, in);
}

/* ... in a moment that leaves the state as it is. */
static void answer_aside(ims_change *change, const change_input *in)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *answer = ims_offer_answer_reoffered(change->setup.oa, in->news->sdp, &error);

	ims_invite_reanswer(change->invite, answer ? 200 : 488, answer);
	tell_hold(change);
}

static void answer_with_offer(ims_change *change, const change_input *in)
{
	g_autofree char *offer = ims_offer_answer_reoffer(change->setup.oa);

	(void)in;
	ims_timer_stop(&change->timer);
	change->owed = FALSE;
	reply(change, offer);
}

static void ask_browser(ims_change *change, const change_input *in)
{
	g_autoptr(GError) error = NULL;

	ims_timer_stop(&change->timer);
	change->browser_offer = ims_offer_answer_offered(change->setup.oa, in->news->sdp, &error);
	if (!change->browser_offer) {
		ims_warn(change->setup.who, "change by the peer refused: %s", error->message);
		change->state = CHANGE_STEADY;
		refuse(change, in);
		proceed(change);
		return;
	}
	ims_timer_arm(&change->timer, (gint64)change->setup.answer_s * 1000);
	change->events->asked(change->browser_offer, change->user);
}

/* Not while the browser has an offer of its own on the table. */
static void ask_browser_if_free(ims_change *change, const change_input *in)
{
	if (!change->update) {
		ask_browser(change, in);
		return;
	}
	change->state = CHANGE_PAUSED;
	refuse_for_now(change, in);
}

static void answer_from_browser(ims_change *change, const change_input *in)
{
	ims_timer_stop(&change->timer);
	g_clear_pointer(&change->browser_offer, g_free);
	change->owed = FALSE;
	reply(change, in->sdp);
	change->events->updated(NULL, change->user);
	tell_hold(change);
}

/* It is not to be. */
static void leave_asked(ims_change *change, int status, const char *reason)
{
	ims_timer_stop(&change->timer);
	g_clear_pointer(&change->browser_offer, g_free);
	ims_offer_answer_withdraw(change->setup.oa);
	fail(change, status, reason);
	proceed(change);
}

static void give_up(ims_change *change, const change_input *in)
{
	refuse(change, in);
	leave_asked(change, 408, "Not answered in time");
}

static void decline(ims_change *change, const change_input *in)
{
	ims_invite_reanswer(change->invite, in->status, NULL);
	leave_asked(change, in->status, "Declined");
}

static void on_withdrawn(ims_change *change, const change_input *in)
{
	(void)in;
	leave_asked(change, 487, "Cancelled by the peer");
}

/* With the answer to the offer that stood in our 2xx, if one did. */
static void on_confirm(ims_change *change, const change_input *in)
{
	g_autoptr(GError) error = NULL;

	if (ims_offer_answer_is_offering(change->setup.oa)) {
		if (!in->news || !take_answer(change, in->news, &error))
			drop(change, 488, error ? error->message : "no answer");
		tell_hold(change);
	}
	proceed(change);
}

/* ---- our user ---- */

static void end_fitting(ims_change *change)
{
	ims_timer_stop(&change->timer);
	g_clear_pointer(&change->browser_offer, g_free);
}

static void on_fitted(ims_change *change, const change_input *in)
{
	(void)in;
	end_fitting(change);
	change->owed |= ims_offer_answer_fit(change->setup.oa) == IMS_SDP_CORE_MORE;
	change->events->updated(NULL, change->user);
	tell_hold(change);
	proceed(change);
}

/* ... and does not: now the peer is asked to take what the browser has. */
static void fit_peer(ims_change *change, const change_input *in)
{
	(void)in;
	end_fitting(change);
	change->unfit = change->owed = TRUE;
	proceed(change);
}

static void wait_for_turn(ims_change *change, const change_input *in)
{
	(void)change;
	(void)in; /* what is wanted is noted already */
}

/* Read from the top; the first row that fits wins. A pair without a row: a request of the user is an error,
 * an event of the core is logged. The INVITE session lets no offer of the peer through while one is open. */
/* clang-format off */
static const struct rule {
	change_state in;
	change_event on;
	change_state go;
	void (*act)(ims_change *change, const change_input *in);
	const char *act_name;
} rules[] = {
#define ROW(in, on, go, act) { CHANGE_##in, EV_##on, CHANGE_##go, act, #act }
	ROW(CONFIRMING, KEEP,      CONFIRMING, answer_aside),
	ROW(CONFIRMING, RESHAPE,   CONFIRMING, refuse_for_now),
	ROW(CONFIRMING, BLANK,     CONFIRMING, refuse_for_now),
	ROW(CONFIRMING, REFUSABLE, CONFIRMING, refuse),
	ROW(CONFIRMING, CONFIRM,   STEADY,     on_confirm),
	ROW(CONFIRMING, HOLD,      CONFIRMING, wait_for_turn),
	ROW(CONFIRMING, UPDATE,    CONFIRMING, wait_for_turn),

	ROW(STEADY,     KEEP,      CONFIRMING, answer_alone),
	ROW(STEADY,     RESHAPE,   ASKED,      ask_browser),
	ROW(STEADY,     BLANK,     CONFIRMING, answer_with_offer),
	ROW(STEADY,     REFUSABLE, STEADY,     refuse),
	ROW(STEADY,     HOLD,      ASKING,     ask_peer),
	ROW(STEADY,     UPDATE,    ASKING,     ask_peer),
	ROW(STEADY,     REFRESH,   ASKING,     repeat),
	ROW(STEADY,     TIMER,     STEADY,     begin),

	ROW(ASKING,     REANSWER,  STEADY,     on_reanswer),
	ROW(ASKING,     HOLD,      ASKING,     wait_for_turn),
	ROW(ASKING,     UPDATE,    ASKING,     wait_for_turn),

	ROW(PAUSED,     KEEP,      PAUSED,     answer_aside),
	ROW(PAUSED,     CONFIRM,   PAUSED,     wait_for_turn),
	ROW(PAUSED,     RESHAPE,   ASKED,      ask_browser_if_free),
	ROW(PAUSED,     BLANK,     CONFIRMING, answer_with_offer),
	ROW(PAUSED,     REFUSABLE, PAUSED,     refuse),
	ROW(PAUSED,     HOLD,      ASKING,     ask_peer),
	ROW(PAUSED,     UPDATE,    ASKING,     ask_peer),
	ROW(PAUSED,     TIMER,     ASKING,     ask_peer),

	ROW(ASKED,      ANSWER,    CONFIRMING, answer_from_browser),
	ROW(ASKED,      DECLINE,   STEADY,     decline),
	ROW(ASKED,      HOLD,      ASKED,      wait_for_turn),
	ROW(ASKED,      WITHDRAWN, STEADY,     on_withdrawn),
	ROW(ASKED,      TIMER,     STEADY,     give_up),

	ROW(FITTING,    KEEP,      FITTING,    refuse_for_now),
	ROW(FITTING,    RESHAPE,   FITTING,    refuse_for_now),
	ROW(FITTING,    BLANK,     FITTING,    refuse_for_now),
	ROW(FITTING,    REFUSABLE, FITTING,    refuse),
	ROW(FITTING,    ANSWER,    STEADY,     on_fitted),
	ROW(FITTING,    DECLINE,   STEADY,     fit_peer),
	ROW(FITTING,    HOLD,      FITTING,    wait_for_turn),
	ROW(FITTING,    UPDATE,    FITTING,    wait_for_turn),
	ROW(FITTING,    TIMER,     STEADY,     fit_peer),
};
/* clang-format on */

static const struct rule *rule_for(change_state in, change_event on)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rules); i++)
		if (rules[i].in == in && rules[i].on == on)
			return &rules[i];
	return NULL;
}

void ims_change_handle(ims_change *change, change_event event, const change_input *in)
{
	const struct rule *r = rule_for(change->state, event);

	if (!r) {
		ims_verb(change->setup.who, "change: %s has no meaning in %s", event_names[event],
			 state_names[change->state]);
		return;
	}
	ims_verb(change->setup.who, "change: %s in %s -> %s", event_names[event], state_names[r->in],
		 state_names[r->go]);
	change->inside++;
	change->state = r->go; /* first: the action may raise the next event */
	r->act(change, in);
	if (--change->inside == 0 && change->freed)
		g_free(change);
}

gboolean ims_change_allows(const ims_change *change, change_event event, GError **error)
{
	if (rule_for(change->state, event))
		return TRUE;
	g_set_error_literal(error, IMS_ERROR, IMS_E_WRONG_STATE,
			    change->state == CHANGE_CLOSED ? "The call is not up"
			    : event == EV_ANSWER || event == EV_DECLINE
				    ? "There is no change to answer"
				    : "A change by the other party waits for its answer");
	return FALSE;
}

char *ims_change_table_text(void)
{
	GString *text = g_string_new(NULL);

	for (int in = 0; in < N_STATES; in++)
		for (int on = 0; on < N_EVENTS; on++) {
			const struct rule *r = rule_for((change_state)in, (change_event)on);

			g_string_append_printf(text, "%s %s -%s%s%s%s\n", state_names[in], event_names[on],
					       r ? "> " : "", r ? state_names[r->go] : "", r ? " " : "",
					       r ? r->act_name : "");
		}
	return g_string_free(text, FALSE);
}
