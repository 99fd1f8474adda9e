/* ims_session_subscriptions.c: what the user of a session wants to hear of (RFC 6665), while he is
 * registered.
 */
#include <string.h>

#include "base/ims_pace.h"
#include "session/internal.h"
#include "sip/ims_headers.h"
#include "sip/ims_identity.h"
#include "sip/ims_subscription.h"
#include "sip/ims_uri.h"

#define MAX_SUBSCRIPTIONS 16

typedef struct {
	ims_session *session;
	ims_subscription *subscription; /* NULL: it has ended, and is made again */
	char *event, *target, *accept, *call_id, *headers, *content, *content_type;
	char *identity, *privacy, *name; /* as whom he asks */
	guint expires_s;
	char *transaction; /* of the request that was answered last, or is to be */
	gboolean ending;   /* he wants it no more */
	ims_pace pace;
	ims_timer again;
} interest;

static void interest_free(gpointer data)
{
	interest *i = data;

	ims_timer_stop(&i->again);
	ims_subscription_release(i->subscription);
	g_free(i->event);
	g_free(i->target);
	g_free(i->accept);
	g_free(i->call_id);
	g_free(i->headers);
	g_free(i->content);
	g_free(i->content_type);
	g_free(i->identity);
	g_free(i->privacy);
	g_free(i->name);
	g_free(i->transaction);
	g_free(i);
}

void ims_session_subscriptions_init(ims_session *session)
{
	session->subscriptions = g_ptr_array_new_with_free_func(interest_free);
}

void ims_session_end_subscriptions(ims_session *session)
{
	g_ptr_array_set_size(session->subscriptions, 0);
}

static gint64 now_ms(const interest *i)
{
	return ims_clock_now_ms(ims_stack_clock(i->session->service->stack));
}

/* Told */

static void tell(interest *i, ims_session_news news)
{
	news.transaction = i->transaction;
	news.call_id = i->call_id;
	ims_session_tell(i->session, news);
}

static void on_accepted(const ims_sip_news *answer, guint expires_s, gpointer user)
{
	tell(user, (ims_session_news){ .kind = IMS_NEWS_SUBSCRIBED,
				       .code = answer->status,
				       .reason = answer->reason,
				       .expires_s = expires_s,
				       .sip = answer });
}

static void on_notified(const ims_notification *notification, gpointer user)
{
	tell(user, (ims_session_news){
			   .kind = IMS_NEWS_NOTIFY, .notification = notification, .sip = notification->sip });
}

/* i is gone then. */
static void forget(interest *i)
{
	g_ptr_array_remove_fast(i->session->subscriptions, i);
}

static void fail(interest *i, int code, const char *reason, const ims_sip_news *sip)
{
	ims_session *session = i->session;

	tell(i, (ims_session_news){
			.kind = IMS_NEWS_SUBSCRIBE_FAILED, .code = code, .reason = reason, .sip = sip });
	if (sip)
		ims_session_heed(session, sip);
	forget(i);
}

/* What the network has lost, or ended for a reason of its own, is made again (RFC 6665 4.1.3). */
static void on_ended(const ims_subscription_end *end, gpointer user)
{
	interest *i = user;
	gint64 wait_ms = ims_pace_end_ms(&i->pace, FALSE, now_ms(i));

	ims_subscription_release(g_steal_pointer(&i->subscription));
	if (i->ending || (end->status < 300 && end->again_s == IMS_SUBSCRIPTION_NEVER))
		forget(i);
	else if (!end->lost || end->again_s == IMS_SUBSCRIPTION_NEVER)
		fail(i, end->status, end->reason, end->sip);
	else
		ims_timer_arm(&i->again, MAX(wait_ms, end->again_s * 1000));
}

static const ims_subscription_events subscription_events = { .accepted = on_accepted,
							     .notified = on_notified,
							     .ended = on_ended };

/* Out */

/* Several of a user's devices may have dialogs of their own (RFC 4235 3.9). */
static gboolean forks(const char *event)
{
	return g_ascii_strncasecmp(event, "dialog", strlen("dialog")) == 0 &&
	       strcspn(event, "; ") == strlen("dialog");
}

static gboolean start(interest *i, GError **error)
{
	ims_session *session = i->session;
	const ims_speak_params speak = { i->identity, i->privacy, i->name };
	g_auto(ims_role_lines) lines = { 0 };
	g_autofree char *first = NULL;
	ims_speaker speaker;

	if (!ims_reg_is_active(session->flow->reg))
		return ims_session_refuse(error, IMS_E_WRONG_STATE, "subscribe: register first");
	if (!ims_session_speak(session, "subscribe", &speak, &speaker, error))
		return FALSE;
	lines = ims_role_originating(&speaker.user);
	first = ims_header_join(lines.first, i->headers);
	ims_pace_begin(&i->pace, now_ms(i));
	i->subscription = ims_subscription_start(
		session->service->stack,
		&(ims_subscription_request){ .target = i->target,
					     .sender = speaker.from,
					     .sender_name = speaker.from_name,
					     .call_id = i->call_id,
					     .route = ims_reg_route(session->flow->reg),
					     .event = i->event,
					     .accept = i->accept,
					     .content = i->content,
					     .content_type = i->content_type,
					     .expires_s = i->expires_s,
					     .forks = forks(i->event),
					     .style = { .contact = lines.contact,
							.record_route = lines.record_route,
							.first_headers = first,
							.later_headers = lines.later,
							.network = speaker.user.network,
							.credentials = speaker.user.credentials } },
		&subscription_events, i, error);
	if (!i->subscription)
		return FALSE;
	g_free(i->call_id);
	i->call_id = g_strdup(ims_subscription_call_id(i->subscription));
	return TRUE;
}

