#include "session/ims_flows.h"

#include <string.h>

#include "auth/ims_trusted_prover.h"
#include "base/ims_log.h"
#include "base/ims_pseudonym.h"
#include "base/ims_random.h"
#include "reg/ims_reg_event.h"

struct ims_flows {
	guint reclaim_s, limit;
	gint count; /* of by_id, for other threads */
	ims_flow_key key;
	ims_pseudonym_key pseudonyms;
	ims_audit *audit;
	ims_reg_watch *watch;
	void (*dismissed)(ims_session *helper);
	GHashTable *by_id;     /* guint64 * -> ims_flow, owns it */
	GHashTable *by_master; /* the same by master_id */
	GHashTable *parked;    /* IMPU -> GQueue of ims_flow, those that may be reclaimed */
	gboolean draining;
	void (*drained)(gpointer user);
	gpointer drained_user;
};

/* Audit */

static const ims_grant *grant_of(const ims_flow *flow)
{
	return flow->watch ? ims_grant_watch_grant(flow->watch)
			   : ims_trusted_prover_grant(ims_reg_prover(flow->reg));
}

void ims_flow_note(const ims_flow *flow, const char *event)
{
	const ims_reg *reg = flow->reg;
	const ims_prover *prover = ims_reg_prover(reg);
	const ims_grant *grant = grant_of(flow);

	ims_audit_note(flow->flows->audit,
		       &(ims_audit_record){ .event = event,
					    .code = flow->end_code,
					    .reason = flow->end_cause,
					    .scheme = prover->kind->name,
					    .network = ims_reg_network(reg)->name,
					    .impi = prover->impi,
					    .impu = ims_reg_impu(reg),
					    .issuer = grant ? ims_grant_issuer(grant) : NULL,
					    .client = grant ? ims_grant_wwsf(grant) : NULL,
					    .jti = grant ? ims_grant_jti(grant) : NULL,
					    .flow = flow->name,
					    .turn_user = flow->turn_user,
					    .icid = ims_reg_icid(reg),
					    .expires_s = ims_reg_expires_s(reg) });
}

void ims_flow_note_active(ims_flow *flow)
{
	if (flow->was_active)
		return;
	flow->was_active = TRUE;
	ims_flow_note(flow, "registered");
}

void ims_flow_note_end(ims_flow *flow, int code, const char *cause)
{
	if (flow->end_cause)
		return;
	flow->end_code = code;
	flow->end_cause = g_strdup(cause);
}

/* A registration that was never confirmed was refused, or its user gave up. */
static void note_end(ims_flow *flow, const char *cause)
{
	ims_flow_note_end(flow, 0, cause);
	ims_flow_note(flow, flow->was_active ? "ended" : "failed");
}

/* Calls that are over */

static void ended_free(gpointer id)
{
	ims_dialog_id_clear(id);
	g_free(id);
}

static void forget_ended(ims_flow *flow, guint but)
{
	while (flow->ended.length > but)
		ended_free(g_queue_pop_tail(&flow->ended));
}

void ims_flow_note_call(ims_flow *flow, const ims_dialog_id *id)
{
	ims_dialog_id *copy = g_new(ims_dialog_id, 1);

	*copy = ims_dialog_id_copy(id);
	g_queue_push_head(&flow->ended, copy);
	forget_ended(flow, IMS_FLOW_ENDED_MAX);
}

gboolean ims_flow_had_call(const ims_flow *flow, const ims_dialog_id *id)
{
	for (const GList *at = flow->ended.head; at; at = at->next)
		if (ims_dialog_id_equal(at->data, id))
			return TRUE;
	return FALSE;
}

static void flow_free(gpointer data)
{
	ims_flow *flow = data;

	ims_timer_stop(&flow->reclaim);
	ims_grant_watch_free(flow->watch);
	ims_reg_free(flow->reg);
	g_ptr_array_unref(flow->helpers);
	ims_transfers_free(flow->transfers);
	forget_ended(flow, 0);
	g_free(flow->name);
	g_free(flow->turn_user);
	g_free(flow->end_cause);
	g_free(flow);
}

ims_flows *ims_flows_new(guint reclaim_s, guint limit, ims_audit *audit,
			 void (*dismissed)(ims_session *helper))
{
	ims_flows *flows = g_new0(ims_flows, 1);

	flows->reclaim_s = reclaim_s;
	flows->limit = limit;
	flows->audit = audit;
	flows->watch = ims_reg_watch_new();
	flows->dismissed = dismissed;
	ims_flow_key_init(&flows->key);
	ims_pseudonym_key_init(&flows->pseudonyms);
	flows->by_id = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, flow_free);
	flows->by_master = g_hash_table_new(g_int64_hash, g_int64_equal);
	flows->parked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_queue_free);
	return flows;
}

void ims_flows_clear(ims_flows *flows)
{
	GHashTableIter all;
	gpointer flow;

	g_hash_table_iter_init(&all, flows->by_id);
	while (g_hash_table_iter_next(&all, NULL, &flow))
		note_end(flow, "The gateway ended before the network had answered");
	g_hash_table_remove_all(flows->parked);
	g_hash_table_remove_all(flows->by_master);
	g_hash_table_remove_all(flows->by_id);
	g_atomic_int_set(&flows->count, 0);
}

