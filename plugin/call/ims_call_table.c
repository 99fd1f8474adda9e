/* ims_call_table.c: the states of a call, and what each event does in them. */
#include "base/ims_error.h"
#include "base/ims_log.h"
#include "call/internal.h"
#include "sip/ims_headers.h"

#define REASON_NORMAL "Reason: Q.850;cause=16;text=\"Normal call clearing\""
#define REASON_MEDIA_LOST "Reason: SIP;cause=503;text=\"Media of the browser lost\""
#define REASON_NO_MEDIA "Reason: SIP;cause=488;text=\"No usable media\""
#define REASON_NO_ANSWER "Reason: SIP;cause=408;text=\"Not answered in time\""
#define REASON_EXPIRED "Reason: SIP;cause=408;text=\"Session expired\""
#define REASON_SILENCE "Reason: SIP;cause=408;text=\"Media of the far end lost\""

static const struct {
	const char *name, *shown;
} states[] = {
#define X(name, text) { #name, text },
	IMS_CALL_STATES(X)
#undef X
};

static const char *const event_names[] = {
#define X(name) #name,
	IMS_CALL_EVENTS(X)
#undef X
};

/* Saying goodbye: late events fall through, nobody finds it any more, media stops, SIP is told, then the
 * owner. */
static void retire(ims_call *call, const char *headers, int status, const char *reason,
		   const ims_sip_news *news)
{
	const ims_call_events *events = call->events;

	ims_quality_watch_stop(&call->quality);
	call->state = CALL_OVER;
	call->events = NULL;
	ims_timer_stop(&call->ring_timer);
	ims_timer_stop(&call->goodbye_timer);
	ims_silence_stop(&call->core_silence);
	ims_silence_stop(&call->browser_silence);
	if (call->forks)
		ims_forks_stop(call->forks);
	ims_change_stop(call->change);
	ims_media_stop(call->media);
	ims_call_dialog_id(call); /* is asked for afterwards, too */
	ims_invite_release(g_steal_pointer(&call->invite), headers);
	ims_info(call->who, "call over: %d %s", status, reason);
	if (events)
		events->ended(call, status, reason, news, call->user);
}

/* Of our INVITE */

static void tell_early(ims_call *call, ims_forks_told what, const ims_sip_news *news,
		       const char *browser_answer)
{
	switch (what) {
	case IMS_FORKS_PROGRESS:
		call->events->progress(call, news, browser_answer, call->user);
		break;
	case IMS_FORKS_RINGING:
		call->events->ringing(call, news, call->user);
		break;
	case IMS_FORKS_PROCEEDING:
		call->events->proceeding(call, news, call->user);
		break;
	case IMS_FORKS_NOTHING:
		break;
	}
}

static void on_progress(ims_call *call, const call_input *in)
{
	g_autofree char *answer = NULL;
	ims_forks_told what = ims_forks_heard(call->forks, in->news, &answer);

	tell_early(call, what, in->news, answer);
}

static void on_early_offer(ims_call *call, const call_input *in)
{
	g_autofree char *answer = NULL;
	ims_forks_told what = ims_forks_offered(call->forks, in->news, &answer);

	tell_early(call, what, in->news, answer);
}

static void on_early_answer(ims_call *call, const call_input *in)
{
	if (call->forks) /* the peer's INVITE has none */
		ims_forks_reanswered(call->forks, in->news);
}

static void on_fork_end(ims_call *call, const call_input *in)
{
	tell_early(call, ims_forks_ended(call->forks, in->news), in->news, NULL);
}

static void watch_media(ims_call *call)
{
	ims_silence_start(&call->core_silence);
	ims_silence_start(&call->browser_silence);
	ims_quality_watch_start(&call->quality);
}

static void on_answer(ims_call *call, const call_input *in)
{
	g_autofree char *answer = NULL;
	g_autoptr(GError) error = NULL;

	if (!ims_forks_answered(call->forks, in->news, &answer, &error)) {
		ims_warn(call->who, "answer not usable: %s", error->message);
		retire(call, REASON_NO_MEDIA, 488, ims_error_text((ims_error_code)error->code), in->news);
		return;
	}
	ims_timer_stop(&call->ring_timer);
	ims_offer_answer_settle(call->oa);
	watch_media(call);
	ims_change_start(call->change, call->invite, TRUE);
	call->focus = g_strdup(in->news->focus);
	call->events->answered(call, in->news, answer, call->user);
}

static void on_fail(ims_call *call, const call_input *in)
{
	retire(call, NULL, in->news->status, in->news->reason ? in->news->reason : "", in->news);
}

/* Of the peer's INVITE */

static void on_cancel(ims_call *call, const call_input *in)
{
	retire(call, NULL, 487, "Cancelled by the caller", in->news);
}

