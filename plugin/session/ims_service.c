#include "session/ims_service.h"

#include "base/ims_error.h"
#include "base/ims_log.h"
#include "session/internal.h"

#define CARDS_MAX 16384
#define MEDIA_WAIT_STEPS 300
#define MEDIA_WAIT_STEP_US 10000

/* A terminating request finds its user by the Path token (REQ-02, REQ-22, REQ-86). NULL: refused with
 * ret_status. */
static ims_flow *find_flow(ims_service *service, const ims_sip_target *target, int *ret_status)
{
	g_autoptr(GError) error = NULL;
	ims_flow *flow = ims_flows_find(service->flows, target->flow_token ? target->flow_token : "", &error);

	if (error)
		ims_alarm(service->alarms, IMS_ALARM_BAD_FLOW_TOKEN, "a request from %s refused: %s",
			  target->source, error->message);
	*ret_status = error ? 403 : 480;
	return flow && !service->closing ? flow : NULL;
}

/* What takes the place of a call that stands, or is about an emergency, always is. */
static gboolean is_admitted(ims_service *service, const ims_sip_news *invite)
{
	guint again_s; /* sip/ has its own */

	return invite->urgent || invite->replaces ||
	       ims_admission_lets_in(service->admission, IMS_NEW_CALL,
				     (guint)g_atomic_int_get(&service->n_calls), &again_s, NULL);
}

static gboolean on_invite(ims_invite *invite, const ims_sip_target *target, const ims_sip_news *news,
			  int *ret_status, gpointer user)
{
	ims_service *service = user;
	ims_flow *flow = find_flow(service, target, ret_status);

	if (!flow)
		return FALSE;
	if (!is_admitted(service, news)) {
		*ret_status = 503;
		return FALSE;
	}
	return ims_flow_receive(flow, invite, news, ret_status);
}

static int on_refer(ims_referral *referral, const ims_sip_target *target, const ims_sip_news *news,
		    gpointer user)
{
	int status;
	ims_flow *flow = find_flow(user, target, &status);

	return flow ? ims_flow_receive_referral(flow, referral, news) : status;
}

static int on_message(const ims_sip_target *target, const ims_sip_news *news, char **ret_headers,
		      gpointer user)
{
	int status;
	ims_flow *flow = find_flow(user, target, &status);

	if (!flow)
		return status;
	if (!flow->session)
		return ims_flow_absent(flow);
	status = ims_session_receive_message(flow->session, news);
	if (status < 300)
		*ret_headers = ims_session_answer_headers(flow->session, news);
	return status;
}

static void on_settled(gpointer user)
{
	const ims_service *service = user;

	if (service->gateway->settled)
		service->gateway->settled();
}

/* The SIP thread ends; whatever still stands on the stack goes now. */
static void on_closing(gpointer user)
{
	ims_service *service = user;

	ims_flows_clear(service->flows);
	g_clear_pointer(&service->admission, ims_admission_free);
}

static const ims_stack_events stack_events = { .invite = on_invite,
					       .message = on_message,
					       .refer = on_refer,
					       .settled = on_settled,
					       .closing = on_closing };

static const ims_flows_events flows_events = { .dismissed = ims_session_dismissed,
					       .replaced = ims_session_replaced,
					       .goes_along = ims_session_goes_along,
					       .joins = ims_session_join,
					       .admits = ims_session_admits_registration };

typedef struct {
	ims_lag *all[IMS_N_QUEUES];
} queues;

static queues queues_of(ims_service *service)
{
	ims_lag_init(&service->events_lag);
	return (queues){ {
		[IMS_QUEUE_REQUESTS] = ims_worker_lag(ims_stack_worker(service->stack)),
		[IMS_QUEUE_MESSAGES] = ims_stack_lag(service->stack),
		[IMS_QUEUE_EVENTS] = &service->events_lag,
		[IMS_QUEUE_TOKENS] = service->tokens ? ims_tokens_lag(service->tokens) : NULL,
	} };
}

ims_service *ims_service_new(const ims_config *config, const ims_gateway *gateway, GError **error)
{
	ims_service *service = g_new0(ims_service, 1);

	service->config = service->serving = ims_config_ref(config);
	service->snapshots = g_ptr_array_new_with_free_func((GDestroyNotify)ims_config_unref);
	service->sessions = g_hash_table_new(g_int64_hash, g_int64_equal);
	service->gateway = gateway;
	service->alarms = ims_alarms_new(gateway->alarmed, NULL);
	service->audit = ims_audit_new(config->audit_log, gateway->audited, service->alarms, error);
	service->flows = ims_flows_new(config->reclaim_s, service->audit, &flows_events);
	service->holders = ims_holders_new();
	service->ports = ims_ports_new(config->media.port_min, config->media.port_max);
	service->loops = ims_loops_new();
	service->failures = ims_failures_new(config->limits.identity_failures_per_minute,
					     config->limits.failures_per_minute, 0);
	service->cards = ims_aka_cards_new(CARDS_MAX);
	ims_gate_init(&service->drained);
	service->stack =
		service->audit ? ims_stack_new(config, service->alarms, &stack_events, service, error) : NULL;
	if (!service->stack) {
		ims_service_free(service);
		return NULL;
	}
	if (*config->media.recordings)
		service->recorder =
			ims_recorder_new(gateway, config->media.recordings, ims_stack_worker(service->stack));
	if (config->issuers->len > 0)
		service->tokens = ims_tokens_new(config, ims_stack_worker(service->stack), service->alarms);
	service->admission = ims_admission_new(&config->limits, ims_stack_clock(service->stack),
					       service->alarms, service->ports, queues_of(service).all);
	return service;
}

