/* ims_flow_waiting.c: calls for a user whose handles are busy, or are to take none. They wait a moment for a
 * helper, which he is asked for. */
#include "session/internal.h"

#define PATIENCE_MS 2000

typedef struct {
	ims_flow *flow;
	ims_invite *invite;
	ims_service *service; /* of whose calls it is one while it waits: else all that do would be let in */
	ims_timer patience;
} waiting_call;

static void refuse(ims_invite *invite, int status)
{
	ims_invite_refuse(invite, status, NULL);
	ims_invite_release(invite, NULL);
}

static void waiting_call_free(gpointer data)
{
	waiting_call *call = data;

	ims_timer_stop(&call->patience);
	g_atomic_int_add(&call->service->n_calls, -1);
	if (call->invite)
		refuse(call->invite, 480);
	g_free(call);
}

/* Its INVITE is the caller's from now on. */
static ims_invite *take_out(waiting_call *call)
{
	ims_invite *invite = g_steal_pointer(&call->invite);

	g_ptr_array_remove(call->flow->waiting, call);
	return invite;
}

static void ring_now(gpointer user)
{
	waiting_call *call = user;
	ims_flow *flow = call->flow;
	ims_invite *invite = take_out(call);
	g_auto(ims_sip_news) news = { 0 };
	int status = 0;

	ims_invite_read_request(invite, &news);
	if (!ims_flow_ring(flow, invite, &news, &status))
		refuse(invite, status);
}

static void invite_cancelled(const ims_sip_news *news, gpointer user)
{
	waiting_call *call = user;
	ims_session *master = call->flow->session;
	g_auto(ims_sip_news) request = { 0 };

	(void)news;
	ims_invite_read_request(call->invite, &request);
	if (master)
		ims_session_miss_call(master, &request, "cancelled");
	ims_invite_release(take_out(call), NULL);
}

static const ims_invite_events events = { .cancelled = invite_cancelled };

gboolean ims_flow_wait(ims_flow *flow, ims_invite *invite, const ims_sip_news *news)
{
	const ims_role_user user = ims_session_called(flow->session, news->callee);
	ims_service *service = flow->session->service;
	g_auto(ims_role_lines) lines = { 0 };
	waiting_call *call;

	if (!flow->waiting)
		flow->waiting = g_ptr_array_new_with_free_func(waiting_call_free);
	if (flow->waiting->len + flow->helpers->len >= IMS_FLOW_HELPERS_MAX)
		return FALSE;
	call = g_new0(waiting_call, 1);
	call->flow = flow;
	call->invite = invite;
	call->service = service;
	g_atomic_int_inc(&service->n_calls);
	ims_timer_init(&call->patience, ims_stack_clock(service->stack), ring_now, call);
	ims_timer_arm(&call->patience, PATIENCE_MS);
	g_ptr_array_add(flow->waiting, call);
	lines = ims_role_terminating(&user, news);
	ims_invite_bind(invite,
			&(ims_invite_style){ .contact = lines.contact,
					     .later_headers = lines.later,
					     .network = user.network,
					     .credentials = user.credentials },
			&events, call);
	ims_session_tell(flow->session,
			 (ims_session_news){ .kind = IMS_NEWS_HELPER_WANTED, .call_id = news->call_id });
	return TRUE;
}

void ims_flow_serve_waiting(ims_flow *flow)
{
	while (flow->waiting && flow->waiting->len && ims_flow_has_room(flow))
		ring_now(g_ptr_array_index(flow->waiting, 0));
}

void ims_flow_drop_waiting(ims_flow *flow)
{
	if (flow->waiting)
		g_ptr_array_set_size(flow->waiting, 0);
}
