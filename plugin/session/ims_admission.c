#include "session/ims_admission.h"

#include <string.h>

#include "base/ims_descriptors.h"
#include "base/ims_error.h"
#include "base/ims_overload.h"
#include "base/ims_pace.h"
#include "base/ims_rate.h"

struct ims_admission {
	const ims_config_limits *limits;
	ims_clock *clock;
	ims_alarms *alarms;
	ims_ports *ports;
	ims_lag *queues[IMS_N_QUEUES];
	ims_rate rates[IMS_N_NEW];
	ims_overload overload;
	gint64 looked_ms;
	ims_timer timer; /* while overloaded: its end is noticed though nobody comes */
	ims_admission_report report;
};

static const char *const names[] = {
#define X(cause, name) [cause] = name,
	IMS_REFUSALS(X)
#undef X
};

static const struct {
	const char *request, *noun;
} words[IMS_N_NEW] = {
	[IMS_NEW_REGISTRATION] = { "register", "registrations" },
	[IMS_NEW_CALL] = { "call", "calls" },
};

static void on_interval(gpointer user);

ims_admission *ims_admission_new(const ims_config_limits *limits, ims_clock *clock, ims_alarms *alarms,
				 ims_ports *ports, ims_lag *const queues[IMS_N_QUEUES])
{
	ims_admission *a = g_new0(ims_admission, 1);
	gint64 now_ms = ims_clock_now_ms(clock);

	a->limits = limits;
	a->clock = clock;
	a->alarms = alarms;
	a->ports = ports;
	memcpy(a->queues, queues, sizeof(a->queues));
	ims_rate_init_per_second(&a->rates[IMS_NEW_REGISTRATION], limits->registrations_per_second, now_ms);
	ims_rate_init_per_second(&a->rates[IMS_NEW_CALL], limits->calls_per_second, now_ms);
	ims_overload_init(&a->overload, limits->overload_lag_ms);
	a->looked_ms = now_ms;
	ims_timer_init(&a->timer, clock, on_interval, a);
	return a;
}

void ims_admission_free(ims_admission *a)
{
	if (!a)
		return;
	ims_timer_stop(&a->timer);
	g_free(a);
}

/* How long work waits */

static void say(ims_admission *a, guint least_ms)
{
	if (ims_overload_is_on(&a->overload)) {
		a->report.overloads++;
		ims_alarm(
			a->alarms, IMS_ALARM_OVERLOAD,
			"work waits for %u ms at least, limits.overload_lag_ms is %u: new registrations and "
			"calls are refused in part",
			least_ms, a->limits->overload_lag_ms);
	} else {
		ims_alarm(a->alarms, IMS_ALARM_OVERLOAD_OVER,
			  "new registrations and calls are all let in again");
	}
}

/* The slowest queue is what everybody waits for. */
static void take_waits(ims_admission *a)
{
	guint least_ms = 0;

	for (guint i = 0; i < IMS_N_QUEUES; i++) {
		ims_waits waits = { 0 };

		if (a->queues[i])
			waits = ims_lag_take(a->queues[i]);
		least_ms = MAX(least_ms, waits.least_ms);
		a->report.longest_ms[i] = waits.longest_ms;
	}
	if (ims_overload_look(&a->overload, least_ms))
		say(a, least_ms);
	if (ims_overload_is_on(&a->overload))
		ims_timer_arm(&a->timer, IMS_OVERLOAD_INTERVAL_MS);
}

/* Whoever comes looks, so that an idle gateway has no timer; the first after a quiet time looks at all of it.
 */
static void look(ims_admission *a)
{
	gint64 now_ms = ims_clock_now_ms(a->clock);

	if (now_ms - a->looked_ms < IMS_OVERLOAD_INTERVAL_MS)
		return;
	a->looked_ms = now_ms;
	take_waits(a);
}

