/* ims_session_helper.c: a session that shares the registration of another one, its master: one more call. */
#include <string.h>

#include "session/internal.h"

gboolean ims_session_is_helper(const ims_session *session)
{
	return session->flow && session->flow->session != session;
}

gboolean ims_session_is_master(const ims_session *session, const char *request, GError **error)
{
	if (!ims_session_is_helper(session))
		return TRUE;
	g_set_error(error, IMS_ERROR, IMS_E_HELPER, "%s: only its master can do this, not a helper", request);
	return FALSE;
}

static gboolean may_help(ims_session *session, const ims_register_params *p, GError **error)
{
	if (p->master_id == 0) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_MISSING_ELEMENT,
				    "register: 'master_id' is missing");
		return FALSE;
	}
	if (ims_session_is_helper(session))
		return ims_session_refuse(error, IMS_E_HELPER, "register: this handle is a helper already");
	if (session->flow || ims_session_is_verifying(session))
		return ims_session_refuse(error, IMS_E_ALREADY_REGISTERED,
					  "register: a handle with a registration of its own cannot help");
	return ims_session_may_try(session, NULL, NULL, NULL, error);
}

/* Who names another user than the master's does not know whose number it is. NULL with the reason. */
static ims_flow *find_master(ims_session *session, const ims_register_params *p, GError **error)
{
	ims_flow *flow = ims_flows_of_master(session->service->flows, p->master_id);

	if (flow && (!p->username || strcmp(p->username, ims_reg_impu(flow->reg)) == 0)) {
		ims_session_was_proved(session);
		return flow;
	}
	ims_session_was_refused(session, 403);
	ims_session_refuse(error, IMS_E_HELPER, "register: no such master");
	return NULL;
}

gboolean ims_session_help(ims_session *session, const ims_register_params *p, const char *transaction,
			  GError **error)
{
	ims_flow *flow = may_help(session, p, error) ? find_master(session, p, error) : NULL;

	if (!flow)
		return FALSE;
	if (!ims_flow_add_helper(flow, session))
		return ims_session_refuse(error, IMS_E_LIMIT,
					  "register: its master has no room for more helpers");
	session->flow = flow;
	g_free(session->display_name);
	session->display_name = g_strdup(p->display_name ? p->display_name : flow->session->display_name);
	ims_session_tell(session, (ims_session_news){ .kind = IMS_NEWS_REGISTERED,
						      .transaction = transaction,
						      .username = ims_reg_impu(flow->reg),
						      .expires_s = ims_reg_expires_s(flow->reg),
						      .associated = ims_reg_associated(flow->reg),
						      .pub_gruu = ims_reg_pub_gruu(flow->reg),
						      .conference_factory =
							      ims_reg_network(flow->reg)->conference_factory,
						      .temp_gruu = ims_reg_temp_gruu(flow->reg),
						      .unsent = TRUE,
						      .helper = TRUE });
	ims_flow_serve_waiting(flow);
	return TRUE;
}

gboolean ims_session_goes_along(const ims_session *session, const ims_session *heir)
{
	return heir && heir->keeps_calls && session->call && ims_call_dialog(session->call);
}

void ims_session_join(ims_session *caller, ims_flow *flow)
{
	ims_session_end_subscriptions(caller);
	ims_session_report_transfer(caller, 200, NULL); /* the call that it asked for is up */
	caller->flow = flow;
}

static void tell_unregistered(ims_session *session, const char *transaction)
{
	ims_session_tell(session, (ims_session_news){ .kind = IMS_NEWS_UNREGISTERED,
						      .transaction = transaction,
						      .unsent = TRUE,
						      .username = ims_reg_impu(session->flow->reg) });
}

void ims_session_stop_helping(ims_session *session, const char *transaction)
{
	ims_session_end_call(session);
	ims_session_end_subscriptions(session);
	tell_unregistered(session, transaction);
	ims_flow_remove_helper(g_steal_pointer(&session->flow), session);
}

void ims_session_dismissed(ims_session *helper)
{
	ims_session_end_call(helper);
	ims_session_end_subscriptions(helper);
	tell_unregistered(helper, NULL);
	helper->flow = NULL;
	helper->events->dismissed(helper->user);
}
