#include "sip/ims_notifier.h"

#include <string.h>

#include "base/ims_log.h"
#include "base/ims_pace.h"
#include "dns/ims_next_hops.h"
#include "sip/ims_headers.h"
#include "sip/ims_hop.h"
#include "sip/ims_notify.h"
#include "sip/ims_role.h"
#include "sip/ims_sip_read.h"
#include "sip/ims_subscription_internal.h"

/* The last NOTIFY is waited for so many times T1 (RFC 6665 4.1.2.4, timer N). */
#define LAST_NOTIFY_T1 64

struct ims_notifier {
	ims_subscription *subscription;
	nta_leg_t *leg;
	gboolean known; /* its tag is in the leg */
	ims_next_hops hops;
	nta_outgoing_t *request; /* our SUBSCRIBE, until its final answer */
	msg_t *refusal;          /* the challenge, while somebody is asked how to prove it; else NULL */
	ims_authorization authorization;
	guint asked_s;
	gboolean lengthened; /* 423 was obeyed */
	ims_timer timer;
	void (*due)(ims_notifier *notifier); /* what the timer means */
	gint64 ends_ms;                      /* unless it is refreshed */
	guint failures;                      /* of refreshes in a row */
	gboolean leaving;                    /* it is wanted no more */
	gboolean left;                       /* ... and has been told */
};

static gint64 now_ms(const ims_notifier *n)
{
	return ims_clock_now_ms(&n->subscription->stack->clock);
}

static void arm(ims_notifier *n, gint64 delay_ms, void (*due)(ims_notifier *n))
{
	n->due = due;
	ims_timer_arm(&n->timer, delay_ms);
}

static void on_timer(gpointer user)
{
	ims_notifier *n = user;
	ims_subscription *s = n->subscription;

	ims_subscription_hold(s);
	n->due(n);
	ims_subscription_unhold(s);
}

/* n is gone then. */
static void end(ims_notifier *n, int status, const char *reason, gint64 again_s, const ims_sip_news *sip)
{
	const ims_subscription_end how = { status, n->subscription->accepted, reason, again_s, sip };

	ims_subscription_lose(n->subscription, n, &how);
}

/* Sending */

static char *request_uri(const ims_notifier *n)
{
	const sip_contact_t *target = NULL;

	if (n->known)
		nta_leg_get_route(n->leg, NULL, &target);
	return target ? ims_url_text(target->m_url) : g_strdup(n->subscription->target);
}

static char *next_uri(const ims_notifier *n)
{
	const sip_route_t *route = NULL;
	const sip_contact_t *target = NULL;

	if (n->known)
		nta_leg_get_route(n->leg, &route, &target);
	if (!route && !target)
		return g_strdup(n->subscription->next_hop);
	return ims_url_text(route ? route->r_url : target->m_url);
}

static int on_answer(nta_outgoing_magic_t *magic, nta_outgoing_t *request, const sip_t *sip);

static gboolean send_it(ims_notifier *n)
{
	const ims_subscription *s = n->subscription;
	const char *target = n->known ? NULL : s->target;
	const char *content = n->asked_s > 0 ? s->content : NULL;
	g_auto(ims_hop) hop = ims_hop_for(s->network, ims_next_hops_current(&n->hops));
	g_autofree char *expires = g_strdup_printf("%u", n->asked_s);
	g_autofree char *lines =
		ims_header_join(n->known ? s->later_headers : s->first_headers, n->authorization.lines);

	n->request = nta_outgoing_tcreate(
		n->leg, on_answer, (nta_outgoing_magic_t *)n, IMS_HOP_URL(hop), SIP_METHOD_SUBSCRIBE,
		URL_STRING_MAKE(target), IMS_HOP_TAGS(hop), TAG_IF(target, SIPTAG_ROUTE_STR(s->routes)),
		TAG_IF(target && s->record_route, SIPTAG_RECORD_ROUTE_STR(s->record_route)),
		SIPTAG_CONTACT_STR(s->contact), SIPTAG_EVENT_STR(s->event), SIPTAG_EXPIRES_STR(expires),
		TAG_IF(s->accept, SIPTAG_ACCEPT_STR(s->accept)), SIPTAG_ALLOW_STR(IMS_ALLOW),
		TAG_IF(lines, SIPTAG_HEADER_STR(lines)),
		TAG_IF(content, SIPTAG_CONTENT_TYPE_STR(s->content_type)),
		TAG_IF(content, SIPTAG_PAYLOAD_STR(content)), TAG_END());
	return n->request != NULL;
}

