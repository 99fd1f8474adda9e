/* ims_session_calls.c: the call of a session. */
#include "base/ims_error.h"
#include "base/ims_log.h"
#include "session/internal.h"
#include "sip/ims_headers.h"
#include "sip/ims_privacy.h"
#include "sip/ims_uri.h"

/* The usual status of a refusal. */
#define DECLINED_CALL 486
#define DEFLECTED_CALL 302
#define DECLINED_CHANGE 488

/* What they tell */

static void tell_of_call(ims_session *session, const ims_call *call, ims_session_news news)
{
	news.call_id = ims_call_id(call);
	news.username = ims_call_peer(call);
	news.streams = ims_call_streams(call);
	news.focus = ims_call_focus(call);
	if (!news.transaction)
		news.transaction = session->call_transaction;
	ims_session_tell(session, news);
}

static void call_proceeding(ims_call *call, const ims_sip_news *sip, gpointer user)
{
	ims_session_report_transfer(user, sip->status, sip->reason);
	tell_of_call(user, call,
		     (ims_session_news){ .kind = IMS_NEWS_PROCEEDING, .code = sip->status, .sip = sip });
}

static void call_ringing(ims_call *call, const ims_sip_news *sip, gpointer user)
{
	ims_session_report_transfer(user, sip->status, sip->reason);
	tell_of_call(user, call, (ims_session_news){ .kind = IMS_NEWS_RINGING, .sip = sip });
}

static void call_progress(ims_call *call, const ims_sip_news *sip, const char *answer, gpointer user)
{
	ims_session_report_transfer(user, sip->status, sip->reason);
	tell_of_call(user, call,
		     (ims_session_news){
			     .kind = IMS_NEWS_PROGRESS, .sdp_type = "answer", .sdp = answer, .sip = sip });
}

static void call_answered(ims_call *call, const ims_sip_news *sip, const char *answer, gpointer user)
{
	ims_session_report_transfer(user, 200, NULL);
	tell_of_call(user, call,
		     (ims_session_news){
			     .kind = IMS_NEWS_ACCEPTED, .sdp_type = "answer", .sdp = answer, .sip = sip });
}

static void call_update_asked(ims_call *call, const char *offer, gpointer user)
{
	tell_of_call(user, call,
		     (ims_session_news){ .kind = IMS_NEWS_UPDATING_CALL, .sdp_type = "offer", .sdp = offer });
}

static void call_updated(ims_call *call, const char *answer, gpointer user)
{
	ims_session *session = user;
	g_autofree char *transaction = g_steal_pointer(&session->update_transaction);

	tell_of_call(session, call,
		     (ims_session_news){ .kind = IMS_NEWS_UPDATED,
					 .transaction = transaction,
					 .sdp_type = "answer",
					 .sdp = answer });
}

static void call_update_failed(ims_call *call, int status, const char *reason, gpointer user)
{
	ims_session *session = user;
	g_autofree char *transaction = g_steal_pointer(&session->update_transaction);

	tell_of_call(session, call,
		     (ims_session_news){ .kind = IMS_NEWS_UPDATE_FAILED,
					 .transaction = transaction,
					 .code = status,
					 .reason = reason });
}

static void call_peer_holds(ims_call *call, ims_direction media, gpointer user)
{
	gboolean holds = media != IMS_DIR_SENDRECV;

	tell_of_call(user, call,
		     (ims_session_news){ .kind = holds ? IMS_NEWS_PEER_HOLDING : IMS_NEWS_PEER_RESUMING,
					 .peer_media = media });
}

void ims_session_forget_call(ims_session *session)
{
	const ims_dialog_id *id = ims_call_dialog_id(session->call);

	ims_session_stop_recordings(session);
	ims_session_stop_forwarders(session);
	ims_session_report_transfer(session, 480, NULL);
	if (session->flow && id->call_id)
		ims_flow_note_call(session->flow, id);
	ims_call_free(g_steal_pointer(&session->call));
	g_clear_pointer(&session->call_identity, g_free);
	g_clear_pointer(&session->replaced, g_free);
	g_clear_pointer(&session->call_transaction, g_free);
	g_clear_pointer(&session->update_transaction, g_free);
	g_atomic_int_add(&session->service->n_calls, -1);
}

void ims_session_end_call(ims_session *session)
{
	if (session->call)
		ims_call_hangup(session->call, NULL, NULL);
}

static void call_ended(ims_call *call, int status, const char *reason, const ims_sip_news *sip, gpointer user)
{
	ims_session *session = user;

	session->events->media(NULL, session->user);
	session->events->close_media(session->user);
	ims_session_report_transfer(session, MAX(status, 200), reason);
	if (ims_call_is_told(call))
		tell_of_call(session, call,
			     (ims_session_news){ .kind = IMS_NEWS_HANGUP,
						 .code = status,
						 .reason = reason,
						 .sip = sip,
						 .hides_reason = !ims_session_shows(session, "Reason") });
	ims_session_guest_was_answered(session, status);
	ims_session_forget_call(session);
	if (sip)
		ims_session_heed(session, sip);
	if (session->flow)
		ims_flow_serve_waiting(session->flow);
}

