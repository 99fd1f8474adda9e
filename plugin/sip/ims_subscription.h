/* ims_subscription.h: one subscription of ours to something the network knows (RFC 6665), from the SUBSCRIBE
 * to the last NOTIFY.
 *
 * Refreshes itself while it lasts. Whether another one takes its place when it has ended, its owner decides:
 * `ended` says when that may be. Thread: the SIP thread.
 *
 * Life: made by ims_subscription_start; its owner lets go with ims_subscription_release, once, at any moment,
 * also from inside its events. The network is told then in the background, and no event comes any more. */
#pragma once
#include <glib.h>
#include "sip/ims_invite.h"

#define IMS_NOTIFY_MAX_BYTES 65536

typedef struct ims_subscription ims_subscription;

typedef struct {
	const char *target;       /* Request-URI and To */
	const char *sender;       /* From URI */
	const char *sender_name;  /* display name; NULL: none */
	const char *call_id;      /* NULL: one is made */
	const GPtrArray *route;   /* as of an ims_invite_request */
	const char *event;        /* value of Event, with parameters */
	const char *accept;       /* value of Accept; NULL: the package's own */
	const char *content;      /* of each SUBSCRIBE that asks for it, not of the last one; NULL: none */
	const char *content_type; /* NULL with content */
	guint expires_s;          /* asked for */
	gboolean forks;           /* each notifier that a proxy finds is listened to; else the first one */
	ims_invite_style
		style; /* first_headers: of the first SUBSCRIBE; later_headers: of all other messages */
} ims_subscription_request;

/* A NOTIFY; 200 is sent. */
typedef struct {
	const char *event;       /* name of the package */
	const char *state;       /* "active", "pending", "terminated", or another word of the network's */
	const char *reason;      /* of "terminated"; NULL: none */
	guint expires_s;         /* 0: not said */
	const ims_sip_news *sip; /* Call-ID, Content-Type, body, who sends it */
} ims_notification;

#define IMS_SUBSCRIPTION_NEVER -1

typedef struct {
	int status;         /* of the SUBSCRIBE that failed; 200: a NOTIFY ended it, or we did */
	gboolean lost;      /* it had been accepted before */
	const char *reason; /* reason phrase, or that of the NOTIFY; NULL: none */
	gint64 again_s;     /* another one may be made so much later; 0: now; IMS_SUBSCRIPTION_NEVER: it would
			       fail, too (RFC 6665 4.1.3) */
	const ims_sip_news *sip; /* the answer; NULL: there is none */
} ims_subscription_end;

typedef struct {
	/* A SUBSCRIBE of ims_subscription_start, _renew or _stop (then for 0 seconds) was taken. NOTIFYs may
	 * have come before. */
	void (*accepted)(const ims_sip_news *answer, guint expires_s, gpointer user);
	void (*notified)(const ims_notification *notification, gpointer user);
	void (*ended)(const ims_subscription_end *end, gpointer user); /* terminal */
} ims_subscription_events;

/* NULL with IMS_E_SIP (no usable route, something malformed). No event comes from inside. */
ims_subscription *ims_subscription_start(ims_stack *stack, const ims_subscription_request *request,
					 const ims_subscription_events *events, gpointer user,
					 GError **error);
/* Asks anew, now, for so long: `accepted` or `ended` follows. FALSE: there is no dialog yet, or no more. */
gboolean ims_subscription_renew(ims_subscription *subscription, guint expires_s);
/* Ends it: `ended` follows, after a last NOTIFY if the network sends one. */
void ims_subscription_stop(ims_subscription *subscription);
void ims_subscription_release(ims_subscription *subscription); /* accepts NULL */

const char *ims_subscription_call_id(const ims_subscription *subscription);
guint ims_subscriptions_alive(ims_stack *stack); /* released ones, too. [any thread] */
