/* fake_ua.h: stands where sip/ims_ua, sip/ims_stack and dns/ims_resolver are: REGISTERs are recorded, the
 * test answers them, and owns names and time. For one source file of a program. */
#pragma once
#include <string.h>
#include "../fake_clock.h"
#include "base/ims_error.h"
#include "sip/ims_stack.h"
#include "sip/ims_ua.h"

#define HOST_PORT "192.0.2.1:5060"

struct ims_stack {
	fake_clock clock;
	GPtrArray *sent;     /* of ims_transaction, all there ever were */
	gboolean broken;     /* requests cannot be made */
	const char *hops[4]; /* what every name leads to; none: a look-up brings its own URI */
	gboolean nowhere;    /* ... or nothing */
	gboolean slow;       /* look-ups wait for fake_found */
	ims_look_up *looking;
	GString *avoided;  /* "sip:..., " */
	GString *admitted; /* "+sip:... -sip:... " */
	GPtrArray *subscriptions;
};

static inline GPtrArray *fake_subscriptions(ims_stack *stack)
{
	return stack->subscriptions;
}

#include "fake_subscription.h"

struct ims_link {
	GPtrArray *watches; /* of ims_link_watch, borrowed */
};

struct ims_link_watch {
	ims_link *link;
	void (*lost)(gpointer user);
	gpointer user;
};

struct ims_transaction {
	ims_stack *stack;
	char *registrar, *next_hop, *aor, *from_tag, *call_id, *contact, *contact_user, *authorization,
		*proxy_authorization, *headers;
	guint32 cseq;
	ims_register_done done; /* NULL: answered or dropped */
	gpointer user;
};

static inline void fake_transaction_free(gpointer data)
{
	ims_transaction *t = data;

	g_assert_null(t->done); /* who asked is gone, and would be told */
	g_free(t->registrar);
	g_free(t->next_hop);
	g_free(t->aor);
	g_free(t->from_tag);
	g_free(t->call_id);
	g_free(t->contact);
	g_free(t->contact_user);
	g_free(t->authorization);
	g_free(t->proxy_authorization);
	g_free(t->headers);
	g_free(t);
}

static inline void fake_stack_init(ims_stack *stack)
{
	fake_clock_init(&stack->clock);
	stack->sent = g_ptr_array_new_with_free_func(fake_transaction_free);
	stack->broken = stack->nowhere = stack->slow = FALSE;
	stack->looking = NULL;
	memset(stack->hops, 0, sizeof(stack->hops));
	stack->avoided = g_string_new(NULL);
	stack->admitted = g_string_new(NULL);
	stack->subscriptions = g_ptr_array_new_with_free_func(fake_subscription_free);
}

static inline void fake_stack_clear(ims_stack *stack)
{
	fake_clock_clear(&stack->clock);
	g_ptr_array_unref(stack->sent);
	g_assert_null(stack->looking);
	g_string_free(stack->avoided, TRUE);
	g_string_free(stack->admitted, TRUE);
	g_ptr_array_unref(stack->subscriptions);
}

void ims_stack_admit(ims_stack *stack, const char *uri)
{
	g_string_append_printf(stack->admitted, "+%s ", uri);
}

void ims_stack_dismiss(ims_stack *stack, const char *uri)
{
	g_string_append_printf(stack->admitted, "-%s ", uri);
}

/* Names: the stack is its own resolver. */

struct ims_look_up {
	ims_stack *stack;
	char *uri;
	ims_look_up_done done;
	gpointer user;
	ims_look_up **slot;
};

ims_alarms *ims_stack_alarms(ims_stack *stack)
{
	(void)stack;
	return NULL;
}

ims_resolver *ims_stack_resolver(ims_stack *stack)
{
	return (ims_resolver *)stack;
}

/* The answer to the look-up that waits. */
static inline void fake_found(ims_stack *stack)
{
	ims_look_up *l = g_steal_pointer(&stack->looking);
	g_autoptr(GPtrArray) hops = g_ptr_array_new();

	g_assert_nonnull(l);
	for (guint i = 0; !stack->nowhere && i < G_N_ELEMENTS(stack->hops) && stack->hops[i]; i++)
		g_ptr_array_add(hops, (char *)stack->hops[i]);
	if (!stack->nowhere && hops->len == 0)
		g_ptr_array_add(hops, l->uri);
	*l->slot = NULL;
	l->done(hops, l->user);
	g_free(l->uri);
	g_free(l);
}

void ims_resolver_look_up(ims_resolver *resolver, const char *uri, ims_look_up_done done, gpointer user,
			  ims_look_up **slot)
{
	ims_stack *stack = (ims_stack *)resolver;

	g_assert_null(*slot);
	g_assert_null(stack->looking);
	*slot = stack->looking = g_new0(ims_look_up, 1);
	*stack->looking = (ims_look_up){ stack, g_strdup(uri), done, user, slot };
	if (!stack->slow)
		fake_found(stack);
}

