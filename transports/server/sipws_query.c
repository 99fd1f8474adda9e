/* sipws_query.c: what operators ask by query_transport of the Admin API. */
#include <string.h>
#include "server/internal.h"

static json_t *refuse(const char *format, const char *about)
{
	g_autofree char *text = g_strdup_printf(format, about);

	return json_pack("{s:s, s:s}", "sipws", "error", "error", text);
}

static json_t *counters(sipws_server *server)
{
	json_t *counters = json_object();

#define X(name) json_object_set_new(counters, #name, json_integer((json_int_t)server->counters.name));
	SIPWS_COUNTERS(X)
#undef X
	return json_pack("{s:s, s:i, s:i, s:i, s:o}", "sipws", "counters", "sockets",
			 (int)g_hash_table_size(server->conns), "connections",
			 (int)sipws_door_count(server->door), "leaving",
			 (int)sipws_farewells_count(server->farewells), "counters", counters);
}

static json_t *reload_certificate(sipws_server *server)
{
	g_autoptr(GError) error = NULL;

	if (!server->certificate)
		return refuse("%s", "There is no wss_port");
	if (!sipws_certificate_reload(server->certificate, &error))
		return refuse("%s", error->message);
	return json_pack("{s:s}", "sipws", "reload_certificate");
}

static const struct {
	const char *request;
	json_t *(*answer)(sipws_server *server);
} requests[] = {
	{ "counters", counters },
	{ "reload_certificate", reload_certificate },
};

json_t *sipws_query_answer(sipws_server *server, json_t *request)
{
	const char *name = json_string_value(json_object_get(request, "request"));

	for (gsize i = 0; name && i < G_N_ELEMENTS(requests); i++)
		if (g_str_equal(name, requests[i].request))
			return requests[i].answer(server);
	return refuse("request: counters or reload_certificate%s", "");
}
