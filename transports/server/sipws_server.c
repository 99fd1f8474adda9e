/* sipws_server.c: the thread, what it listens on, its mail, its end. */
#include "server/sipws_server.h"

#include <openssl/ssl.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>
#include "base/ims_error.h"
#include "base/ims_gate.h"
#include "base/ims_log.h"
#include "config.h"
#include "config/ims_config_keys.h"
#include "server/internal.h"

enum {
	OTHER_DESCRIPTORS = 100, /* Janus's own, before there is any call */
	HEADERS_MAX = 20 * 1024, /* of a handshake: an access token may have 16 KiB */
	SERVICE_BUFFER = 16 * 1024,
	END_MS = 1000, /* for Close frames to go out and come back */
	QUERY_S = 5,
};

#define TICK_S (SIPWS_LOAD_LOOK_MS / 1000.0)

/* Pings are ours: with its own libwebsockets would walk a list of everybody's timers for each. */
static const lws_retry_bo_t no_pings = { .secs_since_valid_ping = 0, .secs_since_valid_hangup = 0 };

/* ---- start ---- */

static gboolean check_descriptors(const sipws_config *config, GError **error)
{
	g_autofree char *shown = g_strdup_printf("%u", config->connections);
	g_autofree char *allowed = NULL;
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) != 0 ||
	    limit.rlim_cur >= config->connections + OTHER_DESCRIPTORS)
		return TRUE;
	allowed = g_strdup_printf(
		"at most %ld, as this process may open %lu descriptors (LimitNOFILE), of which Janus "
		"needs %d for itself",
		MAX((glong)limit.rlim_cur - OTHER_DESCRIPTORS, 0), (gulong)limit.rlim_cur, OTHER_DESCRIPTORS);
	return ims_config_refuse(error, config->file, "limits.connections", shown, allowed);
}

static struct lws_context *make_context(sipws_server *server)
{
	const sipws_config *config = server->config;
	struct lws_context_creation_info info = { .port = CONTEXT_PORT_NO_LISTEN,
						  .gid = -1,
						  .uid = -1,
						  .user = server,
						  .foreign_loops = (void **)&server->loop,
						  .timeout_secs = config->handshake_s,
						  .max_http_header_data = HEADERS_MAX,
						  .pt_serv_buf_size = SERVICE_BUFFER,
						  .retry_and_idle_policy = &no_pings };

	info.options = LWS_SERVER_OPTION_LIBEV | LWS_SERVER_OPTION_EXPLICIT_VHOSTS |
		       LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT | LWS_SERVER_OPTION_VALIDATE_UTF8;
	/* For the whole process; with libev it notes each change of each socket. */
	lws_set_log_level(LLL_ERR | LLL_WARN, NULL);
	return lws_create_context(&info);
}

static void use_certificate(struct lws_context_creation_info *info, const sipws_config *config)
{
	info->options |= LWS_SERVER_OPTION_DO_SSL_GLOBAL_INIT;
	info->ssl_cert_filepath = config->cert_pem;
	info->ssl_private_key_filepath = config->cert_key ? config->cert_key : config->cert_pem;
	info->ssl_private_key_password = config->cert_pwd;
	info->ssl_options_set = SSL_OP_NO_TLSv1 | SSL_OP_NO_TLSv1_1;
	info->alpn = "http/1.1";
}

static gboolean listen_at(sipws_server *server, const char *key, guint port, gboolean secure, GError **error)
{
	const sipws_config *config = server->config;
	struct lws_context_creation_info info = { .port = (int)port,
						  .iface = config->address,
						  .protocols = sipws_protocols,
						  .vhost_name = key,
						  .server_string = PACKAGE_NAME,
						  .timeout_secs_ah_idle = config->handshake_s,
						  .keepalive_timeout = 1,
						  .retry_and_idle_policy = &no_pings };

	info.options = LWS_SERVER_OPTION_VALIDATE_UTF8 | LWS_SERVER_OPTION_FAIL_UPON_UNABLE_TO_BIND;
	if (config->address && !strchr(config->address, ':'))
		info.options |= LWS_SERVER_OPTION_DISABLE_IPV6;
	if (secure && port)
		use_certificate(&info, config);
	if (port == 0 || lws_create_vhost(server->context, &info))
		return TRUE;
	g_set_error(error, IMS_ERROR, IMS_E_IO,
		    "%s: general.%s = %u: cannot be listened at: taken, or not an address of "
		    "this host",
		    config->file, key, port);
	return FALSE;
}

