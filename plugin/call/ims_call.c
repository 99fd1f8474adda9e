/* ims_call.c: a call is made, hears what SIP, time and its changes tell, and what its user wants. */
#include <string.h>

#include "base/ims_error.h"
#include "base/ims_log.h"
#include "call/internal.h"
#include "sip/ims_headers.h"
#include "sip/ims_role.h"

/* A page that hangs up closes its PeerConnection as well. Its request comes by TCP, which may have a segment or
 * two to send again, and is overtaken by what tells Janus of the latter. */
#define GOODBYE_MS 2000

/* What the INVITE session tells */

#define TELL(function, event)                                                                                \
	static void function(const ims_sip_news *news, gpointer user)                                        \
	{                                                                                                    \
		ims_call_handle(user, event, &(call_input){ .news = news });                                 \
	}

TELL(invite_progress, EV_PROGRESS)
TELL(invite_answered, EV_ANSWER)
TELL(invite_failed, EV_FAIL)
TELL(invite_early_offered, EV_EARLY_OFFER)
TELL(invite_early_answered, EV_EARLY_ANSWER)
TELL(invite_early_ended, EV_FORK_END)
TELL(invite_cancelled, EV_CANCEL)
TELL(invite_pracked, EV_PRACK)
TELL(invite_confirmed, EV_ACK)
TELL(invite_ended, EV_BYE)
TELL(invite_lost, EV_LOST)
TELL(change_lost, EV_LOST)

static void invite_unconfirmed(gpointer user)
{
	ims_call_handle(user, EV_NO_ACK, &(call_input){ 0 });
}

static void invite_expired(gpointer user)
{
	ims_call_handle(user, EV_EXPIRED, &(call_input){ 0 });
}

static void invite_refresh_wanted(gpointer user)
{
	ims_change_refresh(((ims_call *)user)->change);
}

static int invite_message(const ims_sip_news *news, gpointer user)
{
	ims_call *call = user;

	return call->events ? call->events->message(call, news, call->user) : 481;
}

static int invite_info(const ims_sip_news *news, gpointer user)
{
	ims_call *call = user;

	return call->events ? call->events->info(call, news, call->user) : 481;
}

