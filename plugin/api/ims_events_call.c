/* ims_events_call.c: what the events of calls say. */
#include "api/internal.h"
#include "sdp/ims_sdp_rewrite.h"

void ims_event_add_missed(json_t *result, const ims_session_news *news)
{
	ims_event_set(result, "caller", news->username);
	ims_event_set(result, "displayname", news->display_name);
	ims_event_set(result, "callee", news->callee);
	ims_event_set(result, "reason", news->reason);
}

/* NULL: not refused, or nobody wanted it. */
static const char *refusal_name(ims_sdp_refusal refusal)
{
	switch (refusal) {
	case IMS_SDP_SERVED:
	case IMS_SDP_SWITCHED_OFF:
		return NULL;
	case IMS_SDP_UNSUPPORTED:
		return "unsupported";
	case IMS_SDP_NO_COMMON_CODEC:
		return "no_common_codec";
	case IMS_SDP_REFUSED_BY_CORE:
		return "refused_by_peer";
	case IMS_SDP_REFUSED_BY_BROWSER:
		return "refused_by_browser";
	}
	g_assert_not_reached();
}

static const char *kind_name(ims_media_kind kind)
{
	static const char *const names[] = { [IMS_MEDIA_AUDIO] = "audio",
					     [IMS_MEDIA_VIDEO] = "video",
					     [IMS_MEDIA_TEXT] = "text",
					     [IMS_MEDIA_MESSAGE] = "message",
					     [IMS_MEDIA_APPLICATION] = "application",
					     [IMS_MEDIA_OTHER] = "other" };

	return names[kind];
}

static void add_refused_media(json_t *result, const GArray *streams)
{
	json_t *list = json_array();

	for (guint i = 0; streams && i < streams->len; i++) {
		const ims_sdp_stream *stream = &g_array_index(streams, ims_sdp_stream, i);
		const char *reason = refusal_name(stream->refusal);

		if (reason)
			json_array_append_new(list,
					      json_pack("{s:i, s:s, s:s}", "mline", (int)stream->mline,
							"media", kind_name(stream->kind), "reason", reason));
	}
	if (json_array_size(list) > 0)
		json_object_set(ims_event_ims(result), "refused_media", list);
	json_decref(list);
}

/* NULL: what runs is plain RTP, some of it at least. */
static const char *suite_of(const GArray *streams)
{
	const char *name = NULL;

	for (guint i = 0; streams && i < streams->len; i++) {
		const ims_sdp_stream *stream = &g_array_index(streams, ims_sdp_stream, i);

		if (!stream->used)
			continue;
		if (stream->ours.suite == IMS_SRTP_NONE)
			return NULL;
		name = name ? name : ims_srtp_suite_name(stream->ours.suite);
	}
	return name;
}

static void add_srtp(json_t *result, const char *suite)
{
	if (suite)
		ims_event_set(ims_event_ims(result), "srtp", suite);
}

static void add_focus(json_t *result, const char *focus)
{
	if (!focus)
		return;
	json_object_set_new(result, "isfocus", json_true());
	ims_event_set(ims_event_ims(result), "conference", focus);
}

static double rounded(double value)
{
	return (double)(gint64)(value * 100 + 0.5) / 100;
}

static void add_way(json_t *stream, const char *name, const ims_quality_way *way)
{
	json_t *shown;

	if (!way->known)
		return;
	shown = json_pack("{s:I, s:I, s:f, s:i}", "packets", (json_int_t)way->packets, "lost",
			  (json_int_t)way->lost, "loss", rounded(way->loss * 100), "jitter_ms",
			  (int)way->jitter_ms);
	if (way->mos > 0)
		json_object_set_new(shown, "mos", json_real(rounded(way->mos)));
	json_object_set_new(stream, name, shown);
}

void ims_event_add_quality(json_t *result, const ims_session_news *news)
{
	json_t *media = json_array();

	ims_event_add_common(result, news);
	json_object_set_new(result, "final", json_boolean(news->quality->final));
	for (guint i = 0; i < news->quality->n; i++) {
		const ims_quality_stream *s = &news->quality->stream[i];
		json_t *stream = json_pack("{s:i, s:s, s:s}", "mline", (int)s->mline, "media",
					   kind_name(s->kind), "codec", s->codec);

		add_way(stream, "from_peer", &s->from_peer);
		add_way(stream, "to_peer", &s->to_peer);
		if (s->round_trip_ms > 0)
			json_object_set_new(stream, "round_trip_ms", json_integer(s->round_trip_ms));
		json_array_append_new(media, stream);
	}
	json_object_set_new(result, "media", media);
}

void ims_event_add_incoming(json_t *result, const ims_session_news *news)
{
	static const char *const names[] = {
		[IMS_SDES_OPTIONAL] = "sdes_optional", [IMS_SDES_MANDATORY] = "sdes_mandatory"
	};

	ims_event_add_common(result, news);
	ims_event_set(result, "srtp", names[news->srtp]);
	ims_event_set(result, "referred_by", news->referred_by);
	ims_event_set(result, "replaces", news->replaces);
	add_focus(result, news->focus);
	if (news->call_waiting)
		json_object_set_new(ims_event_ims(result), "call_waiting", json_true());
}

void ims_event_add_hold(json_t *result, const ims_session_news *news)
{
	ims_event_add_common(result, news);
	ims_event_set(result, "direction", news->peer_media == IMS_DIR_SENDONLY ? "sendonly" : "inactive");
}

void ims_event_add_agreed(json_t *result, const ims_session_news *news)
{
	ims_event_add_common(result, news);
	add_focus(result, news->focus);
	add_refused_media(result, news->streams);
	add_srtp(result, suite_of(news->streams));
}

/* What the network's rules say of a call that is refused; it takes over nothing. */
static json_t *rules_of(const ims_sip_news *sip)
{
	json_t *ims = json_object(), *service = json_object();

	ims_event_set(service, "type", sip->alternative.type);
	ims_event_set(service, "reason", sip->alternative.reason);
	ims_event_set(service, "action", sip->alternative.action);
	if (json_object_size(service) > 0)
		json_object_set(ims, "alternative_service", service);
	if (sip->extensions)
		json_object_set_new(ims, "extensions", ims_event_list(sip->extensions));
	if (sip->retry_after_s)
		json_object_set_new(ims, "retry_after", json_integer(sip->retry_after_s));
	json_decref(service);
	return ims;
}

static void add_rules(json_t *result, const ims_sip_news *sip)
{
	json_t *ims = rules_of(sip);

	if (json_object_size(ims) > 0)
		json_object_set(result, "ims", ims);
	json_decref(ims);
}

void ims_event_add_hangup(json_t *result, const ims_session_news *news)
{
	ims_event_add_common(result, news);
	if (news->sip)
		add_rules(result, news->sip);
	if (!news->sip || news->hides_reason)
		return;
	ims_event_set(result, "reason_header", news->sip->reason_header);
	ims_event_set(result, "reason_header_protocol", news->sip->reason_protocol);
	ims_event_set(result, "reason_header_cause", news->sip->reason_cause);
}

void ims_event_add_key(json_t *result, const ims_session_news *news)
{
	ims_event_set(result, "call_id", news->call_id);
	ims_event_set(result, "sender", news->username);
	ims_event_set(result, "signal", news->signal);
	if (news->duration_ms)
		json_object_set_new(result, "duration", json_integer(news->duration_ms));
}
