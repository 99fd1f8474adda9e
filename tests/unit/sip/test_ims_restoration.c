/* Which bodies of a 504 ask for a new initial registration (24.229 7.6). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "sip/ims_restoration.h"

#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
#define SERVICE(inside)                                                                                      \
	XML "<ims-3gpp version=\"1\"><alternative-service>" inside "</alternative-service></ims-3gpp>"
#define TYPE "<type>restoration</type>"
#define ACTION "<action>initial-registration</action>"

static void test_asked(void **state)
{
	static const char *const rows[] = {
		SERVICE(TYPE "<reason>S-CSCF restarted</reason>" ACTION),
		SERVICE(TYPE ACTION "<future x=\"1\"/>"),
		SERVICE("\n  <type>\n restoration </type>\n" ACTION),
		"<i:ims-3gpp xmlns:i=\"urn:3gpp\"><i:alternative-service><i:type>restoration</i:type>"
		"<i:action>initial-registration</i:action></i:alternative-service></i:ims-3gpp>",
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		if (!ims_restoration_is_asked(rows[i], strlen(rows[i])))
			fail_msg("%s", rows[i]);
}

static void test_not_asked(void **state)
{
	static const char *const rows[] = {
		"",
		"restoration initial-registration",
		SERVICE(TYPE),
		SERVICE(ACTION),
		SERVICE("<type>emergency</type>" ACTION),
		SERVICE(TYPE "<action>emergency-registration</action>"),
		SERVICE("<x>" TYPE ACTION "</x>"),
		"<ims-3gpp>" TYPE ACTION "</ims-3gpp>",
		"<other><ims-3gpp><alternative-service>" TYPE ACTION
		"</alternative-service></ims-3gpp></other>",
		"<ims-3gpp><alternative-service>" TYPE ACTION "</alternative-service>",
		SERVICE(TYPE ACTION) "<",
		SERVICE("<!-- " TYPE ACTION " -->"),
	};
	g_autofree char *deep = g_strnfill(3 * 100000, '<');

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		if (ims_restoration_is_asked(rows[i], strlen(rows[i])))
			fail_msg("%s", rows[i]);
	for (gsize i = 0; i + 2 < strlen(deep); i += 3)
		memcpy(deep + i, "<a>", 3);
	assert_false(ims_restoration_is_asked(deep, strlen(deep)));
	assert_false(ims_restoration_is_asked(deep, 60000));
	assert_false(ims_restoration_is_asked(SERVICE(TYPE ACTION), 20));
	assert_false(ims_restoration_is_asked("\0<ims-3gpp>", 11));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_asked),
		cmocka_unit_test(test_not_asked),
	};

	return cmocka_run_group_tests_name("test_ims_restoration", tests, NULL, NULL);
}
