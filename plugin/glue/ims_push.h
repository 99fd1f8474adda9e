/* ims_push.h: the gateway pool: all that a handle's client and Janus are told, in order.
 *
 * push_event with a JSEP can block its caller for seconds, so none of it happens on the SIP
 * thread: each handle has a bounded queue, served one item at a time by a few threads.
 * Thread: any, unless said otherwise. */
#pragma once
#include <glib.h>
#include "glue/ims_handles.h"

typedef struct ims_push ims_push;

typedef struct {
	janus_callbacks *gateway;
	janus_plugin *plugin;
	guint threads;
	gboolean notify; /* event handlers hear of it too */
	ims_alarms *alarms;
	ims_lag *lag; /* how long handles wait for a thread */
	/* Janus did not take an event with a JSEP: that call (NULL: none) has no PeerConnection. [a pool
	 * thread] */
	void (*failed)(ims_handle *handle, const char *call_id);
} ims_push_setup;

ims_push *ims_push_new(const ims_push_setup *setup);
void ims_push_stop(ims_push *push); /* from now on everything is dropped */
/* Waits for what is being pushed, and for the threads to be gone, as a GThreadPool does not: with a JSEP
 * Janus leaves each of them something of OpenSSL's to free as it ends, which must not be while OpenSSL cleans
 * up at exit. */
void ims_push_free(ims_push *push);

/* What follows takes effect when the SIP thread settles: to wake a thread of the pool costs more than what it
 * then does, so it is done once for all that was told meanwhile. [the SIP thread] */
/* -> its number, counted up for each handle */
guint ims_push_event(ims_push *push, ims_handle *handle, const char *transaction, json_t *event,
		     json_t *jsep);
void ims_push_close_pc(ims_push *push, ims_handle *handle);
void ims_push_drop_offer(ims_push *push,
			 ims_handle *handle);          /* the same, if the client alone has described it */
void ims_push_end(ims_push *push, ims_handle *handle); /* Janus is to detach it */
void ims_push_settle(ims_push *push);
void ims_push_clear(ims_handle *handle); /* drops what waits. [any thread] */
