#include "sip/ims_subscription.h"

#include "base/ims_error.h"
#include "base/ims_log.h"
#include "base/ims_random.h"
#include "sip/ims_headers.h"
#include "sip/ims_subscription_internal.h"

#define CALL_ID_BYTES 16
#define TAG_BYTES 8
#define MAX_NOTIFIERS 8
#define NOTIFYS_PER_MINUTE 120

/* Life */

static void subscription_free(ims_subscription *s)
{
	g_hash_table_remove(s->stack->subscriptions, s->tag);
	g_atomic_int_add(&s->stack->subscription_count, -1);
	g_ptr_array_unref(s->notifiers);
	ims_credentials_unref(s->credentials);
	g_free(s->call_id);
	g_free(s->tag);
	g_free(s->from);
	g_free(s->to);
	g_free(s->target);
	g_free(s->routes);
	g_free(s->next_hop);
	g_free(s->accept);
	g_free(s->contact);
	g_free(s->record_route);
	g_free(s->event);
	g_free(s->package);
	g_free(s->event_id);
	g_free(s->first_headers);
	g_free(s->later_headers);
	g_free(s->content);
	g_free(s->content_type);
	g_free(s);
}

void ims_subscription_hold(ims_subscription *s)
{
	s->held++;
}

void ims_subscription_unhold(ims_subscription *s)
{
	s->held--;
	if (s->held == 0 && !s->events && s->notifiers->len == 0)
		subscription_free(s);
}

void ims_subscription_abandon(ims_subscription *s)
{
	s->events = NULL;
	subscription_free(s);
}

static gboolean read_event(ims_subscription *s)
{
	su_home_t home[1] = { SU_HOME_INIT(home) };
	const sip_event_t *event = sip_event_make(home, s->event);

	if (event && event->o_type) {
		s->package = g_strdup(event->o_type);
		s->event_id = g_strdup(event->o_id);
	}
	su_home_deinit(home);
	return s->package != NULL;
}

static ims_subscription *subscription_new(ims_stack *stack, const ims_subscription_request *r)
{
	ims_subscription *s = g_new0(ims_subscription, 1);
	const ims_invite_style *style = &r->style;

	s->stack = stack;
	s->network = style->network;
	s->credentials = ims_credentials_ref(style->credentials);
	s->call_id = r->call_id ? g_strdup(r->call_id) : ims_random_hex(CALL_ID_BYTES);
	s->tag = ims_random_hex(TAG_BYTES);
	s->from = ims_header_name_addr(r->sender_name, r->sender, s->tag);
	s->to = ims_header_name_addr(NULL, r->target, NULL);
	s->target = g_strdup(r->target);
	s->routes = ims_header_routes(r->route);
	s->next_hop = g_strdup(g_ptr_array_index(r->route, 0));
	s->accept = g_strdup(r->accept);
	s->contact = g_strdup(style->contact);
	s->record_route = style->record_route ? g_strdup_printf("<%s>", style->record_route) : NULL;
	s->event = g_strdup(r->event);
	s->first_headers = g_strdup(style->first_headers);
	s->later_headers = g_strdup(style->later_headers);
	s->content = g_strdup(r->content);
	s->content_type = g_strdup(r->content_type);
	s->expires_s = r->expires_s;
	s->forks = r->forks;
	s->announces = TRUE;
	ims_rate_init(&s->rate, NOTIFYS_PER_MINUTE, ims_clock_now_ms(&stack->clock));
	s->notifiers = g_ptr_array_new_with_free_func((GDestroyNotify)ims_notifier_free);
	g_hash_table_insert(stack->subscriptions, s->tag, s);
	g_atomic_int_inc(&stack->subscription_count);
	return s;
}

