/* ims_sdp_rewrite.c: offers across the edge. */
#include "base/ims_error.h"
#include "sdp/ims_h264.h"
#include "sdp/ims_sdp_codec.h"
#include "sdp/internal.h"
#include <string.h>

#define BROWSER_PROTO "UDP/TLS/RTP/SAVPF"
#define USUAL_EVENT_PT 101 /* some phones know no other */
#define USUAL_VIDEO_PT 96

/* What crosses as it was offered; H.264 is written in our way. */
static void add_offered(ims_sdp_media *media, guint8 pt, const ims_sdp_codec *codec)
{
	g_autofree char *fmtp = ims_sdp_codec_is_h264(codec) ? ims_h264_offer(codec->fmtp) : NULL;

	ims_sdp_add_codec(media, pt, codec, fmtp ? fmtp : codec->fmtp);
}

/* ---- browser's offer to the core ---- */

/* REQ-123: an event at the clock of each codec, whether or not the browser has one: the edge makes
 * the tones itself. */
static void add_missing_events(ims_sdp_media *core, ims_sdp_numbers *numbers, const ims_sdp_media *before)
{
	static const guint clocks_hz[] = { 8000, 16000, 48000 };

	for (gsize i = 0; i < G_N_ELEMENTS(clocks_hz); i++) {
		char name[] = "telephone-event";
		ims_sdp_codec event = { .name = name, .clock_hz = clocks_hz[i], .channels = 1 };

		if (ims_sdp_codecs_have_clock(core->codecs, event.clock_hz) &&
		    !ims_sdp_codecs_find(core->codecs, &event) &&
		    ims_sdp_numbers_give(numbers, &event, before, USUAL_EVENT_PT, &event.pt))
			ims_sdp_add_codec(core, event.pt, &event, "0-15");
	}
}

static gboolean is_baseline(const ims_sdp_codec *codec)
{
	ims_h264 format;

	return ims_sdp_codec_is_h264(codec) && ims_h264_parse(codec->fmtp, &format) &&
	       ims_h264_is_baseline(&format);
}

/* Baseline is what handsets must know (26.114 5.2.2); the other profiles of a browser only make the offer
 * long. */
static void keep_baseline(GPtrArray *codecs)
{
	gboolean any = FALSE;

	for (guint i = 0; i < codecs->len; i++)
		any = any || is_baseline(codecs->pdata[i]);
	for (guint i = codecs->len; any && i > 0; i--) {
		const ims_sdp_codec *codec = codecs->pdata[i - 1];

		if (ims_sdp_codec_is_h264(codec) && !is_baseline(codec))
			g_ptr_array_remove_index(codecs, i - 1);
	}
}

/* The profile that there was, else plain RTP; video may become more (ims_sdp_profile). */
static const char *core_proto(const ims_sdp_media *browser, const ims_sdp_media *before,
			      const ims_sdp_policy *policy)
{
	if (!ims_sdp_media_is_rtp(browser))
		return browser->proto;
	if (before && before->port != 0 && before->kind == browser->kind)
		return before->proto;
	return policy->srtp == IMS_SDES_MANDATORY ? "RTP/SAVP" : "RTP/AVP";
}

static guint8 core_cvo_id(const ims_sdp_media *browser, const ims_sdp_media *before)
{
	guint8 own = ims_sdp_cvo_id(browser), known = before ? ims_sdp_cvo_id(before) : 0;

	return own > 0 && known > 0 ? known : own;
}

static ims_sdp_media *media_to_core(const ims_sdp_media *browser, const ims_sdp_media *before,
				    const ims_sdp_local *local, guint mline)
{
	g_autoptr(GPtrArray) codecs = ims_sdp_codecs_offered(browser, local->policy);
	ims_sdp_media *core =
		ims_sdp_core_media(local, browser->kind, mline, core_proto(browser, before, local->policy));
	ims_sdp_numbers numbers = { .wanted = { FALSE } };
	guint8 pt;

	ims_sdp_numbers_want(&numbers, browser);
	ims_sdp_numbers_know(&numbers, before);
	keep_baseline(codecs);
	core->direction = browser->direction;
	for (guint i = 0; i < codecs->len; i++)
		if (ims_sdp_numbers_take(&numbers, codecs->pdata[i], before, &pt))
			add_offered(core, pt, codecs->pdata[i]);
	if (core->kind == IMS_MEDIA_AUDIO)
		add_missing_events(core, &numbers, before);
	else
		ims_sdp_offer_video(core, core_cvo_id(browser, before));
	ims_sdp_add_packet_time(core, browser);
	ims_sdp_add_bandwidths(core, local, before);
	ims_sdp_offer_srtp(core, mline, local);
	return core;
}

static gboolean check_count(const ims_sdp *offer, const ims_sdp *previous, GError **error)
{
	if (!previous || offer->media->len >= previous->media->len)
		return TRUE;
	g_set_error(error, IMS_ERROR, IMS_E_BAD_SDP, "%u m-lines where there were %u", offer->media->len,
		    previous->media->len);
	return FALSE;
}

/* The lines at the end of which the browser does not know: the core offered them, and we refused by
 * ourselves. */
static gboolean append_refused(ims_sdp *sdp, const ims_sdp *previous, GError **error)
{
	for (guint i = sdp->media->len; previous && i < previous->media->len; i++) {
		const ims_sdp_media *before = ims_sdp_media_at(previous, i);

		if (before->port != 0)
			return check_count(sdp, previous, error);
		g_ptr_array_add(sdp->media, ims_sdp_refused(before, before->proto));
	}
	return TRUE;
}