static void on_drained(gpointer user)
{
	ims_service *service = user;

	ims_gate_open(&service->drained);
}

static void do_drain(gpointer subject, gpointer args)
{
	ims_service *service = subject;

	(void)args;
	service->closing = TRUE;
	ims_flows_drain(service->flows, on_drained, service);
}

static void drain(ims_service *service)
{
	guint limit_s = service->config->shutdown_s;

	ims_worker_post(ims_stack_worker(service->stack), do_drain, service, NULL);
	if (!ims_gate_wait_s(&service->drained, limit_s))
		ims_warn(NULL, "not everybody could be deregistered in %u s", limit_s);
}

/* A Janus loop may be inside one of our sources: it lets go within its iteration. */
static void wait_for_media(void)
{
	guint left = ims_media_alive();

	for (int i = 0; i < MEDIA_WAIT_STEPS && left > 0; i++) {
		g_usleep(MEDIA_WAIT_STEP_US);
		left = ims_media_alive();
	}
	if (left > 0)
		ims_warn(NULL, "%u calls still have media at the end", left);
}

void ims_service_free(ims_service *service)
{
	if (!service)
		return;
	if (service->stack) {
		drain(service);
		ims_stack_stop(service->stack);
		if (service->tokens)
			ims_tokens_close(service->tokens); /* sends mail there no more */
		ims_recorder_close(service->recorder);
		ims_stack_free(service->stack);
		wait_for_media();
	}
	ims_tokens_free(service->tokens);
	ims_recorder_free(service->recorder);
	ims_flows_free(service->flows);
	ims_holders_free(service->holders);
	ims_audit_free(service->audit);
	ims_failures_free(service->failures);
	ims_aka_cards_free(service->cards);
	if (ims_ports_in_use(service->ports) == 0)
		ims_ports_free(service->ports);
	if (ims_media_alive() == 0)
		ims_loops_free(service->loops);
	ims_gate_clear(&service->drained);
	ims_alarms_free(service->alarms);
	g_hash_table_unref(service->sessions);
	g_ptr_array_unref(service->snapshots);
	ims_config_unref((ims_config *)service->config);
	g_free(service);
}

ims_worker *ims_service_worker(ims_service *service)
{
	return ims_stack_worker(service->stack);
}

const ims_config *ims_service_config(const ims_service *service)
{
	return service->config;
}

ims_alarms *ims_service_alarms(ims_service *service)
{
	return service->alarms;
}

static void on_revoked(const char *issuer, const char *jti, const char *subject, gpointer user)
{
	ims_service *service = user;

	ims_flows_recheck(service->flows, issuer, jti, subject);
}

gboolean ims_service_revoke(ims_service *service, const char *issuer, const char *jti, const char *subject,
			    GError **error)
{
	if (!ims_config_issuer(service->config, issuer)) {
		g_set_error(error, IMS_ERROR, IMS_E_INVALID_ELEMENT, "revoke: no issuer is called '%.64s'",
			    issuer);
		return FALSE;
	}
	ims_tokens_revoke(service->tokens, issuer, jti, subject, on_revoked, service);
	return TRUE;
}

void ims_service_count(ims_service *service, ims_counters *ret_counters)
{
	*ret_counters = (ims_counters){
		.sessions = (guint)g_atomic_int_get(&service->n_sessions),
		.registrations = ims_flows_count(service->flows),
		.calls = (guint)g_atomic_int_get(&service->n_calls),
		.invites = ims_stack_invites(service->stack),
		.subscriptions = ims_subscriptions_alive(service->stack),
		.media = ims_media_alive(),
		.ports = ims_ports_in_use(service->ports),
	};
}

void ims_service_weigh(ims_service *service, ims_load *ret_load)
{
	*ret_load = (ims_load){ .requests_waiting = ims_worker_waiting(ims_stack_worker(service->stack)),
				.messages = ims_stack_backlog(service->stack) };
	if (service->admission)
		ims_admission_look(service->admission, &ret_load->admission);
}

ims_lag *ims_service_events_lag(ims_service *service)
{
	return &service->events_lag;
}
