/* ims_sdp_answer.c: answers across the edge, and the streams that come of them. */
#include "base/ims_error.h"
#include "sdp/ims_sdp_codec.h"
#include "sdp/internal.h"
#include <string.h>

static GArray *streams_new(void)
{
	return g_array_new(FALSE, FALSE, sizeof(ims_sdp_stream));
}

static const ims_sdp_media *media_at(const ims_sdp *sdp, guint mline)
{
	return mline < sdp->media->len ? sdp->media->pdata[mline] : NULL;
}

static gboolean check_used(const GArray *streams, const ims_sdp *theirs, GError **error)
{
	for (guint i = 0; i < streams->len; i++) {
		if (g_array_index(streams, ims_sdp_stream, i).used)
			return TRUE;
	}
	ims_sdp_say_nothing_left(theirs, error);
	return FALSE;
}

/* An answer has the lines of its offer (RFC 3264 6). Lines at the end which we had refused ourselves
 * may be missing: phones forget them, and nothing depends on them. */
static gboolean check_shape(const ims_sdp *offer, const ims_sdp *answer, GError **error)
{
	if (answer->media->len > offer->media->len) {
		g_set_error(error, IMS_ERROR, IMS_E_BAD_SDP, "%u m-lines answer %u", answer->media->len,
			    offer->media->len);
		return FALSE;
	}
	for (guint i = 0; i < offer->media->len; i++) {
		const ims_sdp_media *o = media_at(offer, i), *a = media_at(answer, i);

		if (!a && o->port == 0)
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
	if (offered->codecs->len > 0)
		g_ptr_array_add(media->codecs, ims_sdp_codec_copy(offered->codecs->pdata[0]));
	media->direction = IMS_DIR_INACTIVE;
	media->address = g_strdup("0.0.0.0");
	return media;
}

/* The core's codecs under the browser's numbers. */
static void agree_with_core(ims_sdp_media *answer, ims_sdp_stream *stream, const ims_sdp_media *browser,
			    const ims_sdp_media *ours, const GPtrArray *accepted)
{
	for (guint i = 0; i < accepted->len; i++) {
		const ims_sdp_codec *codec = accepted->pdata[i];
		const ims_sdp_codec *offered = ims_sdp_codecs_find(ours->codecs, codec);
		const ims_sdp_codec *own = ims_sdp_codecs_find(browser->codecs, codec);

		if (!offered || !own)
			continue;
		ims_sdp_add_codec(answer, own->pt, codec, codec->fmtp);
		ims_sdp_stream_add_codec(stream, codec, own->pt);
		stream->to_browser[offered->pt] = own->pt;
	}
}

/* We receive under the numbers of our own offer, yet some phones send under those of their answer
 * when these differ: known too, where that is not ambiguous. */
static void add_answered_pts(ims_sdp_stream *stream)
{
	for (gint16 pt = 0; pt < 128; pt++) {
		gint16 answered = stream->to_core[pt];

		if (answered >= 0 && stream->to_browser[answered] < 0)
			stream->to_browser[answered] = pt;
	}
}

/* Tones are made here, whether or not the browser knows of them. */
static void agree_on_events(ims_sdp_stream *stream, const ims_sdp_media *ours, const GPtrArray *accepted)
{
	for (guint i = 0; i < accepted->len; i++) {
		const ims_sdp_codec *codec = accepted->pdata[i];

		if (ims_sdp_codec_is_event(codec) && ims_sdp_codecs_find(ours->codecs, codec))
			ims_sdp_stream_offer_dtmf(stream, codec);
	}
}

static ims_sdp_media *line_to_browser(ims_sdp_stream *stream, const ims_sdp_media *browser,
				      const ims_sdp_media *ours, const ims_sdp_media *core)
{
	g_autoptr(GPtrArray) accepted = ims_sdp_codecs_crossing(core);
	g_autoptr(ims_sdp_media) answer = ims_sdp_browser_audio(browser->proto, stream->ptime_ms);

	agree_with_core(answer, stream, browser, ours, accepted);
	add_answered_pts(stream);
	agree_on_events(stream, ours, accepted);
	answer->direction = ims_direction_reverse(browser->direction);
	stream->allowed = ours->direction;
	stream->direction = ims_direction_reverse(ims_sdp_core_direction(core)) & stream->allowed;
	stream->used = stream->browser_pt >= 0;
	return stream->used ? g_steal_pointer(&answer) : NULL;
}

ims_sdp *ims_sdp_answer_to_browser(const ims_sdp *browser_offer, const ims_sdp *core_offer,
				   const ims_sdp *core_answer, GArray **ret_streams, GError **error)
{
	g_autoptr(ims_sdp) sdp = ims_sdp_new_for_browser();
	g_autoptr(GArray) streams = streams_new();

	g_return_val_if_fail(browser_offer->media->len >= core_offer->media->len, NULL);
	if (!check_shape(core_offer, core_answer, error))
		return NULL;
	for (guint i = 0; i < core_offer->media->len; i++) {
		const ims_sdp_media *browser = media_at(browser_offer, i), *ours = media_at(core_offer, i);
		const ims_sdp_media *core = media_at(core_answer, i);
		ims_sdp_media *answer = NULL;
		ims_sdp_stream stream;

		ims_sdp_stream_init(&stream, ours->kind, i);
		if (core && ours->port != 0 && ims_sdp_core_is_servable(core)) {
			if (!ims_sdp_stream_set_remote(&stream, core, ims_sdp_address_family(ours->address), error))
				return NULL;
			answer = line_to_browser(&stream, browser, ours, core);
		}
		g_ptr_array_add(sdp->media, answer ? answer : refused_to_browser(browser));
		g_array_append_val(streams, stream);
	}
	if (!check_used(streams, core_answer, error))
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
		ims_sdp_add_codec(answer, own->pt, codec, codec->fmtp);
		ims_sdp_stream_add_codec(stream, own, sent->pt);
		stream->to_browser[own->pt] = codec->pt;
	}
}

