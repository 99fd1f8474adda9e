/* ims_admin_state.c: how the whole is: counters, alarms. */
#include "api/ims_admin_internal.h"

json_t *ims_admin_counters(const ims_admin_request *request, GError **error)
{
	ims_counters c;

	(void)error;
	ims_service_count(request->service, &c);
	return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i}", "handles", (int)request->handles,
			 "sessions", (int)c.sessions, "registrations", (int)c.registrations, "calls",
			 (int)c.calls, "invites", (int)c.invites, "subscriptions", (int)c.subscriptions, "media",
			 (int)c.media, "ports", (int)c.ports);
}

static void add_alarm(const ims_alarm_report *report, gpointer user)
{
	json_t *alarm = json_pack("{s:s, s:s, s:I}", "alarm", ims_alarm_name(report->cause), "text",
				  ims_alarm_text(report->cause), "count", (json_int_t)report->count);

	if (report->sentence) {
		ims_event_set(alarm, "sentence", report->sentence);
		json_object_set_new(alarm, "age_s", json_integer(report->age_ms / 1000));
	}
	json_array_append_new(user, alarm);
}

json_t *ims_admin_alarms(const ims_admin_request *request, GError **error)
{
	json_t *alarms = json_array();

	(void)error;
	ims_alarms_each(ims_service_alarms(request->service), add_alarm, alarms);
	return json_pack("{s:o}", "alarms", alarms);
}

json_t *ims_admin_alarm_event(const ims_alarm_report *report)
{
	json_t *event = json_pack("{s:s, s:I, s:I}", "alarm", ims_alarm_name(report->cause), "count",
				  (json_int_t)report->count, "unsaid", (json_int_t)report->unsaid);

	ims_event_set(event, "sentence", report->sentence);
	return event;
}
