/* ims_admin_state.c: how the whole is: counters, alarms. */
#include "api/ims_admin_internal.h"

static json_t *load_of(const ims_load *load)
{
	static const char *const queues[IMS_N_QUEUES] = { [IMS_QUEUE_REQUESTS] = "requests",
							  [IMS_QUEUE_MESSAGES] = "messages",
							  [IMS_QUEUE_EVENTS] = "events",
							  [IMS_QUEUE_TOKENS] = "tokens" };
	json_t *lag = json_object();

	for (guint i = 0; i < IMS_N_QUEUES; i++)
		json_object_set_new(lag, queues[i], json_integer(load->admission.longest_ms[i]));
	return json_pack("{s:o, s:i, s:i, s:i, s:i, s:i}", "lag_ms", lag, "requests_waiting",
			 (int)load->requests_waiting, "message_bytes_waiting",
			 (int)load->messages.waiting_bytes, "messages_dropped", (int)load->messages.dropped,
			 "let_in_percent", (int)(load->admission.share / 10), "overloads",
			 (int)load->admission.overloads);
}

static json_t *refused_of(const ims_admission_report *admission)
{
	json_t *refused = json_object();

	for (ims_refused cause = 0; cause < IMS_N_REFUSALS; cause++)
		json_object_set_new(refused, ims_refused_name(cause),
				    json_integer(admission->refused[cause]));
	return refused;
}

json_t *ims_admin_counters(const ims_admin_request *request, GError **error)
{
	ims_counters c;
	ims_load load;

	(void)error;
	ims_service_count(request->service, &c);
	ims_service_weigh(request->service, &load);
	return json_pack("{s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:i, s:o, s:o}", "handles",
			 (int)request->handles, "sessions", (int)c.sessions, "registrations",
			 (int)c.registrations, "calls", (int)c.calls, "invites", (int)c.invites,
			 "subscriptions", (int)c.subscriptions, "media", (int)c.media, "ports", (int)c.ports,
			 "load", load_of(&load), "refused", refused_of(&load.admission));
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
