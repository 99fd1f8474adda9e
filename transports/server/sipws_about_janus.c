/* sipws_about_janus.c: what Janus says of itself: how soon it ends sessions that nobody keeps alive, those of
 * its own process too; and whether registrations may have an event loop of their own. */
#include "base/ims_log.h"
#include "server/internal.h"

enum { LONGEST_S = 60 }; /* so often is it seen that it still is there */

void sipws_about_janus_ask(sipws_server *server)
{
	server->about_janus = server->gateway.open(SIPWS_ABOUT_JANUS);
	server->gateway.ask(server->about_janus,
			    json_pack("{s:s, s:s}", "janus", "info", "transaction", "sipws"));
}

/* Two may get lost. */
static void take_timeout(sipws_server *server, const json_t *timeout_s)
{
	json_int_t seconds = json_integer_value(timeout_s);

	if (!json_is_integer(timeout_s))
		return;
	server->keepalive_s = seconds ? (guint)CLAMP(seconds * 2 / 5, 1, LONGEST_S) : 0;
	ims_verb(NULL, "Janus ends silent sessions after %d s", (int)seconds);
}

/* So the packets of calls do not meet the handles that have none: docs/large-deployments.md. */
static void take_loops(sipws_server *server, const json_t *answer)
{
	json_int_t loops = json_integer_value(json_object_get(answer, "static-event-loops"));

	if (server->config->event_loop || loops < 2 ||
	    !json_is_true(json_object_get(answer, "loop-indication")))
		return;
	server->loop_index = 0;
	ims_verb(NULL, "registrations have the first of Janus's %d event loops, calls the others",
		 (int)loops);
}

void sipws_about_janus_told(sipws_server *server, const json_t *answer)
{
	take_timeout(server, json_object_get(answer, "session-timeout"));
	take_loops(server, answer);
	sipws_about_janus_stop(server);
}

void sipws_about_janus_stop(sipws_server *server)
{
	gpointer session = g_steal_pointer(&server->about_janus);

	if (session)
		server->gateway.close(session);
}
