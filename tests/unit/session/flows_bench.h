/* flows_bench.h: real registrations and tokens; the network and time are the test's. */
#pragma once
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <cmocka.h>

#include <string.h>
#include "../log_recorder.h"
#include "../reg/fake_ua.h"
#include "../reg/network.h"
#include "fake_tokens.h"
#include "auth/ims_digest_prover.h"
#include "auth/ims_trusted_prover.h"
#include "session/ims_flows.h"

#define IMPU "sip:alice@ims.example"
#define SECRET "wonderland-7"
#define RECLAIM_S 10
#define LIMIT 20
#define CHALLENGE "Digest realm=\"ims.example\", nonce=\"nonce-1\", algorithm=MD5, qop=\"auth\""

struct ims_session {
	const char *name;
	guint confirmed, delayed, refused, gone, dismissed, replaced;
	gboolean talks, keeps_calls, went_on; /* keeps_calls: of those before it */
	ims_flow *joined;
};

typedef struct {
	ims_stack stack;
	ims_network network;
	ims_flows *flows;
	ims_tokens tokens;
	ims_holders *holders;
	ims_session alice, bob;
	guint drained;
	GString *audit; /* "event code reason; ..." */
} bench;

/* In place of audit/ and of registrations by token. */
void ims_audit_note(ims_audit *audit, const ims_audit_record *r)
{
	assert_true(strcmp(r->network, "lab") == 0 || strcmp(r->network, "other") == 0);
	assert_string_equal(r->scheme, "digest");
	assert_non_null(r->impi);
	assert_non_null(r->impu);
	assert_int_equal(strlen(r->flow), 14);
	assert_int_equal(strlen(r->turn_user), 16);
	g_string_append_printf(((bench *)audit)->audit, "%s %d %s; ", r->event, r->code,
			       r->reason ? r->reason : "-");
}

const ims_grant *ims_trusted_prover_grant(const ims_prover *prover)
{
	(void)prover;
	return NULL;
}

/* ... and of sip/: the last words are written down. */
void ims_referral_report(ims_referral *referral, int status, const char *reason)
{
	g_string_append_printf((GString *)referral, "%d%s%s ", status, reason ? " " : "",
			       reason ? reason : "");
}

void ims_referral_release(ims_referral *referral)
{
	g_string_append((GString *)referral, "released");
}

static inline void on_confirmed(ims_reg *reg, gpointer user)
{
	(void)reg;
	((ims_session *)user)->confirmed++;
}

static inline void on_delayed(ims_reg *reg, int status, const char *reason, guint retry_s, gpointer user)
{
	(void)reg, (void)status, (void)reason, (void)retry_s;
	((ims_session *)user)->delayed++;
}

static inline void on_refused(ims_reg *reg, int status, const char *reason, gpointer user)
{
	(void)reg, (void)status, (void)reason;
	((ims_session *)user)->refused++;
}

static inline void on_gone(ims_reg *reg, gpointer user)
{
	(void)reg;
	((ims_session *)user)->gone++;
}

static inline void on_dismissed(ims_session *helper)
{
	helper->dismissed++;
}

static inline void on_replaced(ims_session *master, ims_session *heir, gboolean goes_on)
{
	(void)heir;
	master->replaced++;
	master->went_on = goes_on;
}

/* The bench's own: LIMIT of them. */
static ims_flows *limited;

static inline gboolean admits(ims_session *session, GError **error)
{
	(void)session, (void)error;
	return ims_flows_count(limited) < LIMIT;
}

static inline gboolean on_goes_along(const ims_session *session, const ims_session *heir)
{
	return heir && heir->keeps_calls && session->talks;
}

static inline void on_joins(ims_session *caller, ims_flow *flow)
{
	caller->joined = flow;
}

static const ims_flows_events flows_events = { .dismissed = on_dismissed,
					       .replaced = on_replaced,
					       .goes_along = on_goes_along,
					       .joins = on_joins,
					       .admits = admits };

static const ims_reg_events events = {
	.confirmed = on_confirmed, .delayed = on_delayed, .refused = on_refused, .gone = on_gone
};

static inline int start_reclaiming(void **state, guint reclaim_s)
{
	bench *b = g_new0(bench, 1);

	fake_stack_init(&b->stack);
	network_init(&b->network);
	b->audit = g_string_new(NULL);
	limited = b->flows = ims_flows_new(reclaim_s, (ims_audit *)b, &flows_events);
	b->holders = ims_holders_new();
	log_recorder_start();
	*state = b;
	return 0;
}

static inline int start(void **state)
{
	return start_reclaiming(state, RECLAIM_S);
}

static inline int start_without_reclaim(void **state)
{
	return start_reclaiming(state, 0);
}

static inline int end(void **state)
{
	bench *b = *state;

	ims_flows_clear(b->flows);
	assert_int_equal(ims_flows_count(b->flows), 0);
	ims_flows_free(b->flows);
	ims_holders_free(b->holders);
	fake_stack_clear(&b->stack);
	network_clear(&b->network);
	assert_null(strstr(logged->str, SECRET));
	log_recorder_stop();
	g_string_free(b->audit, TRUE);
	g_free(b);
	return 0;
}

static inline ims_prover *prover_of(const char *impi, const char *secret)
{
	return ims_digest_prover_new(&(ims_digest_prover_setup){
		.impi = impi, .realm = "ims.example", .secret = secret, .tells = TRUE });
}

static inline ims_reg_setup setup_as(bench *b, const char *impi, const char *secret)
{
	return (ims_reg_setup){
		.stack = &b->stack, .network = &b->network, .impu = IMPU, .prover = prover_of(impi, secret)
	};
}

static inline ims_reg_setup setup_of(bench *b)
{
	return setup_as(b, "alice@ims.example", SECRET);
}

static inline ims_flow *claim_with(ims_flows *flows, ims_reg_setup *setup, ims_session *session)
{
	ims_flow *flow = ims_flows_claim(flows, setup, &events, session, NULL);

	g_clear_pointer(&setup->prover, ims_prover_free); /* left of one that is taken back, or of none */
	return flow;
}

static inline ims_flow *claim(bench *b, ims_session *session)
{
	ims_reg_setup setup = setup_of(b);

	return claim_with(b->flows, &setup, session);
}

static inline void answer(bench *b, int status)
{
	fake_give(fake_last(&b->stack), &(fake_answer){ .status = status, .expires_s = 3600 });
}

/* Registered, with a challenge. */
static inline ims_flow *claim_active(bench *b, ims_session *session)
{
	ims_flow *flow = claim(b, session);

	ims_reg_start(flow->reg);
	fake_give(fake_last(&b->stack), &(fake_answer){ .status = 401, .challenges = { CHALLENGE } });
	answer(b, 200);
	return flow;
}

static inline const ims_transaction *sent(bench *b, guint n)
{
	assert_true(n < b->stack.sent->len);
	return g_ptr_array_index(b->stack.sent, n);
}

static inline gboolean says(const char *text, const char *part)
{
	return strstr(text, part) != NULL;
}

#define IN_BENCH(test) cmocka_unit_test_setup_teardown(test, start, end)
