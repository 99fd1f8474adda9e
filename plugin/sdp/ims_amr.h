/* ims_amr.h: the payload formats of AMR, AMR-WB (RFC 4867) and EVS (26.445 annex A): do two sides mean the
 * same packets?
 *
 * Nothing of a packet is touched, so both ends must have one format: the alignment and its options, and modes
 * that do not contradict. What else format parameters say (mode-change-*, max-red, br, bw, cmr) is for the
 * ends alone and crosses as it is written.
 *
 * Pure. Thread: any. */
#pragma once
#include <glib.h>

gboolean ims_amr_is(const char *name); /* one of the three */
/* fmtp NULL: all is as unless given. Malformed parameters are the same as nothing. */
gboolean ims_amr_is_same(const char *fmtp, const char *other_fmtp);