static void on_interval(gpointer user)
{
	ims_admission *a = user;

	a->looked_ms = ims_clock_now_ms(a->clock);
	take_waits(a);
}

/* Who may begin */

void ims_admission_count(ims_admission *a, ims_refused cause)
{
	a->report.refused[cause]++;
}

static gboolean refuse(ims_admission *a, ims_new what, ims_refused cause, const char *key, guint limit,
		       guint *ret_again_s, GError **error)
{
	static const char *const reasons[IMS_N_REFUSALS] = {
		[IMS_REFUSED_FULL] = "this gateway serves no more %s",
		[IMS_REFUSED_RATE] = "too many %s begin at once",
		[IMS_REFUSED_OVERLOAD] = "this gateway is overloaded, and takes few new %s",
		[IMS_REFUSED_DESCRIPTORS] = "this gateway has no room for more %s",
		[IMS_REFUSED_PORTS] = "this gateway has no RTP port for more %s",
	};
	g_autoptr(GString) why = g_string_new(reasons[cause]);

	g_string_replace(why, "%s", words[what].noun, 1);
	ims_admission_count(a, cause);
	*ret_again_s = ims_pace_spread_s(a->limits->retry_after_s);
	if (cause == IMS_REFUSED_PORTS)
		ims_alarm(a->alarms, IMS_ALARM_PORTS_EXHAUSTED, "a call refused: no RTP port is free");
	else if (cause != IMS_REFUSED_OVERLOAD) /* which has its own alarm, when it begins */
		ims_alarm(a->alarms, IMS_ALARM_LIMIT_REACHED, "a %s refused: limits.%s is %u",
			  what == IMS_NEW_CALL ? "call" : "registration", key, limit);
	g_set_error(error, IMS_ERROR, IMS_E_LIMIT, "%s: %s; try again in %u s", words[what].request, why->str,
		    *ret_again_s);
	return FALSE;
}

gboolean ims_admission_has_room(ims_admission *a, ims_new what, guint there, guint *ret_again_s,
				GError **error)
{
	gboolean calls = what == IMS_NEW_CALL;
	guint limit = calls ? a->limits->max_calls : a->limits->max_registrations;

	return limit == 0 || there < limit ||
	       refuse(a, what, IMS_REFUSED_FULL, calls ? "max_calls" : "max_registrations", limit,
		      ret_again_s, error);
}

gboolean ims_admission_lets_in(ims_admission *a, ims_new what, guint there, guint *ret_again_s,
			       GError **error)
{
	const ims_config_limits *l = a->limits;
	gboolean calls = what == IMS_NEW_CALL;

	look(a);
	if (!ims_admission_has_room(a, what, there, ret_again_s, error))
		return FALSE;
	if (calls && ims_ports_left(a->ports) == 0)
		return refuse(a, what, IMS_REFUSED_PORTS, NULL, 0, ret_again_s, error);
	if (calls && l->spare_descriptors && !ims_descriptors_has_more_than(l->spare_descriptors))
		return refuse(a, what, IMS_REFUSED_DESCRIPTORS, "spare_descriptors", l->spare_descriptors,
			      ret_again_s, error);
	if (!ims_overload_lets_in(&a->overload))
		return refuse(a, what, IMS_REFUSED_OVERLOAD, "overload_lag_ms", l->overload_lag_ms,
			      ret_again_s, error);
	return ims_rate_take(&a->rates[what], ims_clock_now_ms(a->clock)) ||
	       refuse(a, what, IMS_REFUSED_RATE, calls ? "calls_per_second" : "registrations_per_second",
		      calls ? l->calls_per_second : l->registrations_per_second, ret_again_s, error);
}

/* For operators */

void ims_admission_look(ims_admission *a, ims_admission_report *ret_report)
{
	look(a);
	*ret_report = a->report;
	ret_report->share = a->overload.share;
}

const char *ims_refused_name(ims_refused cause)
{
	return names[cause];
}
