/* ims_events_media.c: what the events of recordings and forwarders say. */
#include "api/internal.h"
#include "media/ims_forwarder.h"

void ims_event_add_recording(json_t *result, const ims_session_news *news)
{
	ims_event_add_common(result, news);
	json_object_set_new(result, "ims", json_pack("{s:o}", "files", ims_event_list(news->files)));
}

static json_t *summary_of(const ims_forwarder_setup *forwarder)
{
	char host[IMS_ADDRESS_TEXT];
	gboolean video = ims_track_kind(forwarder->track) == IMS_MEDIA_VIDEO;
	json_t *summary = json_pack(
		"{s:I, s:s, s:s, s:i, s:s, s:b}", "stream_id", (json_int_t)forwarder->id, "type",
		ims_track_name(forwarder->track), "host", ims_address_host(&forwarder->to, host), "port",
		(int)ims_address_port(&forwarder->to), "media", video ? "video" : "audio", "srtp", forwarder->key.suite != IMS_SRTP_NONE);

	if (forwarder->ssrc)
		json_object_set_new(summary, "ssrc", json_integer(forwarder->ssrc));
	if (forwarder->pt)
		json_object_set_new(summary, "pt", json_integer(forwarder->pt));
	return summary;
}

static json_t *summaries_of(const GPtrArray *forwarders)
{
	json_t *list = json_array();

	for (guint i = 0; forwarders && i < forwarders->len; i++)
		json_array_append_new(list, summary_of(g_ptr_array_index(forwarders, i)));
	return list;
}

void ims_event_add_forwarded(json_t *result, const ims_session_news *news)
{
	ims_event_add_common(result, news);
	json_object_set_new(result, "forwarders", summaries_of(news->forwarders));
}

void ims_event_add_forwarders(json_t *result, const ims_session_news *news)
{
	ims_event_add_common(result, news);
	json_object_set_new(result, "rtp_forwarders", summaries_of(news->forwarders));
}

void ims_event_add_forward_stopped(json_t *result, const ims_session_news *news)
{
	ims_event_add_common(result, news);
	json_object_set_new(result, "stream_id", json_integer(news->stream_id));
}
