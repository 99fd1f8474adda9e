/* ims_sdp_lines.c: the lines all our descriptions are made of, and which lines deserve one. */
#include "base/ims_error.h"
#include "sdp/ims_amr.h"
#include "sdp/ims_h264.h"
#include "sdp/ims_sdp_codec.h"
#include "sdp/internal.h"
#include <string.h>

#define MAX_OFFERED_TEXT 300
#define AMR_MAXPTIME_MS 240 /* 26.114 6.2.2.2 */

ims_sdp *ims_sdp_new_for_core(const ims_sdp_local *local)
{
	ims_sdp *sdp = ims_sdp_new();

	sdp->username = g_strdup("-");
	sdp->session_id = g_strdup_printf("%" G_GUINT64_FORMAT, local->session_id);
	sdp->session_version = g_strdup_printf("%" G_GUINT64_FORMAT, local->session_version);
	sdp->origin_address = g_strdup(local->address);
	sdp->name = g_strdup("-");
	sdp->address = g_strdup(local->address);
	return sdp;
}

/* Janus fills in identifiers and addresses of its own. */
ims_sdp *ims_sdp_new_for_browser(void)
{
	ims_sdp *sdp = ims_sdp_new();

	sdp->username = g_strdup("-");
	sdp->session_id = g_strdup("0");
	sdp->session_version = g_strdup("0");
	sdp->origin_address = g_strdup("0.0.0.0");
	sdp->name = g_strdup("-");
	return sdp;
}

guint16 ims_sdp_local_port(const ims_sdp_local *local, guint mline)
{
	return mline < local->n_ports ? local->ports[mline] : 0;
}

static const char *word_of(ims_media_kind kind)
{
	return kind == IMS_MEDIA_VIDEO ? "video" : "audio";
}

ims_sdp_media *ims_sdp_core_media(const ims_sdp_local *local, ims_media_kind kind, guint mline,
				  const char *proto)
{
	ims_sdp_media *media = ims_sdp_media_new(kind, word_of(kind), proto);

	media->port = ims_sdp_local_port(local, mline);
	media->rtcp_port = media->port + 1;
	media->address = g_strdup(local->address);
	return media;
}

ims_sdp_media *ims_sdp_browser_media(ims_media_kind kind, const char *proto)
{
	ims_sdp_media *media = ims_sdp_media_new(kind, word_of(kind), proto);

	media->port = 9; /* RFC 8829 5.2.1: a port means nothing before ICE */
	media->rtcp_port = media->port + 1;
	media->address = g_strdup("0.0.0.0");
	return media;
}

static void add_number(ims_sdp_media *media, const char *name, guint value)
{
	g_autofree char *text = g_strdup_printf("%u", value);

	ims_sdp_media_add_attribute(media, name, text);
}

static gboolean has_amr(const ims_sdp_media *media)
{
	for (guint i = 0; i < media->codecs->len; i++)
		if (ims_amr_is(((const ims_sdp_codec *)media->codecs->pdata[i])->name))
			return TRUE;
	return FALSE;
}

/* Whoever is told packs for the other end, so that one's wishes count. */
void ims_sdp_add_packet_time(ims_sdp_media *media, const ims_sdp_media *wishes)
{
	guint ptime_ms = ims_sdp_ptime_ms(wishes), most_ms = ims_sdp_maxptime_ms(wishes);

	if (media->kind != IMS_MEDIA_AUDIO)
		return;
	if (most_ms == 0 && has_amr(media))
		most_ms = AMR_MAXPTIME_MS;
	add_number(media, "ptime", most_ms > 0 ? MIN(ptime_ms, most_ms) : ptime_ms);
	if (most_ms > 0)
		add_number(media, "maxptime", most_ms);
}

/* The refusal of a line keeps its shape: media word, and one format it knows. */
ims_sdp_media *ims_sdp_refused(const ims_sdp_media *media, const char *proto)
{
	ims_sdp_media *refused = ims_sdp_media_new(media->kind, media->media, proto);

	if (media->codecs->len > 0) {
		const ims_sdp_codec *codec = media->codecs->pdata[0];

		refused->formats = g_strdup_printf("%u", codec->pt);
	} else if (media->formats) {
		refused->formats = g_strndup(media->formats, strcspn(media->formats, " "));
	}
	return refused;
}

