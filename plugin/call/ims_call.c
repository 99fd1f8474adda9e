#include "call/ims_call.h"

#include "base/ims_error.h"
#include "base/ims_log.h"
#include "call/ims_change.h"
#include "call/ims_offer_answer.h"
#include "call/ims_silence.h"
#include "sip/ims_headers.h"
#include "sip/ims_role.h"

#define REASON_NORMAL "Reason: Q.850;cause=16;text=\"Normal call clearing\""
#define REASON_MEDIA_LOST "Reason: SIP;cause=503;text=\"Media of the browser lost\""
#define REASON_NO_MEDIA "Reason: SIP;cause=488;text=\"No usable media\""
#define REASON_SILENCE "Reason: SIP;cause=408;text=\"Media of the far end lost\""

/* clang-format off */
#define STATES(X)                                                          \
	X(CALLING,  "calling")   /* INVITE sent */                         \
	X(EARLY,    "ringing")   /* ... and a provisional answer is here */ \
	X(INCOMING, "incoming")  /* rings at our user */                   \
	X(ANSWERED, "up")        /* our 2xx is sent, its ACK is missing */ \
	X(UP,       "up")        /* from here on ims_change has its own table */ \
	X(OVER,     "ending")

#define EVENTS(X)                                                          \
	X(PROGRESS) X(ANSWER) X(FAIL)            /* of our INVITE */       \
	X(CANCEL) X(ACK) X(NO_ACK)               /* of the peer's */       \
	X(BYE) X(LOST)                           /* inside the dialog */   \
	X(ACCEPT) X(DECLINE) X(HANGUP)           /* of our user */         \
	X(RING_TIMEOUT) X(MEDIA_GONE) X(UNREACHABLE) X(SILENCE)
/* clang-format on */

typedef enum {
#define X(name, text) CALL_##name,
	STATES(X)
#undef X
		N_STATES
} call_state;

typedef enum {
#define X(name) EV_##name,
	EVENTS(X)
#undef X
		N_EVENTS
} call_event;

static const struct {
	const char *name, *shown;
} states[] = {
#define X(name, text) { #name, text },
	STATES(X)
#undef X
};

static const char *const event_names[] = {
#define X(name) #name,
	EVENTS(X)
#undef X
};

/* What an event brings along. */
typedef struct {
	const ims_sip_news *news; /* of the core */
	int status;               /* DECLINE */
	const char *headers;      /* ACCEPT, DECLINE, HANGUP */
	const char *sdp;          /* ACCEPT: what the core is told */
} call_input;

struct ims_call {
	const ims_call_events *events;
	gpointer user;
	call_state state;
	ims_invite *invite;
	ims_media *media;
	ims_offer_answer *oa;
	ims_change *change;
	ims_silence silence;
	ims_timer ring_timer;
	gboolean outgoing, browser_answered;
	gboolean offerless; /* the peer's INVITE had no description: our user offers */
	char *call_id, *peer, *browser_offer, *who;
};

static void handle(ims_call *call, call_event event, const call_input *in);

/* Saying goodbye: late events fall through, nobody finds it any more, media stops, SIP is told, then the
 * owner. */
static void retire(ims_call *call, const char *headers, int status, const char *reason,
		   const ims_sip_news *news)
{
	const ims_call_events *events = call->events;

	call->state = CALL_OVER;
	call->events = NULL;
	ims_timer_stop(&call->ring_timer);
	ims_silence_stop(&call->silence);
	ims_change_stop(call->change);
	ims_media_stop(call->media);
	ims_invite_release(g_steal_pointer(&call->invite), headers);
	ims_info(call->who, "call over: %d %s", status, reason);
	if (events)
		events->ended(call, status, reason, news, call->user);
}

/* Of our INVITE */

static void on_progress(ims_call *call, const call_input *in)
{
	g_autofree char *answer = NULL;
	g_autoptr(GError) error = NULL;

	if (in->news->sdp) {
		answer = ims_offer_answer_answered(call->oa, in->news->sdp, &error);
		if (!answer)
			ims_warn(call->who, "early media not usable: %s", error->message);
	}
	if (answer) {
		gboolean first = !call->browser_answered;

		call->browser_answered = TRUE;
		call->events->progress(call, first ? answer : NULL, call->user);
	} else if (in->news->status == 180) {
		call->events->ringing(call, call->user);
	} else {
		call->events->proceeding(call, in->news->status, call->user);
	}
}

