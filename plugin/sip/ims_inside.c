#include "sip/ims_inside.h"

#include "base/ims_log.h"
#include "sip/ims_headers.h"
#include "sip/ims_hop.h"
#include "sip/ims_invite_internal.h"
#include "sip/ims_sip_read.h"

struct ims_inside {
	ims_dialog *dialog;      /* NULL: it has ended meanwhile */
	nta_outgoing_t *request; /* NULL while somebody is asked how to prove it */
	msg_t *refusal;          /* ... and the challenge; else NULL */
	ims_authorization authorization;
	char *method, *contact, *headers, *content_type;
	GBytes *body;
	ims_inside_answered *answered; /* NULL: nobody waits; the dialog's */
	gboolean cancelled;
	gpointer user;
};

/* Sending */

static int on_answer(nta_outgoing_magic_t *magic, nta_outgoing_t *request, const sip_t *sip);

static gboolean send_it(ims_inside *inside)
{
	su_home_t home[1] = { SU_HOME_INIT(home) };
	const ims_dialog *dialog = inside->dialog;
	g_auto(ims_hop) hop = ims_hop_for(dialog->invite->network, ims_next_hops_current(&dialog->hops));
	g_autofree char *lines = ims_header_join(inside->headers, inside->authorization.lines);
	gsize size = 0;
	const void *data = inside->body ? g_bytes_get_data(inside->body, &size) : NULL;
	sip_payload_t *body = inside->body ? sip_payload_create(home, data, (issize_t)size) : NULL;

	inside->request = nta_outgoing_tcreate(
		dialog->leg, on_answer, (nta_outgoing_magic_t *)inside, IMS_HOP_URL(hop),
		sip_method_code(inside->method), inside->method, NULL, IMS_HOP_TAGS(hop),
		TAG_IF(inside->contact, SIPTAG_CONTACT_STR(inside->contact)),
		TAG_IF(inside->contact, SIPTAG_ALLOW_STR(IMS_ALLOW)),
		TAG_IF(inside->contact, SIPTAG_SUPPORTED_STR(IMS_SUPPORTED)),
		TAG_IF(body, SIPTAG_CONTENT_TYPE_STR(inside->content_type)),
		TAG_IF(body, SIPTAG_PAYLOAD(body)), TAG_IF(lines, SIPTAG_HEADER_STR(lines)), TAG_END());
	su_home_deinit(home);
	if (!inside->request)
		ims_warn(NULL, "a %s in a dialog could not be made", inside->method);
	return inside->request != NULL;
}

/* Answers */

static ims_credentials_verdict heed(ims_inside *inside, const sip_t *sip)
{
	g_autofree char *target = inside->dialog ? ims_dialog_target(inside->dialog) : NULL;

	return target && !inside->cancelled ? ims_sip_heed_challenge(sip, &inside->authorization, target)
					    : IMS_CREDENTIALS_NONE;
}

static gboolean prove(ims_inside *inside)
{
	nta_outgoing_t *challenged = inside->request;
	gboolean sent = send_it(inside);

	if (!sent)
		inside->request = challenged; /* and its answer stands */
	else if (challenged)
		nta_outgoing_destroy(challenged);
	return sent;
}

static void finish(ims_inside *inside, const sip_t *sip)
{
	ims_invite *invite;

	if (inside->answered) {
		inside->answered(sip, inside->user);
		return;
	}
	invite = inside->dialog->invite;
	ims_invite_hold(invite);
	if (inside->cancelled && sip && sip->sip_status->st_status < 300)
		ims_inside_ack(inside);
	ims_inside_drop(inside);
	ims_invite_unhold(invite); /* which may have waited for this only */
}

static void wait(ims_inside *inside)
{
	inside->refusal = nta_outgoing_getresponse(inside->request);
	nta_outgoing_destroy(g_steal_pointer(&inside->request));
}

static void on_resumed(gboolean given, gpointer user)
{
	ims_inside *inside = user;
	msg_t *refusal = g_steal_pointer(&inside->refusal);

	if (!given || !inside->dialog || !prove(inside))
		finish(inside, sip_object(refusal));
	msg_destroy(refusal);
}