ims_sdp *ims_sdp_offer_to_core(const ims_sdp *browser_offer, const ims_sdp *previous,
			       const ims_sdp_local *local, GError **error)
{
	g_autoptr(ims_sdp) sdp = ims_sdp_new_for_core(local);
	gboolean any = FALSE;

	for (guint i = 0; i < browser_offer->media->len; i++) {
		const ims_sdp_media *media = browser_offer->media->pdata[i];
		const ims_sdp_media *before = previous ? ims_sdp_media_at(previous, i) : NULL;
		gboolean served =
			ims_sdp_media_is_servable(media, local->policy) && ims_sdp_local_port(local, i) != 0;

		any |= served;
		g_ptr_array_add(sdp->media,
				served ? media_to_core(media, before, local, i)
				       : ims_sdp_refused(media, core_proto(media, before, local->policy)));
	}
	if (!any) {
		ims_sdp_say_nothing_left(browser_offer, error);
		return NULL;
	}
	return append_refused(sdp, previous, error) ? g_steal_pointer(&sdp) : NULL;
}

/* ---- core's offer to the browser ---- */

/* What the browser is shown of a line it cannot have. Janus reads no m=text or m=message, and turns
 * port 0 of a first m-line into 9, as it keeps its ICE there: so it must be something a browser can
 * say yes to, though nothing flows. */
static ims_sdp_media *stand_in(const ims_sdp_media *core, ims_sdp_numbers *numbers)
{
	gboolean audio = core->kind == IMS_MEDIA_AUDIO;
	ims_sdp_media *media = ims_sdp_media_new(audio ? IMS_MEDIA_AUDIO : IMS_MEDIA_VIDEO,
						 audio ? "audio" : "video", BROWSER_PROTO);
	char name[] = "VP8";
	ims_sdp_codec vp8 = { .name = name, .clock_hz = 90000, .channels = 1 };

	media->direction = IMS_DIR_INACTIVE;
	media->address = g_strdup("0.0.0.0");
	if (audio)
		g_ptr_array_add(media->codecs, ims_sdp_codec_new(0, "PCMU", 8000, 1, NULL));
	else if (ims_sdp_numbers_give(numbers, &vp8, NULL, USUAL_VIDEO_PT, &vp8.pt))
		g_ptr_array_add(media->codecs, ims_sdp_codec_copy(&vp8));
	return media;
}

static ims_sdp_media *media_to_browser(const ims_sdp_media *core, ims_sdp_numbers *numbers,
				       const ims_sdp *previous, guint mline, const ims_sdp_policy *policy)
{
	g_autoptr(GPtrArray) codecs = ims_sdp_codecs_offered(core, policy);
	const ims_sdp_media *before = previous ? ims_sdp_media_at(previous, mline) : NULL;
	ims_sdp_media *browser = ims_sdp_browser_media(core->kind, BROWSER_PROTO);
	guint8 pt;

	for (guint i = 0; i < codecs->len; i++)
		if (ims_sdp_numbers_take(numbers, codecs->pdata[i], before, &pt))
			add_offered(browser, pt, codecs->pdata[i]);
	ims_sdp_add_packet_time(browser, core);
	if (browser->kind == IMS_MEDIA_VIDEO)
		ims_sdp_offer_browser_video(browser, core, previous);
	return browser;
}

/* Before the browser is bothered: can we send where the core wants it? */
static gboolean check_target(const ims_sdp_media *core, guint mline, GError **error)
{
	ims_sdp_stream stream;

	ims_sdp_stream_init(&stream, core->kind, mline);
	return ims_sdp_stream_set_remote(&stream, core, IMS_SDP_ANY_FAMILY, error);
}

static void collect_numbers(ims_sdp_numbers *numbers, const ims_sdp *core_offer, const ims_sdp *previous,
			    const ims_sdp_policy *policy)
{
	for (guint i = 0; i < core_offer->media->len; i++) {
		if (ims_sdp_core_is_servable(core_offer->media->pdata[i], policy))
			ims_sdp_numbers_want(numbers, core_offer->media->pdata[i]);
		if (previous)
			ims_sdp_numbers_know(numbers, ims_sdp_media_at(previous, i));
	}
}

ims_sdp *ims_sdp_offer_to_browser(const ims_sdp *core_offer, const ims_sdp *previous,
				  const ims_sdp_policy *policy, GError **error)
{
	g_autoptr(ims_sdp) sdp = ims_sdp_new_for_browser();
	ims_sdp_numbers numbers = { .wanted = { FALSE } };
	gboolean any = FALSE;

	if (!check_count(core_offer, previous, error))
		return NULL;
	collect_numbers(&numbers, core_offer, previous, policy);
	for (guint i = 0; i < core_offer->media->len; i++) {
		const ims_sdp_media *media = core_offer->media->pdata[i];
		gboolean served = ims_sdp_core_is_servable(media, policy);

		if (served && !check_target(media, i, error))
			return NULL;
		any |= served;
		g_ptr_array_add(sdp->media, served ? media_to_browser(media, &numbers, previous, i, policy)
						   : stand_in(media, &numbers));
	}
	if (!any) {
		ims_sdp_say_nothing_left(core_offer, error);
		g_prefix_error(error, "%s", policy->srtp == IMS_SDES_MANDATORY ? "SRTP is mandatory: " : "");
		return NULL;
	}
	return g_steal_pointer(&sdp);
}
