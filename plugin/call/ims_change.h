/* ims_change.h: the changes of one call that is up: our user's, the peer's, one after another.
 *
 * A change is an offer and its answer (RFC 3264) in a re-INVITE or UPDATE. Never are two under way at once:
 * what crosses is refused or tried again (RFC 3261 14), what our user wants meanwhile waits for its turn.
 * Thread: the SIP thread. Owner: the call; it ends it, with ims_change_stop, before the INVITE session. */
#pragma once
#include <glib.h>
#include "base/ims_clock.h"
#include "call/ims_offer_answer.h"
#include "sip/ims_invite.h"

typedef struct ims_change ims_change;

typedef struct {
	/* The peer wants what only the browser can give: its JSEP offer. Answered by ims_change_answer. */
	void (*asked)(const char *browser_offer, gpointer user);
	/* A change that the browser knows of is done. browser_answer: to an offer of the browser, else NULL.
	 */
	void (*updated)(const char *browser_answer, gpointer user);
	/* ... or is not to be: the call stays as it was. */
	void (*failed)(int status, const char *reason, gpointer user);
	void (*peer_holds)(ims_direction media, gpointer user);
	/* The peer does not know the dialog any more; the last event. */
	void (*lost)(const ims_sip_news *news, gpointer user);
} ims_change_events;

typedef struct {
	ims_clock *clock;
	ims_offer_answer *oa; /* lives longer */
	const char *who;      /* for the log; lives longer */
	guint answer_s;       /* so long the browser may think about an offer of the peer */
	gboolean outgoing;    /* we made the Call-ID: after a collision we wait longer (RFC 3261 14.1) */
} ims_change_setup;

ims_change *ims_change_new(const ims_change_setup *setup, const ims_change_events *events, gpointer user);
void ims_change_stop(ims_change *change); /* nothing is sent, no event comes any more */
void ims_change_free(ims_change *change); /* accepts NULL */

/* The call is up, its first offer and answer are done; the INVITE session lives until ims_change_stop.
 * confirmed: its ACK is sent or here; else ims_change_confirmed tells. */
void ims_change_start(ims_change *change, ims_invite *invite, gboolean confirmed);
/* The session timer wants a sign of life with a description: what runs, not changed in any way. Unless a
 * change is under way, which is one, too. */
void ims_change_refresh(ims_change *change);
/* What was told to the peer before the browser was asked is more than it has: the peer gets an offer as soon
 * as it may have one. */
void ims_change_owe(ims_change *change);
/* autoaccept: what the gateway can answer alone it answers alone. */
void ims_change_set_autoaccept(ims_change *change, gboolean autoaccept);

/* Requests of the user; IMS_E_WRONG_STATE before the start. */
gboolean ims_change_hold(ims_change *change, ims_direction direction, GError **error);
gboolean ims_change_update(ims_change *change, const char *browser_offer, GError **error);
gboolean ims_change_answer(ims_change *change, const char *browser_answer, GError **error);
gboolean ims_change_decline(ims_change *change, int status, GError **error);

/* What the INVITE session tells. */
void ims_change_reoffered(ims_change *change, const ims_sip_news *news);
void ims_change_reanswered(ims_change *change, const ims_sip_news *news);
void ims_change_confirmed(ims_change *change, const ims_sip_news *news);
void ims_change_withdrawn(ims_change *change, const ims_sip_news *news);

/* The offer that the browser has not answered yet; NULL: none. */
const char *ims_change_browser_offer(const ims_change *change);

char *ims_change_table_text(void); /* state table as text, for review and its golden test */
