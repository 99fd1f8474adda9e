#include "session/ims_flows.h"

#include <string.h>

#include "base/ims_log.h"
#include "base/ims_pseudonym.h"
#include "base/ims_random.h"
#include "reg/ims_reg_event.h"

struct ims_flows {
	guint reclaim_s;
	gint count; /* of by_id, for other threads */
	ims_flow_key key;
	ims_pseudonym_key pseudonyms;
	ims_audit *audit;
	ims_reg_watch *watch;
	ims_flows_events events;
	GHashTable *all;       /* of ims_flow, owns them */
	GHashTable *by_id;     /* guint64 * -> ims_flow: whom a token names */
	GHashTable *by_master; /* the same by master_id */
	GHashTable *parked;    /* IMPU -> GQueue of ims_flow, those that may be reclaimed */
	gboolean draining;
	void (*drained)(gpointer user);
	gpointer drained_user;
};

static void flow_free(gpointer data)
{
	ims_flow *flow = data;

	ims_timer_stop(&flow->reclaim);
	g_clear_pointer(&flow->waiting, g_ptr_array_unref);
	ims_grant_watch_free(flow->watch);
	ims_reg_free(flow->reg);
	g_ptr_array_unref(flow->helpers);
	ims_transfers_free(flow->transfers);
	ims_flow_forget_calls(flow, 0);
	g_free(flow->binding);
	g_free(flow->name);
	g_free(flow->turn_user);
	g_free(flow->end_cause);
	g_free(flow);
}

ims_flows *ims_flows_new(guint reclaim_s, ims_audit *audit, const ims_flows_events *events)
{
	ims_flows *flows = g_new0(ims_flows, 1);

	flows->reclaim_s = reclaim_s;
	flows->audit = audit;
	flows->watch = ims_reg_watch_new();
	flows->events = *events;
	ims_flow_key_init(&flows->key);
	ims_pseudonym_key_init(&flows->pseudonyms);
	flows->all = g_hash_table_new_full(NULL, NULL, flow_free, NULL);
	flows->by_id = g_hash_table_new(g_int64_hash, g_int64_equal);
	flows->by_master = g_hash_table_new(g_int64_hash, g_int64_equal);
	flows->parked = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, (GDestroyNotify)g_queue_free);
	return flows;
}

void ims_flows_clear(ims_flows *flows)
{
	GHashTableIter all;
	gpointer flow;

	g_hash_table_iter_init(&all, flows->all);
	while (g_hash_table_iter_next(&all, &flow, NULL))
		ims_flow_note_over(flow, "The gateway ended before the network had answered");
	g_hash_table_remove_all(flows->parked);
	g_hash_table_remove_all(flows->by_master);
	g_hash_table_remove_all(flows->by_id);
	g_hash_table_remove_all(flows->all);
	g_atomic_int_set(&flows->count, 0);
}

void ims_flows_free(ims_flows *flows)
{
	g_hash_table_unref(flows->parked);
	g_hash_table_unref(flows->by_master);
	g_hash_table_unref(flows->by_id);
	g_hash_table_unref(flows->all);
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

	g_hash_table_iter_init(&at, flows->all);
	while (g_hash_table_iter_next(&at, &flow, NULL))
		g_ptr_array_add(all, flow);
	return all;
}

guint ims_flows_count(ims_flows *flows)
{
	return (guint)g_atomic_int_get(&flows->count);
}

/* Helpers */

ims_flow *ims_flows_of_master(ims_flows *flows, guint64 master_id)
{
	ims_flow *flow = g_hash_table_lookup(flows->by_master, &master_id);

	return flow && flow->session ? flow : NULL;
}

/* While the core still serves us: their calls end with them. */
static void dismiss_helpers(ims_flow *flow)
{
	while (flow->helpers->len > 0)
		flow->flows->events.dismissed(g_ptr_array_remove_index(flow->helpers, 0));
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

		if (!flow->binding && ims_reg_is_active(flow->reg) && ims_reg_is_proved_by(flow->reg, setup))
			return flow;
	}
	return NULL;
}

