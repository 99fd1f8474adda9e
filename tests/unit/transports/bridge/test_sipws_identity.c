#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "bridge/sipws_identity.h"

static const struct {
	const char *a, *b;
	gboolean equal;
} pairs[] = {
	{ "sip:alice@ims.example", "sip:alice@ims.example", TRUE },
	{ "sip:alice@ims.example", "SIP:alice@IMS.example", TRUE },
	{ "sip:alice@ims.example", "sip:%61lice@ims.example;user=phone?Subject=x", TRUE },
	{ "sip:alice?1@ims.example", "sip:alice?2@ims.example", FALSE },
	{ "sip:alice?1@ims.example", "sip:alice?1@other.example", FALSE },
	{ "sip:alice@ims.example", "sip:Alice@ims.example", FALSE },
	{ "sip:alice@ims.example", "sips:alice@ims.example", FALSE },
	{ "sip:alice@ims.example", "sip:alice@ims.example:5060", FALSE },
	{ "sip:alice@ims.example", "sip:alice@ims.example.org", FALSE },
	{ "sip:alice@ims.example", "sip:ims.example", FALSE },
	{ "sip:ims.example", "sip:ims.example;transport=ws", TRUE },
	{ "sip:a%00b@ims.example", "sip:a@ims.example", FALSE },
	{ "sip:a%00b@ims.example", "sip:ims.example", FALSE },
	{ "tel:+1-555-01(00)", "tel:+1.5550100;phone-context=x", TRUE },
	{ "tel:+15550100", "tel:+15550101", FALSE },
	{ "tel:+15550100", "sip:+15550100@ims.example", FALSE },
	{ "", "sip:alice@ims.example", FALSE },
	{ "alice", "sip:alice@ims.example", FALSE },
};

static void test_equal(void **state)
{
	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(pairs); i++) {
		if (sipws_identity_equal(pairs[i].a, pairs[i].b) != pairs[i].equal ||
		    sipws_identity_equal(pairs[i].b, pairs[i].a) != pairs[i].equal)
			fail_msg("%s, %s", pairs[i].a, pairs[i].b);
	}
}

static void test_anonymous(void **state)
{
	(void)state;
	assert_true(sipws_identity_is_anonymous("sip:anonymous@anonymous.invalid"));
	assert_true(sipws_identity_is_anonymous("sip:anonymous@Anonymous.Invalid;x"));
	assert_false(sipws_identity_is_anonymous("sip:anonymous.invalid@ims.example"));
	assert_false(sipws_identity_is_anonymous("tel:anonymous.invalid"));
}

static void test_host(void **state)
{
	static const char *const rows[][2] = { { "sip:alice@ims.example:5060;x", "ims.example" },
					       { "tel:+1555", "" },
					       { "sip:a@[2001:db8::1]:5060", "[2001:db8::1]" },
					       { "", "" } };

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *host = sipws_identity_host(rows[i][0]);

		assert_string_equal(host, rows[i][1]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_equal),
		cmocka_unit_test(test_anonymous),
		cmocka_unit_test(test_host),
	};

	return cmocka_run_group_tests_name("sipws_identity", tests, NULL, NULL);
}
