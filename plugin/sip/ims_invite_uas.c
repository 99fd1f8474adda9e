/* ims_invite_uas.c: we are called: the INVITE that opens a call, its refusal, its ACK. */
#include "base/ims_log.h"
#include "base/ims_pace.h"
#include "sip/ims_headers.h"
#include "sip/ims_invite_internal.h"
#include "sip/ims_sip_read.h"

/* Before the call is up there is nothing to keep alive. */
static char *answer_session(ims_invite *invite, nta_incoming_t *request)
{
	sip_method_t method = nta_incoming_method(request);
	gboolean is_early = !invite->confirmed || (invite->invited && !invite->accepted);

	if ((method != sip_method_invite && method != sip_method_update) || is_early)
		return NULL;
	return ims_invite_answer_session(invite, request);
}

void ims_invite_reply(ims_invite *invite, nta_incoming_t *request, int status, const char *sdp,
		      const char *headers)
{
	gboolean opens = status > 100 && status < 300;
	g_autofree char *session = status == 200 ? answer_session(invite, request) : NULL;
	g_autofree char *lines = ims_header_join(session, headers);

	nta_incoming_treply(request, status, sip_status_phrase(status),
			    TAG_IF(opens && invite->contact, SIPTAG_CONTACT_STR(invite->contact)),
			    TAG_IF(opens, SIPTAG_ALLOW_STR(IMS_ALLOW)),
			    TAG_IF(status == 415, SIPTAG_ACCEPT_STR("application/sdp")),
			    TAG_IF(opens, SIPTAG_SUPPORTED_STR(IMS_SUPPORTED)),
			    TAG_IF(opens && invite->record_routes && request == invite->invited,
				   SIPTAG_RECORD_ROUTE_STR(invite->record_routes)),
			    TAG_IF(lines, SIPTAG_HEADER_STR(lines)),
			    TAG_IF(sdp, SIPTAG_CONTENT_TYPE_STR("application/sdp")),
			    TAG_IF(sdp, SIPTAG_PAYLOAD_STR(sdp)), TAG_END());
}

void ims_invite_forget_invited(ims_invite *invite)
{
	nta_incoming_destroy(g_steal_pointer(&invite->invited));
}

static void pay_owed_bye(ims_invite *invite)
{
	g_autofree char *headers = g_steal_pointer(&invite->owed_bye);

	if (headers)
		ims_invite_bye(invite, *headers ? headers : NULL);
}

static void on_cancel(ims_invite *invite, const sip_t *sip)
{
	g_auto(ims_sip_news) news = { 0 };

	if (invite->accepted) /* too late; the ACK will follow (RFC 3261 9.2) */
		return;
	ims_sip_read_news(sip, &news);
	ims_invite_refuse(invite, 487, NULL);
	ims_invite_tell(invite, cancelled, &news);
}

static void on_ack(ims_invite *invite, const sip_t *sip)
{
	g_auto(ims_sip_news) news = { 0 };

	ims_sip_read_news(sip, &news);
	ims_invite_forget_invited(invite);
	invite->offering = FALSE;
	pay_owed_bye(invite);
	ims_invite_tell(invite, confirmed, &news);
}

void ims_invite_end_unconfirmed(ims_invite *invite)
{
	ims_invite_bye(invite, NULL);
	if (invite->events && invite->events->unconfirmed)
		invite->events->unconfirmed(invite->user);
}

static void on_no_ack(ims_invite *invite)
{
	ims_invite_forget_invited(invite);
	pay_owed_bye(invite);
	ims_invite_end_unconfirmed(invite);
}

/* ACK, CANCEL, or nothing for 64*T1 (sip is NULL). */
static int on_invited(nta_incoming_magic_t *magic, nta_incoming_t *request, const sip_t *sip)
{
	ims_invite *invite = (ims_invite *)magic;

	if (request != invite->invited)
		return 0;
	ims_invite_hold(invite);
	if (nta_incoming_status(request) >= 300) /* what the stack has refused for lack of a PRACK is done */
		ims_invite_forget_invited(invite);
	else if (!sip && invite->accepted)
		on_no_ack(invite);
	else if (sip && sip->sip_request->rq_method == sip_method_cancel)
		on_cancel(invite, sip);
	else if (sip && sip->sip_request->rq_method == sip_method_ack)
		on_ack(invite, sip);
	ims_invite_unhold(invite);
	return 0;
}

