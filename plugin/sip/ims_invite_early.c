/* ims_invite_early.c: dialogs whose INVITE has no final answer yet: PRACK, UPDATE both ways, their end. */
#include <string.h>

#include "base/ims_error.h"
#include "base/ims_log.h"
#include "base/ims_random.h"
#include "sip/ims_invite_internal.h"
#include "sip/ims_sip_read.h"

#define MAX_OWED 8         /* PRACKs that wait until it is known where they go, or for their answer */
#define MAX_RETRY_AFTER 10 /* seconds (RFC 3311 5.2) */

ims_dialog *ims_invite_dialog_of(const ims_invite *invite, const char *tag)
{
	for (guint i = 0; tag && i < invite->dialogs->len; i++) {
		ims_dialog *dialog = g_ptr_array_index(invite->dialogs, i);

		if (g_strcmp0(dialog->tag, tag) == 0)
			return dialog;
	}
	return NULL;
}

/* PRACK */

typedef struct {
	ims_dialog *dialog;
	ims_inside *inside;
} prack;

void ims_prack_free(gpointer data)
{
	prack *p = data;

	ims_inside_drop(p->inside);
	g_free(p);
}

static void send_waiting(ims_dialog *dialog);

static void on_pracked(const sip_t *sip, gpointer user)
{
	prack *p = user;
	ims_dialog *dialog = p->dialog;
	ims_invite *invite = dialog->invite;
	int status = sip ? sip->sip_status->st_status : 408;

	ims_invite_hold(invite);
	g_ptr_array_remove(dialog->pracks, p);
	if (status >= 300)
		ims_warn(invite->call_id, "PRACK: %d", status);
	if (status == 481 && dialog != invite->confirmed)
		ims_invite_end_early(invite, dialog, &(ims_sip_news){ .peer_tag = dialog->tag });
	else if (dialog->pracks->len == 0)
		send_waiting(dialog);
	ims_invite_unhold(invite);
}

static void send_prack(ims_dialog *dialog, const ims_rack *rack)
{
	const char *more = dialog->invite->later_headers;
	g_autofree char *headers = g_strdup_printf("RAck: %u %u INVITE%s%s", rack->rseq, rack->cseq,
						   more ? "\r\n" : "", more ? more : "");
	prack *p = g_new0(prack, 1);

	p->dialog = dialog;
	p->inside = ims_inside_ask(dialog, &(ims_inside_request){ .method = "PRACK", .headers = headers },
				   on_pracked, p);
	if (p->inside)
		g_ptr_array_add(dialog->pracks, p);
	else
		g_free(p);
}

static void on_reached(ims_dialog *dialog, gboolean reachable)
{
	if (!reachable)
		ims_warn(dialog->invite->call_id, "an early dialog's route leads nowhere");
	for (guint i = 0; reachable && i < dialog->owed->len; i++)
		send_prack(dialog, &g_array_index(dialog->owed, ims_rack, i));
	g_array_set_size(dialog->owed, 0);
}

void ims_invite_reach_early(ims_dialog *dialog)
{
	ims_dialog_reach(dialog, on_reached);
}

gboolean ims_invite_take_reliable(ims_dialog *dialog, const ims_rack *rack)
{
	gboolean reachable = ims_next_hops_current(&dialog->hops) != NULL;

	/* The peer repeats what is not taken now. */
	if (dialog->owed->len >= MAX_OWED || dialog->pracks->len >= MAX_OWED ||
	    !ims_early_take(&dialog->early, rack->rseq))
		return FALSE;
	if (reachable)
		send_prack(dialog, rack);
	else
		g_array_append_val(dialog->owed, *rack);
	return TRUE;
}

/* Its end */

void ims_invite_end_early(ims_invite *invite, ims_dialog *dialog, const ims_sip_news *news)
{
	ims_dialog_forsake(dialog);
	ims_invite_tell(invite, early_ended, news);
	g_ptr_array_remove(invite->dialogs, dialog);
}

/* UPDATE of the peer */

int ims_invite_refuse_offer(nta_incoming_t *request, int status)
{
	g_autofree char *after_s = NULL;

	if (status == IMS_TURN_BUSY)
		after_s = g_strdup_printf("%u", (guint)(ims_random_u53() % (MAX_RETRY_AFTER + 1)));
	nta_incoming_treply(request, status, sip_status_phrase(status),
			    TAG_IF(after_s, SIPTAG_RETRY_AFTER_STR(after_s)), TAG_END());
	return status;
}