void ims_flows_free(ims_flows *flows)
{
	g_hash_table_unref(flows->parked);
	g_hash_table_unref(flows->by_master);
	g_hash_table_unref(flows->by_id);
	ims_reg_watch_free(flows->watch);
	explicit_bzero(&flows->key, sizeof(flows->key));
	explicit_bzero(&flows->pseudonyms, sizeof(flows->pseudonyms));
	g_free(flows);
}

GPtrArray *ims_flows_all(const ims_flows *flows)
{
	GPtrArray *all = g_ptr_array_new();
	GHashTableIter at;
	gpointer flow;

	g_hash_table_iter_init(&at, flows->by_id);
	while (g_hash_table_iter_next(&at, NULL, &flow))
		g_ptr_array_add(all, flow);
	return all;
}

guint ims_flows_count(ims_flows *flows)
{
	return (guint)g_atomic_int_get(&flows->count);
}

/* Helpers */

gboolean ims_flow_add_helper(ims_flow *flow, ims_session *helper)
{
	if (flow->helpers->len >= IMS_FLOW_HELPERS_MAX)
		return FALSE;
	g_ptr_array_add(flow->helpers, helper);
	return TRUE;
}

void ims_flow_remove_helper(ims_flow *flow, ims_session *helper)
{
	g_ptr_array_remove(flow->helpers, helper);
}

ims_flow *ims_flows_of_master(ims_flows *flows, guint64 master_id)
{
	ims_flow *flow = g_hash_table_lookup(flows->by_master, &master_id);

	return flow && flow->session ? flow : NULL;
}

/* While the core still serves us: their calls end with them. */
static void dismiss_helpers(ims_flow *flow)
{
	while (flow->helpers->len > 0)
		flow->flows->dismissed(g_ptr_array_remove_index(flow->helpers, 0));
	g_clear_pointer(&flow->transfers, ims_transfers_free);
}

/* Parking */

static void park(ims_flow *flow)
{
	ims_flows *flows = flow->flows;
	GQueue *same = g_hash_table_lookup(flows->parked, ims_reg_impu(flow->reg));

	if (!same) {
		same = g_queue_new();
		g_hash_table_insert(flows->parked, g_strdup(ims_reg_impu(flow->reg)), same);
	}
	g_queue_push_tail(same, flow);
	ims_timer_arm(&flow->reclaim, (gint64)flows->reclaim_s * 1000);
}

static void unpark(ims_flow *flow)
{
	GHashTable *parked = flow->flows->parked;
	GQueue *same = g_hash_table_lookup(parked, ims_reg_impu(flow->reg));

	ims_timer_stop(&flow->reclaim);
	if (same && g_queue_remove(same, flow) && g_queue_is_empty(same))
		g_hash_table_remove(parked, ims_reg_impu(flow->reg));
}

static ims_flow *find_parked(ims_flows *flows, const ims_reg_setup *setup)
{
	GQueue *same = g_hash_table_lookup(flows->parked, setup->impu);

	for (GList *at = same ? same->head : NULL; at; at = at->next) {
		ims_flow *flow = at->data;

		if (ims_reg_is_active(flow->reg) && ims_reg_is_proved_by(flow->reg, setup))
			return flow;
	}
	return NULL;
}

static void remove_flow(ims_flow *flow)
{
	ims_flows *flows = flow->flows;

	unpark(flow);
	dismiss_helpers(flow);
	note_end(flow, "Its user left");
	g_hash_table_remove(flows->by_master, &flow->master_id);
	g_hash_table_remove(flows->by_id, &flow->id);
	g_atomic_int_add(&flows->count, -1);
	if (flows->draining && g_hash_table_size(flows->by_id) == 0) {
		flows->draining = FALSE;
		flows->drained(flows->drained_user);
	}
}

/* For good: what it stood on may serve somebody else. */
static void leave(ims_flow *flow)
{
	unpark(flow);
	dismiss_helpers(flow);
	g_clear_pointer(&flow->watch, ims_grant_watch_free);
	ims_reg_stop(flow->reg);
}

void ims_flows_end(ims_flow *flow)
{
	leave(flow);
}

/* Parked registrations report here. */

static void parked_confirmed(ims_reg *reg, gpointer user)
{
	(void)reg;
	(void)user; /* its answer came after the handle had ended */
}

/* Nobody is there to be served later. */
static void parked_delayed(ims_reg *reg, int status, const char *reason, guint retry_s, gpointer user)
{
	(void)status;
	(void)reason;
	(void)retry_s;
	(void)reg;
	leave(user);
}

static void parked_refused(ims_reg *reg, int status, const char *reason, gpointer user)
{
	(void)reg;
	ims_flow_note_end(user, status, reason);
	remove_flow(user);
}

static void parked_gone(ims_reg *reg, gpointer user)
{
	(void)reg;
	remove_flow(user);
}

