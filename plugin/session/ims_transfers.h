/* ims_transfers.h: what the user of a registration is asked to do by REFERs: to call somebody, and to let the
 * transferor know how that goes.
 *
 * One waits until a session follows it, or it is declined, or nobody does in time. Thread: the SIP thread.
 * Owner of the list: the flow. */
#pragma once
#include "sip/ims_referral.h"

#define IMS_TRANSFERS_MAX 8
#define IMS_TRANSFERS_PATIENCE_S 60

typedef struct ims_transfers ims_transfers;

typedef struct {
	guint64 id;                   /* by which a client names it, 53 bits */
	char *replaces, *referred_by; /* what the call is to carry: header values; NULL: none */
	/* For the list alone. */
	ims_transfers *list;
	ims_referral *referral;
	ims_timer patience;
	gboolean followed;
} ims_transfer;

ims_transfers *ims_transfers_new(ims_clock *clock);
void ims_transfers_free(ims_transfers *transfers); /* all that are left end; accepts NULL */

/* NULL: there are IMS_TRANSFERS_MAX. Else the referral is the list's, and is to be accepted. */
ims_transfer *ims_transfers_add(ims_transfers *transfers, ims_referral *referral, const char *replaces,
				const char *referred_by);
/* One that nobody follows yet; NULL: none. transfers may be NULL. */
ims_transfer *ims_transfers_find(ims_transfers *transfers, guint64 id);
void ims_transfer_follow(ims_transfer *transfer); /* who does reports to it until the last word */
/* A status of 200 and more is the last word: the transfer is gone then. */
void ims_transfer_report(ims_transfer *transfer, int status, const char *reason);