static void on_answer(ims_call *call, const call_input *in)
{
	g_autofree char *answer = NULL;
	g_autoptr(GError) error = NULL;
	gboolean first = !call->browser_answered;

	/* A 2xx without a description stands by what the provisional answer said. */
	if (in->news->sdp || first) {
		answer = ims_offer_answer_answered(call->oa, in->news->sdp ? in->news->sdp : "", &error);
		if (!answer) {
			ims_warn(call->who, "answer not usable: %s", error->message);
			retire(call, REASON_NO_MEDIA, 488, ims_error_text((ims_error_code)error->code),
			       in->news);
			return;
		}
	}
	ims_offer_answer_settle(call->oa);
	ims_silence_start(&call->silence);
	ims_change_start(call->change, call->invite, TRUE);
	call->browser_answered = TRUE;
	call->events->answered(call, first ? answer : NULL, call->user);
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
	ims_silence_start(&call->silence);
	ims_change_start(call->change, call->invite, TRUE);
	call->events->answered(call, answer, call->user);
}

static void on_ack(ims_call *call, const call_input *in)
{
	if (call->offerless)
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

/* Of our user */

static void do_accept(ims_call *call, const call_input *in)
{
	ims_timer_stop(&call->ring_timer);
	ims_invite_accept(call->invite, in->sdp, in->headers);
	if (call->offerless)
		return;
	ims_silence_start(&call->silence);
	ims_change_start(call->change, call->invite, FALSE);
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
	ROW(CALLING,  HANGUP,       OVER,     do_cancel),
	ROW(CALLING,  MEDIA_GONE,   OVER,     cancel_lost),
	ROW(CALLING,  UNREACHABLE,  OVER,     cancel_lost),

	ROW(EARLY,    PROGRESS,     EARLY,    on_progress),
	ROW(EARLY,    ANSWER,       UP,       on_answer),
	ROW(EARLY,    FAIL,         OVER,     on_fail),
	ROW(EARLY,    HANGUP,       OVER,     do_cancel),
	ROW(EARLY,    MEDIA_GONE,   OVER,     cancel_lost),
	ROW(EARLY,    UNREACHABLE,  OVER,     cancel_lost),

	ROW(INCOMING, CANCEL,       OVER,     on_cancel),
	ROW(INCOMING, BYE,          OVER,     on_early_bye),
	ROW(INCOMING, ACCEPT,       ANSWERED, do_accept),
	ROW(INCOMING, DECLINE,      OVER,     do_decline),
	ROW(INCOMING, HANGUP,       OVER,     refuse_hangup),
	ROW(INCOMING, RING_TIMEOUT, OVER,     on_ring_timeout),
	/* Of an earlier call on this handle: this one has no PeerConnection yet. */
	ROW(INCOMING, MEDIA_GONE,   INCOMING, nothing),
	ROW(INCOMING, UNREACHABLE,  OVER,     refuse_unreachable),

	ROW(ANSWERED, ACK,          UP,       on_ack),
	ROW(ANSWERED, NO_ACK,       OVER,     on_no_ack),
	ROW(ANSWERED, BYE,          OVER,     on_bye),
	ROW(ANSWERED, HANGUP,       OVER,     do_hangup),
	ROW(ANSWERED, MEDIA_GONE,   OVER,     lose_media),
	ROW(ANSWERED, UNREACHABLE,  OVER,     lose_media),
	ROW(ANSWERED, LOST,         OVER,     on_lost),
	ROW(ANSWERED, SILENCE,      OVER,     on_silence),

	ROW(UP,       BYE,          OVER,     on_bye),
	ROW(UP,       HANGUP,       OVER,     do_hangup),
	ROW(UP,       MEDIA_GONE,   OVER,     lose_media),
	ROW(UP,       UNREACHABLE,  OVER,     lose_media),
	ROW(UP,       NO_ACK,       OVER,     on_no_ack),
	ROW(UP,       LOST,         OVER,     on_lost),
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

static void handle(ims_call *call, call_event event, const call_input *in)
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

static gboolean is_allowed(const ims_call *call, call_event event, GError **error)
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

/* What the INVITE session tells */

#define TELL(function, event)                                                                                \
	static void function(const ims_sip_news *news, gpointer user)                                        \
	{                                                                                                    \
		handle(user, event, &(call_input){ .news = news });                                          \
	}

TELL(invite_progress, EV_PROGRESS)
TELL(invite_answered, EV_ANSWER)
TELL(invite_failed, EV_FAIL)
TELL(invite_cancelled, EV_CANCEL)
TELL(invite_confirmed, EV_ACK)
TELL(invite_ended, EV_BYE)
TELL(change_lost, EV_LOST)

static void invite_unconfirmed(gpointer user)
{
	handle(user, EV_NO_ACK, &(call_input){ 0 });
}

static int invite_message(const ims_sip_news *news, gpointer user)
{
	ims_call *call = user;

	return call->events ? call->events->message(call, news, call->user) : 481;
}

static void invite_picture_wanted(gpointer user)
{
	ims_media_want_key_frame(((ims_call *)user)->media);
}

#define PASS_ON(function, to)                                                                                \
	static void function(const ims_sip_news *news, gpointer user)                                        \
	{                                                                                                    \
		to(((ims_call *)user)->change, news);                                                        \
	}

PASS_ON(invite_reoffered, ims_change_reoffered)
PASS_ON(invite_reanswered, ims_change_reanswered)
PASS_ON(invite_reconfirmed, ims_change_confirmed)
PASS_ON(invite_withdrawn, ims_change_withdrawn)

static const ims_invite_events invite_events = {
	.progress = invite_progress,
	.answered = invite_answered,
	.failed = invite_failed,
	.cancelled = invite_cancelled,
	.confirmed = invite_confirmed,
	.unconfirmed = invite_unconfirmed,
	.reoffered = invite_reoffered,
	.withdrawn = invite_withdrawn,
	.reconfirmed = invite_reconfirmed,
	.reanswered = invite_reanswered,
	.message = invite_message,
	.picture_wanted = invite_picture_wanted,
	.ended = invite_ended,
};

static void on_ring_timer(gpointer user)
{
	handle(user, EV_RING_TIMEOUT, &(call_input){ 0 });
}

static void on_silent(gpointer user)
{
	handle(user, EV_SILENCE, &(call_input){ 0 });
}

/* What its changes tell */

static void change_asked(const char *browser_offer, gpointer user)
{
	ims_call *call = user;

	call->events->update_asked(call, browser_offer, call->user);
}

static void change_updated(const char *browser_answer, gpointer user)
{
	ims_call *call = user;

	call->events->updated(call, browser_answer, call->user);
}

static void change_failed(int status, const char *reason, gpointer user)
{
	ims_call *call = user;

	call->events->update_failed(call, status, reason, call->user);
}

static void change_peer_holds(gboolean holds, gpointer user)
{
	ims_call *call = user;

	call->events->peer_holds(call, holds, call->user);
}

static const ims_change_events change_events = {
	.asked = change_asked,
	.updated = change_updated,
	.failed = change_failed,
	.peer_holds = change_peer_holds,
	.lost = change_lost,
};

/* Making one */

static ims_call *call_new(const ims_call_setup *setup, const char *peer, gboolean outgoing)
{
	const ims_config_media *media = &setup->config->media;
	const ims_sdp_policy policy = { setup->user.network->video_codecs, setup->user.network->video_kbps };
	ims_clock *clock = ims_stack_clock(setup->stack);
	ims_call *call = g_new0(ims_call, 1);

	call->state = CALL_OVER; /* until its INVITE is sent, or taken over */
	call->outgoing = outgoing;
	call->peer = g_strdup(peer);
	call->who = g_strdup_printf("%s %s %s", setup->user.identity, outgoing ? "to" : "from", peer);
	call->media = ims_media_new(&(ims_media_setup){ .address = media->address,
							.dscp = media->dscp,
							.ports = setup->ports,
							.gateway = setup->gateway,
							.handle = setup->handle,
							.owner = call->who });
	call->oa = ims_offer_answer_new(call->media, media->public_address, &policy);
	call->change = ims_change_new(&(ims_change_setup){ .clock = clock,
							   .oa = call->oa,
							   .who = call->who,
							   .answer_s = setup->config->update_timeout_s,
							   .outgoing = outgoing },
				      &change_events, call);
	ims_silence_init(&call->silence, clock, call->media, call->oa, media->timeout_s, on_silent, call);
	ims_timer_init(&call->ring_timer, clock, on_ring_timer, call);
	return call;
}

static gboolean send_invite(ims_call *call, const ims_call_setup *setup, const ims_call_target *target,
			    GError **error)
{
	g_autofree char *offer = ims_offer_answer_offer(call->oa, target->browser_offer, error);
	g_auto(ims_role_lines) lines = ims_role_originating(&setup->user);
	g_autofree char *first = ims_header_join(lines.first, target->headers);

	if (!offer)
		return FALSE;
	call->invite =
		ims_invite_call(setup->stack,
				&(ims_invite_request){ .target = target->uri,
						       .caller = target->caller,
						       .caller_name = target->caller_name,
						       .call_id = target->call_id,
						       .route = target->route,
						       .sdp = offer,
						       .style = { lines.contact, lines.record_route, first,
								  lines.later, setup->user.network } },
				&invite_events, call, error);
	return call->invite != NULL;
}

ims_call *ims_call_dial(const ims_call_setup *setup, const ims_call_target *target,
			const ims_call_events *events, gpointer user, GError **error)
{
	ims_call *call = call_new(setup, target->uri, TRUE);

	if (!send_invite(call, setup, target, error)) {
		ims_call_free(call);
		return NULL;
	}
	call->call_id = g_strdup(ims_invite_call_id(call->invite));
	call->state = CALL_CALLING;
	call->events = events;
	call->user = user;
	return call;
}

static void take_invite(ims_call *call, const ims_call_setup *setup, ims_invite *invite,
			const ims_sip_news *news)
{
	g_auto(ims_role_lines) lines = ims_role_terminating(&setup->user, news);

	ims_invite_bind(invite,
			&(ims_invite_style){ lines.contact, lines.record_route, lines.first, lines.later,
					     setup->user.network },
			&invite_events, call);
	call->invite = invite;
}

ims_call *ims_call_receive(const ims_call_setup *setup, ims_invite *invite, const ims_sip_news *news,
			   const ims_call_events *events, gpointer user, char **ret_browser_offer,
			   GError **error)
{
	ims_call *call = call_new(setup, news->caller, FALSE);
	char *offer = news->sdp ? ims_offer_answer_offered(call->oa, news->sdp, error) : NULL;

	if (news->sdp && !offer) {
		ims_call_free(call);
		return NULL;
	}
	call->call_id = g_strdup(news->call_id);
	call->state = CALL_INCOMING;
	call->events = events;
	call->user = user;
	call->browser_offer = offer;
	call->offerless = !offer;
	take_invite(call, setup, invite, news);
	ims_invite_ring(invite);
	ims_timer_arm(&call->ring_timer, (gint64)setup->config->ring_timeout_s * 1000);
	*ret_browser_offer = g_strdup(offer);
	return call;
}

void ims_call_free(ims_call *call)
{
	if (!call)
		return;
	call->events = NULL;
	if (call->state != CALL_OVER)
		retire(call, call->state == CALL_INCOMING ? NULL : REASON_MEDIA_LOST, 480, "The user is gone",
		       NULL);
	ims_change_free(call->change);
	ims_offer_answer_free(call->oa);
	ims_media_unref(call->media);
	g_free(call->call_id);
	g_free(call->peer);
	g_free(call->browser_offer);
	g_free(call->who);
	g_free(call);
}

/* Requests of the user */

static gboolean check_type(const ims_call *call, gboolean offers, GError **error)
{
	if (offers == call->offerless)
		return TRUE;
	g_set_error_literal(error, IMS_ERROR, IMS_E_MISSING_SDP,
			    offers ? "accept: the JSEP must be an answer to the caller's offer"
				   : "accept: the caller made no offer, so the JSEP must be one");
	return FALSE;
}

gboolean ims_call_accept(ims_call *call, const char *browser_sdp, gboolean offers, const char *headers,
			 GError **error)
{
	g_autofree char *sdp = NULL;

	if (!is_allowed(call, EV_ACCEPT, error) || !check_type(call, offers, error))
		return FALSE;
	sdp = offers ? ims_offer_answer_offer(call->oa, browser_sdp, error)
		     : ims_offer_answer_accept(call->oa, browser_sdp, error);
	if (!sdp)
		return FALSE;
	handle(call, EV_ACCEPT, &(call_input){ .sdp = sdp, .headers = headers });
	return TRUE;
}

gboolean ims_call_decline(ims_call *call, int status, const char *headers, GError **error)
{
	if (call->state == CALL_UP || call->state == CALL_ANSWERED)
		return ims_change_decline(call->change, status, error);
	if (!is_allowed(call, EV_DECLINE, error))
		return FALSE;
	handle(call, EV_DECLINE, &(call_input){ .status = status, .headers = headers });
	return TRUE;
}

gboolean ims_call_hangup(ims_call *call, const char *headers, GError **error)
{
	if (!is_allowed(call, EV_HANGUP, error))
		return FALSE;
	handle(call, EV_HANGUP, &(call_input){ .headers = headers });
	return TRUE;
}

gboolean ims_call_hold(ims_call *call, ims_direction direction, GError **error)
{
	return ims_change_hold(call->change, direction, error);
}

gboolean ims_call_update(ims_call *call, const char *browser_sdp, gboolean offers, GError **error)
{
	return offers ? ims_change_update(call->change, browser_sdp, error)
		      : ims_change_answer(call->change, browser_sdp, error);
}

void ims_call_set_autoaccept(ims_call *call, gboolean autoaccept)
{
	ims_change_set_autoaccept(call->change, autoaccept);
}

gboolean ims_call_dtmf(ims_call *call, char digit, guint duration_ms, const char *headers, GError **error)
{
	g_autoptr(GError) why = NULL;
	g_autofree char *body = NULL;

	if (call->state < CALL_ANSWERED || call->state == CALL_OVER) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_WRONG_STATE, "Digits can be sent in a call only");
		return FALSE;
	}
	if (ims_media_dtmf(call->media, digit, duration_ms, &why))
		return TRUE;
	if (!g_error_matches(why, IMS_ERROR, IMS_E_UNSUPPORTED)) {
		g_propagate_error(error, g_steal_pointer(&why));
		return FALSE;
	}
	body = g_strdup_printf("Signal=%c\r\nDuration=%u\r\n", digit, duration_ms);
	ims_invite_info(call->invite, "application/dtmf-relay", body, headers);
	return TRUE;
}