static void on_ready(ims_call *call, const call_input *in)
{
	(void)in;
	ims_call_tell_user(call);
}

static void set_browser_offer(ims_call *call, char *offer)
{
	g_free(call->browser_offer);
	call->browser_offer = offer;
}

/* The answer to our offer, where the INVITE had none. */
static void take_prack(ims_call *call, const call_input *in)
{
	g_autoptr(GError) error = NULL;
	const char *answer = in->news->sdp ? in->news->sdp : "";

	set_browser_offer(call, ims_offer_answer_stand_in_answered(call->oa, answer, &error));
	if (call->browser_offer) {
		ims_call_handle(call, EV_READY, &(call_input){ 0 });
		return;
	}
	ims_warn(call->who, "the answer in the PRACK is not usable: %s", error->message);
	ims_invite_refuse(call->invite, 488, NULL);
	retire(call, NULL, 488, ims_error_text((ims_error_code)error->code), in->news);
}

/* The caller's network reports: our user is told as soon as all is there that it insists on (RFC 3312 8). */
static void on_report(ims_call *call, const call_input *in)
{
	g_autoptr(GError) error = NULL;
	char *browser_offer = ims_offer_answer_offered(call->oa, in->news->sdp, &error);
	g_autofree char *answer = browser_offer ? ims_offer_answer_stand_in(call->oa, &error) : NULL;

	if (browser_offer)
		set_browser_offer(call, browser_offer);
	if (!answer)
		ims_warn(call->who, "an offer before the answer refused: %s", error->message);
	ims_invite_early_answer(call->invite, in->news->peer_tag, answer ? 200 : 488, answer);
	if (answer && ims_offer_answer_reserved(call->oa) < IMS_SDP_QOS_PENDING)
		ims_call_handle(call, EV_READY, &(call_input){ 0 });
}

/* What the browser need not know is answered; for more there is no time before the call is accepted (RFC 3311
 * 5.2). */
static void on_offer_before_answer(ims_call *call, const call_input *in)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *answer = NULL;
	ims_sdp_change change;
	int status = 488;

	if (!ims_offer_answer_streams(call->oa)) {
		status = 500; /* the offer of the INVITE, or ours, comes first */
	} else if (ims_offer_answer_compare(call->oa, in->news->sdp, &change, &error)) {
		gboolean asked = call->described || call->state == CALL_ANSWERED;

		status = 504;
		if (change != IMS_SDP_RESHAPED)
			answer = asked ? ims_offer_answer_reoffered(call->oa, in->news->sdp, &error)
				       : ims_offer_answer_stand_in_again(call->oa, in->news->sdp, &error);
	}
	ims_invite_early_answer(call->invite, in->news->peer_tag, answer ? 200 : status, answer);
}

/* With the answer to the offer of our 2xx when the INVITE had none (RFC 3264 4, RFC 3261 13.2.1). */
static void take_late_answer(ims_call *call, const ims_sip_news *news)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *answer = ims_offer_answer_answered(call->oa, news->sdp ? news->sdp : "", &error);

	if (!answer) {
		ims_warn(call->who, "the answer in the ACK is not usable: %s", error->message);
		retire(call, REASON_NO_MEDIA, 488, ims_error_text((ims_error_code)error->code), news);
		return;
	}
	ims_offer_answer_settle(call->oa);
	watch_media(call);
	ims_change_start(call->change, call->invite, TRUE);
	call->events->answered(call, news, answer, call->user);
}

static void on_ack(ims_call *call, const call_input *in)
{
	if (ims_call_is_offerless(call))
		take_late_answer(call, in->news);
	else
		ims_change_confirmed(call->change, in->news);
}

static void on_no_ack(ims_call *call, const call_input *in)
{
	(void)in;
	retire(call, NULL, 408, "The answer was never acknowledged", NULL);
}

static void on_ring_timeout(ims_call *call, const call_input *in)
{
	(void)in;
	ims_invite_refuse(call->invite, 480, NULL);
	retire(call, NULL, 408, "Not answered in time", NULL);
}

/* Inside the dialog */

static void on_bye(ims_call *call, const call_input *in)
{
	retire(call, NULL, 200, "Session terminated", in->news);
}

static void on_early_bye(ims_call *call, const call_input *in)
{
	retire(call, NULL, 487, "Ended by the caller", in->news);
}

static void on_lost(ims_call *call, const call_input *in)
{
	retire(call, NULL, in->news->status, in->news->reason ? in->news->reason : "", in->news);
}

static void on_silence(ims_call *call, const call_input *in)
{
	(void)in;
	retire(call, REASON_SILENCE, 408, "Nothing came from the far end any more", NULL);
}

static void on_expired(ims_call *call, const call_input *in)
{
	(void)in;
	retire(call, REASON_EXPIRED, 408, "No sign of the far end for too long", NULL);
}

/* Of our user */

