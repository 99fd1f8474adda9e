/* fake_prover.h: proves whatever the test wants, and notes what it was asked. For one source file of a
 * program. */
#pragma once
#include "auth/ims_prover.h"
#include "base/ims_error.h"

typedef struct {
	ims_prover base;
	ims_prover_verdict verdict; /* of the next challenge */
	const char *says;           /* the next header value; NULL: none */
	gboolean answers;           /* ... and it answers */
	gboolean believes;          /* the next 2xx */
	char *replied;              /* response of the last reply, until it is sent */
	guint forgotten;
	guint *freed;
} fake_prover;

static inline char *fake_authorize(ims_prover *base, const ims_prover_request *request, gboolean *ret_answers,
				   GError **error)
{
	fake_prover *prover = (fake_prover *)base;
	g_autofree char *replied = NULL;

	(void)error;
	if (request->proof != IMS_PROOF_REGISTER)
		return NULL;
	*ret_answers = prover->answers || prover->replied;
	if (!prover->replied)
		return g_strdup(prover->says);
	replied = g_steal_pointer(&prover->replied);
	return g_strdup_printf("Fake %s", replied);
}

static inline ims_prover_verdict fake_heed(ims_prover *base, const ims_prover_demand *demand, GError **error)
{
	fake_prover *prover = (fake_prover *)base;

	(void)demand;
	g_clear_pointer(&prover->replied, g_free);
	if (prover->verdict == IMS_PROVER_ALARMS)
		g_set_error_literal(error, IMS_ERROR, IMS_E_BAD_CHALLENGE, "nobody may challenge");
	return prover->verdict;
}

static inline ims_prover_question fake_question(const ims_prover *base, const ims_prover_request *request)
{
	(void)request;
	(void)base;
	return (ims_prover_question){ .text = "Fake question" };
}

static inline gboolean fake_reply(ims_prover *base, const ims_prover_request *request,
				  const ims_prover_reply *reply, GError **error)
{
	(void)request;
	if (!reply->response) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_INVALID_ELEMENT, "response is missing");
		return FALSE;
	}
	((fake_prover *)base)->replied = g_strdup(reply->response);
	return TRUE;
}

static inline gboolean fake_confirm(ims_prover *base, const ims_prover_success *success, GError **error)
{
	(void)success;
	if (!((fake_prover *)base)->believes)
		g_set_error_literal(error, IMS_ERROR, IMS_E_BAD_CHALLENGE, "not believed");
	return ((fake_prover *)base)->believes;
}

static inline void fake_forget(ims_prover *base)
{
	((fake_prover *)base)->forgotten++;
}

static inline gboolean fake_is_same(const ims_prover *a, const ims_prover *b)
{
	return a == b;
}

static inline void fake_free(ims_prover *base)
{
	fake_prover *prover = (fake_prover *)base;

	(*prover->freed)++;
	g_free(prover->replied);
	g_free(prover);
}

static inline fake_prover *fake_prover_new(guint *freed)
{
	static const ims_prover_kind kind = { "fake",        fake_authorize, fake_heed,
					      fake_question, fake_reply,     fake_confirm,
					      fake_forget,   fake_is_same,   fake_free };
	fake_prover *prover = g_new0(fake_prover, 1);

	prover->base = (ims_prover){ .kind = &kind, .impi = g_strdup("alice@ims.example") };
	prover->believes = TRUE;
	prover->freed = freed;
	return prover;
}
