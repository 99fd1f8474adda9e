/* ims_sdp_answer.c: answers across the edge, and the streams that come of them. */
#include "base/ims_error.h"
#include "sdp/ims_sdp_codec.h"
#include "sdp/internal.h"
#include <string.h>

/* An answer has the lines of its offer (RFC 3264 6). Those at the end may be missing when we had refused them
 * ourselves, and video: phones forget what they refuse, and nothing else can be meant. */
gboolean ims_sdp_check_shape(const ims_sdp *offer, const ims_sdp *answer, GError **error)
{
	if (answer->media->len > offer->media->len) {
		g_set_error(error, IMS_ERROR, IMS_E_BAD_SDP, "%u m-lines answer %u", answer->media->len,
			    offer->media->len);
		return FALSE;
	}
	for (guint i = 0; i < offer->media->len; i++) {
		const ims_sdp_media *o = ims_sdp_media_at(offer, i), *a = ims_sdp_media_at(answer, i);

		if (!a && (o->port == 0 || o->kind == IMS_MEDIA_VIDEO))
			continue;
		if (!a || a->kind != o->kind) {
			g_set_error(error, IMS_ERROR, IMS_E_BAD_SDP, "m-line %u: %s is answered with %s", i,
				    o->media, a ? a->media : "nothing");
			return FALSE;
		}
	}
	return TRUE;
}

/* ---- the core's answer to the browser ---- */

static ims_sdp_media *refused_to_browser(const ims_sdp_media *offered)
{
	ims_sdp_media *media = ims_sdp_refused(offered, offered->proto);

	/* Janus turns port 0 of a first m-line into 9: it must make sense then, too. */
	if (offered->codecs->len > 0 && ims_sdp_codec_fits(offered->codecs->pdata[0]))
		g_ptr_array_add(media->codecs, ims_sdp_codec_copy(offered->codecs->pdata[0]));
	media->direction = IMS_DIR_INACTIVE;
	media->address = g_strdup("0.0.0.0");
	return media;
}

/* The core's codecs under the browser's numbers. */
static void agree_with_core(ims_sdp_media *answer, ims_sdp_stream *stream, const ims_sdp_media *browser,
			    const ims_sdp_media *ours, const GPtrArray *accepted)
{
	g_autoptr(GPtrArray) known = ims_sdp_codecs_crossing(browser);

	for (guint i = 0; i < accepted->len; i++) {
		const ims_sdp_codec *codec = accepted->pdata[i];
		const ims_sdp_codec *offered = ims_sdp_codecs_find(ours->codecs, codec);
		const ims_sdp_codec *own = ims_sdp_codecs_find(known, codec);

		if (!offered || !own)
			continue;
		ims_sdp_add_answered(answer, own->pt, own, codec);
		ims_sdp_stream_add_codec(stream, codec, own->pt);
		stream->to_browser[offered->pt] = own->pt;
	}
}

/* Tones are made here, whether or not the browser knows of them. */
void ims_sdp_agree_on_events(ims_sdp_stream *stream, const ims_sdp_media *ours, const GPtrArray *accepted)
{
	for (guint i = 0; i < accepted->len; i++) {
		const ims_sdp_codec *codec = accepted->pdata[i];
		const ims_sdp_codec *offered = ims_sdp_codecs_find(ours->codecs, codec);

		if (!ims_sdp_codec_is_event(codec) || !offered)
			continue;
		ims_sdp_stream_offer_dtmf(stream, codec);
		stream->core_event_khz[offered->pt] = (guint8)(codec->clock_hz / 1000);
	}
}

/* FALSE: it is no telephone-event, or at the clock of no codec of the answer. */
static gboolean add_event(ims_sdp_media *answer, const ims_sdp_codec *event)
{
	if (!ims_sdp_codec_is_event(event))
		return FALSE;
	if (ims_sdp_codecs_find(answer->codecs, event))
		return TRUE;
	if (!ims_sdp_codecs_have_clock(answer->codecs, event->clock_hz))
		return FALSE;
	ims_sdp_add_codec(answer, event->pt, event, event->fmtp);
	return TRUE;
}

/* Of the browser's events those at the clock of an agreed codec, if the core has any: in whatever clock. */
static void agree_on_browser_events(ims_sdp_media *answer, ims_sdp_stream *stream,
				    const ims_sdp_media *browser)
{
	g_autoptr(GPtrArray) known = ims_sdp_codecs_crossing(browser);

	for (guint i = 0; stream->dtmf_pt >= 0 && i < known->len; i++) {
		const ims_sdp_codec *event = known->pdata[i];

		if (!add_event(answer, event))
			continue;
		stream->browser_event_khz[event->pt] = (guint8)(event->clock_hz / 1000);
	}
	ims_sdp_stream_bridge_events(stream);
}

