/* How a registration meets the challenges of Digest. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "reg_bench.h"

/* A nonce may cross our answer (REQ-38): twice we answer, whatever they send then. */
static void test_two_answers(void **state)
{
	bench *b = *state;

	make_reg(b);
	ims_reg_start(b->reg);
	GIVE(b, CHALLENGED("nonce-1"));
	GIVE_AGAIN(b, CHALLENGED("nonce-2"));
	assert_has(last_authorization(b), "nonce=\"nonce-2\"");
	assert_has(last_authorization(b), "nc=00000001");
	GIVE(b, .status = 401, .challenges = { STALE("nonce-3") });
	assert_int_equal(b->stack.sent->len, 3);
	assert_string_equal(b->heard->str, "refused 401 ");
}

/* Each attempt counts anew: a challenge at each refresh is no offence. */
static void test_answers_are_per_attempt(void **state)
{
	bench *b = *state;

	registered(b, 60);
	for (int i = 0; i < 5; i++) {
		fake_clock_skip(&b->stack.clock);
		GIVE(b, .status = 401, .challenges = { i % 2 ? STALE("nonce-a") : STALE("nonce-b") });
		GIVE_AGAIN(b, .status = 401, .challenges = { i % 2 ? STALE("nonce-c") : STALE("nonce-d") });
		GIVE(b, OK_FOR(60));
	}
	assert_string_equal(b->heard->str, "");
	assert_true(ims_reg_is_active(b->reg));
}

static void test_same_nonce(void **state)
{
	bench *b = *state;

	make_reg(b);
	ims_reg_start(b->reg);
	GIVE(b, CHALLENGED("nonce-1"));
	GIVE(b, CHALLENGED("nonce-1"));
	assert_int_equal(b->stack.sent->len, 2);
	assert_string_equal(b->heard->str, "refused 401 ");
}

/* At a refresh our first message is an answer already. Its nonce comes back: a count that was used with it
 * may not be used again (RFC 7616 3.4), so either no answer, or one that counts on. */
static void test_same_nonce_at_refresh(void **state)
{
	bench *b = *state;

	registered(b, 60);
	fake_clock_skip(&b->stack.clock);
	assert_has(last_authorization(b), "nc=00000002");
	GIVE(b, CHALLENGED("nonce-1"));
	if (fake_pending(&b->stack))
		assert_has(last_authorization(b), "nc=00000003");
	else
		assert_string_equal(b->heard->str, "refused 401 ");
}

/* RFC 3261 22.3: to a proxy in its own header, also in refreshes, beside what the registrar is told; each is
 * counted for itself. */
static void test_proxy_challenge(void **state)
{
	bench *b = *state;

	make_reg(b);
	ims_reg_start(b->reg);
	assert_null(fake_last(&b->stack)->proxy_authorization);
	GIVE(b, .status = 407, .proxy = TRUE, .challenges = { CHALLENGE("nonce-p") });
	assert_has(fake_last(&b->stack)->proxy_authorization, "nonce=\"nonce-p\"");
	assert_lacks(fake_last(&b->stack)->proxy_authorization, "integrity-protected");
	assert_has(last_authorization(b), "nonce=\"\"");
	assert_lacks(last_authorization(b), "integrity-protected");
	GIVE_AGAIN(b, CHALLENGED("nonce-1"));
	assert_has(fake_last(&b->stack)->proxy_authorization, "nc=00000002");
	assert_has(last_authorization(b), "nonce=\"nonce-1\"");
	assert_has(last_authorization(b), "nc=00000001");
	GIVE(b, OK_FOR(60), .info = "nextnonce=\"nonce-2\"", .proxy_info = "nextnonce=\"nonce-q\"");
	assert_string_equal(b->heard->str, "confirmed ");
	fake_clock_skip(&b->stack.clock);
	assert_has(fake_last(&b->stack)->proxy_authorization, "nonce=\"nonce-q\"");
	assert_has(last_authorization(b), "nonce=\"nonce-2\"");
	GIVE(b, .status = 403);
	ims_reg_start(b->reg);
	assert_has(last_authorization(b), "nonce=\"\"");
	assert_null(fake_last(&b->stack)->proxy_authorization);
}

