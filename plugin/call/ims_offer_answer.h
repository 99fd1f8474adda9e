/* ims_offer_answer.h: whose turn it is to describe media, on both sides of one call (RFC 3264).
 *
 * Takes and gives descriptions as text; opens and closes ports and tells ims_media what was
 * agreed. Thread: the SIP thread. Owner: the call. */
#pragma once
#include <glib.h>
#include "media/ims_media.h"
#include "sdp/ims_sdp_change.h"
#include "sdp/ims_sdp_fit.h"
#include "sdp/ims_sdp_qos.h"
#include "sip/ims_early_media.h"

typedef struct ims_offer_answer ims_offer_answer;

/* public_address: what the core is told to send to. media and the policy's list are borrowed and must
 * live longer. */
ims_offer_answer *ims_offer_answer_new(ims_media *media, const char *public_address,
				       const ims_sdp_policy *policy);
void ims_offer_answer_free(ims_offer_answer *oa);

/* SRTP, as the user wants it of the next description: more than the network's rule, never less. profile: the
 * only suite; NULL: those of the network. */
void ims_offer_answer_set_srtp(ims_offer_answer *oa, ims_sdes_demand demand, const char *profile);
ims_sdes_demand ims_offer_answer_srtp_offered(
	const ims_offer_answer *oa); /* by the core, unanswered; NONE: not, or no offer */

/* All return text to be freed with g_free, or NULL with IMS_E_BAD_SDP, IMS_E_NO_COMMON_MEDIA,
 * IMS_E_LIMIT or IMS_E_IO; then nothing has changed, except that ports may have been opened. */

/* The browser offers, as it calls or later: its offer -> ours to the core; then the core's answer -> the
 * browser's. */
char *ims_offer_answer_offer(ims_offer_answer *oa, const char *browser_offer, GError **error);
/* ... the offer alone, for one that cannot be made yet. */
gboolean ims_offer_answer_check(const ims_offer_answer *oa, const char *browser_offer, GError **error);
/* Before our first offer: it says that our side is ready, and asks how the other one stands (RFC 3312). */
void ims_offer_answer_offer_preconditions(ims_offer_answer *oa);
char *ims_offer_answer_answered(ims_offer_answer *oa, const char *core_answer, GError **error);
/* Ports that nobody took are given back, once no other end may take them. */
void ims_offer_answer_settle(ims_offer_answer *oa);

/* Several ends may answer one offer, as an INVITE forks: each has an accord of its own, the browser one
 * answer in all, and media run with one of them at a time. All functions speak of the one last turned to.
 * tag: of its dialog; one not heard of yet begins with our offer. */
void ims_offer_answer_fork(ims_offer_answer *oa); /* before all of the following; nobody is shown yet */
void ims_offer_answer_turn_to(ims_offer_answer *oa, const char *tag);
/* Its answer; may come again. Neither the browser nor media hear of it before it is shown. */
gboolean ims_offer_answer_take(ims_offer_answer *oa, const char *core_answer, GError **error);
/* Media run with it from now on, as far as they fit. The browser's answer, if it has none yet, else NULL. */
char *ims_offer_answer_show(ims_offer_answer *oa);
/* Whether what it has taken goes with the answer that the browser has. */
ims_sdp_fit ims_offer_answer_fit(ims_offer_answer *oa);
void ims_offer_answer_set_gate(ims_offer_answer *oa,
			       const ims_early_media *gate); /* what the network allows */
void ims_offer_answer_hush(ims_offer_answer *oa);            /* no media pass, until one is shown */
void ims_offer_answer_forget(ims_offer_answer *oa, const char *tag);
void ims_offer_answer_keep(ims_offer_answer *oa); /* this one has answered: no other is left, nor a gate */
/* It wants to hear that what we reserve is reserved (RFC 3312 7): by an offer of ours. */
gboolean ims_offer_answer_is_confirmation_due(const ims_offer_answer *oa);
/* Its offer before the final answer -> our answer. */
char *ims_offer_answer_reoffered_early(ims_offer_answer *oa, const char *core_offer, GError **error);
void ims_offer_answer_take_back(ims_offer_answer *oa); /* our own new offer to it, and nothing else */

