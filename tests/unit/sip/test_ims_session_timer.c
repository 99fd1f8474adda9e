/* Session timers: what is said to whom, who refreshes, and when (RFC 4028, REQ-93). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "sip/ims_session_timer.h"

#define MIN_S 90

static ims_session_timer new_timer(guint wanted_s)
{
	ims_session_timer timer;

	ims_session_timer_init(&timer, wanted_s, MIN_S);
	return timer;
}

static void asks(const ims_session_timer *timer, const char *lines)
{
	g_autofree char *asked = ims_session_timer_ask(timer);

	assert_string_equal(asked ? asked : "", lines);
}

/* Our INVITE, and how the peer's 2xx to it is understood. */
static const struct {
	const char *name;
	ims_session_terms answer;
	guint interval_s;
	gboolean ours;
	const char *next; /* what our next request says */
} answers[] = {
	{ "we refresh",
	  { 600, IMS_REFRESHER_UAC, 0, TRUE },
	  600,
	  TRUE,
	  "Session-Expires: 600;refresher=uac\r\nMin-SE: 90" },
	{ "the peer does",
	  { 1800, IMS_REFRESHER_UAS, 0, TRUE },
	  1800,
	  FALSE,
	  "Session-Expires: 1800;refresher=uas\r\nMin-SE: 90" },
	{ "it does not say who",
	  { 1800, IMS_REFRESHER_OPEN, 0, FALSE },
	  1800,
	  TRUE,
	  "Session-Expires: 1800;refresher=uac\r\nMin-SE: 90" },
	{ "it knows no timers",
	  { 0, IMS_REFRESHER_OPEN, 0, FALSE },
	  0,
	  TRUE,
	  "Session-Expires: 1800\r\nMin-SE: 90" },
	{ "it wants to hear from us all the time",
	  { 1, IMS_REFRESHER_UAC, 0, TRUE },
	  MIN_S,
	  TRUE,
	  "Session-Expires: 90;refresher=uac\r\nMin-SE: 90" },
	{ "for ever",
	  { G_MAXUINT32, IMS_REFRESHER_UAC, 0, TRUE },
	  604800,
	  TRUE,
	  "Session-Expires: 604800;refresher=uac\r\nMin-SE: 90" },
};

static void test_we_ask(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
		ims_session_timer timer = new_timer(1800);

		asks(&timer, "Session-Expires: 1800\r\nMin-SE: 90");
		ims_session_timer_answered(&timer, &answers[i].answer);
		if (timer.interval_s != answers[i].interval_s || timer.ours != answers[i].ours)
			fail_msg("%s: %u s, %s", answers[i].name, timer.interval_s,
				 timer.ours ? "ours" : "theirs");
		asks(&timer, answers[i].next);
	}
}

/* The peer's INVITE, and our 2xx. */
static const struct {
	const char *name;
	guint wanted_s;
	ims_session_terms request;
	const char *answer;
} requests[] = {
	{ "as it asks",
	  1800,
	  { 1200, IMS_REFRESHER_OPEN, 0, TRUE },
	  "Session-Expires: 1200;refresher=uac\r\nRequire: timer" },
	{ "it wants us to refresh",
	  1800,
	  { 1200, IMS_REFRESHER_UAS, 0, TRUE },
	  "Session-Expires: 1200;refresher=uas" },
	{ "it will refresh",
	  1800,
	  { 1200, IMS_REFRESHER_UAC, 0, TRUE },
	  "Session-Expires: 1200;refresher=uac\r\nRequire: timer" },
	{ "longer than we like",
	  1800,
	  { 7200, IMS_REFRESHER_OPEN, 0, TRUE },
	  "Session-Expires: 1800;refresher=uac\r\nRequire: timer" },
	{ "and not shorter",
	  1800,
	  { 7200, IMS_REFRESHER_OPEN, 3600, TRUE },
	  "Session-Expires: 3600;refresher=uac\r\nRequire: timer" },
	{ "it can, but does not ask",
	  1800,
	  { 0, IMS_REFRESHER_OPEN, 0, TRUE },
	  "Session-Expires: 1800;refresher=uac\r\nRequire: timer" },
	{ "it cannot", 1800, { 0, IMS_REFRESHER_OPEN, 0, FALSE }, "Session-Expires: 1800;refresher=uas" },
	{ "it cannot, a proxy asks",
	  1800,
	  { 600, IMS_REFRESHER_OPEN, 300, FALSE },
	  "Session-Expires: 600;refresher=uas" },
	{ "we do not ask, it does",
	  0,
	  { 600, IMS_REFRESHER_OPEN, 0, TRUE },
	  "Session-Expires: 600;refresher=uac\r\nRequire: timer" },
	{ "nobody asks", 0, { 0, IMS_REFRESHER_OPEN, 0, TRUE }, "" },
};