void ims_look_up_drop(ims_look_up **slot)
{
	ims_look_up *l = g_steal_pointer(slot);

	if (!l)
		return;
	l->stack->looking = NULL;
	g_free(l->uri);
	g_free(l);
}

void ims_resolver_avoid(ims_resolver *resolver, const char *hop)
{
	g_string_append_printf(((ims_stack *)resolver)->avoided, "%s ", hop);
}

ims_clock *ims_stack_clock(ims_stack *stack)
{
	return &stack->clock.clock;
}

const char *ims_stack_host_port(const ims_stack *stack)
{
	(void)stack;
	return HOST_PORT;
}

ims_transaction *ims_ua_register(ims_stack *stack, const ims_register_request *r, ims_register_done done,
				 gpointer user, GError **error)
{
	ims_transaction *t;

	if (stack->broken) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_SIP, "broken");
		return NULL;
	}
	t = g_new0(ims_transaction, 1);
	*t = (ims_transaction){ .stack = stack,
				.registrar = g_strdup(r->registrar),
				.next_hop = g_strdup(r->next_hop),
				.aor = g_strdup(r->aor),
				.from_tag = g_strdup(r->from_tag),
				.call_id = g_strdup(r->call_id),
				.contact = g_strdup(r->contact),
				.contact_user = g_strdup(r->contact_user),
				.authorization = g_strdup(r->authorization),
				.headers = g_strdup(r->headers),
				.cseq = r->cseq,
				.proxy_authorization = g_strdup(r->proxy_authorization),
				.done = done,
				.user = user };
	g_ptr_array_add(stack->sent, t);
	return t;
}

void ims_transaction_drop(ims_transaction *t)
{
	if (!t)
		return;
	g_assert_nonnull(t->done); /* else it is used after its end */
	t->done = NULL;
}

ims_link_watch *ims_link_watch_new(ims_link *link, void (*lost)(gpointer user), gpointer user)
{
	ims_link_watch *watch = g_new0(ims_link_watch, 1);

	*watch = (ims_link_watch){ link, lost, user };
	g_ptr_array_add(link->watches, watch);
	return watch;
}

void ims_link_watch_free(ims_link_watch *watch)
{
	if (!watch)
		return;
	g_assert_true(g_ptr_array_remove(watch->link->watches, watch));
	g_free(watch);
}

ims_link *ims_link_of_watch(ims_link_watch *watch)
{
	return watch->link;
}

/* The connection ends: everybody is told. */
static inline void fake_link_cut(ims_link *link)
{
	while (link->watches->len > 0) {
		ims_link_watch *watch = g_ptr_array_index(link->watches, 0);

		watch->lost(watch->user); /* has to free it */
	}
}

/* What the network says. Zeroes: nothing of that. */
typedef struct {
	int status;
	gboolean internal, proxy;
	const char *challenges[3];
	const char *routes[3], *associated[3];
	guint expires_s, min_expires_s, retry_after_s;
	gboolean restoration, outbound;
	const char *unsupported, *info, *proxy_info, *pub_gruu, *temp_gruu;
	ims_link *link;
} fake_answer;

static inline GPtrArray *fake_texts(const char *const *texts)
{
	GPtrArray *list = g_ptr_array_new_with_free_func(g_free);

	for (guint i = 0; i < 3 && texts[i]; i++)
		g_ptr_array_add(list, g_strdup(texts[i]));
	return list;
}

static inline void fake_give(ims_transaction *t, const fake_answer *a)
{
	ims_register_done done = t->done;
	ims_register_answer answer = { .status = a->status,
				       .reason = g_strdup_printf("reason %d", a->status),
				       .internal = a->internal,
				       .proxy = a->proxy,
				       .challenges = fake_texts(a->challenges),
				       .service_route = fake_texts(a->routes),
				       .associated = fake_texts(a->associated),
				       .expires_s = a->expires_s,
				       .min_expires_s = a->min_expires_s,
				       .retry_after_s = a->retry_after_s,
				       .restoration = a->restoration,
				       .outbound = a->outbound,
				       .info = (char *)a->info,
				       .proxy_info = (char *)a->proxy_info,
				       .unsupported = (char *)a->unsupported,
				       .pub_gruu = (char *)a->pub_gruu,
				       .temp_gruu = (char *)a->temp_gruu,
				       .link = a->link };

	g_assert_nonnull(done);
	t->done = NULL; /* as the real one, it is over before its owner hears of it */
	done(&answer, t->user);
	g_free(answer.reason);
	g_ptr_array_unref(answer.challenges);
	g_ptr_array_unref(answer.service_route);
	g_ptr_array_unref(answer.associated);
}

static inline ims_transaction *fake_last(ims_stack *stack)
{
	g_assert_cmpuint(stack->sent->len, >, 0);
	return g_ptr_array_index(stack->sent, stack->sent->len - 1);
}

static inline guint fake_pending(ims_stack *stack)
{
	guint pending = 0;

	for (guint i = 0; i < stack->sent->len; i++)
		pending += ((ims_transaction *)g_ptr_array_index(stack->sent, i))->done != NULL;
	return pending;
}
