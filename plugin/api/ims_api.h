/* ims_api.h: the JSON API: requests in, events out (docs/api.md).
 *
 * A request is checked for its shape on the thread that brings it, then run on the SIP thread,
 * the only place where a session's state may be judged. */
#pragma once
#include <glib.h>
#include <jansson.h>
#include "session/ims_session.h"

/* Where events go; glue fills it in. All on the SIP thread; `handle` is glue's. */
typedef struct {
	/* event and jsep are given away; jsep may be NULL. -> its number, counted up for each handle */
	guint (*event)(gpointer handle, const char *transaction, json_t *event, json_t *jsep);
	/* amends: Janus took the offer for a change of the PeerConnection that there was.
	 * FALSE: that one is being closed, or gone */
	gboolean (*may_offer)(gpointer handle, gboolean amends);
	void (*close_pc)(gpointer handle);
	void (*drop_offer)(
		gpointer handle);     /* the same of one that only an offer of the client's has opened */
	void (*end)(gpointer handle); /* Janus is to detach it */
	void (*media)(gpointer handle, ims_media *media); /* NULL: none any more */
} ims_api_outlet;

typedef struct ims_api_request ims_api_request; /* one checked request on its way */
typedef struct ims_api_client ims_api_client;   /* one handle as the API sees it */

/* body: given away, so that one thread at a time holds it. jsep: borrowed. Both may be NULL. What is wrong
 * with them is in the request, and told when it is run. [any thread] */
ims_api_request *ims_api_check(json_t *body, const json_t *jsep, const char *transaction, gboolean strict);
/* The last event that Janus had been given for this client when the request came. [any thread] */
void ims_api_request_after(ims_api_request *request, guint event);
/* A JSEP offer came along, for which Janus has made a PeerConnection. */
gboolean ims_api_request_opens_pc(const ims_api_request *request);
const GError *ims_api_request_error(const ims_api_request *request); /* NULL: none */
void ims_api_request_free(ims_api_request *request);                 /* [any thread] */

ims_api_client *ims_api_client_new(ims_service *service, gpointer janus_handle, const ims_api_outlet *outlet,
				   gpointer handle); /* [SIP thread] */
void ims_api_client_free(ims_api_client *client);    /* [SIP thread] ends the session; accepts NULL */
void ims_api_run(ims_api_client *client, const ims_api_request *request); /* [SIP thread] */
void ims_api_picture_wanted(ims_api_client *client); /* [SIP thread] of the far end, by signalling */
void ims_api_key_pressed(ims_api_client *client, char signal,
			 guint duration_ms);     /* [SIP thread] by the far end, in RTP */
void ims_api_media_gone(ims_api_client *client); /* [SIP thread] the PeerConnection ended */
/* [SIP thread] Janus did not take the JSEP of an event that had this call_id (NULL: none). */
void ims_api_media_failed(ims_api_client *client, const char *call_id);
