#include "api/ims_api.h"

#include <string.h>

#include "api/internal.h"
#include "base/ims_error.h"
#include "base/ims_log.h"
#include "sdp/ims_sdp.h"

/* In: shape */

static const ims_api_row *find_row(const json_t *body, GError **error)
{
	const json_t *name = json_object_get(body, "request");

	if (!body) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_NO_MESSAGE, ims_error_text(IMS_E_NO_MESSAGE));
		return NULL;
	}
	if (!json_is_object(body)) {
		g_set_error_literal(error, IMS_ERROR, IMS_E_INVALID_JSON, ims_error_text(IMS_E_INVALID_JSON));
		return NULL;
	}
	if (!json_is_string(name)) {
		g_set_error_literal(error, IMS_ERROR, name ? IMS_E_INVALID_ELEMENT : IMS_E_MISSING_ELEMENT,
				    name ? "'request' must be a string" : "'request' is missing");
		return NULL;
	}
	for (const ims_api_row *row = ims_api_rows; row->name; row++)
		if (g_ascii_strcasecmp(row->name, json_string_value(name)) == 0)
			return row;
	g_set_error(error, IMS_ERROR, IMS_E_INVALID_REQUEST, "Unknown request '%.64s'",
		    json_string_value(name));
	return NULL;
}

static gboolean fits(const char *wanted, const char *type)
{
	if (strcmp(wanted, IMS_JSEP_EITHER) == 0)
		return g_strcmp0(type, "offer") == 0 || g_strcmp0(type, "answer") == 0;
	return g_strcmp0(type, wanted) == 0;
}

static gboolean check_jsep(const ims_api_row *row, const json_t *jsep, GError **error)
{
	const char *type = json_string_value(json_object_get(jsep, "type"));
	const char *sdp = json_string_value(json_object_get(jsep, "sdp"));

	if (!row->jsep)
		return TRUE;
	if (!sdp) {
		g_set_error(error, IMS_ERROR, IMS_E_MISSING_SDP, "%s: a JSEP %s is missing", row->name,
			    row->jsep);
		return FALSE;
	}
	if (!fits(row->jsep, type)) {
		g_set_error(error, IMS_ERROR, IMS_E_MISSING_SDP, "%s: the JSEP must be an %s, not '%.16s'",
			    row->name, row->jsep, type ? type : "");
		return FALSE;
	}
	if (strlen(sdp) > IMS_SDP_MAX_BYTES) {
		g_set_error(error, IMS_ERROR, IMS_E_BAD_SDP, "%s: the JSEP is longer than %d bytes",
			    row->name, IMS_SDP_MAX_BYTES);
		return FALSE;
	}
	return TRUE;
}

static void check(ims_api_request *request, const json_t *jsep, gboolean strict)
{
	const ims_api_row *row = find_row(request->body, &request->error);
	const char *unknown = NULL;

	request->row = row;
	if (!row ||
	    !ims_schema_check(row->name, row->fields, request->body, strict, &unknown, &request->error) ||
	    !check_jsep(row, jsep, &request->error))
		return;
	if (unknown)
		ims_verb(NULL, "%s: field '%.64s' is not known here and ignored", row->name, unknown);
	if (row->jsep)
		request->sdp = g_strdup(json_string_value(json_object_get(jsep, "sdp")));
}

ims_api_request *ims_api_check(json_t *body, const json_t *jsep, const char *transaction, gboolean strict)
{
	ims_api_request *request = g_new0(ims_api_request, 1);

	request->body = body;
	request->transaction = g_strdup(transaction);
	request->offers = g_strcmp0(json_string_value(json_object_get(jsep, "type")), "offer") == 0;
	request->amends = json_is_true(json_object_get(jsep, "update"));
	check(request, jsep, strict);
	return request;
}

void ims_api_request_after(ims_api_request *request, guint event)
{
	request->after = event;
}

gboolean ims_api_request_opens_pc(const ims_api_request *request)
{
	return request->offers && !request->amends;
}

const GError *ims_api_request_error(const ims_api_request *request)
{
	return request->error;
}

void ims_api_request_free(ims_api_request *request)
{
	if (!request)
		return;
	g_clear_error(&request->error);
	if (request->row)
		ims_schema_wipe(request->row->fields, request->body);
	json_decref(request->body);
	g_free(request->sdp);
	g_free(request->transaction);
	g_free(request);
}

/* Out */

static void on_news(const ims_session_news *news, gpointer user)
{
	ims_api_client *client = user;
	guint number = client->outlet->event(client->handle, news->transaction, ims_event_of_news(news),
					     ims_event_jsep(news->sdp_type, news->sdp));

	if (news->kind == IMS_NEWS_INCOMING_CALL)
		client->called = number;
}

static void on_media(ims_media *media, gpointer user)
{
	ims_api_client *client = user;

	client->outlet->media(client->handle, media);
}

