#include "sip/internal.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <string.h>

#include "base/ims_error.h"
#include "base/ims_gate.h"
#include "base/ims_log.h"
#include "base/ims_random.h"
#include "sip/ims_subscription.h"

extern su_log_t nta_log[], tport_log[];

/* A finished client transaction waits this long for copies of its answer (RFC 3261 T4 is 5 s), of which one
 * that comes later is nobody's and dropped. It keeps about 7 KB meanwhile: of what a burst of registrations
 * takes more than the users themselves. A request too large for UDP waits as long for a connection, so it
 * must be enough for a core that is far away. */
#define STRAY_ANSWER_MS 150
/* Everybody's datagrams come to one socket: what a burst may leave waiting there, as far as the kernel
 * (net.core.rmem_max) allows. Its default holds about a hundred. */
#define RECEIVE_BYTES (4 << 20)
#define MAX_PROCEEDING 20000
/* A TCP connection without traffic is closed, in T1 (120 s at 500 ms); whoever needs it opens another. What
 * never was SIP stays open otherwise, even when its peer has closed it. */
#define IDLE_CONNECTION_T1 240
/* Messages that may wait for a connection to be made; more fail at once. */
#define CONNECTION_QUEUE 4096

typedef struct {
	ims_stack *stack;
	ims_gate done;
	GError *error;
} start;

/* ims_clock on su_timer */

static gint64 stack_now_ms(ims_clock *clock)
{
	(void)clock;
	return g_get_monotonic_time() / 1000;
}

static void stack_fire(su_root_magic_t *magic, su_timer_t *armed, su_timer_arg_t *arg)
{
	(void)magic;
	su_timer_destroy(armed);
	ims_timer_fired((ims_timer *)arg);
}

static gpointer stack_arm(ims_clock *clock, gint64 delay_ms, ims_timer *timer)
{
	ims_stack *stack = (ims_stack *)((char *)clock - G_STRUCT_OFFSET(ims_stack, clock));
	/* A timer of 0 ms is a failed assertion in sofia. */
	su_duration_t ms = (su_duration_t)CLAMP(delay_ms, 1, G_MAXINT32);
	su_timer_t *armed = su_timer_create(su_root_task(stack->root), ms);

	if (!armed || su_timer_set(armed, stack_fire, (su_timer_arg_t *)timer) < 0)
		g_error("su_timer_set failed");
	return armed;
}

static void stack_disarm(ims_clock *clock, gpointer armed)
{
	(void)clock;
	su_timer_destroy(armed);
}

/* Start and end */

static char *agent_url(const ims_config_sip *sip)
{
	const char *shown = sip->public_address;
	g_autofree char *host = strchr(shown, ':') ? g_strdup_printf("[%s]", shown) : g_strdup(shown);

	if (strcmp(shown, sip->address) == 0)
		return g_strdup_printf("sip:%s:%u", host, sip->port);
	return g_strdup_printf("sip:%s:%u;maddr=%s", host, sip->port, sip->address);
}

/* Nobody knows its address, so no request comes in by it: those go to ims_uas_receive, where, unlike here,
 * a message can be dropped without an answer. */
static int refuse_all(nta_leg_magic_t *magic, nta_leg_t *leg, nta_incoming_t *request, const sip_t *sip)
{
	(void)magic;
	(void)leg;
	(void)request;
	(void)sip;
	return 403;
}

static nta_leg_t *outside_leg(ims_stack *stack)
{
	g_autofree char *name = ims_random_hex(16);
	g_autofree char *url = g_strdup_printf("sip:%s.invalid", name);

	return nta_leg_tcreate(stack->agent, refuse_all, NULL, NTATAG_NO_DIALOG(1), URLTAG_URL(url),
			       TAG_END());
}

/* What nta sends by itself, ACK and BYE of a surplus fork, may go to a name. nta can neither look it up (when
 * no name server of resolv.conf can be reached its resolver spins, and the SIP thread with it) nor fail to:
 * then it frees the ACK and keeps it. So these two come to us first (ims_uas.c); all that we send says where
 * it goes. Its resolver, which has nothing left to do, is told of no name server. */
#define NO_NAME_SERVERS "/dev/null"

/* With event handlers, janus.plugin.sip sets TPORT_LOG for the whole process, and each agent made afterwards
 * has its messages printed, credentials and all: not ours. The library asks for it when an agent is made. */