static void do_ring(ims_call *call, const call_input *in)
{
	(void)in;
	ims_invite_ring(call->invite);
}

static void do_describe(ims_call *call, const call_input *in)
{
	call->described = TRUE;
	if (in->sdp)
		ims_invite_progress(call->invite, in->sdp, in->headers);
}

static void do_accept(ims_call *call, const call_input *in)
{
	ims_timer_stop(&call->ring_timer);
	ims_invite_accept(call->invite, in->sdp, in->headers);
	if (ims_call_is_offerless(call))
		return;
	watch_media(call);
	ims_change_start(call->change, call->invite, FALSE);
	if (call->owes)
		ims_change_owe(call->change);
}

static void do_decline(ims_call *call, const call_input *in)
{
	ims_invite_refuse(call->invite, in->status, in->headers);
	retire(call, NULL, in->status, "Declined", NULL);
}

static void refuse_hangup(ims_call *call, const call_input *in)
{
	ims_invite_refuse(call->invite, 486, in->headers);
	retire(call, NULL, 486, "Declined", NULL);
}

static void do_cancel(ims_call *call, const call_input *in)
{
	g_autofree char *lines = ims_header_join(REASON_NORMAL, in->headers);

	retire(call, lines, 487, "Request Terminated", NULL);
}

static void give_up(ims_call *call, const call_input *in)
{
	(void)in;
	retire(call, REASON_NO_ANSWER, 408, "Not answered in time", NULL);
}

static void cancel_lost(ims_call *call, const call_input *in)
{
	(void)in;
	retire(call, REASON_MEDIA_LOST, 487, "The media connection to the browser was lost", NULL);
}

static void do_hangup(ims_call *call, const call_input *in)
{
	g_autofree char *lines = ims_header_join(REASON_NORMAL, in->headers);

	retire(call, lines, 200, "Session terminated", NULL);
}

static void lose_media(ims_call *call, const call_input *in)
{
	(void)in;
	retire(call, REASON_MEDIA_LOST, 503, "The media connection to the browser was lost", NULL);
}

static void refuse_unreachable(ims_call *call, const call_input *in)
{
	(void)in;
	ims_invite_refuse(call->invite, 480, NULL);
	retire(call, NULL, 480, "The browser cannot be reached", NULL);
}

/* Else it is that of an earlier call on this handle: this one has no PeerConnection yet. */
static void refuse_if_described(ims_call *call, const call_input *in)
{
	if (call->described)
		refuse_unreachable(call, in);
}

static void nothing(ims_call *call, const call_input *in)
{
	(void)call;
	(void)in;
}

/* Read from the top; the first row that fits wins. A pair without a row: a request of the user is an error,
 * an event of the core is logged. */