static gboolean open_ports(sipws_server *server, GError **error)
{
	const sipws_config *config = server->config;

	if (!listen_at(server, "wss_port", config->wss_port, TRUE, error) ||
	    !listen_at(server, "ws_port", config->ws_port, FALSE, error))
		return FALSE;
	if (config->wss_port)
		server->certificate = sipws_certificate_new(config, &server->clock.clock, server->tls);
	return TRUE;
}

/* ---- the thread ---- */

/* A vhost of its own, so that no client can ask for its protocol. It knows its worker by itself: who has made
 * that may not have noted it yet. */
static void open_mailbox(sipws_server *server, ims_worker *worker)
{
	struct lws_context_creation_info info = { .port = CONTEXT_PORT_NO_LISTEN,
						  .protocols = sipws_mail_protocols,
						  .vhost_name = "mail",
						  .user = worker };
	lws_sock_file_fd_type fd = { .filefd = dup(ims_worker_fd(worker)) };
	struct lws_vhost *vhost = lws_create_vhost(server->context, &info);

	if (!vhost || !lws_adopt_descriptor_vhost(vhost, LWS_ADOPT_RAW_FILE_DESC, fd, "mail", NULL))
		g_error("libwebsockets does not take a descriptor");
}

static void set_flag(gpointer flag)
{
	*(gboolean *)flag = TRUE;
}

static void close_all(sipws_server *server)
{
	GHashTableIter each;
	gpointer conn;
	gboolean late = FALSE;
	ims_timer limit;

	server->ending = TRUE;
	g_hash_table_iter_init(&each, server->conns);
	while (g_hash_table_iter_next(&each, NULL, &conn))
		sipws_conn_close(conn, LWS_CLOSE_STATUS_GOINGAWAY, "The gateway ends");
	ims_timer_init(&limit, &server->clock.clock, set_flag, &late);
	ims_timer_arm(&limit, END_MS);
	while (!late && g_hash_table_size(server->conns) > 0)
		ev_run(server->loop, EVRUN_ONCE);
	ims_timer_stop(&limit);
}

/* libwebsockets looks at its timers whenever anything happens. Its timer in libev it sets anew without
 * stopping it, and then it goes off when the one before was due. */
static void happen(struct ev_loop *loop, ev_timer *tick, int events)
{
	sipws_server *server = tick->data;

	(void)events;
	ev_timer_again(loop,
		       tick); /* from now on: by itself one that is late is followed by another at once */
	sipws_load_look(&server->load, g_get_monotonic_time());
	lws_cancel_service(server->context);
}

static void serve(ims_worker *worker, gpointer user)
{
	sipws_server *server = user;
	ev_timer tick;

	open_mailbox(server, worker);
	sipws_load_init(&server->load, server->config->overload_lag_ms, ims_worker_lag(worker),
			server->alarms, g_get_monotonic_time());
	ev_timer_init(&tick, happen, TICK_S, TICK_S);
	tick.data = server;
	ev_timer_again(server->loop, &tick);
	while (!ims_worker_is_stopping(worker))
		ev_run(server->loop, EVRUN_ONCE);
	close_all(server);
	sipws_homecoming_end(server);
	sipws_about_janus_stop(server);
	ev_timer_stop(server->loop, &tick);
}

/* ---- life ---- */

/* Whatever is half there. The thread has ended. */
static void server_free(sipws_server *server)
{
	g_clear_pointer(&server->certificate, sipws_certificate_free);
	if (server->context) {
		sipws_clock_stop(&server->clock);
		lws_context_destroy(server->context);
		sipws_farewells_free(server->farewells);
		sipws_clock_clear(&server->clock);
	}
	ev_loop_destroy(server->loop);
	ims_alarms_free(server->alarms);
	sipws_door_free(server->door);
	g_clear_pointer(&server->conns, g_hash_table_unref);
	g_clear_pointer(&server->devices, g_hash_table_unref);
	g_clear_pointer(&server->parties, g_hash_table_unref);
	sipws_config_unref((sipws_config *)server->config);
	g_free(server);
}

