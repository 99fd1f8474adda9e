#include "sdp/ims_sdp_change.h"

#include "sdp/ims_sdp_codec.h"
#include "sdp/internal.h"

static gboolean is_served(const ims_sdp *core, guint mline, const ims_sdp_policy *policy)
{
	const ims_sdp_media *media = ims_sdp_media_at(core, mline);

	return media && ims_sdp_core_is_servable(media, policy);
}

/* What the browser sends, as the core called it in its last description; NULL: it does not say. */
static const ims_sdp_codec *sent_codec(const ims_sdp_stream *stream, const ims_sdp_media *core_last)
{
	for (guint i = 0; core_last && i < core_last->codecs->len; i++) {
		const ims_sdp_codec *codec = core_last->codecs->pdata[i];

		if (codec->pt == stream->to_core[stream->browser_pt])
			return codec;
	}
	return NULL;
}

static ims_sdp_change compare_line(const ims_sdp_stream *stream, const ims_sdp *core_offer,
				   const ims_sdp *core_last, guint mline, const ims_sdp_policy *policy)
{
	gboolean served = is_served(core_offer, mline, policy);
	const ims_sdp_codec *sent;

	/* What was refused before and is offered again is no news: phones offer all they can each time. */
	if (!stream)
		return served && !is_served(core_last, mline, policy) ? IMS_SDP_STREAMS : IMS_SDP_KEPT;
	if (!served)
		return ims_sdp_media_at(core_offer, mline)->port == 0 ? IMS_SDP_STREAMS : IMS_SDP_RESHAPED;
	sent = sent_codec(stream, ims_sdp_media_at(core_last, mline));
	if (sent && !ims_sdp_codecs_find(ims_sdp_media_at(core_offer, mline)->codecs, sent))
		return IMS_SDP_RESHAPED;
	return IMS_SDP_KEPT;
}

ims_sdp_change ims_sdp_compare(const ims_sdp *core_offer, const ims_sdp *core_last, const GArray *streams,
			       const ims_sdp_policy *policy)
{
	ims_sdp_change change = IMS_SDP_KEPT;

	for (guint i = 0; i < core_offer->media->len; i++) {
		const ims_sdp_stream *stream =
			i < streams->len ? &g_array_index(streams, ims_sdp_stream, i) : NULL;

		change = MAX(change, compare_line(stream && stream->used ? stream : NULL, core_offer,
						  core_last, i, policy));
	}
	return change;
}
