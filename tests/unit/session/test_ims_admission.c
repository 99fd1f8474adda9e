/* What the gateway takes on; time is the test's. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include <sys/resource.h>
#include "../fake_clock.h"
#include "../log_recorder.h"
#include "base/ims_error.h"
#include "base/ims_overload.h"
#include "session/ims_admission.h"

typedef struct {
	fake_clock clock;
	ims_config_limits limits;
	ims_lag lags[IMS_N_QUEUES];
	ims_alarms *alarms;
	ims_ports *ports;
	ims_admission *admission;
} bench;

static gint64 standing_still(void)
{
	return 0;
}

static void begin(bench *b, ims_config_limits limits)
{
	ims_lag *queues[IMS_N_QUEUES];

	log_recorder_start();
	fake_clock_init(&b->clock);
	b->limits = limits;
	b->limits.retry_after_s = 10;
	b->ports = ims_ports_new(20000, 20003);
	b->alarms = ims_alarms_new(NULL, standing_still);
	for (guint i = 0; i < IMS_N_QUEUES; i++) {
		ims_lag_init(&b->lags[i]);
		queues[i] = i == IMS_QUEUE_TOKENS ? NULL : &b->lags[i];
	}
	b->admission = ims_admission_new(&b->limits, &b->clock.clock, b->alarms, b->ports, queues);
}

static void end(bench *b)
{
	ims_admission_free(b->admission);
	ims_alarms_free(b->alarms);
	ims_ports_free(b->ports);
	fake_clock_clear(&b->clock);
	log_recorder_stop();
}

/* NULL: let in. Free with g_free. */
static char *refusal(bench *b, ims_new what, guint there)
{
	g_autoptr(GError) error = NULL;
	guint again_s = 0;

	if (ims_admission_lets_in(b->admission, what, there, &again_s, &error))
		return NULL;
	assert_true(g_error_matches(error, IMS_ERROR, IMS_E_LIMIT));
	assert_in_range(again_s, 5, 15);
	return g_strdup(error->message);
}

static guint let_in(bench *b, ims_new what, guint tries)
{
	guint count = 0;

	while (tries--) {
		g_autofree char *why = refusal(b, what, 0);

		count += why ? 0 : 1;
	}
	return count;
}

static void assert_refused(bench *b, ims_new what, guint there, const char *why)
{
	g_autofree char *said = refusal(b, what, there);

	assert_non_null(said);
	assert_true(g_str_has_prefix(said, why));
	assert_non_null(strstr(said, "; try again in "));
}

static guint refused(bench *b, ims_refused cause)
{
	ims_admission_report report;

	ims_admission_look(b->admission, &report);
	return report.refused[cause];
}

static void test_no_limits(void **state)
{
	bench b;

	(void)state;
	begin(&b, (ims_config_limits){ 0 });
	assert_int_equal(let_in(&b, IMS_NEW_REGISTRATION, 10000), 10000);
	assert_int_equal(let_in(&b, IMS_NEW_CALL, 1000), 1000);
	end(&b);
}

static void test_at_a_time(void **state)
{
	g_autoptr(GError) error = NULL;
	guint again_s = 0;
	bench b;

	(void)state;
	begin(&b, (ims_config_limits){ .max_registrations = 3, .max_calls = 2 });
	assert_null(refusal(&b, IMS_NEW_REGISTRATION, 2));
	assert_refused(&b, IMS_NEW_REGISTRATION, 3, "register: this gateway serves no more registrations");
	assert_null(refusal(&b, IMS_NEW_CALL, 1));
	assert_refused(&b, IMS_NEW_CALL, 2, "call: this gateway serves no more calls");
	assert_int_equal(refused(&b, IMS_REFUSED_FULL), 2);
	assert_non_null(strstr(logged->str, "alarm limit_reached: "
					    "a registration refused: limits.max_registrations is 3"));
	assert_true(ims_admission_has_room(b.admission, IMS_NEW_REGISTRATION, 2, &again_s, NULL));
	assert_false(ims_admission_has_room(b.admission, IMS_NEW_REGISTRATION, 3, &again_s, &error));
	end(&b);
}

static void test_per_second(void **state)
{
	bench b;

	(void)state;
	begin(&b, (ims_config_limits){ .registrations_per_second = 20, .calls_per_second = 5 });
	assert_int_equal(let_in(&b, IMS_NEW_REGISTRATION, 50), 20);
	assert_int_equal(let_in(&b, IMS_NEW_CALL, 50), 5);
	assert_refused(&b, IMS_NEW_REGISTRATION, 0, "register: too many registrations begin at once");
	assert_refused(&b, IMS_NEW_CALL, 0, "call: too many calls begin at once");
	fake_clock_pass_ms(&b.clock, 500);
	assert_int_equal(let_in(&b, IMS_NEW_REGISTRATION, 50), 10);
	assert_int_equal(let_in(&b, IMS_NEW_CALL, 50), 2);
	end(&b);
}

