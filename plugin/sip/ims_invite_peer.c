/* ims_invite_peer.c: what the peer asks inside the dialog, whoever called: a change, the end, anything else.
 */
#include "sip/ims_headers.h"
#include "sip/ims_invite_internal.h"
#include "sip/ims_pager.h"
#include "sip/ims_screen.h"
#include "sip/ims_sip_read.h"

static void forget_reoffered(ims_invite *invite)
{
	nta_incoming_destroy(g_steal_pointer(&invite->reoffered));
	invite->reanswered = FALSE;
	invite->offering = FALSE;
}

static void on_withdrawn(ims_invite *invite, const sip_t *sip)
{
	g_auto(ims_sip_news) news = { 0 };

	if (invite->reanswered)
		return;
	ims_sip_read_news(sip, &news);
	ims_invite_reanswer(invite, 487, NULL);
	ims_invite_tell(invite, withdrawn, &news);
}

static void on_reack(ims_invite *invite, const sip_t *sip)
{
	gboolean accepted = nta_incoming_status(invite->reoffered) < 300;
	g_auto(ims_sip_news) news = { 0 };

	ims_sip_read_news(sip, &news);
	forget_reoffered(invite);
	if (accepted)
		ims_invite_tell(invite, reconfirmed, &news);
}

/* ACK, CANCEL, or nothing for 64*T1, after a re-INVITE. */
static int on_reoffered(nta_incoming_magic_t *magic, nta_incoming_t *request, const sip_t *sip)
{
	ims_invite *invite = (ims_invite *)magic;

	if (request != invite->reoffered)
		return 0;
	ims_invite_hold(invite);
	if (!sip) {
		forget_reoffered(invite);
		ims_invite_end_unconfirmed(invite);
	} else if (sip->sip_request->rq_method == sip_method_cancel) {
		on_withdrawn(invite, sip);
	} else if (sip->sip_request->rq_method == sip_method_ack) {
		on_reack(invite, sip);
	}
	ims_invite_unhold(invite);
	return 0;
}

static void retarget(ims_invite *invite, const sip_t *sip)
{
	if (invite->confirmed && sip->sip_contact)
		ims_dialog_follow(invite->confirmed, sip);
}

/* RFC 4028 9 */
static gboolean is_too_brief(ims_invite *invite, nta_incoming_t *request, const sip_t *sip)
{
	g_autofree char *least = NULL;

	if (!ims_invite_refuses_session(invite, sip, &least))
		return FALSE;
	ims_invite_reply(invite, request, 422, NULL, least);
	return TRUE;
}

static void refresh_session(ims_invite *invite, nta_incoming_t *request, const sip_t *sip)
{
	retarget(invite, sip);
	ims_invite_reply(invite, request, 200, NULL, invite->later_headers);
}

static int receive_reoffer(ims_invite *invite, nta_incoming_t *request, const sip_t *sip)
{
	gboolean is_invite = sip->sip_request->rq_method == sip_method_invite;
	g_auto(ims_sip_news) news = { 0 };

	ims_sip_read_news(sip, &news);
	if (news.bad_body) {
		ims_invite_reply(invite, request, 415, NULL, invite->later_headers);
		return 415;
	}
	if (is_too_brief(invite, request, sip))
		return 422;
	if (!is_invite && !news.sdp) {
		refresh_session(invite, request, sip); /* RFC 4028 */
		return 200;
	}
	if (invite->reoffer || invite->offering ||
	    (invite->confirmed && ims_invite_is_offering_early(invite->confirmed)))
		return ims_invite_refuse_offer(request, IMS_TURN_GLARE);
	if (invite->reoffered || (invite->invited && !invite->accepted) || !invite->confirmed ||
	    invite->confirmed->updating)
		return ims_invite_refuse_offer(request, IMS_TURN_BUSY);
	invite->reoffered = request;
	invite->reanswered = FALSE;
	invite->asked = !news.sdp;
	retarget(invite, sip);
	if (is_invite)
		nta_incoming_bind(request, on_reoffered, (nta_incoming_magic_t *)invite);
	if (invite->events && invite->events->reoffered)
		invite->events->reoffered(&news, invite->user);
	else
		ims_invite_reanswer(invite, 488, NULL);
	if (is_invite && invite->reoffered == request && !invite->reanswered)
		nta_incoming_treply(request, SIP_100_TRYING, TAG_END()); /* somebody has to think about it */
	return 0;
}

gboolean ims_invite_reanswer(ims_invite *invite, int status, const char *sdp)
{
	gboolean waits_for_ack;

	if (!invite->reoffered || invite->reanswered)
		return FALSE;
	waits_for_ack = status < 300 && nta_incoming_method(invite->reoffered) == sip_method_invite;
	ims_invite_reply(invite, invite->reoffered, status, sdp, invite->later_headers);
	invite->reanswered = TRUE;
	invite->offering = invite->asked && waits_for_ack;
	if (!waits_for_ack)
		forget_reoffered(invite);
	return waits_for_ack;
}

