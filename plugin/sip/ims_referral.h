/* ims_referral.h: a REFER of the other end, inside a call or outside: it wants our user to call somebody, and
 * to hear how that goes (RFC 3515).
 *
 * Offered to the owner of the call, or of the stack, who answers with a status: with 202 it is his, and he
 * lets go with ims_referral_release, once. It outlives the call. Thread: the SIP thread. */
#pragma once
#include <glib.h>
#include "sip/ims_invite.h"

/* Of one outside calls, before 202 is said: what its messages carry. Copied. */
void ims_referral_bind(ims_referral *referral, const ims_invite_style *style);
/* What came of the call: a status of 200 and more is the last word. reason NULL: the usual one. */
void ims_referral_report(ims_referral *referral, int status, const char *reason);
void ims_referral_release(ims_referral *referral); /* without a last word it is 480; accepts NULL */
