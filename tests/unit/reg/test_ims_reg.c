/* One registration against a scripted network, in a time that the test owns: its life, and what it says. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include "../golden.h"
#include "reg_bench.h"

static void test_table(void **state)
{
	g_autofree char *text = ims_reg_table_text();

	(void)state;
	assert_golden("reg/ims_reg.golden", text);
}

/* REQ-31: who we are, nothing proved, so no integrity-protected; REQ-01, 03, 04: what the edge adds. */
/* A guest: nothing is said to the network, and calls go to its entry point. */
static void test_guest(void **state)
{
	bench *b = *state;
	ims_reg_setup setup = setup_of(b);

	setup.guest = TRUE;
	b->reg = ims_reg_new(&setup, &events, b);
	ims_reg_start(b->reg);
	assert_string_equal(b->heard->str, "confirmed ");
	assert_string_equal(ims_reg_state_name(b->reg), "registered");
	assert_true(ims_reg_is_active(b->reg));
	assert_true(ims_reg_is_guest(b->reg));
	assert_string_equal(g_ptr_array_index(ims_reg_associated(b->reg), 0), IMPU);
	ims_reg_refresh(b->reg);
	ims_reg_restore(b->reg);
	ims_reg_stop(b->reg);
	assert_string_equal(b->heard->str, "confirmed gone ");
	assert_true(ims_reg_is_idle(b->reg));
	assert_int_equal(b->stack.sent->len, 0);
}

static void test_first(void **state)
{
	bench *b = *state;
	const ims_transaction *t;

	make_reg(b);
	assert_string_equal(ims_reg_state_name(b->reg), "unregistered");
	ims_reg_start(b->reg);
	assert_string_equal(ims_reg_state_name(b->reg), "registering");
	assert_int_equal(b->stack.sent->len, 1);
	t = fake_last(&b->stack);
	assert_string_equal(t->registrar, "sip:ims.example");
	assert_string_equal(t->next_hop, "sip:198.51.100.7:4060");
	assert_string_equal(t->aor, IMPU);
	assert_string_equal(t->contact_user, TOKEN);
	assert_string_equal(t->authorization,
			    "Digest username=\"" IMPI "\", realm=\"ims.example\", nonce=\"\", "
			    "uri=\"sip:ims.example\", response=\"\"");
	assert_has(t->contact, "<sip:" TOKEN "@" HOST_PORT ">;+sip.instance=\"<urn:uuid:");
	assert_has(t->contact, ";expires=600000");
	assert_has(t->headers, "Path: <sip:" TOKEN "@" HOST_PORT ";lr>\r\nRequire: path\r\n");
	assert_has(t->headers, "P-Visited-Network-ID: visited.example\r\n");
	assert_false(ims_reg_is_active(b->reg));
	assert_false(ims_reg_is_idle(b->reg));
	assert_string_equal(b->heard->str, "");
}

static void test_setup(void **state)
{
	bench *b = *state;
	ims_reg_setup setup = setup_of(b);

	setup.proxy = "sip:198.51.100.99:5070";
	b->reg = ims_reg_new(&setup, &events, b);
	ims_reg_start(b->reg);
	assert_string_equal(fake_last(&b->stack)->next_hop, "sip:198.51.100.99:5070");
	assert_string_equal(fake_last(&b->stack)->registrar, "sip:ims.example");
	ims_reg_free(g_steal_pointer(&b->reg));

	setup = setup_of(b);
	b->network.entry_uri = (char *)"sip:[2001:db8::7]:4060";
	setup.headers = "X-Page: 7\r\nX-More: 8";
	setup.expires_s = 61;
	b->reg = ims_reg_new(&setup, &events, b);
	ims_reg_start(b->reg);
	assert_string_equal(fake_last(&b->stack)->next_hop, "sip:[2001:db8::7]:4060");
	assert_has(fake_last(&b->stack)->headers, "\r\nX-Page: 7\r\nX-More: 8");
	assert_has(fake_last(&b->stack)->contact, ";expires=61");
	assert_string_equal(ims_reg_flow_token(b->reg), TOKEN);
	assert_string_equal(ims_reg_impu(b->reg), IMPU);
	assert_ptr_equal(ims_reg_network(b->reg), &b->network);
}

