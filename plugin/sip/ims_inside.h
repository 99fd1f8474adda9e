/* ims_inside.h: one request of ours inside a dialog, until its final answer. For sip/ only.
 *
 * When the network challenges it, it is sent again with credentials, and nobody else hears of that; it may
 * wait for them, and is refused as by the network when they do not come. */
#pragma once
#include "sip/ims_dialog.h"

/* Copied. */
typedef struct {
	const char *method;
	const char *contact; /* NULL: none */
	const char *headers; /* further lines; NULL: none */
	const char *content_type;
	GBytes *body; /* any bytes; NULL: none, and no type */
} ims_inside_request;

/* Its final answer, once; sip NULL: there will be none. The object is still its owner's. */
typedef void ims_inside_answered(const sip_t *sip, gpointer user);

/* NULL: it cannot be made. It may outlive the dialog, but then a challenge is an answer like others. */
ims_inside *ims_inside_ask(ims_dialog *dialog, const ims_inside_request *request,
			   ims_inside_answered *answered, gpointer user);
void ims_inside_drop(ims_inside *inside); /* it will not be told of any answer; accepts NULL */
/* ... nor of a re-INVITE's, which the dialog keeps until then, to acknowledge a 2xx that crosses: were it
 * dropped, nta would, and look up the names of the peer's Contact by itself. Accepts NULL. */
void ims_inside_cancel(ims_inside *inside);
void ims_inside_ack(const ims_inside *inside);     /* of its 2xx, to a re-INVITE */
GBytes *ims_inside_body(const ims_inside *inside); /* borrowed; NULL: none */

/* Nobody waits for the answer: the dialog keeps it for as long as it may be challenged. */
void ims_inside_tell(ims_dialog *dialog, const ims_inside_request *request);

void ims_inside_forsake(ims_inside *inside);              /* for ims_dialog.c: the dialog ends */
gboolean ims_inside_is_telling(const ims_dialog *dialog); /* something told may be challenged yet */
