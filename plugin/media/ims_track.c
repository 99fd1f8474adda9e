#include "media/ims_track.h"

#include <string.h>

static const struct {
	const char *name;
	ims_media_kind kind;
	ims_tap_side side;
} tracks[IMS_N_TRACKS] = {
#define X(track, name, kind, side) [IMS_TRACK_##track] = { name, kind, side },
	IMS_TRACKS(X)
#undef X
};

const char *ims_track_name(ims_track track)
{
	return tracks[track].name;
}

gboolean ims_track_of_name(const char *name, ims_track *ret_track)
{
	for (guint i = 0; i < IMS_N_TRACKS; i++) {
		if (strcmp(tracks[i].name, name) != 0)
			continue;
		*ret_track = (ims_track)i;
		return TRUE;
	}
	return FALSE;
}

ims_media_kind ims_track_kind(ims_track track)
{
	return tracks[track].kind;
}

ims_tap_side ims_track_side(ims_track track)
{
	return tracks[track].side;
}