static void be_nowhere(ims_notifier *n)
{
	end(n, 503, "The next hop cannot be found", 0, NULL);
}

static void be_unsendable(ims_notifier *n)
{
	end(n, 500, "The SUBSCRIBE cannot be made", IMS_SUBSCRIPTION_NEVER, NULL);
}

/* Told a moment later, as if the network had said so: whoever started it is still at work. */
static void on_hops(gpointer user)
{
	ims_notifier *n = user;
	g_autofree char *uri = request_uri(n);

	if (!ims_next_hops_current(&n->hops)) {
		arm(n, 1, be_nowhere);
		return;
	}
	ims_authorization_begin(&n->authorization, uri);
	if (!send_it(n))
		arm(n, 1, be_unsendable);
}

static void be_silent(ims_notifier *n)
{
	ims_timer_stop(&n->timer);
	ims_next_hops_drop(&n->hops);
	ims_authorization_clear(&n->authorization);
	if (n->request)
		nta_outgoing_destroy(g_steal_pointer(&n->request));
	if (n->refusal)
		msg_destroy(g_steal_pointer(&n->refusal));
}

static void on_resumed(gboolean given, gpointer user);

void ims_notifier_subscribe(ims_notifier *n, guint expires_s)
{
	const ims_subscription *s = n->subscription;
	g_autofree char *uri = next_uri(n);

	be_silent(n);
	n->asked_s = expires_s;
	ims_authorization_init(
		&n->authorization, s->credentials,
		&(ims_authorization_setup){
			.method = "SUBSCRIBE", .call_id = s->call_id, .resumed = on_resumed, .user = n });
	ims_next_hops_aim(&n->hops, ims_role_way(s->network, uri));
	ims_next_hops_find(&n->hops);
}

static gboolean is_asking(const ims_notifier *n)
{
	return n->request || n->refusal || ims_next_hops_is_looking(&n->hops);
}

/* How long it lasts */

static void refresh(ims_notifier *n)
{
	if (now_ms(n) >= n->ends_ms)
		end(n, 408, "It could not be refreshed", 0, NULL);
	else
		ims_notifier_subscribe(n, n->subscription->expires_s);
}

static void last_for(ims_notifier *n, guint expires_s)
{
	n->ends_ms = now_ms(n) + (gint64)expires_s * 1000;
	if (!is_asking(n))
		arm(n, (gint64)MAX(ims_pace_refresh_s(expires_s), 1) * 1000, refresh);
}

/* It goes on as long as it was granted (RFC 6665 4.1.2.2). */
static void back_off(ims_notifier *n, guint retry_after_s)
{
	gint64 wait_ms = MAX(ims_pace_back_off_ms(n->failures++), (gint64)retry_after_s * 1000);

	arm(n, CLAMP(wait_ms, 1, MAX(n->ends_ms - now_ms(n), 1)), refresh);
}

static void be_left(ims_notifier *n)
{
	end(n, 200, NULL, IMS_SUBSCRIPTION_NEVER, NULL);
}

static void leave_now(ims_notifier *n)
{
	n->left = TRUE;
	ims_notifier_subscribe(n, 0);
}

/* Who has let go does not wait for it: it gets 481 then. */
static void wait_for_last_notify(ims_notifier *n)
{
	if (n->subscription->events)
		arm(n, (gint64)n->subscription->stack->config->sip.sip_t1_ms * LAST_NOTIFY_T1, be_left);
	else
		be_left(n);
}

void ims_notifier_leave(ims_notifier *n)
{
	n->leaving = TRUE;
	if (n->known && !n->left)
		leave_now(n);
	else if (!n->request)
		be_left(n);
}

/* Answers */

static void learn_from_answer(ims_notifier *n, const sip_t *sip)
{
	su_home_t home[1] = { SU_HOME_INIT(home) };
	const ims_stack *stack = n->subscription->stack;
	const char *tag = sip->sip_to->a_tag;

	if (!n->known && tag)
		n->known = nta_leg_rtag(n->leg, tag) != NULL;
	/* That of another fork has nothing to say here. */
	if (n->known && g_strcmp0(nta_leg_get_rtag(n->leg), tag) == 0)
		nta_leg_client_reroute(n->leg, ims_stack_others_routes(stack, home, sip->sip_record_route),
				       sip->sip_contact, 0);
	su_home_deinit(home);
}

