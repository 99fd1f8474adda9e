#include "sip/ims_invite.h"

#include <string.h>

#include "base/ims_error.h"
#include "base/ims_log.h"
#include "base/ims_random.h"
#include "sip/ims_headers.h"
#include "sip/ims_hop.h"
#include "sip/ims_invite_internal.h"
#include "sip/ims_sip_read.h"

/* Early dialogs kept of one INVITE; more are told upward, but get no dialog of their own. */
#define MAX_FORKS 16
#define CALL_ID_BYTES 16
#define TAG_BYTES 8

/* Life */

ims_invite *ims_invite_alloc(ims_stack *stack)
{
	ims_invite *invite = g_new0(ims_invite, 1);

	invite->stack = stack;
	invite->dialogs = g_ptr_array_new_with_free_func((GDestroyNotify)ims_dialog_free);
	g_hash_table_add(stack->invites, invite);
	g_atomic_int_inc(&stack->invite_count);
	return invite;
}

static void invite_free(ims_invite *invite)
{
	g_hash_table_remove(invite->stack->invites, invite);
	g_atomic_int_add(&invite->stack->invite_count, -1);
	g_ptr_array_unref(invite->dialogs);
	if (invite->inviting)
		nta_outgoing_destroy(invite->inviting);
	if (invite->reoffer)
		nta_outgoing_destroy(invite->reoffer);
	if (invite->invited)
		nta_incoming_destroy(invite->invited);
	if (invite->reoffered)
		nta_incoming_destroy(invite->reoffered);
	g_free(invite->call_id);
	g_free(invite->contact);
	g_free(invite->record_routes);
	g_free(invite->first_headers);
	g_free(invite->later_headers);
	g_free(invite->owed_bye);
	g_free(invite);
}

void ims_invite_settle(ims_invite *invite)
{
	if (!invite->events && !invite->held && !invite->inviting && !invite->invited && !invite->owed_bye)
		invite_free(invite);
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
	invite_free(invite);
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
	invite->contact = g_strdup(style->contact);
	invite->first_headers = g_strdup(style->first_headers);
	invite->later_headers = g_strdup(style->later_headers);
	if (style->record_route) {
		GString *routes = g_string_new(NULL);

		g_string_append_printf(routes, "<%s>", style->record_route);
		append_routes(routes, of_request);
		invite->record_routes = g_string_free(routes, FALSE);
	}
}

/* We call */

static ims_dialog *dialog_of_tag(ims_invite *invite, const char *tag)
{
	for (guint i = 0; tag && i < invite->dialogs->len; i++) {
		ims_dialog *dialog = g_ptr_array_index(invite->dialogs, i);

		if (g_strcmp0(dialog->tag, tag) == 0)
			return dialog;
	}
	return NULL;
}