/* Whom the network reaches by its token: of several that share one, the one that it has confirmed last. */
static gboolean is_named(const ims_flow *flow)
{
	return g_hash_table_lookup(flow->flows->by_id, &flow->id) == flow;
}

static void remove_flow(ims_flow *flow)
{
	ims_flows *flows = flow->flows;

	unpark(flow);
	dismiss_helpers(flow);
	ims_flow_note_over(flow, "Its user left");
	g_hash_table_remove(flows->by_master, &flow->master_id);
	if (is_named(flow))
		g_hash_table_remove(flows->by_id, &flow->id);
	g_hash_table_remove(flows->all, flow);
	g_atomic_int_add(&flows->count, -1);
	if (flows->draining && g_hash_table_size(flows->all) == 0) {
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
	ims_flows_settle(user); /* the answer came after the handle had ended */
}

/* Nobody is there to be served later. */
static void parked_delayed(ims_reg *reg, int status, const char *reason, guint retry_s, gpointer user)
{
	(void)status;
	(void)reason;
	(void)retry_s;
	if (!ims_reg_is_active(reg))
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

/* A device that names itself: its IMPU, instance and reg-id (RFC 5626 6), and as whom it proves that. NULL:
 * it does not. */
static char *binding_of(const ims_reg_setup *s)
{
	g_autofree char *instance = s->instance && !s->guest ? g_ascii_strdown(s->instance, -1) : NULL;

	if (!instance)
		return NULL;
	return g_strdup_printf("%s\n%s\n%u\n%s\n%s", s->network->name, instance, s->reg_id, s->impu,
			       s->prover->impi);
}

static guint64 id_of(const ims_flows *flows, const char *binding)
{
	return ims_pseudonym_number(&flows->pseudonyms, "binding", binding);
}

/* NULL: it has none that is confirmed, or under way. */
static ims_flow *find_binding(ims_flows *flows, const char *binding)
{
	guint64 id = id_of(flows, binding);
	ims_flow *flow = g_hash_table_lookup(flows->by_id, &id);

	return flow && g_strcmp0(flow->binding, binding) == 0 ? flow : NULL;
}

/* A device has one token, however often it registers: the network sees one contact. */
static void make_id(ims_flow *flow, const char *binding)
{
	ims_flows *flows = flow->flows;

	flow->id = binding ? id_of(flows, binding) : ims_random_u53();
	flow->binding = g_strdup(binding);
	if (binding && find_binding(flows, binding))
		return;
	while (g_hash_table_contains(flows->by_id, &flow->id)) {
		g_clear_pointer(&flow->binding, g_free);
		flow->id = ims_random_u53();
	}
	g_hash_table_insert(flows->by_id, &flow->id, flow);
}

static ims_flow *flow_new(ims_flows *flows, ims_reg_setup *setup, const char *binding)
{
	ims_flow *flow = g_new0(ims_flow, 1);
	g_autofree char *token = NULL;

	flow->flows = flows;
	flow->audit = flows->audit;
	make_id(flow, binding);
	do
		flow->master_id = ims_random_u53();
	while (g_hash_table_contains(flows->by_master, &flow->master_id));
	flow->helpers = g_ptr_array_new();
	flow->transfers = ims_transfers_new(ims_stack_clock(setup->stack));
	token = ims_flow_token_make(&flows->key, flow->id);
	setup->flow_token = token;
	setup->shares = !is_named(flow);
	setup->watch = flows->watch;
	flow->reg = ims_reg_new(setup, NULL, NULL);
	flow->name = g_strdup_printf("%014" G_GINT64_MODIFIER "x", ims_random_u53());
	flow->turn_user = ims_pseudonym(&flows->pseudonyms, "turn", ims_reg_prover(flow->reg)->impi);
	setup->flow_token = NULL;
	setup->prover = NULL;
	ims_timer_init(&flow->reclaim, ims_stack_clock(setup->stack), on_reclaim_over, flow);
	g_hash_table_add(flows->all, flow);
	g_hash_table_insert(flows->by_master, &flow->master_id, flow);
	g_atomic_int_inc(&flows->count);
	return flow;
}

/* Out of a flow that heir takes over, or takes the place of: those whose calls go on, if he wants that. */
static GPtrArray *take_callers(ims_flow *flow, ims_session *heir)
{
	const ims_flows_events *events = &flow->flows->events;
	GPtrArray *callers = g_ptr_array_new();

	if (flow->session && events->goes_along(flow->session, heir)) {
		g_ptr_array_add(callers, flow->session);
		events->replaced(g_steal_pointer(&flow->session), heir, TRUE);
	}
	for (guint i = flow->helpers->len; i > 0; i--)
		if (events->goes_along(g_ptr_array_index(flow->helpers, i - 1), heir))
			g_ptr_array_add(callers, g_ptr_array_steal_index(flow->helpers, i - 1));
	return callers;
}

/* They are helpers of it from now on. */
static void take_in(ims_flow *flow, const GPtrArray *callers)
{
	for (guint i = 0; i < callers->len; i++) {
		ims_session *caller = g_ptr_array_index(callers, i);

		flow->flows->events.joins(caller, flow);
		if (!ims_flow_add_helper(flow, caller))
			flow->flows->events.dismissed(caller);
	}
}

/* Whom it has served so far, perhaps on a connection that nobody has missed yet, is served no more (REQ-158).
 */
static void part(ims_flow *flow, ims_clock *clock, ims_session *heir)
{
	g_autoptr(GPtrArray) callers = take_callers(flow, heir);
	ims_transfers *none = ims_transfers_new(clock);

	if (flow->session)
		flow->flows->events.replaced(flow->session, heir, FALSE);
	dismiss_helpers(flow);
	flow->transfers = none;
	take_in(flow, callers);
}

static ims_flow *find_proved(ims_flows *flows, const char *binding, const ims_reg_setup *setup)
{
	ims_flow *flow = find_binding(flows, binding);

	return flow && ims_reg_is_active(flow->reg) && ims_reg_is_proved_by(flow->reg, setup) ? flow : NULL;
}

ims_flow *ims_flows_claim(ims_flows *flows, ims_reg_setup *setup, const ims_reg_events *events,
			  ims_session *session, GError **error)
{
	g_autofree char *binding = binding_of(setup);
	ims_flow *flow = binding ? find_proved(flows, binding, setup) : find_parked(flows, setup);

	if (flow && flow->session)
		part(flow, ims_stack_clock(setup->stack), session);
	if (flow)
		unpark(flow);
	else if (!flows->events.admits || flows->events.admits(session, error))
		flow = flow_new(flows, setup, binding);
	else
		return NULL;
	flow->session = session;
	ims_reg_bind(flow->reg, events, session);
	return flow;
}

/* Without a word to the network, whose contact is that of the one that takes its place. */
static void replace(ims_flow *flow, ims_flow *by)
{
	g_autoptr(GPtrArray) callers = take_callers(flow, by->session);

	take_in(by, callers);
	if (flow->session)
		flow->flows->events.replaced(flow->session, by->session, FALSE);
	ims_flow_note_end(flow, 0, "Its user's device has registered anew");
	remove_flow(flow);
}

void ims_flows_settle(ims_flow *flow)
{
	ims_flow *before = g_hash_table_lookup(flow->flows->by_id, &flow->id);
	gboolean races = before && before != flow && ims_reg_is_leaving(before->reg);

	g_hash_table_replace(flow->flows->by_id, &flow->id, flow);
	if (before && before != flow)
		replace(before, flow);
	if (races) /* the end of that one may come to the network after our beginning */
		ims_reg_refresh(flow->reg);
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

	g_hash_table_iter_init(&iter, flows->all);
	while (g_hash_table_iter_next(&iter, &value, NULL)) {
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
	g_autoptr(GList) all = g_hash_table_get_keys(flows->all);

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
	if (flows->draining && g_hash_table_size(flows->all) == 0) {
		flows->draining = FALSE;
		drained(user);
	}
}
