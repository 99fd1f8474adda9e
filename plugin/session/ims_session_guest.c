/* ims_session_guest.c: users who call without being registered: only where the operator lets them, and only
 * as a user agent, for which nobody vouches. */
#include "base/ims_error.h"
#include "session/internal.h"

gboolean ims_session_may_be_guest(const ims_session *session, const ims_network *network, GError **error)
{
	if (network->role != IMS_ROLE_UE)
		return ims_session_refuse(
			error, IMS_E_UNSUPPORTED,
			"register: 'type' guest is for networks of role \"ue\": an edge vouches for "
			"registered users only");
	return session->service->config->allow_guest ||
	       ims_session_refuse(error, IMS_E_UNSUPPORTED,
				  "register: 'type' guest is not allowed here (general.allow_guest)");
}

gboolean ims_session_is_guest(const ims_session *session)
{
	const ims_reg *reg = ims_session_reg(session);

	return reg && ims_reg_is_guest(reg);
}

/* His calls may be challenged: with what he brings he answers for this and later ones. */
gboolean ims_session_prove_guest(ims_session *session, const ims_call_params *p, GError **error)
{
	const char *secret = p->secret ? p->secret : p->ha1_secret;
	ims_reg *reg = session->flow->reg;
	const ims_network *network = ims_reg_network(reg);
	const ims_register_params as = { .username = ims_reg_impu(reg),
					 .authuser = p->authuser,
					 .secret = p->secret,
					 .ha1_secret = p->ha1_secret };
	g_autofree char *impi = ims_session_impi(network, p->authuser, ims_reg_impu(reg));
	ims_prover *prover;

	if (!ims_session_is_guest(session) || !secret)
		return TRUE;
	if (!ims_session_may_try(session, network, impi, secret, error))
		return FALSE;
	prover = ims_session_prover(session->service, network, &as, error);
	if (!prover)
		return FALSE;
	ims_reg_renew(reg, prover, 0);
	return TRUE;
}

void ims_session_guest_was_answered(ims_session *session, int status)
{
	if (ims_session_is_guest(session))
		ims_session_was_refused(session, status);
}
