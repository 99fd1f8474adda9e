/* ims_events_subscription.c: what the events of subscriptions say. */
#include <string.h>

#include "api/internal.h"
#include "sip/ims_subscription.h"

void ims_event_add_subscribed(json_t *result, const ims_session_news *news)
{
	ims_event_add_common(result, news);
	json_object_set_new(result, "expires", json_integer(news->expires_s));
}

/* As in janus.plugin.sip: without parameters. */
static void set_type(json_t *result, const char *content_type)
{
	g_autofree char *type = content_type ? g_strndup(content_type, strcspn(content_type, ";")) : NULL;

	ims_event_set(result, "content-type", type ? g_strchomp(type) : NULL);
}

void ims_event_add_notify(json_t *result, const ims_session_news *news)
{
	const ims_notification *notification = news->notification;
	json_t *ims = json_object();

	ims_event_add_common(result, news);
	ims_event_set(result, "notify", notification->event);
	ims_event_set(result, "substate", notification->state);
	set_type(result, notification->sip->content_type);
	ims_event_set_content(result, notification->sip->body);
	if (notification->expires_s)
		json_object_set_new(ims, "expires", json_integer(notification->expires_s));
	ims_event_set(ims, "reason", notification->reason);
	if (json_object_size(ims) > 0)
		json_object_set(result, "ims", ims);
	json_decref(ims);
}
