/* A registration in an arbitrary order of requests, answers and time. Whatever happens: one request at a
 * time, each start has one outcome, a stopped registration ends, and nothing is left.
 *
 * Input: steps of one byte and what they need. */
#include "input.h"
#include "auth/ims_digest_prover.h"
#include "reg/fake_prover.h"
#include "reg/fake_ua.h"
#include "reg/network.h"
#include "reg/ims_reg.h"

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size);

#define MAX_STEPS 400

typedef struct {
	ims_stack stack;
	ims_network network;
	ims_reg *reg;
	gboolean waiting; /* for the outcome of a start */
	gboolean stopping;
	gboolean free_in_event;
	fake_prover *fake; /* NULL: a real one */
	guint freed;
} bench;

static void heard(bench *b)
{
	b->waiting = FALSE;
	if (b->free_in_event)
		g_clear_pointer(&b->reg, ims_reg_free);
}

static void on_confirmed(ims_reg *reg, gpointer user)
{
	bench *b = user;

	g_assert_true(ims_reg_is_active(reg));
	g_assert_true(b->waiting);
	g_assert_cmpuint(ims_reg_associated(reg)->len, >, 0);
	heard(b);
}

/* The last word comes later. */
static void on_delayed(ims_reg *reg, int status, const char *reason, guint retry_s, gpointer user)
{
	bench *b = user;

	g_assert_true(ims_reg_is_paused(reg) != ims_reg_is_active(reg));
	g_assert_cmpint(status, >=, 300);
	g_assert_nonnull(reason);
	g_assert_cmpuint(retry_s, >, 0);
	b->waiting = TRUE;
	if (b->free_in_event)
		g_clear_pointer(&b->reg, ims_reg_free);
}

static void on_refused(ims_reg *reg, int status, const char *reason, gpointer user)
{
	g_assert_true(ims_reg_is_idle(reg));
	g_assert_cmpint(status, >=, 300);
	g_assert_nonnull(reason);
	heard(user);
}

static void on_gone(ims_reg *reg, gpointer user)
{
	bench *b = user;

	g_assert_true(ims_reg_is_idle(reg));
	g_assert_true(b->stopping);
	b->stopping = FALSE;
	heard(b);
}

static void on_asked(ims_reg *reg, const ims_prover_question *question, gpointer user)
{
	(void)user;
	g_assert_true(ims_reg_is_asking(reg));
	g_assert_nonnull(question->text);
}

#define REPORTS .confirmed = on_confirmed, .delayed = on_delayed, .refused = on_refused, .gone = on_gone
static const ims_reg_events with_client = { REPORTS, .asked = on_asked };
static const ims_reg_events alone = { REPORTS };

/* A password, or what only the client knows. */
static ims_prover *prover_for(bench *b, fuzz_input *input)
{
	b->fake = fuzz_flag(input) ? fake_prover_new(&b->freed) : NULL;
	if (b->fake)
		return &b->fake->base;
	return ims_digest_prover_new(&(ims_digest_prover_setup){
		.impi = "alice@ims.example", .realm = "ims.example", .secret = "secret", .tells = TRUE });
}

static void make(bench *b, fuzz_input *input)
{
	ims_reg_setup setup = { .stack = &b->stack,
				.challenge_timeout_s = 30,
				.network = &b->network,
				.w2 = fuzz_flag(input) ? IMS_W2_TLS : IMS_W2_PLAIN_LAB,
				.flow_token = "TOKEN",
				.impu = "sip:alice@ims.example",
				.prover = prover_for(b, input),
				.expires_s = fuzz_byte(input) };

	b->reg = ims_reg_new(&setup, &with_client, b);
	b->waiting = b->stopping = FALSE;
}

static ims_transaction *pending(bench *b)
{
	for (guint i = 0; i < b->stack.sent->len; i++) {
		ims_transaction *t = g_ptr_array_index(b->stack.sent, i);

		if (t->done)
			return t;
	}
	return NULL;
}

