/* fake_ua.h: stands where sip/ims_ua and sip/ims_stack are: REGISTERs are recorded, the test answers
 * them, and owns time. For one source file of a program. */
#pragma once
#include "../fake_clock.h"
#include "base/ims_error.h"
#include "sip/ims_stack.h"
#include "sip/ims_ua.h"

#define HOST_PORT "192.0.2.1:5060"

struct ims_stack {
	fake_clock clock;
	GPtrArray *sent; /* of ims_transaction, all there ever were */
	gboolean broken; /* requests cannot be made */
};

struct ims_transaction {
	ims_stack *stack;
	char *registrar, *next_hop, *aor, *from_tag, *call_id, *contact, *contact_user, *authorization,
		*headers;
	guint32 cseq;
	gboolean to_proxy;
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
	g_free(t->headers);
	g_free(t);
}

static inline void fake_stack_init(ims_stack *stack)
{
	fake_clock_init(&stack->clock);
	stack->sent = g_ptr_array_new_with_free_func(fake_transaction_free);
	stack->broken = FALSE;
}

static inline void fake_stack_clear(ims_stack *stack)
{
	fake_clock_clear(&stack->clock);
	g_ptr_array_unref(stack->sent);
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
				.to_proxy = r->to_proxy,
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

/* What the network says. Zeroes: nothing of that. */
typedef struct {
	int status;
	gboolean internal, proxy;
	const char *challenges[3];
	const char *routes[3], *associated[3];
	guint expires_s, min_expires_s, retry_after_s;
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
				       .retry_after_s = a->retry_after_s };

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
