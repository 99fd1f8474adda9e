/* ims_sdp_codec.c: the tables of codecs, and lists of them compared. */
#include "sdp/ims_amr.h"
#include "sdp/ims_h264.h"
#include "sdp/ims_sdp_codec.h"
#include "sdp/internal.h"
#include <string.h>

typedef struct {
	guint8 pt;
	ims_media_kind kind;
	const char *name;
	guint clock_hz;
	guint channels;
} static_type;

/* clang-format off */
/* RFC 3551 table 4 and 5, RFC 3389 for 13. */
static const static_type static_types[] = {
	{  0, IMS_MEDIA_AUDIO, "PCMU",  8000,  1 },
	{  3, IMS_MEDIA_AUDIO, "GSM",   8000,  1 },
	{  4, IMS_MEDIA_AUDIO, "G723",  8000,  1 },
	{  5, IMS_MEDIA_AUDIO, "DVI4",  8000,  1 },
	{  6, IMS_MEDIA_AUDIO, "DVI4",  16000, 1 },
	{  7, IMS_MEDIA_AUDIO, "LPC",   8000,  1 },
	{  8, IMS_MEDIA_AUDIO, "PCMA",  8000,  1 },
	{  9, IMS_MEDIA_AUDIO, "G722",  8000,  1 },
	{ 10, IMS_MEDIA_AUDIO, "L16",   44100, 2 },
	{ 11, IMS_MEDIA_AUDIO, "L16",   44100, 1 },
	{ 12, IMS_MEDIA_AUDIO, "QCELP", 8000,  1 },
	{ 13, IMS_MEDIA_AUDIO, "CN",    8000,  1 },
	{ 14, IMS_MEDIA_AUDIO, "MPA",   90000, 1 },
	{ 15, IMS_MEDIA_AUDIO, "G728",  8000,  1 },
	{ 16, IMS_MEDIA_AUDIO, "DVI4",  11025, 1 },
	{ 17, IMS_MEDIA_AUDIO, "DVI4",  22050, 1 },
	{ 18, IMS_MEDIA_AUDIO, "G729",  8000,  1 },
	{ 25, IMS_MEDIA_VIDEO, "CelB",  90000, 1 },
	{ 26, IMS_MEDIA_VIDEO, "JPEG",  90000, 1 },
	{ 28, IMS_MEDIA_VIDEO, "nv",    90000, 1 },
	{ 31, IMS_MEDIA_VIDEO, "H261",  90000, 1 },
	{ 32, IMS_MEDIA_VIDEO, "MPV",   90000, 1 },
	{ 33, IMS_MEDIA_VIDEO, "MP2T",  90000, 1 },
	{ 34, IMS_MEDIA_VIDEO, "H263",  90000, 1 },
};

/* What passes untouched when both ends know it. Video is as wide as the network allows. */
static const struct relayed {
	ims_media_kind kind;
	const char *name;
	guint clock_hz, channels, kbps;
} relayed_codecs[] = {
	{ IMS_MEDIA_AUDIO, "opus", 48000, 2, 40 }, /* RFC 7587 3.1.1: full-band mono speech; more if asked for */
	{ IMS_MEDIA_AUDIO, "G722", 8000,  1, 64 },
	{ IMS_MEDIA_AUDIO, "PCMU", 8000,  1, 64 },
	{ IMS_MEDIA_AUDIO, "PCMA", 8000,  1, 64 },
	{ IMS_MEDIA_AUDIO, "AMR",    8000,  1, 14 }, /* in their greatest mode, octet-aligned (26.114 K.3) */
	{ IMS_MEDIA_AUDIO, "AMR-WB", 16000, 1, 25 },
	{ IMS_MEDIA_AUDIO, "EVS",    16000, 1, 26 },
	{ IMS_MEDIA_VIDEO, "H264", 90000, 1, 0 },
	{ IMS_MEDIA_VIDEO, "VP8",  90000, 1, 0 },
};
/* clang-format on */

gboolean ims_sdp_codec_fill_static(ims_sdp_codec *codec, ims_media_kind kind)
{
	for (gsize i = 0; i < G_N_ELEMENTS(static_types); i++) {
		const static_type *type = &static_types[i];

		if (type->pt != codec->pt || type->kind != kind)
			continue;
		g_free(codec->name);
		codec->name = g_strdup(type->name);
		codec->clock_hz = type->clock_hz;
		codec->channels = type->channels;
		return TRUE;
	}
	return FALSE;
}

