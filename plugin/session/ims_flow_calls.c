/* ims_flow_calls.c: the calls of all whom a registration serves: whom an incoming one goes to, and their end.
 */
#include "session/internal.h"

/* The first one for whom `fits`, the master before his helpers; NULL: nobody. */
static ims_session *first_of(const ims_flow *flow, gboolean (*fits)(const ims_session *session))
{
	if (flow->session && fits(flow->session))
		return flow->session;
	for (guint i = 0; i < flow->helpers->len; i++)
		if (fits(g_ptr_array_index(flow->helpers, i)))
			return g_ptr_array_index(flow->helpers, i);
	return NULL;
}

static gboolean is_idle(const ims_session *session)
{
	return !session->call;
}

static gboolean is_anybody(const ims_session *session)
{
	(void)session;
	return TRUE;
}

gboolean ims_flow_receive(ims_flow *flow, ims_invite *invite, const ims_sip_news *news, int *ret_status)
{
	ims_session *idle = first_of(flow, is_idle), *anybody = first_of(flow, is_anybody);

	*ret_status = 480;
	if (!anybody || !ims_reg_is_active(flow->reg) || !news->caller)
		return FALSE;
	if (idle)
		return ims_session_receive(idle, invite, news, ret_status);
	*ret_status = 486;
	ims_session_miss_call(anybody, news, "busy");
	return FALSE;
}

void ims_flow_end_calls(ims_flow *flow)
{
	if (flow->session)
		ims_session_end_call(flow->session);
	for (guint i = 0; i < flow->helpers->len; i++)
		ims_session_end_call(g_ptr_array_index(flow->helpers, i));
}

void ims_flow_end_subscriptions(ims_flow *flow)
{
	if (flow->session)
		ims_session_end_subscriptions(flow->session);
	for (guint i = 0; i < flow->helpers->len; i++)
		ims_session_end_subscriptions(g_ptr_array_index(flow->helpers, i));
}
