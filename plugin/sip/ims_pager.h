/* ims_pager.h: MESSAGE requests (RFC 3428: pager mode), outside dialogs and inside those of calls.
 *
 * Thread: the SIP thread. What comes in is told by ims_stack_events.message and ims_invite_events.message. */
#pragma once
#include <glib.h>
#include "sip/ims_invite.h"

/* What fits a datagram even when the core takes no TCP (REQ-144). */
#define IMS_PAGER_MAX_BYTES 32768

typedef struct {
	ims_invite *dialog;           /* NULL: outside any dialog, and only then the next seven count */
	const ims_network *network;   /* whose transport is taken; outlives the request */
	const char *target;           /* Request-URI and To */
	const char *sender;           /* From URI */
	const char *sender_name;      /* display name; NULL: none */
	const char *call_id;          /* NULL: one is made */
	const GPtrArray *route;       /* as of an ims_invite_request */
	ims_credentials *credentials; /* NULL: no challenge is answered. In a dialog the session's count */
	const char *headers;          /* further lines; NULL: none */
	const char *content_type;
	GBytes *body; /* any bytes */
} ims_pager_request;

typedef struct ims_pager ims_pager; /* one MESSAGE that waits for its final answer */

/* Exactly once, unless it is dropped before. The object is gone then. */
typedef void (*ims_pager_done)(const ims_sip_news *answer, gpointer user);

/* NULL with IMS_E_SIP (no usable route, something malformed) or IMS_E_WRONG_STATE (the dialog is not, or no
 * more, confirmed). */
ims_pager *ims_pager_send(ims_stack *stack, const ims_pager_request *request, ims_pager_done done,
			  gpointer user, GError **error);
const char *ims_pager_call_id(const ims_pager *pager);
void ims_pager_drop(ims_pager *pager); /* done will not be called; accepts NULL */