/* REQ-32, REQ-21, REQ-47, REQ-10, REQ-04: one life from the first REGISTER to the last. */
static void life(bench *b, ims_w2 w2, gboolean quoted, const char *pending, const char *later)
{
	ims_reg_setup setup = setup_of(b);
	guint first = b->stack.sent->len, n;

	b->network.integrity_quoted = quoted;
	setup.w2 = w2;
	b->reg = ims_reg_new(&setup, &events, b);
	ims_reg_start(b->reg);
	assert_lacks(last_authorization(b), "integrity-protected");
	GIVE(b, CHALLENGED("nonce-1"));
	assert_has(last_authorization(b), "nonce=\"nonce-1\"");
	assert_has(last_authorization(b), "nc=00000001");
	assert_true(g_str_has_suffix(last_authorization(b), pending));
	GIVE(b, OK_FOR(3600));
	fake_clock_skip(&b->stack.clock);
	assert_has(last_authorization(b), "nonce=\"nonce-1\"");
	assert_has(last_authorization(b), "nc=00000002");
	assert_true(g_str_has_suffix(last_authorization(b), later));
	GIVE(b, .status = 401, .challenges = { STALE("nonce-2") });
	assert_has(last_authorization(b), "nonce=\"nonce-2\"");
	assert_has(last_authorization(b), "nc=00000001");
	assert_true(g_str_has_suffix(last_authorization(b), later));
	GIVE(b, OK_FOR(3600));
	ims_reg_stop(b->reg);
	assert_string_equal(ims_reg_state_name(b->reg), "unregistering");
	assert_has(fake_last(&b->stack)->contact, ";expires=0");
	assert_lacks(fake_last(&b->stack)->contact, "expires=600000");
	assert_has(last_authorization(b), "nonce=\"nonce-2\"");
	assert_has(last_authorization(b), "nc=00000002");
	assert_true(g_str_has_suffix(last_authorization(b), later));
	GIVE(b, .status = 401, .challenges = { STALE("nonce-3") });
	assert_has(fake_last(&b->stack)->contact, ";expires=0");
	assert_true(g_str_has_suffix(last_authorization(b), later));
	GIVE(b, OK_FOR(0));
	assert_string_equal(b->heard->str, "confirmed gone ");
	n = b->stack.sent->len - first;
	assert_int_equal(n, 6);
	for (guint i = 1; i < n; i++) {
		const ims_transaction *a = g_ptr_array_index(b->stack.sent, first + i - 1);
		const ims_transaction *t = g_ptr_array_index(b->stack.sent, first + i);
		const char *instance = strstr(a->contact, "+sip.instance");
		g_autofree char *same = g_strndup(instance, strcspn(instance, ">"));

		assert_int_equal(t->cseq, a->cseq + 1);
		assert_string_equal(t->call_id, a->call_id);
		assert_string_equal(t->from_tag, a->from_tag);
		assert_has(t->contact, same);
		assert_string_not_equal(t->headers, a->headers); /* another icid */
	}
	g_string_truncate(b->heard, 0);
	ims_reg_free(g_steal_pointer(&b->reg));
}

static void test_life(void **state)
{
	bench *b = *state;

	life(b, IMS_W2_TLS, TRUE, ", integrity-protected=\"tls-pending\"",
	     ", integrity-protected=\"tls-yes\"");
	life(b, IMS_W2_TLS, FALSE, ", integrity-protected=tls-pending", ", integrity-protected=tls-yes");
	life(b, IMS_W2_PLAIN_LAB, TRUE, ", integrity-protected=\"ip-assoc-pending\"",
	     ", integrity-protected=\"ip-assoc-yes\"");
}

