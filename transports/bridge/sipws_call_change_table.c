/* sipws_call_change_table.c: one change of the call after another, and what crosses them. */
#include "base/ims_log.h"
#include "bridge/sipws_call_internal.h"

static const char *const state_names[] = {
#define X(name) #name,
	SIPWS_CHANGE_STATES(X)
#undef X
};

static const char *const event_names[] = {
#define X(name) #name,
	SIPWS_CHANGE_EVENTS(X)
#undef X
};

/* clang-format off */
static const struct rule {
	sipws_change_state in;
	sipws_change_event on;
	sipws_change_state go;
	void (*act)(sipws_call *call, const sipws_call_input *in);
	const char *act_name;
} rules[] = {
#define ROW(in, on, go, act) { CHANGE_##in, CH_##on, CHANGE_##go, sipws_change_##act, #act }
	ROW(CLOSED,     OPEN,        STEADY,     proceed),
	ROW(CLOSED,     OFFER,       CLOSED,     defer),
	ROW(CLOSED,     BLANK,       CLOSED,     defer),
	ROW(CLOSED,     TOLD_OFFER,  CLOSED,     keep_offer),
	ROW(CLOSED,     TOLD_FAILED, CLOSED,     drop_kept),
	ROW(CLOSED,     REPEAT,      CLOSED,     owe),

	ROW(STEADY,     OFFER,       ASKING,     ask_gateway),
	ROW(STEADY,     BLANK,       CONFIRMING, say_again),
	ROW(STEADY,     TOLD_OFFER,  ASKED,      ask_client),
	ROW(STEADY,     TOLD_FAILED, STEADY,     put_back), /* the gateway makes nothing of the client's answer */
	ROW(STEADY,     REPEAT,      TELLING,    tell_client),

	ROW(ASKING,     TOLD_DONE,   CONFIRMING, answer),
	ROW(ASKING,     TOLD_FAILED, STEADY,     refuse),
	ROW(ASKING,     OFFER,       ASKING,     defer),
	ROW(ASKING,     BLANK,       ASKING,     defer),
	ROW(ASKING,     TOLD_OFFER,  ASKING,     keep_offer),
	ROW(ASKING,     REPEAT,      ASKING,     owe),

	ROW(CONFIRMING, CONFIRM,     STEADY,     confirm),
	ROW(CONFIRMING, TIMER,       STEADY,     miss),
	ROW(CONFIRMING, OFFER,       CONFIRMING, defer),
	ROW(CONFIRMING, BLANK,       CONFIRMING, defer),
	ROW(CONFIRMING, TOLD_OFFER,  CONFIRMING, keep_offer),
	ROW(CONFIRMING, TOLD_FAILED, CONFIRMING, drop_kept),
	ROW(CONFIRMING, REPEAT,      CONFIRMING, owe),

	ROW(ASKED,      TAKEN,       STEADY,     take),
	ROW(ASKED,      REFUSED,     STEADY,     decline),
	ROW(ASKED,      MET,         PAUSED,     pause),
	ROW(ASKED,      OFFER,       ASKED,      meet),
	ROW(ASKED,      BLANK,       ASKED,      meet),
	ROW(ASKED,      TOLD_FAILED, DROPPING,   drop),
	ROW(ASKED,      REPEAT,      ASKED,      owe),

	ROW(TELLING,    TAKEN,       STEADY,     told),
	ROW(TELLING,    REFUSED,     STEADY,     proceed),
	ROW(TELLING,    MET,         PAUSED,     pause_owing),
	ROW(TELLING,    OFFER,       TELLING,    meet),
	ROW(TELLING,    BLANK,       TELLING,    meet),
	ROW(TELLING,    TOLD_OFFER,  TELLING,    keep_offer),
	ROW(TELLING,    TOLD_FAILED, TELLING,    drop_kept),
	ROW(TELLING,    REPEAT,      TELLING,    owe),

	ROW(PAUSED,     TIMER,       STEADY,     proceed),
	ROW(PAUSED,     OFFER,       ASKING,     ask_gateway),
	ROW(PAUSED,     BLANK,       CONFIRMING, say_again),
	ROW(PAUSED,     TOLD_OFFER,  PAUSED,     keep_offer),
	ROW(PAUSED,     TOLD_FAILED, PAUSED,     drop_kept),
	ROW(PAUSED,     REPEAT,      PAUSED,     owe),

	ROW(DROPPING,   TAKEN,       STEADY,     put_back),
	ROW(DROPPING,   REFUSED,     STEADY,     left),
	ROW(DROPPING,   MET,         STEADY,     left),
	ROW(DROPPING,   OFFER,       DROPPING,   meet),
	ROW(DROPPING,   BLANK,       DROPPING,   meet),
	ROW(DROPPING,   TOLD_OFFER,  DROPPING,   keep_offer),
	ROW(DROPPING,   REPEAT,      DROPPING,   owe),
};
/* clang-format on */

static const struct rule *rule_for(sipws_change_state in, sipws_change_event on)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rules); i++)
		if (rules[i].in == in && rules[i].on == on)
			return &rules[i];
	return NULL;
}

void sipws_change_handle(sipws_call *call, sipws_change_event event, const sipws_call_input *in)
{
	sipws_change *change = &call->change;
	const struct rule *r = rule_for(change->state, event);

	if (!r) {
		ims_verb(call->bridge->peer, "change: %s has no meaning in %s", event_names[event],
			 state_names[change->state]);
		return;
	}
	ims_verb(call->bridge->peer, "change: %s in %s -> %s", event_names[event], state_names[r->in],
		 state_names[r->go]);
	change->state = r->go; /* first: the action may raise the next event */
	r->act(call, in);
}

char *sipws_change_table_text(void)
{
	GString *text = g_string_new(NULL);

	for (int in = 0; in < SIPWS_CHANGE_N_STATES; in++)
		for (int on = 0; on < SIPWS_CHANGE_N_EVENTS; on++) {
			const struct rule *r = rule_for((sipws_change_state)in, (sipws_change_event)on);

			g_string_append_printf(text, "%s %s -%s%s%s%s\n", state_names[in], event_names[on],
					       r ? "> " : "", r ? state_names[r->go] : "", r ? " " : "",
					       r ? r->act_name : "");
		}
	return g_string_free(text, FALSE);
}