gboolean ims_sdp_codec_has_static_pt(const ims_sdp_codec *codec)
{
	for (gsize i = 0; i < G_N_ELEMENTS(static_types); i++) {
		const static_type *type = &static_types[i];

		if (type->pt == codec->pt)
			return g_ascii_strcasecmp(type->name, codec->name) == 0 &&
			       type->clock_hz == codec->clock_hz && type->channels == codec->channels;
	}
	return FALSE;
}

static const struct relayed *find_relayed(const ims_sdp_codec *codec)
{
	for (gsize i = 0; i < G_N_ELEMENTS(relayed_codecs); i++) {
		const struct relayed *r = &relayed_codecs[i];

		if (g_ascii_strcasecmp(r->name, codec->name) == 0 && r->clock_hz == codec->clock_hz &&
		    r->channels == codec->channels)
			return r;
	}
	return NULL;
}

gboolean ims_sdp_codec_is_relayed(const ims_sdp_codec *codec)
{
	return find_relayed(codec) != NULL;
}

gboolean ims_sdp_codec_is_h264(const ims_sdp_codec *codec)
{
	return g_ascii_strcasecmp(codec->name, "H264") == 0;
}

gboolean ims_sdp_codec_is_event(const ims_sdp_codec *codec)
{
	return g_ascii_strcasecmp(codec->name, "telephone-event") == 0 && codec->channels == 1 &&
	       (codec->clock_hz == 8000 || codec->clock_hz == 16000 || codec->clock_hz == 32000 ||
		codec->clock_hz == 48000);
}

gboolean ims_sdp_codec_is_comfort(const ims_sdp_codec *codec)
{
	return g_ascii_strcasecmp(codec->name, "CN") == 0 && codec->channels == 1;
}

static gboolean is_same_h264(const ims_sdp_codec *a, const ims_sdp_codec *b)
{
	ims_h264 x, y;

	return ims_h264_parse(a->fmtp, &x) && ims_h264_parse(b->fmtp, &y) && ims_h264_is_same(&x, &y);
}

gboolean ims_sdp_codec_is_same(const ims_sdp_codec *a, const ims_sdp_codec *b)
{
	return g_ascii_strcasecmp(a->name, b->name) == 0 && a->clock_hz == b->clock_hz &&
	       a->channels == b->channels && (!ims_sdp_codec_is_h264(a) || is_same_h264(a, b)) &&
	       (!ims_amr_is(a->name) || ims_amr_is_same(a->fmtp, b->fmtp));
}

ims_sdp_codec *ims_sdp_codecs_find(const GPtrArray *codecs, const ims_sdp_codec *like)
{
	for (guint i = 0; i < codecs->len; i++) {
		if (ims_sdp_codec_is_same(codecs->pdata[i], like))
			return codecs->pdata[i];
	}
	return NULL;
}

gboolean ims_sdp_codecs_have_clock(const GPtrArray *codecs, guint clock_hz)
{
	for (guint i = 0; i < codecs->len; i++) {
		const ims_sdp_codec *codec = codecs->pdata[i];

		if (codec->clock_hz == clock_hz && ims_sdp_codec_is_relayed(codec))
			return TRUE;
	}
	return FALSE;
}

gboolean ims_sdp_codecs_have_relayed(const GPtrArray *codecs)
{
	for (guint i = 0; i < codecs->len; i++) {
		if (ims_sdp_codec_is_relayed(codecs->pdata[i]))
			return TRUE;
	}
	return FALSE;
}

gboolean ims_sdp_codec_fits(const ims_sdp_codec *codec)
{
	return !codec->fmtp || strlen(codec->fmtp) <= IMS_SDP_MAX_FMTP;
}

static gboolean audio_crosses(const ims_sdp_codec *codec, const GPtrArray *beside)
{
	if (!ims_sdp_codec_fits(codec))
		return FALSE;
	if (ims_sdp_codec_is_comfort(codec))
		return ims_sdp_codecs_have_clock(beside, codec->clock_hz);
	return ims_sdp_codec_is_relayed(codec) || ims_sdp_codec_is_event(codec);
}

/* The parameters of H.264 are written anew, so they may be of any length. */
static gboolean video_crosses(const ims_sdp_codec *codec)
{
	ims_h264 format;

	if (!ims_sdp_codec_is_relayed(codec))
		return FALSE;
	return ims_sdp_codec_is_h264(codec) ? ims_h264_parse(codec->fmtp, &format)
					    : ims_sdp_codec_fits(codec);
}

