/* sdp_equal.h: are two descriptions the same? For unit tests and fuzz targets. */
#pragma once
#include "sdp/ims_sdp.h"

static inline gboolean attributes_equal(const GPtrArray *a, const GPtrArray *b)
{
	for (guint i = 0; i < a->len && i < b->len; i++) {
		const ims_sdp_attribute *x = a->pdata[i], *y = b->pdata[i];

		if (g_strcmp0(x->name, y->name) != 0 || g_strcmp0(x->value, y->value) != 0)
			return FALSE;
	}
	return a->len == b->len;
}

static inline gboolean codecs_equal(const GPtrArray *a, const GPtrArray *b)
{
	for (guint i = 0; i < a->len && i < b->len; i++) {
		const ims_sdp_codec *x = a->pdata[i], *y = b->pdata[i];

		if (x->pt != y->pt || g_strcmp0(x->name, y->name) != 0 || x->clock_hz != y->clock_hz ||
		    x->channels != y->channels || g_strcmp0(x->fmtp, y->fmtp) != 0)
			return FALSE;
	}
	return a->len == b->len;
}

static inline gboolean strings_equal(const GPtrArray *a, const GPtrArray *b)
{
	for (guint i = 0; i < a->len && i < b->len; i++) {
		if (g_strcmp0(a->pdata[i], b->pdata[i]) != 0)
			return FALSE;
	}
	return a->len == b->len;
}

/* formats count where no codecs stand for them. */
static inline gboolean media_equal(const ims_sdp_media *a, const ims_sdp_media *b)
{
	return a->kind == b->kind && g_strcmp0(a->media, b->media) == 0 && a->port == b->port &&
	       g_strcmp0(a->proto, b->proto) == 0 &&
	       (a->codecs->len > 0 || g_strcmp0(a->formats, b->formats) == 0) &&
	       g_strcmp0(a->address, b->address) == 0 && a->rtcp_port == b->rtcp_port &&
	       g_strcmp0(a->rtcp_address, b->rtcp_address) == 0 && a->direction == b->direction &&
	       g_strcmp0(a->mid, b->mid) == 0 && codecs_equal(a->codecs, b->codecs) &&
	       attributes_equal(a->attributes, b->attributes) && strings_equal(a->bandwidths, b->bandwidths);
}

static inline gboolean sdp_equal(const ims_sdp *a, const ims_sdp *b)
{
	for (guint i = 0; i < a->media->len && i < b->media->len; i++) {
		if (!media_equal(a->media->pdata[i], b->media->pdata[i]))
			return FALSE;
	}
	return a->media->len == b->media->len && g_strcmp0(a->username, b->username) == 0 &&
	       g_strcmp0(a->session_id, b->session_id) == 0 &&
	       g_strcmp0(a->session_version, b->session_version) == 0 &&
	       g_strcmp0(a->origin_address, b->origin_address) == 0 && g_strcmp0(a->name, b->name) == 0 &&
	       g_strcmp0(a->address, b->address) == 0 && attributes_equal(a->attributes, b->attributes);
}
