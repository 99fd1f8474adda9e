/* What bodies of type application/3gpp-ims+xml say (24.229 7.6). */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "sip/ims_alternative_service.h"

#define XML "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n"
#define SERVICE(inside)                                                                                      \
	XML "<ims-3gpp version=\"1\"><alternative-service>" inside "</alternative-service></ims-3gpp>"
#define TYPE "<type>restoration</type>"
#define ACTION "<action>initial-registration</action>"

static gboolean asks(const char *body, gsize size)
{
	g_auto(ims_alternative_service) service = ims_alternative_service_parse(body, size);

	return ims_alternative_service_is_restoration(&service);
}

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
		if (!asks(rows[i], strlen(rows[i])))
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
		if (asks(rows[i], strlen(rows[i])))
			fail_msg("%s", rows[i]);
	for (gsize i = 0; i + 2 < strlen(deep); i += 3)
		memcpy(deep + i, "<a>", 3);
	assert_false(asks(deep, strlen(deep)));
	assert_false(asks(deep, 60000));
	assert_false(asks(SERVICE(TYPE ACTION), 20));
	assert_false(asks("\0<ims-3gpp>", 11));
}

/* REQ-103: a 380 says why, and what a device would do. */
static void test_emergency(void **state)
{
	static const char body[] = SERVICE("<type>emergency</type><reason>Please use &lt;112&gt;</reason>"
					   "<action>emergency-registration</action>");
	g_auto(ims_alternative_service) service = ims_alternative_service_parse(body, strlen(body));

	(void)state;
	assert_string_equal(service.type, "emergency");
	assert_string_equal(service.reason, "Please use <112>");
	assert_string_equal(service.action, "emergency-registration");
	assert_false(ims_alternative_service_is_restoration(&service));
}

/* Nothing that grows, nothing that is fetched. */
static void test_hostile(void **state)
{
	g_autofree char *text = g_strnfill(257, 'x');
	g_autofree char *many = g_strconcat(SERVICE(TYPE ACTION), "<!--", NULL);
	g_autofree char *long_reason =
		g_strdup_printf(XML "<ims-3gpp><alternative-service>" TYPE
				    "<reason>%s</reason></alternative-service></ims-3gpp>",
				text);
	const char *const rows[] = {
		"<!DOCTYPE x [<!ENTITY a "
		"\"restoration\">]><ims-3gpp><alternative-service><type>&a;</type>" ACTION
		"</alternative-service></ims-3gpp>",
		"<!DOCTYPE x SYSTEM \"http://192.0.2.1/x.dtd\">" SERVICE(TYPE ACTION),
		"<ims-3gpp><alternative-service><type>&b;</type></alternative-service></ims-3gpp>",
		many,
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_auto(ims_alternative_service) service =
			ims_alternative_service_parse(rows[i], strlen(rows[i]));

		if (service.type || service.action)
			fail_msg("%s", rows[i]);
	}
	{
		g_auto(ims_alternative_service) service =
			ims_alternative_service_parse(long_reason, strlen(long_reason));

		assert_string_equal(service.type, "restoration");
		assert_null(service.reason);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_emergency),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_asked),
		cmocka_unit_test(test_not_asked),
	};

	return cmocka_run_group_tests_name("test_ims_alternative_service", tests, NULL, NULL);
}
