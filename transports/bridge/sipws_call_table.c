/* sipws_call_table.c: the states of a call, and what each event does in them. */
#include "base/ims_log.h"
#include "bridge/sipws_call_internal.h"

static const char *const state_names[] = {
#define X(name) #name,
	SIPWS_CALL_STATES(X)
#undef X
};

static const char *const event_names[] = {
#define X(name) #name,
	SIPWS_CALL_EVENTS(X)
#undef X
};

/* Read from the top; the first row that fits wins. A pair without a row means nothing, and is logged. */
/* clang-format off */
static const struct rule {
	sipws_call_state in;
	sipws_call_event on;
	sipws_call_state go;
	void (*act)(sipws_call *call, const sipws_call_input *in);
	const char *act_name;
} rules[] = {
#define ROW(in, on, go, act) { CALL_##in, EV_##on, CALL_##go, sipws_##act, #act }
	ROW(CALLING,    TOLD_PROCEEDING, CALLING,    out_proceed),
	ROW(CALLING,    TOLD_RINGING,    CALLING,    out_ring),
	ROW(CALLING,    TOLD_PROGRESS,   CALLING,    out_progress),
	ROW(CALLING,    TOLD_ACCEPTED,   ANSWERED,   out_answer),
	ROW(CALLING,    TOLD_HANGUP,     OVER,       out_refuse),
	ROW(CALLING,    FAILED,          OVER,       out_fail),
	ROW(CALLING,    CROSSED,         CALLING,    out_dial_again),
	ROW(CALLING,    GONE,            OVER,       out_fail),
	ROW(CALLING,    CANCEL,          LEAVING,    out_cancel),
	ROW(CALLING,    BYE,             LEAVING,    out_abandon), /* RFC 3261 15: it gives up */
	ROW(CALLING,    GIVE,            CHALLENGED, out_give),
	ROW(CALLING,    CUT,             LEAVING,    out_cancel),

	ROW(CHALLENGED, GO_ON,           CALLING,    out_go_on),
	ROW(CHALLENGED, TOLD_HANGUP,     OVER,       end_nothing), /* the client has not come back */
	ROW(CHALLENGED, GONE,            OVER,       end_nothing),
	ROW(CHALLENGED, CUT,             LEAVING,    end_hangup),

	ROW(ANSWERED,   ACK,             UP,         out_confirm),
	ROW(ANSWERED,   BYE,             LEAVING,    end_hangup),
	ROW(ANSWERED,   NO_ACK,          LEAVING,    end_both),
	ROW(ANSWERED,   TOLD_HANGUP,     OWING,      end_later),
	ROW(ANSWERED,   GONE,            OVER,       end_bye),
	ROW(ANSWERED,   CUT,             LEAVING,    end_both),

	ROW(RINGING,    RING,            RINGING,    in_ring),
	ROW(RINGING,    DESCRIBE,        RINGING,    in_describe),
	ROW(RINGING,    ACCEPT,          ACCEPTING,  in_accept),
	ROW(RINGING,    MUTE,            LEAVING,    in_mute),
	ROW(RINGING,    REFUSE,          LEAVING,    in_decline),
	ROW(RINGING,    TOLD_HANGUP,     OVER,       in_cancel),
	ROW(RINGING,    GONE,            OVER,       in_cancel),
	ROW(RINGING,    CUT,             LEAVING,    in_leave),

	ROW(ACCEPTING,  TOLD_ACCEPTED,   UP,         in_accepted),
	ROW(ACCEPTING,  FAILED,          LEAVING,    end_both),
	ROW(ACCEPTING,  BYE,             LEAVING,    end_hangup),
	ROW(ACCEPTING,  EXPIRED,         LEAVING,    end_both),
	ROW(ACCEPTING,  LOST,            LEAVING,    end_hangup),
	ROW(ACCEPTING,  TOLD_HANGUP,     OVER,       end_bye),
	ROW(ACCEPTING,  GONE,            OVER,       end_bye),

	ROW(UP,         BYE,             LEAVING,    end_hangup),
	ROW(UP,         NO_ACK,          LEAVING,    end_both), /* of a re-INVITE */
	ROW(UP,         EXPIRED,         LEAVING,    end_both),
	ROW(UP,         LOST,            LEAVING,    end_hangup),
	ROW(UP,         TOLD_HANGUP,     OVER,       end_bye),
	ROW(UP,         GONE,            OVER,       end_bye),

	ROW(OWING,      ACK,             OVER,       end_bye),
	ROW(OWING,      NO_ACK,          OVER,       end_bye),
	ROW(OWING,      BYE,             OVER,       end_nothing),
	ROW(OWING,      GONE,            OVER,       end_bye),

	ROW(LEAVING,    TOLD_HANGUP,     OVER,       end_nothing),
	ROW(LEAVING,    UNHEARD,         OVER,       end_nothing), /* it knew of no call, or is silent */
	ROW(LEAVING,    GONE,            OVER,       end_nothing),
};
/* clang-format on */

static const struct rule *rule_for(sipws_call_state in, sipws_call_event on)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rules); i++)
		if (rules[i].in == in && rules[i].on == on)
			return &rules[i];
	return NULL;
}

void sipws_call_handle(sipws_call *call, sipws_call_event event, const sipws_call_input *in)
{
	const struct rule *r = rule_for(call->state, event);

	if (!r) {
		ims_verb(call->bridge->peer, "call: %s has no meaning in %s", event_names[event],
			 state_names[call->state]);
		return;
	}
	ims_verb(call->bridge->peer, "call: %s in %s -> %s", event_names[event], state_names[r->in],
		 state_names[r->go]);
	call->inside++;
	call->state = r->go; /* first: the action may raise the next event */
	r->act(call, in);
	if (--call->inside == 0 && call->state == CALL_OVER)
		sipws_call_free(call);
}

char *sipws_call_table_text(void)
{
	GString *text = g_string_new(NULL);

	for (int in = 0; in < SIPWS_CALL_N_STATES; in++)
		for (int on = 0; on < SIPWS_CALL_N_EVENTS; on++) {
			const struct rule *r = rule_for((sipws_call_state)in, (sipws_call_event)on);

			g_string_append_printf(text, "%s %s -%s%s%s%s\n", state_names[in], event_names[on],
					       r ? "> " : "", r ? state_names[r->go] : "", r ? " " : "",
					       r ? r->act_name : "");
		}
	return g_string_free(text, FALSE);
}
