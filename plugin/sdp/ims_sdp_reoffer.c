/* ims_sdp_reoffer.c: changes inside a call of which the browser is not told. */
#include "base/ims_error.h"
#include "sdp/ims_sdp_codec.h"
#include "sdp/internal.h"
#include <string.h>

static const ims_sdp_stream *used_stream(const GArray *streams, guint mline)
{
	const ims_sdp_stream *stream;

	if (mline >= streams->len)
		return NULL;
	stream = &g_array_index(streams, ims_sdp_stream, mline);
	return stream->used ? stream : NULL;
}

static void replace_streams(GArray *streams, const GArray *next)
{
	g_array_set_size(streams, 0);
	g_array_append_vals(streams, next->data, next->len);
}

/* Our number for a codec leads to the browser's, if it was agreed; -1: it was not. */
static gint16 browser_pt_of(const ims_sdp_stream *old, const ims_sdp_media *ours, const ims_sdp_codec *like)
{
	const ims_sdp_codec *before = ims_sdp_codecs_find(ours->codecs, like);

	return before ? old->to_browser[before->pt] : -1;
}

/* For a browser that sends under another number than it receives. */
static void carry_over_sent(ims_sdp_stream *stream, const ims_sdp_stream *old, const ims_sdp_media *ours,
			    const GPtrArray *now)
{
	for (guint i = 0; i < now->len; i++) {
		const ims_sdp_codec *codec = now->pdata[i];
		const ims_sdp_codec *before = ims_sdp_codecs_find(ours->codecs, codec);

		for (guint pt = 0; before && pt < 128; pt++) {
			if (old->to_core[pt] == before->pt && stream->to_core[pt] < 0)
				stream->to_core[pt] = codec->pt;
		}
	}
}

/* What the browser knows under some number stays that; only the core's number for it may be new. Who
 * offers says under which number we receive: the core's own if it was the core, else ours. */
static void carry_over(ims_sdp_stream *stream, const ims_sdp_stream *old, const ims_sdp_media *ours,
		       const GPtrArray *now, gboolean core_offers)
{
	stream->wish = old->wish;
	stream->allowed = old->allowed;
	stream->browser_pt = old->browser_pt;
	stream->clock_hz = old->clock_hz;
	stream->browser_cvo_id = old->browser_cvo_id;
	memcpy(stream->browser_event_khz, old->browser_event_khz, sizeof(stream->browser_event_khz));
	for (guint i = 0; i < now->len; i++) {
		const ims_sdp_codec *codec = now->pdata[i];
		const ims_sdp_codec *before = ims_sdp_codecs_find(ours->codecs, codec);
		gint16 browser_pt = browser_pt_of(old, ours, codec);

		if (browser_pt < 0)
			continue;
		ims_sdp_stream_add_codec(stream, codec, (guint8)browser_pt);
		stream->to_browser[core_offers ? codec->pt : before->pt] = browser_pt;
	}
	carry_over_sent(stream, old, ours, now);
}

/* What the browser sends must stay welcome, as it is not asked to send anything else. */
static void conclude(ims_sdp_stream *stream, const ims_sdp_media *core)
{
	ims_sdp_stream_bridge_events(stream);
	stream->direction = ims_direction_reverse(ims_sdp_core_direction(core)) & stream->allowed;
	stream->used = stream->to_core[stream->browser_pt] >= 0;
}

/* ---- the core offers ---- */

static ims_sdp_media *answer_again(ims_sdp_stream *stream, const ims_sdp_stream *old,
				   const ims_sdp_media *ours, const ims_sdp_media *core,
				   const ims_sdp_local *local)
{
	g_autoptr(GPtrArray) offered = ims_sdp_codecs_crossing(core);
	g_autoptr(ims_sdp_media) answer = ims_sdp_core_media(local, core->kind, stream->mline, core->proto);

	for (guint i = 0; i < offered->len; i++) {
		const ims_sdp_codec *codec = offered->pdata[i];

		if (browser_pt_of(old, ours, codec) >= 0)
			ims_sdp_add_answered(answer, codec->pt, codec,
					     ims_sdp_codecs_find(ours->codecs, codec));
	}
	carry_over(stream, old, ours, answer->codecs, TRUE);
	if (answer->kind == IMS_MEDIA_AUDIO)
		ims_sdp_add_events(answer, stream, core);
	ims_sdp_add_packet_time(answer, ours);
	ims_sdp_add_bandwidths(answer, local, core);
	if (answer->kind == IMS_MEDIA_VIDEO) {
		ims_sdp_answer_video(answer, core, stream->browser_cvo_id > 0);
		ims_sdp_stream_set_video(stream, answer, core);
	}
	conclude(stream, core);
	answer->direction = stream->direction;
	return stream->used ? g_steal_pointer(&answer) : NULL;
}