static void call_called(ims_call *call, const ims_sip_news *invite, const char *offer, gpointer user)
{
	ims_session *session = user;

	tell_of_call(session, call,
		     (ims_session_news){ .kind = IMS_NEWS_INCOMING_CALL,
					 .referred_by = invite->referred_by,
					 .replaces = session->replaced,
					 .call_waiting = session->call_waits || invite->call_waiting,
					 .display_name = invite->caller_name,
					 .callee = invite->callee,
					 .sdp_type = "offer",
					 .sdp = offer,
					 .srtp = ims_call_srtp_offered(call),
					 .sip = invite });
}

static int call_message(ims_call *call, const ims_sip_news *news, gpointer user)
{
	(void)call;
	return ims_session_receive_message(user, news);
}

static int call_info(ims_call *call, const ims_sip_news *sip, gpointer user)
{
	return ims_session_receive_info(user, call, sip);
}

static int call_referred(ims_call *call, ims_referral *referral, const ims_sip_news *news, gpointer user)
{
	(void)call;
	return ims_session_receive_referral(user, referral, news);
}

static void call_quality(ims_call *call, const ims_quality_report *report, gpointer user)
{
	tell_of_call(user, call, (ims_session_news){ .kind = IMS_NEWS_QUALITY, .quality = report });
}

static const ims_call_events call_events = {
	.quality = call_quality,
	.proceeding = call_proceeding,
	.ringing = call_ringing,
	.progress = call_progress,
	.answered = call_answered,
	.called = call_called,
	.message = call_message,
	.info = call_info,
	.referred = call_referred,
	.update_asked = call_update_asked,
	.updated = call_updated,
	.update_failed = call_update_failed,
	.peer_holds = call_peer_holds,
	.ended = call_ended,
};

static ims_call_setup call_setup(const ims_session *session, const ims_role_user *user)
{
	const ims_service *service = session->service;

	return (ims_call_setup){
		.stack = service->stack,
		.config = service->config,
		.ports = service->ports,
		.loops = service->loops,
		.gateway = service->gateway,
		.handle = session->handle,
		.user = *user,
		.rings = !session->rings_on_demand,
	};
}

/* identity: NULL: it is withheld. */
static void adopt_call(ims_session *session, ims_call *call, const char *identity)
{
	session->call = call;
	session->call_identity = g_strdup(identity);
	g_atomic_int_inc(&session->service->n_calls);
	session->events->media(ims_call_media(call), session->user);
}

/* Outgoing */

/* Emergency is screened first, whatever else is wrong (REQ-103); then who is not registered (REQ-85). What a
 * transfer asks for takes the place of a call that stands. */
static gboolean may_call(ims_session *session, const ims_call_params *p, GError **error)
{
	gboolean for_help = ims_session_is_emergency(session, p->uri);

	if (for_help && !ims_session_may_call_for_help(session, error))
		return FALSE;
	if (!session->flow || !ims_reg_is_active(session->flow->reg))
		return ims_session_refuse(error, IMS_E_WRONG_STATE, "call: register first");
	if (session->call)
		return ims_session_refuse(error, IMS_E_WRONG_STATE, "call: this handle has a call already");
	return for_help || p->refer_id || ims_session_admits_call(session, error);
}

gboolean ims_session_call(ims_session *session, const ims_call_params *p, const char *transaction,
			  GError **error)
{
	gboolean for_help = ims_session_is_emergency(session, p->uri);
	g_autoptr(GError) problem = NULL;
	g_autoptr(GPtrArray) help_route = NULL;
	g_autofree char *target = NULL, *lines = NULL, *headers = NULL;
	ims_transfer *transfer = NULL;
	ims_speaker speaker;
	ims_call_setup setup;
	ims_call *call;

	if (!may_call(session, p, error) || !ims_session_prove_guest(session, p, error) ||
	    !ims_session_speak(session, "call", &p->speak, &speaker, error))
		return FALSE;
	lines = ims_session_lines(session, p->headers);
	help_route = for_help ? ims_session_help_route(session) : NULL;
	target = for_help ? ims_session_help_target(p->uri)
			  : ims_uri_target(p->uri, speaker.user.network->domain, error);
	if (!target)
		return FALSE;
	if (p->refer_id && !(transfer = ims_session_find_transfer(session, "call", p->refer_id, error)))
		return FALSE;
	headers = transfer ? ims_session_transfer_headers(transfer, lines) : g_strdup(lines);
	setup = call_setup(session, &speaker.user);
	call = ims_call_dial(
		&setup,
		&(ims_call_target){ .uri = target,
				    .caller = speaker.from,
				    .caller_name = speaker.from_name,
				    .call_id = p->call_id,
				    .headers = headers,
				    .browser_offer = p->offer,
				    .srtp = p->srtp.demand,
				    .srtp_profile = p->srtp.profile,
				    .for_help = for_help,
				    .route = for_help ? help_route : ims_reg_route(session->flow->reg) },
		&call_events, session, &problem);
	if (!call) {
		ims_session_heed_limit(session, problem);
		g_propagate_error(error, g_steal_pointer(&problem));
		return FALSE;
	}
	adopt_call(session, call,
		   ims_privacy_hides_identity(p->speak.privacy) ? NULL : speaker.user.identity);
	if (transfer)
		ims_transfer_follow(transfer);
	session->following = transfer;
	session->call_transaction = g_strdup(transaction);
	tell_of_call(session, call, (ims_session_news){ .kind = IMS_NEWS_CALLING });
	return TRUE;
}

