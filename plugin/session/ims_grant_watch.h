/* ims_grant_watch.h: what a registration stands on when it stands on an access token, for as long as it does.
 *
 * It tells when the token is about to end, and when it is good no more: it has expired (REQ-55), its issuer
 * or the administration has revoked it (REQ-61). What is done then, the owner does. Thread: the SIP thread.
 * Owner: the flow, so it goes on while the registration waits to be reclaimed. */
#pragma once
#include "base/ims_clock.h"
#include "session/ims_holders.h"
#include "token/ims_tokens.h"

typedef struct ims_grant_watch ims_grant_watch;

typedef struct {
	void (*ends_soon)(guint left_s, gpointer user); /* once for each token */
	/* why: of IMS_TOKEN_ERROR. The watch is silent from now on, and may be freed. */
	void (*over)(const GError *why, const ims_issuer *issuer, gpointer user);
} ims_grant_watch_events;

typedef struct {
	ims_clock *clock;
	ims_tokens *tokens;
	const ims_network *network;
	const ims_grant *grant; /* a reference is taken */
	ims_hold *hold;         /* its identity, when it is of a pool; goes over to the watch; NULL: none */
} ims_grant_watch_setup;

ims_grant_watch *ims_grant_watch_new(const ims_grant_watch_setup *setup, const ims_grant_watch_events *events,
				     gpointer user);
void ims_grant_watch_free(ims_grant_watch *watch); /* accepts NULL */

void ims_grant_watch_renew(ims_grant_watch *watch,
			   const ims_grant *grant);   /* a newer token of the same user */
void ims_grant_watch_recheck(ims_grant_watch *watch); /* now */

const ims_grant *ims_grant_watch_grant(const ims_grant_watch *watch); /* borrowed */
guint ims_grant_watch_left_s(const ims_grant_watch *watch);           /* until the end */

/* Whole seconds that a grant may be relied upon. It ends a second early, so that its last words to the
 * network are still said in its time. 0: it is over. */
guint ims_grant_left_s(const ims_grant *grant);
