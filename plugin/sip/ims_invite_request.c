/* ims_invite_request.c: requests of ours inside the call that change nothing about it. */
#include "base/ims_error.h"
#include "sip/ims_headers.h"
#include "sip/ims_invite_internal.h"
#include "sip/ims_sip_read.h"

/* What a peer that answers nothing can make wait. */
#define MAX_WAITING 32

typedef struct {
	ims_invite *invite;
	nta_outgoing_t *request;
	ims_invite_answer *answered;
	gpointer user;
} waiting;

void ims_invite_forget_request(gpointer data)
{
	waiting *w = data;

	if (w->request)
		nta_outgoing_destroy(w->request);
	g_free(w);
}

static int on_answer(nta_outgoing_magic_t *magic, nta_outgoing_t *request, const sip_t *sip)
{
	waiting *w = (waiting *)magic;
	ims_invite *invite = w->invite;
	g_auto(ims_sip_news) news;

	(void)request;
	ims_sip_read_news(sip, &news);
	if (news.status < 200)
		return 0;
	ims_invite_hold(invite);
	if (invite->events)
		w->answered(&news, w->user);
	g_ptr_array_remove(invite->requests, w);
	ims_invite_unhold(invite);
	return 0;
}

gboolean ims_invite_ask(ims_invite *invite, const char *method, const char *type, GBytes *body,
			const char *headers, ims_invite_answer *answered, gpointer user, GError **error)
{
	g_autofree char *lines = ims_header_join(headers, invite->later_headers);
	waiting *w;

	if (!invite->confirmed || invite->over) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_WRONG_STATE, "The call is not up");
		return FALSE;
	}
	if (invite->requests->len >= MAX_WAITING) {
		g_set_error(error, IMS_ERROR, IMS_E_LIMIT, "%d requests wait for their answers already",
			    MAX_WAITING);
		return FALSE;
	}
	w = g_new0(waiting, 1);
	w->invite = invite;
	w->answered = answered;
	w->user = user;
	w->request = ims_dialog_ask(invite->confirmed, on_answer, (nta_outgoing_magic_t *)w, method, type,
				    body, lines);
	if (!w->request) {
		ims_invite_forget_request(w);
		g_set_error(error, IMS_ERROR, IMS_E_SIP, "The %s cannot be made", method);
		return FALSE;
	}
	g_ptr_array_add(invite->requests, w);
	return TRUE;
}

void ims_invite_info(ims_invite *invite, const char *content_type, const char *body, const char *headers)
{
	g_autofree char *lines = ims_header_join(headers, invite->later_headers);

	if (invite->confirmed && !invite->over)
		ims_dialog_send(invite->confirmed, NULL, SIP_METHOD_INFO, invite->contact, content_type, body,
				lines);
}
