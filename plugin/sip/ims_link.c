#include "sip/ims_link.h"

#include <sofia-sip/nta_tport.h>
#include <sofia-sip/tport.h>

#include "base/ims_log.h"
#include "base/ims_random.h"
#include "sip/ims_link_internal.h"

#define TAG_BYTES 8
/* Of those who are told that a connection is lost, at a time: each of them registers again. */
#define TOLD_AT_ONCE 200
#define PAUSE_MS 100
/* Without an answer for so many times T1 (8 s by default) nobody is there. */
#define PATIENCE_T1 16

struct ims_link {
	ims_stack *stack;
	tport_t *connection; /* our reference */
	int pending;         /* our place among those that the connection tells of errors */
	guint users;         /* watches alive, and whoever is at work here */
	GQueue untold;       /* of ims_link_watch */
	nta_outgoing_t *question;
	ims_timer timer; /* alive: the next question, or the end of patience; lost: the next to be told */
	gboolean lost;
};

struct ims_link_watch {
	GList place; /* in untold; unlinked once it is told */
	ims_link *link;
	void (*lost)(gpointer user);
	gpointer user;
};

static void link_unref(ims_link *link)
{
	if (--link->users > 0)
		return;
	ims_timer_stop(&link->timer);
	if (link->question)
		nta_outgoing_destroy(link->question);
	if (link->pending > 0)
		tport_release(link->connection, link->pending, NULL, NULL, (tp_client_t *)link, 0);
	g_hash_table_remove(link->stack->links, link->connection);
	tport_unref(link->connection);
	g_free(link);
}

static void drop_question(ims_link *link)
{
	if (link->question)
		nta_outgoing_destroy(g_steal_pointer(&link->question));
}

/* Not told here: this may be deep inside the connection's own code. */
static void note_lost(ims_link *link, const char *why)
{
	const tp_name_t *name = tport_name(link->connection);

	if (link->lost)
		return;
	link->lost = TRUE;
	ims_alarm(link->stack->alarms, IMS_ALARM_CONNECTION_LOST,
		  "the connection to %s:%s is lost: %s; %u registrations stood on it", name->tpn_host,
		  name->tpn_port, why, g_queue_get_length(&link->untold));
	ims_timer_arm(&link->timer, 0);
}

static void on_connection_error(tp_stack_t *agent, tp_client_t *client, tport_t *connection, msg_t *message,
				int error)
{
	(void)agent;
	(void)connection;
	(void)message;
	note_lost((ims_link *)client, error ? su_strerror(error) : "the peer closed it");
}

static void rest(ims_link *link)
{
	ims_timer_arm(&link->timer, (gint64)link->stack->config->sip.keepalive_s * 1000);
}

/* Any answer of the peer's says that it is there. */
static int on_reply(nta_outgoing_magic_t *magic, nta_outgoing_t *question, const sip_t *sip)
{
	ims_link *link = (ims_link *)magic;
	gboolean sent = sip && !nta_sip_is_internal(sip);

	(void)question;
	if (sent && sip->sip_status->st_status < 200)
		return 0;
	drop_question(link); /* and with it the answer */
	if (!sent)
		note_lost(link, "OPTIONS cannot be sent");
	else if (!link->lost)
		rest(link);
	return 0;
}

static void ask(ims_link *link)
{
	const tp_name_t *name = tport_name(link->connection);
	const char *own = link->stack->host_port;
	g_autofree char *peer = g_strdup_printf("sip:%s:%s;transport=tcp", name->tpn_host, name->tpn_port);
	g_autofree char *tag = ims_random_hex(TAG_BYTES);
	g_autofree char *call_id = ims_random_hex(TAG_BYTES);
	g_autofree char *from = g_strdup_printf("<sip:%s>;tag=%s", own, tag);
	g_autofree char *to = g_strdup_printf("<%s>", peer);

	link->question =
		nta_outgoing_tcreate(link->stack->outside, on_reply, (nta_outgoing_magic_t *)link,
				     URL_STRING_MAKE(peer), SIP_METHOD_OPTIONS, URL_STRING_MAKE(peer),
				     NTATAG_TPORT(link->connection), SIPTAG_FROM_STR(from), SIPTAG_TO_STR(to),
				     SIPTAG_CALL_ID_STR(call_id), SIPTAG_CSEQ_STR("1 OPTIONS"), TAG_END());
	if (link->question)
		ims_timer_arm(&link->timer, (gint64)link->stack->config->sip.sip_t1_ms * PATIENCE_T1);
	else
		note_lost(link, "OPTIONS cannot be made");
}

static void tell(ims_link *link)
{
	link->users++;
	for (guint i = 0; i < TOLD_AT_ONCE && !g_queue_is_empty(&link->untold); i++) {
		ims_link_watch *watch = g_queue_pop_head_link(&link->untold)->data;

		watch->place.data = NULL;
		watch->lost(watch->user);
	}
	if (!g_queue_is_empty(&link->untold))
		ims_timer_arm(&link->timer, PAUSE_MS);
	link_unref(link);
}

static void on_timer(gpointer user)
{
	ims_link *link = user;

	if (link->lost) {
		tell(link);
	} else if (link->question) {
		drop_question(link);
		note_lost(link, "nobody answers");
		tport_shutdown(link->connection, 2); /* else the next request would take it */
	} else {
		ask(link);
	}
}

static ims_link *link_new(ims_stack *stack, tport_t *connection)
{
	ims_link *link = g_new0(ims_link, 1);

	link->stack = stack;
	link->connection = tport_ref(connection);
	link->pending = tport_pend(connection, NULL, on_connection_error, (tp_client_t *)link);
	g_queue_init(&link->untold);
	ims_timer_init(&link->timer, &stack->clock, on_timer, link);
	g_hash_table_insert(stack->links, connection, link);
	if (tport_is_closed(connection))
		note_lost(link, "it was closed already");
	else
		rest(link);
	return link;
}

ims_link_watch *ims_link_watch_request(ims_stack *stack, nta_outgoing_t *request, void (*lost)(gpointer user),
				       gpointer user)
{
	tport_t *connection = nta_outgoing_transport(request);
	ims_link_watch *watch = NULL;
	ims_link *link;

	if (tport_is_secondary(connection) && tport_is_tcp(connection)) {
		link = g_hash_table_lookup(stack->links, connection);
		watch = ims_link_watch_new(link ? link : link_new(stack, connection), lost, user);
	}
	tport_unref(connection);
	return watch;
}

ims_link_watch *ims_link_watch_new(ims_link *link, void (*lost)(gpointer user), gpointer user)
{
	ims_link_watch *watch = g_new0(ims_link_watch, 1);

	watch->place.data = watch;
	watch->link = link;
	watch->lost = lost;
	watch->user = user;
	link->users++;
	g_queue_push_tail_link(&link->untold, &watch->place);
	if (link->lost && !ims_timer_is_armed(&link->timer))
		ims_timer_arm(&link->timer, 0);
	return watch;
}

void ims_link_watch_free(ims_link_watch *watch)
{
	if (!watch)
		return;
	if (watch->place.data)
		g_queue_unlink(&watch->link->untold, &watch->place);
	link_unref(watch->link);
	g_free(watch);
}

ims_link *ims_link_of_watch(ims_link_watch *watch)
{
	return watch->link;
}