sipws_server *sipws_server_new(const sipws_config *config, const sipws_gateway *gateway, GError **error)
{
	sipws_server *server;

	if (!check_descriptors(config, error) ||
	    (config->wss_port && !sipws_certificate_check(config, error)))
		return NULL;
	server = g_new0(sipws_server, 1);
	server->config = sipws_config_ref(config);
	server->gateway = *gateway;
	server->alarms = ims_alarms_new(NULL, NULL);
	server->last_number = SIPWS_ABOUT_JANUS;
	server->keepalive_s = SIPWS_KEEPALIVE_S;
	server->loop_index = (int)config->event_loop - 1;
	server->conns = g_hash_table_new(NULL, NULL);
	server->parties = g_hash_table_new(NULL, NULL);
	server->devices = g_hash_table_new(g_str_hash, g_str_equal);
	server->door = sipws_door_new(config->connections, config->connections_per_address,
				      config->connections_per_minute);
	server->loop = ev_loop_new(EVFLAG_AUTO);
	server->context = make_context(server);
	if (!server->context) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_IO,
				    "libwebsockets does not start with libev: is its module for that there "
				    "(libwebsockets-evlib-ev)?");
		server_free(server);
		return NULL;
	}
	sipws_clock_init(&server->clock, server->loop);
	server->farewells = sipws_farewells_new(&server->gateway, &server->clock.clock);
	if (!open_ports(server, error)) {
		server_free(server);
		return NULL;
	}
	server->worker = ims_worker_new("sipws", serve, server);
	return server;
}

void sipws_server_free(sipws_server *server)
{
	if (!server)
		return;
	ims_worker_stop(server->worker);
	ims_worker_free(g_steal_pointer(&server->worker)); /* what is left of its mail is for nobody */
	server_free(server);
}

/* ---- mail ---- */

typedef struct {
	gsize number;
	json_t *message;
	gboolean timeout, claimed;
} letter;

static void post(sipws_server *server, ims_task task, letter content)
{
	letter *sent = g_new(letter, 1);

	*sent = content;
	ims_worker_post(server->worker, task, server, sent);
}

static sipws_party *party_of(sipws_server *server, gsize number)
{
	return g_hash_table_lookup(server->parties, GSIZE_TO_POINTER(number));
}

static void do_hear(gpointer subject, gpointer args)
{
	g_autofree letter *came = args;
	sipws_party *party = party_of(subject, came->number);

	if (party) {
		sipws_bridge_hear(party->bridge, came->message);
		return;
	}
	if (came->number == SIPWS_ABOUT_JANUS)
		sipws_about_janus_told(subject, came->message);
	json_decref(came->message);
}

static void do_session_over(gpointer subject, gpointer args)
{
	sipws_server *server = subject;
	g_autofree letter *came = args;
	sipws_party *party = party_of(server, came->number);

	if (party)
		sipws_party_session_over(party, came->timeout, came->claimed);
	else
		sipws_farewells_session_over(server->farewells, came->number);
}

void sipws_server_hear(sipws_server *server, gsize number, json_t *message)
{
	post(server, do_hear, (letter){ .number = number, .message = message });
}

void sipws_server_session_over(sipws_server *server, gsize number, gboolean timeout, gboolean claimed)
{
	post(server, do_session_over, (letter){ .number = number, .timeout = timeout, .claimed = claimed });
}

static void do_late(gpointer subject, gpointer session)
{
	sipws_server *server = subject;

	server->gateway.late(session);
}

void sipws_server_late(sipws_server *server, gpointer session)
{
	ims_worker_post(server->worker, do_late, server, session);
}

static void do_listen(gpointer subject, gpointer args)
{
	(void)args;
	sipws_about_janus_ask(subject);
}

void sipws_server_listen_to_janus(sipws_server *server)
{
	ims_worker_post(server->worker, do_listen, server, NULL);
}

/* ---- the Admin API ---- */

typedef struct {
	json_t *request, *answer;
	ims_gate done;
	gint parties; /* who asks, and who answers: the last one frees it */
} query;

static void query_let_go(query *asked)
{
	if (!g_atomic_int_dec_and_test(&asked->parties))
		return;
	json_decref(asked->request);
	json_decref(asked->answer);
	ims_gate_clear(&asked->done);
	g_free(asked);
}

static void do_query(gpointer subject, gpointer args)
{
	query *asked = args;

	asked->answer = sipws_query_answer(subject, asked->request);
	ims_gate_open(&asked->done);
	query_let_go(asked);
}

json_t *sipws_server_query(sipws_server *server, json_t *request)
{
	query *asked = g_new0(query, 1);
	json_t *answer;

	asked->request = json_deep_copy(request);
	asked->parties = 2;
	ims_gate_init(&asked->done);
	ims_worker_post(server->worker, do_query, server, asked);
	answer = ims_gate_wait_s(&asked->done, QUERY_S)
			 ? json_incref(asked->answer)
			 : json_pack("{s:s, s:s}", "sipws", "error", "error", "The transport is busy");
	query_let_go(asked);
	return answer;
}
