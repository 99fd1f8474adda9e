/* How long work waits for the thread of the sockets, and whom it lets in; time is the test's. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "../../log_recorder.h"
#include "server/sipws_load.h"

typedef struct {
	ims_lag mail;
	ims_alarms *alarms;
	gint64 now_ms;
	sipws_load load;
} bench;

static gint64 standing_still(void)
{
	return 0;
}

static void begin(bench *b, guint limit_ms)
{
	log_recorder_start();
	b->now_ms = 1000;
	ims_lag_init(&b->mail);
	b->alarms = ims_alarms_new(NULL, standing_still);
	sipws_load_init(&b->load, limit_ms, &b->mail, b->alarms, b->now_ms * 1000);
}

static void end(bench *b)
{
	ims_alarms_free(b->alarms);
	log_recorder_stop();
}

static void look(bench *b, guint late_ms)
{
	b->now_ms += SIPWS_LOAD_LOOK_MS + late_ms;
	sipws_load_look(&b->load, b->now_ms * 1000);
}

static guint let_in(bench *b, guint tries)
{
	guint count = 0;

	while (tries--)
		count += sipws_load_lets_in(&b->load) ? 1 : 0;
	return count;
}

/* Sockets wait while the thread is late; one look that is late may be the machine's doing. */
static void test_late(void **state)
{
	bench b;

	(void)state;
	begin(&b, 250);
	look(&b, 2000);
	look(&b, 0);
	look(&b, 2000);
	assert_int_equal(let_in(&b, 100), 100);
	look(&b, 300);
	assert_in_range(let_in(&b, 100), 79, 81);
	assert_int_equal(b.load.longest_ms, 300);
	assert_non_null(strstr(logged->str,
			       "alarm overload: work of SIP over WebSocket waits for 300 ms at least, "
			       "limits.overload_lag_ms is 250"));
	for (guint i = 0; i < 8; i++)
		look(&b, 250);
	assert_int_equal(let_in(&b, 100), 100);
	assert_non_null(strstr(logged->str,
			       "alarm overload_over: new clients of SIP over WebSocket are all let in "
			       "again"));
	end(&b);
}

/* What Janus says may wait though the thread turns quickly. */
static void test_mail(void **state)
{
	bench b;

	(void)state;
	begin(&b, 250);
	for (guint i = 0; i < 100; i++) {
		ims_lag_note(&b.mail, 260000);
		ims_lag_note(&b.mail, 900000);
		look(&b, 0);
	}
	assert_in_range(let_in(&b, 100), 2, 3); /* somebody always comes in */
	assert_int_equal(b.load.longest_ms, 900);
	for (guint i = 0; i < 100; i++) {
		ims_lag_note(&b.mail, 1000); /* a burst: the first did not wait */
		ims_lag_note(&b.mail, 900000);
		look(&b, 0);
	}
	assert_int_equal(let_in(&b, 100), 100);
	end(&b);
}

/* A clock that goes back, hours in a debugger; and no limit at all. */
static void test_odd(void **state)
{
	bench b;

	(void)state;
	begin(&b, 250);
	sipws_load_look(&b.load, G_MAXINT64);
	assert_int_equal(b.load.longest_ms, G_MAXINT);
	sipws_load_look(&b.load, 0);
	assert_int_equal(b.load.longest_ms, 0);
	end(&b);
	begin(&b, 0);
	for (guint i = 0; i < 20; i++)
		look(&b, 5000);
	assert_int_equal(let_in(&b, 100), 100);
	assert_string_equal(logged->str, "");
	end(&b);
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_late),
		cmocka_unit_test(test_mail),
		cmocka_unit_test(test_odd),
	};

	return cmocka_run_group_tests_name("test_sipws_load", tests, NULL, NULL);
}
