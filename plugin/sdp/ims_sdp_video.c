/* ims_sdp_video.c: what video m-lines have besides codecs: feedback, orientation, a limit.
 *
 * Towards the core: PLI and FIR only. Lost packets are asked for, sent again and estimated between
 * Janus and the browser: nack, rtx, goog-remb and transport-cc end here (REQ-125). */
#include <string.h>
#include "sdp/ims_h264.h"
#include "sdp/ims_sdp_codec.h"
#include "sdp/internal.h"

#define CVO "urn:3gpp:video-orientation"
#define TRANSPORT_CC "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01"
#define MAX_EXTENSION_ID 14 /* of one-byte headers (RFC 8285 4.2) */
#define MIN_KBPS 30

static const char *const core_feedback[] = { "nack pli", "ccm fir" };
static const char *const browser_feedback[] = { "nack", "nack pli", "ccm fir", "goog-remb", "transport-cc" };

/* ---- a=rtcp-fb (RFC 4585 4.2) ---- */

/* pt: of one codec; -1: of any */
static gboolean has_feedback(const ims_sdp_media *media, gint pt, const char *feedback)
{
	for (guint i = 0; i < media->attributes->len; i++) {
		const ims_sdp_attribute *a = media->attributes->pdata[i];
		const char *space = a->value ? strchr(a->value, ' ') : NULL;

		if (strcmp(a->name, "rtcp-fb") != 0 || !space || g_ascii_strcasecmp(space + 1, feedback) != 0)
			continue;
		if (pt < 0 || a->value[0] == '*' || atoi(a->value) == pt)
			return TRUE;
	}
	return FALSE;
}

static void add_feedback(ims_sdp_media *media, gint pt, const char *feedback)
{
	g_autofree char *value =
		pt < 0 ? g_strdup_printf("* %s", feedback) : g_strdup_printf("%d %s", pt, feedback);

	ims_sdp_media_add_attribute(media, "rtcp-fb", value);
}

/* ---- a=extmap (RFC 8285 5): "13 URI", "13/recvonly URI" ---- */

static guint8 extension_id(const ims_sdp_media *media, const char *uri)
{
	gsize length = strlen(uri);

	for (guint i = 0; i < media->attributes->len; i++) {
		const ims_sdp_attribute *a = media->attributes->pdata[i];
		const char *space = a->value ? strchr(a->value, ' ') : NULL;
		guint64 id;

		if (strcmp(a->name, "extmap") != 0 || !space || strncmp(space + 1, uri, length) != 0 ||
		    (space[1 + length] != '\0' && space[1 + length] != ' '))
			continue;
		id = g_ascii_strtoull(a->value, NULL, 10);
		return id >= 1 && id <= MAX_EXTENSION_ID ? (guint8)id : 0;
	}
	return 0;
}

static void add_extension(ims_sdp_media *media, guint8 id, const char *uri)
{
	g_autofree char *value = g_strdup_printf("%u %s", id, uri);

	if (id > 0)
		ims_sdp_media_add_attribute(media, "extmap", value);
}

guint8 ims_sdp_cvo_id(const ims_sdp_media *media)
{
	return extension_id(media, CVO);
}

/* ---- towards the core ---- */

void ims_sdp_offer_video(ims_sdp_media *core, guint8 cvo_id)
{
	ims_sdp_offer_profile(core);
	for (gsize i = 0; i < G_N_ELEMENTS(core_feedback); i++)
		add_feedback(core, -1, core_feedback[i]);
	add_extension(core, cvo_id, CVO);
}

void ims_sdp_answer_video(ims_sdp_media *answer, const ims_sdp_media *core, gboolean cvo)
{
	ims_sdp_answer_profile(answer, core);
	for (gsize i = 0; i < G_N_ELEMENTS(core_feedback); i++)
		if (has_feedback(core, -1, core_feedback[i]))
			add_feedback(answer, -1, core_feedback[i]);
	if (cvo)
		add_extension(answer, ims_sdp_cvo_id(core), CVO);
}

/* ---- towards the browser ---- */

