#include "sip/ims_invite.h"

#include <string.h>

#include "base/ims_error.h"
#include "base/ims_log.h"
#include "base/ims_random.h"
#include "sip/ims_headers.h"
#include "sip/ims_invite_internal.h"
#include "sip/ims_sip_read.h"

/* Life */

ims_invite *ims_invite_alloc(ims_stack *stack)
{
	ims_invite *invite = g_new0(ims_invite, 1);

	invite->stack = stack;
	invite->dialogs = g_ptr_array_new_with_free_func((GDestroyNotify)ims_dialog_free);
	ims_invite_start_session(invite, NULL);
	invite->referrals = g_ptr_array_new();
	g_hash_table_add(stack->invites, invite);
	g_atomic_int_inc(&stack->invite_count);
	return invite;
}

void ims_invite_free(ims_invite *invite)
{
	g_hash_table_remove(invite->stack->invites, invite);
	g_atomic_int_add(&invite->stack->invite_count, -1);
	ims_inside_drop(invite->reoffer);
	ims_invite_stop_session(invite);
	ims_refer_forsake(invite->refer);
	for (guint i = 0; i < invite->referrals->len; i++)
		ims_referral_forsake(g_ptr_array_index(invite->referrals, i));
	g_ptr_array_unref(invite->referrals);
	ims_invite_forget_answers(invite);
	g_ptr_array_unref(invite->dialogs);
	ims_invite_drop_draft(invite);
	ims_authorization_clear(&invite->authorization);
	ims_credentials_unref(invite->credentials);
	if (invite->answer)
		msg_destroy(invite->answer);
	if (invite->inviting)
		nta_outgoing_destroy(invite->inviting);
	if (invite->invited)
		nta_incoming_destroy(invite->invited);
	if (invite->reoffered)
		nta_incoming_destroy(invite->reoffered);
	g_free(invite->call_id);
	g_free(invite->flow_token);
	g_free(invite->source);
	g_free(invite->contact);
	g_free(invite->record_routes);
	g_free(invite->first_headers);
	g_free(invite->later_headers);
	g_free(invite->ring_headers);
	g_free(invite->owed_cancel);
	g_free(invite->owed_bye);
	g_free(invite);
}

static gboolean is_busy(const ims_invite *invite)
{
	return invite->held || invite->draft || invite->inviting || invite->invited || invite->owed_bye ||
	       invite->refer || invite->referrals->len > 0 ||
	       (invite->confirmed && ims_inside_is_telling(invite->confirmed));
}

void ims_invite_settle(ims_invite *invite)
{
	if (!invite->events && !is_busy(invite))
		ims_invite_free(invite);
}

void ims_invite_hold(ims_invite *invite)
{
	invite->held++;
}

void ims_invite_unhold(ims_invite *invite)
{
	invite->held--;
	ims_invite_settle(invite);
}

void ims_invite_abandon(ims_invite *invite)
{
	invite->events = NULL;
	ims_invite_free(invite);
}

/* What every message carries */

static void append_routes(GString *text, const sip_record_route_t *route)
{
	for (; route; route = route->r_next) {
		char *uri = url_as_string(NULL, route->r_url);

		g_string_append_printf(text, ", <%s>", uri);
		for (gsize i = 0; route->r_params && route->r_params[i]; i++)
			g_string_append_printf(text, ";%s", route->r_params[i]);
		su_free(NULL, uri);
	}
}

void ims_invite_restyle(ims_invite *invite, const ims_invite_style *style,
			const sip_record_route_t *of_request)
{
	invite->network = style->network;
	ims_invite_start_session(invite, style->network);
	invite->credentials = ims_credentials_ref(style->credentials);
	invite->contact = g_strdup(style->contact);
	invite->first_headers = g_strdup(style->first_headers);
	invite->later_headers = g_strdup(style->later_headers);
	invite->ring_headers = g_strdup(style->ring_headers);
	if (style->record_route) {
		GString *routes = g_string_new(NULL);

		g_string_append_printf(routes, "<%s>", style->record_route);
		append_routes(routes, of_request);
		invite->record_routes = g_string_free(routes, FALSE);
	}
}

/* In the call */

void ims_invite_bye(ims_invite *invite, const char *headers)
{
	g_autofree char *lines = ims_header_join(headers, invite->later_headers);

	if (invite->over || !invite->confirmed)
		return;
	invite->over = TRUE;
	ims_invite_stop_session(invite);
	ims_inside_cancel(g_steal_pointer(&invite->reoffer));
	ims_invite_reanswer(invite, 487, NULL); /* a change of the peer that nobody decides about any more */
	ims_inside_tell(invite->confirmed, &(ims_inside_request){ .method = "BYE", .headers = lines });
}

static void on_reoffer_answer(const sip_t *sip, gpointer user);

