/* ims_invite_uac.c: we call: our INVITE, from the first host it is sent to, to the ACK. */
#include <string.h>

#include "base/ims_error.h"
#include "base/ims_log.h"
#include "base/ims_random.h"
#include "sip/ims_headers.h"
#include "sip/ims_hop.h"
#include "sip/ims_invite_internal.h"
#include "sip/ims_redirect.h"
#include "sip/ims_role.h"
#include "sip/ims_sip_read.h"

/* Early dialogs kept of one INVITE; more are told upward, but get no dialog of their own. */
#define MAX_FORKS 16
#define CALL_ID_BYTES 16
#define TAG_BYTES 8

struct ims_invite_draft {
	char *target, *from, *to, *routes, *sdp;
	guint32 cseq;
	ims_next_hops hops;  /* of the first route */
	ims_timer nowhere;   /* it leads to no host: told a moment later, as if the network had said so */
	gboolean redirected; /* once is enough */
	gboolean heard;      /* somebody has answered: it stays with its host */
	msg_t *refusal;      /* the challenge, while somebody is asked how to prove it; else NULL */
};

void ims_invite_drop_draft(ims_invite *invite)
{
	ims_invite_draft *draft = g_steal_pointer(&invite->draft);

	if (!draft)
		return;
	ims_timer_stop(&draft->nowhere);
	ims_next_hops_clear(&draft->hops);
	if (draft->refusal)
		msg_destroy(draft->refusal);
	g_free(draft->target);
	g_free(draft->from);
	g_free(draft->to);
	g_free(draft->routes);
	g_free(draft->sdp);
	g_free(draft);
}

/* Dialogs */

static ims_dialog *dialog_of_answer(ims_invite *invite, const sip_t *sip)
{
	ims_dialog *dialog = ims_invite_dialog_of(invite, sip->sip_to->a_tag);
	gboolean early = sip->sip_status->st_status < 200;

	if (dialog || (early && invite->dialogs->len >= MAX_FORKS))
		return dialog;
	dialog = ims_dialog_of_answer(invite, invite->stack, sip, ims_invite_in_dialog);
	if (!dialog)
		return NULL;
	ims_early_handle(&dialog->early, IMS_WE_OFFER); /* in the INVITE */
	g_ptr_array_add(invite->dialogs, dialog);
	if (early)
		ims_invite_reach_early(dialog);
	return dialog;
}

/* Only the dialog that answered stays. */
static void keep_only(ims_invite *invite, ims_dialog *confirmed)
{
	for (guint i = invite->dialogs->len; i-- > 0;)
		if (g_ptr_array_index(invite->dialogs, i) != confirmed)
			g_ptr_array_remove_index(invite->dialogs, i);
	invite->confirmed = confirmed;
}

/* Answers */

static void on_1xx(ims_invite *invite, const sip_t *sip, const ims_sip_news *news)
{
	ims_dialog *dialog = news->peer_tag ? dialog_of_answer(invite, sip) : NULL;
	const ims_rack rack = { .rseq = news->rseq, .cseq = sip->sip_cseq->cs_seq };

	if (invite->draft)
		invite->draft->heard = TRUE;
	if (rack.rseq && !(dialog && ims_invite_take_reliable(dialog, &rack)))
		return;
	if (rack.rseq && news->sdp) /* nothing later may answer the INVITE's offer another way */
		ims_early_handle(&dialog->early, IMS_THEY_ANSWER);
	if (news->status != 199)
		ims_invite_tell(invite, progress, news);
	else if (dialog)
		ims_invite_end_early(invite, dialog, news);
}

static void lose_answer(ims_invite *invite, ims_sip_news *news)
{
	ims_warn(invite->call_id,
		 "the answer is not acknowledged: it has no To tag, a route that leads nowhere, or a BYE "
		 "overtook it");
	news->status = 500;
	ims_invite_tell(invite, failed, news);
}

