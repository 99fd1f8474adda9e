/* ims_reg_proof.c: what is proved in a REGISTER, to the network and by it. */
#include "base/ims_log.h"
#include "reg/internal.h"
#include "sip/ims_role.h"

/* NULL: none. */
static const char *integrity(const ims_reg *reg)
{
	switch (reg->prover->integrity) {
	case IMS_INTEGRITY_OF_FLOW:
		return reg->proof.answered || reg->proof.proved
			       ? ims_role_integrity(reg->network, reg->w2, reg->proof.proved)
			       : NULL;
	case IMS_INTEGRITY_CONNECTED:
		return ims_role_integrity_connected(reg->network);
	case IMS_INTEGRITY_OWN:
	default:
		return NULL;
	}
}

ims_prover_request ims_reg_proof_request(const ims_reg *reg, ims_proof proof)
{
	return (ims_prover_request){ proof, "REGISTER", reg->registrar, NULL };
}

/* NULL without an error: nothing is said. */
static char *value_for(ims_reg *reg, ims_proof proof, gboolean *ret_answers, GError **error)
{
	const ims_prover_request request = ims_reg_proof_request(reg, proof);

	return ims_prover_authorize(reg->prover, &request, ret_answers, error);
}

static char *with_integrity(const ims_reg *reg, const char *plain)
{
	const char *value = integrity(reg);

	if (!plain || !value)
		return g_strdup(plain);
	return reg->network->integrity_quoted ? ims_digest_with_integrity(plain, value)
					      : ims_digest_with_integrity_token(plain, value);
}

gboolean ims_reg_proof_credentials(ims_reg *reg, char **ret_to_server, char **ret_to_proxy, GError **error)
{
	GError *failed = NULL;
	gboolean to_proxy_too; /* which says nothing of our flow to the registrar */
	g_autofree char *to_server = NULL, *to_proxy = NULL;

	to_proxy = value_for(reg, IMS_PROOF_REGISTER_TO_PROXY, &to_proxy_too, &failed);
	if (!failed)
		to_server = value_for(reg, IMS_PROOF_REGISTER, &reg->proof.answered, &failed);
	reg->unshown = FALSE;
	if (failed) {
		g_propagate_error(error, failed);
		return FALSE;
	}
	*ret_to_server = with_integrity(reg, to_server);
	*ret_to_proxy = g_steal_pointer(&to_proxy);
	return TRUE;
}

void ims_reg_proof_forget(ims_reg *reg)
{
	ims_prover_forget(reg->prover);
	reg->proof = (ims_reg_proof){ 0 };
}

reg_event ims_reg_proof_note(ims_reg *reg, const ims_register_answer *answer)
{
	const ims_prover_demand demand = { answer->proxy ? IMS_PROOF_REGISTER_TO_PROXY : IMS_PROOF_REGISTER,
					   answer->challenges, reg->proof.answers };
	g_autoptr(GError) error = NULL;

	switch (ims_prover_heed(reg->prover, &demand, &error)) {
	case IMS_PROVER_ANSWERS:
		return EV_CHALLENGE;
	case IMS_PROVER_ASKS:
		return EV_QUESTION;
	case IMS_PROVER_ALARMS:
		ims_alarm(ims_stack_alarms(reg->stack), IMS_ALARM_NOT_TRUSTED,
			  "%s: the network challenged (%d): %s", reg->impu, answer->status, error->message);
		ims_reg_note_outcome(reg, 500, error->message);
		return EV_REFUSED;
	case IMS_PROVER_REFUSES:
	default:
		if (error)
			ims_reg_note_outcome(reg, answer->status, error->message);
		return EV_REFUSED;
	}
}

void ims_reg_proof_limit(ims_reg *reg, guint valid_s)
{
	gint64 now_ms = ims_clock_now_ms(ims_stack_clock(reg->stack));

	reg->proof_ends_ms = valid_s ? now_ms + (gint64)valid_s * 1000 : 0;
}

/* Not 0, which would deregister: whoever set the limit ends the registration in time. */
guint ims_reg_proof_left_s(const ims_reg *reg)
{
	gint64 left_ms = reg->proof_ends_ms - ims_clock_now_ms(ims_stack_clock(reg->stack));

	return reg->proof_ends_ms ? (guint)MAX(left_ms / 1000, 1) : G_MAXUINT;
}

gboolean ims_reg_proof_confirm(ims_reg *reg, const ims_register_answer *answer)
{
	const ims_prover_success of_server = { IMS_PROOF_REGISTER, answer->info, answer->body };
	const ims_prover_success of_proxy = { IMS_PROOF_REGISTER_TO_PROXY, answer->proxy_info, answer->body };
	g_autoptr(GError) error = NULL;

	if ((!of_proxy.info || ims_prover_confirm(reg->prover, &of_proxy, &error)) &&
	    ims_prover_confirm(reg->prover, &of_server, &error))
		return TRUE;
	ims_reg_note_outcome(reg, 502, error->message);
	return FALSE;
}
