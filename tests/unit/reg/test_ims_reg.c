/* One registration against a scripted network, in a time that the test owns. */
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include "../golden.h"
#include "../log_recorder.h"
#include "auth/ims_digest_prover.h"
#include "fake_ua.h"
#include "network.h"
#include "reg/ims_reg.h"

#define IMPU "sip:alice@ims.example"
#define IMPI "alice@ims.example"
#define SECRET "wonderland-7"
#define TOKEN "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX"
#define CHALLENGE(nonce) "Digest realm=\"ims.example\", nonce=\"" nonce "\", algorithm=MD5, qop=\"auth\""
#define STALE(nonce) CHALLENGE(nonce) ", stale=true"
#define YEAR_MS (365 * 24 * 3600 * G_GINT64_CONSTANT(1000))

typedef struct {
	ims_stack stack;
	ims_network network;
	ims_reg *reg;
	GString *heard;      /* "confirmed ", "refused 403 ", "gone " */
	const char *free_on; /* the listener lets go when it hears this */
} bench;

static void hear(bench *b, const char *what)
{
	g_string_append_printf(b->heard, "%s ", what);
	if (b->free_on && g_str_has_prefix(what, b->free_on))
		ims_reg_free(g_steal_pointer(&b->reg));
}

static void on_confirmed(ims_reg *reg, gpointer user)
{
	assert_true(ims_reg_is_active(reg));
	hear(user, "confirmed");
}

static void on_delayed(ims_reg *reg, int status, const char *reason, guint retry_s, gpointer user)
{
	bench *b = user;
	g_autofree char *what = g_strdup_printf("delayed %d", status);

	assert_true(ims_reg_is_paused(reg));
	assert_false(ims_reg_is_active(reg));
	assert_non_null(reason);
	assert_int_equal(retry_s, (fake_clock_left_ms(&b->stack.clock) + 999) / 1000);
	hear(b, what);
}

static void on_refused(ims_reg *reg, int status, const char *reason, gpointer user)
{
	g_autofree char *what = g_strdup_printf("refused %d", status);

	assert_true(ims_reg_is_idle(reg));
	assert_non_null(reason);
	hear(user, what);
}

static void on_gone(ims_reg *reg, gpointer user)
{
	assert_true(ims_reg_is_idle(reg));
	hear(user, "gone");
}

static const ims_reg_events events = {
	.confirmed = on_confirmed, .delayed = on_delayed, .refused = on_refused, .gone = on_gone
};

static ims_prover *prover_of(const char *impi, const char *secret)
{
	return ims_digest_prover_new(&(ims_digest_prover_setup){
		.impi = impi, .realm = "ims.example", .secret = secret, .tells = TRUE });
}

static ims_reg_setup setup_of(bench *b)
{
	return (ims_reg_setup){ .stack = &b->stack,
				.network = &b->network,
				.w2 = IMS_W2_TLS,
				.flow_token = TOKEN,
				.impu = IMPU,
				.prover = prover_of(IMPI, SECRET) };
}

static int start_bench(void **state)
{
	bench *b = g_new0(bench, 1);

	fake_stack_init(&b->stack);
	network_init(&b->network);
	b->heard = g_string_new(NULL);
	log_recorder_start();
	*state = b;
	return 0;
}

/* The password and nonces are in no log line, whatever happened (the log's own rule). */
static int end_bench(void **state)
{
	bench *b = *state;

	ims_reg_free(b->reg);
	fake_stack_clear(&b->stack);
	network_clear(&b->network);
	g_string_free(b->heard, TRUE);
	assert_null(strstr(logged->str, SECRET));
	assert_null(strstr(logged->str, "nonce-"));
	log_recorder_stop();
	g_free(b);
	return 0;
}

static void make_reg(bench *b)
{
	ims_reg_setup setup = setup_of(b);

	b->reg = ims_reg_new(&setup, &events, b);
}

static void give(bench *b, fake_answer answer)
{
	fake_give(fake_last(&b->stack), &answer);
}

#define GIVE(b, ...) give(b, (fake_answer){ __VA_ARGS__ })
/* A second challenge in one attempt: its answer comes a little later (ims-lab/README.md, pitfall 9). */
#define GIVE_AGAIN(b, ...)                                                                                   \
	do {                                                                                                 \
		GIVE(b, __VA_ARGS__);                                                                        \
		assert_int_equal(fake_clock_skip(&(b)->stack.clock), 100);                                   \
	} while (0)
#define OK_FOR(s) .status = 200, .expires_s = (s)
#define CHALLENGED(nonce) .status = 401, .challenges = { CHALLENGE(nonce) }

/* Registered for so long, with one challenge answered. */
static void registered(bench *b, guint expires_s)
{
	make_reg(b);
	ims_reg_start(b->reg);
	GIVE(b, CHALLENGED("nonce-1"));
	GIVE(b, OK_FOR(expires_s));
	assert_string_equal(b->heard->str, "confirmed ");
	g_string_truncate(b->heard, 0);
}

static const char *last_authorization(bench *b)
{
	return fake_last(&b->stack)->authorization;
}

static void assert_has(const char *text, const char *part)
{
	if (!text || !strstr(text, part))
		fail_msg("'%s' is not in '%s'", part, text ? text : "(none)");
}

static void assert_lacks(const char *text, const char *part)
{
	if (text && strstr(text, part))
		fail_msg("'%s' is in '%s'", part, text);
}

static void test_table(void **state)
{
	g_autofree char *text = ims_reg_table_text();

	(void)state;
	assert_golden("reg/ims_reg.golden", text);
}

