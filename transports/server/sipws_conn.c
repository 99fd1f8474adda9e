/* sipws_conn.c: one socket: frames to messages and back, its limits and timers. What the messages mean is its
 * bridge's business. */
#include <netdb.h>
#include <string.h>
#include "base/ims_log.h"
#include "base/ims_secret.h"
#include "server/internal.h"
#include "server/sipws_handshake.h"

enum {
	CLOSE_S = 5,      /* for what waits to be sent, and the Close frame, to go out */
	REASON_MAX = 123, /* RFC 6455 5.5 */
};

struct sipws_conn {
	sipws_server *server;
	struct lws *wsi;
	sipws_visitor *visitor;
	char *peer;           /* numeric address and port */
	char *token;          /* between handshake and bridge */
	gsize number;         /* 0: it is no WebSocket */
	sipws_party *party;   /* NULL: the same, or its client has another socket by now */
	gboolean left;        /* the client has closed it */
	gboolean sent_away;   /* an operator has */
	GByteArray *incoming; /* fragments of a message; NULL: none */
	GQueue outgoing;      /* of GBytes */
	gsize queued;         /* bytes in it */
	ims_rate rate;
	gint64 opened_ms, heard_ms;
	gboolean ping_due;
	ims_timer idle, ping, pong;
	guint16 close_code; /* 0: it is not to be closed */
	char *close_reason;
};

static gint64 now_ms(const sipws_conn *conn)
{
	return ims_clock_now_ms(&conn->server->clock.clock);
}

/* Without a Close frame: who does not read would not get it. That code never stands in one (RFC 6455 7.4.1).
 */
static void cut(sipws_conn *conn, const char *why)
{
	ims_info(conn->peer, "connection is cut: %s", why);
	conn->close_code = LWS_CLOSE_STATUS_ABNORMAL_CLOSE;
	lws_set_timeout(conn->wsi, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_ASYNC);
}

/* ---- timers ---- */

static void wait_for_silence(sipws_conn *conn)
{
	if (conn->server->config->ping_s)
		ims_timer_arm(&conn->ping, conn->server->config->ping_s * G_GINT64_CONSTANT(1000));
}

/* The timer is not set anew with each message: it looks when the last one was. */
static void ping_now(gpointer user)
{
	sipws_conn *conn = user;
	gint64 silence_ms = now_ms(conn) - conn->heard_ms;
	gint64 limit_ms = conn->server->config->ping_s * G_GINT64_CONSTANT(1000);

	if (silence_ms < limit_ms) {
		ims_timer_arm(&conn->ping, limit_ms - silence_ms);
		return;
	}
	conn->ping_due = TRUE;
	lws_callback_on_writable(conn->wsi);
	ims_timer_arm(&conn->pong, conn->server->config->pong_s * G_GINT64_CONSTANT(1000));
}

static void pong_missed(gpointer user)
{
	sipws_conn *conn = user;

	conn->server->counters.cut_dead++;
	cut(conn, "nothing is heard of it");
}

void sipws_conn_heard(sipws_conn *conn)
{
	conn->heard_ms = now_ms(conn);
	if (!ims_timer_is_armed(&conn->pong))
		return;
	ims_timer_stop(&conn->pong);
	wait_for_silence(conn);
}

static void look_whether_idle(gpointer user)
{
	sipws_conn *conn = user;

	if (sipws_party_is_in_use(conn->party)) {
		ims_timer_arm(&conn->idle, conn->server->config->idle_s * G_GINT64_CONSTANT(1000));
		return;
	}
	conn->server->counters.closed_idle++;
	sipws_conn_close(conn, LWS_CLOSE_STATUS_GOINGAWAY, "No registration");
}

/* ---- life ---- */

