/* internal.h: what the files of janus/ share. */
#pragma once
#include "janus/sipws_candidates.h"
#include "janus/sipws_connection.h"
#include "janus/sipws_exchanges.h"
#include "janus/sipws_failures.h"
#include "janus/sipws_janus.h"

#define SIPWS_PLUGIN "janus.plugin.ims"

typedef enum {
	SIPWS_SESSION_NONE,
	SIPWS_SESSION_ASKED,
	SIPWS_SESSION_OPEN,
	SIPWS_SESSION_OVER,
} sipws_session_state;

struct sipws_janus {
	ims_clock *clock;
	char *who;
	guint keepalive_s;
	void (*over)(const char *reason, gpointer user);
	gpointer user;
	sipws_exchanges *exchanges;
	sipws_session_state state;
	guint64 session_id;
	gboolean asked_alive; /* whether Janus is there: not answered yet */
	ims_timer keepalive;
	GPtrArray *handles; /* of sipws_handle *, a reference each; those that are being detached as well */
};

/* Of GLib's reference-counted boxes: somebody may be calling back for it when it goes. */
struct sipws_handle {
	sipws_janus *janus;                /* NULL: it is gone */
	const sipws_handle_events *events; /* NULL: nobody listens any more */
	gpointer user;
	int loop_index;
	char *asked;     /* transaction of the attach or detach that Janus has not answered; NULL: none */
	guint64 id;      /* 0: not attached */
	GQueue requests; /* of sipws_request *, in the order in which they were asked */
	sipws_connection connection;
	sipws_candidates candidates;
	GQueue held;        /* of json_t *: what Janus said since a description without candidates */
	ims_timer patience; /* for those */
};

/* ---- sipws_janus.c ---- */
void sipws_janus_over(sipws_janus *janus, const char *reason);
void sipws_janus_are_you_there(sipws_janus *janus);
/* A request for Janus, of this session. Takes nothing. */
json_t *sipws_janus_request(const sipws_janus *janus, const char *kind, guint64 handle_id);
void sipws_janus_complain(const sipws_janus *janus, const char *about, const json_t *error);
int sipws_janus_error_code(const json_t *answer); /* 0: it is none */

/* ---- sipws_handle.c ---- */
void sipws_handle_connection_gone(gpointer handle);
void sipws_handle_begin(sipws_handle *handle); /* the session is open */
/* Its requests fail, then its user hears of it. */
void sipws_handle_lost(sipws_handle *handle, const sipws_failure *failure);
void sipws_handle_forget(sipws_handle *handle); /* and nobody hears of it */

/* ---- sipws_handle_requests.c ---- */
void sipws_handle_pump(sipws_handle *handle); /* the next one goes out if it may */
/* An event of the plugin that names a request. Whether that was all: it has failed, or is not listened to. */
void sipws_handle_answered(sipws_handle *handle, const char *transaction, const sipws_failure *failure);
void sipws_handle_fail_all(sipws_handle *handle, const sipws_failure *failure);
void sipws_handle_drop_all(sipws_handle *handle); /* without a word */

/* ---- sipws_handle_events.c ---- */
void sipws_handle_hear(sipws_handle *handle, const char *kind, json_t *message); /* borrowed */
void sipws_handle_hush(sipws_handle *handle); /* nothing of it comes by itself any more */
void sipws_handle_patience_over(gpointer handle);