static void take(ims_notifier *n, const sip_t *sip, const ims_sip_news *news)
{
	ims_subscription *s = n->subscription;
	gulong granted_s = sip->sip_expires && !n->left ? sip->sip_expires->ex_delta : n->asked_s;
	guint expires_s = (guint)MIN(granted_s, IMS_SUBSCRIPTION_MAX_S);

	n->failures = 0;
	n->lengthened = FALSE;
	learn_from_answer(n, sip);
	if (n->leaving && !n->left) {
		leave_now(n);
		return;
	}
	if (expires_s == 0)
		wait_for_last_notify(n);
	else
		last_for(n, expires_s);
	ims_subscription_accept(s, news, expires_s);
}

static gboolean try_next_host(ims_notifier *n, const ims_sip_news *news)
{
	g_autofree char *uri = request_uri(n);

	if (!news->internal && news->status != 503)
		return FALSE;
	ims_next_hops_fail(&n->hops);
	if (!ims_next_hops_current(&n->hops))
		return FALSE;
	ims_authorization_begin(&n->authorization, uri);
	return send_it(n);
}

static gboolean lengthen(ims_notifier *n, const sip_t *sip)
{
	gulong min_s = sip && sip->sip_min_expires ? sip->sip_min_expires->me_delta : 0;

	if (!sip || sip->sip_status->st_status != 423 || n->lengthened || n->asked_s == 0 ||
	    min_s <= n->asked_s || min_s > IMS_SUBSCRIPTION_MAX_S)
		return FALSE;
	n->lengthened = TRUE;
	n->subscription->expires_s = (guint)min_s;
	ims_notifier_subscribe(n, (guint)min_s);
	return TRUE;
}

/* Those that end the subscription when a refresh gets them (RFC 6665 4.1.2.2); others leave it as it is. */
static gboolean is_final(int status)
{
	switch (status) {
	case 404:
	case 405:
	case 410:
	case 416:
	case 489:
	case 501:
	case 604:
		return TRUE;
	default:
		return status >= 480 && status <= 485;
	}
}

/* The same would be refused again. */
static gboolean is_hopeless(int status)
{
	switch (status) {
	case 408:
	case 430:
	case 480:
	case 481:
	case 491:
		return FALSE;
	case 501:
		return TRUE;
	default:
		return (status >= 400 && status < 500) || status >= 600;
	}
}

static void fail(ims_notifier *n, const ims_sip_news *news)
{
	gboolean lasts = n->known && !is_final(news->status) && !n->subscription->announces;
	gint64 again_s = news->retry_after_s == 0 && is_hopeless(news->status) ? IMS_SUBSCRIPTION_NEVER
									       : (gint64)news->retry_after_s;

	if (n->leaving) /* it lapses by itself */
		be_left(n);
	else if (lasts)
		back_off(n, news->retry_after_s);
	else
		end(n, news->status, news->reason, again_s, news);
}

static void heed(ims_notifier *n, const sip_t *sip)
{
	g_auto(ims_sip_news) news = { 0 };

	ims_sip_read_news(sip, &news);
	if (news.status < 300)
		take(n, sip, &news);
	else if (!try_next_host(n, &news) && !lengthen(n, sip))
		fail(n, &news);
}

static int on_answer(nta_outgoing_magic_t *magic, nta_outgoing_t *request, const sip_t *sip)
{
	ims_notifier *n = (ims_notifier *)magic;
	ims_subscription *s = n->subscription;
	g_autofree char *uri = request_uri(n);
	ims_credentials_verdict verdict;
	nta_outgoing_t *answered;

	(void)request;
	if (sip && sip->sip_status->st_status < 200)
		return 0;
	verdict = ims_sip_heed_challenge(sip, &n->authorization, uri);
	answered = g_steal_pointer(&n->request);
	ims_subscription_hold(s);
	if (verdict == IMS_CREDENTIALS_ASKED)
		n->refusal = nta_outgoing_getresponse(answered);
	else if (verdict != IMS_CREDENTIALS_GIVEN || !send_it(n))
		heed(n, sip);
	nta_outgoing_destroy(answered); /* and with it the message */
	ims_subscription_unhold(s);
	return 0;
}

static void on_resumed(gboolean given, gpointer user)
{
	ims_notifier *n = user;
	ims_subscription *s = n->subscription;
	msg_t *refusal = g_steal_pointer(&n->refusal);

	ims_subscription_hold(s);
	if (!given || !send_it(n))
		heed(n, sip_object(refusal));
	msg_destroy(refusal);
	ims_subscription_unhold(s);
}

/* NOTIFY */