/* RFC 8760: the first of those that we can answer. */
static void test_several_challenges(void **state)
{
	static const char *const lists[][3] = {
		{ CHALLENGE("nonce-md5") },
		{ "Basic realm=\"x\"", CHALLENGE("nonce-md5") },
		{ "Digest realm=\"ims.example\", nonce=\"unfinished", "", CHALLENGE("nonce-md5") },
		{ "Digest realm=\"ims.example\", nonce=\"nonce-aka\", algorithm=AKAv1-MD5, qop=\"auth\"",
		  CHALLENGE("nonce-md5") },
		{ CHALLENGE("nonce-md5"), CHALLENGE("nonce-other") },
	};
	bench *b = *state;

	for (gsize i = 0; i < G_N_ELEMENTS(lists); i++) {
		make_reg(b);
		ims_reg_start(b->reg);
		GIVE(b, .status = 401, .challenges = { lists[i][0], lists[i][1], lists[i][2] });
		if (!fake_pending(&b->stack))
			fail_msg("'%s' hides the challenge behind it: %s", lists[i][0], b->heard->str);
		assert_has(last_authorization(b), "nonce=\"nonce-md5\"");
		ims_reg_free(g_steal_pointer(&b->reg));
	}
}

/* REQ-35: from now on the new nonce counts, from 1. */
static void test_nextnonce(void **state)
{
	bench *b = *state;

	make_reg(b);
	ims_reg_start(b->reg);
	GIVE(b, CHALLENGED("nonce-1"));
	GIVE(b, OK_FOR(60), .info = "nextnonce=\"nonce-2\"");
	fake_clock_skip(&b->stack.clock);
	assert_has(last_authorization(b), "nonce=\"nonce-2\"");
	assert_has(last_authorization(b), "nc=00000001");
	GIVE(b, OK_FOR(60), .info = "qop=auth, nextnonce=\"nonce-2\""); /* the same: the count goes on */
	fake_clock_skip(&b->stack.clock);
	assert_has(last_authorization(b), "nonce=\"nonce-2\"");
	assert_has(last_authorization(b), "nc=00000002");
}

/* A registrar that proves wrongly is not believed: nobody is registered, the next host is tried. */
static void test_wrong_rspauth(void **state)
{
	static const char *const infos[] = { "rspauth=\"00112233445566778899aabbccddeeff\"", "rspauth=\"\"",
					     "nonsense", "=", "rspauth=\"unfinished" };
	bench *b = *state;

	for (gsize i = 0; i < G_N_ELEMENTS(infos); i++) {
		b->stack.hops[0] = "sip:a";
		b->stack.hops[1] = "sip:b";
		make_reg(b);
		ims_reg_start(b->reg);
		GIVE(b, CHALLENGED("nonce-1"));
		GIVE(b, OK_FOR(60), .info = infos[i]);
		assert_string_equal(b->heard->str, "");
		assert_string_equal(fake_last(&b->stack)->next_hop, "sip:b");
		GIVE(b, CHALLENGED("nonce-2"));
		GIVE(b, OK_FOR(60), .info = infos[i]);
		assert_string_equal(b->heard->str, "delayed 502 ");
		assert_int_equal(ims_reg_route(b->reg)->len, 0);
		g_string_truncate(b->heard, 0);
		ims_reg_free(g_steal_pointer(&b->reg));
	}
}

/* Nothing to answer: a 401 is what the user hears of, not an error of ours. */
static void test_unusable_challenge(void **state)
{
	static const char *const values[] = { NULL,
					      "",
					      "Basic realm=\"x\"",
					      "Digest",
					      "Digest realm=\"a\"",
					      "Digest realm=\"a\", nonce=\"nonce-1\", algorithm=AKAv1-MD5" };
	bench *b = *state;

	for (gsize i = 0; i < G_N_ELEMENTS(values); i++) {
		make_reg(b);
		ims_reg_start(b->reg);
		GIVE(b, .status = 401, .challenges = { values[i] });
		if (strcmp(b->heard->str, "refused 401 ") != 0)
			fail_msg("challenge '%s': %s", values[i] ? values[i] : "(none)", b->heard->str);
		assert_int_equal(fake_pending(&b->stack), 0);
		g_string_truncate(b->heard, 0);
		ims_reg_free(g_steal_pointer(&b->reg));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		IN_BENCH(test_two_answers),        IN_BENCH(test_answers_are_per_attempt),
		IN_BENCH(test_same_nonce),         IN_BENCH(test_same_nonce_at_refresh),
		IN_BENCH(test_proxy_challenge),    IN_BENCH(test_several_challenges),
		IN_BENCH(test_nextnonce),          IN_BENCH(test_wrong_rspauth),
		IN_BENCH(test_unusable_challenge),
	};

	return cmocka_run_group_tests_name("test_ims_reg_challenge", tests, NULL, NULL);
}
