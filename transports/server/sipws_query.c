/* sipws_query.c: what operators ask by query_transport of the Admin API; docs/operations.md tells them. */
#include "server/internal.h"

enum { PAGE = 100 };

static json_t *refuse(const char *text)
{
	return json_pack("{s:s, s:s}", "sipws", "error", "error", text);
}

static json_t *counters(sipws_server *server, const json_t *request)
{
	json_t *counters = json_object();

	(void)request;
#define X(name) json_object_set_new(counters, #name, json_integer((json_int_t)server->counters.name));
	SIPWS_COUNTERS(X)
#undef X
	return json_pack("{s:s, s:i, s:i, s:i, s:i, s:{s:i, s:i}, s:o}", "sipws", "counters", "sockets",
			 (int)g_hash_table_size(server->conns), "connections",
			 (int)sipws_door_count(server->door), "leaving",
			 (int)sipws_farewells_count(server->farewells), "waiting", (int)server->waiting,
			 "load", "lag_ms", (int)server->load.longest_ms, "let_in_percent",
			 (int)server->load.overload.share / 10, "counters", counters);
}

static gint by_number(gconstpointer a, gconstpointer b)
{
	return GPOINTER_TO_SIZE(a) < GPOINTER_TO_SIZE(b) ? -1 : GPOINTER_TO_SIZE(a) > GPOINTER_TO_SIZE(b);
}

/* In the order in which they came; a page of them, those behind the number that `after` names. */
static json_t *connections(sipws_server *server, const json_t *request)
{
	json_int_t after = json_integer_value(json_object_get(request, "after"));
	g_autoptr(GList) numbers = g_list_sort(g_hash_table_get_keys(server->conns), by_number);
	json_t *page = json_array();

	for (GList *at = numbers; at && json_array_size(page) < PAGE; at = at->next)
		if ((json_int_t)GPOINTER_TO_SIZE(at->data) > after)
			json_array_append_new(page,
					      sipws_conn_show(g_hash_table_lookup(server->conns, at->data)));
	return json_pack("{s:s, s:i, s:o}", "sipws", "connections", "sockets",
			 (int)g_hash_table_size(server->conns), "connections", page);
}

static json_t *close_one(sipws_server *server, const json_t *request)
{
	json_int_t number = json_integer_value(json_object_get(request, "number"));
	sipws_conn *conn = g_hash_table_lookup(server->conns, GSIZE_TO_POINTER((gsize)number));

	if (!conn)
		return refuse("number: no such connection");
	sipws_conn_send_away(conn, "Closed by the operator");
	return json_pack("{s:s, s:I}", "sipws", "close", "number", number);
}

static json_t *reload_certificate(sipws_server *server, const json_t *request)
{
	g_autoptr(GError) error = NULL;

	(void)request;
	if (!server->certificate)
		return refuse("There is no wss_port");
	if (!sipws_certificate_reload(server->certificate, &error))
		return refuse(error->message);
	return json_pack("{s:s}", "sipws", "reload_certificate");
}

static const struct {
	const char *request;
	json_t *(*answer)(sipws_server *server, const json_t *request);
} requests[] = {
	{ "counters", counters },
	{ "connections", connections },
	{ "close", close_one },
	{ "reload_certificate", reload_certificate },
};

json_t *sipws_query_answer(sipws_server *server, const json_t *request)
{
	const char *name = json_string_value(json_object_get(request, "request"));

	for (gsize i = 0; name && i < G_N_ELEMENTS(requests); i++)
		if (g_str_equal(name, requests[i].request))
			return requests[i].answer(server, request);
	return refuse("request: counters, connections, close or reload_certificate");
}
