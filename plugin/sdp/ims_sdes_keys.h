/* ims_sdes_keys.h: our own SRTP keys in one call (RFC 4568).
 *
 * A suite of an m-line has one key of ours for the whole call, however often it is said again: so a change of
 * the call changes keys only where the other side changes its own, or another suite is agreed on.
 *
 * Thread: its owner's. Owner: the call's offer/answer; keys are wiped with it. */
#pragma once
#include "sdp/ims_sdes.h"

typedef struct ims_sdes_keys ims_sdes_keys;

ims_sdes_keys *ims_sdes_keys_new(void);
void ims_sdes_keys_free(ims_sdes_keys *keys); /* accepts NULL */

/* Made at the first need. Borrowed. mline: below IMS_SDP_MAX_MEDIA. */
const ims_srtp_key *ims_sdes_keys_get(ims_sdes_keys *keys, guint mline, ims_srtp_suite suite);

G_DEFINE_AUTOPTR_CLEANUP_FUNC(ims_sdes_keys, ims_sdes_keys_free)
