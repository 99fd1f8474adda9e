/* sipws_bridge.h: one socket: SIP on this side, janus.plugin.ims on the other. docs/sipws-mapping.md is what
 * it does.
 *
 * Pure: frames and Janus's messages in, frames and requests for Janus out, time from the clock. Thread: the
 * server's. Owner: the connection. */
#pragma once
#include <glib.h>
#include <jansson.h>
#include "base/ims_clock.h"
#include "config/sipws_config.h"

typedef struct sipws_bridge sipws_bridge;

typedef struct {
	void (*send)(GBytes *message,
		     gpointer user); /* a frame; text if it is UTF-8, binary otherwise (REQ-149) */
	void (*ask)(json_t *request, gpointer user); /* for Janus; taken */
	/* The socket is of no use any more: session lost, registration ended by the network, protocol
	 * violated. What was sent before still goes out. code: of RFC 6455 7.4; may be called in any
	 * callback, once. */
	void (*close)(guint16 code, const char *reason, gpointer user);
	/* The network has taken the client's proof that it is this device: identity, instance and reg-id as
	 * one text. Its REGISTER has been answered. replaced: for sipws_bridge_yield; NULL: nobody. */
	void (*proved)(const char *device, const char *replaced, gpointer user);
	/* sipws_bridge_is_replaced is true from now on. Janus says so before or after the other bridge's
	 * proof. */
	void (*replaced)(gpointer user);
} sipws_bridge_outlet;

/* What is known of the socket; copied. */
typedef struct {
	ims_clock *clock;
	const sipws_config *config; /* reference is taken */
	const char *peer;           /* numeric address, for the log */
	gboolean secure;            /* wss */
	guint keepalive_s;          /* of the session with Janus; 0: it needs none */
	int loop_index;             /* event loop of the registration's handle, calls have others; -1: any */
	const char
		*access_token; /* that came with the handshake: cookie, query or Authorization; NULL: none */
} sipws_bridge_setup;

sipws_bridge *sipws_bridge_new(const sipws_bridge_setup *setup, const sipws_bridge_outlet *outlet,
			       gpointer user);
/* A frame, whole. FALSE: it is not SIP at all, and the socket should be closed (1002 or 1007). */
gboolean sipws_bridge_receive(sipws_bridge *bridge, const char *bytes, gsize length, GError **error);
void sipws_bridge_hear(sipws_bridge *bridge, json_t *message); /* Janus says something; taken */
void sipws_bridge_session_over(sipws_bridge *bridge, gboolean timeout, gboolean claimed);
/* Somebody is registered, or in a call: the socket is not idle. */
gboolean sipws_bridge_is_in_use(const sipws_bridge *bridge);
const char *sipws_bridge_impu(const sipws_bridge *bridge); /* whose it is; NULL: nobody's yet */

/* ---- sipws_absence.c: the client is away, and comes back on another socket ---- */

/* Calls are up for which it may come back. */
gboolean sipws_bridge_talks(const sipws_bridge *bridge);
/* The socket is gone, the bridge stays: calls that are not up end, those that are go on. What is sent from
 * now on nobody hears; sipws_bridge_resume makes up for it. */
void sipws_bridge_cut(sipws_bridge *bridge);
/* There is a socket again: what the client has not answered is said once more. */
void sipws_bridge_resume(sipws_bridge *bridge);
/* The bridge of the same device was told that the registration of this handle is its own now: if it is this
 * bridge's, it is replaced, though Janus has not said so here yet. */
void sipws_bridge_yield(sipws_bridge *bridge, const char *unique_id);
/* Its device has registered on another socket, which is where its calls belong. */
gboolean sipws_bridge_is_replaced(const sipws_bridge *bridge);
/* Nothing is left that anybody could want of it but a registration. */
gboolean sipws_bridge_is_over(const sipws_bridge *bridge);
/* It goes on beside host, on its socket: their calls are one user's. */
void sipws_bridge_join(sipws_bridge *bridge, sipws_bridge *host);
/* A frame on a socket that is another bridge's as well. FALSE: it is none of this one's, and nothing was
 * done.
 */
gboolean sipws_bridge_takes(sipws_bridge *bridge, const char *bytes, gsize length);

/* The socket is gone. Janus is asked to destroy the session, so that nothing rings at a dead handle until
 * Janus lets go by itself; no other outlet is called, and none once this has returned. */
void sipws_bridge_free(sipws_bridge *bridge);
