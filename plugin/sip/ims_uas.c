/* ims_uas.c: requests of the core outside any dialog of ours. */
#include <string.h>

#include "dns/ims_hops.h"
#include "sip/internal.h"
#include "sip/ims_hop.h"
#include "sip/ims_screen.h"

/* Our Path comes back as the topmost Route; a registrar without Path sends to the Contact. */
static const char *flow_token_of(const ims_stack *stack, const sip_t *sip)
{
	const url_t *route = sip->sip_route ? sip->sip_route->r_url : NULL;

	if (route && route->url_user && ims_stack_is_own_url(stack, route))
		return route->url_user;
	return sip->sip_request->rq_url->url_user;
}

static int receive_invite(ims_stack *stack, nta_incoming_t *request, const sip_t *sip, const char *source)
{
	ims_sip_target target = { .flow_token = flow_token_of(stack, sip), .source = source };

	if (!sip->sip_contact || !sip->sip_from->a_tag) {
		ims_alarm(stack->alarms, IMS_ALARM_MALFORMED,
			  "an INVITE from %s has no Contact or no From tag", source);
		nta_incoming_treply(request, 400, "Contact and From tag are mandatory in an INVITE",
				    TAG_END());
		return 400;
	}
	ims_invite_receive(stack, request, sip, &target);
	return 0;
}

static int receive_refer(ims_stack *stack, nta_incoming_t *request, const sip_t *sip, const char *source)
{
	ims_sip_target target = { .flow_token = flow_token_of(stack, sip), .source = source };

	return ims_referral_receive(stack, request, sip, &target);
}

static int receive_message(ims_stack *stack, nta_incoming_t *request, const sip_t *sip, const char *source)
{
	ims_sip_target target = { .flow_token = flow_token_of(stack, sip), .source = source };

	return ims_pager_receive(stack, request, sip, &target);
}

/* When a second fork answers an INVITE of ours, nta makes ACK and BYE for it by itself, and sends them to us
 * (ims_stack.c): they are passed on along the recorded route, whose first entry is us unless we are a user
 * agent. The BYE, which nta would send once, gets the repetitions it needs. */
static gboolean is_own_request(ims_stack *stack, const char *source, const sip_t *sip)
{
	return strcmp(source, stack->config->sip.address) == 0 && sip->sip_to->a_tag &&
	       (sip->sip_request->rq_method == sip_method_ack ||
		sip->sip_request->rq_method == sip_method_bye);
}

static gboolean is_routed_by_us(const ims_stack *stack, const sip_t *sip)
{
	return sip->sip_route && ims_stack_is_own_url(stack, sip->sip_route->r_url);
}

static void on_known(const GPtrArray *hops, gpointer user)
{
	char **hop = user;

	if (hops->len > 0)
		*hop = g_strdup(g_ptr_array_index(hops, 0));
}

/* Where the rest of its route leads, as far as that is known: it was looked up for the fork that won. NULL:
 * nowhere in the core. */
static char *known_hop(ims_stack *stack, const sip_t *sip)
{
	const sip_route_t *next = is_routed_by_us(stack, sip) ? sip->sip_route->r_next : sip->sip_route;
	g_autofree char *uri = ims_url_text(next ? next->r_url : sip->sip_request->rq_url);
	g_autofree char *hop = NULL;
	g_auto(ims_hop_target) target = { 0 };
	g_auto(ims_hop) way = { NULL, FALSE };
	ims_look_up *look_up = NULL;

	ims_resolver_look_up(stack->resolver, uri, on_known, &hop, &look_up);
	ims_look_up_drop(&look_up);
	if (!hop || !ims_hop_target_parse(hop, &target) || !ims_peers_have(stack->peers, target.host))
		return NULL;
	way = ims_hop_for(ims_peers_network(stack->peers, target.host), hop);
	return g_steal_pointer(&way.url);
}