static ims_dialog *dialog_of_answer(ims_invite *invite, const sip_t *sip)
{
	ims_dialog *dialog = dialog_of_tag(invite, sip->sip_to->a_tag);

	if (dialog || (sip->sip_status->st_status < 200 && invite->dialogs->len >= MAX_FORKS))
		return dialog;
	dialog = ims_dialog_of_answer(invite, invite->stack, sip, ims_invite_in_dialog);
	if (dialog)
		g_ptr_array_add(invite->dialogs, dialog);
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

static void on_1xx(ims_invite *invite, const sip_t *sip, const ims_sip_news *news)
{
	if (news->to_tag)
		dialog_of_answer(invite, sip);
	ims_invite_tell(invite, progress, news);
}

static void on_2xx(ims_invite *invite, nta_outgoing_t *request, const sip_t *sip, ims_sip_news *news)
{
	ims_dialog *dialog = dialog_of_answer(invite, sip);

	if (dialog)
		ims_dialog_settle(dialog, invite->stack, sip);
	if (!dialog || !ims_dialog_is_reachable(dialog)) {
		ims_warn(invite->call_id,
			 "the answer cannot be acknowledged: no To tag, or a next hop that is a name");
		nta_outgoing_destroy(request);
		news->status = 500;
		ims_invite_tell(invite, failed, news);
		return;
	}
	keep_only(invite, dialog);
	ims_dialog_ack(dialog, request);
	nta_outgoing_destroy(request);
	if (!invite->events) /* it crossed our CANCEL */
		ims_invite_bye(invite, NULL);
	ims_invite_tell(invite, answered, news);
}

static int on_invite_answer(nta_outgoing_magic_t *magic, nta_outgoing_t *request, const sip_t *sip)
{
	ims_invite *invite = (ims_invite *)magic;
	g_auto(ims_sip_news) news;

	ims_sip_read_news(sip,
			  &news); /* a late 18x comes with the transaction's status 200: trust the message */
	if (news.status < 200) {
		if (news.status > 100)
			on_1xx(invite, sip, &news);
		return 0;
	}
	ims_invite_hold(invite);
	invite->inviting = NULL;
	if (news.status < 300) {
		on_2xx(invite, request, sip, &news);
	} else {
		nta_outgoing_destroy(request);
		ims_invite_tell(invite, failed, &news);
	}
	ims_invite_unhold(invite);
	return 0;
}

static gboolean send_invite(ims_invite *invite, const ims_invite_request *r)
{
	g_autofree char *tag = ims_random_hex(TAG_BYTES);
	g_autofree char *from = ims_header_name_addr(r->caller_name, r->caller, tag);
	g_autofree char *to = ims_header_name_addr(NULL, r->target, NULL);
	g_autofree char *routes = ims_header_routes(r->route);
	g_auto(ims_hop) hop = ims_hop_for_text(invite->network, g_ptr_array_index(r->route, 0));

	invite->inviting = nta_outgoing_tcreate(
		invite->stack->outside, on_invite_answer, (nta_outgoing_magic_t *)invite, IMS_HOP_URL(hop),
		SIP_METHOD_INVITE, URL_STRING_MAKE(r->target), IMS_HOP_TAGS(hop), SIPTAG_ROUTE_STR(routes),
		SIPTAG_FROM_STR(from), SIPTAG_TO_STR(to), SIPTAG_CALL_ID_STR(invite->call_id),
		SIPTAG_CSEQ_STR("1 INVITE"), SIPTAG_CONTACT_STR(invite->contact),
		TAG_IF(invite->record_routes, SIPTAG_RECORD_ROUTE_STR(invite->record_routes)),
		SIPTAG_ALLOW_STR(IMS_ALLOW), SIPTAG_ACCEPT_STR("application/sdp"),
		TAG_IF(invite->first_headers, SIPTAG_HEADER_STR(invite->first_headers)),
		SIPTAG_CONTENT_TYPE_STR("application/sdp"), SIPTAG_PAYLOAD_STR(r->sdp), TAG_END());
	return invite->inviting != NULL;
}

ims_invite *ims_invite_call(ims_stack *stack, const ims_invite_request *request,
			    const ims_invite_events *events, gpointer user, GError **error)
{
	ims_invite *invite;

	if (!ims_route_is_numeric(request->route, error))
		return NULL;
	invite = ims_invite_alloc(stack);
	invite->call_id = request->call_id ? g_strdup(request->call_id) : ims_random_hex(CALL_ID_BYTES);
	ims_invite_restyle(invite, &request->style, NULL);
	if (!send_invite(invite, request)) {
		g_set_error(error, IMS_ERROR, IMS_E_SIP, "The INVITE to %s cannot be made", request->target);
		invite_free(invite);
		return NULL;
	}
	invite->events = events;
	invite->user = user;
	return invite;
}

/* In the call */

static void drop_reoffer(ims_invite *invite)
{
	if (invite->reoffer)
		nta_outgoing_destroy(g_steal_pointer(&invite->reoffer));
}

void ims_invite_bye(ims_invite *invite, const char *headers)
{
	g_autofree char *lines = ims_header_join(headers, invite->later_headers);

	if (invite->over || !invite->confirmed)
		return;
	invite->over = TRUE;
	drop_reoffer(invite);
	ims_dialog_send(invite->confirmed, NULL, SIP_METHOD_BYE, NULL, NULL, NULL, lines);
}

static int on_reoffer_answer(nta_outgoing_magic_t *magic, nta_outgoing_t *request, const sip_t *sip)
{
	ims_invite *invite = (ims_invite *)magic;
	g_auto(ims_sip_news) news;

	ims_sip_read_news(sip, &news);
	if (news.status < 200)
		return 0;
	ims_invite_hold(invite);
	if (news.status < 300) {
		ims_dialog_retarget(invite->confirmed, sip);
		ims_dialog_ack(invite->confirmed, request);
	}
	drop_reoffer(invite);
	ims_invite_tell(invite, reanswered, &news);
	ims_invite_unhold(invite);
	return 0;
}

gboolean ims_invite_reoffer(ims_invite *invite, const char *sdp, GError **error)
{
	if (!invite->confirmed || invite->over || invite->reoffer || invite->reoffered || invite->invited) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_WRONG_STATE,
				    "Another change of the call is under way");
		return FALSE;
	}
	invite->reoffer = ims_dialog_send(invite->confirmed, on_reoffer_answer, SIP_METHOD_INVITE,
					  invite->contact, "application/sdp", sdp, invite->later_headers);
	if (invite->reoffer)
		return TRUE;
	g_set_error_literal(error, IMS_ERROR, IMS_E_SIP, "The re-INVITE cannot be made");
	return FALSE;
}

static void cancel(ims_invite *invite, const char *headers)
{
	/* Before any answer nta holds the CANCEL back until there is one. A 2xx that crosses it is
	 * delivered, acknowledged and ended. */
	nta_outgoing_tcancel(invite->inviting, NULL, NULL, TAG_IF(headers, SIPTAG_HEADER_STR(headers)),
			     TAG_END());
}

void ims_invite_release(ims_invite *invite, const char *headers)
{
	if (!invite)
		return;
	invite->events = NULL;
	if (invite->inviting)
		cancel(invite, headers);
	else if (invite->invited && !invite->accepted)
		ims_invite_refuse(invite, 480, headers);
	else if (invite->invited && !invite->over)
		invite->owed_bye = g_strdup(headers ? headers : "");
	else
		ims_invite_bye(invite, headers);
	ims_invite_settle(invite);
}

const char *ims_invite_call_id(const ims_invite *invite)
{
	return invite->call_id;
}
