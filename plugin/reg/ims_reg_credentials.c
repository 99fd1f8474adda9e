/* ims_reg_credentials.c: what is proved in the user's other requests (RFC 3261 22.2, 22.3). */
#include "base/ims_log.h"
#include "reg/internal.h"
#include "sip/ims_headers.h"
#include "sip/ims_role.h"

static gboolean heed(ims_reg *reg, const ims_credentials_ask *ask)
{
	const ims_prover_demand demand = { ask->proxy ? IMS_PROOF_REQUEST_TO_PROXY : IMS_PROOF_REQUEST,
					   ask->challenges, ask->answers };
	g_autoptr(GError) error = NULL;

	if (ask->answers >= reg->network->max_answers + reg->prover->more_answers)
		return FALSE;
	if (ims_prover_heed(reg->prover, &demand, &error) == IMS_PROVER_ANSWERS)
		return TRUE;
	ims_warn(reg->impu, "%s challenged, and not answered: %s", ask->method,
		 error ? error->message : "no challenge, or the last answer was wrong");
	return FALSE;
}

static char *line_of(ims_reg *reg, ims_proof proof, const ims_credentials_ask *ask)
{
	const ims_prover_request request = { proof, ask->method, ask->uri, ask->body };
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

static char *authorize(const ims_credentials_ask *ask, gpointer user)
{
	ims_reg *reg = user;
	g_autofree char *to_server = NULL, *to_proxy = NULL;

	if (ask->challenges && !heed(reg, ask))
		return NULL;
	to_server = line_of(reg, IMS_PROOF_REQUEST, ask);
	to_proxy = line_of(reg, IMS_PROOF_REQUEST_TO_PROXY, ask);
	return ims_header_join(to_server, to_proxy);
}

void ims_reg_credentials_init(ims_reg *reg)
{
	if (ims_role_proves_requests(reg->network))
		reg->credentials = ims_credentials_new(authorize, reg);
}

void ims_reg_credentials_clear(ims_reg *reg)
{
	ims_credentials_revoke(reg->credentials);
	ims_credentials_unref(g_steal_pointer(&reg->credentials));
}

ims_credentials *ims_reg_credentials(const ims_reg *reg)
{
	return reg->credentials;
}
