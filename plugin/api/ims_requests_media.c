/* ims_requests_media.c: who listens to a call besides: recordings, forwarders; and key frames. */
#include <string.h>

#include "api/internal.h"
#include "base/ims_error.h"

static gboolean is_true(const ims_api_request *r, const char *name)
{
	return json_is_true(json_object_get(r->body, name));
}

static ims_record_action action_of(const char *name)
{
	static const char *const names[] = { [IMS_RECORD_START] = "start",
					     [IMS_RECORD_STOP] = "stop",
					     [IMS_RECORD_PAUSE] = "pause",
					     [IMS_RECORD_RESUME] = "resume" };
	guint action = 0;

	while (strcmp(names[action], name) != 0) /* the table lets no other pass */
		action++;
	return (ims_record_action)action;
}

gboolean ims_req_recording(ims_api_client *client, const ims_api_request *r, GError **error)
{
	ims_record_params params = { .action = action_of(ims_request_text(r, "action")),
				     .filename = ims_request_text(r, "filename") };

	for (ims_track track = 0; track < IMS_N_TRACKS; track++)
		params.tracks[track] = is_true(r, ims_track_name(track));
	return ims_session_record(client->session, &params, r->transaction, error);
}

gboolean ims_req_keyframe(ims_api_client *client, const ims_api_request *r, GError **error)
{
	return ims_session_key_frame(client->session, is_true(r, "user"), is_true(r, "peer"), r->transaction,
				     error);
}

static json_int_t number_in(const json_t *object, const char *name)
{
	return json_integer_value(json_object_get(object, name));
}

/* One of `streams`. */
static gboolean read_stream(const json_t *stream, ims_forward_params *ret_params, GError **error)
{
	const char *host = json_string_value(json_object_get(stream, "host"));
	const char *family = json_string_value(json_object_get(stream, "host_family"));

	if (family && (strcmp(family, "ipv6") == 0) != (strchr(host, ':') != NULL)) {
		g_set_error(error, IMS_ERROR, IMS_E_INVALID_ELEMENT,
			    "rtp_forward: 'streams.host' is no address of 'streams.host_family' %s", family);
		return FALSE;
	}
	*ret_params = (ims_forward_params){ .host = host,
					    .port = (guint16)number_in(stream, "port"),
					    .ssrc = (guint32)number_in(stream, "ssrc"),
					    .pt = (guint8)number_in(stream, "pt"),
					    .srtp_suite = (guint)number_in(stream, "srtp_suite"),
					    .srtp_crypto = json_string_value(
						    json_object_get(stream, "srtp_crypto")) };
	return ims_track_of_name(json_string_value(json_object_get(stream, "type")), &ret_params->track);
}

gboolean ims_req_rtp_forward(ims_api_client *client, const ims_api_request *r, GError **error)
{
	const json_t *streams = json_object_get(r->body, "streams");
	g_autoptr(GArray) params = g_array_new(FALSE, FALSE, sizeof(ims_forward_params));

	for (gsize i = 0; i < json_array_size(streams); i++) {
		ims_forward_params one;

		if (!read_stream(json_array_get(streams, i), &one, error))
			return FALSE;
		g_array_append_val(params, one);
	}
	return ims_session_forward(client->session, params, ims_request_text(r, "admin_key"), r->transaction,
				   error);
}

gboolean ims_req_stop_rtp_forward(ims_api_client *client, const ims_api_request *r, GError **error)
{
	return ims_session_stop_forward(client->session, (guint32)ims_request_number(r, "stream_id", 0),
					ims_request_text(r, "admin_key"), r->transaction, error);
}

gboolean ims_req_listforwarders(ims_api_client *client, const ims_api_request *r, GError **error)
{
	return ims_session_list_forwarders(client->session, ims_request_text(r, "admin_key"), r->transaction,
					   error);
}