static void confirm(ims_invite *invite, ims_dialog *dialog, const sip_t *sip, const ims_sip_news *news)
{
	keep_only(invite, dialog);
	if (!ims_invite_is_offering_early(
		    dialog)) /* the offer of the INVITE, unless a reliable answer had it already */
		ims_early_handle(&dialog->early, IMS_THEY_ANSWER);
	ims_dialog_ack(dialog, invite->inviting, invite->authorization.lines);
	nta_outgoing_destroy(g_steal_pointer(&invite->inviting));
	ims_invite_session_answered(invite, sip);
	if (!invite->events) /* it crossed our CANCEL */
		ims_invite_bye(invite, NULL);
	ims_invite_tell(invite, answered, news);
}

static void on_reached(ims_dialog *dialog, gboolean reachable)
{
	ims_invite *invite = dialog->invite;
	msg_t *answer = g_steal_pointer(&invite->answer);
	g_auto(ims_sip_news) news = { 0 };

	ims_sip_read_news(sip_object(answer), &news);
	ims_invite_hold(invite);
	if (reachable) {
		confirm(invite, dialog, sip_object(answer), &news);
	} else {
		nta_outgoing_destroy(g_steal_pointer(&invite->inviting));
		lose_answer(invite, &news);
	}
	ims_invite_unhold(invite);
	msg_destroy(answer);
}

static void on_2xx(ims_invite *invite, const sip_t *sip, ims_sip_news *news)
{
	ims_dialog *dialog = dialog_of_answer(invite, sip);

	if (!dialog) {
		nta_outgoing_destroy(g_steal_pointer(&invite->inviting));
		lose_answer(invite, news);
		return;
	}
	ims_dialog_settle(dialog, invite->stack, sip);
	invite->answer = nta_outgoing_getresponse(invite->inviting);
	ims_dialog_reach(dialog, on_reached);
}

static gboolean send_draft(ims_invite *invite);

/* RFC 3263 4.3: a host that is silent or says 503 leaves the INVITE to the next one. */
static gboolean goes_on(ims_invite *invite, const ims_sip_news *news)
{
	ims_invite_draft *draft = invite->draft;

	if (draft->heard || (!news->internal && news->status != 503))
		return FALSE;
	ims_next_hops_fail(&draft->hops);
	if (!invite->events || !ims_next_hops_current(&draft->hops))
		return FALSE;
	ims_authorization_begin(&invite->authorization, draft->target);
	return send_draft(invite);
}

static ims_credentials_verdict heed(ims_invite *invite, const sip_t *sip)
{
	return invite->events ? ims_sip_heed_challenge(sip, &invite->authorization, invite->draft->target)
			      : IMS_CREDENTIALS_NONE;
}

static void end_forks(ims_invite *invite)
{
	while (invite->dialogs->len) {
		ims_dialog *dialog = g_ptr_array_index(invite->dialogs, invite->dialogs->len - 1);

		ims_invite_end_early(invite, dialog, &(ims_sip_news){ .peer_tag = dialog->tag });
	}
}

/* Another INVITE, that says what was missing (RFC 3261 22.2, RFC 4028 7.3); what the first one opened is no
 * more. */
static gboolean resend(ims_invite *invite)
{
	end_forks(invite);
	invite->draft->cseq++;
	return send_draft(invite);
}

/* The same to somebody else, by the same route (RFC 3261 8.1.3.4). */
static gboolean redirect(ims_invite *invite, char *target)
{
	ims_invite_draft *draft = invite->draft;

	ims_info(invite->call_id, "the call goes on to %s, as the network says", target);
	draft->redirected = TRUE;
	g_free(draft->target);
	draft->target = target;
	ims_authorization_begin(&invite->authorization, draft->target);
	return resend(invite);
}

static char *redirected_to(const ims_invite *invite, const sip_t *sip)
{
	return invite->events && !invite->draft->redirected ? ims_redirect_target(sip, invite->network)
							    : NULL;
}