/* Nobody is there to whom a new one would be told. */
static void parked_told(ims_reg *reg, const ims_reg_word *word, gpointer user)
{
	if (word->over) {
		ims_flow_note_end(user, 0, "The network ended the registration");
		remove_flow(user);
	} else if (!ims_reg_is_active(reg)) {
		leave(user);
	}
}

static const ims_reg_events parked_events = { .confirmed = parked_confirmed,
					      .delayed = parked_delayed,
					      .refused = parked_refused,
					      .gone = parked_gone,
					      .told = parked_told };

static void on_reclaim_over(gpointer user)
{
	ims_flow *flow = user;

	ims_info(ims_reg_impu(flow->reg), "nobody came back for the registration");
	ims_flow_note_end(flow, 0, "Its handle ended, and its user did not come back");
	leave(flow);
}

static ims_flow *flow_new(ims_flows *flows, ims_reg_setup *setup)
{
	ims_flow *flow = g_new0(ims_flow, 1);
	g_autofree char *token = NULL;

	flow->flows = flows;
	do
		flow->id = ims_random_u53();
	while (g_hash_table_contains(flows->by_id, &flow->id));
	do
		flow->master_id = ims_random_u53();
	while (g_hash_table_contains(flows->by_master, &flow->master_id));
	flow->helpers = g_ptr_array_new();
	flow->transfers = ims_transfers_new(ims_stack_clock(setup->stack));
	token = ims_flow_token_make(&flows->key, flow->id);
	setup->flow_token = token;
	setup->watch = flows->watch;
	flow->reg = ims_reg_new(setup, NULL, NULL);
	flow->name = g_strdup_printf("%014" G_GINT64_MODIFIER "x", flow->id);
	flow->turn_user = ims_pseudonym(&flows->pseudonyms, "turn", ims_reg_prover(flow->reg)->impi);
	setup->flow_token = NULL;
	setup->prover = NULL;
	ims_timer_init(&flow->reclaim, ims_stack_clock(setup->stack), on_reclaim_over, flow);
	g_hash_table_insert(flows->by_id, &flow->id, flow);
	g_hash_table_insert(flows->by_master, &flow->master_id, flow);
	g_atomic_int_inc(&flows->count);
	return flow;
}

ims_flow *ims_flows_claim(ims_flows *flows, ims_reg_setup *setup, const ims_reg_events *events,
			  ims_session *session)
{
	ims_flow *flow = find_parked(flows, setup);

	if (flow)
		unpark(flow);
	else if (flows->limit == 0 || g_hash_table_size(flows->by_id) < flows->limit)
		flow = flow_new(flows, setup);
	else
		return NULL;
	flow->session = session;
	ims_reg_bind(flow->reg, events, session);
	return flow;
}

/* Who is being asked for an answer has gone with it, and the next one is not known to be he. */
static gboolean may_come_back(const ims_reg *reg)
{
	return !ims_reg_is_paused(reg) && !ims_reg_is_asking(reg);
}

void ims_flows_release(ims_flow *flow, gboolean now)
{
	if (flow->flows->draining)
		ims_flow_note_end(flow, 0, "The gateway ends");
	flow->session = NULL;
	ims_reg_bind(flow->reg, &parked_events, flow);
	if (ims_reg_is_idle(flow->reg))
		remove_flow(flow);
	else if (now || flow->flows->reclaim_s == 0 || flow->flows->draining || !may_come_back(flow->reg))
		leave(flow);
	else
		park(flow);
}

static gboolean is_asked_for(const ims_grant *grant, const char *issuer, const char *jti, const char *subject)
{
	return g_str_equal(ims_grant_issuer(grant), issuer) &&
	       (!jti || g_strcmp0(ims_grant_jti(grant), jti) == 0) &&
	       (!subject || g_strcmp0(ims_grant_subject(grant), subject) == 0);
}

void ims_flows_recheck(ims_flows *flows, const char *issuer, const char *jti, const char *subject)
{
	GHashTableIter iter;
	gpointer value;

	g_hash_table_iter_init(&iter, flows->by_id);
	while (g_hash_table_iter_next(&iter, NULL, &value)) {
		const ims_flow *flow = value;

		if (flow->watch && is_asked_for(ims_grant_watch_grant(flow->watch), issuer, jti, subject))
			ims_grant_watch_recheck(flow->watch);
	}
}

ims_flow *ims_flows_find(ims_flows *flows, const char *token, GError **error)
{
	guint64 id = 0;

	if (!ims_flow_token_check(&flows->key, token, &id, error))
		return NULL;
	return g_hash_table_lookup(flows->by_id, &id);
}

void ims_flows_drain(ims_flows *flows, void (*drained)(gpointer user), gpointer user)
{
	g_autoptr(GList) all = g_hash_table_get_values(flows->by_id);

	flows->draining = TRUE;
	flows->drained = drained;
	flows->drained_user = user;
	for (GList *at = all; at; at = at->next) {
		ims_flow *flow = at->data;

		if (flow->session)
			continue;
		ims_flow_note_end(flow, 0, "The gateway ends");
		leave(flow);
	}
	if (flows->draining && g_hash_table_size(flows->by_id) == 0) {
		flows->draining = FALSE;
		drained(user);
	}
}