/* REQ-14 */
static void test_refresh_after(void **state)
{
	static const struct {
		guint expires_s, after_s;
	} rows[] = { { 2, 1 },       { 60, 30 },         { 1199, 599 },
		     { 1200, 600 },  { 1201, 601 },      { 1800, 1200 },
		     { 3600, 3000 }, { 600000, 599400 }, { G_MAXINT32, G_MAXINT32 - 600 } };

	(void)state;
	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++)
		assert_int_equal(ims_reg_refresh_after_s(rows[i].expires_s), rows[i].after_s);
}

/* REQ-14 on the clock, to the millisecond: the initial registration and its refreshes. */
static void test_refresh_times(void **state)
{
	static const guint rows[][2] = { { 60, 30 }, { 1200, 600 }, { 1201, 601 }, { 600000, 599400 } };
	bench *b = *state;

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		guint sent;

		registered(b, rows[i][0]);
		for (int round = 0; round < 3; round++) {
			sent = b->stack.sent->len;
			fake_clock_pass_ms(&b->stack.clock, rows[i][1] * G_GINT64_CONSTANT(1000) - 1);
			assert_int_equal(b->stack.sent->len, sent);
			fake_clock_pass_ms(&b->stack.clock, 1);
			assert_int_equal(b->stack.sent->len, sent + 1);
			GIVE(b, OK_FOR(rows[i][0]));
		}
		assert_string_equal(b->heard->str, ""); /* nobody asked for these */
		ims_reg_free(g_steal_pointer(&b->reg));
	}
}

/* However short the time that the network grants: no REGISTER without a pause. */
static void test_refresh_never_spins(void **state)
{
	bench *b = *state;

	registered(b, 1);
	assert_true(fake_clock_left_ms(&b->stack.clock) > 0);
}

/* A 200 that says nothing about time: what was asked for. */
static void test_no_expires(void **state)
{
	bench *b = *state;

	make_reg(b);
	ims_reg_start(b->reg);
	GIVE(b, .status = 200);
	assert_int_equal(ims_reg_expires_s(b->reg), 600000);
	assert_int_equal(fake_clock_left_ms(&b->stack.clock), 599400000);
}

/* REQ-31: who we are, nothing proved, so no integrity-protected; REQ-01, 03, 04: what the edge adds. */
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

/* RFC 3261 22.3: to a proxy in its own header, also in refreshes; and who we are is for the registrar again.
 */
static void test_proxy_challenge(void **state)
{
	bench *b = *state;

	make_reg(b);
	ims_reg_start(b->reg);
	assert_false(fake_last(&b->stack)->to_proxy);
	GIVE(b, .status = 407, .proxy = TRUE, .challenges = { CHALLENGE("nonce-1") });
	assert_true(fake_last(&b->stack)->to_proxy);
	GIVE(b, OK_FOR(60));
	assert_string_equal(b->heard->str, "confirmed ");
	fake_clock_skip(&b->stack.clock);
	assert_true(fake_last(&b->stack)->to_proxy);
	GIVE(b, .status = 403);
	ims_reg_start(b->reg);
	assert_has(last_authorization(b), "nonce=\"\"");
	assert_false(fake_last(&b->stack)->to_proxy);
	GIVE(b, CHALLENGED("nonce-2"));
	assert_false(fake_last(&b->stack)->to_proxy);
}