void ims_sdp_add_codec(ims_sdp_media *media, guint8 pt, const ims_sdp_codec *codec, const char *fmtp)
{
	g_ptr_array_add(media->codecs,
			ims_sdp_codec_new(pt, codec->name, codec->clock_hz, codec->channels, fmtp));
}

void ims_sdp_add_answered(ims_sdp_media *media, guint8 pt, const ims_sdp_codec *offered,
			  const ims_sdp_codec *answered)
{
	g_autofree char *fmtp = NULL;

	if (ims_sdp_codec_is_h264(answered))
		fmtp = ims_h264_answer(offered->fmtp, answered->fmtp);
	ims_sdp_add_codec(media, pt, answered, fmtp ? fmtp : answered->fmtp);
}

/* ---- what can be served ---- */

/* policy NULL: what could be served somewhere. */
static gboolean has_codec(const ims_sdp_media *media, const ims_sdp_policy *policy)
{
	g_autoptr(GPtrArray) codecs =
		policy ? ims_sdp_codecs_offered(media, policy) : ims_sdp_codecs_crossing(media);

	return ims_sdp_codecs_have_relayed(codecs);
}

gboolean ims_sdp_media_is_servable(const ims_sdp_media *media, const ims_sdp_policy *policy)
{
	return media->port != 0 && ims_sdp_media_is_rtp(media) && has_codec(media, policy);
}

gboolean ims_sdp_core_is_servable(const ims_sdp_media *media, const ims_sdp_policy *policy)
{
	return ims_sdp_media_is_servable(media, policy) &&
	       (ims_sdes_is_secure(media) || g_ascii_strcasecmp(media->proto, "RTP/AVP") == 0 ||
		g_ascii_strcasecmp(media->proto, "RTP/AVPF") == 0) &&
	       (!policy || ims_sdp_srtp_is_servable(media, policy));
}

ims_sdp_refusal ims_sdp_why_not_served(const ims_sdp_media *offered)
{
	if (offered->port == 0)
		return IMS_SDP_SWITCHED_OFF;
	if ((offered->kind != IMS_MEDIA_AUDIO && offered->kind != IMS_MEDIA_VIDEO) ||
	    !ims_sdp_media_is_rtp(offered))
		return IMS_SDP_UNSUPPORTED;
	return IMS_SDP_NO_COMMON_CODEC;
}

static void describe(GString *text, const ims_sdp_media *media)
{
	g_string_append_printf(text, "%s%s %s%s", text->len > 0 ? "; " : "", media->media, media->proto,
			       media->port == 0 ? " (port 0)" : "");
	for (guint i = 0; i < media->codecs->len && text->len < MAX_OFFERED_TEXT; i++) {
		const ims_sdp_codec *codec = media->codecs->pdata[i];

		g_string_append_printf(text, " %s/%u", codec->name, codec->clock_hz);
	}
}

void ims_sdp_say_nothing_left(const ims_sdp *sdp, GError **error)
{
	GString *text = g_string_new(NULL);

	for (guint i = 0; i < sdp->media->len && text->len < MAX_OFFERED_TEXT; i++)
		describe(text, sdp->media->pdata[i]);
	g_set_error(error, IMS_ERROR, IMS_E_NO_COMMON_MEDIA, "Nothing in common with: %s",
		    text->len > 0 ? text->str : "no media at all");
	g_string_free(text, TRUE);
}

gboolean ims_sdp_check_offer(const ims_sdp *offer, const ims_sdp_policy *policy, GError **error)
{
	for (guint i = 0; i < offer->media->len; i++) {
		if (ims_sdp_media_is_servable(offer->media->pdata[i], policy))
			return TRUE;
	}
	ims_sdp_say_nothing_left(offer, error);
	return FALSE;
}
