/* sdp_result.h: descriptions, streams and errors as one text, so that a case is data. */
#pragma once
#include <string.h>
#include "base/ims_error.h"
#include "sdp/ims_sdp_rewrite.h"
#include "sdp_samples.h"

#define CORE_AUDIO CORE_HEAD "m=audio 5004 RTP/AVP "

static const guint16 ports[] = { 40000, 40002, 40004, 40006 };

/* As a network is by default, and one that allows VP8 as well. */
static gpointer h264_only[] = { "H264" }, vp8_too[] = { "H264", "VP8" };
static const GPtrArray h264_list = { h264_only, 1 }, vp8_list = { vp8_too, 2 };
static const GPtrArray any_audio = { NULL, 0 };
static const ims_sdp_policy policy = { .video_codecs = &h264_list,
				       .video_kbps = 1500,
				       .audio_codecs = &any_audio };
static const ims_sdp_policy vp8_policy = { .video_codecs = &vp8_list,
					   .video_kbps = 1000,
					   .audio_codecs = &any_audio };
static const ims_sdp_local local = { "203.0.113.7", ports, G_N_ELEMENTS(ports), 77, 3, &policy, NULL };

static inline ims_sdp *parsed(const char *text)
{
	g_autoptr(GError) error = NULL;
	ims_sdp *sdp = ims_sdp_parse(text, &error);

	if (!sdp)
		fail_msg("%s", error->message);
	return sdp;
}

static inline void print_stream(GString *text, const ims_sdp_stream *s)
{
	static const char *const names[] = { "inactive", "sendonly", "recvonly", "sendrecv" };

	if (!s->used) {
		g_string_append_printf(text, "%u void\n", s->mline);
		return;
	}
	g_string_append_printf(text, "%u %s:%u %s:%u %s of %s clock %u browser %d dtmf %d/%u ptime %u",
			       s->mline, s->address, s->port, s->rtcp_address, s->rtcp_port,
			       names[s->direction], names[s->allowed], s->clock_hz, s->browser_pt, s->dtmf_pt,
			       s->dtmf_clock_hz, s->ptime_ms);
	for (guint pt = 0; pt < 128; pt++) {
		if (s->to_core[pt] >= 0)
			g_string_append_printf(text, " %u>%d", pt, s->to_core[pt]);
	}
	for (guint pt = 0; pt < 128; pt++) {
		if (s->to_browser[pt] >= 0)
			g_string_append_printf(text, " %d<%u", s->to_browser[pt], pt);
	}
	g_string_append_c(text, '\n');
}

/* Streams one a line, the description after them; or the error. */
static inline char *result(const ims_sdp *sdp, const GArray *streams, const GError *error)
{
	GString *text = g_string_new(NULL);
	g_autofree char *printed = NULL;

	if (!sdp) {
		assert_null(streams);
		g_string_append_printf(text, "%d %s", ims_error_number(error), error->message);
		return g_string_free(text, FALSE);
	}
	assert_int_equal(streams->len, sdp->media->len);
	for (guint i = 0; i < streams->len; i++)
		print_stream(text, &g_array_index(streams, ims_sdp_stream, i));
	printed = ims_sdp_print(sdp);
	ims_sdp_free(parsed(printed));
	g_string_append(text, printed);
	return g_string_free(text, FALSE);
}

/* wanted: what text must hold; one that begins with ! must not be there. */
static inline void check_text(const char *name, const char *const wanted[8], const char *text)
{
	for (gsize i = 0; i < 8 && wanted[i]; i++) {
		gboolean unwanted = *wanted[i] == '!';

		if ((strstr(text, wanted[i] + unwanted) != NULL) == unwanted)
			fail_msg("%s: '%s' in %s", name, wanted[i], text);
	}
}