static nta_agent_t *create_agent(ims_stack *stack, const char *url)
{
	const ims_config_sip *sip = &stack->config->sip;
	g_autofree char *printing = g_strdup(g_getenv("TPORT_LOG"));
	nta_agent_t *agent;

	g_unsetenv("TPORT_LOG");
	agent = nta_agent_create(
		stack->root, URL_STRING_MAKE(url), ims_uas_receive, (nta_agent_magic_t *)stack, NTATAG_UA(1),
		NTATAG_MCLASS(ims_traces_class(stack->traces)),
		/* 1 would refuse the second branch of an INVITE that the
		 * S-CSCF forked to two contacts here. */
		NTATAG_MERGE_482(0), NTATAG_DEFAULT_PROXY(url), NTATAG_CLIENT_RPORT(1), NTATAG_USE_NAPTR(0),
		NTATAG_USE_SRV(0), NTATAG_SIP_T1(sip->sip_t1_ms), NTATAG_SIP_T1X64(64 * sip->sip_t1_ms),
		NTATAG_SIP_T4(STRAY_ANSWER_MS), NTATAG_MAX_PROCEEDING(MAX_PROCEEDING),
		TPTAG_IDLE(IDLE_CONNECTION_T1 * sip->sip_t1_ms), TPTAG_PONG2PING(1),
		TPTAG_SDWN_ERROR(1), /* else nobody hears that a peer has closed its connection */
		TPTAG_QUEUESIZE(CONNECTION_QUEUE), TPTAG_UDP_RMEM(RECEIVE_BYTES),
		SRESTAG_RESOLV_CONF(NO_NAME_SERVERS), TAG_END());
	if (printing)
		g_setenv("TPORT_LOG", printing, TRUE);
	return agent;
}

static gboolean stack_open(ims_stack *stack, GError **error)
{
	const ims_config_sip *sip = &stack->config->sip;
	g_autofree char *url = agent_url(sip);

	su_init();
	su_log_set_level(nta_log, 0); /* else every refused datagram prints to stderr */
	su_log_set_level(tport_log, 0);
	stack->root = su_root_create(NULL);
	su_root_threading(stack->root, 0);
	stack->agent = create_agent(stack, url);
	if (stack->agent)
		stack->outside = outside_leg(stack);
	if (stack->outside)
		return TRUE;
	g_set_error(error, IMS_ERROR, IMS_E_IO,
		    "SIP cannot be served at %s port %u (in use, or not an address of "
		    "this machine)",
		    sip->address, sip->port);
	return FALSE;
}

static void stack_close(ims_stack *stack)
{
	GHashTableIter all;
	gpointer invite, subscription;

	if (stack->agent && stack->events->closing)
		stack->events->closing(stack->user);
	g_hash_table_iter_init(&all, stack->invites);
	while (g_hash_table_iter_next(&all, &invite, NULL)) {
		g_hash_table_iter_steal(&all);
		ims_invite_abandon(invite);
	}
	g_hash_table_iter_init(&all, stack->subscriptions);
	while (g_hash_table_iter_next(&all, NULL, &subscription)) {
		g_hash_table_iter_steal(&all);
		ims_subscription_abandon(subscription);
	}
	ims_peers_free(g_steal_pointer(&stack->peers));
	if (stack->outside)
		nta_leg_destroy(g_steal_pointer(&stack->outside));
	if (stack->agent)
		nta_agent_destroy(g_steal_pointer(&stack->agent));
	su_root_destroy(g_steal_pointer(&stack->root));
	su_deinit();
}

static int on_mail(su_root_magic_t *magic, su_wait_t *wait, su_wakeup_arg_t *arg)
{
	(void)magic;
	(void)wait;
	ims_worker_drain((ims_worker *)arg);
	return 0;
}

static void report_start(start *s, GError *error)
{
	s->error = error;
	ims_gate_open(&s->done);
}

static void open_names(ims_stack *stack, ims_worker *worker)
{
	gboolean ip6 = strchr(stack->config->sip.address, ':') != NULL;
	const ims_resolver_setup setup = {
		.servers = stack->config->dns_servers, .ip4 = !ip6, .ip6 = ip6, .alarms = stack->alarms
	};

	stack->resolver = ims_resolver_new(&setup, worker, &stack->clock);
	stack->peers = ims_peers_new(stack->config, stack->resolver, &stack->clock);
}

static void work_and_rest(ims_stack *stack)
{
	su_duration_t due_ms = ims_rest_after_work(&stack->rest);

	ims_arrival_look(&stack->arrival);
	ims_traces_finish(stack->traces);
	if (stack->events->settled)
		stack->events->settled(stack->user);
	ims_rest_until_due(&stack->rest, due_ms);
}

static void stack_run(ims_worker *worker, gpointer user)
{
	start *s = user;
	ims_stack *stack = s->stack; /* s is gone once the start is reported */
	GError *error = NULL;
	su_wait_t mail[1];
	int watch = -1;

	if (stack_open(stack, &error)) {
		su_wait_create(mail, ims_worker_fd(worker), SU_WAIT_IN);
		watch = su_root_register(stack->root, mail, on_mail, (su_wakeup_arg_t *)worker, 0);
		g_assert(watch >= 0);
		open_names(stack, worker);
		ims_rest_init(&stack->rest, stack->root, ims_worker_fd(worker));
		ims_arrival_init(&stack->arrival, stack->config->sip.address, stack->config->sip.port);
	}
	report_start(s, error);
	if (watch >= 0) {
		while (!ims_worker_is_stopping(worker))
			work_and_rest(stack);
		ims_worker_drain(worker);
		su_root_deregister(stack->root, watch);
	}
	stack_close(stack);
}

