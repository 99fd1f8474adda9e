/* ims_sdp_take.c: the core's answer to a new offer of ours inside the call. */
#include "base/ims_error.h"
#include "sdp/internal.h"

static gboolean take_line(ims_sdp_stream *stream, const ims_sdp_media *ours, const ims_sdp_media *core, GError **error)
{
	if (!stream->used)
		return TRUE;
	if (core->port == 0) { /* the core gives this stream up */
		stream->used = FALSE;
		return TRUE;
	}
	if (!ims_sdp_stream_set_remote(stream, core, IMS_SDP_ANY_FAMILY, error))
		return FALSE;
	stream->direction = ours->direction & ims_direction_reverse(ims_sdp_core_direction(core));
	return TRUE;
}

gboolean ims_sdp_take_answer(const ims_sdp *our_reoffer, const ims_sdp *core_answer, GArray *streams, GError **error)
{
	g_autoptr(GArray) next = g_array_copy(streams);

	if (core_answer->media->len != our_reoffer->media->len || streams->len != our_reoffer->media->len) {
		g_set_error(error, IMS_ERROR, IMS_E_BAD_SDP, "%u m-lines answered of %u", core_answer->media->len,
			    our_reoffer->media->len);
		return FALSE;
	}
	for (guint i = 0; i < next->len; i++)
		if (!take_line(&g_array_index(next, ims_sdp_stream, i), g_ptr_array_index(our_reoffer->media, i),
			       g_ptr_array_index(core_answer->media, i), error))
			return FALSE;
	g_array_set_size(streams, 0);
	g_array_append_vals(streams, next->data, next->len);
	return TRUE;
}