int ims_invite_receive_early(ims_dialog *dialog, nta_incoming_t *request, const sip_t *sip)
{
	ims_invite *invite = dialog->invite;
	g_auto(ims_sip_news) news = { 0 };
	int verdict;

	ims_sip_read_news(sip, &news);
	if (news.bad_body)
		return 415;
	verdict = news.sdp ? ims_early_handle(&dialog->early, IMS_THEY_OFFER) : 0;
	if (verdict)
		return ims_invite_refuse_offer(request, verdict);
	if (sip->sip_contact)
		ims_dialog_follow(dialog, sip);
	if (!news.sdp) { /* a new target, or a sign of life (RFC 4028) */
		ims_invite_reply(invite, request, 200, NULL, invite->later_headers);
		return 200;
	}
	dialog->updating = request;
	if (invite->events && invite->events->early_offered)
		invite->events->early_offered(&news, invite->user);
	else
		ims_invite_early_answer(invite, dialog->tag, 488, NULL);
	return 0;
}

void ims_invite_early_answer(ims_invite *invite, const char *tag, int status, const char *sdp)
{
	ims_dialog *dialog = ims_invite_dialog_of(invite, tag);

	if (!dialog || !dialog->updating)
		return;
	ims_invite_reply(invite, dialog->updating, status, sdp, invite->later_headers);
	nta_incoming_destroy(g_steal_pointer(&dialog->updating));
	ims_early_handle(&dialog->early, status < 300 ? IMS_WE_ANSWER : IMS_WE_REFUSE);
}

/* UPDATE of ours */

static void on_answer(const sip_t *sip, gpointer user)
{
	ims_dialog *dialog = user;
	ims_invite *invite = dialog->invite;
	g_auto(ims_sip_news) news = { 0 };

	ims_sip_read_news(sip, &news);
	g_free(news.peer_tag);
	news.peer_tag = g_strdup(dialog->tag); /* there may be no message */
	ims_invite_hold(invite);
	if (news.status < 300)
		ims_dialog_retarget(dialog, sip);
	ims_inside_drop(g_steal_pointer(&dialog->update));
	ims_early_handle(&dialog->early, news.status < 300 ? IMS_THEY_ANSWER : IMS_THEY_REFUSE);
	ims_invite_tell(invite, early_answered, &news);
	ims_invite_unhold(invite);
}

static gboolean send_update(ims_dialog *dialog, const char *sdp)
{
	const ims_invite *invite = dialog->invite;
	g_autoptr(GBytes) body = g_bytes_new(sdp, strlen(sdp));

	dialog->update = ims_inside_ask(dialog,
					&(ims_inside_request){ .method = "UPDATE",
							       .contact = invite->contact,
							       .headers = invite->later_headers,
							       .content_type = "application/sdp",
							       .body = body },
					on_answer, dialog);
	return dialog->update != NULL;
}

/* Behind the PRACKs, lest it overtakes one: that one's CSeq would be too low then. */
static void send_waiting(ims_dialog *dialog)
{
	g_autofree char *sdp = g_steal_pointer(&dialog->waiting);
	const ims_sip_news news = { .status = 500, .peer_tag = dialog->tag, .internal = TRUE };

	if (!sdp || send_update(dialog, sdp))
		return;
	ims_early_handle(&dialog->early, IMS_THEY_REFUSE);
	ims_invite_tell(dialog->invite, early_answered, &news);
}

gboolean ims_invite_is_offering_early(const ims_dialog *dialog)
{
	return dialog->update || dialog->waiting;
}

gboolean ims_invite_early_offer(ims_invite *invite, const char *tag, const char *sdp, GError **error)
{
	ims_dialog *dialog = ims_invite_dialog_of(invite, tag);

	if (!dialog || dialog->early.turn != IMS_TURN_NOBODYS || !ims_next_hops_current(&dialog->hops)) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_WRONG_STATE,
				    "Another offer is open in the early dialog, or there is none");
		return FALSE;
	}
	if (dialog->pracks->len) {
		dialog->waiting = g_strdup(sdp);
	} else if (!send_update(dialog, sdp)) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_SIP, "The UPDATE cannot be made");
		return FALSE;
	}
	ims_early_handle(&dialog->early, IMS_WE_OFFER);
	return TRUE;
}