ims_stack *ims_stack_new(const ims_config *config, ims_alarms *alarms, const ims_stack_events *events,
			 gpointer user, GError **error)
{
	ims_stack *stack = g_new0(ims_stack, 1);
	start s = { .stack = stack };

	stack->config = ims_config_ref(config);
	stack->alarms = alarms;
	stack->events = events;
	stack->user = user;
	stack->clock = (ims_clock){ stack_now_ms, stack_arm, stack_disarm };
	stack->traces = ims_traces_new(config);
	stack->invites = g_hash_table_new(NULL, NULL);
	stack->subscriptions = g_hash_table_new(g_str_hash, g_str_equal);
	stack->links = g_hash_table_new(NULL, NULL);
	stack->host_port = strchr(config->sip.public_address, ':')
				   ? g_strdup_printf("[%s]:%u", config->sip.public_address, config->sip.port)
				   : g_strdup_printf("%s:%u", config->sip.public_address, config->sip.port);
	ims_gate_init(&s.done);
	stack->worker = ims_worker_new("ims sip", stack_run, &s);
	ims_gate_wait(&s.done);
	ims_gate_clear(&s.done);
	if (!s.error)
		return stack;
	g_propagate_error(error, s.error);
	ims_stack_free(stack);
	return NULL;
}

void ims_stack_stop(ims_stack *stack)
{
	ims_worker_stop(stack->worker);
}

void ims_stack_free(ims_stack *stack)
{
	if (!stack)
		return;
	ims_stack_stop(stack);
	if (stack->resolver)
		ims_resolver_close(stack->resolver);
	ims_worker_free(stack->worker);
	ims_resolver_free(stack->resolver);
	ims_traces_free(stack->traces);
	g_hash_table_unref(stack->invites);
	g_hash_table_unref(stack->subscriptions);
	g_hash_table_unref(stack->links);
	ims_config_unref((ims_config *)stack->config);
	g_free(stack->host_port);
	g_free(stack);
}

ims_worker *ims_stack_worker(ims_stack *stack)
{
	return stack->worker;
}

ims_lag *ims_stack_lag(ims_stack *stack)
{
	return &stack->arrival.lag;
}

ims_backlog ims_stack_backlog(const ims_stack *stack)
{
	return ims_arrival_backlog(&stack->arrival);
}

ims_clock *ims_stack_clock(ims_stack *stack)
{
	return &stack->clock;
}

ims_alarms *ims_stack_alarms(ims_stack *stack)
{
	return stack->alarms;
}

ims_resolver *ims_stack_resolver(ims_stack *stack)
{
	return stack->resolver;
}

const char *ims_stack_host_port(const ims_stack *stack)
{
	return stack->host_port;
}

guint ims_stack_invites(ims_stack *stack)
{
	return (guint)g_atomic_int_get(&stack->invite_count);
}

guint ims_subscriptions_alive(ims_stack *stack)
{
	return (guint)g_atomic_int_get(&stack->subscription_count);
}

/* Who may talk to us */

gboolean ims_stack_is_core(ims_stack *stack, msg_t *message, char *ret_source, gsize source_size)
{
	const su_sockaddr_t *from = msg_addr(message);

	if (getnameinfo(&from->su_sa, SU_SOCKADDR_SIZE(from), ret_source, (socklen_t)source_size, NULL, 0,
			NI_NUMERICHOST) != 0)
		ret_source[0] = '\0';
	return ims_peers_have(stack->peers, ret_source);
}

void ims_stack_admit(ims_stack *stack, const char *uri)
{
	ims_peers_admit(stack->peers, uri);
}

void ims_stack_serve(ims_stack *stack, const ims_config *config)
{
	ims_peers_serve(stack->peers, config);
}

void ims_stack_dismiss(ims_stack *stack, const char *uri)
{
	ims_peers_dismiss(stack->peers, uri);
}

/* Without brackets, and in the normal form that addresses are compared in. NULL: no host. */
static char *host_of(const url_t *url)
{
	const char *host = url && url->url_host ? url->url_host : "";
	g_autofree char *bare = NULL;
	char normal[INET6_ADDRSTRLEN];
	struct in6_addr ip6;

	if (host[0] != '[')
		return *host ? g_strdup(host) : NULL;
	bare = g_strndup(host + 1, strcspn(host + 1, "]"));
	if (inet_pton(AF_INET6, bare, &ip6) != 1)
		return NULL;
	return g_strdup(inet_ntop(AF_INET6, &ip6, normal, sizeof(normal)));
}

gboolean ims_stack_is_own_url(const ims_stack *stack, const url_t *url)
{
	const ims_config_sip *sip = &stack->config->sip;
	g_autofree char *host = host_of(url);
	g_autofree char *port = g_strdup_printf("%u", sip->port);

	return host && g_ascii_strcasecmp(host, sip->public_address) == 0 && strcmp(url_port(url), port) == 0;
}

sip_record_route_t *ims_stack_others_routes(const ims_stack *stack, su_home_t *home,
					    const sip_record_route_t *all)
{
	sip_record_route_t *copy = sip_record_route_dup(home, all);

	for (sip_record_route_t **at = &copy; *at;) {
		if (ims_stack_is_own_url(stack, (*at)->r_url))
			*at = (*at)->r_next;
		else
			at = &(*at)->r_next;
	}
	return copy;
}
