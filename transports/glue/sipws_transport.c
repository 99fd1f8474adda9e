/* sipws_transport.c: janus.transport.sipws as Janus sees it: create(), its callbacks, start and end.
 *
 * What Janus says comes on threads of Janus, sometimes with locks of Janus held: it is put into the server's
 * mailbox, and nothing else is done. What Janus is asked comes from the server's thread. */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wconversion"
#pragma GCC diagnostic ignored "-Wsign-conversion"
#pragma GCC diagnostic ignored "-Wshadow"
#include <transports/transport.h>
#pragma GCC diagnostic pop

#include "base/ims_log.h"
#include "config.h"
#include "config/ims_config_keys.h"
#include "config/sipws_config.h"
#include "glue/ims_janus_log.h"
#include "server/sipws_server.h"

#define SIPWS_PACKAGE "janus.transport.sipws"
#define SIPWS_VERSION 1

__attribute__((visibility("default"))) janus_transport *create(void);
static janus_transport transport;

/* The one context of the process. Written in init and destroy only. */
static struct {
	janus_transport_callbacks *gateway;
	sipws_server *server;
	gint running;
	gint inside; /* callbacks of Janus under way; the end waits for them */
} sipws;

/* Callbacks that use the server stand between these two; FALSE: it is gone, or about to be. */
static gboolean enter(void)
{
	g_atomic_int_inc(&sipws.inside);
	if (g_atomic_int_get(&sipws.running))
		return TRUE;
	g_atomic_int_add(&sipws.inside, -1);
	return FALSE;
}

static void leave(void)
{
	g_atomic_int_add(&sipws.inside, -1);
}

static void log_to_janus(ims_log_level level, const char *who, const char *format, va_list args)
{
	ims_janus_log("sipws", level, who, format, args);
}

/* ---- what the server asks of Janus ---- */

/* Its number is all that Janus keeps for us: there is nothing to free, whenever Janus lets go of it. */
static gpointer session_open(gsize number)
{
	return janus_transport_session_create(GSIZE_TO_POINTER(number), NULL);
}

static void session_ask(gpointer session, json_t *request)
{
	sipws.gateway->incoming_request(&transport, session, NULL, FALSE, request, NULL);
}

static void session_gone(gpointer session)
{
	sipws.gateway->transport_gone(&transport, session);
}

static void session_close(gpointer session)
{
	janus_transport_session_destroy(session);
}

static void session_late(gpointer session)
{
	janus_transport_session *late = session;

	session_gone(late);
	janus_refcount_decrease(&late->ref);
}

static const sipws_gateway gateway = {
	.open = session_open,
	.ask = session_ask,
	.gone = session_gone,
	.close = session_close,
	.late = session_late,
};

/* ---- what Janus says ---- */

static int transport_send_message(janus_transport_session *session, void *request_id, gboolean admin,
				  json_t *message)
{
	(void)request_id;
	if (!message)
		return -1;
	if (admin || g_atomic_int_get(&session->destroyed) || !enter()) {
		json_decref(message);
		return -1;
	}
	sipws_server_hear(sipws.server, GPOINTER_TO_SIZE(session->transport_p), message);
	leave();
	return 0;
}

static void transport_session_created(janus_transport_session *session, guint64 session_id)
{
	(void)session_id;
	if (!g_atomic_int_get(&session->destroyed) || !enter())
		return;
	janus_refcount_increase(&session->ref);
	sipws_server_late(sipws.server, session);
	leave();
}

static void transport_session_over(janus_transport_session *session, guint64 session_id, gboolean timeout,
				   gboolean claimed)
{
	(void)session_id;
	if (g_atomic_int_get(&session->destroyed) || !enter())
		return;
	sipws_server_session_over(sipws.server, GPOINTER_TO_SIZE(session->transport_p), timeout, claimed);
	leave();
}

/* No request of ours claims a session. */
static void transport_session_claimed(janus_transport_session *session, guint64 session_id)
{
	(void)session;
	(void)session_id;
}

static json_t *transport_query(json_t *request)
{
	json_t *answer;

	if (!enter())
		return json_pack("{s:s, s:s}", "sipws", "error", "error", "The transport does not run");
	answer = sipws_server_query(sipws.server, request);
	leave();
	return answer;
}

/* ---- start and end ---- */

