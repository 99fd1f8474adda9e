/* ims_events_transfer.c: what the events of transfers say. */
#include "api/internal.h"

static void add_id(json_t *result, const ims_session_news *news)
{
	if (news->refer_id)
		json_object_set_new(result, "refer_id", json_integer((json_int_t)news->refer_id));
}

void ims_event_add_declining(json_t *result, const ims_session_news *news)
{
	ims_event_add_common(result, news);
	add_id(result, news);
}

void ims_event_add_transfer(json_t *result, const ims_session_news *news)
{
	ims_event_add_common(result, news);
	add_id(result, news);
	ims_event_set(result, "refer_to", news->refer_to);
	ims_event_set(result, "referred_by", news->referred_by);
	ims_event_set(result, "replaces", news->replaces);
}
