/* ims_admin_list.c: who is registered, who calls, and all that is known of one of them. */
#include <string.h>

#include "api/ims_admin_internal.h"
#include "base/ims_error.h"

#define PAGE_DEFAULT 100

static const char *text_of(const ims_admin_request *request, const char *name)
{
	return json_string_value(json_object_get(request->body, name));
}

/* Of one line of a list; NULL: he does not want to see it. */
typedef json_t *line_of(gconstpointer thing, const ims_admin_request *request);

static gboolean is_wanted(const ims_admin_request *request, const ims_reg *reg)
{
	const char *username = text_of(request, "username"), *network = text_of(request, "network");

	if (!reg)
		return !username && !network;
	return (!username || strstr(ims_reg_impu(reg), username)) &&
	       (!network || strcmp(ims_reg_network(reg)->name, network) == 0);
}

static json_t *line_of_flow(gconstpointer thing, const ims_admin_request *request)
{
	const ims_flow *flow = thing;
	const ims_reg *reg = flow->reg;
	json_t *line;

	if (!is_wanted(request, reg))
		return NULL;
	line = json_pack("{s:s, s:s, s:s, s:s, s:i, s:i}", "flow", flow->name, "username", ims_reg_impu(reg),
			 "network", ims_reg_network(reg)->name, "state", ims_reg_state_name(reg), "expires",
			 (int)ims_reg_expires_s(reg), "helpers", (int)flow->helpers->len);
	if (flow->session)
		json_object_set_new(line, "handle",
				    json_integer((json_int_t)ims_session_number(flow->session)));
	return line;
}

static json_t *call_of(const ims_call *call)
{
	json_t *line = json_pack("{s:s, s:s, s:b, s:b}", "state", ims_call_state_name(call), "direction",
				 ims_call_is_outgoing(call) ? "out" : "in", "held", ims_call_is_held(call),
				 "peer_holds", ims_call_peer_holds(call));

	ims_event_set(line, "call_id", ims_call_id(call));
	ims_event_set(line, "peer", ims_call_peer(call));
	return line;
}

static json_t *line_of_call(gconstpointer thing, const ims_admin_request *request)
{
	const ims_call *call = ims_session_ongoing(thing);
	const ims_reg *reg = ims_session_reg(thing);
	json_t *line;

	if (!call || !is_wanted(request, reg))
		return NULL;
	line = call_of(call);
	json_object_set_new(line, "handle", json_integer((json_int_t)ims_session_number(thing)));
	if (reg)
		ims_event_set(line, "username", ims_reg_impu(reg));
	return line;
}

static json_t *line_of_handle(gconstpointer thing, const ims_admin_request *request)
{
	const ims_reg *reg = ims_session_reg(thing);
	const ims_call *call = ims_session_ongoing(thing);
	json_t *line;

	if (!is_wanted(request, reg))
		return NULL;
	line = json_pack("{s:I, s:b}", "handle", (json_int_t)ims_session_number(thing), "helper",
			 ims_session_is_helper(thing));
	if (reg)
		ims_event_set(line, "username", ims_reg_impu(reg));
	if (reg)
		ims_event_set(line, "flow", ims_session_flow(thing)->name);
	if (call)
		ims_event_set(line, "call_id", ims_call_id(call));
	return line;
}

/* The same page twice is the same list, while nobody comes or goes. */
static gint by_address(gconstpointer a, gconstpointer b)
{
	gconstpointer one = *(gconstpointer const *)a, two = *(gconstpointer const *)b;

	return one < two ? -1 : one > two;
}

static json_t *page_of(const ims_admin_request *request, GPtrArray *things, line_of *line_of_one)
{
	const json_t *limit_field = json_object_get(request->body, "limit");
	json_int_t offset = json_integer_value(json_object_get(request->body, "offset"));
	json_int_t limit = limit_field ? json_integer_value(limit_field) : PAGE_DEFAULT, total = 0;
	const char *what = text_of(request, "what");
	json_t *lines = json_array();

	g_ptr_array_sort(things, by_address);
	for (guint i = 0; i < things->len; i++) {
		json_t *line = line_of_one(things->pdata[i], request);

		if (!line)
			continue;
		if (total >= offset && total - offset < limit)
			json_array_append(lines, line);
		json_decref(line);
		total++;
	}
	return json_pack("{s:I, s:o}", "total", total, what, lines);
}