/* Incoming */

void ims_session_miss_call(ims_session *session, const ims_sip_news *news, const char *why)
{
	ims_session_tell(session, (ims_session_news){ .kind = IMS_NEWS_MISSED_CALL,
						      .call_id = news->call_id,
						      .username = news->caller,
						      .display_name = news->caller_name,
						      .callee = news->callee,
						      .reason = why });
}

static gboolean refuse_media(ims_session *session, const ims_sip_news *news, const GError *error,
			     int *ret_status)
{
	*ret_status = error->code == IMS_E_LIMIT || error->code == IMS_E_IO ? 503
		      : error->code == IMS_E_PRECONDITION                   ? 580
									    : 488;
	ims_session_heed_limit(session, error);
	ims_warn(ims_reg_impu(session->flow->reg), "call from %s refused: %s", news->caller, error->message);
	ims_session_miss_call(session, news, ims_error_text((ims_error_code)error->code));
	return FALSE;
}

gboolean ims_session_receive(ims_session *session, ims_invite *invite, const ims_sip_news *news,
			     const ims_ringing *how, int *ret_status)
{
	g_autoptr(GError) error = NULL;
	ims_role_user user;
	ims_call_setup setup;
	ims_call *call;

	*ret_status = 415;
	if (news->bad_body)
		return FALSE;
	user = ims_session_called(session, news->callee);
	setup = call_setup(session, &user);
	setup.waiting = how->waiting;
	call = ims_call_receive(&setup, invite, news, &call_events, session, &error);
	if (!call)
		return refuse_media(session, news, error, ret_status);
	adopt_call(session, call, user.identity);
	session->replaced = g_strdup(how->replaced);
	session->call_waits = how->waiting;
	ims_call_begin(call);
	return TRUE;
}

/* Requests inside */

static gboolean has_call(const ims_session *session, const char *request, GError **error)
{
	if (session->call)
		return TRUE;
	g_set_error(error, IMS_ERROR, IMS_E_WRONG_STATE, "%s: there is no call", request);
	return FALSE;
}

/* The one whose place this call takes ends as it is accepted (RFC 3891 3). */
static void end_replaced(ims_session *session)
{
	g_autofree char *call_id = g_steal_pointer(&session->replaced);
	ims_session *other = call_id ? ims_flow_session_of(session->flow, call_id) : NULL;

	if (other)
		ims_session_end_call(other);
}

void ims_session_set_automatic_ringing(ims_session *session, gboolean automatic)
{
	session->rings_on_demand = !automatic;
}

gboolean ims_session_send_ringing(ims_session *session, const char *transaction, GError **error)
{
	if (!has_call(session, "send_ringing", error) || !ims_call_send_ringing(session->call, error))
		return FALSE;
	tell_of_call(session, session->call,
		     (ims_session_news){ .kind = IMS_NEWS_RINGING_SENT, .transaction = transaction });
	return TRUE;
}

gboolean ims_session_progress(ims_session *session, const char *sdp, gboolean offers, const char *headers,
			      const char *transaction, GError **error)
{
	if (!has_call(session, "progress", error) ||
	    !ims_call_progress(session->call, sdp, offers, headers, error))
		return FALSE;
	tell_of_call(session, session->call,
		     (ims_session_news){ .kind = IMS_NEWS_PROGRESSING, .transaction = transaction });
	return TRUE;
}

/* Without an offer of the caller the call is up when his answer is here. */
gboolean ims_session_accept(ims_session *session, const char *sdp, gboolean offers, const char *headers,
			    const char *transaction, GError **error)
{
	if (!has_call(session, "accept", error) ||
	    !ims_call_accept(session->call, sdp, offers, headers, error))
		return FALSE;
	tell_of_call(session, session->call,
		     (ims_session_news){ .kind = offers ? IMS_NEWS_ACCEPTING : IMS_NEWS_ACCEPTED,
					 .transaction = transaction });
	end_replaced(session);
	return TRUE;
}

