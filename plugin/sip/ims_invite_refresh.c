/* ims_invite_refresh.c: the signs of life of a call (RFC 4028): what its messages say of them, and those that
 * say nothing else. */
#include "base/ims_log.h"
#include "sip/ims_headers.h"
#include "sip/ims_invite_internal.h"
#include "sip/ims_sip_read.h"

/* When */

static void arm(ims_invite *invite)
{
	gint64 wait_ms = ims_session_timer_wait_ms(&invite->session);

	if (wait_ms < 0 || invite->over)
		ims_timer_stop(&invite->life);
	else
		ims_timer_arm(&invite->life, wait_ms);
}

static void refresh(ims_invite *invite);

static void on_moment(gpointer user)
{
	ims_invite *invite = user;

	ims_invite_hold(invite);
	if (ims_session_timer_pass(&invite->session) == IMS_SESSION_REFRESH) {
		arm(invite);
		refresh(invite);
	} else if (invite->events && invite->events->expired) {
		ims_info(invite->call_id, "no sign of the far end for too long");
		invite->events->expired(invite->user);
	}
	ims_invite_unhold(invite);
}

void ims_invite_start_session(ims_invite *invite, const ims_network *network)
{
	ims_session_timer_init(&invite->session, network ? network->session_expires_s : 0,
			       network ? network->min_se_s : 0);
	ims_timer_init(&invite->life, &invite->stack->clock, on_moment, invite);
}

void ims_invite_stop_session(ims_invite *invite)
{
	ims_timer_stop(&invite->life);
	ims_inside_drop(g_steal_pointer(&invite->refresh));
}

/* We ask */

static void note_allowed(ims_invite *invite, const sip_t *sip)
{
	if (sip->sip_allow)
		invite->knows_update = sip_is_allowed(sip->sip_allow, sip_method_update, "UPDATE");
}

void ims_invite_session_answered(ims_invite *invite, const sip_t *sip)
{
	ims_session_terms terms = ims_sip_read_terms(sip);

	note_allowed(invite, sip);
	ims_session_timer_answered(&invite->session, &terms);
	arm(invite);
}

gboolean ims_invite_session_refused(ims_invite *invite, const sip_t *sip)
{
	ims_session_terms terms;

	/* It may cross the CANCEL of an owner who has let go: nobody would end a call of another INVITE. */
	if (!invite->events || !sip || sip->sip_status->st_status != 422)
		return FALSE;
	terms = ims_sip_read_terms(sip);
	return ims_session_timer_refused(&invite->session, &terms);
}

/* Who cannot take an UPDATE although he said so gets a re-INVITE from now on. */
static void on_refresh_failed(ims_invite *invite, const sip_t *sip, const ims_sip_news *news)
{
	if (news->status == 408 || news->status == 481) /* RFC 4028 10 */
		ims_invite_tell(invite, lost, news);
	else if (ims_invite_session_refused(invite, sip))
		refresh(invite);
	else if (news->status == 405 || news->status == 501) {
		invite->refuses_update = TRUE;
		refresh(invite);
	}
}

static void on_refresh_answer(const sip_t *sip, gpointer user)
{
	ims_invite *invite = user;
	g_auto(ims_sip_news) news = { 0 };

	ims_sip_read_news(sip, &news);
	ims_invite_hold(invite);
	ims_inside_drop(g_steal_pointer(&invite->refresh));
	if (news.status < 300) {
		ims_dialog_retarget(invite->confirmed, sip);
		ims_invite_session_answered(invite, sip);
	} else {
		on_refresh_failed(invite, sip, &news);
	}
	ims_invite_unhold(invite);
}

/* A change that is under way is such a sign, too. */
static void refresh(ims_invite *invite)
{
	g_autofree char *session = ims_session_timer_ask(&invite->session);
	g_autofree char *lines = ims_header_join(session, invite->later_headers);

	if (!invite->events || invite->over || invite->refresh || invite->reoffer || invite->reoffered)
		return;
	if (!invite->knows_update || invite->refuses_update) {
		if (invite->events->refresh_wanted)
			invite->events->refresh_wanted(invite->user);
		return;
	}
	invite->refresh = ims_inside_ask(
		invite->confirmed,
		&(ims_inside_request){ .method = "UPDATE", .contact = invite->contact, .headers = lines },
		on_refresh_answer, invite);
}

/* We are asked */

gboolean ims_invite_refuses_session(const ims_invite *invite, const sip_t *sip, char **ret_lines)
{
	ims_session_terms terms = ims_sip_read_terms(sip);

	return ims_session_timer_refuses(&invite->session, &terms, ret_lines);
}

char *ims_invite_answer_session(ims_invite *invite, nta_incoming_t *request)
{
	msg_t *message = nta_incoming_getrequest(request);
	ims_session_terms terms = ims_sip_read_terms(sip_object(message));
	char *lines = ims_session_timer_answer(&invite->session, &terms);

	note_allowed(invite, sip_object(message));
	msg_destroy(message);
	arm(invite);
	return lines;
}