void ims_call_ask_picture(ims_call *call)
{
	static const char body[] = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n"
				   "<media_control><vc_primitive><to_encoder><picture_fast_update/>"
				   "</to_encoder></vc_primitive></media_control>\r\n";

	if (call->state == CALL_UP)
		ims_invite_info(call->invite, IMS_MEDIA_CONTROL, body, NULL);
}

void ims_call_media_gone(ims_call *call)
{
	handle(call, EV_MEDIA_GONE, &(call_input){ 0 });
}

/* A change that the browser cannot even hear of is refused; the call goes on. */
void ims_call_unreachable(ims_call *call)
{
	if (!ims_change_decline(call->change, 488, NULL))
		handle(call, EV_UNREACHABLE, &(call_input){ 0 });
}

/* Looking at it */

const char *ims_call_id(const ims_call *call)
{
	return call->call_id;
}

const char *ims_call_peer(const ims_call *call)
{
	return call->peer;
}

const char *ims_call_state_name(const ims_call *call)
{
	return states[call->state].shown;
}

const char *ims_call_open_offer(const ims_call *call)
{
	return ims_call_is_unanswered(call) ? call->browser_offer : ims_change_browser_offer(call->change);
}

gboolean ims_call_is_outgoing(const ims_call *call)
{
	return call->outgoing;
}

gboolean ims_call_is_unanswered(const ims_call *call)
{
	return call->state == CALL_INCOMING;
}

gboolean ims_call_is_offerless(const ims_call *call)
{
	return call->offerless;
}

gboolean ims_call_is_held(const ims_call *call)
{
	return ims_offer_answer_is_held(call->oa);
}

ims_invite *ims_call_dialog(const ims_call *call)
{
	return call->state >= CALL_ANSWERED && call->state != CALL_OVER ? call->invite : NULL;
}

gboolean ims_call_peer_holds(const ims_call *call)
{
	return ims_offer_answer_peer_holds(call->oa);
}

const GArray *ims_call_streams(const ims_call *call)
{
	return ims_offer_answer_streams(call->oa);
}

ims_media *ims_call_media(ims_call *call)
{
	return call->media;
}