ims_sdp *ims_sdp_answer_reoffer(const ims_sdp *core_reoffer, const ims_sdp *our_last,
				const ims_sdp_local *local, GArray *streams, GError **error)
{
	g_autoptr(ims_sdp) sdp = ims_sdp_new_for_core(local);
	g_autoptr(GArray) next = ims_sdp_streams_new();
	int family = ims_sdp_address_family(local->address);

	if (core_reoffer->media->len < our_last->media->len) {
		g_set_error(error, IMS_ERROR, IMS_E_BAD_SDP, "%u m-lines where there were %u",
			    core_reoffer->media->len, our_last->media->len);
		return NULL;
	}
	for (guint i = 0; i < core_reoffer->media->len; i++) {
		const ims_sdp_media *core = ims_sdp_media_at(core_reoffer, i);
		const ims_sdp_media *ours = ims_sdp_media_at(our_last, i);
		const ims_sdp_stream *old = used_stream(streams, i);
		ims_sdp_media *answer = NULL;
		ims_sdp_stream stream;

		ims_sdp_stream_init(&stream, core->kind, i);
		if (old && ours && ims_sdp_core_is_servable(core, NULL) &&
		    ims_sdp_local_port(local, i) != 0) {
			if (!ims_sdp_stream_set_remote(&stream, core, family, error))
				return NULL;
			answer = answer_again(&stream, old, ours, core, local);
		}
		if (!answer)
			stream.refusal = ims_sdp_why_not_served(core);
		g_ptr_array_add(sdp->media, answer ? answer : ims_sdp_refused(core, core->proto));
		g_array_append_val(next, stream);
		if (answer && !ims_sdp_answer_srtp(answer, &g_array_index(next, ims_sdp_stream, i), core,
						   old->ours.suite, local, error))
			return NULL;
	}
	if (!ims_sdp_streams_check(next, core_reoffer, error))
		return NULL;
	replace_streams(streams, next);
	return g_steal_pointer(&sdp);
}

/* ---- we offer ---- */

/* Only what the browser knows already, and events, which are ours. */
static ims_sdp_media *offer_again(const ims_sdp_stream *stream, const ims_sdp_media *ours,
				  ims_direction direction, const ims_sdp_local *local)
{
	ims_sdp_media *offer = ims_sdp_core_media(local, ours->kind, stream->mline, ours->proto);

	for (guint i = 0; i < ours->codecs->len; i++) {
		const ims_sdp_codec *codec = ours->codecs->pdata[i];

		if (stream->to_browser[codec->pt] >= 0 || ims_sdp_codec_is_event(codec))
			ims_sdp_add_codec(offer, codec->pt, codec, codec->fmtp);
	}
	if (offer->kind == IMS_MEDIA_VIDEO)
		ims_sdp_offer_video(offer, ims_sdp_cvo_id(ours));
	ims_sdp_add_packet_time(offer, ours);
	ims_sdp_add_bandwidths(offer, local, ours);
	ims_sdp_offer_srtp_again(offer, stream, local);
	offer->direction = direction & stream->wish;
	return offer;
}

ims_sdp *ims_sdp_reoffer(const ims_sdp *our_last, const GArray *streams, ims_direction direction,
			 const ims_sdp_local *local)
{
	ims_sdp *sdp = ims_sdp_new_for_core(local);

	for (guint i = 0; i < our_last->media->len; i++) {
		const ims_sdp_media *ours = ims_sdp_media_at(our_last, i);
		const ims_sdp_stream *stream = used_stream(streams, i);

		g_ptr_array_add(sdp->media, stream ? offer_again(stream, ours, direction, local)
						   : ims_sdp_refused(ours, ours->proto));
	}
	return sdp;
}

gboolean ims_sdp_take_answer(const ims_sdp *our_reoffer, const ims_sdp *core_answer, GArray *streams,
			     GError **error)
{
	g_autoptr(GArray) next = ims_sdp_streams_new();

	if (!ims_sdp_check_shape(our_reoffer, core_answer, error))
		return FALSE;
	for (guint i = 0; i < our_reoffer->media->len; i++) {
		const ims_sdp_media *ours = ims_sdp_media_at(our_reoffer, i);
		const ims_sdp_media *core = ims_sdp_media_at(core_answer, i);
		const ims_sdp_stream *old = used_stream(streams, i);
		ims_sdp_stream stream;

		ims_sdp_stream_init(&stream, ours->kind, i);
		if (old && core && ours->port != 0 && ims_sdp_core_is_servable(core, NULL)) {
			g_autoptr(GPtrArray) accepted = ims_sdp_codecs_crossing(core);

			if (!ims_sdp_stream_set_remote(&stream, core, ims_sdp_address_family(ours->address),
						       error))
				return FALSE;
			carry_over(&stream, old, ours, accepted, FALSE);
			ims_sdp_stream_add_answered(&stream);
			ims_sdp_agree_on_events(&stream, ours, accepted);
			if (ours->kind == IMS_MEDIA_VIDEO)
				ims_sdp_stream_set_video(&stream, ours, core);
			stream.allowed = ours->direction & stream.wish;
			conclude(&stream, core);
		}
		if (!stream.used)
			stream.refusal =
				core && core->port != 0 ? IMS_SDP_NO_COMMON_CODEC : IMS_SDP_REFUSED_BY_CORE;
		g_array_append_val(next, stream);
		if (stream.used &&
		    !ims_sdp_take_srtp(&g_array_index(next, ims_sdp_stream, i), ours, core, error))
			return FALSE;
	}
	if (!ims_sdp_streams_check(next, core_answer, error))
		return FALSE;
	replace_streams(streams, next);
	return TRUE;
}
