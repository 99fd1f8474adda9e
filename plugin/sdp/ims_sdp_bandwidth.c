/* ims_sdp_bandwidth.c: b= lines: how much media, how much RTCP (RFC 4566 5.8, RFC 3890, RFC 3556). */
#include "sdp/internal.h"
#include <string.h>

/* One report of 120 bytes in a minute would need 16 bit/s, the usual one in five seconds 200: these are
 * the values handsets have (26.114 7.3), and leave room for feedback. */
#define RS_BPS 600
#define RR_BPS 2000
#define RTCP_PER_CENT 5   /* of the media, when nothing is said (RFC 3550 6.2) */
#define MEDIA_PER_CENT 95 /* of b=AS, which counts headers too */

static gboolean find(const ims_sdp_media *media, const char *modifier, guint *ret_value)
{
	gsize length = strlen(modifier);
	guint64 value;

	for (guint i = 0; i < media->bandwidths->len; i++) {
		const char *text = media->bandwidths->pdata[i];

		if (strncmp(text, modifier, length) != 0 || text[length] != ':' ||
		    !g_ascii_string_to_unsigned(text + length + 1, 10, 0, G_MAXINT, &value, NULL))
			continue;
		*ret_value = (guint)value;
		return TRUE;
	}
	return FALSE;
}

static guint find_or(const ims_sdp_media *media, const char *modifier, guint fallback)
{
	guint value = fallback;

	if (media)
		find(media, modifier, &value);
	return value;
}

static void add(ims_sdp_media *media, const char *modifier, guint value)
{
	g_ptr_array_add(media->bandwidths, g_strdup_printf("%s:%u", modifier, value));
}

void ims_sdp_add_bandwidths(ims_sdp_media *media, const ims_sdp_local *local, const ims_sdp_media *like)
{
	gboolean ipv6 = strchr(local->address, ':') != NULL;
	gboolean video = media->kind == IMS_MEDIA_VIDEO;

	add(media, "AS", video ? local->policy->video_kbps : ims_sdp_codecs_bandwidth(media->codecs, ipv6));
	add(media, "RS", find_or(like, "RS", RS_BPS));
	add(media, "RR", find_or(like, "RR", RR_BPS));
}

guint ims_sdp_rtcp_bps(const ims_sdp_media *core)
{
	guint rs, rr, kbps;
	gboolean says_rs = find(core, "RS", &rs), says_rr = find(core, "RR", &rr);

	if (says_rs || says_rr)
		return MIN(says_rs ? rs : RS_BPS, G_MAXINT / 2) + MIN(says_rr ? rr : RR_BPS, G_MAXINT / 2);
	if (find(core, "AS", &kbps) && kbps > 0)
		return MIN(kbps, 1000000) * 1000 / 100 * RTCP_PER_CENT;
	return RS_BPS + RR_BPS;
}

guint ims_sdp_max_kbps(const ims_sdp_media *media)
{
	guint value;

	if (find(media, "TIAS", &value))
		return value / 1000;
	if (find(media, "AS", &value))
		return (guint)((guint64)value * MEDIA_PER_CENT / 100);
	return G_MAXUINT;
}