static char *name_of(const struct sockaddr *address)
{
	char host[NI_MAXHOST], port[NI_MAXSERV];
	socklen_t length =
		address->sa_family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);

	if (getnameinfo(address, length, host, sizeof(host), port, sizeof(port),
			NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		return g_strdup("?");
	return g_strdup_printf("%s port %s", g_str_has_prefix(host, "::ffff:") ? host + 7 : host, port);
}

sipws_conn *sipws_conn_new(sipws_server *server, struct lws *wsi, const struct sockaddr *address)
{
	sipws_conn *conn = g_new0(sipws_conn, 1);
	ims_clock *clock = &server->clock.clock;

	conn->server = server;
	conn->wsi = wsi;
	conn->peer = name_of(address);
	conn->visitor = sipws_door_enter(server->door, address, ims_clock_now_ms(clock));
	g_queue_init(&conn->outgoing);
	ims_timer_init(&conn->idle, clock, look_whether_idle, conn);
	ims_timer_init(&conn->ping, clock, ping_now, conn);
	ims_timer_init(&conn->pong, clock, pong_missed, conn);
	return conn;
}

void sipws_conn_free(sipws_conn *conn)
{
	if (!conn)
		return;
	sipws_conn_closed(conn);
	sipws_door_leave(conn->server->door, conn->visitor);
	ims_wipe_text(conn->token);
	g_free(conn->close_reason);
	g_free(conn->peer);
	g_free(conn);
}

const char *sipws_conn_peer(const sipws_conn *conn)
{
	return conn->peer;
}

struct lws *sipws_conn_wsi(const sipws_conn *conn)
{
	return conn->wsi;
}

json_t *sipws_conn_show(const sipws_conn *conn)
{
	const char *impu = sipws_bridge_impu(conn->party->bridge);

	return json_pack("{s:I, s:s, s:b, s:I, s:I, s:s?, s:b, s:I}", "number", (json_int_t)conn->number,
			 "address", conn->peer, "secure", lws_is_ssl(conn->wsi), "age_s",
			 (json_int_t)((now_ms(conn) - conn->opened_ms) / 1000), "silent_s",
			 (json_int_t)((now_ms(conn) - conn->heard_ms) / 1000), "impu", impu, "in_use",
			 sipws_party_is_in_use(conn->party), "queued", (json_int_t)conn->queued);
}

/* ---- its party ---- */

void sipws_conn_send(sipws_conn *conn, GBytes *message)
{
	if (conn->close_code)
		return;
	conn->queued += g_bytes_get_size(message);
	if (conn->queued > conn->server->config->send_queue) {
		conn->server->counters.cut_slow++;
		cut(conn, "it does not read what it is sent");
		return;
	}
	g_queue_push_tail(&conn->outgoing, g_bytes_ref(message));
	lws_callback_on_writable(conn->wsi);
}

/* Not when it answers our Close. */
void sipws_conn_left(sipws_conn *conn)
{
	conn->left = !conn->close_code;
}

void sipws_conn_send_away(sipws_conn *conn, const char *reason)
{
	conn->sent_away = TRUE;
	sipws_conn_close(conn, LWS_CLOSE_STATUS_GOINGAWAY, reason);
}

void sipws_conn_upgrade(sipws_conn *conn)
{
	conn->token = sipws_handshake_token(conn->wsi, conn->server->config);
}

void sipws_conn_open(sipws_conn *conn)
{
	sipws_server *server = conn->server;

	conn->party = sipws_party_new(server, conn, lws_is_ssl(conn->wsi), conn->token);
	conn->number = conn->party->number;
	g_hash_table_insert(server->conns, GSIZE_TO_POINTER(conn->number), conn);
	g_clear_pointer(&conn->token, ims_wipe_text);
	server->counters.accepted++;
	ims_rate_init(&conn->rate, server->config->messages_per_minute, now_ms(conn));
	conn->opened_ms = conn->heard_ms = now_ms(conn);
	wait_for_silence(conn);
	ims_timer_arm(&conn->idle, server->config->idle_s * G_GINT64_CONSTANT(1000));
}

/* Nobody has wanted it to end: it may be back soon. */
static gboolean was_cut(const sipws_conn *conn)
{
	return !conn->left &&
	       (conn->sent_away || !conn->close_code || conn->close_code == LWS_CLOSE_STATUS_ABNORMAL_CLOSE);
}

/* It stays open: two pages with one instance would otherwise close it for each other for ever. */
void sipws_conn_begin_anew(sipws_conn *conn)
{
	conn->party = sipws_party_new(conn->server, conn, lws_is_ssl(conn->wsi), NULL);
}

void sipws_conn_closed(sipws_conn *conn)
{
	sipws_party *party = g_steal_pointer(&conn->party);

	ims_timer_stop(&conn->idle);
	ims_timer_stop(&conn->ping);
	ims_timer_stop(&conn->pong);
	g_clear_pointer(&conn->incoming, g_byte_array_unref);
	g_queue_clear_full(&conn->outgoing, (GDestroyNotify)g_bytes_unref);
	conn->queued = 0;
	if (conn->number)
		g_hash_table_remove(conn->server->conns, GSIZE_TO_POINTER(conn->number));
	conn->number = 0;
	if (!party)
		return;
	if (was_cut(conn))
		sipws_homecoming_cut(party);
	else
		sipws_party_free(party);
	conn->close_code = LWS_CLOSE_STATUS_ABNORMAL_CLOSE;
}

void sipws_conn_close(sipws_conn *conn, guint16 code, const char *reason)
{
	if (conn->close_code)
		return;
	conn->close_code = code;
	conn->close_reason = g_strndup(reason, REASON_MAX);
	lws_set_timeout(conn->wsi, PENDING_TIMEOUT_CLOSE_SEND, CLOSE_S);
	lws_callback_on_writable(conn->wsi);
}

/* ---- frames ---- */

static void message_came(sipws_conn *conn, const char *bytes, gsize length)
{
	g_autoptr(GError) error = NULL;

	if (!ims_rate_take(&conn->rate, now_ms(conn))) {
		conn->server->counters.closed_too_often++;
		sipws_conn_close(conn, LWS_CLOSE_STATUS_POLICY_VIOLATION, "Too many messages");
		return;
	}
	conn->server->counters.received++;
	if (sipws_party_receive(conn->party, bytes, length, &error))
		return;
	ims_verb(conn->peer, "%s", error->message);
	conn->server->counters.closed_not_sip++;
	sipws_conn_close(conn, LWS_CLOSE_STATUS_PROTOCOL_ERR, "Not a SIP message");
}

static void keep_fragment(sipws_conn *conn, const char *bytes, gsize length)
{
	if (!conn->incoming)
		conn->incoming = g_byte_array_new();
	g_byte_array_append(conn->incoming, (const guint8 *)bytes, (guint)length);
}

void sipws_conn_receive(sipws_conn *conn, const char *bytes, gsize length)
{
	gboolean whole = lws_is_final_fragment(conn->wsi) && !lws_remaining_packet_payload(conn->wsi);
	gsize so_far = conn->incoming ? conn->incoming->len : 0;

	sipws_conn_heard(conn);
	if (conn->close_code)
		return;
	if (so_far + length > conn->server->config->message_size) {
		conn->server->counters.closed_too_big++;
		sipws_conn_close(conn, LWS_CLOSE_STATUS_MESSAGE_TOO_LARGE, "The message is too long");
		return;
	}
	if (whole && !conn->incoming) {
		message_came(conn, bytes, length);
		return;
	}
	keep_fragment(conn, bytes, length);
	if (whole) {
		g_autoptr(GByteArray) message = g_steal_pointer(&conn->incoming);

		message_came(conn, (const char *)message->data, message->len);
	}
}

/* libwebsockets writes its header before the bytes. */
static gboolean write_frame(sipws_conn *conn, gconstpointer bytes, gsize length, enum lws_write_protocol kind)
{
	g_autofree guint8 *buffer = g_malloc(LWS_PRE + length + 1);

	if (length)
		memcpy(buffer + LWS_PRE, bytes, length);
	return lws_write(conn->wsi, buffer + LWS_PRE, length, kind) >= (int)length;
}

static gboolean write_message(sipws_conn *conn)
{
	g_autoptr(GBytes) message = g_queue_pop_head(&conn->outgoing);
	gsize length;
	const char *bytes = g_bytes_get_data(message, &length);

	conn->queued -= length;
	conn->server->counters.sent++;
	return write_frame(conn, bytes, length,
			   g_utf8_validate(bytes, (gssize)length, NULL) ? LWS_WRITE_TEXT : LWS_WRITE_BINARY);
}

gboolean sipws_conn_write(sipws_conn *conn)
{
	gboolean good = TRUE;

	if (conn->close_code == LWS_CLOSE_STATUS_ABNORMAL_CLOSE)
		return FALSE;
	if (conn->ping_due) {
		conn->ping_due = FALSE;
		good = write_frame(conn, "ping", 4,
				   LWS_WRITE_PING); /* libwebsockets 4.1 does not tell of empty Pongs */
	} else if (!g_queue_is_empty(&conn->outgoing)) {
		good = write_message(conn);
	} else if (conn->close_code) {
		lws_close_reason(conn->wsi, conn->close_code, (guint8 *)conn->close_reason,
				 conn->close_reason ? strlen(conn->close_reason) : 0);
		return FALSE;
	}
	if (!g_queue_is_empty(&conn->outgoing) || conn->close_code)
		lws_callback_on_writable(conn->wsi);
	return good;
}