/* clang-format off */
static const struct rule {
	call_state in;
	call_event on;
	call_state go;
	void (*act)(ims_call *call, const call_input *in);
	const char *act_name;
} rules[] = {
#define ROW(in, on, go, act) { CALL_##in, EV_##on, CALL_##go, act, #act }
	ROW(CALLING,  PROGRESS,     EARLY,    on_progress),
	ROW(CALLING,  ANSWER,       UP,       on_answer),
	ROW(CALLING,  FAIL,         OVER,     on_fail),
	ROW(CALLING,  FORK_END,     CALLING,  on_fork_end),
	ROW(CALLING,  HANGUP,       OVER,     do_cancel),
	ROW(CALLING,  RING_TIMEOUT, OVER,     give_up),
	ROW(CALLING,  MEDIA_GONE,   OVER,     cancel_lost),
	ROW(CALLING,  UNREACHABLE,  OVER,     cancel_lost),

	ROW(EARLY,    PROGRESS,     EARLY,    on_progress),
	ROW(EARLY,    ANSWER,       UP,       on_answer),
	ROW(EARLY,    FAIL,         OVER,     on_fail),
	ROW(EARLY,    EARLY_OFFER,  EARLY,    on_early_offer),
	ROW(EARLY,    EARLY_ANSWER, EARLY,    on_early_answer),
	ROW(EARLY,    FORK_END,     EARLY,    on_fork_end),
	ROW(EARLY,    HANGUP,       OVER,     do_cancel),
	ROW(EARLY,    RING_TIMEOUT, OVER,     give_up),
	ROW(EARLY,    MEDIA_GONE,   OVER,     cancel_lost),
	ROW(EARLY,    UNREACHABLE,  OVER,     cancel_lost),

	ROW(RESERVING, READY,        INCOMING,  on_ready),
	ROW(RESERVING, PRACK,        RESERVING, take_prack),
	ROW(RESERVING, EARLY_OFFER,  RESERVING, on_report),
	ROW(RESERVING, CANCEL,       OVER,      on_cancel),
	ROW(RESERVING, NO_ACK,       OVER,      on_no_ack),
	ROW(RESERVING, BYE,          OVER,      on_early_bye),
	ROW(RESERVING, HANGUP,       OVER,      refuse_hangup),
	ROW(RESERVING, RING_TIMEOUT, OVER,      on_ring_timeout),
	ROW(RESERVING, MEDIA_GONE,   RESERVING, nothing), /* of an earlier call on this handle */
	ROW(RESERVING, UNREACHABLE,  OVER,      refuse_unreachable),

	ROW(INCOMING, EARLY_OFFER,  INCOMING, on_offer_before_answer),
	ROW(INCOMING, CANCEL,       OVER,     on_cancel),
	ROW(INCOMING, NO_ACK,       OVER,     on_no_ack),
	ROW(INCOMING, RING,         INCOMING, do_ring),
	ROW(INCOMING, DESCRIBE,     INCOMING, do_describe),
	ROW(INCOMING, BYE,          OVER,     on_early_bye),
	ROW(INCOMING, ACCEPT,       ANSWERED, do_accept),
	ROW(INCOMING, DECLINE,      OVER,     do_decline),
	ROW(INCOMING, HANGUP,       OVER,     refuse_hangup),
	ROW(INCOMING, RING_TIMEOUT, OVER,     on_ring_timeout),
	ROW(INCOMING, MEDIA_GONE,   INCOMING, refuse_if_described),
	ROW(INCOMING, UNREACHABLE,  OVER,     refuse_unreachable),

	/* The 2xx may wait for a PRACK. */
	ROW(ANSWERED, CANCEL,       OVER,     on_cancel),
	ROW(ANSWERED, EARLY_OFFER,  ANSWERED, on_offer_before_answer),
	ROW(ANSWERED, ACK,          UP,       on_ack),
	ROW(ANSWERED, NO_ACK,       OVER,     on_no_ack),
	ROW(ANSWERED, BYE,          OVER,     on_bye),
	ROW(ANSWERED, HANGUP,       OVER,     do_hangup),
	ROW(ANSWERED, MEDIA_GONE,   OVER,     lose_media),
	ROW(ANSWERED, UNREACHABLE,  OVER,     lose_media),
	ROW(ANSWERED, LOST,         OVER,     on_lost),
	ROW(ANSWERED, EXPIRED,      OVER,     on_expired),
	ROW(ANSWERED, SILENCE,      OVER,     on_silence),

	ROW(UP,       EARLY_ANSWER, UP,       on_early_answer), /* it was under way */
	ROW(UP,       BYE,          OVER,     on_bye),
	ROW(UP,       HANGUP,       OVER,     do_hangup),
	ROW(UP,       MEDIA_GONE,   OVER,     lose_media),
	ROW(UP,       UNREACHABLE,  OVER,     lose_media),
	ROW(UP,       NO_ACK,       OVER,     on_no_ack),
	ROW(UP,       LOST,         OVER,     on_lost),
	ROW(UP,       EXPIRED,      OVER,     on_expired),
	ROW(UP,       SILENCE,      OVER,     on_silence),
};
/* clang-format on */

static const struct rule *rule_for(const ims_call *call, call_event event)
{
	for (gsize i = 0; i < G_N_ELEMENTS(rules); i++)
		if (rules[i].in == call->state && rules[i].on == event)
			return &rules[i];
	return NULL;
}

void ims_call_handle(ims_call *call, call_event event, const call_input *in)
{
	const struct rule *r = rule_for(call, event);

	if (!r) {
		ims_verb(call->who, "call: %s has no meaning in %s", event_names[event],
			 states[call->state].name);
		return;
	}
	ims_verb(call->who, "call: %s in %s -> %s", event_names[event], states[r->in].name,
		 states[r->go].name);
	call->state = r->go; /* first: the action may raise the next event */
	r->act(call, in);
}

gboolean ims_call_allows(const ims_call *call, call_event event, GError **error)
{
	if (rule_for(call, event))
		return TRUE;
	g_set_error(error, IMS_ERROR, IMS_E_WRONG_STATE, "Not possible while the call is '%s'",
		    states[call->state].shown);
	return FALSE;
}

char *ims_call_table_text(void)
{
	GString *text = g_string_new(NULL);

	for (int in = 0; in < N_STATES; in++)
		for (int on = 0; on < N_EVENTS; on++) {
			const ims_call at = { .state = (call_state)in };
			const struct rule *r = rule_for(&at, (call_event)on);

			g_string_append_printf(text, "%s %s -%s%s%s%s\n", states[in].name, event_names[on],
					       r ? "> " : "", r ? states[r->go].name : "", r ? " " : "",
					       r ? r->act_name : "");
		}
	return g_string_free(text, FALSE);
}

const char *ims_call_state_name(const ims_call *call)
{
	return states[call->state].shown;
}