static gboolean check_secrets(const sipws_config *config, GError **error)
{
	janus_transport_callbacks *janus = sipws.gateway;
	gboolean secret = config->api_secret && janus->is_api_secret_valid(&transport, config->api_secret);
	gboolean token = config->token && janus->is_auth_token_valid(&transport, config->token);

	if (janus->is_api_secret_needed(&transport) && !secret &&
	    !(token && janus->is_auth_token_needed(&transport)))
		return ims_config_refuse(error, config->file, "janus.api_secret", "(not shown)",
					 "the api_secret of janus.jcfg");
	if (janus->is_auth_token_needed(&transport) && !token &&
	    !(secret && janus->is_api_secret_needed(&transport)))
		return ims_config_refuse(error, config->file, "janus.token", "(not shown)",
					 "a token that Janus has stored by now");
	return TRUE;
}

static int refuse_to_start(const GError *error)
{
	ims_err(NULL, "%s cannot start: %s", SIPWS_PACKAGE, error->message);
	return -1;
}

static int transport_init(janus_transport_callbacks *callback, const char *config_path)
{
	g_autofree char *path = g_strdup_printf("%s/%s.jcfg", config_path, SIPWS_PACKAGE);
	g_autoptr(GError) error = NULL;
	g_autoptr(sipws_config) config = NULL;

	ims_log_set_sink(log_to_janus);
	config = sipws_config_read(path, &error);
	if (!config)
		return refuse_to_start(error);
	if (!config->enabled) {
		ims_info(NULL, "%s is not enabled (%s)", SIPWS_PACKAGE, path);
		return -1;
	}
	sipws.gateway = callback;
	if (!check_secrets(config, &error) || !(sipws.server = sipws_server_new(config, &gateway, &error)))
		return refuse_to_start(error);
	g_atomic_int_set(&sipws.running, 1);
	sipws_server_listen_to_janus(sipws.server);
	if (config->ws_port)
		ims_warn(
			NULL,
			"general.ws_port: clients at port %u are not protected by TLS, for laboratories only",
			config->ws_port);
	ims_info(NULL, "%s " PACKAGE_VERSION " serves SIP over WebSocket at %s port %u", SIPWS_PACKAGE,
		 config->address ? config->address : "every address",
		 config->wss_port ? config->wss_port : config->ws_port);
	return 0;
}

/* Janus closes its transports before its plugins, and answers no request any more. */
static void transport_destroy(void)
{
	if (!g_atomic_int_compare_and_exchange(&sipws.running, 1, 0))
		return;
	while (g_atomic_int_get(&sipws.inside) > 0)
		g_usleep(1000); /* an Admin request waits for seconds at most, the others not at all */
	g_clear_pointer(&sipws.server, sipws_server_free);
	ims_log_set_sink(NULL);
}

/* ---- the face ---- */

static int transport_get_api_compatibility(void)
{
	return JANUS_TRANSPORT_API_VERSION;
}

static int transport_get_version(void)
{
	return SIPWS_VERSION;
}

static const char *transport_get_version_string(void)
{
	return PACKAGE_VERSION;
}

static const char *transport_get_description(void)
{
	return "SIP over WebSocket (RFC 7118): SIP clients of browsers reach an IMS network through "
	       "janus.plugin.ims.";
}

static const char *transport_get_name(void)
{
	return "Janus SIP over WebSocket transport";
}

static const char *transport_get_author(void)
{
	return "The janus-ims authors";
}

static const char *transport_get_package(void)
{
	return SIPWS_PACKAGE;
}

static gboolean transport_is_janus_api_enabled(void)
{
	return g_atomic_int_get(&sipws.running) != 0;
}

static gboolean transport_is_admin_api_enabled(void)
{
	return FALSE;
}

/* The macro sets every member to NULL first. */
#pragma GCC diagnostic ignored "-Woverride-init"
static janus_transport transport =
	JANUS_TRANSPORT_INIT(.init = transport_init, .destroy = transport_destroy,
			     .get_api_compatibility = transport_get_api_compatibility,
			     .get_version = transport_get_version,
			     .get_version_string = transport_get_version_string,
			     .get_description = transport_get_description, .get_name = transport_get_name,
			     .get_author = transport_get_author, .get_package = transport_get_package,
			     .is_janus_api_enabled = transport_is_janus_api_enabled,
			     .is_admin_api_enabled = transport_is_admin_api_enabled,
			     .send_message = transport_send_message,
			     .session_created = transport_session_created,
			     .session_over = transport_session_over,
			     .session_claimed = transport_session_claimed,
			     .query_transport = transport_query, );

janus_transport *create(void)
{
	return &transport;
}
