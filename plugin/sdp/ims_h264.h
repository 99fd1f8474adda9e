/* ims_h264.h: the format parameters of H.264 (RFC 6184 8): do two sides mean the same?
 *
 * Profile and packetization mode are one format for both directions. The level is what a side can
 * receive: with level-asymmetry-allowed on both sides each keeps its own, else the lower counts.
 *
 * Baseline and Constrained Baseline are taken for one: what tells them apart (FMO, ASO, redundant
 * slices) no phone or browser sends, and phones write one for the other.
 *
 * Pure. Thread: any. */
#pragma once
#include <glib.h>

typedef struct {
	guint8 profile_idc, constraints, level_idc; /* profile-level-id; 42000a unless given */
	guint8 mode;                                /* packetization-mode: 0 or 1; 0 unless given */
	gboolean asymmetry;                         /* level-asymmetry-allowed */
} ims_h264;

/* FALSE: malformed, or interleaved mode, which nobody uses. fmtp NULL: all is as unless given. */
gboolean ims_h264_parse(const char *fmtp, ims_h264 *ret_format);
gboolean ims_h264_is_baseline(const ims_h264 *format);           /* constrained or not */
gboolean ims_h264_is_same(const ims_h264 *a, const ims_h264 *b); /* profile and mode; the level may differ */
guint ims_h264_max_kbps(const ims_h264 *format);                 /* what its level allows (H.264 A.3) */

/* Format parameters for the other side of the edge; free with g_free. Both texts must be parsable.
 * An offer shows Baseline as Constrained Baseline, which every browser and handset knows; parameter
 * sets are kept when short. An answer says the profile as it was offered and the level as answered. */
char *ims_h264_offer(const char *fmtp);
char *ims_h264_answer(const char *offered, const char *answered);
