/* A registration answers for its user's other requests: which challenges, how often, counted. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "../log_recorder.h"
#include "auth/ims_digest_prover.h"
#include "fake_ua.h"
#include "network.h"
#include "reg/ims_reg.h"

#define SECRET "wonderland-7"
#define OF_REALM(realm, nonce) "Digest realm=\"" realm "\", nonce=\"" nonce "\", algorithm=MD5, qop=\"auth\""
#define CHALLENGE(nonce) OF_REALM("ims.example", nonce)
#define BOB "sip:bob@far.example"

typedef struct {
	ims_stack stack;
	ims_network network;
	ims_reg *reg;
	ims_authorization request;
} bench;

static void confirmed(ims_reg *reg, gpointer user)
{
	(void)reg;
	(void)user;
}

static const ims_reg_events events = { .confirmed = confirmed };

static int start_bench(void **state)
{
	bench *b = g_new0(bench, 1);

	fake_stack_init(&b->stack);
	network_init(&b->network);
	b->network.role = IMS_ROLE_UE;
	log_recorder_start();
	*state = b;
	return 0;
}

static int end_bench(void **state)
{
	bench *b = *state;

	ims_authorization_clear(&b->request);
	ims_reg_free(b->reg);
	fake_stack_clear(&b->stack);
	network_clear(&b->network);
	assert_null(strstr(logged->str, SECRET));
	assert_null(strstr(logged->str, "nonce-"));
	log_recorder_stop();
	g_free(b);
	return 0;
}

/* challenge NULL: the registrar asked for nothing. */
static void registered(bench *b, const char *challenge)
{
	ims_prover *prover = ims_digest_prover_new(
		&(ims_digest_prover_setup){ .impi = "alice", .realm = "ims.example", .secret = SECRET });

	b->reg = ims_reg_new(&(ims_reg_setup){ .stack = &b->stack,
					       .network = &b->network,
					       .flow_token = "token",
					       .impu = "sip:alice@ims.example",
					       .prover = prover },
			     &events, NULL);
	ims_reg_start(b->reg);
	if (challenge)
		fake_give(fake_last(&b->stack), &(fake_answer){ .status = 401, .challenges = { challenge } });
	fake_give(fake_last(&b->stack), &(fake_answer){ .status = 200, .expires_s = 3600 });
}

static void begin(bench *b, const char *method)
{
	ims_authorization_clear(&b->request);
	ims_authorization_init(&b->request, ims_reg_credentials(b->reg), method, NULL);
	ims_authorization_begin(&b->request, BOB);
}

static gboolean challenged(bench *b, gboolean proxy, const char *challenge)
{
	g_autoptr(GPtrArray) challenges = g_ptr_array_new();

	g_ptr_array_add(challenges, (char *)challenge);
	return ims_authorization_heed(&b->request, BOB, challenges, proxy);
}

static char *field(const char *line, const char *name)
{
	g_autofree char *start = g_strdup_printf("%s=", name);
	const char *at = strstr(line, start);
	gboolean quoted;

	assert_non_null(at);
	at += strlen(start);
	quoted = *at == '"';
	at += quoted;
	return g_strndup(at, strcspn(at, quoted ? "\"" : ","));
}

/* The line is the right answer, with this count. */
static void assert_answers(const char *line, const char *header, const char *challenge, const char *method,
			   guint nc)
{
	g_autoptr(ims_challenge) parsed = ims_challenge_parse(challenge, NULL);
	g_autofree char *cnonce = field(line, "cnonce");
	g_autoptr(ims_secret) secret = ims_secret_new_text(SECRET);
	const ims_digest_request request = { .username = "alice",
					     .secret = secret,
					     .method = method,
					     .uri = BOB,
					     .cnonce = cnonce,
					     .nc = nc };
	g_autofree char *value = ims_digest_answer(parsed, &request, NULL);
	g_autofree char *wanted = g_strdup_printf("%s: %s", header, value);

	assert_string_equal(line, wanted);
}

static void test_first_and_next(void **state)
{
	bench *b = *state;

	registered(b, CHALLENGE("nonce-r"));
	begin(b, "INVITE");
	assert_null(b->request.lines);
	assert_true(challenged(b, TRUE, CHALLENGE("nonce-1")));
	assert_answers(b->request.lines, "Proxy-Authorization", CHALLENGE("nonce-1"), "INVITE", 1);
	begin(b, "BYE");
	assert_answers(b->request.lines, "Proxy-Authorization", CHALLENGE("nonce-1"), "BYE", 2);
	assert_true(challenged(b, TRUE, CHALLENGE("nonce-2") ", stale=true"));
	assert_answers(b->request.lines, "Proxy-Authorization", CHALLENGE("nonce-2"), "BYE", 1);
}

/* The REGISTER's own nonce and count are its own. */
static void test_apart_from_register(void **state)
{
	bench *b = *state;
	g_autofree char *nc = NULL;

	registered(b, CHALLENGE("nonce-r"));
	begin(b, "INVITE");
	assert_true(challenged(b, FALSE, CHALLENGE("nonce-1")));
	assert_answers(b->request.lines, "Authorization", CHALLENGE("nonce-1"), "INVITE", 1);
	ims_reg_start(b->reg);
	nc = field(fake_last(&b->stack)->authorization, "nc");
	assert_string_equal(nc, "00000002");
}