static void test_we_are_asked(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(requests); i++) {
		ims_session_timer timer = new_timer(requests[i].wanted_s);
		g_autofree char *lines = NULL;

		assert_false(ims_session_timer_refuses(&timer, &requests[i].request, &lines));
		lines = ims_session_timer_answer(&timer, &requests[i].request);
		if (g_strcmp0(lines ? lines : "", requests[i].answer) != 0)
			fail_msg("%s: %s", requests[i].name, lines);
	}
}

static void test_we_refuse(void **state)
{
	ims_session_timer timer = new_timer(1800);
	g_autofree char *lines = NULL;

	(void)state;
	assert_true(ims_session_timer_refuses(&timer, &(ims_session_terms){ 89, IMS_REFRESHER_OPEN, 0, TRUE },
					      &lines));
	assert_string_equal(lines, "Min-SE: 90");
	assert_false(ims_session_timer_refuses(
		&timer, &(ims_session_terms){ 90, IMS_REFRESHER_OPEN, 0, TRUE }, &lines));
	/* It has not asked, and could not ask again. */
	assert_false(ims_session_timer_refuses(
		&timer, &(ims_session_terms){ 89, IMS_REFRESHER_OPEN, 0, FALSE }, &lines));
}

static void test_we_are_refused(void **state)
{
	ims_session_timer timer = new_timer(300);

	(void)state;
	assert_true(ims_session_timer_refused(&timer, &(ims_session_terms){ .min_s = 600 }));
	asks(&timer, "Session-Expires: 600\r\nMin-SE: 600");
	assert_false(ims_session_timer_refused(&timer, &(ims_session_terms){ .min_s = 600 }));
	assert_false(ims_session_timer_refused(&timer, &(ims_session_terms){ .min_s = 0 }));
	assert_false(ims_session_timer_refused(&timer, &(ims_session_terms){ .min_s = G_MAXUINT32 }));
	assert_true(ims_session_timer_refused(&timer, &(ims_session_terms){ .min_s = 601 }));
	assert_true(ims_session_timer_refused(&timer, &(ims_session_terms){ .min_s = 602 }));
	assert_false(ims_session_timer_refused(&timer, &(ims_session_terms){ .min_s = 603 })); /* and so on */
}

/* In a call roles stay, whoever asks. */
static void test_roles_stay(void **state)
{
	ims_session_timer timer = new_timer(1800);
	g_autofree char *lines = NULL;

	(void)state;
	ims_session_timer_answered(&timer, &(ims_session_terms){ 600, IMS_REFRESHER_UAC, 0, TRUE });
	lines = ims_session_timer_answer(&timer, &(ims_session_terms){ 600, IMS_REFRESHER_OPEN, 0, TRUE });
	assert_string_equal(lines, "Session-Expires: 600;refresher=uas");
}

static void passes(ims_session_timer *timer, gint64 wait_ms, ims_session_moment moment)
{
	assert_int_equal(ims_session_timer_wait_ms(timer), wait_ms);
	assert_int_equal(ims_session_timer_pass(timer), moment);
}

static void test_moments(void **state)
{
	const ims_session_terms ours = { 1800, IMS_REFRESHER_UAC, 0, TRUE };
	const ims_session_terms theirs = { 1800, IMS_REFRESHER_UAS, 0, TRUE };
	const ims_session_terms brief = { 90, IMS_REFRESHER_UAC, 0, TRUE };
	ims_session_timer timer = new_timer(1800);

	(void)state;
	assert_int_equal(ims_session_timer_wait_ms(&timer), -1);

	ims_session_timer_answered(&timer, &ours);
	passes(&timer, 900000, IMS_SESSION_REFRESH);
	ims_session_timer_answered(&timer, &ours); /* it succeeded: all begins anew */
	passes(&timer, 900000, IMS_SESSION_REFRESH);
	passes(&timer, 150000, IMS_SESSION_REFRESH);
	passes(&timer, 1768000 - 1050000, IMS_SESSION_EXPIRE);

	ims_session_timer_answered(&timer, &theirs);
	passes(&timer, 1768000, IMS_SESSION_EXPIRE);

	ims_session_timer_answered(&timer, &brief);
	passes(&timer, 45000, IMS_SESSION_REFRESH);
	passes(&timer, 7500, IMS_SESSION_REFRESH);
	passes(&timer, 7500, IMS_SESSION_EXPIRE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_we_ask),     cmocka_unit_test(test_we_are_asked),
		cmocka_unit_test(test_we_refuse),  cmocka_unit_test(test_we_are_refused),
		cmocka_unit_test(test_roles_stay), cmocka_unit_test(test_moments),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
