#include "server/sipws_load.h"

void sipws_load_init(sipws_load *load, guint limit_ms, ims_lag *mail, ims_alarms *alarms, gint64 now_us)
{
	*load = (sipws_load){ .mail = mail, .alarms = alarms, .looked_us = now_us };
	ims_overload_init(&load->overload, limit_ms);
}

static void say(const sipws_load *load, guint least_ms)
{
	if (ims_overload_is_on(&load->overload))
		ims_alarm(
			load->alarms, IMS_ALARM_OVERLOAD,
			"work of SIP over WebSocket waits for %u ms at least, limits.overload_lag_ms is %u: "
			"new clients are refused in part",
			least_ms, load->overload.limit_ms);
	else
		ims_alarm(load->alarms, IMS_ALARM_OVERLOAD_OVER,
			  "new clients of SIP over WebSocket are all let in again");
}

void sipws_load_look(sipws_load *load, gint64 now_us)
{
	gint64 late_ms = (now_us - load->looked_us) / 1000 - SIPWS_LOAD_LOOK_MS;
	guint sockets_ms = (guint)CLAMP(late_ms, 0, G_MAXINT);
	const ims_waits mail = ims_lag_take(load->mail);
	guint least_ms = MAX(sockets_ms, mail.least_ms);

	load->looked_us = now_us;
	load->longest_ms = MAX(sockets_ms, mail.longest_ms);
	if (ims_overload_look(&load->overload, least_ms))
		say(load, least_ms);
}

gboolean sipws_load_lets_in(sipws_load *load)
{
	return ims_overload_lets_in(&load->overload);
}
