/* internal.h: what the files of server/ share. Everything here is the server's thread's. */
#pragma once
#include <ev.h>
#include <libwebsockets.h>
#include "base/ims_alarm.h"
#include "base/ims_rate.h"
#include "base/ims_worker.h"
#include "bridge/sipws_bridge.h"
#include "server/sipws_clock.h"
#include "server/sipws_door.h"
#include "server/sipws_load.h"
#include "server/sipws_server.h"

enum {
	SIPWS_ABOUT_JANUS = 1,  /* number of the socket that is none */
	SIPWS_KEEPALIVE_S = 24, /* until Janus has said how long sessions last: fit for the 60 s of most */
};

typedef struct sipws_conn sipws_conn;
typedef struct sipws_party sipws_party;
typedef struct sipws_certificate sipws_certificate;
typedef struct sipws_farewells sipws_farewells;

/* What query_transport tells. Read by its task on the server's thread. */
/* clang-format off */
#define SIPWS_COUNTERS(X)                                                                                          \
	X(accepted)              /* became WebSockets */                                                          \
	X(refused_full)          /* at the door: limits.connections */                                            \
	X(refused_address)       /* ... limits.connections_per_address */                                         \
	X(refused_rate)          /* ... limits.connections_per_minute */                                          \
	X(refused_overload)      /* 503: limits.overload_lag_ms */                                                 \
	X(refused_origin)        /* 403 */                                                                         \
	X(refused_path)          /* 404 */                                                                         \
	X(refused_subprotocol)   /* 400 */                                                                         \
	X(refused_plain_http)    /* no WebSocket was asked for */                                                 \
	X(received)              /* messages */                                                                    \
	X(sent)                                                                                                    \
	X(closed_not_sip)        /* 1002: a frame was no SIP message */                                           \
	X(closed_too_big)        /* 1009 */                                                                        \
	X(closed_too_often)      /* 1008: limits.messages_per_minute */                                           \
	X(closed_idle)           /* 1001: limits.idle_s */                                                         \
	X(closed_by_bridge)      /* Janus or the network have ended it */                                         \
	X(cut_slow)              /* limits.send_queue */                                                           \
	X(cut_dead)              /* limits.pong_s */                                                               \
	X(cut_in_calls)          /* ... or by whomever: calls that go on for limits.reclaim_s */                  \
	X(came_back)             /* ... and their client has; or before its socket was missed */                  \
	X(stayed_away)           /* ... or has not, in that time */                                                \
	X(not_kept)              /* ... but ended: limits.connections of them wait */
/* clang-format on */

typedef struct {
#define X(name) guint64 name;
	SIPWS_COUNTERS(X)
#undef X
} sipws_counters;

struct sipws_server {
	const sipws_config *config;
	sipws_gateway gateway;
	ims_worker *worker;
	struct ev_loop *loop; /* libwebsockets' own would ask the kernel about every socket, for each that has
				 something */
	struct lws_context *context;
	gpointer tls;                   /* SSL_CTX of wss; NULL: no wss */
	sipws_certificate *certificate; /* the same */
	sipws_clock clock;
	sipws_door *door;
	sipws_load load;
	GHashTable *conns;   /* number -> sipws_conn, those that are WebSockets */
	GHashTable *parties; /* number -> sipws_party */
	GHashTable *devices; /* name -> sipws_party, that which has proved last to be it */
	guint waiting;       /* parties without a socket */
	gsize last_number;
	gpointer about_janus; /* Janus's session of no socket, while it is asked about itself; its number is
				 SIPWS_ABOUT_JANUS */
	guint keepalive_s;    /* of sessions, as bridges want it */
	int loop_index;       /* of registrations; -1: any */
	sipws_farewells *farewells;
	sipws_counters counters;
	ims_alarms *alarms;
	gboolean ending;
};

/* ---- sipws_protocol.c: what libwebsockets tells ---- */
extern const struct lws_protocols sipws_protocols[];      /* of sockets */
extern const struct lws_protocols sipws_mail_protocols[]; /* of the worker's mail */

/* A bridge, and what it needs: the same client may have several one after the other, each on a socket of its
 * own, and then some of them together on the last one. */
struct sipws_party {
	sipws_server *server;
	sipws_bridge *bridge;
	gsize number;          /* its name at Janus */
	gpointer session;      /* Janus's */
	gboolean asked;        /* Janus was asked for something: it may have a session of its own for it */
	sipws_conn *conn;      /* NULL: its client is away */
	sipws_party *host;     /* to whose socket it came along; NULL: it has one of its own, or waits */
	GPtrArray *companions; /* those that came to its own */
	char *device;          /* of its client, proved; NULL: it does not say, or is elsewhere */
	char *left;    /* device that has proved itself elsewhere before this one was said to be replaced */
	gsize unheard; /* bytes that were sent to nobody */
	ims_timer patience; /* with who is away; or until a companion is looked at again */
};