static gboolean send_reoffer(ims_invite *invite, GBytes *body)
{
	g_autofree char *session = ims_session_timer_ask(&invite->session);
	g_autofree char *lines = ims_header_join(session, invite->later_headers);

	invite->reoffer = ims_inside_ask(invite->confirmed,
					 &(ims_inside_request){ .method = "INVITE",
								.contact = invite->contact,
								.headers = lines,
								.content_type = "application/sdp",
								.body = body },
					 on_reoffer_answer, invite);
	return invite->reoffer != NULL;
}

static void on_reoffer_answer(const sip_t *sip, gpointer user)
{
	ims_invite *invite = user;
	g_autoptr(GBytes) body = g_bytes_ref(ims_inside_body(invite->reoffer));
	g_auto(ims_sip_news) news = { 0 };

	ims_sip_read_news(sip, &news);
	ims_invite_hold(invite);
	if (news.status < 300) {
		ims_dialog_retarget(invite->confirmed, sip);
		ims_inside_ack(invite->reoffer);
		ims_invite_session_answered(invite, sip);
	}
	ims_inside_drop(g_steal_pointer(&invite->reoffer));
	if (!ims_invite_session_refused(invite, sip) || !send_reoffer(invite, body))
		ims_invite_tell(invite, reanswered, &news);
	ims_invite_unhold(invite);
}

gboolean ims_invite_reoffer(ims_invite *invite, const char *sdp, GError **error)
{
	g_autoptr(GBytes) body = g_bytes_new(sdp, strlen(sdp));

	if (!invite->confirmed || invite->over || invite->reoffer || invite->reoffered || invite->invited ||
	    ims_invite_is_offering_early(invite->confirmed) || invite->confirmed->updating) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_WRONG_STATE,
				    "Another change of the call is under way");
		return FALSE;
	}
	if (send_reoffer(invite, body))
		return TRUE;
	g_set_error_literal(error, IMS_ERROR, IMS_E_SIP, "The re-INVITE cannot be made");
	return FALSE;
}

void ims_invite_pay_cancel(ims_invite *invite)
{
	g_autofree char *headers = g_steal_pointer(&invite->owed_cancel);

	if (headers)
		nta_outgoing_tcancel(invite->inviting, NULL, NULL,
				     TAG_IF(*headers, SIPTAG_HEADER_STR(headers)), TAG_END());
}

/* Before any answer nta would hold the CANCEL back too, but for the transport that the INVITE has tried
 * first: who is too large for UDP and finds no TCP there gets through by UDP after all, its CANCEL would not.
 * A 2xx that crosses it is delivered, acknowledged and ended. */
static void cancel(ims_invite *invite, const char *headers)
{
	invite->owed_cancel = g_strdup(headers ? headers : "");
	if (nta_outgoing_status(invite->inviting) >= 100)
		ims_invite_pay_cancel(invite);
}

void ims_invite_release(ims_invite *invite, const char *headers)
{
	if (!invite)
		return;
	invite->events = NULL;
	ims_invite_stop_session(invite);
	if (!invite->inviting)
		ims_invite_drop_draft(invite); /* nothing was sent yet, or it was challenged */
	if (invite->answer)
		ims_verb(invite->call_id, "released before the ACK could be sent: a BYE will follow it");
	else if (invite->inviting)
		cancel(invite, headers);
	else if (invite->invited && !invite->accepted)
		ims_invite_refuse(invite, 480, headers);
	else if (invite->invited && !invite->over)
		invite->owed_bye = g_strdup(headers ? headers : "");
	else
		ims_invite_bye(invite, headers);
	ims_invite_settle(invite);
}

static gboolean is_of(const ims_invite *invite, const ims_dialog *dialog, const ims_dialog_id *id)
{
	return g_strcmp0(invite->call_id, id->call_id) == 0 && g_strcmp0(dialog->tag, id->remote_tag) == 0 &&
	       g_strcmp0(nta_leg_get_tag(dialog->leg), id->local_tag) == 0;
}

gboolean ims_invite_has_dialog(const ims_invite *invite, const ims_dialog_id *id)
{
	for (guint i = 0; i < invite->dialogs->len; i++)
		if (is_of(invite, g_ptr_array_index(invite->dialogs, i), id))
			return TRUE;
	return FALSE;
}

gboolean ims_invite_dialog_id(const ims_invite *invite, ims_dialog_id *ret_id)
{
	const ims_dialog *dialog = invite->confirmed;

	if (!dialog)
		return FALSE;
	*ret_id = (ims_dialog_id){ .call_id = g_strdup(invite->call_id),
				   .local_tag = g_strdup(nta_leg_get_tag(dialog->leg)),
				   .remote_tag = g_strdup(dialog->tag) };
	return TRUE;
}

const char *ims_invite_own_tag(const ims_invite *invite)
{
	const ims_dialog *any = invite->dialogs->len ? g_ptr_array_index(invite->dialogs, 0) : NULL;
	const ims_dialog *dialog = invite->confirmed ? invite->confirmed : any;

	return dialog ? nta_leg_get_tag(dialog->leg) : NULL;
}

const char *ims_invite_call_id(const ims_invite *invite)
{
	return invite->call_id;
}
