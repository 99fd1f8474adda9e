/* sipws_janus.h: the Janus API as one socket's client of it: a session, its handles at janus.plugin.ims, and
 * what they are asked.
 *
 * Pure: requests go out by `ask`, what Janus says comes in by sipws_janus_hear, time from the clock. Thread:
 * the server's. Owner: the socket's bridge.
 *
 * What it takes care of: the session is created with the first handle, and kept alive from then on; a
 * handle has at most one request that Janus has not acknowledged, the next ones wait (they could overtake
 * each other inside Janus); each request ends: an error, or a time-out, is told by `failed` once. An offer
 * waits until the PeerConnection before is gone, and is made again when Janus says that it is not quite.
 * Session descriptions come
 * whole: an event whose JSEP has no candidates yet is held back, with all that follows it on its handle,
 * until Janus has trickled them, at most SIPWS_CANDIDATES_MS. After a silence Janus is asked whether it is
 * there at all.
 *
 * Callbacks may call anything here but sipws_janus_free. */
#pragma once
#include <glib.h>
#include <jansson.h>
#include "base/ims_clock.h"

typedef struct sipws_janus sipws_janus;
typedef struct sipws_handle sipws_handle;

enum {
	SIPWS_ANSWER_MS = 10000, /* for Janus to answer a request */
	SIPWS_EVENT_MS = 60000, /* ... and for the plugin to say something of it: it may have to ask others */
	SIPWS_CANDIDATES_MS = 2000,
	SIPWS_BUSY_MS = 100, /* from one try to the next, while a PeerConnection is going */
	SIPWS_BUSY_TRIES = 20,
	SIPWS_REQUESTS_MAX = 128, /* of a handle, that have not ended */
	SIPWS_HELD_MAX = 64,      /* events of a handle that are held back */
	SIPWS_HANDLES_MAX = 64,   /* of a socket, those that are being detached included */
};

typedef struct {
	const char *who;                /* for the log; NULL: nobody. Copied */
	const char *api_secret, *token; /* of Janus's API; NULL: none is needed. Copied */
	guint keepalive_s;              /* 0: Janus ends no sessions */
	/* A request for Janus, to be taken. [the server's thread] */
	void (*ask)(json_t *request, gpointer user);
	/* The session is over: timed out, claimed by somebody else, ended by Janus, or Janus does not answer.
	 * Once, after all requests have failed; all handles are gone, each without a `gone` of its own, and
	 * good only for being detached. reason: a sentence. */
	void (*over)(const char *reason, gpointer user);
} sipws_janus_setup;

sipws_janus *sipws_janus_new(ims_clock *clock, const sipws_janus_setup *setup, gpointer user);
void sipws_janus_hear(sipws_janus *janus,
		      json_t *message); /* takes it: an answer or an event of this session */
void sipws_janus_session_over(sipws_janus *janus, gboolean timeout,
			      gboolean claimed); /* Janus says so by itself */
void sipws_janus_free(
	sipws_janus *janus); /* asks to destroy the session if there is one; no callback comes */

/* What an event of the plugin is made of; borrowed. */
typedef struct {
	const char *name; /* "registered", "incomingcall", ... */
	const char *
		transaction; /* of the request that it answers, as sipws_handle_ask named it; NULL: of none */
	const char *call_id; /* NULL: it concerns no call */
	const json_t *result;       /* never NULL */
	const char *sdp_type, *sdp; /* JSEP, with all candidates; NULL: none */
} sipws_news;

typedef struct {
	guint status; /* as a SIP response would say it: 503 Janus is silent or the plugin is missing, 500,
			 403, ... */
	int code;     /* error_code of the plugin (docs/api.md); 0: not the plugin's */
	const char *text;
	guint again_s; /* after which it may be tried again; 0: nobody can say */
} sipws_failure;

typedef struct {
	void (*news)(const sipws_news *news, gpointer user);
	/* sipws_handle_may_offer says TRUE again. */
	void (*may_offer)(gpointer user);
	/* It was detached by somebody else, or could not be attached; its requests have failed before. It is
	 * freed after this returns. */
	void (*gone)(const sipws_failure *failure, gpointer user);
} sipws_handle_events;

/* A request failed: the plugin's error event, Janus's error, or silence; failure is borrowed. */
typedef void (*sipws_failed)(const sipws_failure *failure, gpointer user);

/* NULL: too many handles, or the session is over. What it is asked waits until it is attached. loop_index:
 * -1: Janus chooses. */
sipws_handle *sipws_janus_attach(sipws_janus *janus, int loop_index, const sipws_handle_events *events,
				 gpointer user);
/* No callback comes any more, neither of its requests. */
void sipws_handle_detach(sipws_handle *handle);

/* FALSE: the PeerConnection of the call before is going; what offers the next one waits for that. */
gboolean sipws_handle_may_offer(const sipws_handle *handle);

/* body: {"request": ...}, taken. sdp_type, sdp: JSEP, NULL: none; sent as complete ("trickle": false). failed
 * may be NULL: the failure is logged. Returns the transaction, borrowed until the request has been answered.
 */
const char *sipws_handle_ask(sipws_handle *handle, json_t *body, const char *sdp_type, const char *sdp,
			     sipws_failed failed, gpointer user);
/* Whoever asked with this user goes away: what fails of its requests is logged. */
void sipws_handle_disown(sipws_handle *handle, gpointer user);
/* Whoever may outlive it, or its `gone`: disown is all that it is good for then. */
sipws_handle *sipws_handle_ref(sipws_handle *handle);
void sipws_handle_unref(sipws_handle *handle);
