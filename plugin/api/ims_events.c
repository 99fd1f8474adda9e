/* ims_events.c: what all events have in common: the envelope, and texts that JSON can hold. */
#include "api/ims_content.h"
#include "api/internal.h"
#include "base/ims_error.h"
#include "sip/ims_sip_news.h"

/* What came from the network may not be UTF-8, and JSON must be. */
json_t *ims_event_text(const char *value)
{
	g_autofree char *valid = g_utf8_make_valid(value, -1);

	return json_string(valid);
}

void ims_event_set(json_t *object, const char *name, const char *value)
{
	if (value)
		json_object_set_new(object, name, ims_event_text(value));
}

void ims_event_set_content(json_t *object, GBytes *body)
{
	const char *encoding;
	g_autofree char *content = ims_content_encode(body, &encoding);

	ims_event_set(object, "content", content);
	ims_event_set(object, "encoding", encoding);
}

json_t *ims_event_list(const GPtrArray *texts)
{
	json_t *list = json_array();

	for (guint i = 0; texts && i < texts->len; i++)
		json_array_append_new(list, ims_event_text(g_ptr_array_index(texts, i)));
	return list;
}

json_t *ims_event_ims(json_t *result)
{
	if (!json_object_get(result, "ims"))
		json_object_set_new(result, "ims", json_object());
	return json_object_get(result, "ims");
}

void ims_event_add_common(json_t *result, const ims_session_news *news)
{
	ims_event_set(result, "username", news->username);
	ims_event_set(result, "displayname", news->display_name);
	ims_event_set(result, "callee", news->callee);
	ims_event_set(result, "reason", news->reason);
	ims_event_set(result, "call_id", news->call_id);
	if (news->code)
		json_object_set_new(result, "code", json_integer(news->code));
}

static void add_headers(json_t *result, const GPtrArray *headers)
{
	json_t *shown = json_object();

	for (guint i = 0; i < headers->len; i++) {
		const ims_sip_header *header = g_ptr_array_index(headers, i);
		g_autofree char *name = g_utf8_make_valid(header->name, -1);

		ims_event_set(shown, name, header->value);
	}
	json_object_set_new(result, "headers", shown);
}

json_t *ims_event_of_news(const ims_session_news *news)
{
	const ims_event_row *row = &ims_event_rows[news->kind];
	json_t *result = json_object();
	json_t *event = json_pack("{s:s, s:o}", "sip", "event", "result", result);

	json_object_set_new(result, "event", json_string(row->name));
	if (row->add)
		row->add(result, news);
	else
		ims_event_add_common(result, news);
	if (news->warnings)
		json_object_set_new(ims_event_ims(result), "warnings", ims_event_list(news->warnings));
	if (news->headers)
		add_headers(result, news->headers);
	ims_event_set(event, "call_id", news->call_id);
	return event;
}

json_t *ims_event_of_error(const GError *error, guint again_s)
{
	json_t *event = json_pack("{s:s, s:i}", "sip", "event", "error_code", ims_error_number(error));

	ims_event_set(event, "error", error->message);
	if (again_s)
		json_object_set_new(event, "ims", json_pack("{s:i}", "retry_after", (int)again_s));
	return event;
}

json_t *ims_event_jsep(const char *type, const char *sdp)
{
	return sdp ? json_pack("{s:s, s:s}", "type", type, "sdp", sdp) : NULL;
}
