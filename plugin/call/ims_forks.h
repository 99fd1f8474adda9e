/* ims_forks.h: the ends that one INVITE of ours reaches before it is answered: what each says of media,
 * whether it may be heard, and which one is. The browser has one answer for all of them.
 *
 * Thread: the SIP thread. Owner: the call. */
#pragma once
#include <glib.h>
#include "base/ims_clock.h"
#include "call/ims_offer_answer.h"
#include "sip/ims_invite.h"

typedef struct ims_forks ims_forks;

/* What our user is to be told. */
typedef enum {
	IMS_FORKS_NOTHING,
	IMS_FORKS_PROCEEDING,
	IMS_FORKS_RINGING,  /* nobody is heard: he makes his own ringback tone */
	IMS_FORKS_PROGRESS, /* somebody is heard */
} ims_forks_told;

/* oa, clock and who (for the log) live longer. No media pass until somebody is to be heard. */
ims_forks *ims_forks_new(ims_offer_answer *oa, ims_clock *clock, const char *who);
void ims_forks_start(ims_forks *forks, ims_invite *invite); /* which lives until ims_forks_stop */
void ims_forks_stop(ims_forks *forks);                      /* nothing is sent any more */
void ims_forks_free(ims_forks *forks);                      /* accepts NULL */

/* What the INVITE session tells. ret_browser_answer: with PROGRESS, the browser's answer if it has none yet,
 * free with g_free; else NULL. */
ims_forks_told ims_forks_heard(ims_forks *forks, const ims_sip_news *news, char **ret_browser_answer);
ims_forks_told ims_forks_offered(ims_forks *forks, const ims_sip_news *news, char **ret_browser_answer);
void ims_forks_reanswered(ims_forks *forks, const ims_sip_news *news);
ims_forks_told ims_forks_ended(ims_forks *forks, const ims_sip_news *news);

/* One has answered; the others are no more. FALSE: what it says of media is of no use, or it says nothing. */
gboolean ims_forks_answered(ims_forks *forks, const ims_sip_news *news, char **ret_browser_answer,
			    GError **error);