gboolean ims_session_decline(ims_session *session, int code, const char *headers, const char *transaction,
			     GError **error)
{
	gboolean rings;

	if (!has_call(session, "decline", error))
		return FALSE;
	rings = ims_call_is_unanswered(session->call);
	if (!rings && !ims_call_open_offer(session->call))
		return ims_session_refuse(
			error, IMS_E_WRONG_STATE,
			"decline: neither does a call ring here, nor waits a change for its answer");
	if (!code)
		code = rings ? DECLINED_CALL : DECLINED_CHANGE;
	tell_of_call(
		session, session->call,
		(ims_session_news){ .kind = IMS_NEWS_DECLINING, .transaction = transaction, .code = code });
	return ims_call_decline(session->call, code, headers, error);
}

gboolean ims_session_deflect(ims_session *session, const char *uri, const char *headers,
			     const char *transaction, GError **error)
{
	g_autofree char *target = NULL, *contact = NULL, *lines = NULL;

	if (!has_call(session, "decline", error))
		return FALSE;
	if (!ims_call_is_unanswered(session->call))
		return ims_session_refuse(error, IMS_E_WRONG_STATE,
					  "decline: no call rings here that somebody else could take");
	if (ims_session_is_emergency(session, uri))
		return ims_session_refuse(error, IMS_E_EMERGENCY,
					  "Nobody can be sent to an emergency service here");
	target = ims_uri_target(uri, ims_reg_network(session->flow->reg)->domain, error);
	if (!target)
		return FALSE;
	contact = g_strdup_printf("Contact: <%s>", target);
	lines = ims_header_join(contact, headers);
	return ims_session_decline(session, DEFLECTED_CALL, lines, transaction, error);
}

gboolean ims_session_hangup(ims_session *session, const char *headers, const char *transaction,
			    GError **error)
{
	if (!has_call(session, "hangup", error))
		return FALSE;
	tell_of_call(session, session->call,
		     (ims_session_news){ .kind = IMS_NEWS_HANGING_UP, .transaction = transaction });
	return ims_call_hangup(session->call, headers, error);
}

gboolean ims_session_hold(ims_session *session, ims_direction direction, const char *transaction,
			  GError **error)
{
	ims_news_kind kind = direction == IMS_DIR_SENDRECV ? IMS_NEWS_RESUMING : IMS_NEWS_HOLDING;

	if (!has_call(session, kind == IMS_NEWS_HOLDING ? "hold" : "unhold", error) ||
	    !ims_call_hold(session->call, direction, error))
		return FALSE;
	tell_of_call(session, session->call, (ims_session_news){ .kind = kind, .transaction = transaction });
	return TRUE;
}

gboolean ims_session_update(ims_session *session, const char *sdp, gboolean offers, const char *transaction,
			    GError **error)
{
	g_autofree char *before = g_steal_pointer(&session->update_transaction);

	session->update_transaction = g_strdup(transaction);
	if (!has_call(session, "update", error) || !ims_call_update(session->call, sdp, offers, error)) {
		g_free(session->update_transaction);
		session->update_transaction = g_steal_pointer(&before); /* of the one that is under way */
		return FALSE;
	}
	if (offers)
		tell_of_call(session, session->call,
			     (ims_session_news){ .kind = IMS_NEWS_UPDATING, .transaction = transaction });
	return TRUE;
}

void ims_session_set_srtp(ims_session *session, const ims_srtp_params *srtp)
{
	if (session->call && ims_call_is_unanswered(session->call))
		ims_call_set_srtp(session->call, srtp->demand, srtp->profile);
}

void ims_session_set_autoaccept(ims_session *session, gboolean autoaccept)
{
	if (session->call)
		ims_call_set_autoaccept(session->call, autoaccept);
}

gboolean ims_session_dtmf(ims_session *session, char digit, guint duration_ms, const char *headers,
			  const char *transaction, GError **error)
{
	if (!has_call(session, "dtmf_info", error) ||
	    !ims_call_dtmf(session->call, digit, duration_ms, headers, error))
		return FALSE;
	tell_of_call(session, session->call,
		     (ims_session_news){ .kind = IMS_NEWS_DTMF_SENT, .transaction = transaction });
	return TRUE;
}

void ims_session_picture_wanted(ims_session *session)
{
	if (session->call)
		ims_call_ask_picture(session->call);
}

void ims_session_media_gone(ims_session *session)
{
	if (session->call)
		ims_call_media_gone(session->call);
}

void ims_session_media_failed(ims_session *session, const char *call_id)
{
	if (session->call && g_strcmp0(ims_call_id(session->call), call_id) == 0)
		ims_call_unreachable(session->call);
}
