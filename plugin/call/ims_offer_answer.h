/* ims_offer_answer.h: whose turn it is to describe media, on both sides of one call (RFC 3264).
 *
 * Takes and gives descriptions as text; opens and closes ports and tells ims_media what was
 * agreed. Thread: the SIP thread. Owner: the call. */
#pragma once
#include <glib.h>
#include "media/ims_media.h"

typedef struct ims_offer_answer ims_offer_answer;

/* public_address: what the core is told to send to. media and the policy's list are borrowed and must
 * live longer. */
ims_offer_answer *ims_offer_answer_new(ims_media *media, const char *public_address,
				       const ims_sdp_policy *policy);
void ims_offer_answer_free(ims_offer_answer *oa);

/* All return text to be freed with g_free, or NULL with IMS_E_BAD_SDP, IMS_E_NO_COMMON_MEDIA,
 * IMS_E_LIMIT or IMS_E_IO; then nothing has changed, except that ports may have been opened. */

/* The browser calls: its offer -> ours to the core; then the core's answer -> the browser's. The
 * second may come again, of another fork or the final answer: media follows the last. */
char *ims_offer_answer_offer(ims_offer_answer *oa, const char *browser_offer, GError **error);
char *ims_offer_answer_answered(ims_offer_answer *oa, const char *core_answer, GError **error);
void ims_offer_answer_settle(
	ims_offer_answer *oa); /* the call is up: ports that nobody took are given back */

/* The core calls: its offer -> the browser's; then the browser's answer -> ours. */
char *ims_offer_answer_offered(ims_offer_answer *oa, const char *core_offer, GError **error);
char *ims_offer_answer_accept(ims_offer_answer *oa, const char *browser_answer, GError **error);

/* Later, without the browser: the core's new offer -> our answer. */
char *ims_offer_answer_reoffered(ims_offer_answer *oa, const char *core_offer, GError **error);
/* ... and our own new offer, with this direction towards the core, and the answer to it. The direction takes
 * effect here at once, as far as it closes something: a hold holds although the peer may refuse to know. */
char *ims_offer_answer_reoffer(ims_offer_answer *oa, ims_direction direction);
void ims_offer_answer_undo(ims_offer_answer *oa,
			   ims_direction direction); /* it could not be sent: back to this one */
ims_direction ims_offer_answer_wanted(const ims_offer_answer *oa); /* the direction asked for last */
gboolean ims_offer_answer_reanswered(ims_offer_answer *oa, const char *core_answer, GError **error);
void ims_offer_answer_withdraw(ims_offer_answer *oa); /* it was refused: the peer stays as it was */

gboolean ims_offer_answer_is_held(const ims_offer_answer *oa); /* by our user */
