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
	gboolean asks; /* somebody else about challenges */
	guint due;
} source;

static ims_credentials_verdict answer(const ims_credentials_ask *ask, char **ret_lines, gpointer user)
{
	source *s = user;

	assert_ptr_equal(ask->body, s->body);
	g_string_append_printf(s->asked, "%s %s %s %u; ", ask->method, ask->uri,
			       !ask->challenges ? "-"
			       : ask->proxy     ? "407"
						: "401",
			       ask->answers);
	if (s->asks && ask->challenges)
		return IMS_CREDENTIALS_ASKED;
	*ret_lines = g_strdup(s->says);
	return s->says ? IMS_CREDENTIALS_GIVEN : IMS_CREDENTIALS_NONE;
}

static void on_due(gpointer user)
{
	((source *)user)->due++;
}

static ims_credentials_verdict challenge_it(ims_authorization *a, gboolean proxy)
{
	g_autoptr(GPtrArray) challenges = g_ptr_array_new();

	g_ptr_array_add(challenges, (char *)"Digest realm=\"x\", nonce=\"y\"");
	return ims_authorization_heed(a, "sip:bob", challenges, proxy);
}

static gboolean challenge(ims_authorization *a, gboolean proxy)
{
	return challenge_it(a, proxy) == IMS_CREDENTIALS_GIVEN;
}

static void test_life(void **state)
{
	g_autoptr(GBytes) body = g_bytes_new("v=0", 3);
	source s = { .asked = g_string_new(NULL), .body = body };
	ims_credentials *credentials = ims_credentials_new(answer, NULL, &s);
	ims_authorization a;

	(void)state;
	ims_authorization_init(&a, credentials,
			       &(ims_authorization_setup){ .method = "INVITE", .body = body });
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
	source s = { .asked = g_string_new(NULL), .says = "Authorization: one", .body = body };
	ims_credentials *credentials = ims_credentials_new(answer, NULL, &s);
	ims_authorization a;

	(void)state;
	ims_authorization_init(&a, credentials,
			       &(ims_authorization_setup){ .method = "INVITE", .body = body });
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
	ims_authorization_init(&a, NULL, &(ims_authorization_setup){ .method = "INVITE" });
	ims_authorization_begin(&a, "sip:bob");
	assert_false(challenge(&a, FALSE));
	assert_null(a.lines);
	ims_authorization_clear(&a);
	ims_credentials_revoke(NULL);
	ims_credentials_unref(NULL);
}

/* Requests that wait for somebody else's answers. */

#define QUEUED 18

typedef struct {
	source source;
	ims_credentials *credentials;
	ims_authorization requests[QUEUED];
	GString *resumed; /* "+" given, "-" not */
} bench;

static void on_resumed(gboolean given, gpointer user)
{
	g_string_append_c(((bench *)user)->resumed, given ? '+' : '-');
}

static int start_bench(void **state)
{
	bench *b = g_new0(bench, 1);

	b->source = (source){ .asked = g_string_new(NULL), .asks = TRUE };
	b->resumed = g_string_new(NULL);
	b->credentials = ims_credentials_new(answer, on_due, &b->source);
	for (guint i = 0; i < QUEUED; i++)
		ims_authorization_init(&b->requests[i], b->credentials,
				       &(ims_authorization_setup){ .method = i ? "MESSAGE" : "INVITE",
								   .resumed = on_resumed,
								   .user = b });
	*state = b;
	return 0;
}

static int end_bench(void **state)
{
	bench *b = *state;

	for (guint i = 0; i < QUEUED; i++)
		ims_authorization_clear(&b->requests[i]);
	ims_credentials_unref(b->credentials);
	g_string_free(b->source.asked, TRUE);
	g_string_free(b->resumed, TRUE);
	g_free(b);
	return 0;
}

static void assert_waits(bench *b, guint n)
{
	assert_int_equal(challenge_it(&b->requests[n], TRUE), IMS_CREDENTIALS_ASKED);
}

