#include "sip/ims_early_media.h"

static const char *const names[] = {
	[IMS_EARLY_MEDIA_INACTIVE] = "inactive",
	[IMS_EARLY_MEDIA_SENDONLY] = "sendonly",
	[IMS_EARLY_MEDIA_RECVONLY] = "recvonly",
	[IMS_EARLY_MEDIA_SENDRECV] = "sendrecv",
};

static void add(ims_early_media *media, const char *token)
{
	for (guint i = 0; i < G_N_ELEMENTS(names) && media->n < IMS_EARLY_MEDIA_MAX; i++)
		if (g_ascii_strcasecmp(token, names[i]) == 0)
			media->directions[media->n++] = (guint8)i;
}

ims_early_media ims_early_media_parse(const char *value)
{
	ims_early_media media = { 0 };
	g_auto(GStrv) tokens = g_strsplit(value ? value : "", ",", 4 * IMS_EARLY_MEDIA_MAX);

	for (char **token = tokens; *token; token++)
		add(&media, g_strstrip(*token));
	return media;
}

ims_early_media_direction ims_early_media_of(const ims_early_media *media, guint mline)
{
	return media->directions[MIN(mline, media->n - 1)];
}
