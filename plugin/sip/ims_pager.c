#include "sip/ims_pager.h"

#include "base/ims_error.h"
#include "base/ims_random.h"
#include "sip/ims_headers.h"
#include "sip/ims_hop.h"
#include "sip/ims_invite_internal.h"
#include "sip/ims_role.h"
#include "sip/ims_screen.h"
#include "sip/ims_sip_read.h"

#define CALL_ID_BYTES 16
#define TAG_BYTES 8

/* Outside dialogs, until somebody answers: it may have to go to the next host. */
typedef struct {
	char *target, *from, *to, *routes, *content_type, *headers;
	GBytes *body;
	guint32 cseq;
	ims_authorization authorization;
	ims_next_hops hops; /* of the first route */
	ims_timer nowhere;  /* it leads to no host: told a moment later, as if the network had said so */
} draft;

struct ims_pager {
	ims_stack *stack;
	const ims_network *network;
	nta_outgoing_t *request;
	msg_t *refusal;     /* the challenge, while somebody is asked how to prove it; else NULL */
	draft *draft;       /* NULL: inside a dialog */
	ims_inside *inside; /* ... */
	char *call_id;
	ims_pager_done done; /* NULL: ims_pager_send has not returned yet */
	gpointer user;
};

/* Out */

static void draft_free(draft *d)
{
	if (!d)
		return;
	ims_timer_stop(&d->nowhere);
	ims_next_hops_clear(&d->hops);
	g_bytes_unref(d->body);
	ims_authorization_clear(&d->authorization);
	g_free(d->target);
	g_free(d->from);
	g_free(d->to);
	g_free(d->routes);
	g_free(d->content_type);
	g_free(d->headers);
	g_free(d);
}

static void pager_free(ims_pager *pager)
{
	if (pager->request)
		nta_outgoing_destroy(pager->request);
	if (pager->refusal)
		msg_destroy(pager->refusal);
	ims_inside_drop(pager->inside);
	draft_free(pager->draft);
	g_free(pager->call_id);
	g_free(pager);
}

static void finish(ims_pager *pager, const ims_sip_news *news)
{
	ims_pager_done done = pager->done;
	gpointer user = pager->user;

	pager_free(pager);
	done(news, user);
}

static gboolean send_draft(ims_pager *pager);

/* RFC 3263 4.3: a host that is silent or says 503 leaves it to the next one. */
static gboolean goes_on(ims_pager *pager, const ims_sip_news *news)
{
	draft *d = pager->draft;

	if (!news->internal && news->status != 503)
		return FALSE;
	ims_next_hops_fail(&d->hops);
	if (!ims_next_hops_current(&d->hops))
		return FALSE;
	ims_authorization_begin(&d->authorization, d->target);
	return send_draft(pager);
}

static gboolean prove(ims_pager *pager)
{
	pager->draft->cseq++;
	return send_draft(pager);
}

static int on_answer(nta_outgoing_magic_t *magic, nta_outgoing_t *request, const sip_t *sip)
{
	ims_pager *pager = (ims_pager *)magic;
	draft *d = pager->draft;
	ims_credentials_verdict verdict;
	g_auto(ims_sip_news) news = { 0 };

	(void)request;
	ims_sip_read_news(sip, &news);
	if (news.status < 200)
		return 0;
	verdict = ims_sip_heed_challenge(sip, &d->authorization, d->target);
	if (verdict == IMS_CREDENTIALS_ASKED)
		pager->refusal = nta_outgoing_getresponse(pager->request);
	nta_outgoing_destroy(g_steal_pointer(&pager->request));
	if (verdict == IMS_CREDENTIALS_ASKED)
		return 0;
	if (!(verdict == IMS_CREDENTIALS_GIVEN ? prove(pager) : goes_on(pager, &news)))
		finish(pager, &news);
	return 0;
}

static void on_resumed(gboolean given, gpointer user)
{
	ims_pager *pager = user;
	msg_t *refusal = g_steal_pointer(&pager->refusal);
	g_auto(ims_sip_news) news = { 0 };

	ims_sip_read_news(sip_object(refusal), &news);
	if (!given || !prove(pager))
		finish(pager, &news);
	msg_destroy(refusal);
}

static void on_answer_inside(const sip_t *sip, gpointer user)
{
	g_auto(ims_sip_news) news = { 0 };

	ims_sip_read_news(sip, &news);
	finish(user, &news);
}

/* The transaction may outlive the dialog: what became of the message is told also when the call is over. */
static ims_inside *send_inside(ims_pager *pager, const ims_pager_request *r)
{
	const ims_invite *invite = r->dialog;
	g_autofree char *lines = ims_header_join(r->headers, invite->later_headers);

	return ims_inside_ask(invite->confirmed,
			      &(ims_inside_request){ .method = "MESSAGE",
						     .headers = lines,
						     .content_type = r->content_type,
						     .body = r->body },
			      on_answer_inside, pager);
}

