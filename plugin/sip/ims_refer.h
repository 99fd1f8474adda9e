/* ims_refer.h: one REFER of ours to the other end of a call, and what it tells of the call that comes of it
 * (RFC 3515).
 *
 * Its subscription outlives the call. Thread: the SIP thread. Owner: who sent it; he lets go with
 * ims_refer_release, once, at any moment, also from inside its events. */
#pragma once
#include <glib.h>
#include "sip/ims_subscription.h"

typedef struct ims_refer ims_refer;

typedef struct {
	/* Its body says how far the call has come: message/sipfrag. */
	void (*notified)(const ims_notification *notification, gpointer user);
	/* Terminal. refusal: the answer to the REFER that said no, or 408 when the other end went silent;
	 * NULL: all has been notified. */
	void (*over)(const ims_sip_news *refusal, gpointer user);
} ims_refer_events;

/* refer_to: value of Refer-To. headers: further lines; NULL: none. NULL with IMS_E_WRONG_STATE: the call is
 * not up, or another one is under way in it. */
ims_refer *ims_refer_send(ims_invite *dialog, const char *refer_to, const char *headers,
			  const ims_refer_events *events, gpointer user, GError **error);
void ims_refer_release(ims_refer *refer); /* accepts NULL */
