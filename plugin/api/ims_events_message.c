/* ims_events_message.c: what the events of messages, in calls INFO too, say. */
#include "api/internal.h"

void ims_event_add_message(json_t *result, const ims_session_news *news)
{
	ims_event_set(result, "call_id", news->call_id);
	ims_event_set(result, "sender", news->username);
	ims_event_set(result, "displayname", news->display_name);
	ims_event_set(result, "callee", news->callee);
	ims_event_set(result, "content_type", news->sip->content_type);
	ims_event_set_content(result, news->sip->body);
	ims_event_set(result, "in_reply_to", news->sip->in_reply_to);
}

void ims_event_add_info(json_t *result, const ims_session_news *news)
{
	ims_event_set(result, "call_id", news->call_id);
	ims_event_set(result, "sender", news->username);
	ims_event_set(result, "displayname", news->display_name);
	ims_event_set(result, "type", news->sip->content_type);
	ims_event_set_content(result, news->sip->body);
}

void ims_event_add_delivery(json_t *result, const ims_session_news *news)
{
	ims_event_add_common(result, news);
	if (news->retry_after_s)
		json_object_set_new(result, "ims",
				    json_pack("{s:i}", "retry_after", (int)news->retry_after_s));
}
