/* fake_media.h: stands where media/ims_media is: keeps what was opened and agreed. For one source file of a
 * program, and one call at a time. */
#pragma once
#include <string.h>
#include "base/ims_error.h"
#include "media/ims_media.h"

struct ims_media {
	guint refs;
	guint16 ports[IMS_SDP_MAX_MEDIA]; /* 0: closed */
	guint16 next_port;
	guint opened, closed, applied;
	gboolean full; /* no port is free */
	gboolean stopped;
	ims_error_code dtmf_error; /* 0: digits are taken */
	char digit;
	guint duration_ms;
	guint key_frames; /* asked of the browser */
	gint64 last_from_core_us, last_from_browser_us;
	GArray *streams; /* as last applied */
};

static ims_media *media_made; /* the last one */
static guint media_alive;

static guint media_n_reports;
static ims_media_report media_reports[2]; /* what is told of its streams */

guint ims_media_get_reports(ims_media *media, ims_media_report ret_reports[IMS_SDP_MAX_MEDIA])
{
	(void)media;
	memcpy(ret_reports, media_reports, media_n_reports * sizeof(*ret_reports));
	return media_n_reports;
}

ims_media *ims_media_new(const ims_media_setup *setup)
{
	ims_media *media = g_new0(ims_media, 1);

	(void)setup;
	media->refs = 1;
	media->next_port = 40000;
	media_made = media;
	media_alive++;
	return media;
}

void ims_media_unref(ims_media *media)
{
	if (--media->refs > 0)
		return;
	if (media->streams)
		g_array_unref(media->streams);
	if (media_made == media)
		media_made = NULL;
	media_alive--;
	g_free(media);
}

gboolean ims_media_open(ims_media *media, guint mline, ims_media_kind kind, guint16 *ret_port, GError **error)
{
	g_assert_cmpuint(mline, <, IMS_SDP_MAX_MEDIA);
	g_assert_true(kind == IMS_MEDIA_AUDIO || kind == IMS_MEDIA_VIDEO);
	if (media->full) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_LIMIT, "no port is free");
		return FALSE;
	}
	if (!media->ports[mline]) {
		media->ports[mline] = media->next_port;
		media->next_port = (guint16)(media->next_port + 2);
		media->opened++;
	}
	*ret_port = media->ports[mline];
	return TRUE;
}

void ims_media_close(ims_media *media, guint mline)
{
	g_assert_cmpuint(media->ports[mline], !=, 0);
	media->ports[mline] = 0;
	media->closed++;
}

void ims_media_apply(ims_media *media, const GArray *streams)
{
	if (media->streams)
		g_array_unref(media->streams);
	media->streams = g_array_sized_new(FALSE, FALSE, sizeof(ims_sdp_stream), streams->len);
	g_array_append_vals(media->streams, streams->data, streams->len);
	media->applied++;
	for (guint i = 0; i < streams->len; i++) { /* what is agreed has a socket to receive it */
		const ims_sdp_stream *stream = &g_array_index(streams, ims_sdp_stream, i);

		if (stream->used && !media->ports[stream->mline])
			fail_msg("m-line %u is agreed, and its port is closed", stream->mline);
	}
}

gboolean ims_media_dtmf(ims_media *media, char digit, guint duration_ms, GError **error)
{
	if (media->dtmf_error) {
		g_set_error_literal(error, IMS_ERROR, (int)media->dtmf_error, "digit refused");
		return FALSE;
	}
	media->digit = digit;
	media->duration_ms = duration_ms;
	return TRUE;
}

void ims_media_want_key_frame(ims_media *media)
{
	media->key_frames++;
}

void ims_media_get_stats(ims_media *media, ims_media_stats *ret_stats)
{
	*ret_stats = (ims_media_stats){ .last_from_core_us = media->last_from_core_us,
					.last_from_browser_us = media->last_from_browser_us };
}

void ims_media_stop(ims_media *media)
{
	media->stopped = TRUE;
}

static inline const ims_sdp_stream *media_stream(const ims_media *media, guint i)
{
	g_assert_nonnull(media->streams);
	g_assert_cmpuint(i, <, media->streams->len);
	return &g_array_index(media->streams, ims_sdp_stream, i);
}