/* REQ-07, REQ-31: a network that never challenged has nothing of ours proved. */
static void test_unchallenged(void **state)
{
	bench *b = *state;

	make_reg(b);
	ims_reg_start(b->reg);
	GIVE(b, OK_FOR(60));
	assert_string_equal(b->heard->str, "confirmed ");
	fake_clock_skip(&b->stack.clock);
	assert_lacks(last_authorization(b), "integrity-protected");
	GIVE(b, CHALLENGED("nonce-1"));
	assert_has(last_authorization(b), "tls-pending");
	GIVE(b, OK_FOR(60));
	fake_clock_skip(&b->stack.clock);
	assert_has(last_authorization(b), "tls-yes");
}

/* REQ-17: until the user asks again nothing happens; then it starts from nothing, with the same identity. */
static void test_final(void **state)
{
	static const int statuses[] = { 302, 400, 403, 404, 405, 420, 423, 494, 604, 699 };
	bench *b = *state;

	for (gsize i = 0; i < G_N_ELEMENTS(statuses); i++) {
		g_autofree char *heard = g_strdup_printf("refused %d confirmed ", statuses[i]);
		guint sent;

		make_reg(b);
		ims_reg_start(b->reg);
		GIVE(b, CHALLENGED("nonce-1"));
		GIVE(b, .status = statuses[i]);
		sent = b->stack.sent->len;
		fake_clock_pass_ms(&b->stack.clock, YEAR_MS);
		assert_int_equal(b->stack.sent->len, sent);
		assert_true(ims_reg_is_idle(b->reg));
		ims_reg_start(b->reg);
		assert_lacks(last_authorization(b), "integrity-protected");
		assert_has(last_authorization(b), "nonce=\"\"");
		GIVE(b, OK_FOR(60));
		assert_string_equal(b->heard->str, heard);
		g_string_truncate(b->heard, 0);
		ims_reg_free(g_steal_pointer(&b->reg));
	}
}

/* ... and the same when the network changes its mind at a refresh. */
static void test_final_at_refresh(void **state)
{
	bench *b = *state;

	registered(b, 60);
	fake_clock_skip(&b->stack.clock);
	assert_true(ims_reg_is_active(b->reg));
	GIVE(b, .status = 403);
	assert_string_equal(b->heard->str, "refused 403 ");
	assert_int_equal(fake_clock_left_ms(&b->stack.clock), -1);
	assert_false(ims_reg_is_active(b->reg));
}

static void assert_texts(const GPtrArray *texts, const char *wanted)
{
	GString *all = g_string_new(NULL);

	for (guint i = 0; i < texts->len; i++)
		g_string_append_printf(all, "%s ", (char *)g_ptr_array_index(texts, i));
	assert_string_equal(all->str, wanted);
	g_string_free(all, TRUE);
}

/* REQ-11 */
static void test_replaced(void **state)
{
	bench *b = *state;

	make_reg(b);
	ims_reg_start(b->reg);
	GIVE(b, OK_FOR(60), .routes = { "sip:orig@198.51.100.8;lr", "sip:as@198.51.100.9;lr" },
	     .associated = { "sip:default@ims.example", "tel:+4930123" });
	assert_texts(ims_reg_route(b->reg), "sip:orig@198.51.100.8;lr sip:as@198.51.100.9;lr ");
	assert_texts(ims_reg_associated(b->reg), "sip:default@ims.example tel:+4930123 ");
	assert_int_equal(ims_reg_expires_s(b->reg), 60);
	fake_clock_skip(&b->stack.clock);
	GIVE(b, OK_FOR(70), .routes = { "sip:other@198.51.100.8;lr" },
	     .associated = { "sip:new@ims.example" });
	assert_texts(ims_reg_route(b->reg), "sip:other@198.51.100.8;lr ");
	assert_texts(ims_reg_associated(b->reg), "sip:new@ims.example ");
	assert_int_equal(ims_reg_expires_s(b->reg), 70);
	fake_clock_skip(&b->stack.clock);
	GIVE(b, OK_FOR(80));
	assert_texts(ims_reg_route(b->reg), "");
	assert_texts(ims_reg_associated(b->reg), IMPU " "); /* never empty once active */
	assert_int_equal(ims_reg_expires_s(b->reg), 80);
}