/* ---- sipws_party.c ---- */
sipws_party *sipws_party_new(sipws_server *server, sipws_conn *conn, gboolean secure,
			     const char *access_token);
void sipws_party_free(sipws_party *party); /* with its companions; not from within its bridge */
/* A frame; FALSE: it is not SIP at all. */
gboolean sipws_party_receive(sipws_party *party, const char *bytes, gsize length, GError **error);
void sipws_party_session_over(sipws_party *party, gboolean timeout, gboolean claimed);
gboolean sipws_party_is_in_use(const sipws_party *party);

/* ---- sipws_homecoming.c ---- */
void sipws_homecoming_init(sipws_party *party);
void sipws_homecoming_clear(sipws_party *party);
/* Its socket is gone, and its client perhaps not: it waits, or is freed. */
void sipws_homecoming_cut(sipws_party *party);
void sipws_homecoming_proved(sipws_party *party, const char *device,
			     const char *replaced); /* by its bridge */
void sipws_homecoming_replaced(sipws_party *party); /* by its bridge */
void sipws_homecoming_end(sipws_server *server);    /* of all who wait */
void sipws_homecoming_over(sipws_party *party);     /* it has no socket of its own, and is of no use */

/* ---- sipws_conn.c: one socket, from its TCP connection to its end ---- */
sipws_conn *sipws_conn_new(sipws_server *server, struct lws *wsi, const struct sockaddr *address);
void sipws_conn_free(sipws_conn *conn);
/* It may become a WebSocket: what is in its headers is kept. */
void sipws_conn_upgrade(sipws_conn *conn);
void sipws_conn_open(sipws_conn *conn);   /* ... it has become one: the bridge begins */
void sipws_conn_closed(sipws_conn *conn); /* ... and is none any more */
void sipws_conn_receive(sipws_conn *conn, const char *bytes, gsize length); /* a part of a frame */
/* It may be written to. FALSE: hang up, with the Close frame that lws_close_reason was told, if any. */
gboolean sipws_conn_write(sipws_conn *conn);
void sipws_conn_heard(sipws_conn *conn); /* a sign of life: any frame, Pong too */
/* With a Close frame, behind what waits to be sent. */
void sipws_conn_close(sipws_conn *conn, guint16 code, const char *reason);
void sipws_conn_left(sipws_conn *conn); /* the client has closed it, with a Close frame */
void sipws_conn_send(sipws_conn *conn, GBytes *message);
/* An operator closes it; its client may come back, for its calls, too. */
void sipws_conn_send_away(sipws_conn *conn, const char *reason);
/* Its party went to another socket, where its client is by now: it gets a new one. */
void sipws_conn_begin_anew(sipws_conn *conn);
const char *sipws_conn_peer(const sipws_conn *conn);
json_t *sipws_conn_show(const sipws_conn *conn); /* for operators */
struct lws *sipws_conn_wsi(const sipws_conn *conn);

/* ---- sipws_farewells.c: sockets that are gone, until Janus has let go of their sessions ---- */
sipws_farewells *sipws_farewells_new(const sipws_gateway *gateway, ims_clock *clock);
/* Lets go of everybody. */
void sipws_farewells_free(sipws_farewells *farewells);
/* Takes the session. had_session: Janus made one of its own for it, or was asked to. */
void sipws_farewells_add(sipws_farewells *farewells, gsize number, gpointer session, gboolean had_session);
void sipws_farewells_session_over(sipws_farewells *farewells, gsize number);
guint sipws_farewells_count(const sipws_farewells *farewells);

/* ---- sipws_certificate.c ---- */
/* Looks at the files; FALSE: they are no pair of certificate and key that TLS could be served with. */
gboolean sipws_certificate_check(const sipws_config *config, GError **error);
/* tls: the SSL_CTX of the vhost, which has the certificate. Watches the files from now on. */
sipws_certificate *sipws_certificate_new(const sipws_config *config, ims_clock *clock, gpointer tls);
void sipws_certificate_free(sipws_certificate *certificate);
/* New connections get what is in the files now. FALSE: what they have had. */
gboolean sipws_certificate_reload(sipws_certificate *certificate, GError **error);

/* ---- sipws_about_janus.c: how long its sessions last by themselves, and where registrations may be ---- */
void sipws_about_janus_ask(sipws_server *server);
void sipws_about_janus_told(sipws_server *server, const json_t *answer);
void sipws_about_janus_stop(sipws_server *server); /* whether it was told or not */

/* ---- sipws_query.c: the Admin API ---- */
json_t *sipws_query_answer(sipws_server *server, const json_t *request);
