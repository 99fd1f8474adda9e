#include "sdp/ims_sdp_fit.h"

#include "sdp/ims_sdp_codec.h"
#include "sdp/internal.h"

static const ims_sdp_codec *codec_of(const ims_sdp_media *told, gint16 pt)
{
	for (guint i = 0; i < told->codecs->len; i++) {
		const ims_sdp_codec *codec = told->codecs->pdata[i];

		if (codec->pt == pt)
			return codec;
	}
	return NULL;
}

/* Browsers send the first that they are told. */
static const ims_sdp_codec *sent_by_browser(const ims_sdp_media *told)
{
	for (guint i = 0; i < told->codecs->len; i++)
		if (ims_sdp_codec_is_relayed(told->codecs->pdata[i]))
			return told->codecs->pdata[i];
	return NULL;
}

static void forget_unexpected(ims_sdp_stream *stream, const ims_sdp_media *told)
{
	for (gsize pt = 0; pt < G_N_ELEMENTS(stream->to_browser); pt++)
		if (stream->to_browser[pt] >= 0 && !codec_of(told, stream->to_browser[pt]))
			stream->to_browser[pt] = -1;
}

/* What the core has not taken, and the browser would. */
static void know_all(ims_sdp_stream *stream, const ims_sdp_media *told, const ims_sdp_media *ours)
{
	for (guint i = 0; ours && i < ours->codecs->len; i++) {
		const ims_sdp_codec *codec = ours->codecs->pdata[i];
		const ims_sdp_codec *known = ims_sdp_codecs_find(told->codecs, codec);

		if (known)
			stream->to_browser[codec->pt] = known->pt;
	}
}

static void send_as_told(ims_sdp_stream *stream, const ims_sdp_codec *sent)
{
	stream->browser_pt = sent->pt;
	stream->clock_hz = sent->clock_hz;
}

static ims_sdp_fit fit_line(ims_sdp_stream *stream, const ims_sdp_media *told, const ims_sdp_media *ours)
{
	const ims_sdp_codec *sent = told ? sent_by_browser(told) : NULL;
	gboolean fits =
		sent && stream->used && stream->to_core[sent->pt] >= 0 && codec_of(told, stream->browser_pt);

	if (!stream->used)
		return IMS_SDP_FITS;
	if (!sent || told->port == 0) {
		stream->used = FALSE;
		stream->refusal = IMS_SDP_REFUSED_BY_BROWSER;
		return IMS_SDP_CORE_MORE;
	}
	forget_unexpected(stream, told);
	send_as_told(stream, sent);
	if (fits)
		return IMS_SDP_FITS;
	know_all(stream, told, ours);
	stream->direction = IMS_DIR_INACTIVE;
	return IMS_SDP_MISFIT;
}

ims_sdp_fit ims_sdp_fit_browser(GArray *streams, const ims_sdp *told, const ims_sdp *ours)
{
	ims_sdp_fit fit = IMS_SDP_FITS;
	gboolean any = FALSE;

	for (guint i = 0; i < streams->len; i++) {
		ims_sdp_stream *stream = &g_array_index(streams, ims_sdp_stream, i);
		ims_sdp_fit line = fit_line(stream, ims_sdp_media_at(told, i), ims_sdp_media_at(ours, i));

		fit = MAX(fit, line);
		any |= stream->used;
	}
	return any ? fit : IMS_SDP_MISFIT;
}
