#include "dns/ims_dns.h"

#include <ares.h>
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <netdb.h>
#include <poll.h>
#include <string.h>

#include "base/ims_log.h"

#define TIMEOUT_MS 1500
#define TRIES 2

struct ims_dns {
	ims_worker *worker, *home;
	char *servers;
	ims_dns_done done;
	gpointer user;

	/* The thread's own. */
	ares_channel channel; /* NULL while nothing is asked */
	guint asked;          /* questions without an answer */
};

typedef struct {
	ims_dns *dns;
	ims_dns_type type;
	char *name;
	ims_dns_answer *answer;
} question;

static void question_free(question *q)
{
	ims_dns_answer_free(q->answer);
	g_free(q->name);
	g_free(q);
}

/* Home */

static void deliver(gpointer subject, gpointer args)
{
	ims_dns *dns = subject;
	question *q = args;

	dns->done(q->type, q->name, g_steal_pointer(&q->answer), dns->user);
	question_free(q);
}

static void answer(question *q, ims_dns_answer *what)
{
	q->dns->asked--;
	q->answer = what;
	ims_worker_post(q->dns->home, deliver, q->dns, q);
}

/* What c-ares brings */

static ims_dns_outcome outcome_of(int status)
{
	switch (status) {
	case ARES_SUCCESS:
		return IMS_DNS_FOUND;
	case ARES_ENOTFOUND:
	case ARES_ENODATA:
		return IMS_DNS_NONE;
	default:
		return IMS_DNS_FAILED;
	}
}

static guint shortest_ttl_s(ns_msg *message, ns_sect section)
{
	guint ttl_s = 0;

	for (int i = 0; i < ns_msg_count(*message, section); i++) {
		ns_rr record;

		if (ns_parserr(message, section, i, &record) == 0 && ns_rr_ttl(record) <= G_MAXINT32)
			ttl_s = ttl_s ? MIN(ttl_s, ns_rr_ttl(record)) : MAX(ns_rr_ttl(record), 1);
	}
	return ttl_s;
}

/* c-ares does not tell it of SRV and NAPTR. */
static guint ttl_of(const guchar *bytes, int length)
{
	ns_msg message;
	guint ttl_s;

	if (!bytes || ns_initparse(bytes, length, &message) < 0)
		return 0;
	ttl_s = shortest_ttl_s(&message, ns_s_an);
	return ttl_s ? ttl_s : shortest_ttl_s(&message, ns_s_ns);
}

static void read_srv(ims_dns_answer *into, const struct ares_srv_reply *srv)
{
	for (; srv; srv = srv->next) {
		ims_dns_record *record = ims_dns_answer_add(into, srv->host);

		record->first = srv->priority;
		record->then = srv->weight;
		record->port = srv->port;
	}
}

static void read_naptr(ims_dns_answer *into, const struct ares_naptr_reply *naptr)
{
	for (; naptr; naptr = naptr->next) {
		ims_dns_record *record = ims_dns_answer_add(into, naptr->replacement);

		record->first = naptr->order;
		record->then = naptr->preference;
		record->service = g_ascii_strdown((const char *)naptr->service, -1);
		record->flag = g_ascii_tolower((char)naptr->flags[0]);
	}
}

static int read_records(const question *q, const guchar *bytes, int length, ims_dns_answer *into)
{
	struct ares_srv_reply *srv = NULL;
	struct ares_naptr_reply *naptr = NULL;
	int status = q->type == IMS_DNS_SRV ? ares_parse_srv_reply(bytes, length, &srv)
					    : ares_parse_naptr_reply(bytes, length, &naptr);

	read_srv(into, srv);
	read_naptr(into, naptr);
	ares_free_data(srv);
	ares_free_data(naptr);
	return status;
}

static void on_records(void *arg, int status, int timeouts, unsigned char *bytes, int length)
{
	question *q = arg;
	ims_dns_answer *found = ims_dns_answer_new(IMS_DNS_FOUND, ttl_of(bytes, length));

	(void)timeouts;
	if (status == ARES_SUCCESS)
		status = read_records(q, bytes, length, found);
	found->outcome = outcome_of(status);
	if (found->outcome == IMS_DNS_FOUND && found->records->len == 0)
		found->outcome = IMS_DNS_NONE;
	answer(q, found);
}

static void on_addresses(void *arg, int status, int timeouts, struct ares_addrinfo *info)
{
	question *q = arg;
	ims_dns_answer *found = ims_dns_answer_new(outcome_of(status), 0);

	(void)timeouts;
	for (const struct ares_addrinfo_node *node = info ? info->nodes : NULL; node; node = node->ai_next) {
		guint ttl_s = (guint)MAX(node->ai_ttl, 1);
		char text[INET6_ADDRSTRLEN];

		if (getnameinfo(node->ai_addr, node->ai_addrlen, text, sizeof(text), NULL, 0,
				NI_NUMERICHOST) != 0)
			continue;
		ims_dns_answer_add(found, text);
		found->ttl_s = found->ttl_s ? MIN(found->ttl_s, ttl_s) : ttl_s;
	}
	if (info)
		ares_freeaddrinfo(info);
	if (found->outcome == IMS_DNS_FOUND && found->records->len == 0)
		found->outcome = IMS_DNS_NONE;
	answer(q, found);
}

