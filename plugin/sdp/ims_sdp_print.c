/* ims_sdp_print.c: a session description as text (RFC 4566). */
#include "sdp/internal.h"
#include <string.h>

static const char *direction_name(ims_direction direction)
{
	switch (direction) {
	case IMS_DIR_INACTIVE:
		return "inactive";
	case IMS_DIR_SENDONLY:
		return "sendonly";
	case IMS_DIR_RECVONLY:
		return "recvonly";
	case IMS_DIR_SENDRECV:
		return "sendrecv";
	}
	g_assert_not_reached();
}

static void print_connection(GString *out, const char *address)
{
	g_string_append_printf(out, "c=IN %s %s\r\n", ims_sdp_address_type(address), address);
}

static void print_attributes(GString *out, const GPtrArray *attributes)
{
	for (guint i = 0; i < attributes->len; i++) {
		const ims_sdp_attribute *a = attributes->pdata[i];

		if (a->value)
			g_string_append_printf(out, "a=%s:%s\r\n", a->name, a->value);
		else
			g_string_append_printf(out, "a=%s\r\n", a->name);
	}
}

static void print_media_line(GString *out, const ims_sdp_media *media)
{
	const char *nothing = ims_sdp_media_is_rtp(media) ? "0" : "*"; /* at least one is due */

	g_string_append_printf(out, "m=%s %u %s", media->media, media->port, media->proto);
	for (guint i = 0; i < media->codecs->len; i++) {
		const ims_sdp_codec *codec = media->codecs->pdata[i];

		g_string_append_printf(out, " %u", codec->pt);
	}
	if (media->codecs->len == 0)
		g_string_append_printf(out, " %s", media->formats ? media->formats : nothing);
	g_string_append(out, "\r\n");
}

static void print_codec(GString *out, const ims_sdp_codec *codec)
{
	g_string_append_printf(out, "a=rtpmap:%u %s/%u", codec->pt, codec->name, codec->clock_hz);
	if (codec->channels > 1)
		g_string_append_printf(out, "/%u", codec->channels);
	g_string_append(out, "\r\n");
	if (codec->fmtp)
		g_string_append_printf(out, "a=fmtp:%u %s\r\n", codec->pt, codec->fmtp);
}

static void print_rtcp(GString *out, const ims_sdp_media *media)
{
	if (media->rtcp_port == 0 || (media->rtcp_port == media->port + 1 && !media->rtcp_address))
		return;
	g_string_append_printf(out, "a=rtcp:%u", media->rtcp_port);
	if (media->rtcp_address)
		g_string_append_printf(out, " IN %s %s", ims_sdp_address_type(media->rtcp_address),
				       media->rtcp_address);
	g_string_append(out, "\r\n");
}

static void print_media(GString *out, const ims_sdp_media *media, const char *session_address)
{
	gboolean live = media->port != 0 && ims_sdp_media_is_rtp(media);

	print_media_line(out, media);
	if (media->address && g_strcmp0(media->address, session_address) != 0)
		print_connection(out, media->address);
	for (guint i = 0; i < media->bandwidths->len; i++)
		g_string_append_printf(out, "b=%s\r\n", (const char *)media->bandwidths->pdata[i]);
	for (guint i = 0; i < media->codecs->len; i++)
		print_codec(out, media->codecs->pdata[i]);
	print_rtcp(out, media);
	if (live || media->direction != IMS_DIR_SENDRECV)
		g_string_append_printf(out, "a=%s\r\n", direction_name(media->direction));
	if (media->mid)
		g_string_append_printf(out, "a=mid:%s\r\n", media->mid);
	print_attributes(out, media->attributes);
}

char *ims_sdp_print(const ims_sdp *sdp)
{
	GString *out = g_string_sized_new(1024);

	g_string_append_printf(out, "v=0\r\no=%s %s %s IN %s %s\r\ns=%s\r\n", sdp->username, sdp->session_id,
			       sdp->session_version, ims_sdp_address_type(sdp->origin_address),
			       sdp->origin_address, sdp->name);
	if (sdp->address)
		print_connection(out, sdp->address);
	g_string_append(out, "t=0 0\r\n");
	print_attributes(out, sdp->attributes);
	for (guint i = 0; i < sdp->media->len; i++)
		print_media(out, sdp->media->pdata[i], sdp->address);
	return g_string_free(out, FALSE);
}