static ims_sdp_media *line_to_browser(ims_sdp_stream *stream, const ims_sdp_media *browser,
				      const ims_sdp_media *ours, const ims_sdp_media *core)
{
	g_autoptr(GPtrArray) accepted = ims_sdp_codecs_crossing(core);
	g_autoptr(ims_sdp_media) answer = ims_sdp_browser_media(browser->kind, browser->proto);

	agree_with_core(answer, stream, browser, ours, accepted);
	ims_sdp_add_packet_time(answer, core);
	ims_sdp_stream_add_answered(stream);
	ims_sdp_agree_on_events(stream, ours, accepted);
	agree_on_browser_events(answer, stream, browser);
	if (answer->kind == IMS_MEDIA_VIDEO) {
		stream->browser_cvo_id = ims_sdp_cvo_id(browser);
		ims_sdp_stream_set_video(stream, ours, core);
		ims_sdp_answer_browser_video(answer, browser, stream);
	}
	answer->direction = ims_direction_reverse(browser->direction);
	stream->wish = browser->direction;
	stream->allowed = ours->direction & stream->wish;
	stream->direction = ims_direction_reverse(ims_sdp_core_direction(core)) & stream->allowed;
	stream->used = stream->browser_pt >= 0;
	return stream->used ? g_steal_pointer(&answer) : NULL;
}

static ims_sdp_refusal refusal_by_core(const ims_sdp_media *browser, const ims_sdp_media *ours,
				       const ims_sdp_media *core)
{
	if (ours->port == 0)
		return ims_sdp_why_not_served(browser ? browser : ours);
	if (!core || core->port == 0)
		return IMS_SDP_REFUSED_BY_CORE;
	return ims_sdp_why_not_served(core);
}

ims_sdp *ims_sdp_answer_to_browser(const ims_sdp *browser_offer, const ims_sdp *core_offer,
				   const ims_sdp *core_answer, GArray **ret_streams, GError **error)
{
	g_autoptr(ims_sdp) sdp = ims_sdp_new_for_browser();
	g_autoptr(GArray) streams = ims_sdp_streams_new();

	if (!ims_sdp_check_shape(core_offer, core_answer, error))
		return NULL;
	for (guint i = 0; i < core_offer->media->len; i++) {
		const ims_sdp_media *browser = ims_sdp_media_at(browser_offer, i),
				    *ours = ims_sdp_media_at(core_offer, i);
		const ims_sdp_media *core = ims_sdp_media_at(core_answer, i);
		ims_sdp_media *answer = NULL;
		ims_sdp_stream stream;

		ims_sdp_stream_init(&stream, ours->kind, i);
		if (browser && core && ours->port != 0 && ims_sdp_core_is_servable(core, NULL)) {
			if (!ims_sdp_stream_set_remote(&stream, core, ims_sdp_address_family(ours->address),
						       error))
				return NULL;
			answer = line_to_browser(&stream, browser, ours, core);
		}
		if (!answer)
			stream.refusal = refusal_by_core(browser, ours, core);
		if (browser) /* it does not know what stands behind its own lines */
			g_ptr_array_add(sdp->media, answer ? answer : refused_to_browser(browser));
		g_array_append_val(streams, stream);
		if (stream.used &&
		    !ims_sdp_take_srtp(&g_array_index(streams, ims_sdp_stream, i), ours, core, error))
			return NULL;
	}
	if (!ims_sdp_streams_check(streams, core_answer, error))
		return NULL;
	*ret_streams = g_steal_pointer(&streams);
	return g_steal_pointer(&sdp);
}

/* ---- the browser's answer to the core ---- */

/* The core's codecs under its own numbers, as far as the browser took them. */
static void agree_with_browser(ims_sdp_media *answer, ims_sdp_stream *stream, const ims_sdp_media *core,
			       const ims_sdp_media *offered, const GPtrArray *accepted)
{
	for (guint i = 0; i < accepted->len; i++) {
		const ims_sdp_codec *codec = accepted->pdata[i]; /* the number the browser receives under */
		const ims_sdp_codec *sent = ims_sdp_codecs_find(offered->codecs, codec); /* ... sends under */
		const ims_sdp_codec *own = ims_sdp_codecs_find(core->codecs, codec);

		if (!sent || !own)
			continue;
		ims_sdp_add_answered(answer, own->pt, own, codec);
		ims_sdp_stream_add_codec(stream, own, sent->pt);
		stream->to_browser[own->pt] = codec->pt;
	}
}