json_t *ims_admin_list(const ims_admin_request *request, GError **error)
{
	const char *what = text_of(request, "what");
	gboolean of_flows = strcmp(what, "registrations") == 0;
	g_autoptr(GPtrArray) things =
		of_flows ? ims_service_flows(request->service) : ims_service_sessions(request->service);

	(void)error;
	if (of_flows)
		return page_of(request, things, line_of_flow);
	return page_of(request, things, strcmp(what, "calls") == 0 ? line_of_call : line_of_handle);
}

/* One */

static json_t *media_of(ims_media *media)
{
	ims_media_stats s;

	ims_media_get_stats(media, &s);
	return json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:i, s:i}", "packets_to_core",
			 (json_int_t)s.packets_to_core, "packets_to_browser",
			 (json_int_t)s.packets_to_browser, "bytes_to_core", (json_int_t)s.bytes_to_core,
			 "bytes_to_browser", (json_int_t)s.bytes_to_browser, "discarded",
			 (json_int_t)s.discarded, "lost", (json_int_t)s.lost, "jitter_ms", (int)s.jitter_ms,
			 "round_trip_ms", (int)s.round_trip_ms);
}

static json_t *registration_of(const ims_flow *flow, const ims_admin_request *request)
{
	const ims_reg *reg = flow->reg;
	json_t *whole = line_of_flow(flow, request);

	json_object_set_new(whole, "associated", ims_event_list(ims_reg_associated(reg)));
	json_object_set_new(whole, "route", ims_event_list(ims_reg_route(reg)));
	json_object_set_new(whole, "auth", json_string(ims_reg_prover(reg)->kind->name));
	ims_event_set(whole, "impi", ims_reg_prover(reg)->impi);
	ims_event_set(whole, "call_id", ims_reg_call_id(reg));
	ims_event_set(whole, "icid", ims_reg_icid(reg));
	return whole;
}

static json_t *handle_of(const ims_session *session, const ims_admin_request *request)
{
	ims_call *call = (ims_call *)ims_session_ongoing(session);
	json_t *whole = line_of_handle(session, request), *of_call;

	if (ims_session_flow(session))
		json_object_set_new(whole, "registration",
				    registration_of(ims_session_flow(session), request));
	if (!call)
		return whole;
	of_call = call_of(call);
	ims_event_set(of_call, "tag", ims_call_own_tag(call));
	json_object_set_new(of_call, "media", media_of(ims_call_media(call)));
	json_object_set_new(whole, "call", of_call);
	return whole;
}

ims_session *ims_admin_session(const ims_admin_request *request, GError **error)
{
	json_int_t number = json_integer_value(json_object_get(request->body, "handle"));
	ims_session *session = ims_service_session(request->service, (guint64)number);

	if (!session)
		g_set_error(error, IMS_ERROR, IMS_E_INVALID_ELEMENT,
			    "No handle has the number %" G_GINT64_FORMAT, (gint64)number);
	return session;
}

ims_flow *ims_admin_flow(const ims_admin_request *request, GError **error)
{
	const char *name = text_of(request, "flow");
	ims_flow *flow = name ? ims_service_flow(request->service, name) : NULL;

	if (!flow)
		g_set_error(error, IMS_ERROR, IMS_E_INVALID_ELEMENT, "No registration is called '%.64s'",
			    name ? name : "");
	return flow;
}

gboolean ims_admin_names_one(const ims_admin_request *request, GError **error)
{
	if (!json_object_get(request->body, "handle") != !json_object_get(request->body, "flow"))
		return TRUE;
	g_set_error_literal(error, IMS_ERROR, IMS_E_INVALID_ELEMENT,
			    "Exactly one of 'handle' and 'flow' is needed");
	return FALSE;
}

json_t *ims_admin_show(const ims_admin_request *request, GError **error)
{
	const ims_session *session;
	const ims_flow *flow;

	if (!ims_admin_names_one(request, error))
		return NULL;
	if (json_object_get(request->body, "flow")) {
		flow = ims_admin_flow(request, error);
		return flow ? registration_of(flow, request) : NULL;
	}
	session = ims_admin_session(request, error);
	return session ? handle_of(session, request) : NULL;
}
