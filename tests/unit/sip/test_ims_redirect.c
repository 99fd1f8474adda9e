/* Where a 3xx may lead a call: to users of the home network, if the operator lets it. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "sip/ims_redirect.h"

static char *target(const char *status, const char *contacts, gboolean follow)
{
	char *numbers[] = { (char *)"112" };
	const GPtrArray emergency = { .pdata = (gpointer *)numbers, .len = 1 };
	const ims_network network = { .domain = (char *)"ims.example",
				      .follow_redirects = follow,
				      .emergency_numbers = (GPtrArray *)&emergency };
	g_autofree char *text = g_strdup_printf("SIP/2.0 %s\r\n"
						"Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1\r\n"
						"From: <sip:alice@ims.example>;tag=f1\r\n"
						"To: <sip:bob@ims.example>;tag=t1\r\n"
						"Call-ID: c\r\nCSeq: 1 INVITE\r\n%sContent-Length: 0\r\n\r\n",
						status, contacts);
	msg_t *message = msg_make(sip_default_mclass(), 0, text, (isize_t)strlen(text));
	char *found = ims_redirect_target(sip_object(message), &network);

	msg_destroy(message);
	return found;
}

static void test_targets(void **state)
{
	static const struct {
		const char *status, *contacts, *target; /* NULL: none */
	} rows[] = {
		{ "302 Moved", "Contact: <sip:carol@ims.example>\r\n", "sip:carol@ims.example" },
		{ "301 Moved", "Contact: sip:carol@IMS.Example\r\n", "sip:carol@IMS.Example" },
		{ "300 Choices", "Contact: <sip:a@ims.example>;q=0.3, <sip:b@ims.example>;q=0.7\r\n",
		  "sip:b@ims.example" },
		{ "300 Choices", "Contact: <sip:a@ims.example>;q=0.3\r\nContact: <sip:b@ims.example>\r\n",
		  "sip:b@ims.example" },
		{ "302 Moved", "Contact: <sip:x@other.example>, <sip:b@ims.example>;q=0.1\r\n",
		  "sip:b@ims.example" },
		{ "302 Moved", "Contact: <sip:x@other.example>\r\n", NULL },
		{ "302 Moved", "Contact: <sip:x@ims.example.evil>\r\n", NULL },
		{ "302 Moved", "Contact: <sip:x@192.0.2.9>\r\n", NULL },
		{ "302 Moved", "Contact: <sip:x@ims.example:5080>\r\n", NULL },
		{ "302 Moved", "Contact: <sips:x@ims.example>\r\n", NULL },
		{ "302 Moved", "Contact: <tel:+4930999>\r\n", NULL },
		{ "302 Moved", "Contact: <urn:service:sos>\r\n", NULL },
		{ "302 Moved", "Contact: <sip:112@ims.example>\r\n", NULL },
		{ "302 Moved", "Contact: <sip:ims.example>\r\n", NULL },
		{ "302 Moved", "Contact: <sip:x@ims.example?Route=%3Csip:evil%3E>\r\n", NULL },
		{ "302 Moved", "Contact: <sip:a@ims.example>;q=nonsense\r\n", "sip:a@ims.example" },
		{ "302 Moved", "", NULL },
		{ "305 Use Proxy", "Contact: <sip:carol@ims.example>\r\n", NULL },
		{ "380 Alternative", "Contact: <sip:carol@ims.example>\r\n", NULL },
		{ "404 Not Found", "Contact: <sip:carol@ims.example>\r\n", NULL },
	};

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *found = target(rows[i].status, rows[i].contacts, TRUE);
		g_autofree char *unasked = target(rows[i].status, rows[i].contacts, FALSE);

		if (g_strcmp0(found, rows[i].target) != 0)
			fail_msg("%s %s: %s", rows[i].status, rows[i].contacts, found ? found : "none");
		assert_null(unasked);
	}
	{
		const ims_network network = { .follow_redirects = TRUE };

		assert_null(ims_redirect_target(NULL, &network));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_targets),
	};

	return cmocka_run_group_tests_name("test_ims_redirect", tests, NULL, NULL);
}