/* Asking */

static gboolean open_channel(ims_dns *dns)
{
	struct ares_options options = { .flags = ARES_FLAG_NOSEARCH, .timeout = TIMEOUT_MS, .tries = TRIES };
	int status;

	if (dns->channel)
		return TRUE;
	status = ares_init_options(&dns->channel, &options,
				   ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES);
	if (status == ARES_SUCCESS && dns->servers)
		status = ares_set_servers_ports_csv(dns->channel, dns->servers);
	if (status == ARES_SUCCESS)
		return TRUE;
	ims_err(NULL, "name servers cannot be asked: %s", ares_strerror(status));
	if (dns->channel)
		ares_destroy(g_steal_pointer(&dns->channel));
	return FALSE;
}

static void ask(gpointer subject, gpointer args)
{
	static const struct ares_addrinfo_hints any = { .ai_flags = ARES_AI_NOSORT, .ai_family = AF_UNSPEC };
	ims_dns *dns = subject;
	question *q = args;

	if (ims_worker_is_stopping(dns->worker)) {
		question_free(q);
		return;
	}
	dns->asked++;
	if (!open_channel(dns))
		answer(q, ims_dns_answer_new(IMS_DNS_FAILED, 0));
	else if (q->type == IMS_DNS_ADDRESS)
		ares_getaddrinfo(dns->channel, q->name, NULL, &any, on_addresses, q);
	else
		ares_query(dns->channel, q->name, ns_c_in, q->type == IMS_DNS_SRV ? ns_t_srv : ns_t_naptr,
			   on_records, q);
}

/* The thread */

static void wait_and_read(ims_dns *dns, ims_worker *worker)
{
	struct pollfd watched[1 + ARES_GETSOCK_MAXNUM] = { { ims_worker_fd(worker), POLLIN, 0 } };
	ares_socket_t sockets[ARES_GETSOCK_MAXNUM];
	guint which = dns->channel ? (guint)ares_getsock(dns->channel, sockets, ARES_GETSOCK_MAXNUM) : 0;
	struct timeval left, *due = dns->channel ? ares_timeout(dns->channel, NULL, &left) : NULL;
	nfds_t count = 1;

	for (guint i = 0; i < ARES_GETSOCK_MAXNUM; i++) { /* c-ares's own macros shift into the sign */
		short events = (short)((which & (1u << i) ? POLLIN : 0) |
				       (which & (1u << (i + ARES_GETSOCK_MAXNUM)) ? POLLOUT : 0));

		if (events)
			watched[count++] = (struct pollfd){ sockets[i], events, 0 };
	}
	poll(watched, count, due ? (int)(due->tv_sec * 1000 + due->tv_usec / 1000 + 1) : -1);
	if (!dns->channel)
		return;
	for (nfds_t i = 1; i < count; i++)
		ares_process_fd(dns->channel,
				watched[i].revents & (POLLIN | POLLERR | POLLHUP) ? watched[i].fd
										  : ARES_SOCKET_BAD,
				watched[i].revents & POLLOUT ? watched[i].fd : ARES_SOCKET_BAD);
	ares_process_fd(dns->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD); /* what timed out */
}

static void dns_run(ims_worker *worker, gpointer user)
{
	ims_dns *dns = user;

	while (!ims_worker_is_stopping(worker)) {
		wait_and_read(dns, worker);
		ims_worker_drain(worker);
		/* Questions that come later see what resolv.conf says then. */
		if (dns->channel && dns->asked == 0)
			ares_destroy(g_steal_pointer(&dns->channel));
	}
	if (dns->channel)
		ares_destroy(g_steal_pointer(&dns->channel)); /* answers what is left */
}

ims_dns *ims_dns_new(const char *servers, ims_worker *home, ims_dns_done done, gpointer user)
{
	ims_dns *dns = g_new0(ims_dns, 1);

	dns->servers = g_strdup(servers);
	dns->home = home;
	dns->done = done;
	dns->user = user;
	dns->worker = ims_worker_new("ims dns", dns_run, dns);
	return dns;
}

void ims_dns_ask(ims_dns *dns, ims_dns_type type, const char *name)
{
	question *q = g_new0(question, 1);

	q->dns = dns;
	q->type = type;
	q->name = g_strdup(name);
	ims_worker_post(dns->worker, ask, dns, q);
}

void ims_dns_close(ims_dns *dns)
{
	ims_worker_stop(dns->worker);
}

void ims_dns_free(ims_dns *dns)
{
	if (!dns)
		return;
	ims_worker_free(dns->worker);
	g_free(dns->servers);
	g_free(dns);
}