/* What was agreed does not fit the browser's answer: an offer for the browser that does, and its answer. */
char *ims_offer_answer_refit(ims_offer_answer *oa, GError **error);
gboolean ims_offer_answer_refitted(ims_offer_answer *oa, const char *browser_answer, GError **error);

/* The core offers, as it calls or later: its offer -> the browser's; then the browser's answer -> ours. */
char *ims_offer_answer_offered(ims_offer_answer *oa, const char *core_offer, GError **error);
char *ims_offer_answer_accept(ims_offer_answer *oa, const char *browser_answer, GError **error);

/* The core calls, and is to be answered before the browser may be asked (RFC 3312): with all that may cross.
 * What is said for the browser before it was asked, it is asked for all the same. */
ims_sdp_qos
ims_offer_answer_reserved(const ims_offer_answer *oa); /* the open offer of the core, or its answer */
char *ims_offer_answer_stand_in(ims_offer_answer *oa, GError **error);
/* ... or it made no offer: ours, of audio as browsers have it; its answer -> the browser's offer. */
char *ims_offer_answer_stand_in_offer(ims_offer_answer *oa, GError **error);
char *ims_offer_answer_stand_in_answered(ims_offer_answer *oa, const char *core_answer, GError **error);
/* ... its next offer, which the browser that is asked already must not notice -> our answer. */
char *ims_offer_answer_stand_in_again(ims_offer_answer *oa, const char *core_offer, GError **error);
/* ... and the browser's answer at last. ret_owed: it is less than was said for it, and the core is owed an
 * offer. */
gboolean ims_offer_answer_stand_down(ims_offer_answer *oa, const char *browser_answer, gboolean *ret_owed,
				     GError **error);

/* Later, what needs no browser. How a new offer of the core differs from what runs; FALSE: it is none. */
gboolean ims_offer_answer_compare(const ims_offer_answer *oa, const char *core_offer,
				  ims_sdp_change *ret_change, GError **error);
/* ... our answer to it, without the browser. */
char *ims_offer_answer_reoffered(ims_offer_answer *oa, const char *core_offer, GError **error);
/* ... and our own new offer of what runs, in the direction that our user wants, and the answer to it. */
char *ims_offer_answer_reoffer(ims_offer_answer *oa);
gboolean ims_offer_answer_reanswered(ims_offer_answer *oa, const char *core_answer, GError **error);

/* ... and what runs as it was told last, to the letter, and whether an answer says the same as before. */
char *ims_offer_answer_repeat(const ims_offer_answer *oa);
gboolean ims_offer_answer_is_repeated(const ims_offer_answer *oa, const char *core_answer);

gboolean ims_offer_answer_is_offering(const ims_offer_answer *oa); /* ... which is not here yet */

/* The open offer of either side is no more: all stays as it was, and ports opened for it are given back. */
void ims_offer_answer_withdraw(ims_offer_answer *oa);

/* What our user wants, SENDRECV or less: holding. What it closes it closes here at once: a hold holds
 * although the peer may refuse to know. The core learns of it by the next description. */
void ims_offer_answer_want(ims_offer_answer *oa, ims_direction direction);
gboolean ims_offer_answer_is_held(const ims_offer_answer *oa);    /* by our user */
gboolean ims_offer_answer_peer_holds(const ims_offer_answer *oa); /* the peer does not listen to us */
/* What it does then: SENDONLY (it may play something) or INACTIVE; SENDRECV: it does not hold. */
ims_direction ims_offer_answer_peer_media(const ims_offer_answer *oa);
/* Something is expected from the far end: there is a stream, and nobody holds. */
gboolean ims_offer_answer_hears(const ims_offer_answer *oa);
/* Something is expected from the browser, whatever the peer does: a hold by the peer does not reach it. */
gboolean ims_offer_answer_speaks(const ims_offer_answer *oa);
const GArray *
ims_offer_answer_streams(const ims_offer_answer *oa); /* what was agreed last; NULL: nothing yet */
