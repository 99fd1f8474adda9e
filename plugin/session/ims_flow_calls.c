/* ims_flow_calls.c: the calls of all whom a registration serves: whom an incoming one goes to, and their end.
 */
#include <string.h>

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

static gboolean is_talking(const ims_session *session)
{
	return session->call != NULL;
}

ims_session *ims_flow_session_of(const ims_flow *flow, const char *call_id)
{
	ims_session *session = flow->session;

	for (guint i = 0;; i++) {
		if (session && session->call && strcmp(ims_call_id(session->call), call_id) == 0)
			return session;
		if (i == flow->helpers->len)
			return NULL;
		session = g_ptr_array_index(flow->helpers, i);
	}
}

/* Whose place an INVITE with this Replaces takes (RFC 3891 3). 0, or the status to refuse it with. */
static int find_replaced(const ims_flow *flow, const char *replaces, const char **ret_call_id)
{
	g_auto(ims_dialog_id) id = { 0 };
	const ims_session *session;

	if (!ims_dialog_id_of_replaces(replaces, &id))
		return 400;
	session = ims_flow_session_of(flow, id.call_id);
	if (!session || !ims_call_has_dialog(session->call, &id))
		return ims_flow_had_call(flow, &id) ? 603 : 481;
	/* It rings here, or is about to: not ours to give away. */
	if (!ims_call_is_outgoing(session->call) && !ims_call_dialog(session->call))
		return 481;
	if (id.early_only && ims_call_dialog(session->call))
		return 486;
	*ret_call_id = ims_call_id(session->call);
	return 0;
}

/* Whose handle takes calls only when no helper does. */
static gboolean is_spared(const ims_flow *flow)
{
	return flow->session && flow->session->spared;
}

static ims_session *first_idle_helper(const ims_flow *flow)
{
	for (guint i = 0; i < flow->helpers->len; i++)
		if (is_idle(g_ptr_array_index(flow->helpers, i)))
			return g_ptr_array_index(flow->helpers, i);
	return NULL;
}

/* Where a call that comes belongs; NULL: nowhere now. */
static ims_session *first_free(const ims_flow *flow)
{
	return is_spared(flow) ? first_idle_helper(flow) : first_of(flow, is_idle);
}

gboolean ims_flow_has_room(const ims_flow *flow)
{
	return first_free(flow) != NULL;
}

static gboolean ring(ims_flow *flow, ims_invite *invite, const ims_sip_news *news, const char *replaced,
		     int *ret_status)
{
	ims_session *free = first_free(flow), *anybody = first_of(flow, is_anybody);
	ims_session *idle = free ? free : first_of(flow, is_idle);
	const ims_ringing how = { .waiting = first_of(flow, is_talking) != NULL, .replaced = replaced };

	if (idle)
		return ims_session_receive(idle, invite, news, &how, ret_status);
	*ret_status = 486;
	ims_session_miss_call(anybody, news, "busy");
	return FALSE;
}

/* A flow that has failed: the network may try another one of the same device (RFC 5626 5.3.1). */
int ims_flow_absent(const ims_flow *flow)
{
	const ims_reg *reg = flow->reg;

	return ims_reg_is_active(reg) && ims_reg_is_outbound(reg) && ims_role_is_proxy(ims_reg_network(reg))
		       ? 430
		       : 480;
}

gboolean ims_flow_ring(ims_flow *flow, ims_invite *invite, const ims_sip_news *news, int *ret_status)
{
	const char *replaced = NULL;

	*ret_status = 480;
	if (!first_of(flow, is_anybody)) {
		*ret_status = ims_flow_absent(flow);
		return FALSE;
	}
	if (!ims_reg_is_active(flow->reg) || !news->caller)
		return FALSE;
	*ret_status = news->replaces ? find_replaced(flow, news->replaces, &replaced) : 0;
	return *ret_status == 0 && ring(flow, invite, news, replaced, ret_status);
}

static guint count_calls(const ims_flow *flow)
{
	guint calls = flow->waiting ? flow->waiting->len : 0;

	if (flow->session && is_talking(flow->session))
		calls++;
	for (guint i = 0; i < flow->helpers->len; i++)
		if (is_talking(g_ptr_array_index(flow->helpers, i)))
			calls++;
	return calls;
}

/* Its user attaches a helper for one more call. */
static gboolean may_have_helper(const ims_flow *flow)
{
	const ims_session *master = flow->session;

	if (!master)
		return FALSE;
	return master->max_calls ? count_calls(flow) < master->max_calls : master->spared;
}

gboolean ims_flow_receive(ims_flow *flow, ims_invite *invite, const ims_sip_news *news, int *ret_status)
{
	gboolean waits = !ims_flow_has_room(flow) && may_have_helper(flow) && ims_reg_is_active(flow->reg) &&
			 news->caller;

	return (waits && ims_flow_wait(flow, invite, news)) || ims_flow_ring(flow, invite, news, ret_status);
}

static void speak_as(ims_referral *referral, const ims_session *session, const ims_sip_news *news)
{
	const ims_role_user user = ims_session_called(session, news->callee);
	g_auto(ims_role_lines) lines = ims_role_terminating(&user, news);

	ims_referral_bind(referral, &(ims_invite_style){ .contact = lines.contact,
							 .later_headers = lines.later,
							 .network = user.network,
							 .credentials = user.credentials });
}

int ims_flow_receive_referral(ims_flow *flow, ims_referral *referral, const ims_sip_news *news)
{
	g_auto(ims_dialog_id) id = { 0 };
	ims_session *session = NULL;

	if (news->target_dialog && ims_dialog_id_of_target_dialog(news->target_dialog, &id))
		session = ims_flow_session_of(flow, id.call_id);
	if (!session || !ims_call_has_dialog(session->call, &id))
		session = first_of(flow, is_anybody);
	if (!session || !ims_reg_is_active(flow->reg))
		return 480;
	speak_as(referral, session, news);
	return ims_session_receive_referral(session, referral, news);
}

void ims_flow_end_calls(ims_flow *flow)
{
	ims_flow_drop_waiting(flow);
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
