/* ims_stack.h: the SIP thread: one su_root, one nta agent, one port.
 *
 * Everything of SIP lives on this thread, without locks. Others post to ims_stack_worker().
 * Owner: session/ims_service. */
#pragma once
#include <glib.h>
#include "base/ims_clock.h"
#include "base/ims_worker.h"
#include "config/ims_config.h"
#include "dns/ims_resolver.h"
#include "sip/ims_arrival.h"

typedef struct ims_stack ims_stack;
typedef struct ims_invite ims_invite;
typedef struct ims_referral ims_referral;
typedef struct ims_sip_news ims_sip_news;

/* Where a terminating request is aimed at. */
typedef struct {
	const char *flow_token; /* user part of the topmost Route when that is ours (our Path), else of the
				   Request-URI */
	const char *source;     /* numeric address it came from */
} ims_sip_target;

/* All on the SIP thread. */
typedef struct {
	/* TRUE: ours to serve, ims_invite_* answers it, now or later. Otherwise a refusal is in
	 * ret_status and it is sent. */
	gboolean (*invite)(ims_invite *invite, const ims_sip_target *target, const ims_sip_news *news,
			   int *ret_status, gpointer user);
	/* A MESSAGE. Returns the final status; ret_headers: lines of the answer, free with g_free, NULL:
	 * none. */
	int (*message)(const ims_sip_target *target, const ims_sip_news *news, char **ret_headers,
		       gpointer user);
	/* A REFER outside calls. Returns the final status; with 202 it is bound, see ims_referral.h. */
	int (*refer)(ims_referral *referral, const ims_sip_target *target, const ims_sip_news *news,
		     gpointer user);
	/* What was ready is done, the thread may sleep now. */
	void (*settled)(gpointer user);
	/* The last moment before the agent goes: drop everything that stands on it. */
	void (*closing)(gpointer user);
} ims_stack_events;

/* Starts the thread and binds the port (UDP and TCP). IMS_E_IO names address and port.
 * `config` is referenced; alarms (NULL: none) outlive it. [any thread] */
ims_stack *ims_stack_new(const ims_config *config, ims_alarms *alarms, const ims_stack_events *events,
			 gpointer user, GError **error);
void ims_stack_stop(ims_stack *stack); /* [any other thread] ends and joins the thread */
void ims_stack_free(ims_stack *stack); /* [any other thread] stops it; mail left runs here */

ims_worker *ims_stack_worker(ims_stack *stack); /* [any thread] */
ims_clock *ims_stack_clock(ims_stack *stack);   /* timers on the SIP thread */
/* What comes over UDP and waits for the SIP thread. [any thread] */
ims_lag *ims_stack_lag(ims_stack *stack);
ims_backlog ims_stack_backlog(const ims_stack *stack);
ims_resolver *ims_stack_resolver(ims_stack *stack);
ims_alarms *ims_stack_alarms(ims_stack *stack); /* [any thread] */
/* The hosts of this URI may send us SIP (REQ-143), until it is dismissed as often as it was admitted. */
void ims_stack_admit(ims_stack *stack, const char *uri);
void ims_stack_dismiss(ims_stack *stack, const char *uri);
/* Its networks are who may send us SIP from now on; to outlive the stack. */
void ims_stack_serve(ims_stack *stack, const ims_config *config);
const char *ims_stack_host_port(const ims_stack *stack); /* "192.0.2.1:5060", as Via and Contact show it */
guint ims_stack_invites(ims_stack *stack);               /* INVITE sessions alive. [any thread] */