/* An interval in which each message has waited so long. */
static void pass(bench *b, ims_queue queue, gint64 waited_ms)
{
	for (guint i = 0; i < 5; i++)
		ims_lag_note(&b->lags[queue], waited_ms * 1000 + i);
	fake_clock_pass_ms(&b->clock, IMS_OVERLOAD_INTERVAL_MS);
}

static void test_overload(void **state)
{
	ims_admission_report report;
	bench b;

	(void)state;
	begin(&b, (ims_config_limits){ .overload_lag_ms = 250 });
	for (guint i = 0; i < 40; i++) {
		pass(&b, IMS_QUEUE_MESSAGES, 300);
		let_in(&b, IMS_NEW_CALL, 1);
	}
	assert_in_range(let_in(&b, IMS_NEW_CALL, 1000), 10, 50);
	assert_refused(&b, IMS_NEW_REGISTRATION, 0,
		       "register: this gateway is overloaded, and takes few new registrations");
	assert_non_null(strstr(logged->str, "alarm overload: "
					    "work waits for 300 ms at least, limits.overload_lag_ms is 250"));
	ims_admission_look(b.admission, &report);
	assert_int_equal(report.longest_ms[IMS_QUEUE_MESSAGES], 300);
	assert_int_equal(report.overloads, 1);
	/* It ends though nobody comes, and then there is no timer. */
	for (guint i = 0; i < 100; i++)
		fake_clock_pass_ms(&b.clock, IMS_OVERLOAD_INTERVAL_MS);
	assert_non_null(strstr(logged->str, "alarm overload_over: "
					    "new registrations and calls are all let in again"));
	assert_int_equal(b.clock.armed->len, 0);
	assert_int_equal(let_in(&b, IMS_NEW_CALL, 1000), 1000);
	assert_true(refused(&b, IMS_REFUSED_OVERLOAD) > 900);
	end(&b);
}

/* The first piece of work did not wait: the queue does not stand, however long the others do. */
static void test_burst(void **state)
{
	bench b;

	(void)state;
	begin(&b, (ims_config_limits){ .overload_lag_ms = 250 });
	for (guint i = 0; i < 20; i++) {
		ims_lag_note(&b.lags[IMS_QUEUE_REQUESTS], 0);
		pass(&b, IMS_QUEUE_REQUESTS, 2000);
		assert_int_equal(let_in(&b, IMS_NEW_CALL, 10), 10);
	}
	end(&b);
}

static void test_descriptors(void **state)
{
	struct rlimit limit;
	bench b;

	(void)state;
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &limit), 0);
	begin(&b, (ims_config_limits){ .spare_descriptors = (guint)MIN(limit.rlim_cur, G_MAXINT) });
	assert_refused(&b, IMS_NEW_CALL, 0, "call: this gateway has no room for more calls");
	assert_null(refusal(&b, IMS_NEW_REGISTRATION, 0)); /* it takes none */
	assert_int_equal(refused(&b, IMS_REFUSED_DESCRIPTORS), 1);
	b.limits.spare_descriptors = 10;
	assert_null(refusal(&b, IMS_NEW_CALL, 0));
	end(&b);
}

static void test_ports(void **state)
{
	guint16 one, two;
	bench b;

	(void)state;
	begin(&b, (ims_config_limits){ 0 });
	one = ims_ports_take(b.ports, "a");
	assert_null(refusal(&b, IMS_NEW_CALL, 1));
	two = ims_ports_take(b.ports, "b");
	assert_refused(&b, IMS_NEW_CALL, 2, "call: this gateway has no RTP port for more calls");
	assert_null(refusal(&b, IMS_NEW_REGISTRATION, 2)); /* it takes none */
	assert_int_equal(refused(&b, IMS_REFUSED_PORTS), 1);
	assert_non_null(strstr(logged->str, "alarm ports_exhausted: a call refused: no RTP port is free"));
	ims_ports_give_back(b.ports, one);
	assert_null(refusal(&b, IMS_NEW_CALL, 1));
	ims_ports_give_back(b.ports, two);
	end(&b);
}

static void test_counted_elsewhere(void **state)
{
	bench b;

	(void)state;
	begin(&b, (ims_config_limits){ 0 });
	ims_admission_count(b.admission, IMS_REFUSED_FULL);
	assert_int_equal(refused(&b, IMS_REFUSED_FULL), 1);
	assert_string_equal(ims_refused_name(IMS_REFUSED_PORTS), "ports");
	ims_admission_free(NULL);
	end(&b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_limits),  cmocka_unit_test(test_at_a_time),
		cmocka_unit_test(test_per_second), cmocka_unit_test(test_overload),
		cmocka_unit_test(test_burst),      cmocka_unit_test(test_descriptors),
		cmocka_unit_test(test_ports),      cmocka_unit_test(test_counted_elsewhere),
	};

	return cmocka_run_group_tests_name("test_ims_admission", tests, NULL, NULL);
}