/* One fork of several gives up, before any has answered; or the one that did, before our ACK knows its way.
 */
static int receive_fork_bye(ims_invite *invite, ims_dialog *dialog, const sip_t *sip)
{
	g_auto(ims_sip_news) news = { 0 };

	ims_sip_read_news(sip, &news);
	ims_invite_end_early(invite, dialog, &news);
	return 200;
}

static int receive_bye(ims_invite *invite, nta_incoming_t *request, const sip_t *sip)
{
	g_auto(ims_sip_news) news = { 0 };

	ims_sip_read_news(sip, &news);
	ims_invite_reply(invite, request, 200, NULL, invite->later_headers);
	nta_incoming_destroy(request);
	invite->over = TRUE;
	ims_invite_stop_session(invite);
	g_clear_pointer(&invite->owed_bye, g_free);
	ims_inside_cancel(g_steal_pointer(&invite->reoffer));
	if (invite->reoffered)
		ims_invite_reanswer(invite, 487, NULL);
	if (invite->invited && !invite->accepted)
		ims_invite_refuse(invite, 487, NULL); /* a BYE in an early dialog */
	else if (invite->invited)
		ims_invite_forget_invited(invite);
	ims_invite_tell(invite, ended, &news);
	return 0;
}

/* From the core, or from a host that the dialog's own route leads to. */
gboolean ims_invite_is_from_peer(const ims_dialog *dialog, nta_incoming_t *request)
{
	msg_t *message = nta_incoming_getrequest(request);
	char source[64];
	gboolean is_core = ims_stack_is_core(dialog->invite->stack, message, source, sizeof(source));

	msg_destroy(message);
	return is_core || ims_dialog_is_at(dialog, source);
}

static gboolean wants_picture(const sip_t *sip)
{
	const char *type = sip->sip_content_type ? sip->sip_content_type->c_type : NULL;
	const sip_payload_t *body = sip->sip_payload;

	return type && body && body->pl_data && g_ascii_strcasecmp(type, IMS_MEDIA_CONTROL) == 0 &&
	       g_strstr_len(body->pl_data, (gssize)body->pl_len, "picture_fast_update");
}

/* One kind is for the media, the others for the user; an empty one is a sign of life. */
static int receive_info(ims_invite *invite, nta_incoming_t *request, const sip_t *sip)
{
	g_auto(ims_sip_news) news = { 0 };
	int status = ims_screen_package(request, sip);

	status = status ? status : ims_screen_body(request, sip, IMS_PAGER_MAX_BYTES);
	if (status)
		return status;
	ims_sip_read_news(sip, &news);
	status = 200;
	if (!invite->events)
		status = 481;
	else if (wants_picture(sip))
		invite->events->picture_wanted(invite->user);
	else if (news.body && invite->events->info)
		status = invite->events->info(&news, invite->user);
	ims_invite_reply(invite, request, status, NULL, invite->later_headers);
	return status;
}

static int receive(ims_dialog *dialog, nta_incoming_t *request, const sip_t *sip)
{
	ims_invite *invite = dialog->invite;
	int refused;

	if (!ims_invite_is_from_peer(dialog, request))
		return 403;
	if (sip->sip_request->rq_method == sip_method_ack) /* again; nta answers no ACK */
		return 200;
	refused = ims_screen(request, sip, invite->network);
	if (refused)
		return refused;
	switch (sip->sip_request->rq_method) {
	case sip_method_update:
		if (!invite->confirmed || (invite->invited && !invite->accepted))
			return ims_invite_receive_early(dialog, request, sip);
		/* fall through */
	case sip_method_invite:
		return receive_reoffer(invite, request, sip);
	case sip_method_bye:
		return dialog == invite->confirmed ? receive_bye(invite, request, sip)
						   : receive_fork_bye(invite, dialog, sip);
	case sip_method_message:
		return ims_pager_receive_inside(invite, request, sip);
	case sip_method_prack: /* nta knows of no answer that it acknowledges */
		return 481;
	case sip_method_refer:
		return ims_referral_receive_inside(invite, request, sip);
	case sip_method_notify:
		return ims_refer_receive_notify(invite, sip);
	case sip_method_info:
		return receive_info(invite, request, sip);
	case sip_method_options:
		return ims_screen_answer_options(request);
	default:
		return ims_screen_refuse_method(request, sip);
	}
}

int ims_invite_in_dialog(nta_leg_magic_t *magic, nta_leg_t *leg, nta_incoming_t *request, const sip_t *sip)
{
	ims_invite *invite = ((ims_dialog *)magic)->invite;
	int status;

	(void)leg;
	ims_invite_hold(invite);
	status = receive((ims_dialog *)magic, request, sip);
	ims_invite_unhold(invite);
	return status;
}