ims_subscription *ims_subscription_start(ims_stack *stack, const ims_subscription_request *request,
					 const ims_subscription_events *events, gpointer user, GError **error)
{
	ims_subscription *s = request->route->len > 0 ? subscription_new(stack, request) : NULL;
	ims_notifier *first = s && read_event(s) ? ims_notifier_new(s) : NULL;

	if (!first) {
		if (s)
			subscription_free(s);
		g_set_error_literal(error, IMS_ERROR, IMS_E_SIP,
				    "The SUBSCRIBE cannot be made, or its route leads nowhere");
		return NULL;
	}
	s->events = events;
	s->user = user;
	g_ptr_array_add(s->notifiers, first);
	ims_notifier_subscribe(first, s->expires_s);
	return s;
}

const char *ims_subscription_call_id(const ims_subscription *s)
{
	return s->call_id;
}

/* What its owner wants */

gboolean ims_subscription_renew(ims_subscription *s, guint expires_s)
{
	guint asked = 0;

	for (guint i = 0; i < s->notifiers->len; i++) {
		ims_notifier *n = g_ptr_array_index(s->notifiers, i);

		if (!ims_notifier_is_known(n) || ims_notifier_is_leaving(n))
			continue;
		s->announces = TRUE;
		s->expires_s = expires_s;
		ims_notifier_subscribe(n, expires_s);
		asked++;
	}
	return asked > 0;
}

/* From the end: who has nothing more to say goes. */
static void leave_all(ims_subscription *s)
{
	for (guint i = s->notifiers->len; i-- > 0;)
		ims_notifier_leave(g_ptr_array_index(s->notifiers, i));
}

void ims_subscription_stop(ims_subscription *s)
{
	ims_subscription_hold(s);
	s->ending = s->announces = TRUE;
	leave_all(s);
	ims_subscription_unhold(s);
}

void ims_subscription_release(ims_subscription *s)
{
	if (!s)
		return;
	ims_subscription_hold(s);
	s->events = NULL;
	leave_all(s);
	ims_subscription_unhold(s);
}

/* What its notifiers tell */

void ims_subscription_accept(ims_subscription *s, const ims_sip_news *answer, guint expires_s)
{
	s->accepted = TRUE;
	if (!s->announces)
		return;
	s->announces = FALSE;
	if (s->events)
		s->events->accepted(answer, expires_s, s->user);
}

void ims_subscription_notify(ims_subscription *s, const ims_notification *notification)
{
	if (s->events)
		s->events->notified(notification, s->user);
}

void ims_subscription_lose(ims_subscription *s, ims_notifier *notifier, const ims_subscription_end *how)
{
	g_ptr_array_remove(s->notifiers, notifier);
	if (s->notifiers->len == 0 && s->events)
		s->events->ended(how, s->user);
}

/* Forks */

static ims_subscription *find_forking(ims_stack *stack, const sip_t *sip)
{
	ims_subscription *s =
		sip->sip_to->a_tag ? g_hash_table_lookup(stack->subscriptions, sip->sip_to->a_tag) : NULL;

	return s && s->forks && s->events && !s->ending && s->notifiers->len > 0 &&
			       s->notifiers->len < MAX_NOTIFIERS && sip->sip_from->a_tag &&
			       g_str_equal(sip->sip_call_id->i_id, s->call_id)
		       ? s
		       : NULL;
}

/* Nothing is kept of one that nobody asked for (REQ-106). */
int ims_subscription_receive(ims_stack *stack, nta_incoming_t *request, const sip_t *sip)
{
	ims_subscription *s = find_forking(stack, sip);
	ims_notifier *fork;
	int status;

	if (!s)
		return 481;
	fork = ims_notifier_of_fork(s, g_ptr_array_index(s->notifiers, 0), sip);
	if (!fork)
		return 500;
	g_ptr_array_add(s->notifiers, fork);
	ims_subscription_hold(s);
	status = ims_notifier_receive(fork, request, sip);
	if (status >= 300) /* it is none of ours after all */
		g_ptr_array_remove(s->notifiers, fork);
	ims_subscription_unhold(s);
	return status;
}