static void test_one_after_the_other(void **state)
{
	bench *b = *state;
	ims_credentials_ask ask;

	assert_waits(b, 0);
	assert_waits(b, 1);
	assert_true(ims_credentials_asks(b->credentials, &ask));
	assert_string_equal(ask.method, "INVITE");
	assert_string_equal(b->source.asked->str, "INVITE sip:bob 407 0; ");
	b->source.says = "Proxy-Authorization: one";
	ims_credentials_answered(b->credentials);
	assert_string_equal(b->resumed->str, "+");
	assert_string_equal(b->requests[0].lines, "Proxy-Authorization: one");
	assert_int_equal(b->requests[0].answers, 1);
	assert_int_equal(b->source.due, 1);
	assert_false(ims_credentials_asks(b->credentials, &ask)); /* not yet */
	ims_credentials_next(b->credentials);
	ims_credentials_next(b->credentials); /* changes nothing */
	assert_true(ims_credentials_asks(b->credentials, &ask));
	assert_string_equal(b->source.asked->str,
			    "INVITE sip:bob 407 0; INVITE sip:bob - 0; MESSAGE sip:bob 407 0; ");
	b->source.says = NULL; /* no answer after all */
	ims_credentials_answered(b->credentials);
	assert_string_equal(b->resumed->str, "+-");
	assert_null(b->requests[1].lines);
	assert_int_equal(b->source.due, 1);
}

static void test_next_is_not_answered(void **state)
{
	bench *b = *state;

	for (guint i = 0; i < 3; i++)
		assert_waits(b, i);
	ims_credentials_answered(b->credentials);
	b->source.asks = FALSE;
	ims_credentials_next(b->credentials);
	assert_string_equal(b->resumed->str, "--");
	assert_int_equal(b->source.due, 2);
}

/* Hung up, or dropped, while it waits: in its turn and before. */
static void test_dropped(void **state)
{
	bench *b = *state;
	ims_credentials_ask ask;

	for (guint i = 0; i < 3; i++)
		assert_waits(b, i);
	ims_authorization_clear(&b->requests[1]);
	assert_int_equal(b->source.due, 0);
	ims_authorization_clear(&b->requests[0]);
	assert_int_equal(b->source.due, 1);
	assert_false(ims_credentials_asks(b->credentials, &ask));
	ims_credentials_next(b->credentials);
	assert_true(ims_credentials_asks(b->credentials, &ask));
	ims_authorization_clear(&b->requests[2]);
	assert_false(ims_credentials_asks(b->credentials, &ask));
	assert_int_equal(b->source.due, 1);
	assert_string_equal(b->resumed->str, "");
}

static void test_given_up(void **state)
{
	bench *b = *state;

	for (guint i = 0; i < 3; i++)
		assert_waits(b, i);
	ims_credentials_give_up(b->credentials);
	assert_string_equal(b->resumed->str, "---");
	assert_waits(b, 0);
	ims_credentials_revoke(b->credentials);
	assert_string_equal(b->resumed->str, "----");
	assert_int_equal(challenge_it(&b->requests[1], TRUE), IMS_CREDENTIALS_NONE);
}

static void test_full(void **state)
{
	bench *b = *state;

	for (guint i = 0; i < 16; i++)
		assert_waits(b, i);
	assert_int_equal(challenge_it(&b->requests[16], TRUE), IMS_CREDENTIALS_NONE);
}

#define IN_BENCH(test) cmocka_unit_test_setup_teardown(test, start_bench, end_bench)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_life),
		cmocka_unit_test(test_revoked),
		cmocka_unit_test(test_nobody),
		IN_BENCH(test_one_after_the_other),
		IN_BENCH(test_next_is_not_answered),
		IN_BENCH(test_dropped),
		IN_BENCH(test_given_up),
		IN_BENCH(test_full),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