static void on_again(gpointer user)
{
	interest *i = user;
	g_autoptr(GError) error = NULL;

	if (!start(i, &error))
		fail(i, 480, error->message, NULL);
}

/* Requests */

static interest *find(const ims_session *session, const char *event, const char *target)
{
	for (guint at = 0; at < session->subscriptions->len; at++) {
		interest *i = g_ptr_array_index(session->subscriptions, at);

		if (strcmp(i->event, event) == 0 && strcmp(i->target, target) == 0 && !i->ending)
			return i;
	}
	return NULL;
}

static void set_transaction(interest *i, const char *transaction)
{
	g_free(i->transaction);
	i->transaction = g_strdup(transaction);
}

static gboolean renew(interest *i, guint expires_s, const char *transaction, GError **error)
{
	if (!i->subscription || !ims_subscription_renew(i->subscription, expires_s))
		return ims_session_refuse(error, IMS_E_WRONG_STATE,
					  "subscribe: the network has not answered the last one yet");
	i->expires_s = expires_s;
	set_transaction(i, transaction);
	tell(i, (ims_session_news){ .kind = IMS_NEWS_SUBSCRIBING });
	return TRUE;
}

static char *target_of(const ims_session *session, const char *to, GError **error)
{
	const ims_reg *reg = session->flow->reg;

	return ims_uri_target(to ? to : ims_reg_impu(reg), ims_reg_network(reg)->domain, error);
}

static interest *interest_new(ims_session *session, const ims_subscribe_params *p, const char *target)
{
	interest *i = g_new0(interest, 1);

	i->session = session;
	i->event = g_strdup(p->event);
	i->target = g_strdup(target);
	i->accept = g_strdup(p->accept);
	i->call_id = g_strdup(p->call_id);
	i->headers = g_strdup(p->headers);
	i->content = g_strdup(p->content);
	i->content_type = g_strdup(p->content_type);
	i->identity = g_strdup(p->speak.identity);
	i->privacy = g_strdup(p->speak.privacy);
	i->name = g_strdup(p->speak.name);
	i->expires_s = p->expires_s;
	ims_timer_init(&i->again, ims_stack_clock(session->service->stack), on_again, i);
	g_ptr_array_add(session->subscriptions, i);
	return i;
}

static gboolean is_registered(const ims_session *session, const char *request, GError **error)
{
	if (session->flow && ims_reg_is_active(session->flow->reg))
		return TRUE;
	g_set_error(error, IMS_ERROR, IMS_E_WRONG_STATE, "%s: register first", request);
	return FALSE;
}

gboolean ims_session_subscribe(ims_session *session, const ims_subscribe_params *p, const char *transaction,
			       GError **error)
{
	g_autofree char *target =
		is_registered(session, "subscribe", error) ? target_of(session, p->to, error) : NULL;
	interest *i = target ? find(session, p->event, target) : NULL;

	if (!target)
		return FALSE;
	if (i)
		return renew(i, p->expires_s, transaction, error);
	if (session->subscriptions->len >= MAX_SUBSCRIPTIONS)
		return ims_session_refuse(error, IMS_E_LIMIT,
					  "subscribe: a handle has 16 subscriptions at most");
	i = interest_new(session, p, target);
	set_transaction(i, transaction);
	if (!start(i, error)) {
		forget(i);
		return FALSE;
	}
	tell(i, (ims_session_news){ .kind = IMS_NEWS_SUBSCRIBING });
	return TRUE;
}

static gboolean is_meant(const interest *i, const ims_subscribe_params *p, const char *target)
{
	if (i->ending || strcmp(i->event, p->event) != 0)
		return FALSE;
	if (p->call_id)
		return g_strcmp0(i->call_id, p->call_id) == 0;
	return !p->to || strcmp(i->target, target) == 0;
}

/* Without `to` his own comes first, as with subscribe. */
static interest *find_meant(const ims_session *session, const ims_subscribe_params *p, const char *target)
{
	interest *found = NULL, *own = p->call_id || p->to ? NULL : find(session, p->event, target);
	guint fitting = 0;

	for (guint at = 0; at < session->subscriptions->len && !own; at++)
		if (is_meant(g_ptr_array_index(session->subscriptions, at), p, target)) {
			found = g_ptr_array_index(session->subscriptions, at);
			fitting++;
		}
	return own ? own : fitting == 1 ? found : NULL;
}

gboolean ims_session_unsubscribe(ims_session *session, const ims_subscribe_params *p, const char *transaction,
				 GError **error)
{
	g_autofree char *target =
		is_registered(session, "unsubscribe", error) ? target_of(session, p->to, error) : NULL;
	interest *i = target ? find_meant(session, p, target) : NULL;

	if (!target)
		return FALSE;
	if (!i)
		return ims_session_refuse(error, IMS_E_WRONG_STATE,
					  "unsubscribe: not subscribed to this event, or several times: name "
					  "'to' or 'call_id'");
	set_transaction(i, transaction);
	i->ending = TRUE;
	tell(i, (ims_session_news){ .kind = IMS_NEWS_UNSUBSCRIBING });
	if (i->subscription)
		ims_subscription_stop(i->subscription);
	else
		forget(i);
	return TRUE;
}
