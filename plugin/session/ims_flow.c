/* ims_flow.c: one registration and whom it serves: what is noted of it, and of its calls that are over. */
#include "session/ims_flows.h"

#include "auth/ims_trusted_prover.h"

/* Audit */

static const ims_grant *grant_of(const ims_flow *flow)
{
	return flow->watch ? ims_grant_watch_grant(flow->watch)
			   : ims_trusted_prover_grant(ims_reg_prover(flow->reg));
}

void ims_flow_note(const ims_flow *flow, const char *event)
{
	const ims_reg *reg = flow->reg;
	const ims_prover *prover = ims_reg_prover(reg);
	const ims_grant *grant = grant_of(flow);

	ims_audit_note(flow->audit, &(ims_audit_record){ .event = event,
							 .code = flow->end_code,
							 .reason = flow->end_cause,
							 .scheme = prover->kind->name,
							 .network = ims_reg_network(reg)->name,
							 .impi = prover->impi,
							 .impu = ims_reg_impu(reg),
							 .issuer = grant ? ims_grant_issuer(grant) : NULL,
							 .client = grant ? ims_grant_wwsf(grant) : NULL,
							 .jti = grant ? ims_grant_jti(grant) : NULL,
							 .flow = flow->name,
							 .turn_user = flow->turn_user,
							 .icid = ims_reg_icid(reg),
							 .expires_s = ims_reg_expires_s(reg) });
}

void ims_flow_note_active(ims_flow *flow)
{
	if (flow->was_active)
		return;
	flow->was_active = TRUE;
	ims_flow_note(flow, "registered");
}

void ims_flow_note_end(ims_flow *flow, int code, const char *cause)
{
	if (flow->end_cause)
		return;
	flow->end_code = code;
	flow->end_cause = g_strdup(cause);
}

void ims_flow_note_over(ims_flow *flow, const char *cause)
{
	ims_flow_note_end(flow, 0, cause);
	ims_flow_note(flow, flow->was_active ? "ended" : "failed");
}

/* Calls that are over */

static void ended_free(gpointer id)
{
	ims_dialog_id_clear(id);
	g_free(id);
}

void ims_flow_forget_calls(ims_flow *flow, guint but)
{
	while (flow->ended.length > but)
		ended_free(g_queue_pop_tail(&flow->ended));
}

void ims_flow_note_call(ims_flow *flow, const ims_dialog_id *id)
{
	ims_dialog_id *copy = g_new(ims_dialog_id, 1);

	*copy = ims_dialog_id_copy(id);
	g_queue_push_head(&flow->ended, copy);
	ims_flow_forget_calls(flow, IMS_FLOW_ENDED_MAX);
}

gboolean ims_flow_had_call(const ims_flow *flow, const ims_dialog_id *id)
{
	for (const GList *at = flow->ended.head; at; at = at->next)
		if (ims_dialog_id_equal(at->data, id))
			return TRUE;
	return FALSE;
}

/* Helpers */

gboolean ims_flow_add_helper(ims_flow *flow, ims_session *helper)
{
	if (flow->helpers->len >= IMS_FLOW_HELPERS_MAX)
		return FALSE;
	g_ptr_array_add(flow->helpers, helper);
	return TRUE;
}

void ims_flow_remove_helper(ims_flow *flow, ims_session *helper)
{
	g_ptr_array_remove(flow->helpers, helper);
}
