#include "base/ims_alarm.h"

#include "base/ims_lock.h"

#define PAUSE_MS 60000

static const struct {
	const char *name;
	ims_log_level level;
	const char *text;
} causes[IMS_ALARM_N_CAUSES] = {
#define X(cause, name, level, text) [cause] = { name, IMS_LOG_##level, text },
	IMS_ALARMS(X)
#undef X
};

typedef struct {
	char *sentence; /* the last one; NULL: there was none */
	guint64 count, unsaid;
	gint64 raised_ms, said_ms;
} state;

struct ims_alarms {
	ims_alarm_told *told;
	gint64 (*now_ms)(void);
	ims_lock lock; /* of all below */
	state states[IMS_ALARM_N_CAUSES];
};

static gint64 machine_ms(void)
{
	return g_get_monotonic_time() / 1000;
}

ims_alarms *ims_alarms_new(ims_alarm_told *told, gint64 (*now_ms)(void))
{
	ims_alarms *alarms = g_new0(ims_alarms, 1);

	alarms->told = told;
	alarms->now_ms = now_ms ? now_ms : machine_ms;
	ims_lock_init(&alarms->lock);
	return alarms;
}

void ims_alarms_free(ims_alarms *alarms)
{
	if (!alarms)
		return;
	for (guint i = 0; i < IMS_ALARM_N_CAUSES; i++)
		g_free(alarms->states[i].sentence);
	ims_lock_clear(&alarms->lock);
	g_free(alarms);
}

static ims_alarm_report report_of(const ims_alarms *alarms, ims_alarm_cause cause, gint64 now_ms)
{
	const state *s = &alarms->states[cause];

	return (ims_alarm_report){ .cause = cause,
				   .sentence = s->sentence,
				   .count = s->count,
				   .unsaid = s->unsaid,
				   .age_ms = s->count ? now_ms - s->raised_ms : 0 };
}

/* TRUE: it is to be said; ret_report is what. */
static gboolean count(ims_alarms *alarms, ims_alarm_cause cause, const char *sentence,
		      ims_alarm_report *ret_report)
{
	g_auto(ims_locked) held = ims_lock_hold(&alarms->lock);
	gint64 now_ms = alarms->now_ms();
	state *s = &alarms->states[cause];
	gboolean is_due = s->count == 0 || now_ms - s->said_ms >= PAUSE_MS;

	g_free(s->sentence);
	s->sentence = g_strdup(sentence);
	s->raised_ms = now_ms;
	s->count++;
	*ret_report = report_of(alarms, cause, now_ms);
	ret_report->sentence = sentence; /* another thread may replace the one that is kept */
	s->unsaid = is_due ? 0 : s->unsaid + 1;
	if (is_due)
		s->said_ms = now_ms;
	return is_due;
}

static void say(const ims_alarm_report *report)
{
	g_autofree char *who = g_strdup_printf("alarm %s", causes[report->cause].name);

	if (report->unsaid > 0)
		ims_log(causes[report->cause].level, who, "%s (and %" G_GUINT64_FORMAT " since the last one)",
			report->sentence, report->unsaid);
	else
		ims_log(causes[report->cause].level, who, "%s", report->sentence);
}

void ims_alarm(ims_alarms *alarms, ims_alarm_cause cause, const char *format, ...)
{
	g_autofree char *sentence = NULL;
	ims_alarm_report report = { .cause = cause };
	va_list args;

	va_start(args, format);
	sentence = g_strdup_vprintf(format, args);
	va_end(args);
	report.sentence = sentence;
	if (alarms && !count(alarms, cause, sentence, &report)) {
		ims_verb(causes[cause].name, "%s", sentence);
		return;
	}
	say(&report);
	if (alarms && alarms->told)
		alarms->told(&report);
}

void ims_alarms_each(ims_alarms *alarms, void (*each)(const ims_alarm_report *report, gpointer user),
		     gpointer user)
{
	g_auto(ims_locked) held = ims_lock_hold(&alarms->lock);
	gint64 now_ms = alarms->now_ms();

	for (ims_alarm_cause cause = 0; cause < IMS_ALARM_N_CAUSES; cause++) {
		ims_alarm_report report = report_of(alarms, cause, now_ms);

		each(&report, user);
	}
}

const char *ims_alarm_name(ims_alarm_cause cause)
{
	return causes[cause].name;
}

const char *ims_alarm_text(ims_alarm_cause cause)
{
	return causes[cause].text;
}
