/* fake_subscription.h: stands where sip/ims_subscription is: what is subscribed to is recorded, and the test
 * is the notifier. For fake_ua.h only. */
#pragma once
#include "sip/ims_subscription.h"

struct ims_subscription {
	const ims_subscription_events *events; /* NULL: released */
	gpointer user;
	char *target, *sender, *route, *first_headers;
	guint expires_s, renewed;
};

static inline void fake_subscription_free(gpointer data)
{
	ims_subscription *s = data;

	g_assert_null(s->events); /* else it would tell somebody who is gone */
	g_free(s->target);
	g_free(s->sender);
	g_free(s->route);
	g_free(s->first_headers);
	g_free(s);
}

ims_subscription *ims_subscription_start(ims_stack *stack, const ims_subscription_request *r,
					 const ims_subscription_events *events, gpointer user, GError **error)
{
	ims_subscription *s;

	if (r->route->len == 0) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_SIP, "no route");
		return NULL;
	}
	s = g_new0(ims_subscription, 1);
	s->events = events;
	s->user = user;
	s->target = g_strdup(r->target);
	s->sender = g_strdup(r->sender);
	s->route = g_strdup(g_ptr_array_index(r->route, 0));
	s->first_headers = g_strdup(r->style.first_headers);
	s->expires_s = r->expires_s;
	g_ptr_array_add(fake_subscriptions(stack), s);
	return s;
}

gboolean ims_subscription_renew(ims_subscription *s, guint expires_s)
{
	s->expires_s = expires_s;
	s->renewed++;
	return TRUE;
}

void ims_subscription_release(ims_subscription *s)
{
	if (s)
		s->events = NULL;
}

/* The last one that was made. */
static inline ims_subscription *fake_subscribed(ims_stack *stack)
{
	GPtrArray *all = fake_subscriptions(stack);

	g_assert_cmpuint(all->len, >, 0);
	return g_ptr_array_index(all, all->len - 1);
}

static inline guint fake_listening(ims_stack *stack)
{
	GPtrArray *all = fake_subscriptions(stack);
	guint listening = 0;

	for (guint i = 0; i < all->len; i++)
		listening += ((ims_subscription *)g_ptr_array_index(all, i))->events != NULL;
	return listening;
}

static inline void fake_notify(ims_stack *stack, const char *xml)
{
	ims_subscription *s = fake_subscribed(stack);
	g_autoptr(GBytes) body = g_bytes_new(xml, strlen(xml));
	const ims_sip_news sip = { .content_type = (char *)"application/reginfo+xml", .body = body };

	g_assert_nonnull(s->events);
	s->events->notified(&(ims_notification){ .event = "reg", .state = "active", .sip = &sip }, s->user);
}

static inline void fake_end(ims_stack *stack, int status, gint64 again_s)
{
	ims_subscription *s = fake_subscribed(stack);

	g_assert_nonnull(s->events);
	s->events->ended(
		&(ims_subscription_end){ .status = status, .lost = status < 300, .again_s = again_s },
		s->user);
}
