/* What a request proves, sending after sending, and whom it asks. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "sip/ims_credentials.h"

typedef struct {
	GString *asked; /* "INVITE sip:bob 401 0; " */
	const char *says;
	GBytes *body;
} source;

static char *answer(const ims_credentials_ask *ask, gpointer user)
{
	source *s = user;

	assert_ptr_equal(ask->body, s->body);
	g_string_append_printf(s->asked, "%s %s %s %u; ", ask->method, ask->uri,
			       !ask->challenges ? "-"
			       : ask->proxy     ? "407"
						: "401",
			       ask->answers);
	return g_strdup(s->says);
}

static gboolean challenge(ims_authorization *a, gboolean proxy)
{
	g_autoptr(GPtrArray) challenges = g_ptr_array_new();

	g_ptr_array_add(challenges, (char *)"Digest realm=\"x\", nonce=\"y\"");
	return ims_authorization_heed(a, "sip:bob", challenges, proxy);
}

static void test_life(void **state)
{
	g_autoptr(GBytes) body = g_bytes_new("v=0", 3);
	source s = { g_string_new(NULL), NULL, body };
	ims_credentials *credentials = ims_credentials_new(answer, &s);
	ims_authorization a;

	(void)state;
	ims_authorization_init(&a, credentials, "INVITE", body);
	ims_authorization_begin(&a, "sip:bob");
	assert_null(a.lines);
	s.says = "Proxy-Authorization: one";
	assert_true(challenge(&a, TRUE));
	assert_string_equal(a.lines, "Proxy-Authorization: one");
	s.says = "Authorization: two";
	assert_true(challenge(&a, FALSE));
	assert_string_equal(a.lines, "Authorization: two");
	s.says = NULL;
	assert_false(challenge(&a, FALSE));
	assert_string_equal(a.lines, "Authorization: two"); /* what was sent last: for the ACK */
	assert_string_equal(s.asked->str, "INVITE sip:bob - 0; INVITE sip:bob 407 0; INVITE sip:bob 401 1; "
					  "INVITE sip:bob 401 2; ");
	ims_authorization_clear(&a);
	ims_credentials_unref(credentials);
	g_string_free(s.asked, TRUE);
}

/* The registration ends while a request is under way. */
static void test_revoked(void **state)
{
	GBytes *body = NULL;
	source s = { g_string_new(NULL), "Authorization: one", body };
	ims_credentials *credentials = ims_credentials_new(answer, &s);
	ims_authorization a;

	(void)state;
	ims_authorization_init(&a, credentials, "INVITE", body);
	ims_authorization_begin(&a, "sip:bob");
	assert_string_equal(a.lines, "Authorization: one");
	ims_credentials_revoke(credentials);
	ims_credentials_unref(credentials);
	g_string_truncate(s.asked, 0);
	assert_false(challenge(&a, FALSE));
	ims_authorization_begin(&a, "sip:bob");
	assert_null(a.lines);
	assert_string_equal(s.asked->str, "");
	ims_authorization_clear(&a);
	g_string_free(s.asked, TRUE);
}

static void test_nobody(void **state)
{
	ims_authorization a = { 0 };

	(void)state;
	ims_authorization_init(&a, NULL, "INVITE", NULL);
	ims_authorization_begin(&a, "sip:bob");
	assert_false(challenge(&a, FALSE));
	assert_null(a.lines);
	ims_authorization_clear(&a);
	ims_credentials_revoke(NULL);
	ims_credentials_unref(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_revoked),
		cmocka_unit_test(test_nobody),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
