#include "session/ims_failures.h"

#include <string.h>
#include "base/ims_pseudonym.h"
#include "base/ims_rate.h"

/* More than default limits let fail in the minute after which an identity's failures are forgotten anyway, so
 * nobody makes us forget one by failing with others. */
#define MAX_IDENTITIES 10000
#define SLOTS (1 << 17)

typedef struct {
	guint64 who;
	ims_rate rate;
	GList in_order; /* of failures->in_order, data: this */
} watched;

struct ims_failures {
	guint of_identity;
	ims_rate all;
	ims_pseudonym_key key;
	GHashTable *identities; /* &who -> watched, those that have not all their attempts */
	GQueue in_order;        /* the same, who tried last at the end */
	struct {
		guint16 who, proof; /* proof 0: it was not told */
	} known[SLOTS];             /* by who, those who were right */
};

ims_failures *ims_failures_new(guint of_identity, guint of_all, gint64 now_ms)
{
	ims_failures *failures = g_new0(ims_failures, 1);

	failures->of_identity = of_identity;
	ims_rate_init(&failures->all, of_all, now_ms);
	ims_pseudonym_key_init(&failures->key);
	failures->identities = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, g_free);
	g_queue_init(&failures->in_order);
	return failures;
}

void ims_failures_free(ims_failures *failures)
{
	g_hash_table_unref(failures->identities);
	explicit_bzero(failures, sizeof(*failures));
	g_free(failures);
}

ims_attempt ims_failures_attempt(const ims_failures *failures, const char *identity, const char *credentials)
{
	ims_attempt attempt = { 0 };
	g_autofree char *space = NULL;

	if (!identity)
		return attempt;
	attempt.who = ims_pseudonym_number(&failures->key, "identity", identity);
	space = g_strdup_printf("credentials of %s", identity);
	if (credentials)
		attempt.proof =
			(guint16)(ims_pseudonym_number(&failures->key, space, credentials) % G_MAXUINT16 + 1);
	return attempt;
}

static guint slot_of(const ims_attempt *attempt)
{
	return (guint)(attempt->who % SLOTS);
}

/* Of who, what does not choose the slot. Never 0. */
static guint16 mark_of(const ims_attempt *attempt)
{
	return (guint16)((attempt->who >> 32) % G_MAXUINT16 + 1);
}

static gboolean was_here(const ims_failures *failures, const ims_attempt *attempt)
{
	return failures->known[slot_of(attempt)].who == mark_of(attempt);
}

static gboolean was_right_with_this(const ims_failures *failures, const ims_attempt *attempt)
{
	return attempt->proof != 0 && was_here(failures, attempt) &&
	       failures->known[slot_of(attempt)].proof == attempt->proof;
}

static void remember(ims_failures *failures, const ims_attempt *attempt)
{
	if (!attempt->who || (!attempt->proof && was_here(failures, attempt)))
		return;
	failures->known[slot_of(attempt)].who = mark_of(attempt);
	failures->known[slot_of(attempt)].proof = attempt->proof;
}

static void forget(ims_failures *failures, watched *one)
{
	g_queue_unlink(&failures->in_order, &one->in_order);
	g_hash_table_remove(failures->identities, &one->who);
}

static watched *watch(ims_failures *failures, guint64 who, gint64 now_ms)
{
	watched *one = g_hash_table_lookup(failures->identities, &who);

	if (one) {
		g_queue_unlink(&failures->in_order, &one->in_order);
	} else {
		if (failures->in_order.length >= MAX_IDENTITIES)
			forget(failures, failures->in_order.head->data);
		one = g_new0(watched, 1);
		one->who = who;
		one->in_order.data = one;
		ims_rate_init(&one->rate, failures->of_identity, now_ms);
		g_hash_table_insert(failures->identities, &one->who, one);
	}
	g_queue_push_tail_link(&failures->in_order, &one->in_order);
	return one;
}

static guint wait_of(ims_failures *failures, const ims_attempt *attempt, watched *one, gint64 now_ms)
{
	guint wait_s = 0;

	if (one && !was_right_with_this(failures, attempt))
		wait_s = ims_rate_wait_s(&one->rate, now_ms);
	if (attempt->who && !was_here(failures, attempt))
		wait_s = MAX(wait_s, ims_rate_wait_s(&failures->all, now_ms));
	return wait_s;
}

guint ims_failures_begin(ims_failures *failures, ims_attempt *attempt, gint64 now_ms)
{
	watched *one = failures->of_identity && attempt->who ? watch(failures, attempt->who, now_ms) : NULL;
	guint wait_s = wait_of(failures, attempt, one, now_ms);

	if (wait_s > 0) {
		if (one && ims_rate_is_full(&one->rate, now_ms))
			forget(failures, one);
		return wait_s;
	}
	attempt->open = TRUE;
	attempt->counted = one && ims_rate_take(&one->rate, now_ms);
	return 0;
}

static gboolean close_attempt(ims_attempt *attempt)
{
	gboolean was_open = attempt->open;

	attempt->open = FALSE;
	return was_open;
}

static void give_back(ims_failures *failures, const ims_attempt *attempt, gint64 now_ms)
{
	watched *one = attempt->counted ? g_hash_table_lookup(failures->identities, &attempt->who) : NULL;

	if (!one)
		return;
	ims_rate_give(&one->rate);
	if (ims_rate_is_full(&one->rate, now_ms))
		forget(failures, one);
}

void ims_failures_was_right(ims_failures *failures, ims_attempt *attempt, gint64 now_ms)
{
	if (!close_attempt(attempt))
		return;
	remember(failures, attempt);
	give_back(failures, attempt, now_ms);
}

void ims_failures_was_wrong(ims_failures *failures, ims_attempt *attempt, gint64 now_ms)
{
	if (close_attempt(attempt) && attempt->who)
		ims_rate_take(&failures->all, now_ms);
}

void ims_failures_was_neither(ims_failures *failures, ims_attempt *attempt, gint64 now_ms)
{
	if (close_attempt(attempt))
		give_back(failures, attempt, now_ms);
}

guint ims_failures_identities(const ims_failures *failures)
{
	return failures->in_order.length;
}
