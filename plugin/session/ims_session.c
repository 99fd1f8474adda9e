#include "session/ims_session.h"

#include "base/ims_error.h"
#include "session/internal.h"

/* Telling */

void ims_session_tell(ims_session *session, ims_session_news news)
{
	g_autoptr(GPtrArray) headers = ims_session_shown_headers(session, news.sip);

	ims_session_trace_follow(session, news.call_id);
	if (!news.warnings && news.sip && news.sip->status >= 300)
		news.warnings = news.sip->warnings;
	if (!ims_session_shows(session, "Warning"))
		news.warnings = NULL;
	news.master_id = session->flow ? session->flow->master_id : 0;
	news.unique_id = session->unique_id;
	news.headers = headers;
	session->events->news(&news, session->user);
}

void ims_session_tell_in_call(ims_session *session, ims_session_news news)
{
	news.call_id = ims_call_id(session->call);
	news.username = ims_call_peer(session->call);
	ims_session_tell(session, news);
}

gboolean ims_session_refuse(GError **error, ims_error_code code, const char *why)
{
	g_set_error_literal(error, IMS_ERROR, code, why);
	return FALSE;
}

/* Life */

ims_session *ims_session_new(ims_service *service, gpointer handle, const ims_session_events *events,
			     gpointer user)
{
	ims_session *session = g_new0(ims_session, 1);

	ims_assert_on(ims_service_worker(service));
	session->service = service;
	session->handle = handle;
	session->events = events;
	session->user = user;
	session->messages = ims_messages_new(service->stack, service->config->limits.messages_per_minute,
					     ims_session_delivered, session);
	ims_session_subscriptions_init(session);
	session->unique_id = g_uuid_string_random();
	ims_session_info_init(session);
	ims_session_limits_init(session);
	ims_session_turn_init(session);
	session->number = ++service->next_number;
	g_hash_table_insert(service->sessions, &session->number, session);
	g_atomic_int_inc(&service->n_sessions);
	return session;
}

/* Its identity goes back at once: the next visitor must not meet what was left for this one (REQ-60). */
static gboolean is_of_pool(const ims_session *session)
{
	const ims_grant *grant = ims_session_grant(session);

	return grant && ims_grant_is_pool(grant);
}

void ims_session_end(ims_session *session)
{
	ims_assert_on(ims_service_worker(session->service));
	if (session->call) {
		session->events->media(NULL, session->user);
		ims_session_forget_call(session);
	}
	g_ptr_array_unref(session->subscriptions);
	ims_session_drop_refer(session);
	ims_messages_free(session->messages);
	ims_session_trace_end(session);
	ims_session_drop_token(session);
	if (ims_session_is_helper(session))
		ims_flow_remove_helper(session->flow, session);
	else if (session->flow)
		ims_flows_release(g_steal_pointer(&session->flow), is_of_pool(session));
	g_hash_table_remove(session->service->sessions, &session->number);
	g_atomic_int_add(&session->service->n_sessions, -1);
	g_free(session->display_name);
	g_free(session->user_agent);
	g_free(session->unique_id);
	g_free(session->replaces);
	g_strfreev(session->header_prefixes);
	g_free(session->reg_transaction);
	g_free(session);
}

/* Looking at it */

const ims_reg *ims_session_reg(const ims_session *session)
{
	return session->flow ? session->flow->reg : NULL;
}

const ims_call *ims_session_ongoing(const ims_session *session)
{
	return session->call;
}
