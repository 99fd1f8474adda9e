/* ims_resolver.h: where a SIP URI is sent to: RFC 3263 without ever making anybody wait.
 *
 * Thread: the SIP thread. Name servers are asked on a thread of its own; what they said is remembered
 * as long as it holds, so most look-ups are answered at once. Owner: sip/ims_stack. */
#pragma once
#include <glib.h>
#include "base/ims_alarm.h"
#include "base/ims_clock.h"
#include "base/ims_worker.h"

typedef struct ims_resolver ims_resolver;
typedef struct ims_look_up ims_look_up;

typedef struct {
	const GPtrArray
		*servers;  /* of char *, "192.0.2.53" or "[2001:db8::53]:5353"; empty: /etc/resolv.conf */
	gboolean ip4, ip6; /* what this host can send */
	gboolean tls;
	ims_alarms *alarms; /* NULL: none */
} ims_resolver_setup;

/* home: the SIP thread. */
ims_resolver *ims_resolver_new(const ims_resolver_setup *setup, ims_worker *home, ims_clock *clock);
/* After the SIP thread has ended, before its worker is freed: [any other thread] ends ours, no mail comes any
 * more. */
void ims_resolver_close(ims_resolver *resolver);
void ims_resolver_free(ims_resolver *resolver); /* after the worker is freed; accepts NULL */

/* hops: of char *, see ims_hops.h, in the order to try them; borrowed; none when the name leads nowhere. */
typedef void (*ims_look_up_done)(const GPtrArray *hops, gpointer user);

/* done is called once, before this returns or later. slot: where the owner keeps the look-up: set while it
 * waits, NULL again before done is called. */
void ims_resolver_look_up(ims_resolver *resolver, const char *uri, ims_look_up_done done, gpointer user,
			  ims_look_up **slot);
void ims_look_up_drop(ims_look_up **slot); /* done will not be called; harmless when nothing waits */

/* This hop was silent or said 503: for a minute it is tried after all others. */
void ims_resolver_avoid(ims_resolver *resolver, const char *hop);