/* Tones are made here: at the clock of an agreed codec they need no consent of the browser. */
static void add_events(ims_sdp_media *answer, ims_sdp_stream *stream, const ims_sdp_media *core)
{
	g_autoptr(GPtrArray) offered = ims_sdp_codecs_crossing(core);

	for (guint i = 0; i < offered->len; i++) {
		const ims_sdp_codec *event = offered->pdata[i];
		gboolean there = ims_sdp_codecs_find(answer->codecs, event) != NULL;

		if (!ims_sdp_codec_is_event(event) ||
		    (!there && !ims_sdp_codecs_have_clock(answer->codecs, event->clock_hz)))
			continue;
		if (!there)
			ims_sdp_add_codec(answer, event->pt, event, event->fmtp);
		ims_sdp_stream_offer_dtmf(stream, event);
	}
}

static ims_sdp_media *line_to_core(ims_sdp_stream *stream, const ims_sdp_media *core,
				   const ims_sdp_media *offered, const ims_sdp_media *browser,
				   const ims_sdp_local *local)
{
	g_autoptr(GPtrArray) accepted = ims_sdp_codecs_crossing(browser);
	g_autoptr(ims_sdp_media) answer = ims_sdp_core_audio(local, stream->mline, core->proto);

	agree_with_browser(answer, stream, core, offered, accepted);
	add_events(answer, stream, core);
	ims_sdp_add_bandwidth(answer);
	stream->allowed = browser->direction;
	stream->direction = ims_direction_reverse(ims_sdp_core_direction(core)) & stream->allowed;
	answer->direction = stream->direction;
	stream->used = stream->browser_pt >= 0;
	return stream->used ? g_steal_pointer(&answer) : NULL;
}

ims_sdp *ims_sdp_answer_to_core(const ims_sdp *core_offer, const ims_sdp *browser_offer,
				const ims_sdp *browser_answer, const ims_sdp_local *local,
				GArray **ret_streams, GError **error)
{
	g_autoptr(ims_sdp) sdp = ims_sdp_new_for_core(local);
	g_autoptr(GArray) streams = streams_new();

	if (!check_shape(browser_offer, browser_answer, error))
		return NULL;
	for (guint i = 0; i < core_offer->media->len; i++) {
		const ims_sdp_media *core = media_at(core_offer, i), *offered = media_at(browser_offer, i);
		const ims_sdp_media *browser = media_at(browser_answer, i);
		ims_sdp_media *answer = NULL;
		ims_sdp_stream stream;

		ims_sdp_stream_init(&stream, core->kind, i);
		if (offered && offered->port != 0 && browser && ims_sdp_media_is_servable(browser) &&
		    ims_sdp_core_is_servable(core) && ims_sdp_local_port(local, i) != 0) {
			if (!ims_sdp_stream_set_remote(&stream, core, ims_sdp_address_family(local->address), error))
				return NULL;
			answer = line_to_core(&stream, core, offered, browser, local);
		}
		g_ptr_array_add(sdp->media, answer ? answer : ims_sdp_refused(core, core->proto));
		g_array_append_val(streams, stream);
	}
	if (!check_used(streams, browser_answer, error))
		return NULL;
	*ret_streams = g_steal_pointer(&streams);
	return g_steal_pointer(&sdp);
}

/* ---- a new offer of the core, answered without the browser ---- */

