/* ims_sdp.c: the values: made, copied, freed, looked at. */
#include "base/ims_secret.h"
#include "sdp/internal.h"
#include <string.h>

ims_direction ims_direction_reverse(ims_direction direction)
{
	guint send = direction & IMS_DIR_SENDONLY ? IMS_DIR_RECVONLY : 0u;
	guint receive = direction & IMS_DIR_RECVONLY ? IMS_DIR_SENDONLY : 0u;

	return (ims_direction)(send | receive);
}

ims_sdp_codec *ims_sdp_codec_new(guint8 pt, const char *name, guint clock_hz, guint channels,
				 const char *fmtp)
{
	ims_sdp_codec *codec = g_new0(ims_sdp_codec, 1);

	codec->pt = pt;
	codec->name = g_strdup(name);
	codec->clock_hz = clock_hz;
	codec->channels = channels;
	codec->fmtp = g_strdup(fmtp);
	return codec;
}

ims_sdp_codec *ims_sdp_codec_copy(const ims_sdp_codec *codec)
{
	return ims_sdp_codec_new(codec->pt, codec->name, codec->clock_hz, codec->channels, codec->fmtp);
}

void ims_sdp_codec_free(ims_sdp_codec *codec)
{
	g_free(codec->name);
	g_free(codec->fmtp);
	g_free(codec);
}

static void attribute_free(ims_sdp_attribute *attribute)
{
	if (strcmp(attribute->name, "crypto") == 0)
		ims_wipe_text(attribute->value);
	else
		g_free(attribute->value);
	g_free(attribute->name);
	g_free(attribute);
}

void ims_sdp_attribute_add(GPtrArray *attributes, const char *name, const char *value)
{
	ims_sdp_attribute *attribute = g_new0(ims_sdp_attribute, 1);

	attribute->name = g_strdup(name);
	attribute->value = g_strdup(value);
	g_ptr_array_add(attributes, attribute);
}

void ims_sdp_media_add_attribute(ims_sdp_media *media, const char *name, const char *value)
{
	ims_sdp_attribute_add(media->attributes, name, value);
}

const char *ims_sdp_attribute_value(const GPtrArray *attributes, const char *name)
{
	for (guint i = 0; i < attributes->len; i++) {
		const ims_sdp_attribute *attribute = attributes->pdata[i];

		if (strcmp(attribute->name, name) == 0)
			return attribute->value ? attribute->value : "";
	}
	return NULL;
}

ims_sdp_media *ims_sdp_media_new(ims_media_kind kind, const char *media, const char *proto)
{
	ims_sdp_media *m = g_new0(ims_sdp_media, 1);

	m->kind = kind;
	m->media = g_strdup(media);
	m->proto = g_strdup(proto);
	m->direction = IMS_DIR_SENDRECV;
	m->codecs = g_ptr_array_new_with_free_func((GDestroyNotify)ims_sdp_codec_free);
	m->attributes = g_ptr_array_new_with_free_func((GDestroyNotify)attribute_free);
	m->bandwidths = g_ptr_array_new_with_free_func(g_free);
	return m;
}

void ims_sdp_media_free(ims_sdp_media *media)
{
	g_free(media->media);
	g_free(media->proto);
	g_free(media->formats);
	g_free(media->address);
	g_free(media->rtcp_address);
	g_free(media->mid);
	g_ptr_array_unref(media->codecs);
	g_ptr_array_unref(media->attributes);
	g_ptr_array_unref(media->bandwidths);
	g_free(media);
}

gboolean ims_sdp_media_is_rtp(const ims_sdp_media *media)
{
	static const char *const profiles[] = { "AVP", "AVPF", "SAVP", "SAVPF" };
	const char *profile = strrchr(media->proto, '/');
	gssize before = profile ? profile - media->proto : 0;

	if (before < 3 || g_ascii_strncasecmp(profile - 3, "RTP", 3) != 0)
		return FALSE;
	if (before > 3 && profile[-4] != '/')
		return FALSE;
	for (gsize i = 0; i < G_N_ELEMENTS(profiles); i++) {
		if (g_ascii_strcasecmp(profile + 1, profiles[i]) == 0)
			return TRUE;
	}
	return FALSE;
}

const char *ims_sdp_address_type(const char *address)
{
	return strchr(address, ':') ? "IP6" : "IP4";
}

ims_sdp *ims_sdp_new(void)
{
	ims_sdp *sdp = g_new0(ims_sdp, 1);

	sdp->attributes = g_ptr_array_new_with_free_func((GDestroyNotify)attribute_free);
	sdp->media = g_ptr_array_new_with_free_func((GDestroyNotify)ims_sdp_media_free);
	return sdp;
}

const ims_sdp_media *ims_sdp_media_at(const ims_sdp *sdp, guint mline)
{
	return mline < sdp->media->len ? sdp->media->pdata[mline] : NULL;
}

static void attributes_copy(GPtrArray *to, const GPtrArray *from)
{
	for (guint i = 0; i < from->len; i++) {
		const ims_sdp_attribute *attribute = from->pdata[i];

		ims_sdp_attribute_add(to, attribute->name, attribute->value);
	}
}

static ims_sdp_media *media_copy(const ims_sdp_media *from)
{
	ims_sdp_media *to = ims_sdp_media_new(from->kind, from->media, from->proto);

	to->port = from->port;
	to->formats = g_strdup(from->formats);
	to->address = g_strdup(from->address);
	to->rtcp_port = from->rtcp_port;
	to->rtcp_address = g_strdup(from->rtcp_address);
	to->direction = from->direction;
	to->mid = g_strdup(from->mid);
	for (guint i = 0; i < from->codecs->len; i++)
		g_ptr_array_add(to->codecs, ims_sdp_codec_copy(from->codecs->pdata[i]));
	for (guint i = 0; i < from->bandwidths->len; i++)
		g_ptr_array_add(to->bandwidths, g_strdup(from->bandwidths->pdata[i]));
	attributes_copy(to->attributes, from->attributes);
	return to;
}

ims_sdp *ims_sdp_copy(const ims_sdp *from)
{
	ims_sdp *to = ims_sdp_new();

	to->username = g_strdup(from->username);
	to->session_id = g_strdup(from->session_id);
	to->session_version = g_strdup(from->session_version);
	to->origin_address = g_strdup(from->origin_address);
	to->name = g_strdup(from->name);
	to->address = g_strdup(from->address);
	attributes_copy(to->attributes, from->attributes);
	for (guint i = 0; i < from->media->len; i++)
		g_ptr_array_add(to->media, media_copy(from->media->pdata[i]));
	return to;
}

void ims_sdp_free(ims_sdp *sdp)
{
	if (!sdp)
		return;
	g_free(sdp->username);
	g_free(sdp->session_id);
	g_free(sdp->session_version);
	g_free(sdp->origin_address);
	g_free(sdp->name);
	g_free(sdp->address);
	g_ptr_array_unref(sdp->attributes);
	g_ptr_array_unref(sdp->media);
	g_free(sdp);
}
