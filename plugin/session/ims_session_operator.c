/* ims_session_operator.c: what an operator sees and ends. */
#include <string.h>

#include "base/ims_log.h"
#include "session/internal.h"

void ims_flow_drop(ims_flow *flow, const char *why)
{
	ims_info(ims_reg_impu(flow->reg), "the operator ends its registration: %s", why);
	ims_flow_note_end(flow, 403, why);
	if (flow->session)
		ims_session_end_registration(flow->session,
					     (ims_session_news){ .kind = IMS_NEWS_REGISTRATION_FAILED,
								 .username = ims_reg_impu(flow->reg),
								 .code = 403,
								 .reason = why });
	else
		ims_flows_end(flow);
}

gboolean ims_session_drop_call(ims_session *session)
{
	gboolean had_one = session->call != NULL;

	ims_session_end_call(session);
	return had_one;
}

void ims_session_drop(ims_session *session)
{
	ims_session_end_call(session);
	if (session->flow && !ims_session_is_helper(session))
		ims_flow_drop(session->flow, "The operator has ended it");
	session->events->dismissed(session->user);
}

guint64 ims_session_number(const ims_session *session)
{
	return session->number;
}

const ims_flow *ims_session_flow(const ims_session *session)
{
	return session->flow;
}

ims_session *ims_service_session(const ims_service *service, guint64 number)
{
	return g_hash_table_lookup(service->sessions, &number);
}

ims_flow *ims_service_flow(const ims_service *service, const char *name)
{
	g_autoptr(GPtrArray) all = ims_flows_all(service->flows);

	for (guint i = 0; i < all->len; i++)
		if (strcmp(((ims_flow *)all->pdata[i])->name, name) == 0)
			return all->pdata[i];
	return NULL;
}

GPtrArray *ims_service_flows(const ims_service *service)
{
	return ims_flows_all(service->flows);
}

GPtrArray *ims_service_sessions(const ims_service *service)
{
	GPtrArray *all = g_ptr_array_new();
	GHashTableIter at;
	gpointer session;

	g_hash_table_iter_init(&at, service->sessions);
	while (g_hash_table_iter_next(&at, NULL, &session))
		g_ptr_array_add(all, session);
	return all;
}