/* REQ-88: those of the last answer, and only where they are wanted. */
static void test_gruu(void **state)
{
	bench *b = *state;

	make_reg(b);
	b->network.gruu = TRUE;
	ims_reg_start(b->reg);
	GIVE(b, OK_FOR(60), .pub_gruu = "sip:a@b;gr=1", .temp_gruu = "sip:t1@b;gr");
	assert_string_equal(ims_reg_pub_gruu(b->reg), "sip:a@b;gr=1");
	assert_string_equal(ims_reg_temp_gruu(b->reg), "sip:t1@b;gr");
	fake_clock_skip(&b->stack.clock);
	GIVE(b, OK_FOR(60), .temp_gruu = "sip:t2@b;gr");
	assert_null(ims_reg_pub_gruu(b->reg));
	assert_string_equal(ims_reg_temp_gruu(b->reg), "sip:t2@b;gr");
	b->network.gruu = FALSE;
	fake_clock_skip(&b->stack.clock);
	GIVE(b, OK_FOR(60), .pub_gruu = "sip:a@b;gr=1", .temp_gruu = "sip:t3@b;gr");
	assert_null(ims_reg_pub_gruu(b->reg));
	assert_null(ims_reg_temp_gruu(b->reg));
}

/* REQ-143: who serves us may send to us, as long as he does. */
static void test_admitted(void **state)
{
	bench *b = *state;

	make_reg(b);
	ims_reg_start(b->reg);
	assert_string_equal(b->stack.admitted->str, "");
	GIVE(b, OK_FOR(60), .routes = { "sip:a;lr", "sip:b;lr" });
	fake_clock_skip(&b->stack.clock);
	GIVE(b, OK_FOR(60), .routes = { "sip:c;lr" });
	fake_clock_skip(&b->stack.clock);
	GIVE(b, .status = 403);
	assert_string_equal(b->stack.admitted->str, "+sip:a;lr +sip:c;lr -sip:a;lr -sip:c;lr ");
	ims_reg_start(b->reg);
	GIVE(b, OK_FOR(60), .routes = { "sip:a;lr" });
	g_string_truncate(b->stack.admitted, 0);
	ims_reg_free(g_steal_pointer(&b->reg));
	assert_string_equal(b->stack.admitted->str, "-sip:a;lr ");
}

static gboolean is_proved_by(bench *b, ims_reg_setup setup, const char *impi, const char *secret)
{
	g_autoptr(ims_prover) prover = prover_of(impi, secret);

	setup.prover = prover;
	return ims_reg_is_proved_by(b->reg, &setup);
}

static void test_proof(void **state)
{
	bench *b = *state;
	ims_network twin = b->network;
	ims_reg_setup setup = setup_of(b);

	b->reg = ims_reg_new(&setup, &events, b);
	assert_true(is_proved_by(b, setup, IMPI, SECRET));
	assert_false(is_proved_by(b, setup, IMPI, SECRET "x"));
	assert_false(is_proved_by(b, setup, IMPI, ""));
	assert_false(is_proved_by(b, setup, IMPI, "Wonderland-7"));
	assert_false(is_proved_by(b, setup, "bob@ims.example", SECRET));
	setup.expires_s = 60; /* what else he wants does not matter */
	setup.headers = "X: 1";
	assert_true(is_proved_by(b, setup, IMPI, SECRET));
	setup.impu = "sip:bob@ims.example";
	assert_false(is_proved_by(b, setup, IMPI, SECRET));
	setup.impu = IMPU;
	setup.network = &twin; /* of a file that was loaded later */
	assert_true(is_proved_by(b, setup, IMPI, SECRET));
	twin.name = (char *)"other";
	assert_false(is_proved_by(b, setup, IMPI, SECRET));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table), IN_BENCH(test_guest),
		IN_BENCH(test_first),         IN_BENCH(test_setup),
		IN_BENCH(test_life),          IN_BENCH(test_unchallenged),
		IN_BENCH(test_final),         IN_BENCH(test_final_at_refresh),
		IN_BENCH(test_replaced),      IN_BENCH(test_gruu),
		IN_BENCH(test_admitted),      IN_BENCH(test_proof),
	};

	return cmocka_run_group_tests_name("test_ims_reg", tests, NULL, NULL);
}