/* A proxy and the server behind it: both are answered, each with its own count. */
static void test_both(void **state)
{
	bench *b = *state;
	g_auto(GStrv) lines = NULL;

	registered(b, CHALLENGE("nonce-r"));
	begin(b, "INVITE");
	assert_true(challenged(b, TRUE, CHALLENGE("nonce-p")));
	assert_true(challenged(b, FALSE, CHALLENGE("nonce-s")));
	lines = g_strsplit(b->request.lines, "\r\n", -1);
	assert_int_equal(g_strv_length(lines), 2);
	assert_answers(lines[0], "Authorization", CHALLENGE("nonce-s"), "INVITE", 1);
	assert_answers(lines[1], "Proxy-Authorization", CHALLENGE("nonce-p"), "INVITE", 2);
}

static void test_two_answers(void **state)
{
	bench *b = *state;

	registered(b, CHALLENGE("nonce-r"));
	begin(b, "INVITE");
	assert_true(challenged(b, TRUE, CHALLENGE("nonce-1")));
	assert_true(challenged(b, TRUE, CHALLENGE("nonce-2") ", stale=true"));
	assert_false(challenged(b, TRUE, CHALLENGE("nonce-3") ", stale=true"));
	begin(b, "MESSAGE"); /* its answers are its own */
	assert_true(challenged(b, TRUE, CHALLENGE("nonce-4")));
}

/* The challenge that was answered comes again: the answer was wrong. */
static void test_same_nonce(void **state)
{
	bench *b = *state;

	registered(b, CHALLENGE("nonce-r"));
	begin(b, "INVITE");
	assert_true(challenged(b, TRUE, CHALLENGE("nonce-1")));
	assert_false(challenged(b, TRUE, CHALLENGE("nonce-1")));
	begin(b, "INVITE"); /* ... but not to what was sent unasked */
	assert_true(challenged(b, TRUE, CHALLENGE("nonce-1")));
	assert_answers(b->request.lines, "Proxy-Authorization", CHALLENGE("nonce-1"), "INVITE", 3);
}

/* A far end that wants the password of another place. */
static void test_other_realm(void **state)
{
	bench *b = *state;

	registered(b, CHALLENGE("nonce-r"));
	begin(b, "INVITE");
	assert_false(challenged(b, FALSE, OF_REALM("evil.example", "nonce-1")));
	assert_null(b->request.lines);
	assert_non_null(strstr(logged->str, "realm"));
}

/* Nobody asked for the password at registration: then it is for the network's own realm, not for whoever asks
 * first. */
static void test_unregistered_realm(void **state)
{
	bench *b = *state;

	registered(b, NULL);
	begin(b, "INVITE");
	assert_false(challenged(b, TRUE, OF_REALM("evil.example", "nonce-1")));
	assert_true(challenged(b, TRUE, CHALLENGE("nonce-2")));
}

static void test_unusable(void **state)
{
	bench *b = *state;

	registered(b, CHALLENGE("nonce-r"));
	begin(b, "INVITE");
	assert_false(challenged(b, TRUE, "Digest"));
	assert_false(challenged(b, TRUE, "Basic realm=\"ims.example\""));
	assert_false(challenged(b, TRUE, "Digest realm=\"ims.example\", nonce=\"nonce-1\", algorithm=FOO"));
	assert_null(b->request.lines);
}

/* What another host of the network challenged is not known to the next. */
static void test_forgotten(void **state)
{
	bench *b = *state;

	registered(b, CHALLENGE("nonce-r"));
	begin(b, "INVITE");
	assert_true(challenged(b, TRUE, CHALLENGE("nonce-1")));
	ims_reg_restore(b->reg);
	begin(b, "INVITE");
	assert_null(b->request.lines);
}

static void test_gone(void **state)
{
	bench *b = *state;

	registered(b, CHALLENGE("nonce-r"));
	begin(b, "INVITE");
	ims_reg_free(g_steal_pointer(&b->reg));
	assert_false(challenged(b, TRUE, CHALLENGE("nonce-1")));
}

static void test_edge(void **state)
{
	bench *b = *state;

	b->network.role = IMS_ROLE_EDGE;
	registered(b, CHALLENGE("nonce-r"));
	assert_null(ims_reg_credentials(b->reg));
}

#define IN_BENCH(test) cmocka_unit_test_setup_teardown(test, start_bench, end_bench)

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_BENCH(test_first_and_next),
		IN_BENCH(test_apart_from_register),
		IN_BENCH(test_both),
		IN_BENCH(test_two_answers),
		IN_BENCH(test_same_nonce),
		IN_BENCH(test_other_realm),
		IN_BENCH(test_unregistered_realm),
		IN_BENCH(test_unusable),
		IN_BENCH(test_forgotten),
		IN_BENCH(test_gone),
		IN_BENCH(test_edge),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