/* Tones are made here: at the clock of an agreed codec they need no consent of the browser. */
void ims_sdp_add_events(ims_sdp_media *answer, ims_sdp_stream *stream, const ims_sdp_media *core)
{
	g_autoptr(GPtrArray) offered = ims_sdp_codecs_crossing(core);

	for (guint i = 0; i < offered->len; i++) {
		const ims_sdp_codec *event = offered->pdata[i];

		if (!add_event(answer, event))
			continue;
		ims_sdp_stream_offer_dtmf(stream, event);
		stream->core_event_khz[event->pt] = (guint8)(event->clock_hz / 1000);
	}
}

static ims_sdp_media *line_to_core(ims_sdp_stream *stream, const ims_sdp_media *core,
				   const ims_sdp_media *offered, const ims_sdp_media *browser,
				   const ims_sdp_local *local)
{
	g_autoptr(GPtrArray) accepted = ims_sdp_codecs_crossing(browser);
	g_autoptr(ims_sdp_media) answer = ims_sdp_core_media(local, core->kind, stream->mline, core->proto);

	agree_with_browser(answer, stream, core, offered, accepted);
	if (answer->kind == IMS_MEDIA_AUDIO)
		ims_sdp_add_events(answer, stream, core);
	ims_sdp_add_packet_time(answer, browser);
	ims_sdp_add_bandwidths(answer, local, core);
	if (answer->kind == IMS_MEDIA_VIDEO) {
		stream->browser_cvo_id = ims_sdp_cvo_id(browser);
		ims_sdp_answer_video(answer, core, stream->browser_cvo_id > 0);
		ims_sdp_stream_set_video(stream, answer, core);
	}
	stream->wish = stream->allowed = browser->direction;
	stream->direction = ims_direction_reverse(ims_sdp_core_direction(core)) & stream->allowed;
	answer->direction = stream->direction;
	stream->used = stream->browser_pt >= 0;
	return stream->used ? g_steal_pointer(&answer) : NULL;
}

static ims_sdp_refusal refusal_by_browser(const ims_sdp_media *core, const ims_sdp_media *offered,
					  const ims_sdp_media *browser)
{
	if (!offered || offered->port == 0)
		return ims_sdp_why_not_served(core);
	if (!browser || browser->port == 0)
		return IMS_SDP_REFUSED_BY_BROWSER;
	return ims_sdp_why_not_served(browser);
}

ims_sdp *ims_sdp_answer_to_core(const ims_sdp *core_offer, const ims_sdp *browser_offer,
				const ims_sdp *browser_answer, const ims_sdp_local *local,
				GArray **ret_streams, GError **error)
{
	g_autoptr(ims_sdp) sdp = ims_sdp_new_for_core(local);
	g_autoptr(GArray) streams = ims_sdp_streams_new();

	if (!ims_sdp_check_shape(browser_offer, browser_answer, error))
		return NULL;
	for (guint i = 0; i < core_offer->media->len; i++) {
		const ims_sdp_media *core = ims_sdp_media_at(core_offer, i),
				    *offered = ims_sdp_media_at(browser_offer, i);
		const ims_sdp_media *browser = ims_sdp_media_at(browser_answer, i);
		ims_sdp_media *answer = NULL;
		ims_sdp_stream stream;

		ims_sdp_stream_init(&stream, core->kind, i);
		if (offered && offered->port != 0 && browser && ims_sdp_media_is_servable(browser, NULL) &&
		    ims_sdp_core_is_servable(core, NULL) && ims_sdp_local_port(local, i) != 0) {
			if (!ims_sdp_stream_set_remote(&stream, core, ims_sdp_address_family(local->address),
						       error))
				return NULL;
			answer = line_to_core(&stream, core, offered, browser, local);
		}
		if (!answer)
			stream.refusal = refusal_by_browser(core, offered, browser);
		g_ptr_array_add(sdp->media, answer ? answer : ims_sdp_refused(core, core->proto));
		g_array_append_val(streams, stream);
		if (answer && !ims_sdp_answer_srtp(answer, &g_array_index(streams, ims_sdp_stream, i), core,
						   IMS_SRTP_NONE, local, error))
			return NULL;
	}
	if (!ims_sdp_streams_check(streams, browser_answer, error))
		return NULL;
	*ret_streams = g_steal_pointer(&streams);
	return g_steal_pointer(&sdp);
}
