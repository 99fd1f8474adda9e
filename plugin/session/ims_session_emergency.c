/* ims_session_emergency.c: calls for help (REQ-103, 24.229 5.2.10): refused, or led to the network's E-CSCF
 * where the operator names one. */
#include <string.h>

#include "base/ims_error.h"
#include "session/internal.h"
#include "sip/ims_uri.h"

static const ims_network *network_of(const ims_session *session)
{
	const ims_reg *reg = ims_session_reg(session);

	return reg ? ims_reg_network(reg) : g_ptr_array_index(session->service->serving->networks, 0);
}

gboolean ims_session_is_emergency(const ims_session *session, const char *uri)
{
	return ims_uri_is_emergency(uri, network_of(session)->emergency_numbers);
}

gboolean ims_session_may_call_for_help(const ims_session *session, GError **error)
{
	const ims_reg *reg = ims_session_reg(session);

	if (!network_of(session)->e_cscf)
		return ims_session_refuse(error, IMS_E_EMERGENCY,
					  "Emergency calls are not possible here: please use a telephone");
	if (!reg || !ims_reg_is_active(reg))
		return ims_session_refuse(
			error, IMS_E_EMERGENCY,
			"Emergency calls are not possible here before you are registered: please "
			"use a telephone");
	return TRUE;
}

char *ims_session_help_target(const char *uri)
{
	uri += strspn(uri, " \t<");
	return g_ascii_strncasecmp(uri, "urn:", 4) == 0 ? g_strndup(uri, strcspn(uri, "> \t"))
							: g_strdup("urn:service:sos");
}

GPtrArray *ims_session_help_route(const ims_session *session)
{
	GPtrArray *route = g_ptr_array_new_with_free_func(g_free);

	g_ptr_array_add(route, g_strdup_printf("%s;lr", network_of(session)->e_cscf_uri));
	return route;
}
