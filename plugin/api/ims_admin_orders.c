/* ims_admin_orders.c: what an operator has done: ends, traces, other networks, revoked tokens. */
#include <string.h>

#include "api/ims_admin_internal.h"
#include "base/ims_error.h"

json_t *ims_admin_revoke(const ims_admin_request *request, GError **error)
{
	const char *issuer = json_string_value(json_object_get(request->body, "issuer"));
	const char *jti = json_string_value(json_object_get(request->body, "jti"));
	const char *subject = json_string_value(json_object_get(request->body, "subject"));

	if (!jti == !subject) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_INVALID_ELEMENT,
				    "revoke: exactly one of 'jti' and 'subject' is needed");
		return NULL;
	}
	if (!ims_service_revoke(request->service, issuer, jti, subject, error))
		return NULL;
	return json_pack("{s:b}", "revoked", TRUE);
}

/* call_id NULL: whichever it is. */
static gboolean drop_call(ims_session *session, const char *call_id)
{
	const ims_call *call = ims_session_ongoing(session);

	return call && (!call_id || g_str_equal(ims_call_id(call), call_id)) &&
	       ims_session_drop_call(session);
}

static json_t *drop_of_handle(const ims_admin_request *request, GError **error)
{
	const char *what = json_string_value(json_object_get(request->body, "what"));
	const char *call_id = json_string_value(json_object_get(request->body, "call_id"));
	ims_session *session = ims_admin_session(request, error);

	if (!session)
		return NULL;
	if (g_strcmp0(what, "call") == 0)
		return json_pack("{s:b}", "dropped", drop_call(session, call_id));
	ims_session_drop(session);
	return json_pack("{s:b}", "dropped", TRUE);
}

json_t *ims_admin_drop(const ims_admin_request *request, GError **error)
{
	ims_flow *flow;

	if (!ims_admin_names_one(request, error))
		return NULL;
	if (json_object_get(request->body, "handle"))
		return drop_of_handle(request, error);
	flow = ims_admin_flow(request, error);
	if (!flow)
		return NULL;
	ims_flow_drop(flow, "The operator has ended it");
	return json_pack("{s:b}", "dropped", TRUE);
}

/* Traces */

static void add_message(const ims_session_traced *message, gpointer user)
{
	json_t *line = json_pack("{s:I, s:s}", "time", (json_int_t)message->at_ms, "direction",
				 message->is_out ? "out" : "in");

	ims_event_set(line, "call_id", message->call_id);
	ims_event_set(line, "peer", message->peer);
	ims_event_set(line, "transport", message->transport);
	ims_event_set(line, "first", message->first);
	ims_event_set(line, "text", message->text);
	if (message->repeated)
		json_object_set_new(line, "repeated", json_true());
	json_array_append_new(user, line);
}

json_t *ims_admin_trace(const ims_admin_request *request, GError **error)
{
	const json_t *enable = json_object_get(request->body, "enable");
	ims_session *session = ims_admin_session(request, error);
	json_t *messages;

	if (!session)
		return NULL;
	messages = json_array();
	ims_session_traced_each(session, add_message, messages);
	if (enable)
		ims_session_trace_for_operator(session, json_is_true(enable));
	return json_pack("{s:o}", "messages", messages);
}

/* Networks */

static void add_network(const char *network, const char *fate, guint ended, gpointer user)
{
	json_t *line = json_pack("{s:s, s:s}", "name", network, "is", fate);

	if (strcmp(fate, "removed") == 0)
		json_object_set_new(line, "registrations_ended", json_integer(ended));
	json_array_append_new(user, line);
}

json_t *ims_admin_reload(const ims_admin_request *request, GError **error)
{
	const ims_config *running = ims_service_config(request->service);
	g_autoptr(GPtrArray) others = ims_config_changes(running, request->config);
	json_t *networks = json_array();

	if (ims_service_reload(request->service, request->config, add_network, networks, error))
		return json_pack("{s:o, s:o}", "networks", networks, "needs_restart", ims_event_list(others));
	json_decref(networks);
	return NULL;
}