static void take_notify(ims_notifier *n, const sip_t *sip)
{
	ims_subscription *s = n->subscription;
	const sip_subscription_state_t *state = sip->sip_subscription_state;
	gboolean is_last = g_ascii_strcasecmp(state->ss_substate, "terminated") == 0;
	guint expires_s = ims_notify_expires_s(state);
	g_auto(ims_sip_news) news = { 0 };
	const ims_notification notification = { sip->sip_event->o_type, state->ss_substate, state->ss_reason,
						expires_s, &news };

	ims_sip_read_news(sip, &news);
	if (!is_last && !n->leaving && expires_s > 0)
		last_for(n, expires_s);
	ims_subscription_notify(s, &notification);
	/* Its owner may have let go. */
	if (is_last && g_ptr_array_find(s->notifiers, n, NULL))
		end(n, 200, state->ss_reason, n->leaving ? IMS_SUBSCRIPTION_NEVER : ims_notify_again_s(state),
		    NULL);
}

int ims_notifier_receive(ims_notifier *n, nta_incoming_t *request, const sip_t *sip)
{
	ims_subscription *s = n->subscription;
	int refused = ims_notify_screen(s, &n->hops, request, sip);

	if (refused)
		return refused;
	if (!n->known)
		n->known = nta_leg_rtag(n->leg, sip->sip_from->a_tag) != NULL;
	nta_leg_server_route(n->leg, sip->sip_record_route, sip->sip_contact);
	nta_incoming_treply(request, SIP_200_OK,
			    TAG_IF(s->later_headers, SIPTAG_HEADER_STR(s->later_headers)), TAG_END());
	ims_subscription_hold(s);
	take_notify(n, sip);
	ims_subscription_unhold(s);
	return 200;
}

static int on_request(nta_leg_magic_t *magic, nta_leg_t *leg, nta_incoming_t *request, const sip_t *sip)
{
	(void)leg;
	if (sip->sip_request->rq_method == sip_method_notify && sip->sip_from->a_tag)
		return ims_notifier_receive((ims_notifier *)magic, request, sip);
	nta_incoming_treply(request, SIP_405_METHOD_NOT_ALLOWED, SIPTAG_ALLOW_STR("NOTIFY"), TAG_END());
	return 405;
}

/* Life */

static ims_notifier *notifier_new(ims_subscription *s)
{
	ims_notifier *n = g_new0(ims_notifier, 1);

	n->subscription = s;
	ims_timer_init(&n->timer, &s->stack->clock, on_timer, n);
	ims_next_hops_init(&n->hops, s->stack->resolver, ims_role_way(s->network, s->next_hop), on_hops, n);
	return n;
}

static ims_notifier *with_leg(ims_notifier *n)
{
	if (n->leg)
		return n;
	ims_notifier_free(n);
	return NULL;
}

ims_notifier *ims_notifier_new(ims_subscription *s)
{
	ims_notifier *n = notifier_new(s);

	n->leg = nta_leg_tcreate(s->stack->agent, on_request, (nta_leg_magic_t *)n,
				 SIPTAG_CALL_ID_STR(s->call_id), SIPTAG_FROM_STR(s->from),
				 SIPTAG_TO_STR(s->to), TAG_END());
	return with_leg(n);
}

/* The SUBSCRIBE that it answers was the first one's: what we say next counts on from there. */
ims_notifier *ims_notifier_of_fork(ims_subscription *s, const ims_notifier *first, const sip_t *notify)
{
	ims_notifier *n = notifier_new(s);
	g_autofree char *cseq = g_strdup_printf("%u SUBSCRIBE", nta_leg_get_seq(first->leg));

	n->known = TRUE;
	n->leg = nta_leg_tcreate(s->stack->agent, on_request, (nta_leg_magic_t *)n,
				 SIPTAG_CALL_ID(notify->sip_call_id), SIPTAG_FROM(notify->sip_to),
				 SIPTAG_TO(notify->sip_from), SIPTAG_CSEQ_STR(cseq),
				 NTATAG_REMOTE_CSEQ(notify->sip_cseq->cs_seq), TAG_END());
	if (n->leg)
		last_for(n, first->asked_s);
	return with_leg(n);
}

void ims_notifier_free(ims_notifier *n)
{
	be_silent(n);
	if (n->leg)
		nta_leg_destroy(n->leg);
	ims_next_hops_clear(&n->hops);
	g_free(n);
}

gboolean ims_notifier_is_known(const ims_notifier *n)
{
	return n->known;
}

gboolean ims_notifier_is_leaving(const ims_notifier *n)
{
	return n->leaving;
}
