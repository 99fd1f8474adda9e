/* ims_call_callee.c: a call that comes: its INVITE is taken, the caller's network may have to get ready
 * first, then our user is told; what he answers, before he accepts and when he does. */
#include "base/ims_error.h"
#include "base/ims_log.h"
#include "call/internal.h"
#include "sip/ims_role.h"

#define CALL_WAITING "Alert-Info: <urn:alert:service:call-waiting>" /* RFC 7462 */

/* Taking it */

static void take_invite(ims_call *call, const ims_call_setup *setup, ims_invite *invite,
			const ims_sip_news *news)
{
	g_auto(ims_role_lines) lines = ims_role_terminating(&setup->user, news);

	ims_invite_bind(invite,
			&(ims_invite_style){ lines.contact, lines.record_route, lines.first, lines.later,
					     setup->user.network, setup->user.credentials,
					     setup->waiting ? CALL_WAITING : NULL },
			&ims_call_invite_events, call);
	call->invite = invite;
}

/* A network that has to reserve something can be waited for only if it acknowledges what it is told. */
static gboolean can_be_reserved(const ims_call *call, const ims_invite *invite, GError **error)
{
	ims_sdp_qos qos = ims_offer_answer_reserved(call->oa);

	if (qos == IMS_SDP_QOS_IMPOSSIBLE ||
	    (qos == IMS_SDP_QOS_PENDING && !ims_invite_takes_reliable(invite))) {
		g_set_error_literal(
			error, IMS_ERROR, IMS_E_PRECONDITION,
			"The caller insists on something that is no quality of service, or that it could "
			"never report");
		return FALSE;
	}
	return TRUE;
}

static gboolean take_offer(ims_call *call, const ims_invite *invite, const ims_sip_news *news, GError **error)
{
	call->offerless = !news->sdp;
	if (call->offerless)
		return TRUE;
	call->browser_offer = ims_offer_answer_offered(call->oa, news->sdp, error);
	return call->browser_offer && can_be_reserved(call, invite, error);
}

ims_call *ims_call_receive(const ims_call_setup *setup, ims_invite *invite, const ims_sip_news *news,
			   const ims_call_events *events, gpointer user, GError **error)
{
	ims_call *call = ims_call_new(setup, news->caller, FALSE);

	if (!take_offer(call, invite, news, error)) {
		ims_call_free(call);
		return NULL;
	}
	call->call_id = g_strdup(news->call_id);
	call->focus = g_strdup(news->focus);
	call->state = CALL_RESERVING;
	call->rings = setup->rings;
	call->events = events;
	call->user = user;
	take_invite(call, setup, invite, news);
	ims_timer_arm(&call->ring_timer, (gint64)setup->config->ring_timeout_s * 1000);
	return call;
}

/* Getting ready, before our user is told */

/* Our part of it, if there is one to play: NULL: there is none. */
static char *speak_for_browser(ims_call *call, GError **error)
{
	if (call->offerless)
		return ims_invite_takes_reliable(call->invite)
			       ? ims_offer_answer_stand_in_offer(call->oa, error)
			       : NULL;
	return ims_offer_answer_reserved(call->oa) == IMS_SDP_QOS_PENDING
		       ? ims_offer_answer_stand_in(call->oa, error)
		       : NULL;
}

void ims_call_begin(ims_call *call)
{
	g_autoptr(GError) error = NULL;
	g_autofree char *sdp = speak_for_browser(call, &error);

	if (error) {
		ims_warn(call->who, "%s", error->message);
		ims_call_handle(call, EV_UNREACHABLE, &(call_input){ 0 });
		return;
	}
	call->stands_in = sdp != NULL;
	if (sdp)
		ims_invite_progress(call->invite, sdp, NULL);
	else
		ims_call_handle(call, EV_READY, &(call_input){ 0 });
}

void ims_call_tell_user(ims_call *call)
{
	g_auto(ims_sip_news) news = { 0 };

	ims_invite_read_request(call->invite, &news);
	call->told = TRUE;
	if (call->rings)
		ims_invite_ring(call->invite);
	call->events->called(call, &news, call->browser_offer, call->user);
}

/* Our user answers */

static gboolean check_type(const ims_call *call, const char *request, gboolean offers, GError **error)
{
	if (offers == ims_call_is_offerless(call))
		return TRUE;
	g_set_error(error, IMS_ERROR, IMS_E_MISSING_SDP,
		    offers ? "%s: the JSEP must be an answer to the caller's offer"
			   : "%s: the caller made no offer, so the JSEP must be one",
		    request);
	return FALSE;
}

/* ret_sdp NULL: the core knows it already. */
static gboolean describe(ims_call *call, const char *browser_sdp, gboolean offers, char **ret_sdp,
			 GError **error)
{
	if (call->described)
		return TRUE;
	if (call->stands_in)
		return ims_offer_answer_stand_down(call->oa, browser_sdp, &call->owes, error);
	*ret_sdp = offers ? ims_offer_answer_offer(call->oa, browser_sdp, error)
			  : ims_offer_answer_accept(call->oa, browser_sdp, error);
	return *ret_sdp != NULL;
}

gboolean ims_call_progress(ims_call *call, const char *browser_sdp, gboolean offers, const char *headers,
			   GError **error)
{
	g_autofree char *sdp = NULL;

	if (!ims_call_allows(call, EV_DESCRIBE, error))
		return FALSE;
	if (call->described || offers) {
		g_set_error_literal(
			error, IMS_ERROR, IMS_E_WRONG_STATE,
			offers ? "progress: the caller cannot answer an offer before the call is accepted"
			       : "progress: the caller has an answer already");
		return FALSE;
	}
	if (!check_type(call, "progress", offers, error) || !describe(call, browser_sdp, offers, &sdp, error))
		return FALSE;
	ims_call_handle(call, EV_DESCRIBE, &(call_input){ .sdp = sdp, .headers = headers });
	return TRUE;
}

gboolean ims_call_accept(ims_call *call, const char *browser_sdp, gboolean offers, const char *headers,
			 GError **error)
{
	g_autofree char *sdp = NULL;

	if (!ims_call_allows(call, EV_ACCEPT, error) || !check_type(call, "accept", offers, error) ||
	    !describe(call, browser_sdp, offers, &sdp, error))
		return FALSE;
	ims_call_handle(call, EV_ACCEPT, &(call_input){ .sdp = sdp, .headers = headers });
	return TRUE;
}

gboolean ims_call_send_ringing(ims_call *call, GError **error)
{
	if (!ims_call_allows(call, EV_RING, error))
		return FALSE;
	ims_call_handle(call, EV_RING, &(call_input){ 0 });
	return TRUE;
}
