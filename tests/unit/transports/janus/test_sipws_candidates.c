/* Which m-line candidates go to, and which of them are none. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "janus/sipws_candidates.h"

#define SESSION "v=0\r\no=- 1 1 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"
#define AUDIO "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:a\r\n"
#define VIDEO "m=video 9 UDP/TLS/RTP/SAVPF 96\r\na=mid:v\r\n"
#define ONE "a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n"
#define END "a=end-of-candidates\r\n"

static void take(sipws_candidates *candidates, const char *mid, const char *line)
{
	json_t *candidate = json_pack("{ss*, ss}", "sdpMid", mid, "candidate", line);

	sipws_candidates_take(candidates, candidate);
	json_decref(candidate);
}

static void they_go_where_they_belong(void **state)
{
	static const struct {
		const char *mid, *sdp, *whole;
	} rows[] = {
		{ "a", SESSION AUDIO, SESSION AUDIO ONE END },
		{ "a", SESSION AUDIO VIDEO, SESSION AUDIO ONE END VIDEO },
		{ "v", SESSION AUDIO VIDEO, SESSION AUDIO VIDEO ONE END }, /* the first is refused */
		{ "other", SESSION AUDIO VIDEO, SESSION AUDIO ONE END VIDEO },
		{ NULL, SESSION AUDIO VIDEO, SESSION AUDIO ONE END VIDEO },
		{ "a", SESSION, SESSION ONE END },
	};

	(void)state;
	for (guint i = 0; i < G_N_ELEMENTS(rows); i++) {
		sipws_candidates candidates = { 0 };
		g_autofree char *whole = NULL;

		take(&candidates, rows[i].mid, "candidate:1 1 udp 1 192.0.2.1 9 typ host");
		whole = sipws_candidates_put(&candidates, rows[i].sdp);
		assert_string_equal(whole, rows[i].whole);
		assert_true(sipws_candidates_are_in(whole));
		assert_false(sipws_candidates_are_in(rows[i].sdp));
		sipws_candidates_clear(&candidates);
	}
}

static void some_are_none(void **state)
{
	sipws_candidates candidates = { 0 };
	g_autofree char *whole = NULL;

	(void)state;
	take(&candidates, "a", "candidate:"); /* nat_1_1_mapping, the other family */
	take(&candidates, "a", "candidate:1\r\na=mid:b");
	take(&candidates, "a", "a=inactive");
	sipws_candidates_take(&candidates, NULL);
	whole = sipws_candidates_put(&candidates, SESSION AUDIO);
	assert_string_equal(whole, SESSION AUDIO END);
	assert_false(candidates.all);
}

static void they_are_counted(void **state)
{
	sipws_candidates candidates = { 0 };

	(void)state;
	for (int i = 0; i < 1000; i++) {
		g_autofree char *line = g_strdup_printf("candidate:%d", i);

		take(&candidates, "a", line);
	}
	assert_int_equal(candidates.lines->len, 64);
	sipws_candidates_clear(&candidates);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(they_go_where_they_belong),
		cmocka_unit_test(some_are_none),
		cmocka_unit_test(they_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
