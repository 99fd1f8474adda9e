/* Each cause is said once in a minute, and counted always. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "../log_recorder.h"
#include "base/ims_alarm.h"

static gint64 clock_ms;
static GString *told;

static gint64 now_ms(void)
{
	return clock_ms;
}

static void on_told(const ims_alarm_report *report)
{
	g_string_append_printf(told, "%s: %s %d %d\n", ims_alarm_name(report->cause), report->sentence,
			       (int)report->count, (int)report->unsaid);
}

static int start(void **state)
{
	clock_ms = 1000;
	told = g_string_new(NULL);
	log_recorder_start();
	*state = ims_alarms_new(on_told, now_ms);
	return 0;
}

static int end(void **state)
{
	ims_alarms_free(*state);
	log_recorder_stop();
	g_string_free(told, TRUE);
	return 0;
}

static void test_once_in_a_minute(void **state)
{
	ims_alarms *alarms = *state;

	ims_alarm(alarms, IMS_ALARM_DNS_DOWN, "no answer about %s", "a");
	clock_ms += 59999;
	ims_alarm(alarms, IMS_ALARM_DNS_DOWN, "no answer about %s", "b");
	ims_alarm(alarms, IMS_ALARM_DNS_DOWN, "no answer about %s", "c");
	assert_string_equal(told->str, "dns_down: no answer about a 1 0\n");
	clock_ms += 1;
	ims_alarm(alarms, IMS_ALARM_DNS_DOWN, "no answer about %s", "d");
	assert_string_equal(told->str, "dns_down: no answer about a 1 0\ndns_down: no answer about d 4 2\n");
	clock_ms += 60000;
	ims_alarm(alarms, IMS_ALARM_DNS_DOWN, "no answer about %s", "e");
	assert_non_null(strstr(told->str, "dns_down: no answer about e 5 0\n"));
}

/* One cause does not silence another. */
static void test_causes_apart(void **state)
{
	ims_alarms *alarms = *state;

	for (ims_alarm_cause cause = 0; cause < IMS_ALARM_N_CAUSES; cause++)
		ims_alarm(alarms, cause, "x");
	for (ims_alarm_cause cause = 0; cause < IMS_ALARM_N_CAUSES; cause++) {
		g_autofree char *line = g_strdup_printf("%s: x 1 0\n", ims_alarm_name(cause));

		assert_non_null(strstr(told->str, line));
		assert_true(*ims_alarm_text(cause) != '\0');
	}
}

static void test_log(void **state)
{
	ims_alarm(*state, IMS_ALARM_STRANGER, "%s", "from 192.0.2.1");
	ims_alarm(*state, IMS_ALARM_STRANGER, "%s", "from 192.0.2.2");
	clock_ms += 60000;
	ims_alarm(*state, IMS_ALARM_STRANGER, "%s", "from 192.0.2.3");
	assert_string_equal(logged->str, "alarm stranger: from 192.0.2.1\n"
					 "stranger: from 192.0.2.2\n" /* for who looks at every step */
					 "alarm stranger: from 192.0.2.3 (and 1 since the last one)\n");
}

static void collect(const ims_alarm_report *report, gpointer user)
{
	if (report->count)
		g_string_append_printf(user, "%s %d %s %d\n", ims_alarm_name(report->cause),
				       (int)report->count, report->sentence, (int)report->age_ms);
	else
		assert_null(report->sentence);
}

static void test_looking(void **state)
{
	g_autoptr(GString) seen = g_string_new(NULL);

	ims_alarm(*state, IMS_ALARM_NO_PATH, "a");
	ims_alarm(*state, IMS_ALARM_NO_PATH, "b");
	clock_ms += 7;
	ims_alarms_each(*state, collect, seen);
	assert_string_equal(seen->str, "no_path 2 b 7\n");
}

/* Who has no alarms logs all the same. */
static void test_nobody(void **state)
{
	g_autoptr(ims_alarms) machine = ims_alarms_new(NULL, NULL);

	(void)state;
	ims_alarm(NULL, IMS_ALARM_MEDIA_IO, "x");
	ims_alarm(machine, IMS_ALARM_MEDIA_IO, "y");
	assert_string_equal(logged->str, "alarm media_io: x\nalarm media_io: y\n");
}

#define WITH_ALARMS(test) cmocka_unit_test_setup_teardown(test, start, end)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_ALARMS(test_once_in_a_minute), WITH_ALARMS(test_causes_apart), WITH_ALARMS(test_log),
		WITH_ALARMS(test_looking),          WITH_ALARMS(test_nobody),
	};

	return cmocka_run_group_tests_name("test_ims_alarm", tests, NULL, NULL);
}