static int invite_referred(ims_referral *referral, const ims_sip_news *news, gpointer user)
{
	ims_call *call = user;

	return call->events ? call->events->referred(call, referral, news, call->user) : 481;
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

const ims_invite_events ims_call_invite_events = {
	.progress = invite_progress,
	.answered = invite_answered,
	.failed = invite_failed,
	.early_offered = invite_early_offered,
	.early_answered = invite_early_answered,
	.early_ended = invite_early_ended,
	.cancelled = invite_cancelled,
	.pracked = invite_pracked,
	.confirmed = invite_confirmed,
	.unconfirmed = invite_unconfirmed,
	.reoffered = invite_reoffered,
	.withdrawn = invite_withdrawn,
	.reconfirmed = invite_reconfirmed,
	.reanswered = invite_reanswered,
	.message = invite_message,
	.info = invite_info,
	.referred = invite_referred,
	.picture_wanted = invite_picture_wanted,
	.ended = invite_ended,
	.refresh_wanted = invite_refresh_wanted,
	.lost = invite_lost,
	.expired = invite_expired,
};

static void on_ring_timer(gpointer user)
{
	ims_call_handle(user, EV_RING_TIMEOUT, &(call_input){ 0 });
}

static void on_silent(gpointer user)
{
	ims_call_handle(user, EV_SILENCE, &(call_input){ 0 });
}

static void on_goodbye_timer(gpointer user)
{
	ims_call_handle(user, EV_MEDIA_GONE, &(call_input){ 0 });
}

static void on_quality(const ims_quality_report *report, gpointer user)
{
	ims_call *call = user;

	if (call->events)
		call->events->quality(call, report, call->user);
}

static void on_browser_silent(gpointer user)
{
	ims_call_handle(user, EV_MEDIA_GONE, &(call_input){ 0 });
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

static void change_peer_holds(ims_direction media, gpointer user)
{
	ims_call *call = user;

	call->events->peer_holds(call, media, call->user);
}

static const ims_change_events change_events = {
	.asked = change_asked,
	.updated = change_updated,
	.failed = change_failed,
	.peer_holds = change_peer_holds,
	.lost = change_lost,
};

/* Making one */

G_STATIC_ASSERT((int)IMS_SRTP_UNLESS_ASKED == IMS_SDES_NONE && (int)IMS_SRTP_IF_TAKEN == IMS_SDES_OPTIONAL &&
		(int)IMS_SRTP_ALWAYS == IMS_SDES_MANDATORY);

ims_call *ims_call_new(const ims_call_setup *setup, const char *peer, gboolean outgoing)
{
	const ims_config_media *media = &setup->config->media;
	const ims_network *network = setup->user.network;
	const ims_sdp_policy policy = { .audio_codecs = network->codecs,
					.video_codecs = network->video_codecs,
					.video_kbps = network->video_kbps,
					.srtp = (ims_sdes_demand)network->srtp,
					.srtp_profiles = network->srtp_profiles };
	ims_clock *clock = ims_stack_clock(setup->stack);
	ims_call *call = g_new0(ims_call, 1);

	call->state = CALL_OVER; /* until its INVITE is sent, or taken over */
	call->outgoing = outgoing;
	call->peer = g_strdup(peer);
	call->who = g_strdup_printf("%s %s %s", setup->user.identity, outgoing ? "to" : "from", peer);
	call->media =
		ims_media_new(&(ims_media_setup){ .address = media->address,
						  .dscp = network->dscp,
						  .strict_source = network->rtp_source == IMS_RTP_STRICT,
						  .ports = setup->ports,
						  .loops = setup->loops,
						  .gateway = setup->gateway,
						  .handle = setup->handle,
						  .alarms = ims_stack_alarms(setup->stack),
						  .owner = call->who });
	call->oa = ims_offer_answer_new(call->media, media->public_address, &policy);
	call->change = ims_change_new(&(ims_change_setup){ .clock = clock,
							   .oa = call->oa,
							   .who = call->who,
							   .answer_s = setup->config->update_timeout_s,
							   .outgoing = outgoing },
				      &change_events, call);
	ims_quality_watch_init(&call->quality, clock, call->media, network->quality_s, on_quality, call);
	ims_silence_init(&call->core_silence, IMS_SILENCE_OF_CORE, clock, call->media, call->oa,
			 network->rtp_timeout_s, on_silent, call);
	ims_silence_init(&call->browser_silence, IMS_SILENCE_OF_BROWSER, clock, call->media, call->oa,
			 media->browser_timeout_s, on_browser_silent, call);
	ims_timer_init(&call->ring_timer, clock, on_ring_timer, call);
	ims_timer_init(&call->goodbye_timer, clock, on_goodbye_timer, call);
	return call;
}

static gboolean send_invite(ims_call *call, const ims_call_setup *setup, const ims_call_target *target,
			    GError **error)
{
	g_autofree char *offer = NULL;
	g_auto(ims_role_lines) lines = ims_role_originating(&setup->user);
	g_autofree char *headers = target->for_help
					   ? ims_role_emergency_headers(target->headers)
					   : ims_role_call_headers(setup->user.network, target->headers);
	g_autofree char *first = ims_header_join(lines.first, headers);

	if (setup->user.network->preconditions)
		ims_offer_answer_offer_preconditions(call->oa);
	offer = ims_offer_answer_offer(call->oa, target->browser_offer, error);
	if (!offer)
		return FALSE;
	call->forks = ims_forks_new(call->oa, ims_stack_clock(setup->stack), call->who);
	call->invite = ims_invite_call(
		setup->stack,
		&(ims_invite_request){ .target = target->uri,
				       .caller = target->caller,
				       .caller_name = target->caller_name,
				       .call_id = target->call_id,
				       .route = target->route,
				       .sdp = offer,
				       .style = { lines.contact, lines.record_route, first, lines.later,
						  setup->user.network, setup->user.credentials, NULL } },
		&ims_call_invite_events, call, error);
	ims_forks_start(call->forks, call->invite);
	return call->invite != NULL;
}

ims_call *ims_call_dial(const ims_call_setup *setup, const ims_call_target *target,
			const ims_call_events *events, gpointer user, GError **error)
{
	ims_call *call = ims_call_new(setup, target->uri, TRUE);

	ims_offer_answer_set_srtp(call->oa, target->srtp, target->srtp_profile);
	if (!send_invite(call, setup, target, error)) {
		ims_call_free(call);
		return NULL;
	}
	call->call_id = g_strdup(ims_invite_call_id(call->invite));
	call->state = CALL_CALLING;
	call->events = events;
	call->user = user;
	ims_timer_arm(&call->ring_timer, (gint64)setup->config->ring_timeout_s * 1000);
	return call;
}

void ims_call_free(ims_call *call)
{
	if (!call)
		return;
	call->events = NULL;
	if (call->state != CALL_OVER)
		ims_call_handle(call, EV_UNREACHABLE, &(call_input){ 0 });
	ims_forks_free(call->forks);
	ims_change_free(call->change);
	ims_offer_answer_free(call->oa);
	ims_media_unref(call->media);
	ims_dialog_id_clear(&call->id);
	g_free(call->focus);
	g_free(call->call_id);
	g_free(call->peer);
	g_free(call->browser_offer);
	g_free(call->who);
	g_free(call);
}

/* Requests of the user */

gboolean ims_call_decline(ims_call *call, int status, const char *headers, GError **error)
{
	if (call->state == CALL_UP || call->state == CALL_ANSWERED)
		return ims_change_decline(call->change, status, error);
	if (!ims_call_allows(call, EV_DECLINE, error))
		return FALSE;
	ims_call_handle(call, EV_DECLINE, &(call_input){ .status = status, .headers = headers });
	return TRUE;
}

gboolean ims_call_hangup(ims_call *call, const char *headers, GError **error)
{
	if (!ims_call_allows(call, EV_HANGUP, error))
		return FALSE;
	ims_call_handle(call, EV_HANGUP, &(call_input){ .headers = headers });
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

void ims_call_set_srtp(ims_call *call, ims_sdes_demand demand, const char *profile)
{
	ims_offer_answer_set_srtp(call->oa, demand, profile);
}

void ims_call_set_autoaccept(ims_call *call, gboolean autoaccept)
{
	ims_change_set_autoaccept(call->change, autoaccept);
}

gboolean ims_call_dtmf(ims_call *call, char digit, guint duration_ms, const char *headers, GError **error)
{
	g_autoptr(GError) why = NULL;
	g_autoptr(GBytes) body = NULL;
	char *text;

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
	text = g_strdup_printf("Signal=%c\r\nDuration=%u\r\n", digit, duration_ms);
	body = g_bytes_new_take(text, strlen(text));
	ims_invite_info(call->invite, "application/dtmf-relay", body, headers);
	return TRUE;
}

void ims_call_ask_picture(ims_call *call)
{
	static const char body[] = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n"
				   "<media_control><vc_primitive><to_encoder><picture_fast_update/>"
				   "</to_encoder></vc_primitive></media_control>\r\n";
	g_autoptr(GBytes) bytes = g_bytes_new_static(body, strlen(body));

	if (call->state == CALL_UP)
		ims_invite_info(call->invite, IMS_MEDIA_CONTROL, bytes, NULL);
}

void ims_call_media_gone(ims_call *call)
{
	gboolean of_earlier_call = call->state == CALL_RESERVING || call->state == CALL_INCOMING;

	if (!of_earlier_call && call->state != CALL_OVER)
		ims_timer_arm(&call->goodbye_timer, GOODBYE_MS);
}

/* A change that the browser cannot even hear of is refused; the call goes on. */
void ims_call_unreachable(ims_call *call)
{
	if (!ims_change_decline(call->change, 488, NULL))
		ims_call_handle(call, EV_UNREACHABLE, &(call_input){ 0 });
}

/* Looking at it */

const char *ims_call_own_tag(const ims_call *call)
{
	return call->invite ? ims_invite_own_tag(call->invite) : NULL;
}

const char *ims_call_id(const ims_call *call)
{
	return call->call_id;
}

const char *ims_call_peer(const ims_call *call)
{
	return call->peer;
}

const char *ims_call_open_offer(const ims_call *call)
{
	return ims_call_is_unanswered(call) ? call->browser_offer : ims_change_browser_offer(call->change);
}

gboolean ims_call_is_outgoing(const ims_call *call)
{
	return call->outgoing;
}

gboolean ims_call_is_told(const ims_call *call)
{
	return call->outgoing || call->told;
}

gboolean ims_call_is_unanswered(const ims_call *call)
{
	return call->state == CALL_INCOMING;
}

gboolean ims_call_is_offerless(const ims_call *call)
{
	return call->offerless && !call->stands_in;
}

ims_sdes_demand ims_call_srtp_offered(const ims_call *call)
{
	return ims_offer_answer_srtp_offered(call->oa);
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

const ims_dialog_id *ims_call_dialog_id(ims_call *call)
{
	if (call->invite && !call->id.call_id)
		ims_invite_dialog_id(call->invite, &call->id);
	return &call->id;
}

gboolean ims_call_has_dialog(const ims_call *call, const ims_dialog_id *id)
{
	return call->invite && ims_invite_has_dialog(call->invite, id);
}

const char *ims_call_focus(const ims_call *call)
{
	return call->focus;
}

const GArray *ims_call_streams(const ims_call *call)
{
	return ims_offer_answer_streams(call->oa);
}

ims_media *ims_call_media(ims_call *call)
{
	return call->media;
}
