/* REQ-105: key presses in INFO, as phones write them. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "call/ims_dtmf_info.h"

#define RELAY "application/dtmf-relay"
#define DTMF "application/dtmf"

static void test_keys(void **state)
{
	static const struct {
		const char *type, *body;
		char signal;
		guint duration_ms;
	} rows[] = {
		{ RELAY, "Signal=5\r\nDuration=160\r\n", '5', 160 },
		{ RELAY, "Signal=5\nDuration=160", '5', 160 },
		{ RELAY, "Signal= *\r\nDuration= 250 \r\n", '*', 250 },
		{ RELAY, "Duration=90\r\nsignal=#\r\n", '#', 90 },
		{ RELAY, "Signal=d", 'D', 0 },
		{ RELAY, "Signal=10\r\n", '*', 0 },
		{ RELAY, "Signal=11\r\n", '#', 0 },
		{ RELAY, "Signal=15\r\n", 'D', 0 },
		{ RELAY, "Signal=1\r\nDuration=0\r\n", '1', 0 },
		{ RELAY, "Signal=1\r\nDuration=99999999999999999999\r\n", '1', 0 },
		{ RELAY, "Signal=1\r\nDuration=-5\r\n", '1', 0 },
		{ "Application/DTMF-Relay; charset=utf-8", "Signal=0\r\n", '0', 0 },
		{ DTMF, "7", '7', 0 },
		{ DTMF, " 7\r\n", '7', 0 },
		{ DTMF, "11", '#', 0 },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GBytes) body = g_bytes_new_static(rows[i].body, strlen(rows[i].body));
		char signal = 0;
		guint duration_ms = 1;

		if (!ims_dtmf_info_parse(rows[i].type, body, &signal, &duration_ms))
			fail_msg("%s is no key", rows[i].body);
		assert_int_equal(signal, rows[i].signal);
		assert_int_equal(duration_ms, rows[i].duration_ms);
	}
}

static void test_others(void **state)
{
	static const char *const rows[][2] = {
		{ RELAY, "" },          { RELAY, "Signal=" },     { RELAY, "Signal=16" },
		{ RELAY, "Signal=55" }, { RELAY, "Signal=x" },    { RELAY, "Signal" },
		{ RELAY, "5" },         { RELAY, "=5" },          { RELAY, "Signal=-1" },
		{ DTMF, "Signal=5" },   { DTMF, "12345" },        { DTMF, "\r\n" },
		{ "text/plain", "5" },  { "application/d", "5" }, { "", "5" },
		{ DTMF "x", "5" },      { NULL, "Signal=5\r\n" }
	};
	g_autofree char *many = g_strnfill(257, '5');
	g_autoptr(GBytes) long_one = g_bytes_new_static(many, 257);
	char signal;
	guint duration_ms;

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autoptr(GBytes) body = g_bytes_new_static(rows[i][1], strlen(rows[i][1]));

		if (ims_dtmf_info_parse(rows[i][0], body, &signal, &duration_ms))
			fail_msg("%s in %s is a key", rows[i][1], rows[i][0]);
	}
	assert_false(ims_dtmf_info_parse(DTMF, NULL, &signal, &duration_ms));
	assert_false(ims_dtmf_info_parse(DTMF, long_one, &signal, &duration_ms));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_keys),
		cmocka_unit_test(test_others),
	};

	return cmocka_run_group_tests_name("test_ims_dtmf_info", tests, NULL, NULL);
}
