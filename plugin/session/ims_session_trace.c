/* ims_session_trace.c: who may look at the SIP messages of a session, and what he is shown: its user, where
 * the operator allows it, and the operator himself. */
#include "session/internal.h"

#define KEPT_MAX 500
#define KEPT_BYTES_MAX (1 << 20)

struct ims_session_trace {
	ims_trace *trace;
	gboolean for_user;
	gboolean for_operator;
	GQueue kept; /* of ims_session_traced, for the operator, until he asks */
	gsize kept_bytes;
};

static void kept_free(gpointer data)
{
	ims_session_traced *kept = data;

	g_free(kept->call_id);
	g_free(kept->peer);
	g_free(kept->transport);
	g_free(kept->first);
	g_free(kept->text);
	g_free(kept);
}

static gsize kept_size(const ims_session_traced *kept)
{
	return sizeof(*kept) + (kept->text ? strlen(kept->text) : 0);
}

/* The oldest make room. */
static void keep(ims_session_trace *t, const ims_trace_entry *entry)
{
	const char *whole = entry->for_operator ? entry->for_operator : entry->first;
	ims_session_traced *kept = g_new0(ims_session_traced, 1);

	kept->call_id = g_strdup(entry->call_id);
	kept->peer = g_strdup(entry->peer);
	kept->transport = g_strdup(entry->transport);
	kept->first = g_strndup(whole, strcspn(whole, "\r"));
	kept->text = g_strdup(entry->for_operator);
	kept->at_ms = entry->at_ms;
	kept->is_out = entry->is_out;
	kept->repeated = entry->repeated;
	g_queue_push_tail(&t->kept, kept);
	t->kept_bytes += kept_size(kept);
	while (g_queue_get_length(&t->kept) > KEPT_MAX || t->kept_bytes > KEPT_BYTES_MAX) {
		ims_session_traced *oldest = g_queue_pop_head(&t->kept);

		t->kept_bytes -= kept_size(oldest);
		kept_free(oldest);
	}
}

static void on_message(const ims_trace_entry *entry, gpointer user)
{
	ims_session *session = user;

	if (session->trace->for_operator)
		keep(session->trace, entry);
	if (session->trace->for_user)
		session->events->news(&(ims_session_news){ .kind = IMS_NEWS_TRACE,
							   .call_id = entry->call_id,
							   .trace = entry },
				      session->user);
}

static void know(const ims_session *session)
{
	const ims_reg *reg = session->flow->reg;
	g_autoptr(GPtrArray) own = g_ptr_array_new();

	g_ptr_array_add(own, (gpointer)ims_reg_impu(reg));
	for (guint i = 0; i < ims_reg_associated(reg)->len; i++)
		g_ptr_array_add(own, g_ptr_array_index(ims_reg_associated(reg), i));
	ims_trace_know(session->trace->trace, own);
}

void ims_session_trace_follow(ims_session *session, const char *call_id)
{
	const ims_call *call = session->call;
	ims_trace *trace = session->trace ? session->trace->trace : NULL;

	if (!trace || !session->flow)
		return;
	know(session);
	ims_trace_follow(trace, ims_reg_call_id(session->flow->reg), NULL, NULL);
	if (call)
		ims_trace_follow(trace, ims_call_id(call), ims_call_peer(call), ims_call_own_tag(call));
	if (call_id)
		ims_trace_follow(trace, call_id, NULL, NULL);
}

static void begin(ims_session *session)
{
	if (session->trace)
		return;
	session->trace = g_new0(ims_session_trace, 1);
	session->trace->trace = ims_trace_new(session->service->stack, on_message, session);
	ims_session_trace_follow(session, NULL);
}

void ims_session_trace_end(ims_session *session)
{
	if (!session->trace)
		return;
	ims_trace_free(session->trace->trace);
	g_queue_clear_full(&session->trace->kept, kept_free);
	g_clear_pointer(&session->trace, g_free);
}

static void end_unless_wanted(ims_session *session)
{
	if (session->trace && !session->trace->for_user && !session->trace->for_operator)
		ims_session_trace_end(session);
}

gboolean ims_session_trace_for_user(ims_session *session, gboolean enabled, const char *transaction,
				    GError **error)
{
	if (enabled && !session->service->config->allow_client_trace)
		return ims_session_refuse(error, IMS_E_UNSUPPORTED,
					  "trace: this gateway's configuration does not allow it");
	if (enabled)
		begin(session);
	if (session->trace)
		session->trace->for_user = enabled;
	end_unless_wanted(session);
	ims_session_tell(session, (ims_session_news){ .kind = IMS_NEWS_TRACING,
						      .transaction = transaction,
						      .enabled = enabled });
	return TRUE;
}

void ims_session_trace_for_operator(ims_session *session, gboolean enabled)
{
	if (enabled)
		begin(session);
	if (session->trace)
		session->trace->for_operator = enabled;
	end_unless_wanted(session);
}

void ims_session_traced_each(ims_session *session,
			     void (*each)(const ims_session_traced *message, gpointer user), gpointer user)
{
	for (GList *at = session->trace ? session->trace->kept.head : NULL; at; at = at->next)
		each(at->data, user);
}
