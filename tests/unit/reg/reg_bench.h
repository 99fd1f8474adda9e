/* reg_bench.h: one registration against a scripted network, in a time that the test owns. For one source file
 * of a program. */
#pragma once
#include <string.h>
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

static inline void hear(bench *b, const char *what)
{
	g_string_append_printf(b->heard, "%s ", what);
	if (b->free_on && g_str_has_prefix(what, b->free_on))
		ims_reg_free(g_steal_pointer(&b->reg));
}

static inline void on_confirmed(ims_reg *reg, gpointer user)
{
	assert_true(ims_reg_is_active(reg));
	hear(user, "confirmed");
}

static inline void on_delayed(ims_reg *reg, int status, const char *reason, guint retry_s, gpointer user)
{
	bench *b = user;
	g_autofree char *what = g_strdup_printf("delayed %d", status);

	assert_true(ims_reg_is_paused(reg) != ims_reg_is_active(reg));
	assert_non_null(reason);
	assert_int_equal(retry_s, (fake_clock_left_ms(&b->stack.clock) + 999) / 1000);
	hear(b, what);
}

static inline void on_refused(ims_reg *reg, int status, const char *reason, gpointer user)
{
	g_autofree char *what = g_strdup_printf("refused %d", status);

	assert_true(ims_reg_is_idle(reg));
	assert_non_null(reason);
	hear(user, what);
}

static inline void on_gone(ims_reg *reg, gpointer user)
{
	assert_true(ims_reg_is_idle(reg));
	hear(user, "gone");
}

static const ims_reg_events events = {
	.confirmed = on_confirmed, .delayed = on_delayed, .refused = on_refused, .gone = on_gone
};

static inline ims_prover *prover_of(const char *impi, const char *secret)
{
	return ims_digest_prover_new(&(ims_digest_prover_setup){
		.impi = impi, .realm = "ims.example", .secret = secret, .tells = TRUE });
}

static inline ims_reg_setup setup_of(bench *b)
{
	return (ims_reg_setup){ .stack = &b->stack,
				.network = &b->network,
				.w2 = IMS_W2_TLS,
				.flow_token = TOKEN,
				.impu = IMPU,
				.prover = prover_of(IMPI, SECRET) };
}

static inline int start_bench(void **state)
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
static inline int end_bench(void **state)
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

static inline void make_reg(bench *b)
{
	ims_reg_setup setup = setup_of(b);

	b->reg = ims_reg_new(&setup, &events, b);
}

static inline void give(bench *b, fake_answer answer)
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
static inline void registered(bench *b, guint expires_s)
{
	make_reg(b);
	ims_reg_start(b->reg);
	GIVE(b, CHALLENGED("nonce-1"));
	GIVE(b, OK_FOR(expires_s));
	assert_string_equal(b->heard->str, "confirmed ");
	g_string_truncate(b->heard, 0);
}

static inline const char *last_authorization(bench *b)
{
	return fake_last(&b->stack)->authorization;
}

static inline void assert_has(const char *text, const char *part)
{
	if (!text || !strstr(text, part))
		fail_msg("'%s' is not in '%s'", part, text ? text : "(none)");
}

static inline void assert_lacks(const char *text, const char *part)
{
	if (text && strstr(text, part))
		fail_msg("'%s' is in '%s'", part, text);
}

static inline void assert_back_off(bench *b, gint64 base_s)
{
	gint64 wait_ms = fake_clock_left_ms(&b->stack.clock);

	if (wait_ms < base_s * 500 || wait_ms > base_s * 1000)
		fail_msg("%" G_GINT64_FORMAT " ms for %" G_GINT64_FORMAT " s", wait_ms, base_s);
}

#define IN_BENCH(test) cmocka_unit_test_setup_teardown(test, start_bench, end_bench)
