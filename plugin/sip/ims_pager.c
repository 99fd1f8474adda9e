#include "sip/ims_pager.h"

#include "base/ims_error.h"
#include "base/ims_random.h"
#include "sip/ims_headers.h"
#include "sip/ims_hop.h"
#include "sip/ims_invite_internal.h"
#include "sip/ims_sip_read.h"

#define CALL_ID_BYTES 16
#define TAG_BYTES 8

struct ims_pager {
	nta_outgoing_t *request;
	char *call_id;
	ims_pager_done done;
	gpointer user;
};

/* Out */

static void pager_free(ims_pager *pager)
{
	if (pager->request)
		nta_outgoing_destroy(pager->request);
	g_free(pager->call_id);
	g_free(pager);
}

static int on_answer(nta_outgoing_magic_t *magic, nta_outgoing_t *request, const sip_t *sip)
{
	ims_pager *pager = (ims_pager *)magic;
	ims_pager_done done = pager->done;
	gpointer user = pager->user;
	g_auto(ims_sip_news) news;

	(void)request;
	ims_sip_read_news(sip, &news);
	if (news.status < 200)
		return 0;
	pager_free(pager);
	done(&news, user);
	return 0;
}

/* The transaction may outlive the dialog: what became of the message is told also when the call is over. */
static nta_outgoing_t *send_inside(ims_pager *pager, const ims_pager_request *r)
{
	const ims_invite *invite = r->dialog;
	g_autofree char *lines = ims_header_join(r->headers, invite->later_headers);

	return ims_dialog_ask(invite->confirmed, on_answer, (nta_outgoing_magic_t *)pager, "MESSAGE",
			      r->content_type, r->body, lines);
}

static nta_outgoing_t *send_outside(ims_stack *stack, ims_pager *pager, const ims_pager_request *r)
{
	su_home_t home[1] = { SU_HOME_INIT(home) };
	g_autofree char *tag = ims_random_hex(TAG_BYTES);
	g_autofree char *from = ims_header_name_addr(r->sender_name, r->sender, tag);
	g_autofree char *to = ims_header_name_addr(NULL, r->target, NULL);
	g_autofree char *routes = ims_header_routes(r->route);
	g_auto(ims_hop) hop = ims_hop_for_text(r->network, g_ptr_array_index(r->route, 0));
	sip_payload_t *body = sip_payload_create(home, g_bytes_get_data(r->body, NULL),
						 (issize_t)g_bytes_get_size(r->body));
	nta_outgoing_t *request = nta_outgoing_tcreate(
		stack->outside, on_answer, (nta_outgoing_magic_t *)pager, IMS_HOP_URL(hop),
		SIP_METHOD_MESSAGE, URL_STRING_MAKE(r->target), IMS_HOP_TAGS(hop), SIPTAG_ROUTE_STR(routes),
		SIPTAG_FROM_STR(from), SIPTAG_TO_STR(to), SIPTAG_CALL_ID_STR(pager->call_id),
		SIPTAG_CSEQ_STR("1 MESSAGE"), SIPTAG_CONTENT_TYPE_STR(r->content_type),
		TAG_IF(r->headers, SIPTAG_HEADER_STR(r->headers)), SIPTAG_PAYLOAD(body), TAG_END());

	su_home_deinit(home);
	return request;
}

static gboolean may_send(const ims_pager_request *r, GError **error)
{
	if (!r->dialog)
		return ims_route_is_numeric(r->route, error);
	if (r->dialog->confirmed && !r->dialog->over)
		return TRUE;
	g_set_error_literal(error, IMS_ERROR, IMS_E_WRONG_STATE, "The call is not up");
	return FALSE;
}

static char *call_id_of(const ims_pager_request *r)
{
	if (r->dialog)
		return g_strdup(ims_invite_call_id(r->dialog));
	return r->call_id ? g_strdup(r->call_id) : ims_random_hex(CALL_ID_BYTES);
}

ims_pager *ims_pager_send(ims_stack *stack, const ims_pager_request *r, ims_pager_done done, gpointer user,
			  GError **error)
{
	ims_pager *pager;

	if (!may_send(r, error))
		return NULL;
	pager = g_new0(ims_pager, 1);
	pager->call_id = call_id_of(r);
	pager->done = done;
	pager->user = user;
	pager->request = r->dialog ? send_inside(pager, r) : send_outside(stack, pager, r);
	if (pager->request)
		return pager;
	pager_free(pager);
	g_set_error_literal(error, IMS_ERROR, IMS_E_SIP, "The MESSAGE cannot be made");
	return NULL;
}

const char *ims_pager_call_id(const ims_pager *pager)
{
	return pager->call_id;
}

void ims_pager_drop(ims_pager *pager)
{
	if (pager)
		pager_free(pager);
}

/* In */

static int refuse(nta_incoming_t *request, int status, const char *phrase)
{
	nta_incoming_treply(request, status, phrase ? phrase : sip_status_phrase(status),
			    TAG_IF(status == 415, SIPTAG_ACCEPT_ENCODING_STR("identity")), TAG_END());
	return status;
}

static gboolean is_encoded(const sip_t *sip)
{
	const sip_content_encoding_t *encoding = sip->sip_content_encoding;

	for (gsize i = 0; encoding && encoding->k_items && encoding->k_items[i]; i++)
		if (g_ascii_strcasecmp(encoding->k_items[i], "identity") != 0)
			return TRUE;
	return FALSE;
}

/* 0: it can be taken. */
static int screen(nta_incoming_t *request, const sip_t *sip)
{
	int refused = nta_check_required(request, sip, NULL, TAG_END());
	gsize length = sip->sip_payload ? sip->sip_payload->pl_len : 0;

	if (refused)
		return refused;
	if (is_encoded(sip))
		return refuse(request, 415, NULL);
	if (length > IMS_PAGER_MAX_BYTES)
		return refuse(request, 413, NULL);
	if (length > 0 && !sip->sip_content_type)
		return refuse(request, 400, "Content-Type is missing");
	return 0;
}

int ims_pager_receive(ims_stack *stack, nta_incoming_t *request, const sip_t *sip,
		      const ims_sip_target *target)
{
	g_autofree char *headers = NULL;
	g_auto(ims_sip_news) news = { 0 };
	int status = screen(request, sip);

	if (status)
		return status;
	ims_sip_read_news(sip, &news);
	status = stack->events->message(target, &news, &headers, stack->user);
	nta_incoming_treply(request, status, sip_status_phrase(status),
			    TAG_IF(headers, SIPTAG_HEADER_STR(headers)), TAG_END());
	return status;
}

int ims_pager_receive_inside(ims_invite *invite, nta_incoming_t *request, const sip_t *sip)
{
	g_auto(ims_sip_news) news = { 0 };
	int status = screen(request, sip);

	if (status)
		return status;
	if (!invite->events || !invite->events->message)
		return 481;
	ims_sip_read_news(sip, &news);
	status = invite->events->message(&news, invite->user);
	ims_invite_reply(invite, request, status, NULL, invite->later_headers);
	return status;
}
