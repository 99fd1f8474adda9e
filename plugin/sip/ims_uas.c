/* ims_uas.c: requests of the core outside any dialog of ours. */
#include <string.h>

#include "base/ims_log.h"
#include "sip/internal.h"

static int refuse_method(nta_incoming_t *request)
{
	nta_incoming_treply(request, SIP_405_METHOD_NOT_ALLOWED, SIPTAG_ALLOW_STR(IMS_ALLOW), TAG_END());
	return 405;
}

static int answer_options(nta_incoming_t *request)
{
	nta_incoming_treply(request, SIP_200_OK, SIPTAG_ALLOW_STR(IMS_ALLOW), SIPTAG_ACCEPT_STR("application/sdp"),
			    TAG_END());
	return 200;
}

/* Our Path comes back as the topmost Route; a registrar without Path sends to the Contact. */
static const char *flow_token_of(const ims_stack *stack, const sip_t *sip)
{
	const url_t *route = sip->sip_route ? sip->sip_route->r_url : NULL;

	if (route && route->url_user && route->url_host) {
		g_autofree char *there = g_strdup_printf("%s:%s", route->url_host, url_port(route));

		if (g_ascii_strcasecmp(there, stack->host_port) == 0)
			return route->url_user;
	}
	return sip->sip_request->rq_url->url_user;
}

static int receive_invite(ims_stack *stack, nta_incoming_t *request, const sip_t *sip, const char *source)
{
	ims_sip_target target = { .flow_token = flow_token_of(stack, sip), .source = source };
	int refused = nta_check_required(request, sip, NULL, TAG_END());

	if (refused)
		return refused;
	if (!sip->sip_contact || !sip->sip_from->a_tag) {
		nta_incoming_treply(request, 400, "Contact and From tag are mandatory in an INVITE", TAG_END());
		return 400;
	}
	ims_invite_receive(stack, request, sip, &target);
	return 0;
}

int ims_uas_receive(nta_leg_magic_t *magic, nta_leg_t *leg, nta_incoming_t *request, const sip_t *sip)
{
	ims_stack *stack = (ims_stack *)magic;
	char source[64];

	(void)leg;
	if (!ims_stack_is_core(stack, request, source, sizeof(source))) {
		ims_verb(NULL, "%s from %s refused: not an address of a configured core",
			 sip->sip_request->rq_method_name, source);
		return 403;
	}
	/* The dialog is gone. (To an ACK nta sends nothing, but wants a status to forget it.) */
	if (sip->sip_to->a_tag || sip->sip_request->rq_method == sip_method_ack)
		return 481;
	switch (sip->sip_request->rq_method) {
	case sip_method_invite:
		return receive_invite(stack, request, sip, source);
	case sip_method_options:
		return answer_options(request);
	case sip_method_cancel:
		return 481;
	default:
		return refuse_method(request);
	}
}