static void give_up(ims_invite *invite, const ims_sip_news *news)
{
	ims_invite_drop_draft(invite);
	ims_invite_tell(invite, failed, news);
}

static void on_failure(ims_invite *invite, const sip_t *sip, const ims_sip_news *news)
{
	ims_credentials_verdict verdict = heed(invite, sip);
	gboolean amended = verdict == IMS_CREDENTIALS_GIVEN || ims_invite_session_refused(invite, sip);
	g_autofree char *elsewhere = redirected_to(invite, sip);

	if (verdict == IMS_CREDENTIALS_ASKED)
		invite->draft->refusal = nta_outgoing_getresponse(invite->inviting);
	nta_outgoing_destroy(g_steal_pointer(&invite->inviting));
	if (verdict == IMS_CREDENTIALS_ASKED)
		return;
	if (!(amended     ? resend(invite)
	      : elsewhere ? redirect(invite, g_steal_pointer(&elsewhere))
			  : goes_on(invite, news)))
		give_up(invite, news);
}

static void on_resumed(gboolean given, gpointer user)
{
	ims_invite *invite = user;
	msg_t *refusal = g_steal_pointer(&invite->draft->refusal);
	g_auto(ims_sip_news) news = { 0 };

	ims_sip_read_news(sip_object(refusal), &news);
	ims_invite_hold(invite);
	if (!given || !resend(invite))
		give_up(invite, &news);
	ims_invite_unhold(invite);
	msg_destroy(refusal);
}

static int on_invite_answer(nta_outgoing_magic_t *magic, nta_outgoing_t *request, const sip_t *sip)
{
	ims_invite *invite = (ims_invite *)magic;
	g_auto(ims_sip_news) news = { 0 };

	if (request != invite->inviting || invite->answer)
		return 0;
	/* A late 18x comes with the transaction's status 200: trust the message. */
	ims_sip_read_news(sip, &news);
	if (news.status < 200) /* 100 as well: it passes for this alone */
		ims_invite_pay_cancel(invite);
	if (news.status == 100)
		return 0;
	ims_invite_hold(invite);
	if (news.status < 200) {
		on_1xx(invite, sip, &news);
	} else if (news.status < 300) {
		ims_invite_drop_draft(invite);
		on_2xx(invite, sip, &news);
	} else {
		on_failure(invite, sip, &news);
	}
	ims_invite_unhold(invite);
	return 0;
}

/* Sending */

static gboolean send_draft(ims_invite *invite)
{
	const ims_invite_draft *draft = invite->draft;
	g_auto(ims_hop) hop = ims_hop_for(invite->network, ims_next_hops_current(&draft->hops));
	g_autofree char *cseq = g_strdup_printf("%u INVITE", draft->cseq);
	g_autofree char *session = ims_session_timer_ask(&invite->session);
	g_autofree char *own = ims_header_join(invite->first_headers, invite->authorization.lines);
	g_autofree char *lines = ims_header_join(session, own);

	invite->inviting = nta_outgoing_tcreate(
		invite->stack->outside, on_invite_answer, (nta_outgoing_magic_t *)invite, IMS_HOP_URL(hop),
		SIP_METHOD_INVITE, URL_STRING_MAKE(draft->target), IMS_HOP_TAGS(hop), NTATAG_PASS_100(1),
		SIPTAG_ROUTE_STR(draft->routes), SIPTAG_FROM_STR(draft->from), SIPTAG_TO_STR(draft->to),
		SIPTAG_CALL_ID_STR(invite->call_id), SIPTAG_CSEQ_STR(cseq),
		SIPTAG_CONTACT_STR(invite->contact),
		TAG_IF(invite->record_routes, SIPTAG_RECORD_ROUTE_STR(invite->record_routes)),
		SIPTAG_ALLOW_STR(IMS_ALLOW), SIPTAG_SUPPORTED_STR(IMS_SUPPORTED),
		SIPTAG_ACCEPT_STR("application/sdp"), SIPTAG_HEADER_STR("P-Early-Media: supported"),
		TAG_IF(lines, SIPTAG_HEADER_STR(lines)), SIPTAG_CONTENT_TYPE_STR("application/sdp"),
		SIPTAG_PAYLOAD_STR(draft->sdp), TAG_END());
	return invite->inviting != NULL;
}

