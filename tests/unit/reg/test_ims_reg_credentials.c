/* A registration answers for its user's other requests: which challenges, how often, counted. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "../log_recorder.h"
#include "auth/ims_delegated_prover.h"
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
	GString *heard;
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
	b->heard = g_string_new(NULL);
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
	g_string_free(b->heard, TRUE);
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
	ims_authorization_init(&b->request, ims_reg_credentials(b->reg),
			       &(ims_authorization_setup){ .method = method });
	ims_authorization_begin(&b->request, BOB);
}

static gboolean challenged(bench *b, gboolean proxy, const char *challenge)
{
	g_autoptr(GPtrArray) challenges = g_ptr_array_new();

	g_ptr_array_add(challenges, (char *)challenge);
	return ims_authorization_heed(&b->request, BOB, challenges, proxy) == IMS_CREDENTIALS_GIVEN;
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

/* The client has the password, and is asked. */

#define RESPONSE "0123456789abcdef0123456789abcdef"

static void on_asked(ims_reg *reg, const ims_prover_question *question, gpointer user)
{
	(void)reg;
	g_string_append_printf(((bench *)user)->heard, "%s %s %s; ", question->method,
			       question->challenge->nonce, question->call_id ? question->call_id : "-");
}

static const ims_reg_events asking = { .confirmed = confirmed, .asked = on_asked };

static void on_resumed(gboolean given, gpointer user)
{
	g_string_append(((bench *)user)->heard, given ? "given; " : "refused; ");
}

static gboolean answer(bench *b, const char *nonce)
{
	return ims_reg_answer(
		b->reg,
		&(ims_prover_reply){ .response = RESPONSE, .nonce = nonce, .cnonce = "c", .nc = "00000001" },
		NULL);
}

static void assert_heard(bench *b, const char *what)
{
	assert_string_equal(b->heard->str, what);
	g_string_truncate(b->heard, 0);
}

static void registered_by_client(bench *b)
{
	b->reg = ims_reg_new(
		&(ims_reg_setup){ .stack = &b->stack,
				  .network = &b->network,
				  .flow_token = "token",
				  .impu = "sip:alice@ims.example",
				  .challenge_timeout_s = 30,
				  .prover = ims_delegated_prover_new(&(ims_delegated_prover_setup){
					  .impi = "alice",
					  .realm = "ims.example",
					  .order = { { IMS_HASH_MD5 }, 1 } }) },
		&asking, b);
	ims_reg_start(b->reg);
	fake_give(fake_last(&b->stack),
		  &(fake_answer){ .status = 401, .challenges = { CHALLENGE("nonce-r") } });
	assert_true(answer(b, "nonce-r"));
	fake_give(fake_last(&b->stack), &(fake_answer){ .status = 200, .expires_s = 3600 });
	assert_heard(b, "REGISTER nonce-r -; ");
}

static void waits(bench *b, const char *challenge)
{
	g_autoptr(GPtrArray) challenges = g_ptr_array_new();

	g_ptr_array_add(challenges, (char *)challenge);
	ims_authorization_clear(&b->request);
	ims_authorization_init(
		&b->request, ims_reg_credentials(b->reg),
		&(ims_authorization_setup){
			.method = "INVITE", .call_id = "c1", .resumed = on_resumed, .user = b });
	assert_int_equal(ims_authorization_heed(&b->request, BOB, challenges, TRUE), IMS_CREDENTIALS_ASKED);
}

static void test_client_answers(void **state)
{
	bench *b = *state;

	registered_by_client(b);
	waits(b, CHALLENGE("nonce-1"));
	assert_heard(b, "INVITE nonce-1 c1; ");
	assert_false(ims_reg_is_asking(b->reg)); /* the registration goes on */
	assert_false(answer(b, "nonce-x"));
	assert_true(answer(b, "nonce-1"));
	assert_heard(b, "given; ");
	assert_non_null(strstr(b->request.lines, "Proxy-Authorization: Digest username=\"alice\""));
	assert_non_null(strstr(b->request.lines, "uri=\"" BOB "\", response=\"" RESPONSE "\""));
	assert_false(answer(b, "nonce-1"));
	begin(b, "BYE");
	assert_null(b->request.lines); /* an answer serves once */
}

static void test_client_is_silent(void **state)
{
	bench *b = *state;

	registered_by_client(b);
	waits(b, CHALLENGE("nonce-1"));
	fake_clock_pass_ms(&b->stack.clock, 29999);
	assert_heard(b, "INVITE nonce-1 c1; ");
	fake_clock_pass_ms(&b->stack.clock, 1);
	assert_heard(b, "refused; ");
	assert_false(answer(b, "nonce-1"));
	assert_non_null(strstr(logged->str, "in time"));
}

static void test_client_goes(void **state)
{
	bench *b = *state;
	g_autoptr(GPtrArray) challenges = g_ptr_array_new();

	registered_by_client(b);
	waits(b, CHALLENGE("nonce-1"));
	ims_reg_bind(b->reg, &events, b);
	assert_heard(b, "INVITE nonce-1 c1; refused; ");
	g_ptr_array_add(challenges, (char *)CHALLENGE("nonce-2")); /* the BYE of a page that is gone */
	assert_int_equal(ims_authorization_heed(&b->request, BOB, challenges, TRUE), IMS_CREDENTIALS_NONE);
	ims_reg_bind(b->reg, &asking, b);
	waits(b, CHALLENGE("nonce-3"));
	ims_reg_free(g_steal_pointer(&b->reg));
	assert_heard(b, "INVITE nonce-3 c1; refused; ");
}

/* Both are open; the REGISTER is answered first. */
static void test_register_goes_first(void **state)
{
	bench *b = *state;
	ims_prover_question question;

	registered_by_client(b);
	waits(b, CHALLENGE("nonce-1"));
	ims_reg_refresh(b->reg);
	fake_give(fake_last(&b->stack),
		  &(fake_answer){ .status = 401, .challenges = { CHALLENGE("nonce-s") } });
	assert_heard(b, "INVITE nonce-1 c1; REGISTER nonce-s -; ");
	assert_false(answer(b, "nonce-1"));
	assert_true(answer(b, "nonce-s"));
	assert_non_null(strstr(fake_last(&b->stack)->authorization, "nonce-s"));
	assert_true(ims_reg_question(b->reg, &question));
	assert_string_equal(question.challenge->nonce, "nonce-1");
	assert_true(answer(b, "nonce-1"));
	assert_heard(b, "given; ");
	assert_false(ims_reg_question(b->reg, &question));
}

static void test_network_asks_for_ever(void **state)
{
	bench *b = *state;
	g_autoptr(GPtrArray) challenges = g_ptr_array_new();

	registered_by_client(b);
	waits(b, CHALLENGE("nonce-1"));
	assert_true(answer(b, "nonce-1"));
	g_ptr_array_add(challenges, (char *)CHALLENGE("nonce-2"));
	assert_int_equal(ims_authorization_heed(&b->request, BOB, challenges, TRUE), IMS_CREDENTIALS_ASKED);
	assert_true(answer(b, "nonce-2"));
	assert_int_equal(ims_authorization_heed(&b->request, BOB, challenges, TRUE), IMS_CREDENTIALS_NONE);
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
		IN_BENCH(test_client_answers),
		IN_BENCH(test_client_is_silent),
		IN_BENCH(test_client_goes),
		IN_BENCH(test_register_goes_first),
		IN_BENCH(test_network_asks_for_ever),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