/* RFC 8760: challenges in the order of the server's preference, the first one that we can answer counts. */
static void test_several_challenges(void **state)
{
	static const char *const lists[][3] = {
		{ CHALLENGE("nonce-md5") },
		{ "Basic realm=\"x\"", CHALLENGE("nonce-md5") },
		{ "Digest realm=\"ims.example\", nonce=\"unfinished", "", CHALLENGE("nonce-md5") },
		{ "Digest realm=\"ims.example\", nonce=\"nonce-ai\", qop=\"auth-int\"",
		  CHALLENGE("nonce-md5") },
		{ "Digest realm=\"ims.example\", nonce=\"nonce-sha\", algorithm=SHA-512-256, qop=\"auth\"",
		  CHALLENGE("nonce-md5") },
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

/* REQ-15: once an attempt, upwards only, within reason; and it stays so. */
static void test_too_brief(void **state)
{
	static const struct {
		guint min_s;
		gboolean obeyed;
	} rows[] = { { 0, FALSE },      { 599999, FALSE },  { 600000, FALSE },   { 600001, TRUE },
		     { 2592000, TRUE }, { 2592001, FALSE }, { G_MAXUINT, FALSE } };
	bench *b = *state;

	for (gsize i = 0; i < G_N_ELEMENTS(rows); i++) {
		g_autofree char *wanted = g_strdup_printf(";expires=%u", rows[i].min_s);

		make_reg(b);
		ims_reg_start(b->reg);
		GIVE(b, .status = 423, .min_expires_s = rows[i].min_s);
		if (rows[i].obeyed != (fake_pending(&b->stack) == 1))
			fail_msg("Min-Expires %u", rows[i].min_s);
		if (rows[i].obeyed)
			assert_true(g_str_has_suffix(fake_last(&b->stack)->contact, wanted));
		else
			assert_string_equal(b->heard->str, "refused 423 ");
		g_string_truncate(b->heard, 0);
		ims_reg_free(g_steal_pointer(&b->reg));
	}
}

static void test_too_brief_once(void **state)
{
	bench *b = *state;
	ims_reg_setup setup = setup_of(b);

	setup.expires_s = 60;
	b->reg = ims_reg_new(&setup, &events, b);
	ims_reg_start(b->reg);
	GIVE(b, CHALLENGED("nonce-1"));
	GIVE(b, .status = 423, .min_expires_s = 120);
	assert_has(fake_last(&b->stack)->contact, ";expires=120");
	assert_has(last_authorization(b), "nonce=\"nonce-1\"");
	assert_has(last_authorization(b), "nc=00000002");
	GIVE(b, CHALLENGED("nonce-2"));
	GIVE(b, OK_FOR(120));
	fake_clock_skip(&b->stack.clock);
	assert_has(fake_last(&b->stack)->contact, ";expires=120"); /* not 60 again */
	GIVE(b, .status = 423, .min_expires_s = 240); /* another attempt, another right to say so */
	assert_true(ims_reg_is_active(b->reg));
	assert_has(fake_last(&b->stack)->contact, ";expires=240");
	GIVE(b, .status = 423, .min_expires_s = 480);
	assert_string_equal(b->heard->str, "confirmed refused 423 ");
}

static void assert_back_off(bench *b, gint64 base_s)
{
	gint64 wait_ms = fake_clock_left_ms(&b->stack.clock);

	if (wait_ms < base_s * 500 || wait_ms > base_s * 1000)
		fail_msg("%" G_GINT64_FORMAT " ms for %" G_GINT64_FORMAT " s", wait_ms, base_s);
}

/* REQ-18: the owner hears at once, whoever fails, and it is tried again. */
static void test_failed_at_first(void **state)
{
	static const fake_answer answers[] = { { .status = 408, .internal = TRUE },
					       { .status = 503, .internal = TRUE },
					       { .status = 408 },
					       { .status = 430 },
					       { .status = 480 },
					       { .status = 500 },
					       { .status = 504 },
					       { .status = 504, .restoration = TRUE } };
	bench *b = *state;

	for (gsize i = 0; i < G_N_ELEMENTS(answers) * 2; i++) {
		const fake_answer *a = &answers[i / 2];
		g_autofree char *heard = g_strdup_printf("delayed %d ", a->status);

		make_reg(b);
		ims_reg_start(b->reg);
		if (i % 2)
			GIVE(b, CHALLENGED("nonce-1"));
		give(b, *a);
		assert_string_equal(b->heard->str, heard);
		assert_string_equal(ims_reg_state_name(b->reg), "registering");
		assert_int_equal(fake_pending(&b->stack), 0);
		assert_back_off(b, 30);
		fake_clock_skip(&b->stack.clock);
		assert_has(last_authorization(b), "nonce=\"\""); /* from the beginning */
		g_string_truncate(b->heard, 0);
		ims_reg_free(g_steal_pointer(&b->reg));
	}
}

/* ... with longer and longer waits; he is told once, and of the end. */
static void test_paused(void **state)
{
	static const gint64 base_s[] = { 30, 60, 120, 240, 480, 960, 1800, 1800, 1800 };
	bench *b = *state;

	for (int good = 0; good < 2; good++) {
		make_reg(b);
		ims_reg_start(b->reg);
		for (gsize n = 0; n < G_N_ELEMENTS(base_s); n++) {
			GIVE(b, .status = 503);
			assert_back_off(b, base_s[n]);
			fake_clock_skip(&b->stack.clock);
		}
		GIVE(b, .status = good ? 200 : 403, .expires_s = 60);
		assert_string_equal(b->heard->str,
				    good ? "delayed 503 confirmed " : "delayed 503 refused 403 ");
		g_string_truncate(b->heard, 0);
		ims_reg_free(g_steal_pointer(&b->reg));
	}
}

/* REQ-19: not before the network wants it, at the first registration too. */
static void test_paused_as_asked(void **state)
{
	bench *b = *state;

	make_reg(b);
	ims_reg_start(b->reg);
	GIVE(b, .status = 503, .retry_after_s = 7);
	assert_int_equal(fake_clock_left_ms(&b->stack.clock), 7000);
	fake_clock_skip(&b->stack.clock);
	GIVE(b, .status = 503, .retry_after_s = 4000);
	assert_int_equal(fake_clock_left_ms(&b->stack.clock), 4000000);
}

/* A page that asks again does not wait, and hears again. */
static void test_start_while_paused(void **state)
{
	bench *b = *state;

	make_reg(b);
	ims_reg_start(b->reg);
	GIVE(b, .status = 503);
	ims_reg_start(b->reg);
	assert_int_equal(fake_pending(&b->stack), 1);
	GIVE(b, .status = 503);
	assert_string_equal(b->heard->str, "delayed 503 delayed 503 ");
}

/* Hosts */

static const char *hops_tried(bench *b, GString *tried)
{
	g_string_truncate(tried, 0);
	for (guint i = 0; i < b->stack.sent->len; i++) {
		const ims_transaction *t = g_ptr_array_index(b->stack.sent, i);

		g_string_append_printf(tried, "%s ", t->next_hop);
	}
	return tried->str;
}

/* The challenge is answered where it came from, and refreshes go there (platform.md 10); on to the next host
 * when one is silent or overloaded, with nothing of what the last one challenged. */
static void test_next_host(void **state)
{
	static const fake_answer failures[] = { { .status = 408, .internal = TRUE },
						{ .status = 503 },
						{ .status = 503, .retry_after_s = 60 },
						{ .status = 305 },
						{ .status = 500 } };
	bench *b = *state;
	g_autoptr(GString) tried = g_string_new(NULL);

	b->stack.hops[0] = "sip:a";
	b->stack.hops[1] = "sip:b";
	for (gsize i = 0; i < G_N_ELEMENTS(failures); i++) {
		g_ptr_array_set_size(b->stack.sent, 0);
		g_string_truncate(b->stack.avoided, 0);
		make_reg(b);
		ims_reg_start(b->reg);
		GIVE(b, CHALLENGED("nonce-1"));
		give(b, failures[i]);
		assert_has(last_authorization(b), "nonce=\"\"");
		GIVE(b, CHALLENGED("nonce-2"));
		GIVE(b, OK_FOR(60));
		fake_clock_skip(&b->stack.clock);
		assert_string_equal(hops_tried(b, tried), "sip:a sip:a sip:b sip:b sip:b ");
		assert_string_equal(b->stack.avoided->str, "sip:a ");
		assert_string_equal(b->heard->str, "confirmed ");
		g_string_truncate(b->heard, 0);
		ims_reg_free(g_steal_pointer(&b->reg));
	}
}

/* All of them fail: only then the owner hears of it, and the next round looks them up anew. */
static void test_all_hosts_fail(void **state)
{
	bench *b = *state;
	g_autoptr(GString) tried = g_string_new(NULL);

	b->stack.hops[0] = "sip:a";
	b->stack.hops[1] = "sip:b";
	make_reg(b);
	ims_reg_start(b->reg);
	GIVE(b, .status = 503);
	assert_string_equal(b->heard->str, "");
	GIVE(b, .status = 408, .internal = TRUE);
	assert_string_equal(b->heard->str, "delayed 408 ");
	b->stack.hops[0] = "sip:c";
	b->stack.hops[1] = NULL;
	fake_clock_skip(&b->stack.clock);
	GIVE(b, OK_FOR(60));
	assert_string_equal(hops_tried(b, tried), "sip:a sip:b sip:c ");
	assert_string_equal(b->stack.avoided->str, "sip:a sip:b ");
	assert_string_equal(b->heard->str, "delayed 408 confirmed ");
}

/* A refresh goes on to the next host with what is proved; the owner hears nothing. */
static void test_next_host_at_refresh(void **state)
{
	bench *b = *state;

	b->stack.hops[0] = "sip:a";
	b->stack.hops[1] = "sip:b";
	registered(b, 3600);
	fake_clock_skip(&b->stack.clock);
	GIVE(b, .status = 503);
	assert_string_equal(fake_last(&b->stack)->next_hop, "sip:b");
	assert_has(last_authorization(b), "nonce=\"nonce-1\"");
	assert_has(last_authorization(b), "tls-yes");
	GIVE(b, .status = 401, .challenges = { STALE("nonce-2") });
	GIVE(b, OK_FOR(3600));
	assert_string_equal(b->heard->str, "");
	assert_true(ims_reg_is_active(b->reg));
}

/* The name leads nowhere, for now. */
static void test_no_host(void **state)
{
	bench *b = *state;

	b->stack.nowhere = TRUE;
	make_reg(b);
	ims_reg_start(b->reg);
	assert_int_equal(b->stack.sent->len, 0);
	assert_string_equal(b->heard->str, "delayed 503 ");
	b->stack.nowhere = FALSE;
	fake_clock_skip(&b->stack.clock);
	GIVE(b, OK_FOR(60));
	assert_string_equal(b->heard->str, "delayed 503 confirmed ");
}

/* Name servers take their time: nothing is sent, whatever is asked meanwhile; the last word counts. */
static void test_slow_names(void **state)
{
	bench *b = *state;

	b->stack.slow = TRUE;
	make_reg(b);
	ims_reg_start(b->reg);
	ims_reg_start(b->reg);
	assert_string_equal(ims_reg_state_name(b->reg), "registering");
	assert_int_equal(b->stack.sent->len, 0);
	fake_found(&b->stack);
	GIVE(b, OK_FOR(60));
	assert_string_equal(b->heard->str, "confirmed ");
	ims_reg_free(g_steal_pointer(&b->reg));

	make_reg(b);
	ims_reg_start(b->reg);
	ims_reg_stop(b->reg);
	fake_found(&b->stack);
	assert_has(fake_last(&b->stack)->contact, ";expires=0");
	GIVE(b, .status = 200);
	assert_string_equal(b->heard->str, "confirmed gone ");
	ims_reg_start(b->reg); /* freed while it waits: nothing is left */
}

/* The end of a TCP connection is not always seen (sofia.md 5): no 32 s for that. */
static void test_silent_connection(void **state)
{
	bench *b = *state;

	b->stack.hops[0] = "sip:a;transport=tcp";
	b->stack.hops[1] = "sip:b";
	make_reg(b);
	ims_reg_start(b->reg);
	fake_clock_pass_ms(&b->stack.clock, 7999);
	assert_int_equal(b->stack.sent->len, 1);
	fake_clock_pass_ms(&b->stack.clock, 1);
	assert_int_equal(fake_pending(&b->stack), 1);
	assert_string_equal(fake_last(&b->stack)->next_hop, "sip:b");
	fake_clock_pass_ms(&b->stack.clock, 30000); /* UDP: the stack knows by itself */
	assert_int_equal(b->stack.sent->len, 2);
	GIVE(b, OK_FOR(60));
	assert_string_equal(b->heard->str, "confirmed ");
}

/* What the network has lost */

/* REQ-20: a new initial registration, nothing proved, and nobody hears of it. */
static void assert_anew(bench *b)
{
	assert_int_equal(fake_pending(&b->stack), 1);
	assert_has(last_authorization(b), "nonce=\"\"");
	assert_lacks(last_authorization(b), "integrity-protected");
	assert_true(ims_reg_is_active(b->reg));
	GIVE(b, CHALLENGED("nonce-9"));
	assert_has(last_authorization(b), "tls-pending");
	GIVE(b, OK_FOR(3600));
	assert_string_equal(b->heard->str, "");
	assert_true(ims_reg_is_active(b->reg));
}

static void test_restoration(void **state)
{
	bench *b = *state;

	registered(b, 3600);
	ims_reg_restore(b->reg); /* a call was answered so */
	assert_anew(b);
	fake_clock_skip(&b->stack.clock);
	GIVE(b, .status = 504, .restoration = TRUE); /* ... or a refresh */
	assert_anew(b);
	fake_clock_skip(&b->stack.clock);
	GIVE(b, .status = 401, .challenges = { STALE("nonce-2") });
	GIVE(b, .status = 504, .restoration = TRUE);
	ims_reg_restore(b->reg); /* on its way already: no second one */
	assert_anew(b);
}

/* A network that says so again and again is asked again with pauses. */
static void test_restoration_fails(void **state)
{
	bench *b = *state;

	registered(b, 3600);
	fake_clock_skip(&b->stack.clock);
	GIVE(b, .status = 504, .restoration = TRUE);
	GIVE(b, .status = 504, .restoration = TRUE);
	assert_int_equal(fake_pending(&b->stack), 0);
	assert_back_off(b, 30);
}

/* REQ-16: the operator is told, once; nothing is tried. */
static void test_no_path(void **state)
{
	bench *b = *state;

	make_reg(b);
	ims_reg_start(b->reg);
	GIVE(b, .status = 420, .unsupported = "path");
	assert_string_equal(b->heard->str, "refused 420 ");
	assert_has(logged->str, "does not support 'path'");
	assert_int_equal(fake_clock_left_ms(&b->stack.clock), -1);
}

/* RFC 5626 4.5 at a refresh: 50 to 100 % of min(1800, 30 * 2^n), still served; a success starts it anew. */
static void test_back_off(void **state)
{
	static const gint64 base_s[] = { 30, 60, 120, 240, 480, 960, 1800, 1800, 1800 };
	bench *b = *state;

	registered(b, 600000); /* 600 s are left at the refresh */
	for (int round = 0; round < 2; round++) {
		fake_clock_skip(&b->stack.clock);
		/* the binding would end before the longest waits: keep it alive by going back in time */
		b->stack.clock.now_ms -= 599400000;
		for (gsize n = 0; n < G_N_ELEMENTS(base_s); n++) {
			gint64 wait_ms;

			GIVE(b, .status = n % 2 ? 503 : 408, .internal = n % 3 == 0);
			assert_true(ims_reg_is_active(b->reg));
			assert_string_equal(ims_reg_state_name(b->reg), "registered");
			wait_ms = fake_clock_left_ms(&b->stack.clock);
			if (wait_ms < base_s[n] * 500 || wait_ms > base_s[n] * 1000)
				fail_msg("failure %zu: %" G_GINT64_FORMAT " ms", n + 1, wait_ms);
			fake_clock_skip(&b->stack.clock);
			assert_has(last_authorization(b), "tls-yes");
		}
		GIVE(b, OK_FOR(600000));
	}
	assert_string_equal(b->heard->str, "");
}

/* REQ-19 */
static void test_retry_after(void **state)
{
	bench *b = *state;

	registered(b, 600000);
	fake_clock_skip(&b->stack.clock);
	GIVE(b, .status = 503, .retry_after_s = 120);
	assert_true(ims_reg_is_active(b->reg));
	assert_true(fake_clock_left_ms(&b->stack.clock) >= 120000);
	fake_clock_skip(&b->stack.clock);
	GIVE(b, .status = 503, .retry_after_s = 86400); /* but the binding ends before */
	assert_int_equal(fake_clock_left_ms(&b->stack.clock), 480000);
	fake_clock_skip(&b->stack.clock);
	assert_string_equal(b->heard->str, "delayed 503 ");
	assert_int_equal(fake_clock_left_ms(&b->stack.clock),
			 (86400 - 480) * 1000); /* it is still asked for */
}

/* Once waited for, it counts no more. */
static void test_retry_after_passes(void **state)
{
	bench *b = *state;

	registered(b, 600000);
	fake_clock_skip(&b->stack.clock);
	GIVE(b, .status = 503, .retry_after_s = 300);
	fake_clock_skip(&b->stack.clock);
	GIVE(b, .status = 503);
	assert_true(fake_clock_left_ms(&b->stack.clock) <= 60000);
}

/* The waits are not spread evenly by chance alone, but they are not all the same either. */
static void test_back_off_is_random(void **state)
{
	bench *b = *state;
	gint64 first = 0;
	gboolean differ = FALSE;

	for (int i = 0; i < 20; i++) {
		registered(b, 600000);
		fake_clock_skip(&b->stack.clock);
		GIVE(b, .status = 503);
		if (i == 0)
			first = fake_clock_left_ms(&b->stack.clock);
		differ |= fake_clock_left_ms(&b->stack.clock) != first;
		ims_reg_free(g_steal_pointer(&b->reg));
	}
	assert_true(differ);
}

/* The binding ends while we wait to try again: told then, not before, not later. */
static void test_ends_while_waiting(void **state)
{
	bench *b = *state;
	gint64 ends_ms;

	registered(b, 60);
	ends_ms = b->stack.clock.now_ms + 60000;
	while (b->heard->len == 0 && b->stack.sent->len < 100) {
		fake_clock_skip(&b->stack.clock);
		assert_true(b->stack.clock.now_ms <= ends_ms);
		if (fake_pending(&b->stack))
			GIVE(b, .status = 408, .internal = TRUE);
	}
	assert_string_equal(b->heard->str, "delayed 408 ");
	assert_true(b->stack.clock.now_ms == ends_ms);
	assert_false(ims_reg_is_active(b->reg));
}

/* ... or while the network keeps us waiting for its answer. */
static void test_ends_while_asking(void **state)
{
	bench *b = *state;

	for (int challenged = 0; challenged < 2; challenged++) {
		registered(b, 40);
		fake_clock_skip(&b->stack.clock);
		if (challenged)
			GIVE(b, .status = 401, .challenges = { STALE("nonce-2") });
		fake_clock_pass_ms(&b->stack.clock, 32000);
		GIVE(b, .status = 408, .internal = TRUE);
		assert_string_equal(b->heard->str, "delayed 408 ");
		g_string_truncate(b->heard, 0);
		ims_reg_free(g_steal_pointer(&b->reg));
	}
}

/* A late success is one. */
static void test_late_success(void **state)
{
	bench *b = *state;

	registered(b, 40);
	fake_clock_skip(&b->stack.clock);
	fake_clock_pass_ms(&b->stack.clock, 32000);
	GIVE(b, OK_FOR(40));
	assert_true(ims_reg_is_active(b->reg));
	assert_string_equal(b->heard->str, "");
	assert_int_equal(fake_clock_left_ms(&b->stack.clock), 20000);
}

/* Each state, as a script that leads there. */
static void to_idle(bench *b)
{
	make_reg(b);
}

static void to_trying(bench *b)
{
	make_reg(b);
	ims_reg_start(b->reg);
}

static void to_proving(bench *b)
{
	to_trying(b);
	GIVE(b, CHALLENGED("nonce-1"));
}

static void to_paused(bench *b)
{
	to_trying(b);
	GIVE(b, .status = 503);
}

static void to_active(bench *b)
{
	registered(b, 3600);
}

static void to_refreshing(bench *b)
{
	to_active(b);
	fake_clock_skip(&b->stack.clock);
}

static void to_reproving(bench *b)
{
	to_refreshing(b);
	GIVE(b, .status = 401, .challenges = { STALE("nonce-2") });
}

static void to_waiting(bench *b)
{
	to_refreshing(b);
	GIVE(b, .status = 503);
}

static void to_leaving(bench *b)
{
	to_active(b);
	ims_reg_stop(b->reg);
}

static void to_leave_proving(bench *b)
{
	to_leaving(b);
	GIVE(b, .status = 401, .challenges = { STALE("nonce-2") });
}

static void (*const to_state[])(bench *b) = { to_idle,    to_trying,       to_proving,   to_paused,
					      to_active,  to_refreshing,   to_reproving, to_waiting,
					      to_leaving, to_leave_proving };
enum { FIRST_LEAVING = 8 };

/* Nothing is registered there, and nothing under way. */
static gboolean is_quiet(gsize state)
{
	return to_state[state] == to_idle || to_state[state] == to_paused;
}

static void next(bench *b)
{
	g_string_truncate(b->heard, 0);
	ims_reg_free(g_steal_pointer(&b->reg));
	assert_int_equal(fake_pending(&b->stack), 0);
	assert_int_equal(fake_clock_left_ms(&b->stack.clock), -1);
}

static void test_free_anywhere(void **state)
{
	bench *b = *state;

	ims_reg_free(NULL);
	for (gsize i = 0; i < G_N_ELEMENTS(to_state); i++) {
		to_state[i](b);
		next(b);
	}
}

/* stop: gone follows, once, whatever the network says to it; at most one request is under way. */
static void test_stop_anywhere(void **state)
{
	static const fake_answer answers[] = { { .status = 200 }, { .status = 200, .expires_s = 60 },
					       { .status = 403 }, { .status = 423, .min_expires_s = 700000 },
					       { .status = 481 }, { .status = 503, .internal = TRUE },
					       { .status = 401 } };
	bench *b = *state;

	for (gsize i = 0; i < G_N_ELEMENTS(to_state) * G_N_ELEMENTS(answers); i++) {
		to_state[i / G_N_ELEMENTS(answers)](b);
		g_string_truncate(b->heard, 0);
		ims_reg_stop(b->reg);
		ims_reg_stop(b->reg); /* harmless */
		if (!is_quiet(i / G_N_ELEMENTS(answers))) {
			assert_int_equal(fake_pending(&b->stack), 1);
			assert_has(fake_last(&b->stack)->contact, ";expires=0");
			assert_string_equal(b->heard->str, "");
			give(b, answers[i % G_N_ELEMENTS(answers)]);
			assert_string_equal(b->heard->str, "gone ");
		} else {
			assert_string_equal(b->heard->str, "gone gone ");
		}
		assert_true(ims_reg_is_idle(b->reg));
		fake_clock_pass_ms(&b->stack.clock, YEAR_MS);
		next(b);
	}
}

/* A 200 that was on its way does not bring a leaving one back. */
static void test_stop_crosses_answer(void **state)
{
	bench *b = *state;

	to_proving(b);
	ims_reg_stop(b->reg);
	assert_false(ims_reg_is_active(b->reg));
	assert_int_equal(fake_pending(&b->stack), 1);
	GIVE(b, CHALLENGED("nonce-2"));
	GIVE_AGAIN(b, CHALLENGED("nonce-3"));
	GIVE(b, CHALLENGED("nonce-4"));
	assert_string_equal(b->heard->str, "gone ");
}

/* start: "either way confirmed or refused follows", and one message at a time. */
static void test_start_anywhere(void **state)
{
	bench *b = *state;

	for (gsize i = 0; i < FIRST_LEAVING; i++) { /* while leaving, gone follows */
		to_state[i](b);
		g_string_truncate(b->heard, 0);
		ims_reg_start(b->reg);
		ims_reg_start(b->reg);
		assert_int_equal(fake_pending(&b->stack), 1);
		GIVE(b, OK_FOR(3600));
		assert_string_equal(b->heard->str, "confirmed ");
		fake_clock_skip(&b->stack.clock);
		GIVE(b, OK_FOR(3600));
		assert_string_equal(b->heard->str, "confirmed "); /* nobody asked */
		next(b);
		to_state[i](b);
		g_string_truncate(b->heard, 0);
		ims_reg_start(b->reg);
		GIVE(b, .status = 403);
		assert_string_equal(b->heard->str, "refused 403 ");
		next(b);
	}
}

/* A start that failed at a refresh is still owed an answer. */
static void test_start_fails_for_now(void **state)
{
	bench *b = *state;

	to_active(b);
	ims_reg_start(b->reg);
	GIVE(b, .status = 503);
	assert_string_equal(b->heard->str, "");
	fake_clock_skip(&b->stack.clock);
	GIVE(b, OK_FOR(3600));
	assert_string_equal(b->heard->str, "confirmed ");
}

static void test_start_while_leaving(void **state)
{
	bench *b = *state;

	for (gsize i = FIRST_LEAVING; i < G_N_ELEMENTS(to_state); i++) {
		to_state[i](b);
		ims_reg_start(b->reg);
		assert_int_equal(fake_pending(&b->stack), 1);
		GIVE(b, .status = 200);
		assert_string_equal(b->heard->str, "gone ");
		next(b);
	}
}

/* The listener frees the registration in what it hears; ASan looks on. */
static void test_freed_in_confirmed(void **state)
{
	bench *b = *state;

	b->free_on = "confirmed";
	to_proving(b);
	GIVE(b, OK_FOR(3600));
	assert_null(b->reg);
	assert_int_equal(fake_clock_left_ms(&b->stack.clock), -1);
}

static void test_freed_in_refused(void **state)
{
	static const fake_answer answers[] = { { .status = 403 }, { .status = 401 }, { .status = 423 } };
	bench *b = *state;

	for (gsize s = 1; s < FIRST_LEAVING - 1; s++) {
		if (to_state[s] == to_active || is_quiet(s))
			continue;
		for (gsize i = 0; i < G_N_ELEMENTS(answers); i++) {
			b->free_on = NULL;
			to_state[s](b);
			b->free_on = "refused";
			give(b, answers[i]);
			assert_null(b->reg);
			next(b);
		}
	}
	b->free_on = NULL;
	to_waiting(b);
	b->free_on = "delayed";
	while (b->reg) {
		fake_clock_skip(&b->stack.clock);
		if (b->reg)
			GIVE(b, .status = 503);
	}
	assert_string_equal(b->heard->str, "delayed 503 ");
}

static void test_freed_in_gone(void **state)
{
	bench *b = *state;

	for (gsize s = 0; s < G_N_ELEMENTS(to_state); s++) {
		b->free_on = NULL;
		to_state[s](b);
		b->free_on = "gone";
		ims_reg_stop(b->reg);
		if (!is_quiet(s))
			GIVE(b, .status = 200);
		assert_null(b->reg);
		next(b);
	}
}

/* The stack cannot make the request: refused or gone follows, inside the call. */
static void test_broken_stack(void **state)
{
	bench *b = *state;

	for (int frees = 0; frees < 2; frees++) {
		make_reg(b);
		b->stack.broken = TRUE;
		b->free_on = frees ? "refused" : NULL;
		ims_reg_start(b->reg);
		assert_string_equal(b->heard->str, "refused 500 ");
		b->stack.broken = FALSE;
		b->free_on = NULL;
		next(b);

		to_proving(b);
		b->stack.broken = TRUE;
		b->free_on = frees ? "gone" : NULL;
		ims_reg_stop(b->reg);
		assert_string_equal(b->heard->str, "gone ");
		b->stack.broken = FALSE;
		b->free_on = NULL;
		next(b);

		to_active(b);
		b->stack.broken = TRUE;
		b->free_on = frees ? "refused" : NULL;
		fake_clock_skip(&b->stack.clock);
		assert_string_equal(b->heard->str, "refused 500 ");
		b->stack.broken = FALSE;
		b->free_on = NULL;
		next(b);
	}
}

/* What cannot be said in a header: refused, not sent. */
static void test_odd_impi(void **state)
{
	bench *b = *state;
	ims_reg_setup setup = setup_of(b);

	ims_prover_free(setup.prover);
	setup.prover = prover_of("alice\r\nRoute: <sip:evil>", SECRET);
	b->reg = ims_reg_new(&setup, &events, b);
	ims_reg_start(b->reg);
	assert_int_equal(b->stack.sent->len, 0);
	assert_string_equal(b->heard->str, "refused 500 ");
}

/* Nobody listens: nothing is told, nothing breaks. */
static void test_unbound(void **state)
{
	bench *b = *state;

	for (gsize s = 0; s < G_N_ELEMENTS(to_state); s++) {
		to_state[s](b);
		g_string_truncate(b->heard, 0);
		ims_reg_bind(b->reg, NULL, NULL);
		ims_reg_start(b->reg);
		if (fake_pending(&b->stack))
			GIVE(b, OK_FOR(60));
		ims_reg_stop(b->reg);
		if (fake_pending(&b->stack))
			GIVE(b, .status = 200);
		assert_true(ims_reg_is_idle(b->reg));
		ims_reg_start(b->reg);
		GIVE(b, .status = 403);
		assert_string_equal(b->heard->str, "");
		next(b);
	}
}

static void test_rebound(void **state)
{
	bench *b = *state, other = { .heard = g_string_new(NULL) };

	to_active(b);
	ims_reg_bind(b->reg, &events, &other);
	ims_reg_start(b->reg);
	GIVE(b, OK_FOR(60));
	assert_string_equal(b->heard->str, "");
	assert_string_equal(other.heard->str, "confirmed ");
	g_string_free(other.heard, TRUE);
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
	setup.network = &twin;
	assert_false(is_proved_by(b, setup, IMPI, SECRET));
}

#define IN_BENCH(test) cmocka_unit_test_setup_teardown(test, start_bench, end_bench)

/* RFC 5626: a registration whose connection is gone is made again over another, and nobody hears of it. */
static void test_lost_connection(void **state)
{
	bench *b = *state;
	g_autoptr(GPtrArray) watches = g_ptr_array_new(), more = g_ptr_array_new();
	ims_link first = { watches }, second = { more };

	make_reg(b);
	ims_reg_start(b->reg);
	GIVE(b, OK_FOR(3600), .link = &first);
	g_string_truncate(b->heard, 0);
	assert_int_equal(watches->len, 1);
	fake_link_cut(&first);
	assert_int_equal(b->stack.sent->len, 2);
	assert_true(ims_reg_is_active(b->reg));
	GIVE(b, OK_FOR(3600), .link = &second);
	assert_int_equal(more->len, 1);
	ims_reg_start(b->reg); /* a refresh over the same connection watches it once */
	GIVE(b, OK_FOR(3600), .link = &second);
	assert_int_equal(more->len, 1);
	assert_string_equal(b->heard->str, "confirmed ");
	ims_reg_stop(b->reg);
	GIVE(b, .status = 200);
	assert_int_equal(more->len, 0);
}

/* Connections that end as soon as they are made: RFC 5626 4.5, else we would register without a pause. */
static void test_connections_that_do_not_last(void **state)
{
	bench *b = *state;
	g_autoptr(GPtrArray) watches = g_ptr_array_new();
	ims_link link = { watches };

	make_reg(b);
	ims_reg_start(b->reg);
	GIVE(b, OK_FOR(3600), .link = &link);
	for (guint i = 0; i < 2; i++) {
		fake_link_cut(&link);
		GIVE(b, OK_FOR(3600), .link = &link);
	}
	assert_int_equal(b->stack.sent->len, 3);
	for (gint64 base_s = 30; base_s <= 480; base_s *= 2) {
		guint sent = b->stack.sent->len;
		gint64 waited_ms;

		fake_link_cut(&link);
		assert_int_equal(b->stack.sent->len, sent);
		waited_ms = fake_clock_skip(&b->stack.clock);
		assert_in_range(waited_ms, base_s * 500, base_s * 1000);
		assert_int_equal(b->stack.sent->len, sent + 1);
		GIVE(b, OK_FOR(3600), .link = &link);
	}
	assert_true(ims_reg_is_active(b->reg));
	ims_reg_free(g_steal_pointer(&b->reg));
	assert_int_equal(watches->len, 0);
}

/* Nobody is there after the loss: the binding's rest is waited for, then it is told. */
static void test_lost_for_good(void **state)
{
	bench *b = *state;
	g_autoptr(GPtrArray) watches = g_ptr_array_new();
	ims_link link = { watches };

	make_reg(b);
	ims_reg_start(b->reg);
	GIVE(b, OK_FOR(60), .link = &link);
	g_string_truncate(b->heard, 0);
	fake_link_cut(&link);
	for (guint i = 0; i < 10 && b->heard->len == 0; i++) {
		GIVE(b, .status = 503, .internal = TRUE);
		if (b->heard->len == 0)
			fake_clock_skip(&b->stack.clock);
	}
	assert_string_equal(b->heard->str, "delayed 503 ");
	assert_int_equal(watches->len, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_refresh_after),
		IN_BENCH(test_refresh_times),
		IN_BENCH(test_refresh_never_spins),
		IN_BENCH(test_no_expires),
		IN_BENCH(test_first),
		IN_BENCH(test_lost_connection),
		IN_BENCH(test_connections_that_do_not_last),
		IN_BENCH(test_lost_for_good),
		IN_BENCH(test_setup),
		IN_BENCH(test_life),
		IN_BENCH(test_unchallenged),
		IN_BENCH(test_final),
		IN_BENCH(test_final_at_refresh),
		IN_BENCH(test_replaced),
		IN_BENCH(test_admitted),
		IN_BENCH(test_gruu),
		IN_BENCH(test_two_answers),
		IN_BENCH(test_answers_are_per_attempt),
		IN_BENCH(test_same_nonce),
		IN_BENCH(test_same_nonce_at_refresh),
		IN_BENCH(test_proxy_challenge),
		IN_BENCH(test_several_challenges),
		IN_BENCH(test_nextnonce),
		IN_BENCH(test_wrong_rspauth),
		IN_BENCH(test_unusable_challenge),
		IN_BENCH(test_too_brief),
		IN_BENCH(test_too_brief_once),
		IN_BENCH(test_failed_at_first),
		IN_BENCH(test_paused),
		IN_BENCH(test_paused_as_asked),
		IN_BENCH(test_start_while_paused),
		IN_BENCH(test_next_host),
		IN_BENCH(test_all_hosts_fail),
		IN_BENCH(test_next_host_at_refresh),
		IN_BENCH(test_no_host),
		IN_BENCH(test_slow_names),
		IN_BENCH(test_silent_connection),
		IN_BENCH(test_restoration),
		IN_BENCH(test_restoration_fails),
		IN_BENCH(test_no_path),
		IN_BENCH(test_back_off),
		IN_BENCH(test_retry_after),
		IN_BENCH(test_retry_after_passes),
		IN_BENCH(test_back_off_is_random),
		IN_BENCH(test_ends_while_waiting),
		IN_BENCH(test_ends_while_asking),
		IN_BENCH(test_late_success),
		IN_BENCH(test_free_anywhere),
		IN_BENCH(test_stop_anywhere),
		IN_BENCH(test_stop_crosses_answer),
		IN_BENCH(test_start_anywhere),
		IN_BENCH(test_start_fails_for_now),
		IN_BENCH(test_start_while_leaving),
		IN_BENCH(test_freed_in_confirmed),
		IN_BENCH(test_freed_in_refused),
		IN_BENCH(test_freed_in_gone),
		IN_BENCH(test_broken_stack),
		IN_BENCH(test_odd_impi),
		IN_BENCH(test_unbound),
		IN_BENCH(test_rebound),
		IN_BENCH(test_proof),
	};

	return cmocka_run_group_tests_name("test_ims_reg", tests, NULL, NULL);
}