/* The number an extension had before, else one that no other had. */
static guint8 extension_id_for(const ims_sdp *previous, const char *uri, guint8 usual)
{
	gboolean taken[MAX_EXTENSION_ID + 1] = { FALSE };
	guint8 id = usual;

	for (guint i = 0; previous && i < previous->media->len; i++) {
		const ims_sdp_media *media = ims_sdp_media_at(previous, i);
		guint8 before = extension_id(media, uri);

		if (before > 0)
			return before;
		for (guint k = 0; k < media->attributes->len; k++) {
			const ims_sdp_attribute *a = media->attributes->pdata[k];

			if (a->value && strcmp(a->name, "extmap") == 0)
				taken[MIN(g_ascii_strtoull(a->value, NULL, 10), MAX_EXTENSION_ID)] = TRUE;
		}
	}
	while (id > 0 && taken[id])
		id--;
	return id;
}

/* b=TIAS, as both engines read it. */
static void add_limit(ims_sdp_media *browser, guint kbps)
{
	if (kbps != G_MAXUINT)
		g_ptr_array_add(browser->bandwidths,
				g_strdup_printf("TIAS:%" G_GUINT64_FORMAT, (guint64)kbps * 1000));
}

void ims_sdp_offer_browser_video(ims_sdp_media *browser, const ims_sdp_media *core, const ims_sdp *previous)
{
	guint kbps = ims_sdp_max_kbps(core);

	for (guint i = 0; i < browser->codecs->len; i++) {
		const ims_sdp_codec *codec = browser->codecs->pdata[i];

		for (gsize f = 0; f < G_N_ELEMENTS(browser_feedback); f++)
			add_feedback(browser, codec->pt, browser_feedback[f]);
	}
	if (ims_sdp_cvo_id(core) > 0)
		add_extension(browser, extension_id_for(previous, CVO, 13), CVO);
	add_extension(browser, extension_id_for(previous, TRANSPORT_CC, 12), TRANSPORT_CC);
	add_limit(browser, kbps == G_MAXUINT ? kbps : MAX(kbps, MIN_KBPS));
}

void ims_sdp_answer_browser_video(ims_sdp_media *answer, const ims_sdp_media *browser,
				  const ims_sdp_stream *stream)
{
	for (guint i = 0; i < answer->codecs->len; i++) {
		const ims_sdp_codec *codec = answer->codecs->pdata[i];

		for (gsize f = 0; f < G_N_ELEMENTS(browser_feedback); f++)
			if (has_feedback(browser, codec->pt, browser_feedback[f]))
				add_feedback(answer, codec->pt, browser_feedback[f]);
	}
	if (stream->core_cvo_id > 0)
		add_extension(answer, ims_sdp_cvo_id(browser), CVO);
	add_extension(answer, extension_id(browser, TRANSPORT_CC), TRANSPORT_CC);
	add_limit(answer, stream->max_kbps);
}

/* ---- what was agreed ---- */

/* What the decoder behind the codec that the browser sends can take. */
static guint level_kbps(const ims_sdp_stream *stream, const ims_sdp_media *core)
{
	for (guint i = 0; stream->browser_pt >= 0 && i < core->codecs->len; i++) {
		const ims_sdp_codec *codec = core->codecs->pdata[i];
		ims_h264 format;

		if (codec->pt == stream->to_core[stream->browser_pt] && ims_sdp_codec_is_h264(codec) &&
		    ims_h264_parse(codec->fmtp, &format))
			return ims_h264_max_kbps(&format);
	}
	return G_MAXUINT;
}

void ims_sdp_stream_set_video(ims_sdp_stream *stream, const ims_sdp_media *ours, const ims_sdp_media *core)
{
	guint kbps = MIN(ims_sdp_max_kbps(core), level_kbps(stream, core));

	stream->pli = has_feedback(core, -1, core_feedback[0]);
	stream->fir = has_feedback(core, -1, core_feedback[1]);
	stream->core_cvo_id =
		stream->browser_cvo_id > 0 && ims_sdp_cvo_id(ours) > 0 ? ims_sdp_cvo_id(core) : 0;
	stream->max_kbps = MAX(MIN(kbps, ims_sdp_max_kbps(ours)), MIN_KBPS);
}