static gboolean crosses(const ims_sdp_codec *codec, const ims_sdp_media *media)
{
	const struct relayed *r = find_relayed(codec);

	if (r && r->kind != media->kind)
		return FALSE;
	if (media->kind == IMS_MEDIA_VIDEO)
		return video_crosses(codec);
	return media->kind == IMS_MEDIA_AUDIO && audio_crosses(codec, media->codecs);
}

GPtrArray *ims_sdp_codecs_crossing(const ims_sdp_media *media)
{
	GPtrArray *found = g_ptr_array_new();

	for (guint i = 0; i < media->codecs->len; i++) {
		ims_sdp_codec *codec = media->codecs->pdata[i];

		if (crosses(codec, media) && !ims_sdp_codecs_find(found, codec))
			g_ptr_array_add(found, codec);
	}
	return found;
}

static void add_named(GPtrArray *found, const GPtrArray *codecs, const char *name)
{
	for (guint i = 0; i < codecs->len; i++) {
		ims_sdp_codec *codec = codecs->pdata[i];

		if (g_ascii_strcasecmp(codec->name, name) == 0 && !g_ptr_array_find(found, codec, NULL))
			g_ptr_array_add(found, codec);
	}
}

/* Or a handset that has nothing else would ring at a browser in vain. */
static void add_known_to_browsers(GPtrArray *found, const GPtrArray *codecs)
{
	for (guint i = 0; i < codecs->len; i++) {
		ims_sdp_codec *codec = codecs->pdata[i];

		if (ims_sdp_codec_is_relayed(codec) && !ims_amr_is(codec->name))
			g_ptr_array_add(found, codec);
	}
}

/* Comfort noise and events go with any codec of their clock. */
static void add_beside(GPtrArray *found, const GPtrArray *codecs)
{
	for (guint i = 0; i < codecs->len; i++) {
		ims_sdp_codec *codec = codecs->pdata[i];
		gboolean noise = ims_sdp_codec_is_comfort(codec);

		if (ims_sdp_codec_is_event(codec) ||
		    (noise && ims_sdp_codecs_have_clock(found, codec->clock_hz)))
			g_ptr_array_add(found, codec);
	}
}

GPtrArray *ims_sdp_codecs_offered(const ims_sdp_media *media, const ims_sdp_policy *policy)
{
	const GPtrArray *names = media->kind == IMS_MEDIA_VIDEO ? policy->video_codecs : policy->audio_codecs;
	g_autoptr(GPtrArray) crossing = ims_sdp_codecs_crossing(media);
	GPtrArray *found;

	found = g_ptr_array_new();
	if (media->kind != IMS_MEDIA_VIDEO && names->len == 0)
		add_known_to_browsers(found, crossing);
	for (guint i = 0; i < names->len; i++)
		add_named(found, crossing, names->pdata[i]);
	if (media->kind != IMS_MEDIA_VIDEO)
		add_beside(found, crossing);
	return found;
}

/* Read in place: strangers choose how long it is, and each codec is compared with each other. */
char *ims_sdp_fmtp_get(const char *fmtp, const char *name)
{
	gsize length = strlen(name);

	for (const char *p = fmtp; p; p = strchr(p, ';')) {
		p += strspn(p, "; \t");
		if (g_ascii_strncasecmp(p, name, length) == 0 && p[length] == '=')
			return g_strchomp(g_strndup(p + length + 1, strcspn(p + length + 1, ";")));
	}
	return NULL;
}

/* 0: not there or no number. */
static guint fmtp_number(const char *fmtp, const char *name)
{
	g_autofree char *text = ims_sdp_fmtp_get(fmtp, name);
	guint64 number = 0;

	if (text)
		g_ascii_string_to_unsigned(text, 10, 0, G_MAXINT, &number, NULL);
	return (guint)number;
}

static guint codec_kbps(const ims_sdp_codec *codec)
{
	const struct relayed *r = find_relayed(codec);
	guint asked;

	if (!r || g_ascii_strcasecmp(r->name, "opus") != 0)
		return r ? r->kbps : 0;
	asked = fmtp_number(codec->fmtp, "maxaveragebitrate");
	if (asked != 0)
		return CLAMP(asked, 6000, 510000) / 1000;
	return fmtp_number(codec->fmtp, "stereo") == 1 ? 64 : r->kbps;
}

guint ims_sdp_codecs_bandwidth(const GPtrArray *codecs, gboolean ipv6)
{
	guint headers_kbps = 50 * 8 * ((ipv6 ? 40u : 20u) + 8 + 12) / 1000;
	guint most = 0;

	for (guint i = 0; i < codecs->len; i++)
		most = MAX(most, codec_kbps(codecs->pdata[i]));
	return most + headers_kbps;
}