static void answer(bench *b, fuzz_input *input)
{
	static const int statuses[] = {
		200, 401, 407, 423, 403, 503, 408, 500, 404, 302, 699, 420, 202, 504
	};
	static const char *const challenges[] = {
		"Digest realm=\"ims.example\", nonce=\"n1\", algorithm=MD5, qop=\"auth\"",
		"Digest realm=\"ims.example\", nonce=\"n2\", algorithm=MD5, qop=\"auth\", stale=true",
		"Digest realm=\"other.example\", nonce=\"n3\"",
		"Digest realm=\"ims.example\", nonce=\"n4\", algorithm=AKAv1-MD5",
		"Digest nonsense",
		"",
	};
	static const guint seconds[] = { 3600, 0, 1, 60, 600000, G_MAXINT32, 1200 };
	fake_answer a = { .status = statuses[fuzz_choice(input, G_N_ELEMENTS(statuses))] };

	a.internal = a.status >= 408 && fuzz_flag(input);
	a.proxy = a.status == 407;
	if (a.status == 401 || a.status == 407)
		for (guint i = 0, n = fuzz_choice(input, 4); i < n; i++)
			a.challenges[i] = challenges[fuzz_choice(input, G_N_ELEMENTS(challenges))];
	a.routes[0] = fuzz_flag(input) ? "sip:orig@198.51.100.8;lr" : NULL;
	a.associated[0] = fuzz_flag(input) ? "sip:alice@ims.example" : NULL;
	a.expires_s = seconds[fuzz_choice(input, G_N_ELEMENTS(seconds))];
	a.min_expires_s = a.status == 423 ? seconds[fuzz_choice(input, G_N_ELEMENTS(seconds))] : 0;
	a.retry_after_s = fuzz_byte(input);
	a.restoration = fuzz_choice(input, 4) == 1;
	a.unsupported = a.status == 420 ? "path" : NULL;
	fake_give(pending(b), &a);
}

static void start(bench *b)
{
	if (b->stopping) /* its owner waits for `gone` */
		return;
	b->waiting = TRUE;
	ims_reg_start(b->reg);
}

static void stop(bench *b)
{
	b->stopping = TRUE;
	ims_reg_stop(b->reg);
}

/* Taken when it was asked for, and is one. */
static void reply(bench *b, const char *response)
{
	gboolean asked = ims_reg_is_asking(b->reg);

	g_assert(ims_reg_answer(b->reg, &(ims_prover_reply){ .response = response }, NULL) ==
		 (asked && response));
}

static void step(bench *b, fuzz_input *input)
{
	switch (fuzz_choice(input, 15)) {
	case 0:
		start(b);
		break;
	case 1:
		stop(b);
		break;
	case 2:
		fake_clock_pass_ms(&b->stack.clock, 1000 * fuzz_byte(input));
		break;
	case 3:
		if (fake_clock_left_ms(&b->stack.clock) >= 0)
			fake_clock_skip(&b->stack.clock);
		break;
	case 4:
		b->stack.broken = fuzz_choice(input, 4) == 1;
		break;
	case 5:
		b->free_in_event = fuzz_choice(input, 8) == 1;
		break;
	case 6:
		b->stack.nowhere = fuzz_choice(input, 4) == 1;
		b->stack.slow = fuzz_flag(input);
		b->stack.hops[0] = fuzz_flag(input) ? "sip:192.0.2.7:5060" : NULL;
		b->stack.hops[1] = fuzz_flag(input) ? "sip:192.0.2.8:5060;transport=tcp" : NULL;
		break;
	case 7:
		if (b->stack.looking)
			fake_found(&b->stack);
		break;
	case 8:
		ims_reg_restore(b->reg);
		break;
	case 9:
		if (b->fake)
			b->fake->verdict = (ims_prover_verdict)fuzz_choice(input, IMS_PROVER_ALARMS + 1);
		break;
	case 10:
		ims_reg_bind(b->reg, fuzz_flag(input) ? &with_client : &alone, b);
		break;
	case 11:
		if (b->fake)
			reply(b, fuzz_flag(input) ? "1" : NULL);
		break;
	default:
		if (pending(b))
			answer(b, input);
		break;
	}
}

/* Whatever state it is in: told to stop, and answered, it ends. */
static void finish(bench *b)
{
	const fake_answer ok = { .status = 200 };

	b->stack.broken = b->stack.nowhere = b->stack.slow = FALSE;
	if (!b->reg)
		return;
	stop(b);
	for (guint rounds = 0; b->reg && b->stopping; rounds++) {
		g_assert_cmpuint(rounds, <, 10);
		if (b->stack.looking)
			fake_found(&b->stack);
		else if (pending(b))
			fake_give(pending(b), &ok);
		else
			fake_clock_skip(&b->stack.clock);
	}
	g_assert(!b->reg || ims_reg_is_idle(b->reg));
	g_assert_false(b->waiting);
}

int LLVMFuzzerTestOneInput(const guint8 *data, gsize size)
{
	fuzz_input input = { data, size };
	bench b = { 0 };

	fake_stack_init(&b.stack);
	network_init(&b.network);
	make(&b, &input);
	for (guint i = 0; i < MAX_STEPS && input.left > 0; i++) {
		step(&b, &input);
		g_assert_cmpuint(fake_pending(&b.stack), <=, 1);
		if (!b.reg)
			make(&b, &input);
	}
	finish(&b);
	ims_reg_free(b.reg);
	g_assert_cmpuint(fake_pending(&b.stack), ==, 0);
	fake_stack_clear(&b.stack);
	network_clear(&b.network);
	return 0;
}
