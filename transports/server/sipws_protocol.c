/* sipws_protocol.c: what libwebsockets tells of TCP connections, HTTP requests and WebSockets, handed on. */
#include <string.h>
#include <sys/socket.h>
#include "base/ims_log.h"
#include "base/ims_pace.h"
#include "server/internal.h"
#include "server/sipws_handshake.h"

enum { RETRY_S = 10 }; /* about so much later who was refused for overload may come again */

static sipws_server *server_of(struct lws *wsi)
{
	return lws_context_user(lws_get_context(wsi));
}

static sipws_conn *conn_of(struct lws *wsi)
{
	return lws_get_opaque_user_data(wsi);
}

/* ---- TCP ---- */

static void refuse_at_door(sipws_server *server, sipws_door_answer answer)
{
	switch (answer) {
	case SIPWS_DOOR_OPEN:
		break;
	case SIPWS_DOOR_FULL:
		server->counters.refused_full++;
		ims_alarm(server->alarms, IMS_ALARM_LIMIT_REACHED,
			  "limits.connections = %u: more want to come in", server->config->connections);
		break;
	case SIPWS_DOOR_TOO_MANY:
		server->counters.refused_address++;
		break;
	case SIPWS_DOOR_TOO_OFTEN:
		server->counters.refused_rate++;
		break;
	}
}

/* Before TLS, which is what costs. TRUE: hang up. */
static gboolean knock(sipws_server *server, const struct lws_filter_network_conn_args *caller)
{
	sipws_door_answer answer;

	if (server->ending)
		return TRUE;
	answer = sipws_door_knock(server->door, (const struct sockaddr *)&caller->cli_addr,
				  ims_clock_now_ms(&server->clock.clock));
	refuse_at_door(server, answer);
	return answer != SIPWS_DOOR_OPEN;
}

static gboolean enter(sipws_server *server, struct lws *wsi)
{
	struct sockaddr_storage address;
	socklen_t length = sizeof(address);

	if (getpeername(lws_get_socket_fd(wsi), (struct sockaddr *)&address, &length) != 0)
		return FALSE;
	lws_set_opaque_user_data(wsi, sipws_conn_new(server, wsi, (struct sockaddr *)&address));
	return TRUE;
}

/* ---- HTTP ---- */

static void count_refusal(sipws_server *server, guint status)
{
	if (status == HTTP_STATUS_FORBIDDEN)
		server->counters.refused_origin++;
	else if (status == HTTP_STATUS_NOT_FOUND)
		server->counters.refused_path++;
	else
		server->counters.refused_subprotocol++;
}

/* What libwebsockets has for refusals cannot say when to come again. TRUE: it is on its way. */
static gboolean write_503(struct lws *wsi)
{
	unsigned char buffer[LWS_PRE + 512], *start = buffer + LWS_PRE, *at = start;
	unsigned char *end = buffer + sizeof(buffer);
	g_autofree char *later = g_strdup_printf("%u", ims_pace_spread_s(RETRY_S));

	return !lws_add_http_header_status(wsi, HTTP_STATUS_SERVICE_UNAVAILABLE, &at, end) &&
	       !lws_add_http_header_by_name(wsi, (const unsigned char *)"retry-after:",
					    (const unsigned char *)later, (int)strlen(later), &at, end) &&
	       !lws_add_http_header_content_length(wsi, 0, &at, end) &&
	       !lws_finalize_write_http_header(wsi, start, &at, end);
}

static int refuse_for_now(sipws_server *server, sipws_conn *conn, struct lws *wsi)
{
	server->counters.refused_overload++;
	ims_verb(sipws_conn_peer(conn), "handshake refused for now%s", write_503(wsi) ? "" : ", unheard");
	return -1;
}

/* As libwebsockets wants it: 0: it may become a WebSocket; 1: it is answered; -1: hang up. */
static int judge_upgrade(sipws_server *server, sipws_conn *conn, struct lws *wsi, const char *protocol)
{
	const char *reason = NULL;
	guint status;

	if (!conn || g_ascii_strcasecmp(protocol, "websocket") != 0)
		return -1;
	status = sipws_handshake_check(wsi, server->config, &reason);
	if (status == 0 && !sipws_load_lets_in(&server->load))
		return refuse_for_now(server, conn, wsi);
	if (status == 0) {
		sipws_conn_upgrade(conn);
		return 0;
	}
	count_refusal(server, status);
	ims_verb(sipws_conn_peer(conn), "handshake refused, %u: %s", status, reason);
	return lws_return_http_status(wsi, status, reason) ? -1 : 1;
}

/* There are no pages here. */
static int refuse_plain_http(sipws_server *server, struct lws *wsi)
{
	server->counters.refused_plain_http++;
	lws_return_http_status(wsi, 426, "This is SIP over WebSocket (RFC 7118)");
	return -1;
}

/* ---- all ---- */

/* Of a WebSocket, or what was to become one. */
static int told_of_conn(sipws_conn *conn, enum lws_callback_reasons what, const char *bytes, gsize length)
{
	switch ((int)what) {
	case LWS_CALLBACK_ESTABLISHED:
		sipws_conn_open(conn);
		return 0;
	case LWS_CALLBACK_RECEIVE:
		sipws_conn_receive(conn, bytes, length);
		return 0;
	case LWS_CALLBACK_RECEIVE_PONG:
		sipws_conn_heard(conn);
		return 0;
	case LWS_CALLBACK_WS_PEER_INITIATED_CLOSE:
		sipws_conn_left(conn);
		return 0;
	case LWS_CALLBACK_SERVER_WRITEABLE:
		return sipws_conn_write(conn) ? 0 : -1;
	case LWS_CALLBACK_CLOSED:
		sipws_conn_closed(conn);
		return 0;
	case LWS_CALLBACK_WSI_DESTROY:
		lws_set_opaque_user_data(sipws_conn_wsi(conn), NULL);
		sipws_conn_free(conn);
		return 0;
	}
	return 0;
}

static int told(struct lws *wsi, enum lws_callback_reasons what, void *user, void *in, size_t length)
{
	sipws_server *server = server_of(wsi);
	sipws_conn *conn;

	switch ((int)what) {
	case LWS_CALLBACK_OPENSSL_LOAD_EXTRA_SERVER_VERIFY_CERTS:
		server->tls = user;
		return 0;
	case LWS_CALLBACK_FILTER_NETWORK_CONNECTION:
		return knock(server, user) ? -1 : 0;
	case LWS_CALLBACK_SERVER_NEW_CLIENT_INSTANTIATED:
		return enter(server, wsi) ? 0 : -1;
	case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
		return judge_upgrade(server, conn_of(wsi), wsi, in);
	case LWS_CALLBACK_HTTP:
		return refuse_plain_http(server, wsi);
	}
	conn = conn_of(wsi);
	return conn ? told_of_conn(conn, what, in, length) : 0;
}

const struct lws_protocols sipws_protocols[] = {
	{ .name = "sip", .callback = told, .rx_buffer_size = 4096 },
	{ .name = NULL },
};

/* ---- mail ---- */

static int told_of_mail(struct lws *wsi, enum lws_callback_reasons what, void *user, void *in, size_t length)
{
	(void)user;
	(void)in;
	(void)length;
	if (what == LWS_CALLBACK_RAW_RX_FILE)
		ims_worker_drain(lws_vhost_user(lws_get_vhost(wsi)));
	return 0;
}

const struct lws_protocols sipws_mail_protocols[] = {
	{ .name = "mail", .callback = told_of_mail },
	{ .name = NULL },
};
