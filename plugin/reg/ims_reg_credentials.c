/* ims_reg_credentials.c: what is proved in the user's other requests (RFC 3261 22.2, 22.3). */
#include "base/ims_error.h"
#include "base/ims_log.h"
#include "reg/internal.h"
#include "sip/ims_headers.h"
#include "sip/ims_role.h"

static ims_prover_request request_of(ims_proof proof, const ims_credentials_ask *ask)
{
	return (ims_prover_request){ proof, ask->method, ask->uri, ask->body };
}

static ims_prover_question question_of(const ims_reg *reg, const ims_credentials_ask *ask)
{
	const ims_prover_request request = request_of(IMS_PROOF_REQUEST, ask);
	ims_prover_question question = ims_prover_question_of(reg->prover, &request);

	question.call_id = ask->call_id;
	return question;
}

/* While a REGISTER is asked about, this is not told: whoever has answered that looks what else there is. */
static void ask_client(ims_reg *reg, const ims_credentials_ask *ask)
{
	const ims_prover_question question = question_of(reg, ask);

	ims_timer_arm(&reg->asking, (gint64)reg->challenge_timeout_s * 1000);
	if (!ims_reg_is_asking(reg))
		reg->listener->asked(reg, &question, reg->user);
}

static ims_credentials_verdict heed(ims_reg *reg, const ims_credentials_ask *ask)
{
	const ims_prover_demand demand = { ask->proxy ? IMS_PROOF_REQUEST_TO_PROXY : IMS_PROOF_REQUEST,
					   ask->challenges, ask->answers };
	g_autoptr(GError) error = NULL;

	if (ask->answers >= reg->network->max_answers + reg->prover->more_answers)
		return IMS_CREDENTIALS_NONE;
	switch (ims_prover_heed(reg->prover, &demand, &error)) {
	case IMS_PROVER_ANSWERS:
		return IMS_CREDENTIALS_GIVEN;
	case IMS_PROVER_ASKS:
		return reg->listener && reg->listener->asked ? IMS_CREDENTIALS_ASKED : IMS_CREDENTIALS_NONE;
	case IMS_PROVER_REFUSES:
	case IMS_PROVER_ALARMS:
	default:
		ims_warn(reg->impu, "%s challenged, and not answered: %s", ask->method,
			 error ? error->message : "no challenge, or the last answer was wrong");
		return IMS_CREDENTIALS_NONE;
	}
}

static char *line_of(ims_reg *reg, ims_proof proof, const ims_credentials_ask *ask)
{
	const ims_prover_request request = request_of(proof, ask);
	g_autoptr(GError) error = NULL;
	gboolean answers;
	g_autofree char *value = ims_prover_authorize(reg->prover, &request, &answers, &error);

	if (value)
		return g_strdup_printf("%sAuthorization: %s",
				       proof == IMS_PROOF_REQUEST_TO_PROXY ? "Proxy-" : "", value);
	if (error)
		ims_warn(reg->impu, "%s cannot be proved: %s", ask->method, error->message);
	return NULL;
}

static ims_credentials_verdict authorize(const ims_credentials_ask *ask, char **ret_lines, gpointer user)
{
	ims_reg *reg = user;
	ims_credentials_verdict verdict = ask->challenges ? heed(reg, ask) : IMS_CREDENTIALS_GIVEN;
	g_autofree char *to_server = NULL, *to_proxy = NULL;

	if (verdict == IMS_CREDENTIALS_ASKED)
		ask_client(reg, ask);
	if (verdict != IMS_CREDENTIALS_GIVEN)
		return verdict;
	to_server = line_of(reg, IMS_PROOF_REQUEST, ask);
	to_proxy = line_of(reg, IMS_PROOF_REQUEST_TO_PROXY, ask);
	*ret_lines = ims_header_join(to_server, to_proxy);
	return *ret_lines ? IMS_CREDENTIALS_GIVEN : IMS_CREDENTIALS_NONE;
}

static void on_due(gpointer user)
{
	ims_reg *reg = user;

	ims_timer_arm(&reg->asking, 0);
}

/* A client who is silent is not asked about the others. */
static void on_asking(gpointer user)
{
	ims_reg *reg = user;
	ims_credentials_ask ask;

	if (!ims_credentials_asks(reg->credentials, &ask)) {
		ims_credentials_next(reg->credentials);
		return;
	}
	ims_warn(reg->impu, "%s challenged, and not answered by the client in time", ask.method);
	ims_credentials_give_up(reg->credentials);
}

gboolean ims_reg_credentials_question(const ims_reg *reg, ims_prover_question *ret_question)
{
	ims_credentials_ask ask;

	if (!ims_credentials_asks(reg->credentials, &ask))
		return FALSE;
	*ret_question = question_of(reg, &ask);
	return TRUE;
}

gboolean ims_reg_credentials_answer(ims_reg *reg, const ims_prover_reply *reply, GError **error)
{
	ims_credentials_ask ask;
	ims_prover_request request;

	if (!ims_credentials_asks(reg->credentials, &ask)) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_WRONG_STATE,
				    "authenticate: no challenge waits for an answer");
		return FALSE;
	}
	request = request_of(IMS_PROOF_REQUEST, &ask);
	if (!ims_prover_reply_with(reg->prover, &request, reply, error))
		return FALSE;
	ims_timer_stop(&reg->asking);
	ims_credentials_answered(reg->credentials);
	return TRUE;
}

void ims_reg_credentials_init(ims_reg *reg)
{
	ims_timer_init(&reg->asking, ims_stack_clock(reg->stack), on_asking, reg);
	if (ims_role_proves_requests(reg->network))
		reg->credentials = ims_credentials_new(authorize, on_due, reg);
}

void ims_reg_credentials_clear(ims_reg *reg)
{
	ims_timer_stop(&reg->asking);
	ims_credentials_revoke(reg->credentials);
	ims_credentials_unref(g_steal_pointer(&reg->credentials));
}

ims_credentials *ims_reg_credentials(const ims_reg *reg)
{
	return reg->credentials;
}
