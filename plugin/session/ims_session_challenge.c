/* ims_session_challenge.c: challenges that only the client can answer (33.203 X.2.2): his page is asked, and
 * what it says goes to the registration. */
#include "auth/ims_prover.h"
#include "session/internal.h"

static void tell(ims_session *session, const ims_prover_question *question, const char *transaction)
{
	ims_session_tell(session, (ims_session_news){ .kind = IMS_NEWS_CHALLENGE,
						      .transaction = transaction,
						      .username = ims_reg_impu(session->flow->reg),
						      .call_id = question->call_id,
						      .question = question });
}

void ims_session_asked(ims_reg *reg, const ims_prover_question *question, gpointer user)
{
	ims_session *session = user;

	(void)reg;
	tell(session, question, ims_proof_is_of_register(question->proof) ? session->reg_transaction : NULL);
}

void ims_session_ask_again(ims_session *session, const char *transaction)
{
	ims_prover_question question;

	if (session->flow && !ims_session_is_helper(session) &&
	    ims_reg_question(session->flow->reg, &question))
		tell(session, &question, transaction);
}

gboolean ims_session_authenticate(ims_session *session, const ims_prover_reply *reply,
				  const char *transaction, GError **error)
{
	gboolean of_register = session->flow && ims_reg_is_asking(session->flow->reg);

	if (!session->flow)
		return ims_session_refuse(error, IMS_E_WRONG_STATE, "authenticate: not registered");
	if (!ims_session_is_master(session, "authenticate", error))
		return FALSE;
	if (!ims_reg_answer(session->flow->reg, reply, error))
		return FALSE;
	ims_session_tell(session,
			 (ims_session_news){ .kind = IMS_NEWS_AUTHENTICATING, .transaction = transaction });
	if (of_register) /* another request's had to stand back */
		ims_session_ask_again(session, NULL);
	return TRUE;
}