static void on_close_media(gpointer user)
{
	ims_api_client *client = user;

	client->outlet->close_pc(client->handle);
}

static void on_dismissed(gpointer user)
{
	ims_api_client *client = user;

	client->outlet->end(client->handle);
}

static const ims_session_events session_events = {
	.news = on_news,
	.media = on_media,
	.close_media = on_close_media,
	.dismissed = on_dismissed,
};

ims_api_client *ims_api_client_new(ims_service *service, gpointer janus_handle, const ims_api_outlet *outlet,
				   gpointer handle)
{
	ims_api_client *client = g_new0(ims_api_client, 1);

	client->outlet = outlet;
	client->handle = handle;
	client->session = ims_session_new(service, janus_handle, &session_events, client);
	return client;
}

void ims_api_client_free(ims_api_client *client)
{
	if (!client)
		return;
	ims_session_end(client->session);
	g_free(client);
}

/* Of a call that goes on: it rings at our user without one. */
static gboolean has_connection(const ims_session *session)
{
	const ims_call *call = ims_session_ongoing(session);

	return call && !ims_call_is_unanswered(call);
}

/* Whether its client can have known of the call that rings when it made the request. Events count up to the
 * end of numbers, and on from zero. */
static gboolean knew_of_call(const ims_api_client *client, const ims_api_request *request,
			     const ims_call *call)
{
	return ims_call_is_told(call) &&
	       (!ims_call_is_unanswered(call) || (gint)(request->after - client->called) >= 0);
}

/* A message is when it names nobody else. */
static gboolean is_in_call(const ims_api_request *request)
{
	if (request->row->run == ims_req_message)
		return !ims_request_text(request, "uri");
	return request->row->in_call && !ims_request_number(request, "refer_id", 0);
}

/* What is said of a call that is over meets no other one, which may have come since. */
static gboolean means_this_call(const ims_api_client *client, const ims_api_request *request, GError **error)
{
	const ims_call *call = ims_session_ongoing(client->session);
	const char *name = request->row->name, *meant = ims_request_text(request, "call_id");

	if (!call || !is_in_call(request))
		return TRUE;
	if (meant && strcmp(meant, ims_call_id(call)) != 0) {
		g_set_error(error, IMS_ERROR, IMS_E_NO_SUCH_CALL_ID,
			    "%s: the call of this handle has another 'call_id'", name);
		return FALSE;
	}
	if (!knew_of_call(client, request, call)) {
		g_set_error(error, IMS_ERROR, IMS_E_WRONG_STATE, "%s: there is no call", name);
		return FALSE;
	}
	return TRUE;
}

/* What the network of this user takes; its shape is checked before. */
static gboolean may_say(const ims_api_client *client, const ims_api_request *request, GError **error)
{
	g_autofree char *headers = ims_request_headers(request);

	return !headers ||
	       ims_session_check_headers(client->session, headers, ims_request_text(request, "uri"), error);
}

static gboolean may_offer(const ims_api_client *client, const ims_api_request *request, GError **error)
{
	if (!request->offers || client->outlet->may_offer(client->handle, request->amends))
		return TRUE;
	g_set_error(error, IMS_ERROR, IMS_E_WRONG_STATE,
		    "%s: the PeerConnection of the call before is still being closed; offer another one in a "
		    "second",
		    request->row->name);
	return FALSE;
}

void ims_api_run(ims_api_client *client, const ims_api_request *request)
{
	g_autoptr(GError) error = request->error ? g_error_copy(request->error) : NULL;

	ims_session_take_again_s(client->session); /* of whatever was refused before */
	if (!error && may_offer(client, request, &error) && means_this_call(client, request, &error) &&
	    may_say(client, request, &error) && request->row->run(client, request, &error))
		return;
	ims_verb(NULL, "%s refused: %s", request->row ? request->row->name : "a request", error->message);
	/* Or the PeerConnection that Janus made for it would be in the way of the next. */
	if (request->offers && !has_connection(client->session))
		client->outlet->drop_offer(client->handle);
	client->outlet->event(client->handle, request->transaction,
			      ims_event_of_error(error, ims_session_take_again_s(client->session)), NULL);
}

void ims_api_picture_wanted(ims_api_client *client)
{
	ims_session_picture_wanted(client->session);
}

void ims_api_key_pressed(ims_api_client *client, char signal, guint duration_ms)
{
	const ims_call *call = ims_session_ongoing(client->session);

	if (call)
		ims_session_key_pressed(client->session, call, signal, duration_ms);
}

void ims_api_media_gone(ims_api_client *client)
{
	ims_session_media_gone(client->session);
}

void ims_api_media_failed(ims_api_client *client, const char *call_id)
{
	ims_session_media_failed(client->session, call_id);
}
