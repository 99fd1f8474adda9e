#include "msg/ims_messages.h"

#include "base/ims_error.h"
#include "base/ims_rate.h"

/* Of one user, without an answer yet: each keeps a transaction for up to 64*T1. */
#define MAX_WAITING 32

typedef struct {
	ims_messages *messages;
	ims_pager *pager;
	char *call_id, *transaction;
} waiting;

struct ims_messages {
	ims_stack *stack;
	ims_messages_delivered delivered;
	gpointer user;
	ims_rate out, in;
	GPtrArray *waiting;
};

static void waiting_free(gpointer data)
{
	waiting *w = data;

	ims_pager_drop(w->pager);
	g_free(w->call_id);
	g_free(w->transaction);
	g_free(w);
}

ims_messages *ims_messages_new(ims_stack *stack, guint per_minute, ims_messages_delivered delivered,
			       gpointer user)
{
	ims_messages *messages = g_new0(ims_messages, 1);
	gint64 now_ms = ims_clock_now_ms(ims_stack_clock(stack));

	messages->stack = stack;
	messages->delivered = delivered;
	messages->user = user;
	messages->waiting = g_ptr_array_new_with_free_func(waiting_free);
	ims_rate_init(&messages->out, per_minute, now_ms);
	ims_rate_init(&messages->in, per_minute, now_ms);
	return messages;
}

void ims_messages_free(ims_messages *messages)
{
	if (!messages)
		return;
	g_ptr_array_unref(messages->waiting);
	g_free(messages);
}

static void on_answer(const ims_sip_news *answer, gpointer user)
{
	waiting *w = user;
	ims_messages *messages = w->messages;
	guint at = 0;

	w->pager = NULL;
	g_ptr_array_find(messages->waiting, w, &at);
	g_ptr_array_steal_index_fast(messages->waiting, at);
	messages->delivered(w->call_id, w->transaction, answer, messages->user);
	waiting_free(w);
}

static gboolean is_taking(ims_rate *rate, const ims_messages *messages)
{
	return ims_rate_take(rate, ims_clock_now_ms(ims_stack_clock(messages->stack)));
}

static gboolean may_send(ims_messages *messages, GError **error)
{
	if (messages->waiting->len >= MAX_WAITING) {
		g_set_error(error, IMS_ERROR, IMS_E_LIMIT, "message: %u wait for their answer already",
			    messages->waiting->len);
		return FALSE;
	}
	if (is_taking(&messages->out, messages))
		return TRUE;
	g_set_error(error, IMS_ERROR, IMS_E_LIMIT, "message: more than %u in a minute",
		    messages->out.per_minute);
	return FALSE;
}

const char *ims_messages_send(ims_messages *messages, const ims_pager_request *request,
			      const char *transaction, GError **error)
{
	waiting *w;

	if (!may_send(messages, error))
		return NULL;
	w = g_new0(waiting, 1);
	w->messages = messages;
	w->pager = ims_pager_send(messages->stack, request, on_answer, w, error);
	if (!w->pager) {
		waiting_free(w);
		return NULL;
	}
	w->call_id = g_strdup(ims_pager_call_id(w->pager));
	w->transaction = g_strdup(transaction);
	g_ptr_array_add(messages->waiting, w);
	return w->call_id;
}

gboolean ims_messages_admit(ims_messages *messages)
{
	return is_taking(&messages->in, messages);
}