static gboolean send_draft(ims_pager *pager)
{
	const draft *d = pager->draft;
	su_home_t home[1] = { SU_HOME_INIT(home) };
	g_auto(ims_hop) hop = ims_hop_for(pager->network, ims_next_hops_current(&d->hops));
	g_autofree char *cseq = g_strdup_printf("%u MESSAGE", d->cseq);
	g_autofree char *lines = ims_header_join(d->headers, d->authorization.lines);
	sip_payload_t *body = sip_payload_create(home, g_bytes_get_data(d->body, NULL),
						 (issize_t)g_bytes_get_size(d->body));

	pager->request = nta_outgoing_tcreate(
		pager->stack->outside, on_answer, (nta_outgoing_magic_t *)pager, IMS_HOP_URL(hop),
		SIP_METHOD_MESSAGE, URL_STRING_MAKE(d->target), IMS_HOP_TAGS(hop),
		SIPTAG_ROUTE_STR(d->routes), SIPTAG_FROM_STR(d->from), SIPTAG_TO_STR(d->to),
		SIPTAG_CALL_ID_STR(pager->call_id), SIPTAG_CSEQ_STR(cseq),
		SIPTAG_CONTENT_TYPE_STR(d->content_type), TAG_IF(lines, SIPTAG_HEADER_STR(lines)),
		SIPTAG_PAYLOAD(body), TAG_END());
	su_home_deinit(home);
	return pager->request != NULL;
}

static void fail(ims_pager *pager, const char *reason)
{
	const ims_sip_news news = { .status = 503, .reason = (char *)reason, .internal = TRUE };

	finish(pager, &news);
}

static void on_nowhere(gpointer user)
{
	fail(user, "The next hop cannot be found");
}

/* While ims_pager_send runs it sees for itself what became of this. */
static void on_hops(gpointer user)
{
	ims_pager *pager = user;

	if (!ims_next_hops_current(&pager->draft->hops))
		ims_timer_arm(&pager->draft->nowhere, 1);
	else if (!send_draft(pager) && pager->done)
		fail(pager, "The MESSAGE cannot be made");
}

static void make_draft(ims_pager *pager, const ims_pager_request *r)
{
	draft *d = pager->draft = g_new0(draft, 1);
	g_autofree char *tag = ims_random_hex(TAG_BYTES);

	d->target = g_strdup(r->target);
	d->from = ims_header_name_addr(r->sender_name, r->sender, tag);
	d->to = ims_header_name_addr(NULL, r->target, NULL);
	d->routes = ims_header_routes(r->route);
	d->content_type = g_strdup(r->content_type);
	d->headers = g_strdup(r->headers);
	d->body = g_bytes_ref(r->body);
	ims_timer_init(&d->nowhere, &pager->stack->clock, on_nowhere, pager);
	d->cseq = 1;
	ims_authorization_init(&d->authorization, r->credentials,
			       &(ims_authorization_setup){ .method = "MESSAGE",
							   .call_id = pager->call_id,
							   .body = r->body,
							   .resumed = on_resumed,
							   .user = pager });
	ims_authorization_begin(&d->authorization, d->target);
	ims_next_hops_init(&d->hops, pager->stack->resolver,
			   ims_role_way(pager->network, g_ptr_array_index(r->route, 0)), on_hops, pager);
}

/* FALSE: it can go nowhere. */
static gboolean start(ims_pager *pager, const ims_pager_request *r)
{
	if (r->dialog) {
		pager->inside = send_inside(pager, r);
		return pager->inside != NULL;
	}
	make_draft(pager, r);
	ims_next_hops_find(&pager->draft->hops);
	return pager->request || ims_next_hops_is_looking(&pager->draft->hops) ||
	       ims_timer_is_armed(&pager->draft->nowhere);
}

static gboolean may_send(const ims_pager_request *r, GError **error)
{
	if (r->dialog ? r->dialog->confirmed && !r->dialog->over : r->route->len > 0)
		return TRUE;
	g_set_error_literal(error, IMS_ERROR, r->dialog ? IMS_E_WRONG_STATE : IMS_E_SIP,
			    r->dialog ? "The call is not up" : "The network gave no route that can be used");
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
	pager->stack = stack;
	pager->network = r->network;
	pager->call_id = call_id_of(r);
	if (!start(pager, r)) {
		pager_free(pager);
		g_set_error_literal(error, IMS_ERROR, IMS_E_SIP,
				    "The MESSAGE cannot be made, or its route leads nowhere");
		return NULL;
	}
	pager->done = done;
	pager->user = user;
	return pager;
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

int ims_pager_receive(ims_stack *stack, nta_incoming_t *request, const sip_t *sip,
		      const ims_sip_target *target)
{
	g_autofree char *headers = NULL;
	g_auto(ims_sip_news) news = { 0 };
	int status = ims_screen_body(request, sip, IMS_PAGER_MAX_BYTES);

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
	int status = ims_screen_body(request, sip, IMS_PAGER_MAX_BYTES);

	if (status)
		return status;
	if (!invite->events || !invite->events->message)
		return 481;
	ims_sip_read_news(sip, &news);
	status = invite->events->message(&news, invite->user);
	ims_invite_reply(invite, request, status, NULL, invite->later_headers);
	return status;
}