static void fail(ims_invite *invite, const char *reason)
{
	const ims_sip_news news = { .status = 503, .reason = (char *)reason, .internal = TRUE };

	ims_invite_hold(invite);
	ims_invite_drop_draft(invite);
	ims_invite_tell(invite, failed, &news);
	ims_invite_unhold(invite);
}

static void on_nowhere(gpointer user)
{
	fail(user, "The next hop cannot be found");
}

/* While ims_invite_call runs (nobody listens yet) it sees for itself what became of this. */
static void on_hops(gpointer user)
{
	ims_invite *invite = user;

	if (!ims_next_hops_current(&invite->draft->hops))
		ims_timer_arm(&invite->draft->nowhere, 1);
	else if (!send_draft(invite) && invite->events)
		fail(invite, "The INVITE cannot be made");
}

static void make_draft(ims_invite *invite, const ims_invite_request *r)
{
	ims_invite_draft *draft = invite->draft = g_new0(ims_invite_draft, 1);
	g_autofree char *tag = ims_random_hex(TAG_BYTES);
	g_autoptr(GBytes) body = r->sdp ? g_bytes_new(r->sdp, strlen(r->sdp)) : NULL;

	draft->target = g_strdup(r->target);
	draft->from = ims_header_name_addr(r->caller_name, r->caller, tag);
	draft->to = ims_header_name_addr(NULL, r->target, NULL);
	draft->routes = ims_header_routes(r->route);
	draft->sdp = g_strdup(r->sdp);
	ims_timer_init(&draft->nowhere, &invite->stack->clock, on_nowhere, invite);
	draft->cseq = 1;
	ims_authorization_init(&invite->authorization, invite->credentials,
			       &(ims_authorization_setup){ .method = "INVITE",
							   .call_id = invite->call_id,
							   .body = body,
							   .resumed = on_resumed,
							   .user = invite });
	ims_authorization_begin(&invite->authorization, draft->target);
	ims_next_hops_init(&draft->hops, invite->stack->resolver,
			   ims_role_way(invite->network, g_ptr_array_index(r->route, 0)), on_hops, invite);
}

static gboolean is_under_way(const ims_invite *invite)
{
	return invite->inviting || ims_next_hops_is_looking(&invite->draft->hops) ||
	       ims_timer_is_armed(&invite->draft->nowhere);
}

ims_invite *ims_invite_call(ims_stack *stack, const ims_invite_request *request,
			    const ims_invite_events *events, gpointer user, GError **error)
{
	ims_invite *invite;

	if (request->route->len == 0) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_SIP,
				    "The network gave no route that can be used");
		return NULL;
	}
	invite = ims_invite_alloc(stack);
	invite->call_id = request->call_id ? g_strdup(request->call_id) : ims_random_hex(CALL_ID_BYTES);
	ims_invite_restyle(invite, &request->style, NULL);
	make_draft(invite, request);
	ims_next_hops_find(&invite->draft->hops);
	if (!is_under_way(invite)) {
		ims_alarm(stack->alarms, IMS_ALARM_NO_ROUTE,
			  "no INVITE to %s: it cannot be made, or its route %s leads nowhere",
			  request->target, (const char *)g_ptr_array_index(request->route, 0));
		g_set_error(error, IMS_ERROR, IMS_E_SIP,
			    "The INVITE to %s cannot be made, or the network's route leads nowhere",
			    request->target);
		ims_invite_free(invite);
		return NULL;
	}
	invite->events = events;
	invite->user = user;
	return invite;
}
