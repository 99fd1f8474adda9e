/* sipws_about_janus.c: Janus ends sessions that nobody keeps alive, those of its own process too; how soon,
 * it says. */
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
void sipws_about_janus_told(sipws_server *server, const json_t *answer)
{
	const json_t *timeout_s = json_object_get(answer, "session-timeout");

	if (json_is_integer(timeout_s)) {
		json_int_t seconds = json_integer_value(timeout_s);

		server->keepalive_s = seconds ? (guint)CLAMP(seconds * 2 / 5, 1, LONGEST_S) : 0;
		ims_verb(NULL, "Janus ends silent sessions after %d s", (int)seconds);
	}
	sipws_about_janus_stop(server);
}

void sipws_about_janus_stop(sipws_server *server)
{
	gpointer session = g_steal_pointer(&server->about_janus);

	if (session)
		server->gateway.close(session);
}