/* What the browser knows under some number stays that; only the core's number for it may be new.
 * A second round for a browser that sends under another number than it receives. */
static void renumber(ims_sdp_stream *stream, const ims_sdp_stream *old, const ims_sdp_media *ours,
		     const ims_sdp_media *answer)
{
	for (guint i = 0; i < answer->codecs->len; i++) {
		const ims_sdp_codec *now = answer->codecs->pdata[i];
		const ims_sdp_codec *before = ims_sdp_codecs_find(ours->codecs, now);
		gint16 browser_pt = old->to_browser[before->pt];

		ims_sdp_stream_add_codec(stream, now, (guint8)browser_pt);
		stream->to_browser[now->pt] = browser_pt;
	}
	for (guint i = 0; i < answer->codecs->len; i++) {
		const ims_sdp_codec *now = answer->codecs->pdata[i];
		const ims_sdp_codec *before = ims_sdp_codecs_find(ours->codecs, now);

		for (guint pt = 0; pt < 128; pt++) {
			if (old->to_core[pt] == before->pt && stream->to_core[pt] < 0)
				stream->to_core[pt] = now->pt;
		}
	}
}

static void keep_agreed(ims_sdp_media *answer, const ims_sdp_stream *old, const ims_sdp_media *ours,
			const ims_sdp_media *core)
{
	g_autoptr(GPtrArray) offered = ims_sdp_codecs_crossing(core);

	for (guint i = 0; i < offered->len; i++) {
		const ims_sdp_codec *now = offered->pdata[i];
		const ims_sdp_codec *before = ims_sdp_codecs_find(ours->codecs, now);

		if (before && old->to_browser[before->pt] >= 0)
			ims_sdp_add_codec(answer, now->pt, now, before->fmtp);
	}
}

/* What the browser sends must stay welcome, as it is not asked to send anything else. */
static ims_sdp_media *line_again(ims_sdp_stream *stream, const ims_sdp_stream *old,
				 const ims_sdp_media *ours, const ims_sdp_media *core,
				 const ims_sdp_local *local)
{
	g_autoptr(ims_sdp_media) answer = ims_sdp_core_audio(local, stream->mline, core->proto);

	stream->browser_pt = old->browser_pt;
	stream->clock_hz = old->clock_hz;
	keep_agreed(answer, old, ours, core);
	renumber(stream, old, ours, answer);
	add_events(answer, stream, core);
	ims_sdp_add_bandwidth(answer);
	stream->allowed = old->allowed;
	stream->direction = ims_direction_reverse(ims_sdp_core_direction(core)) & stream->allowed;
	answer->direction = stream->direction;
	stream->used = stream->to_core[stream->browser_pt] >= 0;
	return stream->used ? g_steal_pointer(&answer) : NULL;
}

static const ims_sdp_stream *used_stream(const GArray *streams, guint mline)
{
	const ims_sdp_stream *stream;

	if (mline >= streams->len)
		return NULL;
	stream = &g_array_index(streams, ims_sdp_stream, mline);
	return stream->used ? stream : NULL;
}

ims_sdp *ims_sdp_answer_reoffer(const ims_sdp *core_reoffer, const ims_sdp *our_last,
				const ims_sdp_local *local, GArray *streams, GError **error)
{
	g_autoptr(ims_sdp) sdp = ims_sdp_new_for_core(local);
	g_autoptr(GArray) next = streams_new();
	int family = ims_sdp_address_family(local->address);

	if (core_reoffer->media->len < our_last->media->len) {
		g_set_error(error, IMS_ERROR, IMS_E_BAD_SDP, "%u m-lines where there were %u",
			    core_reoffer->media->len, our_last->media->len);
		return NULL;
	}
	for (guint i = 0; i < core_reoffer->media->len; i++) {
		const ims_sdp_media *core = media_at(core_reoffer, i), *ours = media_at(our_last, i);
		const ims_sdp_stream *old = used_stream(streams, i);
		ims_sdp_media *answer = NULL;
		ims_sdp_stream stream;

		ims_sdp_stream_init(&stream, core->kind, i);
		if (old && ours && ims_sdp_core_is_servable(core) && ims_sdp_local_port(local, i) != 0) {
			if (!ims_sdp_stream_set_remote(&stream, core, family, error))
				return NULL;
			answer = line_again(&stream, old, ours, core, local);
		}
		g_ptr_array_add(sdp->media, answer ? answer : ims_sdp_refused(core, core->proto));
		g_array_append_val(next, stream);
	}
	if (!check_used(next, core_reoffer, error))
		return NULL;
	g_array_set_size(streams, 0);
	g_array_append_vals(streams, next->data, next->len);
	return g_steal_pointer(&sdp);
}
