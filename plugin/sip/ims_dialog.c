#include "sip/ims_dialog.h"

#include <string.h>

#include "base/ims_log.h"
#include "sip/ims_hop.h"
#include "sip/ims_inside.h"
#include "sip/ims_invite_internal.h"
#include "sip/ims_role.h"

static void tell_reached(ims_dialog *dialog, gboolean reachable)
{
	ims_dialog_reached *reached = g_steal_pointer(&dialog->reached);

	if (reached)
		reached(dialog, reachable);
}

static void on_hops(gpointer user)
{
	ims_dialog *dialog = user;

	tell_reached(dialog, ims_next_hops_current(&dialog->hops) != NULL);
}

static ims_dialog *dialog_new(ims_invite *invite, ims_stack *stack, const char *tag)
{
	ims_dialog *dialog = g_new0(ims_dialog, 1);

	dialog->invite = invite;
	dialog->tag = g_strdup(tag);
	dialog->requests = g_ptr_array_new();
	dialog->owed = g_array_new(FALSE, FALSE, sizeof(ims_rack));
	dialog->pracks = g_ptr_array_new_with_free_func(ims_prack_free);
	ims_next_hops_init(&dialog->hops, stack->resolver, NULL, on_hops, dialog);
	return dialog;
}

ims_dialog *ims_dialog_of_answer(ims_invite *invite, ims_stack *stack, const sip_t *sip,
				 nta_request_f *receive)
{
	su_home_t home[1] = { SU_HOME_INIT(home) };
	ims_dialog *dialog;

	if (!sip->sip_to->a_tag)
		return NULL;
	dialog = dialog_new(invite, stack, sip->sip_to->a_tag);
	dialog->leg = nta_leg_tcreate(stack->agent, receive, (nta_leg_magic_t *)dialog,
				      SIPTAG_CALL_ID(sip->sip_call_id), SIPTAG_FROM(sip->sip_from),
				      SIPTAG_TO(sip->sip_to), SIPTAG_CSEQ(sip->sip_cseq), TAG_END());
	if (dialog->leg)
		nta_leg_client_route(dialog->leg, ims_stack_others_routes(stack, home, sip->sip_record_route),
				     sip->sip_contact);
	su_home_deinit(home);
	if (dialog->leg)
		return dialog;
	ims_dialog_free(dialog);
	return NULL;
}

ims_dialog *ims_dialog_of_invite(ims_invite *invite, ims_stack *stack, nta_incoming_t *request,
				 const sip_t *sip, nta_request_f *receive)
{
	su_home_t home[1] = { SU_HOME_INIT(home) };
	ims_dialog *dialog = dialog_new(invite, stack, sip->sip_from->a_tag);
	const char *own_tag = nta_incoming_tag(request, NULL);
	sip_to_t *own = sip_to_dup(home, sip->sip_to);

	/* With our tag from birth: a leg tagged later would catch the second branch of a forked INVITE. */
	sip_to_tag(home, own, own_tag);
	dialog->leg =
		nta_leg_tcreate(stack->agent, receive, (nta_leg_magic_t *)dialog,
				SIPTAG_CALL_ID(sip->sip_call_id), SIPTAG_FROM(own), SIPTAG_TO(sip->sip_from),
				NTATAG_REMOTE_CSEQ(sip->sip_cseq->cs_seq), TAG_END());
	su_home_deinit(home);
	if (!dialog->leg) {
		ims_dialog_free(dialog);
		return NULL;
	}
	nta_leg_server_route(dialog->leg, sip->sip_record_route, sip->sip_contact);
	return dialog;
}

void ims_dialog_settle(ims_dialog *dialog, const ims_stack *stack, const sip_t *answer)
{
	su_home_t home[1] = { SU_HOME_INIT(home) };

	nta_leg_client_reroute(dialog->leg, ims_stack_others_routes(stack, home, answer->sip_record_route),
			       answer->sip_contact, 1);
	su_home_deinit(home);
}

void ims_dialog_retarget(ims_dialog *dialog, const sip_t *answer)
{
	nta_leg_client_reroute(dialog->leg, NULL, answer->sip_contact, 0);
	ims_dialog_reach(dialog, NULL);
}

void ims_dialog_follow(ims_dialog *dialog, const sip_t *request)
{
	nta_leg_server_route(dialog->leg, NULL, request->sip_contact);
	ims_dialog_reach(dialog, NULL);
}

void ims_dialog_free(ims_dialog *dialog)
{
	ims_inside_drop(dialog->update);
	if (dialog->updating)
		nta_incoming_destroy(dialog->updating);
	g_array_unref(dialog->owed);
	g_ptr_array_unref(dialog->pracks);
	g_free(dialog->waiting);
	for (guint i = 0; i < dialog->requests->len; i++)
		ims_inside_forsake(g_ptr_array_index(dialog->requests, i));
	g_ptr_array_unref(dialog->requests);
	if (dialog->leg)
		nta_leg_destroy(dialog->leg);
	ims_next_hops_clear(&dialog->hops);
	g_free(dialog->tag);
	g_free(dialog);
}

char *ims_dialog_target(const ims_dialog *dialog)
{
	const sip_route_t *route = NULL;
	const sip_contact_t *target = NULL;

	nta_leg_get_route(dialog->leg, &route, &target);
	return target ? ims_url_text(target->m_url) : g_strdup("");
}

static char *next_uri(const ims_dialog *dialog)
{
	const sip_route_t *route = NULL;
	const sip_contact_t *target = NULL;

	nta_leg_get_route(dialog->leg, &route, &target);
	return ims_url_text(route ? route->r_url : target ? target->m_url : NULL);
}

void ims_dialog_reach(ims_dialog *dialog, ims_dialog_reached *reached)
{
	g_autofree char *uri = next_uri(dialog);

	if (reached)
		dialog->reached = reached;
	ims_next_hops_aim(&dialog->hops, ims_role_way(dialog->invite->network, uri ? uri : ""));
	ims_next_hops_find(&dialog->hops);
}

void ims_dialog_forsake(ims_dialog *dialog)
{
	ims_next_hops_drop(&dialog->hops);
	tell_reached(dialog, FALSE);
}

gboolean ims_dialog_is_at(const ims_dialog *dialog, const char *address)
{
	return ims_next_hops_have(&dialog->hops, address);
}

void ims_dialog_ack(ims_dialog *dialog, nta_outgoing_t *invite_request, const char *headers)
{
	g_autofree char *cseq = g_strdup_printf("%u ACK", nta_outgoing_cseq(invite_request));
	g_auto(ims_hop) hop = ims_hop_for(dialog->invite->network, ims_next_hops_current(&dialog->hops));
	nta_outgoing_t *ack;

	/* Without the branch nta looks for the INVITE and aborts the process if it is gone. */
	ack = nta_outgoing_tcreate(dialog->leg, NULL, NULL, IMS_HOP_URL(hop), SIP_METHOD_ACK, NULL,
				   IMS_HOP_TAGS(hop), SIPTAG_CSEQ_STR(cseq),
				   TAG_IF(headers, SIPTAG_HEADER_STR(headers)),
				   NTATAG_ACK_BRANCH(nta_outgoing_branch(invite_request)), TAG_END());
	if (ack)
		nta_outgoing_destroy(ack);
}
