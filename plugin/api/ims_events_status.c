/* ims_events_status.c: the answer to `status`. */
#include "api/internal.h"

static json_t *registration_status(const ims_session *session)
{
	const ims_reg *reg = ims_session_reg(session);
	guint token_left_s = ims_session_token_left_s(session);
	json_t *status = json_object();

	ims_event_set(status, "state",
		      reg                                 ? ims_reg_state_name(reg)
		      : ims_session_is_verifying(session) ? "registering"
							  : "unregistered");
	if (!reg)
		return status;
	ims_event_set(status, "username", ims_reg_impu(reg));
	json_object_set_new(status, "expires", json_integer(ims_reg_expires_s(reg)));
	json_object_set_new(status, "associated", ims_event_list(ims_reg_associated(reg)));
	if (token_left_s)
		json_object_set_new(status, "token_expires", json_integer(token_left_s));
	return status;
}

static json_t *call_status(const ims_call *call)
{
	json_t *status;

	if (!call)
		return json_null();
	status = json_object();
	ims_event_set(status, "call_id", ims_call_id(call));
	ims_event_set(status, "state", ims_call_state_name(call));
	ims_event_set(status, "direction", ims_call_is_outgoing(call) ? "out" : "in");
	ims_event_set(status, "peer", ims_call_peer(call));
	json_object_set_new(status, "held", json_boolean(ims_call_is_held(call)));
	json_object_set_new(status, "peer_holds", json_boolean(ims_call_peer_holds(call)));
	return status;
}

json_t *ims_event_of_status(const ims_session *session)
{
	json_t *result =
		json_pack("{s:s, s:o, s:o}", "event", "status", "registration", registration_status(session),
			  "call", call_status(ims_session_ongoing(session)));

	return json_pack("{s:s, s:o}", "sip", "event", "result", result);
}