static int on_answer(nta_outgoing_magic_t *magic, nta_outgoing_t *request, const sip_t *sip)
{
	ims_inside *inside = (ims_inside *)magic;
	ims_credentials_verdict verdict;
	msg_t *answer;

	if (sip && sip->sip_status->st_status < 200)
		return 0;
	answer = nta_outgoing_getresponse(request); /* over TCP it would go with the request, if that goes */
	verdict = heed(inside, sip);
	if (verdict == IMS_CREDENTIALS_ASKED)
		wait(inside);
	else if (verdict != IMS_CREDENTIALS_GIVEN || !prove(inside))
		finish(inside, sip);
	msg_destroy(answer);
	return 0;
}

/* Life */

static ims_inside *inside_new(ims_dialog *dialog, const ims_inside_request *r)
{
	ims_inside *inside = g_new0(ims_inside, 1);
	g_autofree char *target = ims_dialog_target(dialog);

	inside->dialog = dialog;
	inside->method = g_strdup(r->method);
	inside->contact = g_strdup(r->contact);
	inside->headers = g_strdup(r->headers);
	inside->content_type = g_strdup(r->content_type);
	inside->body = r->body ? g_bytes_ref(r->body) : NULL;
	ims_authorization_init(&inside->authorization, dialog->invite->credentials,
			       &(ims_authorization_setup){ .method = r->method,
							   .call_id = dialog->invite->call_id,
							   .body = r->body,
							   .resumed = on_resumed,
							   .user = inside });
	ims_authorization_begin(&inside->authorization, target);
	g_ptr_array_add(dialog->requests, inside);
	return inside;
}

void ims_inside_drop(ims_inside *inside)
{
	if (!inside)
		return;
	if (inside->dialog)
		g_ptr_array_remove(inside->dialog->requests, inside);
	if (inside->request)
		nta_outgoing_destroy(inside->request);
	if (inside->refusal)
		msg_destroy(inside->refusal);
	ims_authorization_clear(&inside->authorization);
	g_clear_pointer(&inside->body, g_bytes_unref);
	g_free(inside->method);
	g_free(inside->contact);
	g_free(inside->headers);
	g_free(inside->content_type);
	g_free(inside);
}

void ims_inside_cancel(ims_inside *inside)
{
	if (!inside)
		return;
	if (inside->refusal) { /* nothing is under way */
		ims_inside_drop(inside);
		return;
	}
	inside->answered = NULL;
	inside->cancelled = TRUE;
	nta_outgoing_tcancel(inside->request, NULL, NULL, TAG_END());
}

ims_inside *ims_inside_ask(ims_dialog *dialog, const ims_inside_request *request,
			   ims_inside_answered *answered, gpointer user)
{
	ims_inside *inside = inside_new(dialog, request);

	inside->answered = answered;
	inside->user = user;
	if (send_it(inside))
		return inside;
	ims_inside_drop(inside);
	return NULL;
}

void ims_inside_tell(ims_dialog *dialog, const ims_inside_request *request)
{
	ims_inside *inside = inside_new(dialog, request);

	if (!send_it(inside) || !inside->authorization.credentials)
		ims_inside_drop(inside); /* nta goes on with it */
}

void ims_inside_ack(const ims_inside *inside)
{
	ims_dialog_ack(inside->dialog, inside->request, inside->authorization.lines);
}

GBytes *ims_inside_body(const ims_inside *inside)
{
	return inside->body;
}

void ims_inside_forsake(ims_inside *inside)
{
	inside->dialog = NULL;
	if (!inside->answered)
		ims_inside_drop(inside);
}

gboolean ims_inside_is_telling(const ims_dialog *dialog)
{
	for (guint i = 0; i < dialog->requests->len; i++)
		if (!((const ims_inside *)g_ptr_array_index(dialog->requests, i))->answered)
			return TRUE;
	return FALSE;
}
