/* ims_track.h: what of a call can be listened to: two sides, sound and picture. Names as the API has them.
 * Pure. */
#pragma once
#include "media/ims_taps.h"
#include "sdp/ims_sdp.h"

#define IMS_TRACKS(X)                                                                                        \
	X(AUDIO, "audio", IMS_MEDIA_AUDIO, IMS_TAP_USER)                                                     \
	X(VIDEO, "video", IMS_MEDIA_VIDEO, IMS_TAP_USER)                                                     \
	X(PEER_AUDIO, "peer_audio", IMS_MEDIA_AUDIO, IMS_TAP_PEER)                                           \
	X(PEER_VIDEO, "peer_video", IMS_MEDIA_VIDEO, IMS_TAP_PEER)

typedef enum {
#define X(track, name, kind, side) IMS_TRACK_##track,
	IMS_TRACKS(X)
#undef X
		IMS_N_TRACKS
} ims_track;

const char *ims_track_name(ims_track track);
gboolean ims_track_of_name(const char *name, ims_track *ret_track); /* FALSE: none is called so */
ims_media_kind ims_track_kind(ims_track track);
ims_tap_side ims_track_side(ims_track track);