static void pass_on(ims_stack *stack, nta_incoming_t *request, const char *hop)
{
	msg_t *original = nta_incoming_getrequest(request);
	msg_t *copy = msg_copy(original);
	sip_t *sip = sip_object(copy);
	gboolean is_ack = sip->sip_request->rq_method == sip_method_ack;
	nta_outgoing_t *passed;

	msg_destroy(original);
	if (is_routed_by_us(stack, sip))
		sip_route_remove(copy, sip);
	sip_via_remove(copy, sip);
	passed = nta_outgoing_mcreate(stack->agent, NULL, NULL, URL_STRING_MAKE(hop), copy,
				      TAG_IF(is_ack, NTATAG_STATELESS(1)),
				      TAG_IF(is_ack, NTATAG_ACK_BRANCH(sip->sip_call_id->i_id)), TAG_END());
	if (passed)
		nta_outgoing_destroy(passed);
}

static gboolean is_known_scheme(const url_t *url)
{
	return url->url_type == url_sip || url->url_type == url_sips || url->url_type == url_tel;
}

/* Returns the final status, sent here already or to be sent; 0 when the answer comes later. */
static int receive_request(ims_stack *stack, nta_incoming_t *request, const sip_t *sip, const char *source)
{
	gboolean is_notify = sip->sip_request->rq_method == sip_method_notify;
	int refused;

	if (sip->sip_to->a_tag && !is_notify) /* the dialog is gone */
		return 481;
	if (!is_known_scheme(sip->sip_request->rq_url))
		return 416;
	refused = ims_screen(request, sip, ims_peers_network(stack->peers, source));
	if (refused)
		return refused;
	switch (sip->sip_request->rq_method) {
	case sip_method_invite:
		return receive_invite(stack, request, sip, source);
	case sip_method_message:
		return receive_message(stack, request, sip, source);
	case sip_method_notify:
		return ims_subscription_receive(stack, request, sip);
	case sip_method_refer:
		return receive_refer(stack, request, sip, source);
	case sip_method_options:
		return ims_screen_answer_options(request);
	case sip_method_cancel:
		return 481;
	case sip_method_subscribe: /* nothing of ours can be subscribed to (RFC 6665 4.2.1.1) */
		return 489;
	default:
		return ims_screen_refuse_method(request, sip);
	}
}

/* own_hop: it is a request of ours that goes on there; NULL: it is not. */
static void receive(ims_stack *stack, msg_t *message, sip_t *sip, const char *source, const char *own_hop)
{
	nta_incoming_t *request = nta_incoming_create(stack->agent, NULL, message, sip, TAG_END());
	int status = 200;

	if (!request)
		return;
	if (own_hop)
		pass_on(stack, request, own_hop);
	else
		status = receive_request(stack, request, sip, source);
	if (status == 0)
		return;
	if (nta_incoming_status(request) < 200)
		nta_incoming_treply(request, status, sip_status_phrase(status), TAG_END());
	nta_incoming_destroy(request);
}

static void drop(ims_stack *stack, msg_t *message, const sip_t *sip, const char *source)
{
	ims_alarm(stack->alarms, IMS_ALARM_STRANGER, "%.32s from %s dropped: not an address of the core",
		  sip->sip_request->rq_method_name, source);
	nta_msg_discard(stack->agent, message);
	ims_peers_refresh(stack->peers);
}

int ims_uas_receive(nta_agent_magic_t *magic, nta_agent_t *agent, msg_t *message, sip_t *sip)
{
	ims_stack *stack = (ims_stack *)magic;
	g_autofree char *own_hop = NULL;
	char source[64];
	gboolean is_core;

	if (!sip->sip_request) { /* an answer nobody waits for */
		nta_msg_discard(agent, message);
		return 0;
	}
	is_core = ims_stack_is_core(stack, message, source, sizeof(source));
	if (!is_core && is_own_request(stack, source, sip))
		own_hop = known_hop(stack, sip);
	if (!is_core && !own_hop)
		drop(stack, message, sip, source);
	else if (sip->sip_request->rq_method == sip_method_ack && !own_hop)
		nta_msg_discard(agent, message);
	else
		receive(stack, message, sip, source, own_hop);
	return 0;
}
