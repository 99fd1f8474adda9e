/* ims_events_trace.c: SIP messages shown to a page. */
#include "api/internal.h"

void ims_event_add_tracing(json_t *result, const ims_session_news *news)
{
	json_object_set_new(result, "enabled", json_boolean(news->enabled));
}

/* No address: of the network a page learns no more than that it is there (REQ-81). */
void ims_event_add_trace(json_t *result, const ims_session_news *news)
{
	const ims_trace_entry *entry = news->trace;

	ims_event_set(result, "call_id", entry->call_id);
	json_object_set_new(result, "number", json_integer(entry->number));
	json_object_set_new(result, "time", json_integer(entry->at_ms));
	ims_event_set(result, "direction", entry->is_out ? "out" : "in");
	ims_event_set(result, "from", entry->is_out ? "edge" : "core");
	ims_event_set(result, "to", entry->is_out ? "core" : "edge");
	ims_event_set(result, "transport", entry->transport);
	ims_event_set(result, "first", entry->first);
	ims_event_set(result, "text", entry->text);
	if (entry->repeated)
		json_object_set_new(result, "repeated", json_true());
	if (entry->last)
		json_object_set_new(result, "last", json_true());
}