static char *come_later(const ims_stack *stack)
{
	return g_strdup_printf("Retry-After: %u", ims_pace_spread_s(stack->config->limits.retry_after_s));
}

/* Now requests can be sent to the peer, its end above all: the owner may have it. */
static void on_reached(ims_dialog *dialog, gboolean reachable)
{
	ims_invite *invite = dialog->invite;
	g_autofree char *flow_token = g_steal_pointer(&invite->flow_token);
	g_autofree char *source = g_steal_pointer(&invite->source);
	const ims_sip_target target = { .flow_token = flow_token, .source = source };
	const ims_stack *stack = invite->stack;
	g_auto(ims_sip_news) news = { 0 };
	g_autofree char *least = NULL, *later = NULL;
	msg_t *message;
	int status = 503;

	if (!invite->invited) /* cancelled */
		return;
	message = nta_incoming_getrequest(invite->invited);
	ims_sip_read_news(sip_object(message), &news);
	if (ims_invite_refuses_session(invite, sip_object(message), &least))
		status = 422;
	msg_destroy(message);
	invite->asked = !news.sdp;
	if (news.sdp)
		ims_early_handle(&dialog->early, IMS_THEY_OFFER);
	ims_invite_hold(invite);
	if (!reachable)
		ims_alarm(stack->alarms, IMS_ALARM_NO_ROUTE,
			  "an INVITE from %s refused: its route leads nowhere", source);
	else if (status != 422 && stack->events->invite(invite, &target, &news, &status, stack->user))
		status = 0;
	if (status)
		ims_invite_refuse(invite, status, status == 503 ? (later = come_later(stack)) : least);
	ims_invite_unhold(invite);
}

void ims_invite_receive(ims_stack *stack, nta_incoming_t *request, const sip_t *sip,
			const ims_sip_target *target)
{
	ims_invite *invite = ims_invite_alloc(stack);
	ims_dialog *dialog = ims_dialog_of_invite(invite, stack, request, sip, ims_invite_in_dialog);

	ims_invite_hold(invite);
	invite->invited = request;
	invite->call_id = g_strdup(sip->sip_call_id->i_id);
	invite->flow_token = g_strdup(target->flow_token);
	invite->source = g_strdup(target->source);
	invite->network = ims_peers_network(stack->peers, target->source);
	ims_invite_start_session(invite, invite->network);
	if (dialog) {
		g_ptr_array_add(invite->dialogs, dialog);
		invite->confirmed = dialog;
		ims_invite_read_reliability(invite, sip);
		nta_incoming_bind(request, on_invited, (nta_incoming_magic_t *)invite);
		ims_dialog_reach(dialog, on_reached);
	} else {
		ims_invite_refuse(invite, 500, NULL);
	}
	ims_invite_unhold(invite);
}

void ims_invite_read_request(const ims_invite *invite, ims_sip_news *ret_news)
{
	msg_t *message = nta_incoming_getrequest(invite->invited);

	ims_sip_read_news(sip_object(message), ret_news);
	msg_destroy(message);
}

void ims_invite_bind(ims_invite *invite, const ims_invite_style *style, const ims_invite_events *events,
		     gpointer user)
{
	msg_t *msg = nta_incoming_getrequest(invite->invited);
	gboolean is_elsewhere = invite->network != style->network;

	ims_invite_restyle(invite, style, sip_object(msg)->sip_record_route);
	msg_destroy(msg);
	if (is_elsewhere)
		ims_dialog_reach(invite->confirmed, NULL);
	invite->events = events;
	invite->user = user;
}

void ims_invite_refuse(ims_invite *invite, int status, const char *headers)
{
	g_autofree char *lines = ims_header_join(headers, invite->later_headers);

	if (!invite->invited || invite->accepted || invite->given_up)
		return;
	ims_invite_forget_answers(invite);
	ims_invite_reply(invite, invite->invited, status, NULL, lines);
	ims_invite_forget_invited(invite);
	invite->over = TRUE;
}
